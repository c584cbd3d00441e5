/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of types, and the one place that works out and checks sizes: types_finish(). Invariant: a
 * type with depth > 0 fulfils what the head of type.h promises. */
#include "type/type.h"
#include <assert.h>
#include <string.h>

enum { VECTOR_LIMIT = 1 << 16 /* elements */ };
enum { IN_PROGRESS = 255, WORTH_INDEXING = 64 /* types: fewer are searched as fast */ };
#define SIZE_LIMIT ((uint64_t)1 << 40) /* of an array; bits of it can still be counted */
static_assert((int)TYPE_DEPTH < (int)IN_PROGRESS, "depths must be told from the mark");

const struct type type_void = {
    .kind = TYPE_VOID, .name = "void", .align = 1, .depth = 1, .weight = 1
};

const char *type_kind_name(enum type_kind kind)
{
    static const char *const names[TYPE_KINDS] = { "void",     "int",
                                                   "pointer",  "array",
                                                   "struct",   "union",
                                                   "enum",     "forward declaration",
                                                   "typedef",  "volatile",
                                                   "const",    "restrict",
                                                   "function", "prototype",
                                                   "variable", "data section",
                                                   "float",    "declaration tag",
                                                   "type tag", "enum",
                                                   "complex",  "vector" };
    return kind < TYPE_KINDS ? names[kind] : "unknown kind";
}

/* ---- Sets ---- */

struct types *types_new(struct arena *arena, const struct types *parent)
{
    struct types *types = arena_new_of(arena, struct types);
    types->arena = arena;
    types->parent = parent;
    types->data = &data_host;
    types->big = HOST_IS_BIG;
    *types_add(types, TYPE_VOID, "void") = type_void;
    types->indexed = 1; /* void is not found by name */
    return types;
}

const struct type *types_get(const struct types *types, uint32_t id)
{
    return id < types->all.count ? types->all.at[id] : NULL;
}

void types_reserve(struct types *types, uint32_t count)
{
    uint32_t have = types->all.count;

    vec_resize(types->arena, &types->all, have + count);
    vec_resize(types->arena, &types->same_name, have + count);
    types->all.count = types->same_name.count = have;
}

struct type *types_add(struct types *types, enum type_kind kind, const char *name)
{
    struct type *type = arena_new_of(types->arena, struct type);
    type->kind = (uint8_t)kind;
    type->name = name;
    type->id = types->all.count;
    type->align = 1;
    vec_push(types->arena, &types->all, type);
    vec_push(types->arena, &types->same_name, 0);
    return type;
}

void types_index(struct types *types)
{
    if (types->all.count - types->indexed < WORTH_INDEXING)
        return;
    /* From the last to the first, so that chains are in the order of ids. */
    for (uint32_t id = types->all.count; id-- > types->indexed;) {
        uint32_t *first;
        if (!types->all.at[id]->name[0])
            continue;
        first = hash_put_text(types->arena, &types->names, types->all.at[id]->name);
        types->same_name.at[id] = *first;
        *first = id;
    }
    types->indexed = types->all.count;
}

void types_forget(struct types *types, uint32_t first)
{
    for (uint32_t id = first; id < types->indexed; id++) {
        uint32_t *head = hash_get_text(&types->names, types->all.at[id]->name);
        while (head && *head >= first) /* what is newer stands in front */
            *head = types->same_name.at[*head];
    }
    types->all.count = types->same_name.count = first;
    if (types->indexed > first)
        types->indexed = first;
}

static const struct type *find_here(const struct types *types, enum type_kind kind,
                                    const char *name)
{
    const uint32_t *first = hash_get_text(&types->names, name);

    for (uint32_t id = first ? *first : 0; id; id = types->same_name.at[id])
        if (types->all.at[id]->kind == kind)
            return types->all.at[id];
    for (uint32_t id = types->indexed; id < types->all.count; id++)
        if (types->all.at[id]->kind == kind && !strcmp(types->all.at[id]->name, name))
            return types->all.at[id];
    return NULL;
}

