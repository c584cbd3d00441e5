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
