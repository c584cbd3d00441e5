/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/local.h"
#include "runner/runner.h"
#include <stdlib.h>

/* ---- Immediates ---- */

/* What N:immr:imms means, bit by bit as the manual's DecodeBitMasks says; 0: nothing. */
static uint64_t logic_meaning(bool sf, unsigned logic)
{
    unsigned n = logic >> 12, r = logic >> 6 & 63, s = logic & 63, size = 64;
    uint64_t value = 0;

    if (!n)
        for (size = 32; s & size; size /= 2)
            s &= ~size;
    if (size < 2 || s == size - 1 || (n && !sf))
        return 0;
    for (unsigned bit = 0; bit < (sf ? 64u : 32u); bit++)
        if ((bit % size + r) % size <= s)
            value |= 1ull << bit;
    return value;
}

TEST(every_logical_immediate_is_found)
{
    for (unsigned sf = 0; sf < 2; sf++) {
        unsigned count = 0;
        for (unsigned logic = 0; logic < 1 << 13; logic++) {
            uint64_t value = logic_meaning(sf, logic);
            CHECK(value || !a64_logic_valid(sf, logic));
            if (!value)
                continue;
            int found = a64_logic(sf, value);
            CHECK(found >= 0 && a64_logic_valid(sf, (unsigned)found));
            CHECK_EQ(logic_meaning(sf, (unsigned)found), value);
            if (a64_logic_valid(sf, logic)) {
                CHECK_EQ(found, logic);
                count++;
            }
        }
        CHECK_EQ(count, sf ? 5334 : 1302);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

TEST(no_other_value_is_a_logical_immediate)
{
    uint64_t all[1 << 13], random = 1;
    size_t count = 0;

    for (unsigned logic = 0; logic < 1 << 13; logic++)
        if (a64_logic_valid(true, logic))
            all[count++] = logic_meaning(true, logic);
    qsort(all, count, sizeof *all, compare);
    for (size_t i = 0; i < count; i++)
        for (unsigned bit = 0; bit < 64; bit++) {
            uint64_t near = all[i] ^ 1ull << bit;
            bool is = bsearch(&near, all, count, sizeof *all, compare);
            CHECK((a64_logic(true, near) >= 0) == is);
        }
    for (unsigned i = 0; i < 10000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t value = random >> (i % 64);
        CHECK((a64_logic(true, value) >= 0) ==
              (bsearch(&value, all, count, sizeof *all, compare) != NULL));
    }
    CHECK(a64_logic(true, 0) < 0 && a64_logic(true, UINT64_MAX) < 0);
    CHECK(a64_logic(false, 0) < 0 && a64_logic(false, UINT32_MAX) < 0);
}

/* What a sequence of movz, movn, movk and orr leaves in its register. */
static uint64_t run_movs(const uint32_t *insns, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++) {
        bool sf = insns[i] >> 31;
        unsigned hw = (insns[i] >> 21 & 3) * 16;
        uint64_t imm = insns[i] >> 5 & 0xffff;
        switch (insns[i] >> 23 & 0xff) {
        case 0x25: value = ~(imm << hw); break;
        case 0xa5: value = imm << hw; break;
        case 0xe5: value = (value & ~(0xffffull << hw)) | imm << hw; break;
        case 0x64: value = logic_meaning(sf, insns[i] >> 10 & 0x1fff); break;
        default: CHECK_SAY(false, "%#x is no move", insns[i]);
        }
        if (!sf)
            value &= UINT32_MAX;
    }
    return value;
}

TEST(moves_make_every_immediate)
{
    static const struct {
        uint64_t value;
        unsigned count;
    } cases[] = { { 0, 1 },
                  { 1, 1 },
                  { 0xffff, 1 },
                  { 0x10000, 1 },
                  { 0x12345678, 2 },
                  { 0xffffffff, 1 },
                  { 0xffff1234, 1 },
                  { 0x1234ffff, 1 },
                  { 0x8000000000000000, 1 },
                  { UINT64_MAX, 1 },
                  { (uint64_t)-2, 1 },
                  { (uint64_t)-65536, 1 },
                  { (uint64_t)-65537, 1 },
                  { 0xffffffff00000000, 1 },
                  { 0x5555555555555555, 1 },
                  { 0x123456789abcdef0, 4 },
                  { 0xffff56789abcffff, 2 },
                  { 0x0000567800001234, 2 },
                  { 0xffffffff12345678, 2 },
                  { 0xffff0000ffff0001, 2 },
                  { 0x00000001ffffffff, 1 },
                  { 0xfffffffffffffffe, 1 } };
    uint32_t insns[4];
    uint64_t random = 1;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned count = a64_mov_imm(3, cases[i].value, insns);
        CHECK_SAY(count == cases[i].count, "%#" PRIx64 " takes %u", cases[i].value, count);
        CHECK_EQ(run_movs(insns, count), cases[i].value);
    }
    for (unsigned i = 0; i < 10000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t value = random;
        for (unsigned half = 0; half < 4; half++) /* halfwords 0, ffff and others, mixed */
            if (i >> half * 2 & 1)
                value = (value & ~(0xffffull << half * 16)) |
                        (i >> half * 2 & 2 ? 0xffffull << half * 16 : 0);
        CHECK_EQ(run_movs(insns, a64_mov_imm(3, value, insns)), value);
    }
}

