/* SPDX-License-Identifier: Apache-2.0 */
/* The intermediate representation: functions in SSA form.
 *
 * A module is one BPF program, a fn one of its functions: uint64_t f(vcpu, frame, r1 .. rN). Its
 * nodes stand in one flat array, those of a block next to each other; a value is the index of the
 * node that makes it. What holds between passes (checked by ir_check()):
 *
 *   - blocks stand in a loop-aware reverse postorder of the graph, block 0 is the entry and has no
 *     predecessor; so a definition stands before its uses, but for operands of phis;
 *   - a block is phis, then other nodes, then exactly one END; NOPs may stand anywhere;
 *   - an edge appears once in the successors of its source and once in the predecessors of its
 *     target, in the order of their numbers; so the successors of a block differ; operand i of a
 *     phi belongs to predecessor i;
 *   - every definition dominates its uses (a phi's operand: the end of its predecessor).
 *
 * Passes keep live sets small: a value may replace an equal one only where that does not stretch
 * its life over many blocks (gen/ lists what lives at each block's start).
 *
 * BPF's calls, tail calls, callx, may_goto, inlined helpers and context fields are lowered by
 * build.c to the operations of ir.def, so no back-end knows of them. */
#pragma once
#include "abi/abi.h"
#include "base/vector.h"
#include "bpf/checked.h"

/* ---- Operations ---- */

enum { W8 = 1, W16 = 2, W32 = 4, W64 = 8 }; /* sets of widths: bits / 8 */

enum ir_op {
#define IR(name, text, widths, shape, flags) IR_##name,
#include "ir/ir.def"
#undef IR
    IR_COUNT
};

enum ir_shape {
    SHAPE_NONE,
    SHAPE_IMM,     /* imm */
    SHAPE_SYMBOL,  /* symbol, imm: addend */
    SHAPE_UNARY,   /* in[0] */
    SHAPE_BINARY,  /* in[0], in[1] */
    SHAPE_COMPARE, /* in[0] cond in[1] */
    SHAPE_SELECT,  /* in[0] cond in[1] ? in[2] : in[3] */
    SHAPE_LOAD,    /* region [in[0] + imm] */
    SHAPE_STORE,   /* region [in[0] + imm], in[1]; no result */
    SHAPE_FETCH,   /* the same with a result */
    SHAPE_CMPXCHG, /* region [in[0] + imm], in[1], in[2] */
    SHAPE_LIST,    /* list */
    SHAPE_CALL,    /* imm: whom, list */
    SHAPE_JUMP,    /* one successor */
    SHAPE_BRANCH,  /* in[0] cond in[1], two successors */
    SHAPE_SWITCH,  /* in[0], table */
};

enum {
    IR_PURE = 1,
    IR_COMMUTES = 2,
    IR_READS = 4,
    IR_WRITES = 8,
    IR_CALLS = 16,
    IR_END = 32,
    IR_ACCESS = 64, /* in[0] is an address (from the shape) */
};

struct ir_row {
    const char *text;
    uint8_t widths, shape, flags;
    uint8_t ins; /* operands in in[], without a list */
    bool has_list;
    bool has_result;
};
extern const struct ir_row ir_rows[IR_COUNT];

/* Conditions come in pairs of opposites: cond ^ 1. */
enum ir_cond {
    COND_EQ,
    COND_NE,
    COND_ULT,
    COND_UGE,
    COND_ULE,
    COND_UGT,
    COND_SLT,
    COND_SGE,
    COND_SLE,
    COND_SGT,
    COND_SET,
    COND_CLEAR, /* (a & b) != 0, == 0 */
    COND_COUNT
};
extern const char *const cond_names[COND_COUNT];
extern const char *const region_names[REGION_COUNT]; /* unknown: "" */
/* The condition with its sides exchanged. */
enum ir_cond cond_swap(enum ir_cond cond);
/* Whether it holds between two numbers, compared in 32 or 64 bits. */
bool cond_holds(enum ir_cond cond, unsigned width, uint64_t a, uint64_t b);

