/* SPDX-License-Identifier: Apache-2.0 */
/* The old form of map definitions: structs in section "maps", larger than the loader's own. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct old_map {
    unsigned int type, key_size, value_size, max_entries, map_flags, unused[2];
};

struct old_map old_hash SEC("maps") = {
    .type = BPF_MAP_TYPE_HASH,
    .key_size = 4,
    .value_size = 8,
    .max_entries = 64,
};

struct old_map old_array SEC("maps") = {
    .type = BPF_MAP_TYPE_ARRAY,
    .key_size = 4,
    .value_size = 8,
    .max_entries = 4,
};

SEC("xdp")
int old(struct xdp_md *ctx)
{
    __u32 key = (ctx->data_end - ctx->data) & 3;
    __u64 one = 1, *value = bpf_map_lookup_elem(&old_hash, &key);

    if (value)
        (*value)++;
    else
        bpf_map_update_elem(&old_hash, &key, &one, BPF_ANY);
    value = bpf_map_lookup_elem(&old_array, &key);
    if (value)
        *value += 2;
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
