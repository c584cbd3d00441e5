/* SPDX-License-Identifier: Apache-2.0 */
/* tc: fields of __sk_buff, direct access, loading and storing bytes, checksums replaced. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int fields(struct __sk_buff *skb)
{
    skb->cb[0] = skb->len;
    skb->cb[4] = skb->protocol;
    skb->priority = 3;
    skb->tc_index = skb->mark + 1;
    return skb->protocol == bpf_htons(ETH_P_IP) && skb->cb[0] > 20 ? TC_ACT_OK : TC_ACT_SHOT;
}

SEC("tc")
int direct(struct __sk_buff *skb)
{
    void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
    struct ethhdr *eth = data;

    if (data + sizeof *eth > end)
        return TC_ACT_SHOT;
    return bpf_ntohs(eth->h_proto);
}

/* A hop less to live, with the header's checksum. */
SEC("tc")
int forward(struct __sk_buff *skb)
{
    struct iphdr ip;
    __u8 ttl;
    __u16 before, after;

    if (skb->protocol != bpf_htons(ETH_P_IP))
        return TC_ACT_OK;
    if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof ip))
        return TC_ACT_SHOT;
    if (ip.ttl <= 1)
        return TC_ACT_SHOT;
    before = bpf_htons(ip.ttl << 8 | ip.protocol);
    ttl = ip.ttl - 1;
    after = bpf_htons(ttl << 8 | ip.protocol);
    if (bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check), before, after, 2))
        return TC_ACT_SHOT;
    if (bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, ttl), &ttl, 1, 0))
        return TC_ACT_SHOT;
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
