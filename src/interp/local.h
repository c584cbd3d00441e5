/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/hash.h"
#include "base/vector.h"
#include "interp/interp.h"

/* ---- eval.c: instructions that only compute ---- */

uint64_t eval_alu(const struct insn_row *row, uint64_t a, uint64_t b);
uint64_t eval_swap(const struct insn_row *row, uint64_t value);
bool eval_jump(const struct insn_row *row, uint64_t a, uint64_t b);

/* ---- interp.c ---- */

struct interp {
    const struct env *env;
    const struct checked *checked;
    struct map *const *maps;
    const struct helper **helpers; /* by slot: of a call */
    struct functions *functions;
    bool check_access;
};

/* A function that is being run. */
struct activation {
    const struct interp *interp;
    struct vcpu *vcpu;
    uint8_t *frame;
    uint32_t depth; /* of the frame: r10 = frame + depth */
    uint32_t at;    /* slot of the instruction */
    uint64_t reg[11];
    struct watch *watch;            /* NULL: accesses are not checked */
    const struct activation *outer; /* the caller; of a callback, the helper's. NULL: none */
};

/* Called before each instruction of checked runs of this thread, for tests; NULL: nobody. */
extern _Thread_local void (*interp_on_step)(const struct activation *a);

/* ---- access.c: checked accesses ---- */

struct granted {
    uint64_t at, size;
};

/* What an invocation may touch besides its stack, context, packet and arrays. */
struct watch {
    struct arena *arena;
    uint64_t context;
    struct vec(struct granted) granted;
    struct hash index;                  /* address -> index in `granted` + 1 */
    const struct activation *innermost; /* when a helper is called: its caller */
    const void *landing; /* of the invocation; a tail call begins another watch with the same one */
    struct watch *outer; /* of the invocation that this one is nested in */
};

/* Begins and ends checking an invocation in this thread. */
void watch_begin(struct watch *watch, const struct interp *interp, const struct vcpu *vcpu,
                 uint64_t context);
void watch_end(struct watch *watch);
/* The watch of the invocation that this thread is in; NULL: none. */
struct watch *watch_current(void);

/* Each returns only if all is well; else the invocation ends. */
void access_check(const struct activation *a, uint64_t at, unsigned size, bool write);
void access_check_aligned(const struct activation *a, uint64_t at, unsigned size);
void access_check_field(const struct activation *a, uint64_t base);
void access_check_helper(const struct activation *a, const struct helper *helper);

/* Notes what a helper's result makes accessible, or what a callback is given. */
void access_grant_result(const struct activation *a, const struct helper *helper, uint64_t result);
void access_grant_callback(const struct activation *a, const uint64_t r[5]);
