/* SPDX-License-Identifier: Apache-2.0 */
/* The code buffer: emission at raw offsets, then one layout. See code.h.
 *
 * Invariant: fixes, lines, faults, cfi and tables are in order of their offsets, because they are
 * recorded as code is emitted. A fix's extra bytes are inserted behind its shortest form; what lies
 * exactly there moves with them. */
#include "gen/code.h"

/* SIZE_LIMIT: even with every fix lengthened, the last form of each chain reaches (arm64: 128 MiB).
 */
enum { SIZE_LIMIT = 1 << 26, PASSES_EXACT = 8 };

struct code *code_new(struct arena *arena, const struct code_arch *arch, uint32_t entry_count,
                      struct error *err)
{
    struct code *code = arena_new_of(arena, struct code);
    code->arena = arena;
    code->arch = arch;
    code->err = err;
    code->entry_count = entry_count;
    code->entries = arena_array_of(arena, entry_count, struct code_entry);
    vec_resize(arena, &code->labels, entry_count);
    for (uint32_t i = 0; i < entry_count; i++)
        code->labels.at[i].at = LABEL_UNBOUND;
    return code;
}

void code_grow(struct code *code, uint32_t size)
{
    uint32_t room = code->room ? code->room * 2 : 256;
    uint8_t *bytes;

    while (room - code->size < size)
        room *= 2;
    if (room > SIZE_LIMIT) { /* keep going in the memory there is; the error ends the compilation */
        fail(code->err, ANYBPF_E_LIMIT, "the program's machine code exceeds %u MiB",
             SIZE_LIMIT >> 20);
        code->size = 0;
        return;
    }
    bytes = arena_raw(code->arena, room, 1);
    if (code->size)
        memcpy(bytes, code->bytes, code->size);
    code->bytes = bytes;
    code->room = room;
}

uint32_t code_label(struct code *code)
{
    vec_push(code->arena, &code->labels, (struct code_label){ .at = LABEL_UNBOUND });
    return code->labels.count - 1;
}

uint32_t code_labels(struct code *code, uint32_t count)
{
    uint32_t first = code->labels.count;
    vec_reserve(code->arena, &code->labels, count);
    for (uint32_t i = 0; i < count; i++)
        code->labels.at[first + i] = (struct code_label){ .at = LABEL_UNBOUND };
    code->labels.count += count;
    return first;
}

void code_bind(struct code *code, uint32_t label)
{
    code->labels.at[label] = (struct code_label){ code->size, code->fixes.count };
    code->bound = code->size;
}

void code_fix(struct code *code, unsigned form, uint32_t insn, uint32_t label)
{
    uint32_t size = code->arch->fix_forms[form].size;
    vec_push(
        code->arena, &code->fixes,
        (struct code_fix){ .at = code->size, .label = label, .insn = insn, .form = (uint8_t)form });
    code_reserve(code, size);
    code->size += size;
}

void code_align(struct code *code, uint32_t alignment, uint32_t most)
{
    vec_push(
        code->arena, &code->fixes,
        (struct code_fix){ .at = code->size, .label = alignment, .insn = most, .form = FIX_ALIGN });
}

void code_table(struct code *code, uint32_t label, const uint32_t *labels, uint32_t count)
{
    code_align(code, 4, 3);
    code_bind(code, label);
    vec_push(code->arena, &code->tables, (struct code_table){ code->size, count });
    for (uint32_t i = 0; i < count; i++)
        code_fix(code, code->arch->table_form, i, labels[i]);
}

void code_enter(struct code *code, uint32_t function)
{
    code_bind(code, function);
    code->entries[function].at = code->size;
}

void code_leave(struct code *code, uint32_t function)
{
    code->entries[function].end = code->size;
    /* Rows behind the last byte say nothing, and would be taken for the next function's. */
    while (code->cfi.count && vec_last(&code->cfi)->at == code->size)
        code->cfi.count--;
}

void code_reloc(struct code *code, unsigned form, uint32_t back, enum symbol_kind symbol,
                uint32_t index, int64_t addend)
{
    vec_push(code->arena, &code->relocs,
             (struct reloc){ .at = code->size - back,
                             .form = (uint8_t)form,
                             .symbol = (uint8_t)symbol,
                             .index = index,
                             .addend = addend });
}

void code_line_new(struct code *code, uint32_t insn)
{
    if (code->lines.count && vec_last(&code->lines)->at == code->size)
        vec_last(&code->lines)->insn = insn;
    else
        vec_push(code->arena, &code->lines, (struct code_line){ code->size, insn });
}

void code_fault(struct code *code, uint32_t landing_label)
{
    vec_push(code->arena, &code->faults, (struct code_fault){ code->size, landing_label });
}

void code_cfi(struct code *code, enum cfi_op op, unsigned reg, int32_t value)
{
    vec_push(code->arena, &code->cfi,
             (struct code_cfi){ code->size, (uint8_t)op, (uint8_t)reg, value });
}

/* ---- Layout ---- */

/* How many bytes fix i takes beyond its shortest form, when it begins at offset `at`. */
static uint32_t extra(const struct code_arch *arch, const struct code_fix *fix, uint32_t shortest,
                      uint32_t at)
{
    if (fix->form == FIX_ALIGN) {
        uint32_t pad = -at & (fix->label - 1);
        return pad <= fix->insn ? pad : 0;
    }
    return (uint32_t)arch->fix_forms[fix->form].size - shortest;
}

/* What code_finish() works on: for every fix its shortest size, and the bytes inserted before it;
 * inserted[fixes.count] is the total. */
