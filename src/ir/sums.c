/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "sums": numbers that stand one behind the other in memory, or the bits of words that do, are
 * added up 16 bytes at once, for processors that can:
 *
 *     x + a[0] + .. + a[7]                   x + load_sum [a]
 *     x + popcnt(a[0]) + popcnt(a[1])        x + load_popcnt [a]
 *
 * It is seen when the last ADD is made. The loads are as for "recompose": the wide one reads, at
 * the ADD, what they have read. */
#include "base/planted.h"
#include "ir/local.h"

enum { BYTES = 16 };

/* The load that a summand is, or whose bits it counts; false: it is neither. */
static bool is_summand(const struct maker *maker, uint32_t value, struct node *load)
{
    const struct node *node = &maker->fn->nodes.at[value];
    bool counts = node->op == IR_POPCNT && node->width == 64;
    if (counts)
        node = &maker->fn->nodes.at[value = node->in[0]];
    if (node->op != IR_LOAD || value < maker->unwritten[node->region] ||
        (counts ? node->width != 64 : node->width != 16 && node->width != 32))
        return false;
    *load = *node;
    load->op = counts ? IR_LOAD_POPCNT : IR_LOAD_SUM;
    return true;
}

static bool is_same(const struct fn *fn, uint32_t a, uint32_t b)
{
    const struct node *x = &fn->nodes.at[a], *y = &fn->nodes.at[b];
    return a == b || (x->op == IR_ADD && y->op == IR_ADD && x->width == y->width &&
                      x->in[0] == y->in[0] && x->in[1] == y->in[1]);
}

/* Whether the value is the summand that stands right before `load`; *load is that one then. */
static bool is_before(const struct maker *maker, uint32_t value, struct node *load)
{
    struct node before;
    if (!is_summand(maker, value, &before) || before.op != load->op ||
        before.width != load->width || before.region != load->region ||
        before.imm + load->width / 8 != load->imm || !is_same(maker->fn, before.in[0], load->in[0]))
        return false;
    *load = before;
    return true;
}

uint32_t sums(struct maker *maker, const struct node *node)
{
    const struct fn *fn = maker->fn;
    uint32_t rest = node->in[0];
    struct node load;
    if (!fn->sums || node->width != 64 || !is_summand(maker, node->in[1], &load))
        return NO_VALUE;
    for (unsigned left = BYTES / (load.width / 8u) - 1; left; left--) {
        const struct node *sum = &fn->nodes.at[rest];
        if (sum->op == IR_ADD && sum->width == 64 && is_before(maker, sum->in[1], &load))
            rest = sum->in[0];
        else if (left == 1 && is_before(maker, rest, &load))
            rest = NO_VALUE;
        else
            return NO_VALUE;
    }
    load.imm += FAULT(sums_offset, 0, load.width / 8);
    uint32_t all = maker_load_early(maker, load);
    return rest == NO_VALUE ? all : maker_op(maker, IR_ADD, 64, rest, all);
}
