/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64 stack frames (System V ABI, AMD64 supplement, section 3.2.2):
 *
 *     return address        <- frame address - 8
 *     saved registers, pushed in the order of `saved_order`
 *     8 bytes if needed to align
 *     slots, the first one lowest
 *     of hooks: vector registers, their own memory  <- rsp
 *
 * A function that calls nothing keeps its slots in the 128 bytes below rsp that signal handlers
 * leave alone, if they fit; one that needs nothing has no frame at all. */
#include "arch/x86_64/local.h"
#include "base/planted.h"

enum { RED_ZONE = 128, PAGE = 4096 };

static const struct {
    uint8_t reg, dwarf;
} saved_order[] = { { RBX, 3 },  { RBP, 6 },  { R12, 12 }, { R13, 13 }, { R14, 14 },
                    { R15, 15 }, { RCX, 2 },  { RSI, 4 },  { RDI, 5 },  { R8, 8 },
                    { R9, 9 },   { R10, 10 }, { R11, 11 }, { RDX, 1 },  { RAX, 0 } };
enum { SAVED = sizeof saved_order / sizeof saved_order[0], DWARF_RBP = 6, DWARF_RSP = 7 };

static int32_t pushed(const struct frame *frame)
{
    return 8 * __builtin_popcountll(frame->saved);
}

/* Bytes below the saved registers that rsp is moved by. */
static int32_t reserved(const struct frame *frame)
{
    int32_t below = (int32_t)frame->slots * 8 + (int32_t)frame->area;
    if (!frame->calls && !frame->area)
        return below <= RED_ZONE && !frame->pushes ? 0 : below;
    return below + (8 + pushed(frame) + below) % 16;
}

static struct x86_mem slot_at(const struct frame *frame, uint32_t slot)
{
    int32_t below = reserved(frame) ? -(int32_t)frame->area : (int32_t)frame->slots * 8;
    return x86_at(RSP, (int32_t)slot * 8 - below);
}

/* Moves the registers of the set, of xmm0 to xmm7, to or from the hook's memory. */
static void move_vectors(struct code *code, const struct frame *frame, enum x86_op op, uint64_t set,
                         uint32_t at)
{
    for (; set; set &= set - 1, at += frame->vector_size) {
        unsigned reg = (unsigned)__builtin_ctzll(set) - REG_VECTOR;
        if (frame->vector_size == 16)
            x86_m(code, op, X86_W32, reg, x86_at(RSP, (int32_t)at));
        else
            x86_move_wide(code, op, frame->vector_size, reg, (int32_t)at);
    }
}

/* All of them in full, by code that `symbol` is. */
static void move_full(struct code *code, const struct frame *frame, enum symbol_kind symbol)
{
    if (!frame->full)
        return;
    x86_m(code, X86_LEA, X86_W64, X86_SCRATCH, x86_at(RSP, (int32_t)frame->full_at));
    x86_call_symbol(code, symbol, 0);
}

void x86_load_slot(struct code *code, const struct frame *frame, uint8_t to, uint32_t slot)
{
    x86_m(code, X86_MOV_RM, X86_W64, to, slot_at(frame, slot));
}

void x86_store_slot(struct code *code, const struct frame *frame, uint32_t slot, uint8_t from)
{
    x86_m(code, X86_MOV_MR, X86_W64, from, slot_at(frame, slot));
}

/* The same of general registers. */
static void move_generals(struct code *code, enum x86_op op, uint64_t set, uint32_t at)
{
    for (; set; set &= set - 1, at += 8)
        x86_m(code, op, X86_W64, (unsigned)__builtin_ctzll(set), x86_at(RSP, (int32_t)at));
}

/* gcc's -fipa-stack-alignment leaves out the alignment of section 3.2.2 where it sees that the
 * function does without. */
static void realign(struct code *code, int32_t size)
{
    int32_t pad = size % 16;
    uint32_t aligned = code_label(code);

    x86_ri(code, X86_TEST_MI, X86_W32, RSP, 8);
    x86_jcc(code, CC_NE, aligned);
    if (pad)
        x86_ri(code, X86_SUB_MI, X86_W64, RSP, pad);
    for (int32_t at = 0; at < size; at += 8)
        x86_m1(code, X86_PUSH_M, X86_W64, x86_at(RSP, pad + size));
    code_cfi(code, CFI_DEF_CFA, DWARF_RSP, 8 + pad + size);
    code_fix(code, X86_CALL_LABEL, 0, aligned);
    if (size)
        x86_ri(code, X86_ADD_MI, X86_W64, RSP, pad + size);
    code_cfi(code, CFI_DEF_CFA, DWARF_RSP, 8);
    x86_none(code, X86_RET);
    code_bind(code, aligned);
}

