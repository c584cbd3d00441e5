/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: all memory of one lifetime (an object, a verification, a compilation, a loaded program).
 *
 * Allocation never returns NULL. When memory runs out, or the arena's limit is reached, control
 * goes back to the innermost arena_try() of that arena, which returns ANYBPF_E_MEMORY. So code
 * between holds nothing outside arenas that would need undoing; what must be undone (a mapping, a
 * descriptor, a lock) is taken outside arena_try(). Allocating outside arena_try() is a bug.
 *
 * One thread at a time uses an arena. */
#pragma once
#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

/* The embedder's hook (anybpf_env_new_with()), unless he has none: malloc(). */
extern const struct anybpf_allocator allocator_libc;

struct arena;

/* limit: the most bytes the arena may take from the allocator, 0 for no limit. NULL: no memory. */
struct arena *arena_new(const struct anybpf_allocator *from, size_t limit);
/* The same for what is given back soon: takes more at a time than it may need. */
struct arena *arena_new_scratch(const struct anybpf_allocator *from, size_t limit);
/* Another limit from now on. */
void arena_limit(struct arena *arena, size_t limit);
void arena_free(struct arena *arena); /* NULL is allowed */

/* Runs body(arg) with running out of memory caught; returns what body returns, or records
 * ANYBPF_E_MEMORY in err. May nest. */
int arena_try(struct arena *arena, struct error *err, int (*body)(void *arg), void *arg);

/* Zeroed, aligned to 16 bytes. Size 0 gives a pointer that must not be read. */
void *arena_alloc(struct arena *arena, size_t size);
/* count * size bytes, zeroed; an overflow counts as running out. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* The same, not zeroed: for what is written before it is read. */
void *arena_raw(struct arena *arena, size_t count, size_t size);
void *arena_copy(struct arena *arena, const void *array, size_t count, size_t size);
char *arena_string(struct arena *arena, const char *text, size_t length); /* copy, NUL-ended */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes taken from the allocator so far. */
size_t arena_taken(const struct arena *arena);

/* Gives back all that was allocated since the mark; nothing of it may be used any more. A scratch
 * arena keeps the memory for what comes next. */
struct arena_mark {
    struct chunk *chunk;
    char *next;
};
struct arena_mark arena_mark(struct arena *arena);
void arena_reset(struct arena *arena, struct arena_mark mark);

/* Gives back all that was allocated, but keeps up to `keep` bytes of memory for what comes next:
 * memory that the processor has in its caches and the system has mapped. Called outside
 * arena_try(). */
void arena_clear(struct arena *arena, size_t keep);
/* The same, but what is more than that and large is not returned: the system takes it when it is
 * short of memory, and until then it is there to be used again. */
void arena_rest(struct arena *arena, size_t keep);

#define arena_new_of(arena, type)           ((type *)arena_alloc(arena, sizeof(type)))
#define arena_array_of(arena, count, type)  ((type *)arena_array(arena, count, sizeof(type)))
#define arena_array_raw(arena, count, type) ((type *)arena_raw(arena, count, sizeof(type)))
