/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions, as an embedder calls them. */
#include "arch/targets.h"
#include "base/arena.h"
#include "bpf/text.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include <anybpf.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Programs from text ---- */

struct assembly {
    struct arena *arena;
    const char *text;
    struct insn_list list;
    struct error err;
    uint8_t *bytes;
};

static int assemble(void *arg)
{
    struct assembly *a = arg;
    int code = insn_assemble(a->arena, a->text, &a->list, &a->err);
    if (code)
        return code;
    a->bytes = arena_alloc(a->arena, 8 * (size_t)a->list.count);
    for (uint32_t i = 0; i < a->list.count; i++)
        insn_encode(a->list.at[i], a->bytes + 8 * (size_t)i, HOST_IS_BIG);
    return 0;
}

static struct anybpf_object *open_text(struct anybpf_env *env, const char *section,
                                       const char *text)
{
    struct assembly a = { .arena = arena_new(&allocator_libc, 0), .text = text };
    struct anybpf_object *obj = NULL;

    CHECK_SAY(!arena_try(a.arena, &a.err, assemble, &a), "%s", a.err.text);
    if (a.bytes)
        obj = anybpf_open_insns(env, a.bytes, a.list.count, section);
    arena_free(a.arena);
    CHECK_SAY(obj, "%s", anybpf_error(env));
    return obj;
}

static struct anybpf_prog *load_text(struct anybpf_env *env, const char *section, const char *text)
{
    struct anybpf_object *obj = open_text(env, section, text);
    struct anybpf_prog *prog = obj ? anybpf_find(obj, NULL) : NULL;
    CHECK_SAY(prog, "%s", anybpf_error(env));
    return prog;
}

/* ---- Context types and helpers of the embedder ---- */

struct request {
    uint32_t length;
    uint8_t method;
    uint8_t path[7];
    uint64_t verdict;
};
#define REQUEST "struct request { __u32 length; __u8 method; __u8 path[7]; __u64 verdict __rw; };"

TEST(described_context_is_read_and_written)
{
    struct anybpf_env *env = anybpf_env_new();
    struct request request = { .length = 70000, .method = 3, .path = "/index" };
    uint64_t result = 0;

    CHECK_EQ(anybpf_env_context(env, "request", REQUEST), 0);
    struct anybpf_prog *prog = load_text(env, "request",
                                         "r2 = *(u32 *)(r1 + 0)\n"
                                         "r0 = *(u8 *)(r1 + 4)\n"
                                         "r0 += r2\n"
                                         "*(u64 *)(r1 + 16) = r0\n"
                                         "exit\n");
    if (prog) {
        CHECK_EQ(anybpf_call(prog, &request, sizeof request, &result), 0);
        CHECK_EQ(result, 70003);
        CHECK_EQ(request.verdict, 70003);
        CHECK_EQ(anybpf_call(prog, &request, sizeof request - 1, &result), ANYBPF_E_ARGUMENT);
        CHECK(strstr(anybpf_error(env), "23 bytes"));
    }
    anybpf_env_free(env);
}

TEST(what_a_context_does_not_allow_is_rejected)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj;
    uint64_t memory[4] = { 1, 2, 3, 4 }, result = 0;

    CHECK_EQ(anybpf_env_context(env, "request", REQUEST), 0);
    obj = open_text(env, "request", "*(u32 *)(r1 + 0) = 1\nr0 = 0\nexit\n");
    CHECK(!anybpf_find(obj, NULL));
    CHECK(strstr(anybpf_error(env), "insn 0"));
    obj = open_text(env, "request", "r0 = *(u64 *)(r1 + 24)\nexit\n");
    CHECK_EQ(anybpf_load(obj), ANYBPF_E_REJECTED);
    CHECK_EQ(anybpf_set(obj, ANYBPF_TRUSTED, 1), 0);
    CHECK_EQ(anybpf_load(obj), ANYBPF_E_UNSUPPORTED); /* fields are converted by what is proved */
    obj = open_text(env, "memory", "r0 = *(u64 *)(r1 + 24)\nexit\n");
    CHECK_EQ(anybpf_set(obj, ANYBPF_TRUSTED, 1), 0);
    CHECK_EQ(anybpf_load(obj), 0);
    CHECK_EQ(anybpf_set(obj, ANYBPF_TRUSTED, 0), ANYBPF_E_BUSY);
    anybpf_trusted_begin();
    CHECK_EQ(anybpf_call(anybpf_find(obj, NULL), memory, sizeof memory, &result), 0);
    CHECK_EQ(result, memory[3]);
    anybpf_trusted_end();
    anybpf_env_free(env);
}

static uint64_t seen[2];

