/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/machine.h"
#include "abi/abi.h"
#include "arch/targets.h"
#include "image/image.h"
#include "interp/interp.h"
#include "runner/runner.h"
#include "verify/verify.h"

const char *const way_names[WAY_COUNT] = {
    [WAY_INTERP] = "interpreted",
    [WAY_CHECKED] = "interpreted with checked accesses",
    [WAY_COMPILED] = "compiled",
    [WAY_TIGHT] = "compiled with few registers",
};

const char *way_missing(enum way way)
{
    if (way >= WAY_COMPILED && !target_find(host_target))
        return "this build does not compile for the processor that it runs on";
    return NULL;
}

bool machine_begin(struct machine *m)
{
    struct error err = { 0 };
    *m = (struct machine){ .env = env_new(&allocator_libc, &err) };
    m->arena = arena_new(&allocator_libc, 0);
    CHECK_SAY(m->env && m->arena, "%s", err.text);
    return m->env && m->arena;
}

void machine_end(struct machine *m)
{
    for (uint32_t i = 0; i < m->map_count; i++)
        map_free(m->maps[i]);
    env_free(m->env);
    arena_free(m->arena);
}

struct loading {
    struct machine *m;
    struct arena *scratch;
    const struct target *target;
    struct code *code;
    struct program *out;
    struct error *err;
    enum way way;
};

static int interpret(void *arg)
{
    struct loading *l = arg;
    const struct interp *interp;
    int rc = interp_new(l->m->arena, l->m->env, l->out->checked, l->m->maps, l->way == WAY_CHECKED,
                        l->err, &interp);
    if (!rc)
        interp_runnable(interp, &l->out->run);
    return rc;
}

/* ---- Compiling ---- */

static int tabulate(void *arg)
{
    struct loading *l = arg;
    const struct checked *checked = l->out->checked;
    uint32_t count = checked->prog->func_count;
    struct functions *table = arena_alloc(l->m->arena, sizeof *table + count * sizeof table->at[0]);
    table->count = count;
    for (uint32_t i = 0; i < count; i++) {
        table->at[i].depth = checked->funcs[i].tree;
        table->at[i].params = checked->funcs[i].args;
    }
    l->out->functions = table;
    return 0;
}

static uint32_t features(const struct target *target)
{
    uint32_t set = 0;
    for (unsigned i = 0; target->features[i]; i++)
        set |= host_has(target->features[i]) ? 1u << i : 0;
    return set;
}

/* The processor with three registers that calls destroy and three that they keep. */
static const struct target *tight(const struct target *whole, struct arena *arena)
{
    struct target *target = arena_new_of(arena, struct target);
    uint8_t *order = arena_alloc(arena, 6);
    *target = *whole;
    for (unsigned i = 0; i < 3; i++) {
        order[i] = whole->order[2 * i];
        order[3 + i] = whole->order[whole->order_count - 1 - i];
    }
    target->order = order;
    target->order_count = 6;
    return target;
}

static int build(void *arg)
{
    struct loading *l = arg;
    uint32_t set = l->way == WAY_TIGHT ? 0 : features(l->target);
    if (l->way == WAY_TIGHT)
        l->target = tight(l->target, l->scratch);
    struct binding binding = target_binding(l->target, l->m->env);
    struct module module;
    int rc = ir_build(l->scratch, l->out->checked, &binding, l->m->left_out, &module, l->err);
    if (rc)
        return rc;
    ir_opt(&module, l->m->left_out);
    return compile(l->scratch, &module, l->target, set, &l->code, l->err);
}

static uint64_t symbol(void *user, enum symbol_kind kind, uint32_t index, struct error *err)
{
    const struct program *program = user;
    const struct machine *m = program->machine;
    switch (kind) {
    case SYMBOL_MAP: return (uintptr_t)m->maps[index];
    case SYMBOL_MAP_DATA: return m->maps[index]->values.word;
    case SYMBOL_HELPER: return (uintptr_t)env_helper(m->env, index)->function;
    case SYMBOL_FUNCTIONS: return (uintptr_t)program->functions;
    default: fail(err, ANYBPF_E_UNSUPPORTED, "a symbol of kind %d", (int)kind); return 0;
    }
}

static int seal(struct loading *l)
{
    struct program *out = l->out;
    bool trusted = out->checked->level == CHECK_TRUSTED;
    struct image_options options = {
        .symbol = symbol, .user = out, .prog = out->prog, .may_fault = trusted
    };
    int rc = image_seal(l->code, &options, &out->image, l->err);
    if (rc)
        return rc;
    for (uint32_t i = 0; i < out->functions->count; i++)
        if (out->image->entries[i].at != out->image->entries[i].end)
            SLOT_SET(out->functions->at[i].code, image_entry(out->image, i));
    SLOT_SET(out->run.code, image_entry(out->image, 0));
    out->run.depth = out->checked->funcs[0].tree;
    out->run.type = out->prog->type;
    out->run.cpus = l->m->env->cpus;
    out->run.flags = trusted ? RUNNABLE_MAY_FAULT : 0;
    return 0;
}

static int make_code(struct loading *l)
{
    int rc = arena_try(l->m->arena, l->err, tabulate, l);
    l->target = target_find(host_target);
    l->scratch = arena_new(&allocator_libc, 0);
    if (!rc)
        rc = arena_try(l->scratch, l->err, build, l);
    if (!rc)
        rc = seal(l);
    arena_free(l->scratch);
    return rc;
}

int machine_load(struct machine *m, const struct prog *prog, enum check_level level, enum way way,
                 struct program *out, struct error *err)
{
    struct verify_options options = { .level = level, .budget = m->budget };
    struct loading l = { .m = m, .out = out, .err = err, .way = way };
    *out = (struct program){ .prog = prog, .machine = m, .run = { .refs = 1 } };
    int rc = verify(m->arena, m->env, prog, &options, err, &out->checked);
    if (rc)
        return rc;
    return way >= WAY_COMPILED ? make_code(&l) : arena_try(m->arena, err, interpret, &l);
}

void machine_unload(struct program *program)
{
    if (program->image)
        image_free(program->image);
}

int machine_run(const struct program *program, void *memory, size_t size, uint64_t *r0)
{
    struct vcpu *vcpu = vcpu_get();
    return vcpu ? vcpu_run(vcpu, &program->run, memory, size, r0) : ANYBPF_E_BUSY;
}
