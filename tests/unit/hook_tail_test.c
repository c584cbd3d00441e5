/* SPDX-License-Identifier: Apache-2.0 */
/* Attached programs that make tail calls: what they call sees the same context, and what is behind
 * the program is done after it. */
#include "api/local.h"
#include "attach/tails.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <anybpf.h>
#include <pthread.h>

static unsigned calls;

static SLED long tailed_function(int x, struct tail_big big)
{
    calls++;
    return x + big.c;
}

static const struct tail_big big = { 10, 200, 3000 };
static long (*volatile function)(int, struct tail_big) = tailed_function;

static struct {
    struct anybpf_env *env;
    struct anybpf_object *obj;
    struct tailed *seen;
} t;

static const char path[] = OBJECTS_DIR "/../attach/tails.bpf.o";

static bool begin(void)
{
    if (!test_has_object(path))
        return false;
    t.env = anybpf_env_new();
    CHECK(!anybpf_env_declare(t.env, "struct tail_table { int (*twice)(int x); };"));
    CHECK(!anybpf_env_function(t.env,
                               "struct tail_big { long a, b, c; };"
                               "long tailed_function(int x, struct tail_big big)",
                               (void *)(uintptr_t)tailed_function));
    t.obj = anybpf_open(t.env, path);
    CHECK_SAY(t.obj && !anybpf_load(t.obj), "%s", anybpf_error(t.env));
    if (test_failed())
        return false;
    t.seen = anybpf_map_data(anybpf_find_map(t.obj, ".bss"), NULL);
    return true;
}

static struct anybpf_link *attach(const char *name, const struct anybpf_attach_options *options)
{
    struct anybpf_prog *prog = anybpf_find(t.obj, name);
    struct anybpf_link *link = prog ? anybpf_attach(prog, NULL, options) : NULL;
    CHECK_SAY(link, "%s", anybpf_error(t.env));
    return link;
}

TEST(a_program_called_from_a_hook_sees_its_context)
{
    struct anybpf_link *link;
    if (!begin())
        return;
    link = attach("entry", &(struct anybpf_attach_options){ .cookie = 0x1122, .account = true });
    for (unsigned i = 1; link && i <= 3; i++) {
        struct anybpf_link_info info;
        CHECK_EQ(function(-4, big), 2996);
        CHECK_EQ(t.seen->sum, 3206);
        CHECK_EQ(t.seen->after_empty, i);
        CHECK_EQ(t.seen->looped, 6 * i);
        CHECK_EQ(t.seen->ip, (uintptr_t)tailed_function);
        CHECK_EQ(t.seen->cookie, 0x1122);
        CHECK_EQ(t.seen->args, 2);
        anybpf_link_info(link, &info, sizeof info);
        CHECK_EQ(info.runs, i);
        CHECK_EQ(info.misses, 0);
    }
    anybpf_env_free(t.env);
}

TEST(tail_calls_of_a_hook_have_a_budget)
{
    uint32_t left;
    uint64_t at;
    if (!begin())
        return;
    attach("begin_rounds", NULL);
    function(1, big);
    t.seen->budget_left = 0;
    left = vcpu_of_thread->tail_calls = 5;
    at = vcpu_of_thread->stack_at;
    for (unsigned i = 1; i <= 3; i++) {
        CHECK_EQ(function(1, big), 3001);
        CHECK_EQ(t.seen->rounds, TAIL_CALLS);
        CHECK_EQ(t.seen->budget_left, i);
    }
    CHECK_EQ(vcpu_of_thread->tail_calls, left);
    CHECK_EQ(vcpu_of_thread->stack_at, at);
    anybpf_env_free(t.env);
}

TEST(tail_calls_behind_a_function_see_its_result)
{
    if (!begin())
        return;
    attach("exit_below", NULL);
    t.seen->after_function = 0;
    CHECK_EQ(function(5, big), 3005);
    CHECK_EQ(t.seen->result, 2 * 3005);
    CHECK_EQ(t.seen->after_function, 3);
    anybpf_env_free(t.env);
}

TEST(results_of_tail_calls_are_the_programs)
{
    int (*twice)(int) = NULL;
    if (!begin())
        return;
    attach("gate", NULL);
    calls = 0;
    CHECK_EQ(function(50, big), 77);
    CHECK_EQ(calls, 0);
    CHECK_EQ(function(51, big), 3051);
    CHECK_EQ(calls, 1);
    CHECK_SAY(!anybpf_fill_table(t.obj, "tail_table", NULL, &twice), "%s", anybpf_error(t.env));
    if (twice)
        CHECK_EQ(twice(-21), -42);
    anybpf_env_free(t.env);
}

TEST(prog_arrays_hold_programs_of_one_function_and_kind)
{
    static const char *const others[] = { "exit_called", "gate_called", "member_called" };
    struct anybpf_map *entries;
    if (!begin())
        return;
    entries = anybpf_find_map(t.obj, "entries");
    for (unsigned i = 0; i < 3; i++)
        CHECK(anybpf_map_set_prog(entries, 0, anybpf_find(t.obj, others[i])));
    CHECK_EQ(anybpf_map_set_prog(entries, 0, anybpf_find(t.obj, "next_round")), 0);
    anybpf_env_free(t.env);
}

static bool stop;

static void *run(void *arg)
{
    uint64_t *wrong = arg;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        *wrong += function(7, big) != 3007;
    return NULL;
}

/* Programs of objects that are closed meanwhile: the array keeps them, and who is within them. Not
 * for ThreadSanitizer, which does not see what compiled code reads. */
TEST(tail_calls_pass_through_an_array_that_changes)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    uint64_t wrong[THREADS] = { 0 };
    struct anybpf_map *entries;
    struct sigaction before;
    if (!begin())
        return;
    expect_faults(&before);
    attach("entry", NULL);
    entries = anybpf_find_map(t.obj, "entries");
    CHECK_EQ(function(7, big), 3007);
    CHECK_EQ(t.seen->sum, 3217);
    stop = false;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, &wrong[i]);
    for (int i = 0; i < (test_quick ? 50 : 200); i++) {
        struct anybpf_object *other = anybpf_open(t.env, path);
        CHECK_EQ(anybpf_map_set_prog(entries, 1, anybpf_find(other, "entry_called")), 0);
        anybpf_close(other);
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_EQ(wrong[i], 0);
    }
    sigaction(SIGSEGV, &before, NULL);
    anybpf_env_free(t.env);
}
