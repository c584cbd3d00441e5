/* SPDX-License-Identifier: Apache-2.0 */
/* Where a compiler does what no rule tells: doc/abi.md has each with its smallest prototype. Such
 * prototypes are left out. */
#include "abi/local.h"

static bool has_vector(const struct model_value *value)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (value->leaves[i].kind == MODEL_VECTOR)
            return true;
    return false;
}

/* A struct of nothing but unnamed bit-fields. */
static bool is_unnamed_only(const struct type *type)
{
    return (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && !type->count &&
           type->unnamed_count;
}

/* Whether a record contains, at any depth, a type for which is() holds. */
static bool contains(const struct type *type, bool (*is)(const struct type *type))
{
    type = type_strip(type);
    if (is(type))
        return true;
    if (type->kind == TYPE_ARRAY)
        return contains(type->to, is);
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        for (uint32_t i = 0; i < type->count; i++)
            if (contains(type->members[i].type, is))
                return true;
    return false;
}

/* clang 19, x86-64: in a union larger than 16 bytes, beside a vector, some members count as
 * nothing. */
static bool is_vector_union(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->size > 16 && has_vector(value) && value->has & MODEL_HAS_UNION;
}

/* gcc 12, x86-64: a variadic call's further vectors of more than 16 bytes are on the stack, but in
 * unions they are not. */
static bool is_wide_union_unnamed(const struct model *model, const struct model_value *value)
{
    return model->is_variadic && is_vector_union(model, value);
}

/* gcc 12, x86-64: a function that returns such a union ends with vzeroupper, which takes away all
 * but 16 bytes of it. */
static bool is_wide_union_returned(const struct model *model, const struct model_value *value)
{
    return value == &model->result && is_vector_union(model, value);
}

/* Whether a value of the type has a member in a byte. */
static bool covers(const struct type *type, uint64_t byte)
{
    type = type_strip(type);
    if (byte >= type->size)
        return false;
    if (type->kind == TYPE_ARRAY)
        return type->to->size && covers(type->to, byte % type->to->size);
    if (type->kind != TYPE_STRUCT && type->kind != TYPE_UNION)
        return true;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct member *m = &type->members[i];
        uint64_t first = m->bit_offset / 8;
        if (m->bits ? byte >= first && byte <= (m->bit_offset + m->bits - 1) / 8
                    : byte >= first && covers(m->type, byte - first))
            return true;
    }
    return false;
}

/* clang 19, x86-64: where one member of a union ends in the middle of eight bytes, or has a hole
 * there, floats of another one are not passed. */
static bool is_gap_union(const struct type *type)
{
    for (uint64_t half = 4; type->kind == TYPE_UNION && half < type->size; half += 8)
        for (uint32_t i = 0; i < type->count; i++)
            if (covers(type->members[i].type, half - 4) && !covers(type->members[i].type, half) &&
                covers(type, half))
                return true;
    return false;
}
static bool is_union_of_floats(const struct model *model, const struct model_value *value)
{
    bool floats = false;
    (void)model;
    for (uint32_t i = 0; i < value->count; i++)
        floats |= value->leaves[i].kind == MODEL_FLOAT;
    return floats && value->size > 8 && contains(value->type, is_gap_union);
}

/* gcc 12, x86-64: a bit-field of a union is to be aligned as the smallest integer that holds it, or
 * the whole is in memory. */
static bool is_union_of_field(const struct model *model, const struct model_value *value)
{
    (void)model;
    for (uint32_t i = 0; value->has & MODEL_HAS_UNION && i < value->count; i++) {
        const struct model_leaf *leaf = &value->leaves[i];
        uint32_t size = leaf->bits > 32 ? 8 : leaf->bits > 16 ? 4 : leaf->bits > 8 ? 2 : 1;
        if (leaf->bits && leaf->offset % size)
            return true;
    }
    return false;
}

/* gcc 12, x86-64: a bit-field as wide as a whole number is one: the rest is in memory if the struct
 * that it is in, and does not align, has it astride. */
static bool is_whole_and_astride(const struct model *model, const struct model_value *value)
{
    (void)model;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct model_leaf *leaf = &value->leaves[i];
        bool whole = leaf->bits == 16 || leaf->bits == 32 || leaf->bits == 64;
        if (whole && !leaf->bit && leaf->offset % (leaf->bits / 8))
            return true;
    }
    return false;
}

/* clang 19, x86-64: it divides by the size of an element when it looks for a second float, and
 * ends. */
static bool is_array_of_empty(const struct type *type)
{
    return type->kind == TYPE_ARRAY && !type->to->size;
}
static bool is_float_before_empty(const struct model *model, const struct model_value *value)
{
    bool floats = false;
    (void)model;
    for (uint32_t i = 0; i < value->count; i++)
        floats |= value->leaves[i].kind == MODEL_FLOAT;
    return floats && value->size > 8 && value->size <= 16 &&
           contains(value->type, is_array_of_empty);
}

/* clang 19, x86-64: a variadic function's named wide vector, which is on the stack, counts as a
 * register when records ask whether they still fit. */
static bool is_wide_and_named(const struct model *model, const struct model_value *value)
{
    return model->is_variadic && value->size > 16 && has_vector(value) && model->count > 4;
}

