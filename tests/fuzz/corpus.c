/* SPDX-License-Identifier: Apache-2.0 */
/* Samples made of programs as clang builds them. */
#include "base/hash.h"
#include "fuzz/local.h"
#include "load/load.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROGRAMS = 128, OBJECT_MOST = 1 << 20, UNCHANGED = 8 /* each so many-th */ };

static struct program {
    const char *file;
    const struct prog *prog;
    uint32_t first_map;
    uint64_t made, accepted;
} programs[PROGRAMS];
static uint32_t program_count;

static struct env *env;
static struct arena *arena;

/* ---- Reading ---- */

struct reading {
    const char *path, *name;
    struct error err;
};

static uint32_t add_maps(const struct object *object)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < object->map_count; i++) {
        uint32_t index = execute_add_map(object->maps[i]);
        first = i ? first : index;
    }
    return first;
}

/* The objects stay open: programs and maps point into them. */
static int read_object(void *arg)
{
    struct reading *r = arg;
    uint8_t *bytes = arena_alloc(arena, OBJECT_MOST);
    FILE *file = fopen(r->path, "rb");
    size_t size = file ? fread(bytes, 1, OBJECT_MOST, file) : 0;
    struct object *object;
    uint32_t first_map;
    int code;

    if (file)
        fclose(file);
    code =
        object_open((struct bytes){ bytes, size }, r->name, env, &allocator_libc, &object, &r->err);
    first_map = code ? 0 : add_maps(object);
    for (uint32_t i = 0; !code && i < object->prog_count; i++) {
        struct prog *prog;
        if (strcmp(object->progs[i].section, "memory") || program_count == PROGRAMS)
            continue;
        if (!(code = resolve(object, i, NULL, arena, &prog, &r->err)))
            programs[program_count++] =
                (struct program){ .file = arena_string(arena, r->name, strlen(r->name)),
                                  .prog = prog,
                                  .first_map = first_map };
    }
    return code;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct program *)a)->file, ((const struct program *)b)->file);
}

uint32_t corpus_read(const char *folder)
{
    struct error err = { 0 };
    struct dirent *entry;
    DIR *dir = opendir(folder);
    char path[4096];

    env = env_new(&allocator_libc, &err);
    arena = arena_new(&allocator_libc, 0);
    while (dir && env && arena && (entry = readdir(dir))) {
        struct reading r = { path, entry->d_name, { 0 } };
        const char *dot = strrchr(entry->d_name, '.');
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (dot && !strcmp(dot, ".o") && arena_try(arena, &r.err, read_object, &r))
            fprintf(stderr, "%s: %s\n", path, r.err.text);
    }
    if (dir)
        closedir(dir);
    qsort(programs, program_count, sizeof programs[0], by_name); /* seeds mean the same anywhere */
    return program_count;
}

/* ---- Samples ---- */

/* By other bits of the seed than those that decide how a sample is run. */
static struct program *program_of(uint64_t seed)
{
    return &programs[hash_mix(seed) % program_count];
}

void corpus_make(struct arena *to, uint64_t seed, struct sample *out)
{
    const struct program *program = program_of(seed);
    const struct prog *prog = program->prog;
    struct generator g = {
        .arena = to, .sample = out, .out = &out->pieces[0], .random = seed * 0x9e3779b97f4a7c15u
    };
    *out = (struct sample){ .seed = seed,
                            .mode = MODE_TAME,
                            .piece_count = 1,
                            .uses_maps = prog->map_count > 0,
                            .mutated = true,
                            .first_map = program->first_map,
                            .map_count = prog->map_count };
    take_insns(&g, prog->insns, prog->count);
    for (uint32_t i = 0; i < g.out->count; i++) {
        struct insn *insn = &g.out->at[i].insn;
        if (insn->id == INSN_LDIMM_MAP || insn->id == INSN_LDIMM_MAP_VALUE)
            insn->imm += (int32_t)program->first_map;
    }
    if (below(&g, UNCHANGED))
        change_some(&g);
}

void corpus_count(const struct sample *sample, bool accepted)
{
    struct program *program = program_of(sample->seed);
    program->made++;
    program->accepted += accepted;
}

unsigned corpus_print(bool all)
{
    unsigned empty = 0;
    for (uint32_t i = 0; i < program_count; i++) {
        const struct program *p = &programs[i];
        empty += !p->accepted;
        if (all || !p->accepted)
            printf("%-32s %9" PRIu64 " made, %9" PRIu64 " accepted\n", p->file, p->made,
                   p->accepted);
    }
    return empty;
}
