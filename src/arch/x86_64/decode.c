/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths of x86-64 instructions (Intel SDM volume 2, chapter 2 and appendix A), and where they
 * lead. Unknown ones, those of which processors disagree, and those that only a kernel may run are
 * refused: better no length than a wrong one. */
#include "arch/x86_64/local.h"
#include "base/planted.h"

/* ---- What follows an opcode, a letter each ----
 *
 *  .  nothing           m  ModRM               x  refused        p  a legacy prefix
 *  b  8 bits            B  ModRM, 8 bits       w  16 bits        r  REX
 *  z  16 or 32 bits     Z  ModRM, 16 or 32     e  16 and 8 bits
 *  v  16, 32 or 64      a  an address          j  rel8           J  rel32
 *  g  ModRM, 8 bits if its reg is 0 or 1       G  the same with 16 or 32 bits
 */
static const char one_byte[] = "mmmmbzxxmmmmbzxx" /* 00; 0f is not looked up */
                               "mmmmbzxxmmmmbzxx"
                               "mmmmbzpxmmmmbzpx"
                               "mmmmbzpxmmmmbzpx"
                               "rrrrrrrrrrrrrrrr"
                               "................"
                               "xxxmppppzZbB...." /* 60; 62 is EVEX */
                               "jjjjjjjjjjjjjjjj"
                               "BZxBmmmmmmmmmmmm"
                               "..........x....."
                               "aaaa....bz......"
                               "bbbbbbbbvvvvvvvv"
                               "BBw.xxBZe.w..bx." /* c0; c4, c5 are VEX */
                               "mmmmxxx.mmmmmmmm"
                               "jjjjbbbbJJxj...."
                               "p.pp..gG......mm";
static const char two_bytes[] = "mmmmx.....x.xm.x" /* 00 */
                                "mmmmmmmmmmmmmmmm"
                                "xxxxxxxxmmmmmmmm"
                                "......x.xxxxxxxx" /* 30; 38, 3a are not looked up */
                                "mmmmmmmmmmmmmmmm"
                                "mmmmmmmmmmmmmmmm"
                                "mmmmmmmmmmmmmmmm"
                                "BBBBmmm.mmxxmmmm"
                                "JJJJJJJJJJJJJJJJ"
                                "mmmmmmmmmmmmmmmm"
                                "...mBmxx...mBmmm" /* a0 */
                                "mmmmmmmmmmBmmmmm"
                                "mmBmBBBm........"
                                "mmmmmmmmmmmmmmmm"
                                "mmmmmmmmmmmmmmmm"
                                "mmmmmmmmmmmmmmmm";

enum { LONGEST = 15, REX_W = 8 };
enum { MAP_ONE, MAP_0F, MAP_0F38, MAP_0F3A, MAP_5 = 5, MAP_6 };

struct reader {
    const uint8_t *at;
    size_t size, done; /* done > size: cut off */
    uint8_t map, opcode, rex, modrm;
    bool operand16, address32, repne, rep, legacy;
    bool vex, evex; /* evex: as well */
    uint8_t rip;    /* where the displacement of [rip + disp32] is, or 0 */
};

static uint8_t next(struct reader *r)
{
    size_t at = r->done++;
    return at < r->size ? r->at[at] : 0;
}

static bool prefixes(struct reader *r)
{
    for (;; r->done++) {
        uint8_t byte = r->done < r->size ? r->at[r->done] : 0;
        if (one_byte[byte] == 'r') {
            r->rex = byte;
            r->done++;
            byte = r->done < r->size ? r->at[r->done] : 0;
            return one_byte[byte] != 'r' && one_byte[byte] != 'p';
        }
        if (one_byte[byte] != 'p')
            return true;
        r->legacy |= byte == 0x66 || byte == 0xf0 || byte == 0xf2 || byte == 0xf3;
        r->operand16 |= byte == 0x66;
        r->address32 |= byte == 0x67;
        r->repne |= byte == 0xf2;
        r->rep |= byte == 0xf3;
    }
}

/* C5: RvvvvLpp. C4: RXBmmmmm WvvvvLpp. 62: RXBR00mm Wvvvv1pp zLLbVaaa (with 3 bits of map). */
static bool vector_prefix(struct reader *r, uint8_t first)
{
    uint8_t byte = next(r);

    if (r->rex || r->legacy)
        return false;
    r->vex = true;
    r->evex = first == 0x62;
    if (first == 0xc5)
        r->map = MAP_0F;
    else if (first == 0xc4) {
        r->map = byte & 0x1f;
        next(r);
        if (r->map < MAP_0F || r->map > MAP_0F3A)
            return false;
    } else {
        r->map = byte & 7;
        if (byte & 8 || !(next(r) & 4) || !r->map || r->map == 4 || r->map > MAP_6)
            return false;
        next(r);
    }
    r->opcode = next(r);
    return true;
}

static bool opcode(struct reader *r)
{
    r->opcode = next(r);
    if (r->opcode == 0xc4 || r->opcode == 0xc5 || r->opcode == 0x62)
        return vector_prefix(r, r->opcode);
    if (r->opcode != 0x0f)
        return true;
    r->map = MAP_0F;
    r->opcode = next(r);
    if (r->opcode == 0x38 || r->opcode == 0x3a) {
        r->map = r->opcode == 0x38 ? MAP_0F38 : MAP_0F3A;
        r->opcode = next(r);
    }
    return true;
}

