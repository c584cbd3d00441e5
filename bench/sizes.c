/* SPDX-License-Identifier: Apache-2.0 */
/* Compile time and memory of programs of real size: generated ones (shapes.h; trusted, so that the
 * verifier's budget does not matter) and the largest program of each object.
 *
 *     sizes [--json] [OBJECT..] */
#include "api/inside.h"
#include "base/arena.h"
#include "base/clock.h"
#include "bench/shapes.h"
#include <anybpf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENOUGH_NS = 100000000 };

static bool json;

static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* ---- The library's own memory, counted ---- */

static size_t taken, peak, before; /* before: a program was loaded */

static void *count_alloc(void *user, size_t size)
{
    void *memory = allocator_libc.alloc(user, size);
    if (memory && (taken += size) > peak)
        peak = taken;
    return memory;
}

static void count_release(void *user, void *memory, size_t size)
{
    allocator_libc.release(user, memory, size);
    taken -= memory ? size : 0;
}

static struct anybpf_env *new_env(void)
{
    static const struct anybpf_allocator counted = { count_alloc, count_release, NULL };
    struct anybpf_env *env = anybpf_env_new_with(&counted);
    if (!env)
        die("out of memory");
    return env;
}

/* ---- Large programs ---- */

struct mean {
    double sum; /* of logarithms */
    unsigned count;
};

static void measure(const char *name, const struct anybpf_prog *prog, struct mean *mean)
{
    uint64_t begin = clock_ns(), best;
    struct anybpf_prog_info info;
    double ns, kept, meanwhile;

    anybpf_prog_info(prog, &info, sizeof info);
    best = info.compile_ns;
    for (unsigned i = 0; i < 1 || (i < 100 && clock_ns() - begin < ENOUGH_NS); i++) {
        uint64_t time = api_time_compile(prog);
        if (!time)
            die("a program did not compile again");
        best = time < best ? time : best;
    }
    ns = (double)best / info.insns;
    kept = (double)info.memory_bytes / info.insns;
    meanwhile = (double)(peak - before) / info.insns;
    mean->sum += log(ns);
    mean->count++;
    if (json)
        printf("%s  {\"name\": \"%s\", \"insns\": %u, \"compile_ns_per_insn\": %.1f, "
               "\"load_bytes_per_insn\": %.1f, \"kept_bytes_per_insn\": %.1f}",
               mean->count > 1 ? ",\n" : "", name, info.insns, ns, meanwhile, kept);
    else
        printf("%-28s %9u %12.1f %12.1f %12.1f\n", name, info.insns, ns, meanwhile, kept);
}

static struct anybpf_prog *load(struct anybpf_env *env, struct anybpf_object *obj, const char *name)
{
    struct anybpf_prog *prog;

    before = peak = taken;
    if (!(prog = anybpf_find(obj, name)))
        die(anybpf_error(env));
    return prog;
}

static struct anybpf_object *open_insns(struct anybpf_env *env, const struct insn *insns,
                                        uint32_t count)
{
    uint8_t *bytes = malloc(8 * (size_t)count);
    struct anybpf_object *obj;

    if (!bytes)
        die("out of memory");
    for (uint32_t i = 0; i < count; i++)
        insn_encode(insns[i], bytes + 8 * (size_t)i, HOST_IS_BIG);
    obj = anybpf_open_insns(env, bytes, count, "memory");
    free(bytes);
    if (!obj)
        die(anybpf_error(env));
    anybpf_set(obj, ANYBPF_TRUSTED, 1);
    return obj;
}

static void measure_shape(const struct shape *shape, uint32_t length, struct mean *mean)
{
    struct anybpf_env *env = new_env();
    struct insn *insns = calloc(length + SHAPE_MORE, sizeof *insns);
    struct anybpf_prog *prog;

    if (!insns)
        die("out of memory");
    prog = load(env, open_insns(env, insns, shape_write(shape, length, insns)), NULL);
    free(insns);
    measure(shape->name, prog, mean);
    anybpf_env_free(env);
}

static void measure_largest(const char *path, struct mean *mean)
{
    struct anybpf_env *env = new_env();
    struct anybpf_object *obj = anybpf_open(env, path);
    struct anybpf_prog *prog = NULL;
    struct anybpf_prog_info info, largest = { 0 };
    char name[64];

    if (!obj)
        die(anybpf_error(env));
    while ((prog = anybpf_next_prog(obj, prog))) {
        anybpf_prog_info(prog, &info, sizeof info);
        largest = info.insns > largest.insns ? info : largest;
    }
    snprintf(name, sizeof name, "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    name[strcspn(name, ".")] = 0;
    measure(name, load(env, obj, largest.name), mean);
    anybpf_env_free(env);
}

int main(int argc, char **argv)
{
    static const uint32_t lengths[] = { 10000, 100000, 1000000 };
    struct mean mean = { 0 };
    int arg = 1;

    if (arg < argc && !strcmp(argv[arg], "--json")) {
        json = true;
        arg++;
    }
    if (json)
        puts("{\"programs\": [");
    else
        printf("%-28s %9s %12s %12s %12s\n", "", "insns", "compile ns", "bytes then", "bytes kept");
    for (; arg < argc; arg++)
        measure_largest(argv[arg], &mean);
    for (unsigned i = 0; i < SHAPES; i++)
        for (unsigned n = 0; n < sizeof lengths / sizeof *lengths; n++)
            measure_shape(&shapes[i], lengths[n], &mean);
    if (json)
        printf("\n], \"geometric_mean_compile_ns_per_insn\": %.1f}\n", exp(mean.sum / mean.count));
    else
        printf(
            "%-38s %12.1f\n\nPer instruction: ns of compiling, the most bytes of memory while it "
            "is loaded (verified, too,\nif it is from an object), the bytes that a loaded one "
            "keeps.\n",
            "geometric mean", exp(mean.sum / mean.count));
    return 0;
}
