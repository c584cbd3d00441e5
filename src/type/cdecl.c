/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of C declarations (C11 6.7): basic types, specifiers, declarators. Recursive descent
 * over the text; what stands in braces is record.c's. */
#include "type/local.h"

/* ---- Basic types ---- */

enum {
    VOID = 1,
    BOOL = 2,
    CHAR = 4,
    SHORT = 8,
    INT = 16,
    LONG = 32,
    LONG_LONG = 64,
    INT128 = 128,
    FLOAT = 256,
    DOUBLE = 512,
    SIGNED = 1024,
    UNSIGNED = 2048,
    COMPLEX = 4096
};

static const struct keyword {
    const char *word;
    unsigned means;
} keywords[] = {
    { "void", VOID },         { "_Bool", BOOL },
    { "char", CHAR },         { "short", SHORT },
    { "int", INT },           { "long", LONG },
    { "__int128", INT128 },   { "float", FLOAT },
    { "double", DOUBLE },     { "signed", SIGNED },
    { "__signed__", SIGNED }, { "unsigned", UNSIGNED },
    { "__int128_t", INT128 }, { "__uint128_t", UNSIGNED | INT128 },
    { "_Complex", COMPLEX },  { "__complex__", COMPLEX },
};

/* Sizes 0: of a pointer; -1: of a long double. Without INT where it says nothing. */
static const struct basic {
    const char *name;
    unsigned words;
    int size;
    enum type_kind kind;
} basics[] = {
    { "_Bool", BOOL, 1, TYPE_INT },
    { "char", CHAR, 1, TYPE_INT },
    { "signed char", SIGNED | CHAR, 1, TYPE_INT },
    { "unsigned char", UNSIGNED | CHAR, 1, TYPE_INT },
    { "short", SHORT, 2, TYPE_INT },
    { "unsigned short", UNSIGNED | SHORT, 2, TYPE_INT },
    { "int", INT, 4, TYPE_INT },
    { "unsigned int", UNSIGNED | INT, 4, TYPE_INT },
    { "long", LONG, 0, TYPE_INT },
    { "unsigned long", UNSIGNED | LONG, 0, TYPE_INT },
    { "long long", LONG_LONG, 8, TYPE_INT },
    { "unsigned long long", UNSIGNED | LONG_LONG, 8, TYPE_INT },
    { "__int128", INT128, 16, TYPE_INT },
    { "unsigned __int128", UNSIGNED | INT128, 16, TYPE_INT },
    { "float", FLOAT, 4, TYPE_FLOAT },
    { "double", DOUBLE, 8, TYPE_FLOAT },
    { "long double", LONG | DOUBLE, -1, TYPE_FLOAT },
};

/* Typedefs that need no declaration. */
static const struct known {
    const char *name;
    unsigned words;
} knowns[] = {
    { "__u8", UNSIGNED | CHAR },
    { "u8", UNSIGNED | CHAR },
    { "uint8_t", UNSIGNED | CHAR },
    { "__s8", SIGNED | CHAR },
    { "s8", SIGNED | CHAR },
    { "int8_t", SIGNED | CHAR },
    { "__u16", UNSIGNED | SHORT },
    { "u16", UNSIGNED | SHORT },
    { "uint16_t", UNSIGNED | SHORT },
    { "__s16", SHORT },
    { "s16", SHORT },
    { "int16_t", SHORT },
    { "__u32", UNSIGNED | INT },
    { "u32", UNSIGNED | INT },
    { "uint32_t", UNSIGNED | INT },
    { "__s32", INT },
    { "s32", INT },
    { "int32_t", INT },
    { "__u64", UNSIGNED | LONG_LONG },
    { "u64", UNSIGNED | LONG_LONG },
    { "uint64_t", UNSIGNED | LONG_LONG },
    { "__s64", LONG_LONG },
    { "s64", LONG_LONG },
    { "int64_t", LONG_LONG },
    { "__be16", UNSIGNED | SHORT },
    { "__le16", UNSIGNED | SHORT },
    { "__sum16", UNSIGNED | SHORT },
    { "__be32", UNSIGNED | INT },
    { "__le32", UNSIGNED | INT },
    { "__wsum", UNSIGNED | INT },
    { "__be64", UNSIGNED | LONG_LONG },
    { "__le64", UNSIGNED | LONG_LONG },
    { "size_t", UNSIGNED | LONG },
    { "ssize_t", LONG },
    { "ptrdiff_t", LONG },
    { "uintptr_t", UNSIGNED | LONG },
    { "intptr_t", LONG },
    { "bool", BOOL },
    { "uint", UNSIGNED | INT },
    { "ulong", UNSIGNED | LONG },
};

