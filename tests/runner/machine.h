/* SPDX-License-Identifier: Apache-2.0 */
/* One BPF program made ready to be run in each way there is. */
#pragma once
#include "bpf/checked.h"
#include "bpf/text.h"
#include "rt/rt.h"

struct image;

enum way {
    WAY_INTERP,
    WAY_CHECKED,  /* interpreted, each access checked */
    WAY_COMPILED, /* for the processor this runs on */
    WAY_TIGHT,    /* the same with six registers and none of its features, so that values spill */
    WAY_COUNT,
};
extern const char *const way_names[WAY_COUNT];
/* Why a way cannot be gone here; NULL: it can. */
const char *way_missing(enum way way);

enum { MACHINE_MAPS = 64 };
struct machine {
    struct arena *arena; /* of the program and what is made of it */
    struct env *env;
    uint64_t budget;   /* of the verifier: instructions walked; 0: its own */
    uint32_t left_out; /* bits of passes that the compiler does without */
    struct map *maps[MACHINE_MAPS];
    uint32_t map_count;
};

/* A program in one way. level: the structural checks only, or the verifier. Maps are numbered as in
 * machine->maps; specs are theirs. */
struct program {
    const struct prog *prog;
    const struct checked *checked;
    struct runnable run;
    struct machine *machine;
    struct functions *functions; /* of compiled code, as its image */
    struct image *image;
};
int machine_load(struct machine *m, const struct prog *prog, enum check_level level, enum way way,
                 struct program *out, struct error *err);
void machine_unload(struct program *program);

/* An environment and an arena; false after a message: there is no memory. machine_end() also frees
 * the maps. */
bool machine_begin(struct machine *m);
void machine_end(struct machine *m);

/* Runs the program on memory: r1 points to it, r2 is its size. Errors as vcpu_run(). */
int machine_run(const struct program *program, void *memory, size_t size, uint64_t *r0);

/* sums.c: compiles a program of the running test for every processor, to compare hosts. */
void sums_add(const struct env *env, const struct checked *checked);
