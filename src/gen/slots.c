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
    return is_needed(gen, value) && gen->home[value] == REG_NONE && !is_cheap(gen, value);
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

/* A value is not needed any more. */
static void release(struct slots *s, uint32_t value)
{
    if (!is_spilled(s->gen, value) || s->busy[s->gen->slot[value]] != s->stamp)
        return;
    s->busy[s->gen->slot[value]] = 0;
    vec_push(s->gen->arena, &s->freed, s->gen->slot[value]);
}

static void give_inst(struct slots *s, const struct inst *inst)
{
    uint32_t node = inst->node;
    const struct rule *rule = rule_of(s->gen, inst);
    EACH_BIT(i, inst->ends)
    release(s, inst->use[i]);
    if (rule->a == ARGS) {
        uint32_t count;
        const uint32_t *args = call_args(s->gen->fn, &s->gen->fn->nodes.at[node], &count);
        EACH_BIT(i, inst->args_ends)
        release(s, args[i]);
    }
    if (is_spilled(s->gen, node)) {
        give(s, node);
        if (s->gen->wants[node] & DIES)
            release(s, node);
    }
}

static void give_block(struct slots *s, uint32_t b)
{
    struct gen *gen = s->gen;
    s->stamp = b + 1;
    s->next = 0;
    s->freed.count = 0;
    EACH_LIFE(gen, b, value)
    if (is_spilled(gen, value))
        s->busy[gen->slot[value]] = s->stamp;
    EACH_PARAM(gen, b, value) /* all made at once */
    if (is_spilled(gen, value))
        give(s, value);
    EACH_PARAM(gen, b, value)
    if (gen->wants[value] & DIES)
        release(s, value);
    EACH_INST(gen, b, inst)
    give_inst(s, inst);
}

void gen_slots(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    struct slots s = { .gen = gen };
    if (!gen->spilled)
        return;
    gen->slot = arena_array_raw(gen->arena, fn->nodes.count, uint32_t);
    s.busy = arena_array_of(gen->arena, (size_t)gen->spilled + 1, uint32_t);
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        give_block(&s, b);
    gen->frame.slots =
        s.count + FAULT(slot_for_cycles, 1, 0); /* the last one is for moves in a cycle */
}
