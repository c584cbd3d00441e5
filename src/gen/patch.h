/* SPDX-License-Identifier: Apache-2.0 */
/* Changing machine code that others made: what it takes of a processor (struct target.patch). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum machine_kind {
    MACHINE_PLAIN,
    MACHINE_NOP,
    MACHINE_PAD,    /* a landing pad of indirect branches, which does nothing else */
    MACHINE_CALL,   /* target: 0 where it is not known */
    MACHINE_BRANCH, /* goes to the target or on */
    MACHINE_JUMP,   /* goes to the target, 0 where it is not known */
    MACHINE_END,    /* a return: what follows is not reached */
    MACHINE_TRAP,   /* nor here */
};

/* An instruction of machine code. */
struct machine_insn {
    uint8_t size; /* 0: unknown, or cut off */
    uint8_t kind;
    uint8_t opcode;            /* where the opcode begins, behind prefixes */
    uint8_t field, field_size; /* of what is relative to its place; size 0: nothing */
    uint64_t at;               /* its address */
    uint64_t target;           /* where it leads to */
    uint64_t data;             /* address of memory or of the number that it names, or 0 */
};

/* Displacements that a jump written over instructions may have, from its own end: those with these
 * bits. The others are bytes that a thread standing within may be about to run. */
struct jump_place {
    uint32_t mask, bits;
    uint8_t traps; /* offsets at which the jump holds breakpoints: 1 << offset */
};

struct patch_arch {
    uint8_t jump_size;
    uint8_t align;             /* of instructions, and of the target of a jump */
    uint8_t move_max;          /* the most bytes move() makes of one instruction */
    uint32_t reach;            /* of jumps, to either side */
    uint32_t import_relocs[2]; /* R_*_JUMP_SLOT, R_*_GLOB_DAT */
    uint8_t variant_call;      /* STO_*: bit of a symbol with a convention of its own */

    void (*decode)(struct machine_insn *insn, const uint8_t *at, size_t size, uint64_t address);
    /* Writes what does the same at another address and goes on behind itself; its bytes, or 0 if
     * that cannot be. Registers that veneers may change at a function's entry it may change. */
    uint32_t (*move)(uint8_t *to, uint64_t address, const uint8_t *from,
                     const struct machine_insn *insn);
    /* False: out of reach. */
    bool (*jump)(uint8_t *to, uint64_t address, uint64_t target);
    /* Where a jump over the bytes at `from` may lead to, best first, when instructions begin at the
     * offsets `inside` (1 << offset); sled: they all do nothing, one byte each. */
    uint32_t (*places)(const uint8_t *from, unsigned inside, bool sled, struct jump_place *places);
};
enum { PATCH_PLACES = 8 };
