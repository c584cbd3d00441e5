/* SPDX-License-Identifier: Apache-2.0 */
/* Faults: the handlers of SIGSEGV, SIGBUS and SIGTRAP, and reading memory that may not be there.
 *
 * A fault is ours only if the kernel reports it at an instruction of a registered range of code or
 * of a guarded read of host.c. Every other one, and every signal that was sent, goes to the handler
 * that was there before, with the mask and stack that it asked for.
 *
 * SIGTRAP is taken too, once fault_on_trap() was called, for breakpoints in code that is changed.
 *
 * A host may install handlers of its own after ours, chaining to ours or not. Each time we have to
 * go on top again another level takes the signal and passes it to what was on top then; a host's
 * handler that chains reaches the level below. So every handler sees a foreign fault once.
 *
 * The kernel kills a process that faults while the signal is blocked. Trusted programs therefore
 * run within fault_guard(). Guarded reads need no signal for a page that never was there: a page
 * read for the first time is tried by a system call that reports EFAULT. Only a page that was read
 * before and unmapped since costs a signal (and must not with that signal blocked). */
#include "rt/local.h"
#include <setjmp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Ranges: slots that only ever become more; null when free ---- */

enum { SLOTS = 255 };
struct slots {
    const struct code_range *at[SLOTS];
    struct slots *more;
};
static struct slots ranges;
static uint32_t searching; /* handlers that look at ranges now */

static int put_range(const struct code_range *range, struct error *err)
{
    for (struct slots *slots = &ranges;; slots = slots->more) {
        for (int i = 0; i < SLOTS; i++)
            if (!slots->at[i]) {
                __atomic_store_n(&slots->at[i], range, __ATOMIC_RELEASE);
                return 0;
            }
        if (!slots->more) {
            struct slots *more = pages_map(sizeof *more);
            if (!more)
                return fail(err, ANYBPF_E_MEMORY, "no memory for the table of code that may fault");
            __atomic_store_n(&slots->more, more, __ATOMIC_RELEASE);
        }
    }
}

static const struct code_range *range_of(uintptr_t at)
{
    for (const struct slots *slots = &ranges; slots;
         slots = __atomic_load_n(&slots->more, __ATOMIC_ACQUIRE))
        for (int i = 0; i < SLOTS; i++) {
            const struct code_range *range = __atomic_load_n(&slots->at[i], __ATOMIC_SEQ_CST);
            if (range && at >= (uintptr_t)range->begin && at < (uintptr_t)range->end)
                return range;
        }
    return NULL;
}

void fault_remove(const struct code_range *range)
{
    sigset_t before;
    process_take(&before);
    for (struct slots *slots = &ranges; slots; slots = slots->more)
        for (int i = 0; i < SLOTS; i++)
            if (slots->at[i] == range)
                __atomic_store_n(&slots->at[i], NULL, __ATOMIC_SEQ_CST);
    process_drop(&before);
    for (unsigned turns = 0; __atomic_load_n(&searching, __ATOMIC_SEQ_CST);)
        lock_wait(&turns);
}

/* ---- What is done about a fault ---- */

/* Entered in place of the faulting instruction. */
static void land(void)
{
    _longjmp(*(jmp_buf *)vcpu_of_thread->landing.at, 1);
}

