/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime under many threads: maps, rings, leases, epochs. What is checked are invariants that
 * any mistake in ordering would break sooner or later; a build with ThreadSanitizer says more. */
#include "base/clock.h"
#include "runner/runner.h"
#include "rt/rt.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4 };

struct shared {
    struct env *env;
    struct map *map;
    uint32_t rounds;
    uint64_t bad; /* invariants seen broken */
    uint64_t done;
    int index; /* of the next thread */
};

static void bad(struct shared *s)
{
    __atomic_fetch_add(&s->bad, 1, __ATOMIC_RELAXED);
}

static uint64_t ms_now(void)
{
    return clock_ns() / 1000000;
}

static void run_threads(struct shared *s, int count, void *(*body)(void *))
{
    pthread_t threads[2 * THREADS];
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, body, s);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static struct shared begin(uint32_t type, uint32_t key, uint32_t value, uint32_t max,
                           uint32_t flags)
{
    struct shared s = { .env = env_new(&allocator_libc, NULL),
                        .rounds = test_quick ? 20000 : 400000 };
    const struct map_spec spec = { .name = "m",
                                   .type = type,
                                   .key_size = key,
                                   .value_size = value,
                                   .max_entries = max,
                                   .flags = flags };
    s.map = map_create(s.env, &spec, NULL);
    return s;
}

static void end(struct shared *s)
{
    CHECK_EQ(s->bad, 0);
    map_free(s->map);
    env_free(s->env);
}

/* A value whose four words are all made of the key and one number: a mix of two would show. */
struct value {
    uint64_t words[4];
};

static struct value value_for(uint64_t key, uint64_t number)
{
    return (struct value){ { key, number, key ^ number, key + number } };
}

static bool is_whole(const struct value *v, uint64_t key)
{
    return v->words[0] == key && v->words[2] == (key ^ v->words[1]) &&
           v->words[3] == key + v->words[1];
}

static void *hash_body(void *arg)
{
    struct shared *s = arg;
    struct vcpu *vcpu = vcpu_get();
    uint64_t state = (uint64_t)__atomic_add_fetch(&s->index, 1, __ATOMIC_RELAXED) * 77;
    struct value *at;

    for (uint32_t i = 0; i < s->rounds; i++) {
        struct invocation outer;
        uint64_t key;
        struct value value, *held;
        state = hash_mix(state + i);
        key = state % 256;
        value = value_for(key, state >> 8);
        epoch_enter(vcpu, &outer);
        held = s->map->lookup.at(s->map, &key);
        if (held && i % 64 == 0)
            sched_yield();
        switch (state >> 60) {
        case 0 ... 3: {
            int code = map_update(s->map, &key, &value, 0);
            if (code && code != -E2BIG && code != -ENOMEM)
                bad(s);
            break;
        }
        case 4 ... 5: map_delete(s->map, &key); break;
        default:
            at = s->map->lookup.at(s->map, &key);
            if (at && !is_whole(at, key))
                bad(s);
        }
        /* Whoever replaced or deleted it meanwhile: it is this key's until the invocation ends. */
        if (held && !is_whole(held, key))
            bad(s);
        epoch_leave(vcpu, &outer);
    }
    return NULL;
}

TEST(rt_hash_survives_threads)
{
    struct shared s = begin(MAP_HASH, 8, sizeof(struct value), 200, 0);
    uint64_t key, count = 0;

    run_threads(&s, THREADS, hash_body);
    for (int code = map_next_key(s.map, NULL, &key); !code; code = map_next_key(s.map, &key, &key))
        count++;
    CHECK_EQ(map_count(s.map), count);
    end(&s);
}

TEST(rt_lru_survives_threads)
{
    struct shared s = begin(MAP_LRU_HASH, 8, sizeof(struct value), 100, 0);
    uint64_t key, count = 0;

    run_threads(&s, THREADS, hash_body);
    for (int code = map_next_key(s.map, NULL, &key); !code; code = map_next_key(s.map, &key, &key))
        count++;
    CHECK_EQ(map_count(s.map), count);
    CHECK(count <= 100);
    end(&s);
}

/* ---- Tries: every lookup finds 0/0 or something better ---- */

struct prefix {
    uint32_t length;
    uint8_t bits[4];
};

