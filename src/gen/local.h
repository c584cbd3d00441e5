/* SPDX-License-Identifier: Apache-2.0 */
/* Within gen/: what the steps of one function's compilation hand on. */
#pragma once
#include "gen/gen.h"

/* An instruction: what selection made of a node, and where allocation put its parts. */
struct inst {
    uint32_t node;
    uint16_t rule;   /* place in target->rules */
    uint8_t cond;    /* enum ir_cond */
    uint8_t has;     /* set of operands: those that are in registers */
    uint32_t use[4]; /* values in registers: as operand a .. d; an index is use[3]; NO_VALUE */
    int64_t imm;
    int32_t disp;
    uint8_t reg[4];     /* where the operands are to be when the instruction runs */
    uint8_t to;         /* where it leaves its result */
    uint8_t width;      /* in bits, of the operation */
    uint8_t shift;      /* of the index */
    uint8_t anew;       /* set of operands: cheap values, made in their place */
    uint8_t ends;       /* set of operands: values not needed after it */
    uint8_t moved;      /* set of operands: maybe not at home where they are to be */
    uint16_t args_ends; /* of list operands, call_args(): as ends */
};
_Static_assert(CONV_ARGS <= 16 && HOOK_PARAMS <= 16, "args_ends is a set of arguments");
_Static_assert(sizeof(struct inst) == 48, "there are many");
#define EACH_BIT(i, set)                                                                           \
    for (unsigned left_ = (set), i; left_ && (i = (unsigned)__builtin_ctz(left_), true);           \
         left_ &= left_ - 1)

/* What is wanted of a node: a set. */
enum want {
    NEEDED = 1,         /* its value, in a register or slot */
    DIES = 2,           /* ... but not afterwards */
    EFFECT = IR_WRITES, /* it is done in any case */
};

/* Where that of a block begins in lists by block; up to where that of the next one does. */
struct begin {
    uint32_t params, lives;
    uint32_t insts; /* counted from the end of all, as they are made backwards */
};

/* The needed values that a block is entered with: phis, or those of the function. */
#define EACH_PARAM(gen, block, v)                                                                  \
    for (uint32_t *param_ = (gen)->params.at + (gen)->begin[block].params,                         \
                  *behind_ = (gen)->params.at + (gen)->begin[(block) + 1].params, v;               \
         param_ < behind_ && (v = *param_, true); param_++)

/* The values that live at the start of a block. */
#define EACH_LIFE(gen, block, v)                                                                   \
    for (uint32_t *life_ = (gen)->lives + (gen)->begin[block].lives,                               \
                  *end_ = (gen)->lives + (gen)->begin[(block) + 1].lives, v;                       \
         life_ < end_ && (v = *life_, true); life_++)

/* A use in another block than the definition's. */
struct crossing {
    uint32_t block, next; /* of the same value, in gen->crossings; 0 ends the list */
};

struct gen {
    struct arena *arena;
    const struct target *target;
    const struct fn *fn;
    uint32_t features, left_out;
    struct code *code;

    void *work; /* by value: what select.c counts, then what alloc.c weighs */

    /* select.c */
    struct inst *insts_end;                /* in the order of their nodes; one behind the last */
    struct begin *begin;                   /* by block, and one more */
    uint8_t *wants;                        /* by node: set of enum want */
    struct vec(uint32_t) params;           /* by block, see EACH_PARAM */
    uint32_t *crossing;                    /* by value: its first in `crossings`, 0: none */
    struct vec(struct crossing) crossings; /* [0] is none */
    struct vec(uint32_t) crossers;         /* the values that have some */

    /* live.c */
    uint32_t *edge_pred; /* by edge fn->edges.at[succs + i]: which predecessor of the target */
    uint32_t *lives;     /* by block: values, without its params */

    /* alloc.c */
    uint8_t *home;    /* by value: register, or REG_NONE: in slot[], or made anew where used */
    bool evicted;     /* some values lost their registers after use */
    uint32_t spilled; /* so many values are in slots */
    uint32_t *slot;   /* by value, of those without a register */
    struct frame frame;
};

static inline bool is_needed(const struct gen *gen, uint32_t value)
{
    return gen->wants[value] & NEEDED;
}

/* The first instruction of a block; of one more than there are, the end of all. */
static inline struct inst *first_inst(const struct gen *gen, uint32_t block)
{
    return gen->insts_end - gen->begin[block].insts;
}
#define EACH_INST(gen, block, inst)                                                                \
    for (struct inst *inst = first_inst(gen, block), *last_ = first_inst(gen, (block) + 1);        \
         inst < last_; inst++)

/* Whether something that has a pass's name is to be done. */
static inline bool gen_does(const struct gen *gen, enum ir_pass pass)
{
    return !(gen->left_out >> pass & 1);
}

static inline const struct rule *rule_of(const struct gen *gen, const struct inst *inst)
{
    return &gen->target->rules[inst->rule];
}

static inline const struct rule_facts *facts_of(const struct gen *gen, const struct inst *inst)
{
    return &gen->target->rule_facts[inst->rule];
}

/* Values that are not kept in slots but made anew. */
static inline bool is_cheap(const struct gen *gen, uint32_t value)
{
    uint8_t op = gen->fn->nodes.at[value].op;
    return op == IR_CONST || op == IR_SYMBOL;
}

/* Registers of the list operands of a call or TAIL, in order; the address does not count. */
static inline const uint8_t *rule_args(const struct gen *gen, const struct rule *rule)
{
    if (rule->op == IR_CALL_NEXT)
        return gen->fn->hook->params;
    return rule->flags & RULE_C_CALL ? gen->target->conv->args.general.at
                                     : gen->target->conv->bpf_args;
}
/* The register in which a parameter arrives. */
static inline uint8_t param_reg(const struct gen *gen, const struct node *param)
{
    return (gen->fn->hook ? gen->fn->hook->params : gen->target->conv->bpf_args)[param->imm];
}
/* The list operands of a call or TAIL that are arguments. */
static inline const uint32_t *call_args(const struct fn *fn, const struct node *node,
                                        uint32_t *count)
{
    bool address = node->op == IR_CALL_POINTER || node->op == IR_TAIL;
    *count = node->list.count - address;
    return fn->lists.at + node->list.first + address;
}

enum { WORK_SIZE = 28 };

void gen_select(struct gen *gen);

/* Whether an operand's value is made anew in its place, whatever home it has. */
static inline bool is_anew(const struct inst *inst, unsigned operand)
{
    return inst->anew >> operand & 1;
}
void gen_live(struct gen *gen);
/* The operand of a phi from a predecessor. */
static inline uint32_t phi_operand(const struct gen *gen, uint32_t phi, uint32_t pred)
{
    return gen->fn->lists.at[gen->fn->nodes.at[phi].list.first + pred];
}

void gen_alloc(struct gen *gen);
void gen_slots(struct gen *gen);
void gen_emit(struct gen *gen);
