/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a number: known bits, bounds, and bounds of its lower half, each worked out by
 * itself and then settled against the others. A shift takes its amount modulo the width and
 * division by zero is defined (RFC 9669 section 4.1). */
#include "base/planted.h"
#include "verify/local.h"

struct scalar scalar_any(unsigned w)
{
    return (struct scalar){ { 0, range_mask(w) }, range_any(w), range_any(w / 2) };
}

struct scalar scalar_const(uint64_t value, unsigned w)
{
    return (struct scalar){ tnum_const(value), range_const(value, w),
                            range_const(value & range_mask(w / 2), w / 2) };
}

struct scalar scalar_between(uint64_t low, uint64_t high, unsigned w)
{
    struct scalar a = scalar_any(w);

    a.full.umin = low;
    a.full.umax = high;
    scalar_settle(&a, w);
    return a;
}

static void raise_u(uint64_t *low, uint64_t to)
{
    *low = *low < to ? to : *low;
}

static void lower_u(uint64_t *high, uint64_t to)
{
    *high = *high > to ? to : *high;
}

static void raise_s(int64_t *low, int64_t to)
{
    *low = *low < to ? to : *low;
}

static void lower_s(int64_t *high, int64_t to)
{
    *high = *high > to ? to : *high;
}

/* Between the whole and its lower half. */
static void exchange(struct range *full, struct range *low, unsigned half)
{
    uint64_t mask = range_mask(half);
    int64_t least = range_any(half).smin, most = range_any(half).smax;

    if (full->umin >> half == full->umax >> half) {
        raise_u(&low->umin, full->umin & mask);
        lower_u(&low->umax, full->umax & mask);
    }
    if (full->smin >> half == full->smax >> half) {
        raise_u(&low->umin, (uint64_t)full->smin & mask);
        lower_u(&low->umax, (uint64_t)full->smax & mask);
    }
    if (full->smin >= least && full->smax <= most) { /* the lower half sign-extends to the whole */
        raise_s(&low->smin, full->smin);
        lower_s(&low->smax, full->smax);
        raise_s(&full->smin, low->smin);
        lower_s(&full->smax, low->smax);
    }
    /* No number with the bound's upper half goes beyond the lower half's bound. */
    raise_u(&full->umin, (full->umin & ~mask) | FAULT(range_lower_half, low->umin, low->umax));
    lower_u(&full->umax, (full->umax & ~mask) | low->umax);
    raise_s(&full->smin, (int64_t)(((uint64_t)full->smin & ~mask) | low->umin));
    lower_s(&full->smax, (int64_t)(((uint64_t)full->smax & ~mask) | low->umax));
}

bool scalar_settle(struct scalar *a, unsigned w)
{
    unsigned half = w / 2;

    for (int round = 0; round < 2; round++) {
        struct tnum low = tnum_cut(a->bits, half);
        if (!range_settle(&a->low, &low, half))
            return false;
        a->bits.value = (a->bits.value & ~range_mask(half)) | low.value;
        a->bits.mask = (a->bits.mask & ~range_mask(half)) | low.mask;
        if (!range_settle(&a->full, &a->bits, w))
            return false;
        exchange(&a->full, &a->low, half);
        if (a->full.umin > a->full.umax || a->full.smin > a->full.smax ||
            a->low.umin > a->low.umax || a->low.smin > a->low.smax)
            return false;
    }
    if (scalar_is_const(a)) {
        if (!scalar_has(*a, a->bits.value, w))
            return false;
        *a = scalar_const(a->bits.value, w);
    }
    return true;
}

bool scalar_has(struct scalar a, uint64_t value, unsigned w)
{
    struct scalar v = scalar_const(value, w);
    return scalar_covers(a, v);
}

/* ---- Arithmetic ---- */

static void amounts(struct range by, unsigned bits, unsigned *low, unsigned *high)
{
    *low = 0;
    *high = bits - 1;
    if (by.umax < bits) {
        *low = (unsigned)by.umin;
        *high = (unsigned)by.umax;
    }
}

static struct range range_op(enum insn_op op, struct range a, struct range b, unsigned bits)
{
    unsigned low, high;

    amounts(b, bits, &low, &high);
    switch (op) {
    case OP_ADD: return range_add(a, b, bits);
    case OP_SUB: return range_sub(a, b, bits);
    case OP_NEG: return range_sub(range_const(0, bits), a, bits);
    case OP_MUL: return range_mul(a, b, bits);
    case OP_DIV: return range_div(a, b, bits);
    case OP_MOD: return range_mod(a, b, bits);
    case OP_SDIV: return range_sdiv(a, b, bits);
    case OP_SMOD: return range_smod(a, b, bits);
    case OP_AND: return range_unsigned(0, a.umax < b.umax ? a.umax : b.umax, bits);
    case OP_OR:
        return range_unsigned(FAULT(range_or, a.umin > b.umin ? a.umin : b.umin, a.umin + b.umin),
                              range_mask(bits), bits);
    case OP_LSH: return range_lsh(a, low, high, bits);
    case OP_RSH: return range_rsh(a, low, high, bits);
    case OP_ARSH: return range_arsh(a, low, high, bits);
    case OP_MOV: return b;
    default: return range_any(bits);
    }
}

