/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "divide": division by a constant is a multiplication and a shift (Granlund, Montgomery:
 * Division by Invariant Integers using Multiplication, theorems 4.2 and 5.1).
 *
 * x / d = x * m >> p  for all x < 2^n,  if  2^p <= m * d <= 2^p + 2^(p - n); and for signed x of
 * n + 1 bits with such an m, x / d = (x * m >> p) + (x < 0). The smallest p with an m below 2^64 is
 * taken; where all are above, m - 2^64 is multiplied with and x is added. */
#include "base/planted.h"
#include "ir/local.h"

enum { HALF = 32 };

struct factor {
    uint64_t m;
    unsigned p;
    bool wide; /* m + 2^64 is meant */
};

/* For numbers below 2^n, with a shift of at least `least`; d: 3 or more, below 2^63, no power of 2.
 * 2^p = quotient * d + rest. */
static struct factor find_factor(uint64_t d, unsigned n, unsigned least)
{
    unsigned p = least < 63 ? least : 63;
    uint64_t quotient = (UINT64_C(1) << p) / d, rest = (UINT64_C(1) << p) % d;
    bool wide = false;
    for (;;) {
        uint64_t most = p - n < 64 ? UINT64_C(1) << (p - n) : UINT64_MAX;
        if (p >= least && d - rest <= most)
            return (struct factor){ quotient + 1, p, wide };
        bool more = rest >= d - rest;
        wide |= quotient >> 63;
        quotient = 2 * quotient + more;
        rest = more ? rest - (d - rest) : 2 * rest;
        p++;
    }
}

static uint32_t by(struct maker *maker, enum ir_op op, unsigned width, uint32_t x, uint64_t value)
{
    return maker_op(maker, op, width, x, maker_const(maker, value));
}

/* x below 2^n, n at most 32. */
static uint32_t quotient_of_half(struct maker *maker, uint32_t x, unsigned n, uint64_t d)
{
    struct factor f = find_factor(d, n, n);
    /* x * m is below 2^64 but for n = 32 and m of 33 bits, whose highest is added by itself. */
    if (n < HALF || !(f.m >> HALF))
        return by(maker, IR_SHR, 64, by(maker, IR_MUL, 64, x, f.m), f.p);
    uint32_t q = by(maker, IR_SHR, 64, by(maker, IR_MUL, 64, x, (uint32_t)f.m), HALF);
    return by(maker, IR_SHR, 64, maker_op(maker, IR_ADD, 64, q, x), f.p - HALF);
}

static uint32_t quotient_of_whole(struct maker *maker, uint32_t x, unsigned n, uint64_t d)
{
    struct factor f = find_factor(d, n, 64);
    unsigned twos = (unsigned)__builtin_ctzll(d);
    if (f.wide && twos) { /* a number with fewer bits has a smaller factor */
        x = by(maker, IR_SHR, 64, x, twos);
        f = find_factor(d >> twos, n - twos, 64);
    }
    uint32_t q = by(maker, IR_UMULH, 64, x, f.m);
    if (!f.wide)
        return by(maker, IR_SHR, 64, q, f.p - 64);
    uint32_t half = by(maker, IR_SHR, 64, maker_op(maker, IR_SUB, 64, x, q), 1);
    return by(maker, IR_SHR, 64, maker_op(maker, IR_ADD, 64, half, q), f.p - 65);
}

static uint32_t unsigned_quotient(struct maker *maker, unsigned width, uint32_t *x, uint64_t d)
{
    unsigned n = value_bits(maker->fn, *x);
    if (width == HALF && n > HALF) {
        *x = maker_op(maker, IR_ZEXT32, 64, *x, 0);
        n = HALF;
    }
    if (n <= HALF && d < UINT64_C(1) << (HALF - 1))
        return quotient_of_half(maker, *x, n, d);
    if (d >> 63 || (width == HALF && d >> (HALF - 1))) {
        struct node once = { .op = IR_CMP, .width = 64, .cond = COND_UGE, .in = { *x } };
        once.in[1] = maker_const(maker, d);
        return maker_node(maker, &once);
    }
    return quotient_of_whole(maker, *x, n, d);
}

/* x / d, d: 2 or more, in magnitude; rounded to 0. */
static uint32_t signed_quotient(struct maker *maker, unsigned width, uint32_t x, uint64_t d)
{
    unsigned top = width - 1;
    uint32_t sign = by(maker, IR_SAR, width, x, top), q;
    if (!(d & (d - 1))) {
        unsigned count = (unsigned)__builtin_ctzll(d);
        uint32_t bias = by(maker, IR_SHR, width, sign, FAULT(divide_bias, width, top) - count);
        q = maker_op(maker, IR_ADD, width, x, bias);
        return by(maker, IR_SAR, width, q, count);
    }
    if (width == HALF) {
        struct factor f = find_factor(d, HALF - 1, HALF - 1);
        x = maker_op(maker, IR_SEXT32, 64, x, 0);
        q = by(maker, IR_SAR, 64, by(maker, IR_MUL, 64, x, f.m), f.p);
    } else {
        struct factor f = find_factor(d, 63, 64);
        q = by(maker, IR_SMULH, 64, x, f.m);
        if (f.m >> 63) /* it was multiplied with m - 2^64 */
            q = maker_op(maker, IR_ADD, 64, q, x);
        q = by(maker, IR_SAR, 64, q, f.p - 64);
    }
    return maker_op(maker, IR_SUB, width, q, sign);
}

uint32_t divide(struct maker *maker, const struct node *node)
{
    unsigned width = node->width;
    uint32_t x = node->in[0], q;
    if (!is_const(maker->fn, node->in[1]))
        return NO_VALUE;
    uint64_t d = (uint64_t)maker->fn->nodes.at[node->in[1]].imm;
    int64_t negative = width == HALF ? (int32_t)d : (int64_t)d;
    bool is_signed = node->op == IR_SDIV || node->op == IR_SREM;
    if (width == HALF)
        d = (uint32_t)d;
    if (is_signed && negative < 0)
        d = 0 - (uint64_t)negative;
    if (d < 2 || (!is_signed && !(d & (d - 1))))
        return NO_VALUE;
    q = is_signed ? signed_quotient(maker, width, x, d) : unsigned_quotient(maker, width, &x, d);
    if (node->op == IR_UDIV)
        return q;
    if (node->op == IR_SDIV)
        return negative < 0 ? maker_op(maker, IR_NEG, width, q, 0) : q;
    return maker_op(maker, IR_SUB, width, x, by(maker, IR_MUL, width, q, d));
}
