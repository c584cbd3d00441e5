/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "popcount": bits counted by the parallel sum, as clang writes it for processors that cannot
 * count them, are counted by the processor:
 *
 *     a = x - (x >> 1 & 0x55..)              pairs
 *     b = (a & 0x33..) + (a >> 2 & 0x33..)   nibbles
 *     c = b + (b >> 4) & 0x0f..              bytes
 *     c * 0x01.. >> width - 8                their sum
 */
#include "ir/local.h"

struct sum {
    const struct fn *fn;
    unsigned width;
};

/* Whether the value is x op constant, of the width of the sum. */
static bool is(const struct sum *s, uint32_t value, enum ir_op op, uint64_t constant, uint32_t *x)
{
    const struct node *node = &s->fn->nodes.at[value];
    if (node->op != op || node->width != s->width || !is_const(s->fn, node->in[1]))
        return false;
    uint64_t imm = (uint64_t)s->fn->nodes.at[node->in[1]].imm;
    *x = node->in[0];
    return s->width == 32 ? (uint32_t)imm == (uint32_t)constant : imm == constant;
}

/* Whether the value is x >> count & mask. */
static bool is_field(const struct sum *s, uint32_t value, uint64_t count, uint64_t mask,
                     uint32_t *x)
{
    return is(s, value, IR_AND, mask, &value) && is(s, value, IR_SHR, count, x);
}

/* Whether the value is a sum of the width, and of what. */
static bool is_pair(const struct sum *s, uint32_t value, enum ir_op op, uint32_t in[2])
{
    const struct node *node = &s->fn->nodes.at[value];
    in[0] = node->in[0];
    in[1] = node->in[1];
    return node->op == op && node->width == s->width;
}

static bool is_bytes(const struct sum *s, uint32_t value, uint32_t *nibbles)
{
    uint32_t in[2], x;
    if (!is(s, value, IR_AND, 0x0f0f0f0f0f0f0f0f, &value) || !is_pair(s, value, IR_ADD, in))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (is(s, in[i], IR_SHR, 4, &x) && x == in[!i]) {
            *nibbles = x;
            return true;
        }
    return false;
}

static bool is_nibbles(const struct sum *s, uint32_t value, uint32_t *pairs)
{
    uint32_t in[2], low, high;
    if (!is_pair(s, value, IR_ADD, in))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (is_field(s, in[i], 2, 0x3333333333333333, &high) &&
            is(s, in[!i], IR_AND, 0x3333333333333333, &low) && low == high) {
            *pairs = low;
            return true;
        }
    return false;
}

uint32_t popcount(struct maker *maker, const struct node *node)
{
    struct sum s = { maker->fn, node->width };
    uint32_t value = node->in[0], in[2], x;
    const struct node *count = &maker->fn->nodes.at[node->in[1]];
    if (count->op != IR_CONST || count->imm != node->width - 8 ||
        !is(&s, value, IR_MUL, 0x0101010101010101, &value) || !is_bytes(&s, value, &value) ||
        !is_nibbles(&s, value, &value) || !is_pair(&s, value, IR_SUB, in) ||
        !is_field(&s, in[1], 1, 0x5555555555555555, &x) || x != in[0])
        return NO_VALUE;
    return maker_op(maker, IR_POPCNT, node->width, x, 0);
}
