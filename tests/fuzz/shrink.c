/* SPDX-License-Identifier: Apache-2.0 */
/* Making a failing sample small: ranges of items are taken away as long as it still fails, long
 * ranges first; then constants are made plain. */
#include "fuzz/fuzz.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 2 /* seconds */ };

void give_time(unsigned seconds)
{
    struct itimerval timer = { .it_value.tv_sec = (time_t)seconds };
    setitimer(ITIMER_PROF, &timer, NULL);
}

/* A program that the interpreter does not end is no failure: the shrinker made it a loop. */
static void out_of_patience(int number)
{
    (void)number;
    _exit(execute_stage == STAGE_INTERPRET ? 0 : 50 + (int)execute_stage);
}

/* How a sample fails, in a process of its own: what check() returns, 50 + the stage in which it
 * hangs, 100 + the signal that ends it; 0: it does not. */
static int behaviour(const struct sample *sample, int (*check)(const struct sample *sample))
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        return 0;
    if (!child) {
        signal(SIGPROF, out_of_patience);
        give_time(PATIENCE);
        _exit(check(sample));
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Takes items [from, from + count) away; whether anything was there. */
static bool take(struct item_list *items, uint32_t from, uint32_t count, bool *taken)
{
    bool any = false;
    for (uint32_t i = from; i < from + count && i < items->count; i++) {
        taken[i - from] = !items->at[i].gone && !items->at[i].starts;
        items->at[i].gone |= taken[i - from];
        any |= taken[i - from];
    }
    return any;
}

static void put_back(struct item_list *items, uint32_t from, uint32_t count, const bool *taken)
{
    for (uint32_t i = from; i < from + count && i < items->count; i++)
        if (taken[i - from])
            items->at[i].gone = false;
}

static bool shrink_ranges(struct sample *sample, struct item_list *items, uint32_t first,
                          int (*check)(const struct sample *sample), int wanted)
{
    bool *taken = malloc(items->count + 1), better = false;
    uint32_t size = items->count;
    for (; size; size /= 2)
        for (uint32_t from = first; from < items->count; from += size) {
            if (!take(items, from, size, taken))
                continue;
            if (behaviour(sample, check) == wanted)
                better = true;
            else
                put_back(items, from, size, taken);
        }
    free(taken);
    return better;
}

static void shrink_constants(struct sample *sample, struct item_list *items,
                             int (*check)(const struct sample *sample), int wanted)
{
    for (uint32_t i = 0; i < items->count; i++) {
        struct item *item = &items->at[i], before = *item;
        const struct insn_row *row = &insn_rows[item->insn.id];
        if (item->gone || item->target != NO_TARGET || row->when == 'i' ||
            !strchr(row->fields, 'i') || row->kind == INSN_KIND_CALL)
            continue;
        for (int32_t imm = 0; imm < 2; imm++) {
            item->insn.imm = imm;
            item->high = 0;
            if (behaviour(sample, check) == wanted)
                break;
            *item = before;
        }
    }
}

void shrink(struct sample *sample, int (*check)(const struct sample *sample))
{
    int wanted = behaviour(sample, check);
    bool better = wanted != 0;
    for (int round = 0; better && round < 5; round++) {
        better = false;
        for (uint32_t p = 0; p < sample->piece_count; p++)
            better |= shrink_ranges(sample, &sample->pieces[p], p ? 0 : sample->kernel_start, check,
                                    wanted);
    }
    for (uint32_t p = 0; wanted && p < sample->piece_count; p++)
        shrink_constants(sample, &sample->pieces[p], check, wanted);
}

void sample_print(const struct sample *sample)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    for (uint32_t p = 0; p < sample->piece_count; p++) {
        struct prog *prog = sample_prog(arena, sample, p, false);
        printf("-- asm%s\n", p ? " other" : "");
        for (uint32_t i = 0; prog && i < prog->count; i++) {
            char text[128];
            if (prog->insns[i].id == INSN_SECOND)
                continue;
            insn_print(text, sizeof text, NULL, &prog->insns[i], i, INSN_LLVM);
            puts(text);
        }
    }
    uint8_t memory[MEMORY];
    sample_memory(sample, memory);
    puts("-- memory");
    for (unsigned i = 0; i < MEMORY; i++)
        printf("%02x%s", memory[i], i % 32 == 31 ? "\n" : " ");
    arena_free(arena);
}
