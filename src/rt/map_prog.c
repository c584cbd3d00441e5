/* SPDX-License-Identifier: Apache-2.0 */
/* Prog arrays: slots of programs to tail-call, read by compiled code (layout.h). Those that call
 * through an array and those in it have one kind of context and one way of running, decided by the
 * first of them: nobody asks at the call. They may run wherever the array's environment lets
 * programs run. Each slot holds a reference. */
#include "rt/local.h"

struct prog_array {
    struct map map;
    struct lock lock; /* of updates */
    bool owned;       /* what follows is decided */
    bool interpreted;
    uint32_t type, flags;
    const struct native *native;
    int attach_kind;
    uint32_t used; /* slots from here on were never filled: an array may be large and empty */
};

static int create(struct map *map, const struct map_spec *spec, struct error *err)
{
    void *memory;

    if (map->key_size != 4 || map->value_size != 4 || !map->max_entries)
        return fail(
            err, ANYBPF_E_ARGUMENT,
            "map %s: a prog array needs keys and values of 4 bytes and a number of entries (it has "
            "%u, %u, %u)",
            spec->name, map->key_size, map->value_size, map->max_entries);
    map->stride = sizeof(struct prog_slot);
    memory = map_memory_take(map, (uint64_t)map->stride * map->max_entries);
    if (!memory)
        return fail(err, ANYBPF_E_MEMORY, "map %s: no memory for %u programs", spec->name,
                    map->max_entries);
    SLOT_SET(map->values, memory);
    return 0;
}

static struct prog_slot *slot_at(const struct map *map, uint32_t index)
{
    return (struct prog_slot *)(void *)map->values.at + index;
}

static struct runnable *exchange(struct prog_slot *slot, struct runnable *run)
{
    return (struct runnable *)(uintptr_t)__atomic_exchange_n(&slot->run.word, (uintptr_t)run,
                                                             __ATOMIC_ACQ_REL);
}

static uint32_t used(const struct map *map)
{
    return __atomic_load_n(&((const struct prog_array *)map)->used, __ATOMIC_ACQUIRE);
}

void map_clear_progs(struct map *map)
{
    for (uint32_t i = 0; i < used(map); i++)
        map_set_prog(map, i, NULL);
}

static void destroy(struct map *map)
{
    map_clear_progs(map);
    map_memory_give(map, map->values.at, (uint64_t)map->stride * map->max_entries);
}

/* The first one decides; the lock is held. */
static bool fits(struct prog_array *array, const struct runnable *run)
{
    bool interpreted = !run->code.word;

    if (!array->owned) {
        array->owned = true;
        array->type = run->type;
        array->flags = run->flags;
        array->native = run->native;
        array->attach_kind = run->attach_kind;
        array->interpreted = interpreted;
    }
    return array->type == run->type && array->flags == run->flags && array->native == run->native &&
           array->attach_kind == run->attach_kind && array->interpreted == interpreted &&
           run->cpus >= array->map.env->cpus;
}

bool map_takes_progs(struct map *map, const struct runnable *run)
{
    struct prog_array *array = (struct prog_array *)map;
    bool ok;

    lock_take(&array->lock);
    ok = fits(array, run);
    lock_drop(&array->lock);
    return ok;
}

/* Whether the program may be put in at index. */
static bool takes_at(struct prog_array *array, uint32_t index, const struct runnable *run)
{
    bool ok;

    lock_take(&array->lock);
    ok = fits(array, run);
    if (ok && index >= array->used)
        __atomic_store_n(&array->used, index + 1, __ATOMIC_RELEASE);
    lock_drop(&array->lock);
    return ok;
}

int map_set_prog(struct map *map, uint32_t index, struct runnable *run)
{
    struct runnable *before;

    if (map->type != MAP_PROG_ARRAY)
        return -EOPNOTSUPP;
    if (index >= map->max_entries)
        return -E2BIG;
    if (run && !takes_at((struct prog_array *)map, index, run))
        return -EINVAL;
    if (run)
        runnable_hold(run);
    before = exchange(slot_at(map, index), run);
    if (before)
        runnable_drop(before);
    return !run && !before ? -ENOENT : 0;
}

static void *lookup(struct map *map, const void *key)
{
    (void)map, (void)key;
    return NULL;
}

static int delete(struct map *map, const void *key)
{
    return map_set_prog(map, bytes_u32(key), NULL);
}

/* The host finds the program's number. */
static int fetch(struct map *map, const void *key, void *value)
{
    uint32_t index = bytes_u32(key);
    const struct runnable *run;

    if (index >= map->max_entries)
        return -ENOENT;
    run = (const struct runnable *)(uintptr_t)__atomic_load_n(&slot_at(map, index)->run.word,
                                                              __ATOMIC_ACQUIRE);
    if (!run)
        return -ENOENT;
    bytes_set_u32(value, run->id);
    return 0;
}

static int next_key(struct map *map, const void *key, void *next)
{
    return index_next(map, key, next);
}

static uint64_t count(struct map *map)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < used(map); i++)
        n += __atomic_load_n(&slot_at(map, i)->run.word, __ATOMIC_RELAXED) != 0;
    return n;
}

const struct map_kind map_kind_prog_array = {
    .name = "prog_array",
    .size = sizeof(struct prog_array),
    .create = create,
    .destroy = destroy,
    .lookup = lookup,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .count = count,
    .flags = MAP_NUMA_NODE | MAP_RDONLY | MAP_WRONLY,
};
