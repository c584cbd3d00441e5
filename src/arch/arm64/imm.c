/* SPDX-License-Identifier: Apache-2.0 */
/* Immediates. A bitmask immediate (Arm ARM, DecodeBitMasks) is a run of ones, rotated within an
 * element of 2 to 64 bits, the element repeated over the register. */
#include "arch/arm64/local.h"
#include "base/planted.h"

static uint64_t rotate_right(uint64_t value, unsigned by)
{
    return value >> (by & 63) | value << (-by & 63);
}

int a64_logic(bool sf, uint64_t value)
{
    uint64_t begins; /* bits at which a run of ones begins, round the circle */
    unsigned runs, size, ones, rotation;

    if (!sf)
        value = (value & 0xffffffff) | value << 32;
    begins = value & ~rotate_right(value, 63);
    runs = (unsigned)__builtin_popcountll(begins);
    if (!runs || runs & (runs - 1)) /* all bits equal, or no whole number of elements */
        return -1;
    size = 64 / runs;
    if (value != rotate_right(value, size))
        return -1;
    ones = (unsigned)__builtin_popcountll(value) / runs;
    rotation = -(unsigned)__builtin_ctzll(begins) & FAULT(bitmask_rotation, size - 1, size / 2 - 1);
    return (int)((size & 64) << 6 | rotation << 6 | (~(size * 2 - 1) & 63) | (ones - 1));
}

/* movz or movn, whichever leaves fewer halfwords to movk. */
static unsigned mov_wide(bool sf, unsigned d, uint64_t value, uint32_t insns[4])
{
    unsigned halves = sf ? 4 : 2, zeros = 0, ones = 0, count = 0;

    for (unsigned i = 0; i < halves; i++) {
        zeros += (value >> i * 16 & 0xffff) == 0;
        ones += (value >> i * 16 & 0xffff) == 0xffff;
    }
    unsigned rest = ones > zeros ? 0xffff : 0;
    bool uniform = zeros == halves || ones == halves;
    for (unsigned i = 0; i < halves; i++) {
        unsigned half = value >> i * 16 & 0xffff;
        if (half == rest && !(uniform && i == 0))
            continue;
        if (count)
            insns[count] = a64_movk(sf, d, half, i * 16);
        else if (rest)
            insns[count] = a64_movn(sf, d, ~half & 0xffff, i * 16);
        else
            insns[count] = a64_movz(sf, d, half, i * 16);
        count++;
    }
    return count;
}

unsigned a64_mov_imm(unsigned d, uint64_t value, uint32_t insns[4])
{
    bool sf = value > UINT32_MAX;
    unsigned count = mov_wide(sf, d, value, insns);
    int logic = count > 1 ? a64_logic(sf, value) : -1;

    if (logic < 0)
        return count;
    insns[0] = a64_orr_imm(sf, d, A64_ZR, (unsigned)logic);
    return 1;
}

bool a64_immediate(unsigned class, unsigned width, int64_t value)
{
    uint64_t bits = width == 64 ? (uint64_t)value : (uint64_t)value & ((1ull << width) - 1);
    int64_t number = width == 32 ? (int32_t)value : value;
    uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;

    switch ((enum a64_immediate) class) {
    case A64_IMM_ARITH: return size <= 0xfff || ((size & 0xfff) == 0 && size <= 0xfff000);
    case A64_IMM_LOGIC: return a64_logic(width == 64, bits) >= 0;
    case A64_IMM_COUNT: return true;
    case A64_IMM_ZERO: return bits == 0;
    case A64_IMM_ONES: return number == -1;
    case A64_IMM_BIT: return bits && !(bits & (bits - 1));
    }
    return false;
}
