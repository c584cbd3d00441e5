/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the verifier share, from the domain of numbers up to the walk. */
#pragma once
#include "base/hash.h"
#include "base/text.h"
#include "base/vector.h"
#include "bpf/cfg.h"
#include "rt/rt.h"
#include "verify/verify.h"
#include <stdio.h>
#include <stdlib.h>

struct verifier;

/* ---- tnum.c: known bits ----
 * The set of all x with (x & ~mask) == value; value & mask == 0. */

struct tnum {
    uint64_t value, mask;
};

static inline struct tnum tnum_const(uint64_t value)
{
    return (struct tnum){ value, 0 };
}
struct tnum tnum_range(uint64_t low, uint64_t high); /* what all of low .. high share */
struct tnum tnum_add(struct tnum a, struct tnum b);
struct tnum tnum_sub(struct tnum a, struct tnum b);
struct tnum tnum_mul(struct tnum a, struct tnum b);
struct tnum tnum_and(struct tnum a, struct tnum b);
struct tnum tnum_or(struct tnum a, struct tnum b);
struct tnum tnum_xor(struct tnum a, struct tnum b);
struct tnum tnum_lsh(struct tnum a, unsigned n);
struct tnum tnum_rsh(struct tnum a, unsigned n);
struct tnum tnum_arsh(struct tnum a, unsigned n);
struct tnum tnum_cut(struct tnum a, unsigned bits);  /* the low bits, zero-extended */
struct tnum tnum_sext(struct tnum a, unsigned bits); /* the low bits, sign-extended to 64 */
struct tnum tnum_swap(struct tnum a, unsigned bits); /* bytes of the low bits reversed */
struct tnum tnum_join(struct tnum a, struct tnum b); /* holds all of both */
/* What lies in both; false if nothing does. */
bool tnum_meet(struct tnum a, struct tnum b, struct tnum *out);
bool tnum_covers(struct tnum a, struct tnum b); /* b is a subset of a */

/* ---- range.c: bounds of a number of `bits` bits, as unsigned and as signed ---- */

struct range {
    uint64_t umin, umax;
    int64_t smin, smax;
};

uint64_t range_mask(unsigned bits);
int64_t range_sext(uint64_t value, unsigned bits);
struct range range_any(unsigned bits);
struct range range_const(uint64_t value, unsigned bits);
struct range range_unsigned(uint64_t low, uint64_t high, unsigned bits); /* signed: any */
struct range range_signed(int64_t low, int64_t high, unsigned bits);     /* unsigned: any */
struct range range_add(struct range a, struct range b, unsigned bits);
struct range range_sub(struct range a, struct range b, unsigned bits);
struct range range_mul(struct range a, struct range b, unsigned bits);
struct range range_div(struct range a, struct range b, unsigned bits);
struct range range_mod(struct range a, struct range b, unsigned bits);
struct range range_sdiv(struct range a, struct range b, unsigned bits);
struct range range_smod(struct range a, struct range b, unsigned bits);
/* Shifts by low .. high, less than bits. */
struct range range_lsh(struct range a, unsigned low, unsigned high, unsigned bits);
struct range range_rsh(struct range a, unsigned low, unsigned high, unsigned bits);
struct range range_arsh(struct range a, unsigned low, unsigned high, unsigned bits);
struct range range_join(struct range a, struct range b);
bool range_covers(struct range a, struct range b);
/* Lets the three views of one number sharpen each other; false if they exclude each other. */
bool range_settle(struct range *range, struct tnum *tnum, unsigned bits);

/* ---- scalar.c: what is known of a 64-bit number ----
 * Three views that hold at once: known bits, bounds, bounds of the lower half. `w` is the width of
 * the whole, 64 but in tests, which exhaust small widths with the same code. */

struct scalar {
    struct tnum bits;
    struct range full, low;
};

struct scalar scalar_any(unsigned w);
struct scalar scalar_const(uint64_t value, unsigned w);
struct scalar scalar_between(uint64_t low, uint64_t high, unsigned w); /* unsigned */
/* dst = dst op src, as an ALU instruction of `bits` (w, or w / 2: the result is zero-extended). */
struct scalar scalar_alu(enum insn_op op, unsigned bits, struct scalar dst, struct scalar src,
                         unsigned w);
struct scalar scalar_zext(struct scalar a, unsigned bits, unsigned w);
struct scalar scalar_sext(struct scalar a, unsigned bits, unsigned w);
struct scalar scalar_swap(struct scalar a, unsigned bits);
/* Sharpens a and b by what `a op b` (a jump's condition, compared in `bits`) being as it is says of
 * them. False: it cannot be so. */
bool scalar_assume(enum insn_op op, bool holds, unsigned bits, struct scalar *a, struct scalar *b,
                   unsigned w);
