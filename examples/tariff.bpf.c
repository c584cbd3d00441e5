/* SPDX-License-Identifier: Apache-2.0 */
/* A table of functions and numbers for the host, made as libbpf's users make theirs. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct order {
    long list_price;
    int count;
};

struct tariff { /* the host's may have more, and another order */
    char name[16];
    long (*price)(const struct order *order);
    int most;
};

SEC("struct_ops")
long BPF_PROG(price, const struct order *order)
{
    long price = order->list_price * order->count;
    return order->count >= 10 ? price - (price >> 3) : price;
}

SEC(".struct_ops")
struct tariff autumn = {
    .name = "autumn",
    .price = (void *)price,
    .most = 1000,
};

char LICENSE[] SEC("license") = "GPL";
