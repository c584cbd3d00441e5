/* SPDX-License-Identifier: Apache-2.0 */
/* Functions from text, in the form that print.c writes. Values and blocks are known by their
 * numbers in the text, blocks in order from 0. Empty lines and what follows ; are passed over. */
#include "base/hash.h"
#include "ir/local.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct parse {
    struct arena *arena;
    struct error *err;
    const char *at;
    uint32_t line;
    struct fn *fn;
    struct hash values; /* number in the text: 1 + the value */
    struct vec(struct edge) edges;
    struct vec(uint32_t) layout;
};

static int wrong(struct parse *p, const char *what)
{
    return fail(p->err, ANYBPF_E_FORMAT, "line %u: %s at \"%.20s\"", p->line, what, p->at);
}

/* ---- Words ---- */

static void blanks(struct parse *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

/* The text, if it comes next. */
static bool comes(struct parse *p, const char *text)
{
    size_t length = strlen(text);
    blanks(p);
    if (strncmp(p->at, text, length))
        return false;
    p->at += length;
    return true;
}

static bool expect(struct parse *p, const char *text)
{
    return comes(p, text) || (wrong(p, "something else was expected"), false);
}

static int64_t number(struct parse *p)
{
    char *end;
    blanks(p);
    bool negative = *p->at == '-';
    uint64_t value = strtoull(p->at + negative, &end, 0);
    if (end == p->at + negative)
        wrong(p, "a number was expected");
    p->at = end;
    return (int64_t)(negative ? 0 - value : value);
}

static const char *word(struct parse *p)
{
    blanks(p);
    const char *from = p->at;
    while (isalnum((unsigned char)*p->at) || *p->at == '_' || *p->at == '.')
        p->at++;
    return arena_string(p->arena, from, (size_t)(p->at - from));
}

/* The next line with something on it; false: there is none. */
static bool next_line(struct parse *p)
{
    for (;;) {
        blanks(p);
        if (*p->at == ';')
            p->at += strcspn(p->at, "\n");
        if (*p->at != '\n')
            return *p->at != 0;
        p->at++;
        p->line++;
    }
}

/* ---- Operands ---- */

/* Phis name values that come later: those are looked up when the function is complete. */
static uint32_t value(struct parse *p, bool later)
{
    if (!expect(p, "v"))
        return 0;
    uint32_t name = (uint32_t)number(p);
    const uint32_t *known = hash_get(&p->values, name);
    if (later)
        return name;
    if (!known)
        wrong(p, "the value before here is not known");
    return known ? *known - 1 : 0;
}

static void list(struct parse *p, struct node *node, const char *end)
{
    node->list.first = p->fn->lists.count;
    while (!comes(p, end) && *p->at != '\n' && *p->at && !p->err->code) {
        vec_push(p->arena, &p->fn->lists, value(p, node->op == IR_PHI));
        comes(p, ",");
    }
    node->list.count = p->fn->lists.count - node->list.first;
}

static void comparison(struct parse *p, struct node *node)
{
    node->in[0] = value(p, false);
    const char *name = word(p);
    uint32_t cond = 0;
    while (cond < COND_COUNT && strcmp(name, cond_names[cond]))
        cond++;
    if (cond == COND_COUNT)
        wrong(p, "there is no such condition before here");
    node->cond = (uint8_t)cond;
    node->in[1] = value(p, false);
}

static void address(struct parse *p, struct node *node)
{
    const char *name = word(p);
    while (node->region < REGION_COUNT && strcmp(name, region_names[node->region]))
        node->region++;
    if (node->region == REGION_COUNT)
        wrong(p, "there is no such region before here");
    expect(p, "[");
    node->in[0] = value(p, false);
    bool negative = comes(p, "-");
    if (!negative)
        expect(p, "+");
    node->imm = number(p);
    if (negative)
        node->imm = -node->imm;
    expect(p, "]");
}

static void symbol(struct parse *p, struct node *node)
{
    const char *name = word(p);
    while (node->symbol.kind < SYMBOL_KINDS && strcmp(name, symbol_names[node->symbol.kind]))
        node->symbol.kind++;
    if (node->symbol.kind == SYMBOL_KINDS)
        wrong(p, "there is no such symbol before here");
    node->symbol.index = (uint32_t)number(p);
    expect(p, "+");
    node->imm = number(p);
}

static void successor(struct parse *p)
{
    if (expect(p, "b"))
        vec_push(p->arena, &p->edges,
                 (struct edge){ p->fn->blocks.count - 1, (uint32_t)number(p) });
}

/* Blocks, each a successor where it is named first. */
static void table(struct parse *p, struct node *node)
{
    struct fn *fn = p->fn;
    uint32_t from = fn->blocks.count - 1, edges = p->edges.count;
    node->in[0] = value(p, false);
    expect(p, ":");
    node->table.first = fn->lists.count;
    for (; comes(p, "b"); node->table.count++) {
        uint32_t to = (uint32_t)number(p), i = edges;
        while (i < p->edges.count && p->edges.at[i].to != to)
            i++;
        if (i == p->edges.count)
            vec_push(p->arena, &p->edges, (struct edge){ from, to });
        vec_push(p->arena, &fn->lists, i - edges);
    }
}

static void operands(struct parse *p, struct node *node)
{
    const struct ir_row *row = &ir_rows[node->op];
    switch (row->shape) {
    case SHAPE_IMM: node->imm = number(p); break;
    case SHAPE_SYMBOL: symbol(p, node); break;
    case SHAPE_LIST: list(p, node, "\n"); break;
    case SHAPE_CALL:
        node->imm = number(p);
        expect(p, "(");
        list(p, node, ")");
        break;
    case SHAPE_UNARY:
    case SHAPE_BINARY:
        for (unsigned i = 0; i < row->ins; i++) {
            if (i)
                expect(p, ",");
            node->in[i] = value(p, false);
        }
        break;
    case SHAPE_COMPARE: comparison(p, node); break;
    case SHAPE_SELECT:
        comparison(p, node);
        expect(p, "?");
        node->in[2] = value(p, false);
        expect(p, ":");
        node->in[3] = value(p, false);
        break;
    case SHAPE_LOAD:
    case SHAPE_STORE:
    case SHAPE_FETCH:
    case SHAPE_CMPXCHG:
        address(p, node);
        for (unsigned i = 1; i < row->ins && expect(p, ","); i++)
            node->in[i] = value(p, false);
        break;
    case SHAPE_JUMP: successor(p); break;
    case SHAPE_BRANCH:
        comparison(p, node);
        expect(p, "?");
        successor(p);
        expect(p, ":");
        successor(p);
        break;
    case SHAPE_SWITCH: table(p, node); break;
    default: break;
    }
    if (comes(p, "nonzero"))
        node->flags |= NODE_NONZERO;
}

/* ---- Lines ---- */

/* The operation is the text of a row, then the width. */
static bool operation(const char *name, struct node *node)
{
    for (unsigned op = 0; op < IR_COUNT; op++) {
        const struct ir_row *row = &ir_rows[op];
        size_t length = strlen(row->text);
        char *end;
        if (strncmp(name, row->text, length) || (!row->widths && name[length]))
            continue;
        unsigned long width = row->widths ? strtoul(name + length, &end, 10) : 0;
        if (row->widths && (*end || width % 8 || width > 64 || !(row->widths & width / 8)))
            continue;
        node->op = (uint8_t)op;
        node->width = (uint8_t)width;
        return true;
    }
    return false;
}

static void node_line(struct parse *p)
{
    struct node node = { 0 };
    struct fn *fn = p->fn;
    uint32_t name = 0;
    bool named = *p->at == 'v' && isdigit((unsigned char)p->at[1]);
    if (named) {
        p->at++;
        name = (uint32_t)number(p);
        expect(p, "=");
    }
    const char *text = word(p);
    if (!fn->blocks.count || !operation(text, &node)) {
        wrong(p,
              fn->blocks.count ? "there is no such operation before here" : "a block was expected");
        return;
    }
    if (ir_rows[node.op].has_result != named)
        wrong(p, "this operation has a result where none is named, or the reverse");
    operands(p, &node);
    vec_push(p->arena, &fn->nodes, node);
    vec_last(&fn->blocks)->count++;
    if (named)
        *hash_put(p->arena, &p->values, name) = fn->nodes.count;
}

static void block_line(struct parse *p)
{
    struct fn *fn = p->fn;
    if (number(p) != fn->blocks.count)
        wrong(p, "blocks are numbered in order");
    expect(p, ":");
    struct block block = { .first = fn->nodes.count };
    if (comes(p, "loops"))
        block.depth = (uint32_t)number(p);
    vec_push(p->arena, &fn->blocks, block);
}

static void layout_line(struct parse *p)
{
    while (comes(p, "b"))
        vec_push(p->arena, &p->layout, (uint32_t)number(p));
}

/* ---- Functions ---- */

static int finish(struct parse *p)
{
    struct fn *fn = p->fn;
    for (uint32_t i = 0; i < p->edges.count; i++)
        if (p->edges.at[i].to >= fn->blocks.count)
            return wrong(p, "a block goes to one that there is not");
    fn_connect(fn, p->edges.at, p->edges.count);
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        const struct node *node = &fn->nodes.at[i];
        for (uint32_t k = 0; node->op == IR_PHI && k < node->list.count; k++) {
            uint32_t *in = &fn->lists.at[node->list.first + k];
            const uint32_t *known = hash_get(&p->values, *in);
            if (!known)
                return wrong(p, "a phi names a value that there is not");
            *in = *known - 1;
        }
    }
    if (!p->layout.count)
        for (uint32_t b = 0; b < fn->blocks.count; b++)
            vec_push(p->arena, &p->layout, b);
    if (p->layout.count != fn->blocks.count)
        return wrong(p, "the layout does not name each block");
    fn->layout = p->layout.at;
    return 0;
}

