/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "phis": a phi whose operands are one value, or the phi itself, is that value. One that goes
 * may make others go that it is an operand of; each operand is looked at once, since what was found
 * equal stays so. */
#include "ir/local.h"

struct state {      /* of a phi: how far its operands are known to be one value */
    uint32_t seen;  /* operands looked at */
    uint32_t value; /* what they all are, or the phi, or NO_VALUE */
    uint32_t users; /* first in `user` of the phis that it is an operand of */
};

struct phis {
    struct fn *fn;
    uint32_t *with; /* by value: what stands for it */
    struct state *state;
    uint32_t *user; /* phis by operand, grouped */
    struct vec(uint32_t) work;
};

static uint32_t find(struct phis *p, uint32_t value)
{
    while (p->with[value] != value) {
        p->with[value] = p->with[p->with[value]];
        value = p->with[value];
    }
    return value;
}

static bool is_phi(const struct fn *fn, uint32_t value)
{
    return fn->nodes.at[value].op == IR_PHI;
}

static void group_users(struct phis *p)
{
    const struct fn *fn = p->fn;
    uint32_t total = 0;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < fn->nodes.count; i++) {
            const struct node *node = &fn->nodes.at[i];
            for (uint32_t k = 0; is_phi(fn, i) && k < node->list.count; k++) {
                uint32_t in = fn->lists.at[node->list.first + k];
                if (!is_phi(fn, in))
                    continue;
                if (round)
                    p->user[--p->state[in].users] = i;
                else
                    p->state[in].users++;
            }
        }
        for (uint32_t i = 0; !round && i < fn->nodes.count; i++)
            total = p->state[i].users += total;
        if (!round)
            p->user = arena_array_of(fn->arena, (size_t)total + 1, uint32_t);
    }
    p->state[fn->nodes.count].users = total;
}

/* Looks at further operands, until two differ. True: all are one value. */
static bool is_one(struct phis *p, uint32_t phi)
{
    struct state *state = &p->state[phi];
    const struct node *node = &p->fn->nodes.at[phi];
    if (state->value != NO_VALUE) {
        state->value = find(p, state->value);
        if (state->value == phi)
            state->value = NO_VALUE;
    }
    for (; state->seen < node->list.count; state->seen++) {
        uint32_t in = find(p, p->fn->lists.at[node->list.first + state->seen]);
        if (in == phi || in == state->value)
            continue;
        if (state->value != NO_VALUE)
            return false;
        state->value = in;
    }
    return state->value != NO_VALUE;
}

/* Whether a phi is one value as it stands. */
static bool is_trivial(const struct fn *fn, uint32_t phi)
{
    const struct node *node = &fn->nodes.at[phi];
    uint32_t value = NO_VALUE;
    for (uint32_t k = 0; k < node->list.count; k++) {
        uint32_t in = fn->lists.at[node->list.first + k];
        if (in == phi || in == value)
            continue;
        if (value != NO_VALUE)
            return false;
        value = in;
    }
    return true;
}

/* Without one that is there is nothing to begin with; so it is in most functions. */
static bool has_trivial(const struct fn *fn)
{
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        for (uint32_t i = block->first; i < block->first + block->count; i++) {
            if (fn->nodes.at[i].op == IR_PHI && is_trivial(fn, i))
                return true;
            if (fn->nodes.at[i].op != IR_PHI && fn->nodes.at[i].op != IR_NOP)
                break;
        }
    }
    return false;
}

void phis_run(struct fn *fn)
{
    struct phis p = { .fn = fn };
    if (!has_trivial(fn))
        return;
    p.with = arena_array_of(fn->arena, fn->nodes.count, uint32_t);
    p.state = arena_array_of(fn->arena, (size_t)fn->nodes.count + 1, struct state);
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        p.with[i] = i;
        p.state[i].value = NO_VALUE;
        if (is_phi(fn, i))
            vec_push(fn->arena, &p.work, i);
    }
    group_users(&p);
    while (p.work.count) {
        uint32_t phi = p.work.at[--p.work.count];
        if (p.with[phi] != phi || !is_one(&p, phi))
            continue;
        pass_found(PASS_PHIS);
        p.with[phi] = p.state[phi].value;
        for (uint32_t i = p.state[phi].users; i < p.state[phi + 1].users; i++)
            vec_push(fn->arena, &p.work, p.user[i]);
    }
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        uint32_t count;
        if (p.with[i] != i) {
            fn->nodes.at[i] = (struct node){ .op = IR_NOP, .insn = fn->nodes.at[i].insn };
            continue;
        }
        uint32_t *in = node_operands(fn, &fn->nodes.at[i], &count);
        for (uint32_t k = 0; k < count; k++)
            in[k] = find(&p, in[k]);
    }
}
