/* SPDX-License-Identifier: Apache-2.0 */
/* The code buffer: branches of every distance reach their labels in the shortest form. */
#include "arch/x86_64/enc.h"
#include "runner/runner.h"

enum { LABELS = 400, ITEMS = 3000 };

struct item { /* what was emitted, to walk over the bytes again */
    enum { BYTES, BRANCH, JUMP, LABEL, ALIGN } kind;
    uint32_t value; /* count, label, label, label, alignment */
};

static struct item items[ITEMS];
static uint32_t item_count, places[LABELS], branches, needlessly_long;

static uint32_t below(uint32_t n)
{
    return (uint32_t)(enc_random() % n);
}

static void emit(struct code *code, const struct item *item)
{
    switch (item->kind) {
    case BYTES:
        memset(code_reserve(code, item->value), 0x90, item->value);
        code->size += item->value;
        break;
    case BRANCH: x86_jcc(code, (enum x86_cc)(item->value & 15), item->value); break;
    case JUMP: x86_jmp(code, item->value); break;
    case LABEL: code_bind(code, item->value); break;
    case ALIGN: code_align(code, item->value, item->value); break;
    }
}

/* Bytes from one label to the next about `gap`. */
static void make_items(uint32_t gap)
{
    item_count = 0;
    for (uint32_t label = 0; label < LABELS; label++) {
        for (uint32_t n = below(4); n--;)
            items[item_count++] = (struct item){ below(2) ? BRANCH : JUMP, below(LABELS) };
        items[item_count++] = (struct item){ BYTES, below(gap) };
        if (below(8) == 0)
            items[item_count++] = (struct item){ ALIGN, 1u << below(6) };
        items[item_count++] = (struct item){ LABEL, label };
        items[item_count++] = (struct item){ BRANCH, label < 20 ? 0 : label - below(20) };
    }
}

/* The size of the branch at the bytes, and how far it goes from their beginning. */
static uint32_t read_branch(const uint8_t *at, int32_t *distance)
{
    uint32_t size = *at == 0xeb || *at >> 4 == 7 ? 2 : *at == 0xe9 ? 5 : 6;
    *distance = (size == 2 ? (int8_t)at[1] : (int32_t)bytes_u32_in(at + size - 4, false));
    *distance += (int32_t)size;
    return size;
}

/* Walks over the finished bytes; the first time it finds the labels, then it checks. */
static void walk(const struct code *code, bool check)
{
    uint32_t at = 0;
    int32_t distance;
    for (uint32_t i = 0; i < item_count; i++) {
        const struct item *item = &items[i];
        switch (item->kind) {
        case BYTES: at += item->value; break;
        case LABEL: places[item->value] = at; break;
        case ALIGN: at = (at + item->value - 1) & -item->value; break;
        case BRANCH:
        case JUMP: {
            uint32_t size = read_branch(code->bytes + at, &distance);
            if (check) {
                CHECK_EQ(at + (uint32_t)distance, places[item->value]);
                needlessly_long += size != 2 && distance >= -126 && distance <= 129;
                branches++;
            }
            at += size;
            break;
        }
        }
    }
    CHECK_EQ(at, code->size);
}

static int relax(void *arg)
{
    struct arena *arena = arg;
    static const uint32_t gaps[] = { 1, 3, 8, 14, 30, 100, 3000 };

    for (unsigned g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
        struct error err = { 0 };
        struct code *code = code_new(arena, &x86_code_arch, LABELS, &err);
        make_items(gaps[g]);
        for (uint32_t i = 0; i < item_count; i++)
            emit(code, &items[i]);
        code_finish(code);
        CHECK_EQ(err.code, 0);
        walk(code, false);
        walk(code, true);
    }
    /* An alignment may take less than it did when a branch over it was found too short. */
    CHECK(needlessly_long < branches / 500);
    return 0;
}

TEST(branches_reach_their_labels)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct error err = { 0 };
    enc_begin();
    CHECK_EQ(arena_try(arena, &err, relax, arena), 0);
    arena_free(arena);
}

/* Tables move with the bytes they speak of. */
static int tables(void *arg)
{
    struct error err = { 0 };
    struct code *code = code_new(arg, &x86_code_arch, 2, &err);
    uint32_t far = code_label(code);
    struct item gap = { BYTES, 200 };

    code_enter(code, 0);
    code_line(code, 10);
    x86_jmp(code, far); /* 5 bytes in the end */
    code_line(code, 11);
    code_fault(code, far);
    x86_m(code, X86_MOV_RM, X86_W64, RAX, x86_at(RDI, 0));
    code_cfi(code, CFI_DEF_CFA, 7, 16);
    x86_call_symbol(code, SYMBOL_HELPER, 7);
    emit(code, &gap);
    code_leave(code, 0);
    code_align(code, 16, 15);
    code_enter(code, 1);
    code_bind(code, far);
    code_line(code, 12);
    x86_none(code, X86_RET);
    code_leave(code, 1);
    code_finish(code);

    CHECK_EQ(err.code, 0);
    CHECK_EQ(code->entries[0].at, 0);
    CHECK_EQ(code->entries[0].end, 5 + 3 + 5 + 200);
    CHECK_EQ(code->entries[1].at, 224);
    CHECK_EQ(code->entries[1].end, 225);
    CHECK_EQ(code->relocs.at[0].at, 9);
    CHECK_EQ(code->faults.at[0].at, 5);
    CHECK_EQ(code->faults.at[0].landing, 224);
    CHECK_EQ(code->cfi.at[0].at, 8);
    CHECK_EQ(code_insn_at(code, 0), 10);
    CHECK_EQ(code_insn_at(code, 4), 10);
    CHECK_EQ(code_insn_at(code, 5), 11);
    CHECK_EQ(code_insn_at(code, 223), 11);
    CHECK_EQ(code_insn_at(code, 224), 12);
    return 0;
}

TEST(tables_move_with_the_code)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct error err = { 0 };
    CHECK_EQ(arena_try(arena, &err, tables, arena), 0);
    arena_free(arena);
}
