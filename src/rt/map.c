/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of all kinds: making and freeing them, the host's access, the helpers for keyed maps. What
 * a kind of map does is in map_KIND.c. */
#include "rt/local.h"
#include <stdio.h>
#include <string.h>

static const struct map_kind *const kinds[] = {
    [MAP_HASH] = &map_kind_hash,
    [MAP_ARRAY] = &map_kind_array,
    [MAP_PROG_ARRAY] = &map_kind_prog_array,
    [MAP_PERF_EVENT_ARRAY] = &map_kind_perf_event_array,
    [MAP_PERCPU_HASH] = &map_kind_percpu_hash,
    [MAP_PERCPU_ARRAY] = &map_kind_percpu_array,
    [MAP_LRU_HASH] = &map_kind_lru_hash,
    [MAP_LPM_TRIE] = &map_kind_lpm_trie,
    [MAP_RINGBUF] = &map_kind_ringbuf,
};

/* ---- Memory ---- */

enum { MUCH = 65536 };

void *map_memory_take(struct map *map, uint64_t size)
{
    const struct anybpf_allocator *from = map->env->from;
    void *memory;

    if (size >= MUCH)
        return pages_map(size);
    memory = from->alloc(from->user, size ? (size_t)size : 1);
    return memory ? memset(memory, 0, (size_t)size) : NULL;
}

void map_memory_give(struct map *map, void *memory, uint64_t size)
{
    if (!memory)
        return;
    if (size >= MUCH)
        pages_unmap(memory, size);
    else
        map->env->from->release(map->env->from->user, memory, size ? (size_t)size : 1);
}

/* ---- Values ---- */

void value_read(void *to, const uint8_t *value, uint32_t size)
{
    uint32_t done = 0;
    for (; size - done >= 8; done += 8)
        bytes_set_u64(
            (uint8_t *)to + done,
            __atomic_load_n((const uint64_t *)(const void *)(value + done), __ATOMIC_RELAXED));
    for (; done < size; done++)
        ((uint8_t *)to)[done] = __atomic_load_n(value + done, __ATOMIC_RELAXED);
}

void value_write(uint8_t *value, const void *from, uint32_t size)
{
    uint32_t done = 0;
    for (; size - done >= 8; done += 8)
        __atomic_store_n((uint64_t *)(void *)(value + done),
                         bytes_u64((const uint8_t *)from + done), __ATOMIC_RELAXED);
    for (; done < size; done++)
        __atomic_store_n(value + done, ((const uint8_t *)from)[done], __ATOMIC_RELAXED);
}

static void value_zero(uint8_t *value, uint32_t size)
{
    for (uint32_t done = 0; done < size; done += 8)
        __atomic_store_n((uint64_t *)(void *)(value + done), 0, __ATOMIC_RELAXED);
}

void values_read(const struct map *map, void *to, const uint8_t *first)
{
    uint32_t step = round_up_8(map->value_size);
    for (uint32_t cpu = 0; cpu < map_cpus(map); cpu++)
        value_read((uint8_t *)to + (size_t)cpu * step, first + cpu * map->cpu_stride,
                   map->value_size);
}

void values_write(const struct map *map, uint8_t *first, const void *from)
{
    uint32_t step = round_up_8(map->value_size);
    for (uint32_t cpu = 0; cpu < map_cpus(map); cpu++)
        value_write(first + cpu * map->cpu_stride, (const uint8_t *)from + (size_t)cpu * step,
                    map->value_size);
}

void values_begin(const struct map *map, uint8_t *first, const void *from, bool host)
{
    uint32_t mine = vcpu_of_thread->cpu;
    for (uint32_t cpu = 0; cpu < map_cpus(map); cpu++)
        if (host || cpu != mine)
            value_zero(first + cpu * map->cpu_stride, round_up_8(map->value_size));
    if (host)
        values_write(map, first, from);
    else
        value_write(first + mine * map->cpu_stride, from, map->value_size);
}

uint32_t map_cpus(const struct map *map)
{
    uint32_t used = __atomic_load_n(&process.cpus, __ATOMIC_ACQUIRE);
    if (!map->kind->per_cpu || !used)
        return 1;
    return used < map->env->cpus ? used : map->env->cpus;
}

size_t map_value_bytes(const struct map *map)
{
    return map->kind->per_cpu ? (size_t)map_cpus(map) * round_up_8(map->value_size)
                              : map->value_size;
}

/* ---- Making and freeing ---- */

static int check_flags(const struct map_kind *kind, const struct map_spec *spec, struct error *err)
{
    uint32_t flags = spec->flags;
    if (flags & ~kind->flags)
        return fail(err, ANYBPF_E_ARGUMENT, "map %s: a map of type %s takes no flags %#x",
                    spec->name, kind->name, flags & ~kind->flags);
    if ((flags & MAP_RDONLY && flags & MAP_WRONLY) ||
        (flags & MAP_RDONLY_PROG && flags & MAP_WRONLY_PROG))
        return fail(err, ANYBPF_E_ARGUMENT, "map %s: read-only and write-only at once (flags %#x)",
                    spec->name, flags);
    return 0;
}

struct map *map_create(struct env *env, const struct map_spec *spec, struct error *err)
{
    const struct map_kind *kind =
        spec->type < sizeof kinds / sizeof *kinds ? kinds[spec->type] : NULL;
    struct map *map;