void x86_prologue(struct code *code, const struct frame *frame)
{
    int32_t size = reserved(frame), cfa = 8;

    if (frame->entered)
        x86_none(code, X86_ENDBR64);
    if (frame->realigns)
        realign(code, (int32_t)frame->incoming);
    for (unsigned i = 0; i < SAVED && frame->saved; i++)
        if (frame->saved & REG_BIT(saved_order[i].reg)) {
            x86_o(code, X86_PUSH, X86_W64, saved_order[i].reg);
            cfa += 8;
            code_cfi(code, CFI_DEF_CFA, DWARF_RSP, cfa);
            code_cfi(code, CFI_OFFSET, saved_order[i].dwarf, -cfa);
        }
    if (size) {
        if (size == 8)
            x86_o(code, X86_PUSH, X86_W64, RAX);
        else
            x86_ri(code, X86_SUB_MI, X86_W64, RSP, size);
        /* No page is passed over, so that the stack's guard page is met. */
        for (int32_t at = size - PAGE; at >= 0; at -= PAGE)
            x86_m(code, X86_TEST_MR, X86_W64, RAX, x86_at(RSP, at));
        code_cfi(code, CFI_DEF_CFA, DWARF_RSP, cfa + size);
    }
    move_vectors(code, frame, X86_MOVUPS_MR, frame->vectors, 0);
    move_generals(code, X86_MOV_MR, frame->params, frame->params_at);
    if (frame->preserves)
        move_full(code, frame, SYMBOL_SAVE_VECTORS);
}

void x86_epilogue(struct code *code, const struct frame *frame)
{
    int32_t size = reserved(frame), cfa = 8 + pushed(frame);

    if (cfa + size == 8)
        return;
    code_cfi(code, CFI_REMEMBER, 0, 0);
    move_full(code, frame, SYMBOL_LOAD_VECTORS);
    if (frame->preserves)
        move_vectors(code, frame, X86_MOVUPS_RM, frame->vectors, 0);
    move_vectors(code, frame, X86_MOVUPS_RM, frame->results, frame->results_at);
    move_generals(code, X86_MOV_RM, frame->left, frame->left_at);
    if (frame->area && frame->spare != REG_NONE)
        x86_m(code, X86_MOV_RM, X86_W64, frame->spare, x86_at(RSP, (int32_t)frame->spare_at));
    for (uint32_t i = frame->x87; i-- > 0;)
        x86_m1(code, X86_FLD_T, X86_W32, x86_at(RSP, (int32_t)(frame->x87_at + 16 * i)));
    if (size) {
        if (size == 8 && !frame->pushes) /* no hook: nothing returns or is handed on in rcx */
            x86_o(code, X86_POP, X86_W64, RCX);
        else
            x86_ri(code, X86_ADD_MI, X86_W64, RSP, size);
        code_cfi(code, CFI_DEF_CFA, DWARF_RSP, cfa);
    }
    for (unsigned i = SAVED; i-- > 0 && frame->saved;)
        if (frame->saved & REG_BIT(saved_order[i].reg)) {
            x86_o(code, X86_POP, X86_W64, saved_order[i].reg);
            cfa -= 8;
            code_cfi(code, CFI_DEF_CFA, DWARF_RSP, cfa);
            code_cfi(code, CFI_RESTORE, saved_order[i].dwarf, 0);
        }
}

void x86_left(struct code *code, const struct frame *frame)
{
    if (pushed(frame) + reserved(frame))
        code_cfi(code, CFI_RECALL, 0, 0);
}

/* ---- Hooks ---- */

/* Where the frame address lies from rsp. */
static int32_t height(const struct frame *frame)
{
    return reserved(frame) + pushed(frame) + 8;
}

void x86_emit_area(struct emit *e)
{
    x86_m(e->code, X86_LEA, X86_W64, e->to, x86_at(RSP, (int32_t)e->node->imm));
}

void x86_emit_incoming(struct emit *e)
{
    x86_m(e->code, X86_LEA, X86_W64, e->to, x86_at(RSP, height(e->frame) + (int32_t)e->node->imm));
}

/* Pushes the arguments on the stack once more, the last one first. As rsp moves on with the words,
 * each is as far from it as the one before. */
static void push_incoming(struct emit *e, int32_t size, struct x86_mem word)
{
    struct code *code = e->code;
    uint32_t again = code_label(code);

    if (size <= 64 || e->frame->left) {
        for (int32_t at = 0; at < size; at += 8)
            x86_m1(code, X86_PUSH_M, X86_W64, word);
        return;
    }
    x86_mov_imm(code, X86_SCRATCH, (uint64_t)size);
    code_bind(code, again);
    x86_m1(code, X86_PUSH_M, X86_W64, word);
    x86_ri(code, X86_SUB_MI, X86_W64, X86_SCRATCH, 8);
    x86_jcc(code, CC_NE, again);
}

