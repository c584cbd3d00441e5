/* SPDX-License-Identifier: Apache-2.0 */
/* A perf event array; records with and without a piece of the packet behind them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    __uint(key_size, 4);
    __uint(value_size, 4);
} samples SEC(".maps");

SEC("xdp")
int sample(struct xdp_md *ctx)
{
    __u64 size = ctx->data_end - ctx->data;
    __u64 flags = BPF_F_CURRENT_CPU;

    if (size > 32)
        flags |= 32ull << 32;
    bpf_perf_event_output(ctx, &samples, flags, &size, sizeof size);
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
