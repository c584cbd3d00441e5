/* SPDX-License-Identifier: Apache-2.0 */
/* Types as a vmlinux.h has them: every access to a field is a CO-RE relocation. */
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
enum { BPF_MAP_TYPE_ARRAY = 2 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct xdp_md {
    __u32 data;
    __u32 data_end;
    __u32 data_meta;
    __u32 ingress_ifindex;
    __u32 rx_queue_index;
    __u32 egress_ifindex;
};
#pragma clang attribute pop

#include <bpf/bpf_helpers.h>

SEC("xdp")
int by_field(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

    if (data + 14 > end)
        return 1;
    return ctx->rx_queue_index + ctx->ingress_ifindex > 1000 ? 1 : 2;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
