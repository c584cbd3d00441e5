/* SPDX-License-Identifier: Apache-2.0 */
/* A workload is one function over SIZE bytes of memory, u64 NAME(u8 *mem, u64 len), that builds
 *
 *   natively               clang -O2, the yardstick
 *   for anybpf             section "memory": mem and len as they are
 *   for anybpf and Linux   section "xdp": mem is the packet; the verdict is the result folded
 *
 * Indices are masked with MASK, so that verifiers see that they stay inside. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int s32;
typedef signed long long s64;

enum { SIZE = 1024, MASK = SIZE - 1 };

#define INLINE static inline __attribute__((always_inline))

#ifdef __bpf__
struct xdp_context { /* the head of struct xdp_md */
    u32 data, data_end;
};
#define WORKLOAD(name)                                                                             \
    INLINE u64 name##_body(u8 *mem);                                                               \
    __attribute__((section("memory"), used)) u64 name(u8 *mem, u64 len)                            \
    {                                                                                              \
        return len < SIZE ? 0 : name##_body(mem);                                                  \
    }                                                                                              \
    __attribute__((section("xdp"), used)) int name##_xdp(struct xdp_context *ctx)                  \
    {                                                                                              \
        u8 *mem = (u8 *)(u64)ctx->data, *end = (u8 *)(u64)ctx->data_end;                           \
        if (mem + SIZE > end)                                                                      \
            return 0;                                                                              \
        u64 r = name##_body(mem);                                                                  \
        return (int)(r ^ r >> 32);                                                                 \
    }                                                                                              \
    char license_text[] __attribute__((section("license"), used)) = "Dual BSD/GPL";                \
    INLINE u64 name##_body(u8 *mem)
#else
#define WORKLOAD(name)                                                                             \
    INLINE u64 name##_body(u8 *mem);                                                               \
    u64 name(u8 *mem, u64 len);                                                                    \
    u64 name(u8 *mem, u64 len)                                                                     \
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
