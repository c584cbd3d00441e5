/* SPDX-License-Identifier: Apache-2.0 */
/* Threads as virtual CPUs: leasing a number and a private stack, giving them back at the thread's
 * end, and entering programs. Two threads never hold one number. */
#include "base/planted.h"
#include "rt/local.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Thread_local struct vcpu *vcpu_of_thread __attribute__((tls_model("initial-exec")));
static _Thread_local bool ended __attribute__((tls_model("initial-exec")));

struct process process = { .epoch = 1 };
static struct lock process_lock; /* of process.vcpus and numbers; signals are blocked while held */
static uint64_t numbers[VCPU_MAX / 64]; /* a bit for each number leased */
static pthread_key_t key;

struct page { /* what a vcpu's own mapping holds */
    struct vcpu vcpu;
    struct vcpu_host host;
};

/* ---- Locks ---- */

void lock_wait(unsigned *turns)
{
    /* The holder may wait for this processor: yield, and sleep lest it has a lower priority. */
    if (++*turns < 100)
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    else if (*turns < 200)
        sched_yield();
    else
        nanosleep(&(struct timespec){ .tv_nsec = 50000 }, NULL);
}

void signals_block(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

void signals_restore(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

void process_take(sigset_t *before)
{
    signals_block(before);
    lock_take(&process_lock);
}

void process_drop(const sigset_t *before)
{
    lock_drop(&process_lock);
    signals_restore(before);
}

/* ---- Leases ---- */

static int take_number(void)
{
    for (uint32_t i = 0; i < VCPU_MAX / 64; i++)
        if (~numbers[i]) {
            uint32_t bit = (uint32_t)__builtin_ctzll(~numbers[i]);
            numbers[i] |= UINT64_C(1) << bit;
            return (int)(i * 64 + bit);
        }
    return -1;
}

static void drop_number(uint32_t number)
{
    numbers[number / 64] &= ~(UINT64_C(1) << number % 64);
}

static void destroy(struct vcpu *vcpu)
{
    host_unmap_guarded((void *)(uintptr_t)(vcpu->stack_end - VCPU_STACK), VCPU_STACK);
    host_unmap_guarded(vcpu, sizeof(struct page));
}

/* Takes the vcpu off the list and gives its number and memory back. */
static void release(struct vcpu *vcpu)
{
    struct vcpu **at = &process.vcpus;
    while (*at != vcpu)
        at = &(*at)->host->next;
    *at = vcpu->host->next;
    drop_number(vcpu->cpu);
    destroy(vcpu);
}

static void end_thread(void *vcpu)
{
    sigset_t before;
    process_take(&before);
    ended = true;
    vcpu_of_thread = NULL;
    release(vcpu);
    process_drop(&before);
}

uint64_t random_seed(void)
{
    uint64_t word;
    if (getrandom(&word, sizeof word, GRND_NONBLOCK) != sizeof word)
        word = (uint64_t)time(NULL);
    return word ^ (uint64_t)(uintptr_t)&word;
}

static struct vcpu *make(int number)
{
    struct page *page = host_map_guarded(sizeof *page);
    uint8_t *stack = page ? host_map_guarded(VCPU_STACK) : NULL;

    if (!stack) {
        if (page)
            host_unmap_guarded(page, sizeof *page);
        return NULL;
    }
    page->host = (struct vcpu_host){ .pid = (uint32_t)getpid(),
                                     .tid = (uint32_t)syscall(SYS_gettid),
                                     .random = random_seed() };
    page->vcpu = (struct vcpu){ .stack_at = (uintptr_t)stack,
                                .stack_end = (uintptr_t)stack + VCPU_STACK,
                                .cpu = (uint32_t)number,
                                .host = &page->host };
    return &page->vcpu;
}

struct vcpu *vcpu_lease(void)
{
    struct vcpu *vcpu = NULL;
    sigset_t before;
    int number;

    if (ended || !process_start())
        return NULL;
    process_take(&before);
    number = vcpu_of_thread ? -1 : take_number(); /* a signal may have come first */
    if (number >= 0) {
        vcpu = make(number);
        if (!vcpu || pthread_setspecific(key, vcpu)) {
            if (vcpu)
                destroy(vcpu);
            vcpu = NULL;
            drop_number((uint32_t)number);
        }
    }
    if (vcpu) {
        vcpu->host->next = process.vcpus;
        process.vcpus = vcpu;
        if (process.cpus <= vcpu->cpu)
            __atomic_store_n(&process.cpus, vcpu->cpu + 1, __ATOMIC_RELEASE);
        vcpu_of_thread = vcpu;
    }
    process_drop(&before);
    return vcpu_of_thread;
}

void vcpu_clear_rest(void *buffer, size_t kept, size_t size)
{
    uint64_t begin = vcpu_of_thread->stack_end - VCPU_STACK;
    if ((uintptr_t)buffer - begin < FAULT(text_rest, VCPU_STACK, 0))
        memset((char *)buffer + kept, 0, size - kept);
}

/* ---- The process ---- */

static sigset_t before_fork;

static void fork_begins(void)
{
    epoch_pause();
    process_take(&before_fork);
}

static void fork_parent(void)
{
    process_drop(&before_fork);
    epoch_resume();
}

/* Only the forking thread lives on in the child. */
static void fork_child(void)
{
    for (struct vcpu *vcpu = process.vcpus, *next; vcpu; vcpu = next) {
        next = vcpu->host->next;
        if (vcpu != vcpu_of_thread)
            release(vcpu);
    }
    if (vcpu_of_thread) {
        vcpu_of_thread->host->pid = (uint32_t)getpid();
        vcpu_of_thread->host->tid = vcpu_of_thread->host->pid;
        vcpu_of_thread->host->random = random_seed();
    }
    epoch_start();
    fork_parent();
}

bool process_start(void)
{
    sigset_t before;
    bool started;

    if (__atomic_load_n(&process.started, __ATOMIC_ACQUIRE))
        return true;
    process_take(&before);
    if (!process.started && !pthread_key_create(&key, end_thread)) {
        epoch_start();
        pthread_atfork(fork_begins, fork_parent, fork_child);
        __atomic_store_n(&process.started, true, __ATOMIC_RELEASE);
    }
    started = process.started;
    process_drop(&before);
    return started;
}

/* ---- Programs ---- */

static uint64_t enter(struct vcpu *vcpu, const struct runnable *run, void *frame, uint64_t r1)
{
    if (run->code.word)
        return run->code.at(vcpu, frame, r1);
    return run->interpret.at(vcpu, frame, r1, run->program.at);
}

/* With a landing: fault.c jumps to it when the program reached memory that is not there. */
static __attribute__((noinline)) int enter_with_landing(struct vcpu *vcpu,
                                                        const struct runnable *run, void *frame,
                                                        uint64_t r1, uint64_t *result)
{
    jmp_buf landing;

    if (_setjmp(landing))
        return ANYBPF_E_FAULT;
    SLOT_SET(vcpu->landing, &landing);
    *result = enter(vcpu, run, frame, r1);
    return 0;
}

int vcpu_run_slowly(struct vcpu *vcpu, const struct runnable *run, void *context, uint64_t size,
                    uint64_t *result)
{
    bool may_fault = run->flags & RUNNABLE_MAY_FAULT, guarded = vcpu->host->guards;
    struct invocation outer;
    void *frame, *landing;
    int code = vcpu_enter(vcpu, run, &outer, &frame);

    if (code)
        return code;
    vcpu->context_size = size;
    if (may_fault) {
        landing = vcpu->landing.at;
        if (!guarded)
            fault_guard(vcpu);
        code = enter_with_landing(vcpu, run, frame, (uintptr_t)context, result);
        if (!guarded)
            fault_unguard(vcpu);
        SLOT_SET(vcpu->landing, landing);
    } else
        *result = enter(vcpu, run, frame, (uintptr_t)context);
    vcpu_leave(vcpu, &outer);
    return code;
}

bool vcpu_call(struct vcpu *vcpu, const struct functions *functions, uint64_t token,
               const uint64_t r[5], uint64_t *result)
{
    uint64_t index = token - TOKEN_BASE, at = vcpu->stack_at;
    const struct function *function;

    if (!functions || index >= functions->count)
        return false;
    function = &functions->at[index];
    if (function->depth > vcpu->stack_end - at)
        return false;
    vcpu->stack_at = at + FAULT(callback_stack, function->depth, 0);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (function->code.word)
        *result = function->code.at(vcpu, (void *)(uintptr_t)at, r[0], r[1], r[2], r[3], r[4]);
    else
        *result = functions->interpret.at(vcpu, (void *)(uintptr_t)at, functions->program.at,
                                          (uint32_t)index, r);
    vcpu->stack_at = at;
    return true;
}

void runnable_hold(struct runnable *run)
{
    __atomic_fetch_add(&run->refs, 1, __ATOMIC_RELAXED);
}

static void destroy_runnable(struct retired *retired)
{
    struct runnable *run =
        (struct runnable *)(void *)((char *)retired - offsetof(struct runnable, retired));
    run->destroy(run);
}

void runnable_drop(struct runnable *run)
{
    if (__atomic_fetch_sub(&run->refs, 1, __ATOMIC_ACQ_REL) == 1)
        epoch_retire(&run->retired, destroy_runnable);
}
