/* SPDX-License-Identifier: Apache-2.0 */
/* Hash maps: plain, per-CPU, and LRU.
 *
 * A table of buckets, each a cache line: six elements, a byte of each one's hash ("tag"), and a
 * chain of further buckets for the rare seventh. Looking up takes no lock: it compares all tags at
 * once, then the keys of those that match.
 *
 *     tags   63    57 56 55  48 47      40       7       0
 *            +-------+--+------+----------+-...-+---------+
 *            |   0   |L |   0  | tag of 5 |     | tag of 0|   a tag is 1 .. 255; 0: empty
 *            +-------+--+------+----------+-...-+---------+   L: a writer holds the whole chain
 *
 * An element is there as long as its pointer is: a tag is set before and cleared after. Compiled
 * code looks without tags at the place that the hash names, where an element is put if it is empty
 * (layout.h); so both find the same at any time.
 *
 * Writers hold the lock of the first bucket. An element's key never changes while it can be
 * reached, and a value is replaced by a whole new element, so a reader sees the old or the new
 * value, and a pointer that a program holds stays good as long as it runs (slab.c). Values of
 * per-CPU maps lie outside: element i of CPU c at values + c * cpu_stride + i * stride, and are
 * written in place.
 *
 * LRU maps evict by the clock algorithm. A ring of max_entries places holds the elements in the
 * order in which they came, each of which knows its place (slab_element.index). A lookup by a
 * program marks the element; the hand takes the mark away and spares it once. */
#include "rt/local.h"
#include <string.h>

enum {
    WAYS = HASH_WAYS,
    LOAD = 3,            /* elements per bucket when full, and ... */
    LOAD_TENTHS = 2,     /* ... tenths */
    KEY_MAX = 512,       /* bytes; the kernel's limit is that of its stack */
    BYTES_MAX = 4 << 20, /* key and value of an element */
    PER_CPU_VALUE_MAX = 32768,
};
enum { MARK_LIVE = 1, MARK_USED = 2 }; /* slab_element.mark */
enum { SEARCH = 64 };                  /* places looked at before something is evicted too early */
#define LOCKED   (UINT64_C(1) << 56)
#define EVERY(b) ((b) * UINT64_C(0x010101010101))

struct bucket {
    uint64_t tags;
    struct slab_element *at[WAYS];
    struct bucket *next;
};

_Static_assert(sizeof(void *) < 8 || (sizeof(struct bucket) == HASH_BUCKET &&
                                      offsetof(struct bucket, at) == HASH_WAY_0 &&
                                      sizeof(struct slab_element) == HASH_KEY_AT),
               "what compiled code of 64 bits reads");

struct hash_map {
    struct map map;         /* with the seed and the number of buckets in the table */
    struct bucket *buckets; /* the chained ones behind the others */
    uint32_t more_count, more_used;
    uint32_t value_at;           /* offset of the value from the key */
    uint64_t live;               /* elements in the table */
    struct slab_element **clock; /* LRU maps */
    uint32_t hand;
    struct slab slab;
};

static struct hash_map *hash_of(struct map *map)
{
    return (struct hash_map *)map;
}

static uint8_t *key_of(struct slab_element *element)
{
    return (uint8_t *)(element + 1);
}

/* ---- Hashing ---- */

/* The high and the low half of the product folded together. */
static inline uint64_t fold(uint64_t a)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * HASH_MULTIPLIER;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t m = HASH_MULTIPLIER, low = (uint32_t)a * (m & UINT32_MAX);
    uint64_t middle = (a >> 32) * (m & UINT32_MAX) + (low >> 32);
    uint64_t other = (uint32_t)a * (m >> 32) + (uint32_t)middle;
    return a * m ^ ((a >> 32) * (m >> 32) + (middle >> 32) + (other >> 32));
#endif
}

/* Up to 8 bytes as a number that is another for each text of that size. */
static inline uint64_t up_to_8(const uint8_t *at, uint32_t size)
{
    if (size == 8)
        return bytes_u64(at);
    if (size >= 4)
        return bytes_u32(at) | (uint64_t)bytes_u32(at + size - 4) << 32;
    return at[0] | (uint64_t)at[size / 2] << 8 | (uint64_t)at[size - 1] << 16;
}