const struct type *types_find(const struct types *types, enum type_kind kind, const char *name)
{
    for (; types; types = types->parent) {
        const struct type *type = find_here(types, kind, name);
        if (type)
            return type;
    }
    return NULL;
}

/* ---- Sizes and their checks ---- */

static const char *shown(const struct type *type)
{
    return type->name[0] ? type->name : "(anonymous)";
}

static int refuse(const struct type *type, const char *why, struct error *err)
{
    return fail(err, ANYBPF_E_FORMAT, "type %u: %s %s %s", type->id,
                type_kind_name((enum type_kind)type->kind), shown(type), why);
}

static bool is_one_of(uint64_t size, uint32_t sizes)
{
    return size < 32 && (sizes >> size & 1);
}

/* Takes `part`, nested by value in `type`, into account. */
static int nest(struct type *type, const struct type *part, struct error *err)
{
    if (part->depth >= TYPE_DEPTH)
        return refuse(type, "is nested too deeply", err);
    if (type->depth <= part->depth)
        type->depth = (uint8_t)(part->depth + 1);
    type->weight += part->weight; /* both at most TYPE_WEIGHT */
    return type->weight > TYPE_WEIGHT ? refuse(type, "has too many parts", err) : 0;
}

static bool has_no_size(const struct type *type)
{
    const struct type *bare = type_strip(type);
    return bare->kind == TYPE_VOID || bare->kind == TYPE_FWD || bare->kind == TYPE_FUNC ||
           bare->kind == TYPE_FUNC_PROTO || bare->kind == TYPE_VAR || bare->kind == TYPE_DATASEC ||
           bare->kind == TYPE_DECL_TAG;
}

static int check_number(const struct types *types, struct type *type, struct error *err)
{
    /* Bit n: size n is possible. */
    static const uint32_t sizes[TYPE_KINDS] = {
        [TYPE_INT] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8 | 1u << 16,
        [TYPE_ENUM] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8,
        [TYPE_ENUM64] = 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8,
        [TYPE_FLOAT] = 1u << 2 | 1u << 4 | 1u << 8 | 1u << 12 | 1u << 16,
    };
    if (!is_one_of(type->size, sizes[type->kind]))
        return refuse(type, "has an impossible size", err);
    if (type->kind == TYPE_INT &&
        (!type->as_int.bits || (uint64_t)type->as_int.offset + type->as_int.bits > type->size * 8))
        return refuse(type, "has more bits than its size", err);
    if (type->align < 2) /* else declared */
        type->align = type->size == 12   ? 4
                      : type->size == 16 ? types->data->wide_align
                                         : (uint32_t)type->size;
    return 0;
}

static int finish_complex(struct type *type, struct error *err)
{
    const struct type *part = type_strip(type->to);
    if (part->kind != TYPE_FLOAT && part->kind != TYPE_INT)
        return refuse(type, "is of no number", err);
    type->size = part->size * 2;
    type->align = part->align;
    return nest(type, type->to, err);
}

static int finish_vector(const struct types *types, struct type *type, struct error *err)
{
    const struct type *part = type_strip(type->to);
    if ((part->kind != TYPE_FLOAT && part->kind != TYPE_INT && part->kind != TYPE_PTR) ||
        !type->count || type->count > VECTOR_LIMIT || type->count & (type->count - 1))
        return refuse(type, "is not of a power of two of numbers", err);
    type->size = part->size * type->count;
    type->align =
        type->size < types->data->vector_align ? (uint32_t)type->size : types->data->vector_align;
    return nest(type, type->to, err);
}

static int finish_array(struct type *type, struct error *err)
{
    uint64_t size;
    if (has_no_size(type->to))
        return refuse(type, "has elements without a size", err);
    if (__builtin_mul_overflow(type->to->size, (uint64_t)type->count, &size) || size > SIZE_LIMIT)
        return refuse(type, "is larger than 1 TiB", err);
    type->size = size;
    type->align = type->to->align;
    return nest(type, type->to, err);
}

