/* SPDX-License-Identifier: Apache-2.0 */
/* What the command sees behind the public handles. All of it lives as long as the object. */
#pragma once
#include "bpf/checked.h"
#include <anybpf.h>

struct env; /* rt/ */
struct env *api_env(struct anybpf_env *env);
struct object;                                                  /* load/ */
const struct object *api_file(const struct anybpf_object *obj); /* NULL: made of instructions */
const struct map_spec *api_map_spec(const struct anybpf_map *map);
/* The program in its final form, and verified (or, where the object is trusted, only checked for
 * structure), whether it is loaded or not. NULL: anybpf_error() says why. */
const struct prog *api_resolve(struct anybpf_prog *prog);
const struct checked *api_check(struct anybpf_prog *prog);
/* The native function that it is for, or "TABLE.MEMBER"; NULL: for none, or what cannot be
 * resolved.
 */
const char *api_native_name(struct anybpf_prog *prog);

/* Passes of the compiler to leave out, a set of bits (ir/ir.h), before anything is loaded: for
 * measurements and for tracking down wrong results. */
void api_leave_out(struct anybpf_object *obj, uint32_t passes);
/* Compiles a loaded program once more and drops the result. Returns ns, from what the verifier
 * made of it to sealed code; 0 on failure. */
uint64_t api_time_compile(const struct anybpf_prog *prog);
