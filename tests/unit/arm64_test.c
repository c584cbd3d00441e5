/* SPDX-License-Identifier: Apache-2.0 */
/* arm64: branches out of reach, relocations, frames, pairs of accesses. */
#include "arch/arm64/local.h"
#include "image/image.h"
#include "rt/rt.h"
#include "runner/runner.h"

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

/* Its address is made in four instructions where adr, which lies at the beginning, does not reach.
 */
static void table_near_or_far(struct code *code)
{
    uint32_t begin = code_label(code), near = code_label(code), far = code_label(code);
    uint32_t labels[] = { begin, near, begin };

    code_bind(code, begin);
    code_fix(code, A64_FIX_ADR, a64_adr(3, 0), near);
    code_fix(code, A64_FIX_ADR, a64_adr(4, 0), far);
    code_table(code, near, labels, 3);
    nops(code, 300000);
    code_table(code, far, labels, 2);
    code_finish(code);
    CHECK_EQ(insn_at(code, 0), a64_adr(3, 20));
    CHECK_EQ(insn_at(code, 4), a64_adr(4, 0));
    uint32_t distance = 32 - 4 + 1200000;
    CHECK_EQ(insn_at(code, 8), a64_movz(false, A64_X17, distance & 0xffff, 0));
    CHECK_EQ(insn_at(code, 12), a64_movk(false, A64_X17, distance >> 16, 16));
    CHECK_EQ(insn_at(code, 16), a64_add_ext(true, 4, 4, A64_X17, A64_SXTW, 0));
    CHECK_EQ(insn_at(code, 20), (uint32_t)-20);
    CHECK_EQ(insn_at(code, 24), 0);
    CHECK_EQ(insn_at(code, 28), (uint32_t)-20);
    CHECK_EQ(code->tables.count, 2);
    CHECK_EQ(code->tables.at[0].at, 20);
    CHECK_EQ(code->tables.at[1].at, 1200032);
    CHECK_EQ(insn_at(code, 1200032), (uint32_t)-1200032);
    CHECK_EQ(insn_at(code, 1200036), (uint32_t)-1200012);
}

