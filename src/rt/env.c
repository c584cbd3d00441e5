/* SPDX-License-Identifier: Apache-2.0 */
/* What an embedder offers to programs: helpers and context types. Two environments know nothing of
 * each other. */
#include "rt/local.h"
#include <string.h>

static const struct helper *add(struct env *env, const struct helper *helper)
{
    uint32_t index = env->helpers.count;
    *hash_put(env->arena, &env->helper_ids, helper->id) = index;
    *hash_put_text(env->arena, &env->helper_names, helper->name) = index;
    vec_push(env->arena, &env->helpers, helper);
    return helper;
}

static int fill(void *arg)
{
    struct env *env = arg;
    env->types = types_new(env->arena, NULL);
    for (uint32_t i = 0; i < helper_count; i++)
        add(env, &helpers[i]);
    for (uint32_t i = 0; i < context_type_count; i++)
        vec_push(env->arena, &env->contexts, &context_types[i]);
    return 0;
}

static int make(void *arg)
{
    struct arena *arena = *(void **)arg;
    *(void **)arg = arena_new_of(arena, struct env);
    return 0;
}

struct env *env_new(const struct anybpf_allocator *from, struct error *err)
{
    struct arena *arena = arena_new(from, 0);
    struct env *env;
    void *arg = arena;

    if (!arena) {
        fail(err, ANYBPF_E_MEMORY, "no memory for an environment");
        return NULL;
    }
    if (arena_try(arena, err, make, &arg)) {
        arena_free(arena);
        return NULL;
    }
    env = arg;
    *env = (struct env){ .arena = arena, .from = from, .cpus = ENV_CPUS };
    if (arena_try(arena, err, fill, env)) {
        arena_free(arena);
        return NULL;
    }
    return env;
}

void env_free(struct env *env)
{
    if (!env)
        return;
    epoch_drain();
    arena_free(env->arena);
}

const struct helper *env_helper(const struct env *env, uint32_t id)
{
    const uint32_t *index = hash_get(&env->helper_ids, id);
    return index ? env->helpers.at[*index] : NULL;
}

const struct helper *env_helper_named(const struct env *env, const char *name)
{
    const uint32_t *index = hash_get_text(&env->helper_names, name);
    return index ? env->helpers.at[*index] : NULL;
}

const struct context_type *env_context(const struct env *env, const char *name)
{
    for (uint32_t i = 0; i < env->contexts.count; i++)
        if (!strcmp(env->contexts.at[i]->name, name))
            return env->contexts.at[i];
    return NULL;
}

/* ---- What the embedder adds ---- */

struct addition {
    struct env *env;
    uint32_t id;
    const struct type *func; /* instead of text */
    const char *name, *text;
    void (*function)(void);
    struct error *err;
};

static int add_helper(void *arg)
{
    struct addition *a = arg;
    struct helper *helper = arena_new_of(a->env->arena, struct helper);
    int code = helper_from_text(a->env, a->id, a->text, a->function, helper, a->err);

    if (code)
        return code;
    if (env_helper(a->env, a->id) || env_helper_named(a->env, helper->name))
        return fail(a->err, ANYBPF_E_EXISTS, "helper %u, %s: there is one of that number or name",
                    a->id, helper->name);
    add(a->env, helper);
    return 0;
}

int env_add_helper(struct env *env, uint32_t id, const char *prototype, void (*function)(void),
                   struct error *err)
{
    struct addition a = {
        .env = env, .id = id, .text = prototype, .function = function, .err = err
    };
    return arena_try(env->arena, err, add_helper, &a);
}

/* The last struct of the types from `first` on. */
static const struct type *last_struct(const struct types *types, uint32_t first)
{
    for (uint32_t i = types->all.count; i-- > first;)
        if (types->all.at[i]->kind == TYPE_STRUCT && types->all.at[i]->name[0])
            return types->all.at[i];
    return NULL;
}

/* A field for each member; bit-fields are reached by the bytes they touch. */
static void add_fields(struct env *env, struct context_type *context, const struct type *record)
{
    struct context_field *fields = arena_array_of(env->arena, record->count, struct context_field);

    for (uint32_t i = 0; i < record->count; i++) {
        const struct member *member = &record->members[i];
        uint32_t first = member->bit_offset / 8;
        uint32_t size = member->bits ? (member->bit_offset % 8 + member->bits + 7u) / 8
                                     : (uint32_t)member->type->size;
        fields[i] = (struct context_field){ .name = member->name,
                                            .offset = first,
                                            .size = size,
                                            .host_offset = first,
                                            .host_size = size,
                                            .kind = FIELD_MEMORY,
                                            .access = FIELD_READ | FIELD_NARROW };
        if (type_tag(record, (int)i, "__rw"))
            fields[i].access |= FIELD_WRITE;
    }
    context->fields = fields;
    context->count = record->count;
}

