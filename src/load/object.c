/* SPDX-License-Identifier: Apache-2.0 */
/* Opening an object: the ELF file, its types, its maps, its programs. */
#include "load/local.h"
#include "rt/rt.h"
#include <stdlib.h>

struct opening {
    struct bytes bytes;
    const char *name;
    const struct env *env;
    struct arena *arena, *scratch;
    struct error *err;
    struct object *object;
};

/* ---- Type information ---- */

/* The index of a section by name, kept from the last time: records come section by section. */
static uint32_t section_index(const struct elf *elf, const char *name, const char **last,
                              uint32_t *index)
{
    if (name != *last) {
        const struct section *section = elf_section(elf, name);
        *last = name;
        *index = section ? (uint32_t)(section - elf->sections) : 0;
    }
    return *index;
}

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

static int by_line(const void *a, const void *b)
{
    const struct elf_line *x = a, *y = b;
    if (x->section != y->section)
        return COMPARE(x->section, y->section);
    return COMPARE(x->offset, y->offset);
}

static int by_core(const void *a, const void *b)
{
    const struct elf_core *x = a, *y = b;
    if (x->section != y->section)
        return COMPARE(x->section, y->section);
    return COMPARE(x->core.offset, y->core.offset);
}

/* Gives the records of .BTF.ext to functions and sections; those of sections that are not there
 * are nobody's. */
static void sort_records(struct elf *elf, const struct btf_ext *ext)
{
    const char *last = NULL;
    uint32_t section = 0;

    for (uint32_t i = 0; i < ext->funcs.count; i++) {
        const struct btf_func *record = &ext->funcs.at[i];
        uint32_t index = section_index(elf, record->section, &last, &section);
        const struct elf_func *func = index ? elf_func_at(elf, index, record->offset) : NULL;
        if (func)
            elf->funcs[func - elf->funcs].type = record->func->id;
    }
    vec_reserve(elf->arena, &elf->lines, ext->lines.count);
    for (uint32_t i = 0; i < ext->lines.count; i++) {
        const struct btf_line *line = &ext->lines.at[i];
        if (section_index(elf, line->section, &last, &section))
            vec_push(elf->arena, &elf->lines,
                     (struct elf_line){ section, line->offset, line->line, line->column, line->file,
                                        line->text });
    }
    vec_reserve(elf->arena, &elf->cores, ext->cores.count);
    for (uint32_t i = 0; i < ext->cores.count; i++)
        if (section_index(elf, ext->cores.at[i].section, &last, &section))
            vec_push(elf->arena, &elf->cores, (struct elf_core){ section, ext->cores.at[i] });
    if (elf->lines.count)
        qsort(elf->lines.at, elf->lines.count, sizeof *elf->lines.at, by_line);
    if (elf->cores.count)
        qsort(elf->cores.at, elf->cores.count, sizeof *elf->cores.at, by_core);
}

static int read_types(struct elf *elf, const struct env *env)
{
    const struct section *btf = elf_section(elf, ".BTF"), *ext = elf_section(elf, ".BTF.ext");
    struct btf_ext records;
    const char *where;

    if (!btf)
        return 0;
    elf->types = types_new(elf->arena, env->types);
    where = arena_printf(elf->scratch, "%s: section .BTF", elf->name);
    if (btf_parse(elf->types, btf->data, where, elf->err))
        return elf->err->code;
    if (elf->types->big != elf->big)
        return elf_fail(elf, elf->err, btf, 0, ANYBPF_E_FORMAT,
                        "the byte order is not that of the file");
    if (!ext)
        return 0;
    where = arena_printf(elf->scratch, "%s: section .BTF.ext", elf->name);
    if (btf_ext_parse(elf->types, ext->data, where, elf->scratch, &records, elf->err))
        return elf->err->code;
    sort_records(elf, &records);
    return 0;
}

/* ---- Programs ---- */

static bool is_text(const char *section)
{
    return !strncmp(section, ".text", 5) && (!section[5] || section[5] == '.');
}

/* Programs are the exported functions of sections that are not .text; if there are none, of .text.
 */
