/* SPDX-License-Identifier: Apache-2.0 */
/* tests/run: programs with their input and results, run in every way there is.
 *
 *     -- asm [NAME]           instructions; the first one is run, others are for prog arrays
 *     -- memory               what r1 points to, in hex; r2 is its size
 *     -- result               r0, a number
 *     -- after                the memory afterwards, in hex
 *     -- calls                instead of these: lines "R1 R2 = R0", numbers; each is run
 *     -- map TYPE KEY VALUE ENTRIES [read-only]    map 0, 1, ... of all programs; in it lines
 *                             "KEY: VALUE" in hex, or of a prog array "INDEX: NAME"
 *     -- map-after NUMBER     lines of the same form: what is in the map afterwards; "KEY: none"
 *     -- fault                the program is ended; with checked accesses with this message, in
 *                             which 0x... stands for any address; other ways do not run it
 *     -- verified             the verifier accepts it; without, only the structure is checked */
#include "interp/interp.h"
#include "runner/machine.h"
#include "runner/runner.h"
#include <errno.h>
#include <stdlib.h>

struct subject {
    struct machine m;
    const struct test_case *c;
    enum way way;
    struct map_spec specs[16];
    const struct map_spec *spec_list[16];
    struct program programs[8];
    const char *names[8]; /* of the programs */
    uint32_t program_count;
};

#define FAIL(s, section, ...) test_fail((s)->c->path, (section)->line, __VA_ARGS__)

/* ---- Maps ---- */

static const struct {
    const char *name;
    enum map_type type;
} map_types[] = {
    { "hash", MAP_HASH },
    { "array", MAP_ARRAY },
    { "prog_array", MAP_PROG_ARRAY },
    { "percpu_hash", MAP_PERCPU_HASH },
    { "percpu_array", MAP_PERCPU_ARRAY },
    { "lru_hash", MAP_LRU_HASH },
    { "lpm_trie", MAP_LPM_TRIE },
    { "ringbuf", MAP_RINGBUF },
};

static bool make_map(struct subject *s, const struct section *section)
{
    char type[32] = "", access[32] = "";
    struct map_spec *spec = &s->specs[s->m.map_count];
    struct error err = { 0 };

    *spec = (struct map_spec){ .name = "test" };
    sscanf(section->words, "%31s %u %u %u %31s", type, &spec->key_size, &spec->value_size,
           &spec->max_entries, access);
    for (size_t i = 0; i < sizeof map_types / sizeof *map_types; i++)
        if (!strcmp(type, map_types[i].name))
            spec->type = map_types[i].type;
    if (!strcmp(access, "read-only")) {
        spec->is_data = spec->read_only = true;
        spec->flags = MAP_RDONLY_PROG;
    }
    if (spec->type == MAP_LPM_TRIE || !strcmp(access, "no-prealloc"))
        spec->flags |= MAP_NO_PREALLOC;
    s->spec_list[s->m.map_count] = spec;
    struct map *map = map_create(s->m.env, spec, &err);
    if (map)
        s->m.maps[s->m.map_count++] = map;
    else
        FAIL(s, section, "%s", err.text);
    return map != NULL;
}

/* Cuts the next line "LEFT: RIGHT" or "LEFT = RIGHT" off; false at the end. */
static bool next_line(char **text, char separator, char **left, char **right)
{
    for (char *line; (line = strsep(text, "\n"));) {
        line[strcspn(line, "#")] = 0;
        char *middle = strchr(line, separator);
        if (!middle)
            continue;
        *middle = 0;
        *left = line + strspn(line, " ");
        *right = middle + 1 + strspn(middle + 1, " ");
        return true;
    }
    return false;
}

static void put_program(struct subject *s, const struct section *section, uint32_t map,
                        const char *index, const char *name)
{
    for (uint32_t i = 0; i < s->program_count; i++)
        if (!strcmp(s->names[i], name)) {
            int rc = map_set_prog(s->m.maps[map], (uint32_t)strtoul(index, NULL, 0),
                                  &s->programs[i].run);
            if (rc)
                FAIL(s, section, "map_set_prog() gives %d", rc);
            return;
        }
    FAIL(s, section, "there is no program %s", name);
}

