/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of structs, unions and enums in C text, with attributes and annotations. Layout
 * follows the System V psABIs: a bit-field never crosses a boundary of its type. */
#include "base/planted.h"
#include "type/local.h"

/* ---- Attributes and annotations ---- */

static int read_align(struct parser *p, struct layout_attrs *attrs)
{
    uint64_t align = p->types->data->aligned;

    if (lex_accept(p, '(') && (lex_count(p, 1u << 20, &align) || lex_expect(p, ')')))
        return p->err->code;
    if (!align || align & (align - 1))
        return lex_fail(p, "an alignment must be a power of two");
    if (align > attrs->align)
        attrs->align = (uint32_t)align;
    return 0;
}

static int read_attribute(struct parser *p, struct layout_attrs *attrs)
{
    static const char *const harmless[] = {
        "unused",        "__unused__", "preserve_access_index", "may_alias",
        "__may_alias__", "deprecated", "designated_init",       "nonnull",
        "noreturn",      "cold"
    };

    if (lex_accept_word(p, "packed") || lex_accept_word(p, "__packed__"))
        attrs->packed = true;
    else if (lex_accept_word(p, "aligned") || lex_accept_word(p, "__aligned__"))
        return read_align(p, attrs);
    else if (lex_accept_word(p, "vector_size") || lex_accept_word(p, "__vector_size__"))
        return lex_expect(p, '(') || lex_count(p, 1u << 16, &attrs->vector) || lex_expect(p, ')')
                   ? p->err->code
                   : 0;
    else {
        bool known = false;
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
            known |= lex_is(p, harmless[i]);
        if (!known)
            return lex_fail(p, "this attribute is not supported");
        lex_next(p);
    }
    return 0;
}

/* All attributes at hand, if any. */
int record_attributes(struct parser *p, struct layout_attrs *attrs)
{
    for (;;) {
        if (lex_accept_word(p, "__packed"))
            attrs->packed = true;
        else if (lex_accept_word(p, "__aligned")) {
            if (read_align(p, attrs))
                return p->err->code;
        } else if (lex_accept_word(p, "__attribute__")) {
            if (lex_expect(p, '(') || lex_expect(p, '('))
                return p->err->code;
            do {
                if (p->token != ')' && p->token != ',' && read_attribute(p, attrs))
                    return p->err->code;
            } while (lex_accept(p, ','));
            if (lex_expect(p, ')') || lex_expect(p, ')'))
                return p->err->code;
        } else
            return 0;
    }
}

bool record_is_annotation(const struct parser *p)
{
    return p->token == WORD && p->length > 2 && p->start[0] == '_' && p->start[1] == '_' &&
           !lex_is(p, "__attribute__") && !lex_is(p, "__packed") && !lex_is(p, "__aligned");
}

/* The annotations and attributes at hand, put before *tags. */
int record_annotations(struct parser *p, int component, struct layout_attrs *attrs,
                       const struct tag **tags)
{
    for (;;) {
        struct tag *tag;
        if (record_attributes(p, attrs))
            return p->err->code;
        if (!record_is_annotation(p))
            return 0;
        tag = arena_new_of(p->types->arena, struct tag);
        *tag = (struct tag){ *tags, component, lex_take(p), NULL };
        *tags = tag;
        if (lex_accept(p, '(')) {
            const char *start = p->start, *end = start;
            while (p->token != ')' && p->token != '(' && p->token != END) {
                end = p->at;
                lex_next(p);
            }
            tag->argument = arena_string(p->types->arena, start, (size_t)(end - start));
            if (lex_expect(p, ')'))
                return p->err->code;
        }
    }
}

/* ---- Structs and unions ---- */

struct members vec(struct member);

struct layout {
    bool is_union, packed;
    uint64_t bit;   /* the next free one */
    uint64_t bits;  /* of the largest member, for unions */
    uint32_t align; /* bytes */
    struct members named, unnamed;
};

static uint64_t round_up(uint64_t value, uint64_t step)
{
    return (value + step - 1) / step * step;
}

/* Where the next member lies. */
static uint64_t place(struct layout *layout, const struct type *type, bool packed, uint32_t align,
                      int width)
{
    uint64_t size = type->size * 8, bits = width < 0 ? size : (uint64_t)width, at = layout->bit;

    if (width < 0)
        at = round_up(at, (uint64_t)align * 8);
    else if (width == 0)
        at = round_up(at, size);
    else if (!packed && at / size != (at + bits - 1) / size)
        at = round_up(at, size);
    layout->bit = layout->is_union ? 0 : at + bits;
    if (bits > layout->bits)
        layout->bits = bits;
    return at;
}

