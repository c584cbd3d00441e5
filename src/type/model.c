/* SPDX-License-Identifier: Apache-2.0 */
/* Function models: what a calling convention asks about the types of a prototype, with records
 * taken apart into the numbers, pointers and vectors in them. */
#include "base/planted.h"
#include "type/type.h"

enum { LEAVES_MOST = 4096 }; /* unions of hostile BTF may have millions */

struct reading {
    struct arena *arena;
    struct error *err;
    struct vec(struct model_leaf) leaves;
    uint8_t has;
    bool nothing;   /* within an empty array, */
    uint32_t array; /* which begins there */
};

static enum model_class class_of(const struct type *type)
{
    switch (type->kind) {
    case TYPE_INT:
    case TYPE_ENUM:
    case TYPE_ENUM64: return MODEL_INTEGER;
    case TYPE_PTR: return MODEL_POINTER;
    case TYPE_FLOAT: return MODEL_FLOAT;
    case TYPE_COMPLEX: return MODEL_COMPLEX;
    case TYPE_VECTOR: return MODEL_VECTOR;
    case TYPE_STRUCT:
    case TYPE_UNION: return MODEL_RECORD;
    default: return MODEL_VOID;
    }
}

static int add_leaf(struct reading *rd, struct model_leaf leaf)
{
    if (rd->nothing)
        leaf = (struct model_leaf){
            .offset = leaf.offset, .align = leaf.align, .of = leaf.kind, .within = rd->array
        };
    if (rd->leaves.count >= LEAVES_MOST)
        return fail(rd->err, ANYBPF_E_UNSUPPORTED,
                    "a struct of up to %d bytes has more than %d parts", MODEL_LEAVES, LEAVES_MOST);
    vec_push(rd->arena, &rd->leaves, leaf);
    return 0;
}

static int add_field(struct reading *rd, enum model_class kind, const struct member *field,
                     uint32_t at, const struct type *record)
{
    uint32_t bit = field->bit_offset % 8, bits = field->bits ? field->bits : 1;
    return add_leaf(rd, (struct model_leaf){ .offset = at + field->bit_offset / 8,
                                             .kind = (uint8_t)kind,
                                             .size = (uint8_t)((bit + bits + 7) / 8),
                                             .align = 1,
                                             .bit = (uint8_t)bit,
                                             .bits = field->bits,
                                             .field = (uint8_t)field->type->size,
                                             .in_union = record->kind == TYPE_UNION,
                                             .of = MODEL_INTEGER,
                                             .within = at + (uint32_t)record->size });
}

static int add_leaves(struct reading *rd, const struct type *type, uint32_t at);

static int add_array(struct reading *rd, const struct type *array, uint32_t at)
{
    bool outer = rd->nothing;

    rd->has |= MODEL_HAS_ARRAY | (array->is_flexible ? MODEL_HAS_FLEXIBLE_ARRAY : 0);
    if (!array->count) {
        rd->has |= MODEL_HAS_EMPTY_ARRAY;
        rd->array = outer ? rd->array : at;
        rd->nothing = true;
        if (add_leaves(rd, array->to, at))
            return rd->err->code;
        rd->nothing = outer;
    } else if (!array->to->size) { /* all its elements lie in one place */
        rd->has |= MODEL_HAS_EMPTY_PART;
        return add_leaves(rd, array->to, at);
    }
    for (uint32_t i = 0; i < array->count; i++)
        if (add_leaves(rd, array->to, at + i * (uint32_t)array->to->size))
            return rd->err->code;
    return 0;
}

static int add_record(struct reading *rd, const struct type *record, uint32_t at)
{
    if (record->kind == TYPE_UNION)
        rd->has |= record->size ? MODEL_HAS_UNION : MODEL_HAS_EMPTY_PART;
    else if (!record->size)
        rd->has |= MODEL_HAS_EMPTY_STRUCT;
    for (uint32_t i = 0; i < record->count; i++) {
        const struct member *member = &record->members[i];
        uint32_t place = at + member->bit_offset / 8;
        if (!member->bits && !rd->nothing && place % member->type->align)
            rd->has |= MODEL_HAS_UNALIGNED;
        if (member->bits ? add_field(rd, MODEL_INTEGER, member, at, record)
                         : add_leaves(rd, member->type, place))
            return rd->err->code;
    }
    for (uint32_t i = 0; i < record->unnamed_count; i++)
        if (add_field(rd, MODEL_VOID, &record->unnamed[i], at, record))
            return rd->err->code;
    return 0;
}

