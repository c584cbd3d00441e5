/* SPDX-License-Identifier: Apache-2.0 */
/* Liveness of registers and stack slots over each function's graph: a kept state forgets what no
 * path reads any more, so that it covers more. It errs on the side of live.
 *
 * Which slot an instruction reads is known while its address is r10 plus a constant; `fp` follows
 * that. Where an address of the stack is itself stored, all slots of the function stay live. */
#include "verify/local.h"

enum { FP_UNSEEN = INT32_MIN, FP_NOT, FP_ANY, FP_LEAST };

struct fp {
    int32_t regs[REGS]; /* FP_*, or the distance from r10 */
};

#define ALL_SLOTS UINT64_MAX

static bool is_fp(int32_t fp)
{
    return fp >= FP_ANY;
}

/* Slots that hold bytes [off, off + size) from r10. */
static uint64_t slots_of(int64_t off, int64_t size)
{
    int64_t low = off < -STACK_MAX ? -STACK_MAX : off, high = off + size > 0 ? 0 : off + size;
    uint64_t slots = 0;

    for (; low < high; low = (low & ~(int64_t)7) + 8)
        slots |= (uint64_t)1 << (-low - 1) / 8;
    return slots;
}

/* Slots that an access through a register may read. */
static uint64_t reads_at(int32_t fp, int16_t off, unsigned size)
{
    if (!is_fp(fp))
        return 0;
    return fp < FP_LEAST ? ALL_SLOTS : slots_of((int64_t)fp + off, size);
}

/* ---- Forward: which registers point into the own stack, and where ---- */

static int32_t moved(int32_t fp, int64_t by)
{
    int64_t to = fp + by;
    return fp < FP_LEAST || to < -2 * STACK_MAX || to > 2 * STACK_MAX ? FP_ANY : (int32_t)to;
}

static void follow_alu(struct fp *fp, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    int32_t dst = fp->regs[insn.dst];
    int32_t src = row->src_reg ? fp->regs[insn.src] : FP_NOT;

    if (row->op == OP_MOV || row->op >= OP_SEXT8)
        dst = row->bits == 64 && row->op == OP_MOV && row->src_reg ? src : FP_NOT;
    else if (row->bits == 64 && (row->op == OP_ADD || row->op == OP_SUB) && is_fp(dst) &&
             !row->src_reg)
        dst = moved(dst, row->op == OP_ADD ? insn.imm : -(int64_t)insn.imm);
    else
        dst = is_fp(dst) || is_fp(src) ? FP_ANY : FP_NOT;
    fp->regs[insn.dst] = dst;
}

static bool passes_fp(const struct fp *fp)
{
    for (unsigned r = 1; r <= 5; r++)
        if (is_fp(fp->regs[r]))
            return true;
    return false;
}

/* True if an address of the stack is stored. */
static bool follow(struct fp *fp, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint16_t writes = insn_writes(insn);
    int32_t result = FP_NOT;

    if (row->kind == INSN_KIND_ALU) {
        follow_alu(fp, insn);
        return false;
    }
    if ((row->kind == INSN_KIND_STX || row->kind == INSN_KIND_ATOMIC) && row->op != OP_LOAD_ACQ &&
        is_fp(fp->regs[insn.src]))
        return true;
    if ((insn.id == INSN_CALL_LOCAL || row->kind == INSN_KIND_CALLX) && passes_fp(fp))
        result = FP_ANY;
    for (unsigned r = 0; r < 10; r++)
        if (writes & 1 << r)
            fp->regs[r] = r ? FP_NOT : result;
    return false;
}

static bool join(struct fp *into, const struct fp *from)
{
    bool changed = false;

    for (unsigned r = 0; r < REGS; r++) {
        int32_t a = into->regs[r], b = from->regs[r];
        int32_t both = a == FP_UNSEEN || a == b ? b : is_fp(a) || is_fp(b) ? FP_ANY : FP_NOT;
        changed |= both != a;
        into->regs[r] = both;
    }
    return changed;
}

