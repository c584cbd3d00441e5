/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of maps: variables of section .maps, whose BTF types hold the attributes (libbpf's
 * __uint, __type, __array), and the older struct bpf_map_def in section maps. */
#include "load/local.h"

/* What the names of attributes set; the order does not matter. */
struct definition {
    struct elf *elf;
    const struct section *section;
    uint64_t offset, size; /* of the variable in it */
    struct map_spec *spec;
    const struct type *type;   /* the variable's struct */
    const struct type *values; /* of what is in a map of maps or programs; NULL if not given */
    uint32_t values_at;        /* of the array in the struct */
    bool has_key_size, has_value_size;
};

#define BAD(d, ...)                                                                                \
    elf_fail((d)->elf, (d)->elf->err, (d)->section, (d)->offset, ANYBPF_E_FORMAT, __VA_ARGS__)

int maps_check_room(const struct elf *elf, const struct section *section, uint64_t offset)
{
    return elf->maps.count < MAPS_MAX ? 0
                                      : elf_fail(elf, elf->err, section, offset, ANYBPF_E_LIMIT,
                                                 "more than %u maps", MAPS_MAX);
}

struct map_spec *maps_add(struct elf *elf, const char *name, uint32_t section, uint64_t offset)
{
    struct map_spec *spec = arena_new_of(elf->arena, struct map_spec);
    spec->name = name;
    spec->types = elf->types;
    vec_push(elf->arena, &elf->maps, spec);
    *hash_put(elf->arena, &elf->map_at, (uint64_t)section << 32 | (uint32_t)offset) =
        elf->maps.count;
    return spec;
}

int maps_at(const struct elf *elf, uint32_t section, uint64_t offset)
{
    const uint32_t *index =
        offset > UINT32_MAX ? NULL : hash_get(&elf->map_at, (uint64_t)section << 32 | offset);
    return index ? (int)*index - 1 : -1;
}

bool maps_in(const struct section *section)
{
    return !strcmp(section->name, ".maps") || !strcmp(section->name, "maps");
}

/* ---- .maps ---- */

/* __uint(name, value): int (*name)[value]. */
static int read_uint(struct definition *d, const struct member *member, uint32_t *value)
{
    const struct type *type = type_strip(member->type);

    if (type->kind == TYPE_PTR)
        type = type_strip(type->to);
    if (type->kind != TYPE_ARRAY)
        return BAD(d, "map %s: %s is no number; write __uint(%s, ...)", d->spec->name, member->name,
                   member->name);
    *value = type->count;
    return 0;
}

/* __ulong(name, value): enum { x = value } name. */
static int read_ulong(struct definition *d, const struct member *member, uint64_t *value)
{
    const struct type *type = type_strip(member->type);
    uint32_t small = 0;

    if ((type->kind == TYPE_ENUM || type->kind == TYPE_ENUM64) && type->count == 1) {
        *value = type->enumerators[0].value;
        return 0;
    }
    if (read_uint(d, member, &small))
        return d->elf->err->code;
    *value = small;
    return 0;
}

/* __type(key, T): T *key. Its size must be what another attribute said, if one did. */
static int read_type(struct definition *d, const struct member *member, uint32_t *size, bool *given,
                     uint32_t *id)
{
    const struct type *type = type_strip(member->type);

    if (type->kind != TYPE_PTR)
        return BAD(d, "map %s: %s is no type; write __type(%s, ...)", d->spec->name, member->name,
                   member->name);
    type = type->to;
    if (!type->size || type->size > UINT32_MAX)
        return BAD(d, "map %s: the type of its %s has no size, or too much", d->spec->name,
                   member->name);
    if (*given && *size != type->size)
        return BAD(d, "map %s: its %s_size is %u, but the type has %llu bytes", d->spec->name,
                   member->name, *size, (unsigned long long)type->size);
    *size = (uint32_t)type->size;
    *given = true;
    *id = type->id;
    return 0;
}

static int read_size(struct definition *d, const struct member *member, uint32_t *size, bool *given)
{
    uint32_t value;

    if (read_uint(d, member, &value))
        return d->elf->err->code;
    if (*given && *size != value)
        return BAD(d, "map %s: its %s is %u, but the type has %u bytes", d->spec->name,
                   member->name, value, *size);
    *size = value;
    *given = true;
    return 0;
}

