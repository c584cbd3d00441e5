/* SPDX-License-Identifier: Apache-2.0 */
/* Measures the workloads: native code of clang -O2, anybpf, and the kernel's JIT where bpf() is
 * permitted, interleaved in one run. A figure is the least of many rounds. See usage(). */
#include "bench/bench.h"
#include "api/inside.h"
#include "base/clock.h"
#include "bench/kernel.h"
#include "ir/ir.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* COMPILATIONS: in a row, so that the compiler's own code is in the caches, as what runs has its.
 */
enum { BATCH_NS = 200000, COMPILATIONS = 16 };

#define W(name, vectorised) uint64_t native_##name(uint8_t *mem, uint64_t size);
#include "bench/workloads.def"
#undef W

static const struct workload workloads[] = {
#define W(name, vectorised) { #name, native_##name, vectorised },
#include "bench/workloads.def"
#undef W
};
enum { WORKLOADS = sizeof workloads / sizeof *workloads };

static struct {
    const char *directory;
    bool json, passes, instructions;
    unsigned rounds;
    char **names; /* NULL-ended; none: all */
} o = { .rounds = 60 };

static struct variant variants[MOST_VARIANTS] = {
    [V3] = { .name = "anybpf", .cpu = "v3" },
    [TRUSTED] = { .name = "trusted", .cpu = "v3", .trusted = true },
    [V2] = { .name = "v2", .cpu = "v2" },
    [V4] = { .name = "v4", .cpu = "v4" },
};
static unsigned variant_count = VARIANTS;
static struct anybpf_env *env;

const char *bench_unit = "ns";

static uint64_t now(void)
{
    return o.instructions ? counter_read() : clock_ns();
}

static void die(const struct workload *w, const char *variant, const char *what)
{
    fprintf(stderr, "%s, %s: %s\n", w->name, variant, what);
    exit(1);
}

static void fill(uint8_t *mem)
{
    uint64_t x = 88172645463325252u; /* xorshift */
    for (unsigned i = 0; i < SIZE; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        mem[i] = (uint8_t)x;
    }
}

static void least(double *figure, uint64_t amount, uint32_t count)
{
    double each = (double)amount / count;
    if (*figure == 0 || each < *figure)
        *figure = each;
}

/* ---- One side each: `runs` runs over its memory ---- */

static uint64_t time_native(const struct workload *w, uint8_t *mem, uint32_t runs)
{
    uint64_t (*volatile run)(uint8_t *, uint64_t) = w->run, start = now();
    for (uint32_t i = 0; i < runs; i++)
        run(mem, SIZE);
    return now() - start;
}

static uint64_t time_anybpf(const struct anybpf_prog *prog, uint8_t *mem, uint32_t runs)
{
    uint64_t start, all, result;
    anybpf_trusted_begin(); /* what trusted programs need at each call, once for all */
    start = now();
    for (uint32_t i = 0; i < runs; i++)
        anybpf_call(prog, mem, SIZE, &result);
    all = now() - start;
    anybpf_trusted_end();
    return all;
}

/* ---- Loading, and the first run, whose results must be the native ones ---- */

static void path_of(const struct workload *w, const char *cpu, char path[512])
{
    snprintf(path, 512, "%s/%s.%s.bpf.o", o.directory, w->name, cpu);
}

static void begin_variant(struct measured *m, const struct variant *v, struct side *side)
{
    const struct workload *w = m->workload;
    struct anybpf_prog_info info;
    uint64_t result = 0;
    char path[512];

    path_of(w, v->cpu, path);
    side->obj = anybpf_open(env, path);
    if (side->obj) {
        anybpf_set(side->obj, ANYBPF_TRUSTED, v->trusted);
        api_leave_out(side->obj, v->left_out);
    }
    side->prog = side->obj ? anybpf_find(side->obj, w->name) : NULL;
    if (!side->prog)
        die(w, v->name, anybpf_error(env));
    anybpf_prog_info(side->prog, &info, sizeof info);
    side->figures.insns = info.insns;
    side->figures.code_bytes = info.code_bytes;
    fill(side->mem);
    if (anybpf_call(side->prog, side->mem, SIZE, &result))
        die(w, v->name, anybpf_error(env));
    if (result != m->result || memcmp(side->mem, m->after, SIZE))
        die(w, v->name, "the result is not the native one");
}

static bool same_insns(struct anybpf_prog *a, struct anybpf_prog *b)
{
    const struct prog *p = api_resolve(a), *q = api_resolve(b);
    bool same = p->count == q->count;
    for (uint32_t i = 0; same && i < p->count; i++) {
        const struct insn *x = &p->insns[i], *y = &q->insns[i];
        same = x->id == y->id && x->code == y->code && x->dst == y->dst && x->src == y->src &&
               x->off == y->off && x->imm == y->imm;
    }
    return same;
}