/* *natural: the alignment of the members seen so far. */
static int finish_member(struct type *type, const struct member *member, uint32_t *natural,
                         struct error *err)
{
    const struct type *bare = type_strip(member->type);
    uint64_t bits = member->bits ? member->bits : member->type->size * 8;

    if (has_no_size(member->type))
        return fail(err, ANYBPF_E_FORMAT, "type %u: member %s of %s has no size", type->id,
                    member->name, shown(type));
    if (member->bits &&
        ((bare->kind != TYPE_INT && bare->kind != TYPE_ENUM && bare->kind != TYPE_ENUM64) ||
         member->bits > bare->size * 8))
        return fail(err, ANYBPF_E_FORMAT, "type %u: bit-field %s of %s does not fit its type",
                    type->id, member->name, shown(type));
    if (!member->bits && member->bit_offset % 8)
        return fail(err, ANYBPF_E_FORMAT, "type %u: member %s of %s does not begin at a byte",
                    type->id, member->name, shown(type));
    if (member->bit_offset + bits > type->size * 8)
        return fail(err, ANYBPF_E_FORMAT, "type %u: member %s lies outside %s (%u bytes)", type->id,
                    member->name, shown(type), (unsigned)type->size);
    if (type->size % member->type->align ||
        (!member->bits && member->bit_offset / 8 % member->type->align))
        type->is_packed = true;
    if (member->type->align > *natural)
        *natural = member->type->align;
    return nest(type, member->type, err);
}

static int finish_struct(struct type *type, struct error *err)
{
    uint32_t natural = 1;

    if (type->size > UINT32_MAX / 8)
        return refuse(type, "is too large", err);
    for (uint32_t i = 0; i < type->count; i++)
        if (finish_member(type, &type->members[i], &natural, err))
            return err->code;
    if (!type->natural) { /* else the declaration told both */
        type->natural = type->is_packed ? 1 : natural;
        if (type->align < type->natural)
            type->align = type->natural;
    }
    return 0;
}

static int finish(struct types *types, struct type *type, unsigned level, struct error *err);

/* A part may be of another set, which is finished. */
static int finish_part(struct types *types, const struct type *part, unsigned level,
                       struct error *err)
{
    if (part->depth && part->depth != IN_PROGRESS)
        return 0;
    return finish(types, types->all.at[part->id], level + 1, err);
}

static int finish_parts(struct types *types, struct type *type, unsigned level, struct error *err)
{
    switch (type->kind) {
    case TYPE_ARRAY:
    case TYPE_TYPEDEF:
    case TYPE_VOLATILE:
    case TYPE_CONST:
    case TYPE_RESTRICT:
    case TYPE_TYPE_TAG:
    case TYPE_COMPLEX:
    case TYPE_VECTOR:
    case TYPE_VAR: return finish_part(types, type->to, level, err);
    case TYPE_STRUCT:
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++)
            if (finish_part(types, type->members[i].type, level, err))
                return err->code;
        return 0;
    default: return 0;
    }
}

static int finish_self(struct types *types, struct type *type, struct error *err)
{
    switch (type->kind) {
    case TYPE_INT:
    case TYPE_ENUM:
    case TYPE_ENUM64:
    case TYPE_FLOAT: return check_number(types, type, err);
    case TYPE_PTR: type->size = type->align = types->data->pointer; return 0;
    case TYPE_COMPLEX: return finish_complex(type, err);
    case TYPE_VECTOR: return finish_vector(types, type, err);
    case TYPE_ARRAY: return finish_array(type, err);
    case TYPE_STRUCT:
    case TYPE_UNION: return finish_struct(type, err);
    case TYPE_TYPEDEF:
    case TYPE_VOLATILE:
    case TYPE_CONST:
    case TYPE_RESTRICT:
    case TYPE_TYPE_TAG:
    case TYPE_VAR:
        type->size = type->to->size;
        if (!type->has_align)
            type->align = type->to->align;
        return nest(type, type->to, err);
    default: return 0;
    }
}