/* Both are inlined with a constant size where it matters. */
static inline __attribute__((always_inline)) uint64_t hash_key(const void *key, uint32_t size,
                                                               uint64_t seed)
{
    const uint8_t *at = key;
    for (; size > 8; size -= 8, at += 8)
        seed = fold(seed ^ bytes_u64(at));
    return fold(seed ^ up_to_8(at, size));
}

static inline __attribute__((always_inline)) bool same_key(const void *a, const void *b,
                                                           uint32_t size)
{
    const uint8_t *x = a, *y = b;
    for (; size > 8; size -= 8, x += 8, y += 8)
        if (bytes_u64(x) != bytes_u64(y))
            return false;
    return up_to_8(x, size) == up_to_8(y, size);
}

static inline uint64_t tag_of(uint64_t hash)
{
    uint64_t tag = hash & 0xff;
    return tag + !tag;
}

static inline struct bucket *bucket_of(const struct hash_map *hash, uint64_t h)
{
    return &hash->buckets[((h >> 32) * hash->map.bucket_count) >> 32];
}

/* The way that its element is put in if it can be. */
static inline uint32_t way_of(uint64_t h)
{
    return (uint32_t)((uint64_t)(uint32_t)h * WAYS >> 32);
}

/* ---- Looking up ---- */

static inline __attribute__((always_inline)) struct slab_element *
find_sized(struct map *map, const void *key, uint32_t size)
{
    const struct hash_map *hash = hash_of(map);
    uint64_t h = hash_key(key, size, hash->map.seed), every = EVERY(tag_of(h));
    const struct bucket *bucket = bucket_of(hash, h);

    do {
        uint64_t differ = __atomic_load_n(&bucket->tags, __ATOMIC_ACQUIRE) ^ every;
        /* The high bit of each byte that is 0, and perhaps of one above such a byte. */
        uint64_t hits = (differ - EVERY(1)) & ~differ & EVERY(0x80);
        for (; hits; hits &= hits - 1) {
            struct slab_element *element =
                __atomic_load_n(&bucket->at[__builtin_ctzll(hits) / 8], __ATOMIC_ACQUIRE);
            if (element && same_key(key_of(element), key, size))
                return element;
        }
        bucket = __atomic_load_n(&bucket->next, __ATOMIC_ACQUIRE);
    } while (bucket);
    return NULL;
}

static struct slab_element *find(struct map *map, const void *key)
{
    switch (map->key_size) {
    case 4: return find_sized(map, key, 4);
    case 8: return find_sized(map, key, 8);
    case 16: return find_sized(map, key, 16);
    default: return find_sized(map, key, map->key_size);
    }
}

static inline uint8_t *value_of(struct map *map, struct slab_element *element)
{
    return key_of(element) + hash_of(map)->value_at;
}

static uint8_t *values_of(struct map *map, struct slab_element *element)
{
    return map->values.at + (size_t)element->index * map->stride;
}

#define LOOKUP(name, size)                                                                         \
    static void *lookup_##name(struct map *map, const void *key)                                   \
    {                                                                                              \
        struct slab_element *element = find_sized(map, key, size);                                 \
        return element ? value_of(map, element) : NULL;                                            \
    }
LOOKUP(4, 4)
LOOKUP(8, 8)
LOOKUP(16, 16)
LOOKUP(any, map->key_size)

static void *lookup_lru(struct map *map, const void *key)
{
    struct slab_element *element = find(map, key);
    if (!element)
        return NULL;
    if (!(__atomic_load_n(&element->mark, __ATOMIC_RELAXED) & MARK_USED))
        __atomic_fetch_or(&element->mark, MARK_USED, __ATOMIC_RELAXED);
    return value_of(map, element);
}