static int add_context(void *arg)
{
    struct addition *a = arg;
    struct env *env = a->env;
    uint32_t before = env->types->all.count;
    struct context_type *context = arena_new_of(env->arena, struct context_type);
    const struct type *record;
    int code;

    if (env_context(env, a->name))
        return fail(a->err, ANYBPF_E_EXISTS, "there is a context type %s already", a->name);
    code = cdecl_parse(env->types, a->text, a->err);
    if (code)
        return code;
    record = last_struct(env->types, before);
    if (!record || !record->size || record->size > UINT16_MAX)
        return fail(a->err, ANYBPF_E_FORMAT,
                    "context type %s: the declaration must end with a struct of up to 65535 bytes",
                    a->name);
    *context = (struct context_type){ .name = arena_string(env->arena, a->name, strlen(a->name)),
                                      .record = record->name,
                                      .kind = CONTEXT_DESCRIBED,
                                      .type = (enum prog_type)(PROG_EMBEDDER + env->contexts.count),
                                      .size = (uint32_t)record->size };
    add_fields(env, context, record);
    vec_push(env->arena, &env->contexts, context);
    return 0;
}

int env_add_context(struct env *env, const char *name, const char *declaration, struct error *err)
{
    struct addition a = { .env = env, .name = name, .text = declaration, .err = err };
    return arena_try(env->arena, err, add_context, &a);
}

static int declare(void *arg)
{
    struct addition *a = arg;
    return cdecl_parse(a->env->types, a->text, a->err);
}

int env_declare(struct env *env, const char *declarations, struct error *err)
{
    struct addition a = { .env = env, .text = declarations, .err = err };
    return arena_try(env->arena, err, declare, &a);
}

static int add_native(void *arg)
{
    struct addition *a = arg;
    struct env *env = a->env;
    struct native *native = arena_new_of(env->arena, struct native);
    int code = a->func ? model_of_type(env->arena, a->func, &native->model, a->err)
                       : model_of_decl(env->arena, env->types, a->text, &native->model, a->err);

    if (code)
        return code;
    native->name = native->model->name;
    native->address = a->function;
    for (uint32_t i = 0; i < env->natives.count; i++)
        if (!strcmp(env->natives.at[i]->name, native->name))
            return fail(a->err, ANYBPF_E_EXISTS, "there is a function %s already", native->name);
    vec_push(env->arena, &env->natives, native);
    return 0;
}

int env_add_native(struct env *env, const char *prototype, void (*address)(void), struct error *err)
{
    struct addition a = { .env = env, .text = prototype, .function = address, .err = err };
    return arena_try(env->arena, err, add_native, &a);
}

int env_add_native_type(struct env *env, const struct type *func, struct error *err)
{
    struct addition a = { .env = env, .func = func, .err = err };
    return arena_try(env->arena, err, add_native, &a);
}

static int add_member(void *arg)
{
    struct addition *a = arg;
    struct env *env = a->env;
    const char *dot = strchr(a->name, '.');
    const char *table = arena_string(env->arena, a->name, (size_t)(dot - a->name));
    const struct type *record = types_find(env->types, TYPE_STRUCT, table);
    const struct member *member;
    const struct type *to;
    struct native *native;
    uint32_t offset;
    int code;

    if (!record || !(member = type_member(record, dot + 1, &offset)))
        return 0;
    to = type_strip(member->type);
    if (to->kind != TYPE_PTR || type_strip(to->to)->kind != TYPE_FUNC_PROTO)
        return 0;
    native = arena_new_of(env->arena, struct native);
    code = model_of_type(env->arena, to->to, &native->model, a->err);
    native->name = arena_string(env->arena, a->name, strlen(a->name));
    if (!code)
        vec_push(env->arena, &env->natives, native);
    return code;
}

const struct native *env_native(struct env *env, const char *name, struct error *err)
{
    struct addition a = { .env = env, .name = name, .err = err };
    uint32_t count = env->natives.count;

    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(env->natives.at[i]->name, name))
            return env->natives.at[i];
    if (!strchr(name, '.') || arena_try(env->arena, err, add_member, &a))
        return NULL;
    return env->natives.count > count ? env->natives.at[count] : NULL;
}