struct flow {
    struct verifier *v;
    const struct cfg *cfg;
    struct fp *entry; /* per block */
    bool escapes;     /* an address of its stack is stored */
};

static void find_fp(struct flow *f)
{
    bool again = true;

    f->entry = arena_array_of(f->v->scratch, f->cfg->count, struct fp);
    for (uint32_t b = 0; b < f->cfg->count; b++)
        for (unsigned r = 0; r < REGS; r++)
            f->entry[b].regs[r] = b ? FP_UNSEEN : r == 10 ? 0 : FP_NOT;
    while (again && !f->escapes) {
        again = false;
        for (uint32_t o = 0; o < f->cfg->order_count; o++) {
            const struct cfg_block *block = &f->cfg->blocks[f->cfg->order[o]];
            struct fp fp = f->entry[f->cfg->order[o]];
            for (uint32_t i = block->start; i < block->end; i++)
                f->escapes |= follow(&fp, f->v->prog->insns[i]);
            if (block->next != CFG_NONE)
                again |= join(&f->entry[block->next], &fp);
            if (block->jump != CFG_NONE)
                again |= join(&f->entry[block->jump], &fp);
        }
    }
}

/* ---- Backward ---- */

static uint16_t args_read(const struct verifier *v, struct insn insn, uint32_t at)
{
    uint32_t count = 5;

    if (insn.id == INSN_CALL)
        count = env_helper(v->env, (uint32_t)insn.imm)->args;
    else if (insn.id == INSN_CALL_LOCAL)
        count = v->funcs[prog_func_index(v->prog, insn_callee(insn, at))].args;
    return (uint16_t)(((1u << count) - 1) << 1);
}

static uint64_t slots_called(const struct verifier *v, struct insn insn, const struct fp *fp)
{
    const struct helper *helper =
        insn.id == INSN_CALL ? env_helper(v->env, (uint32_t)insn.imm) : NULL;
    uint64_t slots = 0;

    if (!helper || helper->flags & HELPER_CALLS_BACK)
        return passes_fp(fp) ? ALL_SLOTS : 0;
    for (unsigned r = 1; r <= helper->args; r++)
        slots |= reads_at(fp->regs[r], 0, STACK_MAX);
    return slots;
}

static void back(const struct verifier *v, struct live *live, uint32_t at, const struct fp *fp)
{
    struct insn insn = v->prog->insns[at];
    const struct insn_row *row = insn_row(insn);
    uint16_t reads = insn_reads(insn);
    unsigned size = row->bits / 8;
    unsigned base = row->kind == INSN_KIND_LDX || row->op == OP_LOAD_ACQ ? insn.src : insn.dst;

    if (row->kind == INSN_KIND_CALL)
        reads = args_read(v, insn, at);
    live->regs = (uint16_t)((live->regs & ~insn_writes(insn)) | reads);
    switch (row->kind) {
    case INSN_KIND_ST:
    case INSN_KIND_STX:
        if (size == 8 && fp->regs[base] >= FP_LEAST && (fp->regs[base] + insn.off) % 8 == 0)
            live->slots &= ~slots_of(fp->regs[base] + insn.off, 8);
        break;
    case INSN_KIND_LDX:
    case INSN_KIND_ATOMIC: live->slots |= reads_at(fp->regs[base], insn.off, size); break;
    case INSN_KIND_CALL:
    case INSN_KIND_CALLX: live->slots |= slots_called(v, insn, fp); break;
    default: break;
    }
}

