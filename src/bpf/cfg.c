/* SPDX-License-Identifier: Apache-2.0 */
/* The control-flow graph.
 *
 * Loops: P. Havlak, "Nesting of Reducible and Irreducible Loops" (1997), as corrected by
 * G. Ramalingam, "Identifying Loops in Almost Linear Time" (1999): headers are taken in reverse
 * preorder, their bodies found by walking back from the latches over collapsed inner loops; an edge
 * between different branches of the depth-first tree is seen at their lowest common ancestor. */
#include "bpf/cfg.h"
#include "base/planted.h"
#include <string.h>

/* Of a block, while the graph is made. */
struct visit {
    uint32_t number; /* in the preorder of the depth-first walk; UINT32_MAX: not reached */
    uint32_t tried;  /* edges that the walk has followed */
    uint32_t parent; /* in its tree */
    uint32_t merged; /* union-find: in the walk from a block that it has left towards the nearest
                      * ancestor that it has not; then towards the header of the outermost loop
                      * collapsed so far */
    uint32_t loop;   /* innermost loop of any kind */
    uint32_t entry;  /* preorder number of the outermost loop that an edge enters at this block
                      * from outside, the block not being its header; UINT32_MAX: none */
    union {
        struct {
            uint32_t into;     /* edges into it that are seen: the first */
            uint32_t deferred; /* edges to be seen when it is taken as a header: the first */
        };
        uint32_t outermost; /* of a header, when loops are found: as `entry`, over all members */
        struct {
            uint32_t first, next; /* of a header, in the end: its loop's blocks; the next block */
        };
    };
};

struct builder {
    struct arena *arena, *scratch;
    const struct prog *prog;
    const struct func *func;
    struct cfg *cfg;
    struct cfg_block *blocks;
    uint32_t *block_at; /* by slot - func->start: the block that begins there */

    struct visit *visits;           /* by block */
    uint32_t *preorder, *postorder; /* of the walk */
    uint32_t reached;               /* blocks in these */
    uint32_t *next_edge;            /* by edge: the next in its list; 2 * the block it leaves, + 1
                                     * if it is the jump */
    bool has_latch;                 /* some edge goes to an ancestor */
};

/* ---- Blocks ---- */

static void mark(struct builder *b, int64_t slot)
{
    uint64_t at = (uint64_t)slot - b->func->start;
    if (at >= b->func->count || b->block_at[at] != CFG_NONE)
        return;
    b->block_at[at] = 0;
    b->cfg->count++;
}

static uint32_t block_of(const struct builder *b, int64_t slot)
{
    uint64_t at = (uint64_t)slot - b->func->start;
    return at < b->func->count ? b->block_at[at] : CFG_NONE;
}

static void split(struct builder *b)
{
    const struct insn *insns = b->prog->insns;
    uint32_t start = b->func->start, count = b->func->count, blocks = 0;

    b->block_at = arena_array_raw(b->scratch, count, uint32_t);
    memset(b->block_at, 0xff, count * sizeof *b->block_at);
    mark(b, start);
    for (uint32_t at = start; at < start + count; at++)
        if (insn_row(insns[at])->ends_block) {
            mark(b, at + 1);
            if (insn_row(insns[at])->jumps)
                mark(b, insn_target(insns[at], at));
        }
    b->blocks = arena_array_raw(b->arena, b->cfg->count, struct cfg_block);
    for (uint32_t i = 0; i < count; i++)
        if (b->block_at[i] != CFG_NONE) {
            b->blocks[blocks] = (struct cfg_block){ .start = start + i };
            b->block_at[i] = blocks++;
        }
    for (uint32_t i = 0; i < blocks; i++) {
        struct cfg_block *block = &b->blocks[i];
        block->end = i + 1 < blocks ? b->blocks[i + 1].start : start + count;
        struct insn insn = insns[block->end - 1];
        bool falls = insn.id != INSN_EXIT && insn_row(insn)->kind != INSN_KIND_GOTO;
        block->next = falls ? block_of(b, block->end) : CFG_NONE;
        block->jump =
            insn_row(insn)->jumps ? block_of(b, insn_target(insn, block->end - 1)) : CFG_NONE;
        block->order = block->loop = block->outer = CFG_NONE;
    }
}

static uint32_t edge_to(const struct builder *b, uint32_t edge)
{
    return edge & 1 ? b->blocks[edge / 2].jump : b->blocks[edge / 2].next;
}

