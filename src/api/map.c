/* SPDX-License-Identifier: Apache-2.0 */
/* Maps: the host's access. */
#include "api/local.h"
#include <errno.h>
#include <poll.h>

struct anybpf_map *map_of(struct anybpf_object *obj, const struct map_spec *spec)
{
    for (uint32_t i = 0; i < obj->map_count; i++)
        if (obj->maps[i].spec == spec)
            return &obj->maps[i];
    return NULL;
}

int map_make(struct anybpf_map *map, struct error *err)
{
    if (!map->map)
        map->map = map_create(map->object->env->rt, map->resized ? map->resized : map->spec, err);
    return map->map ? 0 : err->code;
}

/* Public code and sentence of each errno that the runtime's maps give. */
int api_map_result(const struct anybpf_map *map, int result)
{
    static const struct {
        int number, code;
        const char *text;
    } rows[] = {
        { ENOENT, ANYBPF_E_NOT_FOUND, "no such key" },
        { EEXIST, ANYBPF_E_EXISTS, "the key is there already" },
        { E2BIG, ANYBPF_E_FULL, "no room: max_entries reached, or no such index" },
        { ENOMEM, ANYBPF_E_MEMORY, "out of memory" },
        { EINVAL, ANYBPF_E_ARGUMENT, "wrong flags, key or program for this map" },
        { EBUSY, ANYBPF_E_BUSY, "in use" },
        { EPERM, ANYBPF_E_ARGUMENT, "the map may not be changed by the host" },
        { EOPNOTSUPP, ANYBPF_E_UNSUPPORTED, "not offered for this kind of map" },
        { ENOTSUP, ANYBPF_E_UNSUPPORTED, "not offered for this kind of map" },
    };

    if (result >= 0)
        return 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == -result)
            return api_error(map->object->env, rows[i].code, "map %s: %s", map->spec->name,
                             rows[i].text);
    return api_error(map->object->env, ANYBPF_E_SYSTEM, "map %s: %s", map->spec->name,
                     strerror(-result));
}

/* ---- Finding ---- */

static struct anybpf_map *made(struct anybpf_map *map)
{
    struct error err = { 0 };
    if (!map_make(map, &err))
        return map;
    api_fail(map->object->env, &err);
    return NULL;
}

struct anybpf_map *anybpf_find_map(struct anybpf_object *obj, const char *name)
{
    for (uint32_t i = 0; i < obj->map_count; i++)
        if (!strcmp(obj->maps[i].spec->name, name))
            return made(&obj->maps[i]);
    api_error(obj->env, ANYBPF_E_NOT_FOUND, "the object has no map \"%s\"", name);
    return NULL;
}

struct anybpf_map *anybpf_next_map(struct anybpf_object *obj, struct anybpf_map *map)
{
    uint32_t next = map ? (uint32_t)(map - obj->maps) + 1 : 0;
    return next < obj->map_count ? made(&obj->maps[next]) : NULL;
}

void anybpf_map_info(const struct anybpf_map *map, struct anybpf_map_info *info, size_t size)
{
    const struct map_spec *spec = map->spec;
    struct anybpf_map_info full = {
        .name = spec->name,
        .type = spec->type,
        .key_size = spec->key_size,
        .value_size = spec->value_size,
        .max_entries = map->map->max_entries,
        .flags = spec->flags,
        .cpus = map_cpus(map->map),
        .is_data = spec->is_data,
        .key_type = spec->key_type,
        .value_type = spec->value_type,
    };
    memset(info, 0, size);
    memcpy(info, &full, size < sizeof full ? size : sizeof full);
}

/* ---- Elements ---- */

int anybpf_map_lookup(const struct anybpf_map *map, const void *key, void *value)
{
    return api_map_result(map, map_lookup(map->map, key, value));
}

int anybpf_map_update(struct anybpf_map *map, const void *key, const void *value, uint64_t flags)
{
    return api_map_result(map, map_update(map->map, key, value, flags));
}

int anybpf_map_delete(struct anybpf_map *map, const void *key)
{
    return api_map_result(map, map_delete(map->map, key));
}

int anybpf_map_next_key(const struct anybpf_map *map, const void *key, void *next)
{
    return api_map_result(map, map_next_key(map->map, key, next));
}

void *anybpf_map_data(struct anybpf_map *map, size_t *size)
{
    size_t ignored;
    return map_memory(map->map, size ? size : &ignored);
}

int anybpf_map_set_prog(struct anybpf_map *map, uint32_t index, const struct anybpf_prog *prog)
{
    if (prog && !prog->loaded)
        return api_error(map->object->env, ANYBPF_E_ARGUMENT, "program %s is not loaded",
                         prog->name);
    return api_map_result(map, map_set_prog(map->map, index, prog ? &prog->loaded->run : NULL));
}

/* ---- Ring buffers and perf event arrays ---- */

int anybpf_ring_fd(struct anybpf_map *map)
{
    int fd = map_poll_fd(map->map);
    return fd < 0 ? api_map_result(map, fd) : fd;
}

int anybpf_ring_poll(struct anybpf_map *map, int timeout_ms, anybpf_record_fn *record, void *user)
{
    int64_t count = map_poll(map->map, record, user);
    struct pollfd ready = { .events = POLLIN };

    if (!count && timeout_ms) {
        ready.fd = map_poll_fd(map->map);
        if (ready.fd < 0)
            return api_map_result(map, ready.fd);
        if (poll(&ready, 1, timeout_ms) < 0 && errno != EINTR)
            return api_map_result(map, -errno);
        count = map_poll(map->map, record, user);
    }
    return count < 0 ? api_map_result(map, (int)count) : count > INT32_MAX ? INT32_MAX : (int)count;
}
