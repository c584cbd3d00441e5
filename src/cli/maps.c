/* SPDX-License-Identifier: Apache-2.0 */
/* What is in maps, for people and as JSON; elements in the order of their keys. */
#include "api/inside.h"
#include "base/vector.h"
#include "bpf/prog.h"
#include "cli/cli.h"
#include "rt/rt.h"
#include "type/type.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOME_ELEMENTS = 10, MOST_ELEMENTS = 1 << 20, KEY_COLUMN = 60, LINE = 110 };

static const char *kind_name(const struct anybpf_map_info *info)
{
    static const char *const names[] = {
        [MAP_HASH] = "hash",
        [MAP_ARRAY] = "array",
        [MAP_PROG_ARRAY] = "prog array",
        [MAP_PERF_EVENT_ARRAY] = "perf event array",
        [MAP_PERCPU_HASH] = "per-CPU hash",
        [MAP_PERCPU_ARRAY] = "per-CPU array",
        [MAP_LRU_HASH] = "LRU hash",
        [MAP_LPM_TRIE] = "LPM trie",
        [MAP_RINGBUF] = "ring buffer",
    };
    if (info->is_data)
        return "data";
    return info->type < sizeof names / sizeof names[0] && names[info->type] ? names[info->type]
                                                                            : "map";
}

/* ---- Ring buffers: records are counted as they are taken out ---- */

struct ring_count {
    const struct anybpf_map *map;
    uint64_t records, bytes;
};
static struct vec(struct ring_count) rings;

static bool is_ring(const struct anybpf_map_info *info)
{
    return info->type == MAP_RINGBUF || info->type == MAP_PERF_EVENT_ARRAY;
}

static struct ring_count *ring_of(const struct anybpf_map *map)
{
    for (uint32_t i = 0; i < rings.count; i++)
        if (rings.at[i].map == map)
            return &rings.at[i];
    vec_push(cli_arena, &rings, (struct ring_count){ .map = map });
    return vec_last(&rings);
}

static int count_record(void *user, uint32_t cpu, const void *data, size_t size)
{
    struct ring_count *ring = user;
    (void)cpu, (void)data;
    ring->records++;
    ring->bytes += size;
    return 0;
}

void maps_drain(struct anybpf_object *object)
{
    struct anybpf_map *map = NULL;
    struct anybpf_map_info info;

    while ((map = anybpf_next_map(object, map))) {
        anybpf_map_info(map, &info, sizeof info);
        if (is_ring(&info))
            while (anybpf_ring_poll(map, 0, count_record, ring_of(map)) > 0) {
            }
    }
}

/* ---- Elements ---- */

struct elements {
    const struct anybpf_map *map;
    struct anybpf_map_info info;
    const struct type *key, *value; /* NULL: unknown */
    size_t stride;                  /* bytes from one CPU's value to the next one's */
    uint8_t *keys;                  /* count of them, sorted */
    uint32_t count;
    uint8_t *current; /* room for the values of one key */
    bool indexed;     /* an array: elements are never absent, at most zero */
};

static const struct type *type_of(const struct map_spec *spec, uint32_t id, uint32_t size)
{
    const struct type *type = spec->types && id ? types_get(spec->types, id) : NULL;
    return type && type->size == size ? type : NULL;
}

/* Numbers by their value, everything else byte by byte. */
static int compare_keys(const void *a, const void *b, void *user)
{
    const struct elements *e = user;
    const struct type *type = e->key ? type_strip(e->key) : NULL;

    if (e->info.key_size == 4 && (!type || type->kind == TYPE_INT || type->kind == TYPE_ENUM)) {
        uint32_t x = bytes_u32(a), y = bytes_u32(b);
        return x < y ? -1 : x > y;
    }
    if (e->info.key_size == 8 && (!type || type->kind == TYPE_INT)) {
        uint64_t x = bytes_u64(a), y = bytes_u64(b);
        return x < y ? -1 : x > y;
    }
    return memcmp(a, b, e->info.key_size);
}

static void read_keys(struct elements *e)
{
    size_t size = e->info.key_size;
    struct vec(uint8_t) keys = { 0 };
    uint8_t *next = arena_alloc(cli_arena, size);
    const uint8_t *before = NULL;

    while (e->count < MOST_ELEMENTS && !anybpf_map_next_key(e->map, before, next)) {
        vec_resize(cli_arena, &keys, keys.count + (uint32_t)size);
        memcpy(keys.at + keys.count - size, next, size);
        e->count++;
        before = next;
    }
    e->keys = keys.at;
    if (e->count)
        qsort_r(e->keys, e->count, size, compare_keys, e);
}