/* What code refers to outside itself. */
enum symbol_kind {
    SYMBOL_MAP,          /* the struct map of map `index` */
    SYMBOL_MAP_DATA,     /* the first value of map `index` */
    SYMBOL_HELPER,       /* the C function of helper `index` of the environment */
    SYMBOL_FUNCTIONS,    /* its struct functions; a token is TOKEN_BASE + the index in funcs[] */
    SYMBOL_VCPU,         /* where a thread's word for its vcpu lies, from its thread pointer */
    SYMBOL_ERRNO,        /* ... for errno */
    SYMBOL_LEASE,        /* code that makes this thread's vcpu and disturbs nothing */
    SYMBOL_NEXT,         /* of a hook: the code that comes next, in the end the function itself */
    SYMBOL_HOOK,         /* its struct hook_state */
    SYMBOL_RUN,          /* its program's struct runnable */
    SYMBOL_EPOCH,        /* process.epoch */
    SYMBOL_SAVE_VECTORS, /* code that saves all vector registers in full, at an address in the ...
                          */
    SYMBOL_LOAD_VECTORS, /* ... emitters' scratch register, and loads them; no other one changes */
    SYMBOL_KINDS
};
extern const char *const symbol_names[SYMBOL_KINDS];

/* ---- Nodes, blocks, functions ---- */

enum {
    NODE_NONZERO = 1, /* UDIV.. SREM: the divisor is not 0 */
};
enum { NO_VALUE = UINT32_MAX };

struct node {
    uint8_t op;    /* enum ir_op */
    uint8_t width; /* 8, 16, 32, 64; 0 */
    uint8_t cond;  /* enum ir_cond */
    union {
        uint8_t flags;  /* NODE_* */
        uint8_t region; /* of memory: enum region */
    };
    uint32_t insn; /* slot of the BPF instruction it comes from */
    union {
        uint32_t in[4]; /* operands: values */
        struct {
            uint32_t first, count; /* operands: fn->lists.at[first ..] */
        } list;
        struct {
            uint32_t kind, index; /* enum symbol_kind */
        } symbol;
        struct {
            uint32_t of, first, count; /* in[0]; fn->lists.at[first ..]: which successor */
        } table;
    };
    int64_t imm;
};

struct block {
    uint32_t first, count;      /* nodes */
    uint32_t preds, pred_count; /* fn->edges.at[preds ..]: blocks */
    uint32_t succs, succ_count;
    uint32_t insn;  /* first BPF instruction, for people */
    uint32_t depth; /* loops around it */
};

/* How native code enters a function, if it does not by the convention of BPF functions. AREA counts
 * in its own memory on the machine's stack, `area` bytes: `vector_size` for each register in
 * `vectors`, with what that had at the entry, then for each in `results`, then what it takes
 * itself. */
enum { HOOK_PARAMS = 10 };
enum { HOOK_ANY = UINT32_MAX };
struct hook {
    uint8_t params[HOOK_PARAMS]; /* registers in which PARAM 0 and up arrive */
    uint8_t param_count;
    bool preserves; /* every register, at RETURN but that of the result */
    bool returns;   /* a result */
    bool leaves; /* alone what CALL_NEXT leaves alone: from `params_at` on it has its parameters in
                  * memory, from `left_at` on what registers hold behind CALL_NEXT */
    bool reads_vectors; /* what they had at the entry */
    bool strict;        /* even registers that no call preserves are given back */
    uint8_t spare; /* if `leaves`: a register in which CALL_NEXT takes what the caller knows nothing
                    * of; it gets back what it had at the entry. REG_NONE: there is none */
    uint32_t area, params_at, left_at; /* bytes; area: a multiple of 16 */
    uint32_t full_at, full; /* bytes in which all vector registers are kept, from the entry or
                             * CALL_NEXT on, and given back; 0: they are not */
    uint32_t incoming;      /* bytes of arguments on the stack; HOOK_ANY: nobody knows */
    uint64_t vectors;       /* registers with arguments: sets of REG_BIT() */
    uint64_t results;       /* ... with the result of what comes next */
    uint32_t vector_size;   /* bytes kept of each: 16, 32 or 64 */
    uint32_t x87, x87_at;   /* x86: so much of that is on the x87's stack, kept from x87_at on */
};

static inline uint32_t hook_results_at(const struct hook *hook)
{
    return hook->vector_size * (uint32_t)__builtin_popcountll(hook->vectors);
}

struct fn {
    struct arena *arena;
    const char *name;
    uint32_t index;          /* in the module */
    bool big;                /* byte order of the processor */
    bool sums;               /* it has LOAD_SUM and LOAD_POPCNT */
    uint8_t args;            /* r1 .. rN; the first two parameters are vcpu and frame */
    uint32_t depth;          /* bytes of private stack; r10 = frame + depth */
    const struct hook *hook; /* NULL: uint64_t f(vcpu, frame, r1 .. rN) */
    struct vec(struct node) nodes;
    struct vec(uint32_t) lists;
    struct vec(struct block) blocks;
    struct vec(uint32_t) edges;
    uint32_t *layout; /* blocks in the order of the code, block 0 first */
    uint32_t *uses;   /* by value: operands that name it, from pass "dead" on; NULL: unknown */
};

