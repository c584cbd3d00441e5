/* SPDX-License-Identifier: Apache-2.0 */
/* One BPF instruction, decoded (RFC 9669 section 3), and what the table bpf/isa.def says of it. */
#pragma once
#include "base/bytes.h"
#include "base/planted.h"
#include <assert.h>

/* isa.def writes conditions as ANY, OFF(n), IMM(n), SRC(n); here they are only skipped. */
enum insn_id {
    INSN_INVALID, /* no row of the table fits */
#define I(id, code, when, fields, kind, op, bits, llvm, ubpf) INSN_##id,
#include "bpf/isa.def"
#undef I
    INSN_SECOND, /* the second slot of a 64-bit immediate */
    INSN_COUNT
};

enum insn_kind {
    INSN_KIND_INVALID,
    INSN_KIND_ALU,      /* dst = dst op (src or imm); MOV, SEXT and NEG have one operand */
    INSN_KIND_SWAP,     /* dst = byte order changed */
    INSN_KIND_CAST,     /* addr_space_cast */
    INSN_KIND_LDIMM,    /* dst = 64-bit immediate or address; two slots */
    INSN_KIND_LDX,      /* dst = memory at src + off */
    INSN_KIND_ST,       /* memory at dst + off = imm */
    INSN_KIND_STX,      /* memory at dst + off = src */
    INSN_KIND_ATOMIC,   /* memory at dst + off op= src; LOAD_ACQ: dst = memory at src + off */
    INSN_KIND_JUMP,     /* conditional */
    INSN_KIND_GOTO,     /* bits 64: by off, bits 32: by imm */
    INSN_KIND_MAY_GOTO, /* jumps once the loop budget is used up */
    INSN_KIND_CALL,
    INSN_KIND_CALLX,
    INSN_KIND_EXIT,
    INSN_KIND_LEGACY,
};

/* clang-format off: a line per kind */
enum insn_op {
    /* ALU */
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_SDIV,
    OP_OR,
    OP_AND,
    OP_LSH,
    OP_RSH,
    OP_MOD,
    OP_SMOD,
    OP_XOR,
    OP_MOV,
    OP_ARSH,
    OP_NEG,
    OP_SEXT8,
    OP_SEXT16,
    OP_SEXT32,
    /* SWAP */
    OP_LE,
    OP_BE,
    OP_BSWAP,
    OP_CAST,
    /* LDIMM */
    OP_NUMBER,
    OP_MAP,
    OP_MAP_VALUE,
    OP_VAR,
    OP_FUNC,
    /* LDX, ST, STX */
    OP_ZEXT,
    OP_SEXT,
    OP_STORE,
    /* ATOMIC, with ADD OR AND XOR */
    OP_FETCH_ADD,
    OP_FETCH_OR,
    OP_FETCH_AND,
    OP_FETCH_XOR,
    OP_XCHG,
    OP_CMPXCHG,
    OP_LOAD_ACQ,
    OP_STORE_REL,
    /* JUMP */
    OP_JEQ,
    OP_JGT,
    OP_JGE,
    OP_JSET,
    OP_JNE,
    OP_JSGT,
    OP_JSGE,
    OP_JLT,
    OP_JLE,
    OP_JSLT,
    OP_JSLE,
    OP_GOTO,
    OP_MAY_GOTO,
    /* CALL, CALLX, EXIT */
    OP_HELPER,
    OP_LOCAL,
    OP_KFUNC,
    OP_TOKEN,
    OP_EXIT,
    /* LEGACY */
    OP_ABS,
    OP_IND,
};
/* clang-format on */

/* A program's final form is an array of these: one per 8-byte slot, so that offsets keep. */
struct insn {
    uint8_t id;   /* enum insn_id: set by insn_decode() and never out of step with the rest */
    uint8_t code; /* the opcode byte */
    uint8_t dst, src;
    int16_t off;
    int32_t imm;
};

/* A row of the table. */
struct insn_row {
    const char *name;
    uint8_t code;
    uint8_t kind; /* enum insn_kind */
    uint8_t op;   /* enum insn_op */
    uint8_t bits;
    bool src_reg; /* the source operand is src, not imm (ALU, JUMP) */
    char when;    /* 0, 'o', 'i' or 's': the field that must equal `value` */
    int32_t value;
    /* Registers that it reads, and those that it writes, as insn_registers() gives them; of its
     * operands the same, as if they were r0. */
    uint32_t registers;
    const char *fields; /* of "dsoi" */
    const char *llvm, *ubpf;
    uint32_t dst, src;
    bool ends_block; /* the code may go elsewhere than to the next slot */
    bool jumps;      /* to insn_target() */
};
extern const struct insn_row insn_rows[INSN_COUNT];

static inline const struct insn_row *insn_row(struct insn insn)
{
    return &insn_rows[insn.id];
}

/* Finds the id from code and fields. INSN_INVALID if no row fits; whether unused fields are 0 is
 * for the structural checks (insn_unused_fields). */
uint8_t insn_identify(struct insn insn);
/* The first field that the instruction does not read but that is not 0: 'd' 's' 'o' 'i', or 0. */
char insn_unused_field(struct insn insn);

/* Between the 8 bytes of the file and the struct. */
struct insn insn_decode(const uint8_t bytes[8], bool big);
void insn_encode(struct insn insn, uint8_t bytes[8], bool big);
/* Decodes count slots; second slots of 64-bit immediates become INSN_SECOND. */
void insn_decode_all(const uint8_t *bytes, uint32_t count, bool big, struct insn *out);

/* The 64-bit immediate of a LDIMM and its second slot. */
static inline uint64_t insn_imm64(const struct insn *first)
{
    return (uint32_t)first[0].imm | (uint64_t)(uint32_t)first[1].imm << 32;
}

/* Slot that a JUMP, GOTO or MAY_GOTO at slot `at` goes to; may lie outside the program. */
static inline int64_t insn_target(struct insn insn, uint32_t at)
{
    return (int64_t)at + 1 + (insn.id == INSN_JA32 ? insn.imm : insn.off);
}

/* First slot of the function that a CALL_LOCAL or LDIMM_FUNC at slot `at` means. */
static inline int64_t insn_callee(struct insn insn, uint32_t at)
{
    return (int64_t)at + 1 + insn.imm;
}

/* Registers an instruction reads as a set of bits, and those it writes INSN_WRITES bits higher;
 * calls: read r1-r5, write r0-r5. */
enum { INSN_WRITES = 16 };
static inline uint32_t insn_registers(const struct insn *insn)
{
    const struct insn_row *row = &insn_rows[insn->id];
    uint32_t fixed = FAULT(fixed_writes, row->registers, row->registers & ~(1u << INSN_WRITES));
    return fixed | row->dst << insn->dst | row->src << insn->src;
}
static inline uint16_t insn_reads(struct insn insn)
{
    return (uint16_t)insn_registers(&insn);
}
static inline uint16_t insn_writes(struct insn insn)
{
    return (uint16_t)(insn_registers(&insn) >> INSN_WRITES);
}