/* From how many there are of each block, which the walk has counted. */
static void find_preds(struct builder *b)
{
    uint32_t total = 0, *preds;

    for (uint32_t i = 0; i < b->cfg->count; i++) {
        b->blocks[i].first_pred = total;
        total += b->blocks[i].preds;
        b->blocks[i].preds = 0;
    }
    b->cfg->preds = preds = arena_array_raw(b->arena, total, uint32_t);
    for (uint32_t edge = 0; edge < 2 * b->cfg->count; edge++) {
        uint32_t to = edge_to(b, edge);
        if (to != CFG_NONE && b->visits[edge / 2].number != UINT32_MAX)
            preds[b->blocks[to].first_pred + b->blocks[to].preds++] = edge / 2;
    }
}

/* ---- The walk ---- */

static uint32_t find(struct visit *visits, uint32_t i)
{
    while (visits[i].merged != i) {
        visits[i].merged = visits[visits[i].merged].merged;
        i = visits[i].merged;
    }
    return i;
}

static void put_edge(struct builder *b, uint32_t *list, uint32_t edge)
{
    b->next_edge[edge] = *list;
    *list = edge;
}

static void reach(struct builder *b, uint32_t i, uint32_t parent)
{
    b->visits[i] = (struct visit){ .number = b->reached,
                                   .parent = parent,
                                   .merged = i,
                                   .loop = CFG_NONE,
                                   .entry = UINT32_MAX,
                                   .into = CFG_NONE,
                                   .deferred = CFG_NONE };
    b->preorder[b->reached++] = i;
}

/* Depth first, the jump before the fall-through, so that reverse postorder keeps the code's order
 * where it can. An edge to a block already left is deferred to the lowest common ancestor. */
static void walk(struct builder *b)
{
    struct visit *visits = b->visits;
    uint32_t left = 0, at = 0;

    for (uint32_t i = 0; i < b->cfg->count; i++)
        visits[i].number = UINT32_MAX;
    reach(b, 0, CFG_NONE);
    while (at != CFG_NONE) {
        struct visit *visit = &visits[at];
        if (visit->tried == 2) {
            b->postorder[left++] = at;
            if (visit->parent != CFG_NONE)
                visit->merged = visit->parent;
            at = visit->parent;
            continue;
        }
        uint32_t edge = 2 * at + !visit->tried++, to = edge_to(b, edge);
        if (to == CFG_NONE)
            continue;
        b->blocks[to].preds++;
        if (visits[to].number == UINT32_MAX) {
            reach(b, to, at);
            put_edge(b, &visits[to].into, edge);
            at = to;
        } else if (visits[to].merged == to) { /* to an ancestor: a latch, or itself */
            put_edge(b, &visits[to].into, edge);
            b->has_latch = true;
        } else {
            put_edge(b, &visits[find(visits, to)].deferred, edge);
        }
    }
}

/* ---- Loops ---- */

/* Lets the edges deferred to the header be seen. One whose end is collapsed already into a loop
 * that it does not enter by the header makes that loop irreducible. */
static void see_deferred(struct builder *b, uint32_t header)
{
    struct visit *visits = b->visits;
    for (uint32_t edge = visits[header].deferred, next; edge != CFG_NONE; edge = next) {
        struct visit *end = &visits[edge_to(b, edge)],
                     *seen = &visits[find(visits, edge_to(b, edge))];
        next = b->next_edge[edge];
        if (seen != end && seen->number < end->entry)
            end->entry = seen->number;
        put_edge(b, &seen->into, edge);
    }
}

/* A block from which an edge leads to another of the loop is in it, with the loops around it so
 * far. */
static void add_member(struct builder *b, uint32_t header, uint32_t edge, uint32_t *list,
                       uint32_t *count)
{
    uint32_t from = find(b->visits, edge / 2);
    if (from == header || b->visits[from].loop != CFG_NONE)
        return;
    b->visits[from].loop = header;
    list[(*count)++] = from;
}

/* Collapses the loop of which the block is the header, if it is one. Into it lead, so far, a branch
 * of the tree and latches. */
static void collapse(struct builder *b, uint32_t header, uint32_t *list)
{
    struct visit *visits = b->visits;
    uint32_t count = 0;
    bool found = false;

    for (uint32_t edge = visits[header].into; edge != CFG_NONE; edge = b->next_edge[edge])
        if (visits[edge / 2].number >= visits[header].number) {
            found = true;
            add_member(b, header, edge, list, &count);
        }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t edge = visits[list[i]].into; edge != CFG_NONE; edge = b->next_edge[edge])
            add_member(b, header, edge, list, &count);
    for (uint32_t i = 0; i < count; i++)
        visits[list[i]].merged = header;
    b->blocks[header].is_header = FAULT(no_loops, found, false);
}

