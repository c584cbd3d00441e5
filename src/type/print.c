/* SPDX-License-Identifier: Apache-2.0 */
/* Types as C text, and values by their types. Pointers and prototypes may form cycles, and unions
 * repeat their bytes: FUEL bounds the nodes printed, DEPTH the pointers followed in one type. */
#include "type/type.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { FUEL = 1 << 22, DEPTH = 16, INDENT = 4 };

/* ---- Types ---- */

struct type_printer {
    struct text *text;
    unsigned depth, fuel;
    bool offsets;
};

static void put_params(struct type_printer *p, const struct type *proto);
static void put_members(struct type_printer *p, const struct type *type, uint32_t base,
                        unsigned indent);

static void put_declaration(struct type_printer *p, const struct type *type, const char *name);

/* Whether it is a pointer below qualifiers, which then stand behind its '*'. */
static bool is_pointer(const struct type *type)
{
    while (type->kind == TYPE_CONST || type->kind == TYPE_VOLATILE || type->kind == TYPE_RESTRICT)
        type = type->to;
    return type->kind == TYPE_PTR;
}

/* Whether a '*' before this needs parentheses. */
static bool binds_behind(const struct type *type)
{
    return type->kind == TYPE_ARRAY || type->kind == TYPE_FUNC_PROTO;
}

static void put_base(struct type_printer *p, const struct type *type)
{
    const char *keyword = "";

    if (type->kind == TYPE_STRUCT || (type->kind == TYPE_FWD && !type->is_union))
        keyword = "struct ";
    else if (type->kind == TYPE_UNION || type->kind == TYPE_FWD)
        keyword = "union ";
    else if (type->kind == TYPE_ENUM || type->kind == TYPE_ENUM64)
        keyword = "enum ";
    text_printf(p->text, "%s%s", keyword, type->name[0] ? type->name : "{ ... }");
}

/* What stands before the name. */
static void put_prefix(struct type_printer *p, const struct type *type, unsigned depth)
{
    if (depth > DEPTH) {
        text_puts(p->text, "...");
        return;
    }
    switch (type->kind) {
    case TYPE_PTR:
        put_prefix(p, type->to, depth + 1);
        if (p->text->at[p->text->length - 1] != '*')
            text_char(p->text, ' ');
        text_puts(p->text, binds_behind(type->to) ? "(*" : "*");
        break;
    case TYPE_ARRAY:
    case TYPE_FUNC_PROTO: put_prefix(p, type->to, depth + 1); break;
    case TYPE_TYPE_TAG: put_prefix(p, type->to, depth + 1); break;
    case TYPE_CONST:
    case TYPE_VOLATILE:
    case TYPE_RESTRICT:
        if (is_pointer(type)) {
            put_prefix(p, type->to, depth + 1);
            if (p->text->at[p->text->length - 1] != '*')
                text_char(p->text, ' ');
            text_puts(p->text, type_kind_name((enum type_kind)type->kind));
        } else {
            text_printf(p->text, "%s ", type_kind_name((enum type_kind)type->kind));
            put_prefix(p, type->to, depth + 1);
        }
        break;
    default: put_base(p, type);
    }
}

static void put_suffix(struct type_printer *p, const struct type *type, unsigned depth)
{
    if (depth > DEPTH)
        return;
    switch (type->kind) {
    case TYPE_PTR:
        if (binds_behind(type->to))
            text_char(p->text, ')');
        put_suffix(p, type->to, depth + 1);
        break;
    case TYPE_ARRAY:
        text_char(p->text, '[');
        if (type->count)
            text_printf(p->text, "%u", type->count);
        text_char(p->text, ']');
        put_suffix(p, type->to, depth + 1);
        break;
    case TYPE_FUNC_PROTO:
        put_params(p, type);
        put_suffix(p, type->to, depth + 1);
        break;
    case TYPE_TYPE_TAG:
    case TYPE_CONST:
    case TYPE_VOLATILE:
    case TYPE_RESTRICT: put_suffix(p, type->to, depth + 1); break;
    default: break;
    }
}

static void put_declaration(struct type_printer *p, const struct type *type, const char *name)
{
    if (!p->fuel || p->depth >= DEPTH) {
        text_puts(p->text, "...");
        return;
    }
    p->fuel--;
    p->depth++;
    put_prefix(p, type, 0);
    if (name[0]) {
        char last = p->text->at[p->text->length - 1];
        text_printf(p->text, "%s%s", last == '*' ? "" : " ", name);
    } else if (binds_behind(type) && type->kind == TYPE_FUNC_PROTO)
        text_char(p->text, ' ');
    put_suffix(p, type, 0);
    p->depth--;
}

