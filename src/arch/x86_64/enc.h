/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding x86-64 instructions (Intel SDM volume 2, chapter 2). The instructions are rows of
 * enc.def; this is how a row's form becomes bytes. Encoders choose the shortest encoding; with a
 * constant row they are inlined to a few stores. */
#pragma once
#include "gen/code.h"

enum {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    X86_REGS,
    X86_RIP,  /* as base: from the end of the instruction; a relocation fills the displacement */
    X86_NOREG /* no base, or no index */
};

/* Widths of operations and memory operands: log2 of the bytes. */
enum { X86_W8, X86_W16, X86_W32, X86_W64 };

/* Conditions, as opcodes hold them; ^ 1 negates. */
enum x86_cc {
    CC_O,
    CC_NO,
    CC_B,
    CC_AE,
    CC_E,
    CC_NE,
    CC_BE,
    CC_A,
    CC_S,
    CC_NS,
    CC_P,
    CC_NP,
    CC_L,
    CC_GE,
    CC_LE,
    CC_G
};

struct x86_mem { /* [base + (index << scale) + disp]; rsp cannot be index */
    uint8_t base, index, scale;
    int32_t disp;
};

static inline struct x86_mem x86_at(unsigned base, int32_t disp)
{
    return (struct x86_mem){ (uint8_t)base, X86_NOREG, 0, disp };
}

/* ---- Rows: X86_NAME packs what a row of enc.def says ----
 *
 *     bits  0..7   8..9  10..11  12..14  15..
 *          opcode   map      pp   digit  flags         (map and pp numbered as VEX numbers them)
 *
 * A row of form NONE is its bytes, the first one lowest. */
enum {
    X86_MAP__ = 0,
    X86_MAP_0F = 1 << 8,
    X86_MAP_0F38 = 2 << 8,
    X86_MAP_F3_0F = 2 << 10 | 1 << 8,
    X86_MAP_66_0F38 = 1 << 10 | 2 << 8,
    X86_MAP_F3_0F38 = 2 << 10 | 2 << 8,
    X86_MAP_F2_0F38 = 3 << 10 | 2 << 8,
    X86_MAP_F2_0F3A = 3 << 10 | 3 << 8,

    X86_FLAG__ = 0,
    X86_FLAG_SIZED = 1 << 15, /* bit 0 of the opcode is clear where the operation is 8 bits wide */
    X86_FLAG_IMM8 = 1 << 16, /* there is a form with 8 bits of immediate: bit 1 of the opcode set */
    X86_FLAG_ACC = 1 << 17,  /* there is a shorter form for rax */
    X86_FLAG_ONE = 1 << 18,  /* there is a form for the immediate 1: the opcode + 0x10 */
    X86_FLAG_NO_W = 1 << 19, /* 64 bits wide without REX.W */
    X86_FLAG_RM8 = 1 << 20,  /* the r/m operand is a byte, whatever the width */
    X86_FLAG_LOCK = 1 << 21 | X86_FLAG_SIZED,
    X86_FLAG_LOCK_IMM = X86_FLAG_LOCK | X86_FLAG_IMM8,
    X86_FLAG_ALU_IMM = X86_FLAG_SIZED | X86_FLAG_IMM8 | X86_FLAG_ACC,
    X86_FLAG_TEST_IMM = X86_FLAG_SIZED | X86_FLAG_ACC,
    X86_FLAG_SHIFT_IMM = X86_FLAG_SIZED | X86_FLAG_ONE,
};

enum x86_op {
#define X(NAME, mnemonic, FORM, MAP, opcode, digit, FLAGS, WIDTHS)                                 \
    X86_##NAME = (opcode) | X86_MAP_##MAP | (digit) << 12 | X86_FLAG_##FLAGS,
#include "arch/x86_64/enc.def"
#undef X
};

static inline unsigned x86_digit(enum x86_op op)
{
    return (unsigned)op >> 12 & 7;
}
/* Rows of the CC forms with their condition. */
static inline enum x86_op x86_if(enum x86_op op, enum x86_cc cc)
{
    return (enum x86_op)((unsigned)op + cc);
}

/* ---- Parts of an instruction; each takes and returns the place of the next byte ---- */

enum { X86_LONGEST = 16 };

