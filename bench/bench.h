/* SPDX-License-Identifier: Apache-2.0 */
/* The workloads measured: what the measurements are kept in, and what prints them. */
#pragma once
#include <anybpf.h>

enum {
    SIZE = 1024, /* bytes of memory of a workload */
    X86_64 = 1,  /* clang -O2 vectorises it there */
    ARM64 = 2,
};

struct workload {
    const char *name;
    uint64_t (*run)(uint8_t *mem, uint64_t size); /* native */
    unsigned vectorised;                          /* set of X86_64, ARM64 */
};

/* A program of a workload as it may be built and loaded. */
struct variant {
    const char *name, *cpu; /* cpu: clang's -mcpu */
    bool trusted;
    uint32_t left_out; /* passes of the compiler */
};

struct figures {
    double time;    /* of a run; 0: not measured */
    double compile; /* ns per instruction */
    uint32_t insns, code_bytes;
};

/* One of the ways in which a workload is run. */
struct side {
    struct anybpf_object *obj;
    struct anybpf_prog *prog;
    bool as_v3; /* clang made the same instructions as for v3: the same program, measured once */
    struct figures figures;
    uint8_t mem[SIZE] __attribute__((aligned(64)));
};

enum { V3, TRUSTED, V2, V4, VARIANTS, MOST_VARIANTS = 40 };

struct measured {
    const struct workload *workload;
    struct side native, kernel, variants[MOST_VARIANTS];
    int kernel_prog;     /* descriptor, or -1 */
    uint32_t runs;       /* that take about a batch's time */
    uint64_t result;     /* of the first run */
    uint8_t after[SIZE]; /* memory then */
};

/* What is being measured: nanoseconds or, under an emulator that counts, instructions. */
extern const char *bench_unit;

/* ---- report.c ---- */

void report_table(const struct measured *all, unsigned count);
void report_json(const struct measured *all, unsigned count);
/* What each pass is worth: variants[0] has all of them, variants[1 + i] has pass i left out. */
void report_passes(const struct measured *all, unsigned count, bool json);

/* ---- counter.c ---- */

/* Instructions that this thread has executed, as the emulator's plugin counts.c tells.
 * counter_open(): false if it is not there. */
bool counter_open(void);
uint64_t counter_read(void);
