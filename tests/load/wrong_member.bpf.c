/* SPDX-License-Identifier: Apache-2.0 */
/* A table with a function that is no program. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int prog(void *ctx)
{
    return 0;
}

__attribute__((noinline)) int function(void)
{
    return 0;
}

struct ops {
    int (*call)(void);
};
SEC(".struct_ops")
struct ops ops = { .call = function };
