/* SPDX-License-Identifier: Apache-2.0 */
/* Within gen/: what the steps of one function's compilation hand on. */
#pragma once
#include "gen/gen.h"

/* What selection made of a node, and where allocation put its parts. One per node. */
struct inst {
    uint16_t rule; /* 1 + place in target->rules; 0: nothing is emitted for the node */
    uint8_t shift; /* of the index */
    uint8_t cond;
    int32_t disp;
    uint32_t use[4]; /* values in registers: as operand a .. d; an index is use[3]; NO_VALUE */
    uint8_t reg[4];  /* where they are to be when the instruction runs */
    uint8_t to;      /* where it leaves its result */
    uint8_t width;   /* in bits, of the operation */
    int64_t imm;
};

enum { USES_MAX = 4 + CONV_ARGS };

struct gen {
    struct arena *arena;
    const struct target *target;
    const struct fn *fn;
    const uint32_t *rules_of; /* by op: the first rule; [op + 1] is one behind the last */
    uint32_t features;
    struct code *code;

    /* select.c */
    struct inst *insts; /* by node */
    uint32_t *uses;     /* by value: how many operands name it */
    bool *needed;       /* by value: wanted in a register or slot */

    /* live.c */
    uint32_t *edge_pred;  /* by edge fn->edges.at[succs + i]: which predecessor of the target */
    uint32_t *live_first; /* by block, one more: where its part of live_in begins */
    uint32_t *live_in;    /* values, without phis of the block */
    uint32_t *last;       /* by value: see live_block() */

    /* alloc.c */
    uint8_t *home;  /* by value: register, or REG_NONE: in slot[], or made anew where used */
    uint32_t *slot; /* by value, of those without a register */
    struct frame frame;
};

static inline const struct rule *rule_of(const struct gen *gen, uint32_t node)
{
    return &gen->target->rules[gen->insts[node].rule - 1];
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
    return rule->flags & RULE_C_CALL ? gen->target->conv->args.general.at
                                     : gen->target->conv->bpf_args;
}
/* The list operands of a call or TAIL that are arguments. */
static inline const uint32_t *call_args(const struct fn *fn, const struct node *node,
                                        uint32_t *count)
{
    bool address = node->op == IR_CALL_POINTER || node->op == IR_TAIL;
    *count = node->list.count - address;
    return fn->lists.at + node->list.first + address;
}

void gen_select(struct gen *gen);

void gen_live(struct gen *gen);
/* The values that must be in a place for the instruction of this node: in registers of their own
 * choice and in fixed ones, cheap ones only where they need a home. */
uint32_t live_uses(const struct gen *gen, uint32_t node, uint32_t values[USES_MAX]);
enum { LAST_OUT = UINT32_MAX };
/* Sets last[] for all values that live or are made in the block: the node of the last use, the
 * value itself if there is none, LAST_OUT if it lives on behind the block. */
void live_block(struct gen *gen, uint32_t block);

/* What an instruction destroys for values that live on: registers of the rule and convention. */
uint64_t rule_destroys(const struct gen *gen, const struct rule *rule);

void gen_alloc(struct gen *gen);
void gen_slots(struct gen *gen);
void gen_emit(struct gen *gen);
