/* SPDX-License-Identifier: Apache-2.0 */
/* A thread is stopped before each instruction of an intercepted call, another one changes the site
 * meanwhile, and the call goes on. A child does it, its calling thread traced. */
#include "arch/targets.h"
#include "attach/attach.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <sys/user.h>

SLED static uint64_t step_sled(uint64_t x)
{
    __asm__ volatile("" ::: "memory");
    return x + 1;
}

enum { PATH = 96, ENTRY_BYTES = 16 };

/* Between the child's two threads and the tracer. */
static struct shared {
    volatile int tid;
    volatile unsigned go, done; /* calls asked for and made */
    volatile int command, answered;
    volatile uint64_t result, changed, hits;
    volatile int failures;
} *shared;

static struct site *site;
static shape_fn *function;
static unsigned traps; /* breakpoints that the traced thread ran into */

/* False: nothing came. */
static bool wait_for(volatile int *what)
{
    for (int i = 0; !*what && i < 100000; i++)
        usleep(50);
    return *what;
}

/* ---- The child ---- */

static void *commands(void *arg)
{
    (void)arg;
    for (;;) {
        struct site_change change = { site, NULL };
        if (!wait_for(&shared->command))
            continue;
        if (shared->command != '0')
            change.to = shared->command == 'a' ? (const void *)hook_a : (const void *)hook_b;
        shared->failures += site_set(&change, 1, NULL) != 0;
        shared->command = 0;
        shared->answered = 1;
    }
    return NULL;
}

/* Occupies what the first `skipped` choices of a jump would lead to. */
static void block(unsigned skipped)
{
    uint8_t bytes[ENTRY_BYTES];
    int32_t displacement;

    memcpy(bytes, (const void *)function, sizeof bytes);
    memcpy(&displacement, bytes + 1, 4);
    if (skipped)
        mmap((void *)(((uintptr_t)function + 5 + (uintptr_t)(intptr_t)displacement) & ~4095ul),
             8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void child(unsigned skipped)
{
    static const struct site_options plain = { 0 };
    pthread_t thread;

    block(skipped);
    if (site_open(&site, (const void *)function, &plain, NULL))
        _exit(1);
    hook_a_on = hook_b_on = site_original(site);
    pthread_create(&thread, NULL, commands, NULL);
    shared->tid = (int)syscall(SYS_gettid);
    for (;;) {
        uint64_t changed = 0;
        while (shared->go == shared->done)
            ;
        hook_a_hits = hook_b_hits = 0;
        shared->result = call_guarded(function, 5, &changed);
        shared->changed = changed;
        shared->hits = hook_a_hits + hook_b_hits;
        shared->done++;
    }
}

/* ---- The tracer ---- */

static void command(int what)
{
    shared->answered = 0;
    shared->command = what;
    CHECK_SAY(wait_for(&shared->answered), "the site cannot be changed");
}

/* What the stopped thread has to get: all but the tracer's own traps. */
static int signal_of(int tid, int status)
{
    siginfo_t info = { 0 };

    if (WSTOPSIG(status) != SIGTRAP)
        return WSTOPSIG(status);
    ptrace(PTRACE_GETSIGINFO, tid, 0, &info);
    if (info.si_code != SI_KERNEL)
        return 0;
    traps++;
    return SIGTRAP;
}

/* Lets the stopped thread do one instruction; where it is then. */
static uintptr_t step(int tid, int *signal)
{
    struct user_regs_struct regs = { 0 };
    int status;

    ptrace(PTRACE_SINGLESTEP, tid, 0, *signal);
    if (waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status))
        return 0;
    *signal = signal_of(tid, status);
    ptrace(PTRACE_GETREGS, tid, 0, &regs);
    return regs.rip;
}

/* The thread stands before the function's first instruction. */
static void step_to_function(int tid)
{
    int signal = 0;
    shared->go++;
    for (int i = 0; i < 1000000 && step(tid, &signal) != (uintptr_t)function; i++)
        ;
}

/* Runs on to the end of the call and stops again. */
static void finish(int tid, int signal)
{
    int status;

    ptrace(PTRACE_CONT, tid, 0, signal);
    while (shared->done != shared->go) {
        pid_t stopped = waitpid(tid, &status, __WALL | WNOHANG);
        if (stopped == tid && WIFSTOPPED(status))
            ptrace(PTRACE_CONT, tid, 0, signal_of(tid, status));
        else if (stopped)
            return;
        else
            usleep(20);
    }
    ptrace(PTRACE_INTERRUPT, tid, 0, 0);
    waitpid(tid, &status, __WALL);
}

/* With the site as `from` says, stops after `steps` instructions of the call, makes it as `to` says
 * and goes on. False: the call has fewer. */
static bool change_at(int tid, int from, int to, unsigned steps)
{
    int signal = 0;
    unsigned done = 0;

    command(from);
    shared->result = 0;
    step_to_function(tid);
    while (done < steps && shared->done != shared->go) {
        step(tid, &signal);
        done++;
    }
    if (!test_failed())
        command(to);
    finish(tid, signal);
    CHECK_SAY(shared->result == 6 && !shared->changed,
              "from %c to %c after %u steps: result %llu, changed %llu", from, to, steps,
              (unsigned long long)shared->result, (unsigned long long)shared->changed);
    if (from != '0' && to != '0')
        CHECK_SAY(shared->hits == 1, "from %c to %c after %u steps: %llu hits", from, to, steps,
                  (unsigned long long)shared->hits);
    CHECK_EQ(shared->failures, 0);
    return done == steps && steps < PATH && !test_failed();
}

/* False: this process may not. */
static bool trace(shape_fn *of, unsigned skipped)
{
    static const char changes[][2] = { "0a", "a0", "ab", "0b", "ba", "b0" };
    bool can = false;
    pid_t pid;
    int status;

    function = of;
    traps = 0;
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid = fork();
    if (!pid) {
        alarm(60);
        child(skipped);
        _exit(0);
    }
    for (int i = 0; !shared->tid && !waitpid(pid, &status, WNOHANG) && i < 100000; i++)
        usleep(100);
    if (!shared->tid)
        CHECK_SAY(false, "no site");
    else if (ptrace(PTRACE_SEIZE, pid, 0, 0) || ptrace(PTRACE_INTERRUPT, pid, 0, 0))
        test_skip("this process may not trace its children: %s", strerror(errno));
    else {
        can = true;
        waitpid(pid, &status, __WALL);
        for (size_t i = 0; i < (test_quick ? 3 : sizeof changes / sizeof *changes); i++)
            for (unsigned steps = 0; change_at(pid, changes[i][0], changes[i][1], steps); steps++)
                ;
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, __WALL);
    munmap(shared, 4096);
    return can;
}

static bool is_missing(void)
{
    if (target_find(host_target))
        return false;
    test_skip("this build compiles for other processors only");
    return true;
}

TEST(sleds_change_at_each_step)
{
    if (!is_missing())
        trace(step_sled, 0);
}

TEST(moved_entries_change_at_each_step)
{
    static shape_fn *const shapes[] = { shape_frame, shape_relative, shape_branch, shape_padded,
                                        shape_pad_sled };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && !is_missing(); i++)
        trace(shapes[i], 0);
}

/* With breakpoints within the jump. */
TEST(entries_with_breakpoints_change_at_each_step)
{
    if (!is_missing() && trace(shape_blocked, 1))
        CHECK(traps > 0);
}
#endif
