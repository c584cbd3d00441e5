/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "image/image.h"
#include "rt/rt.h"

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

/* Writes the section if there is room for it; its size. `at` is where the code runs. */
size_t unwind_section(const struct code *code, uintptr_t at, uint8_t *to, size_t room);
/* Tells the C++ and backtrace() unwinder of this process; NULL where there is none. The section
 * stays where it is until unwind_remove(). */
const void *unwind_add(const uint8_t *section);
void unwind_remove(const void *registered);

/* ---- debug.c ---- */

void debug_add(struct sealed *sealed, const struct code *code);
void debug_remove(struct sealed *sealed);
