/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of objects on packets: what objects.c compares, and with what. */
#pragma once
#include <anybpf.h>

/* One packet and what became of it. */
struct trial {
    uint8_t data[2048]; /* before, then after */
    uint32_t size;
    uint64_t verdict;
};

/* A set of packets, of the demo's capture; every `step`th. */
struct trial *trials_load(unsigned step, uint32_t *count);

/* ---- oracle.c: the kernel ---- */

struct oracle;
/* Loads one program of the object into the kernel, through libbpf, without attaching it. NULL, with
 * the reason, where the kernel cannot be asked. */
struct oracle *oracle_load(const char *path, const char *prog, const char **why);
void oracle_free(struct oracle *oracle);
/* Lets the kernel's maps hold what ours hold. */
void oracle_fill(struct oracle *oracle, struct anybpf_object *object);
/* Runs the program on every packet. False: the kernel could not. */
bool oracle_run(struct oracle *oracle, struct trial *trials, uint32_t count);
/* Checks (runner.h) that the maps agree; values of per-CPU maps by their sums. */
void oracle_compare(struct oracle *oracle, struct anybpf_object *object);
