/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a value's upper bits from the operations that make it. */
#include "ir/ir.h"

enum { DEPTH = 3 }; /* operations looked into, one behind the other */

static unsigned bits_below(const struct fn *fn, uint32_t value, unsigned depth);

/* The operation's result, from its operands. */
static unsigned bits_of_binary(const struct fn *fn, const struct node *node, unsigned depth)
{
    const struct node *count = &fn->nodes.at[node->in[1]];
    unsigned width = node->width, shift = (unsigned)count->imm & (width - 1u), bits = width;
    unsigned left = bits_below(fn, node->in[0], depth), right = bits_below(fn, node->in[1], depth);
    switch (node->op) {
    case IR_AND: bits = left < right ? left : right; break;
    case IR_OR:
    case IR_XOR: bits = left > right ? left : right; break;
    case IR_SHL: bits = count->op == IR_CONST ? left + shift : width; break;
    case IR_SHR:
        bits = left < width ? left : width;
        if (count->op == IR_CONST)
            bits = bits > shift ? bits - shift : 0;
        break;
    case IR_UDIV:
    case IR_UREM: bits = left; break;
    default: break;
    }
    return bits < width ? bits : width;
}

static unsigned bits_below(const struct fn *fn, uint32_t value, unsigned depth)
{
    const struct node *node = &fn->nodes.at[value];
    switch (node->op) {
    case IR_CONST: return node->imm ? 64 - (unsigned)__builtin_clzll((uint64_t)node->imm) : 0;
    case IR_CMP: return 1;
    case IR_POPCNT: return 7;
    case IR_ZEXT8: return 8;
    case IR_ZEXT16: return 16;
    case IR_ZEXT32: return 32;
    case IR_LOAD:
    case IR_PROBE:
    case IR_LOAD_ACQUIRE:
    case IR_FETCH_ADD:
    case IR_FETCH_OR:
    case IR_FETCH_AND:
    case IR_FETCH_XOR:
    case IR_XCHG:
    case IR_CMPXCHG:
    case IR_BSWAP:
    case IR_NEG:
    case IR_SEXT8:
    case IR_SEXT16: return node->width;
    default: break;
    }
    if (ir_rows[node->op].shape != SHAPE_BINARY)
        return 64;
    return depth ? bits_of_binary(fn, node, depth - 1) : node->width;
}

unsigned value_bits(const struct fn *fn, uint32_t value)
{
    return bits_below(fn, value, DEPTH);
}
