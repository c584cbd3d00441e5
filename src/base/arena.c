/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 16, CHUNK_MIN = 448, CHUNK_MAX = 1 << 20, HUGE_PAGE = 2 << 20 };

struct chunk {
    struct chunk *before;
    size_t size; /* of the whole chunk, head included: a multiple of ALIGN */
};
enum { HEAD = (sizeof(struct chunk) + ALIGN - 1) / ALIGN * ALIGN };

struct arena {
    struct anybpf_allocator from;
    struct chunk *chunk; /* the newest, from which memory is cut: */
    char *next, *end;    /* what is left of it */
    struct chunk *spare; /* empty ones, to be used again */
    size_t taken, limit;
    bool scratch;
    jmp_buf *landing; /* of the innermost arena_try() */
};

static size_t aligned(size_t size)
{
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

/* What is large comes on large pages where the system has them: to write to megabytes for the first
 * time costs more than a compiler then does with them. */
static void *libc_alloc(void *user, size_t size)
{
    size_t rounded = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *memory;

    (void)user;
    if (size < HUGE_PAGE || rounded < size)
        return malloc(size);
    memory = aligned_alloc(HUGE_PAGE, rounded);
    if (memory)
        madvise(memory, rounded, MADV_HUGEPAGE);
    return memory;
}

static void libc_release(void *user, void *memory, size_t size)
{
    (void)user, (void)size;
    free(memory);
}

const struct anybpf_allocator allocator_libc = { libc_alloc, libc_release, NULL };

/* Without a chunk nothing is left, but what has size 0 has an address all the same. */
static void leave_chunks(struct arena *arena)
{
    arena->chunk = NULL;
    arena->next = arena->end = (char *)arena;
}

struct arena *arena_new(const struct anybpf_allocator *from, size_t limit)
{
    struct arena *arena = from->alloc(from->user, sizeof *arena);
    if (arena) {
        *arena = (struct arena){ .from = *from, .limit = limit };
        leave_chunks(arena);
    }
    return arena;
}

struct arena *arena_new_scratch(const struct anybpf_allocator *from, size_t limit)
{
    struct arena *arena = arena_new(from, limit);
    if (arena)
        arena->scratch = true;
    return arena;
}

void arena_limit(struct arena *arena, size_t limit)
{
    arena->limit = limit;
}

/* The first chunk of the list goes. */
static void drop(struct arena *arena, struct chunk **list)
{
    struct chunk *chunk = *list;
    *list = chunk->before;
    arena->taken -= chunk->size;
    arena->from.release(arena->from.user, chunk, chunk->size);
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    while (arena->chunk)
        drop(arena, &arena->chunk);
    while (arena->spare)
        drop(arena, &arena->spare);
    arena->from.release(arena->from.user, arena, sizeof *arena);
}

int arena_try(struct arena *arena, struct error *err, int (*body)(void *arg), void *arg)
{
    jmp_buf landing;
    jmp_buf *outer = arena->landing;
    int code;

    if (setjmp(landing)) {
        arena->landing = outer;
        return fail(err, ANYBPF_E_MEMORY, "out of memory after %zu bytes", arena->taken);
    }
    arena->landing = &landing;
    code = body(arg);
    arena->landing = outer;
    return code;
}

static _Noreturn void run_out(struct arena *arena)
{
    if (!arena->landing)
        abort(); /* our own bug: allocation outside arena_try() */
    longjmp(*arena->landing, 1);
}

/* Chunks grow with what the arena holds, so that small lifetimes stay small, and what is taken but
 * unused stays below a ninth; of what lives shortly, below a half, but it comes on large pages. */
static size_t chunk_size(const struct arena *arena)
{
    size_t size = arena->taken / 8;
    if (arena->scratch && arena->taken >= HUGE_PAGE)
        return arena->taken / HUGE_PAGE * HUGE_PAGE;
    return size < CHUNK_MIN ? CHUNK_MIN : size > CHUNK_MAX ? CHUNK_MAX : size;
}

static void begin_chunk(struct arena *arena, struct chunk *chunk)
{
    chunk->before = arena->chunk;
    arena->chunk = chunk;
    arena->next = (char *)chunk + HEAD;
    arena->end = (char *)chunk + chunk->size;
}

static void add_chunk(struct arena *arena, size_t need)
{
    size_t size = chunk_size(arena);
    struct chunk *chunk, **spare = &arena->spare;

    while (*spare && (*spare)->size < need + HEAD)
        spare = &(*spare)->before;
    if ((chunk = *spare)) {
        *spare = chunk->before;
        begin_chunk(arena, chunk);
        return;
    }

    if (size < need + HEAD)
        size = need + HEAD;
    size = aligned(size);
    if (arena->limit && (arena->taken > arena->limit || size > arena->limit - arena->taken))
        run_out(arena);
    chunk = arena->from.alloc(arena->from.user, size);
    if (!chunk)
        run_out(arena);
    chunk->size = size;
    arena->taken += size;
    begin_chunk(arena, chunk);
}

void *arena_raw(struct arena *arena, size_t count, size_t each)
{
    size_t size;
    char *memory;

    if (__builtin_mul_overflow(count, each, &size))
        run_out(arena);
    if (size > (size_t)(arena->end - arena->next)) {
        if (size > SIZE_MAX / 4)
            run_out(arena);
        add_chunk(arena, size);
    }
    memory = arena->next;
    arena->next += aligned(size); /* what is left is a multiple of ALIGN */
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    void *memory = arena_raw(arena, count, size);
    return memset(memory, 0, count * size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return arena_array(arena, size, 1);
}

void *arena_copy(struct arena *arena, const void *array, size_t count, size_t size)
{
    void *copy = arena_raw(arena, count, size);
    return count ? memcpy(copy, array, count * size) : copy;
}

char *arena_string(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    return length ? memcpy(copy, text, length) : copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, args);
    va_end(args);
    return text;
}

size_t arena_taken(const struct arena *arena)
{
    return arena->taken;
}

struct arena_mark arena_mark(struct arena *arena)
{
    return (struct arena_mark){ arena->chunk, arena->next };
}

void arena_reset(struct arena *arena, struct arena_mark mark)
{
    while (arena->chunk != mark.chunk) {
        struct chunk *chunk = arena->chunk;
        if (!arena->scratch) {
            drop(arena, &arena->chunk);
            continue;
        }
        arena->chunk = chunk->before;
        chunk->before = arena->spare;
        arena->spare = chunk;
    }
    arena->next = mark.next;
    arena->end = mark.chunk ? (char *)mark.chunk + mark.chunk->size : mark.next;
}

/* Lets the system take the chunk's pages when it needs some; false: that is not possible. Large
 * pages stay whole, so what holds the head is kept. */
static bool lend(const struct arena *arena, struct chunk *chunk)
{
    return arena->from.alloc == libc_alloc && chunk->size > HUGE_PAGE &&
           !madvise((char *)chunk + HUGE_PAGE, chunk->size - HUGE_PAGE, MADV_FREE);
}

static void clear(struct arena *arena, size_t keep, bool lends)
{
    struct chunk **end = &arena->spare;

    while (*end)
        end = &(*end)->before;
    *end = arena->chunk; /* the newest, which is the largest, comes first */
    leave_chunks(arena);
    for (end = &arena->spare; *end;) {
        size_t size = (*end)->size;
        if (size <= keep) {
            keep -= size;
        } else if (!lends || !lend(arena, *end)) {
            drop(arena, end);
            continue;
        }
        end = &(*end)->before;
    }
}

void arena_clear(struct arena *arena, size_t keep)
{
    clear(arena, keep, false);
}

void arena_rest(struct arena *arena, size_t keep)
{
    clear(arena, keep, true);
}
