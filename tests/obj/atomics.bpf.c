/* SPDX-License-Identifier: Apache-2.0 */
/* Every atomic operation of -mcpu=v3, 32 and 64 bits wide. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 wide[6] = { 1, 2, 3, ~0ull, 5, 6 };
__u32 narrow[6] = { 1, 2, 3, ~0u, 5, 6 };

#define ALL(p, v)                                                                                  \
    __sync_fetch_and_add(&p[0], v);                                                                \
    __sync_fetch_and_and(&p[3], v);                                                                \
    __sync_fetch_and_or(&p[1], v);                                                                 \
    __sync_fetch_and_xor(&p[2], v);                                                                \
    r = r * 31 + __sync_fetch_and_add(&p[0], v);                                                   \
    r = r * 31 + __sync_fetch_and_and(&p[3], v | 12);                                              \
    r = r * 31 + __sync_fetch_and_or(&p[1], v);                                                    \
    r = r * 31 + __sync_fetch_and_xor(&p[2], v);                                                   \
    r = r * 31 + __sync_lock_test_and_set(&p[4], v);                                               \
    r = r * 31 + __sync_val_compare_and_swap(&p[5], 6, v);                                         \
    r = r * 31 + __sync_val_compare_and_swap(&p[5], v, 6);                                         \
    r = r * 31 + __sync_val_compare_and_swap(&p[5], 99, v)

SEC("xdp")
int atomics(struct xdp_md *ctx)
{
    __u64 v = ctx->data_end - ctx->data, r = 0;

    ALL(wide, v);
    ALL(narrow, (__u32)v);
    return r ^ r >> 32;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
