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
    const struct conv *conv = env->target->conv;

    if (!loaded->image)
        return fail(err, ANYBPF_E_UNSUPPORTED, "an interpreted program cannot be attached");
    *t = (struct trampoline){
        .env = env->rt,
        .checked = loaded->checked,
        .target = env->target,
        .features = env->features,
        .attachment.tracing = loaded->tracing,
        .attachment.vector_bytes = host_vector_bytes,
        .symbol = prog_symbol,
        .user = loaded,
        .state = state,
    };
    if (loaded->object->clang_abi && conv->clang)
        conv = conv->clang;
    return layout_of(arena, conv, loaded->tracing->model, &t->attachment.layout, err);
}

/* ---- Attaching ---- */

enum { STACK_BYTES_MAX = 2048 };

struct attaching {
    struct anybpf_env *env;
    struct loaded *loaded;
    struct arena *arena;
    const struct anybpf_attach_options *options;
    struct anybpf_link *link;
    struct error *err;
};

static int make_link(void *arg)
{
    struct attaching *a = arg;
    struct anybpf_link *link = a->link = arena_new_of(a->arena, struct anybpf_link);
    int code;

    *link = (struct anybpf_link){ .env = a->env, .arena = a->arena, .loaded = a->loaded };
    link->t = arena_new_of(a->arena, struct trampoline);
    link->state = arena_new_of(a->arena, struct hook_state);
    link->state->cookie = a->options->cookie;
    code = prog_trampoline(a->loaded, a->arena, link->state, link->t, a->err);
    link->t->attachment.counts = a->options->account;
    link->t->attachment.stack_bytes = (a->options->stack_bytes + 7) & ~7u;
    return code;
}

/* The program was attached there before, in the same way: its code is used again. */
static bool is_same(const struct anybpf_link *link, const struct attaching *a, const void *function)
{
    const struct anybpf_attach_options *o = &link->options;
    return link->loaded == a->loaded && link->function == function &&
           o->account == a->options->account && o->sled == a->options->sled &&
           o->stack_bytes == a->options->stack_bytes && o->pointer == a->options->pointer &&
           o->import == a->options->import && o->importer == a->options->importer;
}

static int attach_again(struct attaching *a, struct anybpf_link **at, const void *function,
                        const struct site_options *site)
{
    struct anybpf_link *link = *at;
    link->state->cookie = a->options->cookie;
    link->state->runs = link->state->time = link->state->misses = 0;
    if (link_attach_again(link->link, function, site, a->err))
        return a->err->code;
    *at = link->next;
    a->link = link;
    return 0;
}

static int attach_new(struct attaching *a, const void *function, const struct site_options *site)
{
    int code;

    if (!(a->arena = arena_new(&a->env->from, 0)))
        return fail(a->err, ANYBPF_E_MEMORY, "out of memory");
    code = arena_try(a->arena, a->err, make_link, a);
    if (!code)
        code = link_attach(&a->link->link, a->arena, a->link->t, function, site, a->err);
    if (code) {
        arena_free(a->arena);
        return code;
    }
    a->link->function = function;
    a->link->options = *a->options;
    runnable_hold(&a->loaded->run);
    return 0;
}

static int attach(struct attaching *a, const void *function)
{
    const struct anybpf_attach_options *o = a->options;
    struct site_options site = { .kind = o->pointer  ? SITE_POINTER
                                         : o->import ? SITE_IMPORT
                                                     : SITE_ENTRY,
                                 .sled = o->sled,
                                 .import = o->import,
                                 .importer = o->importer,
                                 .variable = o->pointer };
    struct anybpf_link **at = &a->env->idle;
    int code;

    if (o->stack_bytes > STACK_BYTES_MAX)
        return fail(a->err, ANYBPF_E_LIMIT, "stack_bytes: %u; up to %d can be copied",
                    o->stack_bytes, STACK_BYTES_MAX);
    if (site.kind == SITE_ENTRY && !function)
        return fail(a->err, ANYBPF_E_ARGUMENT, "where the function is was not told");
    while (*at && !is_same(*at, a, function))
        at = &(*at)->next;
    code = *at ? attach_again(a, at, function, &site) : attach_new(a, function, &site);
    if (code)
        return code;
    a->link->next = a->env->links;
    a->env->links = a->link;
    return 0;
}

struct anybpf_link *anybpf_attach(struct anybpf_prog *prog, void *function,
                                  const struct anybpf_attach_options *options)
{
    static const struct anybpf_attach_options none;
    struct anybpf_env *env = prog->object->env;
    struct error err = { 0 };
    struct attaching a = { .env = env, .options = options ? options : &none, .err = &err };
    const struct native *native;

    if (anybpf_load_prog(prog))
        return NULL;
    a.loaded = prog->loaded;
    native = a.loaded->native;
    if (!native || a.loaded->tracing->kind == ATTACH_MEMBER) {
        api_error(env, ANYBPF_E_ARGUMENT, "program %s (section \"%s\") is not for functions",
                  prog->name, prog->section);
        return NULL;
    }
    if (!function)
        memcpy(&function, &native->address, sizeof function);
    if (!attach(&a, function))
        return a.link;
    error_prefix(&err, "%s: %s", prog->name, native->name);
    api_fail(env, &err);
    return NULL;
}

int anybpf_detach(struct anybpf_link *link)
{
    struct error err = { 0 };
    struct anybpf_link **at;

    if (!link)
        return 0;
    if (link_detach(link->link, &err))
        return api_fail(link->env, &err);
    for (at = &link->env->links; *at != link;)
        at = &(*at)->next;
    *at = link->next;
    link->next = link->env->idle;
    link->env->idle = link;
    return 0;
}

/* No thread is within its code any more. */
static void free_link(void *user)
{
    struct anybpf_link *link = user;
    struct loaded *loaded = link->loaded;
    struct anybpf_env *env = link->env;

    arena_free(link->arena);
    runnable_drop(&loaded->run);
    __atomic_sub_fetch(&env->leaving, 1, __ATOMIC_RELEASE);
}

void link_drop_all(struct anybpf_env *env, const struct anybpf_object *obj)
{
    struct anybpf_link *next;

    for (struct anybpf_link *link = env->links; link; link = next) {
        next = link->next;
        if (link->loaded->object == obj)
            anybpf_detach(link);
    }
    for (struct anybpf_link **at = &env->idle, *link; (link = *at);) {
        if (link->loaded->object != obj) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        __atomic_add_fetch(&env->leaving, 1, __ATOMIC_RELAXED);
        link_give_up(link->link, free_link, link);
    }
    link_reclaim();
}

void anybpf_link_info(const struct anybpf_link *link, struct anybpf_link_info *info, size_t size)
{
    const struct hook_state *state = link->state;
    struct anybpf_link_info all = {
        .runs = __atomic_load_n(&state->runs, __ATOMIC_RELAXED),
        .time_ns = __atomic_load_n(&state->time, __ATOMIC_RELAXED),
        .misses = __atomic_load_n(&state->misses, __ATOMIC_RELAXED),
    };

    memset(info, 0, size);
    memcpy(info, &all, size < sizeof all ? size : sizeof all);
}
