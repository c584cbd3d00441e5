/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that count calls, for bench/trampoline.c. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} calls SEC(".maps");

static __always_inline int count(void)
{
    __u32 key = 0;
    __u64 *value = bpf_map_lookup_elem(&calls, &key);
    if (value)
        ++*value;
    return 0;
}

#define PROGRAM(section, name)                                                                     \
    SEC(section)                                                                                   \
    int name(void *ctx)                                                                            \
    {                                                                                              \
        return count();                                                                            \
    }
PROGRAM("fentry/at_entry", enter)
PROGRAM("fexit/at_exit", leave)
PROGRAM("fmod_ret/at_modify", modify)
PROGRAM("struct_ops/table.member", member)

char LICENSE[] SEC("license") = "GPL";
