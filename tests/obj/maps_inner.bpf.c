/* SPDX-License-Identifier: Apache-2.0 */
/* A map of maps, its inner maps given statically. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct inner {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} inner_a SEC(".maps"), inner_b SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 4);
    __type(key, __u32);
    __array(values, struct inner);
} outer SEC(".maps") = {
    .values = { [0] = (void *)&inner_a, [2] = (void *)&inner_b },
};

SEC("xdp")
int count(struct xdp_md *ctx)
{
    __u32 key = (ctx->data_end - ctx->data) & 3, zero = 0;
    void *inner = bpf_map_lookup_elem(&outer, &key);
    __u64 *value;

    if (!inner)
        return XDP_DROP;
    value = bpf_map_lookup_elem(inner, &zero);
    if (value)
        (*value)++;
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
