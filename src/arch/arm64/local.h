/* SPDX-License-Identifier: Apache-2.0 */
/* arm64, inside: encoders and emitters, expanded from enc.def and rules.def; immediates; frames.
 *
 * An encoder takes its operands and returns the instruction; operands that do not fit are our own
 * bug. Registers are their numbers; whether 31 is zr or sp is the instruction's matter. */
#pragma once
#include "gen/gen.h"
#include "gen/patch.h"
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    A64_X15 = 15,
    A64_X16,
    A64_X17,
    A64_FP = 29,
    A64_LR = 30,
    A64_ZR = 31,
    A64_SP = 31,
    A64_V31 = 31
};
enum { A64_LSL, A64_LSR, A64_ASR, A64_ROR };
enum { A64_UXTB, A64_UXTH, A64_UXTW, A64_UXTX, A64_SXTB, A64_SXTH, A64_SXTW, A64_SXTX };
enum { A64_RELAXED, A64_RELEASE, A64_ACQUIRE, A64_ACQ_REL };
enum { A64_ISHLD = 9, A64_ISHST, A64_ISH };
/* Conditions; the lowest bit inverts. */
enum {
    A64_EQ,
    A64_NE,
    A64_HS,
    A64_LO,
    A64_MI,
    A64_PL,
    A64_VS,
    A64_VC,
    A64_HI,
    A64_LS,
    A64_GE,
    A64_LT,
    A64_GT,
    A64_LE
};

/* Features, by bit. */
enum { A64_LSE = 1 };

/* The number of a register's highest bit. */
static inline unsigned a64_top(bool sf)
{
    return sf ? 63 : 31;
}

/* ---- imm.c: immediates ---- */

/* The LOGIC field (N:immr:imms) for value in an operation of 64 (sf) or 32 bits, or -1. */
int a64_logic(bool sf, uint64_t value);

/* The instructions, up to four, that put value in d; returns how many. */
unsigned a64_mov_imm(unsigned d, uint64_t value, uint32_t insns[4]);

/* Whether N:immr:imms means a value, and is the form that assemblers choose. */
static inline bool a64_logic_valid(bool sf, unsigned logic)
{
    /* The highest bit of N:~imms says the element's size; its run of ones cannot fill it. */
    unsigned top = (logic >> 6 & 0x40) | (~logic & 0x3f);
    unsigned size = top ? 1u << (31 - __builtin_clz(top)) : 0;
    return size > 1 && size <= a64_top(sf) + 1 && (logic & (size - 1)) != size - 1 &&
           (logic >> 6 & 0x3f) < size;
}

/* ---- reach.c: branches and relocations ---- */

enum a64_fix {
    A64_FIX_B,
    A64_FIX_19,
    A64_FIX_19_FAR,
    A64_FIX_14,
    A64_FIX_14_FAR,
    A64_FIX_ADR,
    A64_FIX_ADR_FAR, /* x17 is lost */
    A64_FIX_ENTRY,   /* of a table; insn: its place there */
};
/* MOVW_Gn: bits n * 16 and up of the value, the immediate of a movz or movk */
enum a64_reloc { A64_CALL26, A64_JUMP26, A64_MOVW_G0, A64_MOVW_G1, A64_MOVW_G2, A64_ABS64 };

extern const struct code_arch a64_code;

/* ---- patch.c ---- */

extern const struct patch_arch a64_patch;

/* ---- frame.c ---- */

void a64_prologue(struct code *code, const struct frame *frame);
void a64_epilogue(struct code *code, const struct frame *frame);
void a64_load_slot(struct code *code, const struct frame *frame, uint8_t to, uint32_t slot);
void a64_store_slot(struct code *code, const struct frame *frame, uint32_t slot, uint8_t from);

/* ---- rules.def, emit.c, mem.c ---- */

enum a64_immediate {
    A64_IMM_ARITH, /* 12 bits, maybe shifted by 12, maybe negative: add, sub, cmp */
    A64_IMM_LOGIC, /* a64_logic() has it */
    A64_IMM_COUNT, /* any: counts are taken modulo the width */
    A64_IMM_ZERO,  /* what zr is */
    A64_IMM_ONES,  /* -1 */
    A64_IMM_BIT,   /* one bit: tbz, tbnz */
};
bool a64_immediate(unsigned class, unsigned width, int64_t value);
bool a64_address(const struct rule *rule, unsigned width, bool indexed, unsigned shift,
                 int64_t disp);

void a64_constant(struct code *code, uint8_t to, int64_t value);
void a64_symbol(struct code *code, uint8_t to, enum symbol_kind kind, uint32_t index,
                int64_t addend);

#define EMIT(name) void a64_do_##name(struct emit *e)
#define EMIT_ONE(name, insn)                                                                       \
    EMIT(name)                                                                                     \
    {                                                                                              \
        a64_put(e, insn);                                                                          \
    }
