/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "widths": the zero extension of a phi that has no upper half is the phi itself. That a phi
 * has none is supposed of all, and given up where an operand may have one; phis of loops confirm
 * each other. */
#include "base/planted.h"
#include "ir/local.h"

enum { SWEEPS = 4 }; /* at most; if that is not the end nothing is known */

struct widths {
    struct fn *fn;
    bool *wide; /* by value: a phi that may have an upper half */
};

static bool is_narrow(const struct widths *w, uint32_t value)
{
    const struct node *node = &w->fn->nodes.at[value];
    if (node->op == IR_PHI)
        return !w->wide[value];
    if (node->op == IR_SELECT)
        for (unsigned i = 2; i < 4; i++) {
            const struct node *choice = &w->fn->nodes.at[node->in[i]];
            if (choice->op == IR_PHI ? w->wide[node->in[i]] : !value_fits(w->fn, node->in[i], 32))
                return false;
        }
    return node->op == IR_SELECT || value_fits(w->fn, value, 32);
}

static bool is_extension(const struct fn *fn, uint32_t value)
{
    const struct node *node = &fn->nodes.at[value];
    if (node->op != IR_ZEXT32)
        return false;
    uint8_t of = fn->nodes.at[node->in[0]].op;
    return of == IR_PHI || of == IR_SELECT;
}

/* One sweep over the phis; whether one more was found that may be wide. */
static bool sweep(struct widths *w)
{
    const struct fn *fn = w->fn;
    bool found = false;
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        for (uint32_t i = block->first; i < block->first + block->count; i++) {
            const struct node *node = &fn->nodes.at[i];
            if (node->op != IR_PHI && node->op != IR_NOP)
                break;
            if (node->op == IR_NOP || w->wide[i])
                continue;
            for (uint32_t k = 0; k < node->list.count && !w->wide[i]; k++)
                w->wide[i] =
                    !is_narrow(w, fn->lists.at[node->list.first + FAULT(widths_operand, k, 0)]);
            found |= w->wide[i];
        }
    }
    return found;
}

void widths_run(struct fn *fn)
{
    struct widths w = { .fn = fn };
    uint32_t first = 0, sweeps = 0;
    while (first < fn->nodes.count && !is_extension(fn, first))
        first++;
    if (first == fn->nodes.count)
        return;
    w.wide = arena_array_of(fn->arena, fn->nodes.count, bool);
    while (sweep(&w))
        if (++sweeps == SWEEPS)
            return;
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        uint32_t count, *in = node_operands(fn, &fn->nodes.at[i], &count);
        for (uint32_t k = 0; k < count; k++) {
            if (!is_extension(fn, in[k]) || !is_narrow(&w, fn->nodes.at[in[k]].in[0]))
                continue;
            pass_found(PASS_WIDTHS);
            in[k] = fn->nodes.at[in[k]].in[0];
        }
    }
}
