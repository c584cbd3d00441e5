/* SPDX-License-Identifier: Apache-2.0 */
/* Pruning: a path ends where a kept state, all of whose paths are walked, covers it: whatever is
 * reachable from here was found safe from there.
 *
 * Kept states on the current path itself are not finished. Where one equals the current state, the
 * path repeats for ever. Where it leads through a may_goto, or back from a helper's callback to
 * the same call of it, which end by themselves, one that covers the current state in every number
 * (not only in those that matter so far) ends the path, too; then every number of both matters, so
 * that later marks cannot undo that. There, numbers that keep changing are given up, so that the
 * repetition converges. */
#include "verify/local.h"

enum { IDS = 64, WIDEN_ALL_AFTER = 4, MILESTONE = 256, UNFINISHED_MAX = 64 };

struct comparison {
    const struct state *old, *now;
    bool exact; /* every number counts */
    struct id_pair {
        uint32_t old, now;
    } ids[IDS];
    uint32_t id_count;
};

/* Ids mean the same in both states if they correspond one to one. */
static bool same_id(struct comparison *c, uint32_t old, uint32_t now)
{
    if (!old || !now)
        return !old && !now;
    for (uint32_t i = 0; i < c->id_count; i++)
        if (c->ids[i].old == old || c->ids[i].now == now)
            return c->ids[i].old == old && c->ids[i].now == now;
    if (c->id_count == IDS)
        return false;
    c->ids[c->id_count++] = (struct id_pair){ old, now };
    return true;
}

/* Ties of the old state must hold now; more of them do no harm. */
static bool same_tie(struct comparison *c, uint32_t old, uint32_t now)
{
    if (!old)
        return true;
    if (old == ID_LENGTH || now == ID_LENGTH)
        return old == now;
    if (!now)
        return false;
    for (uint32_t i = 0; i < c->id_count; i++)
        if (c->ids[i].old == old)
            return c->ids[i].now == now;
    if (c->id_count == IDS)
        return false;
    c->ids[c->id_count++] = (struct id_pair){ old, now };
    return true;
}

static bool covers_number(struct comparison *c, const struct reg *old, const struct reg *now)
{
    if (!c->exact && !(old->flags & REG_PRECISE))
        return true;
    return scalar_covers(old->num, now->num) && same_tie(c, old->id, now->id);
}

static bool covers_reg(struct comparison *c, const struct reg *old, const struct reg *now)
{
    const uint8_t ends = REG_AT_END | REG_BEYOND; /* knowing more does no harm */
    uint8_t flags = (old->flags ^ now->flags) & (uint8_t)~(REG_PRECISE | ends);

    if (old->kind == REG_NONE)
        return true;
    if (old->kind != now->kind)
        return false;
    if (old->kind == REG_SCALAR)
        return covers_number(c, old, now);
    return !flags && !(old->flags & ends & ~now->flags) && old->frame == now->frame &&
           old->of == now->of && old->off == now->off && old->range <= now->range &&
           same_id(c, old->id, now->id) && same_id(c, old->ref, now->ref) &&
           scalar_covers(old->num, now->num);
}

static bool covers_byte(const struct comparison *c, const struct slot *old, const struct slot *now,
                        unsigned i)
{
    bool matters = c->exact || old->reg.flags & REG_PRECISE;

    switch (old->bytes[i]) {
    case BYTE_NONE: return true;
    case BYTE_MISC:
        return now->bytes[i] != BYTE_NONE &&
               (now->bytes[i] != BYTE_SPILL || now->reg.kind == REG_SCALAR);
    case BYTE_ZERO: return now->bytes[i] == BYTE_ZERO;
    default: /* part of a number that does not matter: any number will do */
        return now->bytes[i] == BYTE_SPILL ||
               (old->reg.kind == REG_SCALAR && !matters && now->bytes[i] != BYTE_NONE);
    }
}

static bool covers_slot(struct comparison *c, const struct slot *old, const struct slot *now)
{
    for (unsigned i = 0; i < 8; i++)
        if (!covers_byte(c, old, now, i))
            return false;
    if (old->bytes[0] != BYTE_SPILL || now->bytes[0] != BYTE_SPILL)
        return true;
    for (unsigned i = 1; i < 8; i++)
        if ((old->bytes[i] == BYTE_SPILL) != (now->bytes[i] == BYTE_SPILL))
            return old->reg.kind == REG_SCALAR && now->reg.kind == REG_SCALAR && !c->exact &&
                   !(old->reg.flags & REG_PRECISE);
    return covers_reg(c, &old->reg, &now->reg);
}