static void put_tags(struct type_printer *p, const struct type *type, int component)
{
    for (const struct tag *tag = type->tags; tag; tag = tag->next)
        if (tag->component == component)
            text_printf(p->text, tag->argument ? " %s(%s)" : " %s", tag->word, tag->argument);
}

static void put_params(struct type_printer *p, const struct type *proto)
{
    text_char(p->text, '(');
    for (uint32_t i = 0; i < proto->count; i++) {
        if (i)
            text_puts(p->text, ", ");
        put_declaration(p, proto->params[i].type, proto->params[i].name);
        put_tags(p, proto, (int)i);
    }
    if (proto->is_variadic)
        text_puts(p->text, proto->count ? ", ..." : "...");
    else if (!proto->count)
        text_puts(p->text, "void");
    text_char(p->text, ')');
}

static struct type_printer type_printer(struct text *text)
{
    text_puts(text, ""); /* there is always a last character to look at */
    return (struct type_printer){ .text = text, .fuel = 1000 };
}

void type_print(struct text *text, const struct type *type, const char *name)
{
    struct type_printer p = type_printer(text);

    if (type->kind == TYPE_FUNC || type->kind == TYPE_VAR)
        put_declaration(&p, type->to, name[0] ? name : type->name);
    else
        put_declaration(&p, type, name);
}

static void put_head(struct type_printer *p, const struct type *type)
{
    text_printf(p->text, "%s%s%s {\n", type_kind_name((enum type_kind)type->kind),
                type->name[0] ? " " : "", type->name);
}

static void put_enumerators(struct type_printer *p, const struct type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        const struct enumerator *e = &type->enumerators[i];
        text_printf(p->text, type->is_signed ? "    %s = %lld,\n" : "    %s = %llu,\n", e->name,
                    (unsigned long long)e->value);
    }
}

static void put_member(struct type_printer *p, const struct type *type, uint32_t i, uint32_t base,
                       unsigned indent)
{
    const struct member *member = &type->members[i];
    const struct type *bare = member->type;
    uint32_t offset = base + member->bit_offset;
    bool is_open = (bare->kind == TYPE_STRUCT || bare->kind == TYPE_UNION) && !bare->name[0];

    text_fill(p->text, ' ', indent);
    if (is_open) {
        put_head(p, bare);
        put_members(p, bare, offset, indent + INDENT);
        text_fill(p->text, ' ', indent);
        text_printf(p->text, member->name[0] ? "} %s" : "}", member->name);
    } else
        put_declaration(p, member->type, member->name);
    if (member->bits)
        text_printf(p->text, ":%u", member->bits);
    put_tags(p, type, (int)i);
    text_char(p->text, ';');
    if (p->offsets && member->bits)
        text_printf(p->text, " /* at %u:%u */", offset / 8, offset % 8);
    else if (p->offsets)
        text_printf(p->text, " /* at %u, size %llu */", offset / 8, (unsigned long long)bare->size);
    text_char(p->text, '\n');
}

static void put_members(struct type_printer *p, const struct type *type, uint32_t base,
                        unsigned indent)
{
    for (uint32_t i = 0; i < type->count && p->fuel; i++)
        put_member(p, type, i, base, indent);
}

void type_print_definition(struct text *text, const struct type *type, bool offsets)
{
    struct type_printer p = type_printer(text);

    p.offsets = offsets;
    p.fuel = FUEL;
    switch (type->kind) {
    case TYPE_STRUCT:
    case TYPE_UNION:
        put_head(&p, type);
        put_members(&p, type, 0, INDENT);
        text_puts(text, type->is_packed ? "} __attribute__((packed));" : "};");
        if (offsets)
            text_printf(text, " /* size %llu, align %u */", (unsigned long long)type->size,
                        type->align);
        text_char(text, '\n');
        break;
    case TYPE_ENUM:
    case TYPE_ENUM64:
        put_head(&p, type);
        put_enumerators(&p, type);
        text_puts(text, "};\n");
        break;
    case TYPE_TYPEDEF:
        text_puts(text, "typedef ");
        put_declaration(&p, type->to, type->name);
        text_puts(text, ";\n");
        break;
    default: type_print(text, type, ""); text_puts(text, ";\n");
    }
}

/* ---- Values ---- */

struct value_printer {
    struct text *text;
    struct bytes value;
    bool big;
    enum anybpf_style style;
    unsigned indent, fuel;
};

/* A list in braces or brackets, item by item. */
struct list {
    char close;
    bool any, flat; /* flat: on one line whatever the style */
};

static void put_value(struct value_printer *p, const struct type *type, uint64_t at);

static struct list open_list(struct value_printer *p, bool is_array, bool flat)
{
    bool json = p->style == ANYBPF_JSON;

    text_char(p->text, json && is_array ? '[' : '{');
    p->indent += INDENT;
    return (struct list){ json && is_array ? ']' : '}', false, flat };
}

