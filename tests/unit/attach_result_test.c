/* SPDX-License-Identifier: Apache-2.0 */
/* Results that fmod_ret programs give, and functions of any number of arguments. */
#include "arch/targets.h"
#include "attach/destroy.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <stdarg.h>

static struct anybpf_env *env;

static uint64_t destroy(void)
{
    destroy_registers();
    return 0;
}

static bool begin(void)
{
    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return false;
    }
    env = anybpf_env_new();
    CHECK_EQ(anybpf_env_helper(env, 1000, "__u64 destroy(void)", (void *)(uintptr_t)destroy), 0);
    return true;
}

static void attach(const char *prototype, void *function, const char *section, const char *text,
                   void **pointer)
{
    struct anybpf_attach_options options = { .pointer = pointer };
    struct anybpf_prog *prog;
    CHECK_EQ(anybpf_env_function(env, prototype, function), 0);
    prog = prog_from_text(env, section, text);
    CHECK_SAY(prog && anybpf_attach(prog, NULL, &options), "%s: %s", section, anybpf_error(env));
}
#define ATTACH(prototype, function, section, text)                                                 \
    attach(prototype, (void *)(uintptr_t)(function), section, text, NULL)

static unsigned quiet_calls;
static SLED void quiet(int x)
{
    quiet_calls += (unsigned)x;
}
static SLED void *found(int x)
{
    return x ? &quiet_calls : NULL;
}
static SLED __int128 wide(int x)
{
    return x;
}
static SLED double add(int n, ...)
{
    va_list list;
    double sum = 0;
    va_start(list, n);
    while (n--)
        sum += va_arg(list, double) * va_arg(list, int);
    va_end(list);
    return sum;
}

static const char negative[] = "r6 = r1\ncall 1000\nr0 = *(u32 *)(r6 + 0)\n"
                               "r0 &= 15\nr0 = -r0\nexit\n";

TEST(programs_give_results_of_any_type_that_holds_a_number)
{
    void (*volatile q)(int) = quiet;
    void *(*volatile p)(int) = found;
    __int128 (*volatile w)(int) = wide;
    if (!begin())
        return;
    quiet_calls = 0;
    ATTACH("void quiet(int x)", quiet, "fmod_ret/quiet",
           "r6 = r1\ncall 1000\nr0 = *(u32 *)(r6 + 0)\nr0 &= 1\nexit\n");
    q(3);
    CHECK_EQ(quiet_calls, 0);
    q(4);
    CHECK_EQ(quiet_calls, 4);
    ATTACH("void *found(int x)", found, "fmod_ret/found", negative);
    CHECK_EQ((intptr_t)p(5), -5);
    CHECK(p(16) == &quiet_calls);
    ATTACH("__int128 wide(int x)", wide, "fmod_ret/wide", negative);
    CHECK(w(5) == -5);
    CHECK(w(16) == 16);
    anybpf_env_free(env);
}

TEST(programs_replace_functions_of_wide_results)
{
    __int128 (*volatile w)(int) = wide;
    if (!begin())
        return;
    ATTACH("__int128 wide(int x)", wide, "replace/wide", negative);
    CHECK(w(5) == -5);
    anybpf_env_free(env);
    CHECK(w(5) == 5);
}

TEST(further_arguments_of_a_variadic_function_arrive)
{
    static double (*volatile f)(int, ...);
    if (!begin())
        return;
    f = add;
    /* Where the entry is changed all registers are left alone, whatever the function. */
    attach("double add(int n, ...)", (void *)(uintptr_t)add, "fentry/add",
           "call 1000\nr0 = 0\nexit\n", (void **)(uintptr_t)&f);
    CHECK(f(3, 1.5, 2, 10.0, -3, 100.0, 4) == 373);
    anybpf_env_free(env);
    CHECK(f == add);
}

/* Integers and numbers in registers and, from the seventh and the ninth on, on the stack; an
 * argument of 16 bytes leaves a hole there. */
static SLED double many(int n, ...)
{
    va_list list;
    double sum = 0;
    va_start(list, n);
    for (int i = 0; i < n; i++)
        sum += i % 3 == 2 ? (double)va_arg(list, long double)
                          : va_arg(list, double) * va_arg(list, int);
    va_end(list);
    return sum;
}

TEST(programs_run_behind_variadic_functions)
{
    static double (*volatile f)(int, ...);
    struct anybpf_attach_options options = { .pointer = (void **)(uintptr_t)&f };
    static const char *const sections[] = { "fexit/many", "fsession/many", "uretprobe/many" };
    double wanted;
    if (!begin())
        return;
    f = many;
#define CALL                                                                                       \
    f(13, 1.5, 1, 2.5, 2, 0.25L, 3.5, 3, 4.5, 4, 0.5L, 5.5, 5, 6.5, 6, 0.75L, 7.5, 7, 8.5, 8,      \
      1.0L, 9.5, 9)
    wanted = CALL;
    CHECK_EQ(anybpf_env_function(env, "double many(int n, ...)", NULL), 0);
    for (unsigned i = 0; i < 3; i++) {
        struct anybpf_prog *prog = prog_from_text(env, sections[i], "call 1000\nr0 = 0\nexit\n");
        struct anybpf_link *link;
        options.stack_bytes = 0;
        CHECK(!anybpf_attach(prog, NULL, &options));
        CHECK_SAY(strstr(anybpf_error(env), "stack_bytes"), "%s", anybpf_error(env));
        options.stack_bytes = 4096;
        CHECK(!anybpf_attach(prog, NULL, &options));
        options.stack_bytes = 204; /* rounded up */
        link = anybpf_attach(prog, NULL, &options);
        CHECK_SAY(link, "%s", anybpf_error(env));
        CHECK(CALL == wanted);
        anybpf_detach(link);
    }
    anybpf_env_free(env);
    CHECK(f == many);
}

#if defined(__x86_64__)
static unsigned noted;
static uint64_t note(void)
{
    return noted++;
}

TEST(vectors_of_more_than_16_bytes_pass_whole)
{
    static const char *const sections[] = { "fentry/add_wide", "fexit/add_wide" };
    /* r0 = the last element of an argument, in the second half of its register */
    static const char text[] = "r6 = r1\ncall 1000\nr1 = *(u64 *)(r6 + 8)\n"
                               "r0 = *(u32 *)(r1 + 28)\nif r0 == 0x42800000 goto +1\n"
                               "call 1001\nr0 = 0\nexit\n";
    if (!__builtin_cpu_supports("avx")) {
        test_skip("this processor has no registers for them");
        return;
    }
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_declare(env, "typedef float wide_v __attribute__((vector_size(32)));"), 0);
    CHECK_EQ(anybpf_env_helper(env, 1001, "__u64 note(void)", (void *)(uintptr_t)note), 0);
    CHECK_EQ(
        anybpf_env_function(env, "wide_v add_wide(wide_v x, wide_v y)", attach_wide_function()), 0);
    noted = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct anybpf_prog *prog = prog_from_text(env, sections[i], text);
        CHECK_SAY(prog && anybpf_attach(prog, NULL, NULL), "%s", anybpf_error(env));
        CHECK(attach_wide_adds());
    }
    CHECK_EQ(noted, 0);
    anybpf_env_free(env);
}
#endif
