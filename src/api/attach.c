/* SPDX-License-Identifier: Apache-2.0 */
/* Programs and native functions. */
#include "api/local.h"
#include "attach/attach.h"

int anybpf_env_function(struct anybpf_env *env, const char *prototype, void *function)
{
    struct error err = { 0 };
    void (*typed)(void);

    if (!prototype)
        return api_error(env, ANYBPF_E_ARGUMENT, "a function needs a prototype");
    memcpy(&typed, &function, sizeof typed);
    return env_add_native(env->rt, prototype, typed, &err) ? api_fail(env, &err) : 0;
}

int prog_trampoline(struct loaded *loaded, struct arena *arena, struct hook_state *state,
                    struct trampoline *t, struct error *err)
{
    const struct anybpf_env *env = loaded->object->env;

    if (!loaded->image)
        return fail(err, ANYBPF_E_UNSUPPORTED, "an interpreted program cannot be attached");
    *t = (struct trampoline){
        .env = env->rt,
        .checked = loaded->checked,
        .target = env->target,
        .features = env->features,
        .attachment.tracing = loaded->tracing,
        .symbol = prog_symbol,
        .user = loaded,
        .state = state,
    };
    return layout_of(arena, env->target->conv, loaded->tracing->model, &t->attachment.layout, err);
}

/* ---- Programs as functions ---- */

struct making {
    struct loaded *loaded;
    struct arena *arena;
    struct trampoline t;
    struct code *code;
    struct error *err;
};

static int make(void *arg)
{
    struct making *m = arg;
    struct hook_state *state = arena_new_of(m->loaded->arena, struct hook_state);
    int code = prog_trampoline(m->loaded, m->arena, state, &m->t, m->err);
    return code ? code : trampoline_compile(m->arena, &m->t, &m->code, m->err);
}

static int make_function(struct loaded *loaded, struct error *err)
{
    struct making m = { .loaded = loaded, .err = err };
    int code;

    if (!(m.arena = arena_new(&loaded->object->env->from, 0)))
        return fail(err, ANYBPF_E_MEMORY, "out of memory");
    code = arena_try(m.arena, err, make, &m);
    if (!code)
        code = trampoline_seal(&m.t, m.code, NULL, 0, &loaded->function, err);
    arena_free(m.arena);
    return code;
}

void *anybpf_function(struct anybpf_prog *prog)
{
    const struct anybpf_env *env = prog->object->env;
    struct error err = { 0 };
    const void *entry;
    void *function;

    if (anybpf_load_prog(prog))
        return NULL;
    if (!prog->loaded->tracing || prog->loaded->tracing->kind != ATTACH_MEMBER) {
        api_error(env, ANYBPF_E_ARGUMENT, "program %s is in no section \"struct_ops\"", prog->name);
        return NULL;
    }
    if (!prog->loaded->function && make_function(prog->loaded, &err)) {
        error_prefix(&err, "%s", prog->name);
        api_fail(env, &err);
        return NULL;
    }
    entry = image_entry(prog->loaded->function, 0);
    memcpy(&function, &entry, sizeof function);
    return function;
}