struct code_layout {
    uint8_t *shortest;
    uint32_t *inserted;
};

static void place(const struct code *code, struct code_layout *layout)
{
    uint32_t inserted = 0;
    for (uint32_t i = 0; i < code->fixes.count; i++) {
        const struct code_fix *fix = &code->fixes.at[i];
        layout->inserted[i] = inserted;
        inserted += extra(code->arch, fix, layout->shortest[i], fix->at + inserted);
    }
    layout->inserted[code->fixes.count] = inserted;
}

static uint32_t label_at(const struct code *code, const struct code_layout *layout, uint32_t label)
{
    const struct code_label *l = &code->labels.at[label];
    return l->at + layout->inserted[l->fixes];
}

static int64_t distance(const struct code *code, const struct code_layout *layout, uint32_t i)
{
    const struct code_fix *fix = &code->fixes.at[i];
    return (int64_t)label_at(code, layout, fix->label) - (fix->at + layout->inserted[i]);
}

/* Lengthens what does not reach. Late passes take the reach for ever smaller, so that the number of
 * passes has a bound. */
static bool lengthen(struct code *code, const struct code_layout *layout, unsigned pass)
{
    const struct fix_form *forms = code->arch->fix_forms;
    bool changed = false;

    for (uint32_t i = 0; i < code->fixes.count; i++) {
        struct code_fix *fix = &code->fixes.at[i];
        int64_t d;
        if (fix->form == FIX_ALIGN)
            continue;
        d = distance(code, layout, i) *
            (pass < PASSES_EXACT ? 1 : (int64_t)1 << (pass - PASSES_EXACT + 1));
        while (d < forms[fix->form].low || d > forms[fix->form].high) {
            if (forms[fix->form].longer == fix->form)
                break;
            fix->form = forms[fix->form].longer;
            changed = true;
        }
    }
    return changed;
}

static void move_tables(struct code *code, const struct code_layout *layout)
{
    uint32_t n = code->fixes.count, i, until;
    const struct code_fix *fix = code->fixes.at;

/* Adds what was inserted before each element's offset; both lists are in order. */
#define MOVE(list, length, member)                                                                 \
    i = until = 0;                                                                                 \
    for (uint32_t k = 0; k < (length); k++) {                                                      \
        while ((list)[k].member >= until) {                                                        \
            until = i < n ? fix[i].at + layout->shortest[i] : UINT32_MAX;                          \
            i++;                                                                                   \
        }                                                                                          \
        (list)[k].member += layout->inserted[i - 1];                                               \
    }
    MOVE(code->relocs.at, code->relocs.count, at)
    MOVE(code->lines.at, code->lines.count, at)
    MOVE(code->faults.at, code->faults.count, at)
    MOVE(code->cfi.at, code->cfi.count, at)
    MOVE(code->tables.at, code->tables.count, at)
#undef MOVE
    for (uint32_t k = 0; k < code->faults.count; k++)
        code->faults.at[k].landing = label_at(code, layout, code->faults.at[k].landing);
    for (uint32_t k = 0; k < code->entry_count; k++) {
        struct code_entry *entry = &code->entries[k];
        uint32_t from = code->labels.at[k].fixes;
        entry->at += layout->inserted[from];
        while (from < n && fix[from].at + layout->shortest[from] <= entry->end &&
               fix[from].at < entry->end)
            from++;
        entry->end += layout->inserted[from];
    }
}

/* The raw bytes between fixes, and the fixes in their final forms. */
static void write_bytes(struct code *code, const struct code_layout *layout)
{
    const struct code_arch *arch = code->arch;
    uint32_t size = code->size + layout->inserted[code->fixes.count], from = 0;
    uint8_t *bytes = arena_array_raw(code->arena, size, uint8_t), *to = bytes;

    for (uint32_t i = 0; i < code->fixes.count; i++) {
        const struct code_fix *fix = &code->fixes.at[i];
        uint32_t wide = layout->shortest[i] + layout->inserted[i + 1] - layout->inserted[i];
        memcpy(to, code->bytes + from, fix->at - from);
        to += fix->at - from;
        from = fix->at + layout->shortest[i];
        if (fix->form == FIX_ALIGN)
            arch->pad(to, wide);
        else
            arch->fix(to, fix->form, fix->insn, distance(code, layout, i));
        to += wide;
    }
    if (code->size > from)
        memcpy(to, code->bytes + from, code->size - from);
    code->bytes = bytes;
    code->size = code->room = size;
}

void code_finish(struct code *code)
{
    uint32_t n = code->fixes.count;
    struct code_layout layout = { 0 };

    if (code->err->code)
        return;
    layout.shortest = arena_array_raw(code->arena, n, uint8_t);
    layout.inserted = arena_array_raw(code->arena, (size_t)n + 1, uint32_t);
    for (uint32_t i = 0; i < n; i++) {
        const struct code_fix *fix = &code->fixes.at[i];
        layout.shortest[i] = fix->form == FIX_ALIGN ? 0 : code->arch->fix_forms[fix->form].size;
    }
    place(code, &layout);
    for (unsigned pass = 0; lengthen(code, &layout, pass); pass++)
        place(code, &layout);
    move_tables(code, &layout);
    write_bytes(code, &layout);
    code->finished = true;
}

uint32_t code_insn_at(const struct code *code, uint32_t offset)
{
    uint32_t low = 0, high = code->lines.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->lines.at[middle].at <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? code->lines.at[low - 1].insn : UINT32_MAX;
}
