/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64 as a struct target: registers, immediates and the table of rules. The emitters are in
 * emit.c, frames in frame.c, instructions in enc.def. */
#include "arch/x86_64/local.h"

static const char *const reg_names[X86_REGS] = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
};

/* First those that need no saving and no prefix; of each kind last those with a purpose of their
 * own: rcx counts shifts, r10 holds the address of an indirect call. */
static const uint8_t order[] = {
    RAX, RSI, RDI, RDX, RCX, R8, R9, R10, RBX, RBP, R12, R14, R15, R13
};

static const char *const features[] = { "bmi1", "bmi2", "movbe", "popcnt", "ibt", NULL };

static bool immediate(unsigned class, unsigned width, int64_t value)
{
    if (width < 64 && class != X86_IMM_SCALE && class != X86_IMM_BIT)
        value = (int32_t)value;
    switch (class) {
    case X86_IMM_ANY: return true;
    case X86_IMM_32: return value == (int32_t)value;
    case X86_IMM_AND: return value == (int32_t)value || value == (uint32_t)value;
    case X86_IMM_SCALE: return value >= 1 && value <= 3;
    case X86_IMM_ONES: return value == -1;
    case X86_IMM_ZERO: return value == 0;
    case X86_IMM_BIT: return value != (int32_t)value && !((uint64_t)value & ((uint64_t)value - 1));
    default: return false;
    }
}

static bool address(const struct rule *rule, unsigned width, bool indexed, unsigned shift,
                    int64_t disp)
{
    (void)rule, (void)width;
    return disp == (int32_t)disp && (!indexed || shift <= 3);
}

/* ---- The rules ---- */