static inline uint8_t *x86_begin(struct code *code)
{
    return code_reserve(code, X86_LONGEST);
}
static inline void x86_end(struct code *code, const uint8_t *end)
{
    code->size = (uint32_t)(end - code->bytes);
}

/* Everything before ModRM. rex: the bits R X B from the operands, plus 0x40 if a byte operand
 * demands a prefix (spl bpl sil dil). */
static inline uint8_t *x86_opcode(uint8_t *p, enum x86_op op, unsigned width, unsigned rex)
{
    unsigned o = (unsigned)op, opcode = o & 0xff;
    static const uint8_t prefix[] = { 0, 0x66, 0xf3, 0xf2 };

    if ((o & X86_FLAG_LOCK) == X86_FLAG_LOCK)
        *p++ = 0xf0;
    if (width == X86_W16)
        *p++ = 0x66;
    if (o >> 10 & 3)
        *p++ = prefix[o >> 10 & 3];
    if (width == X86_W64 && !(o & X86_FLAG_NO_W))
        rex |= 0x48;
    if (rex)
        *p++ = (uint8_t)(rex | 0x40);
    if (o >> 8 & 3)
        *p++ = 0x0f;
    if ((o >> 8 & 3) == 2)
        *p++ = 0x38;
    if (width == X86_W8 && o & X86_FLAG_SIZED)
        opcode &= 0xfe;
    *p++ = (uint8_t)opcode;
    return p;
}

/* Whether a byte operand in the register demands a REX prefix. */
static inline unsigned x86_byte_rex(unsigned reg)
{
    return reg >= RSP && reg <= RDI ? 0x40 : 0;
}

static inline uint8_t *x86_modrm_r(uint8_t *p, unsigned reg, unsigned rm)
{
    *p++ = (uint8_t)(0xc0 | (reg & 7) << 3 | (rm & 7));
    return p;
}

static inline unsigned x86_rex_m(unsigned reg, struct x86_mem m)
{
    return (reg >> 3 & 1) << 2 | (m.index < X86_REGS ? (m.index >> 3 & 1u) << 1 : 0) |
           (m.base < X86_REGS ? m.base >> 3 & 1u : 0);
}

/* ModRM, SIB and displacement. */
static inline uint8_t *x86_modrm_m(uint8_t *p, unsigned reg, struct x86_mem m)
{
    unsigned mod, field = (reg & 7) << 3;

    if (m.base == X86_RIP || (m.base == X86_NOREG && m.index == X86_NOREG)) {
        *p++ = (uint8_t)(field | (m.base == X86_RIP ? 5 : 4));
        if (m.base != X86_RIP)
            *p++ = 0x25; /* SIB: neither base nor index */
        bytes_set_u32_in(p, (uint32_t)m.disp, false);
        return p + 4;
    }
    /* mod 0 with base 5 means no base, so rbp and r13 take a displacement even if it is 0. */
    if (m.base == X86_NOREG || (m.disp == 0 && (m.base & 7) != RBP))
        mod = 0;
    else
        mod = m.disp == (int8_t)m.disp ? 1 : 2;
    if (m.index != X86_NOREG || (m.base & 7) == RSP) {
        unsigned index = m.index == X86_NOREG ? 4 : m.index & 7u;
        unsigned base = m.base == X86_NOREG ? 5 : m.base & 7u;
        *p++ = (uint8_t)(mod << 6 | field | 4);
        *p++ = (uint8_t)((unsigned)m.scale << 6 | index << 3 | base);
    } else {
        *p++ = (uint8_t)(mod << 6 | field | (m.base & 7u));
    }
    if (mod == 1) {
        *p++ = (uint8_t)m.disp;
    } else if (mod == 2 || m.base == X86_NOREG) {
        bytes_set_u32_in(p, (uint32_t)m.disp, false);
        p += 4;
    }
    return p;
}

/* Immediate of the operation's width, at most 32 bits, or of 8 bits. */
static inline uint8_t *x86_imm(uint8_t *p, unsigned width, int32_t imm)
{
    if (width == X86_W8) {
        *p = (uint8_t)imm;
        return p + 1;
    }
    if (width == X86_W16) {
        bytes_set_u16_in(p, (uint16_t)imm, false);
        return p + 2;
    }
    bytes_set_u32_in(p, (uint32_t)imm, false);
    return p + 4;
}

