/* SPDX-License-Identifier: Apache-2.0 */
/* Jumps at chosen addresses: what a site's own jump cannot say, because some of its bytes are
 * given or because it does not reach that far.
 *
 * Islands lie in pages of their own, private to the process, which are changed as all code is. */
#include "attach/local.h"
#include "base/planted.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE_ISLANDS = 64, TRIES = 64, STEP = ISLAND_SIZE };

struct island_page {
    struct island_page *next;
    uintptr_t at;
    size_t size;
    uint32_t count;
    uint32_t offsets[PAGE_ISLANDS]; /* of islands */
};
static struct island_page *pages;

static bool is_free(const struct island_page *page, uintptr_t at)
{
    uintptr_t offset = at - page->at;

    if (at < page->at || offset + ISLAND_SIZE > page->size || page->count == PAGE_ISLANDS)
        return false;
    for (uint32_t i = 0; i < page->count; i++)
        if (FAULT(island_overlap, offset + ISLAND_SIZE, 0u) > page->offsets[i] &&
            offset < page->offsets[i] + ISLAND_SIZE)
            return false;
    return true;
}

/* The place's displacement to `at`, if it has that one. */
static bool has(const struct jump_place *place, uintptr_t from, uintptr_t at, uint32_t reach)
{
    int64_t displacement = (int64_t)(at - from);
    return displacement >= -(int64_t)reach && displacement <= (int64_t)reach &&
           ((uint32_t)displacement & place->mask) == place->bits;
}

/* A free island of the page that the place leads to, or 0. Goes through the addresses that agree
 * with what is given of the lowest byte. */
static uintptr_t find_in(const struct island_page *page, uintptr_t from,
                         const struct jump_place *place, uint32_t reach)
{
    uintptr_t step = (place->mask & 0xff) == 0xff ? 256 : STEP;
    uintptr_t at = page->at + (step == 256 ? (from + place->bits - page->at) & 0xff : 0);
    uint32_t high = place->mask & 0xffff0000; /* at most two values in a page */
    uint32_t first = (uint32_t)(page->at - from) ^ place->bits;
    uint32_t last = (uint32_t)(page->at + page->size - from) ^ place->bits;

    if ((first & high) && (last & high))
        return 0;
    for (; at + ISLAND_SIZE <= page->at + page->size; at += step)
        if (has(place, from, at, reach) && is_free(page, at))
            return at;
    return 0;
}

/* Where the program's stack will still grow to. */
static bool is_stack(uintptr_t at)
{
    const uintptr_t most = (uintptr_t)1 << 30;
    struct rlimit limit;
    uintptr_t top = (uintptr_t)environ, room = most;

    if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur < most)
        room = (uintptr_t)limit.rlim_cur;
    return at < top && at > top - room - (1 << 20);
}

static struct island_page *map_page(uintptr_t at)
{
    size_t size = host_page();
    uintptr_t begin = at & ~(uintptr_t)(size - 1);
    struct island_page *page;
    void *memory;

    if (at + ISLAND_SIZE > begin + size)
        size *= 2;
    if (begin < 65536 || begin + size < begin || is_stack(begin))
        return NULL;
    memory = mmap((void *)begin, size, PROT_READ | PROT_EXEC,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    page = allocator_libc.alloc(allocator_libc.user, sizeof *page);
    if ((uintptr_t)memory != begin || !page) {
        munmap(memory, size);
        allocator_libc.release(allocator_libc.user, page, sizeof *page);
        return NULL;
    }
    *page = (struct island_page){ .next = pages, .at = begin, .size = size };
    pages = page;
    return page;
}

/* The bits of value, from the lowest, at the set bits of mask. */
static uint32_t deposit(uint32_t value, uint32_t mask)
{
    uint32_t result = 0;
    for (; mask; mask &= mask - 1, value >>= 1)
        if (value & 1)
            result |= mask & -mask;
    return result;
}

/* Tries addresses far apart, as far as the bits of the place that are not given let. */
static uintptr_t find_new(uintptr_t from, const struct jump_place *place, uint32_t reach)
{
    uint32_t all = UINT32_MAX >> (__builtin_clz(reach) - 1); /* the highest bit is the sign */
    uint32_t free = all & ~place->mask & ~((uint32_t)host_page() - 1);
    unsigned bits = (unsigned)__builtin_popcount(free), shift = bits > 6 ? bits - 6 : 0;

    for (uint32_t i = 0; i < TRIES && i >> bits == 0; i++) {
        uint32_t word = place->bits | deposit(i << shift, free);
        uintptr_t at = from + (uintptr_t)(intptr_t)(int32_t)(word > reach ? word | ~all : word);
        if (!(place->mask & 0xff))
            at = (at + STEP - 1) & ~(uintptr_t)(STEP - 1);
        if (has(place, from, at, reach) && map_page(at))
            return at;
    }
    return 0;
}

static uintptr_t note(struct island_page *page, uintptr_t at)
{
    page->offsets[page->count++] = (uint32_t)(at - page->at);
    return at;
}

uintptr_t island_take(uintptr_t from, const struct jump_place *place, uint32_t reach)
{
    uintptr_t at;

    for (struct island_page *page = pages; page; page = page->next)
        if ((at = find_in(page, from, place, reach)))
            return note(page, at);
    at = find_new(from, place, reach);
    return at ? note(pages, at) : 0;
}

void island_free(uintptr_t at)
{
    for (struct island_page **link = &pages; *link; link = &(*link)->next) {
        struct island_page *page = *link;
        if (at - page->at >= page->size)
            continue;
        for (uint32_t i = 0; i < page->count; i++)
            if (page->offsets[i] == at - page->at)
                page->offsets[i] = page->offsets[--page->count];
        if (!page->count) {
            *link = page->next;
            munmap((void *)page->at, page->size);
            allocator_libc.release(allocator_libc.user, page, sizeof *page);
        }
        return;
    }
}
