/* SPDX-License-Identifier: Apache-2.0 */
/* The facts for the compiler. */
#include "verify/local.h"

void facts_find(struct verifier *v)
{
    for (uint32_t i = 0; i < v->prog->count; i++) {
        v->facts[i] = v->walked[i];
        if (!(v->seen[i] & SEEN_WALKED) && v->prog->insns[i].id != INSN_SECOND)
            v->facts[i].flags |= FACT_DEAD;
        if ((v->seen[i] & (SEEN_JUMPED | SEEN_PASSED)) == SEEN_JUMPED)
            v->facts[i].flags |= FACT_ALWAYS_JUMPS;
        if ((v->seen[i] & (SEEN_JUMPED | SEEN_PASSED)) == SEEN_PASSED)
            v->facts[i].flags |= FACT_NEVER_JUMPS;
    }
}
