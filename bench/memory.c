/* SPDX-License-Identifier: Apache-2.0 */
/* What loaded programs take: bytes for programs of 10, 1,000 and 100,000 instructions, and resident
 * memory for each of 10,000 small ones in one process, with the time that one takes to compile when
 * there are a thousand: of bare instructions, and of each object given.
 *
 *     memory [--json] [OBJECT..] */
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

static struct anybpf_prog *find(struct anybpf_env *env, struct anybpf_object *obj)
{
    struct anybpf_prog *prog = obj ? anybpf_find(obj, NULL) : NULL;
    if (!prog) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        exit(1);
    }
    return prog;
}

static struct anybpf_prog *load(struct anybpf_env *env, const uint8_t *insns, uint32_t count)
{
    return find(env, anybpf_open_insns(env, insns, count, "memory"));
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

/* MANY programs: of the object, NULL: of bare instructions. Bytes of resident memory for each, and
 * the median of the compile times of those behind the first THOUSAND. */
static long load_many(const char *path, uint64_t *compile_ns)
{
    static uint64_t times[TIMED];
    struct anybpf_env *env = anybpf_env_new();
    uint8_t *small = program(SMALL);
    long before = 0;

    if (!env)
        exit(1);
    for (int i = -1; i < MANY; i++) {
        struct anybpf_prog_info info;
        anybpf_prog_info(path ? find(env, anybpf_open(env, path)) : load(env, small, SMALL), &info,
                         sizeof info);
        if (i < 0) /* what one has already */
            before = resident();
        if (i >= THOUSAND && i < THOUSAND + TIMED)
            times[i - THOUSAND] = info.compile_ns;
    }
    free(small);
    qsort(times, TIMED, sizeof times[0], by_size);
    *compile_ns = times[TIMED / 2];
    return (resident() - before) / MANY; /* kept, lest the next use the freed memory again */
}

static void print_many(const char *what, const char *path, bool json)
{
    uint64_t ns;
    long each = load_many(path, &ns);
    unsigned long long compile = ns;

    if (json)
        printf("{\"program\": \"%s\", \"bytes\": %ld, \"thousandth_compile_ns\": %llu}", what, each,
               compile);
    else
        printf(
            "10,000 times %s: %ld bytes of resident memory each; to compile one when there are a "
            "thousand takes %llu ns\n",
            what, each, compile);
}

static void print_one(struct anybpf_env *env, uint32_t count, bool json)
{
    uint8_t *insns = program(count);
    struct anybpf_prog_info info;

    anybpf_prog_info(load(env, insns, count), &info, sizeof info);
    unsigned long long bytes = info.memory_bytes, ns = info.compile_ns;
    if (json)
        printf(", {\"insns\": %u, \"bytes\": %llu, \"compile_ns\": %llu}", count, bytes, ns);
    else
        printf("%12u %9llu %16.1f %27.1f\n", count, bytes, (double)bytes / count,
               (double)ns / count);
    free(insns);
}

int main(int argc, char **argv)
{
    static const uint32_t counts[] = { 10, 1000, 100000 };
    bool json = argc > 1 && !strcmp(argv[1], "--json");
    struct anybpf_env *env;

    if (json)
        printf("{\"memory\": [");
    print_many("10 instructions", NULL, json); /* first: they must find no freed memory */
    for (int i = 1 + json; i < argc; i++) {
        if (json)
            printf(", ");
        print_many(strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i], argv[i], json);
    }
    if (!json)
        puts("\ninstructions     bytes  per instruction  compile ns per instruction");
    env = anybpf_env_new();
    for (unsigned i = 0; env && i < 3; i++)
        print_one(env, counts[i], json);
    if (json)
        puts("]}");
    anybpf_env_free(env);
    return 0;
}
