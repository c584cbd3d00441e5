/* SPDX-License-Identifier: Apache-2.0 */
/* Functions whose address is taken: bpf_loop and bpf_for_each_map_elem. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 8);
    __type(key, __u32);
    __type(value, __u64);
} numbers SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 8);
    __type(key, __u32);
    __type(value, __u64);
} table SEC(".maps");

struct bpf_map;

struct sum {
    __u64 total, stop;
};

static int add(__u64 index, void *arg)
{
    struct sum *sum = arg;

    sum->total += index * index;
    return index == sum->stop;
}

static int fill(__u64 index, void *arg)
{
    __u32 key = index;
    __u64 value = index + *(__u64 *)arg;

    bpf_map_update_elem(&numbers, &key, &value, BPF_ANY);
    bpf_map_update_elem(&table, &key, &value, BPF_ANY);
    return 0;
}

static long collect(struct bpf_map *map, const __u32 *key, __u64 *value, void *arg)
{
    struct sum *sum = arg;

    sum->total += *key * *value;
    return 0;
}

SEC("xdp")
int loop(struct xdp_md *ctx)
{
    struct sum sum = { 0, ctx->data_end - ctx->data };
    long rounds = bpf_loop(1000, add, &sum, 0);

    return (sum.total + rounds) & 0xffffff;
}

SEC("xdp")
int for_each(struct xdp_md *ctx)
{
    struct sum sum = { 0, 0 };
    __u64 start = ctx->data_end - ctx->data;

    bpf_loop(8, fill, &start, 0);
    bpf_for_each_map_elem(&numbers, collect, &sum, 0);
    bpf_for_each_map_elem(&table, collect, &sum, 0);
    return sum.total & 0xffffff;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