static int note(const char *text, uint32_t size)
{
    seen[0] = size;
    seen[1] = size ? (uint8_t)text[size - 1] : 0;
    return -(int)size;
}

TEST(helper_gets_memory_of_the_size_it_is_told)
{
    static const char prototype[] = "int note(const char *text __sz(size), __u32 size)";
    struct anybpf_env *env = anybpf_env_new();
    uint8_t memory[8] = { 0 };
    uint64_t result = 0;

    CHECK_EQ(anybpf_env_helper(env, 1000, prototype, (void *)(uintptr_t)note), 0);
    CHECK_EQ(anybpf_env_helper(env, 1000, prototype, (void *)(uintptr_t)note), ANYBPF_E_EXISTS);
    CHECK_EQ(anybpf_env_helper(env, 5, prototype, (void *)(uintptr_t)note), ANYBPF_E_ARGUMENT);
    CHECK_EQ(anybpf_env_helper(env, 1001, "int note(", (void *)(uintptr_t)note), ANYBPF_E_FORMAT);
    struct anybpf_prog *prog = load_text(env, "memory",
                                         "r1 = 0x636261\n"
                                         "*(u64 *)(r10 - 8) = r1\n"
                                         "r1 = r10\n"
                                         "r1 += -8\n"
                                         "r2 = 3\n"
                                         "call 1000\n"
                                         "exit\n");
    if (prog) {
        CHECK_EQ(anybpf_call(prog, memory, sizeof memory, &result), 0);
        CHECK_EQ(seen[0], 3);
        CHECK_EQ(seen[1], HOST_IS_BIG ? 0 : 'c');
        CHECK_EQ((int32_t)result, -3);
    }
    struct anybpf_object *obj = open_text(env, "memory",
                                          "*(u64 *)(r10 - 8) = 1\n"
                                          "r1 = r10\n"
                                          "r1 += -8\n"
                                          "r2 = 9\n"
                                          "call 1000\n"
                                          "exit\n");
    CHECK_EQ(anybpf_load(obj), ANYBPF_E_REJECTED);
    anybpf_env_free(env);
}

/* ---- Nesting, threads, forks ---- */

static const struct anybpf_prog *inner;

static uint64_t run_inner(uint64_t depth)
{
    uint64_t result = 0;
    if (depth)
        CHECK_EQ(anybpf_call(inner, &depth, sizeof depth, &result), 0);
    return result;
}

TEST(program_is_entered_from_its_own_helper)
{
    struct anybpf_env *env = anybpf_env_new();
    uint64_t depth = 20, result = 0;

    CHECK_EQ(
        anybpf_env_helper(env, 1000, "__u64 run_inner(__u64 depth)", (void *)(uintptr_t)run_inner),
        0);
    inner = load_text(env, "memory",
                      "r0 = 0\n"
                      "if r2 < 8 goto out\n"
                      "r6 = *(u64 *)(r1 + 0)\n"
                      "*(u64 *)(r10 - 8) = r6\n"
                      "r1 = r6\n"
                      "r1 += -1\n"
                      "call 1000\n"
                      "r1 = *(u64 *)(r10 - 8)\n"
                      "r0 += r1\n"
                      "out: exit\n");
    if (inner) {
        CHECK_EQ(anybpf_call(inner, &depth, sizeof depth, &result), 0);
        CHECK_EQ(result, 20 * 21 / 2);
    }
    anybpf_env_free(env);
}

static uint64_t whole(uint64_t value)
{
    return value;
}

/* A compiler may rely on what its convention says about the bits above a narrow argument. */
TEST(helpers_get_narrow_numbers_extended)
{
    struct anybpf_env *env = anybpf_env_new();
    uint8_t extended = target_find(host_target)->conv->extends_args;
    uint64_t mask = extended == 8 ? UINT64_MAX : (UINT64_C(1) << extended * 8) - 1, result = 0;
    const struct anybpf_prog *prog;

    CHECK_EQ(anybpf_env_helper(env, 1000, "__u64 f(unsigned char x)", (void *)(uintptr_t)whole), 0);
    CHECK_EQ(anybpf_env_helper(env, 1001, "__u64 g(short x)", (void *)(uintptr_t)whole), 0);
    for (uint32_t i = 0; i < 2; i++) {
        prog = load_text(env, "memory",
                         i ? "r1 = 0x123456789abcdef0 ll\ncall 1001\nexit\n"
                           : "r1 = 0x123456789abcdef0 ll\ncall 1000\nexit\n");
        CHECK(prog);
        if (prog && extended) {
            CHECK_EQ(anybpf_call(prog, NULL, 0, &result), 0);
            CHECK_EQ(result & mask, (i ? 0xffffffffffffdef0 : 0xf0) & mask);
        }
    }
    anybpf_env_free(env);
}

