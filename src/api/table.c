/* SPDX-License-Identifier: Apache-2.0 */
/* Programs as C functions, and tables of them. */
#include "api/local.h"
#include "attach/attach.h"

/* ---- Functions ---- */

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

/* ---- Tables ---- */

struct filling {
    struct anybpf_object *obj;
    const struct type *record; /* the host's */
    uint8_t *memory;
    bool put; /* all must be there before one is put in */
    const struct object_table *table;
    struct arena *arena;
    const struct table_place *places;
    struct error *err;
};

/* Where in the host's struct the program belongs; false: not there. */
static bool find_member(const struct anybpf_prog *prog, const struct type *record, size_t *at)
{
    const struct native *native = prog->loaded->native;
    size_t length = strlen(record->name);
    const struct member *member;
    uint32_t bit_offset = 0;

    if (!native || strncmp(native->name, record->name, length) || native->name[length] != '.')
        return false;
    member = type_member(record, native->name + length + 1, &bit_offset);
    *at = bit_offset / 8;
    return member != NULL;
}

static int put_prog(const struct filling *f, struct anybpf_prog *prog, size_t at)
{
    void *function = anybpf_function(prog);

    if (!function)
        return api_code();
    if (f->put)
        memcpy(f->memory + at, &function, sizeof function);
    return 0;
}

static int fill_from_sections(struct filling *f)
{
    bool found = false;

    for (uint32_t i = 0; i < f->obj->prog_count; i++) {
        struct anybpf_prog *prog = &f->obj->progs[i];
        size_t at;
        if (strncmp(prog->section, "struct_ops", strlen("struct_ops")))
            continue;
        if (anybpf_load_prog(prog))
            return api_code();
        if (!find_member(prog, f->record, &at))
            continue;
        if (put_prog(f, prog, at))
            return api_code();
        found = true;
    }
    return found ? 0
                 : api_error(f->obj->env, ANYBPF_E_NOT_FOUND, "no program is for struct %s",
                             f->record->name);
}

static int match(void *arg)
{
    struct filling *f = arg;
    return table_match(f->table, f->record, f->arena, &f->places, f->err);
}

static int put_member(const struct filling *f, uint32_t i)
{
    const struct table_place *place = &f->places[i];
    const struct member *member = &f->table->type->members[i];
    struct anybpf_prog *prog = f->table->progs[i] ? &f->obj->progs[f->table->progs[i] - 1] : NULL;
    size_t at;

    if (!prog) {
        if (f->put)
            memcpy(f->memory + place->offset, f->table->data + member->bit_offset / 8, place->size);
        return 0;
    }
    if (anybpf_load_prog(prog))
        return api_code();
    if (!find_member(prog, f->record, &at) || at != place->offset)
        return api_error(f->obj->env, ANYBPF_E_ARGUMENT,
                         "table %s: its member %s is program %s, which is for %s", f->table->name,
                         member->name, prog->name,
                         prog->loaded->native ? prog->loaded->native->name : prog->section);
    return put_prog(f, prog, at);
}

static int fill_members(const struct filling *f)
{
    for (uint32_t i = 0; i < f->table->type->count; i++)
        if (put_member(f, i))
            return api_code();
    return 0;
}

static int fill_from_variable(struct filling *f)
{
    struct anybpf_env *env = f->obj->env;
    struct error err = { 0 };
    int code;

    if (object_check_order(f->obj, &err) ||
        (!(f->arena = arena_new(&env->from, 0)) && fail(&err, ANYBPF_E_MEMORY, "out of memory")))
        return api_fail(env, &err);
    f->err = &err;
    code = arena_try(f->arena, &err, match, f) ? api_fail(env, &err) : 0;
    if (!code && !(code = fill_members(f))) {
        f->put = true;
        code = fill_members(f);
    }
    arena_free(f->arena);
    return code;
}

/* The object's table of that name, or its first one, of that struct. */
static const struct object_table *find_table(const struct object *file, const char *of,
                                             const char *variable)
{
    for (uint32_t i = 0; file && i < file->table_count; i++)
        if (!strcmp(file->tables[i].of, of) &&
            (!variable || !strcmp(file->tables[i].name, variable)))
            return &file->tables[i];
    return NULL;
}

int anybpf_fill_table(struct anybpf_object *obj, const char *table, const char *variable,
                      void *memory)
{
    struct filling f = { .obj = obj, .memory = memory };
    int code;

    if (!(f.record = types_find(obj->env->rt->types, TYPE_STRUCT, table)))
        return api_error(obj->env, ANYBPF_E_NOT_FOUND, "no struct %s was declared", table);
    if ((f.table = find_table(obj->file, table, variable)))
        return fill_from_variable(&f);
    if (variable)
        return api_error(obj->env, ANYBPF_E_NOT_FOUND,
                         "section .struct_ops of the object has no struct %s \"%s\"", table,
                         variable);
    if ((code = fill_from_sections(&f)))
        return code;
    f.put = true;
    return fill_from_sections(&f);
}
