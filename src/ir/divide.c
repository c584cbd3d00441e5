/* SPDX-License-Identifier: Apache-2.0 */
/* Division of a number below 2^n, n at most 32, by a constant: a multiplication and a shift
 * (Granlund, Montgomery: Division by Invariant Integers using Multiplication, theorem 4.2).
 *
 * x / d = x * m >> (n + s)  for all x < 2^n,  if  2^(n+s) <= m * d <= 2^(n+s) + 2^s. */
#include "ir/local.h"

enum { HALF = 32 };

/* The smallest s with its m. One is found for s <= log2(d) rounded up; n + s < 64 as d < 2^31. */
static uint64_t find_factor(uint64_t d, unsigned n, unsigned *s)
{
    for (*s = 0;; ++*s) {
        uint64_t power = UINT64_C(1) << (n + *s), m = (power + d - 1) / d;
        if (m * d - power <= UINT64_C(1) << *s)
            return m;
    }
}

uint32_t divide(struct maker *maker, const struct node *node, uint64_t d)
{
    uint32_t x = node->in[0], q;
    unsigned n = value_bits(maker->fn, x), s;

    if (node->width == HALF && n > HALF) {
        x = maker_op(maker, IR_ZEXT32, 64, x, 0);
        n = HALF;
    }
    if (n > HALF || d >= UINT64_C(1) << (HALF - 1))
        return NO_VALUE;
    uint64_t m = find_factor(d, n, &s);
    /* x * m is below 2^64 but for n = 32 and m of 33 bits, whose highest is added by itself. */
    bool wide = n == HALF && m >> HALF;
    q = maker_op(maker, IR_MUL, 64, x, maker_const(maker, wide ? (uint32_t)m : m));
    if (wide) {
        q = maker_op(maker, IR_SHR, 64, q, maker_const(maker, HALF));
        q = maker_op(maker, IR_ADD, 64, q, x);
    }
    q = maker_op(maker, IR_SHR, 64, q, maker_const(maker, wide ? s : n + s));
    if (node->op == IR_UDIV)
        return q;
    q = maker_op(maker, IR_MUL, node->width, q, maker_const(maker, d));
    return maker_op(maker, IR_SUB, node->width, x, q);
}
