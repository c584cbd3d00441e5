/* SPDX-License-Identifier: Apache-2.0 */
/* Functions as text, which parse.c reads back:
 *
 *     fn NAME index 0 args 1 depth 16
 *     b0:
 *         v0 = param 2
 *         v1 = const 5
 *         v2 = load32 [v0 + 4]
 *         v3 = add32 v2, v1
 *         branch32 v3 ult v1 ? b1 : b2
 *     b1: loops 1
 *         v4 = phi v3, v5
 *         ...
 *     layout b0 b2 b1
 *
 * Operands of a phi are in the order of the predecessors' numbers. The layout is left out where it
 * is the order of the blocks. */
#include "base/text.h"
#include "ir/local.h"
#include <inttypes.h>

static void print_number(struct text *text, int64_t number)
{
    if (number > -65536 && number < 65536)
        text_printf(text, "%" PRId64, number);
    else
        text_printf(text, "%#" PRIx64, (uint64_t)number);
}

static void print_list(struct text *text, const uint32_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        text_printf(text, "%sv%u", i ? ", " : "", values[i]);
}

static void print_address(struct text *text, const struct node *node)
{
    if (node->region)
        text_printf(text, " %s", region_names[node->region]);
    text_printf(text, " [v%u %c ", node->in[0], node->imm < 0 ? '-' : '+');
    print_number(text, node->imm < 0 ? -node->imm : node->imm);
    text_puts(text, "]");
}

static void print_comparison(struct text *text, const struct node *node)
{
    text_printf(text, " v%u %s v%u", node->in[0], cond_names[node->cond], node->in[1]);
}

static void print_operands(struct text *text, const struct fn *fn, const struct block *block,
                           const struct node *node)
{
    const uint32_t *succs = fn->edges.at + block->succs;
    uint32_t count;
    const uint32_t *in = node_operands(fn, (struct node *)node, &count);
    switch (ir_rows[node->op].shape) {
    case SHAPE_NONE: break;
    case SHAPE_IMM:
        text_puts(text, " ");
        print_number(text, node->imm);
        break;
    case SHAPE_SYMBOL:
        text_printf(text, " %s %u + ", symbol_names[node->symbol.kind], node->symbol.index);
        print_number(text, node->imm);
        break;
    case SHAPE_UNARY:
    case SHAPE_BINARY:
    case SHAPE_LIST:
        text_puts(text, " ");
        print_list(text, in, count);
        break;
    case SHAPE_COMPARE: print_comparison(text, node); break;
    case SHAPE_SELECT:
        print_comparison(text, node);
        text_printf(text, " ? v%u : v%u", in[2], in[3]);
        break;
    case SHAPE_LOAD:
    case SHAPE_STORE:
    case SHAPE_FETCH:
    case SHAPE_CMPXCHG:
        print_address(text, node);
        for (uint32_t i = 1; i < count; i++)
            text_printf(text, ", v%u", in[i]);
        break;
    case SHAPE_CALL:
        text_printf(text, " %" PRId64 " (", node->imm);
        print_list(text, in, count);
        text_puts(text, ")");
        break;
    case SHAPE_JUMP: text_printf(text, " b%u", succs[0]); break;
    case SHAPE_BRANCH:
        print_comparison(text, node);
        text_printf(text, " ? b%u : b%u", succs[0], succs[1]);
        break;
    case SHAPE_SWITCH:
        text_printf(text, " v%u:", in[0]);
        for (uint32_t i = 0; i < node->table.count; i++)
            text_printf(text, " b%u", succs[fn->lists.at[node->table.first + i]]);
        break;
    default: break;
    }
    if (ir_rows[node->op].shape == SHAPE_BINARY && node->flags & NODE_NONZERO)
        text_puts(text, " nonzero");
}

void ir_print_node(struct text *text, const struct fn *fn, const struct block *block,
                   uint32_t value)
{
    const struct node *node = &fn->nodes.at[value];
    const struct ir_row *row = &ir_rows[node->op];
    text_puts(text, "    ");
    if (row->has_result)
        text_printf(text, "v%u = ", value);
    text_puts(text, row->text);
    if (node->width)
        text_printf(text, "%u", node->width);
    print_operands(text, fn, block, node);
    text_puts(text, "\n");
}

static void print_layout(struct text *text, const struct fn *fn)
{
    bool same = true;
    for (uint32_t i = 0; i < fn->blocks.count; i++)
        same &= fn->layout[i] == i;
    if (same)
        return;
    text_puts(text, "layout");
    for (uint32_t i = 0; i < fn->blocks.count; i++)
        text_printf(text, " b%u", fn->layout[i]);
    text_puts(text, "\n");
}

const char *ir_print(struct arena *arena, const struct fn *fn)
{
    struct text text = { .arena = arena };
    text_printf(&text, "fn %s index %u args %u depth %u\n", fn->name, fn->index, fn->args,
                fn->depth);
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        text_printf(&text, "b%u:", b);
        if (block->depth)
            text_printf(&text, " loops %u", block->depth);
        text_puts(&text, "\n");
        for (uint32_t i = block->first; i < block->first + block->count; i++)
            if (fn->nodes.at[i].op != IR_NOP)
                ir_print_node(&text, fn, block, i);
    }
    print_layout(&text, fn);
    return text.at;
}
