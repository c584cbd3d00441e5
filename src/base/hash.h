/* SPDX-License-Identifier: Apache-2.0 */
/* Hash tables in an arena: 64-bit keys or strings to 32-bit values. Open addressing, no removal. */
#pragma once
#include "base/arena.h"

struct hash {
    struct hash_slot *slots;
    uint32_t count, mask; /* mask + 1 slots, a power of two; no slots while mask is 0 */
};

/* The value's place for the key, made with value 0 if the key is new. Adding moves places. */
uint32_t *hash_put(struct arena *arena, struct hash *hash, uint64_t key);
/* The value's place, or NULL. */
uint32_t *hash_get(const struct hash *hash, uint64_t key);

/* The same with strings as keys; the table keeps the pointer, so the text must live as long. */
uint32_t *hash_put_text(struct arena *arena, struct hash *hash, const char *key);
uint32_t *hash_get_text(const struct hash *hash, const char *key);

/* A good 64-bit mix, for tables of one's own. */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}
