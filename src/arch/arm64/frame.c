/* SPDX-License-Identifier: Apache-2.0 */
/* Frames on the machine's stack (AAPCS64, section 6.4).
 *
 *     sp + size           what was sp at the entry: the canonical frame address
 *     ...                 of hooks: where what comes next returns to, for whoever searches stacks
 *                         for that (attach/absence.c): a leaf has it in a register only
 *     ...                 spill slots
 *     sp + 8 * saved ...  of hooks: their own memory, vector registers
 *     sp + 0 ...          saved registers, in pairs; in a function that calls x29 and x30 first, to
 *                         which x29 then points: a frame record for those that unwind by them
 *
 * A function that saves nothing and spills nothing has no frame. */
#include "arch/arm64/local.h"
#include "base/planted.h"
#include "gen/gen.h"

enum { SAVED_MAX = 32, PAIR_REACH = 504, SLOT_REACH = 4095 * 8, PAGE = 1 << 12 };

struct shape {
    uint32_t size;  /* bytes, a multiple of 16 */
    uint32_t area;  /* offset of what a hook has ... */
    uint32_t slots; /* ... of the slots */
    uint32_t mark;  /* ... and of the return address from what comes next, if that is called */
    uint32_t saved; /* registers */
    uint8_t regs[SAVED_MAX];
};

static struct shape shape_of(const struct frame *frame)
{
    struct shape shape = { 0 };

    if (frame->calls) {
        shape.regs[shape.saved++] = A64_FP;
        shape.regs[shape.saved++] = A64_LR;
    }
    for (uint8_t reg = 0; reg <= A64_LR; reg++)
        if (frame->saved & REG_BIT(reg) && !(frame->calls && reg >= A64_FP))
            shape.regs[shape.saved++] = reg;
    shape.area = shape.slots = shape.saved * 8;
    if (frame->area) {
        shape.area = (shape.area + 15) & ~15u;
        shape.slots = shape.area + frame->area;
    }
    shape.mark = (shape.slots + frame->slots * 8 + 15) & ~15u;
    shape.size = shape.mark + (frame->calls_next ? 16 : 0);
    return shape;
}

static void row_size(struct code *code, uint32_t size)
{
    code_cfi(code, CFI_DEF_CFA, A64_SP, (int32_t)size);
}

/* sp -= size. No page is passed over, so that the stack's guard page is met. */
static void take(struct code *code, uint32_t size)
{
    for (uint32_t taken = PAGE; taken <= size; taken += PAGE) {
        code_u32(code, a64_sub_imm(true, A64_SP, A64_SP, PAGE >> 12, 12));
        row_size(code, taken);
        code_u32(code, a64_str(3, A64_ZR, A64_SP, 0));
    }
    if (size % PAGE)
        code_u32(code, a64_sub_imm(true, A64_SP, A64_SP, size % PAGE, 0));
    row_size(code, size);
}

/* sp += size. */
static void give_back(struct code *code, uint32_t size)
{
    if (size / PAGE) {
        code_u32(code, a64_add_imm(true, A64_SP, A64_SP, size / PAGE, 12));
        row_size(code, size % PAGE);
    }
    if (size % PAGE)
        code_u32(code, a64_add_imm(true, A64_SP, A64_SP, size % PAGE, 0));
}

static void row_saved(struct code *code, const struct shape *shape, uint32_t i)
{
    code_cfi(code, CFI_OFFSET, shape->regs[i], (int32_t)(i * 8) - (int32_t)shape->size);
}

/* Saves regs[i], and regs[i + 1] if there is one. */
static void save(struct code *code, const struct shape *shape, uint32_t i)
{
    if (i + 1 < shape->saved) {
        code_u32(code, a64_stp(true, shape->regs[i], shape->regs[i + 1], A64_SP, (int)i * 8));
        row_saved(code, shape, i);
        row_saved(code, shape, i + 1);
    } else {
        code_u32(code, a64_str(3, shape->regs[i], A64_SP, i * 8));
        row_saved(code, shape, i);
    }
}

/* Moves the registers of the set to or from the hook's memory. */
static void move_vectors(struct code *code, uint32_t (*access)(unsigned, unsigned, unsigned),
                         uint64_t set, uint32_t at)
{
    for (; set; set &= set - 1, at += 16)
        code_u32(code, access((unsigned)__builtin_ctzll(set) - 32, A64_SP, at));
}