/* One block backwards. True if what is live at its beginning grew. */
static bool back_block(const struct flow *f, uint32_t b, struct fp *at)
{
    const struct cfg_block *block = &f->cfg->blocks[b];
    struct verifier *v = f->v;
    struct live live = { 0 }, before = v->live[block->start];
    struct fp fp = f->entry[b];

    for (uint32_t i = block->start; i < block->end; i++) {
        at[i - block->start] = fp;
        follow(&fp, v->prog->insns[i]);
    }
    if (block->next != CFG_NONE) {
        live.regs |= v->live[f->cfg->blocks[block->next].start].regs;
        live.slots |= v->live[f->cfg->blocks[block->next].start].slots;
    }
    if (block->jump != CFG_NONE) {
        live.regs |= v->live[f->cfg->blocks[block->jump].start].regs;
        live.slots |= v->live[f->cfg->blocks[block->jump].start].slots;
    }
    for (uint32_t i = block->end; i-- > block->start;) {
        back(v, &live, i, &at[i - block->start]);
        if (f->escapes)
            live.slots = ALL_SLOTS;
        v->live[i] = live;
    }
    return live.regs != before.regs || live.slots != before.slots;
}

static uint32_t longest_block(const struct cfg *cfg)
{
    uint32_t longest = 0;

    for (uint32_t b = 0; b < cfg->count; b++)
        if (cfg->blocks[b].end - cfg->blocks[b].start > longest)
            longest = cfg->blocks[b].end - cfg->blocks[b].start;
    return longest;
}

static void find_in(struct verifier *v, uint32_t func)
{
    struct flow f = { .v = v, .cfg = v->graphs[func] };
    struct arena_mark mark = arena_mark(v->scratch);
    struct fp *at = arena_array_of(v->scratch, longest_block(f.cfg), struct fp);
    bool again = true;
    uint16_t args;

    find_fp(&f);
    while (again) {
        again = false;
        for (uint32_t o = f.cfg->order_count; o-- > 0;)
            again |= back_block(&f, f.cfg->order[o], at);
    }
    arena_reset(v->scratch, mark);
    args = v->live[v->prog->funcs[func].start].regs >> 1 & 0x1f;
    v->funcs[func].args = (uint8_t)(args ? 32 - __builtin_clz(args) : 0);
}

void live_find(struct verifier *v)
{
    /* Callees first: what they take is what their calls read. */
    for (uint32_t i = v->prog->func_count + 1; i-- > 0;)
        if (v->order[i] < v->prog->func_count)
            find_in(v, v->order[i]);
}

/* ---- Kept states ---- */

struct count_ids {
    uint32_t *ids;
    uint32_t count, room;
};

static void note_id(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    struct count_ids *c = user;

    (void)frame, (void)place;
    if (reg->kind == REG_SCALAR && reg->id > ID_LENGTH && c->count < c->room)
        c->ids[c->count++] = reg->id;
}

/* A tie to nothing is none. */
static void clear_single(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    const struct count_ids *c = user;
    uint32_t same = 0;

    (void)frame, (void)place;
    if (reg->kind != REG_SCALAR || reg->id <= ID_LENGTH)
        return;
    for (uint32_t i = 0; i < c->count && same < 2; i++)
        same += c->ids[i] == reg->id;
    if (same < 2)
        reg->id = 0;
}

void live_clean(const struct verifier *v, struct state *state)
{
    uint32_t ids[64];
    struct count_ids count = { ids, 0, 64 };

    for (uint32_t f = 0; f < state->depth; f++) {
        struct frame *frame = state->frames[f];
        bool top = f + 1 == state->depth;
        uint32_t at = top ? state->at : state->frames[f + 1]->call;
        uint64_t slots = v->live[at].slots;
        uint16_t regs = v->live[at].regs;
        if (!top && !state->frames[f + 1]->is_callback)
            regs = v->live[at + 1].regs & 0x3c0;
        for (unsigned r = 0; r < 10; r++) {
            frame->regs[r].flags &= (uint8_t)~REG_PRECISE;
            if (!(regs >> r & 1))
                frame->regs[r].kind = REG_NONE;
        }
        for (uint32_t i = 0; i < frame->slot_count; i++) {
            frame->slots[i].reg.flags &= (uint8_t)~REG_PRECISE;
            if (!(slots >> i & 1))
                memset(frame->slots[i].bytes, BYTE_NONE, 8);
        }
    }
    state_each(state, note_id, &count);
    if (count.count < count.room)
        state_each(state, clear_single, &count);
}
