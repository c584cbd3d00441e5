/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "dead": what no node with an effect needs becomes NOP; cycles of phis too. */
#include "ir/local.h"

void dead_run(struct fn *fn)
{
    bool *needed = arena_array_of(fn->arena, fn->nodes.count, bool);
    struct vec(uint32_t) work = { 0 };
    for (uint32_t i = 0; i < fn->nodes.count; i++)
        if (ir_rows[fn->nodes.at[i].op].flags & IR_WRITES) {
            needed[i] = true;
            vec_push(fn->arena, &work, i);
        }
    while (work.count) {
        uint32_t count;
        const uint32_t *in = node_operands(fn, &fn->nodes.at[work.at[--work.count]], &count);
        for (uint32_t k = 0; k < count; k++)
            if (!needed[in[k]]) {
                needed[in[k]] = true;
                vec_push(fn->arena, &work, in[k]);
            }
    }
    for (uint32_t i = 0; i < fn->nodes.count; i++)
        if (!needed[i] && fn->nodes.at[i].op != IR_NOP) {
            pass_found(PASS_DEAD);
            fn->nodes.at[i] = (struct node){ .op = IR_NOP, .insn = fn->nodes.at[i].insn };
        }
}