static void begin(struct elements *e, const struct anybpf_map *map)
{
    const struct map_spec *spec = api_map_spec(map);

    *e = (struct elements){ .map = map };
    anybpf_map_info(map, &e->info, sizeof e->info);
    e->indexed = e->info.type == MAP_ARRAY || e->info.type == MAP_PERCPU_ARRAY;
    e->stride = e->info.cpus > 1 ? (e->info.value_size + 7u) / 8 * 8 : e->info.value_size;
    e->key = type_of(spec, spec->key_type, spec->key_size);
    e->value = type_of(spec, spec->value_type, spec->value_size);
    e->current = arena_alloc(cli_arena, (size_t)e->info.cpus * ((e->info.value_size + 7u) / 8 * 8));
    if (!is_ring(&e->info) && e->info.type != MAP_PROG_ARRAY && !e->info.is_data)
        read_keys(e);
}

static const uint8_t *key_at(const struct elements *e, uint32_t index)
{
    return e->keys + (size_t)index * e->info.key_size;
}

/* Reads the values of a key into e->current; false if it is gone, or an array's that is all zero.
 */
static bool read_values(struct elements *e, const uint8_t *key)
{
    size_t size = e->stride * e->info.cpus;

    if (anybpf_map_lookup(e->map, key, e->current))
        return false;
    for (size_t i = 0; e->indexed && i < size; i++)
        if (e->current[i])
            return true;
    return !e->indexed;
}

static void put(struct text *out, const struct type *type, const uint8_t *at, size_t size,
                enum anybpf_style style)
{
    struct bytes bytes = { at, size };
    if (type) {
        value_print(out, type, bytes, HOST_IS_BIG, style);
        return;
    }
    if (style == ANYBPF_JSON)
        text_char(out, '"');
    for (size_t i = 0; i < size; i++)
        text_printf(out, i && style != ANYBPF_JSON ? " %02x" : "%02x", at[i]);
    if (style == ANYBPF_JSON)
        text_char(out, '"');
}

static void put_key(struct text *out, const struct elements *e, const uint8_t *key,
                    enum anybpf_style style)
{
    if (e->indexed && !e->key)
        text_printf(out, "%u", bytes_u32(key));
    else
        put(out, e->key, key, e->info.key_size, style);
}

/* ---- For people ---- */

/* Values of a per-CPU map: those that are not zero, each with its number if there are several. */
static void print_values(struct text *out, const struct elements *e)
{
    unsigned shown = 0;

    for (uint32_t cpu = 0; cpu < e->info.cpus; cpu++) {
        const uint8_t *at = e->current + cpu * e->stride;
        bool zero = true;
        for (uint32_t i = 0; i < e->info.value_size; i++)
            zero = zero && !at[i];
        if (zero && e->info.cpus > 1)
            continue;
        if (e->info.cpus > 1)
            text_printf(out, shown ? ", cpu %u: " : "cpu %u: ", cpu);
        put(out, e->value, at, e->info.value_size, ANYBPF_LINE);
        shown++;
    }
    if (!shown)
        text_puts(out, "0");
}

static void print_elements(struct elements *e, enum map_amount amount)
{
    uint32_t limit = amount == MAPS_ALL ? UINT32_MAX : SOME_ELEMENTS, shown = 0, left = 0;
    struct text keys = { .arena = cli_arena }, out = { .arena = cli_arena };
    size_t width = 0;

    for (uint32_t i = 0; i < e->count && shown < limit; i++) {
        text_clear(&keys);
        if (!read_values(e, key_at(e, i)))
            continue;
        put_key(&keys, e, key_at(e, i), ANYBPF_LINE);
        if (keys.length > width && keys.length <= KEY_COLUMN)
            width = keys.length;
        shown++;
    }
    shown = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        if (!read_values(e, key_at(e, i)))
            continue;
        if (shown >= limit) {
            left++;
            continue;
        }
        text_clear(&keys);
        text_clear(&out);
        put_key(&keys, e, key_at(e, i), ANYBPF_LINE);
        print_values(&out, e);
        if (keys.length + out.length + 5 <= LINE)
            printf("  %-*s = %s\n", (int)width, keys.at, out.at);
        else
            printf("  %s\n      = %s\n", keys.at, out.at);
        shown++;
    }
    if (left)
        printf("  ... and %s more (--maps=all)\n", grouped(left));
}

