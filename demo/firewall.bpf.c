/* SPDX-License-Identifier: Apache-2.0 */
/* A small firewall for XDP. It keeps out the addresses in `blocked`, what comes from outside
 * `allowed`, and traffic to the services in `closed`; who knocks at too many closed services is
 * blocked by it. Counts by protocol and by flow. Rules: firewall.rules beside it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define VLAN_TAGS    2
#define IPV6_HEADERS 4

/* ---- Configuration, which the loader may set before loading ---- */

const volatile __u32 knocks_allowed = 8;
const volatile bool pass_fragments = true;

/* ---- Maps ---- */

enum protocol { ARP, ICMP, ICMPV6, TCP, UDP, FRAGMENT, OTHER, PROTOCOLS };
enum reason { BY_RULE, KNOCKED };

struct counter {
    __u64 packets, bytes;
};

struct service {
    __u16 port, ip_protocol;
};

struct prefix {
    __u32 length; /* in bits; an IPv4 address is the IPv6 address ::ffff:a.b.c.d */
    struct in6_addr address;
};

struct block {
    enum reason reason;
    __u32 knocks;
    struct counter dropped;
};

struct flow {
    struct in6_addr from, to;
    struct service service;
    __u16 from_port;
    __u16 vlan;
};

struct flow_stats {
    struct counter passed, dropped;
    __u32 tcp_flags;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, struct in6_addr);
    __type(value, struct block);
} blocked SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 256);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct prefix);
    __type(value, struct counter);
} allowed SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 64);
    __type(key, struct service);
    __type(value, struct counter);
} closed SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, struct in6_addr);
    __type(value, __u32);
} knocks SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, PROTOCOLS);
    __type(key, enum protocol);
    __type(value, struct counter);
} protocols SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, struct flow);
    __type(value, struct flow_stats);
} flows SEC(".maps");

/* ---- Parsing ---- */

struct packet {
    void *at, *end; /* what is still to be parsed */
    __u32 bytes;
    enum protocol protocol;
    __u8 tcp_flags;
    struct flow flow;
};

/* Takes a header of the size off the packet's front; NULL if it is not all there. */
static __always_inline void *take(struct packet *p, __u32 size)
{
    void *header = p->at;

    if (header + size > p->end)
        return NULL;
    p->at = header + size;
    return header;
}

static __always_inline void map_ipv4(struct in6_addr *to, __be32 from)
{
    to->s6_addr32[0] = 0;
    to->s6_addr32[1] = 0;
    to->s6_addr32[2] = bpf_htonl(0xffff);
    to->s6_addr32[3] = from;
}

/* The protocol above IP: its name and its ports. */
static __noinline int parse_transport(struct packet *p, __u8 ip_protocol)
{
    struct flow *flow = &p->flow;

    flow->service.ip_protocol = ip_protocol;
    if (p->protocol == FRAGMENT)
        return 0;
    if (ip_protocol == IPPROTO_TCP) {
        struct tcphdr *tcp = take(p, sizeof *tcp);

        if (!tcp)
            return -1;
        p->protocol = TCP;
        p->tcp_flags = ((__u8 *)tcp)[13];
        flow->from_port = bpf_ntohs(tcp->source);
        flow->service.port = bpf_ntohs(tcp->dest);
    } else if (ip_protocol == IPPROTO_UDP) {
        struct udphdr *udp = take(p, sizeof *udp);

        if (!udp)
            return -1;
        p->protocol = UDP;
        flow->from_port = bpf_ntohs(udp->source);
        flow->service.port = bpf_ntohs(udp->dest);
    } else if (ip_protocol == IPPROTO_ICMP) {
        p->protocol = ICMP;
    } else if (ip_protocol == IPPROTO_ICMPV6) {
        p->protocol = ICMPV6;
    }
    return 0;
}

static __always_inline int parse_ipv4(struct packet *p)
{
    struct iphdr *ip = take(p, sizeof *ip);

    if (!ip || ip->version != 4 || ip->ihl < 5)
        return -1;
    p->at = (void *)ip + ip->ihl * 4; /* behind the options */
    if (p->at > p->end)
        return -1;
    map_ipv4(&p->flow.from, ip->saddr);
    map_ipv4(&p->flow.to, ip->daddr);
    if (ip->frag_off & bpf_htons(0x3fff))
        p->protocol = FRAGMENT;
    return parse_transport(p, ip->protocol);
}

