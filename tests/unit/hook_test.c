/* SPDX-License-Identifier: Apache-2.0 */
/* Programs compiled for their attachment to native functions, as code that is called in place of
 * the function. */
#include "api/local.h"
#include "attach/attach.h"
#include "attach/destroy.h"
#include "bpf/text.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <complex.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>

/* ---- Programs from text, and hooks made of them ---- */

enum { HOOKS = 8 };

static struct {
    struct anybpf_env *env;
    struct arena *arena;
    struct hook_state state[HOOKS];
    struct image *images[HOOKS];
    unsigned count;
    uint64_t seen[64];
    unsigned calls;
    bool strict; /* as hooks of entries */
} h;

/* A helper that destroys what C code may destroy. */
static uint64_t see(uint64_t index, uint64_t value)
{
    if (index < 64)
        h.seen[index] = value;
    h.calls++;
    errno = 77;
    destroy_registers();
    return value;
}

static bool begin(void)
{
    if (!target_find(host_target)) {
        test_skip("this build does not compile for the processor that it runs on");
        return false;
    }
    memset(&h, 0, sizeof h);
    h.env = anybpf_env_new();
    h.arena = arena_new(&allocator_libc, 0);
    CHECK_EQ(anybpf_env_helper(h.env, 1000, "__u64 see(__u64 index, __u64 value)",
                               (void *)(uintptr_t)see),
             0);
    return true;
}

static void end(void)
{
    for (unsigned i = 0; i < h.count; i++)
        image_free(h.images[i]);
    arena_free(h.arena);
    anybpf_env_free(h.env);
}

struct making {
    struct loaded *loaded;
    struct trampoline t;
    struct code *code;
    struct error err;
};

static struct anybpf_prog *load(const char *section, const char *text)
{
    return prog_from_text(h.env, section, text);
}

static int compile_hook(void *arg)
{
    struct making *a = arg;
    int code = prog_trampoline(a->loaded, h.arena, &h.state[h.count], &a->t, &a->err);
    a->t.attachment.strict = h.strict;
    return code ? code : trampoline_compile(h.arena, &a->t, &a->code, &a->err);
}

/* The entry of a hook with what comes next, or NULL. */
static void *hook(const char *section, const char *text, void *next)
{
    struct making a = { 0 };
    struct anybpf_prog *prog = load(section, text);
    const void *entry;
    void *function;
    if (!prog)
        return NULL;
    a.loaded = prog->loaded;
    if (arena_try(h.arena, &a.err, compile_hook, &a) ||
        trampoline_seal(&a.t, a.code, next, (uintptr_t)next, &h.images[h.count], &a.err)) {
        test_fail(__FILE__, __LINE__, "%s", a.err.text);
        return NULL;
    }
    entry = image_entry(h.images[h.count++], 0);
    memcpy(&function, &entry, sizeof function);
    return function;
}

/* A program that hands each of `count` words to see(). */
static const char *see_all(unsigned count)
{
    static char text[8192];
    unsigned at = (unsigned)sprintf(text, "r6 = r1\n");
    for (unsigned i = 0; i < count; i++)
        at +=
            (unsigned)sprintf(text + at, "r1 = %u\nr2 = *(u64 *)(r6 + %u)\ncall 1000\n", i, 8 * i);
    sprintf(text + at, "r0 = 0\nexit\n");
    return text;
}

#define DECLARE(prototype) CHECK_EQ(anybpf_env_function(h.env, prototype, NULL), 0)
#define CODE(function)     ((void *)(uintptr_t)(function))

/* ---- Numbers ---- */

typedef int ints(int a, short b, unsigned char c, long d, void *e, bool f, signed char g, int i,
                 long j);
static __attribute__((noinline)) int sum(int a, short b, unsigned char c, long d, void *e, bool f,
                                         signed char g, int i, long j)
{
    return (int)(a + b + c + d + (long)(uintptr_t)e + f + g + i + j);
}
#define SUM                                                                                        \
    "int sum(int a, short b, unsigned char c, long d, void *e, bool f, signed char g, int i, "     \
    "long j)"

