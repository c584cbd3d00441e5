/* SPDX-License-Identifier: Apache-2.0 */
/* Liveness: for each block the exact list of values that live at its start. From each use in
 * another block than the definition's, the value is marked on the way up; each (value, block) is
 * visited once, so the work is the size of the result.
 *
 * A phi's operand is used at the end of the predecessor; a phi is made at the start of its block
 * and not in its list. */
#include "base/planted.h"
#include "gen/local.h"

uint32_t live_uses(const struct gen *gen, uint32_t node, uint32_t values[USES_MAX])
{
    const struct inst *inst = &gen->insts[node];
    uint32_t count = 0;
    if (!inst->rule)
        return 0;
    for (unsigned i = 0; i < 4; i++)
        if (inst->use[i] != NO_VALUE && gen->needed[inst->use[i]])
            values[count++] = inst->use[i];
    if (rule_of(gen, node)->a == ARGS) {
        uint32_t arg_count;
        const uint32_t *args = call_args(gen->fn, &gen->fn->nodes.at[node], &arg_count);
        for (uint32_t i = 0; i < arg_count; i++)
            if (!is_cheap(gen, args[i]))
                values[count++] = args[i];
    }
    return count;
}

/* Operand of a phi, unless it is made anew on the edge or the phi is not there. */
static uint32_t phi_use(const struct gen *gen, uint32_t phi, uint32_t pred)
{
    const struct node *node = &gen->fn->nodes.at[phi];
    uint32_t value = gen->fn->lists.at[node->list.first + pred];
    return gen->needed[phi] && !is_cheap(gen, value) ? value : NO_VALUE;
}

struct crossing {
    uint32_t value, block;
};

struct live {
    struct gen *gen;
    const struct fn *fn;
    uint32_t *block_of;                    /* by node */
    struct vec(struct crossing) crossings; /* uses in another block than the definition's */
    struct vec(struct crossing) lives;
    uint32_t *seen; /* by block: 1 + the value last marked there */
    struct vec(uint32_t) stack;
};

static void use(struct live *live, uint32_t value, uint32_t block)
{
    if (live->block_of[value] != block)
        vec_push(live->gen->arena, &live->crossings, (struct crossing){ value, block });
}

static void collect(struct live *live)
{
    const struct fn *fn = live->fn;
    uint32_t values[USES_MAX];
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        for (uint32_t i = block->first; i < block->first + block->count; i++) {
            if (fn->nodes.at[i].op == IR_PHI) {
                for (uint32_t p = 0; p < block->pred_count; p++) {
                    uint32_t value = phi_use(live->gen, i, p);
                    if (value != NO_VALUE)
                        use(live, value, fn->edges.at[block->preds + p]);
                }
                continue;
            }
            uint32_t count = live_uses(live->gen, i, values);
            for (uint32_t k = 0; k < count; k++)
                use(live, values[k], b);
        }
    }
}

static void mark(struct live *live, uint32_t value, uint32_t block)
{
    const struct fn *fn = live->fn;
    live->stack.count = 0;
    vec_push(live->gen->arena, &live->stack, block);
    while (live->stack.count) {
        uint32_t b = live->stack.at[--live->stack.count];
        if (b == live->block_of[value] || live->seen[b] == value + 1)
            continue;
        live->seen[b] = value + 1;
        vec_push(live->gen->arena, &live->lives, (struct crossing){ value, b });
        for (uint32_t p = 0; p < FAULT(live_one_pred, fn->blocks.at[b].pred_count, 1); p++)
            vec_push(live->gen->arena, &live->stack, fn->edges.at[fn->blocks.at[b].preds + p]);
    }
}

/* Indices of pairs in the order of key[0 .. keys), stable. */
static uint32_t *sorted(struct arena *arena, const struct crossing *at, uint32_t count,
                        uint32_t keys, bool by_block, uint32_t **starts)
{
    uint32_t *first = arena_array_of(arena, (size_t)keys + 2, uint32_t);
    uint32_t *order = arena_array_of(arena, (size_t)count + 1, uint32_t);
    for (uint32_t i = 0; i < count; i++)
        first[(by_block ? at[i].block : at[i].value) + 2]++;
    for (uint32_t k = 0; k < keys; k++)
        first[k + 2] += first[k + 1];
    for (uint32_t i = 0; i < count; i++)
        order[first[(by_block ? at[i].block : at[i].value) + 1]++] = i;
    *starts = first;
    return order;
}

static void number_edges(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    gen->edge_pred = arena_array_of(gen->arena, (size_t)fn->edges.count + 1, uint32_t);
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        for (uint32_t p = 0; p < block->pred_count; p++) {
            const struct block *pred = &fn->blocks.at[fn->edges.at[block->preds + p]];
            for (uint32_t i = 0; i < pred->succ_count; i++)
                if (fn->edges.at[pred->succs + i] == b)
                    gen->edge_pred[pred->succs + i] = p;
        }
    }
}

void gen_live(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    struct live live = { .gen = gen, .fn = fn };
    uint32_t *order, *starts;
    number_edges(gen);
    gen->last = arena_array_of(gen->arena, fn->nodes.count, uint32_t);
    live.block_of = arena_array_of(gen->arena, fn->nodes.count, uint32_t);
    live.seen = arena_array_of(gen->arena, fn->blocks.count, uint32_t);
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        for (uint32_t i = 0; i < fn->blocks.at[b].count; i++)
            live.block_of[fn->blocks.at[b].first + i] = b;
    collect(&live);
    order = sorted(gen->arena, live.crossings.at, live.crossings.count, fn->nodes.count, false,
                   &starts);
    for (uint32_t i = 0; i < live.crossings.count; i++) {
        struct crossing c = live.crossings.at[order[i]];
        mark(&live, c.value, c.block);
    }
    order = sorted(gen->arena, live.lives.at, live.lives.count, fn->blocks.count, true,
                   &gen->live_first);
    gen->live_in = order;
    for (uint32_t i = 0; i < live.lives.count; i++)
        order[i] = live.lives.at[order[i]].value;
}

void live_block(struct gen *gen, uint32_t b)
{
    const struct fn *fn = gen->fn;
    const struct block *block = &fn->blocks.at[b];
    uint32_t values[USES_MAX], *last = gen->last;
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        last[i] = i;
        uint32_t count = live_uses(gen, i, values);
        for (uint32_t k = 0; k < count; k++)
            last[values[k]] = i;
    }
    for (uint32_t s = 0; s < block->succ_count; s++) {
        uint32_t to = fn->edges.at[block->succs + s];
        for (uint32_t i = gen->live_first[to]; i < gen->live_first[to + 1]; i++)
            last[gen->live_in[i]] = LAST_OUT;
        const struct block *succ = &fn->blocks.at[to];
        for (uint32_t i = succ->first; i < succ->first + succ->count; i++) {
            if (fn->nodes.at[i].op == IR_NOP)
                continue;
            if (fn->nodes.at[i].op != IR_PHI)
                break;
            uint32_t value = phi_use(gen, i, gen->edge_pred[block->succs + s]);
            if (value != NO_VALUE)
                last[value] = LAST_OUT;
        }
    }
}
