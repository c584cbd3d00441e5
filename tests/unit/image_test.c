/* SPDX-License-Identifier: Apache-2.0 */
/* Images: code at an address. The functions are made of nodes and compiled for this processor. */
#include "arch/targets.h"
#include "image/image.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include <execinfo.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t add(struct fn *fn, struct node node)
{
    vec_push(fn->arena, &fn->nodes, node);
    return fn->nodes.count - 1;
}

/* The values given become the list of the node's operands. */
static uint32_t add_list(struct fn *fn, struct node node, const uint32_t *values, uint32_t count)
{
    node.list.first = fn->lists.count;
    node.list.count = count;
    for (uint32_t i = 0; i < count; i++)
        vec_push(fn->arena, &fn->lists, values[i]);
    return add(fn, node);
}

static uint32_t parameter(struct fn *fn, int64_t number)
{
    return add(fn, (struct node){ .op = IR_PARAM, .imm = number });
}

static void end(struct fn *fn, uint32_t result)
{
    add(fn, (struct node){ .op = IR_RETURN, .in = { result } });
    struct block block = { .count = fn->nodes.count };
    vec_push(fn->arena, &fn->blocks, block);
    fn->layout = arena_array_of(fn->arena, 1, uint32_t);
}

/* ---- Functions to compile; r1 is parameter 2 ---- */

/* r1 + imm */
static void make_sum(struct fn *fn, int64_t imm)
{
    uint32_t r1 = parameter(fn, 2), number = add(fn, (struct node){ .op = IR_CONST, .imm = imm });
    end(fn, add(fn, (struct node){ .op = IR_ADD, .width = 64, .in = { r1, number } }));
}

/* helper(r1) + r1: r1 has to be kept in a saved register */
static void make_call(struct fn *fn, int64_t helper)
{
    uint32_t r1 = parameter(fn, 2);
    uint32_t result = add_list(fn, (struct node){ .op = IR_CALL_HELPER, .imm = helper }, &r1, 1);
    end(fn, add(fn, (struct node){ .op = IR_ADD, .width = 64, .in = { result, r1 } }));
}

/* What r1 points to plus 1, or 1 */
static void make_probe(struct fn *fn, int64_t offset)
{
    uint32_t r1 = parameter(fn, 2), one = add(fn, (struct node){ .op = IR_CONST, .imm = 1 });
    uint32_t value =
        add(fn, (struct node){ .op = IR_PROBE, .width = 64, .imm = offset, .in = { r1 } });
    end(fn, add(fn, (struct node){ .op = IR_ADD, .width = 64, .in = { value, one } }));
}

/* ---- Sealing them ---- */

static void (*helper)(void); /* the address of every symbol */

static uint64_t address_of(void *user, enum symbol_kind kind, uint32_t index, struct error *err)
{
    (void)user, (void)kind, (void)index, (void)err;
    return (uintptr_t)helper;
}

struct wish {
    void (*make)(struct fn *fn, int64_t number);
    int64_t number;
    struct arena *arena;
    struct image *image;
};

static int seal_now(void *arg)
{
    struct wish *wish = arg;
    struct fn fn = { .arena = wish->arena, .name = "image_test", .args = 1 };
    struct module module = { .arena = wish->arena, .fns = &fn, .count = 1 };
    static const struct func func = { .name = "image_test" };
    static const struct prog prog = { .name = "image_test", .funcs = &func, .func_count = 1 };
    struct image_options options = { .symbol = address_of, .prog = &prog };
    struct error err = { 0 };
    struct code *code;

    wish->make(&fn, wish->number);
    if (!compile(wish->arena, &module, target_find(host_target), 0, &code, &err))
        image_seal(code, &options, &wish->image, &err);
    CHECK_SAY(!err.code, "%s", err.text);
    return err.code;
}

static struct image *seal(void (*make)(struct fn *fn, int64_t number), int64_t number)
{
    struct wish wish = { make, number, arena_new(&allocator_libc, 0), NULL };
    struct error err = { 0 };
    CHECK_EQ(arena_try(wish.arena, &err, seal_now, &wish), 0);
    arena_free(wish.arena);
    return wish.image;
}

static uint64_t call(const struct image *image, uint64_t r1)
{
    entry_fn *entry = (entry_fn *)(uintptr_t)image_entry(image, 0);
    return entry(NULL, NULL, r1);
}

static bool is_missing(void)
{
    if (target_find(host_target))
        return false;
    test_skip("this build compiles for other processors only");
    return true;
}

/* ---- The tests ---- */

/* Bytes of address space with those permissions, of the process. */
static size_t mapped(const char *permissions)
{
    size_t size, total = 0;
    char *maps = file_read("/proc/self/maps", &size), *save = NULL;
    for (char *line = strtok_r(maps, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        unsigned long from, to;
        char are[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, are) == 3 && !strncmp(are, permissions, 3))
            total += to - from;
    }
    free(maps);
    return total;
}

TEST(small_programs_share_memory)
{
    enum { PROGRAMS = 10000 };
    static struct image *images[PROGRAMS];
    size_t taken = 0;

    if (is_missing())
        return;
    images[0] = seal(make_sum, 0);
    size_t executable = mapped("r-x");
    for (int i = 1; i < PROGRAMS; i++) {
        images[i] = seal(make_sum, i);
        taken += images[i]->taken;
    }
    CHECK_EQ(mapped("rwx"), 0);
    CHECK(mapped("r-x") - executable < 512 * PROGRAMS);
    CHECK_SAY(taken / PROGRAMS < 1024, "%zu bytes each", taken / PROGRAMS);
    for (int i = 0; i < PROGRAMS; i++)
        CHECK_EQ(call(images[i], 1000), 1000u + (unsigned)i);

    /* What is given back is used again. */
    executable = mapped("r-x");
    for (int i = 0; i < PROGRAMS; i += 2) {
        image_free(images[i]);
        images[i] = seal(make_sum, -i);
    }
    CHECK_EQ(mapped("r-x"), executable);
    for (int i = 0; i < PROGRAMS; i += 2)
        CHECK_EQ(call(images[i], 20000), 20000u - (unsigned)i);
    for (int i = 0; i < PROGRAMS; i++)
        image_free(images[i]);
}

