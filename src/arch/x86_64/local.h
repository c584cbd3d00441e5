/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the x86-64 back-end among themselves. */
#pragma once
#include "arch/x86_64/enc.h"
#include "gen/gen.h"
#include "gen/patch.h"

/* Processor features, bits of struct rule.needs; the names stand in target.c. */
enum { X86_BMI1 = 1, X86_BMI2 = 2, X86_MOVBE = 4, X86_COUNTS = 8, X86_IBT = 16 };

/* Classes of immediates, for IMM(class). */
enum {
    X86_IMM_ANY,   /* a count, of which the emitter takes the low bits */
    X86_IMM_32,    /* 32 bits, sign-extended in a 64-bit operation */
    X86_IMM_AND,   /* the same or zero-extended: what an `and` can do in 32 bits */
    X86_IMM_SCALE, /* 1, 2, 3: the shift of an index */
    X86_IMM_ONES,  /* -1: a xor with it is a `not` */
    X86_IMM_ZERO,  /* 0 */
    X86_IMM_BIT,   /* one bit, for `bt` */
};

/* Never given to values: the emitters' own, and what carries slots between moves. */
enum { X86_SCRATCH = R11 };

/* emit.c: the emitters of target.c's rules */
typedef void emitter(struct emit *e);
emitter x86_emit_constant, x86_emit_symbol, x86_emit_add_ri, x86_emit_add_rr, x86_emit_add_shifted,
    x86_emit_add_three, x86_emit_sub_ri, x86_emit_alu_ri, x86_emit_alu_rr, x86_emit_alu_rm,
    x86_emit_andn, x86_emit_mul_ri, x86_emit_mul_mi, x86_emit_mul_rr, x86_emit_mul_rm, x86_emit_neg,
    x86_emit_shift_ri, x86_emit_shift_cl, x86_emit_shift_rr, x86_emit_shift_mr, x86_emit_rotate_ri,
    x86_emit_mulx, x86_emit_mul_high, x86_emit_udiv_nonzero, x86_emit_udiv, x86_emit_sdiv,
    x86_emit_extend, x86_emit_swap_bytes, x86_emit_popcnt_r, x86_emit_popcnt_m, x86_emit_popcnt_sum,
    x86_emit_load_swapped, x86_emit_store_swapped, x86_emit_cmp_rr, x86_emit_cmp_ri,
    x86_emit_cmp_rm, x86_emit_cmp_mi, x86_emit_select_rr, x86_emit_select_ri, x86_emit_branch_rr,
    x86_emit_branch_ri, x86_emit_branch_rm, x86_emit_branch_mi, x86_emit_branch_bit,
    x86_emit_branch_and_i, x86_emit_branch_and_r, x86_emit_load, x86_emit_load_signed,
    x86_emit_probe, x86_emit_store_r, x86_emit_store_i, x86_emit_modify_r, x86_emit_modify_i,
    x86_emit_atomic_r, x86_emit_atomic_i, x86_emit_exchange, x86_emit_fetch_loop,
    x86_emit_compare_exchange, x86_emit_call, x86_emit_call_helper, x86_emit_call_pointer,
    x86_emit_tail, x86_emit_table;
void x86_move(struct code *code, uint8_t to, uint8_t from, bool half);
void x86_swap(struct code *code, uint8_t a, uint8_t b);
void x86_constant(struct code *code, uint8_t to, int64_t value);
void x86_symbol(struct code *code, uint8_t to, enum symbol_kind kind, uint32_t index,
                int64_t addend);

/* frame.c */
emitter x86_emit_ret, x86_emit_area, x86_emit_incoming, x86_emit_call_next, x86_emit_result,
    x86_emit_next, x86_emit_vcpu, x86_emit_thread, x86_emit_lease;
void x86_load_slot(struct code *code, const struct frame *frame, uint8_t to, uint32_t slot);
void x86_store_slot(struct code *code, const struct frame *frame, uint32_t slot, uint8_t from);
void x86_prologue(struct code *code, const struct frame *frame);
void x86_epilogue(struct code *code, const struct frame *frame);
/* After the instruction that leaves the function: unwinding is as before x86_epilogue(). */
void x86_left(struct code *code, const struct frame *frame);

/* decode.c, patch.c */
void x86_decode(struct machine_insn *insn, const uint8_t *at, size_t size, uint64_t address);
extern const struct patch_arch x86_patch;
