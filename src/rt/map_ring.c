/* SPDX-License-Identifier: Apache-2.0 */
/* Ring buffers, and perf event arrays, which have a ring for each virtual CPU.
 *
 * Any number of producers, one consumer; layout and positions as in the kernel's protocol.
 * Producers take no lock: one compare-and-swap of the producer's position reserves, and until the
 * header is written it reads 0, because the consumer clears what it has read before it lets go of
 * it. So a program in a signal handler may write to the ring whose reservation it interrupted. */
#include "rt/local.h"
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { NO_WAKEUP = 1, FORCE_WAKEUP = 2 };                /* BPF_RB_* */
enum { AVAILABLE, RING_SIZE, CONSUMER_AT, PRODUCER_AT }; /* BPF_RB_* of queries */
enum { PERF_RING = 256 * 1024, PERF_RECORD_MAX = 65535 - 8 };
#define CURRENT_CPU   UINT64_C(0xffffffff) /* BPF_F_CURRENT_CPU */
#define INDEX_MASK    UINT64_C(0xffffffff)
#define PACKET_LENGTH (UINT64_C(0xfffff) << 32) /* BPF_F_CTXLEN_MASK */

/* ---- One ring ---- */

static struct ring_head *ring_make(uint64_t size, int32_t *wake)
{
    uint64_t whole = size < host_page() ? host_page() : size;
    uint8_t *data =
        size <= SIZE_MAX / 4 ? host_map_ring(sizeof(struct ring_head), (size_t)whole) : NULL;
    struct ring_head *ring;

    if (!data)
        return NULL;
    ring = (struct ring_head *)(void *)(data - sizeof *ring);
    ring->mask = whole - 1;
    SLOT_SET(ring->wake, wake);
    return ring;
}

static void ring_free(struct ring_head *ring)
{
    if (ring)
        host_unmap_ring(ring->data, sizeof *ring, (size_t)ring->mask + 1);
}

static uint64_t whole_of(uint64_t size)
{
    return (RING_HEADER + size + 7) & ~UINT64_C(7);
}

static struct ring_record *reserve(struct ring_head *ring, uint64_t size)
{
    uint64_t at = __atomic_load_n(&ring->producer, __ATOMIC_RELAXED), whole = whole_of(size);
    struct ring_record *record;

