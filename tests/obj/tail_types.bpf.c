/* SPDX-License-Identifier: Apache-2.0 */
/* A program that would call one of another type, which takes its context for something else. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int raw(void *memory);

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 1);
    __uint(key_size, 4);
    __array(values, int(void *));
} table SEC(".maps") = {
    .values = { [0] = (void *)&raw },
};

SEC("xdp")
int jump(struct xdp_md *ctx)
{
    bpf_tail_call(ctx, &table, 0);
    return 0;
}

SEC("memory")
int raw(void *memory)
{
    return 1;
}

char LICENSE[] SEC("license") = "GPL";