static const struct fault_entry *entry_of(const struct code_range *range, uint32_t at)
{
    uint32_t low = 0, high = range->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (range->entries[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < range->count && range->entries[low].at == at ? &range->entries[low] : NULL;
}

static bool resume_in_range(const struct code_range *range, uintptr_t at, void *ucontext)
{
    uintptr_t begin = (uintptr_t)range->begin;
    const struct fault_entry *entry = entry_of(range, (uint32_t)(at - begin));

    if (entry) {
        host_context_resume(ucontext, begin + entry->landing);
        return true;
    }
    if (!range->abandons || !vcpu_of_thread || !vcpu_of_thread->landing.word)
        return false;
    host_context_abandon(ucontext, land);
    return true;
}

static uintptr_t (*trap_landing)(uintptr_t at);

static bool handle_trap(void *ucontext)
{
    uintptr_t (*find)(uintptr_t at) = __atomic_load_n(&trap_landing, __ATOMIC_ACQUIRE);
    uintptr_t landing = find ? find(host_context_trap(ucontext)) : 0;

    if (landing)
        host_context_resume(ucontext, landing);
    return landing != 0;
}

bool fault_handle(int signal, void *siginfo, void *ucontext)
{
    uintptr_t at = host_context_at(ucontext), landing = host_load_landing(at);
    const struct code_range *range;
    bool ours = false;

    if (((siginfo_t *)siginfo)->si_code <= 0)
        return false; /* sent by somebody */
    if (signal == SIGTRAP)
        return handle_trap(ucontext);
    if (signal != SIGSEGV && signal != SIGBUS)
        return false;
    if (landing) {
        host_context_resume(ucontext, landing);
        return true;
    }
    __atomic_fetch_add(&searching, 1, __ATOMIC_SEQ_CST);
    range = range_of(at);
    if (range)
        ours = resume_in_range(range, at, ucontext);
    __atomic_fetch_sub(&searching, 1, __ATOMIC_SEQ_CST);
    return ours;
}

/* ---- Handlers ---- */

enum { SEGV, BUS, FAULTS, TRAP = FAULTS, SIGNALS, LEVELS = 8 };
static const int signals[SIGNALS] = { SIGSEGV, SIGBUS, SIGTRAP };
static struct sigaction before_us[SIGNALS][LEVELS]; /* written before its level is installed */
static int installed[SIGNALS] = { -1, -1, -1 };     /* the highest level so far */

static void pass(int level, int signal, siginfo_t *info, void *ucontext)
{
    int which = signal == SIGTRAP ? TRAP : signal == SIGBUS ? BUS : SEGV;
    struct sigaction *action = &before_us[which][level];

    if (action->sa_flags & SA_SIGINFO)
        action->sa_sigaction(signal, info, ucontext);
    else if (action->sa_handler == SIG_DFL ||
             (action->sa_handler == SIG_IGN && info->si_code > 0)) {
        /* Back to the instruction, which faults again, or the signal once more. */
        sigaction(signal, action, NULL);
        if (info->si_code <= 0 || signal == SIGTRAP)
            syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
    } else if (action->sa_handler != SIG_IGN)
        action->sa_handler(signal);
    if (action->sa_flags & (int)SA_RESETHAND) {
        action->sa_flags &= ~(SA_SIGINFO | (int)SA_RESETHAND);
        action->sa_handler = SIG_DFL;
    }
}

static void take(int level, int signal, siginfo_t *info, void *ucontext)
{
    int saved = errno;
    if (!fault_handle(signal, info, ucontext))
        pass(level, signal, info, ucontext);
    errno = saved;
}

#define LEVEL(n)                                                                                   \
    static void level_##n(int signal, siginfo_t *info, void *ucontext)                             \
    {                                                                                              \
        take(n, signal, info, ucontext);                                                           \
    }
LEVEL(0)
LEVEL(1)
LEVEL(2)
LEVEL(3)
LEVEL(4)
LEVEL(5)
LEVEL(6)
LEVEL(7)
static void (*const levels[LEVELS])(int, siginfo_t *, void *) = { level_0, level_1, level_2,
                                                                  level_3, level_4, level_5,
                                                                  level_6, level_7 };

static bool is_ours(const struct sigaction *action)
{
    for (int i = 0; i < LEVELS; i++)
        if ((action->sa_flags & SA_SIGINFO) && action->sa_sigaction == levels[i])
            return true;
    return false;
}

static bool same(const struct sigaction *a, const struct sigaction *b)
{
    return a->sa_sigaction == b->sa_sigaction &&
           !((a->sa_flags ^ b->sa_flags) & (SA_SIGINFO | SA_ONSTACK | SA_NODEFER));
}

/* Sees to it that one of our levels is on top. The process's lock is held. */
static void install(int which)
{
    struct sigaction now, ours;
    int level = 0;

    if (sigaction(signals[which], NULL, &now) || is_ours(&now))
        return;
    while (level <= installed[which] && !same(&before_us[which][level], &now))
        level++;
    if (level == LEVELS)
        return; /* a host that changes its mind all the time */
    if (level > installed[which]) {
        before_us[which][level] = now;
        installed[which] = level;
    }
    ours = now; /* its mask and stack, so that passing on changes nothing */
    if (!(now.sa_flags & SA_SIGINFO) && (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN))
        ours.sa_flags = SA_ONSTACK;
    ours.sa_flags = (ours.sa_flags | SA_SIGINFO) & ~(int)SA_RESETHAND;
    ours.sa_sigaction = levels[level];
    sigaction(signals[which], &ours, NULL);
}

/* Of faults; of traps only where they are waited for. */
static void install_all(void)
{
    for (int i = 0; i < SIGNALS; i++)
        if (!process.forbid_handlers && (i != TRAP || trap_landing))
            install(i);
}

int fault_on_trap(uintptr_t (*landing)(uintptr_t at), struct error *err)
{
    sigset_t before;

    if (!process_start())
        return fail(err, ANYBPF_E_SYSTEM, "no thread key is left");
    process_take(&before);
    __atomic_store_n(&trap_landing, landing, __ATOMIC_RELEASE);
    if (!process.forbid_handlers)
        install(TRAP);
    process_drop(&before);
    return 0;
}

int fault_add(const struct code_range *range, struct error *err)
{
    sigset_t before;
    int code;

    process_take(&before);
    code = put_range(range, err);
    install_all();
    process_drop(&before);
    return code;
}

/* Puts a level of ours on top again where the host has put a handler of its own. */
static void install_again(void)
{
    for (int i = 0; i < FAULTS; i++) {
        struct sigaction now;
        if (!sigaction(signals[i], NULL, &now) && !is_ours(&now)) {
            sigset_t before;
            process_take(&before);
            install(i);
            process_drop(&before);
        }
    }
}

/* A signal may come at any instruction, and its handler be in need of a guard too: it leaves all as
 * it was, but for what it wrote into vcpu->host, which is therefore written after the mask was
 * changed, and read before the guard is given up. */
void fault_guard(struct vcpu *vcpu)
{
    struct vcpu_host *host = vcpu->host;

    if (!host->guards) {
        sigset_t faults, before;
        bool unblocked;
        if (!process.forbid_handlers)
            install_again();
        sigemptyset(&faults);
        for (int i = 0; i < FAULTS; i++)
            sigaddset(&faults, signals[i]);
        unblocked = !pthread_sigmask(SIG_UNBLOCK, &faults, &before) &&
                    (sigismember(&before, SIGSEGV) || sigismember(&before, SIGBUS));
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        host->unblocked = unblocked;
        host->mask = before;
    }
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    host->guards++;
}

void fault_unguard(struct vcpu *vcpu)
{
    struct vcpu_host *host = vcpu->host;
    bool restore = host->guards == 1 && host->unblocked;
    sigset_t mask = host->mask;

    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    host->guards--;
    if (restore)
        pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* ---- Reading what may not be there ---- */

/* Whether the page could be read now, without a signal: the kernel reads the set before it finds
 * that the command makes no sense. Eight bytes that lie in the page. */
static bool try_page(uint64_t at)
{
    enum { NO_COMMAND = -1, SET_SIZE = 8 };
    return syscall(SYS_rt_sigprocmask, NO_COMMAND, at & ~UINT64_C(7), NULL, SET_SIZE) == -1 &&
           errno == EINVAL;
}

/* Whether to go and read the page: it was there before, or is there now. */
static bool see(uint64_t at)
{
    struct vcpu *vcpu = vcpu_get();
    uint64_t page = at / host_page(), mark = page + 1; /* 0: an empty place */
    uint64_t *seen = vcpu ? &vcpu->host->seen[page % SEEN_PAGES] : NULL;
    static bool ready;
    int saved;
    bool there;

    if (seen && *seen == mark)
        return true;
    if (at > UINTPTR_MAX)
        return false;
    saved = errno;
    if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE) && process_start()) {
        sigset_t before;
        process_take(&before);
        install_all();
        process_drop(&before);
        __atomic_store_n(&ready, true, __ATOMIC_RELEASE);
    }
    there = try_page(at);
    errno = saved;
    if (there && seen)
        *seen = mark;
    return there;
}

static void forget(uint64_t at)
{
    if (vcpu_of_thread)
        vcpu_of_thread->host->seen[at / host_page() % SEEN_PAGES] = 0;
}

static size_t in_page(uint64_t at, size_t size)
{
    size_t rest = host_page() - (size_t)(at & (host_page() - 1));
    return size < rest ? size : rest;
}

size_t fault_copy(void *to, uint64_t from, size_t size)
{
    size_t done = 0;

    while (done < size && from + done >= from) {
        uint64_t at = from + done;
        size_t part = in_page(at, size - done), copied;
        if (!see(at))
            break;
        copied = host_copy((uint8_t *)to + done, (const void *)(uintptr_t)at, part);
        done += copied;
        if (copied < part) {
            forget(at);
            break;
        }
    }
    return done;
}

int64_t fault_copy_text(char *to, uint64_t from, size_t size)
{
    for (size_t done = 0; done < size;) {
        uint64_t at = from + done, skip = at & 7, word;
        uint8_t bytes[8];
        if (at < from || ((at & (host_page() - 1)) < 8 || !done ? !see(at) : false))
            return -EFAULT;
        if (!host_load(&word, (const uint64_t *)(uintptr_t)(at - skip))) {
            forget(at);
            return -EFAULT;
        }
        memcpy(bytes, &word, 8);
        for (; skip < 8 && done < size; skip++)
            if (!(to[done++] = (char)bytes[skip]))
                return (int64_t)done;
    }
    if (size)
        to[size - 1] = 0;
    return (int64_t)size;
}
