/* SPDX-License-Identifier: Apache-2.0 */
/* Running a sample: interpreted and compiled, from the same memory and the same maps. */
#include "fuzz/fuzz.h"
#include "interp/interp.h"
#include "runner/machine.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One for each way, for a prog array takes either interpreted or compiled programs. */
static struct machine machines[WAY_COUNT];
static struct arena_mark clean[WAY_COUNT]; /* of their arenas, before any program */
enum { HASH_KEY = 16, HASH_VALUE = 16 };   /* bytes, at most */
static struct map_spec specs[SAMPLE_MAPS] = {
    [MAP_VALUES] = { .name = "values",
                     .type = MAP_ARRAY,
                     .key_size = 4,
                     .value_size = 32,
                     .max_entries = 4 },
    [MAP_TABLE] = { .name = "table",
                    .type = MAP_HASH,
                    .key_size = 8,
                    .value_size = 16,
                    .max_entries = 6 },
    [MAP_TAILS] = { .name = "tails",
                    .type = MAP_PROG_ARRAY,
                    .key_size = 4,
                    .value_size = 4,
                    .max_entries = PIECES },
    [MAP_GLOBALS] = { .name = ".data",
                      .type = MAP_ARRAY,
                      .key_size = 4,
                      .value_size = 64,
                      .max_entries = 1,
                      .is_data = true },
    [MAP_PER_CPU] = { .name = "per_cpu",
                      .type = MAP_PERCPU_ARRAY,
                      .key_size = 4,
                      .value_size = 32,
                      .max_entries = 2 },
};
static const struct map_spec *spec_list[MACHINE_MAPS] = { &specs[MAP_VALUES], &specs[MAP_TABLE],
                                                          &specs[MAP_TAILS], &specs[MAP_GLOBALS],
                                                          &specs[MAP_PER_CPU] };
static uint32_t spec_count = SAMPLE_MAPS;

/* Aligned, so that atomics are; every run uses the same addresses, but for those of WAY_CHECKED,
 * which have other ones of everything. */
static uint8_t memory[MEMORY] __attribute__((aligned(64)));
static uint8_t elsewhere[MEMORY] __attribute__((aligned(32)));
enum { STACK_MOVE = 0x5310 };

struct outcome {
    int rc;
    uint64_t r0;
    uint8_t memory[MEMORY];
    uint64_t maps; /* a hash of what is in them */
};

uint32_t execute_add_map(const struct map_spec *spec)
{
    if (spec_count == MACHINE_MAPS) {
        fprintf(stderr, "more than %u maps\n", MACHINE_MAPS);
        exit(2);
    }
    spec_list[spec_count] = spec;
    return spec_count++;
}

static bool begin(enum way way, uint64_t budget)
{
    struct machine *m = &machines[way];
    struct error err = { 0 };
    if (!machine_begin(m))
        return false;
    m->budget = budget;
    while (m->map_count < spec_count) {
        const struct map_spec *spec = spec_list[m->map_count];
        struct map *map = m->maps[m->map_count] = map_create(m->env, spec, &err);
        size_t size;
        if (!map) {
            fprintf(stderr, "%s\n", err.text);
            return false;
        }
        m->map_count++;
        if (spec->data)
            memcpy(map_memory(map, &size), spec->data, spec->value_size);
        if (spec->is_data && spec->read_only)
            map_freeze(map);
    }
    clean[way] = arena_mark(m->arena);
    return true;
}

bool execute_begin(uint64_t budget)
{
    for (enum way way = 0; way < WAY_COUNT; way++)
        if (!begin(way, budget))
            return false;
    return true;
}

/* ---- Maps ---- */

/* What an array holds for this thread; NULL of other maps and of constants. */
static void *array_memory(const struct machine *machine, uint32_t map, size_t *size)
{
    struct map *m = machine->maps[map];
    if (m->type == MAP_HASH || m->type == MAP_PROG_ARRAY || spec_list[map]->read_only)
        return NULL;
    if (m->type == MAP_PERCPU_ARRAY) {
        *size = (size_t)m->stride * m->max_entries;
        return m->values.at + vcpu_get()->cpu * m->cpu_stride;
    }
    return map_memory(m, size);
}

