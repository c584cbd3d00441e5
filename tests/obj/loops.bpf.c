/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded loops, nested ones, and branches in numbers. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int sort(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    __u8 bytes[16];

    if (data + 16 > end)
        return XDP_DROP;
    __builtin_memcpy(bytes, data, 16);
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 15; j++)
            if (bytes[j] > bytes[j + 1]) {
                __u8 t = bytes[j];

                bytes[j] = bytes[j + 1];
                bytes[j + 1] = t;
            }
    return bytes[0] << 16 | bytes[8] << 8 | bytes[15];
}

SEC("xdp")
int hash(struct xdp_md *ctx)
{
    __u8 *at = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    __u32 hash = 2166136261u;

    for (int i = 0; i < 64; i++) {
        if (at + i + 1 > end)
            break;
        hash = (hash ^ at[i]) * 16777619u;
    }
    return hash;
}

SEC("xdp")
int choose(struct xdp_md *ctx)
{
    switch (ctx->data_end - ctx->data) {
    case 42: return 1;
    case 54: return 2;
    case 60: return 30;
    case 64: return 4;
    case 66: return 500;
    case 74: return 6;
    case 98: return 77;
    case 1514: return 8;
    default: return 0;
    }
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
