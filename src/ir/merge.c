/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "merge": stores that may have neighbours wait until something may see them, or the block
 * ends. By then one that is written over is gone, a load of what one stores has its value, and
 * neighbours are one wide store where the wide value is there or is one load: constants, parts of a
 * number, copies of memory, in either order of bytes.
 *
 * What waits overlaps nothing else that waits, and no load behind it has read it. So all of them
 * may be made in any order, behind all loads of the block until then; and as nothing was written
 * since the loads of a copy, one wide load reads what they have read.
 *
 * Two accesses are apart if they lie at different offsets from one base, or in different regions.
 * Regions hold at the verified level only; without them other bases are never apart. */
#include "base/planted.h"
#include "ir/local.h"
#include <string.h>

/* ---- Places ---- */

static struct location location_of(const struct fn *fn, const struct node *node)
{
    enum { DEPTH = 4, DATA = UINT32_C(1) << 31 };
    struct location place = { node->in[0], node->imm, node->width / 8u, node->region };
    const struct node *base = &fn->nodes.at[place.root];
    for (unsigned depth = 0;
         depth < DEPTH && base->op == IR_ADD && base->width == 64 && is_const(fn, base->in[1]);
         depth++) {
        place.offset = (int64_t)((uint64_t)place.offset + (uint64_t)fn->nodes.at[base->in[1]].imm);
        place.root = base->in[0];
        base = &fn->nodes.at[place.root];
    }
    if (base->op == IR_SYMBOL && base->symbol.kind == SYMBOL_MAP_DATA) {
        place.offset = (int64_t)((uint64_t)place.offset + (uint64_t)base->imm);
        place.root = DATA | base->symbol.index;
    }
    return place;
}

static bool is_data(const struct location *place)
{
    return place->root >> 31;
}

enum relation { APART, MAY_MEET, OVERLAPS, COVERS };

/* How `a` lies to `b`; COVERS: it holds all of it. */
static enum relation relate(const struct location *a, const struct location *b)
{
    uint64_t ahead = (uint64_t)b->offset - (uint64_t)a->offset;
    if (a->root != b->root)
        return (is_data(a) && is_data(b)) || !(regions_meeting(a->region) >> b->region & 1)
                   ? APART
                   : MAY_MEET;
    if (ahead < a->size)
        return ahead + b->size <= a->size ? COVERS : OVERLAPS;
    return 0 - ahead < b->size ? OVERLAPS : APART;
}

/* ---- What neighbours store together ---- */

struct run { /* of waiting stores, by address */
    struct maker *maker;
    const struct waiting *first;
    unsigned count, width; /* bits */
};

static const struct node *stored(const struct run *run, unsigned i)
{
    return &run->maker->fn->nodes.at[run->first[i].value];
}

static unsigned bits_of(const struct run *run, unsigned i)
{
    return 8u * run->first[i].at.size;
}

static uint32_t all_constant(const struct run *run)
{
    bool big = run->maker->fn->big;
    uint64_t value = 0;
    for (unsigned n = 0; n < run->count; n++) {
        unsigned i = FAULT(merged_constants, big, !big) ? n : run->count - 1 - n;
        if (stored(run, i)->op != IR_CONST)
            return NO_VALUE;
        value = value << bits_of(run, i) |
                ((uint64_t)stored(run, i)->imm & (UINT64_MAX >> (64 - bits_of(run, i))));
    }
    return maker_const(run->maker, value);
}

/* The number that a value is a part of, and from which bit on; `end`: up to where it is that. */
static uint32_t whole_of(const struct fn *fn, uint32_t value, unsigned *from, unsigned *end)
{
    const struct node *node = &fn->nodes.at[value];
    *from = 0;
    *end = 64;
    if (node->op != IR_SHR || !is_const(fn, node->in[1]))
        return value;
    *from = (unsigned)fn->nodes.at[node->in[1]].imm & (node->width - 1u);
    *end = node->width;
    return node->in[0];
}