static void *lookup_cpu(struct map *map, const void *key, uint32_t cpu)
{
    struct slab_element *element = find(map, key);
    return element ? values_of(map, element) + cpu * map->cpu_stride : NULL;
}

static void *lookup_this_cpu(struct map *map, const void *key)
{
    return lookup_cpu(map, key, vcpu_of_thread->cpu);
}

static int fetch(struct map *map, const void *key, void *value)
{
    struct slab_element *element = find(map, key);
    if (!element)
        return -ENOENT;
    if (map->kind->per_cpu)
        values_read(map, value, values_of(map, element));
    else
        value_read(value, value_of(map, element), map->value_size);
    return 0;
}

/* ---- Writing: under the lock of the first bucket ---- */

static bool chain_lock(struct vcpu *vcpu, struct bucket *bucket)
{
    bool nested = vcpu->host->locks++ != 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    for (unsigned turns = 0; __atomic_fetch_or(&bucket->tags, LOCKED, __ATOMIC_ACQUIRE) & LOCKED;) {
        if (nested) {
            vcpu->host->locks--;
            return false;
        }
        lock_wait(&turns);
    }
    return true;
}

static void chain_unlock(struct vcpu *vcpu, struct bucket *bucket)
{
    __atomic_fetch_and(&bucket->tags, ~LOCKED, __ATOMIC_RELEASE);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    vcpu->host->locks--;
}

/* The lock's bit may change at any time, the tags only under it. */
static uint64_t tags_of(const struct bucket *bucket)
{
    return __atomic_load_n(&bucket->tags, __ATOMIC_RELAXED);
}

/* A place in a chain. */
struct place {
    struct bucket *bucket;
    uint32_t way;
};

static struct place place_of(struct map *map, struct bucket *bucket, uint64_t tag, const void *key)
{
    for (; bucket; bucket = bucket->next)
        for (uint32_t i = 0; i < WAYS; i++)
            if ((uint8_t)(tags_of(bucket) >> 8 * i) == tag &&
                same_key(key_of(bucket->at[i]), key, map->key_size))
                return (struct place){ bucket, i };
    return (struct place){ 0 };
}

static void set_tag(struct place place, uint64_t tag)
{
    uint64_t old = tags_of(place.bucket) >> 8 * place.way & 0xff;
    /* Others may be trying for the lock in this word. */
    __atomic_fetch_xor(&place.bucket->tags, (old ^ tag) << 8 * place.way, __ATOMIC_RELEASE);
}

static void set_element(struct place place, struct slab_element *element)
{
    __atomic_store_n(&place.bucket->at[place.way], element, __ATOMIC_RELEASE);
}

/* An empty place, of a bucket added to the chain if need be. */
static struct place empty_place(struct hash_map *hash, struct bucket *bucket, uint64_t h)
{
    for (;; bucket = bucket->next) {
        for (uint32_t i = 0, way = way_of(h); i < WAYS; i++, way = way + 1 < WAYS ? way + 1 : 0)
            if (!(uint8_t)(tags_of(bucket) >> 8 * way))
                return (struct place){ bucket, way };
        if (!bucket->next) {
            uint32_t index = __atomic_fetch_add(&hash->more_used, 1, __ATOMIC_RELAXED);
            if (index >= hash->more_count) {
                __atomic_fetch_sub(&hash->more_used, 1, __ATOMIC_RELAXED);
                return (struct place){ 0 };
            }
            __atomic_store_n(&bucket->next, &hash->buckets[hash->map.bucket_count + index],
                             __ATOMIC_RELEASE);
        }
    }
}

/* Takes the element out of its place, to be given back once the chain is unlocked. */
static struct slab_element *take_out(struct hash_map *hash, struct place place)
{
    struct slab_element *element = place.bucket->at[place.way];
    set_element(place, NULL);
    set_tag(place, 0);
    if (hash->clock)
        __atomic_store_n(&hash->clock[element->index], NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&element->mark, 0, __ATOMIC_RELAXED);
    __atomic_fetch_sub(&hash->live, 1, __ATOMIC_RELAXED);
    return element;
}

