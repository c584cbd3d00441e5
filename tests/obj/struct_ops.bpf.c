/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of functions, as libbpf has them. Each differs from what a host declares, or from what can
 * be, in the way that its name says. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

enum level { LOW = 1, HIGH = 7 };

struct plan {
    int parts[3];
    bool strict;
};

/* The host's has them in another order, and more. */
struct ops {
    unsigned long (*sum)(int a, unsigned long b, short c);
    char name[8];
    int (*grade)(const struct plan *plan);
    int number;
    enum level level;
    struct plan plan;
    int (*unused)(void);
    void *private;
    long only_here;
};

SEC("struct_ops/sum")
unsigned long BPF_PROG(sum, int a, unsigned long b, short c)
{
    return a + b + c;
}

SEC("struct_ops.s")
int BPF_PROG(grade, const struct plan *plan)
{
    return plan->strict ? plan->parts[2] : -1;
}

SEC("struct_ops/whatever")
unsigned long BPF_PROG(other_sum, int a)
{
    return 2 * a;
}

SEC(".struct_ops")
struct ops whole = {
    .sum = (void *)sum,
    .name = "whole",
    .grade = (void *)grade,
    .number = -3,
    .level = HIGH,
    .plan = { { 1, 2, 3 }, true },
};

SEC(".struct_ops.link")
struct ops linked = { .sum = (void *)other_sum, .number = 5 };

struct ops___next {
    int number;
    unsigned long (*sum)(int a, unsigned long b, short c);
};
SEC("?.struct_ops")
struct ops___next newer = { .sum = (void *)sum, .number = 6 };

SEC(".struct_ops.link")
struct ops more_set = { .only_here = 1 };

struct ops___wide {
    long number;
};
SEC(".struct_ops.link")
struct ops___wide other_type = { .number = 1 };

struct ops___call {
    int (*number)(void);
};
SEC(".struct_ops.link")
struct ops___call no_function = {};

SEC(".struct_ops.link")
struct ops address = { .private = (void *)1234 };

SEC(".struct_ops.link")
struct ops raw_function = { .unused = (void *)1234 };

struct ops___number {
    char strict;
};
SEC(".struct_ops.link")
struct ops___number no_bool = { .strict = 2 };

struct ops___bits {
    int number : 3;
};
SEC(".struct_ops.link")
struct ops___bits bits = { .number = 1 };

struct ops___both {
    unsigned long (*sum)(int a, unsigned long b, short c);
    unsigned long (*sum_too)(int a, unsigned long b, short c);
};
SEC(".struct_ops.link")
struct ops___both two_members = { .sum_too = (void *)sum };

struct unknown_ops {
    int (*call)(void);
};
SEC("struct_ops")
int BPF_PROG(nowhere)
{
    return 0;
}
SEC(".struct_ops.link")
struct unknown_ops unknown = { .call = (void *)nowhere };

char LICENSE[] SEC("license") = "GPL";
