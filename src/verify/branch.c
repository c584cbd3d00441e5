/* SPDX-License-Identifier: Apache-2.0 */
/* Jumps: what their condition says of numbers, NULL and the packet's length on either way. */
#include "verify/local.h"

/* The farthest from its base that a pointer may be for a comparison with the end to count: beyond
 * it, the sum could have wrapped. */
enum { PACKET_MAX = 0xffff, RAW_MAX = 1 << 24 };

/* ---- Ties between equal numbers ---- */

struct tie {
    struct verifier *v;
    uint32_t ids[2];
    const struct scalar *nums[2];
    uint32_t count;
};

static bool tied(const struct tie *tie, const struct reg *reg, unsigned which)
{
    return reg->kind == REG_SCALAR && tie->ids[which] && reg->id == tie->ids[which];
}

static void note_tied(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    struct tie *tie = user;

    if (!tied(tie, reg, 0) && !tied(tie, reg, 1))
        return;
    vec_push(tie->v->scratch, &tie->v->links, (uint16_t)(frame << 8 | place));
    tie->count++;
}

static void sharpen_tied(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    struct tie *tie = user;

    (void)frame, (void)place;
    for (unsigned i = 0; i < 2; i++)
        if (tied(tie, reg, i))
            reg->num = *tie->nums[i];
}

/* Records in the step which places are sharpened together. */
static void note_links(struct verifier *v, struct state *state, struct insn insn, uint32_t a,
                       uint32_t b)
{
    struct tie tie = { .v = v, .ids = { a, b } };
    uint32_t first = v->links.count;

    if (!a && !b)
        return;
    if (insn_row(insn)->src_reg) {
        vec_push(v->scratch, &v->links, (uint16_t)((state->depth - 1) << 8 | insn.dst));
        vec_push(v->scratch, &v->links, (uint16_t)((state->depth - 1) << 8 | insn.src));
    }
    state_each(state, note_tied, &tie);
    vec_push(v->scratch, &v->links, UINT16_MAX);
    if (tie.count > 1 || insn_row(insn)->src_reg)
        v->step.links = first;
    else
        v->links.count = first;
}

static void put(struct verifier *v, struct state *state, struct insn insn, const struct scalar *a,
                const struct scalar *b)
{
    struct reg *regs = state_top(state)->regs;
    bool two = insn_row(insn)->src_reg;
    struct tie tie = { .v = v,
                       .ids = { regs[insn.dst].id, two ? regs[insn.src].id : 0 },
                       .nums = { a, b } };

    for (unsigned i = 0; i < 2; i++)
        if (tie.ids[i] == ID_LENGTH && tie.nums[i]->full.umin > state->length)
            state->length = tie.nums[i]->full.umin;
    regs[insn.dst].num = *a;
    if (two)
        regs[insn.src].num = *b;
    if (tie.ids[0] || tie.ids[1])
        state_each(state, sharpen_tied, &tie);
}

/* Both operands matter. */
static void rely(struct verifier *v, const struct state *state, struct insn insn)
{
    precise_reg(v, state, insn.dst);
    if (insn_row(insn)->src_reg)
        precise_reg(v, state, insn.src);
}

static int decide(struct verifier *v, struct state *state, struct insn insn, bool jumps)
{
    v->seen[state->at] |= jumps ? SEEN_JUMPED : SEEN_PASSED;
    if (!jumps)
        return WALK_NEXT;
    state->at = (uint32_t)insn_target(insn, state->at);
    return WALK_JUMPED;
}

/* Both ways are possible: the jump is walked later. */
static struct state *both(struct verifier *v, struct state *state, struct insn insn)
{
    struct state *jumped;

    v->seen[state->at] |= SEEN_JUMPED | SEEN_PASSED;
    jumped = walk_fork(v, state);
    jumped->at = (uint32_t)insn_target(insn, state->at);
    return jumped;
}