    if (size >= RING_DISCARD)
        return NULL;
    do {
        uint64_t consumer = __atomic_load_n(&ring->consumer, __ATOMIC_ACQUIRE);
        if (at + whole - consumer > ring->mask)
            return NULL;
    } while (!__atomic_compare_exchange_n(&ring->producer, &at, at + whole, true, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    record = (struct ring_record *)(void *)(ring->data + (at & ring->mask));
    record->page = (uint32_t)(((uintptr_t)record - (uintptr_t)ring) / RING_PAGE);
    __atomic_store_n(&record->size, (uint32_t)size | RING_BUSY, __ATOMIC_RELEASE);
    return record;
}

static void wake(const struct ring_head *ring)
{
    int32_t fd = __atomic_load_n(ring->wake.at, __ATOMIC_ACQUIRE) - 1;
    uint64_t one = 1;
    int saved = errno;
    if (fd >= 0 && write(fd, &one, sizeof one) < 0)
        errno = saved; /* full: it is readable anyway */
}

/* Ends a reservation; wakes the consumer if it has got this far. */
static void commit(struct ring_record *record, uint64_t flags, uint32_t discard)
{
    uintptr_t page = (uintptr_t)record & ~(uintptr_t)(RING_PAGE - 1);
    struct ring_head *ring =
        (struct ring_head *)(void *)(page - (uintptr_t)record->page * RING_PAGE);
    uint64_t at = (uintptr_t)record - (uintptr_t)ring->data, consumer;

    /* A full barrier: either we see the consumer here, or it sees the record. */
    __atomic_exchange_n(&record->size, (record->size & ~RING_BUSY) | discard, __ATOMIC_SEQ_CST);
    consumer = __atomic_load_n(&ring->consumer, __ATOMIC_SEQ_CST);
    if (flags & FORCE_WAKEUP ||
        (!(flags & NO_WAKEUP) && (consumer & ring->mask) == (at & ring->mask)))
        wake(ring);
}

/* Calls `on` for each record there is; false when it has had enough. */
static bool consume(struct ring_head *ring, uint32_t cpu, map_on_record *on, void *user,
                    int64_t *count)
{
    uint64_t at = ring->consumer;
    bool more = true;

    while (more) {
        struct ring_record *record = (struct ring_record *)(void *)(ring->data + (at & ring->mask));
        uint32_t header = 0;
        uint64_t whole;

        if (at != __atomic_load_n(&ring->producer, __ATOMIC_ACQUIRE))
            header = __atomic_load_n(&record->size, __ATOMIC_SEQ_CST);
        if (!header || header & RING_BUSY) {
            /* Let a producer that commits now see how far we are, then look once more. */
            if (__atomic_exchange_n(&ring->seen, at + 1, __ATOMIC_SEQ_CST) == at + 1)
                break;
            continue;
        }
        if (!(header & RING_DISCARD)) {
            more = !on(user, cpu, record + 1, header);
            ++*count;
        }
        whole = whole_of(header & ~RING_DISCARD);
        memset(record + 1, 0, (size_t)whole - RING_HEADER);
        record->page = 0;
        __atomic_store_n(&record->size, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&ring->consumer, at += whole, __ATOMIC_RELEASE);
    }
    return more;
}

static int make_fd(int32_t *place)
{
    int32_t made, none = 0, fd = __atomic_load_n(place, __ATOMIC_ACQUIRE) - 1;

    if (fd >= 0)
        return fd;
    made = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC); /* readable: there may be records */
    if (made < 0)
        return -errno;
    if (__atomic_compare_exchange_n(place, &none, made + 1, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return made;
    close(made);
    return none - 1;
}

static void close_fd(const int32_t *place)
{
    if (*place)
        close(*place - 1);
}

/* ---- Ring buffer maps ---- */

struct ring_map {
    struct map map;
    struct ring_head *ring;
    int32_t wake; /* a descriptor + 1, or 0 */
};

static struct ring_head *ring_of(struct map *map)
{
    return ((struct ring_map *)map)->ring;
}

static int create_ring(struct map *map, const struct map_spec *spec, struct error *err)
{
    struct ring_map *own = (struct ring_map *)map;

    if (map->key_size || map->value_size || map->max_entries < RING_PAGE ||
        map->max_entries & (map->max_entries - 1))
        return fail(
            err, ANYBPF_E_ARGUMENT,
            "map %s: a ring buffer has neither keys nor values, and a size of a power of two from "
            "4096 bytes on (it has %u, %u, %u)",
            spec->name, map->key_size, map->value_size, map->max_entries);
    own->ring = ring_make(map->max_entries, &own->wake);
    return own->ring ? 0
                     : fail(err, ANYBPF_E_MEMORY, "map %s: no memory for a ring of %u bytes",
                            spec->name, map->max_entries);
}

static void destroy_ring(struct map *map)
{
    struct ring_map *own = (struct ring_map *)map;
    ring_free(own->ring);
    close_fd(&own->wake);
}

static void *lookup(struct map *map, const void *key)
{
    (void)map, (void)key;
    return NULL;
}

const struct map_kind map_kind_ringbuf = {
    .name = "ringbuf",
    .size = sizeof(struct ring_map),
    .create = create_ring,
    .destroy = destroy_ring,
    .lookup = lookup,
    .flags = MAP_NUMA_NODE,
};

void *helper_ringbuf_reserve(struct map *map, uint64_t size, uint64_t flags)
{
    struct ring_record *record = flags ? NULL : reserve(ring_of(map), size);
    return record ? record + 1 : NULL;
}

int64_t helper_ringbuf_submit(void *record, uint64_t flags)
{
    commit((struct ring_record *)record - 1, flags, 0);
    return 0;
}

int64_t helper_ringbuf_discard(void *record, uint64_t flags)
{
    commit((struct ring_record *)record - 1, flags, RING_DISCARD);
    return 0;
}

int64_t helper_ringbuf_output(struct map *map, const void *data, uint64_t size, uint64_t flags)
{
    struct ring_record *record;

    if (flags & ~(uint64_t)(NO_WAKEUP | FORCE_WAKEUP))
        return -EINVAL;
    record = reserve(ring_of(map), size);
    if (!record)
        return -EAGAIN;
    memcpy(record + 1, data, (size_t)size);
    commit(record, flags, 0);
    return 0;
}

uint64_t helper_ringbuf_query(struct map *map, uint64_t flags)
{
    const struct ring_head *ring = ring_of(map);
    uint64_t consumer = __atomic_load_n(&ring->consumer, __ATOMIC_ACQUIRE);
    uint64_t producer = __atomic_load_n(&ring->producer, __ATOMIC_ACQUIRE);

    switch (flags) {
    case AVAILABLE: return producer - consumer;
    case RING_SIZE: return ring->mask + 1;
    case CONSUMER_AT: return consumer;
    case PRODUCER_AT: return producer;
    default: return 0;
    }
}

/* ---- Perf event arrays ---- */

struct perf_map {
    struct map map;
    struct ring_head **rings; /* of each CPU, made when it writes first */
    int32_t wake;
};

static uint64_t rings_bytes(const struct map *map)
{
    return (uint64_t)map->env->cpus * sizeof(struct ring_head *);
}

static int create_perf(struct map *map, const struct map_spec *spec, struct error *err)
{
    struct perf_map *perf = (struct perf_map *)map;

    if (map->key_size != 4 || map->value_size != 4)
        return fail(err, ANYBPF_E_ARGUMENT,
                    "map %s: a perf event array needs keys and values of 4 bytes (it has %u, %u)",
                    spec->name, map->key_size, map->value_size);
    if (!map->max_entries)
        map->max_entries = map->env->cpus;
    perf->rings = map_memory_take(map, rings_bytes(map));
    return perf->rings ? 0 : fail(err, ANYBPF_E_MEMORY, "map %s: no memory", spec->name);
}

static void destroy_perf(struct map *map)
{
    struct perf_map *perf = (struct perf_map *)map;
    for (uint32_t cpu = 0; cpu < map->env->cpus; cpu++)
        ring_free(perf->rings[cpu]);
    close_fd(&perf->wake);
    map_memory_give(map, perf->rings, rings_bytes(map));
}

const struct map_kind map_kind_perf_event_array = {
    .name = "perf_event_array",
    .size = sizeof(struct perf_map),
    .create = create_perf,
    .destroy = destroy_perf,
    .lookup = lookup,
    .flags = MAP_NUMA_NODE | MAP_RDONLY | MAP_WRONLY | MAP_PRESERVE_ELEMS,
};

/* This CPU's ring; a signal may have been faster in making it. */
static struct ring_head *perf_ring(struct perf_map *perf, uint32_t cpu)
{
    struct ring_head *ring = __atomic_load_n(&perf->rings[cpu], __ATOMIC_ACQUIRE), *none = NULL;

    if (ring)
        return ring;
    ring = ring_make(PERF_RING, &perf->wake);
    if (ring && !__atomic_compare_exchange_n(&perf->rings[cpu], &none, ring, false,
                                             __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        ring_free(ring);
        ring = none;
    }
    return ring;
}

static const struct anybpf_packet *packet_of(const struct vcpu *vcpu, const void *ctx)
{
    switch (vcpu->running.word ? vcpu->running.at->type : PROG_UNSPEC) {
    case PROG_XDP:
    case PROG_SCHED_CLS:
    case PROG_SCHED_ACT:
    case PROG_SOCKET_FILTER: return ctx;
    default: return NULL;
    }
}

int64_t helper_perf_event_output(struct vcpu *vcpu, void *ctx, struct map *map, uint64_t flags,
                                 const void *data, uint64_t size)
{
    const struct anybpf_packet *packet = packet_of(vcpu, ctx);
    uint64_t index = flags & INDEX_MASK, tail = (flags & PACKET_LENGTH) >> 32;
    struct ring_record *record;
    struct ring_head *ring;

    if (flags & ~(INDEX_MASK | (packet ? PACKET_LENGTH : 0)))
        return -EINVAL;
    if (tail && tail > (uint64_t)(packet->data_end - packet->data))
        return -EFAULT;
    if (index == CURRENT_CPU)
        index = vcpu->cpu;
    if (index >= map->max_entries || size > PERF_RECORD_MAX || size + tail > PERF_RECORD_MAX)
        return -E2BIG;
    if (index != vcpu->cpu)
        return -EOPNOTSUPP;
    ring = perf_ring((struct perf_map *)map, vcpu->cpu);
    record = ring ? reserve(ring, size + tail) : NULL;
    if (!record) {
        if (ring)
            __atomic_fetch_add(&ring->lost, 1, __ATOMIC_RELAXED);
        return ring ? -ENOSPC : -ENOMEM;
    }
    memcpy(record + 1, data, (size_t)size);
    if (tail)
        memcpy((uint8_t *)(record + 1) + size, packet->data, (size_t)tail);
    commit(record, 0, 0);
    return 0;
}

/* ---- The host's side ---- */

static int32_t *wake_of(struct map *map)
{
    if (map->type == MAP_RINGBUF)
        return &((struct ring_map *)map)->wake;
    return map->type == MAP_PERF_EVENT_ARRAY ? &((struct perf_map *)map)->wake : NULL;
}

int map_poll_fd(struct map *map)
{
    int32_t *place = wake_of(map);
    return place ? make_fd(place) : -EOPNOTSUPP;
}

int64_t map_poll(struct map *map, map_on_record *on, void *user)
{
    int32_t *place = wake_of(map);
    int64_t count = 0;
    bool more = true;
    uint64_t woken;
    int fd;

    if (!place)
        return -EOPNOTSUPP;
    fd = __atomic_load_n(place, __ATOMIC_ACQUIRE) - 1;
    if (fd >= 0 && read(fd, &woken, sizeof woken) < 0)
        errno = 0; /* nobody woke us */
    if (map->type == MAP_RINGBUF)
        more = consume(ring_of(map), 0, on, user, &count);
    else
        for (uint32_t cpu = 0; cpu < map->env->cpus && more; cpu++) {
            struct ring_head *ring =
                __atomic_load_n(&((struct perf_map *)map)->rings[cpu], __ATOMIC_ACQUIRE);
            if (ring)
                more = consume(ring, cpu, on, user, &count);
        }
    if (!more && fd >= 0 && write(fd, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
        errno = 0; /* it is readable anyway */
    return count;
}

uint64_t map_lost(struct map *map)
{
    uint64_t lost = 0;
    if (map->type == MAP_PERF_EVENT_ARRAY)
        for (uint32_t cpu = 0; cpu < map->env->cpus; cpu++) {
            const struct ring_head *ring =
                __atomic_load_n(&((struct perf_map *)map)->rings[cpu], __ATOMIC_ACQUIRE);
            if (ring)
                lost += __atomic_load_n(&ring->lost, __ATOMIC_RELAXED);
        }
    return lost;
}
