/* SPDX-License-Identifier: Apache-2.0 */
/* Names of compiled functions for perf (the map file /tmp/perf-PID.map) and for gdb (the JIT
 * compilation interface: gdb manual, chapter 30). */
#include "image/local.h"
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

bool debug_perf_map, debug_gdb;

/* ---- gdb's interface: these names and layouts are its own ---- */

enum { JIT_REGISTER = 1, JIT_UNREGISTER = 2 };

struct jit_code_entry {
    struct jit_code_entry *next_entry, *prev_entry;
    const char *symfile_addr;
    uint64_t symfile_size;
};

struct jit_descriptor {
    uint32_t version, action_flag;
    struct jit_code_entry *relevant_entry, *first_entry;
};

ANYBPF_API extern struct jit_descriptor __jit_debug_descriptor;
struct jit_descriptor __jit_debug_descriptor = { .version = 1 };

/* gdb sets a breakpoint here. */
ANYBPF_API void __jit_debug_register_code(void);
__attribute__((noinline)) void __jit_debug_register_code(void)
{
    __asm__ volatile("" ::: "memory");
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void tell_gdb(uint32_t action, struct jit_code_entry *entry)
{
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_descriptor.relevant_entry = entry;
    __jit_debug_register_code();
}

/* ---- The symbol file: an ELF file in memory ---- */

enum { SECTION_NONE, SECTION_TEXT, SECTION_FRAME, SECTION_SYMBOLS, SECTION_STRINGS, SECTIONS };

struct symbol_file {
    struct jit_code_entry entry;
    size_t size; /* of this block */
    ElfW(Ehdr) header;
    ElfW(Shdr) sections[SECTIONS];
    uint8_t rest[]; /* symbols, unwind table, strings */
};

static const char section_names[] = "\0.text\0.eh_frame\0.symtab\0.strtab";
enum { NAME_TEXT = 1, NAME_FRAME = 7, NAME_SYMBOLS = 17, NAME_STRINGS = 25 };

static size_t name_bytes(const struct sealed *sealed)
{
    size_t size = 0;
    for (uint32_t i = 0; i < sealed->image.entry_count; i++)
        size += strlen(sealed->prog->funcs[i].name) + 1;
    return size;
}

static ElfW(Shdr) section(const struct symbol_file *file, unsigned name, unsigned type,
                          const void *at, size_t size)
{
    return (ElfW(Shdr)){
        .sh_name = name,
        .sh_type = type,
        .sh_offset = (ElfW(Off))((const uint8_t *)at - (const uint8_t *)&file->header),
        .sh_size = size,
        .sh_addralign = 8,
    };
}

/* st_info's type is in its low four bits, the binding above, in both classes of ELF. */
static void fill(struct symbol_file *file, const struct sealed *sealed, const struct code *code)
{
    uint32_t count = sealed->image.entry_count;
    uintptr_t base = (uintptr_t)sealed->image.code;
    ElfW(Sym) *symbols = (ElfW(Sym) *)file->rest;
    uint8_t *frame = (uint8_t *)(symbols + count + 1);
    size_t frame_size = unwind_section(code, base, frame, SIZE_MAX);
    char *strings = (char *)frame + frame_size, *name = strings + sizeof section_names;

    memcpy(strings, section_names, sizeof section_names);
    for (uint32_t i = 0; i < count; i++) {
        const struct code_entry *entry = &sealed->image.entries[i];
        symbols[i + 1] = (ElfW(Sym)){
            .st_name = (uint32_t)(name - strings),
            .st_value = (ElfW(Addr))entry->at,
            .st_size = entry->end - entry->at,
            .st_info = (unsigned char)(STB_GLOBAL << 4 | STT_FUNC),
            .st_shndx = SECTION_TEXT,
        };
        name = stpcpy(name, sealed->prog->funcs[i].name) + 1;
    }
    file->header = (ElfW(Ehdr)){
        .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
                     sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32,
                     HOST_IS_BIG ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT },
        .e_type = ET_REL,
        .e_machine = host_elf_machine,
        .e_version = EV_CURRENT,
        .e_shoff = sizeof file->header,
        .e_ehsize = sizeof file->header,
        .e_shentsize = sizeof *file->sections,
        .e_shnum = SECTIONS,
        .e_shstrndx = SECTION_STRINGS,
    };
    file->sections[SECTION_TEXT] = section(file, NAME_TEXT, SHT_NOBITS, file->rest, 0);
    file->sections[SECTION_TEXT].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
    file->sections[SECTION_TEXT].sh_addr = base;
    file->sections[SECTION_TEXT].sh_size = sealed->image.size;
    file->sections[SECTION_FRAME] = section(file, NAME_FRAME, SHT_PROGBITS, frame, frame_size);
    file->sections[SECTION_FRAME].sh_flags = SHF_ALLOC;
    file->sections[SECTION_SYMBOLS] =
        section(file, NAME_SYMBOLS, SHT_SYMTAB, symbols, (count + 1) * sizeof *symbols);
    file->sections[SECTION_SYMBOLS].sh_entsize = sizeof *symbols;
    file->sections[SECTION_SYMBOLS].sh_link = SECTION_STRINGS;
    file->sections[SECTION_SYMBOLS].sh_info = 1; /* the first global symbol */
    file->sections[SECTION_STRINGS] =
        section(file, NAME_STRINGS, SHT_STRTAB, strings, (size_t)(name - strings));
}

