/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "dead": what no node with an effect needs becomes NOP; cycles of phis too. Uses come behind
 * what they use, but for what a loop hands to a phi: so one walk backwards finds nearly all. */
#include "ir/local.h"

struct dead {
    struct fn *fn;
    bool *needed;
    struct vec(uint32_t) late; /* found to be needed when they had been passed */
};

/* Of a node that is needed; what lies before `at` will be looked at anyway. */
static void need_operands(struct dead *d, uint32_t value, uint32_t at)
{
    uint32_t count;
    const uint32_t *in = node_operands(d->fn, &d->fn->nodes.at[value], &count);
    for (uint32_t k = 0; k < count; k++) {
        if (in[k] >= at && !d->needed[in[k]])
            vec_push(d->fn->arena, &d->late, in[k]);
        d->needed[in[k]] = true;
    }
}

void dead_run(struct fn *fn)
{
    struct dead d = { .fn = fn, .needed = arena_array_of(fn->arena, fn->nodes.count, bool) };
    for (uint32_t i = fn->nodes.count; i-- > 0;) {
        d.needed[i] |= (ir_rows[fn->nodes.at[i].op].flags & IR_WRITES) != 0;
        if (d.needed[i])
            need_operands(&d, i, i);
    }
    while (d.late.count)
        need_operands(&d, d.late.at[--d.late.count], 0);
    for (uint32_t i = 0; i < fn->nodes.count; i++)
        if (!d.needed[i] && fn->nodes.at[i].op != IR_NOP) {
            pass_found(PASS_DEAD);
            fn->nodes.at[i] = (struct node){ .op = IR_NOP, .insn = fn->nodes.at[i].insn };
        }
}
