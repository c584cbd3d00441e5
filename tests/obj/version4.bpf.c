/* SPDX-License-Identifier: Apache-2.0 */
/* What -mcpu=v4 adds: signed division and remainder, sign-extending moves and loads, byte swaps,
 * long jumps. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile __s8 tiny = -3;
volatile __s16 small = -300;
volatile __s32 medium = -70000;
volatile __s64 large = -5000000000;

static __noinline __s64 divide(__s64 a, __s64 b)
{
    return a / b + a % b;
}

static __noinline __s32 divide_narrow(__s32 a, __s32 b)
{
    return a / b - a % b;
}

SEC("xdp")
int signs(struct xdp_md *ctx)
{
    __s64 size = ctx->data_end - ctx->data;
    __s64 r = divide(large, size - 60) + divide_narrow(medium, (__s32)size - 60);

    r += tiny * small + medium + large;
    r ^= (__s64)(__s8)size + (__s16)(size * 700) + (__s32)(size * 70000000);
    r ^= __builtin_bswap16(size) + __builtin_bswap32(size) + __builtin_bswap64(size);
    return r ^ r >> 32;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
