/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of several accesses to memory: slots of the stack, copies. */
#include "fuzz/local.h"

bool find_place(struct generator *g, unsigned size, bool atomic, struct place *out)
{
    bool in_memory = (g->memory && !(atomic && g->mode != MODE_WILD)) || g->callback_stack;
    uint32_t room = g->callback_stack ? CALLBACK_STACK : MEMORY;
    if (!in_memory && !g->stack)
        return false;
    bool stack = g->stack && (!in_memory || chance(g, 60));
    bool aligned =
        atomic || ((stack || g->callback_stack) && !(g->mode == MODE_WILD && chance(g, 20)));
    uint32_t at = below(g, (stack ? g->stack : room) - size + 1);
    if (aligned)
        at &= ~(size - 1);
    out->base = stack ? R10 : R9;
    out->off = (int16_t)(stack ? (int)at - (int)g->stack : (int)at);
    return true;
}

/* The slots, as offsets and sizes. */
static const struct slot {
    int16_t off;
    uint8_t size;
} slots[] = { { 0, 8 }, { 8, 1 }, { 9, 1 }, { 10, 2 }, { 12, 4 }, { 16, 8 } };
enum { SLOT_COUNT = sizeof slots / sizeof *slots };

static uint8_t of_size(uint8_t size, uint8_t id8, uint8_t id16, uint8_t id32, uint8_t id64)
{
    return size == 1 ? id8 : size == 2 ? id16 : size == 4 ? id32 : id64;
}

static void store_slot(struct generator *g, struct slot slot)
{
    int off = slot.off - SLOTS - (int)g->stack;
    if (chance(g, 30) || !(g->known & NUMBERS))
        emit(g, of_size(slot.size, INSN_ST8, INSN_ST16, INSN_ST32, INSN_ST64), R10, 0, off,
             (int32_t)any_number(g));
    else
        emit(g, of_size(slot.size, INSN_STX8, INSN_STX16, INSN_STX32, INSN_STX64), R10, number(g),
             off, 0);
}

void write_slots(struct generator *g)
{
    for (unsigned i = 0; i < SLOT_COUNT; i++)
        store_slot(g, slots[i]);
}

/* Stack that is used as clang does when it has no register: written whole, read whole or in part;
 * now and then not quite. */
void memory_slot(struct generator *g)
{
    struct slot slot = slots[below(g, SLOT_COUNT)];
    if (!g->slots)
        return;
    if (chance(g, 40)) {
        if (chance(g, 2))
            slot.size = 1;
        store_slot(g, slot);
        return;
    }
    uint8_t id = any_row(g, INSN_KIND_LDX), size = insn_rows[id].bits / 8;
    if (size > slot.size)
        id = of_size(size = slot.size, INSN_LDX8, INSN_LDX16, INSN_LDX32, INSN_LDX64);
    int off = slot.off + (int)below(g, slot.size / size) * size;
    emit(g, id, fresh(g), R10, off - SLOTS - (int)g->stack, 0);
}

/* Neighbours that are stored one by one: a copy, which may overlap itself, constants, or parts of a
 * number, in either order; now and then not quite. */
void memory_copy(struct generator *g)
{
    uint32_t piece = chance(g, 70) ? 1 : 2, count = 2u << below(g, 3), size = piece * count;
    bool backwards = chance(g, 30), wide = chance(g, 50);
    unsigned kind = below(g, 3);
    struct place from, to;
    if (size > 8 || !find_place(g, size, false, &from) || !find_place(g, size, false, &to))
        return;
    uint8_t whole = number(g), r = kind ? fresh(g) : 0;
    if (kind && r == whole)
        return;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = piece * (chance(g, 3) ? below(g, count) : backwards ? count - 1 - i : i);
        int into = to.off + (int)(piece * i);
        if (kind == 0) {
            emit(g, piece == 1 ? INSN_ST8 : INSN_ST16, to.base, 0, into, (int32_t)any_number(g));
            continue;
        }
        if (kind == 1) {
            emit(g, piece == 1 ? INSN_LDX8 : INSN_LDX16, r, from.base, from.off + (int)at, 0);
        } else {
            emit(g, INSN_MOV64_X, r, whole, 0, 0);
            if (at && (wide || 8 * at < 32))
                emit(g, wide ? INSN_RSH64_K : INSN_RSH32_K, r, 0, 0, (int32_t)(8 * at));
        }
        emit(g, piece == 1 ? INSN_STX8 : INSN_STX16, to.base, r, into, 0);
        if (chance(g, 3))
            emit(g, INSN_LDX16, fresh(g), to.base, to.off, 0);
    }
}
