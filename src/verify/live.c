/* SPDX-License-Identifier: Apache-2.0 */
/* Liveness of registers and stack slots over each function's graph: a kept state forgets what no
 * path reads any more, so that it covers more. It errs on the side of live.
 *
 * Which slot an instruction reads is known while its address is r10, or an argument, plus a
 * constant: `fp` follows that. Memory behind arguments is tracked in granules of 8 bytes from the
 * argument, so that what a function reads of its callers' stacks is known where it is called.
 * Where such an address is itself stored, everything stays live. */
#include "verify/local.h"

/* A register's value: FP_*, or base << 16 | distance + FP_ZERO; base 0 is r10, n the argument rn.
 */
enum { FP_UNSEEN = INT32_MIN, FP_NOT, FP_ANY, FP_ZERO = 1 << 15 };

#define ALL UINT64_MAX

static int32_t fp_make(unsigned base, int64_t off)
{
    if (off <= -2 * STACK_MAX || off >= 2 * STACK_MAX)
        return FP_ANY;
    return (int32_t)((int64_t)base << 16 | (off + FP_ZERO));
}

static bool fp_tracked(int32_t fp) /* it may point into a stack */
{
    return fp >= FP_ANY;
}

static unsigned fp_base(int32_t fp)
{
    return (unsigned)fp >> 16;
}

