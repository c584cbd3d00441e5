/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of functions. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct ops {
    int (*first)(void);
    struct {
        short low, high;
    } limits;
    int (*second)(void);
};

SEC("struct_ops")
int one(void *ctx)
{
    return 1;
}

SEC("?struct_ops/second")
int two(void *ctx)
{
    return 2;
}

SEC(".struct_ops")
struct ops both = { .first = (void *)one, .second = (void *)two };

struct ops___old {
    int (*second)(void);
};
SEC("?.struct_ops.link")
static struct ops___old old __attribute__((used)) = { .second = (void *)two };

SEC(".struct_ops")
struct ops empty = { .limits = { -1, 1 } };
