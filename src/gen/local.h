/* SPDX-License-Identifier: Apache-2.0 */
/* Within gen/: what the steps of one function's compilation hand on. */
#pragma once
#include "gen/gen.h"

/* What selection made of a node, and where allocation put its parts. One per node. */
struct inst {
    uint16_t rule : 12; /* 1 + place in target->rules; 0: nothing is emitted for the node */
    uint16_t anew : 4;  /* of the operands: cheap values, made in their place */
    uint8_t cond : 4;
    uint8_t ends : 4;  /* of the operands: values not needed after it */
    uint8_t shift : 3; /* of the index */
    uint8_t dies : 1;  /* its value is needed, but not after it */
    uint8_t has : 4;   /* set of operands: those that are in registers */
    int32_t disp;
    uint32_t use[4]; /* values in registers: as operand a .. d; an index is use[3]; NO_VALUE */
    int64_t imm;
    uint8_t reg[4];     /* where they are to be when the instruction runs */
    uint8_t to;         /* where it leaves its result */
    uint8_t width;      /* in bits, of the operation */
    uint16_t args_ends; /* of list operands, call_args(): as ends */
};
_Static_assert(CONV_ARGS <= 16 && HOOK_PARAMS <= 16, "args_ends is a set of arguments");
_Static_assert(sizeof(struct inst) == 40, "there is one for each node");
#define EACH_BIT(i, set)                                                                           \
    for (unsigned left_ = (set), i; left_ && (i = (unsigned)__builtin_ctz(left_), true);           \
         left_ &= left_ - 1)

/* The values that live at the start of a block. */
#define EACH_LIFE(gen, block, v)                                                                   \
    for (uint32_t *life_ = (gen)->lives + (gen)->live_in[block],                                   \
                  *end_ = (gen)->lives + (gen)->live_in[(block) + 1], v;                           \
         life_ < end_ && (v = *life_, true); life_++)

/* The phis of a block and the NOPs between them, which nobody needs; its END is behind them. */
#define EACH_PHI(fn, block, i)                                                                     \
    for (uint32_t i = (block)->first;                                                              \
         (fn)->nodes.at[i].op == IR_PHI || (fn)->nodes.at[i].op == IR_NOP; i++)

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
    struct inst *insts;                    /* by node */
    bool *needed;                          /* by value: wanted in a register or slot */
    uint32_t *crossing;                    /* by value: its first in `crossings`, 0: none */
    struct vec(struct crossing) crossings; /* [0] is none */
    struct vec(uint32_t) crossers;         /* the values that have some */

    /* live.c */
    uint32_t *edge_pred; /* by edge fn->edges.at[succs + i]: which predecessor of the target */
    uint32_t *live_in;   /* by block: its first in `lives`; [block + 1] is one behind the last */
    uint32_t *lives;     /* values, without phis of the block */

    /* alloc.c */
    uint8_t *home;  /* by value: register, or REG_NONE: in slot[], or made anew where used */
    bool spilled;   /* some values were */
    uint32_t *slot; /* by value, of those without a register */
    struct frame frame;
};

/* Whether something that has a pass's name is to be done. */
static inline bool gen_does(const struct gen *gen, enum ir_pass pass)
{
    return !(gen->left_out >> pass & 1);
}

static inline const struct rule *rule_of(const struct gen *gen, const struct inst *inst)
{
    return &gen->target->rules[inst->rule - 1];
}

static inline const struct rule_facts *facts_of(const struct gen *gen, const struct inst *inst)
{
    return &gen->target->rule_facts[inst->rule - 1];
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
/* The operand of a phi from a predecessor; NO_VALUE if the phi is not there or makes it anew. */
static inline uint32_t phi_use(const struct gen *gen, uint32_t phi, uint32_t pred)
{
    if (!gen->needed[phi])
        return NO_VALUE;
    uint32_t value = gen->fn->lists.at[gen->fn->nodes.at[phi].list.first + pred];
    return is_cheap(gen, value) ? NO_VALUE : value;
}

void gen_alloc(struct gen *gen);
void gen_slots(struct gen *gen);
void gen_emit(struct gen *gen);
