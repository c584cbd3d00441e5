/* SPDX-License-Identifier: Apache-2.0 */
/* Large functions of shapes that make compilers quadratic: compiled in time proportional to their
 * length, with the interpreter's result. */
#include "runner/machine.h"
#include "runner/runner.h"
#include <stdlib.h>
#include <time.h>

struct writer {
    struct insn *insns;
    uint32_t count, room;
    uint32_t seed;
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
    CHECK(off == insn.off);
    insn.id = insn_identify(insn);
    w->insns[w->count++] = insn;
}

enum {
    ADD_X = 0x0f,
    ADD_K = 0x07,
    XOR_X = 0xaf,
    MUL_K = 0x27,
    JEQ_X = 0x1d,
    JEQ_K = 0x15,
    JSGT_K = 0x65,
    STX = 0x7b,
    LDX = 0x79,
    MOV_K = 0xb7,
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

static const struct shape {
    const char *name;
    void (*write)(struct writer *w, uint32_t end);
} shapes[] = {
    { "one block", one_block }, { "diamonds", diamonds },     { "one target", one_target },
    { "loops", loops },         { "deep loops", deep_loops },
};

static void write_program(struct writer *w, const struct shape *shape, uint32_t length)
{
    *w = (struct writer){ .insns = calloc(length + 100, sizeof *w->insns), .seed = 1 };
    put(w, 0xbf, 8, 1, 0, 0);
    put(w, LDX, 8, 8, 0, 0);
    for (unsigned r = 1; r < 8; r++)
        put(w, MOV_K, r, 0, 0, (int32_t)(r * 12345));
    put(w, MOV_K, 9, 0, 0, 5000);
    shape->write(w, length);
    put(w, MOV_K, 0, 0, 0, 0);
    for (unsigned r = 1; r < 10; r++)
        put(w, ADD_X, 0, r, 0, 0);
    put(w, EXIT, 0, 0, 0, 0);
}

/* Runs it; seconds of processor time for loading. */
static double run(const struct shape *shape, uint32_t length, enum way way, uint64_t *r0)
{
    struct machine m;
    struct program program;
    struct writer w;
    struct error err = { 0 };
    uint64_t memory = 99;
    struct timespec begin, end;
    if (!machine_begin(&m))
        return 0;
    write_program(&w, shape, length);
    const struct prog *prog = prog_from_insns(m.arena, shape->name, w.insns, w.count);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    int rc = machine_load(&m, prog, CHECK_TRUSTED, way, &program, &err);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    CHECK_SAY(!rc, "%s: %s", shape->name, err.text);
    if (!rc) {
        CHECK(!machine_run(&program, &memory, sizeof memory, r0));
        machine_unload(&program);
    }
    machine_end(&m);
    free(w.insns);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

TEST(gen_large_functions_run_as_interpreted)
{
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        uint64_t wanted = 0;
        run(&shapes[i], 4000, WAY_INTERP, &wanted);
        for (enum way way = WAY_COMPILED; way < WAY_COUNT && !way_missing(way); way++) {
            uint64_t r0 = 1;
            run(&shapes[i], 4000, way, &r0);
            CHECK_SAY(r0 == wanted, "%s, %s: %" PRIx64 ", not %" PRIx64, shapes[i].name,
                      way_names[way], r0, wanted);
        }
    }
}

TEST(gen_takes_linear_time)
{
    enum { SHORT = 20000, TIMES = 16 };
    if (test_quick || way_missing(WAY_COMPILED)) {
        test_skip("takes seconds");
        return;
    }
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (enum way way = WAY_COMPILED; way < WAY_COUNT; way++) {
            uint64_t r0, wanted;
            double once = run(&shapes[i], SHORT, way, &r0);
            double times = run(&shapes[i], SHORT * TIMES, way, &r0);
            run(&shapes[i], SHORT * TIMES, WAY_INTERP, &wanted);
            CHECK_EQ(r0, wanted);
            CHECK_SAY(times < once * (double)TIMES * 5,
                      "%s, %s: %u slots take %.3f s, %u take %.3f s", shapes[i].name,
                      way_names[way], SHORT, once, SHORT * TIMES, times);
        }
}