static void begin_item(struct value_printer *p, struct list *list)
{
    bool lines = p->style == ANYBPF_TREE && !list->flat;

    if (list->any)
        text_char(p->text, ',');
    if (lines) {
        text_char(p->text, '\n');
        text_fill(p->text, ' ', p->indent);
    } else if (p->style != ANYBPF_JSON)
        text_char(p->text, ' ');
    list->any = true;
}

static void begin_field(struct value_printer *p, struct list *list, const char *name)
{
    begin_item(p, list);
    if (p->style == ANYBPF_JSON) {
        text_json(p->text, name, strlen(name));
        text_char(p->text, ':');
    } else
        text_printf(p->text, ".%s = ", name);
}

static void close_list(struct value_printer *p, const struct list *list)
{
    p->indent -= INDENT;
    if (list->any && p->style == ANYBPF_TREE && !list->flat) {
        text_puts(p->text, ",\n");
        text_fill(p->text, ' ', p->indent);
    } else if (list->any && p->style == ANYBPF_LINE)
        text_char(p->text, ' ');
    else if (list->any && p->style == ANYBPF_TREE)
        text_char(p->text, ' ');
    text_char(p->text, list->close);
}

static void put_missing(struct value_printer *p)
{
    text_puts(p->text, p->style == ANYBPF_JSON ? "null" : "?");
}

/* Text that JSON has no literal for. */
static void put_quoted(struct value_printer *p, const char *string)
{
    const char *quote = p->style == ANYBPF_JSON ? "\"" : "";
    text_printf(p->text, "%s%s%s", quote, string, quote);
}

/* The `bits` (at most 64) from that bit on; bit 0 of byte 0 is its lowest, on big-endian its
 * highest. */
static uint64_t read_bits(const struct value_printer *p, uint64_t at, unsigned bits, bool is_signed)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bits; i++) {
        uint64_t n = p->big ? at + i : at + bits - 1 - i;
        unsigned shift = (unsigned)(p->big ? 7 - n % 8 : n % 8);
        value = value << 1 | (p->value.at[n / 8] >> shift & 1);
    }
    if (is_signed && bits && bits < 64 && value >> (bits - 1))
        value |= ~(uint64_t)0 << bits;
    return value;
}

static void put_number(struct value_printer *p, const struct type *type, uint64_t value)
{
    const struct enumerator *name = type_enumerator(type, value);

    if (name)
        put_quoted(p, name->name);
    else if (type->is_bool && value < 2)
        text_puts(p->text, value ? "true" : "false");
    else if (type->is_signed)
        text_printf(p->text, "%lld", (long long)value);
    else
        text_printf(p->text, "%llu", (unsigned long long)value);
}

static void put_hex(struct value_printer *p, uint64_t at, uint64_t size)
{
    char digits[3 + 2 * 16] = "0x";

    for (uint64_t i = 0; i < size && i < 16; i++)
        snprintf(digits + 2 + 2 * i, 3, "%02x", p->value.at[at + (p->big ? i : size - 1 - i)]);
    put_quoted(p, digits);
}

static void put_int(struct value_printer *p, const struct type *type, uint64_t at)
{
    unsigned offset = 0, bits = (unsigned)type->size * 8;

    if (type->kind == TYPE_INT && type->as_int.bits != bits) {
        /* Its place in the whole counts from the lowest bit on either order. */
        offset = p->big ? bits - type->as_int.offset - type->as_int.bits : type->as_int.offset;
        bits = type->as_int.bits;
    }
    if (bits > 64)
        put_hex(p, at, type->size);
    else
        put_number(p, type, read_bits(p, at * 8 + offset, bits, type->is_signed));
}

/* With the fewest digits that mean just this number. */
static void put_float(struct value_printer *p, const struct type *type, uint64_t at)
{
    uint64_t bits = type->size <= 8 ? read_bits(p, at * 8, (unsigned)type->size * 8, false) : 0;
    bool single = type->size == 4;
    double value;
    char digits[40];

    if (single) {
        uint32_t low = (uint32_t)bits;
        float narrow;
        memcpy(&narrow, &low, sizeof narrow);
        value = (double)narrow;
    } else if (type->size == 8)
        memcpy(&value, &bits, sizeof value);
    else {
        put_hex(p, at, type->size);
        return;
    }
    for (int count = single ? 6 : 15; count <= 17; count++) {
        snprintf(digits, sizeof digits, "%.*g", count, value);
        if (single ? strtof(digits, NULL) == (float)value : strtod(digits, NULL) == value)
            break;
    }
    if (value - value == 0) /* finite */
        text_puts(p->text, digits);
    else
        put_quoted(p, digits);
}

/* Whether the bytes are a string: printable up to a NUL, and NULs to the end. *length: up to there.
 */
