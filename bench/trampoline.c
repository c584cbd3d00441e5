/* SPDX-License-Identifier: Apache-2.0 */
/* What programs that count calls in an array map add to a call of an empty C function, beside what
 * the least hand-written code adds that counts in memory:
 *     ./trampoline [trampoline.bpf.o]
 * Each figure is the least of many short measurements, all kinds taking turns. */
#include "base/clock.h"
#include <anybpf.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define SLED __attribute__((noinline, noclone, patchable_function_entry(5)))
#else
#define SLED __attribute__((noinline, noclone, patchable_function_entry(2)))
#endif
enum { CALLS = 20000, ROUNDS = 400 };

typedef int empty_fn(int x, long y);
#define EMPTY(name)                                                                                \
    static SLED int name(int x, long y)                                                            \
    {                                                                                              \
        (void)y;                                                                                   \
        __asm__ volatile("");                                                                      \
        return x;                                                                                  \
    }
EMPTY(bare)
EMPTY(at_entry)
EMPTY(at_exit)
EMPTY(at_modify)

#if defined(__x86_64__)
/* The floors: as an entry jumps to them. */
uint64_t floor_calls;
int floor_entry(int x, long y), floor_exit(int x, long y), floor_member(int x, long y);
__asm__(".text\n.p2align 4\n"
        "floor_entry: incq floor_calls(%rip)\njmp floor_original\n.p2align 4\n"
        "floor_exit: sub $8, %rsp\ncall floor_original\nincq floor_calls(%rip)\nadd $8, %rsp\n"
        "ret\n.p2align 4\n"
        "floor_member: incq floor_calls(%rip)\nxor %eax, %eax\nret\n.p2align 4\n"
        "floor_original: mov %edi, %eax\nret\n");
#endif

static uint64_t time_calls(empty_fn *function)
{
    uint64_t begin = clock_ns();
    for (int i = 0; i < CALLS; i++) {
        __asm__ volatile("" : "+r"(function));
        function(i, i);
    }
    return clock_ns() - begin;
}

static struct {
    const char *name;
    empty_fn *function;
    double most; /* ns that may be added; 0: a yardstick */
    uint64_t best;
} rows[] = {
    { "an empty function", bare, 0, UINT64_MAX },
    { "fentry", at_entry, 3, UINT64_MAX },
    { "fexit", at_exit, 4, UINT64_MAX },
    { "fmod_ret", at_modify, 4, UINT64_MAX },
    { "struct_ops", NULL, 2, UINT64_MAX },
#if defined(__x86_64__)
    { "by hand: entry", floor_entry, 0, UINT64_MAX },
    { "by hand: exit", floor_exit, 0, UINT64_MAX },
    { "by hand: member", floor_member, 0, UINT64_MAX },
#endif
};
enum { ROWS = sizeof rows / sizeof *rows, MEMBER = 4 };

static void stop(const struct anybpf_env *env)
{
    fprintf(stderr, "trampoline: %s\n", anybpf_error(env));
    exit(1);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name, *prototype;
        empty_fn *function;
    } attached[] = { { "enter", "int at_entry(int x, long y)", at_entry },
                     { "leave", "int at_exit(int x, long y)", at_exit },
                     { "modify", "int at_modify(int x, long y)", at_modify } };
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj;
    struct anybpf_prog *prog;
    bool slow = false;

    for (int i = 0; i < 3; i++)
        if (anybpf_env_function(env, attached[i].prototype,
                                (void *)(uintptr_t)attached[i].function))
            stop(env);
    if (anybpf_env_function(env, "struct table { int (*member)(int x, long y); }; int unused(void)",
                            NULL) ||
        !(obj = anybpf_open(env, argc > 1 ? argv[1] : "trampoline.bpf.o")))
        stop(env);
    for (int i = 0; i < 3; i++)
        if (!(prog = anybpf_find(obj, attached[i].name)) || !anybpf_attach(prog, NULL, NULL))
            stop(env);
    if (!(prog = anybpf_find(obj, "member")) ||
        !(rows[MEMBER].function = (empty_fn *)(uintptr_t)anybpf_function(prog)))
        stop(env);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < ROWS; i++) {
            uint64_t ns = time_calls(rows[i].function);
            if (ns < rows[i].best)
                rows[i].best = ns;
        }
    for (int i = 0; i < ROWS; i++) {
        double added = ((double)rows[i].best - (double)rows[0].best) / (double)CALLS;
        printf("%-20s %6.2f ns a call", rows[i].name, (double)rows[i].best / (double)CALLS);
        if (i)
            printf("  %+6.2f", added);
        if (rows[i].most > 0)
            printf("  (at most %+.0f)%s", rows[i].most, added > rows[i].most ? "  MISSED" : "");
        slow |= rows[i].most > 0 && added > rows[i].most;
        printf("\n");
    }
    anybpf_env_free(env);
    return slow;
}