static void check_sum(ints *f, int wanted)
{
    errno = 5;
    CHECK_EQ(f(-1, -2, 200, 1L << 40, (void *)16, true, -100, -7, 1000), wanted);
    CHECK_EQ(errno, 5);
}

static void check_sum_words(void)
{
    static const uint64_t wanted[] = { (uint64_t)-1,   (uint64_t)-2, 200, 1ull << 40, 16, 1,
                                       (uint64_t)-100, (uint64_t)-7, 1000 };
    for (unsigned i = 0; i < 9; i++)
        CHECK_SAY(h.seen[i] == wanted[i], "word %u is %#" PRIx64, i, h.seen[i]);
}

TEST(numbers_in_registers_and_on_the_stack_are_seen)
{
    static const int right = -1 - 2 + 200 + 16 + 1 - 100 - 7 + 1000;
    ints *f;
    if (!begin())
        return;
    DECLARE(SUM);
    if ((f = hook("fentry/sum", see_all(9), CODE(sum)))) {
        check_sum(f, right);
        check_sum_words();
    }
    memset(h.seen, 0, sizeof h.seen);
    if ((f = hook("fexit/sum", see_all(10), CODE(sum)))) {
        check_sum(f, right);
        check_sum_words();
        CHECK_EQ(h.seen[9], (uint64_t)right);
    }
    memset(h.seen, 0, sizeof h.seen);
    if ((f = hook("fmod_ret/sum", see_all(10), CODE(sum)))) {
        check_sum(f, right);
        check_sum_words();
    }
    if ((f = hook("fmod_ret/sum", "r0 = *(u32 *)(r1 + 0)\nr0 += 43\nexit\n", CODE(sum))))
        check_sum(f, 42);
    if ((f = hook("replace/sum", "r0 = *(u64 *)(r1 + 64)\nr0 += 1\nexit\n", NULL)))
        check_sum(f, 1001);
    end();
}

/* ---- Registers that the function leaves alone ---- */

static void check_alone(const char *section, const char *text)
{
    uint64_t changed = 1;
    shape_fn *f = hook(section, text, CODE(shape_frame));
    if (!f)
        return;
    CHECK_EQ(call_guarded(f, 41, &changed), 42);
    CHECK_SAY(!changed, "%s: changed %#" PRIx64, section, changed);
}

TEST(hooks_of_entries_leave_all_registers_alone)
{
    static const char plain[] = "r2 = *(u64 *)(r1 + 0)\n"
                                "r3 = r2\nr3 *= 3\nr4 = r3\nr4 *= r2\nr5 = r4\nr5 <<= r2\n"
                                "r6 = r5\nr6 /= r2\n*(u64 *)(r10 - 8) = r6\n"
                                "*(u64 *)(r10 - 16) = r5\nr7 = *(u64 *)(r10 - 12)\n"
                                "r0 = r7\nr0 = 0\nexit\n";
    if (!begin())
        return;
    h.strict = true;
    DECLARE("unsigned long shape_frame(unsigned long x)");
    check_alone("fentry/shape_frame", plain);
    check_alone("fentry/shape_frame", see_all(1));
    CHECK_EQ(h.seen[0], 41);
    check_alone("fexit/shape_frame", plain);
    memset(h.seen, 0, sizeof h.seen);
    check_alone("fexit/shape_frame", see_all(2));
    CHECK_EQ(h.seen[0], 41);
    CHECK_EQ(h.seen[1], 42);
    check_alone("fmod_ret/shape_frame", see_all(1));
    check_alone("replace/shape_frame", "r6 = r1\nr1 = 0\nr2 = *(u64 *)(r6 + 0)\ncall 1000\n"
                                       "r0 = *(u64 *)(r6 + 0)\nr0 += 1\nexit\n");
    end();
}

/* ---- Threads and recursion ---- */

