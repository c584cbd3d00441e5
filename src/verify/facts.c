/* SPDX-License-Identifier: Apache-2.0 */
/* The facts for the compiler, from what the walk noted of each instruction.
 *
 * Pruning ignores numbers that do not matter, so a range seen in the walk need not hold on every
 * path, and none is taken from it. What is taken here, pruning never ignores: the kinds, maps and
 * offsets of pointers (a kept state covers another only if each live pointer is the same, its
 * offset within the kept one's), the sizes that helpers are given, and jumps that were decided
 * (precise.c marks the numbers in all three). So an instruction, a way of a jump, or a byte of
 * stack that the walk did not reach is not reached by any run. */
#include "verify/local.h"

static void find_in(struct insn_fact *fact, uint8_t seen)
{
    if (!(seen & SEEN_WALKED))
        fact->flags |= FACT_DEAD;
    if (fact->region == REGION_STACK && !(seen & SEEN_OTHER_STACK))
        fact->flags |= FACT_OWN_STACK;
    if ((seen & (SEEN_JUMPED | SEEN_PASSED)) == SEEN_JUMPED)
        fact->flags |= FACT_ALWAYS_JUMPS;
    if ((seen & (SEEN_JUMPED | SEEN_PASSED)) == SEEN_PASSED)
        fact->flags |= FACT_NEVER_JUMPS;
}

void facts_find(struct verifier *v)
{
    for (uint32_t i = 0; i < v->prog->count; i++) {
        v->facts[i] = v->walked[i];
        if (v->prog->insns[i].id != INSN_SECOND)
            find_in(&v->facts[i], v->seen[i]);
    }
}