static uint64_t thrice(uint64_t r1)
{
    return r1 * 3;
}

TEST(calls_reach_helpers_near_and_far)
{
    if (is_missing())
        return;
    helper = (void (*)(void))thrice;
    struct image *near = seal(make_call, 1);
    CHECK_EQ(call(near, 5), 20);

    /* A program far away is a helper too. */
    struct image *sum = seal(make_sum, 7);
    uint8_t *far =
        mmap((void *)0x200000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(far != MAP_FAILED);
    memcpy(far, image_entry(sum, 0), sum->size);
    CHECK_EQ(mprotect(far, 4096, PROT_READ | PROT_EXEC), 0);
    host_sync_code(far, 4096);
    helper = (void (*)(void))(uintptr_t)far;
    struct image *away = seal(make_call, 1);
    call(away, 5); /* its parameters are not a helper's: what it adds to is anything */
    image_free(near);
    image_free(away);
    image_free(sum);
    munmap(far, 4096);
}

TEST(faults_of_probes_give_zero)
{
    static uint64_t value = 41;
    if (is_missing())
        return;
    struct image *image = seal(make_probe, 0);
    CHECK_EQ(call(image, (uintptr_t)&value), 42);
    CHECK_EQ(call(image, 8), 1);
    CHECK_EQ(call(image, UINT64_C(0x8000000000000000)), 1);
    CHECK_EQ(call(image, (uintptr_t)&value), 42);
    image_free(image);
}

static void *trace[32];
static int trace_length;

static uint64_t take_trace(uint64_t r1)
{
    trace_length = backtrace(trace, 32);
    return r1;
}

TEST(backtraces_go_through_programs)
{
    if (is_missing())
        return;
    helper = (void (*)(void))take_trace;
    struct image *image = seal(make_call, 1);
    int inside = -1;
    CHECK_EQ(call(image, 5), 10);
    for (int i = 0; i < trace_length; i++)
        if ((uintptr_t)trace[i] - (uintptr_t)image->code < image->size)
            inside = i;
    if (inside < 0)
        test_skip("no unwinder in this process");
    else /* the test, the runner, main */
        CHECK(trace_length > inside + 3);
    image_free(image);
}

TEST(children_have_a_pool_of_their_own)
{
    int status = -1;
    if (is_missing())
        return;
    struct image *before = seal(make_sum, 1);
    pid_t child = fork();
    if (!child) {
        struct image *mine = seal(make_sum, 2);
        bool good = call(before, 1) == 2 && call(mine, 1) == 3;
        image_free(before);
        struct image *another = seal(make_sum, 3);
        good &= call(another, 1) == 4 && call(mine, 1) == 3;
        _exit(good ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(status, 0);
    CHECK_EQ(call(before, 1), 2);
    image_free(before);
}

/* Parent and child go on side by side: neither writes where the other runs. */
TEST(parents_leave_their_childrens_code_alone)
{
    int status = -1, go[2];
    char byte;
    if (is_missing())
        return;
    CHECK_EQ(pipe(go), 0);
    struct image *before = seal(make_sum, 1);
    pid_t child = fork();
    if (!child) {
        bool good = read(go[0], &byte, 1) == 1 && call(before, 1) == 2;
        _exit(good ? 0 : 1);
    }
    image_free(before);
    struct image *after[100];
    for (int i = 0; i < 100; i++)
        after[i] = seal(make_sum, 1000);
    CHECK_EQ(write(go[1], "x", 1), 1);
    waitpid(child, &status, 0);
    CHECK_EQ(status, 0);
    for (int i = 0; i < 100; i++)
        image_free(after[i]);
    close(go[0]);
    close(go[1]);
}

/* A line of perf's map file; whatever another image wrote before stays. */
TEST(perf_is_told_names)
{
    char path[64], wanted[96];
    size_t size;
    if (is_missing())
        return;
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    debug_perf_map = true;
    struct image *image = seal(make_sum, 1);
    debug_perf_map = false;
    char *text = file_read(path, &size);
    snprintf(wanted, sizeof wanted, "%" PRIxPTR " %x bpf_prog_image_test\n",
             (uintptr_t)image_entry(image, 0), image->entries[0].end - image->entries[0].at);
    CHECK_SAY(text && strstr(text, wanted), "%s has no line %s", path, wanted);
    free(text);
    unlink(path);
    image_free(image);
}

/* gdb, where it is there, stops within a helper and names the program in the backtrace. */
TEST(gdb_is_told_names)
{
    static const char command[] =
        "gdb -nx -batch -ex 'set confirm off' -ex 'break main' -ex run -ex 'set var debug_gdb = 1' "
        "-ex 'break take_trace' -ex continue -ex backtrace --args /proc/%d/exe "
        "image_test/backtraces 2>&1 | grep -q '^#1 .*image_test ()'";
    char text[sizeof command + 16];
    struct utsname self;
    if (is_missing())
        return;
    uname(&self);
    snprintf(text, sizeof text, "test $(uname -m) = %s", self.machine);
    if (system(text) ||
        system("gdb -nx -batch -ex run --args true 2>&1 | grep -q 'exited normally'")) {
        test_skip("no gdb for this process"); /* under an emulator neither */
        return;
    }
    snprintf(text, sizeof text, command, (int)getpid());
    CHECK(system(text) == 0);
}