static void *lpm_body(void *arg)
{
    struct shared *s = arg;
    struct vcpu *vcpu = vcpu_get();
    uint64_t state = (uint64_t)__atomic_add_fetch(&s->index, 1, __ATOMIC_RELAXED) * 99;

    for (uint32_t i = 0; i < s->rounds / 2; i++) {
        struct prefix key = { 32, { 0 } };
        struct invocation outer;
        uint64_t value;
        const uint64_t *at;
        state = hash_mix(state + i);
        key.bits[0] = (uint8_t)(state & 0xf0);
        key.bits[1] = (uint8_t)(state >> 8 & 0x3);
        epoch_enter(vcpu, &outer);
        if (state >> 62) {
            at = s->map->lookup.at(s->map, &key);
            if (!at || *at % 1000 > 32)
                bad(s);
        } else {
            key.length = 1 + (uint32_t)(state >> 16) % 32;
            value = key.length + 1000 * (state >> 32 & 0xff);
            if (state >> 61 & 1)
                map_update(s->map, &key, &value, 0);
            else
                map_delete(s->map, &key);
        }
        epoch_leave(vcpu, &outer);
    }
    return NULL;
}

TEST(rt_lpm_survives_threads)
{
    struct shared s = begin(MAP_LPM_TRIE, 8, 8, 1000, MAP_NO_PREALLOC);
    struct prefix all = { 0, { 0 } };
    uint64_t zero = 0;

    CHECK_EQ(map_update(s.map, &all, &zero, 0), 0);
    run_threads(&s, THREADS, lpm_body);
    end(&s);
}

/* ---- Rings: every record arrives once, whole, in its producer's order ---- */

struct record {
    uint64_t producer, number, check;
};

struct reading {
    struct shared *s;
    uint64_t next[THREADS + 1];
};

static void *ring_producer(void *arg)
{
    struct shared *s = arg;
    uint64_t me = (uint64_t)__atomic_add_fetch(&s->index, 1, __ATOMIC_RELAXED);

    for (uint64_t i = 0; i < s->rounds;) {
        uint64_t r[5] = { (uintptr_t)s->map, sizeof(struct record) };
        struct record *record =
            (struct record *)(uintptr_t)env_helper(s->env, HELPER_ringbuf_reserve)
                ->stub(vcpu_get(), r);
        if (!record) {
            usleep(50);
            continue;
        }
        *record = (struct record){ me, i, hash_mix(me * 1000003 + i) };
        r[0] = (uintptr_t)record;
        r[1] = 0;
        if (i % 5 == 4) { /* and some that nobody sees */
            record->check = 0;
            env_helper(s->env, HELPER_ringbuf_discard)->stub(vcpu_get(), r);
        } else
            env_helper(s->env, HELPER_ringbuf_submit)->stub(vcpu_get(), r);
        i++;
    }
    __atomic_fetch_add(&s->done, 1, __ATOMIC_RELEASE);
    return NULL;
}

static int on_record(void *user, uint32_t cpu, const void *data, size_t size)
{
    struct reading *reading = user;
    const struct record *record = data;

    (void)cpu;
    if (size != sizeof *record || record->producer < 1 || record->producer > THREADS ||
        record->check != hash_mix(record->producer * 1000003 + record->number) ||
        record->number != reading->next[record->producer])
        bad(reading->s);
    else
        reading->next[record->producer] += record->number % 5 == 3 ? 2 : 1;
    return 0;
}

TEST(rt_ring_survives_threads)
{
    struct shared s = begin(MAP_RINGBUF, 0, 0, 4096, 0);
    struct reading reading = { &s, { 0 } };
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, ring_producer, &s);
    while (__atomic_load_n(&s.done, __ATOMIC_ACQUIRE) < THREADS)
        map_poll(s.map, on_record, &reading);
    map_poll(s.map, on_record, &reading);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ(reading.next[i + 1], s.rounds);
    }
    end(&s);
}

/* ---- Numbers: no two threads hold one ---- */

static uint32_t holders[256];

static void *lease_body(void *arg)
{
    struct shared *s = arg;
    const struct vcpu *vcpu = vcpu_get();

    if (!vcpu || vcpu->cpu >= 256 || __atomic_exchange_n(&holders[vcpu->cpu], 1, __ATOMIC_RELAXED))
        bad(s);
    usleep(100);
    if (vcpu)
        __atomic_store_n(&holders[vcpu->cpu], 0, __ATOMIC_RELAXED);
    return NULL;
}