struct scalar scalar_join(struct scalar a, struct scalar b);
/* As scalar_join(a, b), but what b exceeds in a gives way to the extreme: chains are finite. */
struct scalar scalar_widen(struct scalar a, struct scalar b, unsigned w);
bool scalar_covers(struct scalar a, struct scalar b);
bool scalar_has(struct scalar a, uint64_t value, unsigned w);
bool scalar_settle(struct scalar *a, unsigned w);

static inline bool scalar_is_const(const struct scalar *a)
{
    return a->bits.mask == 0;
}

/* ---- state.c: what is known at one point of one path ---- */

enum reg_kind {
    REG_NONE,    /* nothing was written to it, or its value must not be used any more */
    REG_SCALAR,  /* a number: num */
    REG_CONTEXT, /* the context of a type with fields */
    REG_STACK,   /* into the stack of `frame`, from its r10 */
    REG_PACKET,  /* from the packet's first byte */
    REG_META,    /* from the first byte of the packet's metadata */
    REG_END,     /* the packet's end */
    REG_RAW,     /* from the first byte of a raw-memory context */
    REG_RAW_END, /* its end */
    REG_MAP,     /* a map itself: `of` */
    REG_VALUE,   /* from the first byte of a value of map `of` */
    REG_MEMORY,  /* other memory of `of` bytes */
    REG_TOKEN,   /* the address of function `of` */
    REG_HOST,    /* the host's pointer to a record, v->host_types.at[of], which may be anything */
};

enum {
    REG_NULLABLE = 1,  /* or NULL; all with the same id are, or none is */
    REG_PRECISE = 2,   /* kept states: the number matters for what was found safe */
    REG_READ_ONLY = 4, /* memory: no stores */
    REG_AT_END = 8,    /* PACKET, META, RAW: it was seen not to lie before the end ... */
    REG_BEYOND = 16,   /* ... to lie behind it */
};

/* A register or a spilled one. A pointer points at base + off + num; off is what all pointers of
 * one id may differ in. */
struct reg {
    uint8_t kind, flags;
    uint8_t frame; /* STACK */
    uint32_t id; /* numbers: those with one id are equal; pointers: same num, same NULL; 0: none */
    uint32_t of;
    uint32_t ref;   /* the acquired reference it belongs to, or 0 */
    uint32_t range; /* PACKET, META, RAW: bytes from base + num that were seen to be there */
    int32_t off;
    struct scalar num;
};

enum byte_kind {
    BYTE_NONE,  /* nothing was written to it */
    BYTE_MISC,  /* some number */
    BYTE_ZERO,  /* 0 */
    BYTE_SPILL, /* part of slot.reg, which was stored from the slot's first byte on */
};

/* Eight bytes of stack: slot i is r10 - 8 * (i + 1) and up. */
struct slot {
    uint8_t bytes[8]; /* enum byte_kind, in the order of memory */
    struct reg reg;
};

enum { STACK_SLOTS = STACK_MAX / 8, REFS_MAX = 16, REGS = 11, ID_LENGTH = 1 };

/* A called function's registers and stack. */
struct frame {
    struct reg regs[REGS];
    uint32_t func;
    uint32_t call;       /* slot of the call that it returns to */
    bool is_callback;    /* of a helper, which may call it again */
    bool called_back;    /* it is back at its call of such a helper */
    uint32_t visit;      /* the number of that call, each time that it is come to; 0: none yet */
    uint32_t rounds;     /* callbacks walked in it */
    uint8_t ref_count;   /* references held when it was entered */
    uint32_t slot_count; /* those above were never written to */
    uint32_t room;
    struct slot *slots;
};

struct state {
    uint32_t at;    /* the next instruction */
    uint32_t depth; /* frames in use; the last one runs */
    struct frame *frames[VERIFY_FRAMES];
    uint32_t refs[REFS_MAX]; /* acquired references */
    uint32_t ref_count;
    uint64_t length;  /* raw memory: bytes that are there for sure */
    uint64_t repeats; /* may_gotos that did not jump on this path */
    struct node *node;
};

struct state *state_new(struct verifier *v);
struct state *state_copy(struct verifier *v, const struct state *state);
void state_free(struct verifier *v, struct state *state);
void state_push(struct verifier *v, struct state *state, uint32_t func, uint32_t call);
void state_pop(struct verifier *v, struct state *state);
/* The slot, with room made for it. */
struct slot *state_slot(struct verifier *v, struct state *state, uint32_t frame, uint32_t index);

static inline struct frame *state_top(const struct state *state)
{
    return state->frames[state->depth - 1];
}

/* Calls each for every register and spilled register, of all frames. */
typedef void reg_visitor(struct reg *reg, unsigned frame, unsigned place, void *user);
void state_each(struct state *state, reg_visitor *each, void *user);

