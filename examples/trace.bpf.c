/* SPDX-License-Identifier: Apache-2.0 */
/* Watches a function of the host: its arguments, as the C source has them, and its result. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct order { /* as the host has it */
    long price;
    int count;
};

long sold;
__u64 refused;

SEC("fexit/place")
int BPF_PROG2(watch, struct order, order, const char *, customer, int, result)
{
    char name[16];

    if (result) {
        refused++;
        return 0;
    }
    sold += order.price * order.count;
    if (bpf_probe_read_user_str(name, sizeof name, customer) > 0)
        bpf_printk("%s buys %d", name, order.count);
    return 0;
}

/* Nobody gets more than a thousand at once: the function is not run at all. */
SEC("fmod_ret/place")
int BPF_PROG2(limit, struct order, order)
{
    return order.count > 1000 ? -1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