/* The size is at most MODEL_LEAVES, or the leaves hold nothing. */
static int add_leaves(struct reading *rd, const struct type *type, uint32_t at)
{
    enum model_class class;

    type = type_strip(type);
    class = class_of(type);
    if (type->kind == TYPE_ARRAY)
        return add_array(rd, type, at);
    if (class == MODEL_RECORD)
        return add_record(rd, type, at);
    if (FAULT(model_complex, class == MODEL_COMPLEX, false))
        return add_leaves(rd, type->to, at) ||
                       add_leaves(rd, type->to, at + (uint32_t)type->to->size)
                   ? rd->err->code
                   : 0;
    return add_leaf(rd, (struct model_leaf){ .offset = at,
                                             .kind = (uint8_t)class,
                                             .size = (uint8_t)type->size,
                                             .align = (uint8_t)type->align });
}

/* What the types of its bit-fields ask for, those without a name included. */
static uint32_t field_align(const struct type *record)
{
    uint32_t align = 1;
    for (uint32_t i = 0; i < record->count + record->unnamed_count; i++) {
        const struct member *member =
            i < record->count ? &record->members[i] : &record->unnamed[i - record->count];
        if (member->bits && member->type->align > align)
            align = member->type->align;
    }
    return align;
}

static int read_value(struct arena *arena, const struct type *type, struct model_value *value,
                      struct error *err)
{
    struct reading rd = { .arena = arena, .err = err };

    type = type_strip(type);
    *value = (struct model_value){ .type = type,
                                   .name = "",
                                   .class = (uint8_t)class_of(type),
                                   .is_signed = type->is_signed,
                                   .size = type->size,
                                   .align = type->align,
                                   .natural = type->align };
    if (value->class == MODEL_RECORD) {
        value->natural = type->natural;
        value->field_align = field_align(type);
    }
    if (value->class == MODEL_VOID || type->size > MODEL_LEAVES)
        return 0;
    if (add_leaves(&rd, type, 0))
        return err->code;
    value->has = rd.has;
    value->leaves = rd.leaves.at;
    value->count = rd.leaves.count;
    return 0;
}

static int read_arg(struct arena *arena, const struct model *model, uint32_t i,
                    const struct type *type, struct model_value *arg, struct error *err)
{
    if (read_value(arena, type, arg, err))
        return err->code;
    if (arg->class == MODEL_VOID)
        return fail(err, ANYBPF_E_UNSUPPORTED, "%s: parameter %u has a type of unknown size",
                    model->name, i + 1);
    return 0;
}

int model_of_type(struct arena *arena, const struct type *type, const struct model **out,
                  struct error *err)
{
    struct model *model = arena_new_of(arena, struct model);
    const struct type *proto = type_strip(type);
    struct model_value *args;

    model->name = type->kind == TYPE_FUNC ? type->name : "";
    if (proto->kind == TYPE_FUNC)
        proto = proto->to;
    if (proto->kind != TYPE_FUNC_PROTO)
        return fail(err, ANYBPF_E_ARGUMENT, "%s %s is no function", type_kind_name(proto->kind),
                    type->name);
    args = arena_array_of(arena, proto->count, struct model_value);
    for (uint32_t i = 0; i < proto->count; i++) {
        if (read_arg(arena, model, i, proto->params[i].type, &args[i], err))
            return err->code;
        args[i].name = proto->params[i].name;
    }
    if (read_value(arena, proto->to, &model->result, err))
        return err->code;
    if (model->result.class == MODEL_VOID && model->result.type->kind != TYPE_VOID)
        return fail(err, ANYBPF_E_UNSUPPORTED, "%s: the result has a type of unknown size",
                    model->name);
    model->args = args;
    model->count = model->named = proto->count;
    model->is_variadic = proto->is_variadic;
    *out = model;
    return 0;
}

int model_of_call(struct arena *arena, const struct model *function,
                  const struct type *const *types, uint32_t count, const struct model **out,
                  struct error *err)
{
    struct model *model = arena_new_of(arena, struct model);
    struct model_value *args =
        arena_array_of(arena, (size_t)function->count + count, struct model_value);

    if (count && !function->is_variadic)
        return fail(err, ANYBPF_E_ARGUMENT, "%s takes no more than %u arguments", function->name,
                    function->count);
    if (function->count)
        memcpy(args, function->args, function->count * sizeof *args);
    for (uint32_t i = 0; i < count; i++)
        if (read_arg(arena, function, function->count + i, types[i], &args[function->count + i],
                     err))
            return err->code;
    *model = *function;
    model->args = args;
    model->count = function->count + count;
    *out = model;
    return 0;
}

int model_of_decl(struct arena *arena, struct types *types, const char *text,
                  const struct model **model, struct error *err)
{
    const struct type *func;
    int code = cdecl_function(types, text, &func, err);
    return code ? code : model_of_type(arena, func, model, err);
}