/* __array(values, T): T *values[]. */
static int read_values(struct definition *d, const struct member *member)
{
    const struct type *type = type_strip(member->type);

    if (type->kind == TYPE_ARRAY)
        type = type_strip(type->to);
    if (type_strip(member->type)->kind != TYPE_ARRAY || type->kind != TYPE_PTR)
        return BAD(d, "map %s: values is no array of pointers; write __array(values, ...)",
                   d->spec->name);
    d->values = type_strip(type->to);
    d->values_at = member->bit_offset / 8;
    return 0;
}

static int read_attribute(struct definition *d, const struct member *member)
{
    struct map_spec *spec = d->spec;
    const char *name = member->name;
    uint32_t ignored;
    uint64_t extra = 0;

    if (!strcmp(name, "type"))
        return read_uint(d, member, &spec->type);
    if (!strcmp(name, "max_entries"))
        return read_uint(d, member, &spec->max_entries);
    if (!strcmp(name, "map_flags"))
        return read_uint(d, member, &spec->flags);
    if (!strcmp(name, "key_size"))
        return read_size(d, member, &spec->key_size, &d->has_key_size);
    if (!strcmp(name, "value_size"))
        return read_size(d, member, &spec->value_size, &d->has_value_size);
    if (!strcmp(name, "key"))
        return read_type(d, member, &spec->key_size, &d->has_key_size, &spec->key_type);
    if (!strcmp(name, "value"))
        return read_type(d, member, &spec->value_size, &d->has_value_size, &spec->value_type);
    if (!strcmp(name, "values"))
        return read_values(d, member);
    if (!strcmp(name, "pinning") || !strcmp(name, "numa_node"))
        return read_uint(d, member,
                         &ignored); /* nothing outlives the process, nodes are the host's */
    if (!strcmp(name, "map_extra")) {
        if (read_ulong(d, member, &extra))
            return d->elf->err->code;
        if (!extra)
            return 0;
    }
    return elf_fail(d->elf, d->elf->err, d->section, d->offset, ANYBPF_E_UNSUPPORTED,
                    "map %s: attribute %s is not supported", spec->name, name);
}

static int read_attributes(struct definition *d)
{
    for (uint32_t i = 0; i < d->type->count; i++)
        if (read_attribute(d, &d->type->members[i]))
            return d->elf->err->code;
    if (!d->spec->type)
        return BAD(d, "map %s has no type; write __uint(type, BPF_MAP_TYPE_...)", d->spec->name);
    return 0;
}

/* The template of a map of maps. */
static int read_inner(struct definition *d)
{
    struct definition inner = *d;

    inner.spec = arena_new_of(d->elf->arena, struct map_spec);
    inner.spec->name = arena_printf(d->elf->arena, "%s.inner", d->spec->name);
    inner.spec->types = d->elf->types;
    inner.type = d->values;
    inner.values = NULL;
    inner.has_key_size = inner.has_value_size = false;
    if (read_attributes(&inner))
        return d->elf->err->code;
    if (inner.values)
        return BAD(d, "map %s: maps of maps go one level deep", d->spec->name);
    d->spec->inner = inner.spec;
    return 0;
}

/* The initial values: relocations in the array behind the variable's attributes. */
static int read_slots(struct definition *d)
{
    struct elf *elf = d->elf;
    struct vec(struct map_slot_init) slots = { 0 };
    uint64_t first = d->offset + d->values_at;
    bool of_maps = d->spec->inner;

    for (uint32_t i = elf_reloc_from(d->section, d->offset); i < d->section->reloc_count; i++) {
        const struct reloc *reloc = &d->section->relocs[i];
        const struct symbol *symbol = &elf->symbols[reloc->symbol];
        const struct section *at = elf_section_of(elf, symbol);
        uint64_t index = (reloc->offset - first) / 8;

        if (reloc->offset < first)
            return BAD(d, "map %s has an initial value before its values", d->spec->name);
        if (reloc->offset >= d->offset + d->size)
            break;
        if ((reloc->offset - first) % 8 || index > UINT32_MAX)
            return BAD(d, "map %s has an initial value that is not at a slot", d->spec->name);
        if (of_maps ? !at || !maps_in(at) || symbol->type == STT_SECTION : symbol->type != STT_FUNC)
            return BAD(d, "map %s: slot %u is initialised with %s, which is no %s", d->spec->name,
                       (unsigned)index, elf_symbol_name(elf, symbol), of_maps ? "map" : "program");
        vec_push(elf->arena, &slots, (struct map_slot_init){ (uint32_t)index, symbol->name });
    }
    d->spec->slots = slots.at;
    d->spec->slot_count = slots.count;
    return 0;
}