/* Whether the row has a shorter form for the immediate. */
static inline bool x86_is_imm8(enum x86_op op, unsigned width, int32_t imm)
{
    return (op & X86_FLAG_IMM8) && width != X86_W8 &&
           (width == X86_W16 ? (int16_t)imm : imm) == (int8_t)imm;
}

/* ---- Encoders. reg is the register in ModRM's reg field (x86_digit(op) is passed where the row
 * has none), rm the one in its r/m field. ---- */

static inline uint8_t *x86_head_r(uint8_t *p, enum x86_op op, unsigned width, unsigned reg,
                                  unsigned rm)
{
    unsigned rex = (reg >> 3) << 2 | rm >> 3;
    if (width == X86_W8 || op & X86_FLAG_RM8)
        rex |= x86_byte_rex(rm);
    if (width == X86_W8)
        rex |= x86_byte_rex(reg);
    return x86_modrm_r(x86_opcode(p, op, width, rex), reg, rm);
}

static inline uint8_t *x86_head_m(uint8_t *p, enum x86_op op, unsigned width, unsigned reg,
                                  struct x86_mem mem)
{
    unsigned rex = x86_rex_m(reg, mem) | (width == X86_W8 ? x86_byte_rex(reg) : 0);
    return x86_modrm_m(x86_opcode(p, op, width, rex), reg, mem);
}

static inline void x86_r(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                         unsigned rm)
{
    x86_end(code, x86_head_r(x86_begin(code), op, width, reg, rm));
}

static inline void x86_m(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                         struct x86_mem mem)
{
    x86_end(code, x86_head_m(x86_begin(code), op, width, reg, mem));
}

/* Rows of one operand. */
static inline void x86_r1(struct code *code, enum x86_op op, unsigned width, unsigned rm)
{
    uint8_t *p = x86_begin(code);
    unsigned rex = rm >> 3 | (width == X86_W8 || op & X86_FLAG_RM8 ? x86_byte_rex(rm) : 0);
    x86_end(code, x86_modrm_r(x86_opcode(p, op, width, rex), x86_digit(op), rm));
}
static inline void x86_m1(struct code *code, enum x86_op op, unsigned width, struct x86_mem mem)
{
    uint8_t *p = x86_begin(code);
    p = x86_opcode(p, op, width, x86_rex_m(0, mem));
    x86_end(code, x86_modrm_m(p, x86_digit(op), mem));
}

static inline void x86_ri(struct code *code, enum x86_op op, unsigned width, unsigned rm,
                          int32_t imm)
{
    uint8_t *p = x86_begin(code);
    unsigned rex = rm >> 3 | (width == X86_W8 ? x86_byte_rex(rm) : 0);

    if (x86_is_imm8(op, width, imm)) {
        p = x86_opcode(p, (enum x86_op)(op | 2), width, rex);
        p = x86_imm(x86_modrm_r(p, x86_digit(op), rm), X86_W8, imm);
    } else if (op & X86_FLAG_ACC && rm == RAX) {
        unsigned acc = (op & 0xff) == 0xf7 ? 0xa9 : x86_digit(op) * 8 + 5;
        p = x86_imm(x86_opcode(p, (enum x86_op)(acc | X86_FLAG_SIZED), width, rex), width, imm);
    } else {
        p = x86_opcode(p, op, width, rex);
        p = x86_imm(x86_modrm_r(p, x86_digit(op), rm), width, imm);
    }
    x86_end(code, p);
}

static inline void x86_mi(struct code *code, enum x86_op op, unsigned width, struct x86_mem mem,
                          int32_t imm)
{
    uint8_t *p = x86_begin(code);
    bool is8 = x86_is_imm8(op, width, imm);

    p = x86_opcode(p, is8 ? (enum x86_op)(op | 2) : op, width, x86_rex_m(0, mem));
    p = x86_modrm_m(p, x86_digit(op), mem);
    x86_end(code, x86_imm(p, is8 ? X86_W8 : width, imm));
}

