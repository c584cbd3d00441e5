/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf-fuzz: see usage(). Samples have the seeds N, N + 1, ... */
#include "base/clock.h"
#include "fuzz/fuzz.h"
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    uint64_t seed, count;
    bool kernel, print, table, rejected, verifier;
    uint32_t programs; /* read from test files */
    uint32_t corpus;   /* programs read from objects */
    enum mode mode;
} options = { .count = 20000, .mode = MODE_WILD };

/* What test code reports failures with; here they end the run. */
void test_fail(const char *file, int line, const char *format, ...);
void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, args);
    va_end(args);
    exit(2);
}

static int usage(void)
{
    fputs(
        "usage: anybpf-fuzz [--seed N] [--count N] [--kernel] [--tame] [--rejected] [--print] "
        "[--table]\n"
        "Runs N random programs interpreted and compiled and compares what they do.\n"
        "  --seed N   begin with this one (default 0)\n"
        "  --count N  how many (default 20000); with less than 20000 holes in the coverage are\n"
        "             shown but are no failure\n"
        "  --kernel   compare with the kernel's BPF_PROG_TEST_RUN instead\n"
        "  --tame     only programs that the verifier should accept\n"
        "  --rejected say why the verifier does not accept what it should; with --count 1 make\n"
        "             that program small\n"
        "  --verifier suspect the verifier: run what it accepts of programs that may be unsafe\n"
        "             with --kernel: and say where the kernel's verifier differs\n"
        "  --texts F  with --verifier: also change the programs in the test files of folder F\n"
        "  --objects F  change the programs in the objects of folder F, and run what the verifier\n"
        "             accepts of them\n"
        "  --print    print the programs, run none\n"
        "  --table    print the whole table of what was reached\n",
        stderr);
    return 2;
}

static void run_one(const struct sample *sample, struct report *report)
{
    if (options.verifier)
        soundness_run(sample, report);
    else if (options.kernel)
        kernel_compare(sample, report);
    else
        execute(sample, report);
}

static void make(struct arena *arena, uint64_t seed, struct sample *sample)
{
    if (options.verifier)
        soundness_make(arena, seed, sample);
    else if (options.corpus)
        corpus_make(arena, seed, sample);
    else
        generate(arena, seed, options.kernel ? MODE_KERNEL : options.mode, sample);
}

static int check(const struct sample *sample)
{
    struct report report;
    run_one(sample, &report);
    return report.verdict == DIFFERENT;
}

static char rejected[24]; /* how the rejection to be shrunk begins */

static int check_rejected(const struct sample *sample)
{
    struct report report;
    run_one(sample, &report);
    return !strncmp(report.rejected, rejected, sizeof rejected);
}

static volatile uint64_t running;
static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPROF, SIGTRAP };

static void make_smaller(uint64_t seed)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct sample sample;
    struct report report = { 0 };
    make(arena, seed, &sample);
    shrink(&sample, rejected[0] ? check_rejected : check);
    sample_print(&sample);
    fflush(stdout);
    give_time(10);
    run_one(&sample, &report);
    if (report.text[0])
        printf("shrunk: %s\n", report.text);
    arena_free(arena);
}

/* A sample that kills the process is shrunk by another one. */
static void die(int number)
{
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    printf("seed %" PRIu64 ": signal %d\n", running, number);
    fflush(stdout);
    if (!fork()) {
        make_smaller(running);
        _exit(0);
    }
    wait(NULL);
    raise(number);
}

struct tally {
    uint64_t same, different, refused, verified, tame;
    unsigned shown;
};

static void run_seed(struct arena *arena, uint64_t seed, struct tally *tally)
{
    struct arena_mark mark = arena_mark(arena);
    struct sample sample;
    struct report report;

    running = seed;
    make(arena, seed, &sample);
    if (options.print) {
        printf("== seed %" PRIu64 "\n", seed);
        sample_print(&sample);
    } else {
        coverage_count(&sample);
        run_one(&sample, &report);
        if (options.corpus)
            corpus_count(&sample, report.verified);
        tally->same += report.verdict == SAME;
        tally->verified += report.verified;
        tally->tame += sample.mode != MODE_WILD;
        if (options.rejected && report.rejected[0])
            printf("seed %" PRIu64 ": %s\n", seed, report.rejected);
        if (options.rejected && report.rejected[0] && options.count == 1) {
            memcpy(rejected, report.rejected, sizeof rejected);
            make_smaller(seed);
        }
        if (report.verdict == REFUSED && !tally->refused++)
            printf("seed %" PRIu64 " is refused: %s\n", seed, report.text);
        if (report.verdict == DIFFERENT) {
            printf("seed %" PRIu64 ": %s\n", seed, report.text);
            if (!tally->different++)
                make_smaller(seed);
        }
    }
    arena_reset(arena, mark);
}

static bool read_options(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed") && i + 1 < argc)
            options.seed = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--count") && i + 1 < argc)
            options.count = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--kernel"))
            options.kernel = true;
        else if (!strcmp(argv[i], "--tame"))
            options.mode = MODE_TAME;
        else if (!strcmp(argv[i], "--rejected"))
            options.rejected = true;
        else if (!strcmp(argv[i], "--verifier"))
            options.verifier = true;
        else if (!strcmp(argv[i], "--texts") && i + 1 < argc)
            options.programs = mutate_read(argv[++i]);
        else if (!strcmp(argv[i], "--objects") && i + 1 < argc) {
            if (!(options.corpus = corpus_read(argv[++i])))
                return false;
        } else if (!strcmp(argv[i], "--print"))
            options.print = true;
        else if (!strcmp(argv[i], "--table"))
            options.table = true;
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct tally tally = { 0 };
    uint64_t start;

    if (!read_options(argc, argv))
        return usage();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (options.kernel && !kernel_works()) {
        puts("skipped: bpf() is not permitted here");
        return 0;
    }
    struct arena *arena = arena_new(&allocator_libc, 0);
    uint64_t budget = options.corpus ? 60000 : 20000;
    if (!arena || !(options.verifier ? soundness_begin(options.kernel) : execute_begin(budget)))
        return 2;
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], die);
    coverage_begin();
    start = clock_ns();
    for (uint64_t i = 0; i < options.count && tally.different < 10; i++) {
        if (i % (options.corpus ? 16 : 256) == 0)
            give_time(30);
        run_seed(arena, options.seed + i, &tally);
    }
    give_time(0);
    arena_free(arena);
    double us = (double)(clock_ns() - start) / 1e3;
    if (options.print)
        return 0;
    unsigned empty = options.verifier ? soundness_print()
                     : options.kernel ? 0
                     : options.corpus ? corpus_print(options.table)
                                      : coverage_print(options.table);
    printf("%" PRIu64 " alike, %" PRIu64 " different, %" PRIu64 " refused; %" PRIu64 " of %" PRIu64
           " accepted by the verifier; %.1f us each\n",
           tally.same, tally.different, tally.refused, tally.verified, tally.tame,
           us / (double)(options.count ? options.count : 1));
    return tally.different || (tally.refused && !options.kernel) ||
           (empty && options.count >= 20000);
}
