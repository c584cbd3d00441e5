/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that jump: choices and loops of all kinds. */
#include "fuzz/local.h"

enum { R0 = 1 << 0, R1_TO_R5 = 0x3e, R6_TO_R8 = 0x1c0 };
enum { TURNS = 64 };

static uint32_t emit_jump(struct generator *g)
{
    uint8_t id = any_row(g, INSN_KIND_JUMP);
    const struct insn_row *row = &insn_rows[id];
    return emit(g, id, number(g), row->src_reg ? number(g) : 0, 0,
                row->src_reg ? 0 : (int32_t)any_number(g));
}

static uint32_t emit_goto(struct generator *g)
{
    return emit(g, chance(g, 80) ? INSN_JA : INSN_JA32, 0, 0, 0, 0);
}

static void block(struct generator *g)
{
    g->depth++;
    statements(g, 1 + (int)below(g, 5));
    g->depth--;
}

void control_if(struct generator *g)
{
    uint32_t over = emit_jump(g), out = 0;
    uint16_t before = g->known, then;
    bool two = chance(g, 50);
    block(g);
    then = g->known;
    if (two)
        out = emit_goto(g);
    land(g, over);
    g->known = before;
    if (two) {
        block(g);
        land(g, out);
    }
    g->known &= then;
}

/* A jump if t has none, or some, of the bits of another number or a constant; t is lost. */
static uint32_t emit_bit_test(struct generator *g, uint8_t t, uint8_t other)
{
    static const uint8_t jumps[] = { INSN_JEQ64_K, INSN_JNE64_K, INSN_JEQ32_K, INSN_JNE32_K };
    if (chance(g, 40))
        emit(g, chance(g, 50) ? INSN_AND64_X : INSN_AND32_X, t, other, 0, 0);
    else
        emit(g, INSN_AND64_K, t, 0, 0, (chance(g, 50) ? 1 : 3) << below(g, 30));
    return emit(g, jumps[below(g, 4)], t, 0, 0, 0);
}

/* Bits are tested: some of a number, or one that only a register can name. */
void control_test(struct generator *g)
{
    uint8_t a = number(g), b = number(g), t = fresh(g);
    uint32_t over;
    if (t == a || t == b)
        return;
    if (chance(g, 50)) {
        emit(g, INSN_LDIMM, t, 0, 0, (int64_t)(UINT64_C(1) << below(g, 64)));
        over = emit(g, INSN_JSET64_X, a, t, 0, 0);
    } else {
        emit(g, INSN_MOV64_X, t, a, 0, 0);
        over = emit_bit_test(g, t, b);
    }
    emit(g, INSN_MOV64_K, t, 0, 0, (int32_t)any_number(g));
    uint16_t before = g->known;
    block(g);
    land(g, over);
    g->known &= before & (uint16_t)~(1 << t);
}

/* A choice between two values: jumps over a cheap operation or two, or one that sets 0 or 1. */
void control_choice(struct generator *g)
{
    static const uint8_t cheap[] = { INSN_ADD64_K, INSN_XOR64_K, INSN_LSH32_K,
                                     INSN_MOV64_K, INSN_SUB64_K, INSN_MUL32_K };
    uint8_t to = changeable(g), from = number(g), bit = fresh(g);
    bool truth = chance(g, 40), two = chance(g, 40);
    struct place p;
    uint32_t over, out = 0;
    if (bit == to || bit == from)
        return;
    if (chance(g, 50) && find_place(g, 8, false, &p))
        emit(g, any_row(g, INSN_KIND_LDX), bit, p.base, p.off, 0);
    else
        emit(g, INSN_MOV64_X, bit, from, 0, 0);
    if (truth) {
        emit(g, INSN_MOV64_K, to, 0, 0, two);
        uint8_t id = any_row(g, INSN_KIND_JUMP);
        const struct insn_row *row = &insn_rows[id];
        if (chance(g, 40))
            over = emit_bit_test(g, bit, from);
        else
            over = emit(g, id, bit, row->src_reg ? from : 0, 0,
                        row->src_reg ? 0 : (int32_t)any_number(g));
        emit(g, INSN_MOV64_K, to, 0, 0, !two);
        land(g, over);
    } else {
        over =
            chance(g, 50) ? emit(g, INSN_JSET64_X, bit, from, 0, 0) : emit_bit_test(g, bit, from);
        emit(g, cheap[below(g, sizeof cheap)], to, 0, 0, (int32_t)below(g, 30));
        if (two)
            out = emit_goto(g);
        land(g, over);
        if (two) {
            emit(g, cheap[below(g, sizeof cheap)], to, 0, 0, (int32_t)below(g, 30));
            emit(g, INSN_MOV64_X, bit, to, 0, 0);
            land(g, out);
        }
    }
    if (chance(g, 70))
        emit(g, INSN_MOV64_K, bit, 0, 0, (int32_t)any_number(g));
}

