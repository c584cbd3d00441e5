/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64 instructions that hold places: branches, relocations, padding. See enc.h. */
#include "arch/x86_64/enc.h"

static const struct fix_form fix_forms[X86_FIXES] = {
    [X86_JMP_SHORT] = { 2, X86_JMP_NEAR, -128 + 2, 127 + 2 },
    [X86_JMP_NEAR] = { 5, X86_JMP_NEAR, INT32_MIN + 5, INT32_MAX },
    [X86_JCC_SHORT] = { 2, X86_JCC_NEAR, -128 + 2, 127 + 2 },
    [X86_JCC_NEAR] = { 6, X86_JCC_NEAR, INT32_MIN + 6, INT32_MAX },
    [X86_CALL_LABEL] = { 5, X86_CALL_LABEL, INT32_MIN + 5, INT32_MAX },
    [X86_LEA_LABEL] = { 7, X86_LEA_LABEL, INT32_MIN + 7, INT32_MAX },
    [X86_TABLE_ENTRY] = { 4, X86_TABLE_ENTRY, INT32_MIN, INT32_MAX },
};

static void fix(uint8_t *at, unsigned form, uint32_t insn, int64_t distance)
{
    /* Displacements count from the end of the instruction. */
    unsigned size = fix_forms[form].size;
    int64_t value = distance + (form == X86_TABLE_ENTRY ? 4 * (int64_t)insn : -(int64_t)size);

    switch ((enum x86_fix)form) {
    case X86_JMP_SHORT: *at++ = 0xeb; break;
    case X86_JMP_NEAR: *at++ = 0xe9; break;
    case X86_JCC_SHORT: *at++ = (uint8_t)(0x70 | insn); break;
    case X86_JCC_NEAR: *at++ = 0x0f, *at++ = (uint8_t)(0x80 | insn); break;
    case X86_CALL_LABEL: *at++ = 0xe8; break;
    case X86_LEA_LABEL:
        *at++ = (uint8_t)(0x48 | (insn >> 3) << 2);
        *at++ = 0x8d;
        *at++ = (uint8_t)((insn & 7) << 3 | 5);
        break;
    case X86_TABLE_ENTRY:
    case X86_FIXES: break;
    }
    if (size == 2)
        *at = (uint8_t)value;
    else
        bytes_set_u32_in(at, (uint32_t)value, false);
}

/* Intel SDM volume 2, NOP: the recommended sequence of each length. */
static void pad(uint8_t *at, uint32_t size)
{
    static const uint8_t nops[10][9] = {
        { 0 },
        { 0x90 },
        { 0x66, 0x90 },
        { 0x0f, 0x1f, 0x00 },
        { 0x0f, 0x1f, 0x40, 0x00 },
        { 0x0f, 0x1f, 0x44, 0x00, 0x00 },
        { 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
        { 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
        { 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
        { 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
    };
    while (size) {
        uint32_t n = size < 9 ? size : 9;
        memcpy(at, nops[n], n);
        at += n;
        size -= n;
    }
}

static const struct reloc_form reloc_forms[X86_RELOCS] = {
    [X86_ABS64] = { "R_X86_64_64", 1, false },
    [X86_PC32] = { "R_X86_64_PC32", 2, false },
    [X86_PLT32] = { "R_X86_64_PLT32", 4, true },
    [X86_TPOFF32] = { "R_X86_64_TPOFF32", 23, false },
};

static bool relocate(uint8_t *at, unsigned form, uint64_t place, uint64_t value)
{
    if (form == X86_ABS64) {
        bytes_set_u64_in(at, value, false);
        return true;
    }
    if (form != X86_TPOFF32)
        value -= place;
    if ((int64_t)value != (int32_t)value)
        return false;
    bytes_set_u32_in(at, (uint32_t)value, false);
    return true;
}

/* jmp [rip + 2]; ud2; the address */
static void stub(uint8_t *at, uint64_t value)
{
    static const uint8_t jump[] = { 0xff, 0x25, 2, 0, 0, 0, 0x0f, 0x0b };
    memcpy(at, jump, sizeof jump);
    bytes_set_u64_in(at + sizeof jump, value, false);
}

const struct code_arch x86_code_arch = {
    .fix_forms = fix_forms,
    .fix = fix,
    .pad = pad,
    .reloc_forms = reloc_forms,
    .relocate = relocate,
    .stub = stub,
    .stub_size = 16,
    .table_form = X86_TABLE_ENTRY,
    .return_register = 16, /* DWARF: rip, rsp */
    .cfa_register = 7,
    .cfa_offset = 8,
    .return_offset = -8,
    .code_align = 1,
    .data_align = -8,
};
