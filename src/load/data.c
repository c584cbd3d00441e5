/* SPDX-License-Identifier: Apache-2.0 */
/* Global data: a map of one element for each section .data*, .rodata*, .bss*, and one for the
 * kernel settings that programs ask for and nobody provides. clang leaves sizes and offsets of
 * BTF's data sections to the ELF file; they are filled in here. */
#include "load/local.h"

enum { MAP_TYPE_ARRAY = 2, SETTING_MAX = 4096 }; /* bytes of one setting */

static bool is_named(const char *name, const char *stem)
{
    size_t length = strlen(stem);
    return !strncmp(name, stem, length) && (!name[length] || name[length] == '.');
}

static bool is_data(const struct section *section)
{
    return section->size && !(section->flags & SHF_EXECINSTR) &&
           (section->type == SHT_PROGBITS || section->type == SHT_NOBITS) &&
           (is_named(section->name, ".data") || is_named(section->name, ".rodata") ||
            is_named(section->name, ".bss"));
}

static struct type *find_section_type(struct elf *elf, const char *name)
{
    const struct type *type = elf->types ? types_find(elf->types, TYPE_DATASEC, name) : NULL;
    return type ? elf->types->all.at[type->id] : NULL;
}

static struct map_spec *add_map(struct elf *elf, const char *name, uint32_t section, uint32_t size)
{
    struct map_spec *spec = maps_add(elf, name, section, 0);
    struct type *type = find_section_type(elf, name);

    spec->type = MAP_TYPE_ARRAY;
    spec->key_size = 4;
    spec->value_size = size;
    spec->max_entries = 1;
    spec->value_type = type ? type->id : 0;
    spec->is_data = true;
    return spec;
}

/* Puts the variables of a data section where their symbols are. Statics have their offset. */
static int place_vars(struct elf *elf, struct type *type, uint32_t index,
                      const struct hash *symbols)
{
    const struct section *section = &elf->sections[index];
    struct var *vars = arena_array_of(elf->arena, type->count, struct var);

    for (uint32_t i = 0; i < type->count; i++) {
        const struct type *var = type->vars[i].var;
        const uint32_t *symbol =
            var->linkage == LINKAGE_STATIC ? NULL : hash_get_text(symbols, var->name);

        vars[i] = type->vars[i];
        if (symbol && elf->symbols[*symbol].section == index)
            vars[i].offset = (uint32_t)elf->symbols[*symbol].value;
        if (vars[i].offset > section->size || vars[i].size > section->size - vars[i].offset)
            return elf_fail(elf, elf->err, section, vars[i].offset, ANYBPF_E_FORMAT,
                            "variable %s lies outside the section", var->name);
    }
    type->vars = vars;
    type->size = section->size;
    return 0;
}

/* Weak settings of the kernel's configuration: all 0. */
static void add_kconfig(struct elf *elf)
{
    struct type *type = find_section_type(elf, ".kconfig");
    struct var *vars;
    uint32_t end = 0;

    if (!type || !type->count)
        return;
    vars = arena_array_of(elf->arena, type->count, struct var);
    for (uint32_t i = 0; i < type->count; i++) {
        uint64_t size = type->vars[i].var->size;
        if (size > SETTING_MAX)
            size = 0;
        vars[i] = (struct var){ type->vars[i].var, end, (uint32_t)size };
        *hash_put_text(elf->arena, &elf->settings, type->vars[i].var->name) = end;
        end += (uint32_t)(size + 7) / 8 * 8;
    }
    if (!end)
        return;
    type->vars = vars;
    type->size = end;
    elf->kconfig = (int32_t)elf->maps.count;
    add_map(elf, ".kconfig", SHN_UNDEF, end)->read_only = true;
}

bool data_is_setting(const struct elf *elf, const char *name)
{
    return hash_get_text(&elf->settings, name) != NULL;
}

int data_read(struct elf *elf)
{
    struct hash symbols = { 0 };

    for (uint32_t i = 0; i < elf->symbol_count; i++)
        if (elf->symbols[i].bind != STB_LOCAL && elf->symbols[i].name[0])
            *hash_put_text(elf->scratch, &symbols, elf->symbols[i].name) = i;
    for (uint32_t i = 1; i < elf->section_count; i++) {
        struct section *section = &elf->sections[i];
        struct type *type;
        struct map_spec *spec;

        if (!is_data(section))
            continue;
        if (maps_check_room(elf, section, 0))
            return elf->err->code;
        if (section->size > INT32_MAX)
            return elf_fail(elf, elf->err, section, 0, ANYBPF_E_LIMIT, "more than 2 GiB of data");
        section->map = (int32_t)elf->maps.count;
        spec = add_map(elf, section->name, i, (uint32_t)section->size);
        spec->data = section->data.size ? section->data.at : NULL;
        spec->read_only = is_named(section->name, ".rodata");
        type = find_section_type(elf, section->name);
        if (type && place_vars(elf, type, i, &symbols))
            return elf->err->code;
    }
    add_kconfig(elf);
    return 0;
}