static void read_progs(struct elf *elf, struct object *object)
{
    struct vec(struct object_prog) progs = { 0 };

    for (int in_text = 0; in_text < 2 && !progs.count; in_text++)
        for (uint32_t i = 0; i < elf->func_count; i++) {
            const struct elf_func *func = &elf->funcs[i];
            const char *section = elf->sections[func->section].name;
            if (!func->is_exported || is_text(section) != in_text)
                continue;
            vec_push(elf->scratch, &progs,
                     (struct object_prog){ .name = func->name,
                                           .section = section[0] == '?' ? section + 1 : section,
                                           .func = i,
                                           .insns = func->size / 8,
                                           .auto_load = section[0] != '?' });
        }
    object->progs = arena_copy(elf->arena, progs.at, progs.count, sizeof *progs.at);
    object->prog_count = progs.count;
}

static int read_license(struct elf *elf, struct object *object)
{
    const struct section *license = elf_section(elf, "license"),
                         *version = elf_section(elf, "version");

    object->license = "";
    if (license) {
        const char *text = bytes_text(license->data, 0);
        if (!text || !text_is_printable(text))
            return elf_fail(elf, elf->err, license, 0, ANYBPF_E_FORMAT, "the license is no text");
        object->license = arena_string(elf->arena, text, strlen(text));
    }
    if (version) {
        if (version->data.size != 4)
            return elf_fail(elf, elf->err, version, 0, ANYBPF_E_FORMAT,
                            "the version is no 32-bit number");
        object->version = bytes_u32_in(version->data.at, elf->big);
    }
    return 0;
}

/* ---- Opening ---- */

static int read_object(void *arg)
{
    struct opening *o = arg;
    struct elf *elf = arena_new_of(o->arena, struct elf);
    struct object *object = arena_new_of(o->arena, struct object);

    elf->arena = o->arena;
    elf->scratch = o->scratch;
    elf->err = o->err;
    elf->name = arena_string(o->arena, o->name, strlen(o->name));
    elf->file = o->bytes;
    elf->kconfig = -1;
    if (elf_read(elf) || read_types(elf, o->env) || maps_read(elf) || data_read(elf) ||
        read_license(elf, object))
        return o->err->code;
    read_progs(elf, object);
    if (tables_read(elf, object))
        return o->err->code;
    object->arena = o->arena;
    object->env = o->env;
    object->name = elf->name;
    object->big = elf->big;
    object->types = elf->types;
    object->maps = (const struct map_spec *const *)elf->maps.at;
    object->map_count = elf->maps.count;
    object->elf = elf;
    elf_close(elf);
    o->object = object;
    return 0;
}

/* Within the other arena's arena_try(). */
static int read_with_scratch(void *arg)
{
    struct opening *o = arg;
    return arena_try(o->scratch, o->err, read_object, o);
}

int object_open(struct bytes bytes, const char *name, const struct env *env,
                const struct anybpf_allocator *from, struct object **object, struct error *err)
{
    struct opening o = { .bytes = bytes, .name = name, .env = env, .err = err };

    *object = NULL;
    o.arena = arena_new(from, 0);
    o.scratch = arena_new(from, 0);
    if (!o.arena || !o.scratch)
        fail(err, ANYBPF_E_MEMORY, "%s: no memory to open it", name);
    else if (!arena_try(o.arena, err, read_with_scratch, &o))
        *object = o.object;
    arena_free(o.scratch);
    if (!*object)
        arena_free(o.arena);
    return *object ? 0 : err->code;
}

void object_free(struct object *object)
{
    if (object)
        arena_free(object->arena);
}

int object_find_prog(const struct object *object, const char *name)
{
    for (uint32_t i = 0; i < object->prog_count; i++)
        if (!strcmp(object->progs[i].name, name))
            return (int)i;
    return -1;
}

int object_find_map(const struct object *object, const char *name)
{
    for (uint32_t i = 0; i < object->map_count; i++)
        if (!strcmp(object->maps[i]->name, name))
            return (int)i;
    return -1;
}
