/* SPDX-License-Identifier: Apache-2.0 */
/* What is freed of programs that were attached, and when. */
#include "api/local.h"
#include "arch/targets.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned seen;

static uint64_t see(uint64_t x)
{
    __atomic_fetch_add(&seen, 1, __ATOMIC_RELAXED);
    return x;
}

static sem_t inside, go_on;

/* Sleeps if x is 0. */
static SLED uint64_t sleeping(uint64_t x)
{
    if (!x) {
        sem_post(&inside);
        sem_wait(&go_on);
    }
    return x + 1;
}

static struct anybpf_env *begin(void)
{
    struct anybpf_env *env;
    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return NULL;
    }
    env = anybpf_env_new();
    seen = 0;
    CHECK_EQ(anybpf_env_helper(env, 1000, "__u64 see(__u64 x)", (void *)(uintptr_t)see), 0);
    CHECK_EQ(anybpf_env_function(env, "unsigned long sleeping(unsigned long x)",
                                 (void *)(uintptr_t)sleeping),
             0);
    return env;
}

static const char *const sections[] = { "fentry/sleeping", "fexit/sleeping", "fmod_ret/sleeping",
                                        "fsession/sleeping" };
enum { SECTIONS = sizeof sections / sizeof *sections };
static const char text[] = "r1 = 0\ncall 1000\nr0 = 0\nexit\n";

static struct anybpf_link *attach(struct anybpf_env *env, const char *section,
                                  struct anybpf_prog **prog)
{
    struct anybpf_link *link;
    *prog = prog_from_text(env, section, text);
    link = *prog ? anybpf_attach(*prog, NULL, NULL) : NULL;
    CHECK_SAY(link, "%s", anybpf_error(env));
    return link;
}

static unsigned rounds(unsigned quick)
{
    const char *wanted = getenv("ANYBPF_CHANGES");
    if (wanted)
        alarm(0);
    return wanted ? (unsigned)atoi(wanted) : test_quick ? quick : 10 * quick;
}

/* Programs of one function that come and go in changing orders are the same code each time. */
TEST(programs_attached_again_take_no_more_memory)
{
    struct anybpf_env *env = begin();
    struct anybpf_link *links[SECTIONS];
    struct anybpf_prog *progs[SECTIONS];
    unsigned count = rounds(50);
    uint64_t taken = 0;
    if (!env)
        return;
    for (unsigned i = 0; i < SECTIONS; i++)
        links[i] = attach(env, sections[i], &progs[i]);
    for (unsigned i = 0; i < count + 32 && !test_failed(); i++) {
        unsigned which = i * 7 / 3 % SECTIONS;
        if (i == 32)
            taken = pool_taken();
        CHECK_EQ(anybpf_detach(links[which]), 0);
        CHECK((links[which] = anybpf_attach(progs[which], NULL, NULL)));
        CHECK_EQ(sleeping(i + 1), i + 2);
    }
    CHECK_SAY(pool_taken() <= taken, "%u rounds took %" PRIu64 " bytes", count,
              pool_taken() - taken);
    CHECK_EQ(seen, (count + 32) * 5);
    anybpf_env_free(env);
}

/* qemu-user tells of its own stacks, not of the program's: then nothing is freed. */
#ifdef UNDER_QEMU
static const bool can_tell = false;
#else
static const bool can_tell = true;
#endif

static void *wait_elsewhere(void *unused)
{
    (void)unused;
    sem_post(&inside);
    sem_wait(&go_on);
    return NULL;
}

/* Not at once: this thread's stack may hold old words that look like addresses of code. */
static void check_gone(uint64_t before)
{
    struct anybpf_env *env = anybpf_env_new();
    uint64_t taken = pool_taken();
    anybpf_env_free(env);
    CHECK_SAY(!can_tell || pool_taken() <= before,
              "%" PRIu64 " bytes of code are left, before %" PRIu64, pool_taken(), taken);
}

TEST(programs_of_closed_objects_are_freed)
{
    uint64_t before = pool_taken(), most = 0;
    struct anybpf_env *env = begin();
    unsigned count = rounds(20);
    struct anybpf_prog *prog;
    pthread_t thread;
    if (!env)
        return;
    sem_init(&inside, 0, 0);
    sem_init(&go_on, 0, 0);
    pthread_create(&thread, NULL, wait_elsewhere, NULL);
    sem_wait(&inside);
    for (unsigned i = 0; i < count && !test_failed(); i++) {
        attach(env, sections[i % SECTIONS], &prog);
        CHECK_EQ(sleeping(1), 2);
        if (prog)
            anybpf_close(prog->object);
        most = pool_taken() > most ? pool_taken() : most;
    }
    CHECK_SAY(!can_tell || most < before + (64 << 10), "%" PRIu64 " bytes of code", most - before);
    anybpf_env_free(env);
    check_gone(before);
    sem_post(&go_on);
    pthread_join(thread, NULL);
}

