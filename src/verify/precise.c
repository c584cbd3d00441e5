/* SPDX-License-Identifier: Apache-2.0 */
/* Which numbers matter. A kept state covers another one if what was found safe from it on is safe
 * from the other, too. Most numbers have no part in that: a kept state's number counts only where
 * it is marked precise. It is marked here: whenever the walk relies on a number (as an offset, a
 * size, to decide a jump), its origins are traced back through the instructions walked, and marked
 * in each kept state that is passed.
 *
 * What must hold: a mark missing is unsound, one too many only costs walking. */
#include "verify/local.h"

static bool has(const struct places *p, unsigned frame, unsigned place)
{
    return place < PLACE_SLOT ? p->regs[frame] >> place & 1
                              : p->slots[frame] >> (place - PLACE_SLOT) & 1;
}

static void add(struct places *p, unsigned frame, unsigned place)
{
    if (place < PLACE_SLOT)
        p->regs[frame] |= (uint16_t)(1u << place);
    else
        p->slots[frame] |= (uint64_t)1 << (place - PLACE_SLOT);
}

static bool none(const struct places *p)
{
    uint64_t any = 0;
    for (unsigned f = 0; f < VERIFY_FRAMES; f++)
        any |= p->regs[f] | p->slots[f];
    return !any;
}

/* Numbers known to be equal were sharpened together: if one matters, all do. */
static void back_links(const struct verifier *v, struct places *p, uint32_t links)
{
    bool any = false;

    for (uint32_t i = links; v->links.at[i] != UINT16_MAX; i++)
        any |= has(p, v->links.at[i] >> 8, v->links.at[i] & 255);
    for (uint32_t i = links; any && v->links.at[i] != UINT16_MAX; i++)
        add(p, v->links.at[i] >> 8, v->links.at[i] & 255);
}

static void back_alu(struct places *p, unsigned f, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint16_t dst = (uint16_t)(1u << insn.dst);

    if (!(p->regs[f] & dst))
        return;
    p->regs[f] &= (uint16_t)~dst;
    p->regs[f] |= insn_reads(insn);
    if (row->src_reg && insn.dst == insn.src && (row->op == OP_SUB || row->op == OP_XOR))
        p->regs[f] &= (uint16_t)~dst;
}

static void back_step(const struct verifier *v, struct places *p, const struct step *step)
{
    struct insn insn = v->prog->insns[step->at];
    const struct insn_row *row = insn_row(insn);
    unsigned f = step->frame;
    uint64_t slot = (uint64_t)1 << (step->slot & 63);

    switch (step->kind) {
    case STEP_ENTER: /* what the callee got */
        p->regs[f] |= p->regs[f + 1] & 0x3e;
        p->regs[f + 1] = 0, p->slots[f + 1] = 0;
        return;
    case STEP_CALLBACK:
        if (step->slot && p->regs[f + 1] >> step->slot & 1)
            p->regs[f] |= (uint16_t)(1u << step->slot_frame);
        p->regs[f + 1] = 0, p->slots[f + 1] = 0;
        return;
    case STEP_RETURN: /* r0 is the callee's, r1-r5 are gone */
        p->regs[f] = p->regs[f - 1] & 1;
        p->regs[f - 1] &= (uint16_t)~0x3f;
        return;
    case STEP_AGAIN: return;
    case STEP_TAIL:
        if (f)
            p->regs[f - 1] &= (uint16_t)~0x3f;
        return;
    case STEP_FILL:
        if (p->regs[f] >> insn.dst & 1) {
            p->regs[f] &= (uint16_t)~(1u << insn.dst);
            p->slots[step->slot_frame] |= slot;
        }
        return;
    case STEP_SPILL:
        if (p->slots[step->slot_frame] & slot) {
            p->slots[step->slot_frame] &= ~slot;
            if (row->kind != INSN_KIND_ST)
                p->regs[f] |= (uint16_t)(1u << insn.src);
        }
        return;
    default: break;
    }
    switch (row->kind) {
    case INSN_KIND_ALU:
    case INSN_KIND_SWAP: back_alu(p, f, insn); return;
    case INSN_KIND_JUMP:
        if (row->src_reg && p->regs[f] & insn_reads(insn))
            p->regs[f] |= insn_reads(insn);
        if (step->links)
            back_links(v, p, step->links);
        return;
    default: p->regs[f] &= (uint16_t)~insn_writes(insn); return;
    }
}

/* Marks the places in a kept state; those marked already, or no numbers there, are done with. */
static void mark_kept(struct state *kept, struct places *p)
{
    for (unsigned f = 0; f < kept->depth; f++) {
        struct frame *frame = kept->frames[f];
        for (unsigned r = 0; r < REGS; r++) {
            struct reg *reg = &frame->regs[r];
            if (!(p->regs[f] >> r & 1))
                continue;
            if (reg->kind != REG_SCALAR || reg->flags & REG_PRECISE)
                p->regs[f] &= (uint16_t)~(1u << r);
            reg->flags |= REG_PRECISE;
        }
        for (unsigned i = 0; i < STACK_SLOTS; i++) {
            struct slot *slot = i < frame->slot_count ? &frame->slots[i] : NULL;
            if (!(p->slots[f] >> i & 1))
                continue;
            if (!slot || slot->bytes[0] != BYTE_SPILL || slot->reg.kind != REG_SCALAR ||
                slot->reg.flags & REG_PRECISE)
                p->slots[f] &= ~((uint64_t)1 << i);
            else
                slot->reg.flags |= REG_PRECISE;
        }
    }
}

void precise_mark(struct verifier *v, const struct state *state, struct places *places)
{
    for (struct node *node = state->node; node; node = node->parent) {
        for (uint32_t i = node->first + node->count; i > node->first && !none(places); i--)
            back_step(v, places, &v->steps.at[i - 1]);
        if (node->kept)
            mark_kept(node->kept, places);
        if (none(places))
            return;
    }
}

void precise_reg(struct verifier *v, const struct state *state, unsigned reg)
{
    struct places places = { 0 };

    if (state_top(state)->regs[reg].kind != REG_SCALAR)
        return;
    places.regs[state->depth - 1] = (uint16_t)(1u << reg);
    precise_mark(v, state, &places);
}
