/* SPDX-License-Identifier: Apache-2.0 */
/* Parallel moves against their meaning: all sources are read before any destination is written. */
#include "abi/abi.h"
#include "runner/runner.h"

enum { REGS = 8, SLOTS = 6, SCRATCH = 20, VALUE = 1000 };

struct machine {
    uint32_t reg[32], slot[SLOTS + 1];
    unsigned swaps, steps;
};

static uint32_t *at(struct machine *m, struct place place)
{
    return place.kind == PLACE_REG ? &m->reg[place.index] : &m->slot[place.index];
}

static uint32_t read(struct machine *m, struct place place)
{
    return place.kind == PLACE_VALUE ? VALUE + place.index : *at(m, place);
}

static void one(void *user, struct place to, struct place from)
{
    struct machine *m = user;
    CHECK(to.kind == PLACE_REG || from.kind == PLACE_REG);
    *at(m, to) = read(m, from);
    m->steps++;
}

static void swap(void *user, uint8_t a, uint8_t b)
{
    struct machine *m = user;
    uint32_t old = m->reg[a];
    m->reg[a] = m->reg[b];
    m->reg[b] = old;
    m->swaps++;
}

static void begin(struct machine *m)
{
    *m = (struct machine){ 0 };
    for (uint32_t i = 0; i < 32; i++)
        m->reg[i] = i;
    for (uint32_t i = 0; i <= SLOTS; i++)
        m->slot[i] = 100 + i;
}

static struct place place(uint32_t n)
{
    return n < REGS ? (struct place){ .kind = PLACE_REG, .index = n }
                    : (struct place){ .kind = PLACE_SLOT, .index = n - REGS };
}

static uint32_t seed = 1;
static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Each place is written at most once, from any place or a value. */
static void add_random(struct moves *moves, struct machine *m, uint32_t wanted[])
{
    for (uint32_t n = 0; n < REGS + SLOTS; n++) {
        struct place to = place(n);
        wanted[n] = read(m, to);
        if (chance(4) == 0)
            continue;
        struct place from = place(chance(REGS + SLOTS));
        if (chance(8) == 0)
            from = (struct place){ .kind = PLACE_VALUE, .index = chance(50) };
        wanted[n] = read(m, from);
        moves_add(moves, to, from);
    }
}

TEST(moves_happen_at_once)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct machine m;
    struct moves moves;
    uint32_t wanted[REGS + SLOTS];
    moves_init(&moves, arena, SLOTS);
    for (unsigned round = 0; round < 20000; round++) {
        begin(&m);
        add_random(&moves, &m, wanted);
        moves_run(&moves, SCRATCH, &m, one, swap);
        for (uint32_t n = 0; n < REGS + SLOTS; n++)
            CHECK_EQ(read(&m, place(n)), wanted[n]);
    }
    CHECK(moves.cycles > 100);
    CHECK(moves.slot_moves > 100);
    arena_free(arena);
}

TEST(moves_in_a_ring_of_registers_are_swaps)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct machine m;
    struct moves moves;
    begin(&m);
    moves_init(&moves, arena, 0);
    for (uint32_t n = 0; n < 5; n++)
        moves_add(&moves, place(n), place((n + 1) % 5));
    moves_run(&moves, SCRATCH, &m, one, swap);
    for (uint32_t n = 0; n < 5; n++)
        CHECK_EQ(m.reg[n], (n + 1) % 5);
    CHECK_EQ(m.swaps, 4);
    CHECK_EQ(m.steps, 0);
    arena_free(arena);
}

TEST(moves_forgotten_are_not_done)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct machine m;
    struct moves moves;
    begin(&m);
    moves_init(&moves, arena, SLOTS);
    moves_add(&moves, place(0), place(1));
    moves_add(&moves, place(1), place(REGS));
    moves_clear(&moves);
    moves_add(&moves, place(2), place(1));
    moves_run(&moves, SCRATCH, &m, one, swap);
    CHECK_EQ(m.reg[0], 0);
    CHECK_EQ(m.reg[1], 1);
    CHECK_EQ(m.reg[2], 1);
    arena_free(arena);
}
