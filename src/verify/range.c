/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds of numbers of 2 to 64 bits. Unsigned and signed bounds hold at once, neither follows from
 * the other; where an operation says nothing of one of them it is left open, for range_settle().
 * Division follows RFC 9669: by zero gives 0, the remainder is then the dividend. */
#include "verify/local.h"

uint64_t range_mask(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

int64_t range_sext(uint64_t value, unsigned bits)
{
    return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

static int64_t least(unsigned bits)
{
    return -1 - (int64_t)(range_mask(bits) >> 1);
}

static int64_t most(unsigned bits)
{
    return (int64_t)(range_mask(bits) >> 1);
}

struct range range_any(unsigned bits)
{
    return (struct range){ 0, range_mask(bits), least(bits), most(bits) };
}

struct range range_const(uint64_t value, unsigned bits)
{
    int64_t s = range_sext(value, bits);
    return (struct range){ value, value, s, s };
}

struct range range_unsigned(uint64_t low, uint64_t high, unsigned bits)
{
    return (struct range){ low, high, least(bits), most(bits) };
}

struct range range_signed(int64_t low, int64_t high, unsigned bits)
{
    return (struct range){ 0, range_mask(bits), low, high };
}

/* Whether the exact signed result lies outside the width; `over`: it does not even fit 64 bits. */
static bool beyond(bool over, const int64_t *value, unsigned bits)
{
    return over || *value < least(bits) || *value > most(bits);
}

struct range range_add(struct range a, struct range b, unsigned bits)
{
    struct range r = range_any(bits);
    uint64_t low, high, mask = range_mask(bits);
    bool low_wraps = __builtin_add_overflow(a.umin, b.umin, &low) || low > mask;
    bool high_wraps = __builtin_add_overflow(a.umax, b.umax, &high) || high > mask;
    int64_t least_sum, most_sum;

    if (low_wraps == high_wraps) /* all sums wrap, or none does */
        r.umin = low & mask, r.umax = high & mask;
    if (!beyond(__builtin_add_overflow(a.smin, b.smin, &least_sum), &least_sum, bits) &&
        !beyond(__builtin_add_overflow(a.smax, b.smax, &most_sum), &most_sum, bits))
        r.smin = least_sum, r.smax = most_sum;
    return r;
}

struct range range_sub(struct range a, struct range b, unsigned bits)
{
    struct range r = range_any(bits);
    bool low_wraps = a.umin < b.umax, high_wraps = a.umax < b.umin;
    int64_t low, high;

    if (low_wraps == high_wraps) {
        r.umin = (a.umin - b.umax) & range_mask(bits);
        r.umax = (a.umax - b.umin) & range_mask(bits);
    }
    if (!beyond(__builtin_sub_overflow(a.smin, b.smax, &low), &low, bits) &&
        !beyond(__builtin_sub_overflow(a.smax, b.smin, &high), &high, bits))
        r.smin = low, r.smax = high;
    return r;
}

struct range range_mul(struct range a, struct range b, unsigned bits)
{
    struct range r = range_any(bits);
    const int64_t as[2] = { a.smin, a.smax }, bs[2] = { b.smin, b.smax };
    int64_t low = INT64_MAX, high = INT64_MIN;
    uint64_t top;

    if (!__builtin_mul_overflow(a.umax, b.umax, &top) && top <= range_mask(bits))
        r.umin = a.umin * b.umin, r.umax = top;
    for (unsigned i = 0; i < 4; i++) {
        int64_t product;
        if (beyond(__builtin_mul_overflow(as[i & 1], bs[i >> 1], &product), &product, bits))
            return r;
        low = product < low ? product : low;
        high = product > high ? product : high;
    }
    r.smin = low, r.smax = high;
    return r;
}

struct range range_div(struct range a, struct range b, unsigned bits)
{
    uint64_t high = a.umax / (b.umin ? b.umin : 1);

    if (!b.umax)
        return range_const(0, bits);
    return range_unsigned(b.umin ? a.umin / b.umax : 0, high, bits);
}

struct range range_mod(struct range a, struct range b, unsigned bits)
{
    if (!b.umax || a.umax < b.umin)
        return a;
    return range_unsigned(0, b.umin && b.umax - 1 < a.umax ? b.umax - 1 : a.umax, bits);
}

struct range range_sdiv(struct range a, struct range b, unsigned bits)
{
    int64_t c = b.smin;

    if (c != b.smax)
        return range_any(bits);
    if (c == 0)
        return range_const(0, bits);
    if (c == -1)
        return range_sub(range_const(0, bits), a, bits);
    return c > 0 ? range_signed(a.smin / c, a.smax / c, bits)
                 : range_signed(a.smax / c, a.smin / c, bits);
}

/* The remainder has the dividend's sign, is no larger, and smaller than a divisor other than 0. */
struct range range_smod(struct range a, struct range b, unsigned bits)
{
    int64_t low = a.smin < 0 ? a.smin : 0, high = a.smax > 0 ? a.smax : 0, c = b.smin;

    if (c == b.smax && c == 0)
        return a;
    if (c == b.smax && c != least(bits)) {
        int64_t top = (c < 0 ? -c : c) - 1;
        low = low < -top ? -top : low;
        high = high > top ? top : high;
    }
    return range_signed(low, high, bits);
}

struct range range_lsh(struct range a, unsigned low, unsigned high, unsigned bits)
{
    if (a.umax > range_mask(bits) >> high)
        return range_any(bits);
    return range_unsigned(a.umin << low, a.umax << high, bits);
}

struct range range_rsh(struct range a, unsigned low, unsigned high, unsigned bits)
{
    return range_unsigned(a.umin >> high, a.umax >> low, bits);
}

struct range range_arsh(struct range a, unsigned low, unsigned high, unsigned bits)
{
    return range_signed(a.smin >> (a.smin < 0 ? low : high), a.smax >> (a.smax < 0 ? high : low),
                        bits);
}

static uint64_t umin(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t umax(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static int64_t smin(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t smax(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct range range_join(struct range a, struct range b)
{
    return (struct range){ umin(a.umin, b.umin), umax(a.umax, b.umax), smin(a.smin, b.smin),
                           smax(a.smax, b.smax) };
}

bool range_covers(struct range a, struct range b)
{
    return a.umin <= b.umin && a.umax >= b.umax && a.smin <= b.smin && a.smax >= b.smax;
}

/* Signed and unsigned bounds speak of the same numbers where they do not cross the sign. */
static void exchange(struct range *r, unsigned bits)
{
    uint64_t mask = range_mask(bits);

    if (range_sext(r->umin, bits) <= range_sext(r->umax, bits)) {
        r->smin = smax(r->smin, range_sext(r->umin, bits));
        r->smax = smin(r->smax, range_sext(r->umax, bits));
    }
    if (r->smin >= 0 || r->smax < 0) {
        r->umin = umax(r->umin, (uint64_t)r->smin & mask);
        r->umax = umin(r->umax, (uint64_t)r->smax & mask);
    } else if (r->umax < ((uint64_t)r->smin & mask)) { /* no negative number is that small */
        r->umax = umin(r->umax, (uint64_t)r->smax);
        r->smin = 0;
    } else if (r->umin > (uint64_t)r->smax) { /* no other number is that large */
        r->umin = umax(r->umin, (uint64_t)r->smin & mask);
        r->smax = -1;
    }
}

bool range_settle(struct range *r, struct tnum *t, unsigned bits)
{
    uint64_t sign = (uint64_t)1 << (bits - 1);

    r->umin = umax(r->umin, t->value);
    r->umax = umin(r->umax, t->value | t->mask);
    r->smin = smax(r->smin, range_sext(t->value | (t->mask & sign), bits));
    r->smax = smin(r->smax, range_sext(t->value | (t->mask & ~sign), bits));
    if (r->umin > r->umax || r->smin > r->smax)
        return false;
    exchange(r, bits);
    if (r->umin > r->umax || r->smin > r->smax)
        return false;
    return tnum_meet(*t, tnum_range(r->umin, r->umax), t);
}
