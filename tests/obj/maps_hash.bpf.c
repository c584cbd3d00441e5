/* SPDX-License-Identifier: Apache-2.0 */
/* Hash maps of every kind: lookup, update with each flag, delete, results looked at. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
    __u32 size;
    __u16 kind;
    __u8 more[2];
};

struct value {
    __u64 packets, bytes;
};

#define MAP(map_name, map_type, flags)                                                             \
    struct {                                                                                       \
        __uint(type, map_type);                                                                    \
        __uint(max_entries, 16);                                                                   \
        __uint(map_flags, flags);                                                                  \
        __type(key, struct key);                                                                   \
        __type(value, struct value);                                                               \
    } map_name SEC(".maps")

MAP(plain, BPF_MAP_TYPE_HASH, 0);
MAP(lazy, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC);
MAP(per_cpu, BPF_MAP_TYPE_PERCPU_HASH, 0);
MAP(lru, BPF_MAP_TYPE_LRU_HASH, 0);

static __always_inline int visit(void *map, const struct key *key, __u64 bytes)
{
    struct value first = { 1, bytes };
    struct value *value = bpf_map_lookup_elem(map, key);

    if (value) {
        value->packets++;
        value->bytes += bytes;
        return 0;
    }
    return bpf_map_update_elem(map, key, &first, BPF_NOEXIST);
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
    __u64 size = ctx->data_end - ctx->data;
    struct key key = { .size = size & 15, .kind = size & 1 };
    int result = 0;

    result |= visit(&plain, &key, size);
    result |= visit(&lazy, &key, size);
    result |= visit(&per_cpu, &key, size);
    result |= visit(&lru, &key, size);
    return result ? XDP_ABORTED : XDP_PASS;
}

SEC("xdp")
int delete(struct xdp_md *ctx)
{
    __u64 size = ctx->data_end - ctx->data;
    struct key key = { .size = size & 15, .kind = size & 1 };
    struct value value = { size, size };
    int there = bpf_map_delete_elem(&plain, &key);                     /* 0 or -ENOENT */
    int absent = bpf_map_update_elem(&plain, &key, &value, BPF_EXIST); /* always -ENOENT */
    int bad = bpf_map_update_elem(&plain, &key, &value, 77);           /* -EINVAL */

    return (there & 0xff) << 16 | (absent & 0xff) << 8 | (bad & 0xff);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