static int use_values(struct definition *d)
{
    if (!d->values)
        return 0;
    if (d->values->kind == TYPE_STRUCT) {
        if (read_inner(d))
            return d->elf->err->code;
    } else if (d->values->kind != TYPE_FUNC_PROTO)
        return BAD(d, "map %s: its values are neither maps nor programs", d->spec->name);
    if (!d->has_key_size)
        d->spec->key_size = 4;
    if (!d->has_value_size)
        d->spec->value_size = 4;
    return read_slots(d);
}

static int read_map(struct elf *elf, const struct symbol *symbol)
{
    const struct type *variable = elf_variable(elf, ".maps", symbol->name);
    struct definition d = { .elf = elf,
                            .section = &elf->sections[symbol->section],
                            .offset = symbol->value,
                            .size = symbol->size };

    if (!variable || type_strip(variable->to)->kind != TYPE_STRUCT)
        return BAD(&d, "map %s has no type information; compile with -g", symbol->name);
    if (symbol->value >= d.section->size || symbol->size > d.section->size - symbol->value)
        return BAD(&d, "map %s lies outside the section", symbol->name);
    d.type = type_strip(variable->to);
    d.spec = maps_add(elf, symbol->name, symbol->section, symbol->value);
    if (read_attributes(&d))
        return elf->err->code;
    return use_values(&d);
}

/* ---- maps ---- */

/* struct bpf_map_def: type, key size, value size, max entries, flags. iproute2's goes on with id,
 * pinning, inner id and index, of which only 0 means nothing here. */
static int read_old_map(struct elf *elf, const struct symbol *symbol, uint64_t size)
{
    enum { LEAST = 16, FLAGS = 16, INNER = 28, WORD = 4 };
    struct definition d = { .elf = elf,
                            .section = &elf->sections[symbol->section],
                            .offset = symbol->value };
    const uint8_t *at;

    if (!bytes_has(d.section->data, symbol->value, size) || size < LEAST)
        return BAD(&d, "map %s is cut off", symbol->name);
    at = d.section->data.at + symbol->value;
    d.spec = maps_add(elf, symbol->name, symbol->section, symbol->value);
    d.spec->type = bytes_u32_in(at, elf->big);
    d.spec->key_size = bytes_u32_in(at + WORD, elf->big);
    d.spec->value_size = bytes_u32_in(at + 2 * WORD, elf->big);
    d.spec->max_entries = bytes_u32_in(at + 3 * WORD, elf->big);
    if (size >= FLAGS + WORD)
        d.spec->flags = bytes_u32_in(at + FLAGS, elf->big);
    for (uint64_t i = INNER; i < size; i++)
        if (at[i])
            return elf_fail(elf, elf->err, d.section, symbol->value + i, ANYBPF_E_UNSUPPORTED,
                            "map %s sets more than bpf_map_def has; define it in section .maps",
                            symbol->name);
    return 0;
}

/* Up to the next symbol or the section's end. */
static uint64_t old_size(const struct elf *elf, const struct symbol *symbol)
{
    uint64_t end = elf->sections[symbol->section].size;

    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        const struct symbol *other = &elf->symbols[i];
        if (other->section == symbol->section && other->type != STT_SECTION &&
            other->value > symbol->value && other->value < end)
            end = other->value;
    }
    return end > symbol->value ? end - symbol->value : 0;
}

int maps_read(struct elf *elf)
{
    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        const struct symbol *symbol = &elf->symbols[i];
        const struct section *section = elf_section_of(elf, symbol);

        if (!section || !maps_in(section) || !symbol->name[0] || symbol->type == STT_SECTION)
            continue;
        if (maps_check_room(elf, section, symbol->value))
            return elf->err->code;
        if (maps_at(elf, symbol->section, symbol->value) >= 0)
            return elf_fail(elf, elf->err, section, symbol->value, ANYBPF_E_FORMAT,
                            "map %s lies where another one does", symbol->name);
        if (section->name[0] == '.' ? read_map(elf, symbol)
                                    : read_old_map(elf, symbol, old_size(elf, symbol)))
            return elf->err->code;
    }
    return 0;
}
