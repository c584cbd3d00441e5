/* SPDX-License-Identifier: Apache-2.0 */
/* What was measured, as tables for people and as JSON. */
#include "bench/bench.h"
#include "ir/ir.h"
#include "rt/rt.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- The columns: a figure of a workload each, 0 where there is none ---- */

static double ratio(const struct side *side, const struct measured *m)
{
    return side->figures.time / m->native.figures.time;
}

/* The side that was measured for the variant. */
static const struct side *built(const struct measured *m, unsigned variant)
{
    return &m->variants[m->variants[variant].as_v3 ? V3 : variant];
}

#define COLUMN(name, value)                                                                        \
    static double name(const struct measured *m)                                                   \
    {                                                                                              \
        return value;                                                                              \
    }
COLUMN(native, m->native.figures.time)
COLUMN(anybpf, m->variants[V3].figures.time)
COLUMN(anybpf_ratio, ratio(&m->variants[V3], m))
COLUMN(kernel, m->kernel.figures.time)
COLUMN(kernel_ratio, ratio(&m->kernel, m))
COLUMN(trusted_ratio, ratio(&m->variants[TRUSTED], m))
COLUMN(v2_ratio, ratio(built(m, V2), m))
COLUMN(v4_ratio, ratio(built(m, V4), m))
COLUMN(insns, m->variants[V3].figures.insns)
COLUMN(code_bytes, m->variants[V3].figures.code_bytes)
COLUMN(bytes_per_insn, code_bytes(m) / insns(m))
COLUMN(compile_ns, m->variants[V3].figures.compile)

static const struct column {
    const char *head, *json;
    double (*figure)(const struct measured *m);
    int width, digits;
    enum { NO_MEAN, MEAN, PER_INSN } summary; /* PER_INSN: of all together, besides the mean */
    unsigned variant;                         /* that may be as_v3; 0: none */
} columns[] = {
    { "native", "native", native, 9, 1, NO_MEAN, 0 },
    { "anybpf", "anybpf", anybpf, 9, 1, NO_MEAN, 0 },
    { "ratio", "anybpf_ratio", anybpf_ratio, 6, 2, MEAN, 0 },
    { "kernel", "kernel", kernel, 9, 1, NO_MEAN, 0 },
    { "ratio", "kernel_ratio", kernel_ratio, 6, 2, MEAN, 0 },
    { "trusted", "trusted_ratio", trusted_ratio, 8, 2, MEAN, 0 },
    { "v2", "v2_ratio", v2_ratio, 6, 2, MEAN, V2 },
    { "v4", "v4_ratio", v4_ratio, 6, 2, MEAN, V4 },
    { "insns", "insns", insns, 6, 0, NO_MEAN, 0 },
    { "code", "code_bytes", code_bytes, 6, 0, NO_MEAN, 0 },
    { "B/insn", "bytes_per_insn", bytes_per_insn, 6, 2, PER_INSN, 0 },
    { "compile", "compile_ns_per_insn", compile_ns, 8, 1, PER_INSN, 0 },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- Means ---- */

static bool is_vectorised(const struct measured *m)
{
    return m->workload->vectorised & (strcmp(host_target, "arm64") ? X86_64 : ARM64);
}

/* The geometric mean of what is not 0; 0 of nothing. */
static double mean(double (*figure)(const struct measured *m), const struct measured *all,
                   unsigned count, bool vectorised_too)
{
    double sum = 0;
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++) {
        double x = figure(&all[i]);
        if (x > 0 && (vectorised_too || !is_vectorised(&all[i])))
            sum += log(x), n++;
    }
    return n ? exp(sum / n) : 0;
}

/* What is told per instruction, of all workloads as if they were one. */
static double of_all(double (*per_insn)(const struct measured *m), const struct measured *all,
                     unsigned count)
{
    double sum = 0, total = 0;
    for (unsigned i = 0; i < count; i++) {
        sum += per_insn(&all[i]) * insns(&all[i]);
        total += insns(&all[i]);
    }
    return total > 0 ? sum / total : 0;
}

/* ---- The table ---- */

static void cell(const struct column *c, double x)
{
    if (x > 0)
        printf(" %*.*f", c->width, c->digits, x);
    else
        printf(" %*s", c->width, "-");
}

typedef double summary_fn(const struct column *c, const struct measured *all, unsigned count);

static double mean_of_all(const struct column *c, const struct measured *all, unsigned count)
{
    return mean(c->figure, all, count, true);
}
static double mean_not_vectorised(const struct column *c, const struct measured *all,
                                  unsigned count)
{
    return mean(c->figure, all, count, false);
}
static double together(const struct column *c, const struct measured *all, unsigned count)
{
    return of_all(c->figure, all, count);
}

/* Of the columns that are summed up so far. */
static void summary_row(const char *name, const struct measured *all, unsigned count,
                        unsigned least, summary_fn *summary)
{
    printf("%-16s", name);
    for (unsigned c = 0; c < COLUMNS; c++)
        if (columns[c].summary >= least)
            cell(&columns[c], summary(&columns[c], all, count));
        else
            printf(" %*s", columns[c].width, "");
    putchar('\n');
}

