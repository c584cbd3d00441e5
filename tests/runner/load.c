/* SPDX-License-Identifier: Apache-2.0 */
/* Objects through the loader: tests/load/ *.t says what is printed of them and of their programs.
 */
#include "load/load.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include <stdlib.h>

struct loading {
    const struct object *object;
    struct arena *arena;
    struct prog *prog;
    struct text text;
};

static int list_object(void *arg)
{
    struct loading *l = arg;
    object_list(&l->text, l->object);
    return 0;
}

static int list_prog(void *arg)
{
    struct loading *l = arg;
    prog_list(&l->text, l->prog);
    return 0;
}

static void print(struct loading *l, int (*list)(void *l))
{
    struct error err = { 0 };
    text_clear(&l->text);
    CHECK_EQ(arena_try(l->arena, &err, list, l), 0);
}

/* An error as a line; in a growing buffer of the runner's. */
static void add(char **all, const char *format, const char *name, const char *what)
{
    size_t used = *all ? strlen(*all) : 0, room = used + strlen(name) + strlen(what) + 16;
    *all = realloc(*all, room);
    snprintf(*all + used, room - used, format, name, what);
}

static void check_object(const struct test_case *c, const struct object *object)
{
    struct loading l = { .object = object, .arena = arena_new(&allocator_libc, 0) };
    char *all = NULL;

    l.text.arena = l.arena;
    print(&l, list_object);
    case_expect(c, "list", l.text.at);
    for (uint32_t i = 0; i < object->prog_count; i++) {
        struct error err = { 0 };
        if (resolve(object, i, NULL, l.arena, &l.prog, &err))
            add(&all, "%s: %s\n", object->progs[i].name, err.text);
        else {
            print(&l, list_prog);
            add(&all, "%s%s", "", l.text.at);
        }
    }
    case_expect(c, "prog", all ? all : "");
    free(all);
    arena_free(l.arena);
}

static void check(const struct test_case *c)
{
    struct error err = { 0 };
    struct env *env = env_new(&allocator_libc, &err);
    struct object *object;
    char path[512], name[128];
    size_t size;
    char *bytes;

    snprintf(name, sizeof name, "%s.bpf.o", case_section(c, "object")->words);
    snprintf(path, sizeof path, "%s/../load/%s", OBJECTS_DIR, name);
    CHECK(!env_add_context(env, "req", "struct req { __u32 len; __u8 method; };", &err));
    CHECK(!env_add_helper(env, 1000, "int helping(int where)", (void (*)(void))check, &err));
    bytes = file_read(path, &size);
    if (!bytes)
        test_skip("no clang when this was built");
    else if (object_open((struct bytes){ (uint8_t *)bytes, size }, name, env, &allocator_libc,
                         &object, &err)) {
        strcat(err.text, "\n");
        case_expect(c, "list", err.text);
    } else {
        check_object(c, object);
        object_free(object);
    }
    free(bytes);
    env_free(env);
}

void run_load(void)
{
    cases_run("load", check);
}
