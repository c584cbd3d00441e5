/* SPDX-License-Identifier: Apache-2.0 */
/* Programs attached to functions without a sled: their callers may rely on registers that any
 * function might change, because the compiler saw that this one does not (gcc -fipa-ra). */
#include "arch/targets.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <pthread.h>

static struct anybpf_env *env;
static unsigned calls;

static uint64_t destroy(uint64_t x)
{
    calls++;
    wide_destroy();
    return x;
}

static bool begin(void)
{
    if (!target_find(host_target)) {
        test_skip("this build compiles for other processors only");
        return false;
    }
    env = anybpf_env_new();
    calls = 0;
    CHECK_EQ(anybpf_env_helper(env, 1000, "__u64 destroy(__u64 x)", (void *)(uintptr_t)destroy), 0);
    return true;
}

static struct anybpf_link *attach(const char *section, const char *text)
{
    struct anybpf_prog *prog = prog_from_text(env, section, text);
    struct anybpf_link *link = prog ? anybpf_attach(prog, NULL, NULL) : NULL;
    CHECK_SAY(link, "%s: %s", section, anybpf_error(env));
    return link;
}

static const char calling[] = "r1 = 0\ncall 1000\nr0 = 0\nexit\n";
/* Takes a virtual CPU, but calls nothing. */
static const char counting[] = "again: may_goto out\nout: r0 = 0\nexit\n";

/* ---- Vector registers in full ---- */

enum { WIDE_MOST = 32 * 256 + 16 * 32 };
static struct {
    uint8_t in[WIDE_MOST], out[WIDE_MOST];
} wide;

/* upper: more than 128 bits of them are in use. */
static void fill(bool upper)
{
    unsigned size = wide_bytes(), each = size >= 2048 ? 64 : size / 16;
    for (unsigned i = 0; i < size; i++)
        wide.in[i] = upper || i % each < 16 ? (uint8_t)enc_random() : 0;
    memset(wide.out, 0, sizeof wide.out);
}

static void *check_wide(void *section)
{
    for (int upper = 0; upper < 2; upper++) {
        fill(upper);
        CHECK_EQ(call_wide(shape_frame, 41, wide.in, wide.out), 42);
        for (unsigned i = 0; i < wide_bytes(); i++)
            if (wide.in[i] != wide.out[i]) {
                test_fail(__FILE__, __LINE__, "%s: byte %u of %u is %#x, not %#x",
                          (const char *)section, i, wide_bytes(), wide.out[i], wide.in[i]);
                return NULL;
            }
    }
    return NULL;
}

TEST(all_bits_of_vectors_are_left_alone)
{
    static const char *const sections[] = { "fentry/shape_frame", "fexit/shape_frame",
                                            "fmod_ret/shape_frame", "fsession/shape_frame" };
    static const char *const texts[] = { counting, calling };
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(env, "unsigned long shape_frame(unsigned long x)",
                                 (void *)(uintptr_t)shape_frame),
             0);
    for (unsigned text = 0; text < 2; text++)
        for (unsigned i = 0; i < 4; i++) {
            struct anybpf_link *link = attach(sections[i], texts[text]);
            pthread_t thread; /* a new one begins without a virtual CPU */
            pthread_create(&thread, NULL, check_wide, (void *)(uintptr_t)sections[i]);
            pthread_join(thread, NULL);
            check_wide((void *)(uintptr_t)sections[i]);
            CHECK_EQ(anybpf_detach(link), 0);
        }
    CHECK_EQ(calls, (3 + 2) * 4);
    anybpf_env_free(env);
}

/* ---- A register for results, of a function without one ---- */

TEST(sessions_leave_the_register_alone_that_they_use)
{
    static const char *const sections[] = { "fentry/shape_void", "fexit/shape_void",
                                            "replace/shape_void", "fsession/shape_void" };
    uint64_t x = 1;
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(env, "void shape_void(unsigned long *x)",
                                 (void *)(uintptr_t)shape_void),
             0);
    for (unsigned i = 0; i < 4; i++) {
        struct anybpf_link *link = attach(sections[i], calling);
        CHECK_EQ(call_void(shape_void, &x), 123);
        CHECK_EQ(anybpf_detach(link), 0);
    }
    CHECK_EQ(x, 4); /* all but the one replaced */
    CHECK_EQ(calls, 5);
    anybpf_env_free(env);
}

/* ---- What the compiler makes of it ---- */

#define ALONE __attribute__((noinline, noclone))

static ALONE uint64_t step(uint64_t x)
{
    return x * 5 + 0x12345678;
}

/* The same as the function does, for whoever knows what it does. */
#define STEP(x) ((x) * 5 + 0x12345678)

/* Nine values live across each call. */
#define LIVE(type, call)                                                                           \
    type a = seed, b = a * 3, c = b * 3, d = c * 3, e = d * 3, f = e * 3, g = f * 3, h = g * 3;    \
    uint64_t x = first;                                                                            \
    for (int i = 0; i < 4; i++) {                                                                  \
        x = call(x);                                                                               \
        a += b, b ^= c, c += d, d ^= e, e += f, f ^= g, g += h, h ^= a;                            \
    }                                                                                              \
    *to = a + b + c + d + e + f + g + h;                                                           \
    return x