static void *call_in_thread(void *function)
{
    uint64_t changed = 1;
    CHECK_EQ(call_guarded((shape_fn *)(uintptr_t)function, 1, &changed), 2);
    CHECK_SAY(!changed, "changed %#" PRIx64, changed);
    return NULL;
}

TEST(first_hook_of_a_thread_disturbs_nothing)
{
    void *f;
    pthread_t thread;
    if (!begin())
        return;
    h.strict = true;
    DECLARE("unsigned long shape_frame(unsigned long x)");
    if ((f = hook("fentry/shape_frame", see_all(1), CODE(shape_frame)))) {
        pthread_create(&thread, NULL, call_in_thread, f);
        pthread_join(thread, NULL);
        CHECK_EQ(h.calls, 1);
        CHECK_EQ(h.state[0].misses, 0);
    }
    end();
}

static shape_fn *again;

static uint64_t call_again(uint64_t x)
{
    return again(x);
}

TEST(a_function_that_a_program_calls_runs_no_program)
{
    if (!begin())
        return;
    DECLARE("unsigned long shape_frame(unsigned long x)");
    CHECK_EQ(anybpf_env_helper(h.env, 1001, "__u64 call_again(__u64 x)", CODE(call_again)), 0);
    again = hook("fentry/shape_frame",
                 "r1 = *(u64 *)(r1 + 0)\ncall 1001\nr1 = 0\nr2 = r0\ncall 1000\nr0 = 0\nexit\n",
                 CODE(shape_frame));
    if (again) {
        CHECK_EQ(again(7), 8);
        CHECK_EQ(h.seen[0], 8);
        CHECK_EQ(h.calls, 1);
        CHECK_EQ(h.state[0].misses, 1);
        CHECK_EQ(again(8), 9);
        CHECK_EQ(h.state[0].misses, 2);
    }
    end();
}

/* ---- What registers hold beside the arguments ---- */

struct narrow {
    int a;
};
static long take_narrow(struct narrow s)
{
    return s.a;
}

TEST(structs_are_seen_without_what_lies_above_them)
{
    long (*f)(uint64_t);
    if (!begin())
        return;
    DECLARE("struct narrow { int a; }; long take_narrow(struct narrow s)");
    f = hook("fentry/take_narrow", see_all(1), CODE(take_narrow));
    if (f) {
        CHECK_EQ(f(0xdeadbeef00000007), 7);
        CHECK_EQ(h.seen[0], 7);
    }
    end();
}

#if defined(__x86_64__) || (defined(__aarch64__) && !defined(__clang__))
static SLED uintptr_t chained(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e,
                              uintptr_t f, uintptr_t g, uintptr_t i)
{
    uintptr_t chain;
#if defined(__x86_64__)
    __asm__ volatile("mov %%r10, %0" : "=r"(chain));
#else
    __asm__ volatile("mov %0, x18" : "=r"(chain));
#endif
    return chain + a + b + c + d + e + f + g + i;
}

TEST(the_static_chain_is_handed_on)
{
    static const char *const sections[] = { "fentry/chained", "fmod_ret/chained",
                                            "fsession/chained", "fexit/chained" };
    __typeof__(chained) *volatile function = chained; /* what gcc sees through has no chain */
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(
                 h.env,
                 "long chained(long a, long b, long c, long d, long e, long f, long g, long i)",
                 CODE(chained)),
             0);
    for (unsigned i = 0; i < 4; i++) {
        struct anybpf_prog *prog = load(sections[i], see_all(8));
        struct anybpf_link *link = prog ? anybpf_attach(prog, NULL, NULL) : NULL;
        CHECK_SAY(link, "%s", anybpf_error(h.env));
        CHECK_EQ(__builtin_call_with_static_chain(function(1, 2, 3, 4, 5, 6, 7, 8),
                                                  (void *)(uintptr_t)100),
                 136);
        CHECK_EQ(h.seen[7], 8);
        CHECK_EQ(anybpf_detach(link), 0);
    }
    end();
}
#endif

/* ---- Results of all kinds ---- */