TEST(rt_leases_are_exclusive_and_come_back)
{
    struct shared s = begin(MAP_ARRAY, 4, 4, 1, 0);
    for (int i = 0; i < (test_quick ? 20 : 200); i++)
        run_threads(&s, 2 * THREADS, lease_body);
    CHECK_SAY(process.cpus <= 40, "%u numbers for %d threads at a time", process.cpus,
              2 * THREADS + 1);
    end(&s);
}

/* ---- Epochs: nothing is destroyed under a reader ---- */

struct object {
    struct retired retired;
    uint64_t alive;
};
static struct object *current;
static uint64_t destroyed;

static void destroy_object(struct retired *retired)
{
    struct object *object = (struct object *)(void *)retired;
    __atomic_store_n(&object->alive, 0, __ATOMIC_RELAXED);
    allocator_libc.release(NULL, object, sizeof *object);
    __atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}

static void *epoch_reader(void *arg)
{
    struct shared *s = arg;
    struct vcpu *vcpu = vcpu_get();

    while (!__atomic_load_n(&s->done, __ATOMIC_ACQUIRE)) {
        struct invocation outer;
        const struct object *object;
        epoch_enter(vcpu, &outer);
        object = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
        for (int i = 0; i < 20; i++)
            if (__atomic_load_n(&object->alive, __ATOMIC_RELAXED) != 1)
                bad(s);
        epoch_leave(vcpu, &outer);
    }
    return NULL;
}

static struct object *object_new(void)
{
    struct object *object = allocator_libc.alloc(NULL, sizeof *object);
    object->alive = 1;
    return object;
}

static void retire_under_readers(void)
{
    struct shared s = begin(MAP_ARRAY, 4, 4, 1, 0);
    uint32_t made = test_quick ? 2000 : 50000;
    pthread_t threads[THREADS];

    destroyed = 0;
    current = object_new();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, epoch_reader, &s);
    for (uint32_t i = 0; i < made; i++) {
        struct object *old = __atomic_exchange_n(&current, object_new(), __ATOMIC_ACQ_REL);
        epoch_retire(&old->retired, destroy_object);
        if (i % 4 == 0)
            epoch_reclaim();
    }
    epoch_drain();
    CHECK_EQ(destroyed, made);
    __atomic_store_n(&s.done, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    destroy_object(&current->retired);
    end(&s);
}

TEST(rt_epochs_outlive_readers)
{
    retire_under_readers();
}

TEST(rt_epochs_outlive_readers_without_membarrier)
{
    bool before = process.fenced;
    process.fenced = true;
    retire_under_readers();
    process.fenced = before;
}

/* ---- Forks: only the forking thread lives on in the child ---- */

static uint32_t inside, leave;

static void *stay_inside(void *arg)
{
    struct vcpu *vcpu = vcpu_get();
    struct invocation outer;

    (void)arg;
    epoch_enter(vcpu, &outer);
    __atomic_store_n(&inside, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&leave, __ATOMIC_ACQUIRE))
        usleep(100);
    epoch_leave(vcpu, &outer);
    return NULL;
}

