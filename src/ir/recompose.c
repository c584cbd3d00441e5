/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "recompose": a number put together from neighbouring bytes, b[0] | b[1] << 8 | .., is one
 * load, or one load and a swap where the bytes are in the other order. Programs read packets like
 * that, since BPF has no unaligned loads.
 *
 * Bits of them may be masked away. It is seen when the last OR is made. The loads must stand in the
 * block with nothing that writes memory behind the first of them: then the wide load reads, at the
 * OR, what they have read. */
#include "base/planted.h"
#include "ir/local.h"

enum { PARTS = 8, DEPTH = 12 };

struct part { /* a load as part of the number */
    uint32_t load, base;
    int64_t offset;
    unsigned shift, width; /* bits */
    bool swapped;
    uint8_t region;
};

struct parts {
    const struct maker *maker;
    struct part at[PARTS];
    unsigned count;
    uint64_t cleared; /* bits of the number that are masked away */
};

/* Adds the loads of which the value consists, shifted; none may reach beyond bit `limit`. */
static bool gather(struct parts *p, uint32_t value, unsigned shift, unsigned limit, unsigned depth)
{
    const struct fn *fn = p->maker->fn;
    const struct node *node = &fn->nodes.at[value], *load = node;
    if (limit > shift + 64)
        limit = shift + 64;
    if ((node->op == IR_OR || node->op == IR_SHL || node->op == IR_AND) && depth) {
        if (limit > shift + node->width)
            limit = shift + node->width;
        if (node->op == IR_AND) {
            uint64_t mask = (uint64_t)fn->nodes.at[node->in[1]].imm;
            p->cleared |= (value_mask(fn, node->in[0]) & ~mask) << shift;
            return is_const(fn, node->in[1]) && gather(p, node->in[0], shift, limit, depth - 1);
        }
        if (node->op == IR_OR)
            return gather(p, node->in[0], shift, limit, depth - 1) &&
                   gather(p, node->in[1], shift, limit, depth - 1);
        const struct node *count = &fn->nodes.at[node->in[1]];
        return count->op == IR_CONST && count->imm >= 0 && count->imm < node->width &&
               gather(p, node->in[0], shift + (unsigned)count->imm, limit, depth - 1);
    }
    if (node->op == IR_BSWAP) {
        value = node->in[0];
        load = &fn->nodes.at[value];
    }
    if (load->op != IR_LOAD || load->width != node->width ||
        value < p->maker->unwritten[load->region] || shift + load->width > limit ||
        p->count == PARTS)
        return false;
    p->at[p->count++] = (struct part){ value,       load->in[0],  load->imm,   shift,
                                       load->width, load != node, load->region };
    return true;
}

/* By shift; there are few. */
static void sort(struct parts *p)
{
    for (unsigned i = 1; i < p->count; i++)
        for (unsigned k = i; k && p->at[k].shift < p->at[k - 1].shift; k--) {
            struct part part = p->at[k];
            p->at[k] = p->at[k - 1];
            p->at[k - 1] = part;
        }
}

/* Whether the parts, from the lowest on, follow each other in memory upwards (little) or
 * downwards; all of one order of bytes. */
static bool in_order(const struct parts *p, bool little, bool big)
{
    const struct part *first = &p->at[0];
    for (unsigned i = 0; i < p->count; i++) {
        const struct part *part = &p->at[i];
        if (part->base != first->base || part->region != first->region)
            return false;
        if (part->width > 8 && part->swapped != (little == big))
            return false;
        if (i == 0)
            continue;
        const struct part *below = part - 1;
        int64_t next = little ? below->offset + below->width / 8 : below->offset - part->width / 8;
        if (part->shift != below->shift + below->width || part->offset != next)
            return false;
    }
    return first->shift == 0;
}

uint32_t recompose(struct maker *maker, const struct node *node)
{
    struct parts p; /* large, and written before it is read */
    p.maker = maker;
    p.count = 0;
    p.cleared = 0;
    bool big = maker->fn->big;
    if (!gather(&p, node->in[0], 0, node->width, DEPTH) ||
        !gather(&p, node->in[1], 0, node->width, DEPTH))
        return NO_VALUE;
    sort(&p);
    const struct part *last = &p.at[p.count - 1];
    unsigned width = last->shift + last->width;
    bool little = p.at[0].offset < last->offset;
    if ((width != 16 && width != 32 && width != 64) || !in_order(&p, little, big))
        return NO_VALUE;
    const struct part *lowest = little ? &p.at[0] : last;
    struct node wide = maker->fn->nodes.at[lowest->load];
    wide.width = (uint8_t)width;
    uint32_t load = maker_load_early(maker, wide);
    if (little == big)
        load = maker_op(maker, IR_BSWAP, width, load, 0);
    if (!p.cleared)
        return load;
    uint64_t mask = UINT64_MAX >> (64 - width) & FAULT(recompose_mask, ~p.cleared, UINT64_MAX);
    return maker_op(maker, IR_AND, 64, load, maker_const(maker, mask));
}
