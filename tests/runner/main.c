/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds, and what counts tests. */
#include "runner/runner.h"
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static const struct kind {
    const char *name;
    void (*run)(void);
} kinds[] = {
    { "unit", run_unit },     { "load", run_load },
    { "run", run_run },       { "vectors", run_vectors },
    { "verify", run_verify }, { "ir", run_ir },
    { "obj", run_objects },   { "damage", run_damage },
    { "sums", run_sums }, /* last: of what the others loaded */
};

bool test_quick, test_rewrite;

static struct {
    unsigned passed, failed, skipped;
    bool list;
    char **patterns;
    int pattern_count;
    char name[256]; /* of the running test, "" outside */
    bool bad, skip;
} run;

const char *test_name(void)
{
    return run.name;
}

static bool wanted(const char *name)
{
    for (int i = 0; i < run.pattern_count; i++)
        if (strstr(name, run.patterns[i]))
            return true;
    return run.pattern_count == 0;
}

/* Of the processor, which is alike however busy the machine is; what hangs gets ten times that. */
static void give_time(unsigned seconds)
{
    struct itimerval timer = { .it_value.tv_sec = (time_t)seconds };
    setitimer(ITIMER_PROF, &timer, NULL);
    alarm(10 * seconds);
}

bool test_begin(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(run.name, sizeof run.name, format, args);
    va_end(args);
    run.bad = run.skip = false;
    bool go = wanted(run.name);
    if (go && run.list)
        puts(run.name);
    if (!go || run.list)
        run.name[0] = 0;
    else
        give_time(test_quick ? 120 : 900);
    return run.name[0] != 0;
}

void test_end(void)
{
    if (run.bad)
        run.failed++;
    else if (run.skip)
        run.skipped++;
    else
        run.passed++;
    run.name[0] = 0;
    give_time(0);
}

void test_skip(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("skipped: %s: ", run.name);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    run.skip = true;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAILED: %s: %s:%d: ", run.name, file, line);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    run.bad = true;
}

bool test_failed(void)
{
    return run.bad;
}

/* A test that kills the runner is at least named. Tests that handle these signals put back this
 * handler when they are done. */
static void die(int number)
{
    static const char killed[] = "FAILED: the runner was ended by a signal within ";
    ssize_t ignored = write(STDOUT_FILENO, killed, sizeof killed - 1);
    ignored = write(STDOUT_FILENO, run.name, strlen(run.name));
    ignored = write(STDOUT_FILENO, "\n", 1);
    (void)ignored;
    signal(number, SIG_DFL);
    raise(number);
}

static int usage(void)
{
    fputs("usage: anybpf-test [--quick] [--rewrite] [--list] [PATTERN..]\n"
          "  --quick    leave out what takes longer than a second\n"
          "  --rewrite  write what was got into the expected sections of the text files\n"
          "  --list     name the tests, run none\n"
          "A PATTERN is a part of a test's name, KIND/FILE/CASE.\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    int i = 1;
    for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
        if (!strcmp(argv[i], "--quick"))
            test_quick = true;
        else if (!strcmp(argv[i], "--rewrite"))
            test_rewrite = true;
        else if (!strcmp(argv[i], "--list"))
            run.list = true;
        else
            return usage();
    }
    run.patterns = argv + i;
    run.pattern_count = argc - i;
    setvbuf(stdout, NULL, _IOLBF, 0);
    static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM, SIGPROF };
    for (size_t n = 0; n < sizeof fatal / sizeof fatal[0]; n++)
        signal(fatal[n], die);
    for (size_t n = 0; n < sizeof kinds / sizeof kinds[0]; n++)
        kinds[n].run();
    if (run.list)
        return 0;
    if (run.skipped)
        printf("%u skipped\n", run.skipped);
    printf("%u passed, %u failed\n", run.passed, run.failed);
    return run.failed || !(run.passed + run.skipped) ? 1 : 0;
}