static void begin_kernel(struct measured *m)
{
    uint32_t verdict;
    char path[512];

    m->kernel_prog = -1;
    if (o.passes || o.instructions || !kernel_permits())
        return;
    path_of(m->workload, "v3", path);
    m->kernel_prog = kernel_load(path, m->workload->name);
    fill(m->kernel.mem);
    if (m->kernel_prog >= 0 &&
        kernel_run(m->kernel_prog, m->kernel.mem, SIZE, 1, &verdict) != UINT64_MAX &&
        verdict != (uint32_t)(m->result ^ m->result >> 32))
        die(m->workload, "kernel", "the result is not the native one");
}

static void begin(struct measured *m)
{
    double once = 0;

    fill(m->native.mem);
    m->result = m->workload->run(m->native.mem, SIZE);
    memcpy(m->after, m->native.mem, SIZE);
    for (unsigned i = 0; i < variant_count; i++)
        begin_variant(m, &variants[i], &m->variants[i]);
    for (unsigned i = V2; i <= V4 && !o.passes; i++)
        m->variants[i].as_v3 = same_insns(m->variants[V3].prog, m->variants[i].prog);
    begin_kernel(m);
    least(&once, time_native(m->workload, m->native.mem, 16), 16);
    m->runs = o.instructions ? 16 : 4 + (uint32_t)((double)BATCH_NS / (once + 1));
}

/* The variants begin with another one each round: the first finds the caches cold. */
static void measure(struct measured *m, unsigned round)
{
    unsigned compilations = o.instructions ? 0 : COMPILATIONS;
    uint32_t verdict;
    least(&m->native.figures.time, time_native(m->workload, m->native.mem, m->runs), m->runs);
    for (unsigned k = 0; k < variant_count; k++) {
        unsigned i = (k + round) % variant_count;
        struct side *side = &m->variants[i];
        if (side->as_v3)
            continue;
        least(&side->figures.time, time_anybpf(side->prog, side->mem, m->runs), m->runs);
        for (unsigned n = 0; n < compilations && (i == V3 || o.passes); n++)
            least(&side->figures.compile, api_time_compile(side->prog), side->figures.insns);
    }
    if (m->kernel_prog >= 0)
        least(&m->kernel.figures.time,
              kernel_run(m->kernel_prog, m->kernel.mem, SIZE, m->runs, &verdict), 1);
}

/* ---- What is measured ---- */

static bool wanted(const char *name)
{
    for (char **n = o.names; *n; n++)
        if (!strcmp(*n, name))
            return true;
    return !*o.names;
}

/* Instead of the usual variants: all passes, and each left out. */
static void vary_passes(void)
{
    variant_count = 1;
    for (unsigned i = 0; i < PASS_COUNT && variant_count < MOST_VARIANTS; i++)
        variants[variant_count++] =
            (struct variant){ pass_names[i], "v3", .left_out = pass_bit(pass_names[i]) };
}

static int usage(void)
{
    fputs("usage: workloads DIRECTORY [--json] [--passes] [--instructions] [--rounds N] [NAME..]\n"
          "Measures the workloads, all or those named; DIRECTORY has their objects. Exit status 1\n"
          "when a result is not the native one.\n"
          "  --passes        what each pass of the compiler is worth: each left out in turn\n"
          "  --instructions  executed instructions instead of ns, under qemu with the plugin\n",
          stderr);
    return 2;
}

static bool read_options(int argc, char **argv)
{
    int arg = 2;

    for (; arg < argc && !strncmp(argv[arg], "--", 2); arg++) {
        if (!strcmp(argv[arg], "--json"))
            o.json = true;
        else if (!strcmp(argv[arg], "--passes"))
            o.passes = true;
        else if (!strcmp(argv[arg], "--instructions"))
            o.instructions = true;
        else if (!strcmp(argv[arg], "--rounds") && arg + 1 < argc)
            o.rounds = (unsigned)atoi(argv[++arg]);
        else
            return false;
    }
    o.directory = argv[1];
    o.names = argv + (arg < argc ? arg : argc);
    return argc >= 2 && o.rounds > 0;
}

int main(int argc, char **argv)
{
    static struct measured all[WORKLOADS];
    unsigned count = 0;

    if (!read_options(argc, argv))
        return usage();
    if (o.instructions) {
        if (!counter_open()) {
            fputs("nobody counts instructions here: qemu needs -plugin counts.so\n", stderr);
            return 2;
        }
        bench_unit = "instructions";
        o.rounds = 2; /* the first one fills tables */
    }
    if (o.passes)
        vary_passes();
    if (!(env = anybpf_env_new()))
        return 2;
    for (unsigned i = 0; i < WORKLOADS; i++)
        if (wanted(workloads[i].name)) {
            all[count].workload = &workloads[i];
            begin(&all[count++]);
        }
    for (unsigned round = 0; round < o.rounds; round++)
        for (unsigned i = 0; i < count; i++)
            measure(&all[i], round);
    if (o.passes)
        report_passes(all, count, o.json);
    else
        (o.json ? report_json : report_table)(all, count);
    anybpf_env_free(env);
    return 0;
}