/* Parts of one number; `little`: the lowest stands first. */
static uint32_t all_parts(const struct run *run, bool little)
{
    const struct fn *fn = run->maker->fn;
    uint32_t lowest = run->first[little ? 0 : run->count - 1].value;
    unsigned from, end, at;
    uint32_t whole = whole_of(fn, lowest, &from, &end);
    if (from + run->width > end)
        return NO_VALUE;
    at = from;
    for (unsigned n = 0; n < run->count; n++) {
        unsigned i = little ? n : run->count - 1 - n;
        if (whole_of(fn, run->first[i].value, &from, &end) != whole || from != at ||
            from + bits_of(run, i) > end)
            return NO_VALUE;
        at += bits_of(run, i);
    }
    return lowest;
}

/* Copies of neighbours that nothing was written to since; `up`: in the same order. */
static uint32_t all_loads(const struct run *run, bool up)
{
    struct maker *maker = run->maker;
    const struct node *lowest = stored(run, up ? 0 : run->count - 1);
    int64_t next = lowest->imm;
    for (unsigned n = 0; n < run->count; n++) {
        unsigned i = up ? n : run->count - 1 - n;
        const struct node *load = stored(run, i);
        if ((load->op != IR_LOAD && load->op != IR_LOADS) || load->width != bits_of(run, i) ||
            load->in[0] != lowest->in[0] || load->region != lowest->region || load->imm != next ||
            run->first[i].value < maker->unwritten[load->region])
            return NO_VALUE;
        next += load->width / 8;
    }
    struct node wide = *lowest;
    wide.op = IR_LOAD;
    wide.width = (uint8_t)run->width;
    return maker_load_early(maker, wide);
}

static bool all_bytes(const struct run *run)
{
    return run->count * 8 == run->width;
}

static uint32_t wide_value(const struct run *run)
{
    bool big = run->maker->fn->big;
    uint32_t value = all_constant(run);
    if (value == NO_VALUE)
        value = all_parts(run, !big);
    if (value == NO_VALUE)
        value = all_loads(run, true);
    if (value != NO_VALUE || !all_bytes(run))
        return value;
    value = all_parts(run, big);
    if (value == NO_VALUE)
        value = all_loads(run, false);
    return value == NO_VALUE ? NO_VALUE : maker_op(run->maker, IR_BSWAP, run->width, value, 0);
}

/* ---- Stores that wait ---- */

/* The longest run of 64, 32 or 16 bits that begins here and is one store; its length, or 1. */
static unsigned merge_run(struct maker *maker, struct waiting *first, unsigned count)
{
    for (unsigned width = 64; width >= 16; width /= 2) {
        struct run run = { maker, first, 0, 0 };
        while (run.count < count && run.width < width) {
            const struct location *place = &first[run.count].at;
            if (place->root != first->at.root || place->region != first->at.region ||
                place->offset != first->at.offset + run.width / 8)
                break;
            run.width += 8u * place->size;
            run.count++;
        }
        if (run.count < 2 || run.width != width)
            continue;
        uint32_t value = wide_value(&run);
        if (value == NO_VALUE)
            continue;
        pass_found(PASS_MERGE);
        first->value = value;
        first->at.size = (uint8_t)(width / 8);
        return run.count;
    }
    return 1;
}

static bool stands_before(const struct location *a, const struct location *b)
{
    return a->root != b->root ? a->root < b->root : a->offset < b->offset;
}

static void sort(struct waiting *list, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        struct waiting store = list[i];
        unsigned k = i;
        for (; k && stands_before(&store.at, &list[k - 1].at); k--)
            list[k] = list[k - 1];
        list[k] = store;
    }
}

static void make(struct maker *maker, const struct waiting *store)
{
    struct node node = { .op = IR_STORE,
                         .width = (uint8_t)(8 * store->at.size),
                         .region = store->at.region,
                         .in = { store->base, store->value },
                         .imm = store->imm };
    maker->insn = store->insn;
    maker_append(maker, &node);
}

