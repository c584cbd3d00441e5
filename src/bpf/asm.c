/* SPDX-License-Identifier: Apache-2.0 */
/* The assembler: reads a line as the first text of bpf/isa.def, of either dialect, that it fits.
 *
 * A line is [label:]... [12:] [hex bytes | (code)] [instruction] [<name>] [comment], which takes in
 * what llvm-objdump and bpftool print. A column of bytes, or the opcode in parentheses, only says
 * which row is meant where texts are ambiguous. */
#include "base/hash.h"
#include "base/planted.h"
#include "base/text.h"
#include "bpf/text.h"
#include <ctype.h>
#include <stdlib.h>

/* A name that stands for a distance, resolved when all labels are known. */
struct reference {
    const char *label;
    uint32_t at; /* slot of the instruction */
    uint32_t line;
    char letter; /* %j, %J or %f */
};

struct assembler {
    struct arena *arena;
    struct error *err;
    struct insn_list *out;
    struct hash labels; /* name -> slot + 1 */
    struct vec(struct reference) references;
    uint32_t line;
};

/* One attempt to read a text. */
struct match {
    const char *at;
    struct insn insn;
    int32_t second;    /* imm of a second slot */
    unsigned seen;     /* 1: dst is read, 2: src */
    const char *label; /* a name in place of a distance, or NULL */
    size_t label_size;
    char label_letter;
    unsigned wanted; /* WANT_*: what should have stood where reading ended; 0: a piece of text */
};

