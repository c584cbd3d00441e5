/* SPDX-License-Identifier: Apache-2.0 */
/* The same as an object of the other byte order: compiled for bpfeb. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, __u64);
} numbers SEC(".maps");

const volatile __u32 limit = 1500;

SEC("xdp")
int use(struct xdp_md *ctx)
{
    __u32 key = 1;
    __u64 *number = bpf_map_lookup_elem(&numbers, &key);

    if (number)
        *number += 1;
    return ctx->data_end - ctx->data > limit ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
