/* SPDX-License-Identifier: Apache-2.0 */
/* Compile time and memory of programs of real size: generated ones (shapes.h; trusted, so that the
 * verifier's budget does not matter) and the largest program of each object.
 *
 *     sizes [--json] [OBJECT..] */
#include "api/inside.h"
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

/* ---- Memory from malloc(), counted ---- */

static size_t taken, peak, opened; /* opened: when the object was there */

static void *count_alloc(void *user, size_t size)
{
    void *memory = malloc(size);
    (void)user;
    if (memory && (taken += size) > peak)
        peak = taken;
    return memory;
}

static void count_release(void *user, void *memory, size_t size)
{
    (void)user;
    free(memory);
    taken -= memory ? size : 0;
}

/* ---- Large programs ---- */

/* Time that the thread has run: others take the processor meanwhile when something takes long. */
static uint64_t own_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct mean {
    double sum; /* of logarithms */
    unsigned count;
};

/* A generated program, or the largest one of an object. */
struct subject {
    const struct shape *shape;
    uint32_t length;
    const char *path; /* NULL: of the shape */
};

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
    if (obj)
        anybpf_set(obj, ANYBPF_TRUSTED, 1);
    return obj;
}

static struct anybpf_object *open_shape(struct anybpf_env *env, const struct subject *s)
{
    struct insn *insns = calloc(s->length + SHAPE_MORE, sizeof *insns);
    struct anybpf_object *obj;

    if (!insns)
        die("out of memory");
    obj = open_insns(env, insns, shape_write(s->shape, s->length, insns));
    free(insns);
    return obj;
}

static const char *largest_of(struct anybpf_object *obj)
{
    static struct anybpf_prog_info largest;
    struct anybpf_prog *prog = NULL;
    struct anybpf_prog_info info;

    largest.insns = 0;
    while ((prog = anybpf_next_prog(obj, prog))) {
        anybpf_prog_info(prog, &info, sizeof info);
        largest = info.insns > largest.insns ? info : largest;
    }
    return largest.name;
}

static struct anybpf_prog *load(struct anybpf_env *env, const struct subject *s)
{
    struct anybpf_object *obj = !env      ? NULL
                                : s->path ? anybpf_open(env, s->path)
                                          : open_shape(env, s);
    struct anybpf_prog *prog;

    if (!obj)
        die(env ? anybpf_error(env) : "out of memory");
    opened = peak = taken;
    if (!(prog = anybpf_find(obj, s->path ? largest_of(obj) : NULL)))
        die(anybpf_error(env));
    return prog;
}

/* The most bytes while it is loaded, beyond those that its object took. */
static size_t memory_meanwhile(const struct subject *s)
{
    static const struct anybpf_allocator counted = { count_alloc, count_release, NULL };
    struct anybpf_env *env = anybpf_env_new_with(&counted);
    size_t most;

    load(env, s);
    most = peak - opened;
    anybpf_env_free(env);
    return most;
}

static void measure(const char *name, const struct subject *s, struct mean *mean)
{
    size_t most = memory_meanwhile(s);
    struct anybpf_env *env = anybpf_env_new();
    const struct anybpf_prog *prog = load(env, s);
    uint64_t begin = clock_ns(), best = UINT64_MAX;
    struct anybpf_prog_info info;
    double ns, kept, meanwhile;

    anybpf_prog_info(prog, &info, sizeof info);
    for (unsigned i = 0; i < 3 || (i < 100 && clock_ns() - begin < ENOUGH_NS); i++) {
        uint64_t start = own_ns();
        if (!api_time_compile(prog))
            die("a program did not compile again");
        uint64_t time = own_ns() - start;
        best = time < best ? time : best;
    }
    ns = (double)best / info.insns;
    kept = (double)info.memory_bytes / info.insns;
    meanwhile = (double)most / info.insns;
    mean->sum += log(ns);
    mean->count++;
    if (json)
        printf("%s  {\"name\": \"%s\", \"insns\": %u, \"compile_ns_per_insn\": %.1f, "
               "\"load_bytes_per_insn\": %.1f, \"kept_bytes_per_insn\": %.1f}",
               mean->count > 1 ? ",\n" : "", name, info.insns, ns, meanwhile, kept);
    else
        printf("%-28s %9u %12.1f %12.1f %12.1f\n", name, info.insns, ns, meanwhile, kept);
    anybpf_env_free(env);
}

static void measure_largest(const char *path, struct mean *mean)
{
    struct subject subject = { .path = path };
    char name[64];

    snprintf(name, sizeof name, "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    name[strcspn(name, ".")] = 0;
    measure(name, &subject, mean);
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
            measure(shapes[i].name, &(struct subject){ &shapes[i], lengths[n], NULL }, &mean);
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
