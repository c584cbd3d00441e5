/* SPDX-License-Identifier: Apache-2.0 */
/* The passes and their order. */
#include "ir/local.h"
#include <string.h>

/* clang-format off */
const char *const pass_names[PASS_COUNT] = {
    [PASS_FOLD] = "fold",
    [PASS_NUMBER] = "number",
    [PASS_PROMOTE] = "promote",
    [PASS_STRAIGHTEN] = "straighten",
    [PASS_COUNTER] = "counter",
    [PASS_SWITCH] = "switch",
    [PASS_IFCONVERT] = "ifconvert",
    [PASS_MERGE] = "merge",
    [PASS_RECOMPOSE] = "recompose",
    [PASS_SUMS] = "sums",
    [PASS_DIVIDE] = "divide",
    [PASS_POPCOUNT] = "popcount",
    [PASS_INLINE] = "inline",
    [PASS_PHIS] = "phis",
    [PASS_WIDTHS] = "widths",
    [PASS_UNROLL] = "unroll",
    [PASS_DEAD] = "dead",
    [PASS_HOIST] = "hoist",
    [PASS_ADDRESS] = "address",
    [PASS_LOAD] = "load",
    [PASS_INNER] = "inner",
    [PASS_UPDATE] = "update",
    [PASS_HINT] = "hint",
    [PASS_MOVES] = "moves",
};
/* clang-format on */

uint64_t *pass_coverage;

uint32_t pass_bit(const char *name)
{
    for (uint32_t i = 0; i < PASS_COUNT; i++)
        if (!strcmp(name, pass_names[i]))
            return PASS_BIT(i);
    return 0;
}

void pass_run(struct module *module, uint32_t function, enum ir_pass pass, uint32_t left_out)
{
    struct fn *fn = &module->fns[function];
    switch (pass) {
    case PASS_FOLD:
    case PASS_NUMBER:
    case PASS_MERGE:
    case PASS_RECOMPOSE:
    case PASS_SUMS:
    case PASS_DIVIDE:
    case PASS_POPCOUNT: copy_run(fn, ~PASS_BIT(pass)); break;
    case PASS_INLINE: callees_run(module, function, left_out); break;
    case PASS_PHIS: phis_run(fn); break;
    case PASS_WIDTHS: widths_run(fn); break;
    case PASS_UNROLL: unroll_run(fn, left_out); break;
    case PASS_DEAD:
        if (!fn->uses) /* unless it was done before "unroll", which found nothing */
            fn->uses = dead_run(fn);
        break;
    case PASS_HOIST: hoist_run(fn); break;
    case PASS_PROMOTE:
    case PASS_STRAIGHTEN:
    case PASS_COUNTER:
    case PASS_SWITCH:
    case PASS_IFCONVERT:
    case PASS_ADDRESS:
    case PASS_LOAD:
    case PASS_INNER:
    case PASS_UPDATE:
    case PASS_HINT:
    case PASS_MOVES:
    case PASS_COUNT: break;
    }
}

/* Folding and numbering are done as the function is built (ir_build()). Callees come first, as far
 * as they stand behind their callers. */
void ir_opt(struct module *module, uint32_t left_out)
{
    bool alone = module->count == 1;
    for (uint32_t i = module->count; i-- > 0;)
        for (enum ir_pass pass = alone ? PASS_PHIS : PASS_INLINE; pass <= PASS_HOIST; pass++)
            if (module->fns[i].blocks.count && !(left_out & PASS_BIT(pass)))
                pass_run(module, i, pass, left_out);
    if (!alone && !(left_out & PASS_BIT(PASS_INLINE)))
        callees_drop(module);
}
