/* SPDX-License-Identifier: Apache-2.0 */
/* Changing code that runs: one instruction becomes a branch, and does its work elsewhere. The words
 * are those of the Arm Architecture Reference Manual, chapter C4. */
#include "arch/arm64/local.h"
#include "base/planted.h"
#include <elf.h>

#ifndef STO_AARCH64_VARIANT_PCS
#define STO_AARCH64_VARIANT_PCS 0x80
#endif

enum { WORD = 4 };

/* ---- Decoding ---- */

enum class { NOP, PAD, B, BL, CONDITIONAL, COMPARE, TEST, REGISTER, TRAP, ADR, ADRP, LITERAL };

/* The first that fits says what a word is. */
static const struct {
    uint32_t mask, word;
    uint8_t class, kind;
    uint8_t low, bits; /* of a displacement in words */
} rows[] = {
    { 0xffffffff, 0xd503201f, NOP, MACHINE_NOP, 0, 0 },
    { 0xffffff3f, 0xd503241f, PAD, MACHINE_PAD, 0, 0 }, /* bti */
    { 0xfc000000, 0x14000000, B, MACHINE_JUMP, 0, 26 },
    { 0xfc000000, 0x94000000, BL, MACHINE_CALL, 0, 26 },
    { 0xff000000, 0x54000000, CONDITIONAL, MACHINE_BRANCH, 5, 19 },
    { 0x7e000000, 0x34000000, COMPARE, MACHINE_BRANCH, 5, 19 },
    { 0x7e000000, 0x36000000, TEST, MACHINE_BRANCH, 5, 14 },
    { 0xfe600000, 0xd6000000, REGISTER, MACHINE_JUMP, 0, 0 }, /* br, braa */
    { 0xfe600000, 0xd6200000, REGISTER, MACHINE_CALL, 0, 0 }, /* blr, blraa */
    { 0xfe600000, 0xd6400000, REGISTER, MACHINE_END, 0, 0 },  /* ret, retaa */
    { 0xffe0001f, 0xd4400000, TRAP, MACHINE_TRAP, 0, 0 },     /* hlt, brk */
    { 0xffe0001f, 0xd4200000, TRAP, MACHINE_TRAP, 0, 0 },
    { 0xffff0000, 0x00000000, TRAP, MACHINE_TRAP, 0, 0 }, /* udf */
    { 0x9f000000, 0x10000000, ADR, MACHINE_PLAIN, 0, 0 },
    { 0x9f000000, 0x90000000, ADRP, MACHINE_PLAIN, 0, 0 },
    { 0x3b000000, 0x18000000, LITERAL, MACHINE_PLAIN, 5, 19 },
};

static uint64_t sign_extend(uint64_t value, unsigned bits)
{
    return (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits));
}

static uint64_t place_named(unsigned row, uint32_t word, uint64_t at)
{
    uint64_t imm21 = sign_extend((word >> 5 & 0x7ffff) << 2 | (word >> 29 & 3), 21);

    if (rows[row].class == ADR)
        return at + imm21;
    if (rows[row].class == ADRP)
        return (at & ~UINT64_C(0xfff)) + (imm21 << 12);
    return at + 4 * sign_extend(word >> rows[row].low & ((UINT64_C(1) << rows[row].bits) - 1),
                                rows[row].bits);
}

/* The row of a word, or how many there are. */
static unsigned row_of(uint32_t word)
{
    unsigned row = 0;
    while (row < sizeof rows / sizeof *rows && (word & rows[row].mask) != rows[row].word)
        row++;
    return row;
}

static void decode(struct machine_insn *insn, const uint8_t *at, size_t size, uint64_t address)
{
    uint32_t word;
    unsigned row;

    *insn = (struct machine_insn){ .at = address };
    if (size < WORD)
        return;
    word = bytes_u32_in(at, false);
    row = row_of(word);
    insn->size = WORD;
    if (row == sizeof rows / sizeof *rows)
        return;
    insn->kind = rows[row].kind;
    if (rows[row].bits || rows[row].class == ADR || rows[row].class == ADRP) {
        insn->field_size = WORD;
        *(rows[row].kind == MACHINE_PLAIN ? &insn->data : &insn->target) =
            place_named(row, word, address);
    }
}

/* ---- Moving ---- */

static bool jump(uint8_t *to, uint64_t address, uint64_t target)
{
    int64_t displacement = (int64_t)(target - address);
    if (displacement < -(1 << 27) || displacement >= 1 << 27 || displacement % WORD)
        return false;
    bytes_set_u32_in(to, a64_b((int)displacement), false);
    return true;
}

/* The instruction over `b .+8`, and then `b target`. */
static uint32_t move_branch(uint8_t *to, uint64_t address, uint32_t word, unsigned row,
                            uint64_t target)
{
    uint32_t field = ((1u << rows[row].bits) - 1) << rows[row].low;

    if (rows[row].class == B)
        return jump(to, address, target) ? WORD : 0;
    bytes_set_u32_in(to, (word & ~field) | 2u << rows[row].low, false);
    bytes_set_u32_in(to + WORD, a64_b(2 * WORD), false);
    return jump(to + 2 * WORD, address + 2 * WORD, target) ? 3 * WORD : 0;
}

static uint32_t put(uint8_t *to, const uint32_t *insns, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bytes_set_u32_in(to + i * WORD, insns[i], false);
    return count * WORD;
}

/* ldr of a literal: its address in the register itself, or in x17 for one of floating point. */
static uint32_t move_literal(uint8_t *to, uint32_t word, uint64_t data)
{
    static const uint32_t loads[2][4] = { { 0xb9400000, 0xf9400000, 0xb9800000, 0xf9800000 },
                                          { 0xbd400000, 0xfd400000, 0x3dc00000, 0 } };
    unsigned vector = word >> 26 & 1, size = word >> 30, t = word & 31;
    unsigned base = vector || size == 3 ? A64_X17 : t;
    uint32_t insns[5], count;

    if (!loads[vector][size] || base == A64_ZR)
        return 0;
    count = a64_mov_imm(base, data, insns);
    insns[count++] = loads[vector][size] | base << 5 | t;
    return put(to, insns, count);
}

static uint32_t move(uint8_t *to, uint64_t address, const uint8_t *from,
                     const struct machine_insn *insn)
{
    uint32_t word = bytes_u32_in(from, false), insns[4];
    unsigned row = row_of(word);

    if (insn->kind == MACHINE_CALL)
        return 0;
    if (insn->target)
        return move_branch(to, address, word, row, FAULT(a64_move_branch, insn->target, address));
    if (insn->data && rows[row].class == LITERAL)
        return move_literal(to, word, insn->data);
    if (insn->data && (word & 31) != A64_ZR)
        return put(
            to, insns,
            a64_mov_imm(word & 31, FAULT(a64_move_adr, insn->data, insn->data + WORD), insns));
    bytes_set_u32_in(to, word, false);
    return WORD;
}

/* One instruction: nobody stands within it. */
static uint32_t places(const uint8_t *from, unsigned inside, bool sled, struct jump_place *found)
{
    (void)from, (void)inside, (void)sled;
    found[0] = (struct jump_place){ .mask = WORD - 1, .bits = 0 };
    return 1;
}

const struct patch_arch a64_patch = {
    .jump_size = WORD,
    .align = WORD,
    .move_max = 5 * WORD,
    .reach = (1 << 27) - WORD,
    .import_relocs = { R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT },
    .variant_call = STO_AARCH64_VARIANT_PCS,
    .decode = decode,
    .move = move,
    .jump = jump,
    .places = places,
};
