/* SPDX-License-Identifier: Apache-2.0 */
/* Sites that change, and programs that come and go, while threads run through them. */
#include "api/local.h"
#include "arch/targets.h"
#include "attach/attach.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <time.h>
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

/* How many there are: `quick`, ten times that, or what is asked for. */
static unsigned changes_wanted(unsigned quick)
{
    const char *wanted = getenv("ANYBPF_CHANGES"); /* 100000 for a long run */
    if (wanted)
        alarm(0); /* no limit of the runner's */
    return wanted ? (unsigned)atoi(wanted) : test_quick ? quick : 10 * quick;
}

static void change(struct site *site, bool always)
{
    unsigned changes = changes_wanted(300);

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

/* ---- Programs ---- */

/* What threads call: hands `moment` to a function from within which programs see it, and tells
 * whether the result is right and all sentinels are there. */
typedef bool caller_fn(uint64_t moment);

static struct programs {
    caller_fn *call;
    bool stop;
    uint64_t moment;      /* odd: the program may be attached; even: it is not */
    uint64_t calls;       /* that threads made ... */
    uint64_t lasting;     /* ... and that the program saw that is always attached */
    uint64_t seen, wrong; /* of the one that comes and goes */
    uint64_t late;        /* calls seen though they began when it was detached */
    uint64_t (*right)(uint64_t moment);
} p;

/* Both programs call this, with the argument and, behind the function, with its result. */
static void see(uint64_t lasting, uint64_t moment, uint64_t result)
{
    if (lasting) {
        __atomic_fetch_add(&p.lasting, 1, __ATOMIC_RELAXED);
        return;
    }
    __atomic_fetch_add(&p.seen, 1, __ATOMIC_RELAXED);
    /* A moment that has gone by may be followed by one at which it was attached. */
    if (moment % 2 == 0 && __atomic_load_n(&p.moment, __ATOMIC_SEQ_CST) == moment)
        __atomic_fetch_add(&p.late, 1, __ATOMIC_RELAXED);
    if (result && result != p.right(moment))
        __atomic_fetch_add(&p.wrong, 1, __ATOMIC_RELAXED);
}

static uint64_t right_plus(uint64_t moment)
{
    return moment + 1;
}

static uint64_t right_swapped(uint64_t moment)
{
    return __builtin_bswap32((uint32_t)moment);
}

static bool call_sled(uint64_t moment)
{
    return stress_sled(moment) == moment + 1;
}

static bool call_moved(uint64_t moment)
{
    uint64_t changed = 1;
    return call_guarded(shape_frame, moment, &changed) == moment + 1 && !changed;
}

static bool call_pointer(uint64_t moment)
{
    return call_variable(moment) == moment + 1;
}

static bool call_import(uint64_t moment)
{
    return (htonl)((uint32_t)moment) == __builtin_bswap32((uint32_t)moment);
}

static void *run_programs(void *arg)
{
    uint64_t calls = 0, wrong = 0;

    while (!__atomic_load_n(&p.stop, __ATOMIC_RELAXED)) {
        wrong += !p.call(__atomic_load_n(&p.moment, __ATOMIC_SEQ_CST));
        calls++;
    }
    __atomic_fetch_add(&p.calls, calls, __ATOMIC_RELAXED);
    __atomic_fetch_add(&p.wrong, wrong, __ATOMIC_RELAXED);
    return arg;
}

static struct anybpf_link *attach(struct anybpf_env *env, const char *section, bool lasting,
                                  const struct anybpf_attach_options *options,
                                  struct anybpf_prog **prog)
{
    char text[256];
    bool exit = strstr(section, "exit") || strstr(section, "session");
    struct anybpf_link *link;

    sprintf(text,
            "r6 = r1\nr1 = %d\nr2 = *(u64 *)(r6 + 0)\nr3 = %s\ncall 1000\n"
            "r0 = 0\nexit\n",
            lasting, exit ? "*(u64 *)(r6 + 8)" : "0");
    *prog = prog_from_text(env, section, text);
    link = *prog ? anybpf_attach(*prog, NULL, options) : NULL;
    CHECK_SAY(link, "%s: %s", section, anybpf_error(env));
    return link;
}

/* Attaches and detaches a program while threads run. */
static void come_and_go(struct anybpf_prog *prog, const struct anybpf_attach_options *options,
                        struct anybpf_link *link)
{
    unsigned changes = changes_wanted(40);

    while (link && !__atomic_load_n(&p.seen, __ATOMIC_RELAXED))
        sched_yield(); /* until threads run */
    for (unsigned i = 0; i < changes && link; i++) {
        CHECK_EQ(anybpf_detach(link), 0);
        __atomic_add_fetch(&p.moment, 1, __ATOMIC_SEQ_CST);
        if (i % 8 == 0) {
            const struct timespec moment = { .tv_nsec = 100000 };
            nanosleep(&moment, NULL);
        }
        __atomic_add_fetch(&p.moment, 1, __ATOMIC_SEQ_CST);
        link = anybpf_attach(prog, NULL, options);
        CHECK(link);
    }
}

static void run_kind(struct anybpf_env *env, const char *lasting, const char *section,
                     const struct anybpf_attach_options *options)
{
    struct anybpf_prog *lasting_prog, *prog;
    struct anybpf_link *always = attach(env, lasting, true, options, &lasting_prog);
    struct anybpf_link *link = always ? attach(env, section, false, options, &prog) : NULL;
    pthread_t threads[THREADS];

    p.stop = false;
    p.moment = 1;
    p.calls = p.lasting = p.seen = p.wrong = p.late = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run_programs, NULL);
    come_and_go(prog, options, link);
    __atomic_store_n(&p.stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK_SAY(p.lasting == p.calls, "%s: %" PRIu64 " calls, of which %" PRIu64 " were seen",
              section, p.calls, p.lasting);
    CHECK_SAY(p.seen && p.seen <= p.calls * (strstr(section, "session") ? 2 : 1),
              "%s: %" PRIu64 " calls, %" PRIu64 " seen", section, p.calls, p.seen);
    CHECK_SAY(!p.wrong && !p.late, "%s: %" PRIu64 " wrong, %" PRIu64 " late", section, p.wrong,
              p.late);
    if (prog)
        anybpf_close(prog->object);
    if (lasting_prog)
        anybpf_close(lasting_prog->object);
}

static void run_site(const char *prototype, void *function, caller_fn *call,
                     uint64_t (*right)(uint64_t), const struct anybpf_attach_options *options)
{
    static const char *const kinds[] = { "fentry", "fexit", "fmod_ret", "fsession" };
    const char *name = strrchr(prototype, ' ') + 1; /* the function's, before the brackets */
    struct anybpf_env *env;
    struct sigaction before;
    char declaration[128];

    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return;
    }
    env = anybpf_env_new();
    sprintf(declaration, "%s(unsigned %s x)", prototype, right == right_swapped ? "int" : "long");
    CHECK_EQ(anybpf_env_function(env, declaration, function), 0);
    CHECK_EQ(anybpf_env_helper(env, 1000, "void see(__u64 lasting, __u64 moment, __u64 result)",
                               (void *)(uintptr_t)see),
             0);
    p.call = call;
    p.right = right;
    expect_faults(&before);
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char section[64], lasting[64];
        sprintf(section, "%s/%s", kinds[i], name);
        sprintf(lasting, "%s/%s", i % 2 ? "fentry" : "fexit", name);
        run_kind(env, lasting, section, options);
    }
    sigaction(SIGSEGV, &before, NULL);
    anybpf_env_free(env);
}

TEST(threads_run_sleds_while_programs_come_and_go)
{
    run_site("unsigned long stress_sled", (void *)(uintptr_t)stress_sled, call_sled, right_plus,
             &(struct anybpf_attach_options){ .sled = true });
}

TEST(threads_run_moved_entries_while_programs_come_and_go)
{
    run_site("unsigned long shape_frame", (void *)(uintptr_t)shape_frame, call_moved, right_plus,
             NULL);
}

TEST(threads_run_variables_while_programs_come_and_go)
{
    run_site("unsigned long variable", NULL, call_pointer, right_plus,
             &(struct anybpf_attach_options){ .pointer = (void **)(uintptr_t)&stress_variable });
}

TEST(threads_run_imports_while_programs_come_and_go)
{
    if (!getauxval(AT_BASE)) {
        test_skip("this program is linked statically");
        return;
    }
    run_site("unsigned int htonl", NULL, call_import, right_swapped,
             &(struct anybpf_attach_options){ .import = "htonl",
                                              .importer = (const void *)call_import });
}