static inline void x86_ri8(struct code *code, enum x86_op op, unsigned width, unsigned rm,
                           unsigned imm)
{
    uint8_t *p = x86_begin(code);
    unsigned rex = rm >> 3 | (width == X86_W8 ? x86_byte_rex(rm) : 0);
    bool one = op & X86_FLAG_ONE && imm == 1;

    p = x86_opcode(p, one ? (enum x86_op)(op + 0x10) : op, width, rex);
    p = x86_modrm_r(p, x86_digit(op), rm);
    if (!one)
        *p++ = (uint8_t)imm;
    x86_end(code, p);
}

static inline void x86_mi8(struct code *code, enum x86_op op, unsigned width, struct x86_mem mem,
                           unsigned imm)
{
    uint8_t *p = x86_begin(code);
    bool one = op & X86_FLAG_ONE && imm == 1;

    p = x86_opcode(p, one ? (enum x86_op)(op + 0x10) : op, width, x86_rex_m(0, mem));
    p = x86_modrm_m(p, x86_digit(op), mem);
    if (!one)
        *p++ = (uint8_t)imm;
    x86_end(code, p);
}

static inline void x86_rri(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                           unsigned rm, int32_t imm)
{
    uint8_t *p = x86_begin(code);
    bool is8 = x86_is_imm8(op, width, imm);

    p = x86_head_r(p, is8 ? (enum x86_op)(op | 2) : op, width, reg, rm);
    x86_end(code, x86_imm(p, is8 ? X86_W8 : width, imm));
}

static inline void x86_rmi(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                           struct x86_mem mem, int32_t imm)
{
    uint8_t *p = x86_begin(code);
    bool is8 = x86_is_imm8(op, width, imm);

    p = x86_head_m(p, is8 ? (enum x86_op)(op | 2) : op, width, reg, mem);
    x86_end(code, x86_imm(p, is8 ? X86_W8 : width, imm));
}

static inline void x86_o(struct code *code, enum x86_op op, unsigned width, unsigned reg)
{
    uint8_t *p = x86_opcode(x86_begin(code), op, width, reg >> 3);
    p[-1] |= (uint8_t)(reg & 7);
    x86_end(code, p);
}

static inline void x86_none(struct code *code, enum x86_op op)
{
    uint8_t *p = x86_begin(code);
    for (unsigned bytes = (unsigned)op; bytes; bytes >>= 8)
        *p++ = (uint8_t)bytes;
    x86_end(code, p);
}

/* VEX with three bytes of prefix; vvvv is a register operand, or 0 where the row has none. */
static inline uint8_t *x86_vex(uint8_t *p, enum x86_op op, unsigned width, unsigned rex,
                               unsigned vvvv)
{
    unsigned o = (unsigned)op;
    *p++ = 0xc4;
    *p++ = (uint8_t)((~rex & 7) << 5 | (o >> 8 & 3));
    *p++ = (uint8_t)((width == X86_W64 ? 0x80 : 0) | (~vvvv & 15) << 3 | (o >> 10 & 3));
    *p++ = (uint8_t)o;
    return p;
}

static inline void x86_v(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                         unsigned rm, unsigned vvvv)
{
    uint8_t *p = x86_vex(x86_begin(code), op, width, (reg >> 3) << 2 | rm >> 3, vvvv);
    x86_end(code, x86_modrm_r(p, reg, rm));
}
static inline void x86_vm(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                          struct x86_mem mem, unsigned vvvv)
{
    uint8_t *p = x86_vex(x86_begin(code), op, width, x86_rex_m(reg, mem), vvvv);
    x86_end(code, x86_modrm_m(p, reg, mem));
}
static inline void x86_vi(struct code *code, enum x86_op op, unsigned width, unsigned reg,
                          unsigned rm, unsigned imm)
{
    uint8_t *p = x86_vex(x86_begin(code), op, width, (reg >> 3) << 2 | rm >> 3, 0);
    p = x86_modrm_r(p, reg, rm);
    *p++ = (uint8_t)imm;
    x86_end(code, p);
}

/* movups of 32 or 64 bytes, at rsp + at and of a register below 8: VEX.256 and EVEX.512. A
 * displacement of EVEX is one byte only if it counts in vectors, so it always has four. */
