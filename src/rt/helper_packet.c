/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers for packets: moving their ends (XDP), bytes and checksums (tc, socket).
 * Checksums are ones' complement sums (RFC 1071, RFC 1624) of words in memory order. */
#include "rt/local.h"
#include <string.h>

enum {
    ETHERNET = 14,  /* a packet keeps this much */
    META_MAX = 252, /* bytes of metadata, in fours */
};
enum { RECOMPUTE_CSUM = 1, INVALIDATE_HASH = 2 }; /* BPF_F_* */
enum { FIELD_SIZE = 15, PSEUDO_HDR = 16, MARK_MANGLED_0 = 32, MARK_ENFORCE = 64, IPV6 = 128 };

/* ---- Ends: addresses as integers, since they may lie outside the buffer ---- */

static uint8_t *meta_of(const struct anybpf_packet *packet)
{
    return packet->data_meta ? packet->data_meta : packet->data;
}

int64_t helper_xdp_adjust_head(struct anybpf_packet *packet, int32_t delta)
{
    uint8_t *meta = meta_of(packet);
    int64_t head = packet->data - packet->head, length = packet->data_end - packet->data;
    int64_t meta_length = packet->data - meta;

    if (delta + head < meta_length || delta > length - ETHERNET)
        return -EINVAL;
    if (meta_length)
        memmove(meta + delta, meta, (size_t)meta_length);
    packet->data += delta;
    packet->data_meta = packet->data - meta_length;
    return 0;
}

int64_t helper_xdp_adjust_tail(struct anybpf_packet *packet, int32_t delta)
{
    if (delta > packet->tail - packet->data_end ||
        packet->data_end - packet->data + delta < ETHERNET)
        return -EINVAL;
    if (delta > 0)
        memset(packet->data_end, 0, (size_t)delta);
    packet->data_end += delta;
    return 0;
}

int64_t helper_xdp_adjust_meta(struct anybpf_packet *packet, int32_t delta)
{
    int64_t length = packet->data - meta_of(packet) - (int64_t)delta;

    if (length < 0 || length > packet->data - packet->head)
        return -EINVAL;
    if (length % 4 || length > META_MAX)
        return -EACCES;
    packet->data_meta = packet->data - length;
    return 0;
}

/* ---- Bytes ---- */

/* The bytes at the offset, or NULL if the packet does not have them all. */
static uint8_t *bytes_at(const struct anybpf_packet *packet, uint32_t offset, uint32_t size)
{
    uint64_t length = (uint64_t)(packet->data_end - packet->data);
    return offset <= length && size <= length - offset ? packet->data + offset : NULL;
}

int64_t helper_skb_load_bytes(struct anybpf_packet *packet, uint32_t offset, void *to, uint32_t len)
{
    const uint8_t *at = bytes_at(packet, offset, len);

    if (!at) {
        memset(to, 0, len);
        return -EFAULT;
    }
    memcpy(to, at, len);
    return 0;
}

int64_t helper_skb_store_bytes(struct anybpf_packet *packet, uint32_t offset, const void *from,
                               uint32_t len, uint64_t flags)
{
    uint8_t *at = bytes_at(packet, offset, len);

    if (flags & ~(uint64_t)(RECOMPUTE_CSUM | INVALIDATE_HASH))
        return -EINVAL;
    if (!at)
        return -EFAULT;
    memmove(at, from, len);
    if (flags & INVALIDATE_HASH)
        packet->hash = 0;
    return 0;
}

/* ---- Checksums ---- */

static uint32_t fold16(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)sum;
}

static uint32_t add(uint32_t a, uint32_t b)
{
    return a + b + (a + b < a);
}

/* The sum of 32-bit words, carried around; at most 2^32 of them. */
static uint32_t sum_words(const void *data, uint32_t size, uint32_t seed)
{
    uint64_t sum = seed;
    for (uint32_t i = 0; i < size; i += 4)
        sum += bytes_u32((const uint8_t *)data + i);
    sum = (sum & UINT32_MAX) + (sum >> 32);
    return (uint32_t)sum + (uint32_t)(sum >> 32);
}

int64_t helper_csum_diff(const void *from, uint32_t from_size, const void *to, uint32_t to_size,
                         uint32_t seed)
{
    if ((from_size | to_size) % 4)
        return -EINVAL;
    if (from_size && to_size)
        return fold16(add(sum_words(to, to_size, seed), ~sum_words(from, from_size, 0)));
    if (to_size)
        return fold16(sum_words(to, to_size, seed));
    if (from_size)
        return fold16(~sum_words(from, from_size, ~seed));
    return seed;
}

/* Updates a checksum for a field that changes from `from` to `to`; size 0: `to` is a difference. */
static int replace(uint8_t *at, uint64_t from, uint64_t to, uint64_t size)
{
    uint32_t sum = (uint16_t)~bytes_u16(at);

    switch (size) {
    case 0:
        if (from)
            return -EINVAL;
        break;
    case 2:
        sum = add(sum, (uint16_t)~from);
        to = (uint16_t)to;
        break;
    case 4: sum = add(sum, ~(uint32_t)from); break;
    default: return -EINVAL;
    }
    bytes_set_u16(at, (uint16_t)~fold16(add(sum, (uint32_t)to)));
    return 0;
}

static uint8_t *checksum_at(const struct anybpf_packet *packet, uint32_t offset)
{
    return offset > 0xffff || offset % 2 ? NULL : bytes_at(packet, offset, 2);
}

int64_t helper_l3_csum_replace(struct anybpf_packet *packet, uint32_t offset, uint64_t from,
                               uint64_t to, uint64_t flags)
{
    uint8_t *at = checksum_at(packet, offset);

    if (flags & ~(uint64_t)FIELD_SIZE)
        return -EINVAL;
    return at ? replace(at, from, to, flags) : -EFAULT;
}

int64_t helper_l4_csum_replace(struct anybpf_packet *packet, uint32_t offset, uint64_t from,
                               uint64_t to, uint64_t flags)
{
    uint8_t *at = checksum_at(packet, offset);
    int code;

    if (flags & ~(uint64_t)(FIELD_SIZE | PSEUDO_HDR | MARK_MANGLED_0 | MARK_ENFORCE | IPV6))
        return -EINVAL;
    if (!at)
        return -EFAULT;
    /* A UDP checksum of 0 says that there is none. */
    if (flags & MARK_MANGLED_0 && !(flags & MARK_ENFORCE) && !bytes_u16(at))
        return 0;
    code = replace(at, from, to, flags & FIELD_SIZE);
    if (!code && flags & MARK_MANGLED_0 && !bytes_u16(at))
        bytes_set_u16(at, 0xffff);
    return code;
}
