/* SPDX-License-Identifier: Apache-2.0 */
/* The emitters of the rules in target.c. Flags live only inside one emitter.
 *
 * An operation of 32 bits zero-extends by itself, so widths are nothing but operand sizes here. */
#include "arch/x86_64/local.h"
#include "base/planted.h"

/* ---- What emitters share ---- */

static unsigned width(const struct emit *e)
{
    return e->width ? (unsigned)__builtin_ctz(e->width) - 3 : X86_W64;
}

static struct x86_mem mem(const struct emit *e)
{
    return (struct x86_mem){ e->mem.base,
                             e->mem.index == REG_NONE ? (uint8_t)X86_NOREG : e->mem.index,
                             e->mem.shift, e->mem.disp };
}

static struct x86_mem sum(unsigned base, unsigned index, unsigned scale, int32_t disp)
{
    return (struct x86_mem){ (uint8_t)base, (uint8_t)index, (uint8_t)scale, disp };
}

/* What the arithmetic rows have as /digit. */
static unsigned alu_digit(unsigned op)
{
    switch (op) {
    case IR_ADD: return 0;
    case IR_OR: return 1;
    case IR_AND: return 4;
    case IR_SUB: return 5;
    case IR_XOR: return 6;
    default: __builtin_unreachable();
    }
}
/* Rows of the same form for another of the operations. */
static enum x86_op alu(enum x86_op add_row, unsigned op)
{
    unsigned digit = alu_digit(op);
    return add_row == X86_ADD_MI || add_row == X86_LOCK_ADD_MI
               ? (enum x86_op)(add_row | (int)digit << 12)
               : (enum x86_op)(add_row + (int)digit * 8);
}

static unsigned shift_digit(unsigned op)
{
    return op == IR_SHL ? 4 : op == IR_SHR ? FAULT(shift_kind, 5, 7) : op == IR_SAR ? 7 : 0;
}

static enum x86_cc cc_of(unsigned cond)
{
    static const uint8_t cc[COND_COUNT] = {
        [COND_EQ] = CC_E,   [COND_NE] = CC_NE, [COND_ULT] = CC_B,  [COND_UGE] = CC_AE,
        [COND_ULE] = CC_BE, [COND_UGT] = CC_A, [COND_SLT] = CC_L,  [COND_SGE] = CC_GE,
        [COND_SLE] = CC_LE, [COND_SGT] = CC_G, [COND_SET] = CC_NE, [COND_CLEAR] = CC_E,
    };
    return (enum x86_cc)FAULT(signed_condition, cc[cond], cond == COND_SLT ? CC_B : cc[cond]);
}

/* ---- Moves and constants ---- */

void x86_move(struct code *code, uint8_t to, uint8_t from, bool half)
{
    x86_r(code, X86_MOV_MR, half ? X86_W32 : X86_W64, from, to);
}

void x86_swap(struct code *code, uint8_t a, uint8_t b)
{
    x86_r(code, X86_XCHG, X86_W64, a, b);
}

static void move(struct emit *e, uint8_t to, uint8_t from)
{
    if (to != from)
        x86_move(e->code, to, from, false);
}

static void zero(struct code *code, uint8_t to)
{
    x86_r(code, X86_XOR_MR, X86_W32, to, to);
}

void x86_constant(struct code *code, uint8_t to, int64_t value)
{
    if (value)
        x86_mov_imm(code, to, (uint64_t)value);
    else
        zero(code, to);
}

void x86_symbol(struct code *code, uint8_t to, enum symbol_kind kind, uint32_t index,
                int64_t addend)
{
    x86_mov_symbol(code, to, kind, index, addend);
}

void x86_emit_constant(struct emit *e)
{
    x86_constant(e->code, e->to, e->node->imm);
}

void x86_emit_symbol(struct emit *e)
{
    x86_mov_symbol(e->code, e->to, (enum symbol_kind)e->node->symbol.kind, e->node->symbol.index,
                   e->node->imm);
}

/* ---- Arithmetic ---- */

void x86_emit_add_ri(struct emit *e)
{
    int32_t imm = (int32_t)e->imm;
    if (e->to != e->a)
        x86_m(e->code, X86_LEA, width(e), e->to, x86_at(e->a, imm));
    else if (imm == 1 || imm == -1)
        x86_r1(e->code, imm == 1 ? X86_INC : X86_DEC, width(e), e->to);
    else if (imm == 128)
        x86_ri(e->code, X86_SUB_MI, width(e), e->to, -128);
    else
        x86_ri(e->code, X86_ADD_MI, width(e), e->to, imm);
}

