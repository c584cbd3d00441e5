/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of functions: variables of sections .struct_ops and .struct_ops.link (libbpf's names).
 * Relocations of members that point to functions name programs; all else in them is data. */
#include "base/planted.h"
#include "load/local.h"
#include <stdlib.h>

enum { TABLES_MAX = 256 };

struct tables {
    struct elf *elf;
    const struct object *object;
    const struct section *section; /* of the variable at hand */
    uint64_t offset;               /* its own in it */
    struct object_table *table;
};

#define FAIL(t, code, ...)                                                                         \
    elf_fail((t)->elf, (t)->elf->err, (t)->section, (t)->offset, code, __VA_ARGS__)
#define BAD(t, ...) FAIL(t, ANYBPF_E_FORMAT, __VA_ARGS__)

/* libbpf makes none of those with a '?' unless asked; here none is made before it is asked for. */
static bool has_tables(const struct section *section)
{
    const char *name = section->name + (section->name[0] == '?');
    return section->type == SHT_PROGBITS &&
           (!strcmp(name, ".struct_ops") || !strcmp(name, ".struct_ops.link"));
}

bool table_calls(const struct member *member)
{
    const struct type *type = type_strip(member->type);
    return type->kind == TYPE_PTR && type_strip(type->to)->kind == TYPE_FUNC_PROTO;
}

static int by_func(const void *key, const void *element)
{
    uint32_t func = *(const uint32_t *)key, other = ((const struct object_prog *)element)->func;
    return func < other ? -1 : func > other;
}

/* The program that the relocation names, or NULL. */
static const struct object_prog *find_prog(const struct tables *t, const struct reloc *reloc)
{
    const struct symbol *symbol = &t->elf->symbols[reloc->symbol];
    const struct section *code = elf_section_of(t->elf, symbol);
    const struct elf_func *func;
    uint32_t index;

    if (!code || !elf_is_code(code) || reloc->type != R_64_ABS64)
        return NULL;
    /* the addend stands where the address goes */
    func =
        elf_func_at(t->elf, symbol->section,
                    symbol->value + bytes_u64_in(t->section->data.at + reloc->offset, t->elf->big));
    if (!func)
        return NULL;
    index = (uint32_t)(func - t->elf->funcs);
    return bsearch(&index, t->object->progs, t->object->prog_count, sizeof *t->object->progs,
                   by_func);
}

/* Which programs the members are; a relocation of anything else has no meaning. */
static int read_members(struct tables *t)
{
    const struct section *section = t->section;
    const struct type *type = t->table->type;
    uint32_t first = elf_reloc_from(section, t->offset), found = 0;
    uint32_t end = elf_reloc_from(section, t->offset + type->size);
    uint32_t *progs = arena_array_of(t->elf->arena, type->count, uint32_t);

    for (uint32_t i = 0; i < type->count; i++) {
        const struct member *member = &type->members[i];
        uint64_t at = t->offset + member->bit_offset / 8;
        uint32_t r = elf_reloc_from(section, at);
        const struct object_prog *prog;
        if (r == end || section->relocs[r].offset != at || !table_calls(member))
            continue;
        if (!(prog = find_prog(t, &section->relocs[r])))
            return BAD(t, "table %s: member %s is initialised with %s, which is no program",
                       t->table->name, member->name,
                       elf_symbol_name(t->elf, &t->elf->symbols[section->relocs[r].symbol]));
        progs[i] = (uint32_t)(prog - t->object->progs) + 1;
        found++;
    }
    if (found < end - first)
        return FAIL(
            t, ANYBPF_E_UNSUPPORTED,
            "table %s holds an address that is no program's, or not where a function's goes",
            t->table->name);
    t->table->progs = progs;
    return 0;
}

static int read_table(struct tables *t, const struct symbol *symbol)
{
    const struct type *variable = elf_variable(t->elf, t->section->name, symbol->name);
    const struct type *type = variable ? type_strip(variable->to) : NULL;
    const char *flavor;

    if (!type || type->kind != TYPE_STRUCT || !type->name[0])
        return BAD(t, "table %s is no struct with a name and type information; compile with -g",
                   symbol->name);
    if (!bytes_has(t->section->data, t->offset, type->size))
        return BAD(t, "table %s lies outside the section", symbol->name);
    flavor = strstr(type->name + 1, "___");
    *t->table = (struct object_table){
        .name = symbol->name,
        .of = flavor ? arena_string(t->elf->arena, type->name, (size_t)(flavor - type->name))
                     : type->name,
        .type = type,
        .data = t->section->data.at + t->offset,
    };
    return read_members(t);
}

int tables_read(struct elf *elf, struct object *object)
{
    struct tables t = { .elf = elf, .object = object };
    struct vec(struct object_table) tables = { 0 };

    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        const struct symbol *symbol = &elf->symbols[i];

        t.section = elf_section_of(elf, symbol);
        if (!t.section || !has_tables(t.section) || symbol->type != STT_OBJECT)
            continue;
        t.offset = symbol->value;
        if (tables.count == TABLES_MAX)
            return FAIL(&t, ANYBPF_E_LIMIT, "more than %d tables of functions", TABLES_MAX);
        vec_push(elf->scratch, &tables, (struct object_table){ 0 });
        t.table = &tables.at[tables.count - 1];
        if (read_table(&t, symbol))
            return elf->err->code;
    }
    object->tables = arena_copy(elf->arena, tables.at, tables.count, sizeof *tables.at);
    object->table_count = tables.count;
    return 0;
}

