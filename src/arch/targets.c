/* SPDX-License-Identifier: Apache-2.0 */
/* The list of processors; the build's option says which: ANYBPF_TARGETS(X) is X(NAME) for each. */
#include "arch/targets.h"
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

const struct target *target_find(const char *name)
{
    for (const struct target *const *t = targets; *t; t++)
        if (!strcmp((*t)->name, name))
            return *t;
    return NULL;
}