void x86_emit_add_rr(struct emit *e)
{
    if (e->to == e->a)
        x86_r(e->code, X86_ADD_MR, width(e), e->b, e->to);
    else if (e->to == e->b)
        x86_r(e->code, X86_ADD_MR, width(e), e->a, e->to);
    else
        x86_m(e->code, X86_LEA, width(e), e->to, sum(e->a, e->b, 0, 0));
}

/* a + (x << imm) */
void x86_emit_add_shifted(struct emit *e)
{
    x86_m(e->code, X86_LEA, width(e), e->to, sum(e->a, e->b, (unsigned)e->imm & 3, 0));
}

/* (x + y) + imm */
void x86_emit_add_three(struct emit *e)
{
    x86_m(e->code, X86_LEA, width(e), e->to, sum(e->b, e->c, 0, (int32_t)e->imm));
}

void x86_emit_sub_ri(struct emit *e)
{
    struct emit negated = *e;
    negated.imm = -(int64_t)(int32_t)e->imm;
    if (negated.imm == (int32_t)negated.imm)
        x86_emit_add_ri(&negated);
    else if (e->to == e->a)
        x86_ri(e->code, X86_SUB_MI, width(e), e->to, (int32_t)e->imm);
    else { /* a - -2^31 */
        move(e, e->to, e->a);
        x86_ri(e->code, X86_SUB_MI, width(e), e->to, (int32_t)e->imm);
    }
}

void x86_emit_alu_ri(struct emit *e)
{
    unsigned w = width(e);
    if (e->node->op == IR_AND && e->imm == (uint32_t)e->imm)
        w = X86_W32; /* the upper half becomes 0 either way */
    if (e->node->op == IR_XOR && (w == X86_W64 ? e->imm : (int32_t)e->imm) == -1)
        x86_r1(e->code, X86_NOT, w, e->to);
    else
        x86_ri(e->code, alu(X86_ADD_MI, e->node->op), w, e->to, (int32_t)e->imm);
}

void x86_emit_alu_rr(struct emit *e)
{
    x86_r(e->code, alu(X86_ADD_MR, e->node->op), width(e), e->b, e->to);
}

void x86_emit_alu_rm(struct emit *e)
{
    x86_m(e->code, alu(X86_ADD_RM, e->node->op), width(e), e->to, mem(e));
}

/* a & ~x */
void x86_emit_andn(struct emit *e)
{
    x86_v(e->code, X86_ANDN, width(e), e->to, e->a, e->b);
}

void x86_emit_mul_ri(struct emit *e)
{
    int32_t imm = (int32_t)e->imm;
    if (imm == 3 || imm == 5 || imm == 9)
        x86_m(e->code, X86_LEA, width(e), e->to,
              sum(e->a, e->a,
                  imm == 3   ? 1
                  : imm == 5 ? 2
                             : 3,
                  0));
    else
        x86_rri(e->code, X86_IMUL_RMI, width(e), e->to, e->a, imm);
}

void x86_emit_mul_mi(struct emit *e)
{
    x86_rmi(e->code, X86_IMUL_RMI, width(e), e->to, mem(e), (int32_t)e->imm);
}

void x86_emit_mul_rr(struct emit *e)
{
    x86_r(e->code, X86_IMUL_RM, width(e), e->to, e->b);
}

void x86_emit_mul_rm(struct emit *e)
{
    x86_m(e->code, X86_IMUL_RM, width(e), e->to, mem(e));
}

void x86_emit_neg(struct emit *e)
{
    x86_r1(e->code, X86_NEG, width(e), e->to);
}

/* ---- Shifts ---- */

void x86_emit_shift_ri(struct emit *e)
{
    unsigned w = width(e), digit = shift_digit(e->node->op);
    unsigned count = (unsigned)e->imm & (w == X86_W64 ? 63 : 31);

    if (!count)
        return x86_r(e->code, X86_MOV_MR, w, e->to, e->to); /* zero-extends */
    if (e->node->op == IR_SHL && count == 1)
        x86_r(e->code, X86_ADD_MR, w, e->to, e->to);
    else
        x86_ri8(e->code, (enum x86_op)(X86_ROL_M8 | (int)digit << 12), w, e->to, count);
}

