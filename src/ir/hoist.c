/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "hoist": long constants and addresses are made once before an inner loop, not in each turn.
 * Short constants stay: every processor has them within its instructions, but for what is selected.
 * Where no register is free
 * all through the loop, gen/ makes them anew at each use, as before.
 *
 * What is written there lives in all blocks of the loop: so loops are small, and values few. */
#include "ir/local.h"
#include <string.h>

enum { BLOCKS = 32, VALUES = 8, SHORT = 4095 };

struct hoist {
    struct fn *fn;
    uint32_t *to;                 /* by value: the block it goes to, NO_VALUE: it stays */
    uint32_t *same;               /* by value that goes: an equal one that does, or itself */
    struct vec(uint32_t) hoisted; /* in the order of the blocks they come from */
};

/* The block that alone enters the loop of header b, whose last block becomes *end; NO_VALUE: b is
 * none, or the loop is not an inner one, not small, or entered elsewhere. What is seldom run may
 * stand within. */
static uint32_t entry_of(const struct fn *fn, uint32_t b, uint32_t *end)
{
    const struct block *header = &fn->blocks.at[b];
    uint32_t entry = NO_VALUE, entries = 0;

    if (header->pred_count < 2)
        return NO_VALUE;
    *end = b;
    for (uint32_t i = 0; i < header->pred_count; i++) {
        uint32_t pred = fn->edges.at[header->preds + i];
        if (pred < b)
            entry = pred, entries++;
        else if (pred >= *end)
            *end = pred + 1;
    }
    if (*end == b || *end - b > BLOCKS || entries != 1)
        return NO_VALUE;
    for (uint32_t n = b; n < *end; n++) {
        const struct block *block = &fn->blocks.at[n];
        if (block->depth > header->depth)
            return NO_VALUE;
        for (uint32_t i = 0; n > b && i < block->pred_count; i++)
            if (fn->edges.at[block->preds + i] < b || fn->edges.at[block->preds + i] >= *end)
                return NO_VALUE;
    }
    return entry;
}

/* Whether it is worth while to make an operand of a node beforehand. */
static bool is_long(const struct node *node, const struct node *user, uint32_t operand)
{
    if (node->op != IR_CONST)
        return node->op == IR_SYMBOL;
    bool selected = user->op == IR_SELECT && operand >= 2 && node->imm;
    return node->imm > SHORT || node->imm < -SHORT || selected;
}

static bool is_equal(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->imm == b->imm &&
           (a->op == IR_CONST ||
            (a->symbol.kind == b->symbol.kind && a->symbol.index == b->symbol.index));
}

static void take(struct hoist *h, uint32_t value, uint32_t entry, uint32_t first)
{
    const struct node *nodes = h->fn->nodes.at;
    if (!h->to) {
        h->to = arena_array_raw(h->fn->arena, h->fn->nodes.count, uint32_t);
        h->same = arena_array_raw(h->fn->arena, h->fn->nodes.count, uint32_t);
        memset(h->to, 0xff, h->fn->nodes.count * sizeof *h->to);
    }
    if (h->to[value] != NO_VALUE)
        return;
    for (uint32_t i = first; i < h->hoisted.count; i++)
        if (is_equal(&nodes[h->hoisted.at[i]], &nodes[value])) {
            h->to[value] = entry;
            h->same[value] = h->hoisted.at[i];
            return;
        }
    if (h->hoisted.count - first == VALUES)
        return;
    pass_found(PASS_HOIST);
    h->to[value] = entry;
    h->same[value] = value;
    vec_push(h->fn->arena, &h->hoisted, value);
}

/* The first of the nodes [from, end) that could be made beforehand, or chooses what could; mostly
 * there is none, `end`. */
static uint32_t find_first(const struct fn *fn, uint32_t from, uint32_t end)
{
    const struct node *nodes = fn->nodes.at;
    while (from < end && nodes[from].op != IR_SELECT && !is_long(&nodes[from], &nodes[from], 0))
        from++;
    return from;
}

/* Those that an operation of the loop, of the nodes [from, end), uses; what phis and calls want is
 * made where they want it. */
static void take_loop(struct hoist *h, uint32_t from, uint32_t end, uint32_t entry)
{
    const struct fn *fn = h->fn;
    uint32_t first = h->hoisted.count;
    for (uint32_t i = find_first(fn, from, end); i < end; i++) {
        struct node *node = &fn->nodes.at[i];
        const struct ir_row *row = &ir_rows[node->op];
        for (uint32_t k = 0; k < row->ins; k++)
            if (node->in[k] >= from && is_long(&fn->nodes.at[node->in[k]], node, k))
                take(h, node->in[k], entry, first);
    }
}

/* The operands of a node, made anew, and their uses. */
static void replace_operands(const struct fn *fn, struct node *node, const uint32_t *map)
{
    uint32_t count, *in = node_operands(fn, node, &count);
    for (uint32_t k = 0; k < count; k++) {
        in[k] = map[in[k]];
        fn->uses[in[k]]++;
    }
}

/* The nodes once more, each where it goes, without NOPs, and their uses; last the operands of phis,
 * which may come later than they. */
static void rewrite(struct hoist *h)
{
    struct fn *fn = h->fn;
    const struct node *old = fn->nodes.at;
    uint32_t *map = arena_array_raw(fn->arena, fn->nodes.count, uint32_t);
    uint32_t *next = arena_array_of(fn->arena, fn->blocks.count, uint32_t); /* of hoisted, + 1 */
    uint32_t *chain = arena_array_of(fn->arena, h->hoisted.count, uint32_t);
    struct node *nodes = arena_array_raw(fn->arena, fn->nodes.count, struct node);
    uint32_t count = 0;

    fn->uses = arena_array_of(fn->arena, fn->nodes.count, uint32_t);
    for (uint32_t i = h->hoisted.count; i-- > 0;) {
        uint32_t *head = &next[h->to[h->hoisted.at[i]]];
        chain[i] = *head;
        *head = i + 1;
    }
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        struct block *block = &fn->blocks.at[b];
        uint32_t first = count, end = block->first + block->count - 1;
        for (uint32_t i = block->first; i <= end; i++) {
            for (uint32_t n = i == end ? next[b] : 0; n; n = chain[n - 1]) {
                map[h->hoisted.at[n - 1]] = count;
                nodes[count++] = old[h->hoisted.at[n - 1]];
            }
            if (old[i].op == IR_NOP)
                continue;
            if (h->to[i] != NO_VALUE) {
                map[i] = map[h->same[i]];
                continue;
            }
            map[i] = count;
            nodes[count] = old[i];
            if (old[i].op != IR_PHI)
                replace_operands(fn, &nodes[count], map);
            count++;
        }
        block->first = first;
        block->count = count - first;
    }
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        for (struct node *node = &nodes[fn->blocks.at[b].first]; node->op == IR_PHI; node++)
            replace_operands(fn, node, map);
    fn->nodes.at = nodes;
    fn->nodes.count = fn->nodes.room = count;
}

void hoist_run(struct fn *fn)
{
    struct hoist h = { .fn = fn };

    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        uint32_t end, entry = entry_of(fn, b, &end);
        if (entry != NO_VALUE)
            take_loop(&h, fn->blocks.at[b].first,
                      fn->blocks.at[end - 1].first + fn->blocks.at[end - 1].count, entry);
    }
    if (h.hoisted.count)
        rewrite(&h);
}
