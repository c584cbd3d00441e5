/* SPDX-License-Identifier: Apache-2.0 */
/* The files loaded into this process: symbols of functions, recorded sleds, pieces of code.
 *
 * What the loader maps (segments, unwind tables) is read where it lies. Symbols and the section of
 * sleds are in no segment: they are read from the file, if it is still the one that was loaded. */
#include "attach/local.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct object *objects;
static uint64_t known_closings; /* when these were read */

/* ---- The loader's list ---- */

struct search {
    uintptr_t at;
    struct dl_phdr_info found; /* dlpi_phdr NULL: none */
    uint64_t closings;
};

static const ElfW(Phdr) *
    segment_in(const ElfW(Phdr) * segments, unsigned count, uintptr_t base, uintptr_t at)
{
    for (unsigned i = 0; i < count; i++)
        if (segments[i].p_type == PT_LOAD && at - base - segments[i].p_vaddr < segments[i].p_memsz)
            return &segments[i];
    return NULL;
}

static int look(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct search *search = arg;

    if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs)
        search->closings = info->dlpi_subs;
    if (!segment_in(info->dlpi_phdr, info->dlpi_phnum, info->dlpi_addr, search->at))
        return 0;
    search->found = *info;
    return 1;
}

uint64_t object_closings(void)
{
    struct search search = { 0 };
    dl_iterate_phdr(look, &search);
    return search.closings;
}

const ElfW(Phdr) * object_segment(const struct object *object, uintptr_t at)
{
    return segment_in(object->segments, object->segment_count, object->base, at);
}

/* ---- What the file tells ---- */

static struct bytes map_file(const char *name)
{
    int fd = open(name[0] ? name : "/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat status;
    void *memory = MAP_FAILED;

    if (fd >= 0 && !fstat(fd, &status) && status.st_size > 0)
        memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    return memory == MAP_FAILED ? (struct bytes){ 0 }
                                : (struct bytes){ memory, (size_t)status.st_size };
}

/* Whether it is what was loaded: its program headers are the same. */
static bool is_same(struct bytes file, const struct object *object)
{
    const ElfW(Ehdr) *head = (const void *)file.at;
    size_t size = object->segment_count * sizeof(ElfW(Phdr));

    return file.size >= sizeof *head && !memcmp(head->e_ident, ELFMAG, SELFMAG) &&
           head->e_phnum == object->segment_count && bytes_has(file, head->e_phoff, size) &&
           !memcmp(file.at + head->e_phoff, object->segments, size) &&
           head->e_shentsize == sizeof(ElfW(Shdr)) && head->e_shoff % 8 == 0 &&
           bytes_has(file, head->e_shoff, (uint64_t)head->e_shnum * sizeof(ElfW(Shdr)));
}

static const ElfW(Shdr) * section(struct bytes file, unsigned index)
{
    const ElfW(Ehdr) *head = (const void *)file.at;
    const ElfW(Shdr) *found = (const ElfW(Shdr) *)(file.at + head->e_shoff) + index;
    return index < head->e_shnum && (found->sh_type == SHT_NOBITS ||
                                     bytes_has(file, found->sh_offset, found->sh_size))
               ? found
               : NULL;
}

static unsigned section_count(struct bytes file)
{
    return ((const ElfW(Ehdr) *)(const void *)file.at)->e_shnum;
}

static const char *section_name(struct bytes file, const ElfW(Shdr) * header)
{
    const ElfW(Shdr) *names =
        section(file, ((const ElfW(Ehdr) *)(const void *)file.at)->e_shstrndx);
    const char *name =
        names ? bytes_text((struct bytes){ file.at + names->sh_offset, names->sh_size },
                           header->sh_name)
              : NULL;
    return name ? name : "";
}

static int by_symbol(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int by_value(const void *a, const void *b)
{
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return x < y ? -1 : x > y;
}

static void read_symbols(struct object *object, struct bytes file, const ElfW(Shdr) * table)
{
    const ElfW(Shdr) *names = section(file, table->sh_link);
    struct bytes strings;

    if (!names || names->sh_type != SHT_STRTAB)
        return;
    strings = (struct bytes){ file.at + names->sh_offset, names->sh_size };
    for (uint64_t i = 0; i < table->sh_size / sizeof(ElfW(Sym)); i++) {
        const ElfW(Sym) *symbol = (const void *)(file.at + table->sh_offset + i * sizeof *symbol);
        const char *name = bytes_text(strings, symbol->st_name);
        if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || !symbol->st_shndx || !name)
            continue;
        vec_push(object->arena, &object->symbols,
                 (struct symbol){ object->base + symbol->st_value, symbol->st_size,
                                  arena_string(object->arena, name, strlen(name)),
                                  symbol->st_other });
    }
}

/* Sections of addresses: the loader has relocated them in memory. */
static void read_sleds(struct object *object, const ElfW(Shdr) * header)
{
    const ElfW(Phdr) *segment = object_segment(object, object->base + header->sh_addr);
    const uintptr_t *at = (const uintptr_t *)(object->base + header->sh_addr);
    uint64_t count = header->sh_size / sizeof *at;

    if (!segment || header->sh_addr % sizeof *at ||
        header->sh_addr - segment->p_vaddr + header->sh_size > segment->p_filesz)
        return;
    for (uint64_t i = 0; i < count; i++)
        vec_push(object->arena, &object->sleds, at[i]);
}

static void read_file(struct object *object, struct bytes file)
{
    const ElfW(Shdr) *symbols = NULL;

    for (unsigned i = 0; i < section_count(file); i++) {
        const ElfW(Shdr) *header = section(file, i);
        if (!header)
            continue;
        if (header->sh_type == SHT_SYMTAB || (header->sh_type == SHT_DYNSYM && !symbols))
            symbols = header;
        else if (!strcmp(section_name(file, header), "__patchable_function_entries") ||
                 !strcmp(section_name(file, header), "__mcount_loc"))
            read_sleds(object, header);
    }
    if (symbols)
        read_symbols(object, file, symbols);
}

/* ---- What unwind tables tell: LSB core, "Exception frames" ---- */

enum { DATA_RELATIVE_4 = 0x3b, UNSIGNED_4 = 0x03 };

/* The table of .eh_frame_hdr: pairs of a piece's begin and its entry, relative to the header. */
struct unwind {
    const uint8_t *header;
    const int32_t *pairs;
    uint32_t count;
};

static struct unwind unwind_of(const struct object *object)
{
    static const uint8_t sizes[8] = { 8, 0, 2, 4, 8, 0, 0, 0 };
    struct unwind unwind = { 0 };

