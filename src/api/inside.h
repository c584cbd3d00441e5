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
