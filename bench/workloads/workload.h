/* SPDX-License-Identifier: Apache-2.0 */
/* A workload is one function over SIZE bytes of memory, u64 NAME(u8 *mem, u64 len), that builds
 *
 *   natively               clang -O2, the yardstick: native_NAME
 *   for anybpf             section "memory": mem and len as they are
 *   for anybpf and Linux   section "xdp": mem is the packet; the verdict is the result folded
 *
 * Indices are masked with MASK, so that verifiers see that they stay inside. What Linux's verifier
 * does not accept in a packet, where a variable index needs a comparison of its own, is defined by
 * WORKLOAD_IN_MAP instead: there its mem is global data, copied from the first packet.
 *
 * Maps are ARRAYs and HASHes; natively tables.h has them. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int s32;
typedef signed long long s64;

#ifndef WORKLOAD_SIZE
#define WORKLOAD_SIZE 1024
#endif
enum { SIZE = WORKLOAD_SIZE, MASK = SIZE - 1 }; /* a power of 2 */

#define INLINE static inline __attribute__((always_inline, unused))

#ifdef __bpf__
#define SECTION(name) __attribute__((section(name), used))

struct xdp_context { /* the head of struct xdp_md */
    u32 data, data_end;
};
/* find: an expression of `packet`, that many bytes of which are there. */
#define WORKLOAD_AT(name, find)                                                                    \
    INLINE u64 name##_body(u8 *mem);                                                               \
    SECTION("memory") u64 name(u8 *mem, u64 len)                                                   \
    {                                                                                              \
        return len < SIZE ? 0 : name##_body(mem);                                                  \
    }                                                                                              \
    SECTION("xdp") int name##_xdp(struct xdp_context *ctx)                                         \
    {                                                                                              \
        u8 *packet = (u8 *)(u64)ctx->data, *end = (u8 *)(u64)ctx->data_end;                        \
        if (packet + SIZE > end)                                                                   \
            return 0;                                                                              \
        u64 r = name##_body(find);                                                                 \
        return (int)(r ^ r >> 32);                                                                 \
    }                                                                                              \
    char license_text[] SECTION("license") = "Dual BSD/GPL";                                       \
    INLINE u64 name##_body(u8 *mem)
#define WORKLOAD(name) WORKLOAD_AT(name, packet)
#define WORKLOAD_IN_MAP(name)                                                                      \
    static struct {                                                                                \
        u64 words[SIZE / 8];                                                                       \
        u64 is_filled;                                                                             \
    } name##_memory;                                                                               \
    INLINE u8 *name##_fill(const u64 *packet)                                                      \
    {                                                                                              \
        if (!name##_memory.is_filled)                                                              \
            for (u32 i = 0; i < SIZE / 8; i++)                                                     \
                name##_memory.words[i] = packet[i];                                                \
        name##_memory.is_filled = 1;                                                               \
        return (u8 *)name##_memory.words;                                                          \
    }                                                                                              \
    WORKLOAD_AT(name, name##_fill((u64 *)packet))

#define MAP(name, kind, key_type, value_type, entries)                                             \
    struct {                                                                                       \
        int (*type)[kind];                                                                         \
        int (*max_entries)[entries];                                                               \
        key_type *key;                                                                             \
        value_type *value;                                                                         \
    } name SECTION(".maps")
#define ARRAY(name, value_type, entries)          MAP(name, 2, u32, value_type, entries)
#define HASH(name, key_type, value_type, entries) MAP(name, 1, key_type, value_type, entries)

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static long (*const map_update)(void *map, const void *key, const void *value,
                                u64 flags) = (void *)2;
#define array_at(map, index)                                                                       \
    ({                                                                                             \
        u32 at = index;                                                                            \
        (__typeof__((map).value))map_lookup(&(map), &at);                                          \
    })
#define hash_find(map, key_at)          ((__typeof__((map).value))map_lookup(&(map), key_at))
#define hash_put(map, key_at, value_at) ((void)map_update(&(map), key_at, value_at, 0))
#else
#include "tables.h"

#define WORKLOAD_IN_MAP(name) WORKLOAD(name)
#define WORKLOAD(name)                                                                             \
    INLINE u64 name##_body(u8 *mem);                                                               \
    u64 native_##name(u8 *mem, u64 len);                                                           \
    u64 native_##name(u8 *mem, u64 len)                                                            \
    {                                                                                              \
        return len < SIZE ? 0 : name##_body(mem);                                                  \
    }                                                                                              \
    INLINE u64 name##_body(u8 *mem)
#endif

INLINE u32 rotl32(u32 x, unsigned n)
{
    return x << n | x >> (32 - n);
}
INLINE u64 rotl64(u64 x, unsigned n)
{
    return x << n | x >> (64 - n);
}
INLINE u32 load32(const u8 *p)
{
    return p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}
INLINE u32 load32_big(const u8 *p)
{
    return p[3] | (u32)p[2] << 8 | (u32)p[1] << 16 | (u32)p[0] << 24;
}
INLINE u64 load64(const u8 *p)
{
    return load32(p) | (u64)load32(p + 4) << 32;
}
