/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of functions, from programs by their sections and from variables of objects. */
#include "api/local.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <string.h>

static uint64_t last_seen;

static uint64_t see(uint64_t value)
{
    return last_seen = value;
}

static struct anybpf_env *begin(const char *declarations)
{
    struct anybpf_env *env;
    if (!target_find(host_target)) {
        test_skip("this build does not compile for the processor that it runs on");
        return NULL;
    }
    env = anybpf_env_new();
    CHECK_EQ(anybpf_env_helper(env, 1000, "__u64 see(__u64 value)", (void *)(uintptr_t)see), 0);
    CHECK_EQ(anybpf_env_declare(env, declarations), 0);
    CHECK_EQ(anybpf_env_declare(env, declarations), 0);
    return env;
}

/* ---- Sections ---- */

struct box {
    long n, m;
};
struct table {
    int (*before)(void);
    long (*nine)(int a, int b, int c, int d, int e, int f, int g, int i, int j);
    bool (*ask)(const struct box *b);
};
#define TABLE                                                                                      \
    "struct box { long n, m; };"                                                                   \
    "struct table { int (*before)(void); long (*nine)(int a, int b, int c, int d, int e, int f, "  \
    "int g, int i, int j); bool (*ask)(const struct box *b); };"

static int before(void)
{
    return 5;
}

TEST(a_table_has_programs_for_functions)
{
    struct table table = { .before = before };
    struct box box = { 9, 8 };
    struct anybpf_prog *nine, *ask;
    struct anybpf_env *env = begin(TABLE);
    if (!env)
        return;
    nine = prog_from_text(env, "struct_ops/table.nine",
                          "r6 = r1\nr1 = *(u64 *)(r6 + 64)\ncall 1000\nr0 = *(u64 *)(r6 + 0)\n"
                          "r1 = *(u64 *)(r6 + 40)\nr0 += r1\nr1 = *(u64 *)(r6 + 48)\nr0 += r1\n"
                          "r1 = *(u64 *)(r6 + 64)\nr0 += r1\nexit\n");
    ask = prog_from_text(env, "struct_ops/table.ask",
                         "r1 = *(u64 *)(r1 + 0)\nr2 = *(u32 *)(r1 + 0)\nr0 = 0\n"
                         "if r2 != 9 goto out\nr0 = 1\nout: exit\n");
    CHECK(nine && ask);
    if (nine && ask) {
        CHECK(!anybpf_fill_table(nine->object, "table", NULL, &table));
        CHECK(!anybpf_fill_table(ask->object, "table", NULL, &table));
        CHECK(table.before == before);
        CHECK_EQ(table.nine(-1, 2, 3, 4, 5, -60, 700, 8, -9000), -1 - 60 + 700 - 9000);
        CHECK_EQ(last_seen, (uint64_t)-9000);
        CHECK(table.ask(&box));
        CHECK(!table.ask(NULL));
        CHECK_EQ(anybpf_fill_table(ask->object, "tables", NULL, &table), ANYBPF_E_NOT_FOUND);
        CHECK_EQ(anybpf_fill_table(ask->object, "table", "ask", &table), ANYBPF_E_NOT_FOUND);
    }
    anybpf_env_free(env);
}

/* ---- Variables ---- */

struct plan {
    int parts[3];
    bool strict;
};
struct ops {
    int here;
    int (*grade)(const struct plan *plan);
    struct plan plan;
    void *private;
    int number;
    enum level { LOW = 1, HIGH = 7 } level;
    bool strict;
    int (*unused)(void);
    char name[8];
    unsigned long (*sum)(int a, unsigned long b, short c);
    unsigned long (*sum_too)(int a, unsigned long b, short c);
};
#define OPS                                                                                        \
    "enum level { LOW = 1, HIGH = 7 }; struct plan { int parts[3]; bool strict; };"                \
    "struct ops { int here; int (*grade)(const struct plan *plan); struct plan plan;"              \
    "void *private; int number; enum level level; bool strict; int (*unused)(void); char name[8];" \
    "unsigned long (*sum)(int a, unsigned long b, short c);"                                       \
    "unsigned long (*sum_too)(int a, unsigned long b, short c); };"

