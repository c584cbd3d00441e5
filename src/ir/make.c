/* SPDX-License-Identifier: Apache-2.0 */
/* Making nodes: folding and local value numbering happen here, as a node is made, so that what is
 * built is never larger than it must be. The table of numbers is a cache: a collision forgets. */
#include "ir/local.h"
#include <string.h>

void maker_init(struct maker *maker, struct fn *fn, uint32_t left_out)
{
    maker->fn = fn;
    maker->left_out = left_out;
    maker->waiting_count = 0;
    memset(maker->numbers, 0, sizeof maker->numbers);
}

uint32_t maker_block(struct maker *maker, uint32_t insn, uint32_t depth)
{
    struct fn *fn = maker->fn;
    maker->begin = fn->nodes.count;
    for (unsigned r = 0; r < REGION_COUNT; r++)
        maker->unwritten[r] = maker->begin;
    vec_push(fn->arena, &fn->blocks,
             (struct block){ .first = maker->begin, .insn = insn, .depth = depth });
    return fn->blocks.count - 1;
}

/* From which node on an equal one has the same value; NO_VALUE: never. */
static uint32_t equal_from(const struct maker *maker, const struct node *node)
{
    if (node->op == IR_LOAD || node->op == IR_LOADS)
        return maker->unwritten[node->region];
    return ir_rows[node->op].flags & IR_PURE && node->op != IR_PARAM ? maker->begin : NO_VALUE;
}

static void note_write(struct maker *maker, const struct node *node)
{
    unsigned met = regions_meeting(node->op == IR_STORE ? node->region : REGION_UNKNOWN);
    for (unsigned r = 0; r < REGION_COUNT; r++)
        if (met >> r & 1)
            maker->unwritten[r] = maker->fn->nodes.count;
}

uint32_t maker_append(struct maker *maker, const struct node *node)
{
    struct fn *fn = maker->fn;
    struct node *made = vec_add(fn->arena, &fn->nodes);
    *made = *node;
    made->insn = maker->insn;
    vec_last(&fn->blocks)->count++;
    if (ir_rows[node->op].flags & IR_WRITES)
        note_write(maker, node);
    return fn->nodes.count - 1;
}

static bool same(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->width == b->width && a->cond == b->cond && a->flags == b->flags &&
           a->imm == b->imm && !memcmp(a->in, b->in, sizeof a->in);
}

/* The passes that know a whole expression when its last node is made. */
static uint32_t recognise(struct maker *maker, const struct node *node)
{
    uint32_t (*find)(struct maker *, const struct node *);
    enum ir_pass pass;
    switch (node->op) {
    case IR_OR: find = recompose, pass = PASS_RECOMPOSE; break;
    case IR_ADD: find = sums, pass = PASS_SUMS; break;
    case IR_SHR: find = popcount, pass = PASS_POPCOUNT; break;
    case IR_UDIV:
    case IR_UREM:
    case IR_SDIV:
    case IR_SREM: find = divide, pass = PASS_DIVIDE; break;
    default: return NO_VALUE;
    }
    uint32_t equal = maker->left_out & PASS_BIT(pass) ? NO_VALUE : find(maker, node);
    if (equal != NO_VALUE)
        pass_found(pass);
    return equal;
}

/* Where in the table of numbers an equal node would stand. */
static uint32_t *number_slot(struct maker *maker, const struct node *node)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u; /* 2^64 over the golden ratio: mixes upwards */
    uint64_t key = (uint64_t)node->op << 56 ^ (uint64_t)node->width << 48 ^ node->cond;
    key ^= (uint64_t)node->in[0] << 20 ^ node->in[1];
    key = (key + (uint64_t)node->imm * odd) * odd;
    return &maker->numbers[key >> (64 - NUMBER_BITS)];
}

