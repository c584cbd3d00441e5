/* SPDX-License-Identifier: Apache-2.0 */
/* ELF64 relocatable files (System V gABI, chapters 4 and 5) with machine EM_BPF: sections, symbols,
 * relocations, functions. Every offset and index of the file is checked here; what the other files
 * of this folder find in struct elf lies within bounds. */
#include "load/local.h"
#include <stdlib.h>

enum { LIMIT = 1 << 30 }; /* bytes of a section with code or data */

int elf_fail(const struct elf *elf, struct error *err, const struct section *section,
             uint64_t offset, int code, const char *format, ...)
{
    va_list args;

    if (err->code)
        return err->code;
    va_start(args, format);
    fail_va(err, code, format, args);
    va_end(args);
    if (section)
        error_prefix(err, "%s: section %s: offset %#llx", elf->name, section->name,
                     (unsigned long long)offset);
    else
        error_prefix(err, "%s: offset %#llx", elf->name, (unsigned long long)offset);
    return err->code;
}

#define BAD(section, offset, ...)                                                                  \
    elf_fail(elf, elf->err, section, offset, ANYBPF_E_FORMAT, __VA_ARGS__)

static uint16_t u16(const struct elf *elf, uint64_t at)
{
    return bytes_u16_in(elf->file.at + at, elf->big);
}

static uint32_t u32(const struct elf *elf, uint64_t at)
{
    return bytes_u32_in(elf->file.at + at, elf->big);
}

static uint64_t u64(const struct elf *elf, uint64_t at)
{
    return bytes_u64_in(elf->file.at + at, elf->big);
}

#define FIELD(type, member) offsetof(type, member)

/* ---- Header and sections ---- */

static int read_header(struct elf *elf)
{
    const uint8_t *ident = elf->file.at;

    if (elf->file.size < sizeof(Elf64_Ehdr) || memcmp(ident, ELFMAG, SELFMAG))
        return BAD(NULL, 0, "this is no ELF file");
    if (ident[EI_CLASS] != ELFCLASS64)
        return BAD(NULL, EI_CLASS, "this is no 64-bit ELF file; compile with -target bpf");
    if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
        return BAD(NULL, EI_DATA, "unknown byte order %u", ident[EI_DATA]);
    elf->big = ident[EI_DATA] == ELFDATA2MSB;
    if (u16(elf, FIELD(Elf64_Ehdr, e_machine)) != EM_BPF)
        return BAD(NULL, FIELD(Elf64_Ehdr, e_machine),
                   "this file is for machine %u, not for BPF; compile with -target bpf",
                   u16(elf, FIELD(Elf64_Ehdr, e_machine)));
    if (u16(elf, FIELD(Elf64_Ehdr, e_type)) != ET_REL)
        return BAD(NULL, FIELD(Elf64_Ehdr, e_type), "this is no relocatable file; compile with -c");
    if (u16(elf, FIELD(Elf64_Ehdr, e_shentsize)) != sizeof(Elf64_Shdr))
        return BAD(NULL, FIELD(Elf64_Ehdr, e_shentsize), "section headers of an unknown size");
    return 0;
}

static int read_section(struct elf *elf, uint64_t at, struct section *section)
{
    *section = (struct section){
        .name = "",
        .type = u32(elf, at + FIELD(Elf64_Shdr, sh_type)),
        .flags = u64(elf, at + FIELD(Elf64_Shdr, sh_flags)),
        .link = u32(elf, at + FIELD(Elf64_Shdr, sh_link)),
        .info = u32(elf, at + FIELD(Elf64_Shdr, sh_info)),
        .size = u64(elf, at + FIELD(Elf64_Shdr, sh_size)),
        .offset = u64(elf, at + FIELD(Elf64_Shdr, sh_offset)),
        .map = -1,
    };
    if (section->type == SHT_NULL || section->type == SHT_NOBITS)
        return 0;
    if (!bytes_has(elf->file, section->offset, section->size))
        return BAD(NULL, at, "section %u lies outside the file",
                   (unsigned)(section - elf->sections));
    section->data = (struct bytes){ elf->file.at + section->offset, (size_t)section->size };
    return 0;
}