static bool covers_frame(struct comparison *c, const struct frame *old, const struct frame *now)
{
    static const struct slot never;

    if (old->func != now->func || old->call != now->call || old->is_callback != now->is_callback)
        return false;
    for (unsigned r = 0; r < 10; r++)
        if (!covers_reg(c, &old->regs[r], &now->regs[r]))
            return false;
    for (uint32_t i = 0; i < old->slot_count; i++)
        if (!covers_slot(c, &old->slots[i], i < now->slot_count ? &now->slots[i] : &never))
            return false;
    return true;
}

static bool covers(const struct state *old, const struct state *now, bool exact)
{
    struct comparison c;

    c.old = old, c.now = now, c.exact = exact, c.id_count = 0;
    if (old->depth != now->depth || old->ref_count != now->ref_count || old->length > now->length)
        return false;
    for (uint32_t i = old->depth; i-- > 0;) /* the running one differs most often */
        if (!covers_frame(&c, old->frames[i], now->frames[i]))
            return false;
    for (uint32_t i = 0; i < old->ref_count; i++)
        if (!same_id(&c, old->refs[i], now->refs[i]))
            return false;
    return true;
}

static uint32_t chain_hash(const struct state *state)
{
    uint64_t hash = state->depth << 8 | state->ref_count;

    for (uint32_t i = 0; i < state->depth; i++)
        hash = hash_mix(hash ^ state->frames[i]->call);
    return (uint32_t)hash;
}

/* ---- What a covering state's marks mean for the current path ---- */

static struct places marked_places(const struct state *kept, bool all)
{
    struct places places = { 0 };

    for (unsigned f = 0; f < kept->depth; f++) {
        const struct frame *frame = kept->frames[f];
        for (unsigned r = 0; r < 10; r++)
            if (frame->regs[r].kind == REG_SCALAR && (all || frame->regs[r].flags & REG_PRECISE))
                places.regs[f] |= (uint16_t)(1u << r);
        for (unsigned i = 0; i < frame->slot_count; i++)
            if (frame->slots[i].bytes[0] == BYTE_SPILL && frame->slots[i].reg.kind == REG_SCALAR &&
                (all || frame->slots[i].reg.flags & REG_PRECISE))
                places.slots[f] |= (uint64_t)1 << i;
    }
    return places;
}

static void mark_all(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    (void)frame, (void)place, (void)user;
    if (reg->kind == REG_SCALAR)
        reg->flags |= REG_PRECISE;
}

/* The kept state, unfinished, covers the current one: from now on each of its numbers matters, on
 * the way to it and on the way from it to here. */
static void note_convergence(struct node *node)
{
    for (; node && !node->converges; node = node->parent)
        node->converges = true;
}

static void converge(struct verifier *v, struct node *node, const struct state *state)
{
    struct places places = marked_places(node->kept, true), here = places;
    struct state before = *node->kept;

    state_each(node->kept, mark_all, NULL);
    before.node = node->parent;
    if (before.node)
        precise_mark(v, &before, &places);
    precise_mark(v, state, &here);
    note_convergence(state->node);
}

/* ---- Giving up numbers that keep changing ---- */

static void widen_reg(const struct reg *old, struct reg *now, unsigned bytes, bool all)
{
    if (old->kind != REG_SCALAR || now->kind != REG_SCALAR || (!all && old->flags & REG_PRECISE) ||
        (scalar_covers(old->num, now->num) && (!old->id || old->id == now->id)))
        return;
    *now = reg_scalar(scalar_zext(scalar_any(64), bytes * 8, 64));
}

static unsigned spilled_bytes(const struct slot *slot)
{
    unsigned count = 0;
    while (count < 8 && slot->bytes[count] == BYTE_SPILL)
        count++;
    return count;
}

static void widen(const struct state *old, struct state *now, bool all)
{
    for (uint32_t f = 0; f < now->depth; f++) {
        struct frame *from = old->frames[f], *to = now->frames[f];
        for (unsigned r = 0; r < 10; r++)
            widen_reg(&from->regs[r], &to->regs[r], 8, all);
        for (uint32_t i = 0; i < to->slot_count && i < from->slot_count; i++) {
            unsigned bytes = spilled_bytes(&to->slots[i]);
            if (bytes && bytes == spilled_bytes(&from->slots[i]))
                widen_reg(&from->slots[i].reg, &to->slots[i].reg, bytes, all);
        }
    }
}

/* ---- Keeping ---- */

static struct node *keep(struct verifier *v, struct state *state)
{
    struct node *node = arena_new_of(v->scratch, struct node);

