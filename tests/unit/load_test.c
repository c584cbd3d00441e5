/* SPDX-License-Identifier: Apache-2.0 */
#include "load/load.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include <elf.h>
#include <stdlib.h>

/* What is read of an object, and with what. */
struct loading {
    struct env *env;
    struct error err;
    struct arena *arena;
    struct object *object;
    struct text text;
    struct prog *prog;
};

static int list_all(void *arg)
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

/* Through everything that the loader does with the bytes; the first error's code. They are gone
 * once the object is open, and lie in memory exactly as long: ASan finds who reads on. */
static int load_all(struct env *env, const void *bytes, size_t size, struct error *err)
{
    struct loading l = { .env = env };
    void *copy = malloc(size ? size : 1);
    int first;

    memcpy(copy, bytes, size);
    error_clear(err);
    first =
        object_open((struct bytes){ copy, size }, "test.o", env, &allocator_libc, &l.object, err);
    free(copy);
    if (first) {
        CHECK(!l.object && err->text[0]);
        return first;
    }
    l.arena = arena_new(&allocator_libc, 64u << 20);
    l.text.arena = l.arena;
    arena_try(l.arena, &l.err, list_all, &l);
    for (uint32_t i = 0; i < l.object->prog_count; i++) {
        struct error one = { 0 };
        if (resolve(l.object, i, NULL, l.arena, &l.prog, &one)) {
            CHECK(!l.prog && one.text[0]);
            if (!first)
                *err = one;
            first = one.code;
        } else
            arena_try(l.arena, &l.err, list_prog, &l);
    }
    arena_free(l.arena);
    object_free(l.object);
    return first;
}

static struct env *new_env(void)
{
    struct error err = { 0 };
    return env_new(&allocator_libc, &err);
}

static void load_sample(const char *path, void *env)
{
    struct error err = { 0 };
    size_t size;
    char *bytes = file_read(path, &size);
    load_all(env, bytes, size, &err);
    CHECK_SAY(!err.code, "%s: %s", path, err.text);
    free(bytes);
}

TEST(every_sample_loads)
{
    struct env *env = new_env();
    if (files_each(OBJECTS_DIR, ".bpf.o", load_sample, env) <= 0)
        test_skip("no clang when this was built");
    env_free(env);
}

/* Truncates at every length and changes every byte, or so many of each when in a hurry. */
static void damage_sample(const char *path, void *env)
{
    struct error err;
    size_t size;
    char *bytes = file_read(path, &size);
    size_t step = test_quick ? size / 16 + 1 : size / 400 + 1;

    for (size_t n = 0; n < size; n += step)
        CHECK_SAY(load_all(env, bytes, n, &err), "%s cut at %zu loads", path, n);
    for (size_t at = 0; at < size; at += step) {
        const char kept = bytes[at];
        const char wrong[] = { 0, (char)0xff, (char)(kept ^ 1), (char)(kept ^ 0x80) };
        for (size_t i = 0; i < sizeof wrong; i++) {
            bytes[at] = wrong[i];
            load_all(env, bytes, size, &err);
        }
        bytes[at] = kept;
    }
    free(bytes);
}

TEST(no_damage_does_harm)
{
    struct env *env = new_env();
    if (files_each(OBJECTS_DIR, ".bpf.o", damage_sample, env) <= 0)
        test_skip("no clang when this was built");
    env_free(env);
}

/* Every section as code, data, nothing and a note. */
static void retype_sample(const char *path, void *env)
{
    static const struct {
        uint32_t type;
        uint64_t flags;
    } as[] = { { SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR },
               { SHT_PROGBITS, SHF_ALLOC | SHF_WRITE },
               { SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR },
               { SHT_NOTE, SHF_EXECINSTR } };
    struct error err;
    size_t size;
    char *bytes = file_read(path, &size);
    Elf64_Ehdr *head = (Elf64_Ehdr *)bytes;

    for (unsigned s = 0; bytes[EI_DATA] == ELFDATA2LSB && s < head->e_shnum; s++) {
        Elf64_Shdr *section = (Elf64_Shdr *)(bytes + head->e_shoff) + s;
        const Elf64_Shdr kept = *section;
        for (size_t i = 0; i < sizeof as / sizeof *as; i++) {
            section->sh_type = as[i].type;
            section->sh_flags = as[i].flags;
            load_all(env, bytes, size, &err);
        }
        *section = kept;
    }
    free(bytes);
}

TEST(sections_of_other_kinds_do_no_harm)
{
    struct env *env = new_env();
    if (files_each(OBJECTS_DIR, ".bpf.o", retype_sample, env) <= 0)
        test_skip("no clang when this was built");
    env_free(env);
}

TEST(section_names_say_the_type)
{
    static const struct {
        const char *name, *context, *attach;
        enum prog_type type;
    } rows[] = {
        { "xdp", "xdp", "", PROG_XDP },
        { "tc/ingress", "tc", "", PROG_SCHED_CLS },
        { "classifier/mine", "tc", "mine", PROG_SCHED_CLS },
        { "socket", "socket", "", PROG_SOCKET_FILTER },
        { "raw_tp/sched/switch", "raw_tp", "sched/switch", PROG_RAW_TRACEPOINT },
        { "fentry/do_unlinkat", "tracing", "do_unlinkat", PROG_TRACING },
        { "memory", "memory", "", PROG_UNSPEC },
        { "xdp_pass", NULL, "", PROG_UNSPEC },
        { "from-netdev", NULL, "", PROG_UNSPEC },
        { "cgroup/connect4", "cgroup_sock_addr", "", PROG_CGROUP_SOCK_ADDR },
        { "cgroup/connect4/x", NULL, "", PROG_UNSPEC },
        { "req/login", "req", "login", PROG_EMBEDDER },
    };
    struct env *env = new_env();
    struct error err = { 0 };

    CHECK_EQ(env_add_context(env, "req", "struct req { __u32 len; };", &err), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct section_type type = { 0 };
        const char *attach;
        bool found = section_type(env, rows[i].name, &type, &attach);
        CHECK_SAY(found == (rows[i].context != NULL), "%s", rows[i].name);
        if (!found)
            continue;
        CHECK_TEXT(type.context, rows[i].context);
        CHECK_TEXT(attach, rows[i].attach);
        CHECK_EQ(type.type < PROG_EMBEDDER ? type.type : PROG_EMBEDDER, rows[i].type);
    }
    env_free(env);
}