    if (!kind) {
        fail(err, ANYBPF_E_UNSUPPORTED, "map %s: there are no maps of type %u here", spec->name,
             spec->type);
        return NULL;
    }
    if (check_flags(kind, spec, err))
        return NULL;
    map = env->from->alloc(env->from->user, kind->size);
    if (!map) {
        fail(err, ANYBPF_E_MEMORY, "map %s: no memory", spec->name);
        return NULL;
    }
    memset(map, 0, kind->size);
    map->type = spec->type;
    map->key_size = spec->key_size;
    map->value_size = spec->value_size;
    map->max_entries = spec->max_entries;
    map->flags = spec->flags;
    map->kind = kind;
    map->env = env;
    map->is_data = spec->is_data;
    SLOT_SET(map->lookup, kind->lookup);
    snprintf(map->name, sizeof map->name, "%s", spec->name ? spec->name : "");
    if (kind->create(map, spec, err)) {
        env->from->release(env->from->user, map, kind->size);
        return NULL;
    }
    return map;
}

static void destroy(struct retired *retired)
{
    struct map *map = (struct map *)(void *)((char *)retired - offsetof(struct map, retired));
    map->kind->destroy(map);
    map->env->from->release(map->env->from->user, map, map->kind->size);
}

void map_free(struct map *map)
{
    if (!map)
        return;
    epoch_retire(&map->retired, destroy);
    epoch_reclaim();
}

void map_freeze(struct map *map)
{
    map->frozen = true;
}

void *map_memory(struct map *map, size_t *size)
{
    if (map->type != MAP_ARRAY)
        return NULL;
    *size = map->is_data ? map->value_size : (size_t)map->stride * map->max_entries;
    return map->values.at;
}

uint64_t map_count(struct map *map)
{
    return map->kind->count ? map->kind->count(map) : map->max_entries;
}

/* ---- The host's access: within an epoch ---- */

static bool begin(struct vcpu **vcpu, struct invocation *outer)
{
    *vcpu = vcpu_get();
    if (*vcpu)
        epoch_enter(*vcpu, outer);
    return *vcpu != NULL;
}

int map_lookup(struct map *map, const void *key, void *value)
{
    struct invocation outer;
    struct vcpu *vcpu;
    int code;

    if (!map->kind->read)
        return -EOPNOTSUPP;
    if (map->flags & MAP_WRONLY)
        return -EPERM;
    if (!begin(&vcpu, &outer))
        return -EBUSY;
    code = map->kind->read(map, key, value);
    epoch_leave(vcpu, &outer);
    return code;
}

static int may_write(const struct map *map)
{
    return map->frozen || map->flags & MAP_RDONLY ? -EPERM : 0;
}

int map_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
    struct invocation outer;
    struct vcpu *vcpu;
    int code = may_write(map);

    if (!map->kind->update)
        return -EOPNOTSUPP;
    if (code)
        return code;
    if (!begin(&vcpu, &outer))
        return -EBUSY;
    code = map->kind->update(map, key, value, flags, true);
    epoch_leave(vcpu, &outer);
    return code;
}

int map_delete(struct map *map, const void *key)
{
    struct invocation outer;
    struct vcpu *vcpu;
    int code = may_write(map);

    if (!map->kind->delete)
        return -EOPNOTSUPP;
    if (code)
        return code;
    if (!begin(&vcpu, &outer))
        return -EBUSY;
    code = map->kind->delete(map, key);
    epoch_leave(vcpu, &outer);
    return code;
}

int map_next_key(struct map *map, const void *key, void *next)
{
    struct invocation outer;
    struct vcpu *vcpu;
    int code;

    if (!map->kind->next_key)
        return -EOPNOTSUPP;
    if (map->flags & MAP_WRONLY)
        return -EPERM;
    if (!begin(&vcpu, &outer))
        return -EBUSY;
    code = map->kind->next_key(map, key, next);
    epoch_leave(vcpu, &outer);
    return code;
}

/* ---- Helpers ---- */

void *helper_map_lookup_elem(struct map *map, const void *key)
{
    return map->lookup.at(map, key);
}

int64_t helper_map_update_elem(struct map *map, const void *key, const void *value, uint64_t flags)
{
    return map->kind->update ? map->kind->update(map, key, value, flags, false) : -EOPNOTSUPP;
}

int64_t helper_map_delete_elem(struct map *map, const void *key)
{
    return map->kind->delete ? map->kind->delete(map, key) : -EOPNOTSUPP;
}

void *helper_map_lookup_percpu_elem(struct map *map, const void *key, uint32_t cpu)
{
    if (!map->kind->lookup_cpu || cpu >= map->env->cpus)
        return NULL;
    return map->kind->lookup_cpu(map, key, cpu);
}

bool map_call_back(struct map *map, struct vcpu *vcpu, const struct functions *functions,
                   uint64_t callback, const void *key, void *value, uint64_t context)
{
    const uint64_t r[5] = { (uintptr_t)map, (uintptr_t)key, (uintptr_t)value, context };
    uint64_t result;
    return vcpu_call(vcpu, functions, callback, r, &result) && !result;
}

int64_t helper_for_each_map_elem(struct vcpu *vcpu, struct map *map, uint64_t callback,
                                 void *callback_ctx, uint64_t flags)
{
    if (flags || !map->kind->each)
        return -EINVAL;
    return map->kind->each(map, vcpu, callback, (uintptr_t)callback_ctx);
}
