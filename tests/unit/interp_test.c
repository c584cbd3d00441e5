/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of an embedder, called in every way. */
#include "runner/machine.h"
#include "runner/runner.h"

enum { HALF = 1000 };

static int half(int x)
{
    return x / 2;
}

/* Narrow arguments and results are extended by their type: C leaves the upper halves open. */
TEST(narrow_numbers_are_extended)
{
    for (enum way way = 0; way < WAY_COUNT; way++) {
        struct machine m;
        struct program program;
        struct insn_list insns = { 0 };
        struct error err = { 0 };
        uint64_t r0 = 0;

        if (way_missing(way) || !machine_begin(&m))
            continue;
        CHECK_EQ(env_add_helper(m.env, HALF, "int half(int x)", (void (*)(void))half, &err), 0);
        CHECK_EQ(insn_assemble(m.arena, "w1 = -6\ncall 1000\nexit\n", &insns, &err), 0);
        struct prog *prog = prog_from_insns(m.arena, "main", insns.at, insns.count);
        CHECK_SAY(!machine_load(&m, prog, CHECK_TRUSTED, way, &program, &err), "%s", err.text);
        CHECK_EQ(machine_run(&program, NULL, 0, &r0), 0);
        CHECK_SAY(r0 == (uint64_t)-3, "%s: %#" PRIx64, way_names[way], r0);
        machine_unload(&program);
        machine_end(&m);
    }
}
