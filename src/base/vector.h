/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays in an arena.
 *
 *     struct vec(struct insn) insns = { 0 };
 *     vec_push(arena, &insns, insn);
 *     for (uint32_t i = 0; i < insns.count; i++) use(insns.at[i]);
 *
 * Growing moves the elements: keep indices, not pointers. The old copies stay in the arena. */
#pragma once
#include "base/arena.h"

#define vec(type)                                                                                  \
    {                                                                                              \
        type *at;                                                                                  \
        uint32_t count, room;                                                                      \
    }

/* Makes room for one more element and returns its place, to be written; counts it. */
#define vec_add(arena, v)                                                                          \
    ((v)->count == (v)->room                                                                       \
         ? (void)((v)->at = vec_grow_(arena, (v)->at, (v)->count, &(v)->room, sizeof *(v)->at))    \
         : (void)0,                                                                                \
     &(v)->at[(v)->count++])
#define vec_push(arena, v, ...) ((void)(*vec_add(arena, v) = (__VA_ARGS__)))
#define vec_last(v)             (&(v)->at[(v)->count - 1])
/* Makes room for n elements beyond those it has. */
#define vec_reserve(arena, v, n)                                                                   \
    ((void)((v)->at = vec_reserve_(arena, (v)->at, (v)->count, &(v)->room, (n), sizeof *(v)->at)))
/* Lets v have exactly n elements, the new ones zeroed. */
#define vec_resize(arena, v, n)                                                                    \
    ((v)->at = vec_resize_(arena, (v)->at, (v)->count, &(v)->room, (n), sizeof *(v)->at),          \
     (void)((v)->count = (n)))

void *vec_grow_(struct arena *arena, void *at, uint32_t count, uint32_t *room, size_t size);
void *vec_reserve_(struct arena *arena, void *at, uint32_t count, uint32_t *room, uint32_t more,
                   size_t size);
void *vec_resize_(struct arena *arena, void *at, uint32_t count, uint32_t *room, uint32_t wanted,
                  size_t size);
