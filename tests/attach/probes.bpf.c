/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that have struct pt_regs, by the macros of bpf_tracing.h. */
#include <linux/bpf.h>
#ifdef __TARGET_ARCH_arm64
struct user_pt_regs {
    __u64 regs[31], sp, pc, pstate;
};
#else
#include <linux/ptrace.h>
#endif
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "probes.h"

struct probed probed;

SEC("uprobe//proc/self/exe:probed_function")
int BPF_KPROBE(enter, int a, short b, long c, long d, long e)
{
    probed.args[0] = a;
    probed.args[1] = b;
    probed.args[2] = c;
    probed.args[3] = d;
    probed.args[4] = e;
    probed.ip = PT_REGS_IP(ctx);
    probed.sp = PT_REGS_SP(ctx);
    probed.function_ip = bpf_get_func_ip(ctx);
    probed.cookie = bpf_get_attach_cookie(ctx);
    bpf_probe_read_user(&probed.stacked, sizeof probed.stacked,
                        (void *)(PT_REGS_SP(ctx) + probed.skip));
    probed.uprobes++;
    return 5;
}

SEC("uretprobe/probed_function")
int BPF_KRETPROBE(leave, long result)
{
    probed.result = result;
    probed.return_sp = PT_REGS_SP(ctx);
    probed.uretprobes++;
    return 0;
}

static __noinline long fourth(struct pt_regs *ctx, long more)
{
    return PT_REGS_PARM4(ctx) + more;
}

SEC("uprobe.multi/probed_function")
int pass_on(struct pt_regs *ctx)
{
    probed.passed_on = fourth(ctx, PT_REGS_PARM3(ctx));
    return 0;
}

/* A function of fewer arguments than are read. */
SEC("uprobe/probed_small")
int small(struct pt_regs *ctx)
{
    probed.args[0] = PT_REGS_PARM1(ctx);
    probed.args[4] = PT_REGS_PARM5(ctx);

    return 0;
}

char LICENSE[] SEC("license") = "GPL";
