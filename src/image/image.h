/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed code: machine code at its final address, executable and never writable there.
 *
 * All functions here may be called from any thread. */
#pragma once
#include "bpf/prog.h"
#include "gen/code.h"

/* ---- image.c ---- */

/* What a symbol stands for in this process; fails through err. */
typedef uint64_t symbol_fn(void *user, enum symbol_kind kind, uint32_t index, struct error *err);

struct image_options {
    symbol_fn *symbol;
    void *user;
    const struct prog *prog; /* names for debuggers; lives as long as the image */
    bool may_fault;          /* an access may reach anything: a fault ends the invocation */
    uintptr_t near;          /* where it should lie near to; 0: near the helpers */
};

struct image {
    const uint8_t *code;
    uint32_t size;  /* bytes of code */
    uint32_t room;  /* bytes of code memory: stubs lie there, too */
    uint32_t taken; /* bytes of memory that the image takes, its code included */
    uint32_t entry_count;
    const struct code_entry *entries; /* by function index, offsets; at == end: not compiled */
    const struct code_line *lines;    /* by offset */
    uint32_t line_count;
};

/* Copies finished code to its place and patches it. The code may be freed afterwards.
 * ANYBPF_E_SYSTEM: the system allows no executable memory. */
int image_seal(const struct code *code, const struct image_options *options, struct image **out,
               struct error *err);
/* No thread may run it any more, nor return into it. */
void image_free(struct image *image);

static inline const void *image_entry(const struct image *image, uint32_t function)
{
    return image->code + image->entries[function].at;
}

/* ---- pool.c: executable memory of the process, shared by small programs ---- */

/* A piece of it: written through one view, run through the other. */
struct piece {
    uint8_t *write;      /* only between piece_take() and piece_seal() */
    const uint8_t *code; /* what runs */
    uint32_t size;
    struct pool_region *region;
    uint32_t forks; /* of the process when it was taken */
};

/* Near `near`, if that can be had; with a reach, no byte of it farther away (or ANYBPF_E_SYSTEM).
 * Sizes are rounded up. */
int piece_take(struct piece *piece, uint32_t size, uintptr_t near, uint64_t reach,
               struct error *err);
/* Ends writing: the bytes are there for all processors and can run. */
int piece_seal(struct piece *piece, struct error *err);
/* No thread may run it any more, nor return into it. */
void piece_free(struct piece *piece);
/* Bytes of all pieces that are taken. */
uint64_t pool_taken(void);

/* ---- debug.c: telling others, off unless switched on ---- */

extern bool debug_perf_map; /* /tmp/perf-PID.map, for perf */
extern bool debug_gdb;      /* gdb's JIT interface */
