/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of C declarations and constant expressions (C11 6.4, 6.6), for cdecl.c and record.c. */
#include "type/local.h"
#include <stdlib.h>

enum { NESTING = 64 };

/* ---- Tokens ---- */

int lex_fail(struct parser *p, const char *what)
{
    unsigned line = 1, column = 1;

    for (const char *c = p->begin; c < p->start; c++, column++)
        if (*c == '\n')
            line++, column = 0;
    if (p->token == END)
        return fail(p->err, ANYBPF_E_FORMAT, "line %u, column %u: %s at the end of the declaration",
                    line, column, what);
    return fail(p->err, ANYBPF_E_FORMAT, "line %u, column %u: %s at '%.*s'", line, column, what,
                (int)(p->length < 40 ? p->length : 40), p->start);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_blank(const char *at)
{
    for (;;) {
        if (*at == ' ' || (*at >= '\t' && *at <= '\r'))
            at++;
        else if (at[0] == '/' && at[1] == '/')
            while (*at && *at != '\n')
                at++;
        else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end ? end + 2 : at + strlen(at);
        } else
            return at;
    }
}

void lex_next(struct parser *p)
{
    const char *at = skip_blank(p->at);

    p->start = at;
    if (!*at)
        p->token = END;
    else if (is_letter(*at) || is_digit(*at)) {
        p->token = is_letter(*at) ? WORD : NUMBER;
        while (is_letter(*at) || is_digit(*at))
            at++;
    } else if (!strncmp(at, "...", 3)) {
        p->token = DOTS;
        at += 3;
    } else
        p->token = (unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e ? BAD : *at, at++;
    p->length = (size_t)(at - p->start);
    p->at = at;
}

void lex_goto(struct parser *p, const char *at)
{
    p->at = at;
    lex_next(p);
}

bool lex_is(const struct parser *p, const char *word)
{
    return p->token == WORD && strlen(word) == p->length && !memcmp(p->start, word, p->length);
}

bool lex_accept(struct parser *p, int token)
{
    if (p->token != token)
        return false;
    lex_next(p);
    return true;
}

bool lex_accept_word(struct parser *p, const char *word)
{
    if (!lex_is(p, word))
        return false;
    lex_next(p);
    return true;
}

int lex_expect(struct parser *p, char token)
{
    char text[] = "'?' is missing";
    if (lex_accept(p, token))
        return 0;
    text[1] = token;
    return lex_fail(p, text);
}

const char *lex_take(struct parser *p)
{
    const char *word = arena_string(p->types->arena, p->start, p->length);
    lex_next(p);
    return word;
}

int lex_descend(struct parser *p)
{
    return ++p->nesting > NESTING ? lex_fail(p, "the declaration is nested too deeply") : 0;
}

/* ---- Constant expressions (C11 6.6, integers only) ---- */

static bool find_constant(const struct parser *p, int64_t *value)
{
    for (const struct types *types = p->types; types; types = types->parent)
        for (uint32_t id = types->all.count; id-- > 0;) {
            const struct type *type = types->all.at[id];
            if (type->kind != TYPE_ENUM && type->kind != TYPE_ENUM64)
                continue;
            for (uint32_t i = 0; i < type->count; i++)
                if (lex_is(p, type->enumerators[i].name)) {
                    *value = (int64_t)type->enumerators[i].value;
                    return true;
                }
        }
    return false;
}

static int read_sizeof(struct parser *p, int64_t *value)
{
    struct specifiers spec;
    struct declarator declarator;

    if (lex_expect(p, '(') || cdecl_specifiers(p, &spec) ||
        cdecl_declarator(p, spec.type, false, &declarator) || cdecl_finish(p, declarator.type))
        return p->err->code;
    *value = (int64_t)declarator.type->size;
    if (!*value)
        return lex_fail(p, "this type has no size");
    return lex_expect(p, ')');
}

static int read_number(struct parser *p, int64_t *value)
{
    char *end;
    uint64_t number = strtoull(p->start, &end, 0);

    while (*end == 'u' || *end == 'U' || *end == 'l' || *end == 'L')
        end++;
    if (end != p->start + p->length)
        return lex_fail(p, "this is no integer");
    *value = (int64_t)number;
    p->huge |= *value < 0;
    lex_next(p);
    return 0;
}

static int read_operand(struct parser *p, int64_t *value)
{
    int op = p->token;

    if (p->token == NUMBER)
        return read_number(p, value);
    if (lex_accept_word(p, "sizeof"))
        return read_sizeof(p, value);
    if (p->token == WORD && find_constant(p, value)) {
        lex_next(p);
        return 0;
    }
    if (lex_descend(p))
        return p->err->code;
    if (lex_accept(p, '(')) {
        if (lex_expression(p, 0, value) || lex_expect(p, ')'))
            return p->err->code;
    } else if (lex_accept(p, '-') || lex_accept(p, '~') || lex_accept(p, '+')) {
        if (read_operand(p, value))
            return p->err->code;
        if (op == '-')
            *value = (int64_t)(0 - (uint64_t)*value);
        else if (op == '~')
            *value = ~*value;
    } else
        return lex_fail(p, "an integer constant is missing");
    p->nesting--;
    return 0;
}

/* The op at hand binds that strongly, or 0; shifts are "<" and ">" here. */
static int binding(const struct parser *p)
{
    static const char levels[] = "|^&<+*";
    int token = p->token == '>'                      ? '<'
                : p->token == '-'                    ? '+'
                : p->token == '/' || p->token == '%' ? '*'
                                                     : p->token;
    const char *level = token > BAD ? strchr(levels, token) : NULL;

    if (!level || (token == '<' && p->start[1] != p->start[0]))
        return 0;
    return (int)(level - levels) + 1;
}

static int apply(struct parser *p, int op, int64_t right, int64_t *value)
{
    uint64_t a = (uint64_t)*value, b = (uint64_t)right;

    if ((op == '/' || op == '%') && (right == 0 || right == -1))
        return lex_fail(p, "division by 0 or -1");
    if ((op == '<' || op == '>') && b > 63)
        return lex_fail(p, "a shift by more than 63");
    switch (op) {
    case '|': a |= b; break;
    case '^': a ^= b; break;
    case '&': a &= b; break;
    case '<': a <<= b; break;
    case '>': a = (uint64_t)(*value >> b); break;
    case '+': a += b; break;
    case '-': a -= b; break;
    case '*': a *= b; break;
    case '/': a = (uint64_t)(*value / right); break;
    default: a = (uint64_t)(*value % right); break;
    }
    *value = (int64_t)a;
    return 0;
}

int lex_expression(struct parser *p, int level, int64_t *value)
{
    if (read_operand(p, value))
        return p->err->code;
    while (binding(p) > level) {
        int op = p->token, strength = binding(p);
        int64_t right;
        lex_next(p);
        if (op == '<' || op == '>')
            lex_next(p);
        if (lex_expression(p, strength, &right) || apply(p, op, right, value))
            return p->err->code;
    }
    return 0;
}

int lex_count(struct parser *p, uint64_t most, uint64_t *count)
{
    int64_t value;
    if (lex_expression(p, 0, &value))
        return p->err->code;
    if (value < 0 || (uint64_t)value > most)
        return lex_fail(p, "the number is out of range");
    *count = (uint64_t)value;
    return 0;
}
