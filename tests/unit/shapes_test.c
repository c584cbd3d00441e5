/* SPDX-License-Identifier: Apache-2.0 */
/* Programs attached to functions of every shape of arguments (tests/attach/shapes.h), through the
 * public interface: what they see at entry and exit, and that nothing is disturbed. */
#include "rt/rt.h"
#include "runner/runner.h"
#include <anybpf.h>
/* What it switches off stays off to the end of the file. */
#include "attach/shapes.h"

#if defined(__x86_64__)
#define SLED __attribute__((noinline, noclone, patchable_function_entry(5)))
#else
#define SLED __attribute__((noinline, noclone, patchable_function_entry(2)))
#endif

enum {
#define SHAPE(name, result, parameters, list, numbers) SHAPE_##name,
    SHAPES SHAPE_COUNT
#undef SHAPE
};

static s64 arrived[SHAPE_COUNT]; /* what the function itself saw */
#define SHAPE(name, result, parameters, list, numbers)                                             \
    static SLED result name parameters                                                             \
    {                                                                                              \
        arrived[SHAPE_##name] = MIX numbers;                                                       \
        return (result)(arrived[SHAPE_##name] ^ 0x5a5a);                                           \
    }
SHAPES
#undef SHAPE

#define TEXT_(...)  #__VA_ARGS__
#define TEXT(...)   TEXT_(__VA_ARGS__)
#define DEFINITIONS TEXT(STRUCTS) " typedef __int128 wide;"
static const struct {
    const char *name, *prototype;
    void *function;
} shapes[] = {
#define SHAPE(name, result, parameters, list, numbers)                                             \
    { #name, #result " " #name TEXT(parameters), (void *)(uintptr_t)name },
    SHAPES
#undef SHAPE
};

/* ---- Calls, each with numbers that tell a mistake: high bits set, signs, distinct bytes ---- */

#define PTR(x) ((void *)(uintptr_t)(x))
static const struct s1 one = { -11 };
static const struct s2 two = { 0x1122334455667788, -22 };
static const struct s4 four = { 0x99aabbccddeeff00, -44 }, five = { 55, 56 }, six = { 66, -67 },
                       seven = { 77, 78 }, eight = { 88, 0x7fffffff };
static const struct s5 parts = { -5, -555, 0x55555555, -55555555555 };
static const struct s3 three = { { -3, 33, -128 } };
static const struct floats floats = { 1.5f, -2.25f, 1e30f };
static const struct mixed mixed = { -0.1, 0x0123456789abcdef };
static const struct big big = { { 1, 2, 3, 4, -0x5555666677778888 }, -9 },
                        bigger = { { 0x1111111122222222, 7, 8, 9, 10 }, 99 };
#define WIDE(high, low) ((wide)((unsigned __int128)(high) << 64 | (uint64_t)(low)))

static s64 call(unsigned shape)
{
    switch (shape) {
    case SHAPE_t1: return t1(two, -2, 3);
    case SHAPE_t2: return t2(-1, two, 3);
    case SHAPE_t3: return t3(1, -2, two);
    case SHAPE_t4: return t4(one, -2, 3, -4, two);
    case SHAPE_t5: return t5(1ul << 63, PTR(22), -3, 4, PTR(55), four);
    case SHAPE_t6: return t6(1, PTR(22), -3, -4, PTR(55), four, -7);
    case SHAPE_t7: return t7(1, PTR(22), -3, 4, PTR(55), -6, -777, parts, -9);
    case SHAPE_t8: return t8(four, five, six, seven, -5, eight);
    case SHAPE_i1: return i1(WIDE(-1, 1), -2, 3);
    case SHAPE_i2: return i2(-1, WIDE(2, -2), 3);
    case SHAPE_i3: return i3(1, -2, WIDE(3, 33));
    case SHAPE_i4: return i4(one, -2, 3, -4, WIDE(5, 55));
    case SHAPE_i5: return i5(1ul << 63, PTR(22), -3, 4, PTR(55), WIDE(-6, 66));
    case SHAPE_i6: return i6(1, PTR(22), -3, -4, PTR(55), WIDE(6, -66), -7);
    case SHAPE_i8: return i8(WIDE(1, 11), WIDE(2, 22), WIDE(3, 33), WIDE(4, 44), -5, WIDE(6, 66));
    case SHAPE_m1: return m1(-1);
    case SHAPE_m2: return m2(-1000, -2);
    case SHAPE_m3: return m3(-1, -2, 3ul << 62);
    case SHAPE_m4: return m4(PTR(11), -2, -3, 4);
    case SHAPE_m5: return m5(1, PTR(22), -3, -4, PTR(55));
    case SHAPE_m6: return m6(1, PTR(22), -3, -4, PTR(55), 6ul << 60);
    case SHAPE_m7: return m7(1, PTR(22), -3, -4, PTR(55), -6, -7);
    case SHAPE_m8: return m8(255, 65535, 0xffffffff, -4, -5, -6, -7, 200);
    case SHAPE_m9: return m9(1, PTR(22), -3, -4, PTR(55), -6, -7, -8, -9);
    case SHAPE_m10: return m10(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10);
    case SHAPE_o1: return o1(three, floats, big, -4);
    case SHAPE_o2:
        return o2(-1, big, 0.1f, floats, -5, three, mixed, bigger, 1e300, two, floats, 200);
    default: return m11(1, PTR(22), -3, -4, PTR(55), -6, -7, -8, -9, 250, -11);
    }
}

/* ---- The test ---- */

static struct {
    struct anybpf_env *env;
    struct anybpf_object *obj;
    struct seen *seen;
} t;

static bool begin(void)
{
    static const char path[] = OBJECTS_DIR "/../attach/shapes.bpf.o";
    if (!test_has_object(path))
        return false;
    t.env = anybpf_env_new();
    for (unsigned i = 0; i < SHAPE_COUNT; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s; %s;", i ? "" : DEFINITIONS, shapes[i].prototype);
        CHECK_SAY(!anybpf_env_function(t.env, text + (i ? 1 : 0), shapes[i].function), "%s: %s",
                  shapes[i].name, anybpf_error(t.env));
    }
    t.obj = anybpf_open(t.env, path);
#ifdef __clang__
    CHECK(t.obj && !anybpf_set(t.obj, ANYBPF_CLANG_ABI, 1));
#endif
    CHECK_SAY(t.obj && !anybpf_load(t.obj), "%s", anybpf_error(t.env));
    return t.obj && !test_failed();
}

static struct anybpf_link *attach(const char *how, unsigned shape)
{
    char name[64];
    struct anybpf_prog *prog;
    struct anybpf_link *link;
    snprintf(name, sizeof name, "%s_%s", how, shapes[shape].name);
    prog = anybpf_find(t.obj, name);
    link = prog ? anybpf_attach(prog, NULL, NULL) : NULL;
    CHECK_SAY(link, "%s: %s", name, anybpf_error(t.env));
    return link;
}

static void check_call(unsigned i, bool entry, bool exit, bool skipped)
{
    s64 wanted, result;
    memset(arrived, 0, sizeof arrived);
    memset(t.seen, 0, offsetof(struct seen, modify));
    result = call(i);
    wanted = skipped ? t.seen->entered[i] : arrived[i];
    if (skipped)
        CHECK_SAY(!arrived[i], "%s was not skipped", shapes[i].name);
    else
        CHECK_SAY(arrived[i] && (int)result == (int)(arrived[i] ^ 0x5a5a), "%s: result",
                  shapes[i].name);
    if (entry)
        CHECK_SAY(t.seen->entered[i] == wanted, "%s: entered with other arguments", shapes[i].name);
    if (exit)
        CHECK_SAY(t.seen->left[i] == wanted && (int)t.seen->results[i] == (int)result,
                  "%s: left with other arguments or result", shapes[i].name);
    if (skipped)
        CHECK_SAY((int)result == (int)wanted, "%s: result of fmod_ret", shapes[i].name);
}

TEST(every_shape_of_arguments_is_seen)
{
    if (!begin())
        return;
    t.seen = anybpf_map_data(anybpf_find_map(t.obj, ".bss"), NULL);
    for (unsigned i = 0; i < SHAPE_COUNT; i++) {
        struct anybpf_link *entry = attach("entry", i);
        check_call(i, true, false, false);
        struct anybpf_link *exit = attach("exit", i);
        check_call(i, true, true, false);
        struct anybpf_link *modify = attach("modify", i);
        check_call(i, true, true, false);
        t.seen->modify = 1;
        check_call(i, true, true, true);
        t.seen->modify = 0;
        CHECK_EQ(anybpf_detach(entry), 0);
        check_call(i, false, true, false);
        CHECK_EQ(anybpf_detach(modify), 0);
        check_call(i, false, true, false);
        CHECK_EQ(anybpf_detach(exit), 0);
        check_call(i, false, false, false);
    }
    anybpf_env_free(t.env);
}
