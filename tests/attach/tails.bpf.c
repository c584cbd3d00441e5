/* SPDX-License-Identifier: Apache-2.0 */
/* Programs attached to a function that make tail calls. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "tails.h"

struct tailed seen;

#define ARRAY(name, function)                                                                      \
    int function(unsigned long long *ctx);                                                         \
    struct {                                                                                       \
        __uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                                     \
        __uint(max_entries, 4);                                                                    \
        __uint(key_size, 4);                                                                       \
        __array(values, int(unsigned long long *));                                                \
    } name SEC(".maps") = { .values = { [1] = (void *)&function } }

ARRAY(entries, entry_called);
ARRAY(rounds, next_round);
ARRAY(exits, exit_called);
ARRAY(gates, gate_called);
ARRAY(members, member_called);

/* ctx: x, then the address of a copy of the struct. */
SEC("fentry/tailed_function")
int entry(unsigned long long *ctx)
{
    bpf_tail_call(ctx, &entries, 2); /* empty */
    bpf_tail_call(ctx, &entries, 9);
    seen.after_empty++;
    bpf_tail_call(ctx, &entries, 1);
    seen.sum = -1;
    return 0;
}

static int add(unsigned i, long *sum)
{
    *sum += i;
    return 0;
}

SEC("fentry/tailed_function")
int entry_called(unsigned long long *ctx)
{
    const struct tail_big *big = (void *)ctx[1];
    volatile char room[300] = {}; /* more stack than its caller's */
    long sum = 0;

    bpf_loop(4, add, &sum, 0); /* 6 */
    seen.looped += room[299] ? 0 : sum;
    seen.sum = (long)ctx[0] + big->a + big->b + big->c;
    seen.ip = bpf_get_func_ip(ctx);
    seen.cookie = bpf_get_attach_cookie(ctx);
    seen.args = bpf_get_func_arg_cnt(ctx);
    return 0;
}

SEC("fentry/tailed_function")
int begin_rounds(unsigned long long *ctx)
{
    seen.rounds = 0;
    bpf_tail_call(ctx, &rounds, 1);
    return 0;
}

SEC("fentry/tailed_function")
int next_round(unsigned long long *ctx)
{
    seen.rounds++;
    bpf_tail_call(ctx, &rounds, 1);
    seen.budget_left++; /* none is left */
    return 0;
}

static __noinline int below(unsigned long long *ctx)
{
    bpf_tail_call(ctx, &exits, 1);
    return seen.rounds + 7;
}

SEC("fexit/tailed_function")
int exit_below(unsigned long long *ctx)
{
    seen.after_function += below(ctx) + 3; /* below() is what it calls: 0 */
    bpf_tail_call(ctx, &exits, 1);
    return 0;
}

SEC("fexit/tailed_function")
int exit_called(unsigned long long *ctx)
{
    seen.result += ctx[2];
    return 0;
}

SEC("fmod_ret/tailed_function")
int gate(unsigned long long *ctx)
{
    bpf_tail_call(ctx, &gates, 1);
    return 0;
}

SEC("fmod_ret/tailed_function")
int gate_called(unsigned long long *ctx)
{
    return ctx[0] == 50 ? 77 : 0;
}

SEC("struct_ops/tail_table.twice")
int member(unsigned long long *ctx)
{
    bpf_tail_call(ctx, &members, 1);
    return -1;
}

SEC("struct_ops/tail_table.twice")
int member_called(unsigned long long *ctx)
{
    return 2 * (int)ctx[0];
}

char LICENSE[] SEC("license") = "GPL";
