/* SPDX-License-Identifier: Apache-2.0 */
/* The processors that programs can be compiled for, on any host. */
#pragma once
#include "gen/gen.h"

extern const struct target *const targets[]; /* NULL-ended */

/* By name, "x86_64"; NULL: not in this build. */
const struct target *target_find(const char *name);
/* Those of its features that this processor has; 0 if it is another one. */
uint32_t target_host_features(const struct target *target);
