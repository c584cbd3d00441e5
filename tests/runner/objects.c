/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that clang built (tests/obj/): every program is accepted, and interpreted with every
 * access checked, compiled, and in the kernel it gives the same verdicts, packets and maps. */
#include "runner/objects.h"
#include "base/bytes.h"
#include "cli/cli.h"
#include "api/inside.h"
#include "runner/machine.h"
#include "runner/runner.h"
#include <stdlib.h>

struct arena *cli_arena; /* for the reader of rules, which the command shares with us */

/* What differs from "every program loads, on this machine". */
static const struct peculiar {
    const char *object;
    int load;            /* ANYBPF_E_* that loading gives */
    const char *section; /* the type of programs whose section tells none */
    const char *rules;   /* what maps hold before */
    bool no_kernel;      /* the kernel refuses it, or does something else */
    bool varies;         /* no two runs leave the same in maps */
} peculiars[] = {
    { "big_endian", HOST_IS_BIG ? 0 : ANYBPF_E_UNSUPPORTED, NULL, NULL, true, false },
    { "by_value", 0, NULL, NULL, true, false },
    { "firewall", 0, NULL, "firewall.rules", false, false },
    { "maps_inner", ANYBPF_E_UNSUPPORTED, NULL, NULL, true, false },
    { "maps_legacy", 0, NULL, NULL, true, false },
    { "own_sections", 0, "xdp", NULL, true, false },
    { "struct_ops", ANYBPF_E_NOT_FOUND, NULL, NULL, true, false },
    { "surroundings", 0, NULL, NULL, false, true },
    { "tail_types", ANYBPF_E_ARGUMENT, NULL, NULL, true, false },
};

static const struct peculiar *peculiar_of(const char *object)
{
    static const struct peculiar ordinary;
    for (size_t i = 0; i < sizeof peculiars / sizeof peculiars[0]; i++)
        if (!strncmp(object, peculiars[i].object, strlen(peculiars[i].object)))
            return &peculiars[i];
    return &ordinary;
}

/* ---- Packets ---- */

struct trial *trials_load(unsigned step, uint32_t *count)
{
    size_t size;
    char *file = file_read(TESTS_DIR "/../demo/traffic.pcap", &size);
    struct trial *trials = NULL;
    uint32_t packet = 0;

    *count = 0;
    /* pcap: a head of 24 bytes; packets with a head of 16, of which the third word is the size */
    for (size_t at = 24; file && at + 16 <= size; packet++) {
        uint32_t length = bytes_u32_in(file + at + 8, false);
        if (packet % step == 0 && length <= sizeof trials->data) {
            trials = realloc(trials, (*count + 1) * sizeof *trials);
            trials[*count] = (struct trial){ .size = length };
            memcpy(trials[(*count)++].data, file + at + 16, length);
        }
        at += 16 + length;
    }
    free(file);
    return trials;
}

/* ---- One side: an object loaded in one way ---- */

struct side {
    const struct peculiar *peculiar;
    struct anybpf_env *env;
    struct anybpf_object *object;
    struct anybpf_prog *prog;
    struct anybpf_prog_info info;
    struct trial *trials;
    uint32_t count;
};

static void end(struct side *s)
{
    if (s->env)
        anybpf_env_free(s->env);
    free(s->trials);
    *s = (struct side){ 0 };
}

static bool begin(struct side *s, const char *path, const char *name, bool interpret)
{
    struct anybpf_prog *prog = NULL;
    struct error err = { 0 };
    const char *slash = strrchr(path, '/');

    *s = (struct side){ .peculiar = peculiar_of(slash + 1), .env = anybpf_env_new() };
    CHECK(s->env && (s->object = anybpf_open(s->env, path)));
    if (!s->object)
        return false;
    CHECK_EQ(anybpf_set(s->object, ANYBPF_INTERPRET, interpret), 0);
    CHECK_EQ(anybpf_set(s->object, ANYBPF_CHECK_ACCESS, interpret), 0);
    while (s->peculiar->section && (prog = anybpf_next_prog(s->object, prog))) {
        anybpf_prog_info(prog, &s->info, sizeof s->info);
        CHECK_EQ(anybpf_set_type(s->object, s->info.name, s->peculiar->section), 0);
    }
    anybpf_load(s->object); /* all: programs are in each other's prog arrays */
    s->prog = anybpf_find(s->object, name);
    CHECK_SAY(s->prog, "%s", anybpf_error(s->env));
    if (!s->prog)
        return false;
    if (!interpret && api_check(s->prog))
        sums_add(api_env(s->env), api_check(s->prog));
    anybpf_prog_info(s->prog, &s->info, sizeof s->info);
    if (s->peculiar->rules)
        CHECK_SAY(!maps_init(s->object, s->env, TESTS_DIR "/../demo/firewall.rules", &err), "%s",
                  err.text);
    return true;
}

