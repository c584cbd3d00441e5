/* SPDX-License-Identifier: Apache-2.0 */
/* A socket filter: keeps the first bytes of ARP packets. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int arp_only(struct __sk_buff *skb)
{
    __u16 type;

    if (bpf_skb_load_bytes(skb, 12, &type, sizeof type))
        return 0;
    return type == bpf_htons(ETH_P_ARP) ? 42 : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