struct reg reg_scalar(struct scalar num);
struct reg reg_any(void);
struct reg reg_pointer(enum reg_kind kind, uint32_t of);
static inline bool reg_is_pointer(const struct reg *reg)
{
    return reg->kind > REG_SCALAR;
}
static inline bool reg_is(const struct reg *reg, uint64_t number)
{
    return reg->kind == REG_SCALAR && scalar_is_const(&reg->num) && reg->num.bits.value == number;
}

/* ---- precise.c: which numbers matter ----
 * A place is a register (0 .. 10) or PLACE_SLOT + a stack slot, in a frame. */

enum { PLACE_SLOT = 16 };

struct places {
    uint16_t regs[VERIFY_FRAMES];
    uint64_t slots[VERIFY_FRAMES];
};

enum step_kind {
    STEP_PLAIN,
    STEP_FILL,     /* a load of what was spilled in `slot` of `slot_frame` */
    STEP_SPILL,    /* a store that spills into it */
    STEP_ENTER,    /* the call of a function; its frame comes next */
    STEP_CALLBACK, /* the same by a helper: register `slot` there is `slot_frame` here, if not 0 */
    STEP_RETURN,   /* an exit to the caller */
    STEP_AGAIN,    /* an exit back to the helper that called */
    STEP_TAIL,     /* a tail call that ends the function */
};

/* One instruction walked. */
struct step {
    uint32_t at;
    uint8_t kind, frame, slot_frame, slot;
    uint32_t links; /* first in v->links of the places whose numbers it ties together; 0: none */
};

/* The numbers in these places of the current state matter: marks them, and what they were made
 * from, in the kept states that led here. */
void precise_mark(struct verifier *v, const struct state *state, struct places *places);
void precise_reg(struct verifier *v, const struct state *state, unsigned reg);

/* ---- live.c: what may still be read ---- */

struct live {
    uint64_t regs;
    uint64_t slots;   /* of the function's own stack */
    uint64_t args[5]; /* of what r1-r5 pointed to at its beginning, by 8 bytes */
};
struct fp {
    int32_t regs[REGS]; /* which stack address each register holds: live.c */
};
/* Fills v->live: before each instruction, by liveness over each function's graph. */
void live_find(struct verifier *v);
/* Forgets what is dead in a state that is to be kept. */
void live_clean(const struct verifier *v, struct state *state);

/* ---- log.c ---- */

/* Records a rejection at the slot: one sentence, to which the place is added; and reports it with
 * the registers if there is a current state. */
