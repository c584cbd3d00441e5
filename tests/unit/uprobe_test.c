/* SPDX-License-Identifier: Apache-2.0 */
/* uprobe and uretprobe programs: struct pt_regs, as libbpf's macros read it. */
#include "arch/targets.h"
#include "runner/runner.h"
#include "rt/rt.h"
#include <anybpf.h>
#include "attach/probes.h"
#include "unit/attach_code.h"

#if defined(__x86_64__)
enum { STACKED = 8 /* from sp: argument 7, behind the return address */ };
#else
enum { STACKED = 0 /* argument 9 */ };
#endif

static SLED long probed_function(int a, short b, long c, long d, long e, long f, long g, long h,
                                 long i, double j)
{
    return a + b + c + d + e + f + g + h + i + (long)j;
}

static SLED void probed_small(int *count)
{
    ++*count;
}

static const char prototype[] = "long probed_function(int a, short b, long c, long d, long e, "
                                "long f, long g, long h, long i, double j)";
static const long right = -1 - 2 + 3 + 4 + 5 + 6 + 70 + 80 + 90 + 10;

static struct {
    struct anybpf_env *env;
    struct anybpf_object *obj;
    struct probed *probed;
} t;

static bool begin(void)
{
    static const char path[] = OBJECTS_DIR "/../attach/probes.bpf.o";
    if (!test_has_object(path))
        return false;
    t.env = anybpf_env_new();
    CHECK_EQ(anybpf_env_function(t.env, prototype, (void *)(uintptr_t)probed_function), 0);
    CHECK_EQ(anybpf_env_function(t.env, "void probed_small(int *count)",
                                 (void *)(uintptr_t)probed_small),
             0);
    t.obj = anybpf_open(t.env, path);
    CHECK_SAY(t.obj && !anybpf_load(t.obj), "%s", anybpf_error(t.env));
    if (test_failed())
        return false;
    t.probed = anybpf_map_data(anybpf_find_map(t.obj, ".bss"), NULL);
    t.probed->skip = STACKED;
    return true;
}

static struct anybpf_link *attach(const char *name, uint64_t cookie)
{
    struct anybpf_attach_options options = { .cookie = cookie };
    struct anybpf_link *link = anybpf_attach(anybpf_find(t.obj, name), NULL, &options);
    CHECK_SAY(link, "%s: %s", name, anybpf_error(t.env));
    return link;
}

static void call(void)
{
    __typeof__(probed_function) *volatile f = probed_function; /* no compiler knows what it does */
    CHECK_EQ(f(-1, -2, 3, 4, 5, 6, 70, 80, 90, 10.5), right);
}

TEST(probes_read_registers_by_the_macros_of_libbpf)
{
    static const long args[] = { -1, -2, 3, 4, 5 };
    const struct probed *p;
    long sp;
    if (!begin())
        return;
    p = t.probed;
    struct anybpf_link *enter = attach("enter", 0x1234567890);
    call();
    sp = p->sp;
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(p->args[i], args[i]);
    CHECK_EQ(p->stacked, STACKED ? 70 : 90);
    CHECK_EQ(p->cookie, 0x1234567890);
    CHECK_EQ(p->ip, (intptr_t)probed_function);
    CHECK_EQ(p->function_ip, p->ip);
    CHECK(p->uprobes == 1 && p->uretprobes == 0);
    struct anybpf_link *leave = attach("leave", 0);
    call();
    CHECK_EQ(p->result, right);
    CHECK_EQ(p->return_sp, sp + STACKED);
    CHECK(p->uprobes == 2 && p->uretprobes == 1);
    attach("pass_on", 0);
    call();
    CHECK_EQ(p->passed_on, 3 + 4);
    CHECK_EQ(anybpf_detach(enter), 0);
    CHECK_EQ(anybpf_detach(leave), 0);
    call();
    CHECK(p->uprobes == 3 && p->uretprobes == 2);
    anybpf_env_free(t.env);
}

TEST(probes_read_argument_registers_that_hold_no_argument)
{
    __typeof__(probed_small) *volatile f = probed_small;
    int count = 0;
    if (!begin())
        return;
    t.probed->args[0] = -1;
    attach("small", 0);
    f(&count);
    CHECK_EQ(count, 1);
    CHECK_EQ(t.probed->args[0], (intptr_t)&count);
    anybpf_env_free(t.env);
}

TEST(probes_write_no_register)
{
    static const uint64_t store[] = { 0x000000000000017a /* *(u64 *)(r1 + 0) = 0 */,
                                      0x00000000000000b7, 0x0000000000000095 };
    struct anybpf_object *obj;
    t.env = anybpf_env_new();
    CHECK_EQ(anybpf_env_function(t.env, prototype, NULL), 0);
    obj = anybpf_open_insns(t.env, store, 3, "uprobe/probed_function");
    CHECK(obj && !anybpf_find(obj, NULL));
    if (target_find(host_target) && !HOST_IS_BIG)
        CHECK_SAY(strstr(anybpf_error(t.env), "cannot be written"), "%s", anybpf_error(t.env));
    anybpf_env_free(t.env);
}