/* Deletes the key; if `only` is given, only as long as that is its element. */
static int remove_key(struct map *map, const void *key, const struct slab_element *only)
{
    struct hash_map *hash = hash_of(map);
    struct vcpu *vcpu = vcpu_of_thread;
    uint64_t h = hash_key(key, map->key_size, hash->map.seed);
    struct bucket *bucket = bucket_of(hash, h);
    struct slab_element *gone = NULL;
    struct place place;

    if (!chain_lock(vcpu, bucket))
        return -EBUSY;
    place = place_of(map, bucket, tag_of(h), key);
    if (place.bucket && (!only || place.bucket->at[place.way] == only))
        gone = take_out(hash, place);
    chain_unlock(vcpu, bucket);
    if (!gone)
        return -ENOENT;
    slab_give(&hash->slab, vcpu, gone);
    return 0;
}

static int delete(struct map *map, const void *key)
{
    return remove_key(map, key, NULL);
}

/* Turns the clock until the element has a place of its own. What is seen there stays as it is until
 * this invocation ends, whoever deletes it. */
static bool take_place(struct map *map, struct slab_element *element)
{
    struct hash_map *hash = hash_of(map);
    bool room = __atomic_load_n(&hash->live, __ATOMIC_RELAXED) < map->max_entries;

    for (uint64_t turns = 0; turns < 4 * (uint64_t)map->max_entries + SEARCH; turns++) {
        uint32_t at = __atomic_fetch_add(&hash->hand, 1, __ATOMIC_RELAXED) % map->max_entries;
        struct slab_element **place = &hash->clock[at], *none = NULL;
        struct slab_element *there = __atomic_load_n(place, __ATOMIC_ACQUIRE);
        uint32_t mark = there ? __atomic_load_n(&there->mark, __ATOMIC_ACQUIRE) : 0;

        if (there && ((room && turns < SEARCH) || !(mark & MARK_LIVE)))
            continue;
        if (mark & MARK_USED) {
            __atomic_fetch_and(&there->mark, ~(uint32_t)MARK_USED, __ATOMIC_RELAXED);
            continue;
        }
        element->index = at;
        if ((!there || !remove_key(map, key_of(there), there)) &&
            __atomic_compare_exchange_n(place, &none, element, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED)) {
            __atomic_fetch_add(&hash->live, 1, __ATOMIC_RELAXED);
            return true;
        }
    }
    return false;
}

static void leave_place(struct map *map, uint32_t at)
{
    __atomic_store_n(&hash_of(map)->clock[at], NULL, __ATOMIC_RELEASE);
    __atomic_fetch_sub(&hash_of(map)->live, 1, __ATOMIC_RELAXED);
}

/* Counts one more element; false when the map is full. */
static bool reserve(struct map *map)
{
    struct hash_map *hash = hash_of(map);
    if (__atomic_fetch_add(&hash->live, 1, __ATOMIC_RELAXED) < map->max_entries)
        return true;
    __atomic_fetch_sub(&hash->live, 1, __ATOMIC_RELAXED);
    return false;
}

/* A new element with the key, and the value if that lies in it. */
static struct slab_element *make(struct map *map, struct vcpu *vcpu, const void *key,
                                 const void *value)
{
    struct hash_map *hash = hash_of(map);
    struct slab_element *element = slab_take(&hash->slab, vcpu);

    if (!element)
        return NULL;
    memcpy(key_of(element), key, map->key_size);
    if (!map->kind->per_cpu)
        value_write(value_of(map, element), value, map->value_size);
    return element;
}

/* The new element takes the old one's place in the clock, the old one the new one's. */
static void swap_places(struct hash_map *hash, struct slab_element *new, struct slab_element *old)
{
    uint32_t at = old->index;
    old->index = new->index;
    new->index = at;
    __atomic_store_n(&hash->clock[at], new, __ATOMIC_RELEASE);
}

/* Puts the element into the chain, or where the one with its key was: *old. `counted`: it is among
 * the live ones already and has its place in the clock; else -E2BIG asks for one. */