struct pair {
    long a, b;
};
struct mix {
    double a;
    long b;
};
struct large {
    long a[4];
};
static struct pair give_pair(long x)
{
    return (struct pair){ x, -x };
}
static struct mix give_mix(double x, long y)
{
    return (struct mix){ x + 1, y + 1 };
}
static struct large give_large(long x)
{
    return (struct large){ { x, x + 1, x + 2, x + 3 } };
}
static double give_double(float x, double y)
{
    return (double)x * y;
}
static void give_nothing(int *x)
{
    ++*x;
}
static uint64_t bits(double x)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    return word;
}

TEST(results_of_all_kinds_are_seen)
{
    struct pair (*pair)(long);
    struct mix (*mix)(double, long);
    struct large (*large)(long);
    double (*number)(float, double);
    void (*nothing)(int *);
    int n = 3;
    if (!begin())
        return;
    DECLARE("struct pair { long a, b; }; struct pair give_pair(long x)");
    DECLARE("struct mix { double a; long b; }; struct mix give_mix(double x, long y)");
    DECLARE("struct large { long a[4]; }; struct large give_large(long x)");
    DECLARE("double give_double(float x, double y)");
    DECLARE("void give_nothing(int *x)");
    if ((pair = hook("fexit/give_pair", see_all(3), CODE(give_pair)))) {
        struct pair got = pair(5);
        CHECK(got.a == 5 && got.b == -5);
        CHECK(h.seen[0] == 5 && h.seen[1] == 5 && h.seen[2] == (uint64_t)-5);
    }
    if ((mix = hook("fexit/give_mix", see_all(4), CODE(give_mix)))) {
        struct mix got = mix(1.5, 6);
        CHECK(got.a == 2.5 && got.b == 7);
        CHECK(h.seen[0] == bits(1.5) && h.seen[1] == 6 && h.seen[2] == bits(2.5) && h.seen[3] == 7);
    }
    if ((number = hook("fexit/give_double", see_all(3), CODE(give_double)))) {
        CHECK(number(2.0f, 1.25) == 2.5);
        CHECK(h.seen[0] == 0x40000000 && h.seen[1] == bits(1.25) && h.seen[2] == bits(2.5));
    }
    if ((number = hook("fentry/give_double", see_all(2), CODE(give_double))))
        CHECK(number(2.0f, 1.25) == 2.5);
    if ((number = hook("fentry/give_double", "r1 = 0\nr2 = 0\ncall 1000\nr0 = 0\nexit\n",
                       CODE(give_double))))
        CHECK(number(2.0f, 1.25) == 2.5); /* nor are those that no program reads disturbed */
    if ((large = hook("fexit/give_large",
                      "r6 = *(u64 *)(r1 + 8)\nr1 = 7\nr2 = *(u64 *)(r6 + 24)\ncall 1000\n"
                      "r0 = 0\nexit\n",
                      CODE(give_large)))) {
        struct large got = large(9);
        CHECK(got.a[0] == 9 && got.a[3] == 12);
        CHECK_EQ(h.seen[7], 12);
    }
    if ((nothing = hook("fexit/give_nothing", see_all(1), CODE(give_nothing)))) {
        nothing(&n);
        CHECK_EQ(n, 4);
    }
    end();
}

/* ---- Live functions ---- */

#define SLED __attribute__((noinline, noclone, patchable_function_entry(SLED_NOPS)))

static SLED long twice(long x)
{
    h.calls++;
    return 2 * x;
}

