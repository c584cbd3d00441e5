/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that cannot be linked, each for a reason of its own. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

extern bool CONFIG_HERE __kconfig;
extern const int variable __ksym;
extern int function(void) __ksym;

struct task {
    int pid;
    struct {
        int fds[8];
    } files;
} __attribute__((preserve_access_index));

struct xdp_md___other {
    __u32 data_end;
} __attribute__((preserve_access_index));

enum states { ON = 3 };

int target = 1;
int *volatile pointer = &target;

SEC("socket")
int strong_setting(void *ctx)
{
    return CONFIG_HERE;
}

SEC("socket")
int strong_variable(void *ctx)
{
    return (const void *)&variable == ctx;
}

SEC("socket")
int strong_function(void *ctx)
{
    return function();
}

SEC("socket")
int unknown_type(struct task *task)
{
    return task->files.fds[2];
}

SEC("socket")
int unknown_existence(void *ctx)
{
    return bpf_core_field_exists(struct task, pid);
}

SEC("socket")
int other_place(struct xdp_md___other *ctx)
{
    return ctx->data_end;
}

SEC("socket")
int type_size(void *ctx)
{
    return bpf_core_type_size(struct task);
}

SEC("socket")
int enumerator(void *ctx)
{
    return bpf_core_enum_value(enum states, ON);
}

SEC("socket")
int data_address(void *ctx)
{
    return *pointer;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
