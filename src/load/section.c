/* SPDX-License-Identifier: Apache-2.0 */
/* What the names of sections say of the programs in them: libbpf's names, and the environment's
 * own context types. The numbers are those of the kernel's enum bpf_attach_type. */
#include "load/load.h"
#include "rt/rt.h"

/* Programs attached to native functions have the context "tracing", made from the function's model
 * (rt/tracing.c), or "pt_regs" if they are probes. Of these only the attach kind tells whether they
 * run at the entry or at the exit, so it is that of fentry and fexit.
 *
 * EXACT(name, type, context, attach kind), PREFIX(the same). */
#define EXACT(prefix, type, context, kind)  { prefix, SECTION_EXACT, PROG_##type, context, kind }
#define PREFIX(prefix, type, context, kind) { prefix, SECTION_PREFIX, PROG_##type, context, kind }

static const struct section_type rows[] = {
    PREFIX("xdp", XDP, "xdp", 37),
    PREFIX("xdp.frags", XDP, "xdp", 37),
    EXACT("xdp/devmap", XDP, "xdp", 33),
    EXACT("xdp.frags/devmap", XDP, "xdp", 33),
    EXACT("xdp/cpumap", XDP, "xdp", 35),
    EXACT("xdp.frags/cpumap", XDP, "xdp", 35),
    PREFIX("tc", SCHED_CLS, "tc", -1),
    EXACT("tc/ingress", SCHED_CLS, "tc", 46),
    EXACT("tc/egress", SCHED_CLS, "tc", 47),
    EXACT("tcx/ingress", SCHED_CLS, "tc", 46),
    EXACT("tcx/egress", SCHED_CLS, "tc", 47),
    EXACT("netkit/primary", SCHED_CLS, "tc", 54),
    EXACT("netkit/peer", SCHED_CLS, "tc", 55),
    PREFIX("classifier", SCHED_CLS, "tc", -1),
    PREFIX("action", SCHED_ACT, "tc", -1),
    PREFIX("socket", SOCKET_FILTER, "socket", -1),
    PREFIX("raw_tp", RAW_TRACEPOINT, "raw_tp", -1),
    PREFIX("raw_tracepoint", RAW_TRACEPOINT, "raw_tp", -1),
    PREFIX("raw_tp.w", RAW_TRACEPOINT_WRITABLE, "raw_tp", -1),
    PREFIX("raw_tracepoint.w", RAW_TRACEPOINT_WRITABLE, "raw_tp", -1),
    PREFIX("tp", TRACEPOINT, "tracepoint", -1),
    PREFIX("tracepoint", TRACEPOINT, "tracepoint", -1),
    PREFIX("kprobe", KPROBE, "pt_regs", -1),
    PREFIX("kretprobe", KPROBE, "pt_regs", -1),
    PREFIX("kprobe.multi", KPROBE, "pt_regs", 42),
    PREFIX("kretprobe.multi", KPROBE, "pt_regs", 42),
    PREFIX("kprobe.session", KPROBE, "pt_regs", 56),
    PREFIX("ksyscall", KPROBE, "pt_regs", -1),
    PREFIX("kretsyscall", KPROBE, "pt_regs", -1),
    PREFIX("uprobe", KPROBE, "pt_regs", ATTACH_ENTRY),
    PREFIX("uprobe.s", KPROBE, "pt_regs", ATTACH_ENTRY),
    PREFIX("uretprobe", KPROBE, "pt_regs", ATTACH_EXIT),
    PREFIX("uretprobe.s", KPROBE, "pt_regs", ATTACH_EXIT),
    PREFIX("uprobe.multi", KPROBE, "pt_regs", ATTACH_ENTRY),
    PREFIX("uprobe.multi.s", KPROBE, "pt_regs", ATTACH_ENTRY),
    PREFIX("uretprobe.multi", KPROBE, "pt_regs", ATTACH_EXIT),
    PREFIX("uretprobe.multi.s", KPROBE, "pt_regs", ATTACH_EXIT),
    PREFIX("uprobe.session", KPROBE, "pt_regs", 57),
    PREFIX("uprobe.session.s", KPROBE, "pt_regs", 57),
    PREFIX("usdt", KPROBE, "pt_regs", -1),
    PREFIX("usdt.s", KPROBE, "pt_regs", -1),
    PREFIX("tp_btf", TRACING, "tracing", 23),
    PREFIX("fentry", TRACING, "tracing", 24),
    PREFIX("fentry.s", TRACING, "tracing", 24),
    PREFIX("fexit", TRACING, "tracing", 25),
    PREFIX("fexit.s", TRACING, "tracing", 25),
    PREFIX("fmod_ret", TRACING, "tracing", 26),
    PREFIX("fmod_ret.s", TRACING, "tracing", 26),
    PREFIX("fsession", TRACING, "tracing", ATTACH_SESSION),
    PREFIX("fsession.s", TRACING, "tracing", ATTACH_SESSION),
    PREFIX("replace", TRACING, "tracing", ATTACH_REPLACE),
    PREFIX("iter", TRACING, "iter", 28),
    PREFIX("iter.s", TRACING, "iter", 28),
    PREFIX("freplace", EXT, "ext", -1),
    PREFIX("lsm", LSM, "lsm", 27),
    PREFIX("lsm.s", LSM, "lsm", 27),
    PREFIX("lsm_cgroup", LSM, "lsm", 43),
    PREFIX("struct_ops", STRUCT_OPS, "tracing", ATTACH_MEMBER),
    PREFIX("struct_ops.s", STRUCT_OPS, "tracing", ATTACH_MEMBER),
    EXACT("syscall", SYSCALL, "syscall", -1),
    EXACT("perf_event", PERF_EVENT, "perf_event", 41),
    EXACT("netfilter", NETFILTER, "netfilter", 45),
    EXACT("sk_lookup", SK_LOOKUP, "sk_lookup", 36),
    EXACT("sk_reuseport", SK_REUSEPORT, "sk_reuseport", 39),
    EXACT("sk_reuseport/migrate", SK_REUSEPORT, "sk_reuseport", 40),
    EXACT("sockops", SOCK_OPS, "sockops", 3),
    EXACT("sk_skb", SK_SKB, "sk_skb", -1),
    EXACT("sk_skb/stream_parser", SK_SKB, "sk_skb", 4),
    EXACT("sk_skb/stream_verdict", SK_SKB, "sk_skb", 5),
    EXACT("sk_skb/verdict", SK_SKB, "sk_skb", 38),
    EXACT("sk_msg", SK_MSG, "sk_msg", 7),
    EXACT("lirc_mode2", LIRC_MODE2, "lirc_mode2", 16),
    EXACT("flow_dissector", FLOW_DISSECTOR, "flow_dissector", 17),
    EXACT("lwt_in", LWT_IN, "lwt", -1),
    EXACT("lwt_out", LWT_OUT, "lwt", -1),
    EXACT("lwt_xmit", LWT_XMIT, "lwt", -1),
    EXACT("lwt_seg6local", LWT_SEG6LOCAL, "lwt", -1),
    EXACT("cgroup_skb/ingress", CGROUP_SKB, "cgroup_skb", 0),
    EXACT("cgroup_skb/egress", CGROUP_SKB, "cgroup_skb", 1),
    EXACT("cgroup/skb", CGROUP_SKB, "cgroup_skb", -1),
    EXACT("cgroup/sock", CGROUP_SOCK, "cgroup_sock", 2),
    EXACT("cgroup/sock_create", CGROUP_SOCK, "cgroup_sock", 2),
    EXACT("cgroup/sock_release", CGROUP_SOCK, "cgroup_sock", 34),
    EXACT("cgroup/post_bind4", CGROUP_SOCK, "cgroup_sock", 12),
    EXACT("cgroup/post_bind6", CGROUP_SOCK, "cgroup_sock", 13),
    EXACT("cgroup/bind4", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 8),
    EXACT("cgroup/bind6", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 9),
    EXACT("cgroup/connect4", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 10),
    EXACT("cgroup/connect6", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 11),
    EXACT("cgroup/connect_unix", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 49),
    EXACT("cgroup/sendmsg4", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 14),
    EXACT("cgroup/sendmsg6", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 15),
    EXACT("cgroup/sendmsg_unix", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 50),
    EXACT("cgroup/recvmsg4", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 19),
    EXACT("cgroup/recvmsg6", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 20),
    EXACT("cgroup/recvmsg_unix", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 51),
    EXACT("cgroup/getpeername4", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 29),
    EXACT("cgroup/getpeername6", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 30),
    EXACT("cgroup/getpeername_unix", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 52),
    EXACT("cgroup/getsockname4", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 31),
    EXACT("cgroup/getsockname6", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 32),
    EXACT("cgroup/getsockname_unix", CGROUP_SOCK_ADDR, "cgroup_sock_addr", 53),
    EXACT("cgroup/sysctl", CGROUP_SYSCTL, "cgroup_sysctl", 18),
    EXACT("cgroup/getsockopt", CGROUP_SOCKOPT, "cgroup_sockopt", 21),
    EXACT("cgroup/setsockopt", CGROUP_SOCKOPT, "cgroup_sockopt", 22),
    EXACT("cgroup/dev", CGROUP_DEVICE, "cgroup_dev", 6),
};

static const struct section_type *find(const char *name, size_t length, enum section_match match)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].match >= match && strlen(rows[i].prefix) == length &&
            !memcmp(rows[i].prefix, name, length))
            return &rows[i];
    return NULL;
}

bool section_type(const struct env *env, const char *name, struct section_type *type,
                  const char **attach)
{
    size_t prefix = strcspn(name, "/");
    const struct section_type *row = find(name, strlen(name), SECTION_EXACT);

    *attach = "";
    if (!row) {
        row = find(name, prefix, SECTION_PREFIX);
        *attach = name[prefix] ? name + prefix + 1 : "";
    }
    if (row) {
        *type = *row;
        return true;
    }
    for (uint32_t i = 0; i < env->contexts.count; i++) {
        const struct context_type *context = env->contexts.at[i];
        if (strlen(context->name) == prefix && !memcmp(context->name, name, prefix)) {
            *type = (struct section_type){ context->name, SECTION_PREFIX, context->type,
                                           context->name, -1 };
            return true;
        }
    }
    return false;
}
