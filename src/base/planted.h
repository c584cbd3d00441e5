/* SPDX-License-Identifier: Apache-2.0 */
/* Faults planted on purpose: in a build of its own (Meson option planted_faults) the environment
 * variable ANYBPF_FAULT names the one that is in effect, and tests/mutation/run shows that the
 * tests find each. In every other build FAULT(name, good, bad) is `good` and nothing else. */
#pragma once
#ifdef PLANTED_FAULTS
#include <stdbool.h>
bool is_planted(const char *name);
#define FAULT(name, good, bad) (is_planted(#name) ? (bad) : (good))
#else
#define FAULT(name, good, bad) (good)
#endif