#define R(name, OP, widths, emitter, ...)                                                          \
    { name, IR_##OP, widths, .emit = x86_emit_##emitter, __VA_ARGS__ }

#define WXX      (W32 | W64)
#define WALL     (W8 | W16 | W32 | W64)
#define TESTS    (1 << COND_SET | 1 << COND_CLEAR)
#define EQUALITY (1 << COND_EQ | 1 << COND_NE)

/* Operations whose result takes the place of operand a. */
#define ALU(OP, text, class)                                                                       \
    R(text ".ri", OP, WXX, alu_ri, .a = REG, .b = IMM(class), .to = TO_A),                         \
        R(text ".rm", OP, WXX, alu_rm, .a = REG, .b = LOAD, .to = TO_A),                           \
        R(text ".rr", OP, WXX, alu_rr, .a = REG, .b = REG, .to = TO_A)

#define SHIFT(OP, text)                                                                            \
    R(text ".ri", OP, WXX, shift_ri, .a = REG, .b = IMM(X86_IMM_ANY), .to = TO_A),                 \
        R(text ".mx", OP, WXX, shift_mr, .a = LOAD, .b = REG, .to = TO_REG, .needs = X86_BMI2),    \
        R(text ".rx", OP, WXX, shift_rr, .a = REG, .b = REG, .to = TO_REG, .needs = X86_BMI2),     \
        R(text ".cl", OP, WXX, shift_cl, .a = REG, .b = FIX(RCX), .to = TO_A)

#define DIVIDE(OP, text, result, flag, emitter)                                                    \
    R(text, OP, WXX, emitter, .a = FIX(RAX), .b = REG, .to = TO_FIX(result), .flags = flag,        \
      .clobbers = REG_BIT(RDX))

#define EXTEND(OP, text, widths) R(text, OP, widths, extend, .a = REG, .to = TO_REG)

/* Comparisons by the shapes of their operands. */
#define COMPARE(OP, text, emitter, result, flag)                                                   \
    R(text ".mi", OP, WXX, emitter##_mi, .a = LOAD, .b = IMM(X86_IMM_32), .to = result,            \
      .flags = RULE_NARROW | flag),                                                                \
        R(text ".ri", OP, WXX, emitter##_ri, .a = REG, .b = IMM(X86_IMM_32), .to = result,         \
          .flags = flag),                                                                          \
        R(text ".rm", OP, WXX, emitter##_rm, .a = REG, .b = LOAD, .to = result,                    \
          .flags = RULE_NARROW | flag),                                                            \
        R(text ".rr", OP, WXX, emitter##_rr, .a = REG, .b = REG, .to = result, .flags = flag)

#define MODIFY(OP, text)                                                                           \
    R("store." text ".i", STORE, WALL, modify_i, .a = ADDR, .b = INNER, .flags = RULE_RMW,         \
      .inner = IR_##OP, .inner_b = IMM(X86_IMM_32)),                                               \
        R("store." text ".r", STORE, WALL, modify_r, .a = ADDR, .b = INNER, .flags = RULE_RMW,     \
          .inner = IR_##OP, .inner_b = REG)

#define MEMORY(OP, text, widths, operand_b, result, emitter)                                       \
    R(text, OP, widths, emitter, .a = ADDR, .b = operand_b, .to = result)

#define ATOMIC(OP, text)                                                                           \
    MEMORY(ATOMIC_##OP, "atomic_" text ".i", WXX, IMM(X86_IMM_32), TO_NONE, atomic_i),             \
        MEMORY(ATOMIC_##OP, "atomic_" text ".r", WXX, REG, TO_NONE, atomic_r)

/* Neither address nor operand may be in rax, which is read and written all along. */
#define FETCH_LOOP(OP, text)                                                                       \
    R(text, OP, WXX, fetch_loop, .a = ADDR, .b = REG, .to = TO_FIX(RAX), .clobbers = REG_BIT(RAX))

static const struct rule rules[] = {
    R("const", CONST, 0, constant, .to = TO_REG),
    R("symbol", SYMBOL, 0, symbol, .to = TO_REG),

    R("add.xyi", ADD, WXX, add_three, .a = IMM(X86_IMM_32), .b = INNER, .to = TO_REG,
      .inner = IR_ADD, .inner_b = REG),
    R("add.ri", ADD, WXX, add_ri, .a = REG, .b = IMM(X86_IMM_32), .to = TO_REG),
    R("add.shl", ADD, WXX, add_shifted, .a = REG, .b = INNER, .to = TO_REG, .inner = IR_SHL,
      .inner_b = IMM(X86_IMM_SCALE)),
    R("add.rm", ADD, WXX, alu_rm, .a = REG, .b = LOAD, .to = TO_A),
    R("add.rr", ADD, WXX, add_rr, .a = REG, .b = REG, .to = TO_REG),
    R("sub.ri", SUB, WXX, sub_ri, .a = REG, .b = IMM(X86_IMM_32), .to = TO_REG),
    R("sub.rm", SUB, WXX, alu_rm, .a = REG, .b = LOAD, .to = TO_A),
    R("sub.rr", SUB, WXX, alu_rr, .a = REG, .b = REG, .to = TO_A),
    R("mul.mi", MUL, WXX, mul_mi, .a = LOAD, .b = IMM(X86_IMM_32), .to = TO_REG),
    R("mul.ri", MUL, WXX, mul_ri, .a = REG, .b = IMM(X86_IMM_32), .to = TO_REG),
    R("mul.rm", MUL, WXX, mul_rm, .a = REG, .b = LOAD, .to = TO_A),
    R("mul.rr", MUL, WXX, mul_rr, .a = REG, .b = REG, .to = TO_A),
    R("umulh.mulx", UMULH, W64, mulx, .a = REG, .b = FIX(RDX), .to = TO_REG, .needs = X86_BMI2),
    R("umulh", UMULH, W64, mul_high, .a = FIX(RAX), .b = REG, .to = TO_FIX(RDX),
      .clobbers = REG_BIT(RDX)),
    R("smulh", SMULH, W64, mul_high, .a = FIX(RAX), .b = REG, .to = TO_FIX(RDX),
      .clobbers = REG_BIT(RDX)),
    R("and.not", AND, WXX, andn, .a = REG, .b = INNER, .to = TO_REG, .inner = IR_XOR,
      .inner_b = IMM(X86_IMM_ONES), .needs = X86_BMI1),
    ALU(AND, "and", X86_IMM_AND),
    ALU(OR, "or", X86_IMM_32),
    ALU(XOR, "xor", X86_IMM_32),

    SHIFT(SHL, "shl"),
    SHIFT(SHR, "shr"),
    SHIFT(SAR, "sar"),
    R("rotl.rorx", ROTL, WXX, rotate_ri, .a = REG, .b = IMM(X86_IMM_ANY), .to = TO_REG,
      .needs = X86_BMI2),
    R("rotl.ri", ROTL, WXX, rotate_ri, .a = REG, .b = IMM(X86_IMM_ANY), .to = TO_A),
    R("rotl.cl", ROTL, WXX, shift_cl, .a = REG, .b = FIX(RCX), .to = TO_A),

    DIVIDE(UDIV, "udiv.nonzero", RAX, RULE_NONZERO, udiv_nonzero),
    DIVIDE(UDIV, "udiv", RAX, 0, udiv),
    DIVIDE(UREM, "urem.nonzero", RDX, RULE_NONZERO, udiv_nonzero),
    DIVIDE(UREM, "urem", RDX, 0, udiv),
    DIVIDE(SDIV, "sdiv", RAX, 0, sdiv),
    DIVIDE(SREM, "srem", RDX, 0, sdiv),

    R("neg", NEG, WXX, neg, .a = REG, .to = TO_A),
    EXTEND(SEXT8, "sext8", WXX),
    EXTEND(SEXT16, "sext16", WXX),
    EXTEND(SEXT32, "sext32", W64),
    EXTEND(ZEXT8, "zext8", W64),
    EXTEND(ZEXT16, "zext16", W64),
    EXTEND(ZEXT32, "zext32", W64),
    R("bswap.m", BSWAP, W16 | WXX, load_swapped, .a = LOAD, .to = TO_REG, .needs = X86_MOVBE),
    R("bswap.r", BSWAP, W16 | WXX, swap_bytes, .a = REG, .to = TO_A),

    R("popcnt.m", POPCNT, WXX, popcnt_m, .a = LOAD, .to = TO_REG, .needs = X86_COUNTS),
    R("popcnt.r", POPCNT, WXX, popcnt_r, .a = REG, .to = TO_REG, .needs = X86_COUNTS),
    R("popcnt.sum", POPCNT, WXX, popcnt_sum, .a = REG, .to = TO_EARLY, .clobbers = REG_BIT(RCX)),

    COMPARE(CMP, "cmp", cmp, TO_REG, 0),
    R("select.ri", SELECT, WXX, select_ri, .a = REG, .b = IMM(X86_IMM_32), .c = REG, .d = REG,
      .to = TO_REG),
    R("select.rr", SELECT, WXX, select_rr, .a = REG, .b = REG, .c = REG, .d = REG, .to = TO_REG),

    MEMORY(LOAD, "load", WALL, NONE, TO_REG, load),
    MEMORY(LOADS, "loads", W8 | W16 | W32, NONE, TO_REG, load_signed),
    MEMORY(PROBE, "probe", WALL, NONE, TO_EARLY, probe),
    MEMORY(PROBES, "probes", W8 | W16 | W32, NONE, TO_EARLY, probe),
    MODIFY(ADD, "add"),
    MODIFY(SUB, "sub"),
    MODIFY(AND, "and"),
    MODIFY(OR, "or"),
    MODIFY(XOR, "xor"),
    MEMORY(STORE, "store.i", WALL, IMM(X86_IMM_32), TO_NONE, store_i),
    R("store.bswap", STORE, W16 | WXX, store_swapped, .a = ADDR, .b = INNER, .inner = IR_BSWAP,
      .needs = X86_MOVBE),
    MEMORY(STORE, "store.r", WALL, REG, TO_NONE, store_r),

    ATOMIC(ADD, "add"),
    ATOMIC(OR, "or"),
    ATOMIC(AND, "and"),
    ATOMIC(XOR, "xor"),
    MEMORY(FETCH_ADD, "fetch_add", WXX, REG, TO_EARLY, exchange),
    FETCH_LOOP(FETCH_OR, "fetch_or"),
    FETCH_LOOP(FETCH_AND, "fetch_and"),
    FETCH_LOOP(FETCH_XOR, "fetch_xor"),
    MEMORY(XCHG, "xchg", WXX, REG, TO_EARLY, exchange),
    R("cmpxchg", CMPXCHG, WXX, compare_exchange, .a = ADDR, .b = FIX(RAX), .c = REG,
      .to = TO_FIX(RAX)),
    MEMORY(LOAD_ACQUIRE, "load_acquire", WALL, NONE, TO_REG, load),
    MEMORY(STORE_RELEASE, "store_release.i", WALL, IMM(X86_IMM_32), TO_NONE, store_i),
    MEMORY(STORE_RELEASE, "store_release.r", WALL, REG, TO_NONE, store_r),

    R("call", CALL, 0, call, .a = ARGS, .to = TO_CALL, .flags = RULE_BPF_CALL),
    R("call_helper", CALL_HELPER, 0, call_helper, .a = ARGS, .to = TO_CALL, .flags = RULE_C_CALL),
    R("call_pointer", CALL_POINTER, 0, call_pointer, .a = ARGS, .b = FIX(R10), .to = TO_CALL,
      .flags = RULE_BPF_CALL),

    R("branch.bit", BRANCH, W64, branch_bit, .a = REG, .b = IMM(X86_IMM_BIT), .conds = TESTS,
      .flags = RULE_SPLIT),
    R("branch.and.i", BRANCH, WXX, branch_and_i, .a = IMM(X86_IMM_ZERO), .b = INNER,
      .inner = IR_AND, .inner_b = IMM(X86_IMM_32), .conds = EQUALITY, .flags = RULE_SPLIT),
    R("branch.and.r", BRANCH, WXX, branch_and_r, .a = IMM(X86_IMM_ZERO), .b = INNER,
      .inner = IR_AND, .inner_b = REG, .conds = EQUALITY, .flags = RULE_SPLIT),
    COMPARE(BRANCH, "branch", branch, TO_NONE, RULE_SPLIT),
    R("switch", SWITCH, 0, table, .a = REG, .clobbers = REG_BIT(R10)),
    R("return", RETURN, 0, ret, .a = FIX(RAX)),
    R("tail", TAIL, 0, tail, .a = ARGS, .b = FIX(R10), .flags = RULE_BPF_CALL),

    R("vcpu", VCPU, 0, vcpu, .to = TO_REG),
    R("lease", LEASE, 0, lease, .to = TO_REG),
    R("thread", THREAD, 0, thread, .to = TO_REG),
    R("area", AREA, 0, area, .to = TO_REG),
    R("incoming", INCOMING, 0, incoming, .to = TO_REG),
    R("call_next", CALL_NEXT, 0, call_next, .a = ARGS, .to = TO_CALL, .flags = RULE_C_CALL),
    R("result", RESULT, 0, result, .to = TO_FIX(RDX)),
    R("return_pair", RETURN_PAIR, 0, ret, .a = FIX(RAX), .b = FIX(RDX)),
    R("next", NEXT, 0, next, .to = TO_NONE),
};

static struct op_rules rules_of[IR_COUNT];
static struct rule_facts rule_facts[sizeof rules / sizeof rules[0]];

const struct target target_x86_64 = {
    .name = "x86_64",
    .bits = 64,
    .arch = &x86_code_arch,
    .patch = &x86_patch,
    .conv = &conv_x86_64,
    .reg_names = reg_names,
    .order = order,
    .order_count = sizeof order,
    .scratch = X86_SCRATCH,
    .loop_align = 16,
    .loop_pad = 3,
    .landing = X86_IBT,
    .rules = rules,
    .rules_of = rules_of,
    .rule_facts = rule_facts,
    .rule_count = sizeof rules / sizeof rules[0],
    .features = features,
    .immediate = immediate,
    .address = address,
    .move = x86_move,
    .swap = x86_swap,
    .load_slot = x86_load_slot,
    .store_slot = x86_store_slot,
    .constant = x86_constant,
    .symbol = x86_symbol,
    .jump = x86_jmp,
    .prologue = x86_prologue,
    .epilogue = x86_epilogue,
};
