/* SPDX-License-Identifier: Apache-2.0 */
/* Packets that grow and shrink at both ends, metadata before them, checksums over them. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int push_header(struct xdp_md *ctx)
{
    void *data, *end;

    if (bpf_xdp_adjust_head(ctx, -8))
        return XDP_ABORTED;
    data = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    if (data + 8 > end)
        return XDP_ABORTED;
    *(__u64 *)data = 0x1122334455667788;
    return XDP_TX;
}

SEC("xdp")
int cut(struct xdp_md *ctx)
{
    if (bpf_xdp_adjust_head(ctx, 14))
        return XDP_DROP;
    return bpf_xdp_adjust_tail(ctx, -4) ? XDP_ABORTED : XDP_PASS;
}

SEC("xdp")
int checksum(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    __s64 sum;

    if (data + 32 > end)
        return XDP_DROP;
    sum = bpf_csum_diff(NULL, 0, data, 32, 0);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return sum & 0xffff;
}

SEC("xdp")
int metadata(struct xdp_md *ctx)
{
    void *meta, *data;

    if (bpf_xdp_adjust_meta(ctx, -4))
        return XDP_ABORTED;
    meta = (void *)(long)ctx->data_meta;
    data = (void *)(long)ctx->data;
    if (meta + 4 > data)
        return XDP_ABORTED;
    *(__u32 *)meta = 99;
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