/* clang 19, x86-64: after an __int128 that finds one register left, a call puts what follows on the
 * stack, and va_arg() takes it from the register. */
static bool is_wide_and_variadic(const struct model *model, const struct model_value *value)
{
    return model->is_variadic && value != &model->result && value->class == MODEL_INTEGER &&
           value->size == 16;
}

/* gcc 12, x86-64: where no register is left a call gives a struct of nothing but unnamed bit-fields
 * no stack, but va_arg() takes it from there. */
static bool is_unnamed_and_variadic(const struct model *model, const struct model_value *value)
{
    return model->is_variadic && value != &model->result && value->class == MODEL_RECORD &&
           is_unnamed_only(type_strip(value->type));
}

/* gcc 12, x86-64: va_arg() of an over-aligned record takes it from where registers were saved as if
 * it were aligned there. */
static bool is_aligned_and_variadic(const struct model *model, const struct model_value *value)
{
    return model->is_variadic && value != &model->result && value->class == MODEL_RECORD &&
           value->align >= 16 && value->size <= 16;
}

/* gcc 12: what has the machine mode of a complex number or a vector is one. */
static bool has_mode(const struct type *type)
{
    return type->kind == TYPE_COMPLEX || type->kind == TYPE_VECTOR;
}
static bool is_by_mode(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->class == MODEL_RECORD && value->has & MODEL_HAS_EMPTY_ARRAY &&
           contains(value->type, has_mode);
}

/* clang 19, RISC-V: a float behind a bit-field is looked for behind the whole type of the field. */
static bool is_float_behind_field(const struct model *model, const struct model_value *value)
{
    (void)model;
    for (uint32_t i = 0; value->class == MODEL_RECORD && i < value->count; i++)
        for (uint32_t k = 0; k < value->count; k++) {
            const struct model_leaf *field = &value->leaves[i], *f = &value->leaves[k];
            if (field->bits && f->kind == MODEL_FLOAT && f->offset > field->offset &&
                f->offset < field->offset + field->field)
                return true;
        }
    return false;
}

/* clang 19, RISC-V: such a struct counts as nothing within another. */
static bool has_unnamed_only(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->class == MODEL_RECORD && value->type->count &&
           contains(value->type, is_unnamed_only);
}

/* clang 19, Arm without a vector unit: each element takes a register. */
static bool is_vector_of_small(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->class == MODEL_VECTOR && value->type->to->size < 4;
}

/* clang 19, Arm: an empty array ends the likeness of floats, but not within a struct of nothing
 * else. */
static bool is_of_empty_arrays(const struct type *type)
{
    return (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && type->count && !type->size;
}
static bool has_only_empty_arrays(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->has & MODEL_HAS_EMPTY_ARRAY && contains(value->type, is_of_empty_arrays);
}

/* clang 19, Arm: with an array of empty structs floats of one type do not stay together. */
static bool is_torn(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->has & MODEL_HAS_EMPTY_PART && value->count > 1 &&
           (value->leaves[0].kind == MODEL_FLOAT || value->leaves[0].kind == MODEL_VECTOR);
}

/* gcc 12, RISC-V and Arm: an over-aligned empty struct that finds no register left aligns the
 * stack. */
static bool is_empty_and_aligned(const struct model *model, const struct model_value *value)
{
    (void)model;
    return value->class == MODEL_RECORD && !value->size && value->align > 4;
}

static const struct known {
    const char *toolchain;
    bool (*applies)(const struct model *model, const struct model_value *value);
} knowns[] = {
    { "x86_64-gcc", is_wide_union_unnamed },
    { "x86_64-gcc", is_wide_union_returned },
    { "x86_64-gcc", is_union_of_field },
    { "x86_64-gcc", is_whole_and_astride },
    { "x86_64-gcc", is_aligned_and_variadic },
    { "x86_64-gcc", is_unnamed_and_variadic },
    { "x86_64-clang", is_union_of_floats },
    { "x86_64-clang", is_vector_union },
    { "x86_64-clang", is_float_before_empty },
    { "x86_64-clang", is_wide_and_named },
    { "x86_64-clang", is_wide_and_variadic },
    { "arm64-gcc", is_by_mode },
    { "arm32-gcc", is_by_mode },
    { "arm32-gcc", is_empty_and_aligned },
    { "arm32-soft-gcc", is_empty_and_aligned },
    { "riscv64-gcc", is_by_mode },
    { "riscv64-gcc", is_empty_and_aligned },
    { "riscv64-soft-gcc", is_empty_and_aligned },
    { "riscv64-clang", is_float_behind_field },
    { "riscv64-clang", has_unnamed_only },
    { "arm64-clang", has_only_empty_arrays },
    { "arm32-clang", has_only_empty_arrays },
    { "arm32-clang", is_torn },
    { "arm32-soft-clang", is_vector_of_small },
};

bool known_is_in(const struct toolchain *chain, const struct model *model)
{
    for (size_t k = 0; k < sizeof knowns / sizeof *knowns; k++) {
        if (strcmp(knowns[k].toolchain, chain->name))
            continue;
        if (knowns[k].applies(model, &model->result))
            return true;
        for (uint32_t i = 0; i < model->count; i++)
            if (knowns[k].applies(model, &model->args[i]))
                return true;
    }
    return false;
}
