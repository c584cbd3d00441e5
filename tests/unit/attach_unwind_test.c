/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks through hooks: walked by backtrace() and gdb, and left by longjmp, pthread_exit(),
 * exceptions. */
#include "arch/targets.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <unwind.h>

static struct anybpf_env *env;
static unsigned seen;
static void (*when_seen)(void);

static uint64_t see(uint64_t x)
{
    seen++;
    if (when_seen)
        when_seen();
    return x;
}

static bool begin(void)
{
    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return false;
    }
    env = anybpf_env_new();
    seen = 0;
    when_seen = NULL;
    CHECK_EQ(anybpf_env_helper(env, 1000, "__u64 see(__u64 x)", (void *)(uintptr_t)see), 0);
    return true;
}

/* Calls the helper, with a stack of its own and something in registers. */
static const char text[] = "r6 = r1\n*(u64 *)(r10 - 8) = r1\nr1 = 0\ncall 1000\n"
                           "r6 = *(u64 *)(r6 + 0)\nr0 = 0\nexit\n";

static struct anybpf_link *attach(const char *kind, const char *function)
{
    char section[64];
    struct anybpf_prog *prog;
    struct anybpf_link *link;
    sprintf(section, "%s/%s", kind, function);
    prog = prog_from_text(env, section, text);
    link = prog ? anybpf_attach(prog, NULL, NULL) : NULL;
    CHECK_SAY(link, "%s: %s", section, anybpf_error(env));
    return link;
}

/* ---- Leaving a function otherwise than by its end ---- */

static const char *const kinds[] = { "fentry", "fexit", "fmod_ret", "fsession" };
enum { KINDS = sizeof kinds / sizeof *kinds, BEFORE = 3, AFTER = 2 };
static struct anybpf_link *links[KINDS];

static void attach_all(const char *name, void *function)
{
    char prototype[64];
    sprintf(prototype, "long %s(long x)", name);
    CHECK_EQ(anybpf_env_function(env, prototype, function), 0);
    for (int i = 0; i < KINDS; i++)
        links[i] = attach(kinds[i], name);
}

/* Programs still run, all of them, none is missed, and the thread's state is as it was. */
static void check_unharmed(long (*function)(long), long x)
{
    const struct vcpu *vcpu = vcpu_of_thread;
    struct anybpf_link_info info;
    unsigned before = seen;
    CHECK(function(x) == x + 1);
    CHECK_EQ(seen, before + BEFORE + AFTER);
    for (int i = 0; i < KINDS && links[i]; i++) {
        anybpf_link_info(links[i], &info, sizeof info);
        CHECK_EQ(info.misses, 0);
    }
    vcpu = vcpu_of_thread;
    CHECK(vcpu && !vcpu->epoch && !vcpu->recursion);
    CHECK_EQ(vcpu->stack_at, vcpu->stack_end - VCPU_STACK);
}

static jmp_buf back;
static int cleaned;

static void clean(int *unused)
{
    (void)unused;
    cleaned++;
}

static _Unwind_Reason_Code go_on_to_cleanup(int version, _Unwind_Action actions,
                                            _Unwind_Exception_Class class,
                                            struct _Unwind_Exception *exception,
                                            struct _Unwind_Context *context, void *unused)
{
    (void)version, (void)class, (void)exception, (void)context, (void)unused;
    if (cleaned || actions & _UA_END_OF_STACK)
        longjmp(back, 1);
    return _URC_NO_REASON;
}

enum way { BY_RETURN, BY_LONGJMP, BY_EXIT, BY_UNWINDING };

static void leave_by(long way)
{
    static struct _Unwind_Exception exception;
    switch (way) {
    case BY_LONGJMP: longjmp(back, 1);
    case BY_EXIT: pthread_exit(&back);
    case BY_UNWINDING: _Unwind_ForcedUnwind(&exception, go_on_to_cleanup, NULL); break;
    default: break;
    }
}

static SLED long leave_sled(long way)
{
    leave_by(way);
    return way + 1;
}

static __attribute__((noinline, noclone)) long leave_moved(long way)
{
    leave_by(way);
    return way + 1;
}

/* Calls with something to be cleaned up, and returns what comes of it. */
static __attribute__((noinline)) void call_cleaning(long (*function)(long), long way)
{
    int guarded __attribute__((cleanup(clean))) = 0;
    cleaned = 0;
    function(way);
    __asm__ volatile("" : : "r"(&guarded) : "memory");
}

static __attribute__((noinline)) void come_back(long (*function)(long), long way)
{
    if (!setjmp(back))
        call_cleaning(function, way);
}

static void *exit_within(void *function)
{
    long (*f)(long);
    memcpy(&f, &function, sizeof f);
    call_cleaning(f, BY_EXIT);
    return NULL;
}

