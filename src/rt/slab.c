/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of map elements. One that is given back passes through three lists of its shard: open (not
 * yet stamped), waiting (all with one stamp), free. So no element is given out while an invocation
 * that may hold it still runs, and finding that out costs one membarrier for many elements. */
#include "rt/local.h"
#include <string.h>

enum {
    CHUNK_MIN = 4096,    /* bytes of chunk 0, at least */
    CHUNK_FIRST = 65536, /* and at most, as long as one element is not larger */
    BATCH_MIN = 32,      /* elements that get one stamp */
    BATCH_MAX = 512,
    BATCH_BYTES = 65536,
};

static uint32_t chunk_size(const struct slab *slab, uint32_t chunk) /* in elements */
{
    return 1u << (slab->first + (chunk ? chunk - 1 : 0));
}

void slab_init(struct slab *slab, uint32_t size, uint64_t expected, uint64_t limit)
{
    *slab = (struct slab){ .size = (size + (uint32_t)sizeof(struct slab_element) + 15) & ~15u,
                           .limit = limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit };
    while (
        (uint64_t)slab->size << slab->first < CHUNK_MIN ||
        (1u << slab->first < expected && (uint64_t)slab->size << (slab->first + 1) <= CHUNK_FIRST))
        slab->first++;
    slab->batch = BATCH_BYTES / slab->size;
    if (slab->batch < BATCH_MIN)
        slab->batch = BATCH_MIN;
    if (slab->batch > BATCH_MAX)
        slab->batch = BATCH_MAX;
}

void slab_done(struct slab *slab)
{
    for (uint32_t i = 0; i < sizeof slab->chunks / sizeof *slab->chunks && slab->chunks[i]; i++)
        pages_unmap(slab->chunks[i], (uint64_t)chunk_size(slab, i) * slab->size);
}

struct slab_element *slab_at(const struct slab *slab, uint32_t index)
{
    uint32_t above = index >> slab->first;
    uint32_t chunk = above ? 32 - (uint32_t)__builtin_clz(above) : 0;
    uint32_t begin = chunk ? 1u << (slab->first + chunk - 1) : 0;
    uint8_t *memory = __atomic_load_n(&slab->chunks[chunk], __ATOMIC_ACQUIRE);
    return (struct slab_element *)(void *)(memory + (size_t)(index - begin) * slab->size);
}

uint32_t slab_count(const struct slab *slab)
{
    return __atomic_load_n(&slab->count, __ATOMIC_ACQUIRE);
}

/* An element that was never given out. */
static struct slab_element *carve(struct slab *slab, struct vcpu *vcpu)
{
    struct slab_element *element = NULL;

    if (!vcpu_lock(vcpu, &slab->lock))
        return NULL;
    if (slab->count == slab->room && slab->room < slab->limit) {
        uint32_t chunk = 0;
        while (slab->chunks[chunk])
            chunk++;
        uint8_t *memory = pages_map((uint64_t)chunk_size(slab, chunk) * slab->size);
        if (memory) {
            pages_dense(memory, (uint64_t)chunk_size(slab, chunk) * slab->size);
            slab->room += chunk_size(slab, chunk);
            __atomic_store_n(&slab->chunks[chunk], memory, __ATOMIC_RELEASE);
        }
    }
    if (slab->count < slab->room && slab->count < slab->limit) {
        element = slab_at(slab, slab->count);
        element->index = slab->count;
        __atomic_store_n(&slab->count, slab->count + 1, __ATOMIC_RELEASE);
    }
    vcpu_unlock(vcpu, &slab->lock);
    return element;
}

/* Moves the lists on as far as the epoch allows; `enough` elements are worth a stamp. */
static void settle(struct slab_shard *shard, uint32_t enough)
{
    if (shard->waiting && !shard->free && epoch_passed(shard->stamp)) {
        shard->free = shard->waiting;
        shard->waiting = NULL;
    }
    if (!shard->waiting && shard->open_count >= enough) {
        shard->waiting = shard->open;
        shard->stamp = epoch_stamp();
        shard->open = NULL;
        shard->open_count = 0;
    }
}

static struct slab_shard *shard_of(struct slab *slab, const struct vcpu *vcpu)
{
    return &slab->shards[vcpu->cpu % SLAB_SHARDS];
}

static struct slab_element *take_used(struct slab *slab, struct slab_shard *shard,
                                      struct vcpu *vcpu)
{
    struct slab_element *element;

    if (!vcpu_lock(vcpu, &shard->lock))
        return NULL;
    settle(shard, slab->batch);
    element = shard->free;
    if (element)
        shard->free = element->next;
    vcpu_unlock(vcpu, &shard->lock);
    return element;
}

/* When nothing else is left: hurries this shard's elements on, then looks at the others'. */
static struct slab_element *scrape(struct slab *slab, struct vcpu *vcpu)
{
    struct slab_element *element = NULL;

    for (int turn = 0; turn < 2 && !element; turn++) {
        for (int i = 0; i < SLAB_SHARDS && !element; i++) {
            struct slab_shard *shard = &slab->shards[i];
            if (!vcpu_lock(vcpu, &shard->lock))
                continue;
            settle(shard, 1);
            vcpu_unlock(vcpu, &shard->lock);
            element = take_used(slab, shard, vcpu);
        }
        if (!element && !turn)
            epoch_advance();
    }
    return element;
}

struct slab_element *slab_take(struct slab *slab, struct vcpu *vcpu)
{
    struct slab_element *element = take_used(slab, shard_of(slab, vcpu), vcpu);
    if (!element)
        element = carve(slab, vcpu);
    return element ? element : scrape(slab, vcpu);
}

void slab_give(struct slab *slab, struct vcpu *vcpu, struct slab_element *element)
{
    struct slab_shard *shard = shard_of(slab, vcpu);
    bool many;

    /* A signal that found this very lock taken tries the other shards. */
    for (uint32_t i = 1; !vcpu_lock(vcpu, &shard->lock); i++) {
        if (i == 4 * SLAB_SHARDS)
            return; /* lost until the slab is freed */
        shard = &slab->shards[(vcpu->cpu + i) % SLAB_SHARDS];
    }
    element->next = shard->open;
    shard->open = element;
    shard->open_count++;
    settle(shard, slab->batch);
    many = shard->waiting && shard->open_count % slab->batch == slab->batch / 2 &&
           !epoch_passed(shard->stamp);
    vcpu_unlock(vcpu, &shard->lock);
    if (many)
        epoch_advance();
}

void slab_untake(struct slab *slab, struct vcpu *vcpu, struct slab_element *element)
{
    struct slab_shard *shard = shard_of(slab, vcpu);

    if (!vcpu_lock(vcpu, &shard->lock)) {
        slab_give(slab, vcpu, element);
        return;
    }
    element->next = shard->free;
    shard->free = element;
    vcpu_unlock(vcpu, &shard->lock);
}
