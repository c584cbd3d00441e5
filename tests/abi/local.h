/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts against compilers: random prototypes in C are compiled for a processor, and what really
 * lies in registers and on the stack, when a function is entered and when it returns, is compared
 * with what layout_of() says. Everything follows from the seed: a prototype is a seed. */
#pragma once
#include "abi/abi.h"
#include <stdio.h>

/* ---- toolchain.c ---- */

struct toolchain {
    const char *name; /* "arm64-gcc" */
    const struct conv *conv;
    const char *compiler;  /* of the prototypes, with what chooses the convention */
    const char *linker;    /* compiles and links the harness */
    const char *assembly;  /* tests/abi/target/.. */
    const char *run;       /* before the program's name; "" natively */
    uint8_t vector_stride; /* bytes between vector registers that the assembly saves */
    bool clang;
};
const struct toolchain *toolchain_at(uint32_t index);
/* Bytes of the widest vectors that can be tried. */
uint32_t toolchain_vectors(const struct toolchain *chain);

/* ---- generate.c ---- */

/* C definitions of the types that prototypes name. */
extern const char preamble[];

enum { ARGS_MOST = 20, VALUE_MOST = 256 /* bytes */ };

struct proto {
    uint64_t seed;
    const char *definitions; /* C text of the types it uses */
    const char *result;      /* C names of types */
    const char *args[ARGS_MOST];
    uint32_t count, named; /* variadic if they differ */
    bool variadic;
};

uint32_t random_below(uint64_t *state, uint32_t n);
void generate(struct arena *arena, const struct toolchain *chain, uint64_t seed,
              struct proto *proto);

/* ---- batch.c: prototypes that are compiled together ---- */

struct trial { /* of one prototype */
    const struct proto *proto;
    const struct model *model;
    const struct layout *layout;
    bool left_out;                         /* too large, or known to differ */
    uint32_t pool[ARGS_MOST], result_pool; /* where values lie in the pool */
    uint32_t base, window;                 /* of the first; bytes of stack to look at */
    uint32_t first_size, size_count;       /* into the table of sizes */
    char fault[400];                       /* what is wrong, or "" */
};

struct batch {
    struct arena *arena;
    const struct toolchain *chain;
    struct trial *trials;
    uint32_t count;
    uint8_t *pool;
    uint32_t pool_size;
    struct vec(const struct type *) sized; /* types whose sizes the compiler tells */
};

/* Runs all prototypes; 0, or an error of the tools. What is wrong stands in each trial. */
int batch_run(struct batch *batch, const struct proto *protos, uint32_t count, const char *folder,
              struct error *err);

/* ---- check.c ---- */

/* What harness.c writes for a call and for a return. */
struct record {
    uint8_t general[32][8];
    uint8_t vector[2048];
    uint8_t sp[8];
    uint8_t x87[128];
};

/* Sets a bit in mask for every bit of the type's memory that means something. */
void check_mask(const struct type *type, bool big, uint8_t *mask);
/* Clears it for the padding of x87 numbers. */
void check_mask_x87(const struct type *type, uint8_t *mask);
/* Makes of any bytes some that the type can have. */
void check_tame(const struct type *type, uint8_t *at);
void check_call(const struct batch *batch, struct trial *trial, const struct record *record,
                const uint8_t *window);
void check_return(const struct batch *batch, struct trial *trial, const struct record *record,
                  const uint8_t *memory);

/* ---- known.c ---- */

/* Whether the prototype meets a difference that doc/abi.md lists and no convention's row has. */
bool known_is_in(const struct toolchain *chain, const struct model *model);

/* ---- coverage.c ---- */

void coverage_count(const struct layout *layout);
/* Prints the table, or only its holes; how many cells that the convention has are empty. */
uint32_t coverage_print(const struct toolchain *chain, bool whole);
