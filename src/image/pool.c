/* SPDX-License-Identifier: Apache-2.0 */
/* Executable memory of the process.
 *
 * A region is mapped twice, once writable and once executable, so that no byte is ever both and
 * one more small program costs no system call and no page. Where the system refuses that, a region
 * is private memory of one program, made executable once it is written.
 *
 * Forks: both processes go on running what was there. So neither writes again where the other may
 * run: the child takes nothing from regions it inherited, and a piece that was live at a fork is
 * not used again by the parent. */
#include "image/local.h"
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    GRAIN = 64,            /* pieces begin and end at multiples: a cache line */
    REGION_SIZE = 4 << 20, /* address space; pages come as they are used */
    NEAR_STEP = 4 << 20,   /* distance of the places tried ... */
    NEAR_TRIES = 24,       /* ... on each side: within the shortest call's reach (arm64, 128 MiB) */
    FAR_STEP = 64 << 20,   /* and then those within the reach asked for */
};

/* Free bytes of a region. */
struct span {
    uint32_t at, size;
    struct span *next; /* by address; never adjacent */
};

struct pool_region {
    struct pool_region *next;
    uint8_t *write; /* NULL: one program's own */
    uint8_t *code;
    uint32_t size, used; /* used: by pieces, in bytes */
    bool foreign;        /* inherited by fork: nothing is taken from it */
    struct span *free;
};

