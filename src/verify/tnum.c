/* SPDX-License-Identifier: Apache-2.0 */
/* Known bits. Each operation holds all results of operands from its operands' sets. For sums: a bit
 * of the result can differ from the one of the smallest sum only where an operand's bit is unknown
 * or where a carry is; the carries of all sums lie between those of the smallest and the largest.
 */
#include "verify/local.h"

static struct tnum of(uint64_t value, uint64_t mask)
{
    return (struct tnum){ value & ~mask, mask };
}

struct tnum tnum_range(uint64_t low, uint64_t high)
{
    uint64_t differ = low ^ high;
    unsigned bits = differ ? 64u - (unsigned)__builtin_clzll(differ) : 0;
    return of(low, range_mask(bits));
}

struct tnum tnum_add(struct tnum a, struct tnum b)
{
    uint64_t smallest = a.value + b.value;
    uint64_t largest = (a.value | a.mask) + (b.value | b.mask);
    return of(smallest, (smallest ^ largest) | a.mask | b.mask);
}

struct tnum tnum_sub(struct tnum a, struct tnum b)
{
    uint64_t smallest = a.value - (b.value | b.mask);
    uint64_t largest = (a.value | a.mask) - b.value;
    return of(smallest, (smallest ^ largest) | a.mask | b.mask);
}

/* Long multiplication: the known ones of a bring in b, the unknown bits b or 0. */
struct tnum tnum_mul(struct tnum a, struct tnum b)
{
    struct tnum sum = tnum_const(a.value * b.value), rest = { 0, 0 };

    if (!a.mask && !b.mask)
        return sum;
    for (; a.value | a.mask; a = tnum_rsh(a, 1), b = tnum_lsh(b, 1)) {
        if (a.mask & 1)
            rest = tnum_add(rest, of(0, b.value | b.mask));
        else if (a.value & 1)
            rest = tnum_add(rest, of(0, b.mask));
    }
    return tnum_add(sum, rest);
}

struct tnum tnum_and(struct tnum a, struct tnum b)
{
    uint64_t ones = a.value & b.value;
    return of(ones, (a.value | a.mask) & (b.value | b.mask) & ~ones);
}

struct tnum tnum_or(struct tnum a, struct tnum b)
{
    uint64_t ones = a.value | b.value;
    return of(ones, (a.mask | b.mask) & ~ones);
}

struct tnum tnum_xor(struct tnum a, struct tnum b)
{
    return of(a.value ^ b.value, a.mask | b.mask);
}

struct tnum tnum_lsh(struct tnum a, unsigned n)
{
    return of(a.value << n, a.mask << n);
}

struct tnum tnum_rsh(struct tnum a, unsigned n)
{
    return of(a.value >> n, a.mask >> n);
}

struct tnum tnum_arsh(struct tnum a, unsigned n)
{
    return of((uint64_t)((int64_t)a.value >> n), (uint64_t)((int64_t)a.mask >> n));
}

struct tnum tnum_cut(struct tnum a, unsigned bits)
{
    return of(a.value & range_mask(bits), a.mask & range_mask(bits));
}

struct tnum tnum_sext(struct tnum a, unsigned bits)
{
    return of((uint64_t)range_sext(a.value, bits), (uint64_t)range_sext(a.mask, bits));
}

struct tnum tnum_swap(struct tnum a, unsigned bits)
{
    return of(__builtin_bswap64(a.value) >> (64 - bits), __builtin_bswap64(a.mask) >> (64 - bits));
}

struct tnum tnum_join(struct tnum a, struct tnum b)
{
    return of(a.value, a.mask | b.mask | (a.value ^ b.value));
}

bool tnum_meet(struct tnum a, struct tnum b, struct tnum *out)
{
    *out = of(a.value | b.value, a.mask & b.mask);
    return !((a.value ^ b.value) & ~a.mask & ~b.mask);
}

bool tnum_covers(struct tnum a, struct tnum b)
{
    return !(b.mask & ~a.mask) && (b.value & ~a.mask) == a.value;
}