TEST(tables_are_reached_beyond_1_mib)
{
    run_with_code(table_near_or_far);
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

/* ---- Frames ---- */

/* f(.., .., a, b): b - a by way of the first and the last slot, all callee-saved registers lost. */
static void function_with_frame(struct code *code, struct frame frame)
{
    code_enter(code, 0);
    a64_prologue(code, &frame);
    for (uint8_t reg = 19; reg < A64_FP; reg++)
        if (frame.saved & REG_BIT(reg))
            code_u32(code, a64_movz(true, reg, 0, 0));
    a64_store_slot(code, &frame, frame.slots - 1, 3);
    a64_store_slot(code, &frame, 0, 2);
    a64_load_slot(code, &frame, 0, frame.slots - 1);
    a64_load_slot(code, &frame, 1, 0);
    code_u32(code, a64_sub(true, 0, 0, 1, A64_LSL, 0));
    a64_epilogue(code, &frame);
    code_u32(code, a64_ret(A64_LR));
    code_leave(code, 0);
    code_finish(code);
}

static int run_frames(void *arg)
{
    static const uint32_t slots[] = { 2, 3, 50, 51, 60, 500, 512, 4095, 4096, 20000 };
    (void)arg;
    for (unsigned i = 0; i < sizeof slots / sizeof *slots; i++)
        for (unsigned saved = 0; saved <= 10; saved++)
            for (int calls = 0; calls < 2; calls++) {
                struct code *code = code_new(in.arena, &a64_code, 1, &in.err);
                struct image_options options = { 0 };
                struct image *image;
                function_with_frame(code,
                                    (struct frame){ .saved = ((UINT64_C(1) << saved) - 1) << 19,
                                                    .slots = slots[i],
                                                    .calls = calls,
                                                    .entered = true });
                CHECK(!image_seal(code, &options, &image, &in.err));
                callback_fn *f = (callback_fn *)(uintptr_t)image_entry(image, 0);
                CHECK_EQ(f(NULL, NULL, 1000 + i, 5000 + saved, 0, 0, 0), 4000 + saved - i);
                image_free(image);
            }
    return in.err.code;
}

TEST(frames_of_all_sizes_keep_what_is_the_callers)
{
    if (strcmp(host_target, "arm64")) {
        test_skip("runs on arm64");
        return;
    }
    in.arena = arena_new(&allocator_libc, 0);
    CHECK_EQ(arena_try(in.arena, &in.err, run_frames, NULL), 0);
    arena_free(in.arena);
}

/* ---- Pairs ---- */

extern const struct target target_arm64;

struct listing { /* a function and the instructions between bti c and ret */
    struct arena *arena;
    const char *text;
    const uint32_t *wanted;
    uint32_t count;
    struct error err;
};

static int compile_listing(void *arg)
{
    struct listing *l = arg;
    struct module module;
    struct code *code;

    if (ir_parse(l->arena, l->text, &module, &l->err) ||
        compile(l->arena, &module, &target_arm64, 0, &code, &l->err))
        return l->err.code;
    CHECK_EQ(code->size, (l->count + 2) * 4);
    for (uint32_t i = 0; i < l->count && !test_failed(); i++)
        CHECK_EQ(insn_at(code, (i + 1) * 4), l->wanted[i]);
    return 0;
}

#define CHECK_CODE(text, ...)                                                                      \
    check_code(text, (const uint32_t[]){ __VA_ARGS__ },                                            \
               sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)
static void check_code(const char *text, const uint32_t *wanted, uint32_t count)
{
    struct listing l = { arena_new(&allocator_libc, 0), text, wanted, count, { 0 } };
    CHECK_SAY(!arena_try(l.arena, &l.err, compile_listing, &l), "%s", l.err.text);
    arena_free(l.arena);
}

TEST(neighbouring_accesses_become_pairs)
{
    CHECK_CODE("fn f index 0 args 1 depth 0\n"
               "b0:\n"
               "v0 = param 2\n"
               "v1 = const 0\n"
               "store64 [v0 + 8], v1\n"
               "store64 [v0 + 0], v1\n"
               "store32 [v0 + -8], v1\n"
               "store32 [v0 + -4], v1\n"
               "store16 [v0 + 16], v1\n"
               "store16 [v0 + 18], v1\n"
               "return v0\n",
               a64_stp(true, A64_ZR, A64_ZR, 2, 0), a64_stp(false, A64_ZR, A64_ZR, 2, -8),
               a64_str(1, A64_ZR, 2, 16), a64_str(1, A64_ZR, 2, 18), a64_mov(true, 0, 2));
    CHECK_CODE("fn f index 0 args 1 depth 0\n"
               "b0:\n"
               "v0 = param 2\n"
               "v1 = load64 [v0 + 504]\n"
               "v2 = load64 [v0 + 512]\n"
               "v3 = load64 [v0 + 520]\n"
               "v4 = load64 [v0 + 528]\n"
               "v5 = add64 v1, v2\n"
               "v6 = add64 v5, v3\n"
               "v7 = add64 v6, v4\n"
               "return v7\n",
               a64_ldp(true, 0, 1, 2, 504), a64_ldr(3, 3, 2, 520), a64_ldr(3, 2, 2, 528),
               a64_add(true, 0, 0, 1, A64_LSL, 0), a64_add(true, 0, 0, 3, A64_LSL, 0),
               a64_add(true, 0, 0, 2, A64_LSL, 0));
}

TEST(selections_share_a_comparison)
{
    CHECK_CODE("fn f index 0 args 5 depth 0\n"
               "b0:\n"
               "v0 = param 2\n"
               "v1 = param 3\n"
               "v2 = param 4\n"
               "v3 = select64 v0 ult v1 ? v2 : v0\n"
               "v4 = select64 v0 ult v1 ? v1 : v2\n"
               "v5 = select64 v0 eq v1 ? v3 : v4\n"
               "return v5\n",
               a64_cmp(true, 2, 3), a64_csel(true, 0, 4, 2, A64_LO),
               a64_csel(true, 1, 3, 4, A64_LO), a64_csel(true, 0, 0, 1, A64_EQ));
    /* The first writes what is compared. */
    CHECK_CODE("fn f index 0 args 5 depth 0\n"
               "b0:\n"
               "v0 = param 2\n"
               "v1 = param 3\n"
               "v2 = const 7\n"
               "v3 = select64 v0 ult v2 ? v1 : v0\n"
               "v4 = select64 v3 ult v2 ? v1 : v3\n"
               "return v4\n",
               a64_subs_imm(true, A64_ZR, 2, 7, 0), a64_csel(true, 0, 3, 2, A64_LO),
               a64_subs_imm(true, A64_ZR, 0, 7, 0), a64_csel(true, 0, 3, 0, A64_LO));
}

TEST(bits_are_tested_within_an_instruction)
{
    CHECK_CODE("fn f index 0 args 5 depth 0\n"
               "b0:\n"
               "v0 = param 2\n"
               "v1 = param 3\n"
               "v2 = const 64\n"
               "v3 = const 0\n"
               "v4 = and64 v0, v2\n"
               "v5 = cmp64 v4 ne v3\n"
               "v6 = const 6\n"
               "v7 = and64 v0, v6\n"
               "v8 = select64 v7 eq v3 ? v0 : v1\n"
               "v9 = add64 v5, v8\n"
               "v10 = and64 v9, v1\n"
               "branch64 v10 eq v3 ? b1 : b2\n"
               "b1:\n"
               "v12 = const 1\n"
               "v13 = and64 v9, v12\n"
               "v14 = const 0\n"
               "branch64 v13 ne v14 ? b2 : b3\n"
               "b2:\n"
               "jump b3\n"
               "b3:\n"
               "v15 = phi v9, v1\n"
               "return v15\n",
               a64_ubfm(true, 0, 2, 6, 6), a64_ands_imm(true, A64_ZR, 2, 0x1fc1),
               a64_csel(true, 1, 2, 3, A64_EQ), a64_add(true, 0, 0, 1, A64_LSL, 0),
               a64_tst(true, 0, 3), a64_b_cond(A64_NE, 8), a64_tbz(0, 0, 8), a64_mov(true, 0, 3));
}
