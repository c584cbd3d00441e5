/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's domain of numbers against brute force: every operation must hold the result of
 * every pair of members. Small widths are exhausted with the code that runs at 32 and 64 bits. */
#include "runner/runner.h"
#include "verify/local.h"

static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint64_t chance(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

/* What the instruction does, as RFC 9669 has it, at any width. */
static uint64_t concrete(enum insn_op op, uint64_t a, uint64_t b, unsigned bits)
{
    uint64_t mask = range_mask(bits), by;
    int64_t sa, sb;

    a &= mask, b &= mask;
    by = b & (bits - 1);
    sa = range_sext(a, bits), sb = range_sext(b, bits);
    switch (op) {
    case OP_ADD: return (a + b) & mask;
    case OP_SUB: return (a - b) & mask;
    case OP_MUL: return (a * b) & mask;
    case OP_DIV: return b ? a / b : 0;
    case OP_MOD: return b ? a % b : a;
    case OP_SDIV: return b ? (sb == -1 ? 0 - a : (uint64_t)(sa / sb)) & mask : 0;
    case OP_SMOD: return b ? (sb == -1 ? 0 : (uint64_t)(sa % sb)) & mask : a;
    case OP_AND: return a & b;
    case OP_OR: return a | b;
    case OP_XOR: return a ^ b;
    case OP_NEG: return (0 - a) & mask;
    case OP_MOV: return b;
    case OP_LSH: return (a << by) & mask;
    case OP_RSH: return a >> by;
    case OP_ARSH: return (uint64_t)(sa >> by) & mask;
    default: return 0;
    }
}

static bool condition(enum insn_op op, uint64_t a, uint64_t b, unsigned bits)
{
    int64_t sa, sb;

    a &= range_mask(bits), b &= range_mask(bits);
    sa = range_sext(a, bits), sb = range_sext(b, bits);
    switch (op) {
    case OP_JEQ: return a == b;
    case OP_JNE: return a != b;
    case OP_JGT: return a > b;
    case OP_JGE: return a >= b;
    case OP_JLT: return a < b;
    case OP_JLE: return a <= b;
    case OP_JSGT: return sa > sb;
    case OP_JSGE: return sa >= sb;
    case OP_JSLT: return sa < sb;
    case OP_JSLE: return sa <= sb;
    default: return (a & b) != 0;
    }
}

static const enum insn_op arithmetic[] = { OP_ADD,  OP_SUB,  OP_MUL, OP_DIV, OP_MOD,
                                           OP_SDIV, OP_SMOD, OP_AND, OP_OR,  OP_XOR,
                                           OP_NEG,  OP_MOV,  OP_LSH, OP_RSH, OP_ARSH };
static const enum insn_op conditions[] = { OP_JEQ,  OP_JNE,  OP_JGT,  OP_JGE,  OP_JLT, OP_JLE,
                                           OP_JSGT, OP_JSGE, OP_JSLT, OP_JSLE, OP_JSET };
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- Known bits: all of 5 bits ---- */

enum { TNUM_BITS = 5, TNUM_ALL = 1 << TNUM_BITS };

static bool tnum_has(struct tnum t, uint64_t x)
{
    return (x & ~t.mask) == t.value;
}

static void check_tnums(struct tnum a, struct tnum b)
{
    static struct tnum (*const of[])(struct tnum, struct tnum) = { tnum_add, tnum_sub, tnum_mul,
                                                                   tnum_and, tnum_or,  tnum_xor };
    static const enum insn_op op[] = { OP_ADD, OP_SUB, OP_MUL, OP_AND, OP_OR, OP_XOR };
    struct tnum out[COUNT(of)], join = tnum_join(a, b), meet;
    bool meets = tnum_meet(a, b, &meet), covers = true;

    for (unsigned i = 0; i < COUNT(of); i++)
        out[i] = tnum_cut(of[i](a, b), TNUM_BITS);
    for (uint64_t x = 0; x < TNUM_ALL; x++) {
        bool in_a = tnum_has(a, x), in_b = tnum_has(b, x);
        if (in_a || in_b)
            CHECK(tnum_has(join, x));
        if (in_a && in_b)
            CHECK(meets && tnum_has(meet, x));
        covers &= in_a || !in_b;
        for (uint64_t y = 0; in_a && y < TNUM_ALL; y++)
            for (unsigned i = 0; tnum_has(b, y) && i < COUNT(of); i++)
                if (!tnum_has(out[i], concrete(op[i], x, y, TNUM_BITS)))
                    test_fail(__FILE__, __LINE__, "op %u of %" PRIu64 " and %" PRIu64, i, x, y);
    }
    CHECK(covers == tnum_covers(a, b));
}

TEST(known_bits_hold_every_result)
{
    for (uint64_t am = 0; am < TNUM_ALL; am++)
        for (uint64_t av = 0; av < TNUM_ALL; av++)
            for (uint64_t bm = 0; bm < TNUM_ALL && !(av & am); bm++)
                for (uint64_t bv = 0; bv < TNUM_ALL; bv++)
                    if (!(bv & bm))
                        check_tnums((struct tnum){ av, am }, (struct tnum){ bv, bm });
    for (uint64_t low = 0; low < 64; low++)
        for (uint64_t high = low; high < 64; high++)
            for (uint64_t x = low; x <= high; x++)
                CHECK(tnum_has(tnum_range(low, high), x));
    CHECK_EQ(tnum_swap(tnum_const(0x1234), 16).value, 0x3412);
    CHECK_EQ(tnum_sext((struct tnum){ 0, 0x80 }, 8).mask, ~(uint64_t)0x7f);
}

/* ---- Bounds: all of 4 bits, unsigned and signed ones by themselves ---- */

static bool range_has(struct range r, uint64_t x, unsigned bits)
{
    int64_t s = range_sext(x, bits);
    return x >= r.umin && x <= r.umax && s >= r.smin && s <= r.smax;
}

typedef struct range range_fn(struct range a, struct range b, unsigned bits);

static void check_ranges(enum insn_op op, range_fn *of, struct range a, struct range b)
{
    struct range out = of(a, b, 4);

    for (uint64_t x = 0; x < 16; x++)
        for (uint64_t y = 0; range_has(a, x, 4) && y < 16; y++)
            if (range_has(b, y, 4) && !range_has(out, concrete(op, x, y, 4), 4))
                test_fail(__FILE__, __LINE__, "op %u of %" PRIu64 " and %" PRIu64, op, x, y);
}

TEST(bounds_hold_every_result)
{
    static range_fn *const of[] = { range_add, range_sub,  range_mul, range_div,
                                    range_mod, range_sdiv, range_smod };
    static const enum insn_op op[] = { OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_SDIV, OP_SMOD };

    for (int i = 0; i < 16 * 16 * 16 * 16; i++) {
        int al = i & 15, ah = i >> 4 & 15, bl = i >> 8 & 15, bh = i >> 12;
        for (unsigned n = 0; al <= ah && bl <= bh && n < COUNT(of); n++) {
            check_ranges(op[n], of[n], range_unsigned((uint64_t)al, (uint64_t)ah, 4),
                         range_unsigned((uint64_t)bl, (uint64_t)bh, 4));
            check_ranges(op[n], of[n], range_signed(al - 8, ah - 8, 4),
                         range_signed(bl - 8, bh - 8, 4));
        }
    }
}

TEST(settling_loses_no_number)
{
    for (int i = 0; i < 50000; i++) {
        struct range r = { chance(32), chance(32), (int64_t)chance(32) - 16,
                           (int64_t)chance(32) - 16 };
        struct tnum t = { 0, chance(32) };
        struct range settled = r;
        struct tnum bits;
        bool any = false, possible;
        t.value = chance(32) & ~t.mask;
        bits = t;
        possible = range_settle(&settled, &bits, 5);
        for (uint64_t x = 0; x < 32; x++) {
            if (!range_has(r, x, 5) || !tnum_has(t, x))
                continue;
            any = true;
            CHECK(possible && range_has(settled, x, 5) && tnum_has(bits, x));
        }
        (void)any;
    }
}

/* ---- Whole numbers of 8 bits with halves of 4 ---- */

enum { W = 8, ALL = 1 << W };

/* A number that holds some random members and, often, bounds that are not the tightest. */
static struct scalar some_scalar(void)
{
    struct scalar a = scalar_const(chance(ALL), W);
    unsigned more = (unsigned)chance(4);

    for (unsigned i = 0; i < more; i++)
        a = scalar_join(a, scalar_const(chance(ALL), W));
    if (chance(4) == 0)
        a = scalar_join(a, scalar_between(chance(8), 8 + chance(ALL - 8), W));
    if (chance(4) == 0)
        a.full = range_any(W);
    if (chance(4) == 0)
        a.low = range_any(W / 2);
    if (chance(4) == 0)
        a.bits = (struct tnum){ 0, ALL - 1 };
    CHECK(scalar_settle(&a, W));
    return a;
}

static void check_alu(enum insn_op op, unsigned bits, struct scalar a, struct scalar b)
{
    struct scalar out = scalar_alu(op, bits, a, b, W);

    for (uint64_t x = 0; x < ALL; x++)
        for (uint64_t y = 0; scalar_has(a, x, W) && y < ALL; y++)
            if (scalar_has(b, y, W) && !scalar_has(out, concrete(op, x, y, bits), W))
                test_fail(__FILE__, __LINE__, "op %u, %u bits, of %#" PRIx64 " and %#" PRIx64, op,
                          bits, x, y);
}

static void check_assume(enum insn_op op, bool holds, unsigned bits, struct scalar a,
                         struct scalar b)
{
    struct scalar p = a, q = b;
    bool possible = scalar_assume(op, holds, bits, &p, &q, W);

    for (uint64_t x = 0; x < ALL; x++)
        for (uint64_t y = 0; scalar_has(a, x, W) && y < ALL; y++) {
            if (!scalar_has(b, y, W) || condition(op, x, y, bits) != holds)
                continue;
            if (!possible || !scalar_has(p, x, W) || !scalar_has(q, y, W))
                test_fail(__FILE__, __LINE__, "op %u %d, %u bits, %#" PRIx64 " and %#" PRIx64, op,
                          holds, bits, x, y);
        }
}

TEST(arithmetic_holds_every_result)
{
    for (int i = 0; i < (test_quick ? 20 : 300) && !test_failed(); i++)
        for (unsigned n = 0; n < COUNT(arithmetic); n++) {
            struct scalar a = some_scalar(), b = some_scalar();
            check_alu(arithmetic[n], W, a, b);
            check_alu(arithmetic[n], W / 2, a, b);
        }
}

TEST(conditions_lose_no_number)
{
    for (int i = 0; i < (test_quick ? 20 : 300) && !test_failed(); i++)
        for (unsigned n = 0; n < COUNT(conditions); n++) {
            struct scalar a = some_scalar(), b = some_scalar();
            check_assume(conditions[n], true, W, a, b);
            check_assume(conditions[n], false, W, a, b);
            check_assume(conditions[n], true, W / 2, a, b);
            check_assume(conditions[n], false, W / 2, a, b);
        }
}

TEST(sets_and_extensions_hold_their_members)
{
    for (int i = 0; i < 5000 && !test_failed(); i++) {
        struct scalar a = some_scalar(), b = some_scalar();
        struct scalar join = scalar_join(a, b), wide = scalar_widen(a, b, W);
        unsigned bits = 2u << chance(2);
        struct scalar zext = scalar_zext(a, bits, W), sext = scalar_sext(a, bits, W);
        CHECK(scalar_covers(join, a) && scalar_covers(join, b));
        CHECK(scalar_covers(wide, a) && scalar_covers(wide, b));
        for (uint64_t x = 0; x < ALL; x++) {
            if (!scalar_has(a, x, W))
                continue;
            CHECK(scalar_has(zext, x & range_mask(bits), W));
            CHECK(scalar_has(sext, (uint64_t)range_sext(x, bits) & (ALL - 1), W));
        }
    }
}

/* ---- 64 and 32 bits: members at random ---- */

static uint64_t some_value(void)
{
    static const uint64_t edges[] = {
        0,          1,           INT32_MAX,         UINT32_MAX,        INT64_MAX,
        UINT64_MAX, 0x80000000u, (uint64_t)1 << 32, (uint64_t)1 << 63, 0xffffffff80000000u
    };
    uint64_t x = chance(4) ? edges[chance(COUNT(edges))] + chance(5) - 2 : seed * 31;
    return chance(3) ? x : x >> chance(64);
}

TEST(full_widths_hold_every_result)
{
    for (int i = 0; i < (test_quick ? 10000 : 100000) && !test_failed(); i++) {
        uint64_t x[4], y[4];
        struct scalar a, b;
        enum insn_op op = arithmetic[chance(COUNT(arithmetic))];
        enum insn_op test = conditions[chance(COUNT(conditions))];
        unsigned bits = chance(2) ? 64 : 32;
        for (int k = 0; k < 4; k++) {
            x[k] = chance(2) && k ? x[0] + chance(9) - 4 : some_value();
            y[k] = chance(2) && k ? y[0] + chance(9) - 4 : some_value();
            a = k ? scalar_join(a, scalar_const(x[k], 64)) : scalar_const(x[k], 64);
            b = k ? scalar_join(b, scalar_const(y[k], 64)) : scalar_const(y[k], 64);
        }
        CHECK(scalar_settle(&a, 64) && scalar_settle(&b, 64));
        struct scalar out = scalar_alu(op, bits, a, b, 64);
        for (int k = 0; k < 16; k++) {
            uint64_t p = x[k & 3], q = y[k >> 2];
            bool holds = condition(test, p, q, bits);
            struct scalar c = a, d = b;
            CHECK_SAY(scalar_has(out, concrete(op, p, q, bits), 64),
                      "op %u, %u bits, of %#" PRIx64 " and %#" PRIx64, op, bits, p, q);
            CHECK_SAY(scalar_assume(test, holds, bits, &c, &d, 64) && scalar_has(c, p, 64) &&
                          scalar_has(d, q, 64),
                      "test %u %d, %u bits, of %#" PRIx64 " and %#" PRIx64, test, holds, bits, p,
                      q);
        }
    }
}

TEST(what_clang_relies_on_is_found)
{
    struct scalar x = scalar_any(64), k = scalar_const(100, 64), y;

    /* A 32-bit test bounds the whole where the upper half is known to be 0. */
    y = scalar_zext(x, 32, 64);
    CHECK(scalar_assume(OP_JLT, true, 32, &y, &k, 64));
    CHECK_EQ(y.full.umax, 99);
    /* x << 32 s>> 32 of a small number is the number. */
    y = scalar_alu(OP_LSH, 64, scalar_between(0, 9, 64), scalar_const(32, 64), 64);
    y = scalar_alu(OP_ARSH, 64, y, scalar_const(32, 64), 64);
    CHECK_EQ(y.full.umax, 9);
    /* A mask bounds. */
    y = scalar_alu(OP_AND, 64, x, scalar_const(0x3c, 64), 64);
    CHECK_EQ(y.full.umax, 0x3c);
    CHECK_EQ(y.full.smin, 0);
    y = scalar_alu(OP_ADD, 64, y, scalar_const(20, 64), 64);
    CHECK_EQ(y.full.umin, 20);
    /* Signed bounds on both sides bound the unsigned number. */
    y = x;
    k = scalar_const(0, 64);
    CHECK(scalar_assume(OP_JSGE, true, 64, &y, &k, 64));
    k = scalar_const(7, 64);
    CHECK(scalar_assume(OP_JSLE, true, 64, &y, &k, 64));
    CHECK_EQ(y.full.umax, 7);
    CHECK_EQ(y.low.umax, 7);
    /* What excludes itself is found out. */
    k = scalar_const(8, 64);
    CHECK(!scalar_assume(OP_JEQ, true, 64, &y, &k, 64));
}
