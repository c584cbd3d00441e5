/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/insn.h"
#include <string.h>

#define ANY                   (0, 0)
#define OFF(n)                ('o', n)
#define IMM(n)                ('i', n)
#define SRC(n)                ('s', n)
#define UNPACK(letter, value) letter, value
/* Bit 3 of the opcode of an arithmetic or jump instruction is its source: section 3.1. */
#define SRC_REG(code, k) (((code) & 8) && ((k) == INSN_KIND_ALU || (k) == INSN_KIND_JUMP))

/* What it reads and writes, from kind and operation. */
enum { R0 = 1, R1_TO_R5 = 0x3e, R0_TO_R5 = 0x3f };
#define IS(k, kind)  ((k) == INSN_KIND_##kind)
#define IS_CALL(k)   (IS(k, CALL) || IS(k, CALLX))
#define EXTENDS(op)  ((op) == OP_SEXT8 || (op) == OP_SEXT16 || (op) == OP_SEXT32)
#define FETCHES(op)  ((op) >= OP_FETCH_ADD && (op) <= OP_XCHG)
#define READS(k, op) (IS_CALL(k) ? R1_TO_R5 : IS(k, EXIT) || (op) == OP_CMPXCHG ? R0 : 0)
#define READS_DST(k, op)                                                                           \
    ((IS(k, ALU) && !EXTENDS(op) && (op) != OP_MOV) || IS(k, JUMP) || IS(k, SWAP) || IS(k, ST) ||  \
     IS(k, STX) || (IS(k, ATOMIC) && (op) != OP_LOAD_ACQ) || IS(k, CALLX))
#define READS_SRC(k, op, code)                                                                     \
    ((IS(k, ALU) && EXTENDS(op)) || SRC_REG(code, k) || IS(k, CAST) || IS(k, LDX) || IS(k, STX) || \
     IS(k, ATOMIC) || (op) == OP_IND)
#define WRITES(k, op) (IS_CALL(k) || IS(k, LEGACY) ? R0_TO_R5 : (op) == OP_CMPXCHG ? R0 : 0)
#define WRITES_DST(k, op)                                                                          \
    (IS(k, ALU) || IS(k, SWAP) || IS(k, CAST) || IS(k, LDIMM) || IS(k, LDX) || (op) == OP_LOAD_ACQ)
#define JUMPS(k)            (IS(k, JUMP) || IS(k, GOTO) || IS(k, MAY_GOTO))
#define ENDS_BLOCK(k)       (JUMPS(k) || IS(k, EXIT))
#define BOTH(reads, writes) ((uint32_t)(reads) | (uint32_t)(writes) << INSN_WRITES)
#define REGISTERS(k, op)    BOTH(READS(k, op), WRITES(k, op))
#define OF_DST(k, op)       BOTH(READS_DST(k, op), WRITES_DST(k, op))
#define OF_SRC(k, op, code) BOTH(READS_SRC(k, op, code), FETCHES(op))

const struct insn_row insn_rows[INSN_COUNT] = {
    [INSN_INVALID] = { .name = "invalid", .fields = "dsoi" },
    [INSN_SECOND] = { .name = "second slot", .fields = "i" },
#define I(id, code, when, fields, kind, op, bits, llvm, ubpf)                                      \
    [INSN_##id] = { #id,                                                                           \
                    code,                                                                          \
                    INSN_KIND_##kind,                                                              \
                    OP_##op,                                                                       \
                    bits,                                                                          \
                    SRC_REG(code, INSN_KIND_##kind),                                               \
                    UNPACK when,                                                                   \
                    REGISTERS(INSN_KIND_##kind, OP_##op),                                          \
                    fields,                                                                        \
                    llvm,                                                                          \
                    ubpf,                                                                          \
                    OF_DST(INSN_KIND_##kind, OP_##op),                                             \
                    OF_SRC(INSN_KIND_##kind, OP_##op, code),                                       \
                    ENDS_BLOCK(INSN_KIND_##kind),                                                  \
                    JUMPS(INSN_KIND_##kind) },
#include "bpf/isa.def"
#undef I
};

/* Rows of one opcode in the table's order: first_id[code], then next_id[id] until 0. Filled once,
 * before main; constant afterwards. */
static uint8_t first_id[256], next_id[INSN_COUNT];

__attribute__((constructor)) static void chain_rows(void)
{
    for (int id = INSN_SECOND - 1; id > INSN_INVALID; id--) {
        next_id[id] = first_id[insn_rows[id].code];
        first_id[insn_rows[id].code] = (uint8_t)id;
    }
}

static bool fits(const struct insn_row *row, struct insn insn)
{
    switch (row->when) {
    case 'o': return insn.off == row->value;
    case 'i': return insn.imm == row->value;
    case 's': return insn.src == row->value;
    default: return true;
    }
}

uint8_t insn_identify(struct insn insn)
{
    uint8_t id = first_id[insn.code];
    while (id && !fits(&insn_rows[id], insn))
        id = next_id[id];
    return id;
}

char insn_unused_field(struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    const struct {
        char letter;
        bool set;
    } fields[] = {
        { 'd', insn.dst != 0 },
        { 's', insn.src != 0 },
        { 'o', insn.off != 0 },
        { 'i', insn.imm != 0 },
    };
    if (insn.id == INSN_SECOND && insn.code)
        return 'c';
    for (unsigned i = 0; i < 4; i++)
        if (fields[i].set && row->when != fields[i].letter &&
            !strchr(row->fields, fields[i].letter))
            return fields[i].letter;
    return 0;
}

/* The register nibbles change places with the byte order: section 3. */
struct insn insn_decode(const uint8_t bytes[8], bool big)
{
    uint8_t low = bytes[1] & 15, high = bytes[1] >> 4;
    struct insn insn = {
        .code = bytes[0],
        .dst = big ? high : low,
        .src = big ? low : high,
        .off = (int16_t)bytes_u16_in(bytes + 2, big),
        .imm = (int32_t)bytes_u32_in(bytes + 4, big),
    };
    insn.id = insn_identify(insn);
    return insn;
}

void insn_encode(struct insn insn, uint8_t bytes[8], bool big)
{
    uint16_t off = (uint16_t)insn.off;
    uint32_t imm = (uint32_t)insn.imm;

    bytes[0] = insn.code;
    bytes[1] = (uint8_t)(big ? insn.dst << 4 | insn.src : insn.src << 4 | insn.dst);
    bytes_set_u16(bytes + 2, bytes_u16_in(&off, big));
    bytes_set_u32(bytes + 4, bytes_u32_in(&imm, big));
}

void insn_decode_all(const uint8_t *bytes, uint32_t count, bool big, struct insn *out)
{
    for (uint32_t i = 0; i < count; i++) {
        out[i] = insn_decode(bytes + 8 * (size_t)i, big);
        if (i && insn_rows[out[i - 1].id].kind == INSN_KIND_LDIMM)
            out[i].id = INSN_SECOND;
    }
}