TEST(a_session_keeps_a_cookie_from_entry_to_exit)
{
    /* At the entry the cookie becomes the argument; at the exit it is handed over. */
    static const char text[] = "r6 = r1\nr7 = *(u64 *)(r1 + 0)\nr8 = *(u64 *)(r1 + 8)\ncall 901\n"
                               "r9 = r0\nr1 = r6\ncall 900\nif r0 == 0 goto entry\n"
                               "r1 = 0\nr2 = *(u64 *)(r9 + 0)\ncall 1000\n"
                               "r1 = 1\nr2 = r8\ncall 1000\ngoto out\n"
                               "entry: r1 = 2\nr2 = *(u64 *)(r9 + 0)\ncall 1000\n"
                               "*(u64 *)(r9 + 0) = r7\nout: r0 = 0\nexit\n";
    struct anybpf_link *links[2];
    struct anybpf_prog *prog;
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(h.env, "long twice(long x)", CODE(twice)), 0);
    prog = load("fsession/twice", text);
    for (int i = 0; i < 2 && prog; i++) {
        links[i] = anybpf_attach(prog, NULL, NULL);
        CHECK_SAY(links[i], "%s", anybpf_error(h.env));
    }
    h.seen[2] = 7;
    CHECK_EQ(twice(21), 42);
    CHECK_EQ(h.seen[0], 21);
    CHECK_EQ(h.seen[1], 42);
    CHECK_EQ(h.seen[2], 0);
    CHECK_EQ(h.calls, 1 + 2 * 3);
    CHECK_EQ(anybpf_detach(links[0]), 0);
    CHECK_EQ(twice(4), 8);
    CHECK_EQ(h.calls, 7 + 1 + 3);
    CHECK_EQ(anybpf_detach(links[1]), 0);
    CHECK_EQ(twice(4), 8);
    CHECK_EQ(h.calls, 12);
    end();
}

/* ---- Several programs of one function ---- */

static char order[16];

/* A helper: what ran, by the cookie of its attachment. */
static uint64_t note(uint64_t cookie)
{
    size_t length = strlen(order);
    if (length + 1 < sizeof order)
        order[length] = (char)cookie;
    return 0;
}

static SLED long noting(long x)
{
    note('F');
    return x;
}

TEST(programs_of_a_function_run_in_their_order)
{
    static const char *const sections[] = { "fexit/noting",    "fsession/noting", "fentry/noting",
                                            "fmod_ret/noting", "fentry/noting",   "fmod_ret/noting",
                                            "fsession/noting", "fexit/noting" };
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(h.env, "long noting(long x)", CODE(noting)), 0);
    CHECK_EQ(anybpf_env_helper(h.env, 1001, "__u64 note(__u64 cookie)", (void *)(uintptr_t)note),
             0);
    for (unsigned i = 0; i < 8; i++) {
        struct anybpf_attach_options options = { .cookie = 'a' + i };
        struct anybpf_prog *prog =
            load(sections[i], "call 174\nr1 = r0\ncall 1001\nr0 = 0\nexit\n");
        CHECK_SAY(prog && anybpf_attach(prog, NULL, &options), "%s", anybpf_error(h.env));
    }
    memset(order, 0, sizeof order);
    CHECK_EQ(noting(3), 3);
    CHECK_SAY(!strcmp(order, "gbcedfFabgh"), "%s", order);
    end();
}

TEST(runs_are_counted_on_request)
{
    struct anybpf_attach_options options = { .cookie = 77, .account = true };
    struct anybpf_link_info info;
    struct anybpf_link *link;
    struct anybpf_prog *prog;
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(h.env, "long twice(long x)", NULL), 0);
    prog = load("fentry/twice", "r6 = r1\ncall 174\nr1 = 0\nr2 = r0\ncall 1000\nr1 = r6\ncall 173\n"
                                "r1 = 1\nr2 = r0\ncall 1000\nr0 = 0\nexit\n");
    CHECK(!anybpf_attach(prog, NULL, NULL)); /* nobody told where it is */
    link = anybpf_attach(prog, CODE(twice), &options);
    CHECK_SAY(link, "%s", anybpf_error(h.env));
    for (int i = 0; i < 5; i++)
        CHECK_EQ(twice(i), 2 * i);
    CHECK_EQ(h.seen[0], 77);
    CHECK_EQ(h.seen[1], (uintptr_t)twice);
    anybpf_link_info(link, &info, sizeof info);
    CHECK_EQ(info.runs, 5);
    CHECK(info.time_ns > 0);
    CHECK_EQ(info.misses, 0);
    anybpf_close(prog->object); /* detaches */
    h.calls = 0;
    CHECK_EQ(twice(1), 2);
    CHECK_EQ(h.calls, 1);
    end();
}

