/* SPDX-License-Identifier: Apache-2.0 */
/* Records as arguments of static and global functions: of 16 bytes in two registers, of 8 in one.
 * (The kernel takes none in global functions.) */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct pair {
    __s32 a, b;
};

struct wide_pair {
    __s64 a, b;
};

__noinline __s64 weigh(int n, struct wide_pair p, struct pair small)
{
    return n + 3 * p.a + 5 * p.b + 7 * small.a + 11 * small.b;
}

static __noinline __s64 differ(struct wide_pair p, struct pair small, struct wide_pair q)
{
    return p.a - p.b + small.a * (q.a ^ q.b);
}

SEC("raw_tp")
int by_value(struct bpf_raw_tracepoint_args *ctx)
{
    struct wide_pair p = { ctx->args[0], ctx->args[1] }, q = { ctx->args[1], ctx->args[2] };
    struct pair small = { ctx->args[2], 9 };

    return weigh(ctx->args[2], p, small) + differ(p, small, q);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
