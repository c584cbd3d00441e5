/* SPDX-License-Identifier: Apache-2.0 */
/* From the intermediate representation to machine code, for any processor.
 *
 * What a back-end supplies is one struct target: registers, a table of rules, and emitters. What
 * happens with it, in order, for each function:
 *
 *   select.c  goes backwards over the nodes and gives each the first rule that fits; a rule may
 *             take constants, addresses, loads and inner operations into the instruction
 *   live.c    which values live at the start of each block
 *   alloc.c   gives every value a register or a spill slot, reading only the rules' constraints
 *   emit.c    goes over the blocks in the order of the code: moves values to where the rule wants
 *             them, calls rule->emit once per instruction, resolves phis on the edges
 *
 * So an emitter sees registers that satisfy its rule and only writes bytes. */
#pragma once
#include "abi/abi.h"
#include "gen/code.h"
#include "gen/patch.h"
#include "ir/ir.h"

struct emit;

/* ---- Rules ---- */

/* How a rule takes an operand (rule.a .. rule.d for node.in[0] .. in[3]). */
enum operand {
    NONE, /* there is none, or the emitter reads it from the node */
    REG,  /* in any register: emit.a .. emit.d */
    ADDR, /* in[0] with node.imm as an address: emit.mem */
    ARGS, /* node.list as arguments in the convention's registers; CALL_POINTER, TAIL: what comes
           * first is the address, taken as rule.b says */
    /* Those that only some nodes can be; which, is OPERAND_TRAIT() of the kind. */
    IMM_0 = 0x20, /* IMM(class): a constant for which target->immediate(class, ..): emit.imm, which
                   * is sign-extended from the node's width */
    LOAD = 0x40,  /* a load of the rule's width by nobody else used: emit.mem */
    INNER = 0x60, /* an operation rule.inner by nobody else used; see there */
    FIX_0 = 0x80, /* FIX(reg): in this register, which may be destroyed: emit.a .. emit.d; not the
                   * target's scratch */
};
#define OPERAND_TRAIT(kind) ((kind) & (unsigned)INNER)
#define IMM(class)          (IMM_0 + (int)(class))
#define FIX(reg)            (FIX_0 + (reg))

/* Where a rule leaves its result. */
enum result {
    TO_NONE,
    TO_REG,   /* any register, maybe that of an operand that is not used afterwards */
    TO_EARLY, /* any register but those of the operands: written before they are all read */
    TO_A,     /* the register of operand a, which is destroyed; only operand a may share it */
    TO_CALL,  /* the convention's result register */
    TO_FIX_0 = 0x80, /* TO_FIX(reg) */
};
#define TO_FIX(reg) (TO_FIX_0 + (reg))

enum rule_flags {
    RULE_C_CALL = 1,   /* ARGS by the C convention */
    RULE_BPF_CALL = 2, /* ARGS by the BPF convention; both clobber what the convention destroys */
    RULE_NONZERO = 4,  /* only for nodes with NODE_NONZERO */
    RULE_RMW = 8,      /* a STORE of rule.inner(LOAD of the same address, x): see `inner` */
    RULE_NARROW = 16,  /* a comparison whose LOAD may be narrower than the operation, where that
                        * makes no difference: emit.width is the load's */
    RULE_SPLIT = 32,   /* a BRANCH that compares first: calls emit_between() before it jumps */
};

/* A way to do one IR operation in machine code. Rules of an operation are tried in the order of the
 * table; the last one of each must take every node of the widths it names.
 *
 * An operation that COMMUTES is also tried with a and b exchanged, a comparison too, with its
 * condition turned round; so write rules with the special operand as b. */
struct rule {
    const char *name; /* unique, for dumps and coverage */
    uint8_t op;       /* enum ir_op */
    uint8_t widths;   /* W8 | W16 | W32 | W64; 0: the operation has none */
    union {           /* enum operand */
        struct {
            uint8_t a, b, c, d;
        };
        uint8_t takes[4];
    };
    uint8_t to;    /* enum result */
    uint8_t flags; /* RULE_* */
    /* INNER, as operand b: it is inner(x, y) of the same width, x in a register: emit.b, and y as
     * inner_b says: REG: emit.c, IMM: emit.imm, NONE: inner has one operand.
     * RMW, with operand b INNER: the stored value is inner(load, y): y as inner_b says, REG:
     * emit.b, or IMM. */
    uint8_t inner, inner_b;
    uint16_t conds; /* set of conditions (1 << COND_x) it takes, pairs of opposites; 0: all */
    uint32_t needs; /* features of the processor, all of them */
    /* Registers destroyed besides the result and FIX operands: a set. No operand lies in one of
     * them nor in the register of another operand's FIX; nor does the result, but for TO_FIX. */
    uint64_t clobbers;
    void (*emit)(struct emit *e);
};