void report_table(const struct measured *all, unsigned count)
{
    printf("%-16s", "");
    for (unsigned c = 0; c < COLUMNS; c++)
        printf(" %*s", columns[c].width, columns[c].head);
    putchar('\n');
    for (unsigned i = 0; i < count; i++) {
        printf("%s%-*s", all[i].workload->name, 16 - (int)strlen(all[i].workload->name),
               is_vectorised(&all[i]) ? "*" : "");
        for (unsigned c = 0; c < COLUMNS; c++)
            if (all[i].variants[columns[c].variant].as_v3)
                printf(" %*s", columns[c].width, "=");
            else
                cell(&columns[c], columns[c].figure(&all[i]));
        putchar('\n');
    }
    summary_row("geometric mean", all, count, MEAN, mean_of_all);
    summary_row("  without *", all, count, MEAN, mean_not_vectorised);
    summary_row("all together", all, count, PER_INSN, together);
    printf(
        "\n%s per run over %d bytes; ratios to native clang -O2, which vectorises those with *.\n"
        "anybpf: verified, built with -mcpu=v3; trusted: not verified; v2, v4: verified, built\n"
        "with that -mcpu, = where clang makes the same instructions as for v3. code: bytes;\n"
        "compile: ns per instruction, from verified program to sealed code.\n",
        bench_unit, SIZE);
}

/* ---- JSON ---- */

static void json_means(const char *name, const struct measured *all, unsigned count,
                       bool vectorised_too)
{
    const char *separator = "";
    printf("\"%s\": {", name);
    for (unsigned c = 0; c < COLUMNS; c++)
        if (columns[c].summary) {
            printf("%s\"%s\": %.3f", separator, columns[c].json,
                   mean(columns[c].figure, all, count, vectorised_too));
            separator = ", ";
        }
    printf("}");
}

void report_json(const struct measured *all, unsigned count)
{
    printf("{\"unit\": \"%s\", \"workloads\": [\n", bench_unit);
    for (unsigned i = 0; i < count; i++) {
        printf("  {\"name\": \"%s\", \"vectorised\": %s", all[i].workload->name,
               is_vectorised(&all[i]) ? "true" : "false");
        for (unsigned c = 0; c < COLUMNS; c++) {
            double x = columns[c].figure(&all[i]);
            if (x > 0)
                printf(", \"%s\": %.3f", columns[c].json, x);
        }
        puts(i + 1 < count ? "}," : "}");
    }
    printf("], ");
    json_means("geometric_mean", all, count, true);
    printf(", ");
    json_means("geometric_mean_not_vectorised", all, count, false);
    printf(", \"all_together\": {\"bytes_per_insn\": %.3f, \"compile_ns_per_insn\": %.3f}}\n",
           of_all(bytes_per_insn, all, count), of_all(compile_ns, all, count));
}

/* ---- What passes are worth ---- */

/* How much more of a figure there is without the pass, over all workloads; and where most. */
struct worth {
    double time, code, compile, most;
    const char *most_in;
};

static struct worth worth_of(const struct measured *all, unsigned count, unsigned variant)
{
    struct worth w = { .most = 1, .most_in = "" };
    for (unsigned i = 0; i < count; i++) {
        const struct figures *with = &all[i].variants[0].figures;
        const struct figures *without = &all[i].variants[variant].figures;
        double time = without->time / with->time;
        w.time += log(time);
        w.code += log((double)without->code_bytes / with->code_bytes);
        if (with->compile > 0) /* not under an emulator */
            w.compile += log(without->compile / with->compile);
        if (time > w.most) {
            w.most = time;
            w.most_in = all[i].workload->name;
        }
    }
    w.time = exp(w.time / count);
    w.code = exp(w.code / count);
    w.compile = exp(w.compile / count);
    return w;
}

void report_passes(const struct measured *all, unsigned count, bool json)
{
    if (json)
        printf("{\"unit\": \"%s\", \"passes\": [\n", bench_unit);
    else
        printf("%-14s %8s %8s %8s %8s\n", "left out", "time", "code", "compile", "most");
    for (unsigned i = 0; i < PASS_COUNT; i++) {
        struct worth w = worth_of(all, count, 1 + i);
        printf(json ? "  {\"name\": \"%s\", \"time\": %.4f, \"code\": %.4f, \"compile\": %.4f, "
                      "\"most\": %.4f, \"most_in\": \"%s\"}"
                    : "%-14s %8.3f %8.3f %8.3f %8.3f %s\n",
               pass_names[i], w.time, w.code, w.compile, w.most, w.most_in);
        if (json)
            puts(i + 1 < PASS_COUNT ? "," : "");
    }
    puts(
        json
            ? "]}"
            : "\nTimes as much as with all passes: geometric means over the workloads of run time, "
              "code size\nand compile time, and the workload that needs the pass most.");
}
