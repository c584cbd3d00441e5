/* SPDX-License-Identifier: Apache-2.0 */
/* The control-flow graph.
 *
 * Loops: P. Havlak, "Nesting of Reducible and Irreducible Loops" (1997), as corrected by
 * G. Ramalingam, "Identifying Loops in Almost Linear Time" (1999): headers are taken in reverse
 * preorder, their bodies found by walking back from the latches over collapsed inner loops; an edge
 * between different branches of the depth-first tree is seen at their lowest common ancestor. */
#include "base/planted.h"
#include "bpf/cfg.h"

struct edge { /* in a list of edges */
    uint32_t from, to, next;
};

struct builder {
    struct arena *arena;
    const struct prog *prog;
    const struct func *func;
    struct cfg *cfg;
    uint32_t *block_at; /* by slot - func->start: the block that begins there */

    /* Of the depth-first walk, by block; preorder[] lists the blocks in its order. */
    uint32_t *number, *last, *preorder, *postorder;
    uint32_t reached;

    uint32_t *merged;   /* union-find: towards the header of the outermost loop collapsed so far */
    uint32_t *loop;     /* innermost loop of any kind */
    uint32_t *entry;    /* preorder number of the outermost loop that an edge enters at this block
                         * from outside, the block not being its header; UINT32_MAX: none */
    uint32_t *deferred; /* by block: edges to be seen when it is taken as a header */
    uint32_t *into;     /* by block: edges into it that are seen */
    struct vec(struct edge) edges;
};

static uint32_t *array_of(struct builder *b, uint32_t value)
{
    uint32_t *array = arena_array_of(b->arena, b->cfg->count, uint32_t);
    for (uint32_t i = 0; i < b->cfg->count; i++)
        array[i] = value;
    return array;
}

/* ---- Blocks ---- */

static bool ends_block(struct insn insn)
{
    switch (insn_row(insn)->kind) {
    case INSN_KIND_JUMP:
    case INSN_KIND_GOTO:
    case INSN_KIND_MAY_GOTO:
    case INSN_KIND_EXIT: return true;
    default: return false;
    }
}

static bool jumps(struct insn insn)
{
    return ends_block(insn) && insn.id != INSN_EXIT;
}

static void mark(struct builder *b, int64_t slot)
{
    if (slot >= b->func->start && slot < (int64_t)b->func->start + b->func->count)
        b->block_at[slot - b->func->start] = 1;
}

static uint32_t block_of(const struct builder *b, int64_t slot)
{
    if (slot < b->func->start || slot >= (int64_t)b->func->start + b->func->count)
        return CFG_NONE;
    return b->block_at[slot - b->func->start];
}

static void split(struct builder *b)
{
    const struct insn *insns = b->prog->insns;
    uint32_t start = b->func->start, count = b->func->count;

    b->block_at = arena_array_of(b->arena, count, uint32_t);
    mark(b, start);
    for (uint32_t at = start; at < start + count; at++)
        if (ends_block(insns[at])) {
            mark(b, at + 1);
            if (jumps(insns[at]))
                mark(b, insn_target(insns[at], at));
        }
    for (uint32_t i = 0; i < count; i++)
        b->block_at[i] = b->block_at[i] ? b->cfg->count++ : CFG_NONE;

    struct cfg_block *blocks = arena_array_of(b->arena, b->cfg->count, struct cfg_block);
    b->cfg->blocks = blocks;
    for (uint32_t i = 0; i < count; i++)
        if (b->block_at[i] != CFG_NONE)
            blocks[b->block_at[i]].start = start + i;
    for (uint32_t i = 0; i < b->cfg->count; i++) {
        struct cfg_block *block = &blocks[i];
        block->end = i + 1 < b->cfg->count ? blocks[i + 1].start : start + count;
        struct insn insn = insns[block->end - 1];
        bool falls = insn.id != INSN_EXIT && insn_row(insn)->kind != INSN_KIND_GOTO;
        block->next = falls ? block_of(b, block->end) : CFG_NONE;
        block->jump = jumps(insn) ? block_of(b, insn_target(insn, block->end - 1)) : CFG_NONE;
        block->order = block->loop = block->outer = CFG_NONE;
    }
}