static char follows(const struct reader *r)
{
    switch (r->map) {
    case MAP_ONE: return one_byte[r->opcode];
    case MAP_0F:
        if (r->evex && (r->opcode == 0x7a || r->opcode == 0x7b))
            return 'm';
        if (r->vex && (two_bytes[r->opcode] == 'J' ||
                       (two_bytes[r->opcode] == '.' && (r->opcode != 0x77 || r->evex)) ||
                       r->opcode == 0xa4 || r->opcode == 0xac || r->opcode == 0xba))
            return 'x';
        return two_bytes[r->opcode];
    case MAP_0F3A: return 'B';
    default: return 'm';
    }
}

static void address(struct reader *r)
{
    uint8_t mode, base;

    r->modrm = next(r);
    mode = r->modrm >> 6;
    base = r->modrm & 7;
    if (mode == 3)
        return;
    if (base == 4)
        base = next(r) & 7;
    else if (base == 5 && mode == 0)
        r->rip = (uint8_t)r->done;
    if (mode == 1)
        r->done += 1;
    else if (mode == 2 || base == 5)
        r->done += FAULT(x86_length_disp, 4, mode == 2 ? 4 : 0);
}

/* Opcodes whose ModRM says what they are, and may say that they are nothing. */
static bool is_refused(const struct reader *r)
{
    unsigned reg = r->modrm >> 3 & 7;

    if (r->vex)
        return false;
    if (r->map == MAP_ONE)
        switch (r->opcode) {
        case 0x8f:
        case 0xc6:
        case 0xc7: return reg != 0; /* XOP; xabort, xbegin */
        case 0xfe: return reg > 1;
        case 0xff: return reg == 7;
        default: return false;
        }
    if (r->map == MAP_0F)
        switch (r->opcode) {
        case 0x78:
        case 0x79: return r->operand16 || r->repne; /* AMD's extrq, insertq */
        case 0xb8: return !r->rep;
        default: return false;
        }
    return false;
}

static uint8_t immediate(struct reader *r, char what)
{
    bool wide = r->rex & REX_W;
    uint8_t word = r->operand16 && !wide ? 2 : 4;
    bool test = (r->modrm >> 3 & 7) < 2;

    switch (what) {
    case 'b':
    case 'B':
    case 'j': return 1;
    case 'w': return 2;
    case 'e': return 3;
    case 'z':
    case 'Z': return FAULT(x86_length_imm16, word, 4);
    case 'v': return FAULT(x86_length_imm64, wide ? 8 : word, word);
    case 'a': return r->address32 ? 4 : 8;
    case 'g': return test ? 1 : 0;
    case 'G': return test ? word : 0;
    case 'J': return 4;
    default: return 0;
    }
}

static enum machine_kind kind_of(const struct reader *r)
{
    unsigned reg = r->modrm >> 3 & 7;

    if (r->vex || r->map > MAP_0F)
        return MACHINE_PLAIN;
    if (r->map == MAP_0F) {
        if (r->opcode >> 4 == 8)
            return MACHINE_BRANCH;
        if (r->opcode == 0x0b)
            return MACHINE_TRAP;
        if (r->opcode == 0x1e && r->rep && r->modrm == 0xfa)
            return MACHINE_PAD;
        return r->opcode == 0x1f ? MACHINE_NOP : MACHINE_PLAIN;
    }
    switch (r->opcode) {
    case 0x70 ... 0x7f:
    case 0xe0 ... 0xe3: return MACHINE_BRANCH;
    case 0x90: return r->rex || r->rep ? MACHINE_PLAIN : MACHINE_NOP;
    case 0xc2:
    case 0xc3:
    case 0xca:
    case 0xcb:
    case 0xcf: return MACHINE_END;
    case 0xcc:
    case 0xf4: return MACHINE_TRAP;
    case 0xe8: return MACHINE_CALL;
    case 0xe9:
    case 0xeb: return MACHINE_JUMP;
    case 0xff:
        return reg == 2 || reg == 3   ? MACHINE_CALL
               : reg == 4 || reg == 5 ? MACHINE_JUMP
                                      : MACHINE_PLAIN;
    default: return MACHINE_PLAIN;
    }
}

void x86_decode(struct machine_insn *insn, const uint8_t *at, size_t size, uint64_t place)
{
    struct reader r = { .at = at, .size = size < LONGEST ? size : LONGEST };
    char what;
    uint8_t extra;

    *insn = (struct machine_insn){ 0 };
    if (!prefixes(&r))
        return;
    insn->opcode = (uint8_t)r.done;
    if (!opcode(&r))
        return;
    what = follows(&r);
    if (what == 'x')
        return;
    if (strchr("mBZgG", what))
        address(&r);
    if (is_refused(&r))
        return;
    extra = immediate(&r, what);
    r.done += extra;
    /* Branches of 16 bits: Intel's processors know none, AMD's do. */
    if (r.done > r.size || ((what == 'j' || what == 'J') && r.operand16 && !(r.rex & REX_W)))
        return;
    insn->size = (uint8_t)r.done;
    insn->at = place;
    insn->kind = (uint8_t)kind_of(&r);
    if (what == 'j' || what == 'J') {
        insn->field = (uint8_t)(r.done - extra);
        insn->field_size = extra;
        insn->target = place + r.done +
                       (uint64_t)(extra == 1 ? (int8_t)at[insn->field]
                                             : (int32_t)bytes_u32_in(at + insn->field, false));
    } else if (r.rip && r.address32) { /* [eip + disp32]: nobody's, and it cannot be moved */
        insn->size = 0;
    } else if (r.rip) {
        insn->field = r.rip;
        insn->field_size = 4;
        insn->data = place + r.done + (uint64_t)(int32_t)bytes_u32_in(at + r.rip, false);
    }
}