void x86_emit_shift_cl(struct emit *e)
{
    unsigned digit = shift_digit(e->node->op);
    x86_r1(e->code, (enum x86_op)(X86_ROL_MC | (int)digit << 12), width(e), e->to);
}

static enum x86_op shift_x(const struct emit *e)
{
    return e->node->op == IR_SHL ? X86_SHLX : e->node->op == IR_SHR ? X86_SHRX : X86_SARX;
}

void x86_emit_shift_rr(struct emit *e)
{
    x86_v(e->code, shift_x(e), width(e), e->to, e->a, e->b);
}

void x86_emit_shift_mr(struct emit *e)
{
    x86_vm(e->code, shift_x(e), width(e), e->to, mem(e), e->b);
}

void x86_emit_rotate_ri(struct emit *e)
{
    unsigned w = width(e), bits = 8u << w, count = (unsigned)e->imm & (bits - 1);
    if (e->to == e->a)
        x86_ri8(e->code, X86_ROL_M8, w, e->to, count);
    else
        x86_vi(e->code, X86_RORX, w, e->to, e->a, (bits - count) & (bits - 1));
}

/* ---- Division of rax by b, which is in neither rax nor rdx ---- */

void x86_emit_udiv_nonzero(struct emit *e)
{
    zero(e->code, RDX);
    x86_r1(e->code, X86_DIV, width(e), e->b);
}

/* x / 0 = 0, x % 0 = x: rax and rdx hold these when the division is jumped over. */
void x86_emit_udiv(struct emit *e)
{
    struct code *code = e->code;
    unsigned w = width(e);
    uint32_t done = code_label(code);

    x86_r(code, X86_MOV_MR, w, RAX, RDX);
    if (e->node->op == IR_UDIV)
        zero(code, RAX);
    x86_r(code, X86_TEST_MR, w, e->b, e->b);
    x86_jcc(code, CC_E, done);
    if (e->node->op == IR_UDIV)
        x86_r(code, X86_MOV_MR, w, RDX, RAX);
    zero(code, RDX);
    x86_r1(code, X86_DIV, w, e->b);
    code_bind(code, done);
}

/* idiv traps for x / 0 and MIN / -1. For a divisor b of 0 or -1, BPF's quotient is x * b and its
 * remainder x * (b + 1). */
void x86_emit_sdiv(struct emit *e)
{
    struct code *code = e->code;
    unsigned w = width(e);
    uint32_t special = code_label(code), done = code_label(code);

    x86_m(code, X86_LEA, w, RDX, x86_at(e->b, 1));
    x86_ri(code, X86_CMP_MI, w, RDX, 1);
    x86_jcc(code, CC_BE, special);
    x86_none(code, w == X86_W64 ? X86_CQO : X86_CDQ);
    x86_r1(code, X86_IDIV, w, e->b);
    x86_jmp(code, done);
    code_bind(code, special);
    if (e->node->op == IR_SDIV)
        x86_r(code, X86_IMUL_RM, w, RAX, e->b);
    else
        x86_r(code, X86_IMUL_RM, w, RDX, RAX);
    code_bind(code, done);
}

/* ---- Upper halves of products ---- */

void x86_emit_mulx(struct emit *e)
{
    x86_v(e->code, X86_MULX, X86_W64, e->to, e->a, e->to);
}

void x86_emit_mul_high(struct emit *e)
{
    x86_r1(e->code, e->node->op == IR_UMULH ? X86_MUL : X86_IMUL, X86_W64, e->b);
}

/* ---- Bits counted ---- */

void x86_emit_popcnt_r(struct emit *e)
{
    x86_r(e->code, X86_POPCNT, width(e), e->to, e->a);
}

void x86_emit_popcnt_m(struct emit *e)
{
    x86_m(e->code, X86_POPCNT, width(e), e->to, mem(e));
}

