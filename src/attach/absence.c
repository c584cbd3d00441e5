/* SPDX-License-Identifier: Apache-2.0 */
/* Whether threads are within code that nobody enters any more. Each one that was there when the
 * code was left has to be seen outside once: then it never comes back.
 *
 * The kernel tells where a thread waits (/proc/self/task/TID/syscall). It is outside if neither its
 * instruction nor a word of its stack, from the stack pointer up, is an address of the code: there
 * return addresses and what signals interrupted lie. That is seen while it does not move: before
 * and afterwards it waits in the same place and was not switched meanwhile.
 *
 * What cannot be told counts as within: a thread that runs; one on a signal stack, because it left
 * another stack; one whose child runs in this process's memory (vfork); all of them where /proc is
 * not there or is an emulator's. Stacks that no thread is on (fibers) are not seen. */
#include "attach/local.h"
#include "base/planted.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_MOST = 64 << 20, TEXT = 4096, WORDS = 512, SIGNAL_STACK_LEAST = 1024 };

/* ---- What the kernel tells ---- */

static ssize_t read_file(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
    int error = errno;

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = 0;
    errno = error;
    return got;
}

struct waiting {
    char where[256]; /* system call, arguments, stack pointer, instruction */
    uint64_t switches;
};

enum sight { GONE, WAITS, UNKNOWN };

static enum sight look(pid_t thread, struct waiting *w)
{
    char path[64], text[TEXT];
    const char *line;

    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)thread);
    if (read_file(path, w->where, sizeof w->where) <= 0)
        return errno == ENOENT || errno == ESRCH ? GONE : UNKNOWN;
    snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)thread);
    if (read_file(path, text, sizeof text) <= 0 ||
        !(line = strstr(text, "\nvoluntary_ctxt_switches:")))
        return UNKNOWN;
    w->switches = strtoull(strchr(line, ':') + 1, NULL, 10);
    if ((line = strstr(text, "\nnonvoluntary_ctxt_switches:")))
        w->switches += strtoull(strchr(line, ':') + 1, NULL, 10);
    return WAITS;
}

/* Its stack pointer and instruction. */
static bool read_waiting(const struct waiting *w, uintptr_t *sp, uintptr_t *pc)
{
    char *end;
    long number = strtol(w->where, &end, 10);
    uint64_t words[8];
    unsigned count = 0;

    if (end == w->where || number == SYS_clone || number == SYS_clone3)
        return false;
#ifdef SYS_vfork
    if (number == SYS_vfork)
        return false;
#endif
    while (count < 8) {
        const char *begin = end;
        words[count] = strtoull(begin, &end, 16);
        if (end == begin)
            break;
        count++;
    }
    if (count != 8 && !(count == 2 && number < 0))
        return false;
    *sp = (uintptr_t)words[count - 2];
    *pc = (uintptr_t)words[count - 1];
    return true;
}

/* ---- Stacks ---- */

struct watch {
    const struct code_span *spans; /* sorted */
    size_t count;
    int memory; /* /proc/self/mem */
};

static bool is_within(const struct watch *watch, uint64_t at)
{
    size_t low = 0, high = FAULT(absence_spans, watch->count, 0);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (watch->spans[middle].end < at) /* a call may be the last instruction */
            low = middle + 1;
        else
            high = middle;
    }
    return low < watch->count && watch->spans[low].begin <= at;
}

/* The end of the mapping that an address is in, or 0. */
static uintptr_t mapping_end(uintptr_t at)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[TEXT];
    uintptr_t begin, end, found = 0;

    while (maps && !found && fgets(line, sizeof line, maps))
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &begin, &end) == 2 && at >= begin && at < end)
            found = end;
    if (maps)
        fclose(maps);
    return found;
}

/* What a signal's frame says of the signal stack (ucontext, uc_stack), which it lies on itself. */
static bool is_on_signal_stack(const uint64_t *word, uintptr_t at)
{
    return word[2] >= SIGNAL_STACK_LEAST && word[2] < STACK_MOST && word[0] <= at &&
           at - word[0] < word[2];
}

