/* SPDX-License-Identifier: Apache-2.0 */
/* arm64 as a value: its registers and what the rest of the compiler asks of it.
 *
 * x0-x17 belong to a callee, x18 to the platform. Values live in x0-x14 and x19-x28; x16 carries
 * values between slots, x15 and x17 are the emitters'; x29 holds the frame record. */
#include "arch/arm64/local.h"

static const char *const reg_names[] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10",
    "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
    "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",
};

static const uint8_t order[] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                 13, 14, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28 };

static const char *const features[] = { "lse", NULL };

static const struct rule rules[] = {
#define A64_RULE(op_, widths_, a_, b_, to_, emit_, ...)                                            \
    { .name = #emit_,                                                                              \
      .op = IR_##op_,                                                                              \
      .widths = widths_,                                                                           \
      .a = a_,                                                                                     \
      .b = b_,                                                                                     \
      .to = to_,                                                                                   \
      .emit = a64_do_##emit_,                                                                      \
      __VA_ARGS__ },
#include "arch/arm64/rules.def"
#undef A64_RULE
};

static void move(struct code *code, uint8_t to, uint8_t from, bool half)
{
    code_u32(code, a64_mov(!half, to, from));
}

static void swap(struct code *code, uint8_t a, uint8_t b)
{
    move(code, A64_X17, a, false);
    move(code, a, b, false);
    move(code, b, A64_X17, false);
}

static void jump(struct code *code, uint32_t label)
{
    code_fix(code, A64_FIX_B, a64_b(0), label);
}

static struct op_rules rules_of[IR_COUNT];
static struct rule_facts rule_facts[sizeof rules / sizeof rules[0]];

const struct target target_arm64 = {
    .name = "arm64",
    .bits = 64,
    .big = false,
    .arch = &a64_code,
    .patch = &a64_patch,
    .conv = &conv_arm64,
    .reg_names = reg_names,
    .order = order,
    .order_count = sizeof order,
    .scratch = A64_X16,
    .sums = true,
    .selects = true,
    .rules = rules,
    .rules_of = rules_of,
    .rule_facts = rule_facts,
    .rule_count = sizeof rules / sizeof *rules,
    .features = features,
    .immediate = a64_immediate,
    .address = a64_address,
    .move = move,
    .swap = swap,
    .load_slot = a64_load_slot,
    .store_slot = a64_store_slot,
    .constant = a64_constant,
    .symbol = a64_symbol,
    .jump = jump,
    .prologue = a64_prologue,
    .epilogue = a64_epilogue,
};
