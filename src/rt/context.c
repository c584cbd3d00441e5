/* SPDX-License-Identifier: Apache-2.0 */
/* Context types (invariant 13): what a program sees (linux/bpf.h) over what the host has (struct
 * anybpf_packet, whose layout is the same on all processors). */
#include "rt/local.h"
#include <string.h>

#define HOST(member)                                                                               \
    offsetof(struct anybpf_packet, member), sizeof(((struct anybpf_packet *)0)->member)
#define FIELD(...) FIELD_(__VA_ARGS__)
#define FIELD_(name_, at, size_, host_at, host_size_, kind_, access_)                              \
    { .name = name_,                                                                               \
      .offset = at,                                                                                \
      .size = size_,                                                                               \
      .host_offset = host_at,                                                                      \
      .host_size = host_size_,                                                                     \
      .kind = kind_,                                                                               \
      .access = access_ }
#define READ_WRITE (FIELD_READ | FIELD_WRITE | FIELD_NARROW)
#define READ_ONLY  (FIELD_READ | FIELD_NARROW)
#define WHOLE_ONLY FIELD_READ

static const struct context_field xdp_md[] = {
    FIELD("data", 0, 4, HOST(data), FIELD_PACKET, WHOLE_ONLY),
    FIELD("data_end", 4, 4, HOST(data_end), FIELD_PACKET_END, WHOLE_ONLY),
    FIELD("data_meta", 8, 4, HOST(data_meta), FIELD_PACKET_META, WHOLE_ONLY),
    FIELD("ingress_ifindex", 12, 4, HOST(ingress_ifindex), FIELD_SCALAR, WHOLE_ONLY),
    FIELD("rx_queue_index", 16, 4, HOST(rx_queue_index), FIELD_SCALAR, WHOLE_ONLY),
    FIELD("egress_ifindex", 20, 4, HOST(egress_ifindex), FIELD_SCALAR, WHOLE_ONLY),
};

/* struct __sk_buff; `w` is what tc may write and socket filters only read, `p` what only tc sees.
 */
#define SK_BUFF(w, p)                                                                              \
    FIELD("len", 0, 4, 0, 0, FIELD_LENGTH, READ_ONLY),                                             \
        FIELD("pkt_type", 4, 4, HOST(pkt_type), FIELD_SCALAR, READ_ONLY),                          \
        FIELD("mark", 8, 4, HOST(mark), FIELD_SCALAR, w),                                          \
        FIELD("queue_mapping", 12, 4, HOST(queue_mapping), FIELD_SCALAR, w),                       \
        FIELD("protocol", 16, 4, HOST(protocol), FIELD_SCALAR, READ_ONLY),                         \
        FIELD("vlan_present", 20, 4, HOST(vlan_present), FIELD_SCALAR, READ_ONLY),                 \
        FIELD("vlan_tci", 24, 4, HOST(vlan_tci), FIELD_SCALAR, READ_ONLY),                         \
        FIELD("vlan_proto", 28, 4, HOST(vlan_proto), FIELD_SCALAR, READ_ONLY),                     \
        FIELD("priority", 32, 4, HOST(priority), FIELD_SCALAR, w),                                 \
        FIELD("ingress_ifindex", 36, 4, HOST(ingress_ifindex), FIELD_SCALAR, READ_ONLY),           \
        FIELD("ifindex", 40, 4, HOST(ingress_ifindex), FIELD_SCALAR, READ_ONLY),                   \
        FIELD("tc_index", 44, 4, HOST(tc_index), FIELD_SCALAR, w),                                 \
        FIELD("cb", 48, 20, HOST(cb), FIELD_MEMORY, READ_WRITE),                                   \
        FIELD("hash", 68, 4, HOST(hash), FIELD_SCALAR, READ_ONLY),                                 \
        FIELD("tc_classid", 72, 4, HOST(tc_classid), FIELD_SCALAR, (p) ? READ_WRITE : 0),          \
        FIELD("data", 76, 4, HOST(data), FIELD_PACKET, (p) ? WHOLE_ONLY : 0),                      \
        FIELD("data_end", 80, 4, HOST(data_end), FIELD_PACKET_END, (p) ? WHOLE_ONLY : 0),          \
        FIELD("napi_id", 84, 4, HOST(napi_id), FIELD_SCALAR, READ_ONLY),                           \
        FIELD("data_meta", 140, 4, HOST(data_meta), FIELD_PACKET_META, (p) ? WHOLE_ONLY : 0),      \
        FIELD("tstamp", 152, 8, HOST(tstamp), FIELD_SCALAR, (p) ? READ_WRITE : 0),                 \
        FIELD("wire_len", 160, 4, HOST(wire_len), FIELD_SCALAR, (p) ? READ_ONLY : 0),              \
        FIELD("gso_segs", 164, 4, HOST(gso_segs), FIELD_SCALAR, READ_ONLY),                        \
        FIELD("gso_size", 176, 4, HOST(gso_size), FIELD_SCALAR, READ_ONLY),                        \
        FIELD("hwtstamp", 184, 8, 0, 0, FIELD_ZERO, (p) ? READ_ONLY : 0),

