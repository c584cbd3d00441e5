/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds of map and ring-buffer operations as programs do them, by one thread: the least of
 * several rounds of a few thousand operations, each an invocation of its own; keys in random order.
 *
 *     bench-maps [ROUNDS] */
#include "rt/rt.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { KEYS = 1 << 20, OPERATIONS = 1 << 14 };

static struct env *env;
static uint32_t order[KEYS + OPERATIONS];
static const uint32_t *part = order; /* this round's keys */
static volatile uint64_t sink;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct map *make(uint32_t type, uint32_t key, uint32_t value, uint32_t max, uint32_t flags)
{
    const struct map_spec spec = { .name = "bench",
                                   .type = type,
                                   .key_size = key,
                                   .value_size = value,
                                   .max_entries = max,
                                   .flags = flags };
    struct error err = { 0 };
    struct map *map = map_create(env, &spec, &err);
    if (!map) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return map;
}

typedef void *lookup_fn(struct map *map, const void *key);
typedef int64_t update_fn(struct map *map, const void *key, const void *value, uint64_t flags);
typedef int64_t output_fn(struct map *map, const void *data, uint64_t size, uint64_t flags);

static void lookups(struct map *map)
{
    lookup_fn *lookup = (lookup_fn *)env_helper(env, HELPER_map_lookup_elem)->function;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        uint64_t key[2] = { part[i] };
        const uint64_t *value = lookup(map, key);
        sum += value ? *value : 1;
    }
    sink = sum;
}

static void updates(struct map *map)
{
    update_fn *update = (update_fn *)env_helper(env, HELPER_map_update_elem)->function;
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        uint64_t key[2] = { part[i] }, value = i;
        update(map, key, &value, 0);
    }
}

/* New keys all the time: an LRU map has to forget some. */
static void insertions(struct map *map)
{
    static uint64_t next;
    update_fn *update = (update_fn *)env_helper(env, HELPER_map_update_elem)->function;
    for (uint32_t i = 0; i < OPERATIONS; i++, next++)
        update(map, &next, &next, 0);
}

static int on_record(void *user, uint32_t cpu, const void *data, size_t size)
{
    (void)user, (void)cpu;
    sink = *(const uint64_t *)data + size;
    return 0;
}

/* Records of 64 bytes; the consumer empties the ring now and then, in the same thread. */
static void outputs(struct map *map)
{
    output_fn *output = (output_fn *)env_helper(env, HELPER_ringbuf_output)->function;
    uint64_t record[8] = { 0 };
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        record[0] = i;
        output(map, record, sizeof record, 0);
        if (i % 1024 == 1023)
            map_poll(map, on_record, NULL);
    }
}

static void report(const char *what, struct map *map, void (*run)(struct map *), int rounds,
                   uint32_t keys)
{
    double best = 1e9;
    for (uint32_t i = 0; i < KEYS + OPERATIONS; i++)
        order[i] = (uint32_t)hash_mix(i + 1) % keys;
    for (int i = 0; i < rounds; i++) {
        part = order + (size_t)i * OPERATIONS % KEYS;
        struct invocation outer;
        uint64_t begin;
        double ns;
        epoch_enter(vcpu_get(), &outer);
        begin = now();
        run(map);
        ns = (double)(now() - begin) / OPERATIONS;
        epoch_leave(vcpu_get(), &outer);
        best = ns < best ? ns : best;
    }
    printf("%-44s %7.2f ns\n", what, best);
}

static void hash(uint32_t type, const char *name, uint32_t key, uint32_t entries, int rounds)
{
    struct map *map = make(type, key, 8, entries, 0);
    char what[80];

    for (uint64_t i = 0; i < entries; i++) {
        uint64_t at[2] = { i }, values[1024] = { i };
        map_update(map, at, values, 0);
    }
    snprintf(what, sizeof what, "%s, keys of %u, %u entries: lookup", name, key, entries);
    report(what, map, lookups, rounds, entries);
    snprintf(what, sizeof what, "%s, keys of %u, %u entries: update", name, key, entries);
    report(what, map, updates, rounds, entries);
    if (type == MAP_LRU_HASH) {
        snprintf(what, sizeof what, "%s, keys of %u, %u entries: insert", name, key, entries);
        report(what, map, insertions, rounds, entries);
    }
    map_free(map);
}

static void trie(int rounds)
{
    struct map *map = make(MAP_LPM_TRIE, 8, 8, 100000, MAP_NO_PREALLOC);
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t key[2] = { 8 + i % 25, (uint32_t)hash_mix(i) };
        uint64_t value = i;
        map_update(map, key, &value, 0);
    }
    /* The first word of a key here is its length: lengths 0 .. 31 of bits 0. */
    report("lpm_trie, 100000 prefixes: lookup of zeros", map, lookups, rounds, 32);
    map_free(map);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 200;
    struct map *map;

    env = env_new(&allocator_libc, NULL);
    map = make(MAP_ARRAY, 4, 8, 1000, 0);
    report("array, 1000 entries: lookup, not inlined", map, lookups, rounds, 1000);
    map_free(map);
    map = make(MAP_PERCPU_ARRAY, 4, 8, 1000, 0);
    report("percpu_array, 1000 entries: lookup", map, lookups, rounds, 1000);
    map_free(map);
    hash(MAP_HASH, "hash", 8, 1000, rounds);
    hash(MAP_HASH, "hash", 8, 1000000, rounds);
    hash(MAP_HASH, "hash", 16, 1000, rounds);
    hash(MAP_HASH, "hash", 13, 1000, rounds);
    hash(MAP_PERCPU_HASH, "percpu_hash", 8, 1000, rounds);
    hash(MAP_LRU_HASH, "lru_hash", 8, 1000, rounds);
    hash(MAP_LRU_HASH, "lru_hash", 8, 100000, rounds);
    trie(rounds);
    map = make(MAP_RINGBUF, 0, 0, 1 << 20, 0);
    report("ringbuf, 64 bytes: output and consume", map, outputs, rounds, 1);
    map_free(map);
    env_free(env);
    return 0;
}