    for (unsigned i = 0; i < object->segment_count; i++) {
        const ElfW(Phdr) *segment = &object->segments[i];
        const uint8_t *at = (const uint8_t *)(object->base + segment->p_vaddr);
        uint64_t head;
        if (segment->p_type != PT_GNU_EH_FRAME || segment->p_memsz < 16 || at[0] != 1)
            continue;
        head = 4 + (uint64_t)sizes[at[1] & 7] + 4;
        if (at[2] != UNSIGNED_4 || at[3] != DATA_RELATIVE_4 || segment->p_memsz < head)
            continue;
        unwind.header = at;
        unwind.pairs = (const int32_t *)(const void *)(at + head);
        unwind.count = bytes_u32(at + head - 4);
        if (unwind.count > (segment->p_memsz - head) / 8)
            unwind.count = 0;
    }
    return unwind;
}

static uint64_t uleb(const uint8_t **at)
{
    uint64_t value = 0;
    unsigned shift = 0;
    do
        value |= (uint64_t)(**at & 0x7f) << shift;
    while (*(*at)++ & 0x80 && (shift += 7) < 63);
    return value;
}

/* How a CIE says that addresses in its FDEs are written: DW_EH_PE_*. */
static uint8_t cie_encoding(const uint8_t *cie)
{
    static const uint8_t sizes[16] = { 8, 0, 2, 4, 8, 0, 0, 0, 0, 0, 2, 4, 8, 0, 0, 0 };
    const char *augmentation = (const char *)cie + 9;
    const uint8_t *at = cie + 9 + strlen(augmentation) + 1;

    if (augmentation[0] != 'z')
        return 0;
    uleb(&at);
    uleb(&at);
    uleb(&at); /* alignment factors (the sign does not matter), return register */
    uleb(&at);
    for (const char *c = augmentation + 1; *c; c++) {
        if (*c == 'R')
            return *at;
        if (*c == 'L')
            at++;
        else if (*c == 'P')
            at += 1 + sizes[*at & 15];
    }
    return 0;
}

/* Bytes of the piece of code that begins there. */
static size_t fde_extent(const uint8_t *fde)
{
    const uint8_t *id = fde + 4;
    uint8_t encoding = cie_encoding(id - bytes_u32(id));

    switch (encoding & 7) {
    case 0:
    case 4: return bytes_u64(id + 4 + 8);
    case 2: return bytes_u16(id + 4 + 2);
    case 3: return bytes_u32(id + 4 + 4);
    default: return 0;
    }
}

static size_t unwind_extent(const struct object *object, uintptr_t at)
{
    struct unwind unwind = unwind_of(object);
    int64_t wanted = (int64_t)(at - (uintptr_t)unwind.header);
    uint32_t low = 0, high = unwind.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (unwind.pairs[2 * middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < unwind.count && unwind.pairs[2 * low] == wanted
               ? fde_extent(unwind.header + unwind.pairs[2 * low + 1])
               : 0;
}

/* ---- Objects ---- */

static void collect_starts(struct object *object)
{
    struct unwind unwind = unwind_of(object);

    for (uint32_t i = 0; i < unwind.count; i++)
        vec_push(object->arena, &object->starts,
                 (uintptr_t)unwind.header + (uintptr_t)(intptr_t)unwind.pairs[2 * i]);
    for (uint32_t i = 0; i < object->symbols.count; i++)
        vec_push(object->arena, &object->starts, object->symbols.at[i].at);
}

struct loading {
    const struct dl_phdr_info *info;
    struct arena *arena;
    struct bytes file;
    struct object *object;
};

static int read_object(void *arg)
{
    struct loading *loading = arg;
    const char *name = loading->info->dlpi_name;
    struct object *object = arena_new_of(loading->arena, struct object);

    *object = (struct object){
        .arena = loading->arena,
        .name = arena_string(loading->arena, name, strlen(name)),
        .base = loading->info->dlpi_addr,
        .segments = loading->info->dlpi_phdr,
        .segment_count = loading->info->dlpi_phnum,
    };
    if (is_same(loading->file, object))
        read_file(object, loading->file);
    collect_starts(object);
    if (object->symbols.count)
        qsort(object->symbols.at, object->symbols.count, sizeof(struct symbol), by_symbol);
    if (object->sleds.count)
        qsort(object->sleds.at, object->sleds.count, sizeof(uintptr_t), by_value);
    if (object->starts.count)
        qsort(object->starts.at, object->starts.count, sizeof(uintptr_t), by_value);
    loading->object = object;
    return 0;
}

static struct object *add_object(const struct dl_phdr_info *info, struct error *err)
{
    struct loading loading = { .info = info, .arena = arena_new(&allocator_libc, 0) };

    if (!loading.arena) {
        fail(err, ANYBPF_E_MEMORY, "out of memory for symbols");
        return NULL;
    }
    loading.file = map_file(info->dlpi_name);
    arena_try(loading.arena, err, read_object, &loading);
    if (loading.file.at)
        munmap((void *)loading.file.at, loading.file.size);
    if (!loading.object) {
        arena_free(loading.arena);
        return NULL;
    }
    loading.object->next = objects;
    objects = loading.object;
    return objects;
}

static void drop_objects(void)
{
    for (struct object *object = objects, *next; object; object = next) {
        next = object->next;
        arena_free(object->arena);
    }
    objects = NULL;
}

const struct object *object_at(uintptr_t at, struct error *err)
{
    struct search search = { .at = at };

    dl_iterate_phdr(look, &search);
    if (search.closings != known_closings)
        drop_objects();
    known_closings = search.closings;
    if (!search.found.dlpi_phdr) {
        fail(err, ANYBPF_E_UNSUPPORTED, "it lies in no file loaded here");
        return NULL;
    }
    for (struct object *object = objects; object; object = object->next)
        if (object->segments == search.found.dlpi_phdr)
            return object;
    return add_object(&search.found, err);
}

uint32_t object_symbol(const struct object *object, uintptr_t at)
{
    uint32_t low = 0, high = object->symbols.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (object->symbols.at[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < object->symbols.count && object->symbols.at[low].at == at ? low
                                                                           : object->symbols.count;
}

size_t object_extent(const struct object *object, uintptr_t at)
{
    for (uint32_t i = object_symbol(object, at);
         i < object->symbols.count && object->symbols.at[i].at == at; i++)
        if (object->symbols.at[i].size)
            return object->symbols.at[i].size;
    return unwind_extent(object, at);
}

bool object_has_sled(const struct object *object, uintptr_t at)
{
    return object->sleds.count &&
           bsearch(&at, object->sleds.at, object->sleds.count, sizeof(uintptr_t), by_value) != NULL;
}