typedef uint64_t v2 __attribute__((vector_size(16)));
static ALONE uint64_t live_words(uint64_t first, uint64_t seed, uint64_t *to)
{
    LIVE(uint64_t, step);
}
static ALONE uint64_t right_words(uint64_t first, uint64_t seed, uint64_t *to)
{
    LIVE(uint64_t, STEP);
}
static ALONE uint64_t live_vectors(uint64_t first, v2 seed, v2 *to)
{
    LIVE(v2, step);
}
static ALONE uint64_t right_vectors(uint64_t first, v2 seed, v2 *to)
{
    LIVE(v2, STEP);
}
#if defined(__x86_64__)
#define WIDE_TARGET __attribute__((target("avx2")))
typedef uint64_t v4 __attribute__((vector_size(32)));
static ALONE WIDE_TARGET uint64_t live_wide(uint64_t first, uint64_t word, v4 *to)
{
    const v4 seed = { word, word + 1, word + 2, word + 3 };
    LIVE(v4, step);
}
static ALONE WIDE_TARGET uint64_t right_wide(uint64_t first, uint64_t word, v4 *to)
{
    const v4 seed = { word, word + 1, word + 2, word + 3 };
    LIVE(v4, STEP);
}
static void check_live_wide(uint64_t x)
{
    v4 got, wanted;
    if (!__builtin_cpu_supports("avx2"))
        return;
    CHECK_EQ(live_wide(x, ~x, &got), right_wide(x, ~x, &wanted));
    CHECK(!memcmp(&got, &wanted, sizeof got));
}
#else
static void check_live_wide(uint64_t x)
{
    (void)x;
}
#endif

static void check_live(uint64_t x)
{
    uint64_t got, wanted;
    v2 gots, wanteds;
    CHECK_EQ(live_words(x, x ^ 5, &got), right_words(x, x ^ 5, &wanted));
    CHECK_EQ(got, wanted);
    CHECK_EQ(live_vectors(x, (v2){ x, ~x }, &gots), right_vectors(x, (v2){ x, ~x }, &wanteds));
    CHECK(!memcmp(&gots, &wanteds, sizeof gots));
    check_live_wide(x);
}

TEST(what_callers_keep_in_registers_is_left_alone)
{
    static const char *const sections[] = { "fentry/step", "fexit/step", "fmod_ret/step",
                                            "fsession/step" };
    unsigned before = 0;
    if (!begin())
        return;
    CHECK_EQ(
        anybpf_env_function(env, "unsigned long step(unsigned long x)", (void *)(uintptr_t)step),
        0);
    check_live(7);
    CHECK_EQ(calls, 0);
    for (unsigned i = 0; i < 4; i++) {
        struct anybpf_link *link = attach(sections[i], calling);
        for (uint64_t x = 1; x < 1000; x *= 3)
            check_live(x);
        CHECK(calls >= before + 7 * 2 * 4);
        before = calls;
        CHECK_EQ(anybpf_detach(link), 0);
    }
    anybpf_env_free(env);
}

/* ---- A stack as leaf functions may be given ---- */

#ifdef __x86_64__
static uint64_t misaligned, seen[8];

/* A helper: whether it found the stack aligned. */
static uint64_t see_stack(uint64_t index, uint64_t value)
{
    misaligned |= (uintptr_t)__builtin_frame_address(0) % 16;
    seen[index] = value;
    return value;
}

static ALONE long eight_longs(long a, long b, long c, long d, long e, long f, long g, long i)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * i;
}

/* Calls eight_longs() as gcc may call a function that needs no alignment. */
static long call_misaligned(__typeof__(eight_longs) *function, const long *args)
{
    long result;
    __asm__ volatile("mov %%rsp, %%rbx\n"
                     "sub $128, %%rsp\n" /* what leaf functions keep below */
                     "and $-16, %%rsp\n"
                     "sub $8, %%rsp\n"
                     "push 56(%[args])\n"
                     "push 48(%[args])\n"
                     "mov (%[args]), %%rdi\n"
                     "mov 8(%[args]), %%rsi\n"
                     "mov 16(%[args]), %%rdx\n"
                     "mov 24(%[args]), %%rcx\n"
                     "mov 32(%[args]), %%r8\n"
                     "mov 40(%[args]), %%r9\n"
                     "call *%[function]\n"
                     "mov %%rbx, %%rsp"
                     : "=a"(result)
                     : [function] "r"(function), [args] "r"(args)
                     : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    return result;
}

TEST(helpers_find_the_stack_aligned)
{
    static const char *const sections[] = { "fentry/eight_longs", "fexit/eight_longs",
                                            "fmod_ret/eight_longs", "fsession/eight_longs" };
    static const long args[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(env,
                                 "long eight_longs(long a, long b, long c, long d, long e, "
                                 "long f, long g, long h)",
                                 (void *)(uintptr_t)eight_longs),
             0);
    CHECK_EQ(anybpf_env_helper(env, 1001, "__u64 see_stack(__u64 index, __u64 value)",
                               (void *)(uintptr_t)see_stack),
             0);
    misaligned = 0;
    for (unsigned i = 0; i < 4; i++) {
        struct anybpf_link *link =
            attach(sections[i], "r6 = r1\nr1 = 0\nr2 = *(u64 *)(r6 + 0)\ncall 1001\n"
                                "r1 = 7\nr2 = *(u64 *)(r6 + 56)\ncall 1001\nr0 = 0\nexit\n");
        memset(seen, 0, sizeof seen);
        CHECK_EQ(call_misaligned(eight_longs, args), 204);
        CHECK(seen[0] == 1 && seen[7] == 8);
        CHECK_EQ(anybpf_detach(link), 0);
    }
    CHECK_EQ(misaligned, 0);
    anybpf_env_free(env);
}
#endif