static int put(struct map *map, struct slab_element *element, struct bucket *bucket, uint64_t h,
               uint64_t flags, bool counted, struct slab_element **old)
{
    struct hash_map *hash = hash_of(map);
    struct place place = place_of(map, bucket, tag_of(h), key_of(element));
    int code = check_update(flags, place.bucket != NULL);

    if (code)
        return code;
    if (place.bucket) {
        *old = place.bucket->at[place.way];
        __atomic_store_n(&element->mark, MARK_LIVE, __ATOMIC_RELEASE);
        if (hash->clock)
            swap_places(hash, element, *old);
        set_element(place, element);
        __atomic_store_n(&(*old)->mark, 0, __ATOMIC_RELAXED);
        return 0;
    }
    if (!counted && (hash->clock || !reserve(map)))
        return -E2BIG;
    place = empty_place(hash, bucket, h);
    if (!place.bucket) {
        if (!counted)
            __atomic_fetch_sub(&hash->live, 1, __ATOMIC_RELAXED);
        return -ENOMEM;
    }
    __atomic_store_n(&element->mark, MARK_LIVE, __ATOMIC_RELEASE);
    set_tag(place, tag_of(h));
    set_element(place, element);
    return 0;
}

/* Makes the element the key's, or gives it back. */
static int publish(struct map *map, struct slab_element *element, uint64_t flags)
{
    struct hash_map *hash = hash_of(map);
    struct vcpu *vcpu = vcpu_of_thread;
    uint64_t h = hash_key(key_of(element), map->key_size, hash->map.seed);
    struct bucket *bucket = bucket_of(hash, h);
    struct slab_element *old = NULL;
    bool counted = false;
    int code;

    do {
        code = -EBUSY;
        if (chain_lock(vcpu, bucket)) {
            code = put(map, element, bucket, h, flags, counted, &old);
            chain_unlock(vcpu, bucket);
        }
    } while (code == -E2BIG && hash->clock && (counted = take_place(map, element)));
    if (counted && (code || old))
        leave_place(map, old ? old->index : element->index);
    if (code)
        slab_untake(&hash->slab, vcpu, element);
    if (old)
        slab_give(&hash->slab, vcpu, old);
    return code == -E2BIG && hash->clock ? -ENOMEM : code;
}

static int update(struct map *map, const void *key, const void *value, uint64_t flags, bool host)
{
    struct slab_element *element;

    (void)host;
    if (flags > MAP_EXIST)
        return -EINVAL;
    element = make(map, vcpu_of_thread, key, value);
    return element ? publish(map, element, flags) : -ENOMEM;
}

/* Per-CPU values are written where they are; only a new key needs an element. */
static int update_percpu(struct map *map, const void *key, const void *value, uint64_t flags,
                         bool host)
{
    struct vcpu *vcpu = vcpu_of_thread;
    struct slab_element *element;
    uint8_t *values;
    int code;

    if (flags > MAP_EXIST)
        return -EINVAL;
    while (!(element = find(map, key))) {
        if (flags == MAP_EXIST)
            return -ENOENT;
        element = make(map, vcpu, key, NULL);
        if (!element)
            return -ENOMEM;
        values_begin(map, values_of(map, element), value, host);
        code = publish(map, element, MAP_NOEXIST);
        if (code != -EEXIST) /* else another thread was faster */
            return code;
    }
    code = check_update(flags, true);
    if (code)
        return code;
    values = values_of(map, element);
    if (host)
        values_write(map, values, value);
    else
        value_write(values + vcpu->cpu * map->cpu_stride, value, map->value_size);
    return 0;
}

/* ---- Going through all ---- */

/* The first element from a place on, in the order of buckets. */
static struct slab_element *from_place(struct hash_map *hash, uint32_t index, struct place place)
{
    for (;;) {
        for (; place.way < WAYS; place.way++) {
            struct slab_element *element =
                __atomic_load_n(&place.bucket->at[place.way], __ATOMIC_ACQUIRE);
            if (element)
                return element;
        }
        place.way = 0;
        place.bucket = __atomic_load_n(&place.bucket->next, __ATOMIC_ACQUIRE);
        if (!place.bucket) {
            if (++index == hash->map.bucket_count)
                return NULL;
            place.bucket = &hash->buckets[index];
        }
    }
}