static int64_t fp_off(int32_t fp)
{
    return (fp & 0xffff) - FP_ZERO;
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

/* Granules that hold bytes [off, off + size) from an argument; no stack reaches beyond the last. */
static uint64_t granules_of(int64_t off, int64_t size)
{
    uint64_t granules = 0;

    if (off < 0)
        return ALL;
    for (int64_t at = off / 8; at * 8 < off + size && at < STACK_SLOTS; at++)
        granules |= (uint64_t)1 << at;
    return granules;
}

/* What lies `size` bytes from fp + off on may be read. */
static void read_at(struct live *live, int32_t fp, int64_t off, int64_t size)
{
    if (fp < 0) {
        if (fp_tracked(fp)) {
            live->slots = ALL;
            memset(live->args, 0xff, sizeof live->args);
        }
    } else if (fp_base(fp) == 0) {
        live->slots |= slots_of(fp_off(fp) + off, size);
    } else {
        live->args[fp_base(fp) - 1] |= granules_of(fp_off(fp) + off, size);
    }
}

/* A callee may read these granules from its argument, which is fp here. */
static void read_granules(struct live *live, int32_t fp, uint64_t granules)
{
    if (granules == ALL && fp_tracked(fp)) {
        if (fp >= 0 && fp_base(fp))
            live->args[fp_base(fp) - 1] = ALL;
        else
            read_at(live, fp < 0 ? fp : fp_make(0, 0), -STACK_MAX, STACK_MAX);
        return;
    }
    for (int64_t g = 0; granules >> g; g++) {
        if (granules >> g & 1)
            read_at(live, fp, 8 * g, 8);
        if (g == 63)
            break;
    }
}

/* All 8 bytes at fp + off are written. */
static void write_at(struct live *live, int32_t fp, int64_t off)
{
    if (fp < 0 || (fp_off(fp) + off) % 8)
        return;
    if (fp_base(fp) == 0)
        live->slots &= ~slots_of(fp_off(fp) + off, 8);
    else if (fp_off(fp) + off >= 0)
        live->args[fp_base(fp) - 1] &= ~granules_of(fp_off(fp) + off, 8);
}

/* ---- Forward: which registers point into stacks, and where ---- */

static void follow_alu(struct fp *fp, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    int32_t dst = fp->regs[insn.dst];
    int32_t src = row->src_reg ? fp->regs[insn.src] : FP_NOT;

    if (row->op == OP_MOV || row->op >= OP_SEXT8)
        dst = row->bits == 64 && row->op == OP_MOV && row->src_reg ? src : FP_NOT;
    else if (row->bits == 64 && (row->op == OP_ADD || row->op == OP_SUB) && dst >= 0 &&
             !row->src_reg)
        dst = fp_make(fp_base(dst),
                      fp_off(dst) + (row->op == OP_ADD ? insn.imm : -(int64_t)insn.imm));
    else
        dst = fp_tracked(dst) || fp_tracked(src) ? FP_ANY : FP_NOT;
    fp->regs[insn.dst] = dst;
}

static bool passes_fp(const struct fp *fp)
{
    for (unsigned r = 1; r <= 5; r++)
        if (fp_tracked(fp->regs[r]))
            return true;
    return false;
}

/* Whether what is called back may store addresses of stacks that it is given. */
static bool callbacks_escape(const struct verifier *v, struct insn insn)
{
    if (insn.id != INSN_CALL ||
        !(env_helper(v->env, (uint32_t)insn.imm)->flags & HELPER_CALLS_BACK))
        return false;
    for (uint32_t i = 0; i < v->prog->func_count; i++)
        if (v->funcs[i].is_token && v->escapes[i])
            return true;
    return false;
}

/* True if an address of a stack gets into memory. */
static bool follow(const struct verifier *v, struct fp *fp, uint32_t at)
{
    struct insn insn = v->prog->insns[at];
    const struct insn_row *row = insn_row(insn);
    uint16_t writes = insn_writes(insn);
    int32_t result = FP_NOT;
    bool stored = false;

    if (row->kind == INSN_KIND_ALU) {
        follow_alu(fp, insn);
        return false;
    }
    if (row->kind == INSN_KIND_STX || (row->kind == INSN_KIND_ATOMIC && row->op != OP_LOAD_ACQ))
        stored = row->bits == 64 && fp_tracked(fp->regs[insn.src]);
    if ((insn.id == INSN_CALL_LOCAL || row->kind == INSN_KIND_CALLX) && passes_fp(fp)) {
        if (row->kind == INSN_KIND_CALLX ||
            v->returns[prog_func_index(v->prog, insn_callee(insn, at))])
            result = FP_ANY;
        stored = row->kind == INSN_KIND_CALLX ||
                 v->escapes[prog_func_index(v->prog, insn_callee(insn, at))];
    }
    stored |= passes_fp(fp) && callbacks_escape(v, insn);
    for (unsigned r = 0; r < 10; r++)
        if (writes & 1 << r)
            fp->regs[r] = r ? FP_NOT : result;
    return stored;
}

static bool join(struct fp *into, const struct fp *from)
{
    bool changed = false;

    for (unsigned r = 0; r < REGS; r++) {
        int32_t a = into->regs[r], b = from->regs[r];
        int32_t both = a == FP_UNSEEN || a == b         ? b
                       : fp_tracked(a) || fp_tracked(b) ? FP_ANY
                                                        : FP_NOT;
        changed |= both != a;
        into->regs[r] = both;
    }
    return changed;
}

struct flow {
    struct verifier *v;
    const struct cfg *cfg;
    struct fp *entry; /* per block */
    bool escapes;     /* an address of a stack is stored */
};

static void find_fp(struct flow *f, uint32_t func)
{
    bool again = true;

    f->entry = arena_array_of(f->v->scratch, f->cfg->count, struct fp);
    for (uint32_t b = 0; b < f->cfg->count; b++)
        for (unsigned r = 0; r < REGS; r++)
            f->entry[b].regs[r] = b                     ? FP_UNSEEN
                                  : r == 10             ? fp_make(0, 0)
                                  : r && r <= 5 && func ? fp_make(r, 0)
                                                        : FP_NOT;
    while (again && !f->escapes) {
        again = false;
        for (uint32_t o = 0; o < f->cfg->order_count; o++) {
            const struct cfg_block *block = &f->cfg->blocks[f->cfg->order[o]];
            struct fp fp = f->entry[f->cfg->order[o]];
            for (uint32_t i = block->start; i < block->end; i++)
                f->escapes |= follow(f->v, &fp, i);
            if (f->v->prog->insns[block->end - 1].id == INSN_EXIT && fp_tracked(fp.regs[0]))
                f->v->returns[func] = true;
            if (block->next != CFG_NONE)
                again |= join(&f->entry[block->next], &fp);
            if (block->jump != CFG_NONE)
                again |= join(&f->entry[block->jump], &fp);
        }
    }
    f->v->escapes[func] = f->escapes;
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

/* Whether the helper reads memory through the argument, or hands it to what does. */
static bool is_memory(uint32_t arg)
{
    switch (ARG_KIND(arg)) {
    case ARG_KEY:
    case ARG_VALUE:
    case ARG_MEMORY:
    case ARG_FIXED:
    case ARG_STRING:
    case ARG_STACK:
    case ARG_RECORD: return true;
    default: return false;
    }
}

/* What a call reads of stacks. */
static void back_call(struct verifier *v, struct live *live, uint32_t at, const struct fp *fp)
{
    struct insn insn = v->prog->insns[at];

    if (insn.id == INSN_CALL_LOCAL) {
        uint32_t callee = (uint32_t)prog_func_index(v->prog, insn_callee(insn, at));
        const struct live *there = &v->live[v->prog->funcs[callee].start];
        if (!v->call_fp[at])
            v->call_fp[at] = arena_new_of(v->scratch, struct fp);
        *v->call_fp[at] = *fp;
        for (unsigned r = 1; r <= 5; r++)
            read_granules(live, fp->regs[r], there->args[r - 1]);
    } else if (insn.id == INSN_CALL) {
        const struct helper *helper = env_helper(v->env, (uint32_t)insn.imm);
        for (unsigned r = 1; r <= helper->args; r++)
            if (!is_memory(helper->arg[r - 1]))
                continue;
            else if (helper->flags & HELPER_CALLS_BACK)
                read_granules(live, fp->regs[r], ALL);
            else
                read_at(live, fp->regs[r], 0, STACK_MAX);
    } else if (passes_fp(fp)) {
        read_at(live, FP_ANY, 0, 0);
    }
}

static void back(struct verifier *v, struct live *live, uint32_t at, const struct fp *fp)
{
    struct insn insn = v->prog->insns[at];
    const struct insn_row *row = insn_row(insn);
    uint16_t reads = row->kind == INSN_KIND_CALL ? args_read(v, insn, at) : insn_reads(insn);
    unsigned size = row->bits / 8;
    unsigned base = row->kind == INSN_KIND_LDX || row->op == OP_LOAD_ACQ ? insn.src : insn.dst;

    live->regs = (uint16_t)((live->regs & ~insn_writes(insn)) | reads);
    switch (row->kind) {
    case INSN_KIND_ST:
    case INSN_KIND_STX:
        if (size == 8)
            write_at(live, fp->regs[base], insn.off);
        break;
    case INSN_KIND_LDX:
    case INSN_KIND_ATOMIC: read_at(live, fp->regs[base], insn.off, size); break;
    case INSN_KIND_CALL:
    case INSN_KIND_CALLX: back_call(v, live, at, fp); break;
    default: break;
    }
}

static void add_live(struct live *to, const struct live *from)
{
    to->regs |= from->regs;
    to->slots |= from->slots;
    for (unsigned i = 0; i < 5; i++)
        to->args[i] |= from->args[i];
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
        follow(v, &fp, i);
    }
    if (block->next != CFG_NONE)
        add_live(&live, &v->live[f->cfg->blocks[block->next].start]);
    if (block->jump != CFG_NONE)
        add_live(&live, &v->live[f->cfg->blocks[block->jump].start]);
    for (uint32_t i = block->end; i-- > block->start;) {
        back(v, &live, i, &at[i - block->start]);
        if (f->escapes)
            read_at(&live, FP_ANY, 0, 0);
        v->live[i] = live;
    }
    return memcmp(&live, &before, sizeof live) != 0;
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
    struct fp *at = arena_array_of(v->scratch, longest_block(f.cfg), struct fp);
    bool again = true;
    uint16_t args;

    find_fp(&f, func);
    while (again) {
        again = false;
        for (uint32_t o = f.cfg->order_count; o-- > 0;)
            again |= back_block(&f, f.cfg->order[o], at);
    }
    args = v->live[v->prog->funcs[func].start].regs >> 1 & 0x1f;
    v->funcs[func].args = (uint8_t)(args ? 32 - __builtin_clz(args) : 0);
}

void live_find(struct verifier *v)
{
    v->live = arena_array_of(v->scratch, v->prog->count + 1u, struct live);
    v->call_fp = arena_array_of(v->scratch, v->prog->count, struct fp *);
    v->escapes = arena_array_of(v->scratch, v->prog->func_count, bool);
    v->returns = arena_array_of(v->scratch, v->prog->func_count, bool);
    /* Callees first: what they read is what their calls read. */
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

/* What is live in the frame that called `callee`, in which `above` is live. */
static struct live live_below(const struct verifier *v, const struct frame *callee,
                              const struct live *above)
{
    const struct fp *fp = v->call_fp[callee->call];
    struct live live;

    if (callee->is_callback || !fp)
        return v->live[callee->call];
    live = v->live[callee->call + 1];
    live.regs &= 0x3c0; /* r0 is the result, r1-r5 are gone */
    for (unsigned r = 1; r <= 5; r++)
        read_granules(&live, fp->regs[r], above->args[r - 1]);
    return live;
}

void live_clean(const struct verifier *v, struct state *state)
{
    uint32_t ids[64];
    struct count_ids count = { ids, 0, 64 };
    struct live live = { 0 };

    for (uint32_t f = state->depth; f-- > 0;) {
        struct frame *frame = state->frames[f];
        live =
            f + 1 == state->depth ? v->live[state->at] : live_below(v, state->frames[f + 1], &live);
        for (unsigned r = 0; r < 10; r++) {
            frame->regs[r].flags &= (uint8_t)~REG_PRECISE;
            if (!(live.regs >> r & 1))
                frame->regs[r].kind = REG_NONE;
        }
        for (uint32_t i = 0; i < frame->slot_count; i++) {
            frame->slots[i].reg.flags &= (uint8_t)~REG_PRECISE;
            if (!(live.slots >> i & 1))
                memset(frame->slots[i].bytes, BYTE_NONE, 8);
        }
    }
    state_each(state, note_id, &count);
    if (count.count < count.room)
        state_each(state, clear_single, &count);
}
