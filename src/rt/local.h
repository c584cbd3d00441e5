/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the runtime share among themselves. */
#pragma once
#include "base/bytes.h"
#include "rt/rt.h"
#include <errno.h>
#include <signal.h>

/* ---- Locks ----
 * Held for a few dozen instructions, never across a call out. A signal may interrupt the holder
 * and run a program in its thread, which must not wait for a lock of its own thread: the vcpu
 * counts locks held, and whoever finds it non-zero only tries. */
struct lock {
    uint32_t held;
};

static inline bool lock_try(struct lock *lock)
{
    return !__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE);
}
void lock_wait(unsigned *turns); /* between two tries */
static inline void lock_take(struct lock *lock)
{
    for (unsigned turns = 0; !lock_try(lock);)
        lock_wait(&turns);
}
static inline void lock_drop(struct lock *lock)
{
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

/* All signals of this thread, around a lock of the process: a handler may need the same lock. */
void signals_block(sigset_t *before);
void signals_restore(const sigset_t *before);

/* ---- vcpu.c ---- */

enum { SEEN_PAGES = 256 };
struct vcpu_host {
    struct vcpu *next;         /* all of the process, under process.lock */
    uint32_t guards;           /* fault_guard()s that this thread is within */
    bool unblocked;            /* the outermost one changed the signal mask ... */
    sigset_t mask;             /* ... which was this */
    uint32_t locks;            /* locks of maps that this thread holds */
    uint32_t pid, tid;         /* as bpf_get_current_pid_tgid() gives them */
    uint64_t random;           /* state of bpf_get_prandom_u32() */
    uint64_t seen[SEEN_PAGES]; /* pages that could be read: fault.c */
};

/* Sets to 0 what is behind the `kept` bytes of text that a helper has put in a program's buffer, if
 * that lies on the private stack: the verifier counts the whole buffer as written, and what
 * programs left there that ran before is not for this one to read. Elsewhere it stays as it was, as
 * in the kernel. */
void vcpu_clear_rest(void *buffer, size_t kept, size_t size);

/* Takes a lock of a map, unless that could wait for this very thread: false, -EBUSY to the
 * program. vcpu is the thread's. */
static inline bool vcpu_lock(struct vcpu *vcpu, struct lock *lock)
{
    struct vcpu_host *host = vcpu->host;
    bool nested = host->locks != 0;
    host->locks++;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (__builtin_expect(lock_try(lock), 1))
        return true;
    if (nested) {
        host->locks--;
        return false;
    }
    lock_take(lock);
    return true;
}
static inline void vcpu_unlock(struct vcpu *vcpu, struct lock *lock)
{
    lock_drop(lock);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    vcpu->host->locks--;
}

uint64_t random_seed(void);
/* Makes ready what a process needs once; false: no thread key is left. */
bool process_start(void);
/* The process's lock, with all signals blocked. */
void process_take(sigset_t *before);
void process_drop(const sigset_t *before);

/* ---- epoch.c ---- */

void epoch_start(void);
/* No reclaiming, while the process forks. */
void epoch_pause(void);
void epoch_resume(void);

/* A stamp for what was put out of reach before this call, by whichever thread. */
uint64_t epoch_stamp(void);
/* Whether nobody can hold what got this stamp any more: what was found out last. */
static inline bool epoch_passed(uint64_t stamp)
{
    return __atomic_load_n(&process.safe, __ATOMIC_ACQUIRE) >= stamp;
}
/* Finds out anew: about a microsecond. */
void epoch_advance(void);

/* ---- slab.c: memory of map elements ----
 * Elements of one size. One given back is given out again only after a grace period, so a program
 * may hold a pointer to it as long as it runs. Safe in signal handlers; memory comes from mmap,
 * goes back when the slab is freed. */
enum { SLAB_SHARDS = 8 };
struct slab_element { /* before each element */
    struct slab_element *next;
    uint32_t index; /* of the element in the slab, from 0 */
    uint32_t mark;  /* the map's own */
};
struct slab_shard {
    struct lock lock;
    uint32_t open_count;
    struct slab_element *free, *waiting, *open; /* open: not yet stamped */
    uint64_t stamp;                             /* of waiting */
} __attribute__((aligned(64)));
struct slab {
    struct slab_shard shards[SLAB_SHARDS];
    struct lock lock;            /* of what follows */
    uint32_t size;               /* of an element with its head */
    uint32_t count, room, limit; /* given out so far; in chunks; at most */
    uint32_t first;              /* log2 of the elements in chunk 0 */
    uint32_t batch;              /* elements that get one stamp */
    uint8_t *chunks[32];         /* chunk i > 0 doubles what there is */
};
void slab_init(struct slab *slab, uint32_t size, uint64_t expected, uint64_t limit);
void slab_done(struct slab *slab);
/* Uninitialised but for its index; NULL: no memory, the limit, or a lock of this very thread. */
struct slab_element *slab_take(struct slab *slab, struct vcpu *vcpu);
/* The element must be out of reach for those who begin now. */
void slab_give(struct slab *slab, struct vcpu *vcpu, struct slab_element *element);
/* The same for one that nobody else has seen. */
void slab_untake(struct slab *slab, struct vcpu *vcpu, struct slab_element *element);
/* The element of that index, given out at least once. */
struct slab_element *slab_at(const struct slab *slab, uint32_t index);
uint32_t slab_count(const struct slab *slab);

/* ---- maps ---- */

/* A kind of map. NULL: -EOPNOTSUPP. `host`: asked by the host, not by a program; both are within
 * an epoch. */
struct map_kind {
    const char *name;
    size_t size; /* of the struct that begins with struct map */
    int (*create)(struct map *map, const struct map_spec *spec, struct error *err);
    void (*destroy)(struct map *map);
    void *(*lookup)(struct map *map, const void *key);
    void *(*lookup_cpu)(struct map *map, const void *key, uint32_t cpu);
    int (*update)(struct map *map, const void *key, const void *value, uint64_t flags, bool host);
    int (*delete)(struct map *map, const void *key);
    int (*read)(struct map *map, const void *key, void *value);
    int (*next_key)(struct map *map, const void *key, void *next);
    /* Calls back for each element; how many there were. */
    int64_t (*each)(struct map *map, struct vcpu *vcpu, uint64_t callback, uint64_t context);
    uint64_t (*count)(struct map *map);
    uint32_t flags; /* that may be set, of creation */
    bool per_cpu;
};
extern const struct map_kind map_kind_array, map_kind_percpu_array, map_kind_prog_array,
    map_kind_hash, map_kind_percpu_hash, map_kind_lru_hash, map_kind_lpm_trie, map_kind_ringbuf,
    map_kind_perf_event_array;

static inline uint32_t round_up_8(uint32_t size)
{
    return (size + 7) & ~7u;
}
/* Address space for `size` bytes, zeroed, committed on use; NULL: none. */
void *pages_map(uint64_t size);
void pages_unmap(void *memory, uint64_t size);
/* Says that all of it will be used, in no order. */
void pages_dense(void *memory, uint64_t size);
/* Zeroed memory of the environment's allocator, or pages where it is much. */
void *map_memory_take(struct map *map, uint64_t size);
void map_memory_give(struct map *map, void *memory, uint64_t size);

/* -EINVAL for update flags that make no sense; keyed maps: -EEXIST or -ENOENT by what there is. */
static inline int check_update(uint64_t flags, bool exists)
{
    if (flags > MAP_EXIST)
        return -EINVAL;
    return exists ? (flags == MAP_NOEXIST ? -EEXIST : 0) : flags == MAP_EXIST ? -ENOENT : 0;
}

/* Values are shared with running programs: copied in whole words where they are, each at once. */
void value_read(void *to, const uint8_t *value, uint32_t size);
void value_write(uint8_t *value, const void *from, uint32_t size);
/* A key's values of all CPUs, `first` being CPU 0's, and the host's array of them. */
void values_read(const struct map *map, void *to, const uint8_t *first);
void values_write(const struct map *map, uint8_t *first, const void *from);
/* Gives a new key's values: this CPU's from a program, others 0; or all from the host. */
void values_begin(const struct map *map, uint8_t *first, const void *from, bool host);

/* The next index of an array. */
int index_next(const struct map *map, const void *key, void *next);

/* Calls back(map, key, value, context) in the program; false: enough. */
bool map_call_back(struct map *map, struct vcpu *vcpu, const struct functions *functions,
                   uint64_t callback, const void *key, void *value, uint64_t context);

/* ---- context.c, helper.c ---- */

extern const struct context_type context_types[];
extern const uint32_t context_type_count;
extern const struct helper helpers[];
extern const uint32_t helper_count;

/* ---- helpers: the C functions of helper.def ---- */

#include "rt/rows.h"
#define PARAM_(i, type, name, kind) type name
#define PARAM(i, arg)               EXPAND_ROW(PARAM_, i, ROW_##arg)
#define HELPER(id, name, ret, takes, n, args, ...)                                                 \
    TYPE_##ret helper_##name PARAMS_##takes(EXPAND(LIST_##n, PARAM, UNPACK args));
#include "rt/helper.def"
#undef HELPER