static int finish(struct types *types, struct type *type, unsigned level, struct error *err)
{
    int code;

    if (type->depth == IN_PROGRESS)
        return refuse(type, "contains itself", err);
    if (type->depth)
        return 0;
    if (level >= TYPE_DEPTH)
        return refuse(type, "is nested too deeply", err);
    type->depth = IN_PROGRESS;
    code = finish_parts(types, type, level, err);
    type->depth = 1;
    type->weight = 1;
    if (!code)
        code = finish_self(types, type, err);
    if (code)
        type->depth = 0;
    return code;
}

int type_finish(struct types *types, struct type *type, struct error *err)
{
    return finish(types, type, 0, err);
}

int types_finish(struct types *types, uint32_t first, struct error *err)
{
    for (uint32_t id = first; id < types->all.count; id++)
        if (type_finish(types, types->all.at[id], err))
            return err->code;
    return 0;
}

/* ---- Questions ---- */

const struct type *type_strip(const struct type *type)
{
    while (type->kind == TYPE_TYPEDEF || type->kind == TYPE_CONST || type->kind == TYPE_VOLATILE ||
           type->kind == TYPE_RESTRICT || type->kind == TYPE_TYPE_TAG)
        type = type->to;
    return type;
}

const struct member *type_member(const struct type *type, const char *name, uint32_t *bit_offset)
{
    type = type_strip(type);
    if (type->kind != TYPE_STRUCT && type->kind != TYPE_UNION)
        return NULL;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct member *member = &type->members[i];
        uint32_t inner = 0;
        const struct member *found = member;
        if (!member->name[0])
            found = type_member(member->type, name, &inner);
        else if (strcmp(member->name, name))
            continue;
        if (found) {
            *bit_offset = member->bit_offset + inner;
            return found;
        }
    }
    return NULL;
}

const struct enumerator *type_enumerator(const struct type *type, uint64_t value)
{
    type = type_strip(type);
    if (type->kind == TYPE_ENUM || type->kind == TYPE_ENUM64)
        for (uint32_t i = 0; i < type->count; i++)
            if (type->enumerators[i].value == value)
                return &type->enumerators[i];
    return NULL;
}

const struct tag *type_tag(const struct type *type, int component, const char *word)
{
    for (const struct tag *tag = type->tags; tag; tag = tag->next)
        if (tag->component == component && !strcmp(tag->word, word))
            return tag;
    return NULL;
}

int type_param(const struct type *type, const char *name)
{
    if (type->kind == TYPE_FUNC)
        type = type->to;
    for (uint32_t i = 0; i < type->count; i++)
        if (!strcmp(type->params[i].name, name))
            return (int)i;
    return -1;
}

static bool same_members(const struct type *a, const struct type *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct member *m = &a->members[i], *n = &b->members[i];
        if (m->bit_offset != n->bit_offset || m->bits != n->bits || strcmp(m->name, n->name) ||
            !type_same_layout(m->type, n->type))
            return false;
    }
    return true;
}

static enum type_kind number_kind(const struct type *type)
{
    return type->kind == TYPE_ENUM || type->kind == TYPE_ENUM64 ? TYPE_INT
                                                                : (enum type_kind)type->kind;
}

bool type_same_layout(const struct type *a, const struct type *b)
{
    a = type_strip(a);
    b = type_strip(b);
    if (a == b)
        return true;
    if (number_kind(a) != number_kind(b) || a->size != b->size)
        return false;
    switch (a->kind) {
    case TYPE_STRUCT:
    case TYPE_UNION: return same_members(a, b);
    case TYPE_ARRAY: return a->count == b->count && type_same_layout(a->to, b->to);
    case TYPE_FWD: return !strcmp(a->name, b->name);
    default: return true;
    }
}