static void call_with_copy(struct emit *e, int32_t size)
{
    struct code *code = e->code;
    int32_t pad = FAULT(copy_aligned, size % 16, 0), up = height(e->frame);

    if (pad)
        x86_ri(code, X86_SUB_MI, X86_W64, RSP, pad);
    push_incoming(e, size, x86_at(RSP, up + FAULT(copy_from, pad, 0) + size - 8));
    code_cfi(code, CFI_DEF_CFA, DWARF_RSP, up + pad + size);
    x86_call_symbol(code, SYMBOL_NEXT, 0);
    x86_ri(code, X86_ADD_MI, X86_W64, RSP, pad + size);
    code_cfi(code, CFI_DEF_CFA, DWARF_RSP, up);
}

/* The same where some argument is aligned to more than the stack is. */
static void call_with_aligned_copy(struct emit *e, int32_t size, int32_t align)
{
    struct code *code = e->code;
    bool saved = e->frame->saved & REG_BIT(RBP);
    int32_t up = height(e->frame) + 8;

    x86_o(code, X86_PUSH, X86_W64, RBP);
    x86_r(code, X86_MOV_MR, X86_W64, RSP, RBP);
    code_cfi(code, CFI_DEF_CFA, DWARF_RBP, up);
    if (!saved)
        code_cfi(code, CFI_OFFSET, DWARF_RBP, -up);
    x86_ri(code, X86_AND_MI, X86_W64, RSP, -align);
    if (size % align)
        x86_ri(code, X86_SUB_MI, X86_W64, RSP, align - size % align);
    for (int32_t at = size; at > 0; at -= 8)
        x86_m1(code, X86_PUSH_M, X86_W64, x86_at(RBP, up + at - 8));
    x86_call_symbol(code, SYMBOL_NEXT, 0);
    x86_r(code, X86_MOV_MR, X86_W64, RBP, RSP);
    x86_o(code, X86_POP, X86_W64, RBP);
    code_cfi(code, CFI_DEF_CFA, DWARF_RSP, up - 8);
    if (!saved)
        code_cfi(code, CFI_RESTORE, DWARF_RBP, 0);
}

void x86_emit_call_next(struct emit *e)
{
    int32_t size = (int32_t)e->node->imm, align = (int32_t)(e->node->imm >> 32);

    if (!size)
        x86_call_symbol(e->code, SYMBOL_NEXT, 0);
    else if (align <= 16)
        call_with_copy(e, size);
    else
        call_with_aligned_copy(e, size, align);
    move_vectors(e->code, e->frame, X86_MOVUPS_MR, e->frame->results, e->frame->results_at);
    move_generals(e->code, X86_MOV_MR, e->frame->left, e->frame->left_at);
    for (uint32_t i = 0; i < e->frame->x87; i++)
        x86_m1(e->code, X86_FSTP_T, X86_W32, x86_at(RSP, (int32_t)(e->frame->x87_at + 16 * i)));
    if (!e->frame->preserves)
        move_full(e->code, e->frame, SYMBOL_SAVE_VECTORS);
}

/* It is there already. */
void x86_emit_result(struct emit *e)
{
    (void)e;
}

void x86_emit_next(struct emit *e)
{
    x86_epilogue(e->code, e->frame);
    x86_jmp_symbol(e->code, SYMBOL_NEXT, 0);
    x86_left(e->code, e->frame);
}

void x86_emit_vcpu(struct emit *e)
{
    x86_mov_thread(e->code, e->to, SYMBOL_VCPU, 0);
}

void x86_emit_thread(struct emit *e)
{
    x86_mov_thread_pointer(e->code, e->to);
    x86_ri(e->code, X86_ADD_MI, X86_W64, e->to, INT32_MAX); /* so that it has four bytes */
    code_reloc(e->code, X86_TPOFF32, 4, e->node->symbol.kind, e->node->symbol.index, 0);
}

void x86_emit_lease(struct emit *e)
{
    x86_call_symbol(e->code, SYMBOL_LEASE, 0);
    x86_emit_vcpu(e);
}

/* In a function that gives all registers back the result takes the place of what rax was. */
void x86_emit_ret(struct emit *e)
{
    int32_t at = reserved(e->frame);
    if (FAULT(hook_result, e->frame->saved & REG_BIT(RAX) && e->frame->returns, 0)) {
        x86_m(e->code, X86_MOV_MR, X86_W64, RAX, x86_at(RSP, at));
        at += 8;
    }
    if (e->node->op == IR_RETURN_PAIR && e->frame->saved & REG_BIT(RDX) && e->frame->returns)
        x86_m(e->code, X86_MOV_MR, X86_W64, RDX, x86_at(RSP, at));
    x86_epilogue(e->code, e->frame);
    x86_none(e->code, X86_RET);
    x86_left(e->code, e->frame);
}
