/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the verifier share. */
#pragma once
#include "base/text.h"
#include "base/vector.h"
#include "rt/rt.h"
#include "verify/verify.h"
#include <stdio.h>
#include <stdlib.h>

struct call_edge {
    uint32_t from, to; /* functions */
};

/* One verification. */
struct verifier {
    struct arena *arena;   /* of the result */
    struct arena *scratch; /* of everything else */
    const struct env *env;
    const struct prog *prog;
    struct verify_options options;
    struct error *err;
    const struct context_type *context;

    struct insn_fact *facts;
    struct func_fact *funcs;
    struct vec(struct call_edge) edges;
    struct check_stats stats;
    const struct checked *checked;
};

/* ---- structural.c ---- */

int structural_check(struct verifier *v);
/* From v->edges and the functions' depths: whole trees. Refuses cycles. */
int structural_trees(struct verifier *v);
void structural_edge(struct verifier *v, uint32_t from, uint32_t to);

/* ---- log.c ---- */

/* Records a rejection at the slot: one sentence, to which the place is added. */
int verify_refuse(struct verifier *v, int code, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
