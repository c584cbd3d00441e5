/* SPDX-License-Identifier: Apache-2.0 */
/* Objects: opening, settings, and loading all that is in them. */
#include "api/local.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Life ---- */

void object_drop(struct anybpf_object *obj)
{
    if (__atomic_sub_fetch(&obj->refs, 1, __ATOMIC_ACQ_REL))
        return;
    for (uint32_t i = 0; i < obj->map_count; i++)
        if (obj->maps[i].map)
            map_free(obj->maps[i].map);
    arena_free(obj->arena);
}

void anybpf_close(struct anybpf_object *obj)
{
    struct anybpf_object **link;

    if (!obj)
        return;
    for (link = &obj->env->objects; *link != obj;)
        link = &(*link)->next;
    *link = obj->next;
    link_drop_all(obj->env, obj);
    /* Its prog arrays would hold its programs, and those the object, for ever. */
    for (uint32_t i = 0; i < obj->map_count; i++) {
        const struct anybpf_map *map = &obj->maps[i];
        if (map->map && map->spec->type == MAP_PROG_ARRAY)
            map_clear_progs(map->map);
    }
    for (uint32_t i = 0; i < obj->prog_count; i++)
        if (obj->progs[i].loaded)
            runnable_drop(&obj->progs[i].loaded->run);
    object_drop(obj);
    epoch_reclaim();
}

/* ---- Opening ---- */

struct opening {
    struct anybpf_env *env;
    struct arena *arena;
    struct object *file;
    struct anybpf_object *obj;
    struct bytes bytes;
    const char *name;    /* of a file; NULL: bare instructions ... */
    const char *section; /* ... of this type */
};

static void list_maps(struct anybpf_object *obj, const struct map_spec *const *specs,
                      uint32_t count)
{
    obj->maps = arena_array_of(obj->arena, count, struct anybpf_map);
    obj->map_count = count;
    for (uint32_t i = 0; i < count; i++)
        obj->maps[i] = (struct anybpf_map){ .object = obj, .spec = specs[i] };
}

/* Tells programs which member of a table they are. */
static void aim_members(struct anybpf_object *obj, const struct object_table *table)
{
    for (uint32_t i = 0; i < table->type->count; i++) {
        uint32_t index = table->progs[i];
        if (index && !obj->progs[index - 1].target)
            obj->progs[index - 1].target =
                arena_printf(obj->arena, "%s.%s", table->of, table->type->members[i].name);
    }
}

static void open_file(const struct opening *o)
{
    struct anybpf_object *obj = o->obj;
    const struct object *file = obj->file;

    list_maps(obj, file->maps, file->map_count);
    obj->prog_count = file->prog_count;
    obj->progs = arena_array_of(obj->arena, obj->prog_count, struct anybpf_prog);
    for (uint32_t i = 0; i < obj->prog_count; i++)
        obj->progs[i] = (struct anybpf_prog){
            .object = obj,
            .index = i,
            .name = file->progs[i].name,
            .section = file->progs[i].section,
            .insns = file->progs[i].insns,
        };
    for (uint32_t i = 0; i < file->table_count; i++)
        aim_members(obj, &file->tables[i]);
}

static void open_insns(const struct opening *o)
{
    struct anybpf_object *obj = o->obj;
    uint32_t count = (uint32_t)(o->bytes.size / 8);
    struct insn *insns = arena_array_of(obj->arena, count, struct insn);

    insn_decode_all(o->bytes.at, count, HOST_IS_BIG, insns);
    obj->progs = arena_new_of(obj->arena, struct anybpf_prog);
    obj->prog_count = 1;
    obj->progs[0] = (struct anybpf_prog){
        .object = obj,
        .name = "main",
        .section = arena_string(obj->arena, o->section, strlen(o->section)),
        .insns = count,
        .bare = insns,
    };
}

static int make_object(void *arg)
{
    struct opening *o = arg;

    o->obj = arena_new_of(o->arena, struct anybpf_object);
    *o->obj =
        (struct anybpf_object){ .env = o->env, .arena = o->arena, .file = o->file, .refs = 1 };
    if (o->file)
        open_file(o);
    else
        open_insns(o);
    return 0;
}

static struct anybpf_object *open_with(struct anybpf_env *env, struct opening *o)
{
    struct error err = { 0 };