static const struct context_field sk_buff_tc[] = { SK_BUFF(READ_WRITE, 1) };
static const struct context_field sk_buff_socket[] = { SK_BUFF(READ_ONLY, 0) };

static const struct context_field raw_tp[] = {
    FIELD("args", 0, 96, 0, 96, FIELD_MEMORY, READ_ONLY),
};

#define FIELDS(table) table, sizeof table / sizeof *table

const struct context_type context_types[] = {
    { "memory", NULL, CONTEXT_MEMORY, PROG_UNSPEC, 0, NULL, 0 },
    { "xdp", "xdp_md", CONTEXT_XDP, PROG_XDP, 24, FIELDS(xdp_md) },
    { "tc", "__sk_buff", CONTEXT_SKB, PROG_SCHED_CLS, 192, FIELDS(sk_buff_tc) },
    { "socket", "__sk_buff", CONTEXT_SKB, PROG_SOCKET_FILTER, 192, FIELDS(sk_buff_socket) },
    { "raw_tp", "bpf_raw_tracepoint_args", CONTEXT_RAW_TP, PROG_RAW_TRACEPOINT, 96,
      FIELDS(raw_tp) },
};
const uint32_t context_type_count = sizeof context_types / sizeof *context_types;

/* Whether field i + 1 goes on where field i ends, in the host's struct too. */
static bool goes_on(const struct context_field *field)
{
    const struct context_field *next = field + 1;
    return next->kind == FIELD_MEMORY && next->access == field->access &&
           next->offset - field->offset == next->host_offset - field->host_offset;
}

/* The first byte after the field at index i and after those that go on with it. */
static uint32_t end_of(const struct context_type *context, uint32_t i)
{
    while (i + 1 < context->count && goes_on(&context->fields[i]))
        i++;
    return context->fields[i].offset + context->fields[i].size;
}

const struct context_field *context_field(const struct context_type *context, uint32_t offset,
                                          uint32_t size, uint32_t *shift)
{
    *shift = 0;
    for (uint32_t i = 0; i < context->count; i++) {
        const struct context_field *field = &context->fields[i];
        uint32_t skip = offset - field->offset, end = field->size;
        if (offset < field->offset || skip >= field->size || !field->access || !size)
            continue;
        if (field->kind == FIELD_MEMORY)
            return size <= end_of(context, i) - offset && offset % size == 0 ? field : NULL;
        if (size > end || skip > end - size || offset % size)
            return NULL;
        if (size < end && !(field->access & FIELD_NARROW))
            return NULL;
        *shift = 8 * (HOST_IS_BIG ? end - size - skip : skip);
        return field;
    }
    return NULL;
}
