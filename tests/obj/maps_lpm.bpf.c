/* SPDX-License-Identifier: Apache-2.0 */
/* A trie of IPv4 prefixes, filled by one program and asked by another. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
    __u32 length;
    __u8 address[4];
};

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 32);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct key);
    __type(value, __u32);
} routes SEC(".maps");

static __always_inline long add(__u8 a, __u8 b, __u8 c, __u8 d, __u32 length)
{
    struct key key = { length, { a, b, c, d } };

    return bpf_map_update_elem(&routes, &key, &length, BPF_ANY);
}

SEC("xdp")
int fill(struct xdp_md *ctx)
{
    return add(0, 0, 0, 0, 0) | add(192, 0, 2, 0, 24) | add(192, 0, 2, 128, 25) |
                   add(192, 0, 2, 130, 32) | add(198, 51, 100, 0, 24)
               ? XDP_ABORTED
               : XDP_PASS;
}

SEC("xdp")
int route(struct xdp_md *ctx)
{
    __u8 size = ctx->data_end - ctx->data;
    struct key key = { 32, { 192, 0, 2, size } };
    __u32 *length = bpf_map_lookup_elem(&routes, &key);

    return length ? *length : 255;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