static int compare_numbers(struct verifier *v, struct state *state, struct insn insn,
                           const struct reg *src)
{
    const struct insn_row *row = insn_row(insn);
    const struct reg *dst = &state_top(state)->regs[insn.dst];
    struct scalar yes[2] = { dst->num, src->num }, no[2] = { dst->num, src->num };
    bool may = scalar_assume(row->op, true, row->bits, &yes[0], &yes[1], 64);
    bool may_not = scalar_assume(row->op, false, row->bits, &no[0], &no[1], 64);
    bool lengths = dst->id == ID_LENGTH || (row->src_reg && src->id == ID_LENGTH);
    struct state *jumped;

    if (!may || !may_not || lengths)
        rely(v, state, insn);
    if (!may && !may_not)
        return WALK_END; /* nothing is possible: no run comes here */
    if (may != may_not)
        return decide(v, state, insn, may);
    note_links(v, state, insn, dst->id, row->src_reg ? src->id : 0);
    jumped = both(v, state, insn);
    put(v, jumped, insn, &yes[0], &yes[1]);
    put(v, state, insn, &no[0], &no[1]);
    return WALK_NEXT;
}

/* ---- NULL ---- */

struct null_test {
    uint32_t id;
    bool is_null;
};

static void settle_null(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    const struct null_test *test = user;

    (void)frame, (void)place;
    if (!(reg->flags & REG_NULLABLE) || reg->id != test->id)
        return;
    if (test->is_null) {
        *reg = reg_scalar(scalar_const(0, 64));
    } else {
        reg->flags &= (uint8_t)~REG_NULLABLE;
        reg->id = 0;
    }
}

static void put_null(struct state *state, const struct reg *pointer, bool is_null)
{
    struct null_test test = { pointer->id, is_null };
    uint32_t ref = pointer->ref;

    state_each(state, settle_null, &test);
    for (uint32_t i = 0; is_null && ref && i < state->ref_count; i++)
        if (state->refs[i] == ref) { /* there is nothing to give back */
            state->refs[i] = state->refs[--state->ref_count];
            break;
        }
}

/* Whether it points to something that is there. The host may give no memory at all for a context or
 * packet of no bytes. */
static bool is_somewhere(const struct reg *pointer)
{
    switch (pointer->kind) {
    case REG_STACK:
    case REG_VALUE:
    case REG_MEMORY:
    case REG_MAP:
    case REG_TOKEN: /* and where it was moved to might be 0 */
        return !(pointer->flags & REG_NULLABLE) && !pointer->off && scalar_is_const(&pointer->num);
    default: return false;
    }
}

static int compare_null(struct verifier *v, struct state *state, struct insn insn)
{
    struct reg pointer = state_top(state)->regs[insn.dst];
    bool equal_jumps = insn_row(insn)->op == OP_JEQ;
    struct state *jumped;

    if (insn_row(insn)->src_reg)
        precise_reg(v, state, insn.src);
    if (is_somewhere(&pointer))
        return decide(v, state, insn, !equal_jumps);
    jumped = both(v, state, insn);
    if (pointer.flags & REG_NULLABLE) {
        put_null(jumped, &pointer, equal_jumps);
        put_null(state, &pointer, !equal_jumps);
    }
    return WALK_NEXT;
}

/* ---- The packet's end ---- */

struct bound {
    struct reg pointer;
    uint32_t range;
    uint8_t flags;
};

static void put_range(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    const struct bound *bound = user;

    (void)frame, (void)place;
    if (reg->kind != bound->pointer.kind || reg->id != bound->pointer.id)
        return;
    if (reg->range < bound->range)
        reg->range = bound->range;
    if (reg->off == bound->pointer.off)
        reg->flags |= bound->flags;
}

/* pointer < end, or <=, holds in the state. */
static void put_before(struct state *state, const struct reg *pointer, bool strict)
{
    struct bound bound = { *pointer, 0, 0 };
    int64_t max = pointer->kind == REG_RAW ? RAW_MAX : PACKET_MAX;

    if (pointer->off < 0 || pointer->num.full.smin < 0 ||
        pointer->num.full.smax + pointer->off > max)
        return;
    bound.range = (uint32_t)pointer->off + strict;
    state_each(state, put_range, &bound);
}

/* pointer > end, or >=, holds in the state. */
static void put_behind(struct state *state, const struct reg *pointer, bool strict)
{
    struct bound bound = { *pointer, 0, strict ? REG_BEYOND | REG_AT_END : REG_AT_END };

    state_each(state, put_range, &bound);
}

