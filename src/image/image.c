/* SPDX-License-Identifier: Apache-2.0 */
#include "image/local.h"

/* ---- Relocation ---- */

/* Stubs that lead calls to symbols out of reach, after the code. */
struct stubs {
    uint32_t at;    /* offset of the first one */
    uint32_t count; /* made so far */
    uint32_t room;  /* how many fit */
    bool missing;   /* one was needed beyond that */
};

static uint32_t call_count(const struct code *code)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < code->relocs.count; i++)
        count += code->arch->reloc_forms[code->relocs.at[i].form].call;
    return count;
}

static int relocate(const struct code *code, const struct image_options *options,
                    const struct piece *piece, struct stubs *stubs, struct error *err)
{
    const struct code_arch *arch = code->arch;

    for (uint32_t i = 0; i < code->relocs.count; i++) {
        const struct reloc *reloc = &code->relocs.at[i];
        const struct reloc_form *form = &arch->reloc_forms[reloc->form];
        uint64_t place = (uintptr_t)piece->code + reloc->at;
        uint64_t value = options->symbol(options->user, reloc->symbol, reloc->index, err);
        uint32_t stub;

        if (err->code)
            return err->code;
        if (arch->relocate(piece->write + reloc->at, reloc->form, place,
                           value + (uint64_t)reloc->addend))
            continue;
        if (!form->call)
            return fail(err, ANYBPF_E_LIMIT, "%s: symbol %s %u is out of reach", form->name,
                        symbol_names[reloc->symbol], reloc->index);
        if (stubs->count == stubs->room) {
            stubs->missing = true;
            return 0;
        }
        stub = stubs->at + stubs->count++ * arch->stub_size;
        arch->stub(piece->write + stub, value);
        if (!arch->relocate(piece->write + reloc->at, reloc->form, place,
                            (uintptr_t)piece->code + stub + (uint64_t)reloc->addend))
            return fail(err, ANYBPF_E_LIMIT, "%s: a program's own end is out of reach", form->name);
    }
    return 0;
}

/* A piece near where it is wanted, for direct jumps from there, or anywhere. */
static int take(struct piece *piece, uint32_t size, uintptr_t near, struct error *err)
{
    enum { NEAR_REACH = 100 << 20 }; /* within every processor's */
    uintptr_t helpers = (uintptr_t)(void (*)(void))image_free;

    if (near) {
        struct error too_far = { 0 };
        if (!piece_take(piece, size, near, NEAR_REACH, &too_far))
            return 0;
    }
    return piece_take(piece, size, helpers, 0, err);
}

/* Takes a place and writes the code there: first without room for stubs, which are seldom needed.
 */
static int place(const struct code *code, const struct image_options *options, struct piece *piece,
                 struct error *err)
{
    uint32_t end = (code->size + 7) / 8 * 8;
    struct stubs stubs = { .at = end };
    int code_or_error;

    for (;;) {
        uint32_t size = end + stubs.room * code->arch->stub_size;
        if ((code_or_error = take(piece, size ? size : 1, options->near, err)))
            return code_or_error;
        memcpy(piece->write, code->bytes, code->size);
        code_or_error = relocate(code, options, piece, &stubs, err);
        if (!code_or_error && !stubs.missing)
            code_or_error = piece_seal(piece, err);
        else if (!code_or_error) {
            piece_free(piece);
            stubs = (struct stubs){ .at = end, .room = call_count(code) };
            continue;
        }
        if (code_or_error)
            piece_free(piece);
        return code_or_error;
    }
}

/* ---- Images ---- */

static void *cut(uint8_t **block, size_t size)
{
    uint8_t *at = *block;
    *block += (size + 7) / 8 * 8;
    return at;
}

int image_seal(const struct code *code, const struct image_options *options, struct image **out,
               struct error *err)
{
    uint8_t small[512]; /* that of most programs */
    struct piece piece = { 0 };
    int code_or_error = place(code, options, &piece, err);
    if (code_or_error)
        return code_or_error;
    size_t entries = code->entry_count * sizeof *code->entries;
    size_t lines = code->lines.count * sizeof(struct code_line);
    size_t faults = code->faults.count * sizeof(struct fault_entry);
    size_t unwind = unwind_section(code, (uintptr_t)piece.code, small, sizeof small);
    size_t block = sizeof(struct sealed) + entries + lines + faults + unwind + 4 * 8;
    struct sealed *sealed;
    uint8_t *at;

    sealed = allocator_libc.alloc(allocator_libc.user, block);
    if (!sealed) {
        piece_free(&piece);
        return fail(err, ANYBPF_E_MEMORY, "out of memory for %zu bytes of tables", block);
    }
    at = (uint8_t *)sealed + (sizeof *sealed + 7) / 8 * 8;
    *sealed = (struct sealed) {
        .image = {
            .code = piece.code,
            .size = code->size,
            .room = piece.size,
            .taken = (uint32_t)block + piece.size,
            .entry_count = code->entry_count,
            .entries = memcpy(cut(&at, entries), code->entries, entries),
            .line_count = code->lines.count,
        },
        .piece = piece,
        .prog = options->prog,
        .block = block,
    };
    sealed->image.lines = cut(&at, lines);
    if (lines)
        memcpy((void *)sealed->image.lines, code->lines.at, lines);
    if (faults || options->may_fault) {
        struct fault_entry *entry = cut(&at, faults);
        sealed->range = (struct code_range){
            .begin = piece.code,
            .end = piece.code + code->size,
            .entries = entry,
            .count = code->faults.count,
            .abandons = options->may_fault,
        };
        for (uint32_t i = 0; i < code->faults.count; i++)
            entry[i] = (struct fault_entry){ code->faults.at[i].at, code->faults.at[i].landing };
        if ((code_or_error = fault_add(&sealed->range, err))) {
            piece_free(&piece);
            allocator_libc.release(allocator_libc.user, sealed, block);
            return code_or_error;
        }
    }
    if (unwind <= sizeof small)
        memcpy(at, small, unwind);
    else
        unwind_section(code, (uintptr_t)piece.code, at, unwind);
    sealed->unwind = unwind_add(at);
    debug_add(sealed, code);
    *out = &sealed->image;
    return 0;
}

void image_free(struct image *image)
{
    struct sealed *sealed = (struct sealed *)image;
    if (!image)
        return;
    debug_remove(sealed);
    unwind_remove(sealed->unwind);
    if (sealed->range.end)
        fault_remove(&sealed->range);
    piece_free(&sealed->piece);
    allocator_libc.release(allocator_libc.user, sealed, sealed->block);
}
