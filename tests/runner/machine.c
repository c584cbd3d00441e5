/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/machine.h"
#include "interp/interp.h"
#include "runner/runner.h"
#include "verify/verify.h"

const char *const way_names[WAY_COUNT] = {
    [WAY_INTERP] = "interpreted",
    [WAY_CHECKED] = "interpreted with checked accesses",
    [WAY_COMPILED] = "compiled",
};

const char *way_missing(enum way way)
{
    return way == WAY_COMPILED ? "there is no compiler yet" : NULL;
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
    enum way way;
    struct program *out;
    struct error *err;
};

static int make(void *arg)
{
    struct loading *l = arg;
    const struct interp *interp;
    int rc = interp_new(l->m->arena, l->m->env, l->out->checked, l->m->maps, l->way == WAY_CHECKED,
                        l->err, &interp);
    if (!rc)
        interp_runnable(interp, &l->out->run);
    return rc;
}

int machine_load(struct machine *m, const struct prog *prog, enum check_level level, enum way way,
                 struct program *out, struct error *err)
{
    struct verify_options options = { .level = level };
    struct loading loading = { m, way, out, err };
    *out = (struct program){ .prog = prog };
    int rc = verify(m->arena, m->env, prog, &options, err, &out->checked);
    return rc ? rc : arena_try(m->arena, err, make, &loading);
}

void machine_unload(struct program *program)
{
    (void)program;
}

int machine_run(const struct program *program, void *memory, size_t size, uint64_t *r0)
{
    struct vcpu *vcpu = vcpu_get();
    return vcpu ? vcpu_run(vcpu, &program->run, memory, size, r0) : ANYBPF_E_BUSY;
}
