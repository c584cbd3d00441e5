/* SPDX-License-Identifier: Apache-2.0 */
/* Folding: what a node is equal to, seen from the node and its operands alone.
 *
 * Constants stand on the right of operations that commute and of comparisons; x - c is x + -c;
 * masks of 8, 16 and 32 ones are ZEXTs. A 32-bit operation reads low halves only, so a ZEXT32 in
 * front of it goes. */
#include "base/planted.h"
#include "ir/local.h"

static const struct node *node_at(const struct maker *maker, uint32_t value)
{
    return &maker->fn->nodes.at[value];
}

static uint64_t low(unsigned width, uint64_t value)
{
    return width == 32 ? (uint32_t)value : value;
}

static uint64_t swapped(unsigned width, uint64_t x)
{
    return width == 16   ? __builtin_bswap16((uint16_t)x)
           : width == 32 ? __builtin_bswap32((uint32_t)x)
                         : __builtin_bswap64(x);
}

static uint64_t divided(enum ir_op op, unsigned width, uint64_t a, uint64_t b)
{
    bool narrow = width == 32;
    int64_t sa = narrow ? (int32_t)a : (int64_t)a, sb = narrow ? (int32_t)b : (int64_t)b;
    a = low(width, a);
    b = low(width, b);
    if (!b)
        return op == IR_UDIV || op == IR_SDIV ? 0 : a;
    if (sb == -1 && op == IR_SDIV)
        return 0 - (uint64_t)sa;
    if (sb == -1 && op == IR_SREM)
        return 0;
    switch (op) {
    case IR_UDIV: return a / b;
    case IR_UREM: return a % b;
    case IR_SDIV: return (uint64_t)(sa / sb);
    default: return (uint64_t)(sa % sb);
    }
}

