/* SPDX-License-Identifier: Apache-2.0 */
/* Which bits of a value may be other than 0, from the operations that make it. */
#include "ir/ir.h"

enum { DEPTH = 3 }; /* operations looked into, one behind the other */

/* By operation: how many low bits a result has, whatever the operands are. */
enum { ALL = 0, ITS_WIDTH = 65, LESS /* than that, as its operands tell */, LOOK /* at them */ };
static const uint8_t bits_by_op[IR_COUNT] = {
    [IR_CONST] = LOOK,
    [IR_SELECT] = LOOK,
    [IR_ADD... IR_SREM] = LESS,
    [IR_CMP] = 1,
    [IR_POPCNT] = 7,
    [IR_LOAD_POPCNT] = 8,
    [IR_LOAD_SUM] = LOOK,
    [IR_ZEXT8] = 8,
    [IR_ZEXT16] = 16,
    [IR_ZEXT32] = 32,
    [IR_LOAD] = ITS_WIDTH,
    [IR_PROBE] = ITS_WIDTH,
    [IR_LOAD_ACQUIRE] = ITS_WIDTH,
    [IR_FETCH_ADD... IR_CMPXCHG] = ITS_WIDTH,
    [IR_BSWAP] = ITS_WIDTH,
    [IR_NEG] = ITS_WIDTH,
    [IR_SEXT8] = ITS_WIDTH,
    [IR_SEXT16] = ITS_WIDTH,
};

static uint64_t look(const struct fn *fn, const struct node *node, unsigned depth);

/* All bits up to the highest that may be set. */
static uint64_t filled(uint64_t bits)
{
    return bits ? UINT64_MAX >> __builtin_clzll(bits) : 0;
}

static uint64_t of_width(unsigned width)
{
    return UINT64_MAX >> (64 - width);
}

static inline uint64_t mask_of(const struct fn *fn, uint32_t value, unsigned depth)
{
    const struct node *node = &fn->nodes.at[value];
    unsigned bits = bits_by_op[node->op];
    if (bits == ALL)
        return UINT64_MAX;
    if (node->op == IR_CONST)
        return (uint64_t)node->imm;
    if (bits >= LESS)
        return look(fn, node, depth);
    return of_width(bits == ITS_WIDTH ? node->width : bits);
}

/* A sum is at most twice the larger number, and as often even as both are. */
static uint64_t bits_of_sum(uint64_t a, uint64_t b)
{
    uint64_t top = filled(a | b);
    return (top << 1 | 1) & (UINT64_MAX << (a | b ? __builtin_ctzll(a | b) : 0));
}

static uint64_t bits_of_product(uint64_t a, uint64_t b)
{
    if (!a || !b)
        return 0;
    int high = 128 - __builtin_clzll(a) - __builtin_clzll(b);
    int zeros = __builtin_ctzll(a) + __builtin_ctzll(b);
    return zeros >= 64 ? 0 : of_width(high < 64 ? (unsigned)high : 64) & (UINT64_MAX << zeros);
}

/* The operation's result, from its operands. */
static uint64_t bits_of_binary(const struct fn *fn, const struct node *node, unsigned depth)
{
    const struct node *count = &fn->nodes.at[node->in[1]];
    unsigned width = node->width, shift = (unsigned)count->imm & (width - 1u);
    uint64_t all = of_width(width), a = mask_of(fn, node->in[0], depth) & all, b;
    bool by_constant = count->op == IR_CONST;
    if (a == all && node->op != IR_AND && node->op != IR_SHL && node->op != IR_SHR &&
        (node->op != IR_MUL || width == 64))
        return all; /* nothing would be less */
    switch (node->op) {
    case IR_SHL: return by_constant ? a << shift & all : all;
    case IR_SHR: return by_constant ? a >> shift : filled(a);
    case IR_UDIV:
    case IR_UREM: return filled(a);
    case IR_MUL:
    case IR_ADD:
    case IR_AND:
    case IR_OR:
    case IR_XOR: break;
    default: return all;
    }
    b = mask_of(fn, node->in[1], depth) & all;
    if (node->op == IR_MUL)
        return bits_of_product(a, b) & all;
    return node->op == IR_ADD ? bits_of_sum(a, b) & all : node->op == IR_AND ? a & b : a | b;
}

static uint64_t look(const struct fn *fn, const struct node *node, unsigned depth)
{
    if (node->op == IR_LOAD_SUM)
        return of_width(node->width == 16 ? 19 : 34);
    if (node->op == IR_SELECT)
        return depth ? mask_of(fn, node->in[2], depth - 1) | mask_of(fn, node->in[3], depth - 1)
                     : UINT64_MAX;
    return depth ? bits_of_binary(fn, node, depth - 1) : of_width(node->width);
}

uint64_t value_mask(const struct fn *fn, uint32_t value)
{
    return mask_of(fn, value, DEPTH);
}

bool value_fits(const struct fn *fn, uint32_t value, unsigned bits)
{
    const struct node *node = &fn->nodes.at[value];
    if (bits_by_op[node->op] == LESS && node->width <= bits)
        return true;
    return value_bits(fn, value) <= bits;
}

unsigned value_bits(const struct fn *fn, uint32_t value)
{
    uint64_t mask = value_mask(fn, value);
    return mask ? 64 - (unsigned)__builtin_clzll(mask) : 0;
}
