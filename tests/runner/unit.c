/* SPDX-License-Identifier: Apache-2.0 */
/* Tests written in C: tests/unit/. */
#include "arch/targets.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include <stdlib.h>

static struct unit_test *first, **end = &first;

void unit_register(struct unit_test *test)
{
    *end = test;
    end = &test->next;
}

void run_unit(void)
{
    for (const struct unit_test *t = first; t; t = t->next) {
        const char *slash = strrchr(t->file, '/');
        const char *file = slash ? slash + 1 : t->file;
        if (test_begin("unit/%.*s/%s", (int)strcspn(file, "."), file, t->name)) {
            t->body();
            test_end();
        }
    }
}

bool test_has_object(const char *path)
{
    char *there = file_read(path, &(size_t){ 0 });
    bool has = there && target_find(host_target);
    free(there);
    if (!has)
        test_skip("needs clang, and code for this processor");
    return has;
}
