/* SPDX-License-Identifier: Apache-2.0 */
/* Global data: .rodata, .data, .bss, sections of one's own, static variables, string literals. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct limits {
    __u32 low, high;
};

const volatile struct limits limits = { 64, 1500 };
const volatile char name[] = "global data";
__u64 counted = 5;
__u64 total;
static volatile __u32 calls;
static volatile __s16 last = -1;
int separate SEC(".data.separate") = 42;
const volatile int table[8] SEC(".rodata.table") = { 1, 1, 2, 3, 5, 8, 13, 21 };

SEC("xdp")
int use(struct xdp_md *ctx)
{
    __u64 size = ctx->data_end - ctx->data;
    const char *text = "a literal";
    char copy[10];

    calls++;
    counted += size;
    __sync_fetch_and_add(&total, size);
    separate += table[size & 7];
    last = (__s16)size;
    for (int i = 0; i < 10; i++)
        copy[i] = text[i];
    if (size < limits.low || size > limits.high)
        return XDP_DROP;
    return name[size & 7] == copy[0] ? XDP_TX : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