static void reset_maps(const struct machine *machine, const struct sample *sample)
{
    for (unsigned i = sample->first_map; i < sample->first_map + sample->map_count; i++) {
        struct map *m = machine->maps[i];
        size_t size;
        uint8_t key[HASH_KEY];
        void *at = array_memory(machine, i, &size);
        if (at)
            memset(at, i < SAMPLE_MAPS ? 0x5a : 0, size);
        while (m->type == MAP_HASH && !map_next_key(m, NULL, key))
            map_delete(m, key);
    }
}

static uint64_t hash(uint64_t h, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        h = (h ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    return h;
}

/* Whatever order it has. */
static uint64_t hash_table(struct map *m)
{
    uint64_t sum = 0;
    uint8_t key[HASH_KEY], next[HASH_KEY], value[HASH_VALUE];
    for (const void *from = NULL; !map_next_key(m, from, next); from = key) {
        memcpy(key, next, m->key_size);
        if (!map_lookup(m, key, value))
            sum += hash(hash(1, key, m->key_size), value, m->value_size);
    }
    return sum;
}

static uint64_t hash_maps(const struct machine *machine, const struct sample *sample)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (unsigned i = sample->first_map; i < sample->first_map + sample->map_count; i++) {
        size_t size;
        const void *at = array_memory(machine, i, &size);
        if (at)
            h = hash(h, at, size);
        if (machine->maps[i]->type == MAP_HASH)
            h += hash_table(machine->maps[i]);
    }
    return h;
}

/* ---- One way ---- */

struct attempt {
    const struct sample *sample;
    enum way way;
    enum check_level level;
    struct program programs[PIECES];
    struct prog *progs[PIECES];
    struct error err;
};

static int prepare(void *arg)
{
    struct attempt *a = arg;
    for (uint32_t i = 0; i < a->sample->piece_count; i++) {
        struct prog *prog = sample_prog(machines[a->way].arena, a->sample, i, false);
        if (!prog)
            return fail(&a->err, ANYBPF_E_LIMIT, "a jump does not reach");
        prog->maps = spec_list;
        prog->map_count = spec_count;
        prog->context = "memory";
        prog->license = "GPL";
        a->progs[i] = prog;
    }
    return 0;
}

static int load_all(struct attempt *a)
{
    int rc = arena_try(machines[a->way].arena, &a->err, prepare, a);
    for (uint32_t i = 0; !rc && i < a->sample->piece_count; i++)
        rc = machine_load(&machines[a->way], a->progs[i], a->level, a->way, &a->programs[i],
                          &a->err);
    for (uint32_t i = 0; !rc && a->sample->tail_calls && i < a->sample->piece_count; i++)
        rc = map_set_prog(machines[a->way].maps[MAP_TAILS], i, &a->programs[i].run);
    return rc;
}

static void unload_all(struct attempt *a)
{
    for (uint32_t i = 0; i < PIECES; i++) {
        if (a->sample->tail_calls)
            map_set_prog(machines[a->way].maps[MAP_TAILS], i, NULL);
        if (a->programs[i].prog)
            machine_unload(&a->programs[i]);
    }
    arena_reset(machines[a->way].arena, clean[a->way]);
}

volatile enum stage execute_stage;

/* Loads and runs; returns what loading returns, its error in err. */
static int attempt(const struct sample *sample, enum way way, enum check_level level,
                   struct outcome *out, struct error *err)
{
    struct attempt a = { .sample = sample, .way = way, .level = level };
    bool compiled = way >= WAY_COMPILED;
    execute_stage = compiled ? STAGE_COMPILE : STAGE_VERIFY;
    int rc = load_all(&a);
    if (!rc) {
        uint8_t *at = way == WAY_CHECKED ? elsewhere : memory;
        uint32_t move = way == WAY_CHECKED ? STACK_MOVE : 0;
        execute_stage = compiled ? STAGE_RUN : STAGE_INTERPRET;
        sample_memory(sample, at);
        if (sample->uses_maps)
            reset_maps(&machines[way], sample);
        out->r0 = 0;
        vcpu_get()->stack_at += move;
        out->rc = machine_run(&a.programs[0], at, MEMORY, &out->r0);
        vcpu_get()->stack_at -= move;
        memcpy(out->memory, at, MEMORY);
        out->maps = sample->uses_maps ? hash_maps(&machines[way], sample) : 0;
    }
    unload_all(&a);
    *err = a.err;
    return rc;
}

