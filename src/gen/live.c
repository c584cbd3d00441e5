/* SPDX-License-Identifier: Apache-2.0 */
/* Liveness: for each block the exact list of values that live at its start. From each use in
 * another block than the definition's, the value is marked on the way up; each (value, block) is
 * visited once, so the work is the size of the result.
 *
 * A phi's operand is used at the end of the predecessor; a phi is made at the start of its block
 * and not in its list. */
#include "base/planted.h"
#include "gen/local.h"

struct mark { /* a value lives at the block's start */
    uint32_t value, block;
};

struct live {
    struct gen *gen;
    const struct block *blocks;
    const uint32_t *edges;
    struct counter {
        uint32_t seen;  /* 1 + the value last marked there */
        uint32_t count; /* of values marked */
        uint32_t edges; /* to it, so far */
    } *counters;        /* by block */
    struct vec(struct mark) marks;
};

/* The value lives at the block's start, unless the block makes it. */
static inline void enter(struct live *live, uint32_t value, uint32_t b)
{
    const struct block *block = &live->blocks[b];
    struct counter *counter = &live->counters[b];
    if (value - block->first < block->count || counter->seen == value + 1)
        return;
    counter->seen = value + 1;
    counter->count++;
    vec_push(live->gen->arena, &live->marks, (struct mark){ value, b });
}

static void mark(struct live *live, uint32_t value)
{
    const struct gen *gen = live->gen;
    uint32_t next = live->marks.count;
    for (uint32_t c = gen->crossing[value]; c; c = gen->crossings.at[c].next)
        enter(live, value, gen->crossings.at[c].block);
    for (; next < live->marks.count; next++) {
        const struct block *block = &live->blocks[live->marks.at[next].block];
        const uint32_t *pred = live->edges + block->preds;
        for (uint32_t left = FAULT(live_one_pred, block->pred_count, 1); left; left--)
            enter(live, value, *pred++);
    }
}

static void number_edges(struct live *live)
{
    struct gen *gen = live->gen;
    const struct fn *fn = gen->fn;
    gen->edge_pred = arena_array_raw(gen->arena, (size_t)fn->edges.count + 1, uint32_t);
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        for (uint32_t i = block->succs; i < block->succs + block->succ_count; i++)
            gen->edge_pred[i] = live->counters[fn->edges.at[i]].edges++;
    }
}

/* By block, one behind the other: they are gone through several times. */
static void group(struct live *live)
{
    struct gen *gen = live->gen;
    uint32_t blocks = gen->fn->blocks.count, total = 0;
    gen->lives = arena_array_raw(gen->arena, live->marks.count, uint32_t);
    for (uint32_t b = 0; b < blocks; b++)
        gen->begin[b].lives = total += live->counters[b].count;
    gen->begin[blocks].lives = total;
    for (uint32_t i = live->marks.count; i-- > 0;)
        gen->lives[--gen->begin[live->marks.at[i].block].lives] = live->marks.at[i].value;
}

void gen_live(struct gen *gen)
{
    struct live live = { .gen = gen, .blocks = gen->fn->blocks.at, .edges = gen->fn->edges.at };
    live.counters = arena_array_of(gen->arena, gen->fn->blocks.count, struct counter);
    number_edges(&live);
    for (uint32_t i = 0; i < gen->crossers.count; i++)
        mark(&live, gen->crossers.at[i]);
    group(&live);
}