/* Whether `end` is the end of what `pointer` points into. */
static bool is_end_of(const struct reg *end, const struct reg *pointer)
{
    switch (pointer->kind) {
    case REG_PACKET: return end->kind == REG_END;
    case REG_RAW: return end->kind == REG_RAW_END;
    case REG_META: /* the metadata end where the packet begins */
        return end->kind == REG_PACKET && !end->id && !end->off;
    default: return false;
    }
}

static enum insn_op mirror(enum insn_op op)
{
    switch (op) {
    case OP_JGT: return OP_JLT;
    case OP_JGE: return OP_JLE;
    case OP_JLT: return OP_JGT;
    case OP_JLE: return OP_JGE;
    default: return op;
    }
}

static void compare_end(struct state *jumped, struct state *passed, enum insn_op op,
                        const struct reg *pointer)
{
    bool greater = op == OP_JGT || op == OP_JGE, strict = op == OP_JGT || op == OP_JLT;

    if (op == OP_JEQ || op == OP_JNE) {
        put_before(op == OP_JEQ ? jumped : passed, pointer, false);
    } else if (op == OP_JGT || op == OP_JGE || op == OP_JLT || op == OP_JLE) {
        put_behind(greater ? jumped : passed, pointer, greater == strict);
        put_before(greater ? passed : jumped, pointer, greater != strict);
    }
}

/* Whether an earlier comparison decides this one: 1 it jumps, 0 it does not, -1 open. */
static int decided_before(enum insn_op op, const struct reg *pointer)
{
    bool known = pointer->off >= 0 && (pointer->range || !pointer->id);
    bool at_most = known && pointer->range >= (uint32_t)pointer->off;
    bool less = known && pointer->range > (uint32_t)pointer->off;
    bool more = pointer->flags & REG_BEYOND, at_least = pointer->flags & REG_AT_END;

    switch (op) {
    case OP_JGT: return at_most ? 0 : more ? 1 : -1;
    case OP_JGE: return less ? 0 : at_least ? 1 : -1;
    case OP_JLT: return less ? 1 : at_least ? 0 : -1;
    case OP_JLE: return at_most ? 1 : more ? 0 : -1;
    default: return -1;
    }
}

static int compare_pointers(struct verifier *v, struct state *state, struct insn insn,
                            const struct reg *other)
{
    const struct insn_row *row = insn_row(insn);
    struct reg dst = state_top(state)->regs[insn.dst], src = *other;
    bool end_first = row->bits == 64 && is_end_of(&dst, &src);
    bool end_last = row->bits == 64 && is_end_of(&src, &dst);
    const struct reg *pointer = end_first ? &src : &dst;
    enum insn_op op = end_first ? mirror(row->op) : row->op;
    int known = end_first || end_last ? decided_before(op, pointer) : -1;
    struct state *jumped;

    if (known >= 0)
        return decide(v, state, insn, known);
    jumped = both(v, state, insn);
    if (end_first || end_last)
        compare_end(jumped, state, op, pointer);
    return WALK_NEXT;
}

int branch_insn(struct verifier *v, struct state *state, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    const struct reg *regs = state_top(state)->regs;
    struct reg src;

    if (row->kind == INSN_KIND_GOTO) {
        state->at = (uint32_t)insn_target(insn, state->at);
        return WALK_JUMPED;
    }
    if (row->kind == INSN_KIND_MAY_GOTO) {
        both(v, state, insn);
        state->repeats++; /* one of so many; the jump uses none up */
        return WALK_NEXT;
    }
    src = row->src_reg
              ? regs[insn.src]
              : reg_scalar(scalar_const(
                    row->bits == 64 ? (uint64_t)(int64_t)insn.imm : (uint32_t)insn.imm, 64));
    if (regs[insn.dst].kind == REG_NONE || src.kind == REG_NONE)
        return refuse(v, "r%u was not written to before it is compared",
                      regs[insn.dst].kind == REG_NONE ? insn.dst : insn.src);
    if (regs[insn.dst].kind == REG_SCALAR && src.kind == REG_SCALAR)
        return compare_numbers(v, state, insn, &src);
    if (row->bits == 64 && (row->op == OP_JEQ || row->op == OP_JNE) &&
        reg_is_pointer(&regs[insn.dst]) && reg_is(&src, 0))
        return compare_null(v, state, insn);
    return compare_pointers(v, state, insn, &src);
}