#define A64_RULE(op, widths, a, b, to, emit, ...) EMIT(emit);
#include "arch/arm64/rules.def"
#undef A64_RULE

static inline void a64_put(struct emit *e, uint32_t insn)
{
    code_u32(e->code, insn);
}

/* The sf bit: whether the operation is 64 bits wide. */
static inline bool a64_wide(const struct emit *e)
{
    return e->width == 64;
}

/* ---- Fields: type, parameter, lowest, highest, step, what else must hold, bits ---- */

#define A64_F_SF(use)    use(bool, sf, 0, 1, 1, true, (uint32_t)sf << 31)
#define A64_F_SF_10(use) use(bool, sf, 0, 1, 1, true, (uint32_t)sf << 31 | (uint32_t)sf << 10)
#define A64_F_SF_22(use) use(bool, sf, 0, 1, 1, true, (uint32_t)sf << 31 | (uint32_t)sf << 22)

#define A64_F_D(use)          use(unsigned, d, 0, 31, 1, true, d)
#define A64_F_N(use)          use(unsigned, n, 0, 31, 1, true, n << 5)
#define A64_F_M(use)          use(unsigned, m, 0, 31, 1, true, m << 16)
#define A64_F_A(use)          use(unsigned, a, 0, 31, 1, true, a << 10)
#define A64_F_T(use)          use(unsigned, t, 0, 31, 1, true, t)
#define A64_F_T2(use)         use(unsigned, t2, 0, 31, 1, true, t2 << 10)
#define A64_F_S(use)          use(unsigned, s, 0, 31, 1, true, s << 16)
#define A64_F_T2_NOT_T(use)   use(unsigned, t2, 0, 31, 1, t2 != t, t2 << 10)
#define A64_F_N_NOT_T(use)    use(unsigned, n, 0, 31, 1, n == A64_SP || n != t, n << 5)
#define A64_F_N_NOT_T_T2(use) use(unsigned, n, 0, 31, 1, n == A64_SP || (n != t && n != t2), n << 5)
#define A64_F_S_NOT_T_N(use)  use(unsigned, s, 0, 31, 1, s != t && (n == A64_SP || s != n), s << 16)

#define A64_F_SHIFT(use)     use(unsigned, shift, A64_LSL, A64_ASR, 1, true, shift << 22)
#define A64_F_SHIFT_ROR(use) use(unsigned, shift, A64_LSL, A64_ROR, 1, true, shift << 22)
#define A64_F_AMOUNT(use)    use(unsigned, amount, 0, a64_top(sf), 1, true, amount << 10)
#define A64_F_EXTEND(use)    use(unsigned, extend, A64_UXTB, A64_SXTX, 1, true, extend << 13)
#define A64_F_LEFT(use)      use(unsigned, left, 0, 4, 1, true, left << 10)
#define A64_F_IMMR(use)      use(unsigned, immr, 0, a64_top(sf), 1, true, immr << 16)
#define A64_F_IMMS(use)      use(unsigned, imms, 0, a64_top(sf), 1, true, imms << 10)

#define A64_F_IMM5(use)  use(unsigned, imm, 0, 31, 1, true, imm << 16)
#define A64_F_IMM12(use) use(unsigned, imm, 0, 4095, 1, true, imm << 10)
#define A64_F_IMM16(use) use(unsigned, imm, 0, 0xffff, 1, true, imm << 5)
#define A64_F_LSL12(use) use(unsigned, lsl12, 0, 12, 12, true, (lsl12 ? 1u : 0) << 22)
#define A64_F_HW(use)    use(unsigned, hw, 0, a64_top(sf) & 48, 16, true, hw / 16 << 21)
#define A64_F_LOGIC(use) use(unsigned, logic, 0, 0x1fff, 1, a64_logic_valid(sf, logic), logic << 10)

#define A64_F_COND(use)   use(unsigned, cond, A64_EQ, A64_LE, 1, true, cond << 12)
#define A64_F_COND_0(use) use(unsigned, cond, A64_EQ, A64_LE, 1, true, cond)
#define A64_F_NZCV(use)   use(unsigned, nzcv, 0, 15, 1, true, nzcv)
#define A64_F_BIT(use)    use(unsigned, bit, 0, 63, 1, true, bit >> 5 << 31 | (bit & 31) << 19)

#define A64_F_REL26(use) A64_REL(use, 26, 0)
#define A64_F_REL19(use) A64_REL(use, 19, 5)
#define A64_F_REL14(use) A64_REL(use, 14, 5)
#define A64_REL(use, bits, at)                                                                     \
    use(int, disp, -(2 << bits), (2 << bits) - 4, 4, true, a64_bits(disp / 4, bits) << at)
#define A64_F_REL21(use)  use(int, disp, -(1 << 20), (1 << 20) - 1, 1, true, a64_imm21(disp))
#define A64_F_PAGE21(use) use(int, page, -(1 << 20), (1 << 20) - 1, 1, true, a64_imm21(page))