/* What follows from a rule and is asked often. */
struct rule_facts {
    uint64_t avoids;   /* registers in which no operand of free choice may be; see also ARGS */
    uint64_t destroys; /* ... that it destroys for values that live on: the convention's, too */
    /* OPERAND_TRAIT() of a, and << 8 of b; those that it asks for, in bits as many as traits have.
     */
    uint16_t traits, asked;
    uint8_t widths; /* the rule's own, here to be found at once */
    /* Sets of operands: any value in a register; what must be looked at; those that a move brings
     * to their place. */
    uint8_t plain, special, moved;
    uint32_t needs;
    uint32_t absent[4]; /* by operand: 0 if it is plain, else NO_VALUE */
};

/* Whether values of these traits may be a rule's operands a and b. */
static inline bool rule_suits(const struct rule_facts *facts, unsigned a, unsigned b)
{
    return ((a | b << 8) & facts->asked) == facts->traits;
}

/* Of one operation: its rules, and the first of them that operands a and b of some traits may lead
 * to, maybe exchanged; `end`: none. The traits are those of OPERAND_TRAIT(), the width is in bits.
 */
struct op_rules {
    uint16_t begin, end;
    uint16_t first[5][4][4]; /* by RULE_WIDTH(width), TRAIT_INDEX(a), TRAIT_INDEX(b) */
};
#define RULE_WIDTH(width)  ((width) >> 4) /* no operation has widths 0 and 8 */
#define TRAIT_INDEX(trait) ((trait) >> 5)

/* ---- What an emitter is told ---- */

struct mem {
    uint8_t base, index; /* index: REG_NONE if there is none */
    uint8_t shift;       /* of the index */
    int32_t disp;
};

struct emit {
    struct code *code;
    const struct target *target;
    const struct rule *rule;
    const struct node *node; /* op, width, imm (calls: whom), symbol */
    const struct frame *frame;
    uint32_t features;
    uint8_t width; /* the node's, in bits; see also RULE_NARROW */
    uint8_t to;    /* register of the result */
    union {        /* registers of the operands; REG_NONE where the rule takes none */
        struct {
            uint8_t a, b, c, d;
        };
        uint8_t reg[4];
    };
    uint8_t cond; /* enum ir_cond, as it is after exchanging or inverting */
    struct mem mem;
    int64_t imm;
    uint32_t label; /* BRANCH: goes there if cond, else on; SWITCH: its table */
    void *moves;    /* emit_between()'s */
};

/* Of RULE_SPLIT: moves that are done between comparison and jump. They are target->move, swap and
 * load_slot, which leave the result of a comparison alone. */
void emit_between(const struct emit *e);

/* A function's frame on the machine's stack: saved registers, then what a hook has, then `slots`
 * words of 8 bytes. */
struct frame {
    uint64_t saved; /* registers it uses and must give back */
    uint32_t slots;
    bool calls;   /* anything: the stack must be aligned, the return address safe */
    bool entered; /* through a pointer: it begins with a landing pad */
    /* Hooks (struct hook): memory above the slots. */
    uint32_t area;    /* bytes, a multiple of 16 */
    uint64_t vectors; /* registers kept in its first bytes, from the prologue on; given back by the
                       * epilogue if `preserves` */
    uint64_t
        results; /* the same from results_at on, from CALL_NEXT on; given back by the epilogue */
    uint32_t results_at;
    uint32_t vector_size; /* bytes kept of each of these */
    /* What hooks that leave all alone keep there: parameters from the prologue on, and registers
     * from CALL_NEXT to the epilogue. In the order of their numbers. */
    uint64_t params, left;
    uint32_t params_at, left_at;
    uint32_t x87, x87_at;   /* x86: results on the x87's stack, as `results` */
    uint32_t full, full_at; /* bytes for all vector registers in full: from the prologue on if
                             * `preserves`, else from CALL_NEXT on, to the epilogue; 0: none */
    bool preserves;
    bool returns;  /* a result, which takes the place of its register as it was saved */
    uint8_t spare; /* given back from spare_at on as it was at the entry; or REG_NONE */
    uint32_t spare_at;
    bool calls_next;
    bool pushes; /* calls something that aligns the stack itself */
    /* A compiler that knows a function to need no aligned stack may call it without. Then the hook
     * calls itself, with the arguments on the stack once more. */
    bool realigns;
    uint32_t incoming; /* bytes of these */
};