    o->env = env;
    if (!o->name)
        o->arena = arena_new(&env->from, 0);
    else if (!object_open(o->bytes, o->name, env->rt, env->rt->from, &o->file, &err))
        o->arena = o->file->arena;
    if (!o->arena || arena_try(o->arena, &err, make_object, o)) {
        arena_free(o->arena);
        fail(&err, ANYBPF_E_MEMORY, "out of memory for an object"); /* unless it says more */
        api_fail(env, &err);
        return NULL;
    }
    o->obj->next = env->objects;
    env->objects = o->obj;
    return o->obj;
}

struct anybpf_object *anybpf_open_memory(struct anybpf_env *env, const void *data, size_t size,
                                         const char *name)
{
    struct opening o = { .bytes = { data, size }, .name = name ? name : "object" };
    return open_with(env, &o);
}

struct anybpf_object *anybpf_open_insns(struct anybpf_env *env, const void *insns, size_t count,
                                        const char *section)
{
    struct opening o = { .bytes = { insns, count * 8 }, .section = section };

    if (count && count <= VERIFY_SLOTS)
        return open_with(env, &o);
    api_error(env, ANYBPF_E_ARGUMENT, "a program of %zu instructions; 1 to %d are possible", count,
              (int)VERIFY_SLOTS);
    return NULL;
}

