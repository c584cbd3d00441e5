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

void maker_end(struct maker *maker)
{
    struct fn *fn = maker->fn;
    if (fn->blocks.count)
        vec_last(&fn->blocks)->count = fn->nodes.count - vec_last(&fn->blocks)->first;
}

uint32_t maker_block(struct maker *maker, uint32_t insn, uint32_t depth)
{
    struct fn *fn = maker->fn;
    maker_end(maker);
    maker->begin = fn->nodes.count;
    for (unsigned r = 0; r < REGION_COUNT; r++)
        maker->unwritten[r] = maker->begin;
    vec_push(fn->arena, &fn->blocks,
             (struct block){ .first = maker->begin, .insn = insn, .depth = depth });
    return fn->blocks.count - 1;
}

static void note_write(struct maker *maker, const struct node *node)
{
    unsigned met = regions_meeting(node->op == IR_STORE ? node->region : REGION_UNKNOWN);
    for (unsigned r = 0; r < REGION_COUNT; r++)
        if (met >> r & 1)
            maker->unwritten[r] = maker->fn->nodes.count;
}

/* What has no effect. */
static inline uint32_t append(struct maker *maker, const struct node *node)
{
    struct fn *fn = maker->fn;
    struct node *made = vec_add(fn->arena, &fn->nodes);
    *made = *node;
    made->insn = maker->insn;
    return fn->nodes.count - 1;
}

uint32_t maker_append(struct maker *maker, const struct node *node)
{
    uint32_t value = append(maker, node);
    if ((ir_rows[node->op].flags & (IR_WRITES | IR_END)) == IR_WRITES)
        note_write(maker, node);
    return value;
}

static bool same(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->width == b->width && a->cond == b->cond && a->flags == b->flags &&
           a->imm == b->imm && !memcmp(a->in, b->in, sizeof a->in);
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

/* A node without an effect that is not there yet; from: the first node that could be equal. */
static inline uint32_t number(struct maker *maker, const struct node *node, uint32_t from)
{
    if (maker->left_out & PASS_BIT(PASS_NUMBER))
        return append(maker, node);
    uint32_t *slot = number_slot(maker, node);
    struct fn *fn = maker->fn;
    if (*slot >= from && *slot < fn->nodes.count && same(&fn->nodes.at[*slot], node))
        return pass_found(PASS_NUMBER), *slot;
    return *slot = append(maker, node);
}

/* The passes that know a whole expression when its last node is made. */
static const struct {
    uint32_t (*find)(struct maker *maker, const struct node *node);
    enum ir_pass pass;
} idioms[IR_COUNT] = {
    [IR_OR] = { recompose, PASS_RECOMPOSE },
    [IR_ADD] = { sums, PASS_SUMS },
    [IR_SHR] = { popcount, PASS_POPCOUNT },
    [IR_UDIV... IR_SREM] = { divide, PASS_DIVIDE },
};

static uint32_t make_pure(struct maker *maker, const struct node *node)
{
    enum ir_pass pass = idioms[node->op].pass;
    if (idioms[node->op].find && !(maker->left_out & PASS_BIT(pass))) {
        uint32_t equal = idioms[node->op].find(maker, node);
        if (equal != NO_VALUE)
            return pass_found(pass), equal;
    }
    return number(maker, node, maker->begin);
}

uint32_t maker_node(struct maker *maker, struct node *node)
{
    uint32_t equal;
    if (folds[node->op] && !(maker->left_out & PASS_BIT(PASS_FOLD))) {
        equal = folds[node->op](maker, node);
        if (equal != NO_VALUE)
            return pass_found(PASS_FOLD), equal;
    }
    unsigned flags = ir_rows[node->op].flags;
    if (flags & IR_PURE)
        return make_pure(maker, node);
    if (flags & (IR_READS | IR_WRITES) && (node->op == IR_STORE || maker->waiting_count) &&
        !(maker->left_out & PASS_BIT(PASS_MERGE)) && merge(maker, node, &equal))
        return equal;
    if (node->op == IR_LOAD || node->op == IR_LOADS)
        return number(maker, node, maker->unwritten[node->region]);
    return maker_append(maker, node);
}

uint32_t maker_load_early(struct maker *maker, struct node node)
{
    if (node.op == IR_LOAD && node.width == 64 && !(maker->left_out & PASS_BIT(PASS_FOLD)))
        fold_base(maker, &node);
    return node.op == IR_LOAD ? number(maker, &node, maker->unwritten[node.region])
                              : append(maker, &node);
}

uint32_t maker_const(struct maker *maker, uint64_t value)
{
    struct node node = { .op = IR_CONST, .imm = (int64_t)value };
    return number(maker, &node, maker->begin);
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
    if (ir_rows[node.op].flags & (IR_READS | IR_WRITES))
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