static bool takes_packets(const struct side *s)
{
    static const char *const types[] = { "xdp", "tc", "socket" };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (!strcmp(s->info.context, types[i]))
            return true;
    return false;
}

static void run_packets(struct side *s, unsigned step)
{
    s->trials = trials_load(step, &s->count);
    CHECK_SAY(s->count, "the demo's capture is missing");
    for (uint32_t i = 0; i < s->count; i++) {
        struct trial *t = &s->trials[i];
        struct packet_buffer buffer = { 0 };
        struct anybpf_packet packet;

        packet_fill(&buffer, &packet, t->data, t->size, t->size);
        CHECK_SAY(!anybpf_call_packet(s->prog, &packet, &t->verdict), "packet %u: %s", i,
                  anybpf_error(s->env));
        /* With the metadata before it, as the kernel gives it. */
        t->size = (uint32_t)(packet.data_end - packet.data_meta);
        CHECK(t->size <= sizeof t->data);
        memcpy(t->data, packet.data_meta, t->size);
    }
}

static void run_words(struct side *s)
{
    static const char text[16] = "words to read";
    s->count = 2;
    s->trials = calloc(s->count, sizeof *s->trials);
    for (uint32_t i = 0; i < s->count; i++) {
        /* the second one points nowhere: probe reads give an error, not a crash */
        uint64_t words[12] = { 7, i ? 64 : (uintptr_t)text };
        CHECK_SAY(!anybpf_call(s->prog, words, sizeof words, &s->trials[i].verdict), "%s",
                  anybpf_error(s->env));
    }
}

static void run(struct side *s, unsigned step)
{
    if (takes_packets(s))
        run_packets(s, step);
    else
        run_words(s);
}

/* ---- Comparing ---- */

#define AGREE(condition, ...)                                                                      \
    ({                                                                                             \
        bool good_ = (condition);                                                                  \
        CHECK_SAY(good_, __VA_ARGS__);                                                             \
        good_;                                                                                     \
    })

static void compare_trials(const struct side *a, const struct trial *b, const char *other)
{
    for (uint32_t i = 0; i < a->count; i++) {
        const struct trial *t = &a->trials[i];
        if (!AGREE((uint32_t)t->verdict == (uint32_t)b[i].verdict,
                   "packet %u: %#" PRIx64 " interpreted, %#" PRIx64 " %s", i, t->verdict,
                   b[i].verdict, other))
            return;
        if (!AGREE(t->size == b[i].size && !memcmp(t->data, b[i].data, t->size),
                   "packet %u: other bytes %s", i, other))
            return;
    }
}

static bool compare_here(const struct anybpf_map_info *info)
{
    switch (info->type) {
    case 1:
    case 2:
    case 5:
    case 6:
    case 9:
    case 11: return true; /* those with elements */
    default: return false;
    }
}

static void compare_maps(const struct side *a, const struct side *b)
{
    struct anybpf_map *x = NULL, *y = NULL;

    while ((x = anybpf_next_map(a->object, x)) && (y = anybpf_next_map(b->object, y))) {
        struct anybpf_map_info info;
        uint8_t key[512], *value, *other;
        uint32_t keys[2] = { 0, 0 };

        anybpf_map_info(x, &info, sizeof info);
        if (!compare_here(&info) || info.key_size > sizeof key)
            continue;
        size_t size = info.cpus > 1 ? (info.value_size + 7u) / 8 * 8 * info.cpus : info.value_size;
        value = calloc(1, size + 8);
        other = calloc(1, size + 8);
        for (const uint8_t *last = NULL; !anybpf_map_next_key(x, last, key); last = key) {
            keys[0]++;
            if (!AGREE(!anybpf_map_lookup(x, key, value), "%s: no value", info.name))
                break;
            if (!AGREE(!anybpf_map_lookup(y, key, other), "%s: a key only interpreted", info.name))
                break;
            if (!AGREE(!memcmp(value, other, size), "%s: another value compiled", info.name))
                break;
        }
        for (const uint8_t *last = NULL; !anybpf_map_next_key(y, last, key); last = key)
            keys[1]++;
        CHECK_SAY(keys[0] == keys[1], "%s: %u keys interpreted, %u compiled", info.name, keys[0],
                  keys[1]);
        free(value);
        free(other);
    }
}