static void print_data(struct elements *e)
{
    struct text out = { .arena = cli_arena };
    size_t size;
    const void *data = anybpf_map_data((struct anybpf_map *)(uintptr_t)e->map, &size);

    if (!data)
        return;
    put(&out, e->value, data, e->info.value_size, ANYBPF_TREE);
    fputs("  ", stdout);
    for (const char *p = out.at; *p; p++) {
        putchar(*p);
        if (*p == '\n' && p[1])
            fputs("  ", stdout);
    }
    if (!out.length || out.at[out.length - 1] != '\n')
        putchar('\n');
}

static void print_map(struct anybpf_map *map, enum map_amount amount)
{
    const struct map_spec *spec = api_map_spec(map);
    struct elements e;

    begin(&e, map);
    if (e.info.is_data && (spec->read_only || !e.value) && amount != MAPS_ALL)
        return; /* it is as it was */
    printf("\n%s: %s", e.info.name, kind_name(&e.info));
    if (e.info.is_data) {
        printf(", %s bytes\n", grouped(e.info.value_size));
        print_data(&e);
    } else if (is_ring(&e.info)) {
        const struct ring_count *ring = ring_of(map);
        printf(", %s records, %s bytes\n", grouped(ring->records), grouped(ring->bytes));
    } else if (e.info.type == MAP_PROG_ARRAY || e.indexed) {
        printf(", %s elements\n", grouped(e.info.max_entries));
    } else {
        printf(", %s of %s elements\n", grouped(e.count), grouped(e.info.max_entries));
    }
    print_elements(&e, amount);
}

void maps_print(struct anybpf_object *object, enum map_amount amount)
{
    struct anybpf_map *map = NULL;

    if (amount == MAPS_NONE)
        return;
    maps_drain(object);
    while ((map = anybpf_next_map(object, map)))
        print_map(map, amount);
}

/* ---- JSON ---- */

static void json_elements(struct text *out, struct elements *e)
{
    bool first = true;

    text_puts(out, ", \"elements\": [");
    for (uint32_t i = 0; i < e->count; i++) {
        const uint8_t *key = key_at(e, i);
        if (!read_values(e, key))
            continue;
        text_puts(out, first ? "{\"key\": " : ", {\"key\": ");
        first = false;
        put_key(out, e, key, ANYBPF_JSON);
        text_puts(out, e->info.cpus > 1 ? ", \"values\": [" : ", \"value\": ");
        for (uint32_t cpu = 0; cpu < e->info.cpus; cpu++) {
            if (cpu)
                text_puts(out, ", ");
            put(out, e->value, e->current + cpu * e->stride, e->info.value_size, ANYBPF_JSON);
        }
        text_puts(out, e->info.cpus > 1 ? "]}" : "}");
    }
    text_char(out, ']');
}

static void json_map(struct text *out, struct anybpf_map *map)
{
    struct elements e;

    begin(&e, map);
    text_json(out, e.info.name, strlen(e.info.name));
    text_printf(out, ": {\"type\": \"%s\", \"max_entries\": %u", kind_name(&e.info),
                e.info.max_entries);
    if (is_ring(&e.info)) {
        const struct ring_count *ring = ring_of(map);
        text_printf(out, ", \"records\": %llu, \"bytes\": %llu", (unsigned long long)ring->records,
                    (unsigned long long)ring->bytes);
    } else if (e.info.is_data) {
        size_t size;
        const void *data = anybpf_map_data(map, &size);
        text_puts(out, ", \"value\": ");
        put(out, e.value, data, data ? e.info.value_size : 0, ANYBPF_JSON);
    } else {
        json_elements(out, &e);
    }
    text_char(out, '}');
}

void maps_json(struct text *out, struct anybpf_object *object, enum map_amount amount)
{
    struct anybpf_map *map = NULL;
    bool first = true;

    text_char(out, '{');
    maps_drain(object);
    while (amount != MAPS_NONE && (map = anybpf_next_map(object, map))) {
        if (!first)
            text_puts(out, ", ");
        first = false;
        json_map(out, map);
    }
    text_char(out, '}');
}
