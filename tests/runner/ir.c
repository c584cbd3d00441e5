/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the intermediate representation, tests/ir/NAME.t. A case either has
 *
 *     -- before PASS       a function as text; `before` alone: no pass, only read and printed
 *     -- after             what the pass makes of it
 *
 * or
 *
 *     -- asm               a program, trusted; `asm verified`: verified; `asm selects`: for a
 * processor that chooses as cheaply as it jumps
 *     -- ir                what is built of it
 *     -- opt               and what the passes make of that; either may be left out
 *
 * Whatever is read or made must pass ir_check(). */
#include "ir/ir.h"
#include "base/text.h"
#include "bpf/text.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "verify/verify.h"
#include <string.h>

static const char *print_module(struct arena *arena, const struct module *module)
{
    struct text text = { .arena = arena };
    text_puts(&text, "");
    for (uint32_t i = 0; i < module->count; i++)
        if (module->fns[i].blocks.count)
            text_puts(&text, ir_print(arena, &module->fns[i]));
    return text.at;
}

static int check_module(struct arena *arena, const struct module *module, struct error *err)
{
    int rc = 0;
    for (uint32_t i = 0; i < module->count && !rc; i++)
        if (module->fns[i].blocks.count)
            rc = ir_check(arena, &module->fns[i], err);
    return rc;
}

struct job {
    const struct test_case *c;
    struct arena *arena;
    struct env *env;
    struct error err;
};

static int run_pass(struct job *job, const struct section *before)
{
    struct module module;
    int rc = ir_parse(job->arena, before->text, &module, &job->err);
    if (!rc)
        rc = check_module(job->arena, &module, &job->err);
    if (rc)
        return rc;
    if (*before->words) {
        uint32_t bit = pass_bit(before->words);
        CHECK_SAY(bit, "there is no pass \"%s\"", before->words);
        for (uint32_t i = 0; i < module.count; i++)
            module.fns[i].sums = bit == pass_bit("sums");
        for (uint32_t i = module.count; bit && i-- > 0;)
            pass_run(&module, i, (enum ir_pass)__builtin_ctz(bit), 0);
    }
    case_expect(job->c, "after", print_module(job->arena, &module));
    return check_module(job->arena, &module, &job->err);
}

static int run_build(struct job *job, const char *text, bool verified, bool selects)
{
    struct insn_list insns = { 0 };
    struct verify_options options = { .level = verified ? CHECK_VERIFIED : CHECK_TRUSTED };
    struct binding binding = { .env = job->env, .selects = selects };
    const struct checked *checked;
    struct module module;
    int rc = insn_assemble(job->arena, text, &insns, &job->err);
    if (rc)
        return rc;
    struct prog *prog = prog_from_insns(job->arena, "main", insns.at, insns.count);
    prog->context = verified ? "memory" : NULL;
    rc = verify(job->arena, job->env, prog, &options, &job->err, &checked);
    if (!rc)
        rc = ir_build(job->arena, checked, &binding, 0, &module, &job->err);
    if (!rc)
        rc = check_module(job->arena, &module, &job->err);
    if (rc)
        return rc;
    if (case_section(job->c, "ir"))
        case_expect(job->c, "ir", print_module(job->arena, &module));
    ir_opt(&module, 0);
    if (case_section(job->c, "opt"))
        case_expect(job->c, "opt", print_module(job->arena, &module));
    return check_module(job->arena, &module, &job->err);
}

static int body(void *arg)
{
    struct job *job = arg;
    struct section *before = case_section(job->c, "before");
    if (before)
        return run_pass(job, before);
    const struct section *source = case_section(job->c, "asm");
    bool verified = source && !strcmp(source->words, "verified");
    bool selects = source && !strcmp(source->words, "selects");
    return run_build(job, case_text(job->c, "asm"), verified, selects);
}

static void run_case(const struct test_case *c)
{
    struct job job = { .c = c };
    job.arena = arena_new(&allocator_libc, 0);
    job.env = env_new(&allocator_libc, &job.err);
    int rc = arena_try(job.arena, &job.err, body, &job);
    CHECK_SAY(!rc, "%s", job.err.text);
    env_free(job.env);
    arena_free(job.arena);
}

void run_ir(void)
{
    cases_run("ir", run_case);
}
