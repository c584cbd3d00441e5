/* SPDX-License-Identifier: Apache-2.0 */
/* Machine code does not depend on the host that compiles: the programs of tests are compiled for
 * every processor, without features and with all. The sums of the code go to the file that the
 * environment variable ANYBPF_SUMS names; if it exists, from another host, they must stand in it.
 */
#include "arch/targets.h"
#include "runner/machine.h"
#include "runner/runner.h"
#include <stdlib.h>

enum { REPORTED = 10 };

static struct {
    char *text; /* lines "TEST TARGET FEATURES SUM" */
    size_t size, room;
} sums;

/* ---- The sum of all that leaves the compiler, number by number: structs have padding ---- */

static uint64_t add(uint64_t sum, uint64_t number)
{
    return (sum ^ number) * 0x100000001b3u; /* FNV-1a, in words */
}

static uint64_t sum_of(const struct code *code)
{
    uint64_t sum = 0xcbf29ce484222325u;

    for (uint32_t i = 0; i < code->size; i++)
        sum = add(sum, code->bytes[i]);
    for (uint32_t i = 0; i < code->entry_count; i++)
        sum = add(add(sum, code->entries[i].at), code->entries[i].end);
    for (uint32_t i = 0; i < code->relocs.count; i++) {
        const struct reloc *r = &code->relocs.at[i];
        sum = add(add(add(sum, r->at), r->form), r->symbol);
        sum = add(add(sum, r->index), (uint64_t)r->addend);
    }
    for (uint32_t i = 0; i < code->lines.count; i++)
        sum = add(add(sum, code->lines.at[i].at), code->lines.at[i].insn);
    for (uint32_t i = 0; i < code->faults.count; i++)
        sum = add(add(sum, code->faults.at[i].at), code->faults.at[i].landing);
    for (uint32_t i = 0; i < code->cfi.count; i++) {
        const struct code_cfi *c = &code->cfi.at[i];
        sum = add(add(add(add(sum, c->at), c->op), c->reg), (uint64_t)(int64_t)c->value);
    }
    return sum;
}

/* ---- Making sums ---- */

static void keep(const char *target, uint32_t features, uint64_t sum)
{
    char line[512];
    size_t size = (size_t)snprintf(line, sizeof line, "%s %s %#x %016" PRIx64 "\n", test_name(),
                                   target, features, sum);

    if (sums.room - sums.size <= size)
        sums.text = realloc(sums.text, sums.room = sums.room * 2 + 65536);
    memcpy(sums.text + sums.size, line, size + 1);
    sums.size += size;
}

struct compiling {
    const struct env *env;
    const struct checked *checked;
    const struct target *target;
    struct arena *arena;
    struct error *err;
};

static int compile_both(void *arg)
{
    struct compiling *c = arg;
    struct binding binding = target_binding(c->target, c->env);
    struct module module;
    uint32_t all = 0;
    int rc = ir_build(c->arena, c->checked, &binding, 0, &module, c->err);

    if (rc)
        return rc;
    ir_opt(&module, 0);
    for (unsigned i = 0; c->target->features[i]; i++)
        all |= 1u << i;
    for (unsigned i = 0; i < 2; i++) {
        struct code *code;
        uint32_t features = i ? all : 0;
        if ((rc = compile(c->arena, &module, c->target, features, &code, c->err)))
            return rc;
        keep(c->target->name, features, sum_of(code));
    }
    return 0;
}

void sums_add(const struct env *env, const struct checked *checked)
{
    for (unsigned i = 0; targets[i]; i++) {
        struct arena *arena = arena_new(&allocator_libc, 0);
        struct error err = { 0 };
        struct compiling c = { env, checked, targets[i], arena, &err };
        if (arena_try(arena, &err, compile_both, &c))
            test_fail(__FILE__, __LINE__, "for %s: %s", targets[i]->name, err.text);
        arena_free(arena);
    }
}

/* ---- Comparing ---- */

static void compare(const char *other)
{
    unsigned missing = 0, lines = 0;

    for (char *line = sums.text, *end; line && (end = strchr(line, '\n'));
         line = end + 1, lines++) {
        char after = end[1];
        end[1] = 0;
        if (!strstr(other, line) && missing++ < REPORTED)
            test_fail(__FILE__, __LINE__, "not so on the other host: %s", line);
        end[1] = after;
    }
    CHECK_SAY(!missing, "%u of %u codes differ", missing, lines);
    CHECK(lines);
}

void run_sums(void)
{
    const char *path = getenv("ANYBPF_SUMS");
    FILE *file;

    if (test_begin("sums")) {
        char *other = path ? file_read(path, &(size_t){ 0 }) : NULL;
        if (!path)
            test_skip("ANYBPF_SUMS does not name a file to compare machine code with");
        else if (!sums.size)
            test_skip("no test that compiles programs was asked for");
        else if (other)
            compare(other);
        else if ((file = fopen(path, "w")))
            CHECK(fwrite(sums.text, 1, sums.size, file) == sums.size && !fclose(file));
        else
            test_fail(__FILE__, __LINE__, "cannot write %s", path);
        free(other);
        test_end();
    }
    free(sums.text);
    sums.text = NULL;
    sums.size = sums.room = 0;
}
