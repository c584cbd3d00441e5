/* SPDX-License-Identifier: Apache-2.0 */
/* A program in its final form: what load/ makes of an object, or the API of an array of
 * instructions. Constant once made; lives in the arena of the object. */
#pragma once
#include "bpf/insn.h"

struct types; /* type/type.h */

/* Numbers of the kernel's enum bpf_prog_type. */
enum prog_type {
    PROG_UNSPEC = 0,
    PROG_SOCKET_FILTER = 1,
    PROG_KPROBE = 2,
    PROG_SCHED_CLS = 3,
    PROG_SCHED_ACT = 4,
    PROG_TRACEPOINT = 5,
    PROG_XDP = 6,
    PROG_PERF_EVENT = 7,
    PROG_CGROUP_SKB = 8,
    PROG_CGROUP_SOCK = 9,
    PROG_LWT_IN = 10,
    PROG_LWT_OUT = 11,
    PROG_LWT_XMIT = 12,
    PROG_SOCK_OPS = 13,
    PROG_SK_SKB = 14,
    PROG_CGROUP_DEVICE = 15,
    PROG_SK_MSG = 16,
    PROG_RAW_TRACEPOINT = 17,
    PROG_CGROUP_SOCK_ADDR = 18,
    PROG_LWT_SEG6LOCAL = 19,
    PROG_LIRC_MODE2 = 20,
    PROG_SK_REUSEPORT = 21,
    PROG_FLOW_DISSECTOR = 22,
    PROG_CGROUP_SYSCTL = 23,
    PROG_RAW_TRACEPOINT_WRITABLE = 24,
    PROG_CGROUP_SOCKOPT = 25,
    PROG_TRACING = 26,
    PROG_STRUCT_OPS = 27,
    PROG_EXT = 28,
    PROG_LSM = 29,
    PROG_SK_LOOKUP = 30,
    PROG_SYSCALL = 31,
    PROG_NETFILTER = 32,
    PROG_EMBEDDER = 1000, /* a context type that the embedder described */
};

/* What a map should be; the numbers are those of the kernel's struct bpf_map_create attributes. */
struct map_spec {
    const char *name;
    uint32_t type; /* enum bpf_map_type's number: rt/ lists the kinds offered */
    uint32_t key_size, value_size, max_entries, flags;
    uint32_t key_type, value_type; /* ids in `types`; 0: unknown */
    const struct types *types;
    const struct map_spec *inner; /* maps of maps: the template */

    /* Global data (.rodata, .data, .bss, string literals): an array of one element. */
    bool is_data;
    bool read_only;      /* for programs and, once loaded, for the host */
    const uint8_t *data; /* value_size initial bytes; NULL: zeros */

    /* Initial values of prog arrays and maps of maps. */
    const struct map_slot_init {
        uint32_t index;
        const char *name; /* of a program or a map of the same object */
    } *slots;
    uint32_t slot_count;
};

/* A function of the program. Main programs and global functions are verified alone and begin a
 * tree of private stack; static ones belong to whoever calls them. */
struct func {
    const char *name;
    uint32_t start, count; /* slots of prog->insns */
    bool global;
    uint32_t type; /* id of its BTF FUNC in prog->types; 0: none */
};

/* Source position of all instructions from `insn` up to the next line's. */
struct line {
    uint32_t insn;
    const char *file; /* "" if unknown */
    const char *text; /* the source line itself; "" if unknown */
    uint32_t line, column;
};

/* Pseudo instructions mean, after load:
 *   LDIMM_MAP        first imm: index into maps
 *   LDIMM_MAP_VALUE  first imm: index into maps; second imm: offset in its only element
 *   LDIMM_FUNC       first imm: distance to the function, as in CALL_LOCAL (insn_callee())
 *   CALL_KFUNC       imm: index into kfuncs
 *   MAP_IDX, MAP_IDX_VALUE, VAR do not occur (VAR is resolved to LDIMM). */
struct prog {
    const char *name;    /* of the main function */
    const char *section; /* "" if there was none */
    const char *object;  /* file name, for messages */
    const char *license;
    enum prog_type type;
    const char *context; /* name of the context type in the environment: "xdp", "req" */
    const char *attach;  /* what follows the section's prefix: "sys_enter"; "" if nothing */
    int attach_kind;     /* enum bpf_attach_type's number, or enum attach_kind of rt.h; -1: none */
    const struct insn *insns;
    uint32_t count;
    const struct func *funcs; /* funcs[0] is the main function; ordered by start, without gaps */
    uint32_t func_count;
    const struct map_spec *const *maps;
    uint32_t map_count;
    const char *const *kfuncs; /* names of host functions */
    uint32_t kfunc_count;
    const struct line *lines; /* ordered by insn */
    uint32_t line_count;
    const struct types *types; /* NULL if the object has no BTF */
};

/* A program of bare instructions: its functions are the first slot and what CALL_LOCAL and
 * LDIMM_FUNC name, all static but the first; calls that lead nowhere are left for the structural
 * checks. insns must live as long as the program; count is at least 1. */
struct arena;
struct prog *prog_from_insns(struct arena *arena, const char *name, const struct insn *insns,
                             uint32_t count);

/* The function that holds the slot; the slot must lie in the program. */
const struct func *prog_func_at(const struct prog *prog, uint32_t insn);
/* Index of the function that begins at the slot, or -1. */
int prog_func_index(const struct prog *prog, int64_t start);
/* The source line of the slot, or NULL. */
const struct line *prog_line_at(const struct prog *prog, uint32_t insn);
