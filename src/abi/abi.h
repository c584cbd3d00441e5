/* SPDX-License-Identifier: Apache-2.0 */
/* Calling conventions: one row of facts per psABI, and moving values to where a callee wants them.
 *
 * Registers are numbered as the processor encodes them: 0-31 general, 32-63 vector. */
#pragma once
#include "base/vector.h"
#include <stdbool.h>

/* ---- conv.c ---- */

enum { REG_NONE = 255, CONV_ARGS = 8 };
#define REG_BIT(reg) (UINT64_C(1) << (reg))

struct conv {
    const char *name; /* the psABI's */
    /* C functions: general registers of the arguments, in order. */
    uint8_t args[CONV_ARGS];
    uint8_t arg_count;
    /* BPF functions: (vcpu, frame, r1 .. r5). Begins with args[], so that the host calls a function
     * of few enough arguments as a C function; goes on with other registers. */
    uint8_t bpf_args[7];
    uint8_t result;
    uint64_t saved;     /* general registers that a callee preserves (both conventions) */
    uint64_t destroyed; /* those it may not preserve */
    uint8_t stack_align;
    uint8_t chain; /* static chain */
    bool extends;  /* the caller extends narrow integers to a full register */
};

extern const struct conv conv_x86_64, conv_arm64;

/* ---- Where a program will run ---- */

struct env; /* rt/ */

struct binding {
    const struct env *env; /* its helpers */
    bool big;              /* byte order of the processor */
};

/* ---- moves.c: many moves at once ---- */

enum place_kind {
    PLACE_REG,   /* register `index` */
    PLACE_SLOT,  /* spill slot `index` */
    PLACE_VALUE, /* only as a source: whatever the caller makes of `index` */
};
struct place {
    uint32_t kind, index;
};
struct move {
    struct place to, from;
};

struct moves {
    struct vec(struct move) list;
    struct arena *arena;
    uint32_t *writer;  /* by place: 1 + the move in `list` that is still to write it, or 0 */
    uint32_t *readers; /* by place: moves still to read it */
    uint32_t slots;
    uint64_t slot_moves, cycles; /* done so far, for coverage */
};

/* Slots are numbered below `slots`; slot number `slots` is for moves_run() itself. */
void moves_init(struct moves *moves, struct arena *arena, uint32_t slots);
/* No two moves may have one destination. */
void moves_add(struct moves *moves, struct place to, struct place from);
/* Forgets all moves added since the last time. */
void moves_clear(struct moves *moves);
/* Does all moves added since the last time as if at once, in linear time, by single ones: one(),
 * at least one side of which is a register, the other too, a slot or (from) a value, and, for a
 * cycle of registers, swap(). `scratch` is a register that no move names. */
void moves_run(struct moves *moves, uint8_t scratch, void *user,
               void (*one)(void *user, struct place to, struct place from),
               void (*swap)(void *user, uint8_t a, uint8_t b));
