/* SPDX-License-Identifier: Apache-2.0 */
/* The differential fuzzer: random programs that are valid by construction, run in several ways that
 * must agree. Everything follows from the seed. */
#pragma once
#include "base/vector.h"
#include "bpf/checked.h"
#include "bpf/text.h"
#include "rt/rt.h"

/* ---- Samples ---- */

enum { NO_TARGET = UINT32_MAX };

/* An instruction before its place is known. */
struct item {
    struct insn insn;
    int32_t high;    /* second half of a 64-bit immediate */
    uint32_t target; /* of jumps, calls and tokens: index of an item, or NO_TARGET */
    bool starts;     /* a function begins here */
    bool gone;       /* taken away by the shrinker; jumps here go to what follows */
};
struct item_list vec(struct item);

/* What a sample may do. */
enum mode {
    MODE_KERNEL, /* what the kernel's verifier accepts, without maps */
    MODE_TAME,   /* what our verifier should accept */
    MODE_WILD,   /* anything that is well-formed and does no harm: trusted */
};

enum { PIECES = 3, MEMORY = 256 };

/* The maps of every sample, by index. */
enum sample_map { MAP_VALUES, MAP_TABLE, MAP_TAILS, MAP_GLOBALS, MAP_PER_CPU, SAMPLE_MAPS };

struct sample {
    uint64_t seed;
    enum mode mode;
    struct item_list pieces[PIECES]; /* the program, and what it may tail-call: prog array slots */
    uint32_t piece_count;
    uint32_t kernel_start; /* items of the main piece that only the kernel gets */
    bool tail_calls, uses_maps;

    /* Samples that the verifier is tested with: */
    const char *context;
    uint32_t tight; /* item + 1: an access whose offset is the farthest that is accepted; 0: none */
    uint32_t made;  /* set of kinds of statements */
    bool mutated;   /* nobody knows whether it is safe: run only if the verifier accepts it */

    uint32_t first_map, map_count; /* its part of the maps, which the loader numbers from 0 */
};

/* Makes the sample of a seed. most_wild: the wildest mode wanted. */
void generate(struct arena *arena, uint64_t seed, enum mode most_wild, struct sample *out);

/* A piece as a program, its functions as prog_from_insns() finds them; NULL: a jump is too far.
 * kernel: as an XDP program whose packet is the memory. */
struct prog *sample_prog(struct arena *arena, const struct sample *sample, uint32_t piece,
                         bool kernel);

/* ---- Running ---- */

enum verdict {
    SAME,
    DIFFERENT,
    REFUSED, /* by the verifier at both levels: the generator's fault */
};

struct report { /* of one sample */
    enum verdict verdict;
    bool verified;
    char text[1100];    /* what is different */
    char rejected[256]; /* why the verifier does not accept it; "" */
};

/* The interpreter against compiled code. Call execute_begin() once; false after a message. budget:
 * instructions that the verifier may walk. */
bool execute_begin(uint64_t budget);
/* Before it: one more map; returns its index. */
uint32_t execute_add_map(const struct map_spec *spec);
void execute(const struct sample *sample, struct report *report);
/* What it is about to do, for whoever interrupts it. */
enum stage { STAGE_VERIFY, STAGE_INTERPRET, STAGE_COMPILE, STAGE_RUN };
extern volatile enum stage execute_stage;

/* The interpreter against the kernel: samples of MODE_KERNEL. */
bool kernel_works(void);
void kernel_compare(const struct sample *sample, struct report *report);
/* Whether the kernel's verifier accepts a program of XDP or tc with the maps of hostile samples. */
bool kernel_accepts(struct arena *arena, const struct prog *prog, char *why, size_t size);
/* For it: runs the sample interpreted. */
void execute_interpreted(const struct sample *sample, uint64_t *r0, uint8_t memory[MEMORY]);

/* The input that every run begins with. */
void sample_memory(const struct sample *sample, uint8_t memory[MEMORY]);

/* ---- The verifier under suspicion ---- */

/* The maps of samples for it, by index. */
enum hostile_map {
    HOSTILE_ARRAY,
    HOSTILE_HASH,
    HOSTILE_DATA,
    HOSTILE_RING,
    HOSTILE_PER_CPU,
    HOSTILE_CONST,
    HOSTILE_MAPS
};

/* Makes a program that may be safe or not; what its statements may be. */
void hostile(struct arena *arena, uint64_t seed, struct sample *out);
uint32_t hostile_kinds(void);
const char *hostile_kind(uint32_t i);

/* Changes a sample, or makes it a changed program of a test file; reads the files of a folder and
 * returns how many programs there are. */
void mutate(struct arena *arena, struct sample *sample);
uint32_t mutate_read(const char *folder);

/* Call soundness_begin() once; false after a message. Makes a sample and runs what is accepted:
 * DIFFERENT if it does what it may not. ask_kernel: `rejected` says where the kernel is of another
 * opinion. The table; returns how many of its cells are empty. */
bool soundness_begin(bool ask_kernel);
void soundness_make(struct arena *arena, uint64_t seed, struct sample *sample);
void soundness_run(const struct sample *sample, struct report *report);
unsigned soundness_print(void);

/* ---- Programs of objects ---- */

/* Reads the programs on raw memory of the objects of a folder; returns how many. Makes a sample of
 * one of them, mostly with a few instructions changed. The table; returns how many programs were
 * never accepted by the verifier. */
uint32_t corpus_read(const char *folder);
void corpus_make(struct arena *arena, uint64_t seed, struct sample *out);
void corpus_count(const struct sample *sample, bool accepted);
unsigned corpus_print(bool all);

/* ---- Shrinking ---- */

/* SIGPROF comes when the process has run for so many seconds more; 0: never. The processor's time,
 * not the clock's: how busy the machine is makes no difference. */
void give_time(unsigned seconds);

/* Takes away what the difference does not need. Each try runs in a process of its own, so that it
 * may crash or hang. check: 0 if the sample behaves. */
void shrink(struct sample *sample, int (*check)(const struct sample *sample));
void sample_print(const struct sample *sample);

/* ---- Coverage ---- */

void coverage_begin(void);
void coverage_count(const struct sample *sample);
/* Prints the empty cells, or all; returns the number of empty ones. */
unsigned coverage_print(bool all);
