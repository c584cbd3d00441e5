/* SPDX-License-Identifier: Apache-2.0 */
/* Static functions of .text, global ones, weak ones; calls several deep; five arguments. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __noinline __u64 mix(__u64 a, __u64 b, __u64 c, __u64 d, __u64 e)
{
    return a + 3 * b + 5 * c + 7 * d + 11 * e;
}

static __noinline __u64 twice(__u64 a)
{
    return mix(a, a, a, a, a) + mix(a, 1, 2, 3, 4);
}

__noinline int clamp(int value, int low, int high)
{
    if (value < low)
        return low;
    return value > high ? high : value;
}

__weak __noinline int weak_clamp(int value)
{
    return clamp(value, -5, 5);
}

struct pair {
    __u32 a, b;
};

/* A global function with a pointer: verified alone, so it must check for NULL. */
__noinline int sum(struct pair *pair)
{
    if (!pair)
        return 0;
    pair->b++;
    return pair->a + pair->b;
}

SEC("xdp")
int calls(struct xdp_md *ctx)
{
    __u64 size = ctx->data_end - ctx->data;
    struct pair pair = { size, 1 };

    return (twice(size) + clamp(size, 10, 20) + weak_clamp(size) + sum(&pair)) & 0xffff;
}

SEC("xdp")
int calls_again(struct xdp_md *ctx)
{
    return clamp(ctx->rx_queue_index, 1, 2);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