/* Operands are of the width; the result may have bits beyond it. */
static struct tnum tnum_op(enum insn_op op, struct tnum a, struct tnum b, unsigned bits)
{
    unsigned by = (unsigned)b.value & (bits - 1);

    switch (op) {
    case OP_ADD: return tnum_add(a, b);
    case OP_SUB: return tnum_sub(a, b);
    case OP_NEG: return tnum_sub(tnum_const(0), a);
    case OP_MUL: return tnum_mul(a, b);
    case OP_AND: return tnum_and(a, b);
    case OP_OR: return tnum_or(a, b);
    case OP_XOR: return tnum_xor(a, b);
    case OP_MOV: return b;
    case OP_LSH:
    case OP_RSH:
    case OP_ARSH:
        if (b.mask)
            break;
        if (op == OP_LSH)
            return tnum_lsh(a, by);
        return op == OP_RSH ? tnum_rsh(a, by) : tnum_arsh(tnum_sext(a, bits), by);
    default: break;
    }
    return (struct tnum){ 0, UINT64_MAX };
}

/* Whether the lower half of the result depends on the operands' lower halves alone. */
static bool is_modular(enum insn_op op)
{
    switch (op) {
    case OP_ADD:
    case OP_SUB:
    case OP_NEG:
    case OP_MUL:
    case OP_AND:
    case OP_OR:
    case OP_XOR:
    case OP_MOV: return true;
    default: return false;
    }
}

struct scalar scalar_alu(enum insn_op op, unsigned bits, struct scalar dst, struct scalar src,
                         unsigned w)
{
    struct scalar r = scalar_any(w);
    unsigned half = w / 2, low, high;

    if (bits == w) {
        r.bits = tnum_cut(tnum_op(op, dst.bits, src.bits, w), w);
        r.full = range_op(op, dst.full, src.full, w);
        if (is_modular(op))
            r.low = range_op(op, dst.low, src.low, half);
        amounts(src.full, w, &low, &high);
        if (op == OP_LSH && high < half)
            r.low = range_lsh(dst.low, low, high, half);
    } else {
        r.bits =
            tnum_cut(tnum_op(op, tnum_cut(dst.bits, half), tnum_cut(src.bits, half), half), half);
        r.low = range_op(op, dst.low, src.low, half);
        r.full = range_unsigned(r.low.umin, r.low.umax, w);
    }
    if (!scalar_settle(&r, w))
        return bits == w ? scalar_any(w) : scalar_between(0, range_mask(half), w);
    return r;
}

struct scalar scalar_zext(struct scalar a, unsigned bits, unsigned w)
{
    if (bits >= w || a.full.umax <= range_mask(bits))
        return a;
    a.bits = tnum_cut(a.bits, bits);
    a.full = bits == w / 2 ? range_unsigned(a.low.umin, a.low.umax, w)
                           : range_unsigned(0, range_mask(bits), w);
    if (bits < w / 2)
        a.low = range_any(w / 2);
    scalar_settle(&a, w);
    return a;
}

struct scalar scalar_sext(struct scalar a, unsigned bits, unsigned w)
{
    struct range limit = range_any(bits);

    if (bits >= w || (a.full.smin >= limit.smin && a.full.smax <= limit.smax))
        return a;
    if (bits == w / 2)
        limit = a.low;
    a.bits = tnum_cut(tnum_sext(a.bits, bits), w);
    a.full = range_signed(limit.smin, limit.smax, w);
    if (bits < w / 2)
        a.low = range_signed(limit.smin, limit.smax, w / 2);
    scalar_settle(&a, w);
    return a;
}

struct scalar scalar_swap(struct scalar a, unsigned bits)
{
    struct scalar r = scalar_any(64);

    r.bits = tnum_swap(a.bits, bits);
    scalar_settle(&r, 64);
    return r;
}

/* ---- Conditions ---- */

struct half {
    struct range range;
    struct tnum bits;
};

static bool assume_equal(struct half *a, struct half *b)
{
    raise_u(&a->range.umin, b->range.umin);
    lower_u(&a->range.umax, b->range.umax);
    raise_s(&a->range.smin, b->range.smin);
    lower_s(&a->range.smax, b->range.smax);
    if (!tnum_meet(a->bits, b->bits, &a->bits))
        return false;
    *b = *a;
    return true;
}

/* a != b, where b is the number c. */
static bool assume_not(struct half *a, uint64_t c, unsigned bits)
{
    int64_t s = range_sext(c, bits);

    if (!a->bits.mask && a->bits.value == c)
        return false;
    if (a->range.umin == c && a->range.umax == c)
        return false;
    a->range.umin += a->range.umin == c;
    a->range.umax -= a->range.umax == c;
    if (a->range.smin == s && a->range.smax == s)
        return false;
    a->range.smin += a->range.smin == s;
    a->range.smax -= a->range.smax == s;
    return true;
}

