/* SPDX-License-Identifier: Apache-2.0 */
/* LPM tries: values for prefixes of bit strings; a lookup finds the longest prefix that matches.
 *
 * A binary trie that leaves out every node with one way on: a node's prefix extends its parent's.
 * A node without a value of its own (a fork) has two children. Lookups take no lock: a writer
 * builds new nodes apart, links them with one store, and gives old ones back through the slab,
 * whose grace period lets readers walk on over them.
 *
 * A key is its prefix length in bits (32 bits, host order), then the bits, the first one highest.
 */
#include "base/planted.h"
#include "rt/local.h"
#include <string.h>

enum { LENGTH = 4, DATA_MAX = 256, VALUE_MAX = 4 << 20 };

struct node {
    struct slab_element element;
    struct node *child[2];
    uint32_t length; /* of the prefix, in bits */
    bool valued;     /* not a fork */
    uint8_t bits[];  /* then the value, at an 8-byte boundary */
};

struct lpm_map {
    struct map map;
    struct node *root;
    struct lock lock; /* of writers */
    uint32_t bits;    /* longest prefix */
    uint32_t value_at;
    uint64_t count;
    struct slab slab;
};

static struct lpm_map *lpm_of(struct map *map)
{
    return (struct lpm_map *)map;
}

static struct node *load(struct node *const *slot)
{
    return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static void store(struct node **slot, struct node *node)
{
    __atomic_store_n(slot, node, __ATOMIC_RELEASE);
}

static bool is_valued(const struct node *node)
{
    return __atomic_load_n(&node->valued, __ATOMIC_ACQUIRE);
}

static uint8_t *value_of(const struct lpm_map *lpm, struct node *node)
{
    return (uint8_t *)node + lpm->value_at;
}

static uint32_t bit(const uint8_t *bits, uint32_t index)
{
    return (uint32_t)bits[index / 8] >> (7 - index % 8) & 1u;
}

/* How many bits from the first on are equal in both, at most `limit`. */
static uint32_t common(const uint8_t *a, const uint8_t *b, uint32_t limit)
{
    uint32_t done = 0;
    for (; limit - done >= 32; done += 32) {
        uint32_t differ = bytes_u32_in(a + done / 8, true) ^ bytes_u32_in(b + done / 8, true);
        if (differ)
            return done + (uint32_t)__builtin_clz(differ);
    }
    for (; done < limit; done += 8) {
        uint32_t differ = (uint32_t)a[done / 8] ^ (uint32_t)b[done / 8];
        if (differ) {
            done += (uint32_t)__builtin_clz(differ) - 24;
            break;
        }
    }
    return done < limit ? done : limit - FAULT(prefix_length, 0u, limit > 0);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static struct node *find(const struct lpm_map *lpm, const void *key)
{
    const uint8_t *bits = (const uint8_t *)key + LENGTH;
    uint32_t length = bytes_u32(key);
    struct node *best = NULL;

    if (length > lpm->bits)
        return NULL;
    for (struct node *node = load(&lpm->root); node;) {
        if (node->length > length || common(node->bits, bits, node->length) < node->length)
            break;
        if (is_valued(node))
            best = node;
        if (node->length == length)
            break;
        node = load(&node->child[bit(bits, node->length)]);
    }
    return best;
}

static void *lookup(struct map *map, const void *key)
{
    struct node *node = find(lpm_of(map), key);
    return node ? value_of(lpm_of(map), node) : NULL;
}

static int fetch(struct map *map, const void *key, void *value)
{
    struct node *node = find(lpm_of(map), key);
    if (!node)
        return -ENOENT;
    value_read(value, value_of(lpm_of(map), node), map->value_size);
    return 0;
}

/* ---- Writing: under the lock ---- */

/* Where the key's node is or would be linked; *shared: the bits it shares with the node there. */
static struct node **slot_of(struct lpm_map *lpm, const uint8_t *bits, uint32_t length,
                             uint32_t *shared)
{
    struct node **slot = &lpm->root;

    *shared = 0;
    while (*slot) {
        struct node *node = *slot;
        *shared = common(node->bits, bits, smaller(node->length, length));
        if (*shared < node->length || node->length == length)
            break;
        slot = &node->child[bit(bits, node->length)];
    }
    return slot;
}

/* Links `node` in; *fork is used and cleared if a fork is needed, *old is what was replaced. */
static int insert(struct lpm_map *lpm, struct node *node, struct node **fork, struct node **old,
                  uint64_t flags)
{
    uint32_t shared;
    struct node **slot = slot_of(lpm, node->bits, node->length, &shared), *there = *slot;
    bool same = there && there->length == node->length && shared == node->length;
    bool exists = same && there->valued;
    int code = check_update(flags, exists);

    if (code)
        return code;
    if (!exists && lpm->count == lpm->map.max_entries)
        return -ENOSPC;
    if (same) {
        node->child[0] = there->child[0];
        node->child[1] = there->child[1];
        *old = there;
        store(slot, node);
    } else if (!there || shared == node->length) {
        if (there)
            node->child[bit(there->bits, shared)] = there;
        store(slot, node);
    } else {
        struct node *made = *fork;
        *fork = NULL;
        made->length = shared;
        made->valued = false;
        memcpy(made->bits, node->bits, (lpm->bits + 7) / 8);
        made->child[bit(node->bits, shared)] = node;
        made->child[!bit(node->bits, shared)] = there;
        store(slot, made);
    }
    if (!exists)
        __atomic_store_n(&lpm->count, lpm->count + 1, __ATOMIC_RELAXED);
    return 0;
}

static struct node *take_node(struct lpm_map *lpm, struct vcpu *vcpu)
{
    struct node *node = (struct node *)slab_take(&lpm->slab, vcpu);
    if (node)
        node->child[0] = node->child[1] = NULL;
    return node;
}

static void give_node(struct lpm_map *lpm, struct vcpu *vcpu, struct node *node)
{
    if (node)
        slab_give(&lpm->slab, vcpu, &node->element);
}

static void untake_node(struct lpm_map *lpm, struct vcpu *vcpu, struct node *node)
{
    if (node)
        slab_untake(&lpm->slab, vcpu, &node->element);
}

static int update(struct map *map, const void *key, const void *value, uint64_t flags, bool host)
{
    struct lpm_map *lpm = lpm_of(map);
    struct vcpu *vcpu = vcpu_of_thread;
    struct node *node, *fork, *old = NULL;
    int code = -ENOMEM;

    (void)host;
    if (flags > MAP_EXIST || bytes_u32(key) > lpm->bits)
        return -EINVAL;
    node = take_node(lpm, vcpu);
    fork = take_node(lpm, vcpu);
    if (node && fork) {
        node->length = bytes_u32(key);
        node->valued = true;
        memcpy(node->bits, (const uint8_t *)key + LENGTH, map->key_size - LENGTH);
        value_write(value_of(lpm, node), value, map->value_size);
        code = -EBUSY;
        if (vcpu_lock(vcpu, &lpm->lock)) {
            code = insert(lpm, node, &fork, &old, flags);
            vcpu_unlock(vcpu, &lpm->lock);
        }
    }
    if (code)
        untake_node(lpm, vcpu, node);
    untake_node(lpm, vcpu, fork);
    give_node(lpm, vcpu, old);
    return code;
}

/* Takes the key's node out of the trie, and the fork above it that it leaves without need. */
static int take_out(struct lpm_map *lpm, const uint8_t *bits, uint32_t length, struct node *gone[2])
{
    struct node **above = NULL, **slot = &lpm->root, *node;

    for (;; above = slot, slot = &node->child[bit(bits, node->length)]) {
        node = *slot;
        if (!node || node->length > length || common(node->bits, bits, node->length) < node->length)
            return -ENOENT;
        if (node->length == length)
            break;
    }
    if (!node->valued)
        return -ENOENT;
    __atomic_store_n(&lpm->count, lpm->count - 1, __ATOMIC_RELAXED);
    if (node->child[0] && node->child[1]) {
        __atomic_store_n(&node->valued, false, __ATOMIC_RELEASE);
        return 0;
    }
    gone[0] = node;
    if (above && !(*above)->valued && !node->child[0] && !node->child[1]) {
        struct node *fork = *above;
        gone[1] = fork;
        store(above, fork->child[fork->child[0] == node]);
    } else
        store(slot, node->child[0] ? node->child[0] : node->child[1]);
    return 0;
}

static int delete(struct map *map, const void *key)
{
    struct lpm_map *lpm = lpm_of(map);
    struct vcpu *vcpu = vcpu_of_thread;
    struct node *gone[2] = { NULL, NULL };
    int code;

    if (bytes_u32(key) > lpm->bits)
        return -EINVAL;
    if (!vcpu_lock(vcpu, &lpm->lock))
        return -EBUSY;
    code = take_out(lpm, (const uint8_t *)key + LENGTH, bytes_u32(key), gone);
    vcpu_unlock(vcpu, &lpm->lock);
    give_node(lpm, vcpu, gone[0]);
    give_node(lpm, vcpu, gone[1]);
    return code;
}

/* ---- Going through all: a prefix before those that extend it, 0 before 1 ---- */

static struct node *first_valued(struct node *node)
{
    while (node && !is_valued(node))
        node = load(&node->child[0]);
    return node;
}

/* What comes after the key's own node; NULL if nothing does or the key has none. */
static struct node *behind(struct lpm_map *lpm, const uint8_t *bits, uint32_t length, bool *found)
{
    struct node *turn = NULL, *node = load(&lpm->root), *next; /* turn: the 1 not yet taken */

    while (node && node->length < length &&
           common(node->bits, bits, node->length) == node->length) {
        uint32_t way = bit(bits, node->length);
        if (!way && load(&node->child[1]))
            turn = load(&node->child[1]);
        node = load(&node->child[way]);
    }
    *found = node && node->length == length && is_valued(node) &&
             common(node->bits, bits, length) == length;
    if (!*found)
        return NULL;
    next = first_valued(load(&node->child[0]));
    if (!next)
        next = first_valued(load(&node->child[1]));
    return next ? next : first_valued(turn);
}

static int next_key(struct map *map, const void *key, void *next)
{
    struct lpm_map *lpm = lpm_of(map);
    struct node *node = NULL;
    bool found = false;

    if (key && bytes_u32(key) <= lpm->bits)
        node = behind(lpm, (const uint8_t *)key + LENGTH, bytes_u32(key), &found);
    if (!found)
        node = first_valued(load(&lpm->root));
    if (!node)
        return -ENOENT;
    bytes_set_u32(next, node->length);
    memcpy((uint8_t *)next + LENGTH, node->bits, map->key_size - LENGTH);
    return 0;
}

static uint64_t count(struct map *map)
{
    return __atomic_load_n(&lpm_of(map)->count, __ATOMIC_RELAXED);
}

static int create(struct map *map, const struct map_spec *spec, struct error *err)
{
    struct lpm_map *lpm = lpm_of(map);
    uint32_t head = (uint32_t)offsetof(struct node, bits);

    if (map->key_size <= LENGTH || map->key_size > LENGTH + DATA_MAX || !map->value_size ||
        map->value_size > VALUE_MAX || !map->max_entries)
        return fail(
            err, ANYBPF_E_ARGUMENT,
            "map %s: an LPM trie needs keys of 5 to 260 bytes, a value size and a number of "
            "entries (it has %u, %u, %u)",
            spec->name, map->key_size, map->value_size, map->max_entries);
    if (!(map->flags & MAP_NO_PREALLOC))
        return fail(err, ANYBPF_E_ARGUMENT, "map %s: an LPM trie needs the flag BPF_F_NO_PREALLOC",
                    spec->name);
    lpm->bits = (map->key_size - LENGTH) * 8;
    lpm->value_at = round_up_8(head + map->key_size - LENGTH);
    slab_init(&lpm->slab,
              lpm->value_at + round_up_8(map->value_size) - (uint32_t)sizeof(struct slab_element),
              map->max_entries, UINT32_MAX);
    return 0;
}

static void destroy(struct map *map)
{
    slab_done(&lpm_of(map)->slab);
}

const struct map_kind map_kind_lpm_trie = {
    .name = "lpm_trie",
    .size = sizeof(struct lpm_map),
    .create = create,
    .destroy = destroy,
    .lookup = lookup,
    .update = update,
    .delete = delete,
    .read = fetch,
    .next_key = next_key,
    .count = count,
    .flags = MAP_NO_PREALLOC | MAP_NUMA_NODE | MAP_RDONLY | MAP_WRONLY | MAP_RDONLY_PROG |
             MAP_WRONLY_PROG,
};