static bool is_string(const uint8_t *at, uint64_t size, uint64_t *length)
{
    uint64_t i = 0;

    while (i < size && ((at[i] >= 0x20 && at[i] < 0x7f) || (at[i] >= '\t' && at[i] <= '\r')))
        i++;
    *length = i;
    while (i < size && !at[i])
        i++;
    return i == size;
}

static void put_array(struct value_printer *p, const struct type *type, uint64_t at)
{
    const struct type *item = type_strip(type->to);
    struct list list;
    uint64_t length;

    if (item->is_char && item->size == 1 && bytes_has(p->value, at, type->size) &&
        is_string(p->value.at + at, type->size, &length)) {
        text_json(p->text, (const char *)p->value.at + at, (size_t)length);
        return;
    }
    list = open_list(
        p, true, item->kind != TYPE_STRUCT && item->kind != TYPE_UNION && item->kind != TYPE_ARRAY);
    for (uint32_t i = 0; item->size && i < type->count && p->fuel; i++) {
        if (!bytes_has(p->value, at + i * item->size, item->size)) {
            begin_item(p, &list);
            put_missing(p);
            break;
        }
        begin_item(p, &list);
        put_value(p, type->to, at + i * item->size);
    }
    close_list(p, &list);
}

/* Internet addresses as people write them: struct in_addr, struct in6_addr. */
static bool put_address(struct value_printer *p, const struct type *type, uint64_t at)
{
    static const struct {
        const char *name;
        uint64_t size;
        int family;
    } rows[] = { { "in_addr", 4, AF_INET }, { "in6_addr", 16, AF_INET6 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[INET6_ADDRSTRLEN];
        if (strcmp(type->name, rows[i].name) || type->size != rows[i].size ||
            !bytes_has(p->value, at, type->size) ||
            !inet_ntop(rows[i].family, p->value.at + at, text, sizeof text))
            continue;
        put_quoted(p, text);
        return true;
    }
    return false;
}

static void put_fields(struct value_printer *p, const struct type *type, uint64_t at,
                       struct list *list)
{
    for (uint32_t i = 0; i < type->count && p->fuel; i++) {
        const struct member *member = &type->members[i];
        const struct type *bare = type_strip(member->type);
        uint64_t bit = at * 8 + member->bit_offset;

        if (!member->name[0] && (bare->kind == TYPE_STRUCT || bare->kind == TYPE_UNION)) {
            put_fields(p, bare, bit / 8, list); /* its members are the outer one's */
            continue;
        }
        begin_field(p, list, member->name);
        if (!member->bits)
            put_value(p, member->type, bit / 8);
        else if (!bytes_has(p->value, bit / 8, (bit % 8 + member->bits + 7) / 8))
            put_missing(p);
        else
            put_number(p, bare, read_bits(p, bit, member->bits, bare->is_signed));
    }
}

static void put_vars(struct value_printer *p, const struct type *type, uint64_t at)
{
    struct list list = open_list(p, false, false);

    for (uint32_t i = 0; i < type->count; i++) {
        begin_field(p, &list, type->vars[i].var->name);
        put_value(p, type->vars[i].var, at + type->vars[i].offset);
    }
    close_list(p, &list);
}

static void put_value(struct value_printer *p, const struct type *type, uint64_t at)
{
    struct list list;

    if (type->kind == TYPE_VAR)
        type = type->to;
    type = type_strip(type);
    bool is_whole = type->kind != TYPE_DATASEC && type->kind != TYPE_ARRAY &&
                    type->kind != TYPE_STRUCT && type->kind != TYPE_UNION;
    if (!p->fuel || (is_whole && !bytes_has(p->value, at, type->size))) {
        put_missing(p);
        return;
    }
    p->fuel--;
    switch (type->kind) {
    case TYPE_INT:
    case TYPE_ENUM:
    case TYPE_ENUM64: put_int(p, type, at); break;
    case TYPE_FLOAT: put_float(p, type, at); break;
    case TYPE_PTR: {
        char digits[20];
        uint64_t value = read_bits(p, at * 8, (unsigned)type->size * 8, false);
        snprintf(digits, sizeof digits, "0x%llx", (unsigned long long)value);
        put_quoted(p, digits);
        break;
    }
    case TYPE_ARRAY: put_array(p, type, at); break;
    case TYPE_STRUCT:
    case TYPE_UNION:
        if (put_address(p, type, at))
            break;
        list = open_list(p, false, false);
        put_fields(p, type, at, &list);
        close_list(p, &list);
        break;
    case TYPE_DATASEC: put_vars(p, type, at); break;
    default: put_missing(p);
    }
}

void value_print(struct text *text, const struct type *type, struct bytes value, bool big,
                 enum anybpf_style style)
{
    struct value_printer p = { text, value, big, style, 0, FUEL };
    put_value(&p, type, 0);
}