/* a < b, or a <= b. */
static bool assume_below(struct half *a, struct half *b, bool or_equal)
{
    if (!or_equal && (!b->range.umax || a->range.umin == UINT64_MAX))
        return false;
    lower_u(&a->range.umax, b->range.umax - !or_equal);
    raise_u(&b->range.umin, a->range.umin + !or_equal);
    return true;
}

static bool assume_less(struct half *a, struct half *b, bool or_equal)
{
    if (!or_equal && (b->range.smax == INT64_MIN || a->range.smin == INT64_MAX))
        return false;
    lower_s(&a->range.smax, b->range.smax - !or_equal);
    raise_s(&b->range.smin, a->range.smin + !or_equal);
    return true;
}

/* (a & b) != 0 or == 0; b is the number c. */
static bool assume_set(struct half *a, uint64_t c, bool set)
{
    if (!set)
        return tnum_meet(a->bits, (struct tnum){ 0, ~c }, &a->bits);
    if (c && !(c & (c - 1)))
        return tnum_meet(a->bits, (struct tnum){ c, ~c }, &a->bits);
    return ((a->bits.value | a->bits.mask) & c) != 0;
}

static bool assume(enum insn_op op, bool holds, struct half *a, struct half *b, unsigned bits)
{
    bool a_const = !a->bits.mask, b_const = !b->bits.mask;

    switch (op) {
    case OP_JNE: return assume(OP_JEQ, !holds, a, b, bits);
    case OP_JEQ:
        if (holds)
            return assume_equal(a, b);
        return (!b_const || assume_not(a, b->bits.value, bits)) &&
               (!a_const || assume_not(b, a->bits.value, bits));
    case OP_JLT: return holds ? assume_below(a, b, false) : assume_below(b, a, true);
    case OP_JLE: return holds ? assume_below(a, b, true) : assume_below(b, a, false);
    case OP_JGT: return holds ? assume_below(b, a, false) : assume_below(a, b, true);
    case OP_JGE: return holds ? assume_below(b, a, true) : assume_below(a, b, false);
    case OP_JSLT: return holds ? assume_less(a, b, false) : assume_less(b, a, true);
    case OP_JSLE: return holds ? assume_less(a, b, true) : assume_less(b, a, false);
    case OP_JSGT: return holds ? assume_less(b, a, false) : assume_less(a, b, true);
    case OP_JSGE: return holds ? assume_less(b, a, true) : assume_less(a, b, false);
    case OP_JSET:
        if (!holds && a->bits.value & b->bits.value)
            return false;
        if (holds && !((a->bits.value | a->bits.mask) & (b->bits.value | b->bits.mask)))
            return false;
        return (!b_const || assume_set(a, b->bits.value, holds)) &&
               (!a_const || assume_set(b, a->bits.value, holds));
    default: return true;
    }
}

static struct half half_of(const struct scalar *a, unsigned bits, unsigned w)
{
    return bits == w ? (struct half){ a->full, a->bits }
                     : (struct half){ a->low, tnum_cut(a->bits, bits) };
}

static bool put_half(struct scalar *a, const struct half *h, unsigned bits, unsigned w)
{
    if (bits == w) {
        a->full = h->range;
        a->bits = h->bits;
    } else {
        uint64_t mask = range_mask(bits);
        a->low = h->range;
        a->bits.value = (a->bits.value & ~mask) | h->bits.value;
        a->bits.mask = (a->bits.mask & ~mask) | h->bits.mask;
    }
    return scalar_settle(a, w);
}

bool scalar_assume(enum insn_op op, bool holds, unsigned bits, struct scalar *a, struct scalar *b,
                   unsigned w)
{
    struct half x = half_of(a, bits, w), y = half_of(b, bits, w);

    return assume(op, holds, &x, &y, bits) && put_half(a, &x, bits, w) && put_half(b, &y, bits, w);
}

/* ---- Sets of numbers ---- */

struct scalar scalar_join(struct scalar a, struct scalar b)
{
    return (struct scalar){ tnum_join(a.bits, b.bits), range_join(a.full, b.full),
                            range_join(a.low, b.low) };
}

static struct range widen(struct range a, struct range b, unsigned bits)
{
    struct range any = range_any(bits);
    return (struct range){
        b.umin < a.umin ? any.umin : a.umin,
        b.umax > a.umax ? any.umax : a.umax,
        b.smin < a.smin ? any.smin : a.smin,
        b.smax > a.smax ? any.smax : a.smax,
    };
}

struct scalar scalar_widen(struct scalar a, struct scalar b, unsigned w)
{
    return (struct scalar){ tnum_join(a.bits, b.bits), widen(a.full, b.full, w),
                            widen(a.low, b.low, w / 2) };
}

bool scalar_covers(struct scalar a, struct scalar b)
{
    return tnum_covers(a.bits, b.bits) && range_covers(a.full, b.full) &&
           range_covers(a.low, b.low);
}