    node->parent = state->node;
    node->kept = state_copy(v, state);
    live_clean(v, node->kept);
    node->first = v->steps.count;
    node->branches = 1;
    state->node = node;
    return node;
}

void prune_milestone(struct verifier *v, struct state *state)
{
    if (state->node->count >= MILESTONE)
        keep(v, state);
}

static void keep_to_compare(struct verifier *v, struct state *state, uint32_t hash)
{
    struct node *node = keep(v, state);

    node->hash = hash;
    node->next = v->kept[state->at];
    v->kept[state->at] = node;
    v->kept_any = v->kept_here[state->at] = (struct kept_count){ v->stats.insns, v->jumps };
    v->stats.states++;
}

/* Forgets a finished state that was compared often and covered seldom. */
static bool drop_useless(struct verifier *v, struct node **place)
{
    struct node *node = *place;

    if (node->misses <= node->hits * 3 + 3)
        return false;
    *place = node->next;
    state_free(v, node->kept);
    node->kept = NULL;
    v->stats.states--;
    return true;
}

/* Whether the rounds from an unfinished state to here are of a kind that ends by itself: each leads
 * through a may_goto, or is one of those of one call of a helper. A loop around such a call is not.
 */
static bool ends_by_itself(const struct state *old, const struct state *now)
{
    bool ends = now->repeats > old->repeats;

    for (uint32_t f = 0; f < old->depth && f < now->depth && !ends; f++)
        ends = old->frames[f]->visit && old->frames[f]->visit == now->frames[f]->visit &&
               now->frames[f]->rounds > old->frames[f]->rounds;
    return ends;
}

/* Whether the unfinished state repeats here. */
static int compare_unfinished(struct verifier *v, struct node *node, struct state *state)
{
    struct state *cleaned;
    bool same;

    if (!covers(node->kept, state, true))
        return PRUNE_GO_ON;
    if (ends_by_itself(node->kept, state)) {
        converge(v, node, state);
        return PRUNE_COVERED;
    }
    cleaned = state_copy(v, state);
    live_clean(v, cleaned);
    same = covers(cleaned, node->kept, true);
    state_free(v, cleaned);
    if (!same)
        return PRUNE_GO_ON;
    return refuse(v, "the loop never ends: nothing changes from one round to the next");
}

/* A state is worth keeping when enough was walked since the last one; within a loop, whose rounds
 * differ, since the last one here. */
static bool worth_keeping(const struct verifier *v, const struct state *state, bool in_loop)
{
    const struct kept_count *here = &v->kept_here[state->at];

    if (v->stats.insns - v->kept_any.insns < 8 || v->jumps - v->kept_any.jumps < 2)
        return false;
    return !in_loop || v->stats.insns - here->insns >= 100 || v->jumps - here->jumps >= 20;
}

/* An older state of the list: its place in the list, to go on from. */
static struct node **forget(struct node **place)
{
    *place = (*place)->next;
    return place;
}

int prune_point(struct verifier *v, struct state *state, bool repeats)
{
    uint32_t hash = chain_hash(state), rounds = 0, unfinished = 0;
    bool add = repeats || worth_keeping(v, state, false);
    struct node **place = &v->kept[state->at], *last = NULL;

    while (*place) {
        struct node *node = *place;
        if (node->hash != hash) {
            place = &node->next;
            continue;
        }
        if (node->branches) {
            int code = compare_unfinished(v, node, state);
            if (code)
                return code;
            if (ends_by_itself(node->kept, state)) {
                last = last ? last : node;
                rounds++;
            }
            add = repeats || (add && worth_keeping(v, state, true));
            place = ++unfinished > UNFINISHED_MAX ? forget(place) : &node->next;
            continue;
        }
        /* A loop that a may_goto before the kept state ends is ended only by as many of them. */
        if ((!node->converges || state->repeats >= node->kept->repeats) &&
            covers(node->kept, state, false)) {
            struct places places = marked_places(node->kept, false);
            node->hits++;
            precise_mark(v, state, &places);
            if (node->converges)
                note_convergence(state->node);
            return PRUNE_COVERED;
        }
        node->misses += add;
        if (!drop_useless(v, place))
            place = &node->next;
    }
    if (repeats && last) {
        widen(last->kept, state, rounds >= WIDEN_ALL_AFTER);
        if (covers(last->kept, state, true)) {
            converge(v, last, state);
            return PRUNE_COVERED;
        }
    }
    if (add)
        keep_to_compare(v, state, hash);
    return PRUNE_GO_ON;
}
