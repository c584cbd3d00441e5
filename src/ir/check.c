/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a function is what the head of ir.h promises. Dominators: Cooper, Harvey and Kennedy's
 * way over the reverse postorder, then an interval of a walk of the tree for each block. */
#include "ir/local.h"

struct check {
    struct arena *arena;
    const struct fn *fn;
    struct error *err;
    uint32_t *block_of; /* by node */
    uint32_t *parent;   /* by block: its immediate dominator */
    uint32_t *enter, *leave;
};

static int wrong(const struct check *c, uint32_t value, const char *what)
{
    return fail(c->err, ANYBPF_E_FORMAT, "%s: v%u (%s): %s", c->fn->name, value,
                ir_rows[c->fn->nodes.at[value].op].text, what);
}

static int wrong_block(const struct check *c, uint32_t block, const char *what)
{
    return fail(c->err, ANYBPF_E_FORMAT, "%s: b%u: %s", c->fn->name, block, what);
}

/* ---- Dominators ---- */

static uint32_t common(const struct check *c, uint32_t a, uint32_t b)
{
    while (a != b) {
        while (a > b)
            a = c->parent[a];
        while (b > a)
            b = c->parent[b];
    }
    return a;
}

static void number_tree(struct check *c)
{
    uint32_t count = c->fn->blocks.count, clock = 0;
    uint32_t *child = arena_array_of(c->arena, count, uint32_t);
    uint32_t *sibling = arena_array_of(c->arena, count, uint32_t);
    uint32_t *stack = arena_array_of(c->arena, (size_t)count + 1, uint32_t), top = 0;
    for (uint32_t b = count; b-- > 1;) {
        sibling[b] = child[c->parent[b]];
        child[c->parent[b]] = b;
    }
    stack[top++] = 0;
    while (top) {
        uint32_t b = stack[top - 1];
        if (!c->enter[b])
            c->enter[b] = ++clock;
        if (child[b]) {
            stack[top++] = child[b];
            child[b] = sibling[child[b]];
            continue;
        }
        c->leave[b] = ++clock;
        top--;
    }
}

static int find_dominators(struct check *c)
{
    const struct fn *fn = c->fn;
    bool changed = true;
    for (uint32_t b = 1; b < fn->blocks.count; b++)
        c->parent[b] = NO_VALUE;
    while (changed) {
        changed = false;
        for (uint32_t b = 1; b < fn->blocks.count; b++) {
            const struct block *block = &fn->blocks.at[b];
            uint32_t parent = NO_VALUE;
            for (uint32_t p = 0; p < block->pred_count; p++) {
                uint32_t pred = fn->edges.at[block->preds + p];
                if (c->parent[pred] == NO_VALUE)
                    continue;
                parent = parent == NO_VALUE ? pred : common(c, parent, pred);
            }
            if (parent == NO_VALUE)
                return wrong_block(c, b, "no earlier block leads to it");
            changed |= c->parent[b] != parent;
            c->parent[b] = parent;
        }
    }
    number_tree(c);
    return 0;
}

static bool dominates(const struct check *c, uint32_t a, uint32_t b)
{
    return c->enter[a] <= c->enter[b] && c->leave[b] <= c->leave[a];
}

/* ---- Shape ---- */

static int check_edges(const struct check *c, uint32_t b)
{
    const struct fn *fn = c->fn;
    const struct block *block = &fn->blocks.at[b];
    for (uint32_t s = 0; s < block->succ_count; s++) {
        uint32_t to = fn->edges.at[block->succs + s], found = 0;
        if (to >= fn->blocks.count || to == 0)
            return wrong_block(c, b, "goes to a block that there is not, or to the entry");
        const struct block *succ = &fn->blocks.at[to];
        for (uint32_t p = 0; p < succ->pred_count; p++)
            found += fn->edges.at[succ->preds + p] == b;
        if (found != 1)
            return wrong_block(c, b, "is not a predecessor, once, of a block that it goes to");
    }
    for (uint32_t p = 0; p < block->pred_count; p++) {
        const struct block *pred = &fn->blocks.at[fn->edges.at[block->preds + p]];
        if (p && fn->edges.at[block->preds + p] <= fn->edges.at[block->preds + p - 1])
            return wrong_block(c, b, "its predecessors are not in order");
        bool found = false;
        for (uint32_t s = 0; s < pred->succ_count; s++)
            found |= fn->edges.at[pred->succs + s] == b;
        if (!found)
            return wrong_block(c, b, "has a predecessor that does not go to it");
    }
    return 0;
}