static void keep_data(struct elf *elf, struct section *section)
{
    section->data.at = arena_copy(elf->arena, section->data.at, section->data.size, 1);
}

static int read_sections(struct elf *elf)
{
    uint64_t table = u64(elf, FIELD(Elf64_Ehdr, e_shoff));
    uint64_t count = u16(elf, FIELD(Elf64_Ehdr, e_shnum));

    elf->names = u16(elf, FIELD(Elf64_Ehdr, e_shstrndx));
    if (!bytes_has(elf->file, table, sizeof(Elf64_Shdr)))
        return BAD(NULL, FIELD(Elf64_Ehdr, e_shoff), "the section headers lie outside the file");
    if (!count) /* gABI: large counts stand in the first section's header */
        count = u64(elf, table + FIELD(Elf64_Shdr, sh_size));
    if (elf->names == SHN_XINDEX)
        elf->names = u32(elf, table + FIELD(Elf64_Shdr, sh_link));
    if (count > elf->file.size / sizeof(Elf64_Shdr) ||
        !bytes_has(elf->file, table, count * sizeof(Elf64_Shdr)))
        return BAD(NULL, table, "the section headers lie outside the file");
    elf->sections = arena_array_of(elf->scratch, (size_t)count, struct section);
    elf->section_count = (uint32_t)count;
    for (uint32_t i = 0; i < count; i++)
        if (read_section(elf, table + i * sizeof(Elf64_Shdr), &elf->sections[i]))
            return elf->err->code;
    if (elf->names >= count || elf->sections[elf->names].type != SHT_STRTAB)
        return BAD(NULL, FIELD(Elf64_Ehdr, e_shstrndx), "the sections have no names");
    keep_data(elf, &elf->sections[elf->names]);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = table + i * sizeof(Elf64_Shdr);
        elf->sections[i].name =
            bytes_text(elf->sections[elf->names].data, u32(elf, at + FIELD(Elf64_Shdr, sh_name)));
        if (!elf->sections[i].name) {
            elf->sections[i].name = "";
            return BAD(NULL, at, "the name of section %u lies outside its table", i);
        }
        if (!text_is_printable(elf->sections[i].name)) {
            elf->sections[i].name = "";
            return BAD(NULL, at, "the name of section %u has control characters", i);
        }
    }
    for (uint32_t i = (uint32_t)count; i-- > 1;)
        *hash_put_text(elf->scratch, &elf->section_names, elf->sections[i].name) = i;
    return 0;
}

struct section *elf_section(const struct elf *elf, const char *name)
{
    const uint32_t *index = hash_get_text(&elf->section_names, name);
    return index ? &elf->sections[*index] : NULL;
}

/* ---- Symbols ---- */

static int read_symbol(struct elf *elf, const struct section *table, uint32_t i,
                       struct bytes strings)
{
    uint64_t in = (uint64_t)i * sizeof(Elf64_Sym), at = table->offset + in;
    struct symbol *symbol = &elf->symbols[i];
    uint8_t info = elf->file.at[at + FIELD(Elf64_Sym, st_info)];