enum { KEYS = 64, ARMS = 48 };
enum { EQUAL = 0, AT_LEAST = 1, LESS = 3 };
struct arms { /* of a switch */
    uint8_t reg;
    bool wide, has_sign;
    int64_t first;    /* key */
    uint8_t of[KEYS]; /* arms; 0: none of its own */
    struct {
        uint32_t item;
        uint8_t arm;
    } jumps[3 * KEYS];
    unsigned count;
};

/* A jump if the register holds the key, at least that, or less. */
static uint32_t emit_compare(struct generator *g, const struct arms *a, unsigned how, unsigned key)
{
    static const uint8_t jumps[2][2][5] = {
        { { INSN_JEQ32_K, INSN_JGE32_K, INSN_JGT32_K, INSN_JLT32_K, INSN_JLE32_K },
          { INSN_JEQ32_K, INSN_JSGE32_K, INSN_JSGT32_K, INSN_JSLT32_K, INSN_JSLE32_K } },
        { { INSN_JEQ64_K, INSN_JGE64_K, INSN_JGT64_K, INSN_JLT64_K, INSN_JLE64_K },
          { INSN_JEQ64_K, INSN_JSGE64_K, INSN_JSGT64_K, INSN_JSLT64_K, INSN_JSLE64_K } },
    };
    bool before = how != EQUAL && chance(g, 50); /* compared with the number before the key */
    return emit(g, jumps[a->wide][a->has_sign][how + before], a->reg, 0, 0,
                (int32_t)(a->first + key - before));
}

static void lead(struct arms *a, uint32_t item, uint8_t arm)
{
    a->jumps[a->count].item = item;
    a->jumps[a->count++].arm = arm;
}

/* Comparisons that tell the keys [low, high) apart, as clang makes them. */
static void emit_tree(struct generator *g, struct arms *a, unsigned low, unsigned high)
{
    if (high - low > 1 + below(g, 3)) {
        unsigned middle = low + (high - low) / 2, up = chance(g, 70);
        uint32_t other = emit_compare(g, a, up ? AT_LEAST : LESS, middle);
        emit_tree(g, a, up ? low : middle, up ? middle : high);
        land(g, other);
        emit_tree(g, a, up ? middle : low, up ? high : middle);
        return;
    }
    for (; low < high; low++)
        if (a->of[low])
            lead(a, emit_compare(g, a, EQUAL, low), a->of[low]);
    lead(a, emit_goto(g), 0);
}

/* A switch: arms, some with nothing to do, that all meet. */
void control_switch(struct generator *g)
{
    static const int64_t firsts[] = { 0, 0, 1, -5, -40, 1000, INT32_MAX - KEYS, INT32_MIN };
    struct arms a = { .wide = chance(g, 50),
                      .has_sign = chance(g, 60),
                      .first = firsts[below(g, 8)] };
    unsigned keys = 36 + below(g, KEYS - 36), arms = 24 + below(g, ARMS - 24), out_count = 0;
    uint32_t out[ARMS];
    if (g->turns > 4 || g->depth > 1 || __builtin_popcount(writable(g)) < 4)
        return;
    uint8_t from = number(g);
    a.reg = changeable(g);
    for (unsigned i = 0; i < keys; i++)
        a.of[i] = chance(g, 85) ? (uint8_t)((i + chance(g, 10)) % arms) : 0;
    emit(g, INSN_MOV64_X, a.reg, from, 0, 0);
    if (chance(g, 90))
        emit(g, INSN_AND64_K, a.reg, 0, 0, KEYS - 1);
    if (a.first || chance(g, 10))
        emit(g, chance(g, 80) ? INSN_ADD64_K : INSN_ADD32_K, a.reg, 0, 0, (int32_t)a.first);
    emit_tree(g, &a, 0, keys);
    uint8_t to = changeable(g);
    for (uint8_t arm = 0; arm < arms; arm++) {
        if (chance(g, 10))
            continue;
        for (unsigned i = 0; i < a.count; i++)
            if (a.jumps[i].arm == arm) {
                land(g, a.jumps[i].item);
                a.jumps[i].arm = UINT8_MAX;
            }
        emit(g, chance(g, 50) ? INSN_ADD64_K : INSN_MOV64_K, to, 0, 0, (int32_t)any_number(g));
        out[out_count++] = emit_goto(g);
    }
    for (unsigned i = 0; i < a.count; i++)
        if (a.jumps[i].arm != UINT8_MAX)
            land(g, a.jumps[i].item);
    while (out_count)
        land(g, out[--out_count]);
}

void control_exit(struct generator *g)
{
    uint32_t over = emit_jump(g);
    uint16_t before = g->known;
    end_function(g);
    land(g, over);
    g->known = before;
}

void end_function(struct generator *g)
{
    if (g->callback_stack)
        emit(g, INSN_MOV64_K, 0, 0, 0, chance(g, 20));
    else if (!(g->known & R0))
        emit(g, INSN_MOV64_X, 0, number(g), 0, 0);
    emit(g, INSN_EXIT, 0, 0, 0, 0);
}

