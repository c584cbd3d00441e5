/* SPDX-License-Identifier: Apache-2.0 */
/* Types as a vmlinux.h has them, with CO-RE relocations: packet headers, contexts, registers, and
 * one that the environment declares. Only what programs here read is in the same place. */
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct xdp_md {
    __u32 data, data_end;
};
struct __sk_buff {
    __u32 len, pkt_type, mark, others[9], cb[5], hash;
};
struct ethhdr {
    unsigned char h_dest[6], h_source[6];
    __be16 h_proto;
};
struct iphdr {
    __u8 ihl : 4, version : 4, tos;
    __be16 tot_len, id, frag_off;
    __u8 ttl, protocol;
    __u16 check;
    union {
        struct {
            __be32 saddr, daddr;
        };
        struct {
            __be32 saddr, daddr;
        } addrs;
    };
};
struct pt_regs {
    unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
};
struct req {
    __u32 len;
    __u8 method;
};
#pragma clang attribute pop

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

SEC("xdp")
int packet(struct xdp_md *ctx)
{
    struct ethhdr *eth = (void *)(long)ctx->data;
    struct iphdr *ip = (void *)(eth + 1);

    if ((void *)(ip + 1) > (void *)(long)ctx->data_end || eth->h_proto != 8 || ip->ihl < 5)
        return 1;
    return ip->saddr == ip->daddr ? 1 : 2;
}

SEC("tc")
int skb(struct __sk_buff *skb)
{
    skb->cb[3] = bpf_core_type_id_local(struct req);
    return skb->mark;
}

SEC("kprobe/x")
int registers(struct pt_regs *regs)
{
    return regs->di;
}

SEC("req")
int request(struct req *req)
{
    return bpf_core_field_exists(req->method) && bpf_core_type_size(struct req) == 8 ? req->method
                                                                                     : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