static int add_member(struct parser *p, struct layout *layout, const struct declarator *declarator,
                      const struct layout_attrs *attrs, int width)
{
    const struct type *type = declarator->type;
    bool packed = layout->packed || attrs->packed;
    bool named = width < 0 || declarator->name[0];
    uint32_t align;
    uint64_t at;

    if (cdecl_finish(p, type))
        return p->err->code;
    if (type_strip(type)->kind == TYPE_VOID || type_strip(type)->kind == TYPE_FWD ||
        type_strip(type)->kind == TYPE_FUNC_PROTO)
        return lex_fail(p, "a member's type has no size");
    if (width >= 0 && (type_strip(type)->kind == TYPE_PTR || !type->size ||
                       (uint64_t)width > type->size * 8 || (!width && declarator->name[0])))
        return lex_fail(p, "a bit-field has a wrong type or width");
    align = packed && (width || !p->types->data->unnamed_fields_align) ? 1 : type->align;
    if (attrs->align > align)
        align = attrs->align;
    at = place(layout, type, packed, align, width);
    if (at + type->size * 8 > UINT32_MAX)
        return lex_fail(p, "the struct is too large");
    if ((named || FAULT(record_unnamed, p->types->data->unnamed_fields_align, false)) &&
        align > layout->align)
        layout->align = align;
    vec_push(
        p->types->arena, named ? &layout->named : &layout->unnamed,
        (struct member){ declarator->name, type, (uint32_t)at, width < 0 ? 0 : (uint8_t)width });
    return 0;
}

