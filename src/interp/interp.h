/* SPDX-License-Identifier: Apache-2.0 */
/* The interpreter: the reference that compiled code is compared with, and the way to run programs
 * where no code can be generated.
 *
 * It does one instruction after another, exactly as RFC 9669 says, and takes no short cut: helpers
 * are called through their stubs also where compiled code does their work in place. What the RFC
 * leaves open is the same in compiled code: registers that nothing was written to are 0 when a
 * function begins, and r1-r5 keep their values over a call. */
#pragma once
#include "bpf/checked.h"
#include "rt/rt.h"

struct interp; /* a program made ready to be interpreted; constant, for any number of threads */

/* maps: those of checked->prog, by index. check_access: compares every access, and the memory given
 * to helpers, with what the program may touch: the stack frames that are live, its context, its
 * packet, values and records that it was given, global data. Anything else ends the invocation with
 * ANYBPF_E_FAULT, and interp_fault() says why. Everything given must outlive the program.
 * ANYBPF_E_NOT_FOUND (a helper), ANYBPF_E_UNSUPPORTED (an instruction). */
int interp_new(struct arena *arena, const struct env *env, const struct checked *checked,
               struct map *const *maps, bool check_access, struct error *err,
               const struct interp **out);

/* Fills in what the interpreter knows of a runnable: how to enter, stack, type, flags. */
void interp_runnable(const struct interp *interp, struct runnable *run);

/* Why the last run of this thread that ended with ANYBPF_E_FAULT did so; "" before the first. */
const char *interp_fault(void);
