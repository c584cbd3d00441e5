/* SPDX-License-Identifier: Apache-2.0 */
/* Packets in memory, and what the results of programs mean. */
#include "cli/cli.h"
#include <string.h>

void packet_fill(struct packet_buffer *buffer, struct anybpf_packet *packet, const uint8_t *data,
                 size_t size, size_t wire_size)
{
    size_t room = PACKET_HEADROOM + size + PACKET_TAILROOM;

    if (buffer->room < room) {
        buffer->room = room + room / 2;
        buffer->memory = arena_alloc(cli_arena, buffer->room);
    }
    memset(buffer->memory, 0, PACKET_HEADROOM);
    memcpy(buffer->memory + PACKET_HEADROOM, data, size);
    memset(buffer->memory + PACKET_HEADROOM + size, 0, PACKET_TAILROOM);
    memset(packet, 0, sizeof *packet);
    packet->head = buffer->memory;
    packet->data = buffer->memory + PACKET_HEADROOM;
    packet->data_end = packet->data + size;
    packet->tail = packet->data_end + PACKET_TAILROOM;
    packet->wire_len = (uint32_t)wire_size;
    packet->ingress_ifindex = 1;
}

/* Results by number; what is behind a table's end is just a number. */
static const struct verdicts {
    const char *context;
    int32_t first;
    uint32_t let_through; /* set of numbers, counted from first */
    const char *const names[12];
} tables[] = {
    { "xdp",
      0,
      1 << 2 | 1 << 3 | 1 << 4,
      { "XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT" } },
    { "tc",
      -1,
      1 << 0 | 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
      { "TC_ACT_UNSPEC", "TC_ACT_OK", "TC_ACT_RECLASSIFY", "TC_ACT_SHOT", "TC_ACT_PIPE",
        "TC_ACT_STOLEN", "TC_ACT_QUEUED", "TC_ACT_REPEAT", "TC_ACT_REDIRECT", "TC_ACT_TRAP" } },
};

static const struct verdicts *table_of(const char *context, uint32_t verdict, uint32_t *index)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        *index = verdict - (uint32_t)tables[i].first;
        if (!strcmp(tables[i].context, context))
            return *index < 12 && tables[i].names[*index] ? &tables[i] : NULL;
    }
    return NULL;
}

const char *verdict_name(const char *context, uint32_t verdict)
{
    uint32_t index;
    const struct verdicts *table = table_of(context, verdict, &index);
    return table ? table->names[index] : NULL;
}

bool verdict_lets_through(const char *context, uint32_t verdict)
{
    uint32_t index;
    const struct verdicts *table = table_of(context, verdict, &index);
    if (!strcmp(context, "socket"))
        return verdict != 0; /* how many bytes to keep */
    return table && table->let_through >> index & 1;
}