struct anybpf_object *anybpf_open(struct anybpf_env *env, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct anybpf_object *obj = NULL;
    struct stat status;
    uint8_t *data;
    size_t have = 0;
    ssize_t got;

    if (fd < 0 || fstat(fd, &status)) {
        api_error(env, ANYBPF_E_SYSTEM, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    data = env->from.alloc(env->from.user, (size_t)status.st_size + 1);
    if (!data)
        api_error(env, ANYBPF_E_MEMORY, "%s: out of memory", path);
    while (data && (got = read(fd, data + have, (size_t)status.st_size - have)) > 0)
        have += (size_t)got;
    if (data && S_ISREG(status.st_mode))
        obj = anybpf_open_memory(env, data, have, path);
    else if (data)
        api_error(env, ANYBPF_E_SYSTEM, "%s: not a regular file", path);
    close(fd);
    if (data)
        env->from.release(env->from.user, data, (size_t)status.st_size + 1);
    return obj;
}

/* ---- Settings ---- */

int anybpf_set(struct anybpf_object *obj, enum anybpf_setting setting, uint64_t value)
{
    if (obj->loaded)
        return api_error(obj->env, ANYBPF_E_BUSY, "settings are fixed once a program is loaded");
    switch (setting) {
    case ANYBPF_TRUSTED: obj->trusted = value; return 0;
    case ANYBPF_INTERPRET: obj->interpret = value; return 0;
    case ANYBPF_CHECK_ACCESS: obj->check_access = value; return 0;
    case ANYBPF_CLANG_ABI: obj->clang_abi = value; return 0;
    }
    return api_error(obj->env, ANYBPF_E_ARGUMENT, "no setting %d", (int)setting);
}

struct anybpf_prog *prog_named(struct anybpf_object *obj, const char *name)
{
    for (uint32_t i = 0; i < obj->prog_count; i++)
        if (!name || !strcmp(obj->progs[i].name, name))
            return &obj->progs[i];
    if (name)
        api_error(obj->env, ANYBPF_E_NOT_FOUND, "the object has no program \"%s\"", name);
    else
        api_error(obj->env, ANYBPF_E_NOT_FOUND, "the object has no program");
    return NULL;
}

struct keeping {
    struct anybpf_object *obj;
    const char *text;
    const char *kept;
    uint32_t max_entries;
    struct anybpf_map *map;
};

static int keep_text(void *arg)
{
    struct keeping *k = arg;
    k->kept = arena_string(k->obj->arena, k->text, strlen(k->text));
    return 0;
}

/* A text for a program that is not loaded yet. */
static int set_text(struct anybpf_object *obj, const char *name, const char *text,
                    const char **(*place)(struct anybpf_prog *prog))
{
    struct anybpf_prog *prog = prog_named(obj, name);
    struct keeping k = { .obj = obj, .text = text };
    struct error err = { 0 };

    if (!prog)
        return ANYBPF_E_NOT_FOUND;
    if (prog->loaded)
        return api_error(obj->env, ANYBPF_E_BUSY, "program %s is loaded already", prog->name);
    if (arena_try(obj->arena, &err, keep_text, &k))
        return api_fail(obj->env, &err);
    *place(prog) = k.kept;
    return 0;
}

static const char **type_of(struct anybpf_prog *prog)
{
    return &prog->type;
}

static const char **target_of(struct anybpf_prog *prog)
{
    return &prog->target;
}

int anybpf_set_type(struct anybpf_object *obj, const char *name, const char *section)
{
    return set_text(obj, name, section, type_of);
}

int anybpf_set_target(struct anybpf_object *obj, const char *name, const char *function)
{
    return set_text(obj, name, function, target_of);
}

static int resize(void *arg)
{
    struct keeping *k = arg;
    struct map_spec *spec = arena_new_of(k->obj->arena, struct map_spec);
    *spec = *k->map->spec;
    spec->max_entries = k->max_entries;
    k->map->resized = spec;
    return 0;
}

int anybpf_set_max_entries(struct anybpf_object *obj, const char *name, uint32_t entries)
{
    struct keeping k = { .obj = obj, .max_entries = entries };
    struct error err = { 0 };

    for (uint32_t i = 0; i < obj->map_count; i++)
        if (!strcmp(obj->maps[i].spec->name, name))
            k.map = &obj->maps[i];
    if (!k.map)
        return api_error(obj->env, ANYBPF_E_NOT_FOUND, "the object has no map \"%s\"", name);
    if (k.map->map)
        return api_error(obj->env, ANYBPF_E_BUSY, "map %s is made already", name);
    return arena_try(obj->arena, &err, resize, &k) ? api_fail(obj->env, &err) : 0;
}

/* ---- Loading ---- */

static int load_one(struct anybpf_prog *prog, struct error *err)
{
    int code = prog_load(prog, err);
    if (code)
        error_prefix(err, "%s", prog->name);
    return code;
}

/* Loads the programs that the object puts in the array, and puts them in. */
static int fill(struct anybpf_object *obj, struct anybpf_map *map, struct error *err)
{
    for (uint32_t i = 0; i < map->spec->slot_count; i++) {
        const struct map_slot_init *slot = &map->spec->slots[i];
        struct anybpf_prog *prog = prog_named(obj, slot->name);
        int code;
        if (!prog)
            return fail(err, ANYBPF_E_NOT_FOUND, "map %s: slot %u names \"%s\", no program",
                        map->spec->name, slot->index, slot->name);
        if ((code = load_one(prog, err)))
            return code;
        if (map_set_prog(map->map, slot->index, &prog->loaded->run))
            return fail(err, ANYBPF_E_ARGUMENT,
                        "map %s: slot %u cannot take program %s: no such slot, or another type",
                        map->spec->name, slot->index, slot->name);
    }
    map->filled = true;
    return 0;
}

/* Fills the prog arrays that loading has made, until it makes no more. */
static int fill_prog_arrays(struct anybpf_object *obj, struct error *err)
{
    for (uint32_t i = 0; i < obj->map_count; i++) {
        struct anybpf_map *map = &obj->maps[i];
        int code;
        if (!map->map || map->filled || !map->spec->slot_count)
            continue;
        if ((code = fill(obj, map, err)))
            return code;
        i = UINT32_MAX; /* that may have made maps before this one: from the start */
    }
    return 0;
}

int anybpf_load(struct anybpf_object *obj)
{
    struct error err = { 0 };
    int code = 0;

    for (uint32_t i = 0; i < obj->map_count && !code; i++)
        code = map_make(&obj->maps[i], &err);
    for (uint32_t i = 0; i < obj->prog_count && !code; i++)
        if (!obj->file || obj->file->progs[i].auto_load)
            code = load_one(&obj->progs[i], &err);
    if (!code)
        code = fill_prog_arrays(obj, &err);
    return code ? api_fail(obj->env, &err) : 0;
}

int anybpf_load_prog(struct anybpf_prog *prog)
{
    struct error err = { 0 };
    int code = load_one(prog, &err);

    if (!code)
        code = fill_prog_arrays(prog->object, &err);
    return code ? api_fail(prog->object->env, &err) : 0;
}

struct anybpf_prog *anybpf_find(struct anybpf_object *obj, const char *name)
{
    struct anybpf_prog *prog = prog_named(obj, name);
    return prog && !anybpf_load_prog(prog) ? prog : NULL;
}

struct anybpf_prog *anybpf_next_prog(struct anybpf_object *obj, struct anybpf_prog *prog)
{
    uint32_t next = prog ? (uint32_t)(prog - obj->progs) + 1 : 0;
    return next < obj->prog_count ? &obj->progs[next] : NULL;
}
