/* SPDX-License-Identifier: Apache-2.0 */
/* Sites in libraries that are closed while they are intercepted, and opened again. */
#include "arch/targets.h"
#include "attach/attach.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "unit/attach_code.h"
#include <dlfcn.h>
#include <unistd.h>

static void *open_library(const char *name)
{
    char path[512];
    void *library;

    snprintf(path, sizeof path, "%s/libattach_%s.so", ATTACH_LIBS, name);
    library = target_find(host_target) ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library)
        test_skip("no library %s", path);
    return library;
}

static int set(struct site *site, void (*hook)(void))
{
    return site_set(&(struct site_change){ site, (const void *)hook }, 1, NULL);
}

static void check_library(const char *name, bool sled)
{
    void *library = open_library(name);
    struct site *site = NULL;
    struct error err = { 0 };
    shape_fn *next;

    for (int i = 0; library && i < 4; i++) {
        next = (shape_fn *)dlsym(library, "library_next");
        site_open(&site, (const void *)next, &(struct site_options){ .sled = sled }, &err);
        CHECK_SAY(!err.code, "%s: %s", name, err.text);
        if (err.code)
            break;
        hook_a_on = site_original(site);
        hook_a_hits = 0;
        CHECK_EQ(set(site, hook_a), 0);
        CHECK_EQ(next(1), 2);
        CHECK_EQ(hook_a_hits, 1);
        if (i % 2 == 0) {
            CHECK_EQ(set(site, NULL), 0);
            CHECK_EQ(next(1), 2);
            CHECK_EQ(hook_a_hits, 1);
        }
        dlclose(library);
        CHECK(!dlsym(RTLD_DEFAULT, "library_next"));
        if (i % 2)
            CHECK_EQ(set(site, NULL), ANYBPF_E_NOT_FOUND);
        if (i % 3 == 0)
            site_close(site);
        library = open_library(name);
        if (i % 3) { /* it may be where it was before, but is not intercepted */
            next = (shape_fn *)dlsym(library, "library_next");
            CHECK_EQ(next(1), 2);
            CHECK_EQ(hook_a_hits, 1);
            site_close(site);
            CHECK_EQ(next(1), 2);
        }
    }
    if (library)
        dlclose(library);
}

TEST(libraries_with_sleds_are_closed)
{
    check_library("nops", true);
}

TEST(libraries_with_landing_pads_are_closed)
{
    check_library("landing", true);
}

TEST(libraries_with_profiling_are_closed)
{
    check_library("fentry", true);
}

TEST(libraries_without_sleds_are_closed)
{
    check_library("moved", false);
}

TEST(imports_of_libraries_are_closed)
{
    void *library = open_library("moved");
    struct site_options options = { .kind = SITE_IMPORT, .import = "getppid" };
    struct site *site = NULL;
    uint64_t (*parent)(void);

    if (!library)
        return;
    parent = (uint64_t (*)(void))dlsym(library, "library_parent");
    options.importer = (const void *)parent;
    CHECK_EQ(site_open(&site, NULL, &options, NULL), 0);
    hook_a_on = site_original(site);
    hook_a_hits = 0;
    CHECK_EQ(set(site, hook_a), 0);
    CHECK_EQ(parent(), getppid());
    CHECK_EQ(hook_a_hits, 1);
    dlclose(library);
    CHECK_EQ(set(site, NULL), ANYBPF_E_NOT_FOUND);
    site_close(site);
}
