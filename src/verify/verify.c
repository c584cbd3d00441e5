/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a verification, and its memory: all working state lies in a scratch arena. */
#include "base/clock.h"
#include "verify/local.h"
#include "rt/rt.h"

static int find_context(struct verifier *v)
{
    const struct prog *prog = v->prog;

    if (v->options.tracing)
        v->context = &v->options.tracing->context;
    else if (prog->context && *prog->context)
        v->context = env_context(v->env, prog->context);
    if (prog->context && *prog->context && !v->context)
        return fail(v->err, ANYBPF_E_UNSUPPORTED,
                    "there is no context type %s here: describe it to the environment",
                    prog->context);
    if (v->options.level == CHECK_TRUSTED && v->context && v->context->kind != CONTEXT_MEMORY)
        return fail(
            v->err, ANYBPF_E_UNSUPPORTED,
            "a trusted program has raw memory as its context: the fields of %s are converted for "
            "verified programs only",
            prog->context);
    return 0;
}

static void build_graphs(struct verifier *v)
{
    v->graphs = arena_array_of(v->arena, v->prog->func_count, const struct cfg *);
    for (uint32_t i = 0; i < v->prog->func_count; i++)
        v->graphs[i] = cfg_build(v->arena, v->scratch, v->prog, i);
}

/* Everything beyond the structure. */
static int prove(struct verifier *v)
{
    int code = walk_all(v);

    for (uint32_t i = 0; i < v->prog->func_count; i++)
        v->funcs[i].depth = (uint16_t)((v->funcs[i].depth + FRAME_ALIGN - 1) & -FRAME_ALIGN);
    if (!code)
        code = structural_trees(v);
    if (!code)
        facts_find(v);
    return code;
}

static void summarize(struct verifier *v, const struct checked *checked)
{
    for (uint32_t i = 0; i < v->prog->func_count; i++)
        if (v->funcs[i].reached)
            log_line(v, VERIFY_LOG_SUMMARY, "%s: %u arguments, stack %u, tree %u",
                     v->prog->funcs[i].name, v->funcs[i].args, v->funcs[i].depth, v->funcs[i].tree);
    log_line(v, VERIFY_LOG_SUMMARY, "%s: accepted (%llu insns, %u states, %llu us)", v->prog->name,
             (unsigned long long)checked->stats.insns, checked->stats.states,
             (unsigned long long)(checked->stats.time / 1000));
}

static int verify_body(void *arg)
{
    struct verifier *v = arg;
    uint64_t begin = clock_ns();
    struct checked *checked = arena_new_of(v->arena, struct checked);
    int code;

    v->facts = arena_array_of(v->arena, v->prog->count, struct insn_fact);
    /* One more: the node for tokens of unknown origin (structural.c). */
    v->funcs = arena_array_of(v->arena, v->prog->func_count + 1u, struct func_fact);
    v->moves_packet = arena_array_of(v->scratch, v->prog->func_count + 1u, bool);
    code = find_context(v);
    if (!code)
        code = structural_check(v);
    if (!code)
        build_graphs(v);
    if (!code && v->options.level == CHECK_VERIFIED)
        code = prove(v);
    if (code)
        return code;
    *checked = (struct checked){
        .prog = v->prog,
        .level = v->options.level,
        .context = v->context,
        .context_escapes = v->context_escapes,
        .facts = v->facts,
        .funcs = v->funcs,
        .graphs = v->graphs,
        .stats = v->stats,
    };
    checked->stats.time = clock_ns() - begin;
    summarize(v, checked);
    v->checked = checked;
    return 0;
}

static int with_scratch(void *arg)
{
    struct verifier *v = arg;
    return arena_try(v->scratch, v->err, verify_body, v);
}

int verify(struct arena *arena, const struct env *env, const struct prog *prog,
           const struct verify_options *options, struct error *err, const struct checked **out)
{
    struct verifier v = { .arena = arena, .env = env, .prog = prog, .err = err };
    int code;

    if (options)
        v.options = *options;
    if (!v.options.budget)
        v.options.budget = VERIFY_INSNS;
    v.scratch = v.options.scratch;
    if (!v.scratch)
        v.scratch = arena_new_scratch(env->from, VERIFY_SCRATCH);
    if (!v.scratch)
        return fail(err, ANYBPF_E_MEMORY, "out of memory at verifying %s", prog->name);
    code = arena_try(arena, err, with_scratch, &v);
    if (v.scratch != v.options.scratch)
        arena_free(v.scratch);
    if (!code)
        *out = v.checked;
    return code;
}
