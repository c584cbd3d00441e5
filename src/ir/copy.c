/* SPDX-License-Identifier: Apache-2.0 */
/* What is done as nodes are made, as passes ("fold", "number", "recompose", "divide", "popcount"):
 * the function is made once more, node by node, with what other passes have found out. Blocks and
 * edges stay. */
#include "ir/local.h"

/* Operands of phis may be values that come later: those are set when all are there. */
static void copy_node(struct maker *maker, struct fn *from, uint32_t value, uint32_t *map)
{
    struct node node = from->nodes.at[value];
    uint32_t count, *in = node_operands(from, &node, &count);
    maker->insn = node.insn;
    if (node.op == IR_PHI) {
        map[value] = maker_list(maker, node, in, count);
        return;
    }
    if (node.op == IR_NOP)
        return;
    for (uint32_t k = 0; k < count; k++)
        in[k] = map[in[k]];
    map[value] = in == node.in ? maker_node(maker, node) : maker_list(maker, node, in, count);
}

void copy_run(struct fn *fn, uint32_t left_out)
{
    struct fn from = *fn;
    struct maker maker;
    uint32_t *map = arena_array_of(fn->arena, from.nodes.count, uint32_t);
    fn->nodes.at = NULL;
    fn->lists.at = NULL;
    fn->blocks.at = NULL;
    fn->nodes.count = fn->nodes.room = fn->lists.count = fn->lists.room = 0;
    fn->blocks.count = fn->blocks.room = 0;
    maker_init(&maker, fn, left_out);
    for (uint32_t b = 0; b < from.blocks.count; b++) {
        const struct block *block = &from.blocks.at[b];
        maker_block(&maker, block->insn, block->depth);
        for (uint32_t i = block->first; i < block->first + block->count; i++)
            copy_node(&maker, &from, i, map);
        struct block *made = vec_last(&fn->blocks);
        struct block now = *block;
        now.first = made->first;
        now.count = made->count;
        *made = now;
    }
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        const struct node *node = &fn->nodes.at[i];
        for (uint32_t k = 0; node->op == IR_PHI && k < node->list.count; k++)
            fn->lists.at[node->list.first + k] = map[fn->lists.at[node->list.first + k]];
    }
}