static void *call_sleeping(void *unused)
{
    (void)unused;
    CHECK_EQ(sleeping(0), 1);
    return NULL;
}

TEST(programs_are_kept_while_a_thread_sleeps_within)
{
    for (unsigned i = 0; i < SECTIONS; i++) {
        struct anybpf_env *env = begin();
        uint64_t before = pool_taken();
        struct anybpf_prog *prog;
        pthread_t thread;
        unsigned at_entry;
        if (!env)
            return;
        attach(env, sections[i], &prog);
        sem_init(&inside, 0, 0);
        sem_init(&go_on, 0, 0);
        pthread_create(&thread, NULL, call_sleeping, NULL);
        sem_wait(&inside);
        at_entry = seen;
        CHECK_EQ(at_entry, i != 1);
        anybpf_env_free(env);
        if (i == 1 || i == 3)
            CHECK(pool_taken() > before); /* it is going to return into the hook */
        CHECK_EQ(sleeping(1), 2);
        CHECK_EQ(seen, at_entry);
        sem_post(&go_on);
        pthread_join(thread, NULL);
        CHECK_EQ(seen, at_entry + (i == 1 || i == 3)); /* a call that had begun */
        check_gone(before);
    }
}

static volatile sig_atomic_t handled;

static void sleep_in_handler(int number)
{
    (void)number;
    sem_post(&inside);
    sem_wait(&go_on);
    handled = 1;
}

static SLED uint64_t raising(uint64_t x)
{
    pthread_kill(pthread_self(), SIGUSR1);
    return x + 1;
}

static void *call_raising(void *unused)
{
    static uint8_t memory[64 << 10];
    const stack_t stack = { .ss_sp = memory, .ss_size = sizeof memory },
                  none = { .ss_flags = SS_DISABLE };
    (void)unused;
    sigaltstack(&stack, NULL);
    CHECK_EQ(raising(1), 2);
    sigaltstack(&none, NULL);
    return NULL;
}

TEST(programs_are_kept_while_a_signal_handler_sleeps_on_another_stack)
{
    struct sigaction action = { .sa_handler = sleep_in_handler, .sa_flags = SA_ONSTACK }, old;
    struct anybpf_env *env = begin();
    uint64_t before = pool_taken();
    struct anybpf_prog *prog;
    pthread_t thread;
    if (!env)
        return;
    CHECK_EQ(anybpf_env_function(env, "unsigned long raising(unsigned long x)",
                                 (void *)(uintptr_t)raising),
             0);
    attach(env, "fexit/raising", &prog);
    sigaction(SIGUSR1, &action, &old);
    sem_init(&inside, 0, 0);
    sem_init(&go_on, 0, 0);
    pthread_create(&thread, NULL, call_raising, NULL);
    sem_wait(&inside);
    anybpf_env_free(env);
    CHECK(pool_taken() > before);
    sem_post(&go_on);
    pthread_join(thread, NULL);
    CHECK(handled);
    CHECK_EQ(seen, 1);
    sigaction(SIGUSR1, &old, NULL);
    check_gone(before);
}

static struct anybpf_prog *forking_prog;
static pid_t child;

/* Closes the object while it is within itself, and again tries to free it in a child. */
static SLED uint64_t forking(uint64_t x)
{
    if (!x)
        return 1;
    anybpf_close(forking_prog->object);
    child = fork();
    anybpf_env_free(anybpf_env_new());
    return x + 1;
}

TEST(programs_are_kept_for_children)
{
    struct anybpf_env *env = begin();
    uint64_t before = pool_taken(), result;
    int status = 0;
    if (!env)
        return;
    CHECK_EQ(anybpf_env_function(env, "unsigned long forking(unsigned long x)",
                                 (void *)(uintptr_t)forking),
             0);
    attach(env, "fexit/forking", &forking_prog);
    result = forking(1);
    if (!child)
        _exit(result == 2 && seen == 1 ? 0 : 1);
    waitpid(child, &status, 0);
    CHECK_EQ(status, 0);
    CHECK_EQ(result, 2);
    CHECK_EQ(seen, 1);
    anybpf_env_free(env);
    check_gone(before);
}