static struct {
    pthread_mutex_t lock;
    struct pool_region *regions;
    uint32_t forks;   /* how often this process, or a parent of it, has forked */
    bool initialised; /* fork handlers are in place */
    bool no_views;    /* the system refuses two views of one memory */
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *allocate(size_t size)
{
    return allocator_libc.alloc(allocator_libc.user, size);
}

static void release(void *memory, size_t size)
{
    allocator_libc.release(allocator_libc.user, memory, size);
}

/* ---- Forks ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.forks++;
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&pool.lock);
}

static void after_fork_in_child(void)
{
    for (struct pool_region *region = pool.regions; region; region = region->next)
        region->foreign = true;
    pthread_mutex_unlock(&pool.lock);
}

/* ---- Regions ---- */

static void *map_at(uintptr_t at, size_t size, int protection, int flags, int fd)
{
    void *memory = mmap((void *)at, size, protection, flags | MAP_FIXED_NOREPLACE, fd, 0);
    if (memory != MAP_FAILED && (uintptr_t)memory != at) { /* a kernel that knows no such flag */
        munmap(memory, size);
        memory = MAP_FAILED;
    }
    return memory;
}

/* Tries `tries` places on each side of `near`. */
static void *map_around(uintptr_t near, uintptr_t step, uint64_t tries, size_t size, int protection,
                        int flags, int fd)
{
    uintptr_t page = host_page(), middle = near / page * page;

    for (uint64_t i = 1; near && i <= tries; i++) {
        uintptr_t distance = (uintptr_t)i * step;
        for (int side = 0; side < 2; side++) {
            uintptr_t at = side ? middle + distance : middle - distance - size;
            void *memory;
            if (side ? at < middle : at > middle || at < page * 16)
                continue;
            if ((memory = map_at(at, size, protection, flags, fd)) != MAP_FAILED)
                return memory;
        }
    }
    return MAP_FAILED;
}

static bool is_within(uintptr_t at, size_t size, uintptr_t near, uint64_t reach)
{
    uintptr_t low = near > reach ? near - (uintptr_t)reach : 0;
    return !reach || (at >= low && at + size - 1 <= near + reach);
}

static void *map_near(uintptr_t near, uint64_t reach, size_t size, int protection, int flags,
                      int fd)
{
    void *memory = map_around(near, NEAR_STEP, NEAR_TRIES, size, protection, flags, fd);

    if (memory == MAP_FAILED && reach > FAR_STEP + size)
        memory = map_around(near, FAR_STEP, (reach - size) / FAR_STEP, size, protection, flags, fd);
    if (memory == MAP_FAILED)
        memory = mmap(NULL, size, protection, flags, fd, 0);
    if (memory != MAP_FAILED && !is_within((uintptr_t)memory, size, near, reach)) {
        munmap(memory, size);
        errno = ENOMEM;
        memory = MAP_FAILED;
    }
    return memory;
}

static bool map_views(struct pool_region *region, uintptr_t near, uint64_t reach)
{
    int fd = memfd_create("anybpf", MFD_CLOEXEC);
    void *write, *code;

    if (fd < 0)
        return false;
    if (ftruncate(fd, region->size)) {
        close(fd);
        return false;
    }
    write = mmap(NULL, region->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    code = map_near(near, reach, region->size, PROT_READ | PROT_EXEC, MAP_SHARED, fd);
    close(fd);
    if (write != MAP_FAILED && code != MAP_FAILED) {
        region->write = write;
        region->code = code;
        return true;
    }
    if (write != MAP_FAILED)
        munmap(write, region->size);
    if (code != MAP_FAILED)
        munmap(code, region->size);
    return false;
}

static struct pool_region *add_region(uint32_t size, uintptr_t near, uint64_t reach,
                                      struct error *err)
{
    struct pool_region *region = allocate(sizeof *region);
    struct span *span = allocate(sizeof *span);
    uint32_t page = (uint32_t)host_page();

    if (!region || !span) {
        if (region)
            release(region, sizeof *region);
        if (span)
            release(span, sizeof *span);
        fail(err, ANYBPF_E_MEMORY, "out of memory for code");
        return NULL;
    }
    size = (size + page - 1) / page * page;
    *region = (struct pool_region){ .size = size < REGION_SIZE ? REGION_SIZE : size };
    if (pool.no_views || !map_views(region, near, reach)) {
        void *memory;
        pool.no_views |= !reach; /* else it may have been the reach */
        region->size = size;
        memory =
            map_near(near, reach, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        if (memory == MAP_FAILED) {
            fail(err, ANYBPF_E_SYSTEM, "no memory for code: %s", strerror(errno));
            release(region, sizeof *region);
            release(span, sizeof *span);
            return NULL;
        }
        region->code = memory;
    }
    *span = (struct span){ 0, region->size, NULL };
    region->free = span;
    region->next = pool.regions;
    pool.regions = region;
    return region;
}

static void drop_region(struct pool_region *region)
{
    struct pool_region **link = &pool.regions;
    while (*link != region)
        link = &(*link)->next;
    *link = region->next;
    if (region->write)
        munmap(region->write, region->size);
    munmap(region->code, region->size);
    for (struct span *span = region->free, *next; span; span = next) {
        next = span->next;
        release(span, sizeof *span);
    }
    release(region, sizeof *region);
}

/* ---- Pieces ---- */

/* First fit. */
static bool cut(struct pool_region *region, uint32_t size, uint32_t *at)
{
    for (struct span **link = &region->free; *link; link = &(*link)->next) {
        struct span *span = *link;
        if (span->size < size)
            continue;
        *at = span->at;
        span->at += size;
        span->size -= size;
        if (!span->size) {
            *link = span->next;
            release(span, sizeof *span);
        }
        region->used += size;
        return true;
    }
    return false;
}

/* Gives bytes back; if there is no memory to note it, they stay unused. */
static void give_back(struct pool_region *region, uint32_t at, uint32_t size)
{
    struct span **link = &region->free, *after, *before = NULL;

    while (*link && (*link)->at < at) {
        before = *link;
        link = &before->next;
    }
    after = *link;
    if (before && before->at + before->size == at) {
        before->size += size;
        if (after && at + size == after->at) {
            before->size += after->size;
            before->next = after->next;
            release(after, sizeof *after);
        }
    } else if (after && at + size == after->at) {
        after->at = at;
        after->size += size;
    } else {
        struct span *span = allocate(sizeof *span);
        if (!span)
            return;
        *span = (struct span){ at, size, after };
        *link = span;
    }
}

int piece_take(struct piece *piece, uint32_t size, uintptr_t near, uint64_t reach,
               struct error *err)
{
    struct pool_region *region = NULL;
    uint32_t at = 0;

    size = (size + GRAIN - 1) / GRAIN * GRAIN;
    pthread_mutex_lock(&pool.lock);
    if (!pool.initialised) {
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
        pool.initialised = true;
    }
    if (!pool.no_views)
        for (region = pool.regions; region; region = region->next)
            if (!region->foreign && region->write &&
                is_within((uintptr_t)region->code, region->size, near, reach) &&
                cut(region, size, &at))
                break;
    if (!region && (region = add_region(size, near, reach, err)))
        cut(region, region->write ? size : region->size, &at);
    if (region) {
        *piece = (struct piece){ .code = region->code + at,
                                 .write = (region->write ? region->write : region->code) + at,
                                 .size = region->write ? size : region->size,
                                 .region = region,
                                 .forks = pool.forks };
    }
    pthread_mutex_unlock(&pool.lock);
    return region ? 0 : err->code;
}

int piece_seal(struct piece *piece, struct error *err)
{
    if (!piece->region->write &&
        mprotect(piece->region->code, piece->region->size, PROT_READ | PROT_EXEC))
        return fail(err, ANYBPF_E_SYSTEM, "the system forbids executable memory: %s",
                    strerror(errno));
    piece->write = NULL;
    host_sync_code((void *)(uintptr_t)piece->code, piece->size);
    return 0;
}

void piece_free(struct piece *piece)
{
    struct pool_region *region = piece->region;

    pthread_mutex_lock(&pool.lock);
    region->used -= piece->size;
    if (!region->foreign && piece->forks == pool.forks)
        give_back(region, (uint32_t)(piece->code - region->code), piece->size);
    /* One empty region is kept, so that loading and unloading do not map again and again. */
    if (!region->used && (region->foreign || !region->write || region != pool.regions))
        drop_region(region);
    pthread_mutex_unlock(&pool.lock);
}

uint64_t pool_taken(void)
{
    uint64_t taken = 0;

    pthread_mutex_lock(&pool.lock);
    for (const struct pool_region *region = pool.regions; region; region = region->next)
        taken += region->used;
    pthread_mutex_unlock(&pool.lock);
    return taken;
}
