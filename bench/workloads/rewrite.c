/* SPDX-License-Identifier: Apache-2.0 */
/* Headers rewritten: addresses exchanged, lifetime decremented, checksum updated. */
#include "workload.h"

struct frame {
    u8 to[6], from[6];
    u16 type;
    u8 version, tos;
    u16 length, id, fragment;
    u8 ttl, protocol;
    u16 check;
    u32 source, destination;
    u16 sport, dport;
} __attribute__((packed));

WORKLOAD(rewrite)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += 64) {
        struct frame *f = (struct frame *)(mem + i);
        u8 mac[6];
        u32 address = f->source, check;
        u16 port = f->sport;
        __builtin_memcpy(mac, f->to, 6);
        __builtin_memcpy(f->to, f->from, 6);
        __builtin_memcpy(f->from, mac, 6);
        f->source = f->destination;
        f->destination = address;
        f->sport = f->dport;
        f->dport = port;
        f->ttl--;
        check = f->check + 1u;
        f->check = (u16)(check + (check >> 16));
        sum += f->check;
    }
    return sum;
}
