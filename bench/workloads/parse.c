/* SPDX-License-Identifier: Apache-2.0 */
/* Packed headers read byte by byte: Ethernet, VLAN, IPv4, ports; 16 packets. */
#include "workload.h"

struct headers {
    u8 to[6], from[6];
    u16 type;
    u8 version, tos;
    u16 length, id, fragment;
    u8 ttl, protocol;
    u16 check;
    u32 source, destination;
    u16 sport, dport;
} __attribute__((packed));

WORKLOAD(parse)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += 64) {
        struct headers *h = (struct headers *)(mem + i);
        u32 type = __builtin_bswap16(h->type);
        if ((type & 0xff) == 0x81)
            sum += h->from[0];
        sum += __builtin_bswap16(h->length) + (h->version & 15) * 4;
        if (h->protocol & 1)
            sum ^= (u64)__builtin_bswap32(h->source) << 16 | __builtin_bswap16(h->sport);
        else
            sum ^= (u64)__builtin_bswap32(h->destination) << 16 | __builtin_bswap16(h->dport);
        sum = rotl64(sum, 7) + h->ttl;
    }
    return sum;
}