    *symbol = (struct symbol){
        .name = bytes_text(strings, u32(elf, at + FIELD(Elf64_Sym, st_name))),
        .value = u64(elf, at + FIELD(Elf64_Sym, st_value)),
        .size = u64(elf, at + FIELD(Elf64_Sym, st_size)),
        .section = u16(elf, at + FIELD(Elf64_Sym, st_shndx)),
        .type = ELF64_ST_TYPE(info),
        .bind = ELF64_ST_BIND(info),
        .visibility = ELF64_ST_VISIBILITY(elf->file.at[at + FIELD(Elf64_Sym, st_other)]),
    };
    if (!symbol->name)
        return BAD(table, in, "a symbol's name lies outside its table");
    if (!text_is_printable(symbol->name))
        return BAD(table, in, "a symbol's name has control characters");
    if (symbol->section == SHN_ABS && symbol->type == STT_FILE)
        symbol->section = SHN_UNDEF;
    if (symbol->section == SHN_COMMON)
        return BAD(table, in, "symbol %s is common; compile with -fno-common", symbol->name);
    if (symbol->section >= elf->section_count)
        return BAD(table, in, "symbol %s lies in section %u, which there is not", symbol->name,
                   symbol->section);
    return 0;
}

static int read_symbols(struct elf *elf)
{
    const struct section *table = NULL, *strings;

    for (uint32_t i = 1; i < elf->section_count; i++)
        if (elf->sections[i].type == SHT_SYMTAB) {
            if (table)
                return BAD(&elf->sections[i], 0, "a second symbol table");
            table = &elf->sections[i];
        }
    if (!table)
        return 0;
    if (table->link >= elf->section_count || elf->sections[table->link].type != SHT_STRTAB)
        return BAD(table, 0, "the symbols have no names");
    if (table->size % sizeof(Elf64_Sym) || table->size / sizeof(Elf64_Sym) > UINT32_MAX)
        return BAD(table, 0, "a symbol is cut off");
    if (table->link != elf->names)
        keep_data(elf, &elf->sections[table->link]);
    strings = &elf->sections[table->link];
    elf->symbol_count = (uint32_t)(table->size / sizeof(Elf64_Sym));
    elf->symbols = arena_array_of(elf->scratch, elf->symbol_count, struct symbol);
    for (uint32_t i = 0; i < elf->symbol_count; i++)
        if (read_symbol(elf, table, i, strings->data))
            return elf->err->code;
    return 0;
}

const char *elf_symbol_name(const struct elf *elf, const struct symbol *symbol)
{
    return symbol->name[0] ? symbol->name : elf->sections[symbol->section].name;
}

const struct type *elf_variable(const struct elf *elf, const char *section, const char *name)
{
    const struct type *data = elf->types ? types_find(elf->types, TYPE_DATASEC, section) : NULL;

    for (uint32_t i = 0; data && i < data->count; i++)
        if (!strcmp(data->vars[i].var->name, name))
            return data->vars[i].var;
    return NULL;
}

/* ---- Relocations ---- */

static int by_offset(const void *a, const void *b)
{
    uint64_t x = ((const struct reloc *)a)->offset, y = ((const struct reloc *)b)->offset;
    return x < y ? -1 : x > y;
}

/* Debugging information is nobody's business here. */
static bool is_wanted(const struct section *section)
{
    return strncmp(section->name, ".debug", 6) && strncmp(section->name, ".eh_frame", 9) &&
           strncmp(section->name, ".BTF", 4) && strcmp(section->name, ".llvm_addrsig");
}

