/* SPDX-License-Identifier: Apache-2.0 */
/* Parallel moves. Moves form a graph in which every place has at most one writer: trees, and cycles
 * with trees hanging off them. A move may be done once nobody has still to read its destination;
 * what is left when no such move exists is cycles. */
#include "abi/abi.h"
#include "base/planted.h"

enum { REGS = 64 };

static uint32_t number(struct place place)
{
    return place.kind == PLACE_REG ? place.index : REGS + place.index;
}

void moves_init(struct moves *moves, struct arena *arena, uint32_t slots)
{
    uint32_t places = REGS + slots + 1;
    *moves = (struct moves){ .arena = arena, .slots = slots };
    moves->writer = arena_array_of(arena, 2 * (size_t)places, uint32_t);
    moves->readers = moves->writer + places;
}

struct run {
    struct moves *moves;
    struct place scratch;
    void *user;
    void (*one)(void *user, struct place to, struct place from);
    void (*swap)(void *user, uint8_t a, uint8_t b);
};

static void copy(const struct run *run, struct place to, struct place from)
{
    if (to.kind == PLACE_SLOT && from.kind != PLACE_REG) {
        run->one(run->user, run->scratch, from);
        from = run->scratch;
        run->moves->slot_moves++;
    }
    run->one(run->user, to, from);
}

/* Does the move, then those that only waited for it: a path towards the sources. */
static void follow(const struct run *run, uint32_t i)
{
    struct moves *moves = run->moves;
    while (i && !moves->readers[number(moves->list.at[i - 1].to)]) {
        struct move move = moves->list.at[i - 1];
        copy(run, move.to, move.from);
        moves->writer[number(move.to)] = 0;
        if (move.from.kind == PLACE_VALUE)
            return;
        moves->readers[number(move.from)]--;
        i = moves->writer[number(move.from)];
    }
}

/* Every place of the cycle that move i belongs to has one reader, the next move. */
static void turn(const struct run *run, uint32_t i)
{
    struct moves *moves = run->moves;
    bool slots = false;
    moves->cycles++;
    for (uint32_t j = i;;) {
        struct move move = moves->list.at[j - 1];
        slots |= move.to.kind == PLACE_SLOT;
        j = moves->writer[number(move.from)];
        if (j == i)
            break;
    }
    if (slots) {
        /* The place about to be written is kept aside; who reads it reads that. */
        struct place first = moves->list.at[i - 1].to;
        struct place aside = { .kind = PLACE_SLOT, .index = moves->slots };
        copy(run, aside, first);
        for (uint32_t j = i; j;) {
            struct move move = moves->list.at[j - 1];
            bool last = number(move.from) == number(first);
            copy(run, move.to, last ? aside : move.from);
            moves->writer[number(move.to)] = 0;
            moves->readers[number(move.from)] = 0;
            j = last ? 0 : moves->writer[number(move.from)];
        }
        return;
    }
    /* a <- b <- c <- a: swap(a, b) makes a right and leaves b <- c <- b. */
    struct place first = moves->list.at[i - 1].to;
    for (uint32_t j = i; j;) {
        struct move move = moves->list.at[j - 1];
        bool last = number(move.from) == number(first);
        if (FAULT(move_cycle, !last, false))
            run->swap(run->user, (uint8_t)move.to.index, (uint8_t)move.from.index);
        moves->writer[number(move.to)] = 0;
        moves->readers[number(move.from)] = 0;
        j = last ? 0 : moves->writer[number(move.from)];
    }
}

/* Who writes and who reads each place. */
static void link(struct moves *moves)
{
    for (uint32_t i = 0; i < moves->list.count; i++) {
        struct move move = moves->list.at[i];
        moves->writer[number(move.to)] = i + 1;
        if (move.from.kind != PLACE_VALUE)
            moves->readers[number(move.from)]++;
    }
}

void moves_run(struct moves *moves, uint8_t scratch, void *user,
               void (*one)(void *user, struct place to, struct place from),
               void (*swap)(void *user, uint8_t a, uint8_t b))
{
    struct run run = { moves, { .kind = PLACE_REG, .index = scratch }, user, one, swap };
    uint32_t count = moves->list.count;
    if (count == 1)
        copy(&run, moves->list.at[0].to, moves->list.at[0].from);
    if (count > 1) {
        link(moves);
        for (uint32_t i = 1; i <= count; i++)
            if (moves->writer[number(moves->list.at[i - 1].to)] == i)
                follow(&run, i);
        for (uint32_t i = 1; i <= count; i++)
            if (moves->writer[number(moves->list.at[i - 1].to)] == i)
                turn(&run, i);
    }
    moves->list.count = 0;
}
