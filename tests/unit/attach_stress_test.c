/* SPDX-License-Identifier: Apache-2.0 */
/* Sites that change while threads run through them. */
#include "arch/targets.h"
#include "attach/attach.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { THREADS = 8 };

SLED static uint64_t stress_sled(uint64_t x)
{
    __asm__ volatile("" ::: "memory");
    return x + 1;
}

static uint64_t stress_import(uint64_t x)
{
    return x + 1 + ((uint64_t)getppid() == 0);
}

static shape_fn *stress_variable = stress_sled;

static uint64_t call_variable(uint64_t x)
{
    return __atomic_load_n(&stress_variable, __ATOMIC_RELAXED)(x);
}

struct stress {
    shape_fn *call;
    bool stop;
    uint64_t calls, wrong;
};

static void *run(void *arg)
{
    struct stress *s = arg;
    uint64_t calls = 0, wrong = 0;

    while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
        uint64_t changed = 0;
        wrong += call_guarded(s->call, calls, &changed) != calls + 1;
        calls++;
        /* Compiled functions use registers as they like; those in assembly, only what is checked.
         */
        wrong += s->call == shape_frame && changed;
    }
    __atomic_fetch_add(&s->calls, calls, __ATOMIC_RELAXED);
    __atomic_fetch_add(&s->wrong, wrong, __ATOMIC_RELAXED);
    return NULL;
}

#ifdef UNDER_QEMU
/* qemu-user takes its note of the old page away before it makes one of the new page, without
 * stopping other threads: those that come to the page meanwhile get a fault that no processor has.
 * The instruction is there when it is tried again; where it is not, the fault comes for ever. */
static void try_again(int number, siginfo_t *info, void *context)
{
    static unsigned tries;
    const ucontext_t *at = context;
    if (info->si_addr != (void *)at->uc_mcontext.pc ||
        __atomic_add_fetch(&tries, 1, __ATOMIC_RELAXED) > 10000)
        signal(number, SIG_DFL);
}

static void expect_faults(struct sigaction *before)
{
    struct sigaction action = { .sa_sigaction = try_again, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, before);
}
#else
static void expect_faults(struct sigaction *before)
{
    sigaction(SIGSEGV, NULL, before);
}
#endif

static unsigned failures;

static void set(struct site *site, void (*hook)(void))
{
    failures += site_set(&(struct site_change){ site, (const void *)hook }, 1, NULL) != 0;
}

static uint64_t hits(void)
{
    return __atomic_load_n(&hook_a_hits, __ATOMIC_RELAXED) +
           __atomic_load_n(&hook_b_hits, __ATOMIC_RELAXED);
}

static void change(struct site *site, bool always)
{
    const char *wanted = getenv("ANYBPF_CHANGES"); /* 100000 for a long run */
    unsigned changes = wanted ? (unsigned)atoi(wanted) : test_quick ? 300 : 3000;

    if (wanted)
        alarm(0); /* no limit of the runner's */

    for (unsigned i = 0; i < changes; i++) {
        uint64_t after;
        set(site, i % 2 ? hook_a : hook_b);
        if (always)
            continue;
        set(site, NULL);
        /* Those that were past the entry may still come; no others. */
        after = hits();
        if (i % 64 == 0) {
            const struct timespec moment = { .tv_nsec = 100000 };
            nanosleep(&moment, NULL);
            CHECK(hits() - after <= THREADS);
        }
    }
}

/* always: it leads to one hook or the other at any time, so that their hits are all calls. */
static void stress(struct site *site, shape_fn *call, bool always)
{
    struct stress s = { .call = call };
    pthread_t threads[THREADS];

    hook_a_on = hook_b_on = site_original(site);
    hook_a_hits = hook_b_hits = 0;
    failures = 0;
    if (always)
        set(site, hook_a);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, &s);
    change(site, always);
    __atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(failures, 0);
    CHECK_EQ(s.wrong, 0);
    if (always)
        CHECK_EQ(hits(), s.calls);
    else
        CHECK(hits() <= s.calls);
    set(site, NULL);
}

static void stress_site(const struct site_options *options, const void *function, shape_fn *call)
{
    struct site *site = NULL;
    struct error err = { 0 };
    struct sigaction before;
    int code;

    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return;
    }
    code = site_open(&site, function, options, &err);
    if (code == ANYBPF_E_NOT_FOUND) {
        test_skip("this program is linked statically");
        return;
    }
    CHECK_SAY(!code, "%s", err.text);
    if (code)
        return;
    expect_faults(&before);
    stress(site, call, true);
    stress(site, call, false);
    sigaction(SIGSEGV, &before, NULL);
    site_close(site);
}

TEST(threads_run_sleds_that_change)
{
    stress_site(&(struct site_options){ .sled = true }, (const void *)stress_sled, stress_sled);
}

TEST(threads_run_moved_entries_that_change)
{
    stress_site(&(struct site_options){ 0 }, (const void *)shape_frame, shape_frame);
}

TEST(threads_run_imports_that_change)
{
    stress_site(&(struct site_options){ .kind = SITE_IMPORT,
                                        .import = "getppid",
                                        .importer = (const void *)stress_import },
                NULL, stress_import);
}

TEST(threads_run_variables_that_change)
{
    stress_site(&(struct site_options){ .kind = SITE_POINTER,
                                        .variable = (void **)(uintptr_t)&stress_variable },
                NULL, call_variable);
}
