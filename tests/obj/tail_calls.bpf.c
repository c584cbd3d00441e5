/* SPDX-License-Identifier: Apache-2.0 */
/* Tail calls: initial values of a prog array, an empty slot, out of range, the limit of 33, and
 * one from a static function. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int target(struct xdp_md *ctx);
int again(struct xdp_md *ctx);

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 8);
    __uint(key_size, 4);
    __array(values, int(struct xdp_md *));
} table SEC(".maps") = {
    .values = { [1] = (void *)&target, [2] = (void *)&again },
};

__u32 rounds;

SEC("xdp")
int target(struct xdp_md *ctx)
{
    return 17;
}

SEC("xdp")
int again(struct xdp_md *ctx)
{
    rounds++;
    bpf_tail_call(ctx, &table, 2);
    return rounds; /* the budget is used up */
}

SEC("xdp")
int jump(struct xdp_md *ctx)
{
    bpf_tail_call(ctx, &table, 5);   /* empty: goes on */
    bpf_tail_call(ctx, &table, 100); /* out of range: goes on */
    bpf_tail_call(ctx, &table, 1);
    return 0;
}

SEC("xdp")
int jump_for_ever(struct xdp_md *ctx)
{
    rounds = 0;
    bpf_tail_call(ctx, &table, 2);
    return -1;
}

static __noinline int jump_below(struct xdp_md *ctx)
{
    bpf_tail_call(ctx, &table, 1); /* its result is this function's */
    return 1;
}

SEC("xdp")
int jump_from_function(struct xdp_md *ctx)
{
    volatile int before = 100;

    return before + jump_below(ctx);
}

SEC("xdp")
int jump_computed(struct xdp_md *ctx)
{
    bpf_tail_call(ctx, &table, (ctx->data_end - ctx->data) & 7);
    return 1000;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
