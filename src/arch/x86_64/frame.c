/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64 stack frames (System V ABI, AMD64 supplement, section 3.2.2):
 *
 *     return address        <- frame address - 8
 *     saved registers, pushed in the order of `saved_order`
 *     slots, the first one lowest
 *     8 bytes if needed to align  <- rsp
 *
 * A function that calls nothing keeps its slots in the 128 bytes below rsp that signal handlers
 * leave alone, if they fit; one that needs nothing has no frame at all. */
#include "arch/x86_64/local.h"

enum { RED_ZONE = 128, PAGE = 4096 };

static const struct {
    uint8_t reg, dwarf;
} saved_order[] = { { RBX, 3 }, { RBP, 6 }, { R12, 12 }, { R13, 13 }, { R14, 14 }, { R15, 15 } };
enum { SAVED = sizeof saved_order / sizeof saved_order[0], DWARF_RSP = 7 };

static int32_t pushed(const struct frame *frame)
{
    return 8 * __builtin_popcountll(frame->saved);
}

/* Bytes below the saved registers that rsp is moved by. */
static int32_t reserved(const struct frame *frame)
{
    int32_t slots = (int32_t)frame->slots * 8;
    if (!frame->calls)
        return slots <= RED_ZONE ? 0 : slots;
    return slots + (8 + pushed(frame) + slots) % 16;
}

static struct x86_mem slot_at(const struct frame *frame, uint32_t slot)
{
    int32_t below = reserved(frame) ? 0 : (int32_t)frame->slots * 8;
    return x86_at(RSP, (int32_t)slot * 8 - below);
}

void x86_load_slot(struct code *code, const struct frame *frame, uint8_t to, uint32_t slot)
{
    x86_m(code, X86_MOV_RM, X86_W64, to, slot_at(frame, slot));
}

void x86_store_slot(struct code *code, const struct frame *frame, uint32_t slot, uint8_t from)
{
    x86_m(code, X86_MOV_MR, X86_W64, from, slot_at(frame, slot));
}

void x86_prologue(struct code *code, const struct frame *frame)
{
    int32_t size = reserved(frame), cfa = 8;

    if (frame->entered)
        x86_none(code, X86_ENDBR64);
    for (unsigned i = 0; i < SAVED; i++)
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
}

void x86_epilogue(struct code *code, const struct frame *frame)
{
    int32_t size = reserved(frame), cfa = 8 + pushed(frame);

    if (cfa + size == 8)
        return;
    code_cfi(code, CFI_REMEMBER, 0, 0);
    if (size) {
        x86_ri(code, X86_ADD_MI, X86_W64, RSP, size);
        code_cfi(code, CFI_DEF_CFA, DWARF_RSP, cfa);
    }
    for (unsigned i = SAVED; i-- > 0;)
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
