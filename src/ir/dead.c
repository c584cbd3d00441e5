/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "dead": what no node with an effect needs becomes NOP; cycles of phis too. Uses come behind
 * what they use, but for what a loop hands to a phi: so one walk backwards finds nearly all. It
 * counts the uses, too. */
#include "ir/local.h"

struct dead {
    struct fn *fn;
    uint32_t *uses;            /* by value: operands of needed nodes that name it */
    struct vec(uint32_t) late; /* found to be needed when the walk had passed them */
};

static bool has_effect(const struct fn *fn, uint32_t value)
{
    return ir_rows[fn->nodes.at[value].op].flags & IR_WRITES;
}

/* Operands of a node that is needed, which may lie behind it; what lies before `at` will be looked
 * at anyway. */
static void need(struct dead *d, const uint32_t *in, uint32_t count, uint32_t at)
{
    for (uint32_t k = 0; k < count; k++)
        if (!d->uses[in[k]]++ && in[k] >= at && !has_effect(d->fn, in[k]))
            vec_push(d->fn->arena, &d->late, in[k]);
}

uint32_t *dead_run(struct fn *fn)
{
    const struct node *nodes = fn->nodes.at;
    uint32_t *uses = arena_array_of(fn->arena, fn->nodes.count, uint32_t);
    struct dead d = { .fn = fn, .uses = uses };
    uint32_t *passed = arena_array_raw(fn->arena, fn->nodes.count, uint32_t); /* not needed then */
    uint32_t passed_count = 0;
    for (uint32_t i = fn->nodes.count; i-- > 0;) {
        const struct node *node = &nodes[i];
        const struct ir_row *row = &ir_rows[node->op];
        if (!uses[i] && !(row->flags & IR_WRITES))
            passed[passed_count++] = i;
        else if (row->has_list)
            need(&d, fn->lists.at + node->list.first, node->list.count, i);
        else
            for (uint32_t k = 0; k < row->ins; k++)
                uses[node->in[k]]++;
    }
    while (d.late.count) {
        uint32_t count, value = d.late.at[--d.late.count];
        const uint32_t *in = node_operands(fn, &fn->nodes.at[value], &count);
        need(&d, in, count, 0);
    }
    for (uint32_t k = 0; k < passed_count; k++) {
        struct node *node = &fn->nodes.at[passed[k]];
        if (uses[passed[k]] || node->op == IR_NOP)
            continue;
        pass_found(PASS_DEAD);
        *node = (struct node){ .op = IR_NOP, .insn = node->insn };
    }
    return uses;
}

uint32_t *count_uses(const struct fn *fn)
{
    uint32_t *uses = arena_array_of(fn->arena, fn->nodes.count, uint32_t);
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        uint32_t count;
        const uint32_t *in = node_operands(fn, &fn->nodes.at[i], &count);
        for (uint32_t k = 0; k < count; k++)
            uses[in[k]]++;
    }
    return uses;
}