/* ---- Comparing ---- */

static void describe(struct report *report, const struct outcome *a, const struct outcome *b)
{
    if (a->rc != b->rc)
        snprintf(report->text, sizeof report->text, "interpreted: error %d, compiled: %d", a->rc,
                 b->rc);
    else if (a->r0 != b->r0)
        snprintf(report->text, sizeof report->text,
                 "r0 interpreted %#" PRIx64 ", compiled %#" PRIx64, a->r0, b->r0);
    else if (a->maps != b->maps)
        snprintf(report->text, sizeof report->text, "the maps differ");
    for (unsigned i = 0; i < MEMORY && !report->text[0]; i++)
        if (a->memory[i] != b->memory[i])
            snprintf(report->text, sizeof report->text,
                     "byte %u of the memory: interpreted %02x, compiled %02x", i, a->memory[i],
                     b->memory[i]);
    if (report->text[0])
        report->verdict = DIFFERENT;
}

/* Whether a changed program, which may use addresses as numbers, does what it does because of where
 * things lie. If it reaches memory that it must not, the verifier has been wrong. */
static bool depends_on_addresses(const struct sample *sample, const struct outcome *interpreted,
                                 struct report *report)
{
    struct outcome moved;
    struct error err = { 0 };
    struct report unlike = { 0 };

    if (attempt(sample, WAY_CHECKED, CHECK_VERIFIED, &moved, &err))
        return true;
    describe(&unlike, interpreted, &moved);
    if (!moved.rc)
        return unlike.verdict == DIFFERENT;
    report->verdict = DIFFERENT;
    snprintf(report->text, sizeof report->text, "accepted, but: %s", interp_fault());
    return true;
}

/* Each third program does without half of the compiler's passes. */
static uint32_t passes_left_out(uint64_t seed)
{
    return seed % 3 ? 0 : (uint32_t)(seed * 0x9e3779b97f4a7c15u >> 32);
}

void execute(const struct sample *sample, struct report *report)
{
    struct outcome interpreted, compiled;
    struct error err = { 0 };
    enum check_level level = sample->mode == MODE_WILD ? CHECK_TRUSTED : CHECK_VERIFIED;

    *report = (struct report){ .verdict = SAME, .verified = level == CHECK_VERIFIED };
    int rc = attempt(sample, WAY_INTERP, level, &interpreted, &err);
    if (rc && level == CHECK_VERIFIED) {
        snprintf(report->rejected, sizeof report->rejected, "%.255s", err.text);
        report->verified = false;
        if (sample->mutated)
            return;
        level = CHECK_TRUSTED;
        rc = attempt(sample, WAY_INTERP, level, &interpreted, &err);
    }
    if (rc) {
        report->verdict = REFUSED;
        snprintf(report->text, sizeof report->text, "%s", err.text);
        return;
    }
    if (sample->mutated && depends_on_addresses(sample, &interpreted, report))
        return;
    enum way way = sample->seed % 4 ? WAY_COMPILED : WAY_TIGHT;
    if (sample->mutated && sample->seed % 5 == 0)
        level = CHECK_TRUSTED; /* with no facts it is the same program */
    machines[way].left_out = passes_left_out(sample->seed);
    rc = attempt(sample, way, level, &compiled, &err);
    if (rc) {
        report->verdict = DIFFERENT;
        snprintf(report->text, sizeof report->text, "not compiled: %s", err.text);
        return;
    }
    describe(report, &interpreted, &compiled);
}

void execute_interpreted(const struct sample *sample, uint64_t *r0, uint8_t out[MEMORY])
{
    struct outcome outcome = { 0 };
    struct error err = { 0 };
    attempt(sample, WAY_INTERP, CHECK_TRUSTED, &outcome, &err);
    *r0 = outcome.r0;
    memcpy(out, outcome.memory, MEMORY);
}
