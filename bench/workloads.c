/* SPDX-License-Identifier: Apache-2.0 */
/* Measures the workloads: native code of clang -O2, anybpf, and the kernel's JIT where bpf() is
 * permitted, interleaved in one run. A figure is the least of many rounds.
 *
 *     workloads DIRECTORY [--json] [--rounds N] [NAME..]
 *
 * DIRECTORY holds NAME.bpf.o for every workload. Exit status 1 when results differ. */
#include "bench/kernel.h"
#include <anybpf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 1024, BATCH_NS = 400000, LOADS = 20 };

#define W(name) uint64_t name(uint8_t *mem, uint64_t size);
#include "bench/workloads.def"
#undef W

static const struct workload {
    const char *name;
    uint64_t (*run)(uint8_t *mem, uint64_t size);
} workloads[] = {
#define W(name) { #name, name },
#include "bench/workloads.def"
#undef W
};
enum { WORKLOADS = sizeof workloads / sizeof *workloads };

struct figures {
    double native, anybpf, kernel; /* ns per run; kernel: 0 where it was not measured */
    double compile, verify;        /* ns per instruction */
    uint32_t insns, code_bytes;
    bool trusted; /* the verifier did not accept it */
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fill(uint8_t *mem)
{
    uint64_t x = 88172645463325252u; /* xorshift */
    for (unsigned i = 0; i < SIZE; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        mem[i] = (uint8_t)x;
    }
}

static void die(const struct workload *w, const char *what)
{
    fprintf(stderr, "%s: %s\n", w->name, what);
    exit(1);
}

/* ---- One side each: `runs` runs over mem, in ns ---- */

static uint64_t time_native(const struct workload *w, uint8_t *mem, uint32_t runs)
{
    uint64_t (*volatile run)(uint8_t *, uint64_t) = w->run, start = now();
    for (uint32_t i = 0; i < runs; i++)
        run(mem, SIZE);
    return now() - start;
}

static uint64_t time_anybpf(const struct anybpf_prog *prog, uint8_t *mem, uint32_t runs)
{
    uint64_t start = now(), result;
    for (uint32_t i = 0; i < runs; i++)
        anybpf_call(prog, mem, SIZE, &result);
    return now() - start;
}

static void least(double *figure, uint64_t ns, uint32_t runs)
{
    double each = (double)ns / runs;
    if (*figure == 0 || each < *figure)
        *figure = each;
}

/* ---- A workload ---- */

struct measured {
    const struct workload *workload;
    char path[512];
    struct anybpf_env *env;
    struct anybpf_object *obj;
    struct anybpf_prog *prog;
    int kernel; /* descriptor of the program, or -1 */
    uint32_t runs;
    uint8_t mem[3][SIZE];
    struct figures figures;
};

static void load(struct measured *m)
{
    struct anybpf_prog_info info;

    m->obj = anybpf_open(m->env, m->path);
    m->prog = m->obj ? anybpf_find(m->obj, m->workload->name) : NULL;
    if (m->obj && !m->prog) { /* rejected: the row says so */
        anybpf_set(m->obj, ANYBPF_TRUSTED, 1);
        m->prog = anybpf_find(m->obj, m->workload->name);
    }
    if (!m->prog)
        die(m->workload, anybpf_error(m->env));
    anybpf_prog_info(m->prog, &info, sizeof info);
    m->figures.insns = info.insns;
    m->figures.code_bytes = info.code_bytes;
    m->figures.trusted = info.trusted;
    least(&m->figures.compile, info.compile_ns, info.insns);
    least(&m->figures.verify, info.verify_ns, info.insns);
}

static void begin(struct measured *m)
{
    uint64_t native, result = 0;
    uint32_t verdict;
    double once = 0;

    for (int i = 0; i < LOADS; i++) {
        load(m);
        if (i < LOADS - 1)
            anybpf_close(m->obj);
    }
    m->kernel = kernel_load(m->path, m->workload->name);
    for (int side = 0; side < 3; side++)
        fill(m->mem[side]);
    native = m->workload->run(m->mem[0], SIZE);
    if (anybpf_call(m->prog, m->mem[1], SIZE, &result))
        die(m->workload, anybpf_error(m->env));
    if (result != native || memcmp(m->mem[0], m->mem[1], SIZE))
        die(m->workload, "anybpf's result is not the native one");
    if (m->kernel >= 0 && kernel_run(m->kernel, m->mem[2], SIZE, 1, &verdict) != UINT64_MAX &&
        verdict != (uint32_t)(native ^ native >> 32))
        die(m->workload, "the kernel's result is not the native one");
    least(&once, time_native(m->workload, m->mem[0], 16), 16);
    m->runs = once * 4 > (double)BATCH_NS ? 4 : (uint32_t)((double)BATCH_NS / (once + 1));
}

static void measure(struct measured *m)
{
    uint32_t verdict;
    least(&m->figures.native, time_native(m->workload, m->mem[0], m->runs), m->runs);
    least(&m->figures.anybpf, time_anybpf(m->prog, m->mem[1], m->runs), m->runs);
    if (m->kernel >= 0)
        least(&m->figures.kernel, kernel_run(m->kernel, m->mem[2], SIZE, m->runs, &verdict), 1);
}

/* ---- Results ---- */

struct means {
    double anybpf, kernel, compile; /* sums of logarithms */
    unsigned count, kernels;
};

static void count(struct means *means, const struct figures *f)
{
    means->anybpf += log(f->anybpf / f->native);
    means->compile += log(f->compile);
    means->count++;
    if (f->kernel > 0) {
        means->kernel += log(f->kernel / f->native);
        means->kernels++;
    }
}

static void print_row(const char *name, const struct figures *f, bool json, bool last)
{
    if (json) {
        printf(
            "  {\"name\": \"%s\", \"native_ns\": %.1f, \"anybpf_ns\": %.1f, \"kernel_ns\": %.1f, "
            "\"insns\": %u, \"code_bytes\": %u, \"compile_ns_per_insn\": %.1f, \"trusted\": "
            "%s}%s\n",
            name, f->native, f->anybpf, f->kernel, f->insns, f->code_bytes, f->compile,
            f->trusted ? "true" : "false", last ? "" : ",");
        return;
    }
    printf("%-16s %9.1f %9.1f %6.2f", name, f->native, f->anybpf, f->anybpf / f->native);
    if (f->kernel > 0)
        printf(" %9.1f %6.2f", f->kernel, f->kernel / f->native);
    else
        printf(" %9s %6s", "-", "-");
    printf(" %6u %7u %6.2f %8.1f%s\n", f->insns, f->code_bytes, (double)f->code_bytes / f->insns,
           f->compile, f->trusted ? "  trusted" : "");
}

static void print(const struct measured *all, unsigned have, bool json)
{
    struct means means = { 0 };

    if (json)
        puts("{\"workloads\": [");
    else
        printf("%-16s %9s %9s %6s %9s %6s %6s %7s %6s %8s\n", "", "native", "anybpf", "ratio",
               "kernel", "ratio", "insns", "code", "B/insn", "compile");
    for (unsigned i = 0; i < have; i++) {
        print_row(all[i].workload->name, &all[i].figures, json, i + 1 == have);
        count(&means, &all[i].figures);
    }
    double ours = exp(means.anybpf / means.count), compile = exp(means.compile / means.count);
    double kernels = means.kernels ? exp(means.kernel / means.kernels) : 0;
    if (json) {
        printf("], \"geometric_mean\": {\"anybpf\": %.3f, \"kernel\": %.3f, "
               "\"compile_ns_per_insn\": %.1f}}\n",
               ours, kernels, compile);
        return;
    }
    printf("%-16s %9s %9s %6.2f %9s %6.2f %6s %7s %6s %8.1f\n", "geometric mean", "", "", ours, "",
           kernels, "", "", "", compile);
    puts("\nns per run of 1024 bytes; ratio: to native clang -O2; code: bytes; compile: ns per\n"
         "instruction, from checked program to sealed image; trusted: not verified.");
}

static bool wanted(const char *name, char **names, int count)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    static struct measured all[WORKLOADS];
    struct anybpf_env *env = anybpf_env_new();
    unsigned have = 0;
    int rounds = 60, arg = 2;
    bool json = false;

    for (; arg < argc && !strncmp(argv[arg], "--", 2); arg++) {
        if (!strcmp(argv[arg], "--json"))
            json = true;
        else if (!strcmp(argv[arg], "--rounds") && arg + 1 < argc)
            rounds = atoi(argv[++arg]);
        else
            argc = 0;
    }
    if (argc < 2 || !env) {
        fprintf(stderr, "usage: workloads DIRECTORY [--json] [--rounds N] [NAME..]\n");
        return 2;
    }
    for (unsigned i = 0; i < WORKLOADS; i++) {
        struct measured *m = &all[have];
        if (!wanted(workloads[i].name, argv + arg, argc - arg))
            continue;
        *m = (struct measured){ .workload = &workloads[i], .env = env };
        snprintf(m->path, sizeof m->path, "%s/%s.bpf.o", argv[1], workloads[i].name);
        begin(m);
        have++;
    }
    for (int round = 0; round < rounds; round++)
        for (unsigned i = 0; i < have; i++)
            measure(&all[i]);
    print(all, have, json);
    anybpf_env_free(env);
    return 0;
}
