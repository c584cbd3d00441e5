/* SPDX-License-Identifier: Apache-2.0 */
/* Sections that say nothing of the program's type: the user must. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp_pass")
int pass(struct xdp_md *ctx)
{
    return XDP_PASS;
}

SEC("from-netdev")
int from_netdev(struct __sk_buff *skb)
{
    return skb->len > 60;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