static inline void x86_move_wide(struct code *code, enum x86_op op, unsigned size, unsigned reg,
                                 int32_t at)
{
    static const uint8_t vex[] = { 0xc5, 0xfc }, evex[] = { 0x62, 0xf1, 0x7c, 0x48 };
    uint8_t *p = x86_begin(code);
    size_t length = size == 64 ? sizeof evex : sizeof vex;

    memcpy(p, size == 64 ? evex : vex, length);
    p += length;
    *p++ = (uint8_t)op;
    *p++ = (uint8_t)(0x84 | reg << 3);
    *p++ = 0x24; /* rsp, no index */
    x86_end(code, x86_imm(p, X86_W32, at));
}

/* A register becomes a constant, by the shortest instruction that leaves the flags alone. Returns
 * nothing to relocate; see x86_mov_symbol(). */
static inline void x86_mov_imm(struct code *code, unsigned reg, uint64_t imm)
{
    uint8_t *p = x86_begin(code);
    unsigned b = reg >> 3;

    if (imm == (uint32_t)imm) {
        p = x86_opcode(p, (enum x86_op)(0xb8 + (reg & 7)), X86_W32, b);
        p = x86_imm(p, X86_W32, (int32_t)imm);
    } else if (imm == (uint64_t)(int32_t)imm) {
        p = x86_modrm_r(x86_opcode(p, X86_MOV_MI, X86_W64, b), 0, reg);
        p = x86_imm(p, X86_W32, (int32_t)imm);
    } else {
        p = x86_opcode(p, (enum x86_op)(0xb8 + (reg & 7)), X86_W64, b);
        bytes_set_u64_in(p, imm, false);
        p += 8;
    }
    x86_end(code, p);
}

/* ---- What holds a place: fixes and relocations, see gen/code.h ---- */

enum x86_fix {
    X86_JMP_SHORT, /* insn: nothing */
    X86_JMP_NEAR,
    X86_JCC_SHORT, /* insn: the condition */
    X86_JCC_NEAR,
    X86_CALL_LABEL,
    X86_LEA_LABEL,   /* insn: the register */
    X86_TABLE_ENTRY, /* insn: its place in the table; 32 bits of data: the label's distance from
                        that */
    X86_FIXES
};

enum x86_reloc { X86_ABS64, X86_PC32, X86_PLT32, X86_TPOFF32, X86_RELOCS };

static inline void x86_jmp(struct code *code, uint32_t label)
{
    code_fix(code, X86_JMP_SHORT, 0, label);
}
static inline void x86_jcc(struct code *code, enum x86_cc cc, uint32_t label)
{
    code_fix(code, X86_JCC_SHORT, cc, label);
}

/* A register becomes a symbol's value + addend. */
static inline void x86_mov_symbol(struct code *code, unsigned reg, enum symbol_kind symbol,
                                  uint32_t index, int64_t addend)
{
    uint8_t *p = x86_opcode(x86_begin(code), (enum x86_op)(0xb8 + (reg & 7)), X86_W64, reg >> 3);
    bytes_set_u64(p, 0);
    x86_end(code, p + 8);
    code_reloc(code, X86_ABS64, 8, symbol, index, addend);
}

static inline void x86_call_symbol(struct code *code, enum symbol_kind symbol, uint32_t index)
{
    uint8_t *p = x86_begin(code);
    *p++ = 0xe8;
    bytes_set_u32(p, 0);
    x86_end(code, p + 4);
    code_reloc(code, X86_PLT32, 4, symbol, index, -4);
}

static inline void x86_jmp_symbol(struct code *code, enum symbol_kind symbol, uint32_t index)
{
    x86_call_symbol(code, symbol, index);
    code->bytes[code->size - 5] = 0xe9;
}

/* A register becomes the thread pointer, which is there, too. */
static inline void x86_mov_thread_pointer(struct code *code, unsigned reg)
{
    struct x86_mem at = { X86_NOREG, X86_NOREG, 0, 0 };
    uint8_t *p = x86_begin(code);
    *p++ = 0x64; /* fs */
    x86_end(code, x86_head_m(p, X86_MOV_RM, X86_W64, reg, at));
}

/* A register becomes the word at a symbol's offset from the thread pointer. */
static inline void x86_mov_thread(struct code *code, unsigned reg, enum symbol_kind symbol,
                                  uint32_t index)
{
    x86_mov_thread_pointer(code, reg);
    code_reloc(code, X86_TPOFF32, 4, symbol, index, 0);
}

extern const struct code_arch x86_code_arch;
