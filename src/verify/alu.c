/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic on registers. A pointer may be moved by a number and subtracted from a pointer;
 * everything else done to one is refused, or (32 bits of it) gives a number. */
#include "verify/local.h"

/* No pointer goes farther from its base than this, so that sums of a few cannot wrap. */
enum { POINTER_OFF_MAX = 1 << 29 };

static struct reg operand(const struct reg *regs, struct insn insn)
{
    if (insn_row(insn)->src_reg)
        return regs[insn.src];
    return reg_scalar(scalar_const((uint64_t)(int64_t)insn.imm, 64));
}

/* What may be moved at all. */
static int check_movable(struct verifier *v, unsigned number, const struct reg *pointer)
{
    switch (pointer->kind) {
    case REG_END:
    case REG_RAW_END:
    case REG_MAP:
    case REG_TOKEN:
        return refuse(v, "r%u, %s, cannot be moved", number, reg_kind_name(pointer->kind));
    default: break;
    }
    if (pointer->flags & REG_NULLABLE)
        return refuse(v, "r%u may be NULL: compare it with 0 before moving it", number);
    return 0;
}

static int check_sane(struct verifier *v, unsigned number, const struct scalar *by)
{
    if (by->full.smin > -POINTER_OFF_MAX && by->full.smax < POINTER_OFF_MAX)
        return 0;
    return refuse(
        v,
        "r%u is moved by %lld to %lld bytes, which is too far: bound the number first, also from "
        "below",
        number, (long long)by->full.smin, (long long)by->full.smax);
}

/* pointer += by, or -= by. */
static int move(struct verifier *v, unsigned number, struct reg *pointer, enum insn_op op,
                const struct scalar *by)
{
    int code = check_movable(v, number, pointer);

    if (!code)
        code = check_sane(v, number, by);
    if (code)
        return code;
    pointer->flags &= (uint8_t)~(REG_AT_END | REG_BEYOND);
    if (scalar_is_const(by)) {
        int64_t off = (int64_t)by->bits.value;
        off = pointer->off + (op == OP_ADD ? off : -off);
        if (off <= -POINTER_OFF_MAX || off >= POINTER_OFF_MAX)
            return refuse(v, "r%u is moved too far from where it began", number);
        pointer->off = (int32_t)off;
        return 0;
    }
    if (pointer->kind == REG_CONTEXT)
        return refuse(v, "r%u, the context, is moved by a number that is not known", number);
    pointer->num = scalar_alu(op, 64, pointer->num, *by, 64);
    code = check_sane(v, number, &pointer->num);
    pointer->id = ++v->next_id;
    pointer->range = 0;
    return code;
}

/* The end of a raw-memory context is its first byte plus its length. */
static bool makes_end(const struct reg *pointer, const struct reg *number)
{
    return pointer->kind == REG_RAW && !pointer->id && !pointer->off && number->id == ID_LENGTH;
}

static int move_insn(struct verifier *v, struct state *state, struct insn insn, struct reg src)
{
    const struct insn_row *row = insn_row(insn);
    struct reg *dst = &state_top(state)->regs[insn.dst];
    int code;

    if (row->bits == 64 && row->op == OP_ADD && reg_is_pointer(&src) && dst->kind == REG_SCALAR) {
        struct scalar by = dst->num;
        precise_reg(v, state, insn.dst);
        if (makes_end(&src, dst)) {
            *dst = reg_pointer(REG_RAW_END, 0);
            return 0;
        }
        code = move(v, insn.src, &src, OP_ADD, &by);
        *dst = src;
        return code;
    }
    if (src.kind == REG_SCALAR && row->bits == 64 && (row->op == OP_ADD || row->op == OP_SUB)) {
        if (row->src_reg)
            precise_reg(v, state, insn.src);
        if (row->op == OP_ADD && makes_end(dst, &src)) {
            *dst = reg_pointer(REG_RAW_END, 0);
            return 0;
        }
        return move(v, insn.dst, dst, row->op, &src.num);
    }
    if (row->op == OP_SUB && (row->bits == 32 || (reg_is_pointer(&src) && reg_is_pointer(dst)))) {
        *dst = reg_scalar(scalar_zext(scalar_any(64), row->bits, 64));
        return 0;
    }
    return refuse(v, "r%u is %s: pointers can only be moved, by adding and subtracting numbers",
                  reg_is_pointer(dst) ? insn.dst : insn.src,
                  reg_kind_name(reg_is_pointer(dst) ? dst->kind : src.kind));
}

