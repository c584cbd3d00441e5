/* SPDX-License-Identifier: Apache-2.0 */
/* Freeing what a running program may reach.
 *
 * Entering an invocation stores the current epoch in the vcpu, leaving stores 0, both without a
 * fence. Whoever wants to free puts the object out of reach, then has the epoch advanced: a new
 * epoch is published, membarrier() makes every thread's earlier stores visible and its later loads
 * late, and the oldest epoch among the vcpus is read. An invocation that stands in a later epoch
 * began after the object went out of reach, because it read the new epoch (acquire) before any
 * pointer. So what was retired before the oldest epoch that still runs is free.
 *
 * Without membarrier (old kernels, sandboxes, emulators) entering costs a full fence instead. */
#include "rt/local.h"
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct retired *retired; /* newest first, not yet stamped; any thread pushes */
static struct retired *waiting; /* stamped; of whoever holds reclaiming */
static struct lock reclaiming;

static void membarrier(int command)
{
    syscall(SYS_membarrier, command, 0, 0);
}

void epoch_start(void)
{
    bool refused = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0;
    __atomic_store_n(&process.fenced, refused, __ATOMIC_SEQ_CST);
}

void epoch_pause(void)
{
    lock_take(&reclaiming);
}

void epoch_resume(void)
{
    lock_drop(&reclaiming);
}

uint64_t epoch_stamp(void)
{
    /* Whoever enters from now on reads the next epoch and with it what was stored before. */
    return __atomic_fetch_add(&process.epoch, 1, __ATOMIC_SEQ_CST);
}

void epoch_advance(void)
{
    uint64_t oldest;
    sigset_t before;

    process_take(&before);
    oldest = __atomic_add_fetch(&process.epoch, 1, __ATOMIC_SEQ_CST);
    if (!process.fenced)
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    for (const struct vcpu *vcpu = process.vcpus; vcpu; vcpu = vcpu->host->next) {
        uint64_t epoch = __atomic_load_n(&vcpu->epoch, __ATOMIC_SEQ_CST);
        if (epoch && epoch < oldest)
            oldest = epoch;
    }
    __atomic_store_n(&process.safe, oldest - 1, __ATOMIC_RELEASE);
    process_drop(&before);
}

void epoch_retire(struct retired *link, void (*destroy)(struct retired *))
{
    link->destroy = destroy;
    link->next = __atomic_load_n(&retired, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&retired, &link->next, link, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
}

/* Moves what was retired to the waiting ones; true if anything waits. */
static bool collect(void)
{
    struct retired *fresh = __atomic_exchange_n(&retired, NULL, __ATOMIC_ACQUIRE);
    uint64_t stamp = fresh ? epoch_stamp() : 0;

    while (fresh) {
        struct retired *next = fresh->next;
        fresh->epoch = stamp;
        fresh->next = waiting;
        waiting = fresh;
        fresh = next;
    }
    return waiting != NULL;
}

/* Takes those whose time has come off the waiting list. */
static struct retired *sift(void)
{
    struct retired *ready = NULL;

    for (struct retired **at = &waiting; *at;) {
        struct retired *link = *at;
        if (epoch_passed(link->epoch)) {
            *at = link->next;
            link->next = ready;
            ready = link;
        } else
            at = &link->next;
    }
    return ready;
}

void epoch_reclaim(void)
{
    struct retired *ready = NULL, *next;

    if (!lock_try(&reclaiming))
        return;
    if (collect()) {
        epoch_advance();
        ready = sift();
    }
    lock_drop(&reclaiming);
    for (; ready; ready = next) {
        next = ready->next;
        ready->destroy(ready);
    }
}

static bool anything_left(void)
{
    bool left;
    lock_take(&reclaiming);
    left = waiting || __atomic_load_n(&retired, __ATOMIC_ACQUIRE);
    lock_drop(&reclaiming);
    return left;
}

void epoch_drain(void)
{
    for (unsigned turns = 0; anything_left(); lock_wait(&turns))
        epoch_reclaim();
}