/* The same of general registers. */
static void move_generals(struct code *code,
                          uint32_t (*access)(unsigned, unsigned, unsigned, unsigned), uint64_t set,
                          uint32_t at)
{
    for (; set; set &= set - 1, at += 8)
        code_u32(code, access(3, (unsigned)__builtin_ctzll(set), A64_SP, at));
}

/* All of them in full, by code that `symbol` is; x17 has the address. */
static void move_full(struct code *code, const struct frame *frame, const struct shape *shape,
                      enum symbol_kind symbol)
{
    uint32_t at = shape->area + frame->full_at;

    if (!frame->full)
        return;
    code_u32(code, a64_add_imm(true, A64_X17, A64_SP, at & 0xfff, 0));
    if (at >> 12)
        code_u32(code, a64_add_imm(true, A64_X17, A64_X17, at >> 12, 12));
    code_u32(code, a64_bl(0));
    code_reloc(code, A64_CALL26, 4, symbol, 0, 0);
}

void a64_prologue(struct code *code, const struct frame *frame)
{
    struct shape shape = shape_of(frame);
    uint32_t done = 0;

    if (frame->entered)
        code_u32(code, a64_bti_c());
    if (!shape.size)
        return;
    if (shape.saved >= 2 && shape.size <= PAIR_REACH) {
        code_u32(code, a64_stp_pre(true, shape.regs[0], shape.regs[1], A64_SP, -(int)shape.size));
        row_size(code, shape.size);
        done = 2;
    } else {
        take(code, shape.size);
    }
    for (uint32_t i = 0; i < done; i++)
        row_saved(code, &shape, i);
    for (uint32_t i = done; i < shape.saved; i += 2)
        save(code, &shape, i);
    if (frame->calls)
        code_u32(code, a64_add_imm(true, A64_FP, A64_SP, 0, 0));
    move_vectors(code, a64_str_q, frame->vectors, shape.area);
    move_generals(code, a64_str, frame->params, shape.area + frame->params_at);
    if (frame->preserves)
        move_full(code, frame, &shape, SYMBOL_SAVE_VECTORS);
}

void a64_epilogue(struct code *code, const struct frame *frame)
{
    struct shape shape = shape_of(frame);
    bool post = shape.saved >= 2 && shape.size <= PAIR_REACH;

    if (!shape.size)
        return;
    move_full(code, frame, &shape, SYMBOL_LOAD_VECTORS);
    if (frame->preserves)
        move_vectors(code, a64_ldr_q, frame->vectors, shape.area);
    move_vectors(code, a64_ldr_q, frame->results, shape.area + frame->results_at);
    move_generals(code, a64_ldr, frame->left, shape.area + frame->left_at);
    if (frame->area && frame->spare != REG_NONE)
        code_u32(code, a64_ldr(3, frame->spare, A64_SP, shape.area + frame->spare_at));
    for (uint32_t i = post ? 2 : 0; i + 1 < shape.saved; i += 2)
        code_u32(code, a64_ldp(true, shape.regs[i], shape.regs[i + 1], A64_SP, (int)i * 8));
    if (shape.saved & 1)
        code_u32(code, a64_ldr(3, shape.regs[shape.saved - 1], A64_SP, (shape.saved - 1) * 8));
    if (post)
        code_u32(code, a64_ldp_post(true, shape.regs[0], shape.regs[1], A64_SP, (int)shape.size));
    else
        give_back(code, shape.size);
    row_size(code, 0);
    for (uint32_t i = 0; i < shape.saved; i++)
        code_cfi(code, CFI_RESTORE, shape.regs[i], 0);
}

/* ---- Spill slots ---- */

/* An access to the slot; beyond reach by way of x17, since x16 may be on its way from slot to slot.
 */
static void access_slot(struct code *code, const struct frame *frame, uint32_t slot, uint8_t reg,
                        uint32_t (*access)(unsigned, unsigned, unsigned, unsigned))
{
    uint32_t offset = shape_of(frame).slots + slot * 8;
    unsigned base = A64_SP;

    if (offset > SLOT_REACH) {
        code_u32(code, a64_add_imm(true, A64_X17, A64_SP, offset >> 12, 12));
        base = A64_X17;
        offset &= 0xfff;
    }
    code_u32(code, access(3, reg, base, offset));
}

void a64_load_slot(struct code *code, const struct frame *frame, uint8_t to, uint32_t slot)
{
    access_slot(code, frame, slot, to, a64_ldr);
}

