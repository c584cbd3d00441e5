/* SPDX-License-Identifier: Apache-2.0 */
/* The emitters of rules.def that work on registers. Those for memory are in mem.c.
 *
 * Much of BPF is what the processor does anyhow: 32-bit operations clear the upper half, shifts
 * take their count modulo the width, a division by zero gives 0 and the remainder computed from it
 * gives x, and MIN / -1 is MIN. x16 and x17 are free within an emitter. */
#include "arch/arm64/local.h"

/* A constant count of a shift; to the right for a rotation to the left. */
static unsigned count(const struct emit *e)
{
    return (unsigned)e->imm & a64_top(a64_wide(e));
}

static unsigned count_right(const struct emit *e)
{
    return -(unsigned)e->imm & a64_top(a64_wide(e));
}

static unsigned logic(const struct emit *e)
{
    return (unsigned)a64_logic(a64_wide(e), (uint64_t)e->imm);
}

/* ---- Constants ---- */

void a64_constant(struct code *code, uint8_t to, int64_t value)
{
    uint32_t insns[4];
    unsigned n = a64_mov_imm(to, (uint64_t)value, insns);

    for (unsigned i = 0; i < n; i++)
        code_u32(code, insns[i]);
}

void a64_symbol(struct code *code, uint8_t to, enum symbol_kind kind, uint32_t index,
                int64_t addend)
{
    for (unsigned g = 0; g < 3; g++) {
        code_u32(code, g ? a64_movk(true, to, 0, g * 16) : a64_movz(true, to, 0, 0));
        code_reloc(code, A64_MOVW_G0 + g, 4, kind, index, addend);
    }
}

EMIT(constant)
{
    a64_constant(e->code, e->to, e->node->imm);
}

EMIT(symbol)
{
    a64_symbol(e->code, e->to, e->node->symbol.kind, e->node->symbol.index, e->node->imm);
}

/* ---- Arithmetic ---- */

/* d = n + value, or only its flags; value is of class ARITH. */
static uint32_t sum(const struct emit *e, bool flags, unsigned d, unsigned n, int64_t value)
{
    typedef uint32_t encoder(bool sf, unsigned d, unsigned n, unsigned imm, unsigned lsl12);
    static encoder *const sums[2][2] = { { a64_add_imm, a64_sub_imm },
                                         { a64_adds_imm, a64_subs_imm } };

    if (!a64_wide(e))
        value = (int32_t)value;
    bool minus = flags ? value <= 0 : value < 0; /* to compare with 0 is to subtract it: carry */
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    unsigned lsl12 = size > 0xfff ? 12 : 0;
    return sums[flags][minus](a64_wide(e), d, n, (unsigned)(size >> lsl12), lsl12);
}

EMIT_ONE(add_imm, sum(e, false, e->to, e->a, e->imm))
EMIT_ONE(sub_imm, sum(e, false, e->to, e->a, -e->imm))

