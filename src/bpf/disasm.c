/* SPDX-License-Identifier: Apache-2.0 */
/* The disassembler: expands the texts of bpf/isa.def. What it prints, insn_assemble() reads back.
 *
 * llvm-objdump prints calls of functions as it prints calls of helpers; here they carry a sign
 * ("call +0x5"), so that the text says everything. */
#include "bpf/text.h"
#include <inttypes.h>
#include <stdio.h>

struct printer {
    char *at, *end; /* end: the place kept for the NUL */
    enum insn_dialect dialect;
};

__attribute__((format(printf, 2, 3))) static void put(struct printer *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(p->at, (size_t)(p->end - p->at) + 1, format, args);
    va_end(args);
    p->at = length > p->end - p->at ? p->end : p->at + length;
}

static void put_register(struct printer *p, char letter, unsigned number)
{
    put(p, "%s%c%u", p->dialect == INSN_UBPF ? "%" : "", letter, number);
}

static void put_number(struct printer *p, int64_t value)
{
    if (p->dialect == INSN_UBPF)
        put(p, "%" PRId64, value);
    else
        put(p, "%s0x%" PRIx64, value < 0 ? "-" : "",
            value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* Distances, which always have a sign. */
static void put_distance(struct printer *p, int32_t value)
{
    if (value >= 0)
        put(p, "+");
    put_number(p, value);
}

static void put_offset(struct printer *p, int16_t off)
{
    if (p->dialect == INSN_LLVM)
        put(p, "%c 0x%x", off < 0 ? '-' : '+', off < 0 ? -off : off);
    else if (off)
        put(p, "%+d", off);
}

/* The name, as llvm-objdump adds names: the reader skips it. */
static void put_name(struct printer *p, const char *name)
{
    put(p, " <%s>", name);
}

static void put_function(struct printer *p, const struct prog *prog, const struct insn *insn,
                         uint32_t at)
{
    int index = prog ? prog_func_index(prog, insn_callee(*insn, at)) : -1;
    put_distance(p, insn->imm);
    if (index >= 0)
        put_name(p, prog->funcs[index].name);
}

static void put_field(struct printer *p, char letter, const struct insn *insn)
{
    switch (letter) {
    case 'd': put_register(p, 'r', insn->dst); break;
    case 's': put_register(p, 'r', insn->src); break;
    case 'D':
    case 'w': put_register(p, 'w', insn->dst); break;
    case 'S':
    case 'x': put_register(p, 'w', insn->src); break;
    case 'i': put_number(p, insn->imm); break;
    case 'h': put_number(p, (uint32_t)insn->imm); break;
    case 'l': put_number(p, (int64_t)insn_imm64(insn)); break;
    case 'k': put_number(p, insn[1].imm); break;
    case 'a': put(p, "0x%x, 0x%x", (uint32_t)insn->imm >> 16, insn->imm & 0xffff); break;
    case 'o': put_offset(p, insn->off); break;
    case 'j': put_distance(p, insn->off); break;
    case 'J': put_distance(p, insn->imm); break;
    default: assert(false && "a letter of isa.def");
    }
}

static const char *map_name(const struct prog *prog, const struct insn *insn)
{
    const struct insn_row *row = insn_row(*insn);
    bool is_map = row->kind == INSN_KIND_LDIMM && (row->op == OP_MAP || row->op == OP_MAP_VALUE);
    if (!prog || !is_map || (uint32_t)insn->imm >= prog->map_count)
        return NULL;
    return prog->maps[insn->imm]->name;
}

void insn_print(char *text, size_t size, const struct prog *prog, const struct insn *insn,
                uint32_t at, enum insn_dialect dialect)
{
    struct printer p = { text, text + size - 1, dialect };
    const struct insn_row *row = insn_row(*insn);
    const char *pattern = dialect == INSN_UBPF && row->ubpf && *row->ubpf ? row->ubpf : row->llvm;

    *text = 0;
    if (insn->id == INSN_INVALID || insn->id == INSN_SECOND) {
        put(&p, "<%s>", row->name);
        return;
    }
    for (; *pattern && *pattern != ';'; pattern++) {
        if (*pattern != '%')
            put(&p, "%c", *pattern);
        else if (*++pattern == '=')
            put(&p, "%%=");
        else if (*pattern == 'f')
            put_function(&p, prog, insn, at);
        else
            put_field(&p, *pattern, insn);
    }
    const char *map = map_name(prog, insn);
    if (map)
        put_name(&p, map);
    if (row->op == OP_KFUNC && prog && (uint32_t)insn->imm < prog->kfunc_count)
        put_name(&p, prog->kfuncs[insn->imm]);
}
