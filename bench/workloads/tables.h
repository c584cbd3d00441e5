/* SPDX-License-Identifier: Apache-2.0 */
/* What a C program has instead of BPF's maps, for one thread: arrays, and tables of open addressing
 * with twice as many slots as entries, inlined with their sizes known. */
#pragma once

#define ARRAY(name, value_type, entries) static value_type name[entries]
#define array_at(map, index)                                                                       \
    ({                                                                                             \
        u32 at = index;                                                                            \
        at < sizeof(map) / sizeof *(map) ? &(map)[at] : 0;                                         \
    })

#define HASH(name, key_type, value_type, entries)                                                  \
    static struct {                                                                                \
        u64 is_used;                                                                               \
        key_type key;                                                                              \
        value_type value;                                                                          \
    } name[2 * (entries)]

/* The size is a multiple of 8. */
INLINE u64 hash_of(const void *key, u32 size)
{
    u64 hash = 0;
    for (u32 i = 0; i < size / 8; i++) {
        unsigned __int128 product =
            (unsigned __int128)(hash ^ ((const u64 *)key)[i]) * 0x9e3779b97f4a7c15ull;
        hash = (u64)product ^ (u64)(product >> 64);
    }
    return hash;
}

/* The key's slot, or the empty one where it would be. There is one: programs put in few enough. */
#define hash_slot(map, key_at)                                                                     \
    ({                                                                                             \
        const u64 slots = sizeof(map) / sizeof *(map);                                             \
        u64 at = hash_of(key_at, sizeof *(key_at)) & (slots - 1);                                  \
        while ((map)[at].is_used &&                                                                \
               __builtin_memcmp(&(map)[at].key, key_at, sizeof *(key_at)) != 0)                    \
            at = (at + 1) & (slots - 1);                                                           \
        &(map)[at];                                                                                \
    })
#define hash_find(map, key_at)                                                                     \
    ({                                                                                             \
        __typeof__(&(map)[0]) slot = hash_slot(map, key_at);                                       \
        slot->is_used ? &slot->value : 0;                                                          \
    })
#define hash_put(map, key_at, value_at)                                                            \
    ({                                                                                             \
        __typeof__(&(map)[0]) slot = hash_slot(map, key_at);                                       \
        slot->is_used = 1;                                                                         \
        slot->key = *(key_at);                                                                     \
        slot->value = *(value_at);                                                                 \
    })
