/* SPDX-License-Identifier: Apache-2.0 */
/* Sites: functions of every shape with a hook that counts, and those that are refused. */
#include "attach/local.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

SLED static uint64_t sled(uint64_t x)
{
    __asm__ volatile("" ::: "memory");
    return x + 1;
}

static const struct site_options plain = { 0 };

static struct site *open_site(shape_fn *function, bool sled)
{
    struct site *site = NULL;
    struct error err = { 0 };
    site_open(&site, (const void *)function, &(struct site_options){ .sled = sled }, &err);
    CHECK_SAY(site && !err.code, "%s", err.text);
    return site;
}

static void set(struct site *site, void (*hook)(void))
{
    struct error err = { 0 };
    site_set(&(struct site_change){ site, (const void *)hook }, 1, &err);
    CHECK_SAY(!err.code, "%s", err.text);
}

/* Whether they are a landing pad, which has to stay. */
static bool has_pad(const uint8_t *bytes)
{
    struct machine_insn insn;
    target_find(host_target)->patch->decode(&insn, bytes, 4, 0);
    return insn.kind == MACHINE_PAD;
}

static uint64_t changed;

/* Calls with and without the hook, which is entered each time it should be. */
static void check_shape(shape_fn *function, bool sled)
{
    struct site *site = open_site(function, sled);
    uint8_t first[4];

    if (!site)
        return;
    memcpy(first, (const void *)function, sizeof first);
    hook_a_on = hook_b_on = site_original(site);
    hook_a_hits = hook_b_hits = 0;
    CHECK_EQ(function(5), 6);
    for (int i = 0; i < 3; i++) {
        set(site, hook_a);
        CHECK(!has_pad(first) || !memcmp(first, (const void *)function, sizeof first));
        CHECK_EQ(call_guarded(function, 5, &changed), 6);
        CHECK_EQ(changed, 0);
        CHECK_EQ(function(0), 1);
        set(site, hook_b);
        CHECK_EQ(function(7), 8);
        set(site, NULL);
        CHECK_EQ(function(8), 9);
        CHECK_EQ(((shape_fn *)site_original(site))(9), 10);
    }
    CHECK_EQ(hook_a_hits, 6);
    CHECK_EQ(hook_b_hits, 3);
    set(site, hook_a);
    site_close(site);
    CHECK_EQ(function(1), 2);
    CHECK_EQ(hook_a_hits, 6);
    CHECK(open_site(function, sled) == site);
    site_close(site);
}

static bool is_missing(void)
{
    if (target_find(host_target))
        return false;
    test_skip("this build compiles for other processors only");
    return true;
}

TEST(sleds_are_patched)
{
    if (!is_missing())
        check_shape(sled, true);
}

TEST(entries_are_moved)
{
    static shape_fn *const shapes[] = { shape_frame,  shape_relative, shape_branch,
                                        shape_padded, shape_pad_sled, shape_straddle };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && !is_missing(); i++)
        check_shape(shapes[i], false);
}

static void refused(const void *function, const struct site_options *options, const char *why)
{
    struct site *site = NULL;
    struct error err = { 0 };
    CHECK_EQ(site_open(&site, function, options, &err), ANYBPF_E_UNSUPPORTED);
    CHECK_SAY(!site && strstr(err.text, why), "\"%s\" does not say \"%s\"", err.text, why);
}

TEST(entries_are_refused)
{
    static const struct site_options only_sled = { .sled = true }, returning = { .exit = true };
    static uint64_t data;

    if (is_missing())
        return;
#if defined(__x86_64__)
    refused((const void *)shape_short, &plain, "shape_short: it is too short");
    refused((const void *)shape_inside, &plain, "a branch leads into");
    refused((const void *)shape_unknown, &plain, "not known");
#endif
    refused((const void *)shape_loop, &plain, "a loop goes back");
    refused((const void *)shape_calls, &plain, "it calls within");
    refused((const void *)shape_frame, &only_sled, "no sled");
    refused((const void *)_setjmp, &returning, "returns twice");
    refused(&data, &plain, "not in code");
    void *heap = malloc(64);
    refused(heap, &plain, "no file");
    free(heap);
}

/* Islands lie apart, within reach, at displacements that have the bits given. */
TEST(islands_lie_apart)
{
    enum { COUNT = 200 };
    static const struct jump_place places[] = { { 0, 0, 0 }, { 0xff, 0x50, 0 } };
    uintptr_t from = (uintptr_t)shape_frame, at[COUNT];

    if (is_missing())
        return;
    for (unsigned i = 0; i < COUNT; i++) {
        const struct jump_place *place = &places[i % 2];
        at[i] = island_take(from, place, target_find(host_target)->patch->reach);
        CHECK(at[i] && ((at[i] - from) & place->mask) == place->bits);
        for (unsigned k = 0; k < i; k++)
            CHECK(at[k] + ISLAND_SIZE <= at[i] || at[i] + ISLAND_SIZE <= at[k]);
    }
    for (unsigned i = 0; i < COUNT; i++)
        island_free(at[i]);
}

TEST(sites_have_one_owner)
{
    struct site *site, *second = NULL;
    struct error err = { 0 };

    if (is_missing())
        return;
    site = open_site(sled, true);
    CHECK_EQ(site_open(&second, (const void *)sled, &plain, &err), ANYBPF_E_BUSY);
    site_close(site);
}

TEST(variables_lead_to_hooks)
{
    static shape_fn *volatile variable = sled;
    struct site_options options = { .kind = SITE_POINTER, .variable = (void **)&variable };
    struct site *site = NULL;
    struct error err = { 0 };

    if (is_missing())
        return;
    CHECK_EQ(site_open(&site, NULL, &options, &err), 0);
    CHECK(site_function(site) == (const void *)sled && site_original(site) == (const void *)sled);
    hook_a_on = site_original(site);
    hook_a_hits = 0;
    set(site, hook_a);
    CHECK_EQ(variable(1), 2);
    CHECK_EQ(sled(1), 2);
    CHECK_EQ(hook_a_hits, 1);
    site_close(site);
    CHECK(variable == sled);
}

TEST(imports_lead_to_hooks)
{
    struct site_options options = { .import = "getppid",
                                    .importer = (const void *)is_missing,
                                    .kind = SITE_IMPORT };
    struct site *site = NULL;
    struct error err = { 0 };
    pid_t parent = getppid();

    if (is_missing())
        return;
    if (site_open(&site, NULL, &options, &err) == ANYBPF_E_NOT_FOUND) {
        test_skip("this program is linked statically");
        return;
    }
    CHECK_SAY(!err.code, "%s", err.text);
    hook_a_on = site_original(site);
    hook_a_hits = 0;
    for (unsigned i = 1; i < 4; i++) {
        set(site, hook_a);
        CHECK(getppid() == parent);
        CHECK_EQ(hook_a_hits, i);
        set(site, NULL);
        CHECK(getppid() == parent);
        CHECK_EQ(hook_a_hits, i);
    }
    site_close(site);
    options.import = "no_such_function";
    CHECK_EQ(site_open(&site, NULL, &options, &err), ANYBPF_E_NOT_FOUND);
}
