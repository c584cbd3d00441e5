/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "dead": what no node with an effect needs becomes NOP; cycles of phis too. Uses come behind
 * what they use, but for what a loop hands to a phi: so one walk backwards finds nearly all. It
 * counts the uses, too. */
#include "ir/local.h"

struct dead {
    struct fn *fn;
    uint32_t *uses;              /* by value: operands of needed nodes that name it */
    struct vec(uint32_t) passed; /* not needed when the walk came by */
    struct vec(uint32_t) late;   /* found to be needed after that */
};

static bool has_effect(const struct fn *fn, uint32_t value)
{
    return ir_rows[fn->nodes.at[value].op].flags & IR_WRITES;
}

__attribute__((cold)) static void need_late(struct dead *d, uint32_t value)
{
    if (!has_effect(d->fn, value))
        vec_push(d->fn->arena, &d->late, value);
}

/* Of a node that is needed; what lies before `at` will be looked at anyway. */
static inline void need_operands(struct dead *d, uint32_t value, uint32_t at)
{
    uint32_t count;
    const uint32_t *in = node_operands(d->fn, &d->fn->nodes.at[value], &count);
    for (uint32_t k = 0; k < count; k++)
        if (!d->uses[in[k]]++ && in[k] >= at)
            need_late(d, in[k]);
}

uint32_t *dead_run(struct fn *fn)
{
    struct dead d = { .fn = fn, .uses = arena_array_of(fn->arena, fn->nodes.count, uint32_t) };
    for (uint32_t i = fn->nodes.count; i-- > 0;) {
        if (d.uses[i] || has_effect(fn, i))
            need_operands(&d, i, i);
        else if (fn->nodes.at[i].op != IR_NOP)
            vec_push(fn->arena, &d.passed, i);
    }
    while (d.late.count)
        need_operands(&d, d.late.at[--d.late.count], 0);
    for (uint32_t k = 0; k < d.passed.count; k++) {
        struct node *node = &fn->nodes.at[d.passed.at[k]];
        if (d.uses[d.passed.at[k]])
            continue;
        pass_found(PASS_DEAD);
        *node = (struct node){ .op = IR_NOP, .insn = node->insn };
    }
    return d.uses;
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