static int parse_fn(struct parse *p, struct fn *fn, uint32_t index)
{
    p->fn = fn;
    p->values = (struct hash){ 0 };
    p->edges.count = 0;
    p->layout.at = NULL;
    p->layout.count = p->layout.room = 0;
    *fn = (struct fn){ .arena = p->arena, .name = word(p), .index = index };
    if (!expect(p, "index") || number(p) != index)
        return wrong(p, "functions are numbered in order");
    expect(p, "args");
    fn->args = (uint8_t)number(p);
    expect(p, "depth");
    fn->depth = (uint32_t)number(p);
    while (!p->err->code && next_line(p) && strncmp(p->at, "fn ", 3)) {
        if (comes(p, "layout"))
            layout_line(p);
        else if (*p->at == 'b' && isdigit((unsigned char)p->at[1]) && p->at++)
            block_line(p);
        else
            node_line(p);
    }
    return p->err->code ? p->err->code : finish(p);
}

int ir_parse(struct arena *arena, const char *text, struct module *out, struct error *err)
{
    struct parse p = { .arena = arena, .err = err, .at = text, .line = 1 };
    struct vec(struct fn) fns = { 0 };
    while (next_line(&p)) {
        if (!comes(&p, "fn "))
            return wrong(&p, "a function was expected");
        vec_push(arena, &fns, (struct fn){ 0 });
        int rc = parse_fn(&p, vec_last(&fns), fns.count - 1);
        if (rc)
            return rc;
    }
    *out = (struct module){ .arena = arena, .fns = fns.at, .count = fns.count };
    return 0;
}