static void find_preds(struct builder *b)
{
    struct cfg_block *blocks = b->cfg->blocks;
    uint32_t total = 0;

#define EACH_EDGE(i, to)                                                                           \
    for (uint32_t i = 0; i < b->cfg->count; i++)                                                   \
        for (unsigned way = b->number[i] == UINT32_MAX ? 2 : 0; way < 2; way++)                    \
            for (uint32_t to = way ? blocks[i].jump : blocks[i].next; to != CFG_NONE; to = CFG_NONE)
    EACH_EDGE(i, to)
    blocks[to].preds++;
    for (uint32_t i = 0; i < b->cfg->count; i++) {
        blocks[i].first_pred = total;
        total += blocks[i].preds;
        blocks[i].preds = 0;
    }
    uint32_t *preds = arena_array_of(b->arena, total, uint32_t);
    EACH_EDGE(i, to)
    preds[blocks[to].first_pred + blocks[to].preds++] = i;
#undef EACH_EDGE
    b->cfg->preds = preds;
}

/* ---- The walk ---- */

static uint32_t find(uint32_t *merged, uint32_t i)
{
    while (merged[i] != i) {
        merged[i] = merged[merged[i]];
        i = merged[i];
    }
    return i;
}

static void add_edge(struct builder *b, uint32_t *list, uint32_t from, uint32_t to)
{
    vec_push(b->arena, &b->edges, (struct edge){ from, to, *list });
    *list = b->edges.count - 1;
}

static bool is_ancestor(const struct builder *b, uint32_t a, uint32_t of)
{
    return b->number[a] <= b->number[of] && b->number[of] <= b->last[a];
}

/* Depth first, the jump before the fall-through, so that reverse postorder keeps the code's order
 * where it can. An edge to a block already left is deferred to the lowest common ancestor: `joined`
 * leads from a block that is left to its nearest ancestor that is not. */
static void walk(struct builder *b)
{
    const struct cfg_block *blocks = b->cfg->blocks;
    uint32_t *joined = array_of(b, 0), *stack = array_of(b, 0);
    uint8_t *tried = arena_array_of(b->arena, b->cfg->count, uint8_t);
    uint32_t depth = 0, left = 0;

    for (uint32_t i = 0; i < b->cfg->count; i++)
        joined[i] = i;
    stack[depth++] = 0;
    b->number[0] = 0;
    b->preorder[b->reached++] = 0;
    while (depth) {
        uint32_t at = stack[depth - 1];
        if (tried[at] == 2) {
            b->last[at] = b->reached - 1;
            b->postorder[left++] = at;
            if (--depth)
                joined[at] = stack[depth - 1];
            continue;
        }
        uint32_t to = tried[at]++ ? blocks[at].next : blocks[at].jump;
        if (to == CFG_NONE)
            continue;
        if (b->number[to] == UINT32_MAX) {
            b->number[to] = b->reached;
            b->preorder[b->reached++] = to;
            stack[depth++] = to;
            add_edge(b, &b->into[to], at, to);
        } else if (b->last[to] == UINT32_MAX) {
            add_edge(b, &b->into[to], at, to); /* to an ancestor: a latch, or itself */
        } else {
            add_edge(b, &b->deferred[find(joined, to)], at, to);
        }
    }
}

/* ---- Loops ---- */

/* Lets the edges deferred to the header be seen. One whose end is collapsed already into a loop
 * that it does not enter by the header makes that loop irreducible. */
static void see_deferred(struct builder *b, uint32_t header)
{
    for (uint32_t i = b->deferred[header], next; i != CFG_NONE; i = next) {
        struct edge edge = b->edges.at[i];
        uint32_t to = find(b->merged, edge.to);
        next = edge.next;
        if (to != edge.to && b->number[to] < b->entry[edge.to])
            b->entry[edge.to] = b->number[to];
        add_edge(b, &b->into[to], find(b->merged, edge.from), to);
    }
}