/* A node that is not there yet. */
static uint32_t number(struct maker *maker, const struct node *node)
{
    uint32_t from = equal_from(maker, node);
    if (from == NO_VALUE || maker->left_out & PASS_BIT(PASS_NUMBER))
        return maker_append(maker, node);
    uint32_t *slot = number_slot(maker, node);
    struct fn *fn = maker->fn;
    if (*slot >= from && *slot < fn->nodes.count && same(&fn->nodes.at[*slot], node))
        return pass_found(PASS_NUMBER), *slot;
    return *slot = maker_append(maker, node);
}

static bool touches_memory(const struct node *node)
{
    return ir_rows[node->op].flags & (IR_READS | IR_WRITES);
}

uint32_t maker_node(struct maker *maker, struct node *node)
{
    if (!(maker->left_out & PASS_BIT(PASS_FOLD))) {
        uint32_t equal = fold(maker, node);
        if (equal != NO_VALUE)
            return pass_found(PASS_FOLD), equal;
    }
    uint32_t idiom = recognise(maker, node);
    if (idiom != NO_VALUE)
        return idiom;
    if (touches_memory(node) && !(maker->left_out & PASS_BIT(PASS_MERGE)) &&
        merge(maker, node, &idiom))
        return idiom;
    return number(maker, node);
}

uint32_t maker_load_early(struct maker *maker, struct node node)
{
    if (node.op == IR_LOAD && node.width == 64 && !(maker->left_out & PASS_BIT(PASS_FOLD)))
        fold_base(maker, &node);
    return number(maker, &node);
}

uint32_t maker_const(struct maker *maker, uint64_t value)
{
    struct node node = { .op = IR_CONST, .imm = (int64_t)value };
    return number(maker, &node);
}

uint32_t maker_op(struct maker *maker, enum ir_op op, unsigned width, uint32_t a, uint32_t b)
{
    struct node node = { .op = (uint8_t)op, .width = (uint8_t)width, .in = { a, b } };
    return maker_node(maker, &node);
}

uint32_t maker_symbol(struct maker *maker, enum symbol_kind kind, uint32_t index, int64_t addend)
{
    /* Written as in[], which overlays symbol: same() compares all of it. */
    struct node node = { .op = IR_SYMBOL, .in = { kind, index }, .imm = addend };
    return maker_node(maker, &node);
}

uint32_t maker_load(struct maker *maker, unsigned width, uint32_t base, int64_t offset)
{
    struct node node = { .op = IR_LOAD, .width = (uint8_t)width, .in = { base }, .imm = offset };
    return maker_node(maker, &node);
}

void maker_store(struct maker *maker, unsigned width, uint32_t base, int64_t offset, uint32_t value)
{
    struct node node = { .op = IR_STORE, .width = (uint8_t)width, .imm = offset };
    node.in[0] = base;
    node.in[1] = value;
    maker_node(maker, &node);
}

uint32_t maker_list(struct maker *maker, struct node node, const uint32_t *values, uint32_t count)
{
    struct fn *fn = maker->fn;
    node.list.first = fn->lists.count;
    node.list.count = count;
    for (uint32_t i = 0; i < count; i++)
        vec_push(fn->arena, &fn->lists, values[i]);
    if (touches_memory(&node))
        merge_flush(maker);
    return maker_append(maker, &node);
}

void fn_connect(struct fn *fn, const struct edge *edges, uint32_t count)
{
    vec_resize(fn->arena, &fn->edges, 2 * count);
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        fn->blocks.at[b].succ_count = fn->blocks.at[b].pred_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct block *from = &fn->blocks.at[edges[i].from];
        if (!from->succ_count++)
            from->succs = i;
        fn->edges.at[i] = edges[i].to;
        fn->blocks.at[edges[i].to].pred_count++;
    }
    uint32_t next = count;
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        fn->blocks.at[b].preds = next;
        next += fn->blocks.at[b].pred_count;
        fn->blocks.at[b].pred_count = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct block *to = &fn->blocks.at[edges[i].to];
        fn->edges.at[to->preds + to->pred_count++] = edges[i].from;
    }
}
