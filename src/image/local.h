/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "image/image.h"
#include "rt/rt.h"

/* ---- pool.c: executable memory of the process, shared by small programs ---- */

/* A piece of it: written through one view, run through the other. */
struct piece {
    uint8_t *write;      /* only between piece_take() and piece_seal() */
    const uint8_t *code; /* what runs */
    uint32_t size;
    struct pool_region *region;
    uint32_t forks; /* of the process when it was taken */
};

/* `near`: an address that calls should reach. Sizes are rounded up. */
int piece_take(struct piece *piece, uint32_t size, uintptr_t near, struct error *err);
/* Ends writing: the bytes are there for all processors and can run. */
int piece_seal(struct piece *piece, struct error *err);
void piece_free(struct piece *piece);

/* ---- image.c ---- */

/* An image with what only this folder knows; one block of memory. */
struct sealed {
    struct image image; /* first, so that one is the other */
    struct piece piece;
    const struct prog *prog;
    struct code_range range; /* registered when range.end is set */
    const void *unwind;      /* what unwind_add() registered, or NULL */
    void *debug;             /* what debug_add() made, or NULL */
    size_t block;            /* bytes of the block */
};

/* ---- unwind.c: .eh_frame of compiled functions ---- */

/* The section's size, or its bytes when `to` is not NULL; `at` is where the code runs. */
size_t unwind_section(const struct code *code, uintptr_t at, uint8_t *to);
/* Tells the C++ and backtrace() unwinder of this process; NULL where there is none. The section
 * stays where it is until unwind_remove(). */
const void *unwind_add(const uint8_t *section);
void unwind_remove(const void *registered);

/* ---- debug.c ---- */

void debug_add(struct sealed *sealed, const struct code *code);
void debug_remove(struct sealed *sealed);
