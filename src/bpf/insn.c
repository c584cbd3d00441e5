/* SPDX-License-Identifier: Apache-2.0 */
#include "base/planted.h"
#include "bpf/insn.h"

#define ANY                   (0, 0)
#define OFF(n)                ('o', n)
#define IMM(n)                ('i', n)
#define SRC(n)                ('s', n)
#define UNPACK(letter, value) letter, value
/* Bit 3 of the opcode of an arithmetic or jump instruction is its source: section 3.1. */
#define SRC_REG(code, k) (((code) & 8) && ((k) == INSN_KIND_ALU || (k) == INSN_KIND_JUMP))

const struct insn_row insn_rows[INSN_COUNT] = {
    [INSN_INVALID] = { .name = "invalid", .fields = "dsoi" },
    [INSN_SECOND] = { .name = "second slot", .fields = "i" },
#define I(id, code, when, fields, kind, op, bits, llvm, ubpf)                                      \
    [INSN_##id] = { #id,         code,   INSN_KIND_##kind,                                         \
                    OP_##op,     bits,   SRC_REG(code, INSN_KIND_##kind),                          \
                    UNPACK when, fields, llvm,                                                     \
                    ubpf },
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

enum { R0 = 1, R1_TO_R5 = 0x3e, R0_TO_R5 = 0x3f };

uint16_t insn_reads(struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint16_t dst = (uint16_t)(1 << insn.dst), src = (uint16_t)(1 << insn.src);

    switch (row->kind) {
    case INSN_KIND_ALU:
        if (row->op == OP_SEXT8 || row->op == OP_SEXT16 || row->op == OP_SEXT32)
            return src;
        if (row->op == OP_MOV)
            return row->src_reg ? src : 0;
        return row->src_reg ? dst | src : dst;
    case INSN_KIND_JUMP: return row->src_reg ? dst | src : dst;
    case INSN_KIND_SWAP:
    case INSN_KIND_ST: return dst;
    case INSN_KIND_CAST:
    case INSN_KIND_LDX: return src;
    case INSN_KIND_STX: return dst | src;
    case INSN_KIND_ATOMIC:
        return row->op == OP_LOAD_ACQ ? src : row->op == OP_CMPXCHG ? dst | src | R0 : dst | src;
    case INSN_KIND_CALL: return R1_TO_R5;
    case INSN_KIND_CALLX: return dst | R1_TO_R5;
    case INSN_KIND_EXIT: return R0;
    case INSN_KIND_LEGACY: return row->op == OP_IND ? src : 0;
    default: return 0;
    }
}

uint16_t insn_writes(struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint16_t dst = (uint16_t)(1 << insn.dst), src = (uint16_t)(1 << insn.src);

    switch (row->kind) {
    case INSN_KIND_ALU:
    case INSN_KIND_SWAP:
    case INSN_KIND_CAST:
    case INSN_KIND_LDIMM:
    case INSN_KIND_LDX: return dst;
    case INSN_KIND_ATOMIC:
        switch (row->op) {
        case OP_LOAD_ACQ: return dst;
        case OP_CMPXCHG: return FAULT(cmpxchg_writes, R0, src);
        case OP_FETCH_ADD:
        case OP_FETCH_OR:
        case OP_FETCH_AND:
        case OP_FETCH_XOR:
        case OP_XCHG: return src;
        default: return 0;
        }
    case INSN_KIND_CALL:
    case INSN_KIND_CALLX:
    case INSN_KIND_LEGACY: return R0_TO_R5;
    default: return 0;
    }
}