static const struct type *make_basic(struct parser *p, const struct basic *basic)
{
    const struct data_model *data = p->types->data;
    unsigned size = basic->size > 0    ? (unsigned)basic->size
                    : basic->size == 0 ? data->pointer
                                       : data->long_double;
    const struct type *found = types_find(p->types, basic->kind, basic->name);
    struct type *type;

    if (found && found->size == size)
        return found;
    type = types_add(p->types, basic->kind, basic->name);
    type->size = size;
    if (basic->kind == TYPE_INT) {
        type->as_int.bits = basic->words == BOOL ? 8 : (uint8_t)(size * 8);
        type->is_bool = basic->words == BOOL;
        type->is_char = basic->words == CHAR;
        type->is_signed =
            basic->words == CHAR ? data->char_signed : !(basic->words & (UNSIGNED | BOOL));
    }
    return type;
}

static const struct type *derive(struct parser *p, enum type_kind kind, const struct type *to)
{
    struct type *type = types_add(p->types, kind, "");
    type->to = to;
    return type;
}

/* The type that these keywords together mean, or NULL. */
static const struct type *find_basic(struct parser *p, unsigned words)
{
    if (words == VOID)
        return &type_void;
    if (words & COMPLEX) {
        unsigned part = words & ~(unsigned)COMPLEX;
        const struct type *of = part & (FLOAT | DOUBLE) ? find_basic(p, part) : NULL;
        return of ? derive(p, TYPE_COMPLEX, of) : NULL;
    }
    if (words & INT128 && !p->types->data->wide_align)
        return NULL;
    if (words & (SHORT | LONG | LONG_LONG))
        words &= ~(unsigned)INT;
    if (!(words & CHAR))
        words &= ~(unsigned)SIGNED;
    if (!(words & ~(unsigned)UNSIGNED))
        words |= INT;
    for (size_t i = 0; i < sizeof basics / sizeof *basics; i++)
        if (basics[i].words == words)
            return make_basic(p, &basics[i]);
    return NULL;
}

/* The typedef that the word at hand names, or NULL. */
static const struct type *find_typedef(struct parser *p)
{
    char name[128];
    const struct type *found;

    if (p->token != WORD || p->length >= sizeof name)
        return NULL;
    memcpy(name, p->start, p->length);
    name[p->length] = 0;
    found = types_find(p->types, TYPE_TYPEDEF, name);
    for (size_t i = 0; !found && i < sizeof knowns / sizeof *knowns; i++)
        if (!strcmp(knowns[i].name, name)) {
            const struct type *basic = find_basic(p, knowns[i].words);
            struct type *made = types_add(p->types, TYPE_TYPEDEF, knowns[i].name);
            made->to = basic;
            found = made;
        }
    return found;
}

/* What the keyword at hand adds to a basic type, or 0. */
static unsigned find_keyword(const struct parser *p)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (lex_is(p, keywords[i].word))
            return keywords[i].means;
    return 0;
}

/* ---- Specifiers and declarators ---- */

int cdecl_finish(struct parser *p, const struct type *type)
{
    return cdecl_is_own(p, type) ? type_finish(p->types, p->types->all.at[type->id], p->err) : 0;
}

/* The vector that the attribute makes of its element's type. */
static int vectorize(struct parser *p, struct layout_attrs *attrs, const struct type **type)
{
    struct type *vector;

    if (!attrs->vector)
        return 0;
    if (cdecl_finish(p, *type))
        return p->err->code;
    if (!(*type)->size || attrs->vector % (*type)->size)
        return lex_fail(p, "a vector must hold a whole number of numbers");
    vector = types_add(p->types, TYPE_VECTOR, "");
    vector->to = *type;
    vector->count = (uint32_t)(attrs->vector / (*type)->size);
    attrs->vector = 0;
    *type = vector;
    return type_finish(p->types, vector, p->err);
}

