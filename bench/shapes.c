/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/shapes.h"
#include <assert.h>
#include <stdlib.h>

struct writer {
    struct insn *insns;
    uint32_t count, seed;
};

static uint32_t chance(struct writer *w, uint32_t below)
{
    w->seed = w->seed * 1664525 + 1013904223;
    return (w->seed >> 8) % below;
}

static void put(struct writer *w, unsigned code, unsigned dst, unsigned src, int64_t off,
                int32_t imm)
{
    struct insn insn = { .code = (uint8_t)code,
                         .dst = (uint8_t)dst,
                         .src = (uint8_t)src,
                         .off = (int16_t)off,
                         .imm = imm };
    assert(off == insn.off);
    insn.id = insn_identify(insn);
    w->insns[w->count++] = insn;
}

enum {
    ADD_X = 0x0f,
    ADD_K = 0x07,
    AND_K = 0x57,
    XOR_X = 0xaf,
    MUL_K = 0x27,
    JA = 0x05,
    JEQ_X = 0x1d,
    JEQ_K = 0x15,
    JSGT_K = 0x65,
    STX = 0x7b,
    LDX = 0x79,
    MOV_K = 0xb7,
    MOV_X = 0xbf,
    CALL = 0x85,
    EXIT = 0x95
};

/* r1-r8 hold data, r9 is what loops count down. */
static unsigned data(struct writer *w)
{
    return 1 + chance(w, 8);
}

/* The same with registers by chance. Arguments of one call are evaluated in an order that differs
 * between processors, so the numbers are drawn before. */
static void put_any(struct writer *w, unsigned code, int64_t off)
{
    unsigned dst = data(w), src = data(w);
    put(w, code, dst, src, off, 0);
}

static void one_block(struct writer *w, uint32_t end)
{
    while (w->count < end) {
        unsigned code = chance(w, 2) ? ADD_X : XOR_X;
        put_any(w, code, 0);
        put(w, MUL_K, data(w), 0, 0, 7);
        int slot = (int)chance(w, 60);
        put(w, STX, 10, data(w), -8 - 8 * slot, 0);
    }
}

static void diamonds(struct writer *w, uint32_t end)
{
    while (w->count < end) {
        put_any(w, JEQ_X, 2);
        put_any(w, ADD_X, 0);
        put(w, ADD_K, data(w), 0, 0, 3);
    }
}

/* Thousands of jumps to one block, with as many operands for each phi there. */
static void one_target(struct writer *w, uint32_t end)
{
    while (w->count < end) {
        uint32_t target = w->count + 30000 < end ? w->count + 30000 : end;
        while (w->count < target) {
            put(w, JEQ_K, data(w), 0, (int64_t)target - w->count - 1, 5);
            put_any(w, ADD_X, 0);
        }
    }
}

/* Loops in loops, 40 deep; and as deep as jumps reach. */
static void nests(struct writer *w, uint32_t end, uint32_t depth)
{
    uint32_t *begins = calloc(depth, sizeof *begins);
    while (w->count + 3 * depth < end) {
        for (uint32_t d = 0; d < depth; d++) {
            begins[d] = w->count;
            put_any(w, ADD_X, 0);
        }
        for (uint32_t d = depth; d-- > 0;) {
            put(w, ADD_K, 9, 0, 0, -1);
            put(w, JSGT_K, 9, 0, (int64_t)begins[d] - w->count - 1, 0);
        }
    }
    free(begins);
}
static void loops(struct writer *w, uint32_t end)
{
    nests(w, end, 40);
}
static void deep_loops(struct writer *w, uint32_t end)
{
    nests(w, end, end / 4 < 10000 ? end / 4 : 10000);
}

/* Loops with two entries. */
static void irreducible(struct writer *w, uint32_t end)
{
    while (w->count < end) {
        put(w, JEQ_K, data(w), 0, 1, 5);
        put_any(w, ADD_X, 0);
        put_any(w, XOR_X, 0);
        put(w, ADD_K, 9, 0, 0, -1);
        put(w, JSGT_K, 9, 0, -4, 0);
    }
}

/* Switches, as comparisons one after the other. */
static void switches(struct writer *w, uint32_t end)
{
    enum { CASES = 40, SIZE = 2 + 3 * CASES };
    while (w->count + SIZE < end) {
        uint32_t arms = w->count + 2 + CASES, out = w->count + SIZE;
        put(w, AND_K, 8, 0, 0, 63);
        for (int i = 0; i < CASES; i++)
            put(w, JEQ_K, 8, 0, (int64_t)arms + 2 * i - w->count - 1, i);
        put(w, JA, 0, 0, (int64_t)out - w->count - 1, 0);
        for (int i = 0; i < CASES; i++) {
            put(w, ADD_K, data(w), 0, 0, i);
            put(w, JA, 0, 0, (int64_t)out - w->count - 1, 0);
        }
    }
}

/* Comparisons that look like a switch, but become none: its values lie far apart. */
static void comparisons(struct writer *w, uint32_t end)
{
    while (w->count < end) {
        uint32_t target = w->count + 30000 < end ? w->count + 30000 : end;
        while (w->count < target)
            put(w, JEQ_K, 8, 0, (int64_t)target - w->count - 1, (int32_t)(w->count * 10007));
    }
}

/* Calls of a helper, with what lives across them on the stack. */
static void calls(struct writer *w, uint32_t end)
{
    while (w->count < end) {
        for (unsigned r = 1; r < 6; r++)
            put(w, STX, 10, r, -8 * (int)r, 0);
        put(w, CALL, 0, 0, 0, 8); /* bpf_get_smp_processor_id */
        for (unsigned r = 1; r < 6; r++)
            put(w, LDX, r, 10, -8 * (int)r, 0);
        put_any(w, ADD_X, 0);
        put_any(w, JEQ_X, 1);
        put_any(w, XOR_X, 0);
    }
}

const struct shape shapes[SHAPES] = {
    { "one block", one_block }, { "diamonds", diamonds },       { "one target", one_target },
    { "loops", loops },         { "deep loops", deep_loops },   { "irreducible", irreducible },
    { "switches", switches },   { "comparisons", comparisons }, { "calls", calls },
};

uint32_t shape_write(const struct shape *shape, uint32_t length, struct insn *insns)
{
    struct writer writer = { insns, 0, 1 }, *w = &writer;
    put(w, MOV_X, 8, 1, 0, 0);
    put(w, LDX, 8, 8, 0, 0);
    for (unsigned r = 1; r < 8; r++)
        put(w, MOV_K, r, 0, 0, (int32_t)(r * 12345));
    put(w, MOV_K, 9, 0, 0, 5000);
    shape->write(w, length);
    put(w, MOV_K, 0, 0, 0, 0);
    for (unsigned r = 1; r < 10; r++)
        put(w, ADD_X, 0, r, 0, 0);
    put(w, EXIT, 0, 0, 0, 0);
    return w->count;
}