static void leave_in_every_way(long (*function)(long), const char *name)
{
    pthread_t thread;
    void *address, *result = NULL;
    unsigned before;
    memcpy(&address, &function, sizeof address);
    if (!begin())
        return;
    attach_all(name, address);
    check_unharmed(function, BY_RETURN);
    for (int i = 0; i < 100 && !test_failed(); i++) {
        before = seen;
        come_back(function, BY_LONGJMP);
        CHECK_EQ(seen, before + BEFORE);
        come_back(function, BY_UNWINDING);
        CHECK_EQ(seen, before + 2 * BEFORE);
        CHECK_EQ(cleaned, 1);
        pthread_create(&thread, NULL, exit_within, address);
        pthread_join(thread, &result);
        CHECK(result == &back);
        CHECK_EQ(seen, before + 3 * BEFORE);
        CHECK_EQ(cleaned, 1);
        check_unharmed(function, BY_RETURN);
    }
    anybpf_env_free(env);
}

TEST(sleds_are_left_in_every_way)
{
    leave_in_every_way(leave_sled, "leave_sled");
}

TEST(moved_entries_are_left_in_every_way)
{
    leave_in_every_way(leave_moved, "leave_moved");
}

TEST(exceptions_pass_through_hooks)
{
    static const char *const names[] = { "throw_sled", "throw_moved" };
    void *library = dlopen(ATTACH_LIBS "/libattach_throw.so", RTLD_NOW | RTLD_LOCAL);
    bool (*caught)(long (*)(long), long, int *);
    if (!library) {
        test_skip("no C++ compiler built " ATTACH_LIBS "/libattach_throw.so");
        return;
    }
    *(void **)&caught = dlsym(library, "throw_caught");
    for (int i = 0; i < 2 && begin(); i++) {
        void *address = dlsym(library, names[i]);
        long (*function)(long);
        memcpy(&function, &address, sizeof function);
        attach_all(names[i], address);
        for (long x = -100; x < 0 && !test_failed(); x++) {
            unsigned before = seen;
            int ended = 0;
            CHECK(caught(function, x, &ended));
            CHECK_EQ(ended, 1);
            CHECK_EQ(seen, before + BEFORE);
        }
        check_unharmed(function, 5);
        anybpf_env_free(env);
    }
    dlclose(library);
}

/* ---- Walking ---- */

static void *frames[64];
static int walks, walked;

__attribute__((noinline)) void walk_stop(void);
static __attribute__((noinline)) long walk_caller(long (*function)(long), long x);

/* gdb stops here. */
__attribute__((noinline)) void walk_stop(void)
{
    uintptr_t begin = (uintptr_t)walk_caller;
    int count = backtrace(frames, 64);
    walks++;
    for (int i = 0; i < count; i++)
        walked += (uintptr_t)frames[i] > begin && (uintptr_t)frames[i] < begin + 64;
    __asm__ volatile("");
}

static SLED long walk_sled(long x)
{
    walk_stop();
    return x + 1;
}

static __attribute__((noinline, noclone)) long walk_moved(long x)
{
    __asm__ volatile("nop; nop; nop; nop; nop"); /* no call among what is moved */
    walk_stop();
    return x + 1;
}

static __attribute__((noinline)) long walk_caller(long (*function)(long), long x)
{
    long result = function(x);
    __asm__ volatile("");
    return result;
}

static void walk(long (*function)(long), const char *name)
{
    void *address;
    memcpy(&address, &function, sizeof address);
    attach_all(name, address);
    when_seen = walk_stop;
    CHECK(walk_caller(function, 1) == 2);
    when_seen = NULL;
}

TEST(backtraces_go_through_hooks)
{
    void *anything[1];
    if (!begin())
        return;
    backtrace(anything, 1); /* loads the unwinder */
    walks = walked = 0;
    walk(walk_sled, "walk_sled");
    walk(walk_moved, "walk_moved");
    CHECK_EQ(walks, 2 * (BEFORE + AFTER + 1));
    CHECK_EQ(walked, walks);
    anybpf_env_free(env);
}

TEST(gdb_goes_through_hooks)
{
    enum { STOPS = 2 * (BEFORE + AFTER + 1) };
    char command[2048], *at = command;
    struct utsname self;
    uname(&self);
    sprintf(command, "test $(uname -m) = %s", self.machine); /* an emulator's is another */
    if (system(command) ||
        system("gdb -nx -batch -ex run --args true 2>&1 | grep -q 'exited normally'")) {
        test_skip("no gdb for this process");
        return;
    }
    at += sprintf(at, "gdb -nx -batch -ex 'set confirm off' -ex 'break main' -ex run "
                      "-ex 'set var debug_gdb = 1' -ex 'break walk_stop' ");
    for (int i = 0; i < STOPS; i++)
        at += sprintf(at, "-ex continue -ex backtrace ");
    sprintf(at,
            "--args /proc/%d/exe attach_unwind_test/backtraces 2>&1 | "
            "grep -c '^#[0-9]* .*\\(walk_caller\\|run_unit\\) (' | grep -qx %d",
            (int)getpid(), 2 * STOPS);
    CHECK_SAY(!system(command), "%s", command);
}
