/* SPDX-License-Identifier: Apache-2.0 */
/* Each row of arch/x86_64/enc.def with random and boundary operands, against LLVM. */
#include "arch/x86_64/enc.h"
#include "runner/runner.h"

enum { TIMES = 40 }; /* for each row and width */

static const char *const names[4][X86_REGS] = {
    { "al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b",
      "r13b", "r14b", "r15b" },
    { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w",
      "r14w", "r15w" },
    { "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d",
      "r13d", "r14d", "r15d" },
    { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
      "r13", "r14", "r15" },
};
static const char *const sizes[] = { "byte", "word", "dword", "qword" };
static const char *const conditions[] = { "o", "no", "b", "ae", "e", "ne", "be", "a",
                                          "s", "ns", "p", "np", "l", "ge", "le", "g" };

enum form { /* NONE_: gen.h has a NONE too */
            MR,
            M_R,
            RM,
            RM8,
            RM16,
            RM32,
            R_M,
            M,
            MI,
            M_I,
            MIQ,
            M8,
            MC,
            MEM,
            M80,
            RMI,
            O,
            NONE_,
            CC_M,
            CC_RM,
            V_RMV,
            V_RVM,
            V_RM8,
            X_M,
            M_X,
            XX
};

struct row {
    const char *mnemonic;
    enum form form;
    enum x86_op op;
    const char *widths;
};
#define NONE NONE_
static const struct row rows[] = {
#define X(NAME, mnemonic, FORM, MAP, opcode, digit, FLAGS, WIDTHS)                                 \
    { mnemonic, FORM, X86_##NAME, #WIDTHS },
#include "arch/x86_64/enc.def"
#undef X
};
#undef NONE

static struct code *code;
static char text[64]; /* of mem() */

static unsigned reg(void)
{
    return (unsigned)enc_random() % X86_REGS;
}

/* A random memory operand, its text with the size in `text`. */
static struct x86_mem mem(const char *size)
{
    struct x86_mem m = x86_at(reg(), (int32_t)enc_integer(32));
    uint64_t r = enc_random();
    char *p = text;

    if (r % 4 == 0)
        m.disp = 0;
    if (r >> 2 & 1) {
        do
            m.index = (uint8_t)reg();
        while (m.index == RSP);
        m.scale = r >> 3 & 3;
    }
    if ((r >> 5) % 16 == 0)
        m.base = X86_NOREG;
    if ((r >> 9) % 16 == 0 && m.index == X86_NOREG)
        m.base = X86_RIP;
    p += sprintf(p, "%s ptr [", size);
    if (m.base != X86_NOREG)
        p += sprintf(p, "%s + ", m.base == X86_RIP ? "rip" : names[3][m.base]);
    if (m.index != X86_NOREG)
        p += sprintf(p, "%u*%s + ", 1u << m.scale, names[3][m.index]);
    sprintf(p, "%d]", m.disp);
    return m;
}

#define LINE(...) enc_line(code->bytes, code->size, __VA_ARGS__)

static void try_imm(const struct row *r, unsigned w, bool memory)
{
    unsigned a = reg();
    int32_t imm = (int32_t)enc_integer(w < X86_W32 ? 8u << w : 32);
    if (memory) {
        x86_mi(code, r->op, w, mem(sizes[w]), imm);
        LINE("%s %s, %d", r->mnemonic, text, imm);
    } else if (r->form == MI || w == X86_W64) {
        x86_ri(code, r->op, w, a, imm);
        LINE("%s %s, %d", r->mnemonic, names[w][a], imm);
    }
}

static void try_imm8(const struct row *r, unsigned w, bool memory)
{
    unsigned a = reg(), imm = (unsigned)enc_random() % (8u << w);
    if (memory) {
        x86_mi8(code, r->op, w, mem(sizes[w]), imm);
        LINE("%s %s, %u", r->mnemonic, text, imm);
    } else {
        x86_ri8(code, r->op, w, a, imm);
        LINE("%s %s, %u", r->mnemonic, names[w][a], imm);
    }
}

/* reg, r/m or r/m, reg; from: width of r/m. */
static void try_two(const struct row *r, unsigned w, unsigned from, bool memory)
{
    unsigned a = reg(), b = reg();
    enum x86_cc cc = (enum x86_cc)(enc_random() & 15);
    bool conditional = r->form == CC_RM, first = r->form == MR || r->form == M_R;
    enum x86_op op = conditional ? x86_if(r->op, cc) : r->op;
    char name[32];

    snprintf(name, sizeof name, "%s%s", r->mnemonic, conditional ? conditions[cc] : "");
    if (memory) {
        bool plain = r->op == X86_LEA;
        x86_m(code, op, w, a, mem(sizes[plain ? w : from]));
        LINE(first ? "%1$s %2$s, %3$s" : "%1$s %3$s, %2$s", name, text, names[w][a]);
    } else {
        x86_r(code, op, w, a, b);
        LINE(first ? "%1$s %2$s, %3$s" : "%1$s %3$s, %2$s", name, names[from][b], names[w][a]);
    }
}

static void try_one(const struct row *r, unsigned w, bool memory)
{
    unsigned a = reg();
    enum x86_cc cc = (enum x86_cc)(enc_random() & 15);
    enum x86_op op = r->form == CC_M ? x86_if(r->op, cc) : r->op;
    const char *suffix = r->form == CC_M ? conditions[cc] : "", *cl = r->form == MC ? ", cl" : "";

    if (memory) {
        x86_m1(code, op, w, mem(sizes[w]));
        LINE("%s%s %s%s", r->mnemonic, suffix, text, cl);
    } else {
        x86_r1(code, op, w, a);
        LINE("%s%s %s%s", r->mnemonic, suffix, names[w][a], cl);
    }
}

static void try_mul(const struct row *r, unsigned w, bool memory)
{
    unsigned a = reg(), b = reg();
    int32_t imm = (int32_t)enc_integer(w < X86_W32 ? 8u << w : 32);
    if (memory) {
        x86_rmi(code, r->op, w, a, mem(sizes[w]), imm);
        LINE("%s %s, %s, %d", r->mnemonic, names[w][a], text, imm);
    } else {
        x86_rri(code, r->op, w, a, b, imm);
        LINE("%s %s, %s, %d", r->mnemonic, names[w][a], names[w][b], imm);
    }
}

static void try_vex(const struct row *r, unsigned w, bool memory)
{
    const char *const *n = names[w];
    unsigned a = reg(), b = reg(), c = reg();

    if (r->form == V_RM8) {
        x86_vi(code, r->op, w, a, b, c);
        LINE("%s %s, %s, %u", r->mnemonic, n[a], n[b], c);
        return;
    }
    if (memory)
        x86_vm(code, r->op, w, a, mem(sizes[w]), c);
    else
        x86_v(code, r->op, w, a, b, c);
    const char *rm = memory ? text : n[b];
    LINE("%s %s, %s, %s", r->mnemonic, n[a], r->form == V_RMV ? rm : n[c],
         r->form == V_RMV ? n[c] : rm);
}

static void try_vector(const struct row *r)
{
    unsigned a = (unsigned)enc_random() % 16, b = (unsigned)enc_random() % 16;
    if (r->form == XX) {
        x86_r(code, r->op, X86_W32, a, b);
        LINE("%s xmm%u, xmm%u", r->mnemonic, a, b);
        return;
    }
    x86_m(code, r->op, X86_W32, a, mem("xmmword"));
    if (r->form == X_M)
        LINE("%s xmm%u, %s", r->mnemonic, a, text);
    else
        LINE("%s %s, xmm%u", r->mnemonic, text, a);
}

static void try_row(const struct row *r, unsigned w, bool memory)
{
    unsigned a = reg();
    switch (r->form) {
    case MI:
    case MIQ: try_imm(r, w, memory); break;
    case M_I: try_imm(r, w, true); break;
    case M8: try_imm8(r, w, memory); break;
    case M_R:
    case R_M: try_two(r, w, w, true); break;
    case MR:
    case RM:
    case CC_RM: try_two(r, w, w, memory); break;
    case RM8: try_two(r, w, X86_W8, memory); break;
    case RM16: try_two(r, w, X86_W16, memory); break;
    case RM32: try_two(r, w, X86_W32, memory); break;
    case MEM: try_one(r, w, true); break;
    case M80:
        x86_m1(code, r->op, w, mem("tbyte"));
        LINE("%s %s", r->mnemonic, text);
        break;
    case M:
    case MC:
    case CC_M: try_one(r, w, memory); break;
    case RMI: try_mul(r, w, memory); break;
    case O:
        x86_o(code, r->op, w, a);
        LINE("%s %s", r->mnemonic, names[w][a]);
        break;
    case NONE_:
        x86_none(code, r->op);
        LINE("%s", r->mnemonic);
        break;
    case V_RMV:
    case V_RVM:
    case V_RM8: try_vex(r, w, memory); break;
    case X_M:
    case M_X:
    case XX: try_vector(r); break;
    }
    code->size = 0;
}

/* LLVM's Intel syntax has no name for the current place. */
#define ATT(line) ".att_syntax\n" line "\n.intel_syntax noprefix"

/* Fixes in the form that their distance asks for, constants, padding. */
static void try_places(void)
{
    uint8_t bytes[16];
    for (unsigned form = 0; form < X86_FIXES; form++) {
        const struct fix_form *f = &x86_code_arch.fix_forms[form];
        for (int i = 0; i < TIMES && form != X86_TABLE_ENTRY; i++) {
            int64_t d = i == 0 ? f->low : i == 1 ? f->high : enc_integer(30);
            bool is_short = d >= -126 && d <= 129;
            unsigned a = reg();
            if (f->size == 2)
                d = i < 2 ? d : (int8_t)d + 2;
            else if (form == X86_LEA_LABEL)
                d = (int32_t)d;
            else if (is_short && form != X86_CALL_LABEL)
                continue;
            x86_code_arch.fix(bytes, form, a, d);
            if (form == X86_JCC_SHORT || form == X86_JCC_NEAR)
                enc_line(bytes, f->size, ATT("j%s . + %" PRId64), conditions[a], d);
            else if (form == X86_LEA_LABEL)
                enc_line(bytes, f->size, "lea %s, [rip + %d]", names[3][a], (int32_t)(d - 7));
            else
                enc_line(bytes, f->size, ATT("%s . + %" PRId64),
                         form == X86_CALL_LABEL ? "call" : "jmp", d);
        }
    }
    for (unsigned n = 1; n <= 20; n++) {
        uint8_t nops[32];
        x86_code_arch.pad(nops, n);
        enc_line(nops, n, ".nops %u, 9", n);
    }
    for (int i = 0; i < TIMES * 4; i++) {
        unsigned a = reg();
        int64_t imm = enc_integer(64);
        x86_mov_imm(code, a, (uint64_t)imm);
        if ((uint64_t)imm == (uint32_t)imm)
            LINE("mov %s, %" PRId64, names[2][a], imm);
        else
            LINE("%s %s, %" PRId64, imm == (int32_t)imm ? "mov" : "movabs", names[3][a], imm);
        code->size = 0;
    }
}

static int all_rows(void *arg)
{
    static const char letters[] = "BWDQ";
    struct arena *arena = arg;
    struct error err = { 0 };

    code = code_new(arena, &x86_code_arch, 0, &err);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (unsigned w = X86_W8; w <= X86_W64; w++)
            if (strchr(rows[i].widths, letters[w]))
                for (int n = 0; n < (rows[i].form == NONE_ ? 1 : TIMES); n++)
                    try_row(&rows[i], w, n & 1);
    try_places();
    return err.code;
}

TEST(x86_64_rows_equal_llvm)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct error err = { 0 };

    enc_begin();
    CHECK_EQ(arena_try(arena, &err, all_rows, arena), 0);
    enc_end("-triple=x86_64 -mattr=+bmi,+bmi2,+movbe,+lzcnt,+popcnt --x86-asm-syntax=intel",
            ".intel_syntax noprefix");
    arena_free(arena);
}
