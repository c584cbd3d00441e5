/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance vectors of the public project bpf_conformance, in the folder that the environment
 * variable ANYBPF_VECTORS names: files *.data of sections asm, raw, mem, result. */
#include "runner/machine.h"
#include "runner/runner.h"
#include <stdlib.h>

enum { HELPER_IDENTITY = 1005 }; /* what the vectors call helper 5 */

static uint64_t identity(uint64_t x)
{
    return x;
}

/* Instructions as words in hex, little-endian. */
static void check_raw(const struct test_case *c, const char *text, const struct insn_list *insns)
{
    char *end;
    uint32_t count = 0;
    for (uint64_t word; word = strtoull(text, &end, 16), end != text; text = end, count++) {
        uint8_t bytes[8];
        if (count >= insns->count)
            break;
        insn_encode(insns->at[count], bytes, false);
        if (bytes_u64_in(bytes, false) != word)
            test_fail(c->path, c->line, "slot %u is not assembled as %#" PRIx64, count, word);
    }
    CHECK_EQ(count, insns->count);
}

static struct prog *read_program(struct machine *m, const struct test_case *c)
{
    struct insn_list insns = { 0 };
    struct error err = { 0 };
    const char *text = case_text(c, "asm"), *raw = case_text(c, "raw");
    if (!text || insn_assemble(m->arena, text, &insns, &err) || !insns.count) {
        test_fail(c->path, c->line, "%s", text ? err.text : "there is no section asm");
        return NULL;
    }
    if (raw)
        check_raw(c, raw, &insns);
    for (uint32_t i = 0; i < insns.count; i++)
        if (insns.at[i].id == INSN_CALL && insns.at[i].imm == 5)
            insns.at[i].imm = HELPER_IDENTITY;
    return prog_from_insns(m->arena, c->file, insns.at, insns.count);
}

static void run_way(struct machine *m, const struct test_case *c, const struct prog *prog,
                    enum way way, uint64_t wanted)
{
    uint8_t input[4096], *memory = NULL;
    struct program program;
    struct error err = { 0 };
    uint64_t r0 = 0;
    const char *text = case_text(c, "mem");
    long size = text ? hex_read(text, input, sizeof input) : 0;

    if (size > 0)
        memory = memcpy(malloc((size_t)size), input, (size_t)size);
    if (size < 0) {
        test_fail(c->path, c->line, "mem is not hex bytes");
    } else if (machine_load(m, prog, CHECK_TRUSTED, way, &program, &err)) {
        test_fail(c->path, c->line, "%s: %s", way_names[way], err.text);
    } else {
        if (way == WAY_COMPILED)
            sums_add(m->env, program.checked);
        int rc = machine_run(&program, memory, (size_t)size, &r0);
        CHECK_SAY(!rc, "%s: error %d", way_names[way], rc);
        CHECK_SAY(rc || r0 == wanted, "%s: r0 is %#" PRIx64 ", not %#" PRIx64, way_names[way], r0,
                  wanted);
        machine_unload(&program);
    }
    free(memory);
}

static void run_case(const struct test_case *c)
{
    struct machine m;
    struct error err = { 0 };
    const char *result = case_text(c, "result");

    if (!result || !machine_begin(&m))
        return;
    CHECK_SAY(!env_add_helper(m.env, HELPER_IDENTITY, "__u64 identity(__u64 x)",
                              (void (*)(void))identity, &err),
              "%s", err.text);
    const struct prog *prog = read_program(&m, c);
    for (enum way way = 0; prog && way < WAY_COUNT; way++)
        if (!way_missing(way))
            run_way(&m, c, prog, way, strtoull(result, NULL, 16));
    machine_end(&m);
}

static void run_file(const char *path, void *user)
{
    (void)user;
    cases_run_file("vectors", path, ".data", run_case);
}

void run_vectors(void)
{
    const char *folder = getenv("ANYBPF_VECTORS");
    if (folder && files_each(folder, ".data", run_file, NULL) > 0)
        return;
    if (test_begin("vectors")) {
        test_skip(folder ? "ANYBPF_VECTORS=%s: there are no vectors"
                         : "ANYBPF_VECTORS does not name the folder of the vectors",
                  folder);
        test_end();
    }
}