/* ---- Branches and relocations ---- */

static struct {
    struct arena *arena;
    struct error err;
    void (*body)(struct code *code);
} in;

static int with_code(void *arg)
{
    in.body(arg ? arg : code_new(in.arena, &a64_code, 0, &in.err));
    return 0;
}

static void run_with_code(void (*body)(struct code *code))
{
    in.arena = arena_new(&allocator_libc, 0);
    in.body = body;
    CHECK_EQ(arena_try(in.arena, &in.err, with_code, NULL), 0);
    CHECK_EQ(in.err.code, 0);
    arena_free(in.arena);
}

static void nops(struct code *code, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        code_u32(code, a64_nop());
}

static uint32_t insn_at(const struct code *code, uint32_t offset)
{
    return bytes_u32_in(code->bytes + offset, false);
}

static void branch_at_its_reach(struct code *code)
{
    uint32_t near = code_label(code), far = code_label(code);

    code_fix(code, A64_FIX_14, a64_tbnz(4, 40, 0), near); /* 0: just within 32 KiB */
    code_fix(code, A64_FIX_14, a64_tbnz(4, 40, 0), far);  /* 4: just beyond */
    nops(code, 8188);
    code_bind(code, near);
    nops(code, 3);
    code_bind(code, far);
    code_fix(code, A64_FIX_19, a64_b_cond(A64_HI, 0), near);
    code_finish(code);
    CHECK_EQ(insn_at(code, 0), a64_tbnz(4, 40, 32764));
    CHECK_EQ(insn_at(code, 4), a64_tbz(4, 40, 8));
    CHECK_EQ(insn_at(code, 8), a64_b(32768));
    CHECK_EQ(insn_at(code, 32776), a64_b_cond(A64_HI, -12));
}

TEST(a_test_branch_turns_round_beyond_32_kib)
{
    run_with_code(branch_at_its_reach);
}

static void branch_far_and_back(struct code *code)
{
    uint32_t begin = code_label(code), end = code_label(code);

    code_bind(code, begin);
    code_fix(code, A64_FIX_19, a64_cbz(true, 7, 0), end);
    code_fix(code, A64_FIX_19, a64_b_cond(A64_LT, 0), end);
    code_fix(code, A64_FIX_B, a64_b(0), end);
    nops(code, 300000);
    code_fix(code, A64_FIX_19, a64_b_cond(A64_EQ, 0), begin);
    code_fix(code, A64_FIX_19, a64_cbnz(false, 7, 0), begin);
    code_bind(code, end);
    code_finish(code);
    int size = (int)code->size;
    CHECK_EQ(size, 300000 * 4 + 9 * 4);
    CHECK_EQ(insn_at(code, 0), a64_cbnz(true, 7, 8));
    CHECK_EQ(insn_at(code, 4), a64_b(size - 4));
    CHECK_EQ(insn_at(code, 8), a64_b_cond(A64_GE, 8));
    CHECK_EQ(insn_at(code, 12), a64_b(size - 12));
    CHECK_EQ(insn_at(code, 16), a64_b(size - 16));
    CHECK_EQ(insn_at(code, (uint32_t)size - 16), a64_b_cond(A64_NE, 8));
    CHECK_EQ(insn_at(code, (uint32_t)size - 12), a64_b(12 - size));
    CHECK_EQ(insn_at(code, (uint32_t)size - 8), a64_cbz(false, 7, 8));
    CHECK_EQ(insn_at(code, (uint32_t)size - 4), a64_b(4 - size));
}

TEST(conditional_branches_turn_round_beyond_1_mib)
{
    run_with_code(branch_far_and_back);
}

TEST(relocations_reach_or_say_so)
{
    uint8_t at[16];
    uint32_t insn = a64_bl(0);

    bytes_set_u32_in(at, insn, false);
    CHECK(a64_code.relocate(at, A64_CALL26, 0x10000000, 0x10000000 + (1 << 27) - 4));
    CHECK_EQ(bytes_u32_in(at, false), a64_bl((1 << 27) - 4));
    CHECK(a64_code.relocate(at, A64_CALL26, 0x10000000, 0x10000000 - (1 << 27)));
    CHECK_EQ(bytes_u32_in(at, false), a64_bl(-(1 << 27)));
    CHECK(!a64_code.relocate(at, A64_CALL26, 0x10000000, 0x10000000 + (1 << 27)));
    CHECK(!a64_code.relocate(at, A64_JUMP26, 0x10000000, 0xffff800000000000));
    for (unsigned g = 0; g < 3; g++) {
        bytes_set_u32_in(at, g ? a64_movk(true, 9, 0, g * 16) : a64_movz(true, 9, 0, 0), false);
        CHECK(a64_code.relocate(at, A64_MOVW_G0 + g, 0, 0x7abc12345678));
        unsigned half = 0x7abc12345678 >> g * 16 & 0xffff;
        CHECK_EQ(bytes_u32_in(at, false),
                 g ? a64_movk(true, 9, half, g * 16) : a64_movz(true, 9, half, 0));
    }
    CHECK(!a64_code.relocate(at, A64_MOVW_G2, 0, 1ull << 48));
}
