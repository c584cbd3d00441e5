/* SPDX-License-Identifier: Apache-2.0 */
/* Calling conventions: one row of facts per psABI, where the parts of a prototype lie by it, and
 * moving values to where a callee wants them.
 *
 * Registers are numbered as the processor encodes them: 0-31 general, 32-63 vector (on arm32 the
 * single-precision s0-s31: a double in d1 begins at s2; on s390x v0-v31, of which f0-f15 are the
 * first halves). */
#pragma once
#include "base/vector.h"
#include "type/type.h"
#include <stdbool.h>

/* ---- conv.c ---- */

enum {
    REG_NONE = 255,
    REG_SP = 254, /* in user_regs */
    REG_IP = 253,
    REG_VECTOR = 32,
    REG_LIST = 16,
    CONV_ARGS = 8, /* general ones, at most */
    USER_REGS = 34
};
#define REG_BIT(reg) (UINT64_C(1) << (reg))

struct reg_list { /* in the order in which they are given */
    uint8_t count;
    uint8_t at[REG_LIST];
};

struct conv_regs {
    struct reg_list general;
    struct reg_list vector; /* floats, and vectors if `wide` is empty */
    struct reg_list wide;   /* s390x: vectors */
};

/* What puts a record into registers other than general ones. */
enum conv_records {
    RECORDS_WORDS,       /* nothing does */
    RECORDS_EIGHTBYTES,  /* x86-64 3.2.3: what lies in each 8 bytes tells their class */
    RECORDS_HOMOGENEOUS, /* AAPCS: one to four floats or vectors of one type and nothing else */
    RECORDS_FLATTENED,   /* RISC-V: one or two numbers, one of them a float */
    RECORDS_SINGLE,      /* s390x: structs of a single float or vector */
};
enum conv_pairs { PAIRS_ANY, PAIRS_EVEN, PAIRS_EVEN_UNNAMED };
enum conv_splits {
    SPLITS_NEVER,
    SPLITS_ALWAYS, /* the last registers and the first of the stack */
    SPLITS_FIRST,  /* only while nothing is on the stack */
};

enum { RESULT_FITS = 255 };

struct conv {
    const char *name;         /* "x86_64", or "x86_64-clang" for what clang built */
    const char *title;        /* the psABI's */
    const struct conv *clang; /* where clang's ways differ from gcc's (doc/abi.md), or NULL */
    const struct data_model *data;
    bool big;                       /* byte order */
    const char *generals, *vectors; /* names of registers: a prefix, or a list from number 0 */

    /* C functions: registers. */
    struct conv_regs args, results;
    uint8_t hidden;       /* the address of a result in memory; REG_NONE: the first argument's */
    uint8_t hidden_back;  /* where it is given back, or REG_NONE */
    uint8_t word;         /* bytes of a general register and of a stack slot */
    uint64_t saved;       /* general registers that a callee preserves (BPF functions, too) */
    uint64_t destroyed;   /* those it may not preserve */
    uint64_t platform;    /* those of them that are some platform's: our own code never has them */
    uint8_t vector_count; /* registers, none of which a callee preserves whole; of hosts */
    uint8_t chain;        /* static chain */

    /* struct pt_regs, as programs have it, in words of 8 bytes: general registers, REG_SP, REG_IP,
     * or REG_NONE for what no program is told. No words: not known. */
    struct {
        uint8_t count;
        uint8_t at[USER_REGS];
    } user_regs;

    /* Who gets them. */
    uint8_t records;         /* enum conv_records */
    uint8_t unnamed_records; /* the same for a variadic call's further arguments */
    bool unnamed_all;        /* and for such a function's other arguments */
    bool unnamed_result;     /* and for its result */
    uint8_t vector_most;     /* bytes of the widest vector in a vector register */
    uint8_t unnamed_most;    /* the same for further arguments */
    uint8_t value_most;      /* larger values are passed by reference; 0: none is */
    bool value_powers;       /* records of 3, 5, 6 and 7 bytes, too, and complex numbers */
    uint8_t result_most;     /* larger records return in memory unless in vector registers;
                                0: all do */
    bool ignores_unnamed;    /* a record of nothing but bit-fields without a name is not passed */
    bool flattens_empty;     /* empty arrays and unions hinder no flattening, but a bit-field of
                                width 0 before the second number does */
    bool flexible_in_memory; /* records with an array of type [] are in memory */
    bool strict_members;     /* so are those with a member, be it a record or an array, that its own
                                type would align more, and with an empty one over 16 bytes */
    bool unnamed_fields;     /* bit-fields without a name count as integers */
    uint8_t pairs;           /* enum conv_pairs: of what is aligned to two words */
    uint8_t splits;          /* enum conv_splits */
    bool closes;             /* once a value has found too few registers, no later one gets any */
    bool closes_int128;      /* after an __int128 that has found too few, general ones count but are
                                not given: such parts of records are on the stack by themselves */
    bool float_takes_words;  /* a float without a vector register takes general ones */
    bool vectors_are_words;  /* d0 is s0 and s1; a later float takes a single one left between */
    bool x87;                /* long double returns in st0, a complex one in st0 and st1 */

    /* The stack, and the bits beside a value. */
    uint8_t stack_align;     /* at a call */
    uint64_t variadic;       /* registers that a variadic call sets beside its arguments' */
    uint8_t stack_first;     /* from the stack pointer at entry to the first argument */
    uint8_t slot_most;       /* the most alignment of an argument; 0: no limit */
    bool aligns_natural;     /* arguments as members ask, not as the whole declares */
    bool aligns_fields;      /* and as the types of its bit-fields, packed or not */
    bool aligns_units;       /* and as its parts, packed or not, if it wanted vector registers */
    uint8_t extends_args;    /* narrow integers, by their own signedness, to so many bytes; */
    uint8_t extends_results; /* 0: what is above is garbage */
    bool extends_sign;       /* of 4 bytes always by the sign */
    bool boxes_floats;       /* above a float in a register all bits are 1 */