static __always_inline int parse_ipv6(struct packet *p)
{
    struct ipv6hdr *ip = take(p, sizeof *ip);
    __u8 next;

    if (!ip || ip->version != 6)
        return -1;
    p->flow.from = ip->saddr;
    p->flow.to = ip->daddr;
    next = ip->nexthdr;
    for (int i = 0; i < IPV6_HEADERS; i++) {
        struct ipv6_opt_hdr *option;

        if (next == IPPROTO_FRAGMENT) {
            struct {
                __u8 next, pad;
                __be16 offset;
                __be32 id;
            } *fragment = take(p, 8);

            if (!fragment)
                return -1;
            next = fragment->next;
            p->protocol = FRAGMENT;
            continue;
        }
        if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS)
            break;
        option = take(p, sizeof *option);
        if (!option || !take(p, option->hdrlen * 8 + 6))
            return -1;
        next = option->nexthdr;
    }
    return parse_transport(p, next);
}

/* 1: an IP packet, parsed; 0: something else; -1: cut off or malformed. */
static __always_inline int parse(struct packet *p)
{
    struct ethhdr *eth = take(p, sizeof *eth);
    __be16 type;

    if (!eth)
        return -1;
    type = eth->h_proto;
    for (int i = 0; i < VLAN_TAGS; i++) {
        struct {
            __be16 tci, type;
        } *tag;

        if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
            break;
        tag = take(p, sizeof *tag);
        if (!tag)
            return -1;
        p->flow.vlan = bpf_ntohs(tag->tci) & 0xfff;
        type = tag->type;
    }
    switch (type) {
    case bpf_htons(ETH_P_IP): return parse_ipv4(p) ? -1 : 1;
    case bpf_htons(ETH_P_IPV6): return parse_ipv6(p) ? -1 : 1;
    case bpf_htons(ETH_P_ARP): p->protocol = ARP; return 0;
    default: return 0;
    }
}

/* ---- Rules ---- */

static __always_inline void count(struct counter *counter, __u32 bytes)
{
    __sync_fetch_and_add(&counter->packets, 1);
    __sync_fetch_and_add(&counter->bytes, bytes);
}

/* Someone came to a closed service: who does so too often is blocked. */
static __noinline void knock(const struct packet *p)
{
    __u32 *seen = bpf_map_lookup_elem(&knocks, &p->flow.from);
    __u32 now = seen ? *seen + 1 : 1;

    bpf_map_update_elem(&knocks, &p->flow.from, &now, BPF_ANY);
    if (now > knocks_allowed) {
        struct block block = { .reason = KNOCKED, .knocks = now };

        bpf_map_update_elem(&blocked, &p->flow.from, &block, BPF_NOEXIST);
    }
}

static __always_inline int judge(const struct packet *p)
{
    struct prefix prefix = { .length = 128, .address = p->flow.from };
    struct counter *counter;
    struct block *block;

    block = bpf_map_lookup_elem(&blocked, &p->flow.from);
    if (block) {
        count(&block->dropped, p->bytes);
        return XDP_DROP;
    }
    counter = bpf_map_lookup_elem(&allowed, &prefix);
    if (!counter)
        return XDP_DROP;
    count(counter, p->bytes);
    if (p->protocol == FRAGMENT)
        return pass_fragments ? XDP_PASS : XDP_DROP;
    counter = bpf_map_lookup_elem(&closed, &p->flow.service);
    if (counter) {
        count(counter, p->bytes);
        knock(p);
        return XDP_DROP;
    }
    return XDP_PASS;
}

static __noinline void account(const struct packet *p, int verdict)
{
    struct flow_stats *stats = bpf_map_lookup_elem(&flows, &p->flow);

    if (!stats) {
        struct flow_stats none = {};

        bpf_map_update_elem(&flows, &p->flow, &none, BPF_NOEXIST);
        stats = bpf_map_lookup_elem(&flows, &p->flow);
        if (!stats)
            return; /* the table is full */
    }
    count(verdict == XDP_PASS ? &stats->passed : &stats->dropped, p->bytes);
    stats->tcp_flags |= p->tcp_flags;
}

SEC("xdp")
int firewall(struct xdp_md *ctx)
{
    struct packet p = {
        .at = (void *)(long)ctx->data,
        .end = (void *)(long)ctx->data_end,
        .bytes = ctx->data_end - ctx->data,
        .protocol = OTHER,
    };
    int verdict = XDP_PASS, kind = parse(&p);
    struct counter *counter;

    if (kind < 0)
        return XDP_ABORTED;
    if (kind > 0) {
        verdict = judge(&p);
        account(&p, verdict);
    }
    counter = bpf_map_lookup_elem(&protocols, &p.protocol);
    if (counter) {
        counter->packets++;
        counter->bytes += p.bytes;
    }
    return verdict;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
