/* SPDX-License-Identifier: Apache-2.0 */
/* The code buffer: what a back-end emits one program into.
 *
 * While code is emitted, positions are raw offsets: instructions whose size depends on how far
 * their label is (branches) lie in the buffer in their shortest form, and alignment takes no bytes.
 * code_finish() picks the shortest forms that reach, writes the final bytes and moves every table
 * to final offsets. So a branch is never out of reach, and no back-end counts bytes.
 *
 * A finished code holds no address: what only the process knows is a relocation against a symbol.
 * The same bytes serve an image and an ahead-of-time object, on any host.
 *
 * Emitters return void; the first fault is kept in the struct error given to code_new(). */
#pragma once
#include "base/arena.h"
#include "base/bytes.h"
#include "base/vector.h"
#include "ir/ir.h" /* enum symbol_kind */

/* ---- What a processor says about its instructions that hold a place ---- */

/* One form of an instruction that refers to a label. Several forms of one instruction are a chain
 * from the shortest to one that reaches everywhere. */
struct fix_form {
    uint8_t size;      /* bytes */
    uint8_t longer;    /* the next form when the label is farther away; itself if it is the last */
    int32_t low, high; /* reach: low <= label - first byte of the instruction <= high */
};

struct reloc_form {
    const char *name; /* the psABI's, "R_X86_64_64" */
    uint16_t type;    /* the psABI's number */
    bool call;        /* a call or jump: may go through a stub */
};

struct code_arch {
    const struct fix_form *fix_forms;
    /* Writes the instruction in the form; insn is what the back-end gave code_fix(). */
    void (*fix)(uint8_t *at, unsigned form, uint32_t insn, int64_t distance);
    /* Fills with instructions that do nothing, as few as possible. */
    void (*pad)(uint8_t *at, uint32_t size);

    const struct reloc_form *reloc_forms;
    /* Writes the value of a relocation to the field; place is the address where the field will
     * run. False: the value cannot be reached from there. */
    bool (*relocate)(uint8_t *at, unsigned form, uint64_t place, uint64_t value);
    /* Writes a jump to any address, stub_size bytes, at an address divisible by 8. */
    void (*stub)(uint8_t *at, uint64_t value);
    uint8_t stub_size;

    uint8_t table_form; /* fix: an entry of a jump table, 4 bytes: its label's distance from the
                         * table; insn is its place there */

    bool big; /* byte order of data */

    /* For unwind tables: DWARF's numbers. At a function's entry the canonical frame address is
     * cfa_register + cfa_offset; return_offset is where the return address lies relative to it, 0
     * when it is still in return_register. */
    uint8_t return_register, cfa_register;
    int8_t cfa_offset, return_offset;
    int8_t code_align, data_align; /* alignment factors of the CIE */
};

/* ---- What code refers to outside itself ---- */

struct reloc {
    uint32_t at;    /* offset of the field to patch (not of the instruction) */
    uint8_t form;   /* in code_arch.reloc_forms */
    uint8_t symbol; /* enum symbol_kind */
    uint32_t index;
    int64_t addend;
};

/* ---- Tables by offset ---- */

struct code_entry {
    uint32_t at, end; /* a function's code */
};

struct code_line {
    uint32_t at;   /* from here on ... */
    uint32_t insn; /* ... code belongs to this BPF instruction */
};

/* A load or store that may fault; when it does, execution goes on at the landing. */
struct code_fault {
    uint32_t at;      /* first byte of the instruction */
    uint32_t landing; /* a label, after code_finish() an offset */
};

/* How to unwind from here on, in DWARF's terms. */
enum cfi_op {
    CFI_DEF_CFA,  /* the frame address is reg + value */
    CFI_OFFSET,   /* reg is saved at the frame address + value */
    CFI_RESTORE,  /* reg is as at the entry again */
    CFI_REMEMBER, /* push all rules, ... */
    CFI_RECALL    /* ... pop them */
};
struct code_cfi {
    uint32_t at;
    uint8_t op, reg; /* enum cfi_op; DWARF's register number */
    int32_t value;
};