#define A64_F_SIZE(use)     use(unsigned, size, 0, 3, 1, true, size << 30)
#define A64_F_SIZE_BH(use)  use(unsigned, size, 0, 1, 1, true, size << 30)
#define A64_F_SIZE_BHW(use) use(unsigned, size, 0, 2, 1, true, size << 30)
#define A64_F_OFFSET(use)                                                                          \
    use(unsigned, offset, 0, 4095 << size, 1 << size, true, offset >> size << 10)
#define A64_F_OFFSET16(use) use(unsigned, offset, 0, 4095 << 4, 16, true, offset >> 4 << 10)
#define A64_F_OFFSET9(use)  use(int, offset, -256, 255, 1, true, a64_bits(offset, 9) << 12)
#define A64_F_OFFSET7(use)                                                                         \
    use(int, offset, -(256 << sf), 252 << sf, 4 << sf, true, a64_bits(offset / (4 << sf), 7) << 15)
#define A64_F_OPTION(use) use(unsigned, option, A64_UXTW, A64_SXTX, 1, option & 2, option << 13)
#define A64_F_SCALED(use) use(bool, scaled, 0, 1, 1, true, (uint32_t)scaled << 12)

#define A64_F_ORDER(use) use(unsigned, order, A64_RELAXED, A64_ACQ_REL, 1, true, order << 22)
#define A64_F_ORDER_CAS(use)                                                                       \
    use(unsigned, order, A64_RELAXED, A64_ACQ_REL, 1, true, order >> 1 << 22 | (order & 1) << 15)
#define A64_F_BARRIER(use) use(unsigned, barrier, 0, 15, 1, true, barrier << 8)

static inline uint32_t a64_bits(int value, unsigned bits)
{
    return (uint32_t)value & ((1u << bits) - 1);
}

static inline uint32_t a64_imm21(int disp)
{
    return a64_bits(disp, 2) << 29 | a64_bits(disp >> 2, 19) << 5;
}

static inline bool a64_fits(int64_t value, int64_t lowest, int64_t highest, int64_t step)
{
    return value >= lowest && value <= highest && (value - lowest) % step == 0;
}

/* A64_EACH(use, between, FIELDS...): use of every field, joined by between(). */
#define A64_EACH(use, between, ...)                                                                \
    A64_CAT(A64_EACH_, A64_COUNT(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0))(use, between, __VA_ARGS__)
#define A64_COUNT(a, b, c, d, e, f, count, ...) count
#define A64_CAT(a, b)                           A64_CAT_(a, b)
#define A64_CAT_(a, b)                          a##b
#define A64_EACH_1(use, between, f)             A64_F_##f(use)
#define A64_EACH_2(use, between, f, ...)                                                           \
    A64_F_##f(use) between() A64_EACH_1(use, between, __VA_ARGS__)
#define A64_EACH_3(use, between, f, ...)                                                           \
    A64_F_##f(use) between() A64_EACH_2(use, between, __VA_ARGS__)
#define A64_EACH_4(use, between, f, ...)                                                           \
    A64_F_##f(use) between() A64_EACH_3(use, between, __VA_ARGS__)
#define A64_EACH_5(use, between, f, ...)                                                           \
    A64_F_##f(use) between() A64_EACH_4(use, between, __VA_ARGS__)
#define A64_EACH_6(use, between, f, ...)                                                           \
    A64_F_##f(use) between() A64_EACH_5(use, between, __VA_ARGS__)
#define A64_COMMA() ,
#define A64_OR()    |
#define A64_AND()   &&

#define A64_PARAMETER(type, name, lowest, highest, step, also, bits) type name
#define A64_HOLDS(type, name, lowest, highest, step, also, bits)                                   \
    (a64_fits(name, lowest, highest, step) && (also))
#define A64_PLACED(type, name, lowest, highest, step, also, bits) (uint32_t)(bits)

#define A64(name, fixed, text, ...)                                                                \
    static inline uint32_t a64_##name(A64_EACH(A64_PARAMETER, A64_COMMA, __VA_ARGS__))             \
    {                                                                                              \
        assert(A64_EACH(A64_HOLDS, A64_AND, __VA_ARGS__));                                         \
        return fixed | A64_EACH(A64_PLACED, A64_OR, __VA_ARGS__);                                  \
    }
#define A64_AS(name, instruction, text, ...)                                                       \
    static inline uint32_t a64_##name(A64_EACH(A64_PARAMETER, A64_COMMA, __VA_ARGS__))             \
    {                                                                                              \
        assert(A64_EACH(A64_HOLDS, A64_AND, __VA_ARGS__));                                         \
        return instruction;                                                                        \
    }
#define A64_WORD(name, word, text)                                                                 \
    static inline uint32_t a64_##name(void)                                                        \
    {                                                                                              \
        return word;                                                                               \
    }
#include "arch/arm64/enc.def"
#undef A64
#undef A64_AS
#undef A64_WORD
