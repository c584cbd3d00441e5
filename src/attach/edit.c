/* SPDX-License-Identifier: Apache-2.0 */
/* Changing code that other threads run.
 *
 * Pages are exchanged whole: a private copy is written, made executable, and moved over the old one
 * by one system call. Until then every processor runs the old page; while the kernel moves, whoever
 * reaches the page waits in a page fault, which happens between instructions; afterwards all run
 * the new one. So no page is ever without execution, or writable and executable, and nobody meets
 * half of a change, however many bytes it has. A child of fork() gets its own copy, as of all
 * private memory. */
#include "attach/local.h"
#include "base/planted.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static int by_address(const void *a, const void *b)
{
    uintptr_t x = ((const struct edit *)a)->at, y = ((const struct edit *)b)->at;
    return x < y ? -1 : x > y;
}

/* Pages in a row that edits touch, and those edits. */
struct run {
    uintptr_t at;
    size_t size;
    size_t first, end;
};

static uintptr_t page_of(uintptr_t at)
{
    return at & ~(uintptr_t)(host_page() - 1);
}

static struct run next_run(const struct edit *edits, size_t count, size_t first)
{
    struct run run = { .at = page_of(edits[first].at), .first = first, .end = first };
    uintptr_t end;

    do {
        end = page_of(edits[run.end].at + FAULT(edit_straddle, edits[run.end].size - 1u, 0u)) +
              host_page();
        run.size = end - run.at > run.size ? end - run.at : run.size;
    } while (++run.end < count && page_of(edits[run.end].at) < run.at + run.size);
    return run;
}

/* Copies of all runs, one after the other, with the edits made. */
static void write_copies(uint8_t *copy, struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count;) {
        struct run run = next_run(edits, count, i);
        memcpy(copy, (const void *)run.at, run.size);
        for (; i < run.end; i++) {
            uint8_t *to = copy + (edits[i].at - run.at);
            memcpy(edits[i].before, to, edits[i].size);
            memcpy(to, edits[i].bytes, edits[i].size);
        }
        copy += run.size;
    }
}

static int refused(struct error *err)
{
    return fail(err, ANYBPF_E_SYSTEM, "the system does not allow code to be changed: %s",
                strerror(errno));
}

void edit_undo(struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memcpy(edits[i].bytes, edits[i].before, edits[i].size);
    edit_code(edits, count, NULL);
}

int edit_code(struct edit *edits, size_t count, struct error *err)
{
    size_t total = 0;
    uint8_t *copy, *at;

    if (!count)
        return 0;
    qsort(edits, count, sizeof *edits, by_address);
    for (size_t i = 0; i < count;) {
        struct run run = next_run(edits, count, i);
        total += run.size;
        i = run.end;
    }
    copy = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return refused(err);
    write_copies(copy, edits, count);
    if (mprotect(copy, total, PROT_READ | PROT_EXEC)) {
        refused(err);
        munmap(copy, total);
        return ANYBPF_E_SYSTEM;
    }
    host_sync_code(copy, total);
    at = copy;
    for (size_t i = 0; i < count;) {
        struct run run = next_run(edits, count, i);
        /* The kernel finds out whether it can before it changes anything. */
        if (mremap(at, run.size, run.size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)run.at) ==
            MAP_FAILED) {
            refused(err);
            munmap(at, total - (size_t)(at - copy));
            edit_undo(edits, run.first);
            return ANYBPF_E_SYSTEM;
        }
        /* Not host_sync_code(): for emulators that lifts the page for a moment; the move has told
         * them already. */
        __builtin___clear_cache((char *)run.at, (char *)run.at + run.size);
        at += run.size;
        i = run.end;
    }
    host_sync_threads();
    return 0;
}
