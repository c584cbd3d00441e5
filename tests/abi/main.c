/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf-abi: see usage(). */
#include "abi/local.h"
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 500, ENOUGH = 200 /* that every cell should be reached */ };

static struct {
    uint64_t seed;
    uint32_t count, shown;
    bool table, keep;
    const char *folder;
} options = { .count = 200, .shown = 3 };

static int usage(void)
{
    fputs(
        "usage: anybpf-abi [--seed N] [--count N] [--table] [--keep FOLDER] [NAME..]\n"
        "Compares layouts of random prototypes with what compilers do; NAME: of a convention and\n"
        "compiler (arm64-gcc, or a part of it), default all.\n"
        "  --seed N   begin with this one (default 0)\n"
        "  --count N  prototypes for each (default 200)\n"
        "  --shown N  print so many that differ (default 3)\n"
        "  --table    print the whole table of what was tried\n"
        "  --keep D   leave the last C file and program in folder D\n",
        stderr);
    return 2;
}

struct round { /* prototypes that are tried together */
    const struct toolchain *chain;
    struct arena *arena;
    const struct proto *protos;
    uint32_t count;
    struct batch batch;
    struct error err;
};

static int run_batch(void *arg)
{
    struct round *round = arg;
    round->batch = (struct batch){ .arena = round->arena, .chain = round->chain };
    return batch_run(&round->batch, round->protos, round->count, options.folder, &round->err);
}

/* The smallest prototype, by leaving out arguments, that still differs. */
static const struct trial *shrink(struct round *round, const struct proto *proto)
{
    const struct trial *smallest = NULL;
    struct proto *tries;

    for (;;) {
        uint32_t count = 0;
        bool smaller = false;
        tries = arena_array_of(round->arena, ARGS_MOST + 1, struct proto);
        for (uint32_t i = 0; i < proto->count; i++) {
            struct proto *less = &tries[count++];
            *less = *proto;
            for (uint32_t k = i; k + 1 < proto->count; k++)
                less->args[k] = less->args[k + 1];
            less->count--;
            less->named -= i < proto->named;
            if (less->variadic && !less->named)
                count--;
        }
        if (strcmp(proto->result, "void")) {
            tries[count] = *proto;
            tries[count++].result = "void";
        }
        for (uint32_t i = 1; i < count; i++)
            tries[i].definitions = "";
        if (count)
            tries[0].definitions = proto->definitions;
        round->protos = tries;
        round->count = count;
        if (!count || run_batch(round))
            return smallest;
        for (uint32_t i = 0; i < count && !smaller; i++)
            if (round->batch.trials[i].fault[0]) {
                struct proto *next = arena_new_of(round->arena, struct proto);
                *next = tries[i];
                next->definitions = proto->definitions;
                proto = next;
                smallest = &round->batch.trials[i];
                smaller = true;
            }
        if (!smaller)
            return smallest;
    }
}

static void show(struct round *round, const struct trial *trial)
{
    struct text text = { .arena = round->arena };
    const struct proto *proto = trial->proto;
    const char *definitions = proto->definitions;
    const struct trial *smaller = shrink(round, proto);

    if (smaller)
        trial = smaller;
    proto = trial->proto;
    layout_print(&text, trial->layout);
    printf("%s: seed %llu: %s\n%s%s f(", round->chain->name, (unsigned long long)proto->seed,
           trial->fault, definitions, proto->result);
    for (uint32_t i = 0; i < proto->count; i++)
        printf("%s%s%s", i ? ", " : "", i && i == proto->named ? "... " : "", proto->args[i]);
    printf(")\n%s\n", text.at);
}

static int run(void *arg)
{
    struct round *round = arg;
    struct proto *protos = arena_array_of(round->arena, round->count, struct proto);
    for (uint32_t i = 0; i < round->count; i++)
        generate(round->arena, round->chain, options.seed + i, &protos[i]);
    round->protos = protos;
    return run_batch(round);
}

/* How many differ or were not reached; -1: the tools failed. */
static int try_chain(const struct toolchain *chain)
{
    uint64_t seed = options.seed;
    uint32_t wrong = 0, empty;

    for (uint32_t left = options.count; left;) {
        struct round round = { .chain = chain,
                               .arena = arena_new(&allocator_libc, 0),
                               .count = left < BATCH ? left : BATCH };
        uint32_t count = round.count;
        int code = arena_try(round.arena, &round.err, run, &round);
        struct batch batch = round.batch;
        if (code) {
            printf("%s: %s\n", chain->name, round.err.text);
            return -1;
        }
        for (uint32_t i = 0; i < count; i++)
            if (batch.trials[i].fault[0] && ++wrong <= options.shown)
                show(&round, &batch.trials[i]);
        arena_free(round.arena);
        options.seed += count;
        left -= count;
    }
    options.seed = seed;
    empty = coverage_print(chain, options.table);
    printf("%s: %u prototypes, %u differ, %u not tried\n", chain->name, options.count, wrong,
           empty);
    return (int)(wrong + (options.count >= ENOUGH ? empty : 0));
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strstr(name, argv[i]))
            return true;
    return !argc;
}

static const char *value_of(int argc, char **argv, int *i)
{
    if (*i + 1 >= argc)
        exit(usage());
    return argv[++*i];
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/anybpf-abi-XXXXXX";
    uint32_t passed = 0, failed = 0;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++)
        if (!strcmp(argv[i], "--seed"))
            options.seed = strtoull(value_of(argc, argv, &i), NULL, 0);
        else if (!strcmp(argv[i], "--count"))
            options.count = (uint32_t)strtoul(value_of(argc, argv, &i), NULL, 0);
        else if (!strcmp(argv[i], "--shown"))
            options.shown = (uint32_t)strtoul(value_of(argc, argv, &i), NULL, 0);
        else if (!strcmp(argv[i], "--table"))
            options.table = true;
        else if (!strcmp(argv[i], "--keep"))
            options.folder = value_of(argc, argv, &i);
        else
            return usage();
    setvbuf(stdout, NULL, _IOLBF, 0);
    options.keep = options.folder != NULL;
    if (!options.folder)
        options.folder = mkdtemp(folder);
    for (uint32_t t = 0; toolchain_at(t); t++)
        if (is_wanted(toolchain_at(t)->name, argc - i, argv + i)) {
            int wrong = try_chain(toolchain_at(t));
            *(wrong ? &failed : &passed) += 1;
        }
    if (!options.keep) {
        char command[300];
        snprintf(command, sizeof command, "rm -rf %s", options.folder);
        if (system(command))
            return 2;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
