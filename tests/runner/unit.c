/* SPDX-License-Identifier: Apache-2.0 */
/* Tests written in C: tests/unit/. */
#include "runner/runner.h"

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