/* The parallel sum: of pairs, nibbles and bytes, then of all by a multiplication. */
void x86_emit_popcnt_sum(struct emit *e)
{
    struct code *code = e->code;
    const unsigned w = X86_W64, to = e->to, part = X86_SCRATCH, mask = RCX;

    x86_r(code, X86_MOV_MR, width(e), e->a, part);
    x86_r(code, X86_MOV_MR, w, part, to);
    x86_ri8(code, X86_SHR_M8, w, to, 1);
    x86_mov_imm(code, mask, 0x5555555555555555);
    x86_r(code, X86_AND_MR, w, mask, to);
    x86_r(code, X86_SUB_MR, w, to, part);
    x86_r(code, X86_MOV_MR, w, part, to);
    x86_ri8(code, X86_SHR_M8, w, to, 2);
    x86_mov_imm(code, mask, 0x3333333333333333);
    x86_r(code, X86_AND_MR, w, mask, to);
    x86_r(code, X86_AND_MR, w, mask, part);
    x86_r(code, X86_ADD_MR, w, to, part);
    x86_r(code, X86_MOV_MR, w, part, to);
    x86_ri8(code, X86_SHR_M8, w, to, 4);
    x86_r(code, X86_ADD_MR, w, part, to);
    x86_mov_imm(code, mask, 0x0f0f0f0f0f0f0f0f);
    x86_r(code, X86_AND_MR, w, mask, to);
    x86_mov_imm(code, mask, 0x0101010101010101);
    x86_r(code, X86_IMUL_RM, w, to, mask);
    x86_ri8(code, X86_SHR_M8, w, to, 56);
}

/* ---- Extension, byte order ---- */

void x86_emit_extend(struct emit *e)
{
    unsigned w = width(e);
    switch (e->node->op) {
    case IR_SEXT8: return x86_r(e->code, X86_MOVSX8, w, e->to, e->a);
    case IR_SEXT16: return x86_r(e->code, X86_MOVSX16, w, e->to, e->a);
    case IR_SEXT32: return x86_r(e->code, X86_MOVSXD, w, e->to, e->a);
    case IR_ZEXT8: return x86_r(e->code, X86_MOVZX8, X86_W32, e->to, e->a);
    case IR_ZEXT16: return x86_r(e->code, X86_MOVZX16, X86_W32, e->to, e->a);
    case IR_ZEXT32: return x86_r(e->code, X86_MOV_MR, X86_W32, e->a, e->to);
    default: __builtin_unreachable();
    }
}

void x86_emit_swap_bytes(struct emit *e)
{
    if (width(e) != X86_W16)
        return x86_o(e->code, X86_BSWAP, width(e), e->to);
    x86_ri8(e->code, X86_ROL_M8, X86_W16, e->to, 8);
    x86_r(e->code, X86_MOVZX16, X86_W32, e->to, e->to);
}

void x86_emit_load_swapped(struct emit *e)
{
    x86_m(e->code, X86_MOVBE_RM, width(e), e->to, mem(e));
    if (width(e) == X86_W16)
        x86_r(e->code, X86_MOVZX16, X86_W32, e->to, e->to);
}

void x86_emit_store_swapped(struct emit *e)
{
    x86_m(e->code, X86_MOVBE_MR, width(e), e->b, mem(e));
}

/* ---- Comparisons ---- */

static bool is_test(const struct emit *e)
{
    return e->cond >= COND_SET;
}

static void test_ri(struct emit *e, unsigned reg)
{
    unsigned w = width(e);
    if (e->imm == (uint8_t)e->imm) /* only the zero flag counts */
        w = X86_W8;
    else if (e->imm == (uint32_t)e->imm)
        w = X86_W32;
    x86_ri(e->code, X86_TEST_MI, w, reg, (int32_t)e->imm);
}

/* The flags of a comparison, for each shape of operands. All leave registers alone. */
static void flags_rr(struct emit *e)
{
    x86_r(e->code, is_test(e) ? X86_TEST_MR : X86_CMP_MR, width(e), e->b, e->a);
}
static void flags_ri(struct emit *e)
{
    if (is_test(e))
        test_ri(e, e->a);
    else if ((int32_t)e->imm == 0)
        x86_r(e->code, X86_TEST_MR, width(e), e->a, e->a);
    else
        x86_ri(e->code, X86_CMP_MI, width(e), e->a, (int32_t)e->imm);
}
static void flags_rm(struct emit *e)
{
    if (is_test(e))
        x86_m(e->code, X86_TEST_MR, width(e), e->a, mem(e));
    else
        x86_m(e->code, X86_CMP_RM, width(e), e->a, mem(e));
}
static void flags_mi(struct emit *e)
{
    x86_mi(e->code, is_test(e) ? X86_TEST_MI : X86_CMP_MI, width(e), mem(e), (int32_t)e->imm);
}

