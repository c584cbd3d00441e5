/* SPDX-License-Identifier: Apache-2.0 */
/* Unwind tables of compiled functions, as an .eh_frame section (Linux Standard Base, "Exception
 * Frames"; DWARF 5 section 6.4), and their registration with the process's unwinder. */
#include "image/local.h"
#include <dlfcn.h>
#include <pthread.h>

/* DWARF 5, section 7.24. */
enum {
    CFA_ADVANCE_LOC = 0x40,
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xc0,
    CFA_ADVANCE_LOC1 = 0x02,
    CFA_ADVANCE_LOC2 = 0x03,
    CFA_ADVANCE_LOC4 = 0x04,
    CFA_REMEMBER_STATE = 0x0a,
    CFA_RESTORE_STATE = 0x0b,
    CFA_DEF_CFA = 0x0c,
};

/* Writes what there is room for, and counts all. */
struct writer {
    uint8_t *at;
    size_t size, room;
};

static void put(struct writer *w, const void *bytes, size_t size)
{
    w->size += size;
    if (w->size <= w->room)
        memcpy(w->at + w->size - size, bytes, size);
}

static void put_u8(struct writer *w, uint8_t value)
{
    put(w, &value, 1);
}

static void put_u32(struct writer *w, uint32_t value)
{
    put(w, &value, 4);
}

static void put_address(struct writer *w, uintptr_t value)
{
    put(w, &value, sizeof value);
}

static void put_uleb(struct writer *w, uint64_t value)
{
    do {
        put_u8(w, (uint8_t)((value & 127) | (value > 127 ? 128 : 0)));
        value >>= 7;
    } while (value);
}

static void put_sleb(struct writer *w, int64_t value)
{
    for (;;) {
        uint8_t low = value & 127;
        value >>= 7;
        if ((value == 0 && !(low & 64)) || (value == -1 && (low & 64))) {
            put_u8(w, low);
            return;
        }
        put_u8(w, low | 128);
    }
}

/* Ends an entry that began at `start`: pads it and writes its length. */
static void end_entry(struct writer *w, size_t start)
{
    while ((w->size - start) % sizeof(uintptr_t))
        put_u8(w, 0); /* DW_CFA_nop */
    if (w->size <= w->room) {
        uint32_t length = (uint32_t)(w->size - start - 4);
        memcpy(w->at + start, &length, 4);
    }
}

static void put_cie(struct writer *w, const struct code_arch *arch)
{
    size_t start = w->size;
    put_u32(w, 0); /* length */
    put_u32(w, 0); /* it is a CIE */
    put_u8(w, 1);  /* version */
    put_u8(w, 0);  /* no augmentation: addresses are absolute */
    put_uleb(w, (uint64_t)arch->code_align);
    put_sleb(w, arch->data_align);
    put_u8(w, arch->return_register);
    put_u8(w, CFA_DEF_CFA);
    put_uleb(w, arch->cfa_register);
    put_uleb(w, (uint64_t)arch->cfa_offset);
    if (arch->return_offset) {
        put_u8(w, CFA_OFFSET | arch->return_register);
        put_uleb(w, (uint64_t)(arch->return_offset / arch->data_align));
    }
    end_entry(w, start);
}

static void put_advance(struct writer *w, uint32_t units)
{
    uint16_t half = (uint16_t)units;
    if (units < 64) {
        put_u8(w, (uint8_t)(CFA_ADVANCE_LOC | units));
    } else if (units < 256) {
        put_u8(w, CFA_ADVANCE_LOC1);
        put_u8(w, (uint8_t)units);
    } else if (units < 65536) {
        put_u8(w, CFA_ADVANCE_LOC2);
        put(w, &half, 2);
    } else {
        put_u8(w, CFA_ADVANCE_LOC4);
        put_u32(w, units);
    }
}

static void put_rule(struct writer *w, const struct code_cfi *cfi, const struct code_arch *arch)
{
    switch ((enum cfi_op)cfi->op) {
    case CFI_DEF_CFA:
        put_u8(w, CFA_DEF_CFA);
        put_uleb(w, cfi->reg);
        put_uleb(w, (uint64_t)cfi->value);
        break;
    case CFI_OFFSET:
        put_u8(w, (uint8_t)(CFA_OFFSET | cfi->reg));
        put_uleb(w, (uint64_t)(cfi->value / arch->data_align));
        break;
    case CFI_RESTORE: put_u8(w, (uint8_t)(CFA_RESTORE | cfi->reg)); break;
    case CFI_REMEMBER: put_u8(w, CFA_REMEMBER_STATE); break;
    case CFI_RECALL: put_u8(w, CFA_RESTORE_STATE); break;
    }
}

/* The rows of [entry->at, entry->end) begin at *row, which moves behind them. */
static void put_fde(struct writer *w, const struct code *code, const struct code_entry *entry,
                    uintptr_t at, uint32_t *row)
{
    size_t start = w->size;
    uint32_t place = entry->at;

    put_u32(w, 0);                 /* length */
    put_u32(w, (uint32_t)w->size); /* back to the CIE, which begins at 0 */
    put_address(w, at + entry->at);
    put_address(w, entry->end - entry->at);
    for (; *row < code->cfi.count && code->cfi.at[*row].at < entry->end; ++*row) {
        const struct code_cfi *cfi = &code->cfi.at[*row];
        if (cfi->at != place)
            put_advance(w, (cfi->at - place) / (uint8_t)code->arch->code_align);
        place = cfi->at;
        put_rule(w, cfi, code->arch);
    }
    end_entry(w, start);
}

size_t unwind_section(const struct code *code, uintptr_t at, uint8_t *to, size_t room)
{
    struct writer w = { .at = to, .room = room };

    put_cie(&w, code->arch);
    for (uint32_t i = 0; i < code->entry_count; i++) {
        const struct code_entry *entry = &code->entries[i];
        uint32_t row = 0, end = code->cfi.count;
        if (entry->at == entry->end)
            continue;
        while (row < end) { /* the function's first row */
            uint32_t middle = row + (end - row) / 2;
            if (code->cfi.at[middle].at < entry->at)
                row = middle + 1;
            else
                end = middle;
        }
        put_fde(&w, code, entry, at, &row);
    }
    put_u32(&w, 0); /* the end */
    return w.size;
}

/* ---- The unwinder of the process: libgcc's, or one that has its interface ---- */

typedef void register_fn(const void *section);
extern register_fn __register_frame __attribute__((weak));
extern register_fn __deregister_frame __attribute__((weak));

static struct {
    pthread_once_t once;
    register_fn *add, *remove;
} unwinder = { .once = PTHREAD_ONCE_INIT };

/* A process that is not C++ may have none yet: backtrace() loads libgcc_s when first called. So it
 * is loaded here already, for it to know programs. */
static void find_unwinder(void)
{
    void *library;
    unwinder.add = __register_frame;
    unwinder.remove = __deregister_frame;
    if (unwinder.add || !(library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_LOCAL)))
        return;
    *(void **)&unwinder.add = dlsym(library, "__register_frame");
    *(void **)&unwinder.remove = dlsym(library, "__deregister_frame");
}

const void *unwind_add(const uint8_t *section)
{
    pthread_once(&unwinder.once, find_unwinder);
    if (!unwinder.add || !unwinder.remove)
        return NULL;
    unwinder.add(section);
    return section;
}

void unwind_remove(const void *registered)
{
    if (registered)
        unwinder.remove(registered);
}