enum {
    WANT_REGISTER = 1,
    WANT_SAME_REGISTER = 2,
    WANT_NUMBER16 = 4,
    WANT_NUMBER32 = 8,
    WANT_NUMBER64 = 16,
    WANT_DISTANCE16 = 32,
    WANT_HELPER = 64,
};
static const char *const wanted_names[] = {
    "a register, r0 to r10",  "the same register",   "a number of 16 bits",
    "a number of 32 bits",    "a number of 64 bits", "a label or a distance of 16 bits",
    "the number of a helper",
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

static size_t name_size(const char *at)
{
    size_t n = 0;
    if (isdigit((unsigned char)*at))
        return 0;
    while (is_word(at[n]))
        n++;
    return n;
}

/* ---- The fields of a text ---- */

/* A number of the size with or without a sign; it may be written as signed or unsigned. */
static bool read_number(struct match *m, unsigned bits, unsigned wanted, uint64_t *out)
{
    const char *at = m->at;
    bool negative = *at == '-';
    uint64_t limit = UINT64_MAX >> (64 - bits), value = 0;

    m->wanted = wanted;
    if (*at == '-' || *at == '+')
        at = skip_blanks(at + 1);
    bool hex = at[0] == '0' && (at[1] | 32) == 'x';
    if (hex)
        at += 2;
    if (!(hex ? isxdigit((unsigned char)*at) : isdigit((unsigned char)*at)))
        return false;
    for (; isxdigit((unsigned char)*at) && (hex || isdigit((unsigned char)*at)); at++) {
        unsigned base = hex ? 16 : 10;
        unsigned digit = *at <= '9' ? (unsigned)(*at - '0') : (unsigned)((*at | 32) - 'a' + 10);
        if (value > (limit - digit) / base)
            return false;
        value = value * base + digit;
    }
    if (is_word(*at) || (negative && value > limit / 2 + 1))
        return false;
    m->at = at;
    m->wanted = 0;
    *out = negative ? 0 - value : value;
    return true;
}

static bool read_immediate(struct match *m, int32_t *out)
{
    uint64_t value = 0;
    if (!read_number(m, 32, WANT_NUMBER32, &value))
        return false;
    *out = (int32_t)(uint32_t)value;
    return true;
}

/* Numbers of 16 bits that are signed. */
static bool read_off(struct match *m, unsigned wanted)
{
    const char *from = m->at;
    uint64_t value = 0;
    if (!read_number(m, 16, wanted, &value))
        return false;
    if (*from != '-' && value > INT16_MAX) {
        m->at = from;
        m->wanted = wanted;
        return false;
    }
    m->insn.off = (int16_t)value;
    return true;
}

static bool read_register(struct match *m, const char *prefixes, uint8_t *out, unsigned bit)
{
    const char *at = m->at + (*m->at == '%');
    m->wanted = WANT_REGISTER;
    if (!*at || !strchr(prefixes, *at) || !isdigit((unsigned char)at[1]))
        return false;
    unsigned number = (unsigned)(at[1] - '0');
    at += 2;
    if (number == 1 && *at == '0') {
        number = 10;
        at++;
    }
    if (is_word(*at))
        return false;
    if (m->seen & bit && *out != number) {
        m->wanted = WANT_SAME_REGISTER;
        return false;
    }
    m->seen |= bit;
    m->at = at;
    m->wanted = 0;
    *out = (uint8_t)number;
    return true;
}

/* "+ 8", "-8", or nothing for 0. */
static bool read_address_offset(struct match *m)
{
    if (*m->at != '+' && *m->at != '-')
        return true;
    return read_off(m, WANT_NUMBER16);
}

/* A distance ("+3", "pc+3", "3") or a label. */
static bool read_distance(struct match *m, char letter)
{
    size_t name = name_size(m->at);
    if (name == 2 && !strncmp(m->at, "pc", 2) && (m->at[2] == '+' || m->at[2] == '-')) {
        m->at += 2;
        name = 0;
    }
    if (!name && letter == 'j')
        return read_off(m, WANT_DISTANCE16);
    if (!name)
        return read_immediate(m, &m->insn.imm);
    m->label = m->at;
    m->label_size = name;
    m->label_letter = letter;
    m->at += name;
    return true;
}

/* A helper's number, without a sign: a distance has one. Or "name#number". */
static bool read_helper(struct match *m)
{
    const char *from = m->at;
    size_t name = name_size(m->at);
    if (name && m->at[name] == '#')
        m->at += name + 1;
    if (isdigit((unsigned char)*m->at))
        return read_immediate(m, &m->insn.imm);
    m->at = from;
    m->wanted = WANT_HELPER;
    return false;
}

static bool read_spaces(struct match *m)
{
    uint64_t to = 0, from = 0;
    if (!read_number(m, 16, WANT_NUMBER16, &to) || *(m->at = skip_blanks(m->at)) != ',')
        return false;
    m->at = skip_blanks(m->at + 1);
    if (!read_number(m, 16, WANT_NUMBER16, &from))
        return false;
    m->insn.imm = (int32_t)(uint32_t)(to << 16 | from);
    return true;
}

static bool read_wide(struct match *m)
{
    uint64_t value = 0;
    if (!read_number(m, 64, WANT_NUMBER64, &value))
        return false;
    m->insn.imm = (int32_t)(uint32_t)value;
    m->second = (int32_t)(uint32_t)(value >> 32);
    return true;
}

static bool read_field(struct match *m, char letter)
{
    switch (letter) {
    case 'd': return read_register(m, "r", &m->insn.dst, 1);
    case 's': return read_register(m, "r", &m->insn.src, 2);
    case 'D': return read_register(m, "w", &m->insn.dst, 1);
    case 'S': return read_register(m, "w", &m->insn.src, 2);
    case 'w': return read_register(m, "rw", &m->insn.dst, 1);
    case 'x': return read_register(m, "rw", &m->insn.src, 2);
    case 'i': return read_immediate(m, &m->insn.imm);
    case 'h': return read_helper(m);
    case 'l': return read_wide(m);
    case 'k': return read_immediate(m, &m->second);
    case 'a': return read_spaces(m);
    case 'o': return read_address_offset(m);
    default: return read_distance(m, letter);
    }
}

/* ---- A line ---- */

static bool at_end(const char *at)
{
    return !*at || *at == '#' || *at == ';' || !strncmp(at, "//", 2);
}

/* Reads the pattern up to its end or ';'. Blanks may stand where it has one, and around fields and
 * brackets; between two words one must stand. */
static bool match_text(struct match *m, const char *pattern)
{
    for (char before = 0; *pattern && *pattern != ';'; before = *pattern++) {
        if (strchr(" %[](),*+", *pattern)) {
            if (*pattern == ' ' && is_word(before) && is_word(*m->at))
                return false;
            m->at = skip_blanks(m->at);
        }
        if (*pattern == ' ')
            continue;
        if (*pattern == '%' && pattern[1] != '=') {
            if (!read_field(m, *++pattern))
                return false;
        } else if (*m->at != *pattern) {
            return false;
        } else {
            m->at++;
        }
    }
    m->at = skip_blanks(m->at);
    if (*m->at == '<')
        m->at = skip_blanks(m->at + strcspn(m->at, ">") + (strchr(m->at, '>') != NULL));
    return at_end(m->at);
}

/* Tries all texts of one cell of the table. */
static bool match_texts(struct match *best, const char *at, uint8_t id, const char *texts)
{
    const struct insn_row *row = &insn_rows[id];
    for (; texts && *texts; texts = strchr(texts, ';'), texts = texts ? texts + 1 : NULL) {
        struct match m = { .at = at, .insn = { .id = id, .code = row->code } };
        if (row->when == 'o')
            m.insn.off = (int16_t)row->value;
        else if (row->when == 'i')
            m.insn.imm = row->value;
        else if (row->when == 's')
            m.insn.src = (uint8_t)row->value;
        bool matched = match_text(&m, texts);
        if (m.at == at)
            m.wanted = 0;
        else if (m.at == best->at)
            m.wanted |= best->wanted;
        if (matched || m.at >= best->at)
            *best = m;
        if (matched)
            return true;
    }
    return false;
}

/* What stands before the instruction says of it. */
struct hint {
    int id, code; /* -1: unknown */
};

/* Skips the column of bytes that llvm-objdump prints or the opcode that bpftool prints. */
static const char *read_hint(const char *at, struct hint *hint)
{
    uint8_t bytes[16];
    unsigned count = 0;
    const char *p = at;

    *hint = (struct hint){ -1, -1 };
    if (at[0] == '(' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]) &&
        at[3] == ')') {
        hint->code = (int)strtoul(at + 1, NULL, 16);
        return skip_blanks(at + 4);
    }
    while (count < 16 && isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1]) &&
           strchr(" \t", p[2])) {
        bytes[count++] = (uint8_t)strtoul(p, NULL, 16);
        p += 2 + (p[2] != 0);
    }
    if (count != 8 && count != 16)
        return at;
    hint->id = insn_decode(bytes, false).id;
    return skip_blanks(p);
}