/* Collapses the loop of which the block is the header, if it is one. */
static void collapse(struct builder *b, uint32_t header, uint32_t *list)
{
    uint32_t count = 0;
    bool found = false;

    for (uint32_t i = b->into[header]; i != CFG_NONE; i = b->edges.at[i].next) {
        uint32_t from = b->edges.at[i].from;
        if (!is_ancestor(b, header, from))
            continue;
        found = true;
        from = find(b->merged, from);
        if (from != header && b->loop[from] == CFG_NONE) {
            b->loop[from] = header;
            list[count++] = from;
        }
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t e = b->into[list[i]]; e != CFG_NONE; e = b->edges.at[e].next) {
            uint32_t from = find(b->merged, b->edges.at[e].from);
            if (from != header && b->loop[from] == CFG_NONE) {
                b->loop[from] = header;
                list[count++] = from;
            }
        }
    for (uint32_t i = 0; i < count; i++)
        b->merged[list[i]] = header;
    b->cfg->blocks[header].is_header = FAULT(no_loops, found, false);
}

/* A loop entered other than by its header counts as none. Members are taken before their header. */
static void dissolve_irreducible(struct builder *b)
{
    uint32_t *outermost = array_of(b, UINT32_MAX); /* by header: as `entry`, over all members */

    for (uint32_t i = b->reached; i-- > 0;) {
        uint32_t at = b->preorder[i], loop = b->loop[at];
        uint32_t entry = b->entry[at] < outermost[at] ? b->entry[at] : outermost[at];
        if (outermost[at] <= b->number[at]) {
            b->cfg->blocks[at].is_header = false;
            b->cfg->irreducible = true;
        }
        if (loop != CFG_NONE && entry <= b->number[loop] && entry < outermost[loop])
            outermost[loop] = entry;
    }
    for (uint32_t i = 0; i < b->reached; i++) {
        uint32_t at = b->preorder[i], loop = b->loop[at];
        if (loop != CFG_NONE && !b->cfg->blocks[loop].is_header)
            loop = b->loop[at] = b->loop[loop];
        struct cfg_block *block = &b->cfg->blocks[at];
        block->depth = (loop == CFG_NONE ? 0 : b->cfg->blocks[loop].depth) + block->is_header;
        block->loop = block->is_header ? at : loop;
        block->outer = loop;
    }
}

/* ---- The order ----
 *
 * In a reverse postorder a header stands before the rest of its loop, and every block before what
 * follows it. So it stays one when each loop is drawn together to where its header stands. */
static void order(struct builder *b)
{
    uint32_t *first = array_of(b, CFG_NONE), *next = array_of(b, CFG_NONE), top = CFG_NONE;
    uint32_t *out = arena_array_of(b->arena, b->reached, uint32_t), *stack = array_of(b, 0);
    uint32_t depth = 0, count = 0;

    for (uint32_t i = 0; i < b->reached; i++) { /* the last one is put in front first */
        uint32_t at = b->postorder[i];
        uint32_t *list = b->loop[at] == CFG_NONE ? &top : &first[b->loop[at]];
        next[at] = *list;
        *list = at;
    }
    if (top != CFG_NONE)
        stack[depth++] = top;
    while (depth) {
        uint32_t at = stack[depth - 1];
        b->cfg->blocks[at].order = count;
        out[count++] = at;
        depth--;
        if (next[at] != CFG_NONE)
            stack[depth++] = next[at];
        if (first[at] != CFG_NONE)
            stack[depth++] = first[at];
    }
    b->cfg->order = out;
    b->cfg->order_count = count;
}

const struct cfg *cfg_build(struct arena *arena, const struct prog *prog, uint32_t func)
{
    struct cfg *cfg = arena_new_of(arena, struct cfg);
    struct builder b = { .arena = arena, .prog = prog, .func = &prog->funcs[func], .cfg = cfg };

    split(&b);
    b.number = array_of(&b, UINT32_MAX);
    b.last = array_of(&b, UINT32_MAX);
    b.preorder = array_of(&b, 0);
    b.postorder = array_of(&b, 0);
    b.loop = array_of(&b, CFG_NONE);
    b.entry = array_of(&b, UINT32_MAX);
    b.deferred = array_of(&b, CFG_NONE);
    b.into = array_of(&b, CFG_NONE);
    walk(&b);
    find_preds(&b);
    b.merged = array_of(&b, 0);
    for (uint32_t i = 0; i < cfg->count; i++)
        b.merged[i] = i;
    uint32_t *list = array_of(&b, 0);
    for (uint32_t i = b.reached; i-- > 0;) {
        see_deferred(&b, b.preorder[i]);
        collapse(&b, b.preorder[i], list);
    }
    dissolve_irreducible(&b);
    order(&b);
    return cfg;
}