static void *call_often(void *arg)
{
    for (uint64_t i = 0; i < 2000; i++) {
        uint64_t value = i, result = 0;
        if (anybpf_call(arg, &value, sizeof value, &result) || result != 3 * i)
            return arg;
    }
    return NULL;
}

TEST(threads_share_a_program)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_prog *prog = load_text(env, "memory",
                                         "r0 = 0\n"
                                         "if r2 < 8 goto out\n"
                                         "r0 = *(u64 *)(r1 + 0)\n"
                                         "*(u64 *)(r10 - 512) = r0\n"
                                         "r1 = *(u64 *)(r10 - 512)\n"
                                         "r0 += r1\n"
                                         "r0 += r1\n"
                                         "out: exit\n");
    pthread_t threads[8];
    void *wrong = NULL;

    for (int i = 0; prog && i < 8; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, call_often, prog), 0);
    for (int i = 0; prog && i < 8; i++) {
        pthread_join(threads[i], &wrong);
        CHECK(!wrong);
    }
    anybpf_env_free(env);
}

static void *call_once(void *arg)
{
    uint64_t result;
    return anybpf_call(arg, &result, sizeof result, &result) == ANYBPF_E_BUSY ? arg : NULL;
}

TEST(threads_beyond_the_virtual_cpus_are_refused_and_counted)
{
    struct anybpf_env *env = anybpf_env_new();
    uint64_t result;

    CHECK_EQ(anybpf_env_cpus(env, 0), ANYBPF_E_ARGUMENT);
    CHECK_EQ(anybpf_env_cpus(env, 1), 0);
    struct anybpf_prog *prog = load_text(env, "memory", "r0 = 5\nexit\n");
    CHECK_EQ(anybpf_env_cpus(env, 2), ANYBPF_E_BUSY);
    /* This thread may have any number; only one thread can have number 0. */
    if (prog && !anybpf_call(prog, &result, sizeof result, &result)) {
        pthread_t thread;
        void *refused = NULL;
        CHECK_EQ(pthread_create(&thread, NULL, call_once, prog), 0);
        pthread_join(thread, &refused);
        CHECK(refused);
        CHECK_EQ(anybpf_env_refused(env), 1);
    }
    anybpf_env_free(env);
}