/* 1 if the condition holds, else 0. */
static void set(struct emit *e, void (*flags)(struct emit *e))
{
    bool memory = e->rule->a == LOAD || e->rule->b == LOAD;
    bool free = e->to != e->a && e->to != e->b &&
                !(memory && (e->to == e->mem.base || e->to == e->mem.index));
    if (free)
        zero(e->code, e->to);
    flags(e);
    x86_r1(e->code, x86_if(X86_SETCC, cc_of(e->cond)), X86_W8, e->to);
    if (!free)
        x86_r(e->code, X86_MOVZX8, X86_W32, e->to, e->to);
}
void x86_emit_cmp_rr(struct emit *e)
{
    set(e, flags_rr);
}
void x86_emit_cmp_ri(struct emit *e)
{
    set(e, flags_ri);
}
void x86_emit_cmp_rm(struct emit *e)
{
    set(e, flags_rm);
}
void x86_emit_cmp_mi(struct emit *e)
{
    set(e, flags_mi);
}

/* to = condition ? c : d; the flags are there, so moves must not touch them. */
static void choose(struct emit *e)
{
    enum x86_cc cc = cc_of(e->cond);
    if (e->to == e->c) {
        x86_r(e->code, x86_if(X86_CMOVCC, cc ^ 1), X86_W64, e->to, e->d);
    } else {
        move(e, e->to, e->d);
        x86_r(e->code, x86_if(X86_CMOVCC, cc), X86_W64, e->to, e->c);
    }
}
void x86_emit_select_rr(struct emit *e)
{
    flags_rr(e);
    choose(e);
}
void x86_emit_select_ri(struct emit *e)
{
    flags_ri(e);
    choose(e);
}

static void jump(struct emit *e, enum x86_cc cc)
{
    emit_between(e);
    x86_jcc(e->code, cc, e->label);
}

void x86_emit_branch_rr(struct emit *e)
{
    flags_rr(e);
    jump(e, cc_of(e->cond));
}
void x86_emit_branch_ri(struct emit *e)
{
    flags_ri(e);
    jump(e, cc_of(e->cond));
}
void x86_emit_branch_rm(struct emit *e)
{
    flags_rm(e);
    jump(e, cc_of(e->cond));
}
void x86_emit_branch_mi(struct emit *e)
{
    flags_mi(e);
    jump(e, cc_of(e->cond));
}
void x86_emit_branch_bit(struct emit *e)
{
    x86_ri8(e->code, X86_BT_M8, width(e), e->a, (unsigned)__builtin_ctzll((uint64_t)e->imm));
    jump(e, e->cond == COND_SET ? CC_B : CC_AE);
}

/* (x & y) == 0 */
void x86_emit_branch_and_i(struct emit *e)
{
    test_ri(e, e->b);
    jump(e, cc_of(e->cond));
}

void x86_emit_branch_and_r(struct emit *e)
{
    x86_r(e->code, X86_TEST_MR, width(e), e->c, e->b);
    jump(e, cc_of(e->cond));
}

/* ---- Memory ---- */

static void load_from(struct emit *e, struct x86_mem from)
{
    switch (width(e)) {
    case X86_W8: return x86_m(e->code, X86_MOVZX8, X86_W32, e->to, from);
    case X86_W16: return x86_m(e->code, X86_MOVZX16, X86_W32, e->to, from);
    default: return x86_m(e->code, X86_MOV_RM, width(e), e->to, from);
    }
}

static void load_signed_from(struct emit *e, struct x86_mem from)
{
    static const enum x86_op rows[] = { X86_MOVSX8, X86_MOVSX16, X86_MOVSXD };
    x86_m(e->code, rows[width(e)], X86_W64, e->to, from);
}

void x86_emit_load(struct emit *e)
{
    load_from(e, mem(e));
}

void x86_emit_load_signed(struct emit *e)
{
    load_signed_from(e, mem(e));
}

/* The result is 0 already when the load faults and is passed over. */
void x86_emit_probe(struct emit *e)
{
    uint32_t landing = code_label(e->code);
    bool is_signed = e->node->op == IR_PROBES;

    zero(e->code, e->to);
    code_fault(e->code, landing);
    (is_signed ? load_signed_from : load_from)(e, mem(e));
    code_bind(e->code, landing);
}