static struct anybpf_object *open_ops(struct anybpf_env *env)
{
    struct anybpf_object *obj = anybpf_open(env, OBJECTS_DIR "/struct_ops.bpf.o");
    if (!obj)
        test_skip("there was no clang 19 to build the object with");
    return obj;
}

TEST(a_variable_fills_a_table)
{
    struct anybpf_env *env = begin(OPS);
    struct anybpf_object *obj = env ? open_ops(env) : NULL;
    struct ops ops = { .here = 11, .strict = true, .private = &ops, .unused = before };
    struct plan plan = { { 4, 5, 6 }, true };
    if (obj) {
        CHECK_SAY(!anybpf_fill_table(obj, "ops", "whole", &ops), "%s", anybpf_error(env));
        CHECK_EQ(ops.sum(-1, 1L << 40, -20), (1UL << 40) - 21);
        CHECK_EQ(ops.grade(&plan), 6);
        plan.strict = false;
        CHECK_EQ(ops.grade(&plan), -1);
        CHECK(!strcmp(ops.name, "whole"));
        CHECK_EQ(ops.number, -3);
        CHECK_EQ(ops.level, HIGH);
        CHECK(ops.plan.parts[2] == 3 && ops.plan.strict);
        CHECK(!ops.private && !ops.unused);  /* what the object leaves out is 0 ... */
        CHECK(ops.here == 11 && ops.strict); /* ... and what it does not have is left */
        CHECK(!anybpf_fill_table(obj, "ops", "linked", &ops));
        CHECK_EQ(ops.sum(21, 0, 0), 42);
        CHECK(!ops.grade && ops.number == 5 && !*ops.name);
        CHECK(!anybpf_fill_table(obj, "ops", "newer", &ops));
        CHECK(ops.sum(1, 2, 3) == 6 && ops.number == 6);
        CHECK(!anybpf_fill_table(obj, "ops", NULL, &ops));
    }
    anybpf_env_free(env);
}

TEST(a_table_that_does_not_fit_is_refused)
{
    static const struct {
        const char *variable;
        int code;
        const char *says;
    } rows[] = {
        { "more_set", ANYBPF_E_UNSUPPORTED, "sets member \"long only_here\" of struct ops" },
        { "other_type", ANYBPF_E_UNSUPPORTED,
          "is \"long number\" in the object, \"int number\" here" },
        { "no_function", ANYBPF_E_UNSUPPORTED, "is \"int (*number)(void)\" in the object" },
        { "address", ANYBPF_E_FORMAT, "member private" },
        { "raw_function", ANYBPF_E_FORMAT, "member unused" },
        { "no_bool", ANYBPF_E_FORMAT, "member strict are no \"bool strict\"" },
        { "bits", ANYBPF_E_UNSUPPORTED, "is \"int number : 3\" in the object" },
        { "two_members", ANYBPF_E_ARGUMENT, "member sum_too is program sum, which is for ops.sum" },
        { "unknown", ANYBPF_E_NOT_FOUND, "no struct ops \"unknown\"" },
        { "nothing", ANYBPF_E_NOT_FOUND, "no struct ops \"nothing\"" },
    };
    struct anybpf_env *env = begin(OPS);
    struct anybpf_object *obj = env ? open_ops(env) : NULL;
    struct ops ops, same;
    memset(&ops, 0x55, sizeof ops);
    same = ops;
    for (size_t i = 0; obj && i < sizeof rows / sizeof *rows; i++) {
        int code = anybpf_fill_table(obj, "ops", rows[i].variable, &ops);
        CHECK_SAY(code == rows[i].code && strstr(anybpf_error(env), rows[i].says), "%s: %d: %s",
                  rows[i].variable, code, anybpf_error(env));
        CHECK(!memcmp(&ops, &same, sizeof ops));
    }
    if (obj) {
        CHECK(!anybpf_find(obj, "nowhere"));
        CHECK_SAY(strstr(anybpf_error(env), "such a pointer to a function as \"unknown_ops.call\""),
                  "%s", anybpf_error(env));
    }
    anybpf_env_free(env);
}
