/* SPDX-License-Identifier: Apache-2.0 */
/* Slots that hold addresses of functions: of the PLT and GOT (System V gABI, "Dynamic linking"),
 * and variables. One aligned store changes one. */
#include "attach/local.h"
#include "base/planted.h"
#include <dlfcn.h>
#include <errno.h>
#include <sys/mman.h>

/* What the dynamic section of an object tells about imports. */
struct dynamic {
    const ElfW(Sym) * symbols;
    const char *strings;
    const ElfW(Rela) * relocs[2];
    size_t counts[2]; /* of relocs */
};

/* glibc has relocated these addresses in place, but not in every object. */
static const void *place(const struct object *object, uintptr_t value)
{
    return (const void *)(value < object->base ? object->base + value : value);
}

static struct dynamic dynamic_of(const struct object *object)
{
    struct dynamic dynamic = { 0 };

    for (unsigned i = 0; i < object->segment_count; i++) {
        const ElfW(Phdr) *segment = &object->segments[i];
        if (segment->p_type != PT_DYNAMIC)
            continue;
        for (const ElfW(Dyn) *d = (const void *)(object->base + segment->p_vaddr); d->d_tag; d++)
            switch (d->d_tag) {
            case DT_SYMTAB: dynamic.symbols = place(object, d->d_un.d_ptr); break;
            case DT_STRTAB: dynamic.strings = place(object, d->d_un.d_ptr); break;
            case DT_JMPREL: dynamic.relocs[0] = place(object, d->d_un.d_ptr); break;
            case DT_PLTRELSZ: dynamic.counts[0] = d->d_un.d_val / sizeof(ElfW(Rela)); break;
            case DT_RELA: dynamic.relocs[1] = place(object, d->d_un.d_ptr); break;
            case DT_RELASZ: dynamic.counts[1] = d->d_un.d_val / sizeof(ElfW(Rela)); break;
            default: break;
            }
    }
    return dynamic;
}

int import_slots(const struct site_options *options, const struct patch_arch *arch, void **slots[],
                 uint32_t *count, struct error *err)
{
    const struct object *object = object_at((uintptr_t)options->importer, err);
    struct dynamic dynamic;

    *count = 0;
    if (!object)
        return err->code;
    dynamic = dynamic_of(object);
    for (int kind = 0; kind < 2 && dynamic.symbols && dynamic.strings; kind++)
        for (size_t i = 0; dynamic.relocs[kind] && i < dynamic.counts[kind]; i++) {
            const ElfW(Rela) *reloc = &dynamic.relocs[kind][i];
            uint32_t type = (uint32_t)ELF64_R_TYPE(reloc->r_info);
            const ElfW(Sym) *symbol = &dynamic.symbols[ELF64_R_SYM(reloc->r_info)];
            if ((type != arch->import_relocs[0] && type != arch->import_relocs[1]) ||
                strcmp(dynamic.strings + symbol->st_name, options->import))
                continue;
            if (symbol->st_other & arch->variant_call)
                return fail(err, ANYBPF_E_UNSUPPORTED, "%s: it has a calling convention of its own",
                            options->import);
            if (*count == SLOTS_MOST)
                return fail(err, ANYBPF_E_LIMIT, "%s: too many slots", options->import);
            slots[(*count)++] = (void **)(object->base + reloc->r_offset);
        }
    if (!*count)
        return fail(err, ANYBPF_E_NOT_FOUND, "%s imports no function %s",
                    object->name[0] ? object->name : "the program", options->import);
    return 0;
}

/* Whether stores to it fault now: relocation is done with it, or it is a constant. */
static bool is_read_only(const struct object *object, uintptr_t at)
{
    for (unsigned i = 0; i < object->segment_count; i++) {
        const ElfW(Phdr) *segment = &object->segments[i];
        uintptr_t begin = object->base + segment->p_vaddr, page = host_page();
        if (segment->p_type == PT_GNU_RELRO && at >= (begin & ~(page - 1)) &&
            at < ((begin + segment->p_memsz) & ~(page - 1)))
            return FAULT(import_relro, true, false);
        if (segment->p_type == PT_LOAD && at - begin < segment->p_memsz &&
            !(segment->p_flags & PF_W))
            return true;
    }
    return false;
}

int import_store(void **slot, const void *value, struct error *err)
{
    const struct object *object = object_at((uintptr_t)slot, NULL);
    void *page = (void *)((uintptr_t)slot & ~(uintptr_t)(host_page() - 1));
    bool locked = object && is_read_only(object, (uintptr_t)slot);

    if (locked && mprotect(page, host_page(), PROT_READ | PROT_WRITE))
        return fail(err, ANYBPF_E_SYSTEM, "the system does not allow a slot to be changed: %s",
                    strerror(errno));
    __atomic_store_n(slot, (void *)(uintptr_t)value, __ATOMIC_RELEASE);
    if (locked)
        mprotect(page, host_page(), PROT_READ);
    return 0;
}