struct module {
    struct arena *arena;
    uint32_t left_out;             /* passes, for gen/ */
    const struct checked *checked; /* NULL: made from text */
    struct fn *fns;                /* by function index; no blocks: never called */
    uint32_t count;
};

/* Whether code outside the module may reach the function. */
static inline bool module_is_entered(const struct module *module, uint32_t function)
{
    return function == 0 || !module->checked || module->checked->funcs[function].is_token;
}

/* The operands of a node, whatever its shape. */
static inline uint32_t *node_operands(const struct fn *fn, struct node *node, uint32_t *count)
{
    const struct ir_row *row = &ir_rows[node->op];
    if (row->has_list) {
        *count = node->list.count;
        return fn->lists.at + node->list.first;
    }
    *count = row->ins;
    return node->in;
}

/* By value, in the function's arena: how many operands name it. */
uint32_t *count_uses(const struct fn *fn);

/* Which bits of a value may be other than 0, seen from the nodes right behind it. */
uint64_t value_mask(const struct fn *fn, uint32_t value);
/* How many low bits that are. */
unsigned value_bits(const struct fn *fn, uint32_t value);
/* Whether that is at most so many: mostly seen without a look at all the operands. */
bool value_fits(const struct fn *fn, uint32_t value, unsigned bits);

/* ---- build.c ---- */

/* The program in SSA form. What costs nothing while nodes are made is done at once: passes "fold",
 * "number", "promote", "merge" and those that know an idiom, unless left out. */
int ir_build(struct arena *arena, const struct checked *checked, const struct binding *binding,
             uint32_t left_out, struct module *out, struct error *err);

/* ---- opt.c ---- */

enum ir_pass {
    PASS_FOLD,       /* constants, identities, canonical forms */
    PASS_NUMBER,     /* equal values of a block are one */
    PASS_PROMOTE,    /* slots of the stack are values, like registers: while it is built */
    PASS_STRAIGHTEN, /* no block but where ways meet or part */
    PASS_COUNTER,    /* a loop's test looks at the counter's next value */
    PASS_SWITCH,     /* trees of comparisons are jumps through tables */
    PASS_IFCONVERT,  /* jumps over little are SELECTs */
    PASS_MERGE,      /* stores wait: neighbours are one, what is loaded of them is there */
    PASS_RECOMPOSE,  /* bytes put together are one load */
    PASS_SUMS,       /* numbers in memory are added up at once */
    PASS_DIVIDE,     /* division by a constant is multiplication */
    PASS_POPCOUNT,   /* bits counted by the parallel sum */
    PASS_INLINE,     /* short functions are done in place of calls */
    PASS_PHIS,       /* phis of one value and itself are that value */
    PASS_WIDTHS,     /* phis without an upper half need no extension */
    PASS_UNROLL,     /* small loops that turn a known number of times */
    PASS_DEAD,       /* what nobody uses goes */
    PASS_HOIST,      /* long constants are made before loops */
    /* Within gen/, where there are no passes over the IR: */
    PASS_ADDRESS, /* an access takes a base, an index and more offset */
    PASS_LOAD,    /* an operand is taken from memory */
    PASS_INNER,   /* an operation takes another one in */
    PASS_UPDATE,  /* memory is changed in place */
    PASS_HINT,    /* a value gets the register that its users would like */
    PASS_MOVES,   /* moves of phis before a branch, where nobody minds */
    PASS_COUNT
};
extern const char *const pass_names[PASS_COUNT];
/* By pass, how often it found something; counted while not NULL. Not for threads. */
extern uint64_t *pass_coverage;
static inline void pass_found(enum ir_pass pass)
{
    if (pass_coverage)
        pass_coverage[pass]++;
}
/* The bit of the pass for sets of those left out; 0: no such pass. */
uint32_t pass_bit(const char *name);
void ir_opt(struct module *module, uint32_t left_out);
/* One pass over one function. */
void pass_run(struct module *module, uint32_t function, enum ir_pass pass, uint32_t left_out);

/* ---- print.c, parse.c, check.c ---- */

/* One node, a line; block: the one that it stands in. */
struct text;
void ir_print_node(struct text *text, const struct fn *fn, const struct block *block,
                   uint32_t value);
/* A function as text, in the arena; parsing it gives the same function again. */
const char *ir_print(struct arena *arena, const struct fn *fn);
int ir_parse(struct arena *arena, const char *text, struct module *out, struct error *err);

/* Whether what the head of this file promises holds; else names the first node that breaks it. */
int ir_check(struct arena *scratch, const struct fn *fn, struct error *err);
