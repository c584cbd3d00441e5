/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers that ask for time, place and chance. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char command[16];
__u64 process, user;
__u32 cpu, chance;

SEC("raw_tp/example")
int ask(void *ctx)
{
    __u64 start = bpf_ktime_get_ns();
    __u64 boot = bpf_ktime_get_boot_ns();

    cpu = bpf_get_smp_processor_id();
    chance = bpf_get_prandom_u32();
    process = bpf_get_current_pid_tgid();
    user = bpf_get_current_uid_gid();
    if (bpf_get_current_comm(command, sizeof command))
        return 1;
    return !start || !boot || bpf_ktime_get_ns() < start;
}

SEC("xdp")
int ask_coarsely(struct xdp_md *ctx)
{
    return bpf_ktime_get_coarse_ns() ? XDP_PASS : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "GPL";
