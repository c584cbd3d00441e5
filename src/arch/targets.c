/* SPDX-License-Identifier: Apache-2.0 */
/* The list of processors; the build's option says which: ANYBPF_TARGETS(X) is X(NAME) for each. */
#include "arch/targets.h"
#include "rt/rt.h"
#include <string.h>

#define X(name) extern const struct target target_##name;
ANYBPF_TARGETS(X)
#undef X

const struct target *const targets[] = {
#define X(name) &target_##name,
    ANYBPF_TARGETS(X)
#undef X
        NULL
};

__attribute__((constructor)) static void index_all(void)
{
    for (const struct target *const *t = targets; *t; t++)
        target_index(*t);
}

const struct target *target_find(const char *name)
{
    for (const struct target *const *t = targets; *t; t++)
        if (!strcmp((*t)->name, name))
            return *t;
    return NULL;
}

uint32_t target_host_features(const struct target *target)
{
    uint32_t set = 0;
    if (!strcmp(target->name, host_target))
        for (uint32_t bit = 0; target->features[bit]; bit++)
            set |= (uint32_t)host_has(target->features[bit]) << bit;
    return set;
}