/* The qualifier at hand, or TYPE_VOID. */
static enum type_kind qualifier(const struct parser *p)
{
    return lex_is(p, "const") || lex_is(p, "__const")           ? TYPE_CONST
           : lex_is(p, "volatile") || lex_is(p, "__volatile__") ? TYPE_VOLATILE
           : lex_is(p, "restrict") || lex_is(p, "__restrict")   ? TYPE_RESTRICT
                                                                : TYPE_VOID;
}

/* Puts the qualifiers at hand around the type. */
static const struct type *qualify(struct parser *p, const struct type *type)
{
    for (enum type_kind kind; (kind = qualifier(p)) != TYPE_VOID; lex_next(p))
        type = derive(p, kind, type);
    return type;
}

/* A type that is no basic one: NULL type if there is none at hand. */
static int read_named(struct parser *p, struct specifiers *out)
{
    out->type = NULL;
    if (lex_accept_word(p, "struct"))
        return record_struct(p, TYPE_STRUCT, &out->type);
    if (lex_accept_word(p, "union"))
        return record_struct(p, TYPE_UNION, &out->type);
    if (lex_accept_word(p, "enum"))
        return record_enum(p, &out->type);
    out->type = find_typedef(p);
    if (out->type)
        lex_next(p);
    return 0;
}

int cdecl_specifiers(struct parser *p, struct specifiers *out)
{
    struct vec(enum type_kind) qualifiers = { 0 };
    unsigned words = 0, word;

    *out = (struct specifiers){ 0 };
    for (;;) {
        if (record_attributes(p, &out->attrs))
            return p->err->code;
        if (qualifier(p) != TYPE_VOID)
            vec_push(p->types->arena, &qualifiers, qualifier(p)), lex_next(p);
        else if (lex_accept_word(p, "typedef"))
            out->is_typedef = true;
        else if (lex_accept_word(p, "extern"))
            out->is_extern = true;
        else if (lex_accept_word(p, "static") || lex_accept_word(p, "inline") ||
                 lex_accept_word(p, "__extension__"))
            continue;
        else if (!out->type && (word = find_keyword(p))) {
            if (word == LONG && words & LONG)
                words = (words & ~(unsigned)LONG) | LONG_LONG;
            else if (words & word)
                return lex_fail(p, "these words make no type");
            else
                words |= word;
            lex_next(p);
        } else if (!out->type && !words) {
            struct specifiers named = *out;
            if (read_named(p, &named))
                return p->err->code;
            if (!named.type)
                return lex_fail(p, "a type is missing, or not known here");
            out->type = named.type;
        } else
            break;
    }
    if (words)
        out->type = find_basic(p, words);
    if (!out->type)
        return lex_fail(p, "these words make no type");
    for (uint32_t i = qualifiers.count; i-- > 0;)
        out->type = derive(p, qualifiers.at[i], out->type);
    return vectorize(p, &out->attrs, &out->type);
}

static int read_params(struct parser *p, const struct type *returns, const struct type **out)
{
    struct vec(struct param) params = { 0 };
    struct type *proto = types_add(p->types, TYPE_FUNC_PROTO, "");

    proto->to = returns;
    *out = proto;
    while (p->token != ')') {
        struct specifiers spec;
        struct declarator declarator;
        struct layout_attrs attrs = { 0 };

        if (lex_accept(p, DOTS)) {
            proto->is_variadic = true;
            break;
        }
        if (cdecl_specifiers(p, &spec) || cdecl_declarator(p, spec.type, true, &declarator) ||
            record_annotations(p, (int)params.count, &attrs, &proto->tags) ||
            vectorize(p, &attrs, &declarator.type))
            return p->err->code;
        if (declarator.type == &type_void && !params.count && p->token == ')')
            break; /* (void) */
        /* C11 6.7.6.3: arrays and functions are passed as pointers. */
        if (type_strip(declarator.type)->kind == TYPE_ARRAY)
            declarator.type = derive(p, TYPE_PTR, type_strip(declarator.type)->to);
        else if (declarator.type->kind == TYPE_FUNC_PROTO)
            declarator.type = derive(p, TYPE_PTR, declarator.type);
        if (type_strip(declarator.type)->kind == TYPE_VOID)
            return lex_fail(p, "a parameter cannot be void");
        vec_push(p->types->arena, &params, (struct param){ declarator.name, declarator.type });
        if (!lex_accept(p, ','))
            break;
    }
    proto->params = params.at;
    proto->count = params.count;
    return lex_expect(p, ')');
}