void a64_store_slot(struct code *code, const struct frame *frame, uint32_t slot, uint8_t from)
{
    access_slot(code, frame, slot, from, a64_str);
}

/* ---- Hooks ---- */

static void put_address(struct emit *e, uint32_t offset)
{
    if (offset >> 12) {
        a64_put(e, a64_add_imm(true, e->to, A64_SP, offset >> 12, 12));
        a64_put(e, a64_add_imm(true, e->to, e->to, offset & 0xfff, 0));
    } else {
        a64_put(e, a64_add_imm(true, e->to, A64_SP, offset, 0));
    }
}

EMIT(area)
{
    put_address(e, shape_of(e->frame).area + (uint32_t)e->node->imm);
}

EMIT(incoming)
{
    put_address(e, shape_of(e->frame).size + (uint32_t)e->node->imm);
}

static void put_next(struct emit *e, uint32_t insn)
{
    a64_put(e, insn);
    code_reloc(e->code, A64_CALL26, 4, SYMBOL_NEXT, 0, 0);
}

/* With the arguments on the stack once more, below sp, from the last one on. */
EMIT(call_next)
{
    struct shape shape = shape_of(e->frame);
    uint32_t size = (uint32_t)e->node->imm, low = (size + FAULT(a64_copy_all, 15u, 0)) & ~15u,
             up = shape.size;

    for (uint32_t at = low; at > 0; at -= 16) {
        /* As sp moves on with the words, each is as far from it as those before. */
        a64_put(e, a64_ldr(3, A64_X16, A64_SP, up + low - 16));
        a64_put(e, a64_ldr(3, A64_X17, A64_SP, up + low - 8));
        a64_put(e, a64_stp_pre(true, A64_X16, A64_X17, A64_SP, -16));
        row_size(e->code, up + low - at + 16);
    }
    a64_put(e, a64_adr(A64_X16, 12)); /* behind the call */
    a64_put(e, a64_str(3, A64_X16, A64_SP, low + shape.mark));
    put_next(e, a64_bl(0));
    if (size) {
        a64_put(e, a64_add_imm(true, A64_SP, A64_SP, low, 0));
        row_size(e->code, up);
    }
    move_vectors(e->code, a64_str_q, e->frame->results, shape.area + e->frame->results_at);
    move_generals(e->code, a64_str, e->frame->left, shape.area + e->frame->left_at);
    if (!e->frame->preserves)
        move_full(e->code, e->frame, &shape, SYMBOL_SAVE_VECTORS);
}

/* It is there already. */
EMIT(result)
{
    (void)e;
}

EMIT(next)
{
    code_cfi(e->code, CFI_REMEMBER, 0, 0);
    a64_epilogue(e->code, e->frame);
    put_next(e, a64_b(0));
    code_cfi(e->code, CFI_RECALL, 0, 0);
}

EMIT(vcpu)
{
    a64_symbol(e->code, e->to, SYMBOL_VCPU, 0, 0);
    a64_put(e, a64_mrs_tpidr(A64_X17));
    a64_put(e, a64_ldr_index(3, e->to, A64_X17, e->to, A64_UXTX, false));
}

EMIT(thread)
{
    a64_symbol(e->code, e->to, e->node->symbol.kind, e->node->symbol.index, 0);
    a64_put(e, a64_mrs_tpidr(A64_X17));
    a64_put(e, a64_add(true, e->to, A64_X17, e->to, A64_LSL, 0));
}

EMIT(lease)
{
    a64_put(e, a64_bl(0));
    code_reloc(e->code, A64_CALL26, 4, SYMBOL_LEASE, 0, 0);
    a64_do_vcpu(e);
}

/* In a function that gives all registers back the result takes the place of what x0 (and x1) was.
 */
EMIT(ret)
{
    struct shape shape = shape_of(e->frame);

    for (uint32_t i = 0; i < shape.saved && e->frame->returns; i++)
        if (shape.regs[i] <= (e->node->op == IR_RETURN_PAIR))
            a64_put(e, a64_str(3, shape.regs[i], A64_SP, i * 8));
    code_cfi(e->code, CFI_REMEMBER, 0, 0);
    a64_epilogue(e->code, e->frame);
    a64_put(e, a64_ret(A64_LR));
    code_cfi(e->code, CFI_RECALL, 0, 0);
}
