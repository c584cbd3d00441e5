/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the environment until rt/env.c is there: no helpers, no contexts. And for
 * rt/helper.c. */
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

__attribute__((weak)) uint64_t helper_call(const struct helper *helper, struct vcpu *vcpu,
                                           const uint64_t r[5])
{
    return helper->stub(vcpu, r);
}