TEST(a_forked_child_runs_and_loads_programs)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_prog *before = load_text(env, "memory", "r0 = 5\nexit\n");
    int status = -1;
    pid_t child = before ? fork() : -1;

    if (child == 0) {
        struct anybpf_object *obj = open_text(env, "memory", "r0 = 6\nexit\n");
        struct anybpf_prog *after = obj ? anybpf_find(obj, NULL) : NULL;
        uint64_t a = 0, b = 0;
        if (after && !anybpf_call(before, &a, 8, &a) && !anybpf_call(after, &b, 8, &b))
            _exit(a == 5 && b == 6 ? 0 : 1);
        _exit(2);
    }
    if (child > 0) {
        CHECK_EQ(waitpid(child, &status, 0), child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    anybpf_env_free(env);
}

/* ---- Errors ---- */

TEST(errors_belong_to_their_environment)
{
    struct anybpf_env *one = anybpf_env_new(), *other = anybpf_env_new();

    CHECK(!anybpf_open(one, "no such file.o"));
    CHECK(strstr(anybpf_error(one), "no such file.o"));
    CHECK_TEXT(anybpf_error(other), "");
    CHECK(!anybpf_open_memory(one, "no object", 9, "nine.o"));
    CHECK(strstr(anybpf_error(one), "nine.o"));
    CHECK(!anybpf_open_insns(one, "", 0, "memory"));
    anybpf_env_free(one);
    anybpf_env_free(other);
}

TEST(values_print_by_the_types_of_the_object)
{
    static const char path[] = OBJECTS_DIR "/maps_hash.bpf.o";
    static const struct {
        uint32_t size;
        uint16_t kind;
        uint8_t more[2];
    } key = { 70000, 5, { 1, 2 } };
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj = anybpf_open(env, path);
    struct anybpf_map_info info;
    char text[64];

    if (!obj) {
        test_skip("needs clang");
        anybpf_env_free(env);
        return;
    }
    anybpf_map_info(anybpf_find_map(obj, "plain"), &info, sizeof info);
    CHECK_EQ(anybpf_print(obj, info.key_type, &key, sizeof key, ANYBPF_LINE, text, sizeof text),
             46);
    CHECK_TEXT(text, "{ .size = 70000, .kind = 5, .more = { 1, 2 } }");
    CHECK_EQ(anybpf_print(obj, info.key_type, &key, sizeof key, ANYBPF_JSON, text, 15), 36);
    CHECK_TEXT(text, "{\"size\":70000,");
    CHECK_EQ(anybpf_print(obj, info.key_type, &key, 7, ANYBPF_LINE, text, sizeof text),
             ANYBPF_E_ARGUMENT);
    CHECK(strstr(anybpf_error(env), "8 bytes, not 7"));
    CHECK_EQ(anybpf_print(obj, 0, &key, sizeof key, ANYBPF_LINE, text, sizeof text),
             ANYBPF_E_NOT_FOUND);
    CHECK_EQ(anybpf_print(obj, UINT32_MAX, &key, sizeof key, ANYBPF_LINE, text, sizeof text),
             ANYBPF_E_NOT_FOUND);
    anybpf_env_free(env);
}

TEST(packets_go_to_packet_programs_only)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_packet packet = { 0 };
    uint8_t bytes[64] = { 0 };
    uint32_t verdicts[2] = { 0 };
    uint64_t result = 0;
    struct anybpf_prog *xdp = load_text(env, "xdp",
                                        "r2 = *(u32 *)(r1 + 0)\n"
                                        "r3 = *(u32 *)(r1 + 4)\n"
                                        "r0 = 1\n"
                                        "r4 = r2\n"
                                        "r4 += 14\n"
                                        "if r4 > r3 goto out\n"
                                        "r0 = *(u8 *)(r2 + 13)\n"
                                        "r0 &= 3\n"
                                        "out: exit\n");
    struct anybpf_prog *memory = load_text(env, "memory", "r0 = 1\nexit\n");

    packet.head = packet.data = bytes;
    packet.data_end = packet.tail = bytes + sizeof bytes;
    bytes[13] = 6;
    if (xdp && memory) {
        struct anybpf_packet two[2] = { packet, packet };
        two[1].data_end = bytes + 13;
        CHECK_EQ(anybpf_call_packet(xdp, &packet, &result), 0);
        CHECK_EQ(result, 2);
        CHECK_EQ(anybpf_call_batch(xdp, two, 2, verdicts), 0);
        CHECK_EQ(verdicts[0], 2);
        CHECK_EQ(verdicts[1], 1);
        CHECK_EQ(anybpf_call(xdp, &packet, sizeof packet, &result), ANYBPF_E_ARGUMENT);
        CHECK_EQ(anybpf_call_packet(memory, &packet, &result), ANYBPF_E_ARGUMENT);
    }
    anybpf_env_free(env);
}

/* ---- Memory ---- */

static struct {
    size_t taken, budget; /* bytes */
} memory;

static void *take(void *user, size_t size)
{
    (void)user;
    if (size > memory.budget - memory.taken)
        return NULL;
    memory.taken += size;
    return malloc(size);
}

static void give(void *user, void *at, size_t size)
{
    (void)user;
    memory.taken -= size;
    free(at);
}

TEST(programs_tail_call_those_of_their_type_only)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj = anybpf_open(env, OBJECTS_DIR "/tail_types.bpf.o");

    if (!obj) {
        test_skip("no clang when this was built");
    } else {
        CHECK_SAY(anybpf_find(obj, "raw"), "%s", anybpf_error(env)); /* is in the array now */
        CHECK(!anybpf_find(obj, "jump"));
        CHECK_SAY(strstr(anybpf_error(env), "jump: map table is for programs of another type"),
                  "%s", anybpf_error(env));
    }
    anybpf_env_free(env);
}

TEST(memory_that_runs_out_is_an_error_and_nothing_leaks)
{
    const struct anybpf_allocator allocator = { take, give, NULL };
    bool loaded = false;

    for (memory.budget = 1000; memory.budget < 4000000 && !loaded; memory.budget += 3001) {
        struct anybpf_env *env = anybpf_env_new_with(&allocator);
        struct anybpf_object *obj = NULL;
        if (env)
            obj = anybpf_open_insns(env,
                                    HOST_IS_BIG ? "\xb7\0\0\0\0\0\0\x05\x95\0\0\0\0\0\0"
                                                : "\xb7\0\0\0\x05\0\0\0\x95\0\0\0\0\0\0",
                                    2, "memory");
        if (obj) {
            uint64_t result = 0;
            struct anybpf_prog *prog = anybpf_find(obj, NULL);
            loaded = prog && !anybpf_call(prog, &result, 8, &result) && result == 5;
            CHECK(loaded || anybpf_error(env)[0]);
        }
        anybpf_env_free(env);
        CHECK_EQ(memory.taken, 0);
    }
    CHECK(loaded);
}
