/* SPDX-License-Identifier: Apache-2.0 */
/* A ring buffer: reserve and submit, reserve and discard, output, query. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
    __u32 size, kind;
    __u8 first[16];
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 16);
} events SEC(".maps");

SEC("xdp")
int record(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct event *event;
    __u32 size = ctx->data_end - ctx->data;

    if (data + 16 > end)
        return XDP_DROP;
    event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
    if (!event)
        return XDP_ABORTED;
    event->size = size;
    event->kind = 1;
    __builtin_memcpy(event->first, data, 16);
    if (size & 1)
        bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
    else
        bpf_ringbuf_submit(event, 0);
    return bpf_ringbuf_output(&events, &size, sizeof size, BPF_RB_FORCE_WAKEUP) ? XDP_ABORTED
                                                                                : XDP_PASS;
}

SEC("xdp")
int query(struct xdp_md *ctx)
{
    return bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) == 1 << 16 ? XDP_PASS : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