/* The place behind the element, or the chain's first if it has left. */
static struct place place_behind(struct bucket *chain, const struct slab_element *element)
{
    for (struct bucket *bucket = chain; bucket;
         bucket = __atomic_load_n(&bucket->next, __ATOMIC_ACQUIRE))
        for (uint32_t i = 0; i < WAYS; i++)
            if (__atomic_load_n(&bucket->at[i], __ATOMIC_ACQUIRE) == element)
                return (struct place){ bucket, i + 1 };
    return (struct place){ chain, 0 };
}

static int next_key(struct map *map, const void *key, void *next)
{
    struct hash_map *hash = hash_of(map);
    struct slab_element *element = key ? find(map, key) : NULL;
    struct place place = { hash->buckets, 0 };
    uint32_t index = 0;

    if (element) {
        struct bucket *chain = bucket_of(hash, hash_key(key, map->key_size, hash->map.seed));
        index = (uint32_t)(chain - hash->buckets);
        place = place_behind(chain, element);
    }
    element = from_place(hash, index, place);
    if (!element)
        return -ENOENT;
    memcpy(next, key_of(element), map->key_size);
    return 0;
}

static int64_t each(struct map *map, struct vcpu *vcpu, uint64_t callback, uint64_t context)
{
    const struct functions *functions = vcpu->functions.at;
    const struct hash_map *hash = hash_of(map);
    int64_t seen = 0;

    for (uint32_t b = 0; b < hash->map.bucket_count; b++)
        for (struct bucket *bucket = &hash->buckets[b]; bucket;
             bucket = __atomic_load_n(&bucket->next, __ATOMIC_ACQUIRE))
            for (uint32_t i = 0; i < WAYS; i++) {
                struct slab_element *element = __atomic_load_n(&bucket->at[i], __ATOMIC_ACQUIRE);
                uint8_t *value;
                if (!element)
                    continue;
                value = map->kind->per_cpu ? values_of(map, element) + vcpu->cpu * map->cpu_stride
                                           : value_of(map, element);
                seen++;
                if (!map_call_back(map, vcpu, functions, callback, key_of(element), value, context))
                    return seen;
            }
    return seen;
}

static uint64_t count(struct map *map)
{
    return __atomic_load_n(&hash_of(map)->live, __ATOMIC_RELAXED);
}

/* ---- Making ---- */

static uint64_t table_bytes(const struct hash_map *hash)
{
    return ((uint64_t)hash->map.bucket_count + hash->more_count) * sizeof(struct bucket);
}

static uint64_t values_bytes(const struct map *map)
{
    return map->cpu_stride * map->env->cpus;
}

static uint64_t clock_bytes(const struct map *map)
{
    return map->max_entries * (uint64_t)sizeof(struct slab_element *);
}

static void destroy(struct map *map)
{
    struct hash_map *hash = hash_of(map);
    slab_done(&hash->slab);
    if (map->kind->per_cpu && map->values.word)
        pages_unmap(map->values.at, values_bytes(map));
    map_memory_give(map, hash->clock, clock_bytes(map));
    map_memory_give(map, hash->buckets, table_bytes(hash));
}

static int check(const struct map_spec *spec, bool per_cpu, struct error *err)
{
    if (!spec->key_size || !spec->value_size || !spec->max_entries)
        return fail(
            err, ANYBPF_E_ARGUMENT,
            "map %s: a hash map needs a key size, a value size and a number of entries (it has %u, "
            "%u, %u)",
            spec->name, spec->key_size, spec->value_size, spec->max_entries);
    if (spec->key_size > KEY_MAX || (uint64_t)spec->key_size + spec->value_size > BYTES_MAX ||
        (per_cpu && spec->value_size > PER_CPU_VALUE_MAX))
        return fail(err, ANYBPF_E_LIMIT,
                    "map %s: keys of %u bytes with values of %u bytes are too large", spec->name,
                    spec->key_size, spec->value_size);
    if (spec->type == MAP_LRU_HASH ? spec->flags & MAP_NO_PREALLOC
                                   : spec->flags & MAP_NO_COMMON_LRU)
        return fail(err, ANYBPF_E_ARGUMENT, "map %s: its flags %#x do not go with its type",
                    spec->name, spec->flags);
    return 0;
}

