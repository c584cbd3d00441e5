/* SPDX-License-Identifier: Apache-2.0 */
#include "api/inside.h"
#include "api/local.h"

struct env *api_env(struct anybpf_env *env)
{
    return env->rt;
}

const struct object *api_file(const struct anybpf_object *obj)
{
    return obj->file;
}

const struct map_spec *api_map_spec(const struct anybpf_map *map)
{
    return map->spec;
}

struct look {
    struct anybpf_prog *prog;
    const struct prog *final;
    const struct checked *checked;
    struct error err;
};

static int look_at_final(void *arg)
{
    struct look *look = arg;
    return prog_resolve(look->prog, look->prog->object->arena, &look->final, &look->err);
}

static int look_at_checked(void *arg)
{
    struct look *look = arg;
    struct arena *arena = look->prog->object->arena;
    const struct native *native;
    const struct tracing *tracing = NULL;
    int code = look_at_final(arg);
    if (!code)
        code = prog_native(look->prog, arena, look->final, &native, &tracing, &look->err);
    return code ? code
                : prog_check(look->prog, arena, look->final, tracing, &look->checked, &look->err);
}

const struct prog *api_resolve(struct anybpf_prog *prog)
{
    struct look look = { .prog = prog };

    if (prog->loaded)
        return prog->loaded->checked->prog;
    if (!arena_try(prog->object->arena, &look.err, look_at_final, &look))
        return look.final;
    api_fail(prog->object->env, &look.err);
    return NULL;
}

const char *api_native_name(struct anybpf_prog *prog)
{
    const struct prog *final = api_resolve(prog);
    return final ? prog_native_name(prog, final) : NULL;
}

const struct checked *api_check(struct anybpf_prog *prog)
{
    struct look look = { .prog = prog };

    if (prog->loaded)
        return prog->loaded->checked;
    if (!arena_try(prog->object->arena, &look.err, look_at_checked, &look))
        return look.checked;
    api_fail(prog->object->env, &look.err);
    return NULL;
}

void api_leave_out(struct anybpf_object *obj, uint32_t passes)
{
    obj->left_out = passes;
}

uint64_t api_time_compile(const struct anybpf_prog *prog)
{
    struct error err = { 0 };
    uint64_t ns;

    if (!prog_time_compile(prog, &ns, &err))
        return ns;
    api_fail(prog->object->env, &err);
    return 0;
}