static int unreadable(struct assembler *a, const char *line, const struct match *best)
{
    struct text wanted = { .arena = a->arena };
    for (unsigned i = 0; i < sizeof wanted_names / sizeof *wanted_names; i++)
        if (best->wanted >> i & 1)
            text_printf(&wanted, "%s%s", wanted.length ? " or " : "", wanted_names[i]);
    if (wanted.length)
        return fail(a->err, ANYBPF_E_FORMAT,
                    "line %u: \"%s\" is not an instruction: wanted %s at \"%.24s\"", a->line, line,
                    wanted.at, best->at);
    return fail(a->err, ANYBPF_E_FORMAT,
                "line %u: \"%s\" is not an instruction: not understood from \"%.24s\"", a->line,
                line, best->at);
}

static int read_insn(struct assembler *a, const char *at)
{
    struct hint hint;
    struct match best = { .at = at = read_hint(at, &hint) };
    uint8_t id;

    for (id = INSN_INVALID + 1; id < INSN_SECOND; id++) {
        const struct insn_row *row = &insn_rows[id];
        if ((hint.id >= 0 && hint.id != id) || (hint.code >= 0 && hint.code != row->code))
            continue;
        if (match_texts(&best, at, id, row->llvm) || match_texts(&best, at, id, row->ubpf))
            break;
    }
    if (id == INSN_SECOND)
        return unreadable(a, at, &best);
    if (best.label)
        vec_push(a->arena, &a->references,
                 (struct reference){
                     .label = arena_string(a->arena, best.label, best.label_size),
                     .at = a->out->count,
                     .line = a->line,
                     .letter = best.label_letter,
                 });
    vec_push(a->arena, a->out, best.insn);
    if (insn_rows[id].kind == INSN_KIND_LDIMM)
        vec_push(a->arena, a->out, (struct insn){ .id = INSN_SECOND, .imm = best.second });
    return 0;
}