/* ---- A processor ---- */

struct target {
    const char *name; /* "x86_64" */
    uint8_t bits;     /* of a general register */
    bool big;
    const struct code_arch *arch;
    const struct patch_arch *patch;
    const struct conv *conv;

    /* Registers. Those in neither set are the emitters' own: `scratch` carries values between
     * slots during moves, and any emitter may destroy it and others not in `order`. */
    const char *const *reg_names;
    const uint8_t *order; /* those to give to values, best first */
    uint8_t order_count;
    uint8_t scratch;
    bool sums;          /* has rules for LOAD_SUM and LOAD_POPCNT */
    bool selects;       /* SELECT costs no more than a branch (struct binding) */
    uint8_t loop_align; /* bytes to which inner loops are aligned, 0: none ... */
    uint8_t loop_pad;   /* ... unless that takes more bytes than these */

    const struct rule *rules; /* sorted by op */
    uint32_t rule_count;
    struct op_rules *rules_of;     /* by op */
    struct rule_facts *rule_facts; /* by rule */
    const char *const *features;   /* names by bit, NULL-ended */
    uint32_t landing; /* the feature that wants a landing pad where pointers lead, 0: always */

    /* Whether a constant fits an immediate operand of the class in an operation of that width. */
    bool (*immediate)(unsigned class, unsigned width, int64_t value);
    /* Whether [base + (index << shift) + disp] can be taken by the rule's ADDR or LOAD operand of
     * that width; indexed: there is an index. What the IR itself has, a base and any 32-bit
     * displacement, is never asked for: the emitter must cope, by scratch registers if need be. */
    bool (*address)(const struct rule *rule, unsigned width, bool indexed, unsigned shift,
                    int64_t disp);

    /* Emitters that belong to no rule. All move 64 bits, but for a half move, which may leave the
     * upper 32 alone or zero them. */
    void (*move)(struct code *code, uint8_t to, uint8_t from, bool half);
    void (*swap)(struct code *code, uint8_t a, uint8_t b);
    void (*load_slot)(struct code *code, const struct frame *frame, uint8_t to, uint32_t slot);
    void (*store_slot)(struct code *code, const struct frame *frame, uint32_t slot, uint8_t from);
    void (*constant)(struct code *code, uint8_t to, int64_t value);
    void (*symbol)(struct code *code, uint8_t to, enum symbol_kind kind, uint32_t index,
                   int64_t addend);
    void (*jump)(struct code *code, uint32_t label);
    /* Between code_enter() and the first instruction: landing pad, saves, unwind rows. */
    void (*prologue)(struct code *code, const struct frame *frame);
    /* The rules of RETURN and TAIL call this themselves; rows of unwinding are as before it again
     * afterwards. It keeps the result and argument registers and the scratch registers. */
    void (*epilogue)(struct code *code, const struct frame *frame);
};

/* For the processor, in an environment. */
static inline struct binding target_binding(const struct target *target, const struct env *env)
{
    return (struct binding){ .env = env,
                             .big = target->big,
                             .conv = target->conv,
                             .selects = target->selects,
                             .sums = target->sums };
}

/* ---- compile.c ---- */

/* Writes rules_of and rule_facts of a target, before main(). */
void target_index(const struct target *target);

/* How often each thing was done, for generators of tests to show what they reach. Counted when
 * compile_coverage is not NULL. Not for threads. */
struct coverage {
    uint64_t ops[IR_COUNT];
    uint64_t *rules;         /* by place in target->rules */
    uint64_t exchanged;      /* operands */
    uint64_t spills;         /* values in slots */
    uint64_t rematerialised; /* values made anew where they are used */
    uint64_t reloads, copies, slot_moves,
        cycles; /* copies: a register still held what a slot has */
    uint64_t branch_inverted, edge_moves, moves_before, moves_between, detours;
};
extern struct coverage *compile_coverage;

/* Machine code for all functions of the module, finished, in the arena, which also holds what the
 * steps need meanwhile. err is not NULL. */
int compile(struct arena *arena, const struct module *module, const struct target *target,
            uint32_t features, struct code **out, struct error *err);
