/* SPDX-License-Identifier: Apache-2.0 */
/* A checked program: the only thing that the interpreter runs and the compiler compiles. Only
 * verify/ makes one; it is constant from then on.
 *
 * Facts hold on every path that can be executed, not only on those that the verifier's walk took
 * (the walk prunes). "Unknown" is always a valid fact: at the trusted level all are unknown. */
#pragma once
#include "bpf/cfg.h"

struct context_type; /* rt/: a table of fields */

enum check_level {
    CHECK_VERIFIED, /* proved safe */
    CHECK_TRUSTED,  /* only well-formed: the embedder answers for it */
};

/* What the address of an access points into. */
enum region {
    REGION_UNKNOWN, /* nothing known, or different on different paths */
    REGION_STACK,   /* a private-stack frame of this program */
    REGION_CONTEXT, /* the context in memory, reached as it stands (raw memory) */
    REGION_FIELD,   /* a field of a context type with a table: converted (insn_fact.field) */
    REGION_PACKET,
    REGION_MAP_VALUE, /* of map insn_fact.map */
    REGION_MEMORY,    /* other memory of known extent: ring-buffer records, host memory */
    REGION_PROBE,     /* host memory that may fault: a load gives 0 then, a store is refused */
    REGION_COUNT
};

enum {
    FACT_DEAD = 1 << 0,         /* never executed */
    FACT_NONZERO = 1 << 1,      /* the divisor is never 0 */
    FACT_ALWAYS_JUMPS = 1 << 2, /* a conditional jump that is always taken */
    FACT_NEVER_JUMPS = 1 << 3,
    FACT_MAP = 1 << 4,       /* insn_fact.map is known */
    FACT_OWN_STACK = 1 << 5, /* the region is the stack of the function itself, not a caller's */
};

struct insn_fact {
    uint8_t region; /* enum region: LDX, ST, STX, ATOMIC; of a CALL, where its key lies */
    uint8_t flags;
    uint16_t field; /* REGION_FIELD: index in the context type's table */
    uint32_t map;   /* with FACT_MAP: index in prog->maps of the map accessed, or of a CALL's map */
    /* Lowest and highest + 1 byte of the function's own stack, relative to its r10, that the
     * access, or the CALL and all below it, can touch. 0, 0: none; of trusted programs, unknown. */
    int16_t stack_low, stack_high;
};

struct func_fact {
    uint16_t depth; /* bytes of stack below r10 that the function uses, a multiple of 16 */
    uint32_t tree;  /* with everything that it calls, global functions and callbacks included */
    uint8_t args;   /* of r1-r5, how many the function takes */
    bool reached;   /* false: nothing calls it */
    bool is_callback;
    bool is_token;   /* its address is taken */
    bool tail_calls; /* it, or what it calls */
};

struct checked {
    const struct prog *prog;
    enum check_level level;
    const struct context_type *context; /* of funcs[0]'s r1; NULL: r1 and r2 are plain numbers */
    bool context_escapes;            /* its address is stored, or handed to a function or helper */
    const struct insn_fact *facts;   /* one per slot */
    const struct func_fact *funcs;   /* one per function */
    const struct cfg *const *graphs; /* one per function */
    struct check_stats {
        uint64_t insns;  /* instructions walked */
        uint32_t states; /* states kept */
        uint64_t time;   /* ns */
    } stats;
};

/* Depth used where nothing is known: the whole of BPF's stack (RFC 9669 leaves it to the runtime;
 * the kernel and clang have 512). */
enum { STACK_MAX = 512 };