void merge_flush(struct maker *maker)
{
    struct waiting list[STORES_WAITING];
    unsigned count = 0, kept = 0;
    uint32_t insn = maker->insn;
    for (unsigned i = 0; i < maker->waiting_count; i++)
        if (!maker->waiting[i].made)
            list[count++] = maker->waiting[i];
    maker->waiting_count = 0;
    sort(list, count);
    /* All wide loads stand before the first store. */
    for (unsigned i = 0; i < count; kept++) {
        maker->insn = list[i].insn;
        unsigned length = merge_run(maker, &list[i], count - i);
        list[kept] = list[i];
        i += length;
    }
    for (unsigned i = 0; i < kept; i++)
        make(maker, &list[i]);
    maker->insn = insn;
}

/* Whether a store may become a part of a wider one. Others would only keep their value alive. */
static bool may_merge(const struct fn *fn, const struct waiting *store)
{
    switch (fn->nodes.at[store->value].op) {
    case IR_CONST:
    case IR_LOAD:
    case IR_LOADS: return store->at.size < 8;
    default: return store->at.size < 4;
    }
}

/* A store begins to wait, or is made at once if nothing waits that it could join and it writes over
 * nothing: what is written twice may be so again. */
static __attribute__((noinline)) void wait(struct maker *maker, const struct node *node)
{
    struct waiting store = { .at = location_of(maker->fn, node),
                             .base = node->in[0],
                             .imm = node->imm,
                             .value = node->in[1],
                             .insn = maker->insn };
    unsigned kept = 0, waits = 0;
    bool again = false;
    for (unsigned i = 0; i < maker->waiting_count; i++) {
        enum relation relation = relate(&store.at, &maker->waiting[i].at);
        waits += !maker->waiting[i].made;
        if (!maker->waiting[i].made &&
            (relation == MAY_MEET || relation == FAULT(store_overlaps, OVERLAPS, APART))) {
            merge_flush(maker);
            waits = 0;
            break;
        }
    }
    for (unsigned i = 0; i < maker->waiting_count; i++) {
        enum relation relation = relate(&store.at, &maker->waiting[i].at);
        again |= relation == COVERS;
        if (relation == COVERS && !maker->waiting[i].made)
            pass_found(PASS_MERGE);
        else if (relation == APART)
            maker->waiting[kept++] = maker->waiting[i];
    }
    maker->waiting_count = kept;
    if (kept == STORES_WAITING)
        merge_flush(maker);
    store.made = !waits && !again && !may_merge(maker->fn, &store);
    if (store.made)
        make(maker, &store);
    maker->waiting[maker->waiting_count++] = store;
}

/* What a load gives of a value that waits to be stored. */
static uint32_t part(struct maker *maker, const struct node *load, const struct location *place,
                     const struct waiting *store)
{
    static const uint8_t zext[] = { [1] = IR_ZEXT8, [2] = IR_ZEXT16, [4] = IR_ZEXT32 };
    static const uint8_t sext[] = { [1] = IR_SEXT8, [2] = IR_SEXT16, [4] = IR_SEXT32 };
    unsigned at = (unsigned)(place->offset - store->at.offset);
    unsigned behind = store->at.size - place->size - at;
    unsigned shift = 8 * (maker->fn->big ? behind : at);
    uint32_t x = store->value;
    if (shift)
        x = maker_op(maker, IR_SHR, 64, x, maker_const(maker, shift));
    if (place->size == 8)
        return x;
    return maker_op(maker, load->op == IR_LOADS ? sext[place->size] : zext[place->size], 64, x, 0);
}

static __attribute__((noinline)) uint32_t load(struct maker *maker, const struct node *node)
{
    struct location place = location_of(maker->fn, node);
    for (unsigned i = maker->waiting_count; i-- > 0;) {
        const struct waiting *store = &maker->waiting[i];
        switch (relate(&store->at, &place)) {
        case COVERS: pass_found(PASS_MERGE); return part(maker, node, &place, store);
        case APART: break;
        default:
            if (store->made)
                break;
            merge_flush(maker);
            return NO_VALUE;
        }
    }
    return NO_VALUE;
}

bool merge(struct maker *maker, const struct node *node, uint32_t *value)
{
    *value = NO_VALUE;
    if (node->op == IR_STORE) {
        wait(maker, node);
        return true;
    }
    if (node->op == IR_LOAD || node->op == IR_LOADS)
        *value = load(maker, node);
    else
        merge_flush(maker);
    return *value != NO_VALUE;
}