/* The upper half of the product of two numbers of 64 bits. */
static uint64_t high_product(uint64_t a, uint64_t b)
{
    uint64_t low_a = (uint32_t)a, low_b = (uint32_t)b;
    uint64_t middle = (a >> 32) * low_b + (low_a * low_b >> 32);
    uint64_t other = low_a * (b >> 32) + (uint32_t)middle;
    return (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
}

static uint64_t computed(const struct node *node, uint64_t a, uint64_t b)
{
    unsigned width = node->width, count = (unsigned)b & (width - 1u);
    switch (node->op) {
    case IR_ADD: return low(width, a + b);
    case IR_SUB: return low(width, a - b);
    case IR_MUL: return low(width, a * b);
    case IR_UMULH: return high_product(a, b);
    case IR_SMULH: /* a sign bit counts -2^63, not 2^63: 2^64 times the other less */
        return high_product(a, b) - ((int64_t)a < 0 ? b : 0) - ((int64_t)b < 0 ? a : 0);
    case IR_AND: return low(width, a & b);
    case IR_OR: return low(width, a | b);
    case IR_XOR: return low(width, a ^ b);
    case IR_SHL: return low(width, a << count);
    case IR_SHR: return low(width, a) >> count;
    case IR_SAR:
        return width == 32
                   ? (uint32_t)(FAULT(fold_sar, (int32_t)a >> count, (int64_t)(uint32_t)a >> count))
                   : (uint64_t)((int64_t)a >> count);
    case IR_ROTL:
        a = low(width, a);
        return count ? low(width, a << count | a >> (width - count)) : a;
    case IR_NEG: return low(width, 0 - a);
    case IR_SEXT8: return low(width, (uint64_t)(int8_t)a);
    case IR_SEXT16: return low(width, (uint64_t)(int16_t)a);
    case IR_SEXT32: return (uint64_t)(int32_t)a;
    case IR_ZEXT8: return (uint8_t)a;
    case IR_ZEXT16: return (uint16_t)a;
    case IR_ZEXT32: return (uint32_t)a;
    case IR_POPCNT: return (uint64_t)__builtin_popcountll(low(width, a));
    case IR_BSWAP: return swapped(width, a);
    default: return low(width, divided(node->op, width, a, b));
    }
}

/* x as a result of an operation of that width: its low bits. */
static uint32_t as_result(struct maker *maker, unsigned width, uint32_t x)
{
    return width == 32 ? maker_op(maker, IR_ZEXT32, 64, x, 0) : x;
}

static uint32_t replace(struct node *node, enum ir_op op, unsigned width, uint32_t a, uint32_t b)
{
    *node = (struct node){ .op = (uint8_t)op, .width = (uint8_t)width, .in = { a, b } };
    return NO_VALUE;
}

/* x op x. */
static uint32_t fold_equal(struct maker *maker, const struct node *node)
{
    switch (node->op) {
    case IR_AND:
    case IR_OR: return as_result(maker, node->width, node->in[0]);
    case IR_XOR:
    case IR_SUB: return maker_const(maker, 0);
    default: return NO_VALUE;
    }
}

static bool is_power(uint64_t x)
{
    return x && !(x & (x - 1));
}

static uint32_t fold_and(struct maker *maker, struct node *node, uint64_t mask)
{
    uint32_t x = node->in[0];
    uint64_t bits = value_mask(maker->fn, x);
    if (!(bits & mask))
        return maker_const(maker, 0);
    if (!(bits & ~mask))
        return x;
    if (mask == 0xff)
        return replace(node, IR_ZEXT8, 64, x, 0);
    if (mask == 0xffff)
        return replace(node, IR_ZEXT16, 64, x, 0);
    if (mask == 0xffffffff)
        return replace(node, IR_ZEXT32, 64, x, 0);
    const struct node *inner = node_at(maker, x);
    if (inner->op != IR_SHL || inner->width != node->width || x < maker->begin ||
        !is_const(maker->fn, inner->in[1]))
        return NO_VALUE;
    /* (x << n) & mask: with the shift last an address or a sum may take it in. */
    uint32_t first = inner->in[0], count = inner->in[1];
    uint64_t low_mask = mask >> node_at(maker, count)->imm;
    first = maker_op(maker, IR_AND, node->width, first, maker_const(maker, low_mask));
    return maker_op(maker, IR_SHL, node->width, first, count);
}

/* x shifted to the left by so many bits, or to the right if that is negative, and none lost. */
static uint32_t shifted(struct maker *maker, unsigned width, uint32_t x, int by)
{
    enum ir_op op = by < 0 ? IR_SHR : IR_SHL;
    return maker_op(maker, op, width, x, maker_const(maker, (uint64_t)(by < 0 ? -by : by)));
}

/* (x << n) >> n, as clang writes extensions for processors without them. */
static uint32_t fold_extension(struct maker *maker, const struct node *node, unsigned count)
{
    const struct node *left = node_at(maker, node->in[0]);
    bool sign = node->op == IR_SAR;
    if (left->op != IR_SHL || left->width != 64 || node->width != 64 ||
        !is_const(maker->fn, left->in[1]) ||
        ((uint64_t)node_at(maker, left->in[1])->imm & 63) != count)
        return NO_VALUE;
    switch (count) {
    case 56: return maker_op(maker, sign ? IR_SEXT8 : IR_ZEXT8, 64, left->in[0], 0);
    case 48: return maker_op(maker, sign ? IR_SEXT16 : IR_ZEXT16, 64, left->in[0], 0);
    case 32: return maker_op(maker, sign ? IR_SEXT32 : IR_ZEXT32, 64, left->in[0], 0);
    default: return NO_VALUE;
    }
}

/* x >> count of what has been shifted, or of a number in the other order of bytes that was short:
 * then its bytes stand on top. */
static uint32_t fold_shr(struct maker *maker, const struct node *node, unsigned count)
{
    uint32_t extended = fold_extension(maker, node, count);
    if (extended != NO_VALUE || node->op == IR_SAR)
        return extended;
    const struct node *inner = node_at(maker, node->in[0]);
    uint32_t x = inner->in[0];
    unsigned width = node->width, half = width / 2, by;
    if (inner->op == IR_BSWAP && inner->width == width && value_fits(maker->fn, x, half))
        return shifted(maker, width, maker_op(maker, IR_BSWAP, half, x, 0),
                       (int)half - FAULT(swap_of_half, (int)count, (int)half));
    if ((inner->op != IR_SHL && inner->op != IR_SHR) || inner->width != width ||
        !is_const(maker->fn, inner->in[1]) || node->in[0] < maker->begin)
        return NO_VALUE;
    by = (unsigned)node_at(maker, inner->in[1])->imm;
    if (inner->op == IR_SHR)
        return by + count < width ? shifted(maker, width, x, -(int)(by + count))
                                  : maker_const(maker, 0);
    uint64_t bits = low(width, value_mask(maker->fn, x));
    return low(width, bits << by) >> by == bits ? shifted(maker, width, x, (int)by - (int)count)
                                                : NO_VALUE;
}

static uint32_t fold_divide(struct maker *maker, struct node *node, uint64_t b)
{
    unsigned width = node->width;
    bool quotient = node->op == IR_UDIV || node->op == IR_SDIV;
    uint32_t x = node->in[0];
    if (b == 0)
        return quotient ? maker_const(maker, 0) : as_result(maker, width, x);
    node->flags |= NODE_NONZERO;
    if (b == 1)
        return quotient ? as_result(maker, width, x) : maker_const(maker, 0);
    if (node->op == IR_SDIV || node->op == IR_SREM) {
        if (b != low(width, UINT64_MAX))
            return NO_VALUE;
        return quotient ? maker_op(maker, IR_NEG, width, x, 0) : maker_const(maker, 0);
    }
    if (!is_power(b))
        return NO_VALUE;
    uint64_t count = (uint64_t)__builtin_ctzll(b);
    if (quotient)
        return maker_op(maker, IR_SHR, width, x, maker_const(maker, count));
    return maker_op(maker, IR_AND, width, x, maker_const(maker, b - FAULT(fold_remainder, 1, 0)));
}

static bool is_frame(const struct maker *maker, uint32_t value)
{
    const struct node *node = node_at(maker, value);
    return node->op == IR_PARAM && node->imm == 1;
}

/* x op constant. */
static __attribute__((noinline)) uint32_t fold_right(struct maker *maker, struct node *node,
                                                     uint64_t b)
{
    unsigned width = node->width, count = (unsigned)b & (width - 1u);
    uint32_t x = node->in[0];
    const struct node *inner = node_at(maker, x);
    switch (node->op) {
    case IR_SUB:
        return maker_op(maker, IR_ADD, width, x,
                        maker_const(maker, low(width, FAULT(fold_minus, 0 - b, ~b))));
    case IR_ADD:
        if (b == 0)
            return as_result(maker, width, x);
        if (inner->op == IR_ADD && inner->width == width && is_const(maker->fn, inner->in[1]) &&
            (x >= maker->begin || is_frame(maker, inner->in[0]))) {
            uint64_t sum = low(width, b + (uint64_t)node_at(maker, inner->in[1])->imm);
            uint32_t first = inner->in[0];
            return maker_op(maker, IR_ADD, width, first, maker_const(maker, sum));
        }
        return NO_VALUE;
    case IR_OR:
    case IR_XOR: return b == 0 ? as_result(maker, width, x) : NO_VALUE;
    case IR_AND:
        return b == low(width, ~0ull) ? as_result(maker, width, x) : fold_and(maker, node, b);
    case IR_MUL:
        if (b == 0)
            return maker_const(maker, 0);
        if (b == 1)
            return as_result(maker, width, x);
        if (is_power(b))
            return maker_op(maker, IR_SHL, width, x,
                            maker_const(maker, (uint64_t)__builtin_ctzll(b)));
        return NO_VALUE;
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
    case IR_ROTL:
        if (count == 0)
            return as_result(maker, width, x);
        if (count != b)
            node->in[1] = maker_const(maker, count);
        return node->op == IR_SHR || node->op == IR_SAR ? fold_shr(maker, node, count) : NO_VALUE;
    case IR_UDIV:
    case IR_UREM:
    case IR_SDIV:
    case IR_SREM: return fold_divide(maker, node, b);
    default: return NO_VALUE;
    }
}

/* x << n | x >> (width - n). */
static uint32_t fold_rotate(struct maker *maker, struct node *node)
{
    const struct node *left = node_at(maker, node->in[0]), *right = node_at(maker, node->in[1]);
    if (left->op == IR_SHR && right->op == IR_SHL) {
        const struct node *other = left;
        left = right;
        right = other;
    }
    if (left->op != IR_SHL || right->op != IR_SHR || left->width != node->width ||
        right->width != node->width || left->in[0] != right->in[0] ||
        !is_const(maker->fn, left->in[1]) || !is_const(maker->fn, right->in[1]))
        return NO_VALUE;
    int64_t count = node_at(maker, left->in[1])->imm;
    if (count + node_at(maker, right->in[1])->imm != node->width)
        return NO_VALUE;
    return replace(node, IR_ROTL, node->width, left->in[0], left->in[1]);
}

/* Operands of which only low bits are read lose their zero extension. */
static void strip(struct maker *maker, unsigned width, uint32_t *in)
{
    for (;;) {
        const struct node *node = node_at(maker, *in);
        if ((node->op == IR_ZEXT32 && width <= 32) ||
            (node->op == IR_ZEXT16 && width <= FAULT(strip_too_much, 16, 32)) ||
            (node->op == IR_ZEXT8 && width <= 8))
            *in = node->in[0];
        else
            return;
    }
}

static __attribute__((noinline)) uint32_t fold_constants(struct maker *maker,
                                                         const struct node *node)
{
    uint64_t a = (uint64_t)node_at(maker, node->in[0])->imm;
    uint64_t b = (uint64_t)node_at(maker, node->in[1])->imm;
    return maker_const(maker, computed(node, a, b));
}

static uint32_t fold_binary(struct maker *maker, struct node *node)
{
    if (node->width == 32)
        for (unsigned i = 0; i < 2; i++)
            strip(maker, 32, &node->in[i]);
    bool left = is_const(maker->fn, node->in[0]), right = is_const(maker->fn, node->in[1]);
    if (left && right)
        return fold_constants(maker, node);
    if (left && ir_rows[node->op].flags & IR_COMMUTES) {
        uint32_t in = node->in[0];
        node->in[0] = node->in[1];
        node->in[1] = in;
        right = true;
    }
    if (right)
        return fold_right(maker, node,
                          low(node->width, (uint64_t)node_at(maker, node->in[1])->imm));
    if (node->in[0] == node->in[1])
        return fold_equal(maker, node);
    if (node->op == IR_SUB && left &&
        low(node->width, (uint64_t)node_at(maker, node->in[0])->imm) == 0)
        return replace(node, IR_NEG, node->width, node->in[1], 0);
    return node->op == IR_OR || node->op == IR_ADD ? fold_rotate(maker, node) : NO_VALUE;
}

static uint32_t fold_unary(struct maker *maker, struct node *node)
{
    static const uint8_t source[IR_COUNT] = { [IR_SEXT8] = 8, [IR_SEXT16] = 16, [IR_SEXT32] = 32,
                                              [IR_ZEXT8] = 8, [IR_ZEXT16] = 16, [IR_ZEXT32] = 32 };
    unsigned from = source[node->op];
    strip(maker, from ? from : node->width, &node->in[0]);
    uint32_t x = node->in[0];
    if (is_const(maker->fn, x))
        return maker_const(maker, computed(node, (uint64_t)node_at(maker, x)->imm, 0));
    bool zero = node->op == IR_ZEXT8 || node->op == IR_ZEXT16 || node->op == IR_ZEXT32;
    if (from && value_fits(maker->fn, x, FAULT(sext_of_unsigned, zero, true) ? from : from - 1))
        return x;
    return NO_VALUE;
}

/* Whether a value is the address of something, or behind it: never 0. */
static bool is_address(const struct maker *maker, uint32_t value)
{
    const struct node *node = node_at(maker, value);
    for (unsigned depth = 0; depth < 2 && node->op == IR_ADD && node->width == 64; depth++) {
        const struct node *left = node_at(maker, node->in[0]);
        const struct node *right = node_at(maker, node->in[1]);
        node = left->op == IR_SYMBOL || left->op == IR_ADD ? left : right;
    }
    return node->op == IR_SYMBOL;
}

/* Whether a value is 0 just where a comparison does not hold: a cond b, or a cond b ? address : 0.
 */
static bool is_condition(const struct maker *maker, const struct node *node, unsigned width)
{
    if (node->op == IR_CMP)
        return true;
    if (node->op != IR_SELECT || width != 64 || !is_const(maker->fn, node->in[3]))
        return false;
    return node_at(maker, node->in[3])->imm == 0 && is_address(maker, node->in[2]);
}

/* A comparison of numbers below 2^32, if it is signed below 2^31, is one of 32 bits. */
static void narrow(struct maker *maker, struct node *node)
{
    bool is_signed = node->cond >= COND_SLT && node->cond <= COND_SGT;
    unsigned most = is_signed ? 31 : 32;
    if (node->width == 64 && value_fits(maker->fn, node->in[0], most) &&
        value_fits(maker->fn, node->in[1], most))
        node->width = 32;
    for (unsigned i = 0; i < 2 && node->width == 32; i++)
        strip(maker, 32, &node->in[i]);
}

/* Whether a value is a symbol's address and less than 2^48 behind it. */
static bool is_near_symbol(const struct maker *maker, uint32_t value)
{
    const struct node *node = node_at(maker, value);
    if (node->op != IR_ADD || node->width != 64)
        return node->op == IR_SYMBOL;
    bool left = node_at(maker, node->in[0])->op == IR_SYMBOL;
    return (left || node_at(maker, node->in[1])->op == IR_SYMBOL) &&
           value_fits(maker->fn, node->in[left], 48);
}

/* What the bits that a number may have say of its comparison with a constant. */
static bool known_compare(const struct maker *maker, const struct node *node, uint64_t b,
                          bool *holds)
{
    uint64_t most = low(node->width, value_mask(maker->fn, node->in[0]));
    bool negative = b >> (node->width - 1) & 1, positive = !(most >> (node->width - 1));
    enum ir_cond cond = node->cond & ~1u;
    if (cond == COND_EQ && b == 0 && is_near_symbol(maker, node->in[0])) {
        *holds = false;
    } else if (cond == COND_EQ && b & ~most) {
        *holds = false;
    } else if (cond == COND_SET && !(b & most)) {
        *holds = false;
    } else if (cond == COND_ULT || (cond == COND_SLT && positive && !negative)) {
        *holds = FAULT(known_below, most < b, most <= b);
        if (!*holds && b)
            return false;
    } else if (cond == COND_ULE || (cond == COND_SLE && positive && !negative)) {
        *holds = most <= b;
        if (!*holds)
            return false;
    } else if ((cond == COND_SLT || cond == COND_SLE) && positive) {
        *holds = false; /* below a negative number */
    } else {
        return false;
    }
    *holds ^= node->cond & 1;
    return true;
}

bool fold_compare(struct maker *maker, struct node *node, bool *holds)
{
    narrow(maker, node);
    if (is_const(maker->fn, node->in[0]) && !is_const(maker->fn, node->in[1])) {
        uint32_t in = node->in[0];
        node->in[0] = node->in[1];
        node->in[1] = in;
        node->cond = FAULT(swapped_condition, (uint8_t)cond_swap(node->cond), node->cond);
    }
    if (!is_const(maker->fn, node->in[1]))
        return false;
    uint64_t b = (uint64_t)node_at(maker, node->in[1])->imm;
    const struct node *left = node_at(maker, node->in[0]);
    if (left->op == IR_CONST) {
        *holds = cond_holds(node->cond, node->width, (uint64_t)left->imm, b);
        return true;
    }
    if (known_compare(maker, node, low(node->width, b), holds))
        return true;
    if ((node->cond == COND_EQ || node->cond == COND_NE) && low(node->width, b) == 0 &&
        is_condition(maker, left, node->width)) {
        node->width = left->width;
        node->cond = left->cond ^ (node->cond == COND_EQ);
        node->in[1] = left->in[1];
        node->in[0] = left->in[0];
    }
    return false;
}

/* r10 + offset is frame + another offset: then r10 need not live in a register. */
static uint32_t fold_address(struct maker *maker, struct node *node)
{
    const struct node *base = node_at(maker, node->in[0]);
    int64_t sum;
    if (base->op != IR_ADD || base->width != 64 || !is_const(maker->fn, base->in[1]) ||
        !is_frame(maker, base->in[0]) ||
        __builtin_add_overflow(node->imm, node_at(maker, base->in[1])->imm, &sum) ||
        sum != (int32_t)sum)
        return NO_VALUE;
    node->in[0] = base->in[0];
    node->imm = sum;
    return NO_VALUE;
}

/* a cond b ? 1 : 0, or ? 0 : 1. */
static void fold_truth(struct maker *maker, struct node *node)
{
    const struct node *yes = node_at(maker, node->in[2]), *no = node_at(maker, node->in[3]);
    if (yes->op != IR_CONST || no->op != IR_CONST || (yes->imm | no->imm) != 1 ||
        yes->imm == no->imm)
        return;
    node->op = IR_CMP;
    node->cond ^= FAULT(fold_truth, no->imm == 1, false);
    node->in[2] = node->in[3] = 0;
}

static uint32_t fold_cmp(struct maker *maker, struct node *node)
{
    bool holds;
    return fold_compare(maker, node, &holds) ? maker_const(maker, holds) : NO_VALUE;
}

static uint32_t fold_select(struct maker *maker, struct node *node)
{
    bool holds;
    if (fold_compare(maker, node, &holds))
        return holds ? node->in[2] : node->in[3];
    fold_truth(maker, node);
    return node->op == IR_SELECT && node->in[2] == node->in[3] ? node->in[2] : NO_VALUE;
}

static uint32_t fold_branch(struct maker *maker, struct node *node)
{
    bool holds;
    fold_compare(maker, node, &holds);
    return NO_VALUE;
}

static uint32_t fold_store(struct maker *maker, struct node *node)
{
    strip(maker, node->width, &node->in[1]);
    return fold_address(maker, node);
}

uint32_t (*const folds[IR_COUNT])(struct maker *maker, struct node *node) = {
    [IR_ADD... IR_SREM] = fold_binary,
    [IR_NEG... IR_POPCNT] = fold_unary,
    [IR_CMP] = fold_cmp,
    [IR_SELECT] = fold_select,
    [IR_LOAD... IR_PROBES] = fold_address,
    [IR_STORE] = fold_store,
    [IR_ATOMIC_ADD... IR_LOAD_ACQUIRE] = fold_address,
    [IR_STORE_RELEASE] = fold_store,
    [IR_BRANCH] = fold_branch,
};

void fold_base(struct maker *maker, struct node *node)
{
    const struct node *base = node_at(maker, node->in[0]);
    for (unsigned i = 0; i < 2 && base->op == IR_ADD && base->width == 64; i++) {
        const struct node *sum = node_at(maker, base->in[i]);
        if (sum->op != IR_ADD || sum->width != 64 || base->in[i] >= maker->begin ||
            !is_const(maker->fn, sum->in[1]) || node_at(maker, sum->in[1])->imm != -node->imm)
            continue;
        node->in[0] = maker_op(maker, IR_ADD, 64, sum->in[0], base->in[!i]);
        node->imm = 0;
        return;
    }
}
