/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from outside: bounds-checked spans and integers of either byte order. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *at;
    size_t size;
};

/* Whether [offset, offset + size) lies within; no sum can overflow. */
static inline bool bytes_has(struct bytes b, uint64_t offset, uint64_t size)
{
    return offset <= b.size && size <= b.size - offset;
}

/* A NUL-ended string inside, or NULL. */
static inline const char *bytes_text(struct bytes b, uint64_t offset)
{
    if (offset >= b.size || !memchr(b.at + offset, 0, b.size - (size_t)offset))
        return NULL;
    return (const char *)b.at + offset;
}

/* Unaligned loads and stores in the host's order ... */
#define BYTES_HOST(bits)                                                                           \
    static inline uint##bits##_t bytes_u##bits(const void *at)                                     \
    {                                                                                              \
        uint##bits##_t value;                                                                      \
        memcpy(&value, at, sizeof value);                                                          \
        return value;                                                                              \
    }                                                                                              \
    static inline void bytes_set_u##bits(void *at, uint##bits##_t value)                           \
    {                                                                                              \
        memcpy(at, &value, sizeof value);                                                          \
    }
BYTES_HOST(16)
BYTES_HOST(32)
BYTES_HOST(64)
#undef BYTES_HOST

#define HOST_IS_BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* ... and in a given one. */
static inline uint16_t bytes_u16_in(const void *at, bool big)
{
    uint16_t v = bytes_u16(at);
    return big == HOST_IS_BIG ? v : __builtin_bswap16(v);
}
static inline uint32_t bytes_u32_in(const void *at, bool big)
{
    uint32_t v = bytes_u32(at);
    return big == HOST_IS_BIG ? v : __builtin_bswap32(v);
}
static inline uint64_t bytes_u64_in(const void *at, bool big)
{
    uint64_t v = bytes_u64(at);
    return big == HOST_IS_BIG ? v : __builtin_bswap64(v);
}
static inline void bytes_set_u16_in(void *at, uint16_t v, bool big)
{
    bytes_set_u16(at, big == HOST_IS_BIG ? v : __builtin_bswap16(v));
}
static inline void bytes_set_u32_in(void *at, uint32_t v, bool big)
{
    bytes_set_u32(at, big == HOST_IS_BIG ? v : __builtin_bswap32(v));
}
static inline void bytes_set_u64_in(void *at, uint64_t v, bool big)
{
    bytes_set_u64(at, big == HOST_IS_BIG ? v : __builtin_bswap64(v));
}