/* Takes a register for a counter and gives it a number of turns; false: there is none to take. */
static bool begin_counter(struct generator *g, uint16_t from, uint8_t *counter, unsigned *turns)
{
    uint16_t set = writable(g) & from;
    *turns = 1 + below(g, 6);
    if (g->function && *turns > 2)
        *turns = 2;
    if (!set || __builtin_popcount(writable(g)) < 4 || g->turns * *turns > TURNS || g->depth > 5)
        return false;
    *counter = any_of(g, set);
    emit(g, chance(g, 50) ? INSN_MOV64_K : INSN_MOV32_K, *counter, 0, 0, *turns);
    g->known |= (uint16_t)(1 << *counter);
    g->pinned |= (uint16_t)(1 << *counter);
    g->turns *= *turns;
    return true;
}

void control_loop(struct generator *g)
{
    static const uint8_t down[] = { INSN_JNE64_K, INSN_JSGT64_K, INSN_JGT64_K, INSN_JNE32_K,
                                    INSN_JSGT32_K };
    bool may_call = g->may_call, calls = may_call && chance(g, 50);
    uint32_t leave[2], leaves = 0;
    uint8_t counter;
    unsigned turns;

    if (!begin_counter(g, calls ? R6_TO_R8 : NUMBERS, &counter, &turns))
        return;
    if (calls)
        g->known &= (uint16_t)~R1_TO_R5;
    g->may_call = calls;
    uint32_t top = g->out->count;
    uint16_t least = UINT16_MAX;
    if (chance(g, 20)) {
        leave[leaves++] = emit(g, INSN_MAY_GOTO, 0, 0, 0, 0);
        least &= g->known;
    }
    block(g);
    if (chance(g, 30)) {
        leave[leaves++] = emit_jump(g);
        least &= g->known;
        block(g);
    }
    emit(g, chance(g, 50) ? INSN_ADD64_K : INSN_ADD32_K, counter, 0, 0, -1);
    uint32_t again = emit(g, down[below(g, sizeof down)], counter, 0, 0, 0);
    g->out->at[again].target = top;
    for (uint32_t i = 0; i < leaves; i++)
        land(g, leave[i]);
    g->known &= least;
    g->pinned &= (uint16_t)~(1 << counter);
    g->turns /= turns;
    g->may_call = may_call;
}

/* A loop of one block that turns a number of times which can be seen, upwards or downwards. */
void control_turns(struct generator *g)
{
    static const uint8_t up[] = { INSN_JNE64_K, INSN_JLT64_K, INSN_JSLT64_K,
                                  INSN_JNE32_K, INSN_JLT32_K, INSN_JSLE32_K };
    static const uint8_t down[] = { INSN_JNE64_K, INSN_JGT64_K, INSN_JSGT64_K,
                                    INSN_JNE32_K, INSN_JGT32_K, INSN_JSGE32_K };
    bool rises = chance(g, 50), early = chance(g, 30);
    unsigned turns = 2 + below(g, 40), step = 1 + below(g, 5), which = below(g, 6);
    int end = rises ? (int)(turns * step) : 0, plus = rises ? (int)step : -(int)step;
    if (__builtin_popcount(writable(g)) < 5 || g->turns * turns > TURNS)
        return;
    uint8_t counter = changeable(g), sum;
    g->pinned |= (uint16_t)(1 << counter);
    emit(g, INSN_MOV64_K, counter, 0, 0, rises ? 0 : (int)(turns * step));
    uint32_t top = g->out->count;
    for (unsigned n = 1 + below(g, 4); n; n--)
        straight(g);
    sum = changeable(g);
    emit(g, chance(g, 50) ? INSN_ADD64_X : INSN_XOR32_X, sum, number(g), 0, 0);
    uint8_t tested = early ? changeable(g) : counter;
    if (early)
        emit(g, INSN_MOV64_X, tested, counter, 0, 0);
    emit(g, chance(g, 50) ? INSN_ADD64_K : INSN_ADD32_K, counter, 0, 0, plus);
    if (which == 5 || early) /* the last one goes on */
        end -= plus;
    if (which == 5 && early)
        end -= plus;
    uint32_t again = emit(g, (rises ? up : down)[which], tested, 0, 0, end);
    g->out->at[again].target = top;
    g->pinned &= (uint16_t)~(1 << counter);
}

/* A loop with two entries. */
void control_irreducible(struct generator *g)
{
    bool may_call = g->may_call;
    uint8_t counter;
    unsigned turns;
    if (!begin_counter(g, NUMBERS, &counter, &turns))
        return;
    g->may_call = false;
    uint16_t before = g->known;
    uint32_t second = emit_jump(g), first = g->out->count;
    block(g);
    uint16_t after = g->known;
    emit(g, INSN_ADD64_K, counter, 0, 0, -1);
    uint32_t out = emit(g, INSN_JSLE64_K, counter, 0, 0, 0);
    land(g, second);
    g->known = before;
    block(g);
    uint32_t again = emit_goto(g);
    g->out->at[again].target = first;
    land(g, out);
    g->known = after;
    g->pinned &= (uint16_t)~(1 << counter);
    g->turns /= turns;
    g->may_call = may_call;
}