int verify_refuse(struct verifier *v, int code, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for the current instruction, as rejected. */
int refuse(struct verifier *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_state(struct verifier *v, const struct state *state);
void log_line(struct verifier *v, enum verify_log level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *reg_kind_name(enum reg_kind kind); /* "a number", "a packet pointer" */

/* ---- access.c, stack.c: memory ---- */

enum access {
    ACCESS_READ = 1,
    ACCESS_WRITE = 2,
};

/* LDX, ST, STX and ATOMIC, with their effect. */
int access_insn(struct verifier *v, struct state *state, struct insn insn);
/* Whether what is called may access size bytes at register `number`. What it only writes becomes
 * initialised. */
int access_block(struct verifier *v, struct state *state, unsigned number, uint64_t size,
                 enum access how);

/* Bytes [off, off + size) from r10 of the frame. A number or pointer is loaded into reg. */
int stack_load(struct verifier *v, struct state *state, const struct reg *base, int64_t off,
               unsigned size, struct reg *out);
int stack_store(struct verifier *v, struct state *state, const struct reg *base, int64_t off,
                unsigned size, struct reg *value, int from);
/* For helpers: all bytes are initialised, or become so. */
int stack_block(struct verifier *v, struct state *state, const struct reg *base, uint64_t size,
                enum access how);

/* ---- alu.c ---- */

int alu_insn(struct verifier *v, struct state *state, struct insn insn);

/* ---- branch.c ---- */

int branch_insn(struct verifier *v, struct state *state, struct insn insn);

/* ---- call.c, func.c ---- */

int call_helper(struct verifier *v, struct state *state, struct insn insn);
void call_forget_packet(struct state *state);
int func_call(struct verifier *v, struct state *state, uint32_t func);
int func_exit(struct verifier *v, struct state *state);
/* A call back by the helper that the current instruction calls. */
int func_call_back(struct verifier *v, struct state *state, const struct helper *helper,
                   uint32_t func);
/* Whether the function is verified alone, by the types of its arguments. */
bool func_is_alone(const struct verifier *v, uint32_t func);
/* Lets the arguments of a global function, verified alone, be those of its type. */
int func_arguments(struct verifier *v, struct state *state, uint32_t func);
/* The same for the main function: its context. */
void func_context(struct verifier *v, struct state *state);

/* ---- prune.c ---- */

/* A stretch of a path between two kept states or forks; the tree of them is the history. */
struct node {
    struct node *parent;
    struct state *kept;    /* the state where the stretch begins, or NULL */
    struct node *next;     /* of the states kept for one instruction */
    uint32_t first, count; /* range of v->steps */
    uint32_t branches;     /* paths through it that are not walked to their end */
    uint32_t hits, misses;
    bool converges; /* a path on from here ended at an unfinished state (prune.c) */
    uint32_t hash;
};

struct kept_count {
    uint64_t insns, jumps; /* walked until then */
};

enum { PRUNE_GO_ON = 0, PRUNE_COVERED = 1 };
/* At a point where paths meet: whether a kept state covers this one; keeps it otherwise. Negative:
 * an endless loop. */
int prune_point(struct verifier *v, struct state *state, bool repeats);
/* Keeps a state now and then on long stretches, not to compare with but for its marks: tracing the
 * same number back again ends there. */
void prune_milestone(struct verifier *v, struct state *state);

/* ---- walk.c ---- */

/* What an instruction's handler returns, if not an error. */
enum { WALK_NEXT = 0, WALK_JUMPED = 1, WALK_END = 2 };

int walk_all(struct verifier *v);
/* Splits the path: a copy of the state, to be walked later. The current step is done with this. */
struct state *walk_fork(struct verifier *v, struct state *state);
/* Ends the current step and begins another one for the same instruction. */
void walk_step(struct verifier *v, const struct state *state);
/* Notes the map that the current call is given. */
int walk_map(struct verifier *v, uint32_t map);
/* Notes bytes of a frame's stack that the current instruction, or what is called by one of its
 * function's, may touch. */
void walk_stack(struct verifier *v, const struct state *state, uint32_t frame, int64_t low,
                int64_t high);
/* Notes what the current instruction reaches; refuses a field together with other memory. */
int walk_region(struct verifier *v, enum region region, uint32_t map, uint32_t field);

/* ---- facts.c ---- */

void facts_find(struct verifier *v);

/* ---- structural.c ---- */

struct call_edge {
    uint32_t from, to; /* functions; the count of functions: a token of unknown origin */
};

int structural_check(struct verifier *v);
/* From v->edges and the functions' depths: whole trees. Refuses cycles. */
int structural_trees(struct verifier *v);
void structural_edge(struct verifier *v, uint32_t from, uint32_t to);

/* ---- verify.c ---- */

/* One verification. */
struct verifier {
    struct arena *arena;   /* of the result */
    struct arena *scratch; /* of everything else */
    const struct env *env;
    const struct prog *prog;
    struct verify_options options;
    struct error *err;
    const struct context_type *context;

    struct vec(const struct type *) host_types; /* met so far: what REG_HOST points to */
    bool context_escapes;

    struct insn_fact *facts;
    struct func_fact *funcs;
    struct vec(struct call_edge) edges;
    const uint32_t *order; /* functions, callers before callees */
    struct check_stats stats;
    const struct checked *checked;
    const struct cfg **graphs; /* one per function */

    /* The walk. */
    struct live *live;        /* one per slot */
    struct fp **call_fp;      /* per slot: of a call of a function, its arguments */
    bool *escapes;            /* per function: it stores addresses of stacks */
    bool *returns;            /* per function: its result may be such an address */
    uint8_t *meets;           /* per slot: MEET_* */
    uint8_t *seen;            /* per slot: SEEN_* */
    struct insn_fact *walked; /* per slot: regions and maps met */
    bool *moves_packet;       /* per function: it, or what it calls */
    struct node **kept;       /* per slot: states kept there */
    struct state *now;        /* the state being walked */
    uint32_t root;            /* the function it began with */
    struct vec(struct state *) waiting;
    struct vec(struct step) steps;
    struct vec(uint16_t) links; /* frame << 8 | place, lists that end in UINT16_MAX */
    struct step step;           /* of the current instruction */
    bool step_done;
    uint32_t next_id, visits;
    uint64_t jumps;               /* walked */
    struct kept_count kept_any;   /* when a state was last kept ... */
    struct kept_count *kept_here; /* ... at each slot */
    struct frame *free_frames[8];
    struct state *free_states;
    struct hash edges_seen;
};

enum {
    MEET_PATHS = 1,  /* look for a covering state */
    MEET_REPEATS = 2 /* may_goto, or a helper that calls back */
};
enum {
    SEEN_WALKED = 1,
    SEEN_ACCESS = 2,
    SEEN_OTHER_STACK = 4, /* an access to the stack of a caller */
    SEEN_MAP = 8,
    SEEN_JUMPED = 16,
    SEEN_PASSED = 32,
    SEEN_STACK = 64 /* stack_low and stack_high hold */
};
