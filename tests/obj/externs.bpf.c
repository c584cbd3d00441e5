/* SPDX-License-Identifier: Apache-2.0 */
/* Weak externs that nobody provides are 0. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

extern int LINUX_KERNEL_VERSION __kconfig __weak;
extern bool CONFIG_NOT_THERE_AT_ALL __kconfig __weak;
extern const int not_there_either __ksym __weak;

SEC("xdp")
int ask(struct xdp_md *ctx)
{
    if (CONFIG_NOT_THERE_AT_ALL || &not_there_either)
        return XDP_ABORTED;
    return LINUX_KERNEL_VERSION < 0 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
