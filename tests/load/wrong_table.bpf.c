/* SPDX-License-Identifier: Apache-2.0 */
/* A table with the address of data. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int number;

struct ops {
    int (*call)(void);
    int *number;
};
SEC(".struct_ops")
struct ops ops = { .number = &number };