static unsigned sext_bits(enum insn_op op)
{
    return op == OP_SEXT8 ? 8 : op == OP_SEXT16 ? 16 : 32;
}

/* Moves between registers keep the tie between equal numbers. */
static int copy(struct verifier *v, struct state *state, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    struct reg *regs = state_top(state)->regs, *src = &regs[insn.src], *dst = &regs[insn.dst];
    struct scalar before;

    if (!row->src_reg) {
        uint64_t imm = (uint64_t)(int64_t)insn.imm & range_mask(row->bits);
        *dst = reg_scalar(scalar_const(imm, 64));
        return 0;
    }
    if (src->kind == REG_NONE)
        return refuse(v, "r%u was not written to before it is used", insn.src);
    if (row->op == OP_MOV && row->bits == 64) {
        if (src->kind == REG_SCALAR && !src->id && !scalar_is_const(&src->num))
            src->id = ++v->next_id;
        *dst = *src;
        return 0;
    }
    if (src->kind != REG_SCALAR) {
        if (row->op != OP_MOV)
            return refuse(v, "r%u is not a number", insn.src);
        *dst = reg_scalar(scalar_zext(scalar_any(64), 32, 64));
        return 0;
    }
    before = src->num;
    if (row->op != OP_MOV) {
        struct scalar num = scalar_sext(before, sext_bits(row->op), 64);
        bool same = num.full.smin == before.full.smin && num.full.smax == before.full.smax &&
                    before.full.smin >= range_any(sext_bits(row->op)).smin &&
                    before.full.smax <= range_any(sext_bits(row->op)).smax &&
                    (row->bits == 64 || before.full.smin >= 0);
        if (row->bits == 32)
            num = scalar_zext(num, 32, 64);
        if (same && !src->id && !scalar_is_const(&before))
            src->id = ++v->next_id;
        *dst = (struct reg){ .kind = REG_SCALAR, .id = same ? src->id : 0, .num = num };
        return 0;
    }
    if (before.full.umax <= UINT32_MAX) {
        if (!src->id && !scalar_is_const(&before))
            src->id = ++v->next_id;
        *dst = *src;
        return 0;
    }
    *dst = reg_scalar(scalar_zext(before, 32, 64));
    return 0;
}

static int swap(struct verifier *v, struct state *state, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    struct reg *dst = &state_top(state)->regs[insn.dst];

    if (dst->kind != REG_SCALAR)
        return refuse(v, "r%u is not a number", insn.dst);
    /* The byte order of LE and BE is the target's, which need not be the host's. */
    *dst = reg_scalar(row->op == OP_BSWAP ? scalar_swap(dst->num, row->bits)
                                          : scalar_zext(scalar_any(64), row->bits, 64));
    return 0;
}

int alu_insn(struct verifier *v, struct state *state, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    struct reg *regs = state_top(state)->regs, *dst = &regs[insn.dst];
    struct reg src;

    if (row->kind == INSN_KIND_SWAP)
        return swap(v, state, insn);
    if (row->op == OP_MOV || row->op >= OP_SEXT8)
        return copy(v, state, insn);
    src = operand(regs, insn);
    if (src.kind == REG_NONE)
        return refuse(v, "r%u was not written to before it is used", insn.src);
    if (dst->kind == REG_NONE)
        return refuse(v, "r%u was not written to before it is used", insn.dst);
    if (row->src_reg && insn.dst == insn.src && (row->op == OP_SUB || row->op == OP_XOR)) {
        *dst = reg_scalar(scalar_const(0, 64));
        return 0;
    }
    if (reg_is_pointer(dst) || reg_is_pointer(&src))
        return move_insn(v, state, insn, src);
    if (!row->src_reg && row->bits == 32)
        src.num = scalar_const((uint32_t)insn.imm, 64);
    *dst = reg_scalar(scalar_alu(row->op, row->bits, dst->num, src.num, 64));
    return 0;
}