/* Data: jump tables. */
struct code_table {
    uint32_t at, count; /* entries of 4 bytes */
};

/* ---- The buffer ---- */

struct code_fix {
    uint32_t at;
    uint32_t label; /* FIX_ALIGN: the alignment */
    uint32_t insn;  /* FIX_ALIGN: the most bytes it may take */
    uint8_t form;
};
enum { FIX_ALIGN = 255 };

struct code_label {
    uint32_t at;
    uint32_t fixes; /* how many fixes lie before it */
};
enum { LABEL_UNBOUND = UINT32_MAX };

struct code {
    struct arena *arena;
    struct error *err;
    const struct code_arch *arch;
    uint8_t *bytes;
    uint32_t size, room;
    bool finished;

    uint32_t entry_count;
    struct code_entry *entries; /* by function index */
    struct vec(struct reloc) relocs;
    struct vec(struct code_line) lines;   /* by offset */
    struct vec(struct code_fault) faults; /* by offset */
    struct vec(struct code_cfi) cfi;      /* by offset; between the bounds of its function */
    struct vec(struct code_table) tables; /* by offset */

    struct vec(struct code_label) labels; /* [0, entry_count): the functions' entries */
    uint32_t bound; /* where the last label was bound: what stands before is another block's */
    struct vec(struct code_fix) fixes;
};

/* entry_count: functions in the program. The code lives in the arena. */
struct code *code_new(struct arena *arena, const struct code_arch *arch, uint32_t entry_count,
                      struct error *err);

void code_grow(struct code *code, uint32_t size);

/* A place for `size` more bytes; the emitter adds to code->size what it wrote. */
static inline uint8_t *code_reserve(struct code *code, uint32_t size)
{
    if (code->room - code->size < size)
        code_grow(code, size);
    return code->bytes + code->size;
}
/* A little-endian word: an instruction of most fixed-width processors. */
static inline void code_u32(struct code *code, uint32_t word)
{
    bytes_set_u32_in(code_reserve(code, 4), word, false);
    code->size += 4;
}

/* Labels. Those below entry_count are the functions' and bound by code_enter(). */
uint32_t code_label(struct code *code);
/* So many at once; returns the first one. */
uint32_t code_labels(struct code *code, uint32_t count);
void code_bind(struct code *code, uint32_t label);
/* The instruction `insn` that refers to the label, in the shortest form of a chain. */
void code_fix(struct code *code, unsigned form, uint32_t insn, uint32_t label);
/* Aligns what follows, a power of two, unless that takes more than `most` bytes. */
void code_align(struct code *code, uint32_t alignment, uint32_t most);
/* The distances of labels from the first of them, which the label is bound to. */
void code_table(struct code *code, uint32_t label, const uint32_t *labels, uint32_t count);

/* The function's first byte comes next / its last one was written. */
void code_enter(struct code *code, uint32_t function);
void code_leave(struct code *code, uint32_t function);

/* A field that ends `back` bytes before the current end is the symbol's value + addend. */
void code_reloc(struct code *code, unsigned form, uint32_t back, enum symbol_kind symbol,
                uint32_t index, int64_t addend);
/* What comes next belongs to the BPF instruction. */
void code_line_new(struct code *code, uint32_t insn);
static inline void code_line(struct code *code, uint32_t insn)
{
    if (!code->lines.count || vec_last(&code->lines)->insn != insn)
        code_line_new(code, insn);
}
/* The next instruction may fault. */
void code_fault(struct code *code, uint32_t landing_label);
void code_cfi(struct code *code, enum cfi_op op, unsigned reg, int32_t value);

/* Lays everything out. Nothing may be emitted afterwards. */
void code_finish(struct code *code);

/* The BPF instruction that the byte belongs to, or UINT32_MAX. Finished code only. */
uint32_t code_insn_at(const struct code *code, uint32_t offset);