/* ---- Tests ---- */

static void test_same(const char *path, const char *prog, unsigned step)
{
    struct side interpreted = { 0 }, compiled = { 0 };

    if (begin(&interpreted, path, prog, true) && begin(&compiled, path, prog, false)) {
        CHECK(!interpreted.info.compiled && compiled.info.compiled);
        run(&interpreted, step);
        run(&compiled, step);
        compare_trials(&interpreted, compiled.trials, "compiled");
        if (!interpreted.peculiar->varies)
            compare_maps(&interpreted, &compiled);
    }
    end(&interpreted);
    end(&compiled);
}

static void test_kernel(const char *path, const char *prog, unsigned step)
{
    struct side s;
    const char *why;
    struct oracle *oracle = oracle_load(path, prog, &why);
    uint32_t count;
    struct trial *trials;

    if (!oracle) {
        test_skip("%s", why);
        return;
    }
    trials = trials_load(step, &count);
    if (begin(&s, path, prog, true)) {
        oracle_fill(oracle, s.object);
        run(&s, step);
        if (AGREE(oracle_run(oracle, trials, count), "the kernel could not run it")) {
            compare_trials(&s, trials, "in the kernel");
            oracle_compare(oracle, s.object);
        }
    }
    free(trials);
    end(&s);
    oracle_free(oracle);
}

/* What the kernel can be asked by BPF_PROG_TEST_RUN as we mean it: it gives socket filters the
 * packet without its Ethernet header. */
static bool kernel_takes(const char *section)
{
    return !strncmp(section, "xdp", 3) || !strcmp(section, "tc");
}

static void test_progs(const char *path, const char *file, struct anybpf_object *object)
{
    struct anybpf_prog *prog = NULL;
    unsigned step = strncmp(file, "firewall", 8) ? 25 : 1;

    while ((prog = anybpf_next_prog(object, prog))) {
        struct anybpf_prog_info info;
        anybpf_load_prog(prog);
        anybpf_prog_info(prog, &info, sizeof info);
        if (!info.verified_insns)
            continue;
        if (test_begin("obj/%s/%s", file, info.name)) {
            test_same(path, info.name, step);
            test_end();
        }
        if (!peculiar_of(file)->no_kernel && kernel_takes(info.section) &&
            test_begin("obj/%s/%s/kernel", file, info.name)) {
            test_kernel(path, info.name, step);
            test_end();
        }
    }
}

static int within_arena(void *arg)
{
    const char *path = arg, *slash = strrchr(path, '/');
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *object = anybpf_open(env, path);
    const struct peculiar *peculiar = peculiar_of(slash + 1);
    char file[128];

    snprintf(file, sizeof file, "%.*s", (int)strcspn(slash + 1, "."), slash + 1);
    if (test_begin("obj/%s/load", file)) {
        CHECK_SAY(object, "%s", anybpf_error(env));
        if (object && !peculiar->section) {
            int code = anybpf_load(object);
            CHECK_SAY(code == peculiar->load, "%d: %s", code, anybpf_error(env));
        }
        test_end();
    }
    if (object && !peculiar->load)
        test_progs(path, file, object);
    anybpf_env_free(env);
    return 0;
}

static void test_object(const char *path, void *user)
{
    struct error err = { 0 };
    (void)user;
    cli_arena = arena_new(&allocator_libc, 0);
    arena_try(cli_arena, &err, within_arena, (void *)(uintptr_t)path);
    arena_free(cli_arena);
}

void run_objects(void)
{
    if (files_each(OBJECTS_DIR, ".bpf.o", test_object, NULL) <= 0 && test_begin("obj")) {
        test_skip("there was no clang 19 to build the objects with");
        test_end();
    }
}
