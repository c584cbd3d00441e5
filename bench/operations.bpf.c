/* SPDX-License-Identifier: Apache-2.0 */
/* What programs ask of the runtime: each program here does one operation COUNT times, with keys in
 * random order. Called with FILL as the packet's first byte it fills its map instead, COUNT keys at
 * a time. */
#include "bench/operations.h"
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char license_text[] SEC("license") = "GPL";

static __u64 (*const nothing)(__u64) = (void *)NOTHING;
static __u64 random_state, filled;

static __always_inline __u32 random_below(__u32 limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (__u32)((random_state >> 32) * limit >> 32);
}

static __always_inline int fills(struct xdp_md *ctx)
{
    __u8 *data = (__u8 *)(long)ctx->data, *end = (__u8 *)(long)ctx->data_end;
    return data + 1 <= end && *data == FILL;
}

/* BODY is done COUNT times with `key` below ENTRIES; what it adds to `sum` is the verdict. */
#define OPERATION(name, entries, filling, body)                                                    \
    SEC("xdp") int name##_xdp(struct xdp_md *ctx)                                                  \
    {                                                                                              \
        __u64 sum = 0;                                                                             \
        if (fills(ctx)) {                                                                          \
            for (__u32 i = 0; i < COUNT; i++) {                                                    \
                __u64 key = filled++ % (entries);                                                  \
                filling;                                                                           \
                (void)key;                                                                         \
            }                                                                                      \
            return 0;                                                                              \
        }                                                                                          \
        for (__u32 i = 0; i < COUNT; i++) {                                                        \
            __u64 key = random_below(entries);                                                     \
            body;                                                                                  \
        }                                                                                          \
        return (int)sum;                                                                           \
    }

#define MAP(name, map_type, entries, key_type)                                                     \
    struct {                                                                                       \
        __uint(type, map_type);                                                                    \
        __uint(max_entries, entries);                                                              \
        __type(key, key_type);                                                                     \
        __type(value, __u64);                                                                      \
    } name SEC(".maps")

#define LOOKUP(map, key)                                                                           \
    do {                                                                                           \
        __u64 *value = bpf_map_lookup_elem(&map, &key);                                            \
        if (value)                                                                                 \
            sum += *value;                                                                         \
    } while (0)

OPERATION(loop, 1000, , { sum += *(volatile __u64 *)&key; })
OPERATION(helper, 1000, , { sum = nothing(sum + key); })
OPERATION(ktime, 1000, , { sum = bpf_ktime_get_ns() + key; })

MAP(array, BPF_MAP_TYPE_ARRAY, 1000, __u32);
OPERATION(array_lookup, 1000, , {
    __u32 index = (__u32)key;
    LOOKUP(array, index);
})

MAP(percpu_array, BPF_MAP_TYPE_PERCPU_ARRAY, 1000, __u32);
OPERATION(percpu_array_lookup, 1000, , {
    __u32 index = (__u32)key;
    LOOKUP(percpu_array, index);
})

#define HASH(name, type, entries)                                                                  \
    MAP(name, type, entries, __u64);                                                               \
    OPERATION(name##_lookup, entries, bpf_map_update_elem(&name, &key, &key, BPF_ANY),             \
              LOOKUP(name, key))
HASH(hash_1000, BPF_MAP_TYPE_HASH, 1000)
HASH(hash_1000000, BPF_MAP_TYPE_HASH, 1000000)
HASH(percpu_hash_1000, BPF_MAP_TYPE_PERCPU_HASH, 1000)
HASH(lru_hash_1000, BPF_MAP_TYPE_LRU_HASH, 1000)

MAP(updated, BPF_MAP_TYPE_HASH, 1000, __u64);
OPERATION(hash_1000_update, 1000, bpf_map_update_elem(&updated, &key, &key, BPF_ANY),
          sum += (__u64)bpf_map_update_elem(&updated, &key, &key, BPF_ANY))

MAP(deleted, BPF_MAP_TYPE_HASH, 2000, __u64);
OPERATION(hash_1000_insert_delete, 1000, bpf_map_update_elem(&deleted, &key, &key, BPF_ANY), {
    key += 1000;
    sum += (__u64)bpf_map_update_elem(&deleted, &key, &key, BPF_NOEXIST);
    sum += (__u64)bpf_map_delete_elem(&deleted, &key);
})

/* COUNT records of 72 bytes fit; who measures empties the ring between two runs. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 18);
} ring SEC(".maps");
OPERATION(ring_record, 1000, , {
    __u64 *record = bpf_ringbuf_reserve(&ring, 64, 0);
    if (record) {
        record[0] = key;
        record[7] = sum++;
        bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
    }
})

/* Calls itself until the budget is used up. */
struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} programs SEC(".maps");
SEC("xdp") int tail_call_xdp(struct xdp_md *ctx)
{
    bpf_tail_call(ctx, &programs, 0);
    return 0;
}

SEC("xdp") int pass_xdp(struct xdp_md *ctx)
{
    return XDP_PASS;
}

SEC("memory") int empty(void *memory)
{
    return 0;
}