/* Fills a map, or compares it with the section. */
static void each_element(struct subject *s, const struct section *section, uint32_t map,
                         bool compare)
{
    char *copy = strdup(section->text), *rest = copy, *left, *right;
    const struct map_spec *spec = &s->specs[map];
    uint8_t key[64], value[4096], got[4096];

    while (next_line(&rest, ':', &left, &right)) {
        if (spec->type == MAP_PROG_ARRAY) {
            put_program(s, section, map, left, right);
            continue;
        }
        long key_size = hex_read(left, key, sizeof key);
        bool gone = compare && !strncmp(right, "none", 4);
        long value_size = gone ? 0 : hex_read(right, value, sizeof value);
        int rc = 0;
        if (key_size != spec->key_size || value_size < 0)
            FAIL(s, section, "%s: not KEY: VALUE in hex", left);
        else if (!compare)
            rc = map_update(s->m.maps[map], key, value, MAP_ANY);
        else if (gone)
            rc = map_lookup(s->m.maps[map], key, got) == -ENOENT ? 0 : -EEXIST;
        else if (!(rc = map_lookup(s->m.maps[map], key, got)) &&
                 memcmp(got, value, (size_t)value_size))
            FAIL(s, section, "%s: the value of %s is different", way_names[s->way], left);
        if (rc)
            FAIL(s, section, "%s: the map gives %d for %s", way_names[s->way], rc, left);
    }
    free(copy);
}

/* ---- Programs ---- */

static bool load_program(struct subject *s, const struct section *section)
{
    struct insn_list insns = { 0 };
    struct error err = { 0 };
    const char *name = *section->words ? section->words : "main";
    bool verified = case_section(s->c, "verified") != NULL;
    uint32_t n = s->program_count;

    if (insn_assemble(s->m.arena, section->text, &insns, &err)) {
        FAIL(s, section, "%s", err.text);
        return false;
    }
    struct prog *prog = prog_from_insns(s->m.arena, name, insns.at, insns.count);
    prog->maps = s->spec_list;
    prog->map_count = s->m.map_count;
    prog->context = "memory";
    prog->license = "GPL";
    s->names[n] = name;
    if (machine_load(&s->m, prog, verified ? CHECK_VERIFIED : CHECK_TRUSTED, s->way,
                     &s->programs[n], &err)) {
        FAIL(s, section, "%s: %s", way_names[s->way], err.text);
        return false;
    }
    if (s->way == WAY_COMPILED)
        sums_add(s->m.env, s->programs[n].checked);
    s->program_count++;
    return true;
}

static bool set_up(struct subject *s)
{
    for (size_t i = 0; i < s->c->count; i++)
        if (!strcmp(s->c->sections[i].name, "map") && !make_map(s, &s->c->sections[i]))
            return false;
    for (size_t i = 0; i < s->c->count; i++)
        if (!strcmp(s->c->sections[i].name, "asm") && !load_program(s, &s->c->sections[i]))
            return false;
    for (size_t i = 0, map = 0; i < s->c->count; i++)
        if (!strcmp(s->c->sections[i].name, "map"))
            each_element(s, &s->c->sections[i], (uint32_t)map++, false);
    return !test_failed();
}

/* ---- Running ---- */

/* Whether the texts are equal, numbers in hex aside. */
static bool alike(const char *a, const char *b)
{
    while (*a && *a == *b) {
        if (!strncmp(a, "0x", 2) && !strncmp(b, "0x", 2)) {
            a += 2 + strspn(a + 2, "0123456789abcdef.");
            b += 2 + strspn(b + 2, "0123456789abcdef.");
        } else {
            a++, b++;
        }
    }
    return !strcmp(a, b) || (*a == '\n' && !*b);
}