static struct symbol_file *symbol_file(const struct sealed *sealed, const struct code *code)
{
    size_t size = sizeof(struct symbol_file) + (sealed->image.entry_count + 1) * sizeof(ElfW(Sym)) +
                  unwind_section(code, 0, NULL, 0) + sizeof section_names + name_bytes(sealed);
    struct symbol_file *file = allocator_libc.alloc(allocator_libc.user, size);

    if (!file)
        return NULL;
    memset(file, 0, size);
    file->size = size;
    fill(file, sealed, code);
    file->entry.symfile_addr = (const char *)&file->header;
    file->entry.symfile_size = size - offsetof(struct symbol_file, header);
    return file;
}

/* ---- perf ---- */

static void write_perf_map(const struct sealed *sealed)
{
    char path[64], line[256];
    int fd;

    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return;
    for (uint32_t i = 0; i < sealed->image.entry_count; i++) {
        const struct code_entry *entry = &sealed->image.entries[i];
        int size = snprintf(line, sizeof line, "%llx %x bpf_prog_%s\n",
                            (unsigned long long)((uintptr_t)sealed->image.code + entry->at),
                            entry->end - entry->at, sealed->prog->funcs[i].name);
        if (entry->at == entry->end || size < 0 || (size_t)size >= sizeof line)
            continue;
        if (write(fd, line, (size_t)size) < 0)
            break;
    }
    close(fd);
}

/* ---- Both ---- */

void debug_add(struct sealed *sealed, const struct code *code)
{
    struct symbol_file *file;

    if (debug_perf_map)
        write_perf_map(sealed);
    if (!debug_gdb || !(file = symbol_file(sealed, code)))
        return;
    pthread_mutex_lock(&lock);
    file->entry.next_entry = __jit_debug_descriptor.first_entry;
    if (file->entry.next_entry)
        file->entry.next_entry->prev_entry = &file->entry;
    __jit_debug_descriptor.first_entry = &file->entry;
    tell_gdb(JIT_REGISTER, &file->entry);
    pthread_mutex_unlock(&lock);
    sealed->debug = file;
}

void debug_remove(struct sealed *sealed)
{
    struct symbol_file *file = sealed->debug;

    if (!file)
        return;
    pthread_mutex_lock(&lock);
    if (file->entry.prev_entry)
        file->entry.prev_entry->next_entry = file->entry.next_entry;
    else
        __jit_debug_descriptor.first_entry = file->entry.next_entry;
    if (file->entry.next_entry)
        file->entry.next_entry->prev_entry = file->entry.prev_entry;
    tell_gdb(JIT_UNREGISTER, &file->entry);
    pthread_mutex_unlock(&lock);
    allocator_libc.release(allocator_libc.user, file, file->size);
}