/* ---- Leaving a traced function otherwise ---- */

static jmp_buf back;
static void *frames[64];
static int frame_count;

static SLED long leave(long how)
{
    h.calls++;
    switch (how) {
    case 1: longjmp(back, 1);
    case 2: pthread_exit(&back);
    case 3: frame_count = backtrace(frames, 64); break;
    default: break;
    }
    return how;
}

static void *leave_thread(void *unused)
{
    (void)unused;
    leave(2);
    return NULL;
}

static __attribute__((noinline)) void call_leave(long how)
{
    leave(how);
    __asm__ volatile(""); /* no tail call */
}

static __attribute__((noinline)) void jump_out(void)
{
    if (!setjmp(back))
        call_leave(1);
}

static bool is_within(void (*function)(long), const void *at)
{
    uintptr_t begin = (uintptr_t)function;
    return (uintptr_t)at > begin && (uintptr_t)at < begin + 64;
}

TEST(traced_functions_are_left_in_every_way)
{
    struct anybpf_link_info info;
    struct anybpf_link *link = NULL;
    struct anybpf_prog *prog;
    pthread_t thread;
    void *result = NULL;
    bool found = false;
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(h.env, "long leave(long how)", CODE(leave)), 0);
    for (int i = 0; i < 2; i++) {
        prog = load(i ? "fentry/leave" : "fexit/leave", see_all(1));
        link = prog ? anybpf_attach(prog, NULL, NULL) : NULL;
        CHECK_SAY(link, "%s", anybpf_error(h.env));
    }
    jump_out();
    CHECK_EQ(h.calls, 2); /* not what comes behind */
    call_leave(0);
    CHECK_EQ(h.calls, 2 + 3);
    pthread_create(&thread, NULL, leave_thread, NULL);
    pthread_join(thread, &result);
    CHECK(result == &back);
    CHECK_EQ(h.calls, 5 + 2);
    call_leave(3);
    for (int i = 0; i < frame_count; i++)
        found |= is_within(call_leave, frames[i]);
    CHECK(found);
    if (link) {
        anybpf_link_info(link, &info, sizeof info);
        CHECK_EQ(info.misses, 0);
    }
    end();
}

/* ---- What the verifier knows of the function ---- */

struct box {
    int width;
    short height;
    struct box *next;
};
static long measure(struct box *b)
{
    return b != NULL;
}
#define BOX "struct box { int width; short height; struct box *next; };"

static void check_refused(const char *section, const char *text, const char *why)
{
    struct anybpf_object *obj = object_from_text(h.env, section, text);
    CHECK(!anybpf_find(obj, NULL));
    CHECK_SAY(strstr(anybpf_error(h.env), why), "%s", anybpf_error(h.env));
}

TEST(records_of_the_host_are_read_with_care)
{
    struct box second = { 5, -6, NULL }, first = { 70000, 2, &second };
    long (*f)(struct box *);
    if (!begin())
        return;
    DECLARE(BOX " long measure(struct box *b)");
    f = hook("fentry/measure",
             "r6 = *(u64 *)(r1 + 0)\nr1 = 0\nr2 = *(u32 *)(r6 + 0)\ncall 1000\n"
             "r6 = *(u64 *)(r6 + 8)\nr1 = 1\nr2 = *(s16 *)(r6 + 4)\ncall 1000\nr0 = 0\nexit\n",
             CODE(measure));
    if (f) {
        CHECK_EQ(f(&first), 1);
        CHECK_EQ(h.seen[0], 70000);
        CHECK_EQ(h.seen[1], (uint64_t)-6);
        CHECK_EQ(f(NULL), 0);
        CHECK(h.seen[0] == 0 && h.seen[1] == 0);
        memset(h.seen, 1, sizeof h.seen);
        CHECK_EQ(f((struct box *)16), 1);
        CHECK(h.seen[0] == 0 && h.seen[1] == 0);
    }
    check_refused("fentry/measure", "r1 = *(u64 *)(r1 + 0)\n*(u32 *)(r1 + 0) = 1\nr0 = 0\nexit\n",
                  "read only");
    check_refused("fentry/measure", "r1 = *(u64 *)(r1 + 0)\nr1 = *(u64 *)(r1 + 16)\nr0 = 0\nexit\n",
                  "struct box, which has 16");
    check_refused("fentry/measure", "r1 = *(u64 *)(r1 + 8)\nr0 = 0\nexit\n", "tracing");
    check_refused("fentry/measure", "*(u64 *)(r1 + 0) = 1\nr0 = 0\nexit\n", "cannot be written");
    check_refused("fentry/measure", "r0 = 1\nexit\n", "end with 0 to 0");
    check_refused("fentry/measured", "r0 = 0\nexit\n", "no function \"measured\"");
    end();
}

