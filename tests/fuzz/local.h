/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that make samples share. */
#pragma once
#include "fuzz/fuzz.h"

enum { FUNCTIONS = 6, STACK_MOST = 128, R9 = 9, R10 = 10, NUMBERS = 0x1ff /* r0-r8 */ };

struct signature {
    uint8_t numbers; /* arguments that are numbers, behind r1 if that is the memory */
    bool memory;     /* r1 is the memory */
    bool callback;   /* of bpf_loop: r1 a number, r2 the address of CALLBACK_STACK bytes */
};
enum { CALLBACK_STACK = 16, SLOTS = 24 };

struct pending { /* a call of a function that is not made yet */
    uint32_t item, function;
};

struct generator {
    struct arena *arena;
    struct sample *sample;
    struct item_list *out;
    uint64_t random;
    enum mode mode;

    struct signature functions[FUNCTIONS];
    uint32_t starts[FUNCTIONS];      /* items */
    uint32_t function_count, called; /* called: a set */
    struct vec(struct pending) pending;

    /* The function being made. */
    uint32_t function;
    uint16_t known, pinned; /* sets of registers */
    uint32_t stack;         /* bytes below r10, all written */
    bool slots;             /* SLOTS bytes below these, written, each always in one way */
    bool memory;            /* r9 is the memory */
    bool callback_stack;    /* r9 is that of a callback */
    bool may_call;          /* no loop around relies on r1-r5 */
    int budget;             /* statements left */
    unsigned depth;         /* of blocks within blocks */
    unsigned turns;         /* how often the loops around run together, at most */
};

/* ---- generate.c ---- */

uint64_t any(struct generator *g);
uint32_t below(struct generator *g, uint32_t n);
bool chance(struct generator *g, uint32_t percent);
uint64_t any_number(struct generator *g); /* those at boundaries more often */
uint8_t any_of(struct generator *g, uint16_t set);
uint8_t any_row(struct generator *g, enum insn_kind kind);

uint32_t emit(struct generator *g, uint8_t id, unsigned dst, unsigned src, int off, int64_t imm);
void land(struct generator *g, uint32_t item); /* the jump goes to what is emitted next */
void call_later(struct generator *g, uint32_t item, uint32_t function);

uint16_t writable(const struct generator *g); /* registers that may be given a number */
uint8_t fresh(struct generator *g);           /* one of them, known from now on */
uint8_t number(struct generator *g);          /* one that holds a number */
uint8_t changeable(struct generator *g);      /* one that does and may be changed */

/* ---- statements.c, control.c: each leaves `known` as it holds where it ends ---- */

/* One that does not jump. */
void straight(struct generator *g);

void control_if(struct generator *g);
void control_test(struct generator *g);
void control_choice(struct generator *g);
void control_switch(struct generator *g);
void control_exit(struct generator *g);
void control_loop(struct generator *g);
void control_turns(struct generator *g);
void control_irreducible(struct generator *g);
void statements(struct generator *g, int count);
void call_function(struct generator *g, uint32_t function);
void end_function(struct generator *g); /* a result in r0, exit */

/* ---- mutate.c ---- */

/* Makes the sample's main piece of instructions as the loader or the assembler numbers them. */
void take_insns(struct generator *g, const struct insn *insns, uint32_t count);
void change_some(struct generator *g);

/* ---- memory.c ---- */

struct place {
    uint8_t base;
    int16_t off;
};

/* `size` bytes that may be read and written; false: there are none. */
bool find_place(struct generator *g, unsigned size, bool atomic, struct place *out);
void write_slots(struct generator *g);
void memory_slot(struct generator *g);
void memory_copy(struct generator *g);
