/* SPDX-License-Identifier: Apache-2.0 */
/* Branches whose reach depends on the instruction, and relocations (ELF for the Arm 64-bit
 * Architecture, IHI 0056, 5.7).
 *
 * A conditional branch beyond its reach becomes its inverse over a b. */
#include "arch/arm64/local.h"
#include "base/planted.h"
#include <elf.h>

static const struct fix_form fix_forms[] = {
    [A64_FIX_B] = { 4, A64_FIX_B, -(1 << 27), (1 << 27) - 4 },
    [A64_FIX_19] = { 4, A64_FIX_19_FAR, -(1 << 20), (1 << 20) - 4 },
    [A64_FIX_19_FAR] = { 8, A64_FIX_19_FAR, 4 - (1 << 27), 1 << 27 },
    [A64_FIX_14] = { 4, A64_FIX_14_FAR, -(1 << 15), (1 << 15) - 4 },
    [A64_FIX_14_FAR] = { 8, A64_FIX_14_FAR, 4 - (1 << 27), 1 << 27 },
    [A64_FIX_ADR] = { 4, A64_FIX_ADR_FAR, -(1 << 20), (1 << 20) - 1 },
    [A64_FIX_ADR_FAR] = { 16, A64_FIX_ADR_FAR, INT32_MIN, INT32_MAX },
    [A64_FIX_ENTRY] = { 4, A64_FIX_ENTRY, INT32_MIN, INT32_MAX },
};

static void put(uint8_t *at, uint32_t insn)
{
    bytes_set_u32_in(at, insn, false);
}

static uint32_t inverse(uint32_t branch)
{
    bool by_flags = branch >> 24 == a64_b_cond(A64_EQ, 0) >> 24;
    return branch ^ (by_flags ? 1 : a64_cbz(0, 0, 0) ^ a64_cbnz(0, 0, 0));
}

static void fix(uint8_t *at, unsigned form, uint32_t insn, int64_t distance)
{
    int disp = (int)distance;

    switch ((enum a64_fix)form) {
    case A64_FIX_B: put(at, insn | a64_bits(disp / 4, 26)); break;
    case A64_FIX_19: put(at, insn | a64_bits(disp / 4, 19) << 5); break;
    case A64_FIX_14: put(at, insn | a64_bits(disp / 4, 14) << 5); break;
    case A64_FIX_19_FAR:
    case A64_FIX_14_FAR:
        put(at, inverse(insn) | 2 << 5);
        put(at + 4, a64_b(disp - FAULT(branch_over_branch, 4, 0)));
        break;
    case A64_FIX_ADR: put(at, insn | a64_imm21(disp)); break;
    case A64_FIX_ADR_FAR:
        put(at, insn);
        put(at + 4, a64_movz(false, A64_X17, a64_bits(disp, 16), 0));
        put(at + 8, a64_movk(false, A64_X17, a64_bits(disp >> 16, 16), 16));
        put(at + 12, a64_add_ext(true, insn & 31, insn & 31, A64_X17, A64_SXTW, 0));
        break;
    case A64_FIX_ENTRY: put(at, (uint32_t)disp + 4 * insn); break;
    }
}

static void pad(uint8_t *at, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 4)
        put(at + i, a64_nop());
}

/* An address takes 48 bits: the kernel maps no higher without being asked to. */
static const struct reloc_form reloc_forms[] = {
    [A64_CALL26] = { "R_AARCH64_CALL26", R_AARCH64_CALL26, true },
    [A64_JUMP26] = { "R_AARCH64_JUMP26", R_AARCH64_JUMP26, true },
    [A64_MOVW_G0] = { "R_AARCH64_MOVW_UABS_G0_NC", R_AARCH64_MOVW_UABS_G0_NC, false },
    [A64_MOVW_G1] = { "R_AARCH64_MOVW_UABS_G1_NC", R_AARCH64_MOVW_UABS_G1_NC, false },
    [A64_MOVW_G2] = { "R_AARCH64_MOVW_UABS_G2", R_AARCH64_MOVW_UABS_G2, false },
    [A64_ABS64] = { "R_AARCH64_ABS64", R_AARCH64_ABS64, false },
};

static bool relocate(uint8_t *at, unsigned form, uint64_t place, uint64_t value)
{
    uint32_t insn = bytes_u32_in(at, false);
    int64_t distance = (int64_t)(value - place);

    switch ((enum a64_reloc)form) {
    case A64_CALL26:
    case A64_JUMP26:
        if (!a64_fits(distance, fix_forms[A64_FIX_B].low, fix_forms[A64_FIX_B].high, 4))
            return false;
        put(at, (insn & 0xfc000000) | a64_bits((int)distance / 4, 26));
        return true;
    case A64_MOVW_G0:
    case A64_MOVW_G1:
    case A64_MOVW_G2:
        put(at, (insn & 0xffe0001f) | (uint32_t)(value >> (form - A64_MOVW_G0) * 16 & 0xffff) << 5);
        return value >> 48 == 0;
    case A64_ABS64: bytes_set_u64_in(at, value, false); return true;
    }
    return false;
}

/* ldr x16, 8 bytes on; br x16; the address. Entries begin with bti c, which br x16 may reach. */
static void stub(uint8_t *at, uint64_t value)
{
    put(at, 0x58000050);
    put(at + 4, a64_br(A64_X16));
    bytes_set_u64_in(at + 8, value, false);
}

const struct code_arch a64_code = {
    .fix_forms = fix_forms,
    .fix = fix,
    .pad = pad,
    .reloc_forms = reloc_forms,
    .relocate = relocate,
    .stub = stub,
    .stub_size = 16,
    .table_form = A64_FIX_ENTRY,
    .big = false,
    .return_register = A64_LR,
    .cfa_register = A64_SP,
    .cfa_offset = 0,
    .return_offset = 0,
    .code_align = 4,
    .data_align = -8,
};
