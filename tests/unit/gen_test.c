/* SPDX-License-Identifier: Apache-2.0 */
/* Large functions of shapes that make compilers quadratic: compiled in time proportional to their
 * length, with the interpreter's result. */
#include "bench/shapes.h"
#include "runner/machine.h"
#include "runner/runner.h"
#include <stdlib.h>
#include <math.h>
#include <time.h>

/* Runs it; seconds of processor time for loading. */
static double run(const struct shape *shape, uint32_t length, enum way way, uint64_t *r0)
{
    struct machine m;
    struct program program;
    struct error err = { 0 };
    uint64_t memory = 99;
    struct timespec begin, end;
    if (!machine_begin(&m))
        return 0;
    struct insn *insns = calloc(length + SHAPE_MORE, sizeof *insns);
    const struct prog *prog =
        prog_from_insns(m.arena, shape->name, insns, shape_write(shape, length, insns));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    int rc = machine_load(&m, prog, CHECK_TRUSTED, way, &program, &err);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    CHECK_SAY(!rc, "%s: %s", shape->name, err.text);
    if (!rc) {
        CHECK(!machine_run(&program, &memory, sizeof memory, r0));
        machine_unload(&program);
    }
    machine_end(&m);
    free(insns);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

TEST(gen_large_functions_run_as_interpreted)
{
    for (unsigned i = 0; i < SHAPES; i++) {
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
    enum { SHORT = 20000, TIMES = 16, TRIES = 6 };
    if (test_quick || way_missing(WAY_COMPILED)) {
        test_skip("takes seconds");
        return;
    }
    for (unsigned i = 0; i < SHAPES; i++)
        for (enum way way = WAY_COMPILED; way < WAY_COUNT; way++) {
            uint64_t r0, wanted;
            double once = run(&shapes[i], SHORT, way, &r0), times = INFINITY;
            /* What the kernel takes to find memory comes on top, now and then. */
            for (int try = 0; try < TRIES && times >= once * (double)TIMES * 5; try++)
                times = run(&shapes[i], SHORT * TIMES, way, &r0);
            run(&shapes[i], SHORT * TIMES, WAY_INTERP, &wanted);
            CHECK_EQ(r0, wanted);
            CHECK_SAY(times < once * (double)TIMES * 5,
                      "%s, %s: %u slots take %.3f s, %u take %.3f s", shapes[i].name,
                      way_names[way], SHORT, once, SHORT * TIMES, times);
        }
}
