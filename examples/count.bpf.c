/* SPDX-License-Identifier: Apache-2.0 */
/* Counts packets by Ethertype. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 64);
    __type(key, __u16);
    __type(value, __u64);
} types SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
    struct ethhdr *eth = (void *)(long)ctx->data;
    __u64 one = 1, *seen;
    __u16 type;

    if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
        return XDP_DROP;
    type = bpf_ntohs(eth->h_proto);
    seen = bpf_map_lookup_elem(&types, &type);
    if (seen)
        __sync_fetch_and_add(seen, 1);
    else
        bpf_map_update_elem(&types, &type, &one, BPF_ANY);
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
