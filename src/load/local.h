/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the loader: the ELF file taken apart. Functions record an error and return
 * its code, or return 0. */
#pragma once
#include "load/load.h"
#include <elf.h>

/* Relocation types (LLVM's docs/BPF/ or Documentation/bpf/llvm_reloc.rst of the kernel). */
enum bpf_reloc {
    R_64_64 = 1,       /* the 64-bit immediate of a LDIMM */
    R_64_ABS64 = 2,    /* 8 bytes of data */
    R_64_ABS32 = 3,    /* 4 bytes of data */
    R_64_NODYLD32 = 4, /* 4 bytes of .BTF or .BTF.ext; nothing to do */
    R_64_32 = 10,      /* the immediate of a CALL */
};

struct reloc {
    uint64_t offset; /* in the section it changes */
    uint32_t type, symbol;
};

struct section {
    const char *name;
    uint32_t type, link, info;
    uint64_t flags, size;
    uint64_t offset;      /* in the file */
    struct bytes data;    /* empty for SHT_NOBITS; what no program needs lies in elf->file */
    struct reloc *relocs; /* by offset */
    uint32_t reloc_count;
    uint32_t first_func, func_count; /* in elf->funcs */
    int32_t map;                     /* index of the data map made of it, or -1 */
};

struct symbol {
    const char *name;
    uint64_t value, size;
    uint32_t section; /* SHN_UNDEF: not in this file */
    uint8_t type, bind, visibility;
};

/* A function: bytes [offset, offset + size) of a section with code. */
struct elf_func {
    const char *name;
    uint32_t section;
    uint32_t offset, size; /* multiples of 8 */
    bool is_exported;      /* its symbol is not local */
    bool is_global;        /* and not hidden: verified alone */
    uint32_t type;         /* id of its BTF FUNC, or 0 */
};

/* Records of .BTF.ext, of the section of that index. */
struct elf_line {
    uint32_t section, offset; /* in bytes */
    uint32_t line, column;
    const char *file, *text;
};
struct elf_core {
    uint32_t section;
    struct btf_core core;
};

struct elf {
    struct arena *arena;
    struct arena *scratch; /* while it is being opened, like `err` and `file` */
    struct error *err;
    const char *name;
    struct bytes file;
    bool big;
    struct section *sections; /* once opened, up to the last that programs need */
    uint32_t section_count;
    struct hash section_names; /* to the first section of that name; while it is being opened */
    uint32_t names;            /* section with the names of sections */
    struct symbol *symbols;    /* once opened, up to the last that relocations name */
    uint32_t symbol_count;
    struct elf_func *funcs; /* by section, then offset */
    uint32_t func_count;
    struct types *types;
    struct vec(struct elf_line) lines; /* of .BTF.ext, by section and offset */
    struct vec(struct elf_core) cores;
    struct vec(struct map_spec *) maps;
    /* Symbols in map sections, to maps: hash of section << 32 | offset, to index + 1. */
    struct hash map_at;
    int32_t kconfig;      /* index of the map with the kernel's settings, or -1 */
    struct hash settings; /* their names, to the offsets in it */
};

/* ---- elf.c ---- */

/* Takes elf->file apart: sections, symbols, relocations, functions. What of it programs need is
 * copied. */
int elf_read(struct elf *elf);
/* Forgets what was needed for opening only. */
void elf_close(struct elf *elf);
/* "FILE: section NAME: offset N: ..." */
int elf_fail(const struct elf *elf, struct error *err, const struct section *section,
             uint64_t offset, int code, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
struct section *elf_section(const struct elf *elf, const char *name); /* NULL if there is none */
/* Its first relocation at or behind the offset: an index up to reloc_count. */
uint32_t elf_reloc_from(const struct section *section, uint64_t offset);
/* The function that begins there, or NULL. */
const struct elf_func *elf_func_at(const struct elf *elf, uint32_t section, uint64_t offset);
static inline bool elf_is_code(const struct section *section)
{
    return section->type == SHT_PROGBITS && (section->flags & SHF_EXECINSTR) && section->size;
}

static inline struct section *elf_section_of(const struct elf *elf, const struct symbol *symbol)
{
    return symbol->section ? &elf->sections[symbol->section] : NULL;
}

/* The BTF variable of that name in a data section, or NULL. */
const struct type *elf_variable(const struct elf *elf, const char *section, const char *name);

/* What a symbol is called in messages: section symbols have no name of their own. */
const char *elf_symbol_name(const struct elf *elf, const struct symbol *symbol);

/* ---- maps.c, data.c ---- */

enum { MAPS_MAX = 4096 };
int maps_check_room(const struct elf *elf, const struct section *section, uint64_t offset);

/* Makes the maps of .maps and maps sections, and of sections with global data. */
int maps_read(struct elf *elf);
int data_read(struct elf *elf);
/* Adds a map whose place in the file is that section and offset. */
struct map_spec *maps_add(struct elf *elf, const char *name, uint32_t section, uint64_t offset);
/* The map at that place: its index, or -1. */
int maps_at(const struct elf *elf, uint32_t section, uint64_t offset);
/* Whether a name is that of a kernel setting (BTF's data section .kconfig). */
bool data_is_setting(const struct elf *elf, const char *name);
/* Whether the section holds map definitions. */
bool maps_in(const struct section *section);

/* ---- tables.c ---- */

/* Makes the object's tables, once its programs are known. */
int tables_read(struct elf *elf, struct object *object);

/* ---- core.c ---- */

/* Types that the loader itself knows; made by the first core_check() of a program. */
struct core {
    const struct object *object;
    struct arena *arena;
    struct types *wire; /* NULL until needed */
    struct vec(struct types *) processors;
};
/* Whether what the relocation asks is so in the types known here as it is in the object; else an
 * error that names type and field. */
int core_check(struct core *core, const struct btf_core *relocation, struct error *err);