/* b as it is, or the inner shift of it by a constant. */
#define WITH_SHIFTED(op)                                                                           \
    EMIT_ONE(op##_reg, a64_##op(a64_wide(e), e->to, e->a, e->b, A64_LSL, 0))                       \
    EMIT_ONE(op##_lsl, a64_##op(a64_wide(e), e->to, e->a, e->b, A64_LSL, count(e)))                \
    EMIT_ONE(op##_lsr, a64_##op(a64_wide(e), e->to, e->a, e->b, A64_LSR, count(e)))                \
    EMIT_ONE(op##_asr, a64_##op(a64_wide(e), e->to, e->a, e->b, A64_ASR, count(e)))
#define WITH_ROTATED(op)                                                                           \
    WITH_SHIFTED(op)                                                                               \
    EMIT_ONE(op##_ror, a64_##op(a64_wide(e), e->to, e->a, e->b, A64_ROR, count_right(e)))
#define WITH_EXTENDED(op)                                                                          \
    EMIT_ONE(op##_uxtb, a64_##op##_ext(true, e->to, e->a, e->b, A64_UXTB, 0))                      \
    EMIT_ONE(op##_uxth, a64_##op##_ext(true, e->to, e->a, e->b, A64_UXTH, 0))                      \
    EMIT_ONE(op##_uxtw, a64_##op##_ext(true, e->to, e->a, e->b, A64_UXTW, 0))                      \
    EMIT_ONE(op##_sxtw, a64_##op##_ext(true, e->to, e->a, e->b, A64_SXTW, 0))
WITH_SHIFTED(add)
WITH_EXTENDED(add)
WITH_SHIFTED(sub)
WITH_EXTENDED(sub)
WITH_ROTATED(and)
WITH_ROTATED(orr)
WITH_ROTATED(eor)
EMIT_ONE(bic, a64_bic(a64_wide(e), e->to, e->a, e->b, A64_LSL, 0))
EMIT_ONE(orn, a64_orn(a64_wide(e), e->to, e->a, e->b, A64_LSL, 0))
EMIT_ONE(eon, a64_eon(a64_wide(e), e->to, e->a, e->b, A64_LSL, 0))
EMIT_ONE(and_imm, a64_and_imm(a64_wide(e), e->to, e->a, logic(e)))
EMIT_ONE(orr_imm, a64_orr_imm(a64_wide(e), e->to, e->a, logic(e)))
EMIT_ONE(eor_imm, a64_eor_imm(a64_wide(e), e->to, e->a, logic(e)))
EMIT_ONE(mvn, a64_mvn(a64_wide(e), e->to, e->a))
EMIT_ONE(neg, a64_neg(a64_wide(e), e->to, e->a))

EMIT_ONE(mul, a64_mul(a64_wide(e), e->to, e->a, e->b))
EMIT_ONE(madd, a64_madd(a64_wide(e), e->to, e->b, e->c, e->a))
EMIT_ONE(msub, a64_msub(a64_wide(e), e->to, e->b, e->c, e->a))
EMIT_ONE(umulh, a64_umulh(e->to, e->a, e->b))
EMIT_ONE(smulh, a64_smulh(e->to, e->a, e->b))
EMIT_ONE(udiv, a64_udiv(a64_wide(e), e->to, e->a, e->b))
EMIT_ONE(sdiv, a64_sdiv(a64_wide(e), e->to, e->a, e->b))

EMIT(urem)
{
    a64_put(e, a64_udiv(a64_wide(e), A64_X16, e->a, e->b));
    a64_put(e, a64_msub(a64_wide(e), e->to, A64_X16, e->b, e->a));
}

EMIT(srem)
{
    a64_put(e, a64_sdiv(a64_wide(e), A64_X16, e->a, e->b));
    a64_put(e, a64_msub(a64_wide(e), e->to, A64_X16, e->b, e->a));
}

EMIT_ONE(shl, a64_lslv(a64_wide(e), e->to, e->a, e->b))
EMIT_ONE(shr, a64_lsrv(a64_wide(e), e->to, e->a, e->b))
EMIT_ONE(sar, a64_asrv(a64_wide(e), e->to, e->a, e->b))
EMIT_ONE(shl_imm, a64_lsl_imm(a64_wide(e), e->to, e->a, count(e)))
EMIT_ONE(shr_imm, a64_lsr_imm(a64_wide(e), e->to, e->a, count(e)))
EMIT_ONE(sar_imm, a64_asr_imm(a64_wide(e), e->to, e->a, count(e)))
EMIT_ONE(rotl_imm, a64_ror_imm(a64_wide(e), e->to, e->a, count_right(e)))

EMIT(rotl)
{
    a64_put(e, a64_neg(false, A64_X16, e->b));
    a64_put(e, a64_rorv(a64_wide(e), e->to, e->a, A64_X16));
}

EMIT_ONE(sext8, a64_sxtb(a64_wide(e), e->to, e->a))
EMIT_ONE(sext16, a64_sxth(a64_wide(e), e->to, e->a))
EMIT_ONE(sext32, a64_sxtw(e->to, e->a))
EMIT_ONE(zext8, a64_uxtb(e->to, e->a))
EMIT_ONE(zext16, a64_uxth(e->to, e->a))
EMIT_ONE(zext32, a64_mov(false, e->to, e->a))
EMIT_ONE(bswap, a64_rev(a64_wide(e), e->to, e->a))

EMIT(bswap16)
{
    a64_put(e, a64_rev(false, e->to, e->a));
    a64_put(e, a64_lsr_imm(false, e->to, e->to, 16));
}

/* Only vectors can count: v31, which a callee may destroy and which passes no argument. */
EMIT(popcnt)
{
    a64_put(e, (a64_wide(e) ? a64_fmov_to_d : a64_fmov_to_s)(A64_V31, e->a));
    a64_put(e, a64_cnt_8b(A64_V31, A64_V31));
    a64_put(e, a64_addv_8b(A64_V31, A64_V31));
    a64_put(e, a64_fmov_from_d(e->to, A64_V31));
}

/* ---- Comparisons: what sets the flags, then what is done with them ---- */

/* Whether the flags are already those that a comparison of n and m would set: it stands a few
 * selections before, which have not written to these. */
static bool are_set(const struct emit *e, uint32_t comparison, unsigned n, unsigned m)
{
    enum { BACK = 3 };
    const struct code *code = e->code;
    uint32_t at = code->size;

    for (unsigned i = 0; i <= BACK && at >= code->bound + 4; i++) {
        uint32_t insn = bytes_u32_in(code->bytes + (at -= 4), false);
        if (insn == comparison)
            return true;
        if ((insn & 0x3fe00800) != a64_csel(false, 0, 0, 0, 0) || (insn & 31) == n ||
            (insn & 31) == m)
            return false;
    }
    return false;
}

static void put_flags(struct emit *e, uint32_t comparison, unsigned n, unsigned m)
{
    if (!are_set(e, comparison, n, m))
        a64_put(e, comparison);
}

static void put_cmp(struct emit *e)
{
    put_flags(e, a64_cmp(a64_wide(e), e->a, e->b), e->a, e->b);
}

static void put_cmp_imm(struct emit *e)
{
    put_flags(e, sum(e, true, A64_ZR, e->a, -e->imm), e->a, e->a);
}

static void put_tst(struct emit *e)
{
    put_flags(e, a64_tst(a64_wide(e), e->a, e->b), e->a, e->b);
}

static void put_tst_imm(struct emit *e)
{
    put_flags(e, a64_ands_imm(a64_wide(e), A64_ZR, e->a, logic(e)), e->a, e->a);
}

/* The same of an inner AND. */
static void put_and(struct emit *e)
{
    put_flags(e, a64_tst(a64_wide(e), e->b, e->c), e->b, e->c);
}

static void put_and_imm(struct emit *e)
{
    put_flags(e, a64_ands_imm(a64_wide(e), A64_ZR, e->b, logic(e)), e->b, e->b);
}

/* The condition over these flags. */
static unsigned flags(const struct emit *e)
{
    static const uint8_t flags[COND_COUNT] = {
        [COND_EQ] = A64_EQ,  [COND_NE] = A64_NE,  [COND_ULT] = A64_LO, [COND_UGE] = A64_HS,
        [COND_ULE] = A64_LS, [COND_UGT] = A64_HI, [COND_SLT] = A64_LT, [COND_SGE] = A64_GE,
        [COND_SLE] = A64_LE, [COND_SGT] = A64_GT, [COND_SET] = A64_NE, [COND_CLEAR] = A64_EQ,
    };
    return flags[e->cond];
}

#define TRUTH(name, how)                                                                           \
    EMIT(name)                                                                                     \
    {                                                                                              \
        put_##how(e);                                                                              \
        a64_put(e, a64_cset(false, e->to, flags(e)));                                              \
    }
#define CHOOSING(how)                                                                              \
    EMIT(select_##how)                                                                             \
    {                                                                                              \
        put_##how(e);                                                                              \
        a64_put(e, a64_csel(true, e->to, e->c, e->d, flags(e)));                                   \
    }
#define BRANCHING(how)                                                                             \
    EMIT(branch_##how)                                                                             \
    {                                                                                              \
        put_##how(e);                                                                              \
        emit_between(e);                                                                           \
        code_fix(e->code, A64_FIX_19, a64_b_cond(flags(e), 0), e->label);                          \
    }
#define COMPARING(how) TRUTH(how, how) CHOOSING(how) BRANCHING(how)
COMPARING(cmp)
COMPARING(cmp_imm)
COMPARING(tst)
COMPARING(tst_imm)
TRUTH(and_is, and)
TRUTH(and_imm_is, and_imm)
CHOOSING(and_imm)
BRANCHING(and)
BRANCHING(and_imm)

/* One bit of a number. */
static uint32_t bit_of(const struct emit *e, unsigned n)
{
    unsigned bit = (unsigned)__builtin_ctzll((uint64_t)e->imm);
    return a64_ubfm(a64_wide(e), e->to, n, bit, bit);
}

EMIT_ONE(bit, bit_of(e, e->a))
EMIT_ONE(and_bit, bit_of(e, e->b))

/* a < 0 */
EMIT_ONE(sign, a64_lsr_imm(a64_wide(e), e->to, e->a, a64_top(a64_wide(e))))

EMIT(cbz)
{
    uint32_t insn =
        e->cond == COND_EQ ? a64_cbz(a64_wide(e), e->a, 0) : a64_cbnz(a64_wide(e), e->a, 0);
    code_fix(e->code, A64_FIX_19, insn, e->label);
}

static void put_tbz(struct emit *e, unsigned n, bool set, unsigned bit)
{
    uint32_t insn = set ? a64_tbnz(n, bit, 0) : a64_tbz(n, bit, 0);
    code_fix(e->code, A64_FIX_14, insn, e->label);
}

EMIT(tbz)
{
    put_tbz(e, e->a, e->cond == COND_SET, (unsigned)__builtin_ctzll((uint64_t)e->imm));
}

EMIT(tbz_and)
{
    put_tbz(e, e->b, e->cond == COND_NE, (unsigned)__builtin_ctzll((uint64_t)e->imm));
}

EMIT(tbz_sign)
{
    put_tbz(e, e->a, e->cond == COND_SLT, a64_top(a64_wide(e)));
}

/* ---- Calls and ends ---- */

EMIT(call)
{
    code_fix(e->code, A64_FIX_B, a64_bl(0), (uint32_t)e->node->imm);
}

static void put_call(struct emit *e, enum symbol_kind kind)
{
    a64_put(e, a64_bl(0));
    code_reloc(e->code, A64_CALL26, 4, kind, (uint32_t)e->node->imm, 0);
}

EMIT(call_helper)
{
    put_call(e, SYMBOL_HELPER);
}

EMIT_ONE(call_pointer, a64_blr(e->b))

static void leave(struct emit *e, uint32_t insn)
{
    code_cfi(e->code, CFI_REMEMBER, 0, 0);
    a64_epilogue(e->code, e->frame);
    a64_put(e, insn);
    code_cfi(e->code, CFI_RECALL, 0, 0);
}

/* What it leads to has no landing pads: the pages of images ask for none. */
EMIT(table)
{
    code_fix(e->code, A64_FIX_ADR, a64_adr(A64_X16, 0), e->label);
    a64_put(e, a64_lds_index(2, A64_X17, A64_X16, e->a, A64_UXTX, true));
    a64_put(e, a64_add(true, A64_X16, A64_X16, A64_X17, A64_LSL, 0));
    a64_put(e, a64_br(A64_X16));
}

/* By x17, which the epilogue leaves alone and from which a jump may land on bti c. */
EMIT(tail)
{
    a64_put(e, a64_mov(true, A64_X17, e->b));
    leave(e, a64_br(A64_X17));
}
