/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays and per-CPU arrays: elements for 0 .. max_entries - 1 that are always there. Compiled code
 * reads their heads and addresses elements by itself (layout.h). */
#include "base/planted.h"
#include "rt/local.h"
#include <string.h>

enum { PER_CPU_VALUE_MAX = 32768, LINE = 64 };

static uint64_t bytes_of(const struct map *map)
{
    return (uint64_t)map->stride * map->max_entries;
}

static uint64_t all_bytes(const struct map *map)
{
    return map->kind->per_cpu ? map->cpu_stride * map->env->cpus : bytes_of(map);
}

/* One CPU's values share no cache line, and large ones no page, with another's. */
static uint64_t stride_of_cpus(uint64_t bytes)
{
    uint64_t unit = bytes < host_page() ? LINE : host_page();
    return (bytes + unit - 1) / unit * unit;
}

static int create(struct map *map, const struct map_spec *spec, struct error *err)
{
    void *memory;

    if (map->key_size != 4 || !map->value_size || !map->max_entries)
        return fail(
            err, ANYBPF_E_ARGUMENT,
            "map %s: an array needs keys of 4 bytes, a value size and a number of entries (it has "
            "%u, %u, %u)",
            spec->name, map->key_size, map->value_size, map->max_entries);
    if (map->value_size > INT32_MAX - 7 ||
        (map->kind->per_cpu && map->value_size > PER_CPU_VALUE_MAX))
        return fail(err, ANYBPF_E_LIMIT, "map %s: values of %u bytes are too large", spec->name,
                    map->value_size);
    map->stride = round_up_8(map->value_size);
    map->cpu_stride = map->kind->per_cpu ? stride_of_cpus(bytes_of(map)) : 0;
    memory = map_memory_take(map, all_bytes(map));
    if (!memory)
        return fail(err, ANYBPF_E_MEMORY, "map %s: no memory for %u entries of %u bytes",
                    spec->name, map->max_entries, map->value_size);
    SLOT_SET(map->values, memory);
    if (spec->data)
        memcpy(memory, spec->data, map->value_size);
    return 0;
}

static void destroy(struct map *map)
{
    map_memory_give(map, map->values.at, all_bytes(map));
}

static uint8_t *element(const struct map *map, const void *key)
{
    uint32_t index = bytes_u32(key);
    return index < map->max_entries + FAULT(array_bound, 0, 1)
               ? map->values.at + (size_t)index * map->stride
               : NULL;
}

static void *lookup(struct map *map, const void *key)
{
    return element(map, key);
}

static void *lookup_cpu(struct map *map, const void *key, uint32_t cpu)
{
    uint8_t *value = element(map, key);
    return value ? value + cpu * map->cpu_stride : NULL;
}

static void *lookup_this_cpu(struct map *map, const void *key)
{
    return lookup_cpu(map, key, vcpu_of_thread->cpu);
}

static int update(struct map *map, const void *key, const void *value, uint64_t flags, bool host)
{
    uint8_t *at = element(map, key);
    int code;

    if (flags > MAP_EXIST)
        return -EINVAL;
    if (!at)
        return -E2BIG;
    code = check_update(flags, true);
    if (code)
        return code;
    if (!map->kind->per_cpu)
        value_write(at, value, map->value_size);
    else if (host)
        values_write(map, at, value);
    else
        value_write(at + vcpu_of_thread->cpu * map->cpu_stride, value, map->value_size);
    return 0;
}

static int delete(struct map *map, const void *key)
{
    (void)map, (void)key;
    return -EINVAL;
}

static int fetch(struct map *map, const void *key, void *value)
{
    const uint8_t *at = element(map, key);
    if (!at)
        return -ENOENT;
    if (map->kind->per_cpu)
        values_read(map, value, at);
    else
        value_read(value, at, map->value_size);
    return 0;
}

int index_next(const struct map *map, const void *key, void *next)
{
    uint32_t index = key ? bytes_u32(key) : UINT32_MAX;
    if (index == map->max_entries - 1)
        return -ENOENT;
    bytes_set_u32(next, index >= map->max_entries ? 0 : index + 1);
    return 0;
}

static int next_key(struct map *map, const void *key, void *next)
{
    return index_next(map, key, next);
}

static int64_t each(struct map *map, struct vcpu *vcpu, uint64_t callback, uint64_t context)
{
    const struct functions *functions = vcpu->functions.at;
    size_t skip = map->kind->per_cpu ? vcpu->cpu * (size_t)map->cpu_stride : 0;

    for (uint32_t i = 0; i < map->max_entries; i++) {
        uint8_t *value = map->values.at + (size_t)i * map->stride + skip;
        if (!map_call_back(map, vcpu, functions, callback, &i, value, context))
            return (int64_t)i + 1;
    }
    return map->max_entries;
}

enum { ACCESS = MAP_NUMA_NODE | MAP_RDONLY | MAP_WRONLY | MAP_RDONLY_PROG | MAP_WRONLY_PROG };

const struct map_kind map_kind_array = {
    .name = "array",
    .size = sizeof(struct map),
    .create = create,
    .destroy = destroy,
    .lookup = lookup,
    .update = update,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .each = each,
    .flags = ACCESS | MAP_MMAPABLE | MAP_INNER,
};

const struct map_kind map_kind_percpu_array = {
    .name = "percpu_array",
    .size = sizeof(struct map),
    .create = create,
    .destroy = destroy,
    .lookup = lookup_this_cpu,
    .lookup_cpu = lookup_cpu,
    .update = update,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .each = each,
    .flags = ACCESS,
    .per_cpu = true,
};