static bool is_anonymous(const struct type *type)
{
    while (type->kind == TYPE_CONST || type->kind == TYPE_VOLATILE)
        type = type->to;
    return (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && !type->name[0];
}

/* The declarators of one member declaration. */
static int read_members(struct parser *p, struct layout *layout, const struct tag **tags)
{
    struct specifiers spec;

    if (cdecl_specifiers(p, &spec))
        return p->err->code;
    if (p->token == ';') { /* an anonymous struct or union; a tag alone declares nothing */
        struct declarator none = { spec.type, "" };
        return is_anonymous(spec.type) ? add_member(p, layout, &none, &spec.attrs, -1) : 0;
    }
    do {
        struct declarator declarator = { spec.type, "" };
        struct layout_attrs attrs = spec.attrs;
        uint64_t width = 0;
        bool is_field;

        if (p->token != ':' && cdecl_declarator(p, spec.type, false, &declarator))
            return p->err->code;
        is_field = lex_accept(p, ':');
        if (is_field && lex_count(p, 128, &width))
            return p->err->code;
        if (!is_field && !declarator.name[0])
            return lex_fail(p, "a member's name is missing");
        if (record_annotations(p, (int)layout->named.count, &attrs, tags) ||
            add_member(p, layout, &declarator, &attrs, is_field ? (int)width : -1))
            return p->err->code;
    } while (lex_accept(p, ','));
    return 0;
}

/* Between the braces. */
static int read_body(struct parser *p, struct type *type, struct layout_attrs *attrs)
{
    const char *body = p->start;
    struct layout layout = { .is_union = type->kind == TYPE_UNION, .align = 1 };
    struct layout_attrs behind = *attrs;
    unsigned braces = 1;

    /* What follows the closing brace counts for the layout: look there first. */
    for (; braces && p->token != END; lex_next(p))
        braces += p->token == '{' ? 1u : p->token == '}' ? -1u : 0;
    if (braces)
        return lex_fail(p, "'}' is missing");
    if (record_attributes(p, &behind))
        return p->err->code;
    layout.packed = behind.packed;
    lex_goto(p, body);
    while (p->token != '}')
        if (read_members(p, &layout, &type->tags) || lex_expect(p, ';'))
            return p->err->code;
    lex_next(p);
    if (record_attributes(p, attrs))
        return p->err->code;
    type->natural = layout.align;
    type->align = layout.align > attrs->align ? layout.align : attrs->align;
    type->size = round_up(round_up(layout.is_union ? layout.bits : layout.bit, 8) / 8, type->align);
    type->is_packed = attrs->packed;
    type->members = layout.named.at;
    type->count = layout.named.count;
    type->unnamed = layout.unnamed.at;
    type->unnamed_count = layout.unnamed.count;
    return 0;
}

/* Before the forward declaration becomes a definition: what names it will have a size. Types of
 * the text at hand are finished later anyway. */
static void complete(struct parser *p, struct type *forward)
{
    struct types *types = p->types;

    for (uint32_t i = 1; i < p->first; i++) {
        struct type *type = types->all.at[i];
        if ((type->kind == TYPE_TYPEDEF || type->kind == TYPE_CONST ||
             type->kind == TYPE_VOLATILE) &&
            type->depth && type_strip(type) == forward)
            type->depth = 0;
    }
    vec_push(types->arena, &p->completed, (struct completed){ forward, *forward });
}

static int define(struct parser *p, enum type_kind kind, const char *name,
                  struct layout_attrs *attrs, const struct type **out)
{
    const struct type *before = name[0] ? types_find(p->types, kind, name) : NULL;
    const struct type *forward = name[0] ? types_find(p->types, TYPE_FWD, name) : NULL;
    struct type built = { .kind = (uint8_t)kind, .name = name };
    struct type *type;

    if (before && !cdecl_is_own(p, before))
        before = NULL;
    if (forward && !cdecl_is_own(p, forward))
        forward = NULL;
    if (name[0] && !forward && !before) {
        forward = type = types_add(p->types, TYPE_FWD, name); /* its members may point to it */
        type->is_union = kind == TYPE_UNION;
    }
    if (lex_descend(p) || read_body(p, &built, attrs))
        return p->err->code;
    if (attrs->vector)
        return lex_fail(p, "the attribute is not supported here");
    p->nesting--;
    if (before) {
        *out = before;
        if (type_finish(p->types, &built, p->err))
            return p->err->code;
        return type_same_layout(before, &built)
                   ? 0
                   : lex_fail(p, "this type is defined already, and differently");
    }
    type = forward ? p->types->all.at[forward->id] : types_add(p->types, kind, "");
    if (forward)
        complete(p, type);
    built.id = type->id;
    *type = built;
    *out = type;
    return type_finish(p->types, type, p->err);
}

int record_struct(struct parser *p, enum type_kind kind, const struct type **out)
{
    const char *name = "";
    struct layout_attrs attrs = { 0 };
    struct type *forward;

    if (record_attributes(p, &attrs))
        return p->err->code;
    if (p->token == WORD)
        name = lex_take(p);
    if (lex_accept(p, '{'))
        return define(p, kind, name, &attrs, out);
    if (!name[0])
        return lex_fail(p, "a struct's name or body is missing");
    *out = types_find(p->types, kind, name);
    if (!*out)
        *out = types_find(p->types, TYPE_FWD, name);
    if (!*out) {
        *out = forward = types_add(p->types, TYPE_FWD, name);
        forward->is_union = kind == TYPE_UNION;
    }
    return 0;
}

/* ---- Enums ---- */

struct enumerators vec(struct enumerator);

/* The smallest size that holds all values: 4, or less if packed, or 8. */
static void size_enum(struct type *type, bool packed)
{
    uint64_t size = packed ? 1 : 4;

    for (uint32_t i = 0; i < type->count; i++) {
        int64_t value = (int64_t)type->enumerators[i].value;
        while (size < 8 &&
               (type->is_signed ? value < -(1ll << (size * 8 - 1)) || value >= 1ll << (size * 8 - 1)
                                : (uint64_t)value >> (size * 8)))
            size *= 2;
    }
    type->size = size;
    type->kind = size == 8 ? TYPE_ENUM64 : TYPE_ENUM;
}

int record_enum(struct parser *p, const struct type **out)
{
    const char *name = "";
    struct layout_attrs attrs = { 0 };
    struct enumerators list = { 0 };
    struct type *type;
    int64_t value = 0;

    if (record_attributes(p, &attrs))
        return p->err->code;
    if (p->token == WORD)
        name = lex_take(p);
    if (!lex_accept(p, '{')) {
        *out = name[0] ? types_find(p->types, TYPE_ENUM, name) : NULL;
        if (!*out && name[0])
            *out = types_find(p->types, TYPE_ENUM64, name);
        return *out ? 0 : lex_fail(p, "this enum is not known");
    }
    type = types_add(p->types, TYPE_ENUM, name);
    *out = type;
    while (p->token == WORD) {
        const char *word = lex_take(p);
        p->huge = false;
        if (lex_accept(p, '=') && lex_expression(p, 0, &value))
            return p->err->code;
        vec_push(p->types->arena, &list, (struct enumerator){ word, (uint64_t)value });
        type->enumerators = list.at; /* later ones may use it */
        type->count = list.count;
        type->is_signed |= value < 0 && !p->huge;
        value = (int64_t)((uint64_t)value + 1);
        if (!lex_accept(p, ','))
            break;
    }
    if (lex_expect(p, '}') || record_attributes(p, &attrs))
        return p->err->code;
    size_enum(type, attrs.packed);
    return 0;
}
