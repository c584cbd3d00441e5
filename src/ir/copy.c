/* SPDX-License-Identifier: Apache-2.0 */
/* A function made once more, node by node, with what passes have found out since it was built: so
 * what is done as nodes are made is done again ("fold", "number", "recompose", "divide",
 * "popcount"), and unroll.c makes some nodes several times. Blocks stay. */
#include "ir/local.h"
#include <string.h>

enum { LIST_MOST = 1 + 2 + 5 }; /* address, vcpu, frame, r1 .. r5 */

void copy_begin(struct copy *c, struct fn *fn, uint32_t left_out, uint32_t first)
{
    c->fn = fn;
    c->from = *fn;
    uint32_t kept = first < fn->blocks.count ? fn->blocks.at[first].first : fn->nodes.count;
    uint32_t count = fn->nodes.count;
    c->map = arena_array_of(fn->arena, count, uint32_t);
    fn->nodes.at = NULL;
    fn->blocks.at = NULL;
    fn->uses = NULL;
    fn->nodes.count = fn->nodes.room = fn->blocks.count = fn->blocks.room = 0;
    vec_reserve(fn->arena, &fn->nodes, count + (count - kept) / 2);
    vec_reserve(fn->arena, &fn->blocks, c->from.blocks.count);
    memcpy(fn->nodes.at, c->from.nodes.at, kept * sizeof *fn->nodes.at);
    memcpy(fn->blocks.at, c->from.blocks.at, first * sizeof *fn->blocks.at);
    for (uint32_t i = 0; i < kept; i++)
        c->map[i] = i;
    fn->nodes.count = kept;
    fn->blocks.count = first;
    maker_init(&c->maker, fn, left_out);
}

uint32_t copy_made(struct maker *maker, const struct fn *from, uint32_t value, const uint32_t *map)
{
    struct node node = from->nodes.at[value];
    uint32_t count, *in = node_operands(from, &node, &count), list[LIST_MOST];
    maker->insn = node.insn;
    if (in != node.in) {
        for (uint32_t k = 0; k < count; k++)
            list[k] = map[in[k]];
        return maker_list(maker, node, list, count);
    }
    for (uint32_t k = 0; k < count; k++)
        in[k] = map[in[k]];
    return node.op == IR_NOP ? NO_VALUE : maker_node(maker, &node);
}

void copy_node(struct copy *c, uint32_t value)
{
    const struct node *node = &c->from.nodes.at[value];
    c->maker.insn = node->insn;
    c->map[value] = node->op == IR_PHI ? maker_append(&c->maker, node)
                                       : copy_made(&c->maker, &c->from, value, c->map);
}

void copy_block_begin(struct copy *c, uint32_t b)
{
    const struct block *block = &c->from.blocks.at[b];
    maker_block(&c->maker, block->insn, block->depth);
}

void copy_block_end(struct copy *c, uint32_t b)
{
    struct block *made = vec_last(&c->fn->blocks), now = c->from.blocks.at[b];
    now.first = made->first;
    now.count = c->fn->nodes.count - made->first;
    *made = now;
}

void copy_block(struct copy *c, uint32_t b)
{
    const struct block *block = &c->from.blocks.at[b];
    copy_block_begin(c, b);
    for (uint32_t i = block->first; i < block->first + block->count; i++)
        copy_node(c, i);
    copy_block_end(c, b);
}

void copy_block_as_is(struct copy *c, uint32_t b)
{
    struct fn *fn = c->fn;
    struct block block = c->from.blocks.at[b];
    uint32_t first = fn->nodes.count;
    for (uint32_t i = block.first; i < block.first + block.count; i++) {
        struct node *node = vec_add(fn->arena, &fn->nodes);
        *node = c->from.nodes.at[i];
        uint32_t count, *in = node_operands(fn, node, &count);
        for (uint32_t k = 0; k < count && node->op != IR_PHI; k++)
            in[k] = c->map[in[k]];
        c->map[i] = fn->nodes.count - 1;
    }
    block.first = first;
    vec_push(fn->arena, &fn->blocks, block);
}

void copy_end(struct copy *c)
{
    struct fn *fn = c->fn;
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct node *node = &fn->nodes.at[fn->blocks.at[b].first];
        for (; node->op == IR_PHI || node->op == IR_NOP; node++)
            for (uint32_t k = 0; node->op == IR_PHI && k < node->list.count; k++)
                fn->lists.at[node->list.first + k] = c->map[fn->lists.at[node->list.first + k]];
    }
}

void copy_run(struct fn *fn, uint32_t left_out)
{
    struct copy copy;
    copy_begin(&copy, fn, left_out, 0);
    for (uint32_t b = 0; b < copy.from.blocks.count; b++)
        copy_block(&copy, b);
    copy_end(&copy);
}
