/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic, byte order and comparisons: RFC 9669 sections 4.1 to 4.3. */
#include "base/planted.h"
#include "interp/local.h"

/* Division: x / 0 = 0, x % 0 = x; the least number / -1 is itself, % -1 is 0. */

static uint64_t divide(unsigned bits, uint64_t a, uint64_t b)
{
    if (bits == 32)
        return (uint32_t)b ? (uint32_t)a / (uint32_t)b : 0;
    return b ? a / b : 0;
}

static uint64_t modulo(unsigned bits, uint64_t a, uint64_t b)
{
    if (bits == 32)
        return (uint32_t)b ? (uint32_t)a % (uint32_t)b : FAULT(modulo_by_zero, a, 0);
    return b ? a % b : a;
}

static uint64_t divide_signed(unsigned bits, uint64_t a, uint64_t b)
{
    int64_t x = bits == 32 ? (int32_t)a : (int64_t)a, y = bits == 32 ? (int32_t)b : (int64_t)b;
    if (!y)
        return 0;
    return y == -1 ? FAULT(least_by_minus_one, 0 - (uint64_t)x, 0) : (uint64_t)(x / y);
}

static uint64_t modulo_signed(unsigned bits, uint64_t a, uint64_t b)
{
    int64_t x = bits == 32 ? (int32_t)a : (int64_t)a, y = bits == 32 ? (int32_t)b : (int64_t)b;
    if (!y)
        return a;
    return y == -1 ? 0 : (uint64_t)(x % y);
}

/* The result in its low `bits`; b of one-operand operations is what stands on the right. */
static uint64_t compute(unsigned op, unsigned bits, uint64_t a, uint64_t b)
{
    unsigned count = (unsigned)b & (FAULT(shift_mask, bits, 64u) - 1); /* of shifts: section 4.1 */
    switch (op) {
    case OP_ADD: return a + b;
    case OP_SUB: return a - b;
    case OP_MUL: return a * b;
    case OP_DIV: return divide(bits, a, b);
    case OP_SDIV: return divide_signed(bits, a, b);
    case OP_MOD: return modulo(bits, a, b);
    case OP_SMOD: return modulo_signed(bits, a, b);
    case OP_OR: return a | b;
    case OP_AND: return a & b;
    case OP_XOR: return a ^ b;
    case OP_LSH: return a << count;
    case OP_RSH: return (bits == 32 ? (uint32_t)a : a) >> count;
    case OP_ARSH: return (uint64_t)((bits == 32 ? (int32_t)a : (int64_t)a) >> count);
    case OP_MOV: return b;
    case OP_NEG: return 0 - a;
    case OP_SEXT8: return (uint64_t)(int8_t)b;
    case OP_SEXT16: return (uint64_t)(int16_t)b;
    case OP_SEXT32: return (uint64_t)(int32_t)b;
    default: assert(false); return 0;
    }
}

uint64_t eval_alu(const struct insn_row *row, uint64_t a, uint64_t b)
{
    uint64_t result = compute(row->op, row->bits, a, b);
    return FAULT(alu32_extension, row->bits == 32, false) ? (uint32_t)result : result;
}

uint64_t eval_swap(const struct insn_row *row, uint64_t value)
{
    bool swap = row->op == OP_BSWAP || (row->op == OP_BE) != HOST_IS_BIG;
    switch (row->bits) {
    case 16: return swap ? __builtin_bswap16((uint16_t)value) : (uint16_t)value;
    case 32: return swap ? __builtin_bswap32((uint32_t)value) : (uint32_t)value;
    default: return swap ? __builtin_bswap64(value) : value;
    }
}

bool eval_jump(const struct insn_row *row, uint64_t a, uint64_t b)
{
    if (FAULT(jump32_width, row->bits == 32,
              false)) { /* sign-extended, both kinds of comparison stay as they are */
        a = (uint64_t)(int32_t)a;
        b = (uint64_t)(int32_t)b;
    }
    switch (row->op) {
    case OP_JEQ: return a == b;
    case OP_JNE: return a != b;
    case OP_JGT: return a > b;
    case OP_JGE: return a >= b;
    case OP_JLT: return a < b;
    case OP_JLE: return a <= b;
    case OP_JSET: return (a & b) != 0;
    case OP_JSGT: return (int64_t)a > (int64_t)b;
    case OP_JSGE: return (int64_t)a >= (int64_t)b;
    case OP_JSLT: return (int64_t)a < (int64_t)b;
    case OP_JSLE: return (int64_t)a <= (int64_t)b;
    default: assert(false); return false;
    }
}
