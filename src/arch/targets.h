/* SPDX-License-Identifier: Apache-2.0 */
/* The processors that programs can be compiled for, on any host. */
#pragma once
#include "gen/gen.h"

extern const struct target *const targets[]; /* NULL-ended */

/* By name, "x86_64"; NULL: not in this build. */
const struct target *target_find(const char *name);
