/* SPDX-License-Identifier: Apache-2.0 */
/* Spill slots: the same scan as for registers, over the values that got none, with as many slots as
 * it takes. */
#include "base/planted.h"
#include "gen/local.h"

enum { UNPLACED = UINT32_MAX };

struct slots {
    struct gen *gen;
    uint32_t *busy; /* by slot: 1 + the block in which it is taken, else free */
    uint32_t stamp; /* 1 + the block */
    uint32_t next;  /* no slot below is free, but those in `freed` */
    struct vec(uint32_t) freed;
    uint32_t count; /* slots used at all */
};

static bool is_spilled(const struct gen *gen, uint32_t value)
{
    return gen->needed[value] && gen->home[value] == REG_NONE && !is_cheap(gen, value);
}

static void give(struct slots *s, uint32_t value)
{
    uint32_t slot;
    if (s->freed.count) {
        slot = s->freed.at[--s->freed.count];
    } else {
        while (s->busy[s->next] == s->stamp)
            s->next++;
        slot = s->next++;
    }
    s->busy[slot] = s->stamp;
    s->gen->slot[value] = slot;
    if (slot >= s->count)
        s->count = slot + 1;
}

static void release(struct slots *s, uint32_t value, uint32_t node)
{
    if (!is_spilled(s->gen, value) || s->gen->last[value] != node ||
        s->busy[s->gen->slot[value]] != s->stamp)
        return;
    s->busy[s->gen->slot[value]] = 0;
    vec_push(s->gen->arena, &s->freed, s->gen->slot[value]);
}

static void give_block(struct slots *s, uint32_t b)
{
    struct gen *gen = s->gen;
    const struct block *block = &gen->fn->blocks.at[b];
    uint32_t values[USES_MAX], i, end = block->first + block->count;
    s->stamp = b + 1;
    s->next = 0;
    s->freed.count = 0;
    live_block(gen, b);
    for (uint32_t k = gen->live_first[b]; k < gen->live_first[b + 1]; k++)
        if (is_spilled(gen, gen->live_in[k]))
            s->busy[gen->slot[gen->live_in[k]]] = s->stamp;
    /* Phis, and the parameters, are all made at once. */
    for (i = block->first; i < end; i++) {
        uint8_t op = gen->fn->nodes.at[i].op;
        if (op != IR_PHI && op != IR_PARAM && op != IR_NOP)
            break;
        if (is_spilled(gen, i))
            give(s, i);
    }
    for (uint32_t k = block->first; k < i; k++)
        release(s, k, k);
    for (; i < end; i++) {
        uint32_t count = live_uses(gen, i, values);
        for (uint32_t k = 0; k < count; k++)
            release(s, values[k], i);
        if (is_spilled(gen, i)) {
            give(s, i);
            release(s, i, i);
        }
    }
}

void gen_slots(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    struct slots s = { .gen = gen };
    uint32_t spilled = 0;
    gen->slot = arena_array_of(gen->arena, fn->nodes.count, uint32_t);
    for (uint32_t i = 0; i < fn->nodes.count; i++)
        spilled += is_spilled(gen, i);
    if (!spilled)
        return;
    s.busy = arena_array_of(gen->arena, (size_t)spilled + 1, uint32_t);
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        give_block(&s, b);
    gen->frame.slots =
        s.count + FAULT(slot_for_cycles, 1, 0); /* the last one is for moves in a cycle */
}