void x86_emit_store_r(struct emit *e)
{
    x86_m(e->code, X86_MOV_MR, width(e), e->b, mem(e));
}

void x86_emit_store_i(struct emit *e)
{
    x86_mi(e->code, X86_MOV_MI, width(e), mem(e), (int32_t)e->imm);
}

/* [mem] = [mem] op y */
void x86_emit_modify_r(struct emit *e)
{
    x86_m(e->code, alu(X86_ADD_MR, e->rule->inner), width(e), e->b, mem(e));
}

void x86_emit_modify_i(struct emit *e)
{
    x86_mi(e->code, alu(X86_ADD_MI, e->rule->inner), width(e), mem(e), (int32_t)e->imm);
}

/* ---- Atomics: every locked instruction is a full barrier ---- */

/* The arithmetic that an atomic operation does. */
static unsigned atomic_op(const struct emit *e)
{
    switch (e->node->op) {
    case IR_ATOMIC_ADD: return IR_ADD;
    case IR_ATOMIC_OR:
    case IR_FETCH_OR: return IR_OR;
    case IR_ATOMIC_AND:
    case IR_FETCH_AND: return IR_AND;
    default: return IR_XOR;
    }
}

void x86_emit_atomic_r(struct emit *e)
{
    x86_m(e->code, alu(X86_LOCK_ADD_MR, atomic_op(e)), width(e), e->b, mem(e));
}

void x86_emit_atomic_i(struct emit *e)
{
    x86_mi(e->code, alu(X86_LOCK_ADD_MI, atomic_op(e)), width(e), mem(e), (int32_t)e->imm);
}

void x86_emit_exchange(struct emit *e)
{
    x86_r(e->code, X86_MOV_MR, width(e), e->b, e->to);
    x86_m(e->code, e->node->op == IR_XCHG ? X86_XCHG : X86_LOCK_XADD, width(e), e->to, mem(e));
}

/* The result is in rax; b and the address are not, nor in the scratch registers. */
void x86_emit_fetch_loop(struct emit *e)
{
    struct code *code = e->code;
    unsigned w = width(e);
    uint32_t again = code_label(code);

    x86_m(code, X86_MOV_RM, w, RAX, mem(e));
    code_bind(code, again);
    x86_r(code, X86_MOV_MR, w, RAX, X86_SCRATCH);
    x86_r(code, alu(X86_ADD_MR, atomic_op(e)), w, e->b, X86_SCRATCH);
    x86_m(code, X86_LOCK_CMPXCHG, w, X86_SCRATCH, mem(e));
    x86_jcc(code, CC_NE, again);
}

void x86_emit_compare_exchange(struct emit *e)
{
    x86_m(e->code, X86_LOCK_CMPXCHG, width(e), e->c, mem(e));
    if (width(e) == X86_W32) /* eax is written on failure only */
        x86_r(e->code, X86_MOV_MR, X86_W32, RAX, RAX);
}

/* ---- Calls and ends ---- */

void x86_emit_call(struct emit *e)
{
    code_fix(e->code, X86_CALL_LABEL, 0, (uint32_t)e->node->imm);
}

void x86_emit_call_helper(struct emit *e)
{
    x86_call_symbol(e->code, SYMBOL_HELPER, (uint32_t)e->node->imm);
}

void x86_emit_call_pointer(struct emit *e)
{
    x86_r1(e->code, X86_CALL_M, X86_W64, e->b);
}

/* What it leads to has no landing pads: compilers' switches have none either (notrack). */
void x86_emit_table(struct emit *e)
{
    code_fix(e->code, X86_LEA_LABEL, X86_SCRATCH, e->label);
    x86_m(e->code, X86_MOVSXD, X86_W64, R10, sum(X86_SCRATCH, e->a, 2, 0));
    x86_r(e->code, X86_ADD_MR, X86_W64, X86_SCRATCH, R10);
    if (e->features & X86_IBT)
        *code_reserve(e->code, 1) = 0x3e, e->code->size++; /* notrack */
    x86_r1(e->code, X86_JMP_M, X86_W64, R10);
}

void x86_emit_tail(struct emit *e)
{
    x86_epilogue(e->code, e->frame);
    x86_r1(e->code, X86_JMP_M, X86_W64, e->b);
    x86_left(e->code, e->frame);
}
