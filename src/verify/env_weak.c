/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the environment until rt/env.c is there: no helpers, no contexts. */
#include "rt/rt.h"

__attribute__((weak)) const struct helper *env_helper(const struct env *env, uint32_t id)
{
    (void)env, (void)id;
    return NULL;
}

__attribute__((weak)) const struct context_type *env_context(const struct env *env,
                                                             const char *name)
{
    (void)env, (void)name;
    return NULL;
}