/* Arrays and parameters behind a declarator's name. */
static int read_suffix(struct parser *p, const struct type *base, const struct type **out)
{
    uint64_t count = 0;
    struct type *array;

    if (lex_descend(p))
        return p->err->code;
    if (lex_accept(p, '(')) {
        if (base->kind == TYPE_ARRAY || read_params(p, base, &base))
            return lex_fail(p, "a function cannot return an array");
        if (p->token == '(' || p->token == '[')
            return lex_fail(p, "a function cannot return a function or an array");
    } else if (lex_accept(p, '[')) {
        bool flexible = p->token == ']';
        if ((p->token != ']' && lex_count(p, UINT32_MAX, &count)) || lex_expect(p, ']') ||
            read_suffix(p, base, &base))
            return p->err->code;
        if (base->kind == TYPE_FUNC_PROTO)
            return lex_fail(p, "an array cannot hold functions");
        array = types_add(p->types, TYPE_ARRAY, "");
        array->count = (uint32_t)count;
        array->is_flexible = flexible;
        array->to = base;
        base = array;
    }
    p->nesting--;
    *out = base;
    return 0;
}

/* Whether the '(' at hand begins a declarator in parentheses, not parameters. */
static bool is_nested(struct parser *p)
{
    const char *open = p->start;
    bool nested;

    if (p->token != '(')
        return false;
    lex_next(p);
    nested =
        p->token == '*' || p->token == '(' ||
        (p->token == WORD && !find_keyword(p) && !find_typedef(p) && qualifier(p) == TYPE_VOID &&
         !lex_is(p, "struct") && !lex_is(p, "union") && !lex_is(p, "enum"));
    lex_goto(p, open);
    return nested;
}

int cdecl_declarator(struct parser *p, const struct type *base, bool in_params,
                     struct declarator *out)
{
    const char *inner = NULL, *behind;

    if (lex_descend(p))
        return p->err->code;
    *out = (struct declarator){ base, "" };
    while (lex_accept(p, '*'))
        base = qualify(p, derive(p, TYPE_PTR, base));
    if (is_nested(p)) {
        unsigned open = 0;
        inner = p->at;
        do {
            open += p->token == '(' ? 1u : p->token == ')' ? -1u : 0;
            lex_next(p);
        } while (open && p->token != END);
    } else if (p->token == WORD && !(in_params && record_is_annotation(p)))
        out->name = lex_take(p);
    if (read_suffix(p, base, &out->type))
        return p->err->code;
    if (inner) { /* what stands behind the parentheses is the base of what stands inside */
        behind = p->start;
        base = out->type;
        lex_goto(p, inner);
        if (cdecl_declarator(p, base, in_params, out) || lex_expect(p, ')'))
            return p->err->code;
        lex_goto(p, behind);
    }
    p->nesting--;
    return 0;
}

/* ---- Declarations ---- */

static int declare_typedef(struct parser *p, const struct declarator *declarator, uint32_t align)
{
    const struct type *before = types_find(p->types, TYPE_TYPEDEF, declarator->name);
    struct type *type;

    if (before && cdecl_is_own(p, before)) {
        const struct type *a = type_strip(before), *b = type_strip(declarator->type);
        bool same =
            a == b || (a->kind == b->kind && a->kind != TYPE_STRUCT && a->kind != TYPE_UNION);
        return same ? 0 : lex_fail(p, "this typedef exists already, and differs");
    }
    type = types_add(p->types, TYPE_TYPEDEF, declarator->name);
    type->to = declarator->type;
    type->has_align = align != 0;
    if (align)
        type->align = align;
    return 0;
}

