/* SPDX-License-Identifier: Apache-2.0 */
/* What loaded programs take: bytes for programs of 10, 1,000 and 100,000 instructions, and resident
 * memory for each of 10,000 small ones in one process, with the time that one takes to compile when
 * there are a thousand.
 *
 *     memory [--json] */
#include <anybpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALL = 10, MANY = 10000, THOUSAND = 1000, TIMED = 101 };

/* r0 = r1's length mixed with constants, count instructions in all. */
static uint8_t *program(uint32_t count)
{
    static const uint8_t add[8] = { 0x07, 0, 0, 0, 3 }, xor[8] = {
        0xa7, 0, 0, 0, 5
    };
    static const uint8_t move[8] = { 0xbf, 0x20 }, exit_[8] = { 0x95 };
    uint8_t *insns = calloc(count, 8);

    if (!insns)
        exit(1);
    memcpy(insns, move, 8);
    for (uint32_t i = 1; i + 1 < count; i++)
        memcpy(insns + 8 * (size_t)i, i % 2 ? add : xor, 8);
    memcpy(insns + 8 * (size_t)(count - 1), exit_, 8);
    return insns;
}

static struct anybpf_prog *load(struct anybpf_env *env, const uint8_t *insns, uint32_t count)
{
    struct anybpf_object *obj = anybpf_open_insns(env, insns, count, "memory");
    struct anybpf_prog *prog = obj ? anybpf_find(obj, NULL) : NULL;
    if (!prog) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        exit(1);
    }
    return prog;
}

static long resident(void)
{
    long pages = 0, all;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &all, &pages) != 2)
        exit(1);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Loads MANY; returns the median of the compile times of those behind the first THOUSAND. */
static uint64_t load_many(struct anybpf_env *env, const uint8_t *insns)
{
    static uint64_t times[TIMED];

    for (unsigned i = 0; i < MANY; i++) {
        struct anybpf_prog_info info;
        anybpf_prog_info(load(env, insns, SMALL), &info, sizeof info);
        if (i >= THOUSAND && i < THOUSAND + TIMED)
            times[i - THOUSAND] = info.compile_ns;
    }
    qsort(times, TIMED, sizeof times[0], by_size);
    return times[TIMED / 2];
}

int main(int argc, char **argv)
{
    static const uint32_t counts[] = { 10, 1000, 100000 };
    struct anybpf_env *env = anybpf_env_new();
    bool json = argc > 1 && !strcmp(argv[1], "--json");
    uint8_t *small = program(SMALL);
    unsigned long long thousandth;
    long before, each;

    if (!env)
        return 1;
    load(env, small, SMALL);
    before = resident();
    thousandth = load_many(env, small); /* while no freed memory is there to be used again */
    each = (resident() - before) / MANY;
    if (json)
        printf("{\"programs\": [");
    else
        puts("instructions     bytes  per instruction  compile ns per instruction");
    for (unsigned i = 0; i < 3; i++) {
        uint8_t *insns = program(counts[i]);
        struct anybpf_prog_info info;
        anybpf_prog_info(load(env, insns, counts[i]), &info, sizeof info);
        unsigned long long bytes = info.memory_bytes, ns = info.compile_ns;
        if (json)
            printf("%s{\"insns\": %u, \"bytes\": %llu, \"compile_ns\": %llu}", i ? ", " : "",
                   counts[i], bytes, ns);
        else
            printf("%12u %9llu %16.1f %27.1f\n", counts[i], bytes, (double)bytes / counts[i],
                   (double)ns / counts[i]);
        free(insns);
    }
    printf(
        json
            ? "], \"each_of_10000\": %ld, \"thousandth_compile_ns\": %llu}\n"
            : "\n10,000 programs of 10 instructions: %ld bytes of resident memory each; to compile "
              "one when\nthere are a thousand takes %llu ns\n",
        each, thousandth);
    anybpf_env_free(env);
    free(small);
    return 0;
}
