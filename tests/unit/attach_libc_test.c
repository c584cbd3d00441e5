/* SPDX-License-Identifier: Apache-2.0 */
/* Every function of the C library, intercepted one after another and in batches, while threads
 * begin, use the library and end. Of a program linked statically: every function of its own, those
 * of anybpf included. It runs in a child, which a mistake would kill. */
#include "attach/local.h"
#include "runner/runner.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 8, SITES = 20000, REASONS = 24 };

static struct {
    struct site *sites[SITES];
    struct site_change changes[SITES];
    const char *names[SITES];
    uint32_t count;
    struct {
        char text[100];
        unsigned count;
    } reasons[REASONS];
    bool stop;
    uint64_t rounds, wrong;
} all;

/* ---- Threads that begin, work and end ---- */

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void *work(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    char text[64], name[64];
    int numbers[64], *copy = malloc(sizeof numbers);
    FILE *f = fopen("/proc/self/comm", "r");
    struct tm tm;
    time_t when = 86400;
    bool good = f && fgets(name, sizeof name, f) && strlen(name) > 1;

    if (f)
        fclose(f);
    for (int i = 0; i < 64; i++)
        numbers[i] = rand_r(&seed) % 1000;
    memcpy(copy, numbers, sizeof numbers);
    qsort(copy, 64, sizeof *copy, compare_ints);
    for (int i = 1; i < 64; i++)
        good &= copy[i - 1] <= copy[i];
    snprintf(text, sizeof text, "%d %s %.3f", 42, "text", 1.5);
    good &= !strcmp(text, "42 text 1.500") && strtol(text, NULL, 10) == 42;
    good &= gmtime_r(&when, &tm) && tm.tm_year == 70 && tm.tm_mday == 2;
    good &= getenv("PATH") != NULL && getpid() > 0;
    free(copy);
    __atomic_fetch_add(&all.rounds, 1, __ATOMIC_RELAXED);
    if (!good)
        __atomic_fetch_add(&all.wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void *worker(void *arg)
{
    (void)arg;
    for (uintptr_t i = 1; !__atomic_load_n(&all.stop, __ATOMIC_RELAXED); i++) {
        pthread_t thread;
        work((void *)i);
        if (!pthread_create(&thread, NULL, work, (void *)i))
            pthread_join(thread, NULL);
    }
    return NULL;
}

/* ---- Sites ---- */

static void note_reason(const char *text)
{
    const char *why = strchr(text, ':') ? strchr(text, ':') + 2 : text;
    for (int i = 0; i < REASONS; i++)
        if (!all.reasons[i].count || !strcmp(all.reasons[i].text, why)) {
            snprintf(all.reasons[i].text, sizeof all.reasons[i].text, "%.99s", why);
            all.reasons[i].count++;
            return;
        }
}

/* The hook does nothing but go on to the original, from anywhere. */
static const void *make_hook(const struct site *site)
{
    struct piece piece;
    struct error err = { 0 };
    if (piece_take(&piece, 64, 0, 0, &err))
        return NULL;
    target_find(host_target)->arch->stub(piece.write, (uintptr_t)site_original(site));
    piece_seal(&piece, &err);
    return piece.code;
}

static void open_all(const struct object *object)
{
    static const struct site_options plain = { 0 };
    uintptr_t last = 0;

    for (uint32_t i = 0; i < object->symbols.count && all.count < SITES; i++) {
        struct error err = { 0 };
        struct site *site;
        const void *hook;
        if (object->symbols.at[i].at == last)
            continue;
        last = object->symbols.at[i].at;
        if (site_open(&site, (const void *)last, &plain, &err)) {
            note_reason(err.text);
            continue;
        }
        if (!(hook = make_hook(site)))
            continue;
        all.sites[all.count] = site;
        all.names[all.count] = object->symbols.at[i].name;
        all.changes[all.count++] = (struct site_change){ site, hook };
    }
}

static int one_by_one(uint32_t step)
{
    for (uint32_t i = 0; i < all.count; i += step) {
        struct site_change off = { all.sites[i], NULL };
        if (site_set(&all.changes[i], 1, NULL) || site_set(&off, 1, NULL))
            return 1;
    }
    return 0;
}

static int in_batches(uint32_t batch, int rounds)
{
    static struct site_change off[SITES];
    const struct timespec moment = { .tv_nsec = 20000000 };

    for (uint32_t i = 0; i < all.count; i++)
        off[i] = (struct site_change){ all.sites[i], NULL };
    for (int round = 0; round < rounds; round++) {
        for (uint32_t i = 0; i < all.count; i += batch)
            if (site_set(all.changes + i, all.count - i < batch ? all.count - i : batch, NULL))
                return 2;
        nanosleep(&moment, NULL);
        for (uint32_t i = 0; i < all.count; i += batch)
            if (site_set(off + i, all.count - i < batch ? all.count - i : batch, NULL))
                return 3;
    }
    return 0;
}

static int trace_all(void)
{
    const struct object *object = object_at((uintptr_t)getpid, NULL);
    pthread_t threads[WORKERS];
    int code;

    if (!object)
        return 4;
    alarm(test_quick ? 60 : 300);
    open_all(object);
    printf("%s: %u functions can be intercepted\n", object->name, all.count);
    for (int i = 0; i < REASONS && all.reasons[i].count; i++)
        printf("%6u: %s\n", all.reasons[i].count, all.reasons[i].text);
    fflush(stdout);
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&threads[i], NULL, worker, NULL);
    code = one_by_one(test_quick ? 29 : 1);
    if (!code)
        code = in_batches(SITES, test_quick ? 3 : 50);
    if (!code)
        code = in_batches(97, test_quick ? 1 : 5);
    __atomic_store_n(&all.stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 0; i < all.count; i++)
        site_close(all.sites[i]);
    printf("%llu rounds of work\n", (unsigned long long)all.rounds);
    fflush(stdout);
    return code ? code : all.wrong ? 5 : all.rounds < WORKERS ? 6 : 0;
}

TEST(libc_is_intercepted)
{
    int status = -1;
    pid_t child;

    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return;
    }
    child = fork();
    if (!child)
        _exit(trace_all());
    waitpid(child, &status, 0);
    CHECK_SAY(!status, "the child's status is %#x", (unsigned)status);
}