static bool stack_is_clean(const struct watch *watch, uintptr_t sp)
{
    uintptr_t end = mapping_end(sp);
    uint64_t words[WORDS + 2] = { 0 };

    if (!end || end - sp > STACK_MOST)
        return false;
    for (uintptr_t at = sp & ~(uintptr_t)7; at < end; at += WORDS * 8) {
        size_t size = end - at < sizeof words ? end - at : sizeof words;
        size_t count = size / 8 < WORDS ? size / 8 : WORDS;
        if (pread(watch->memory, words, size, (off_t)at) != (ssize_t)size)
            return false;
        memset((char *)words + size, 0, sizeof words - size);
        for (size_t i = 0; i < count; i++)
            if (is_within(watch, words[i]) ||
                FAULT(absence_signal, is_on_signal_stack(&words[i], at + 8 * i), false))
                return false;
    }
    return true;
}

/* ---- Threads ---- */

static bool is_outside(const struct watch *watch, pid_t thread)
{
    struct waiting before, after;
    enum sight sight;
    uintptr_t sp, pc;

    if (thread == (pid_t)syscall(SYS_gettid))
        return stack_is_clean(watch, (uintptr_t)__builtin_frame_address(0));
    sight = look(thread, &before);
    if (sight != WAITS)
        return sight == GONE;
    return read_waiting(&before, &sp, &pc) && !is_within(watch, pc) && stack_is_clean(watch, sp) &&
           look(thread, &after) == WAITS && before.switches == after.switches &&
           !strcmp(before.where, after.where);
}

/* Whether the kernel tells of the threads as this code sees them: of this one it is known. */
static bool can_tell(void)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0), sp, pc;
    struct waiting own;

    return look((pid_t)syscall(SYS_gettid), &own) == WAITS && read_waiting(&own, &sp, &pc) &&
           frame - sp < 64 << 10;
}

/* Writes up to `room` of this process's threads and returns how many there are; 0: nobody knows. */
static uint32_t list(pid_t *threads, uint32_t room)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *task;
    uint32_t count = 0;

    while (tasks && (task = readdir(tasks))) {
        if (task->d_name[0] == '.')
            continue;
        if (count < room)
            threads[count] = (pid_t)atoi(task->d_name);
        count++;
    }
    if (tasks)
        closedir(tasks);
    return count;
}

bool absence_begin(struct absence *absence)
{
    enum { NEW_ONES = 16 };
    uint32_t count = 0;

    *absence = (struct absence){ 0 };
    if (!can_tell())
        return false;
    do {
        absence_end(absence);
        absence->room = list(NULL, 0) + NEW_ONES;
        absence->threads = allocator_libc.alloc(allocator_libc.user, absence->room * sizeof(pid_t));
        count = absence->threads ? list(absence->threads, absence->room) : 0;
    } while (count > absence->room);
    absence->count = count;
    absence->process = getpid();
    if (!count)
        absence_end(absence);
    return count;
}

bool absence_shown(struct absence *absence, const struct code_span *spans, size_t count)
{
    struct watch watch = { spans, count, open("/proc/self/mem", O_RDONLY | O_CLOEXEC) };
    uint32_t left = 0;

    if (watch.memory < 0)
        return false;
    if (absence->process != FAULT(absence_fork, getpid(), absence->process)) {
        absence_end(absence); /* a child's thread is another one than its parent's */
        absence_begin(absence);
    }
    if (!absence->threads) {
        close(watch.memory);
        return false;
    }
    for (uint32_t i = 0; i < absence->count; i++)
        if (!is_outside(&watch, absence->threads[i]))
            absence->threads[left++] = absence->threads[i];
    absence->count = left;
    close(watch.memory);
    return !left;
}

void absence_end(struct absence *absence)
{
    if (absence->threads)
        allocator_libc.release(allocator_libc.user, absence->threads,
                               absence->room * sizeof(pid_t));
    *absence = (struct absence){ 0 };
}