/* One declarator of a declaration at file level; *func: the FUNC if it is one. */
static int declare(struct parser *p, const struct specifiers *spec, const struct type **func)
{
    struct declarator declarator;
    struct layout_attrs attrs = spec->attrs;
    const struct tag *tags = NULL;
    struct type *type;

    if (cdecl_declarator(p, spec->type, false, &declarator))
        return p->err->code;
    if (!declarator.name[0])
        return lex_fail(p, "a name is missing");
    if (declarator.type->kind == TYPE_FUNC_PROTO)
        tags = declarator.type->tags;
    if (record_annotations(p, -1, &attrs, &tags) || vectorize(p, &attrs, &declarator.type))
        return p->err->code;
    if (spec->is_typedef)
        return declare_typedef(p, &declarator, attrs.align);
    type = types_add(p->types, declarator.type->kind == TYPE_FUNC_PROTO ? TYPE_FUNC : TYPE_VAR,
                     declarator.name);
    type->to = declarator.type;
    type->tags = tags;
    type->linkage = spec->is_extern ? LINKAGE_EXTERN : LINKAGE_GLOBAL;
    if (type->kind == TYPE_FUNC)
        *func = type;
    return 0;
}

static int read_declaration(struct parser *p, const struct type **func)
{
    struct specifiers spec;

    if (cdecl_specifiers(p, &spec))
        return p->err->code;
    if (p->token != ';' && p->token != END)
        do {
            if (declare(p, &spec, func))
                return p->err->code;
        } while (lex_accept(p, ','));
    return p->token == END ? 0 : lex_expect(p, ';');
}

static int read_all(struct parser *p, const struct type **func)
{
    while (p->token != END) {
        if (!lex_accept(p, ';') && read_declaration(p, func))
            return p->err->code;
        types_index(p->types);
    }
    return 0;
}

static int read_function(struct parser *p, const struct type **func)
{
    if (read_all(p, func))
        return p->err->code;
    return *func ? 0 : lex_fail(p, "a function prototype is missing");
}

static int read_prototype(struct parser *p, const struct type **func)
{
    if (read_declaration(p, func))
        return p->err->code;
    if (!*func)
        return lex_fail(p, "this is no function prototype");
    return p->token == END ? 0 : lex_fail(p, "one prototype is wanted, and no more");
}

static int read_one_type(struct parser *p, const struct type **type)
{
    struct specifiers spec;
    struct declarator declarator;

    if (cdecl_specifiers(p, &spec) || cdecl_declarator(p, spec.type, false, &declarator))
        return p->err->code;
    if (declarator.name[0] || p->token != END)
        return lex_fail(p, "a type without a name is wanted, and no more");
    *type = declarator.type;
    return 0;
}

/* Runs one of the above over the text; leaves the set as it was if that fails. */
static int parse(struct types *types, const char *text, const struct type **result,
                 int (*read)(struct parser *p, const struct type **result), struct error *err)
{
    struct parser p = {
        .types = types, .err = err, .begin = text, .at = text, .first = types->all.count
    };
    struct error again = { 0 };

    *result = NULL;
    lex_next(&p);
    if (!read(&p, result) && !types_finish(types, 1, err)) {
        types_index(types);
        return 0;
    }
    while (p.completed.count) {
        struct completed last = *vec_last(&p.completed);
        *last.type = last.was;
        p.completed.count--;
    }
    types_forget(types, p.first);
    types_finish(types, 1, &again); /* what the completed ones had changed */
    return err->code;
}

int cdecl_parse(struct types *types, const char *text, struct error *err)
{
    const struct type *func;
    return parse(types, text, &func, read_all, err);
}

int cdecl_prototype(struct types *types, const char *text, const struct type **func,
                    struct error *err)
{
    return parse(types, text, func, read_prototype, err);
}

int cdecl_function(struct types *types, const char *text, const struct type **func,
                   struct error *err)
{
    return parse(types, text, func, read_function, err);
}

int cdecl_type(struct types *types, const char *text, const struct type **type, struct error *err)
{
    return parse(types, text, type, read_one_type, err);
}