/* Whether the table of a SWITCH names that many successors, each as it comes. */
static bool is_table(const struct check *c, uint32_t value, uint32_t succs)
{
    const struct node *node = &c->fn->nodes.at[value];
    uint32_t named = 0;
    for (uint32_t i = 0; i < node->table.count; i++) {
        uint32_t succ = c->fn->lists.at[node->table.first + i];
        if (succ > named)
            return false;
        named += succ == named;
    }
    return named && named == succs;
}

static int check_end(const struct check *c, uint32_t b)
{
    const struct block *block = &c->fn->blocks.at[b];
    uint32_t wanted = 0;
    if (!block->count)
        return wrong_block(c, b, "is empty");
    uint32_t last = block->first + block->count - 1;
    const struct ir_row *row = &ir_rows[c->fn->nodes.at[last].op];
    if (!(row->flags & IR_END))
        return wrong(c, last, "a block ends with it");
    wanted = row->shape == SHAPE_BRANCH ? 2 : row->shape == SHAPE_JUMP ? 1 : 0;
    if (row->shape == SHAPE_SWITCH ? !is_table(c, last, block->succ_count)
                                   : block->succ_count != wanted)
        return wrong(c, last, "it has not as many successors as its block");
    return check_edges(c, b);
}

/* ---- Nodes ---- */

static int check_use(const struct check *c, uint32_t value, uint32_t in, uint32_t pred)
{
    const struct fn *fn = c->fn;
    if (in >= fn->nodes.count || !ir_rows[fn->nodes.at[in].op].has_result)
        return wrong(c, value, "an operand is no value");
    uint32_t at = pred == NO_VALUE ? c->block_of[value] : pred;
    if (pred == NO_VALUE && c->block_of[in] == at)
        return in < value ? 0 : wrong(c, value, "an operand comes later");
    return dominates(c, c->block_of[in], at) ? 0
                                             : wrong(c, value, "an operand does not dominate it");
}

static int param_count(const struct fn *fn)
{
    return fn->hook ? fn->hook->param_count : 2 + fn->args;
}

static int check_node(const struct check *c, uint32_t b, uint32_t value)
{
    const struct fn *fn = c->fn;
    const struct block *block = &fn->blocks.at[b];
    const struct node *node = &fn->nodes.at[value];
    const struct ir_row *row = &ir_rows[node->op];
    uint32_t count;
    if (node->op >= IR_COUNT)
        return fail(c->err, ANYBPF_E_FORMAT, "%s: v%u is no operation", fn->name, value);
    if (row->widths ? !(node->width % 8 == 0 && row->widths & node->width / 8) : node->width != 0)
        return wrong(c, value, "it does not have that width");
    if (row->flags & IR_END && value + 1 != block->first + block->count)
        return wrong(c, value, "it stands within a block");
    if (node->op == IR_PARAM && (b != 0 || node->imm < 0 || node->imm >= param_count(fn)))
        return wrong(c, value, "there is no such parameter, or it is not at the entry");
    if (node->op == IR_PHI && node->list.count != block->pred_count)
        return wrong(c, value, "it has not as many operands as its block has predecessors");
    const uint32_t *in = node_operands(fn, (struct node *)node, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t pred = node->op == IR_PHI ? fn->edges.at[block->preds + i] : NO_VALUE;
        int rc = check_use(c, value, in[i], pred);
        if (rc)
            return rc;
    }
    return 0;
}

/* Phis, or in block 0 parameters, come first. */
static int check_order(const struct check *c, uint32_t b)
{
    const struct block *block = &c->fn->blocks.at[b];
    bool first = true;
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        uint8_t op = c->fn->nodes.at[i].op;
        if (op == IR_NOP)
            continue;
        if (op != IR_PHI && op != IR_PARAM)
            first = false;
        else if (!first)
            return wrong(c, i, "it stands behind other nodes");
    }
    return 0;
}

int ir_check(struct arena *scratch, const struct fn *fn, struct error *err)
{
    struct check c = { scratch, fn, err, NULL, NULL, NULL, NULL };
    c.block_of = arena_array_of(scratch, fn->nodes.count, uint32_t);
    c.parent = arena_array_of(scratch, fn->blocks.count, uint32_t);
    c.enter = arena_array_of(scratch, fn->blocks.count, uint32_t);
    c.leave = arena_array_of(scratch, fn->blocks.count, uint32_t);
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        int rc = check_end(&c, b);
        if (rc)
            return rc;
        for (uint32_t i = 0; i < fn->blocks.at[b].count; i++)
            c.block_of[fn->blocks.at[b].first + i] = b;
    }
    int rc = find_dominators(&c);
    for (uint32_t b = 0; b < fn->blocks.count && !rc; b++) {
        const struct block *block = &fn->blocks.at[b];
        rc = check_order(&c, b);
        for (uint32_t i = block->first; i < block->first + block->count && !rc; i++)
            rc = check_node(&c, b, i);
    }
    return rc;
}