    /* BPF functions: (vcpu, frame, r1 .. r5). Begins with args.general, so that the host calls a
     * function of few enough arguments as a C function; goes on with other registers. */
    uint8_t bpf_args[7];
};

extern const struct conv conv_x86_64, conv_x86_64_clang, conv_arm64, conv_arm64_clang, conv_riscv64,
    conv_riscv64_clang, conv_riscv64_soft, conv_riscv64_soft_clang, conv_arm32, conv_arm32_clang,
    conv_arm32_soft, conv_arm32_soft_clang, conv_s390x, conv_s390x_clang;

/* gcc's of every psABI, one after another: NULL behind the last. */
const struct conv *conv_at(uint32_t index);

/* ---- layout.c: where the parts of a prototype lie ---- */

enum part_place {
    PART_REG,   /* register `reg`: general, the value's bytes are its low-order ones; vector, its
                   first ones in memory order */
    PART_STACK, /* `stack` bytes behind the first stack argument */
    PART_X87,   /* st(reg) */
};
enum part_extension { EXTEND_GARBAGE, EXTEND_ZERO, EXTEND_SIGN, EXTEND_ONES };

struct layout_part {
    uint8_t place; /* enum part_place */
    uint8_t reg;
    uint8_t extension; /* enum part_extension: what the place's bits hold from `size` on .. */
    uint8_t extended;  /* .. up to so many bytes; above that, garbage */
    uint32_t stack;
    uint32_t offset, size; /* bytes of the value's memory */
};

struct layout_value {
    const struct model_value *value;
    bool indirect; /* its one part holds the address of a copy, aligned as the type is */
    uint8_t count; /* 0: an empty struct, or void */
    const struct layout_part *parts; /* by offset; padding may be in none */
};

struct layout {
    const struct conv *conv;
    const struct model *model;
    struct layout_value result;      /* indirect: the part is where the caller passes the address */
    uint8_t hidden_back;             /* the register that returns that address, or REG_NONE */
    const struct layout_value *args; /* model->count */
    uint64_t regs;                   /* all argument registers that hold something */
    uint32_t stack_size;             /* bytes of stack arguments, a multiple of the slot */
    uint32_t stack_align;            /* of the first stack argument: at least conv->stack_align */
};

/* Lays out a prototype in the arena; the model must have been made with the convention's data model
 * and must live as long as the layout. Refuses what does not fit in 2 GiB of stack. */
int layout_of(struct arena *arena, const struct conv *conv, const struct model *model,
              const struct layout **layout, struct error *err);
/* Prints where each part lies, a line for the result and for each argument:
 * "s: rdi[0:8] xmm0[8:8]"; [0:8] are the bytes of the value's memory, from:size. */
void layout_print(struct text *text, const struct layout *layout);

/* ---- helper.c ---- */

struct helper; /* rt/ */
/* The layout of the helper's C function. */
int layout_of_helper(struct arena *arena, const struct conv *conv, const struct helper *helper,
                     const struct layout **layout, struct error *err);

/* ---- Where a program will run ---- */

struct env; /* rt/ */
struct binding {
    const struct env *env;               /* its helpers */
    bool big;                            /* byte order of the processor */
    const struct conv *conv;             /* of calls of C functions; NULL: of no processor */
    bool sums;                           /* numbers in memory are added up at once */
    bool selects;                        /* choosing costs no more than jumping */
    const struct attachment *attachment; /* NULL: nowhere, its context is in memory */
};

/* A program attached to a native function. */
struct tracing; /* rt/ */
struct attachment {
    const struct tracing *tracing; /* kind and model */
    const struct layout *layout;
    bool counts;          /* its runs and the time that they take */
    bool at_exit;         /* of a session program, its half behind the function */
    uint32_t stack_bytes; /* of a variadic function, the most arguments on the stack; 0: not told */
    /* Callers may rely on the function to leave registers alone that any might change (gcc
     * -fipa-ra): what the function does to them is all that may be done ... */
    bool strict;
    uint32_t vector_bytes; /* ... vectors in full included, which take so much to save */
};

/* ---- moves.c: many moves at once ---- */

enum place_kind {
    PLACE_REG,   /* register `index` */
    PLACE_SLOT,  /* spill slot `index` */
    PLACE_VALUE, /* only as a source: whatever the caller makes of `index` */
};
struct place {
    uint32_t kind, index;
    bool half; /* as a source: the upper 32 bits are 0, or not wanted */
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
static inline void moves_add(struct moves *moves, struct place to, struct place from)
{
    if (to.kind != from.kind || to.index != from.index)
        vec_push(moves->arena, &moves->list, (struct move){ to, from });
}
/* Forgets all moves added since the last time. */
static inline void moves_clear(struct moves *moves)
{
    moves->list.count = 0;
}
/* Does all moves added since the last time as if at once, in linear time, by single ones: one(),
 * at least one side of which is a register, the other too, a slot or (from) a value, and, for a
 * cycle of registers, swap(). `scratch` is a register that no move names. */
void moves_run(struct moves *moves, uint8_t scratch, void *user,
               void (*one)(void *user, struct place to, struct place from),
               void (*swap)(void *user, uint8_t a, uint8_t b));