/* ---- As the host lays it out ---- */

/* Whether a host can take the bytes for a value of the type: it follows pointers, and an object has
 * none to give. */
static bool is_value(const struct type *type, const uint8_t *at)
{
    type = type_strip(type);
    switch (type->kind) {
    case TYPE_PTR:
        for (uint64_t i = 0; i < type->size; i++)
            if (at[i])
                return false;
        return true;
    case TYPE_INT: return !FAULT(table_bool, type->is_bool, false) || *at <= 1;
    case TYPE_ARRAY:
        for (uint64_t i = 0; type->to->size && i < type->count; i++)
            if (!is_value(type->to, at + i * type->to->size))
                return false;
        return true;
    case TYPE_STRUCT:
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++)
            if (!type->members[i].bits &&
                !is_value(type->members[i].type, at + type->members[i].bit_offset / 8))
                return false;
        return true;
    default: return true;
    }
}

static bool is_zero(const uint8_t *at, uint64_t size)
{
    while (size && !at[size - 1])
        size--;
    return !size;
}

static const char *printed(struct arena *arena, const struct member *member)
{
    struct text text = { .arena = arena };
    type_print(&text, member->type, member->name);
    if (member->bits)
        text_printf(&text, " : %u", member->bits);
    return text.at;
}

/* Pointers are NULL or programs, whatever size they have on either side. */
static bool is_alike(const struct member *a, const struct member *b)
{
    if (a->bits || b->bits || table_calls(a) != table_calls(b))
        return false;
    return (type_strip(a->type)->kind == TYPE_PTR && type_strip(b->type)->kind == TYPE_PTR) ||
           type_same_layout(a->type, b->type);
}

static int match(const struct object_table *table, uint32_t i, const struct type *record,
                 struct arena *arena, struct table_place *place, struct error *err)
{
    const struct member *own = &table->type->members[i], *there;
    const uint8_t *at = table->data + own->bit_offset / 8;
    uint32_t bit_offset = 0;

    there = own->name[0] ? type_member(record, own->name, &bit_offset) : NULL;
    if (!there) {
        if (!table->progs[i] && !own->bits && is_zero(at, own->type->size))
            return 0; /* nothing is said of it */
        return fail(err, ANYBPF_E_UNSUPPORTED,
                    "table %s sets member \"%s\" of struct %s, which there is none of here",
                    table->name, printed(arena, own), record->name);
    }
    if (!is_alike(own, there))
        return fail(err, ANYBPF_E_UNSUPPORTED,
                    "table %s: the member of struct %s is \"%s\" in the object, \"%s\" here",
                    table->name, record->name, printed(arena, own), printed(arena, there));
    if (FAULT(table_address, !table->progs[i], false) && !is_value(there->type, at))
        return fail(err, ANYBPF_E_FORMAT,
                    "table %s: the bytes of member %s are no \"%s\": an address can be a program's "
                    "only, a _Bool 0 or 1",
                    table->name, own->name, printed(arena, there));
    *place = (struct table_place){ FAULT(table_place, bit_offset, own->bit_offset) / 8,
                                   (uint32_t)there->type->size };
    return 0;
}

int table_match(const struct object_table *table, const struct type *record, struct arena *arena,
                const struct table_place **out, struct error *err)
{
    struct table_place *places = arena_array_of(arena, table->type->count, struct table_place);

    for (uint32_t i = 0; i < table->type->count; i++)
        if (match(table, i, record, arena, &places[i], err))
            return err->code;
    *out = places;
    return 0;
}