TEST(rt_epochs_forget_threads_that_a_fork_left_behind)
{
    struct object *object = object_new();
    uint64_t before = destroyed;
    pthread_t thread;
    int status = -1;
    pid_t child;

    inside = leave = 0;
    pthread_create(&thread, NULL, stay_inside, NULL);
    while (!__atomic_load_n(&inside, __ATOMIC_ACQUIRE))
        usleep(100);
    epoch_retire(&object->retired, destroy_object);
    epoch_reclaim();
    CHECK_EQ(destroyed, before);
    fflush(NULL);
    child = fork();
    if (!child) {
        alarm(10);
        epoch_drain();
        _exit(destroyed == before + 1 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(status, 0);
    __atomic_store_n(&leave, 1, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    epoch_drain();
    CHECK_EQ(destroyed, before + 1);
}

/* ---- Signals: programs in a handler use the map that they interrupted ---- */

static struct shared *in_signal;
static uint64_t signals_taken;

static void on_signal(int signal)
{
    struct vcpu *vcpu = vcpu_of_thread;
    struct invocation outer;
    int saved = errno;

    (void)signal;
    if (!vcpu)
        return;
    epoch_enter(vcpu, &outer);
    for (uint64_t key = 0; key < 8; key++) {
        struct value value = value_for(key, signals_taken);
        int code = map_update(in_signal->map, &key, &value, 0);
        if (code && code != -EBUSY && code != -ENOMEM)
            bad(in_signal);
    }
    epoch_leave(vcpu, &outer);
    signals_taken++;
    errno = saved;
}

static timer_t signals_begin(void (*handler)(int), struct sigaction *before)
{
    struct sigaction action = { .sa_handler = handler };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    struct itimerspec often = { { 0, 50000 }, { 0, 50000 } };
    timer_t timer;

    signals_taken = 0;
    sigaction(SIGUSR1, &action, before);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &often, NULL);
    return timer;
}

static void signals_end(timer_t timer, const struct sigaction *before)
{
    timer_delete(timer);
    sigaction(SIGUSR1, before, NULL);
    CHECK(signals_taken > 0);
}

TEST(rt_maps_may_be_used_in_signal_handlers)
{
    struct shared s = begin(MAP_HASH, 8, sizeof(struct value), 64, 0);
    uint64_t until = ms_now() + (test_quick ? 200 : 2000);
    struct vcpu *vcpu = vcpu_get();
    struct sigaction before;
    timer_t timer;

    in_signal = &s;
    timer = signals_begin(on_signal, &before);
    while (ms_now() < until)
        for (uint64_t key = 0; key < 8; key++) {
            struct value value = value_for(key, 1);
            struct invocation outer;
            const struct value *at;
            map_update(s.map, &key, &value, 0);
            epoch_enter(vcpu, &outer);
            at = s.map->lookup.at(s.map, &key);
            if (!at || !is_whole(at, key))
                bad(&s);
            epoch_leave(vcpu, &outer);
        }
    signals_end(timer, &before);
    end(&s);
}

/* ---- Signals: an invocation nested at any instruction leaves no trace ---- */

static uint64_t disturbed;

static uint64_t use_up(struct vcpu *vcpu, void *frame, uint64_t r1)
{
    vcpu->tail_calls = 1;
    vcpu->fuel = 2;
    vcpu->context_size = 3;
    SLOT_SET(vcpu->functions, frame);
    memset(frame, 0xaa, 64);
    return r1;
}

static void nest(int signal)
{
    struct runnable run = { .cpus = VCPU_MAX, .depth = 64 };
    uint64_t result;

    (void)signal;
    SLOT_SET(run.code, use_up);
    if (vcpu_of_thread && vcpu_run(vcpu_of_thread, &run, NULL, 9, &result))
        disturbed++;
    signals_taken++;
}

static uint64_t check_all(struct vcpu *vcpu, void *frame, uint64_t r1)
{
    volatile uint64_t *words = frame;
    const struct runnable *run = (const struct runnable *)(uintptr_t)r1;

    for (int i = 0; i < 8; i++)
        words[i] = (uint64_t)i * 1000003;
    for (int i = 0; i < 100; i++) {
        const volatile struct vcpu *now = vcpu;
        if (now->tail_calls != TAIL_CALLS || now->fuel != FUEL || now->running.at != run ||
            now->context_size != 77 || !now->epoch ||
            now->stack_at != (uintptr_t)frame + run->depth)
            disturbed++;
    }
    for (int i = 0; i < 8; i++)
        disturbed += words[i] != (uint64_t)i * 1000003;
    return 0;
}

TEST(rt_invocations_in_signal_handlers_leave_no_trace)
{
    struct runnable run = { .cpus = VCPU_MAX, .depth = 64 };
    uint64_t until = ms_now() + (test_quick ? 200 : 2000), result;
    struct vcpu *vcpu = vcpu_get();
    uint64_t at = vcpu->stack_at;
    struct sigaction before;
    timer_t timer;

    SLOT_SET(run.code, check_all);
    disturbed = 0;
    timer = signals_begin(nest, &before);
    while (ms_now() < until)
        for (int i = 0; i < 100; i++)
            if (vcpu_run(vcpu, &run, &run, 77, &result))
                disturbed++;
    signals_end(timer, &before);
    CHECK_EQ(disturbed, 0);
    CHECK_EQ(vcpu->stack_at, at);
    CHECK_EQ(vcpu->epoch, 0);
}