/* A loop entered other than by its header counts as none. Members are taken before their header. */
static void dissolve_irreducible(struct builder *b)
{
    struct visit *visits = b->visits;

    for (uint32_t i = 0; i < b->reached; i++)
        visits[b->preorder[i]].outermost = UINT32_MAX;
    for (uint32_t i = b->reached; i-- > 0;) {
        uint32_t at = b->preorder[i];
        const struct visit *visit = &visits[at];
        uint32_t entry = visit->entry < visit->outermost ? visit->entry : visit->outermost;
        if (visit->outermost <= visit->number) {
            b->blocks[at].is_header = false;
            b->cfg->irreducible = true;
        }
        if (visit->loop == CFG_NONE)
            continue;
        struct visit *loop = &visits[visit->loop];
        if (entry <= loop->number && entry < loop->outermost)
            loop->outermost = entry;
    }
    for (uint32_t i = 0; i < b->reached; i++) {
        uint32_t at = b->preorder[i], loop = visits[at].loop;
        if (loop != CFG_NONE && !b->blocks[loop].is_header)
            loop = visits[at].loop = visits[loop].loop;
        struct cfg_block *block = &b->blocks[at];
        uint32_t around = loop == CFG_NONE ? 0 : b->blocks[loop].depth;
        block->depth = (around + block->is_header) & INT32_MAX;
        block->loop = block->is_header ? at : loop;
        block->outer = loop;
    }
}

static void find_loops(struct builder *b)
{
    uint32_t *list = arena_array_raw(b->scratch, b->reached, uint32_t);

    for (uint32_t i = 0; i < b->reached; i++)
        b->visits[b->preorder[i]].merged = b->preorder[i];
    for (uint32_t i = b->reached; i-- > 0;) {
        see_deferred(b, b->preorder[i]);
        collapse(b, b->preorder[i], list);
    }
    dissolve_irreducible(b);
}

/* ---- The order ----
 *
 * In a reverse postorder a header stands before the rest of its loop, and every block before what
 * follows it. So it stays one when each loop is drawn together to where its header stands. */
static void order(struct builder *b)
{
    uint32_t *out = arena_array_raw(b->arena, b->reached, uint32_t);
    struct visit *visits = b->visits;
    uint32_t *stack = b->preorder, top = CFG_NONE, depth = 0, count = 0;

    for (uint32_t i = 0; i < b->reached; i++)
        visits[b->postorder[i]].first = CFG_NONE;
    for (uint32_t i = 0; i < b->reached; i++) { /* the last one is put in front first */
        uint32_t at = b->postorder[i], loop = visits[at].loop;
        uint32_t *list = loop == CFG_NONE ? &top : &visits[loop].first;
        visits[at].next = *list;
        *list = at;
    }
    stack[depth++] = top;
    while (depth) {
        uint32_t at = stack[--depth];
        b->blocks[at].order = count;
        out[count++] = at;
        if (visits[at].next != CFG_NONE)
            stack[depth++] = visits[at].next;
        if (visits[at].first != CFG_NONE)
            stack[depth++] = visits[at].first;
    }
    b->cfg->order = out;
    b->cfg->order_count = count;
}

const struct cfg *cfg_build(struct arena *arena, struct arena *scratch, const struct prog *prog,
                            uint32_t func)
{
    struct cfg *cfg = arena_new_of(arena, struct cfg);
    struct arena_mark mark = arena_mark(scratch);
    struct builder b = {
        .arena = arena, .scratch = scratch, .prog = prog, .func = &prog->funcs[func], .cfg = cfg
    };

    split(&b);
    b.visits = arena_array_raw(scratch, cfg->count, struct visit);
    b.preorder = arena_array_raw(scratch, cfg->count, uint32_t);
    b.postorder = arena_array_raw(scratch, cfg->count, uint32_t);
    b.next_edge = arena_array_raw(scratch, 2 * (size_t)cfg->count, uint32_t);
    walk(&b);
    find_preds(&b);
    if (b.has_latch)
        find_loops(&b);
    order(&b);
    cfg->blocks = b.blocks;
    arena_reset(scratch, mark);
    return cfg;
}
