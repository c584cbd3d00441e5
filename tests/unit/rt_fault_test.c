/* SPDX-License-Identifier: Apache-2.0 */
/* Faults: memory that is not there, read by helpers and by trusted programs; handlers of the host
 * before and after ours. Each test runs in a process of its own, with handlers of its own. */
#include "runner/runner.h"
#include "rt/rt.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 }; /* has handlers of its own */
#else
enum { SANITIZED = 0 };
#endif

/* A "compiled program" that reads what r1 points to: C code in a range of its own. */
__attribute__((section("test_faults"), noinline, no_sanitize_address,
               no_sanitize_thread)) static uint64_t
read_it(struct vcpu *vcpu, void *frame, uint64_t r1)
{
    (void)vcpu, (void)frame;
    return *(volatile uint64_t *)(uintptr_t)r1;
}
extern const uint8_t code_begin[] __asm__("__start_test_faults")
    __attribute__((visibility("hidden")));
extern const uint8_t code_end[] __asm__("__stop_test_faults") __attribute__((visibility("hidden")));

static struct code_range range = { .abandons = true };
static struct runnable run = { .cpus = 1024, .flags = RUNNABLE_MAY_FAULT };
static uint8_t *page; /* one readable page, then one that is not there */

/* Checks in the child; its exit status is the line of the first that failed. */
#define MUST(condition)                                                                            \
    do                                                                                             \
        if (!(condition))                                                                          \
            _exit(__LINE__ % 251 + 1);                                                             \
    while (0)

static void prepare(void)
{
    size_t size = host_page();
    signal(SIGSEGV, SIG_DFL); /* the runner has handlers too */
    signal(SIGBUS, SIG_DFL);
    range.begin = code_begin;
    range.end = code_end;
    SLOT_SET(run.code, read_it);
    page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(page != MAP_FAILED);
    MUST(!munmap(page + size, size));
}

