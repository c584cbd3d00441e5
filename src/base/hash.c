/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include <string.h>

struct hash_slot {
    uint64_t key;     /* the key, or the hash of the text */
    const char *text; /* NULL for a 64-bit key */
    uint32_t value;
    uint32_t used;
};

static uint64_t hash_text(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    while (*text)
        h = (h ^ (unsigned char)*text++) * 0x100000001b3u;
    return h;
}

static struct hash_slot *find(const struct hash *hash, uint64_t key, const char *text)
{
    uint32_t at = (uint32_t)hash_mix(key) & hash->mask;
    for (;; at = (at + 1) & hash->mask) {
        struct hash_slot *slot = &hash->slots[at];
        if (!slot->used)
            return slot;
        if (slot->key == key && (!text || !strcmp(slot->text, text)))
            return slot;
    }
}

static void grow(struct arena *arena, struct hash *hash)
{
    struct hash old = *hash;
    hash->mask = old.mask ? old.mask * 2 + 1 : 7;
    hash->slots = arena_array_of(arena, (size_t)hash->mask + 1, struct hash_slot);
    for (uint32_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i].used)
            *find(hash, old.slots[i].key, old.slots[i].text) = old.slots[i];
}

static uint32_t *put(struct arena *arena, struct hash *hash, uint64_t key, const char *text)
{
    struct hash_slot *slot;
    if (hash->count >= hash->mask / 2)
        grow(arena, hash);
    slot = find(hash, key, text);
    if (!slot->used) {
        *slot = (struct hash_slot){ .key = key, .text = text, .used = 1 };
        hash->count++;
    }
    return &slot->value;
}

static uint32_t *get(const struct hash *hash, uint64_t key, const char *text)
{
    struct hash_slot *slot;
    if (!hash->slots)
        return NULL;
    slot = find(hash, key, text);
    return slot->used ? &slot->value : NULL;
}

uint32_t *hash_put(struct arena *arena, struct hash *hash, uint64_t key)
{
    return put(arena, hash, key, NULL);
}

uint32_t *hash_get(const struct hash *hash, uint64_t key)
{
    return get(hash, key, NULL);
}

uint32_t *hash_put_text(struct arena *arena, struct hash *hash, const char *key)
{
    return put(arena, hash, hash_text(key), key);
}

uint32_t *hash_get_text(const struct hash *hash, const char *key)
{
    return get(hash, hash_text(key), key);
}
