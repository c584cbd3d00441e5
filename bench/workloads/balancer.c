/* SPDX-License-Identifier: Apache-2.0 */
/* A layer-4 load balancer, in the manner of katran: virtual addresses, connections seen before, a
 * ring of consistent hashing for new ones, counters, and an outer header for the chosen server. 16
 * packets of 64 bytes. Tables that nobody filled are filled as packets come. */
#include "workload.h"

enum { PACKET = 64, VIRTUALS = 32, RING = 256, SERVERS = 64, SYN = 2 };

struct ip {
    u8 version, tos;
    u16 length, id, fragment;
    u8 ttl, protocol;
    u16 check;
    u32 source, destination;
};
struct ports {
    u16 source, destination;
    u8 flags, unused;
};
enum { IP = 14, PORTS = IP + sizeof(struct ip), OUTER = 40 };

struct service {
    u32 address;
    u16 port;
    u8 protocol, unused;
};
struct flow {
    u32 source, destination;
    u16 sport, dport;
    u32 protocol;
};
struct counter {
    u64 packets, bytes;
};

HASH(services, struct service, u32, 256);
HASH(connections, struct flow, u32, 1024);
ARRAY(ring, u32, VIRTUALS *RING);
ARRAY(servers, u32, SERVERS);
ARRAY(counters, struct counter, VIRTUALS);

INLINE u32 hash_flow(const struct flow *flow, u32 seed)
{
    u32 a = 0xdeadbeef + flow->source, b = 0xdeadbeef + flow->destination;
    u32 c = seed + ((u32)flow->sport << 16 | flow->dport);
    c ^= b, c -= rotl32(b, 14);
    a ^= c, a -= rotl32(c, 11);
    b ^= a, b -= rotl32(a, 25);
    c ^= b, c -= rotl32(b, 16);
    a ^= c, a -= rotl32(c, 4);
    b ^= a, b -= rotl32(a, 14);
    return c ^ (b - rotl32(b, 24));
}

/* Which server a new connection goes to; 0: none. */
INLINE u32 choose(const struct flow *flow, u32 service)
{
    u32 *server = array_at(ring, service % VIRTUALS * RING + hash_flow(flow, service) % RING);
    if (!server)
        return 0;
    if (!*server)
        *server = 1 + (flow->source ^ service) % (SERVERS - 1);
    return *server;
}

INLINE u16 encapsulate(struct ip *outer, const struct ip *inner, u32 address)
{
    u32 sum = 0;
    outer->version = 0x45;
    outer->tos = inner->tos;
    outer->length = __builtin_bswap16((u16)(__builtin_bswap16(inner->length) + sizeof *outer));
    outer->id = 0;
    outer->fragment = 0;
    outer->ttl = 64;
    outer->protocol = 4;
    outer->check = 0;
    outer->source = (inner->source & 0xffff) | 0xac100000;
    outer->destination = address;
    for (u32 i = 0; i < 10; i++)
        sum += ((u16 *)outer)[i];
    sum = (sum & 0xffff) + (sum >> 16);
    return outer->check = (u16) ~(sum + (sum >> 16));
}

INLINE u32 find_service(const struct service *key)
{
    u32 *number = hash_find(services, key);
    if (number)
        return *number;
    u32 new = (key->address ^ key->port) % VIRTUALS;
    hash_put(services, key, &new);
    return new;
}

INLINE u32 find_server(const struct flow *flow, u32 service, u8 is_new)
{
    u32 *seen = is_new ? 0 : hash_find(connections, flow);
    if (seen)
        return *seen;
    u32 server = choose(flow, service);
    hash_put(connections, flow, &server);
    return server;
}

INLINE void count(u32 service, u64 bytes)
{
    struct counter *counter = array_at(counters, service);
    if (counter) {
        counter->packets++;
        counter->bytes += bytes;
    }
}

WORKLOAD(balancer)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += PACKET) {
        struct ip *ip = (struct ip *)(mem + i + IP);
        struct ports *ports = (struct ports *)(mem + i + PORTS);
        struct service key = { ip->destination, ports->destination, ip->protocol & 1 ? 6 : 17, 0 };
        struct flow flow = { ip->source, ip->destination, ports->source, ports->destination,
                             key.protocol };
        u32 service = find_service(&key);
        u32 server = find_server(&flow, service, ports->flags & SYN);
        u32 *address = array_at(servers, server);
        if (!address)
            continue;
        if (!*address)
            *address = 0x0a000000 + server;
        count(service, __builtin_bswap16(ip->length));
        sum += server + encapsulate((struct ip *)(mem + i + OUTER), ip, *address);
    }
    return sum;
}