static int status_of(void (*body)(void))
{
    int status = -1;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (!child) {
        prepare();
        body();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

static void in_child(void (*body)(void))
{
    int status = status_of(body);
    CHECK_SAY(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    CHECK_SAY(!WIFEXITED(status) || !WEXITSTATUS(status), "line %% 251 is %d",
              WEXITSTATUS(status) - 1);
}

static bool runs(void *context, int wanted)
{
    uint64_t result = 0;
    return vcpu_run(vcpu_get(), &run, context, 8, &result) == wanted;
}

static const uint64_t NOWHERE = 0x10;

/* ---- Reads by helpers ---- */

static void copies(void)
{
    uint8_t to[64];
    size_t size = host_page();

    memset(page, 'x', size);
    MUST(fault_copy(to, (uintptr_t)page, 64) == 64 && to[63] == 'x');
    MUST(fault_copy(to, (uintptr_t)page + size - 13, 64) == 13);
    MUST(fault_copy(to, (uintptr_t)page + size, 1) == 0);
    MUST(fault_copy(to, 0, 1) == 0);
    MUST(fault_copy(to, NOWHERE, 8) == 0);
    MUST(fault_copy(to, UINT64_MAX - 3, 8) == 0);
    MUST(fault_copy(to, UINT64_C(0x8000000000000000), 8) == 0);
    MUST(fault_copy(to, UINT64_C(0xffff800000000000), 8) == 0);
    MUST(fault_copy(to, 0, 0) == 0);
}

static void copies_text(void)
{
    char to[32];
    size_t size = host_page();
    uintptr_t end = (uintptr_t)page + size;

    memcpy(page + size - 6, "hello", 6);
    MUST(fault_copy_text(to, end - 6, 32) == 6 && !strcmp(to, "hello"));
    MUST(fault_copy_text(to, end - 6, 3) == 3 && !strcmp(to, "he"));
    MUST(fault_copy_text(to, end - 6, 0) == 0);
    page[size - 1] = '!';
    MUST(fault_copy_text(to, end - 6, 6) == 6 && !strcmp(to, "hello"));
    MUST(fault_copy_text(to, end - 6, 7) == -EFAULT);
    MUST(fault_copy_text(to, NOWHERE, 7) == -EFAULT);
    MUST(fault_copy_text(to, UINT64_MAX - 1, 7) == -EFAULT);
}

static void copies_from_a_page_gone(void)
{
    uint8_t to[8];
    char text[8];

    MUST(fault_copy(to, (uintptr_t)page, 8) == 8); /* seen: read without asking from now on */
    MUST(!munmap(page, host_page()));
    MUST(fault_copy(to, (uintptr_t)page, 8) == 0);
    MUST(fault_copy_text(text, (uintptr_t)page, 8) == -EFAULT);
    MUST(mmap(page, host_page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
              -1, 0) == page);
    MUST(fault_copy(to, (uintptr_t)page, 8) == 8);
}

static void copies_with_signals_blocked(void)
{
    sigset_t all;
    uint8_t to[8];

    sigfillset(&all);
    MUST(!sigprocmask(SIG_SETMASK, &all, NULL));
    MUST(fault_copy(to, NOWHERE, 8) == 0);
    MUST(fault_copy(to, (uintptr_t)page + host_page(), 8) == 0);
    MUST(fault_copy(to, (uintptr_t)page, 8) == 8);
}

static void copies_from_a_truncated_file(void)
{
    int fd = memfd_create("test", 0);
    size_t size = host_page();
    uint8_t to[8], *file;

    MUST(fd >= 0 && !ftruncate(fd, (off_t)(2 * size)));
    file = mmap(NULL, 2 * size, PROT_READ, MAP_SHARED, fd, 0);
    MUST(file != MAP_FAILED);
    MUST(fault_copy(to, (uintptr_t)file + size, 8) == 8);
    MUST(!ftruncate(fd, 10));
    MUST(fault_copy(to, (uintptr_t)file + size, 8) == 0); /* SIGBUS */
    MUST(fault_copy(to, (uintptr_t)file, 8) == 8);
    if (!SANITIZED) {
        MUST(!fault_add(&range, NULL));
        MUST(runs(file + size, ANYBPF_E_FAULT));
    }
}

TEST(rt_fault_reads_end_where_memory_ends)
{
    in_child(copies);
    in_child(copies_text);
    in_child(copies_from_a_page_gone);
    in_child(copies_with_signals_blocked);
    in_child(copies_from_a_truncated_file);
}

/* ---- Trusted programs ---- */

static void ends_the_invocation(void)
{
    uint64_t at, result = 0;
    struct vcpu *vcpu = vcpu_get();

    *(uint64_t *)(void *)page = 42;
    MUST(!fault_add(&range, NULL));
    at = vcpu->stack_at;
    for (int i = 0; i < 1000; i++) {
        MUST(vcpu_run(vcpu, &run, page, 8, &result) == 0 && result == 42);
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    }
    MUST(vcpu->stack_at == at && !vcpu->landing.word && !vcpu->epoch);
    fault_remove(&range);
}

static bool blocked(int signal)
{
    sigset_t now;
    MUST(!sigprocmask(SIG_SETMASK, NULL, &now));
    return sigismember(&now, signal);
}

static void with_signals_blocked(void)
{
    sigset_t all;

    MUST(!fault_add(&range, NULL));
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    sigfillset(&all);
    MUST(!sigprocmask(SIG_SETMASK, &all, NULL));
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    MUST(blocked(SIGSEGV) && blocked(SIGBUS) && blocked(SIGUSR1));
}

static void within_a_guard(void)
{
    struct vcpu *vcpu = vcpu_get();
    sigset_t all;

    MUST(!fault_add(&range, NULL));
    sigfillset(&all);
    MUST(!sigprocmask(SIG_SETMASK, &all, NULL));
    fault_guard(vcpu);
    fault_guard(vcpu);
    for (int i = 0; i < 100; i++)
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    fault_unguard(vcpu);
    MUST(!blocked(SIGSEGV) && !blocked(SIGBUS) && blocked(SIGUSR1));
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    fault_unguard(vcpu);
    MUST(blocked(SIGSEGV) && blocked(SIGBUS) && blocked(SIGUSR1));
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    MUST(blocked(SIGSEGV) && blocked(SIGBUS));
}

static void *on_alternate_stack(void *arg)
{
    stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
    (void)arg;
    MUST(!sigaltstack(&stack, NULL));
    for (int i = 0; i < 100; i++)
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    return NULL;
}

static void in_threads_with_alternate_stacks(void)
{
    pthread_t threads[3];

    MUST(!fault_add(&range, NULL));
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, on_alternate_stack, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

TEST(rt_fault_ends_a_trusted_invocation)
{
    if (SANITIZED) {
        test_skip("the sanitizer takes the signals");
        return;
    }
    in_child(ends_the_invocation);
    in_child(with_signals_blocked);
    in_child(within_a_guard);
    in_child(in_threads_with_alternate_stacks);
}

/* ---- Handlers of the host ---- */

static sigjmp_buf after_fault;
static void *fault_address;
static int host_calls;
static struct sigaction chained;

static void host_handler(int signal, siginfo_t *info, void *ucontext)
{
    (void)signal, (void)ucontext;
    host_calls++;
    fault_address = info->si_addr;
    siglongjmp(after_fault, 1);
}

static void chaining_handler(int signal, siginfo_t *info, void *ucontext)
{
    host_calls += 100;
    chained.sa_sigaction(signal, info, ucontext);
}

static void install(void (*handler)(int, siginfo_t *, void *), struct sigaction *before)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    MUST(!sigaction(SIGSEGV, &action, before));
}

/* A fault of the host's own reaches its handler, with the right address, once. */
static bool reaches_host(int wanted_calls)
{
    host_calls = 0;
    fault_address = NULL;
    if (!sigsetjmp(after_fault, 1))
        *(volatile char *)(page + host_page() + 5) = 1;
    return host_calls == wanted_calls && fault_address == page + host_page() + 5;
}

static void handler_before(void)
{
    install(host_handler, NULL);
    MUST(!fault_add(&range, NULL));
    for (int i = 0; i < 10; i++) {
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
        MUST(reaches_host(1));
    }
}

static void handler_after(void)
{
    MUST(!fault_add(&range, NULL));
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    install(host_handler, NULL);
    for (int i = 0; i < 10; i++) {
        MUST(reaches_host(1));
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    }
}

static void handlers_before_and_after(void)
{
    install(host_handler, NULL);
    MUST(!fault_add(&range, NULL));
    install(chaining_handler, &chained);
    for (int i = 0; i < 10; i++) {
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
        MUST(reaches_host(101));
    }
    install(host_handler, NULL); /* and back again, as often as the host likes */
    for (int i = 0; i < 20; i++) {
        MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
        install(i % 2 ? host_handler : chaining_handler, NULL);
    }
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
}

static void forwarding_handler(int signal, siginfo_t *info, void *ucontext)
{
    if (!fault_handle(signal, info, ucontext))
        host_handler(signal, info, ucontext);
}

static void handlers_forbidden(void)
{
    struct sigaction now;

    process.forbid_handlers = true;
    MUST(!fault_add(&range, NULL));
    MUST(!sigaction(SIGSEGV, NULL, &now) && now.sa_handler == SIG_DFL);
    install(forwarding_handler, NULL);
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    MUST(reaches_host(1));
    MUST(!sigaction(SIGSEGV, NULL, &now) && now.sa_sigaction == forwarding_handler);
}

static void sent_signal(void)
{
    install(host_handler, NULL);
    MUST(!fault_add(&range, NULL));
    host_calls = 0;
    if (!sigsetjmp(after_fault, 1))
        kill(getpid(), SIGSEGV);
    MUST(host_calls == 1);
}

static void no_handler(void)
{
    MUST(!fault_add(&range, NULL));
    MUST(runs((void *)(uintptr_t)NOWHERE, ANYBPF_E_FAULT));
    *(volatile char *)(page + host_page()) = 1;
}

static void no_handler_sent(void)
{
    MUST(!fault_add(&range, NULL));
    raise(SIGSEGV);
}

TEST(rt_fault_leaves_other_faults_to_the_host)
{
    int status;
    if (SANITIZED) {
        test_skip("the sanitizer takes the signals");
        return;
    }
    in_child(handler_before);
    in_child(handler_after);
    in_child(handlers_before_and_after);
    in_child(handlers_forbidden);
    in_child(sent_signal);
    status = status_of(no_handler);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    status = status_of(no_handler_sent);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