TEST(results_stay_within_their_type)
{
    if (!begin())
        return;
    DECLARE("bool is_fine(int x)");
    DECLARE("signed char small(int x)");
    DECLARE("double real(int x)");
    check_refused("replace/is_fine", "r0 = 2\nexit\n", "end with 0 to 1");
    check_refused("fmod_ret/small", "r0 = 128\nexit\n", "end with -128 to 127");
    check_refused("replace/real", "r0 = 0\nexit\n", "no integer or pointer");
    DECLARE("void quiet(int x)");
    DECLARE("void *found(int x)");
    check_refused("fmod_ret/real", "r0 = 1\nexit\n", "end with 0 to 0");
    check_refused("fmod_ret/quiet", "r0 = 2\nexit\n", "end with 0 to 1");
    check_refused("fmod_ret/found", "r0 = 1\nexit\n", "end with -4095 to 0");
    check_refused("replace/quiet", "r0 = 1\nexit\n", "end with 0 to 0");
    CHECK(load("fmod_ret/small", "r0 = -128\nexit\n"));
    CHECK(load("replace/is_fine", "r0 = *(u32 *)(r1 + 0)\nr0 &= 1\nexit\n"));
    end();
}

static int five(void)
{
    return 5;
}

TEST(a_result_is_no_wider_than_its_type)
{
    int (*f)(void);
    if (!begin())
        return;
    DECLARE("int five(void)");
    f = hook("fmod_ret/five", "r0 = 0x100000000 ll\nexit\n", CODE(five));
    if (f)
        CHECK_EQ(f(), 5); /* 0 is no result */
    f = hook("fmod_ret/five", "w0 = -1\nexit\n", CODE(five));
    if (f)
        CHECK_EQ(f(), -1);
    end();
}

TEST(programs_come_and_go)
{
    struct anybpf_prog *progs[2];
    if (!begin())
        return;
    CHECK_EQ(anybpf_env_function(h.env, "long twice(long x)", CODE(twice)), 0);
    progs[0] = load("fentry/twice", "r1 = 0\nr2 = 1\ncall 1000\nr0 = 0\nexit\n");
    progs[1] = load("fexit/twice", "r1 = 1\nr2 = 1\ncall 1000\nr0 = 0\nexit\n");
    for (unsigned i = 0; i < 200 && progs[0] && progs[1]; i++) {
        struct anybpf_link *first = anybpf_attach(progs[i & 1], NULL, NULL);
        struct anybpf_link *second = anybpf_attach(progs[~i & 1], NULL, NULL);
        CHECK_SAY(first && second, "%s", anybpf_error(h.env));
        h.calls = 0;
        CHECK_EQ(twice(1), 2);
        CHECK_EQ(h.calls, 3);
        CHECK_EQ(anybpf_detach(i & 2 ? first : second), 0);
        CHECK_EQ(twice(1), 2);
        CHECK_EQ(h.calls, 5);
        CHECK_EQ(anybpf_detach(i & 2 ? second : first), 0);
        CHECK_EQ(twice(1), 2);
        CHECK_EQ(h.calls, 6);
    }
    end();
}
