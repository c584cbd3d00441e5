/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays: constant and computed indices, beyond the end, per-CPU, of one entry, of large values. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct big {
    __u8 bytes[1000];
    __u64 sum;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 10);
    __type(key, __u32);
    __type(value, __u64);
} numbers SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct big);
} one SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 3);
    __uint(key_size, 4);
    __uint(value_size, 12);
} unaligned SEC(".maps");

SEC("xdp")
int store(struct xdp_md *ctx)
{
    __u64 size = ctx->data_end - ctx->data, *number;
    __u32 key = size & 15, zero = 0, beyond = 10, *cell;
    struct big *big;

    number = bpf_map_lookup_elem(&numbers, &key);
    if (number)
        *number += size;
    if (bpf_map_lookup_elem(&numbers, &beyond))
        return XDP_ABORTED;
    if (!bpf_map_update_elem(&numbers, &zero, &size, BPF_NOEXIST))
        return XDP_ABORTED; /* an array's elements always exist */
    if (!bpf_map_delete_elem(&numbers, &zero))
        return XDP_ABORTED; /* nor can they go */
    big = bpf_map_lookup_elem(&one, &zero);
    if (!big)
        return XDP_ABORTED;
    big->bytes[size & 511]++;
    big->sum += size;
    key = size % 3;
    cell = bpf_map_lookup_elem(&unaligned, &key);
    if (cell)
        cell[2]++;
    return number ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