static int read_relocs(struct elf *elf, const struct section *table)
{
    struct section *target;

    if (!table->info || table->info >= elf->section_count)
        return BAD(table, 0, "relocations of section %u, which there is not", table->info);
    target = &elf->sections[table->info];
    if (!is_wanted(target) || !table->size)
        return 0;
    if (table->type == SHT_RELA)
        return elf_fail(elf, elf->err, table, 0, ANYBPF_E_UNSUPPORTED,
                        "relocations with addends (RELA), which BPF does not have");
    if (target->relocs)
        return BAD(table, 0, "section %s has two tables of relocations", target->name);
    if (table->size % sizeof(Elf64_Rel) || table->size / sizeof(Elf64_Rel) > UINT32_MAX)
        return BAD(table, 0, "a relocation is cut off");
    target->reloc_count = (uint32_t)(table->size / sizeof(Elf64_Rel));
    target->relocs = arena_array_of(elf->arena, target->reloc_count, struct reloc);
    for (uint32_t i = 0; i < target->reloc_count; i++) {
        uint64_t at = table->offset + i * sizeof(Elf64_Rel);
        uint64_t info = u64(elf, at + FIELD(Elf64_Rel, r_info));
        struct reloc *reloc = &target->relocs[i];

        *reloc = (struct reloc){ u64(elf, at), (uint32_t)ELF64_R_TYPE(info),
                                 (uint32_t)ELF64_R_SYM(info) };
        if (reloc->symbol >= elf->symbol_count)
            return BAD(table, i * sizeof(Elf64_Rel), "symbol %u, which there is not",
                       reloc->symbol);
        if (reloc->offset >= target->size)
            return BAD(table, i * sizeof(Elf64_Rel), "a relocation outside section %s",
                       target->name);
    }
    qsort(target->relocs, target->reloc_count, sizeof *target->relocs, by_offset);
    return 0;
}