static void check_run(struct subject *s, int rc, uint64_t r0)
{
    const struct section *result = case_section(s->c, "result");
    const struct section *fault = case_section(s->c, "fault");
    char text[32];

    if (fault && rc == ANYBPF_E_FAULT) {
        if (!alike(fault->text, interp_fault()))
            FAIL(s, fault, "the message is\n%s", interp_fault());
    } else if (rc || fault) {
        FAIL(s, &s->c->sections[0], "%s: the run gives %d %s", way_names[s->way], rc,
             rc == ANYBPF_E_FAULT ? interp_fault() : "");
    } else if (result) {
        uint64_t wanted = strtoull(result->text, NULL, 0);
        snprintf(text, sizeof text, "%#" PRIx64 "\n", r0);
        if (r0 != wanted && !test_rewrite)
            FAIL(s, result, "%s: r0 is %#" PRIx64 ", not %#" PRIx64, way_names[s->way], r0, wanted);
        else if (r0 != wanted)
            case_expect(s->c, "result", text);
    }
}

static void check_memory(struct subject *s, const uint8_t *memory, size_t size)
{
    const struct section *after = case_section(s->c, "after");
    uint8_t *wanted = malloc(size + 1);
    if (after && hex_read(after->text, wanted, size) != (long)size)
        FAIL(s, after, "not the hex bytes of the whole memory");
    for (size_t i = 0; after && i < size && !test_failed(); i++)
        if (memory[i] != wanted[i])
            FAIL(s, after, "%s: byte %zu is %02x, not %02x", way_names[s->way], i, memory[i],
                 wanted[i]);
    free(wanted);
}

static void run_on_memory(struct subject *s)
{
    const struct section *section = case_section(s->c, "memory");
    size_t room = section ? section->size : 0;
    uint8_t *input = malloc(room + 1);
    long size = section ? hex_read(section->text, input, room) : 0;
    uint64_t r0 = 0;

    if (size < 0) {
        FAIL(s, section, "not hex bytes");
    } else {
        uint8_t *memory = size ? memcpy(malloc((size_t)size), input, (size_t)size) : NULL;
        int rc = machine_run(&s->programs[0], memory, (size_t)size, &r0);
        check_run(s, rc, r0);
        check_memory(s, memory, (size_t)size);
        free(memory);
    }
    free(input);
}

static void run_calls(struct subject *s, const struct section *section)
{
    char *copy = strdup(section->text), *rest = copy, *left, *right;
    while (next_line(&rest, '=', &left, &right)) {
        uint64_t r1 = strtoull(left, &left, 0), r2 = strtoull(left, NULL, 0), r0 = 0;
        uint64_t wanted = strtoull(right, NULL, 0);
        if (machine_run(&s->programs[0], (void *)(uintptr_t)r1, (size_t)r2, &r0) || r0 != wanted)
            FAIL(s, section, "%s: %#" PRIx64 " %#" PRIx64 " gives %#" PRIx64 ", not %#" PRIx64,
                 way_names[s->way], r1, r2, r0, wanted);
    }
    free(copy);
}

static void run_way(struct subject *s)
{
    const struct section *calls = case_section(s->c, "calls");
    if (!machine_begin(&s->m))
        return;
    if (set_up(s)) {
        if (calls)
            run_calls(s, calls);
        else
            run_on_memory(s);
        for (size_t i = 0; i < s->c->count; i++)
            if (!strcmp(s->c->sections[i].name, "map-after"))
                each_element(s, &s->c->sections[i],
                             (uint32_t)strtoul(s->c->sections[i].words, NULL, 0), true);
    }
    for (uint32_t i = 0; i < s->program_count; i++)
        machine_unload(&s->programs[i]);
    machine_end(&s->m);
}

static void run_case(const struct test_case *c)
{
    for (enum way way = 0; way < WAY_COUNT; way++) {
        struct subject s = { .c = c, .way = way };
        if (!way_missing(way) && (way == WAY_CHECKED || !case_section(c, "fault")))
            run_way(&s);
    }
}

void run_run(void)
{
    cases_run("run", run_case);
}