/* Programs look up the common sizes of keys by functions of their own. */
static void choose_lookup(struct map *map)
{
    if (map->type != MAP_HASH)
        return;
    switch (map->key_size) {
    case 4: SLOT_SET(map->lookup, lookup_4); break;
    case 8: SLOT_SET(map->lookup, lookup_8); break;
    case 16: SLOT_SET(map->lookup, lookup_16); break;
    }
}

static int create(struct map *map, const struct map_spec *spec, struct error *err)
{
    struct hash_map *hash = hash_of(map);
    bool per_cpu = map->kind->per_cpu, lru = map->type == MAP_LRU_HASH;
    uint64_t limit = UINT32_MAX, load = LOAD * 10 + LOAD_TENTHS;
    int code = check(spec, per_cpu, err);

    if (code)
        return code;
    hash->value_at = round_up_8(map->key_size);
    hash->map.seed = map->flags & MAP_ZERO_SEED ? 0 : random_seed();
    hash->map.bucket_count = (uint32_t)((map->max_entries * UINT64_C(10) + load - 1) / load);
    hash->more_count = map->max_entries / 3 + 2;
    hash->buckets = map_memory_take(map, table_bytes(hash));
    if (map->type == MAP_HASH)
        SLOT_SET(map->values, hash->buckets);
    if (hash->buckets)
        pages_dense(hash->buckets, hash->map.bucket_count * (uint64_t)sizeof(struct bucket));
    if (lru)
        hash->clock = map_memory_take(map, clock_bytes(map));
    if (per_cpu) {
        limit = 2 * (uint64_t)map->max_entries + 64;
        map->stride = round_up_8(map->value_size);
        map->cpu_stride = (limit * map->stride + host_page() - 1) / host_page() * host_page();
        SLOT_SET(map->values, pages_map(values_bytes(map)));
    }
    slab_init(&hash->slab, hash->value_at + (per_cpu ? 0 : map->value_size), map->max_entries,
              limit);
    if (!hash->buckets || (lru && !hash->clock) || (per_cpu && !map->values.word)) {
        destroy(map);
        return fail(err, ANYBPF_E_MEMORY, "map %s: no memory for %u entries", spec->name,
                    map->max_entries);
    }
    choose_lookup(map);
    return 0;
}

enum {
    FLAGS = MAP_NO_PREALLOC | MAP_NO_COMMON_LRU | MAP_NUMA_NODE | MAP_RDONLY | MAP_WRONLY |
            MAP_RDONLY_PROG | MAP_WRONLY_PROG | MAP_ZERO_SEED
};

const struct map_kind map_kind_hash = {
    .name = "hash",
    .size = sizeof(struct hash_map),
    .create = create,
    .destroy = destroy,
    .lookup = lookup_any,
    .update = update,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .each = each,
    .count = count,
    .flags = FLAGS,
};

const struct map_kind map_kind_lru_hash = {
    .name = "lru_hash",
    .size = sizeof(struct hash_map),
    .create = create,
    .destroy = destroy,
    .lookup = lookup_lru,
    .update = update,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .each = each,
    .count = count,
    .flags = FLAGS,
};

const struct map_kind map_kind_percpu_hash = {
    .name = "percpu_hash",
    .size = sizeof(struct hash_map),
    .create = create,
    .destroy = destroy,
    .lookup = lookup_this_cpu,
    .lookup_cpu = lookup_cpu,
    .update = update_percpu,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .each = each,
    .count = count,
    .flags = FLAGS,
    .per_cpu = true,
};
