/* SPDX-License-Identifier: Apache-2.0 */
/* Many programs in one object: sections of one and of several, with and without a part behind /. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int first(struct xdp_md *ctx)
{
    return XDP_PASS;
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
    return ctx->data_end - ctx->data > 64 ? XDP_DROP : XDP_PASS;
}

SEC("xdp.frags")
int with_frags(struct xdp_md *ctx)
{
    return ctx->rx_queue_index ? XDP_DROP : XDP_PASS;
}

SEC("tc")
int classify(struct __sk_buff *skb)
{
    return skb->len > 100 ? 2 : 0;
}

SEC("classifier")
int classify_old(struct __sk_buff *skb)
{
    return -1;
}

SEC("action")
int act(struct __sk_buff *skb)
{
    skb->mark = 7;
    return 0;
}

SEC("socket")
int keep(struct __sk_buff *skb)
{
    return skb->len;
}

SEC("socket")
int keep_none(struct __sk_buff *skb)
{
    return 0;
}

SEC("raw_tp/sched_switch")
int traced(struct bpf_raw_tracepoint_args *ctx)
{
    return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
