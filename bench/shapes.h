/* SPDX-License-Identifier: Apache-2.0 */
/* Programs as long as wanted, of shapes that make compilers quadratic: for measurements and tests.
 */
#pragma once
#include "bpf/insn.h"

struct writer; /* shapes.c */
struct shape {
    const char *name;
    void (*write)(struct writer *w, uint32_t end); /* up to about instruction `end` */
};
enum { SHAPES = 9, SHAPE_MORE = 100 };
extern const struct shape shapes[SHAPES];

/* Writes a program on raw memory that ends at every input: `length` instructions and some, less
 * than SHAPE_MORE. Returns how many. It loads 8 bytes of the memory; it is not for the verifier. */
uint32_t shape_write(const struct shape *shape, uint32_t length, struct insn *insns);