static int add_label(struct assembler *a, const char *name, size_t size)
{
    const char *label = arena_string(a->arena, name, size);
    uint32_t *place = hash_put_text(a->arena, &a->labels, label);
    if (*place)
        return fail(a->err, ANYBPF_E_FORMAT, "line %u: the label %s stands twice", a->line, label);
    *place = a->out->count + 1;
    return 0;
}

/* "name:", "0000000000000010 <name>:" and "12:" in front of an instruction. */
static int read_labels(struct assembler *a, const char **at)
{
    for (;;) {
        const char *p = skip_blanks(*at);
        size_t size = name_size(p);
        size_t digits = strspn(p, "0123456789abcdef");
        *at = p;
        if (size && p[size] == ':') {
            *at = p + size + 1;
        } else if (digits && p[digits] == ':') {
            *at = p + digits + 1;
            continue;
        } else if (digits && p[digits] == ' ' && p[digits + 1] == '<' &&
                   (size = name_size(p + digits + 2)) && !strncmp(p + digits + 2 + size, ">:", 2)) {
            p += digits + 2;
            *at = p + size + 2;
        } else {
            return 0;
        }
        int rc = add_label(a, p, size);
        if (rc)
            return rc;
    }
}

/* In uBPF's dialect "exit", when it is no label, means the last exit. */
static void add_exit_label(struct assembler *a)
{
    uint32_t *place = hash_put_text(a->arena, &a->labels, "exit");
    for (uint32_t i = a->out->count; i-- > 0 && !*place;)
        if (a->out->at[i].id == INSN_EXIT)
            *place = i + 1;
}

static int resolve(struct assembler *a, const struct reference *ref)
{
    const uint32_t *place = hash_get_text(&a->labels, ref->label);
    struct insn *insn = &a->out->at[ref->at];
    if (!place || !*place)
        return fail(a->err, ANYBPF_E_FORMAT, "line %u: there is no label %s", ref->line,
                    ref->label);
    int64_t distance = (int64_t)*place - 1 - (ref->at + FAULT(label_distance, INT64_C(1), 0));
    if (ref->letter != 'j') {
        insn->imm = (int32_t)distance;
        return 0;
    }
    if (distance != (int16_t)distance)
        return fail(a->err, ANYBPF_E_FORMAT,
                    "line %u: the label %s is %lld slots away, too far for 16 bits; use gotol",
                    ref->line, ref->label, (long long)distance);
    insn->off = (int16_t)distance;
    return 0;
}

int insn_assemble(struct arena *arena, const char *text, struct insn_list *out, struct error *err)
{
    struct assembler a = { .arena = arena, .err = err, .out = out };
    char *copy = arena_string(arena, text, strlen(text));

    for (char *line = copy, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        a.line++;
        const char *at = line;
        int rc = read_labels(&a, &at);
        if (!rc && !at_end(at))
            rc = read_insn(&a, at);
        if (rc)
            return rc;
    }
    if (a.references.count)
        add_exit_label(&a);
    for (uint32_t i = 0; i < a.references.count; i++) {
        int rc = resolve(&a, &a.references.at[i]);
        if (rc)
            return rc;
    }
    return 0;
}