uint32_t elf_reloc_from(const struct section *section, uint64_t offset)
{
    uint32_t low = 0, high = section->reloc_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (section->relocs[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- Functions ---- */

static int by_place(const void *a, const void *b)
{
    const struct elf_func *f = a, *g = b;
    if (f->section != g->section)
        return f->section < g->section ? -1 : 1;
    if (f->offset != g->offset)
        return f->offset < g->offset ? -1 : 1;
    return (int)g->is_exported - (int)f->is_exported; /* the global name of aliases first */
}

struct funcs vec(struct elf_func);

static int add_func(struct elf *elf, const struct symbol *symbol, struct funcs *funcs)
{
    const struct section *section = &elf->sections[symbol->section];

    if (!elf_is_code(section))
        return BAD(section, symbol->value, "function %s lies in a section without code",
                   symbol->name);
    if (symbol->value % 8 || symbol->size % 8 || symbol->value >= section->size ||
        symbol->size > section->size - symbol->value)
        return BAD(section, symbol->value,
                   "function %s does not lie within the section in whole instructions",
                   symbol->name);
    vec_push(elf->scratch, funcs,
             (struct elf_func){
                 .name = symbol->name,
                 .section = symbol->section,
                 .offset = (uint32_t)symbol->value,
                 .size = (uint32_t)symbol->size,
                 .is_exported = symbol->bind != STB_LOCAL,
                 .is_global = symbol->bind != STB_LOCAL && symbol->visibility == STV_DEFAULT,
             });
    return 0;
}

/* Sizes that the symbol does not tell reach up to the next function. */
static void close_gaps(struct elf *elf)
{
    for (uint32_t i = 0; i < elf->func_count; i++) {
        struct elf_func *func = &elf->funcs[i];
        uint32_t next = i + 1;
        if (func->size)
            continue;
        while (next < elf->func_count && elf->funcs[next].section == func->section &&
               elf->funcs[next].offset == func->offset)
            next++;
        if (next < elf->func_count && elf->funcs[next].section == func->section)
            func->size = elf->funcs[next].offset - func->offset;
        else
            func->size = (uint32_t)elf->sections[func->section].size - func->offset;
    }
}

/* One function, one piece of code, of which aliases share the whole. */
static int check_overlap(const struct elf *elf)
{
    for (uint32_t i = 1; i < elf->func_count; i++) {
        const struct elf_func *before = &elf->funcs[i - 1], *func = &elf->funcs[i];
        if (before->section == func->section && before->offset != func->offset &&
            before->offset + before->size > func->offset)
            return BAD(&elf->sections[func->section], func->offset, "functions %s and %s overlap",
                       before->name, func->name);
    }
    return 0;
}

static int read_funcs(struct elf *elf)
{
    struct funcs funcs = { 0 };

    for (uint32_t i = 1; i < elf->section_count; i++) {
        struct section *section = &elf->sections[i];
        if (elf_is_code(section) && (section->size % 8 || section->size > LIMIT))
            return BAD(section, 0, "%llu bytes of code, which are no instructions of 8 bytes",
                       (unsigned long long)section->size);
    }
    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        struct symbol *symbol = &elf->symbols[i];
        if (symbol->type != STT_FUNC || !symbol->section)
            continue;
        if (add_func(elf, symbol, &funcs))
            return elf->err->code;
        elf->sections[symbol->section].func_count++;
    }
    for (uint32_t i = 1; i < elf->section_count; i++) {
        struct section *section = &elf->sections[i];
        if (elf_is_code(section) && !section->func_count) { /* no symbols: all of it is one */
            vec_push(
                elf->scratch, &funcs,
                (struct elf_func){ section->name, i, 0, (uint32_t)section->size, true, true, 0 });
            section->func_count = 1;
        }
    }
    if (funcs.count)
        qsort(funcs.at, funcs.count, sizeof *funcs.at, by_place);
    elf->funcs = arena_copy(elf->arena, funcs.at, funcs.count, sizeof *funcs.at);
    elf->func_count = funcs.count;
    for (uint32_t i = funcs.count; i-- > 0;)
        elf->sections[funcs.at[i].section].first_func = i;
    close_gaps(elf);
    return check_overlap(elf);
}

const struct elf_func *elf_func_at(const struct elf *elf, uint32_t section, uint64_t offset)
{
    uint32_t low = elf->sections[section].first_func,
             high = low + elf->sections[section].func_count;
    uint32_t end = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (elf->funcs[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && elf->funcs[low].offset == offset ? &elf->funcs[low] : NULL;
}

/* ---- What programs need ---- */

static bool is_kept(const struct section *section)
{
    return elf_is_code(section) || /* whatever it is called */
           ((section->type == SHT_PROGBITS || section->type == SHT_NOBITS) && is_wanted(section));
}

static int keep_sections(struct elf *elf)
{
    uint64_t size = 0;

    for (uint32_t i = 1; i < elf->section_count; i++) {
        struct section *section = &elf->sections[i];
        if (!is_kept(section))
            continue;
        size += section->data.size;
        if (size > elf->file.size)
            return BAD(section, 0, "it overlaps other sections");
        keep_data(elf, section);
    }
    return 0;
}

void elf_close(struct elf *elf)
{
    uint32_t count = elf->section_count, symbols = 0;

    while (count > 1 && !is_kept(&elf->sections[count - 1]))
        count--;
    elf->sections = arena_copy(elf->arena, elf->sections, count, sizeof *elf->sections);
    elf->section_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct section *section = &elf->sections[i];
        if (!is_kept(section))
            section->data = (struct bytes){ 0 };
        for (uint32_t r = 0; r < section->reloc_count; r++)
            if (section->relocs[r].symbol >= symbols)
                symbols = section->relocs[r].symbol + 1;
    }
    elf->symbols = arena_copy(elf->arena, elf->symbols, symbols, sizeof *elf->symbols);
    elf->symbol_count = symbols;
    for (uint32_t i = 0; i < symbols; i++)
        if (elf->symbols[i].section >= count)
            elf->symbols[i].section = SHN_UNDEF;
    elf->section_names = (struct hash){ 0 };
    elf->file = (struct bytes){ 0 };
    elf->scratch = NULL;
    elf->err = NULL;
}

int elf_read(struct elf *elf)
{
    if (read_header(elf) || read_sections(elf) || read_symbols(elf) || keep_sections(elf))
        return elf->err->code;
    for (uint32_t i = 1; i < elf->section_count; i++)
        if ((elf->sections[i].type == SHT_REL || elf->sections[i].type == SHT_RELA) &&
            read_relocs(elf, &elf->sections[i]))
            return elf->err->code;
    return read_funcs(elf);
}
