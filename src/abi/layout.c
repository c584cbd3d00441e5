/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a prototype lie: one routine for arguments and for results, over the facts of
 * a convention's row.
 *
 * A value is first planned: as parts in registers of certain kinds, as words in general registers,
 * on the stack, or by reference. Then it takes what is left of registers. A result is planned and
 * placed the same way, from registers of its own; one that does not fit is in memory. */
#include "abi/abi.h"
#include "base/planted.h"

enum { UNITS = 4, EIGHTBYTES = 2 };
#define STACK_MOST ((uint64_t)1 << 31)

enum reg_kind { KIND_GENERAL, KIND_VECTOR, KIND_WIDE };

struct unit { /* a part that wants a register of a kind */
    enum reg_kind kind;
    uint32_t offset, size;
};

enum plan_kind { PLAN_WORDS, PLAN_UNITS, PLAN_STACK, PLAN_REFERENCE, PLAN_X87 };

struct plan {
    enum plan_kind kind;
    uint32_t count;
    struct unit units[UNITS];
};

struct placing { /* of the arguments, or of the result */
    struct arena *arena;
    const struct conv *conv;
    const struct conv_regs *regs;
    bool is_result, is_variadic;
    bool unnamed;           /* the argument at hand is a variadic call's */
    uint32_t general, wide; /* taken so far: in order */
    bool closed;            /* general ones are counted but not given */
    uint32_t vector;        /* a bit for each taken */
    uint64_t stack;
    uint32_t align;                       /* of the first of the stack */
    uint64_t used;                        /* registers */
    struct vec(struct layout_part) parts; /* of the value at hand */
};

static uint64_t round_up(uint64_t value, uint64_t step)
{
    return (value + step - 1) / step * step;
}

static bool is_record(const struct model_value *value)
{
    return value->class == MODEL_RECORD || value->class == MODEL_COMPLEX;
}

/* ---- Plans ---- */

static bool holds_nothing(const struct type *type)
{
    type = type_strip(type);
    if (type->kind == TYPE_ARRAY)
        return !type->count || holds_nothing(type->to);
    if (type->kind != TYPE_STRUCT && type->kind != TYPE_UNION)
        return false;
    for (uint32_t i = 0; i < type->count; i++)
        if (type->members[i].bits || !holds_nothing(type->members[i].type))
            return false;
    return true;
}

/* A record of nothing but unnamed bit-fields, empty arrays and such records, of any size. */
static bool is_empty(const struct model_value *value)
{
    return value->class == MODEL_RECORD && holds_nothing(value->type);
}

static void add_unit(struct plan *plan, enum reg_kind kind, uint32_t offset, uint32_t size)
{
    plan->kind = PLAN_UNITS;
    plan->units[plan->count++] = (struct unit){ kind, offset, size };
}

enum class { CLASS_NONE, CLASS_INTEGER, CLASS_SSE, CLASS_SSE_UP, CLASS_X87, CLASS_X87_UP };

/* AMD64 psABI 3.2.3, "Classification", step 4; false: MEMORY. */
static bool merge(enum class *into, enum class class)
{
    if (*into == class || class == CLASS_NONE)
        return true;
    if (*into == CLASS_NONE || FAULT(layout_merge, class == CLASS_INTEGER, class == CLASS_SSE))
        *into = class;
    else if (*into != CLASS_INTEGER && (*into >= CLASS_X87 || class >= CLASS_X87))
        return false;
    else if (*into != CLASS_INTEGER)
        *into = CLASS_SSE;
    return true;
}

/* Whether gcc takes what holds nothing into account: bit-fields without a name, and an empty array
 * that begins within an eightbyte, as one element. */
static bool counts(const struct conv *conv, const struct model_leaf *leaf)
{
    if (!conv->unnamed_fields)
        return false;
    return leaf->field ? leaf->bits || leaf->in_union : leaf->within % 8 != 0;
}

static bool classify(const struct placing *pl, const struct model_leaf *leaf, enum class classes[8])
{
    const struct conv *conv = pl->conv;
    bool is_x87 = leaf->kind == MODEL_FLOAT && leaf->size == 16;
    bool imagined = leaf->kind == MODEL_VOID && !leaf->field; /* by an empty array */
    uint8_t kind = leaf->kind == MODEL_VOID ? leaf->of : leaf->kind;
    uint32_t first = leaf->offset / 8, last = (leaf->offset + leaf->size - (leaf->size > 0)) / 8;
    if (leaf->kind == MODEL_VOID && !counts(conv, leaf))
        return true;
    if (!leaf->bits && FAULT(layout_unaligned, leaf->offset % leaf->align, 0))
        return false; /* "unaligned fields" */
    if (imagined && leaf->offset - leaf->within >= 16)
        return false; /* the element by itself is in memory */
    if (imagined && first != leaf->within / 8)
        return true;
    if (leaf->kind == MODEL_VECTOR &&
        leaf->size > (FAULT(layout_unnamed_vector, pl->unnamed, false) ? conv->unnamed_most
                                                                       : conv->vector_most))
        return false;
    for (uint32_t i = first; i <= last; i++) {
        enum class class = CLASS_INTEGER;
        if (is_x87)
            class = i == first ? CLASS_X87 : CLASS_X87_UP;
        else if (kind == MODEL_FLOAT || kind == MODEL_VECTOR)
            class = i == first ? CLASS_SSE : CLASS_SSE_UP;
        if (!merge(&classes[i], class))
            return false;
    }
    return true;
}

/* Step 5 (b): x87's second half without the first. */
static bool is_torn(const enum class classes[8])
{
    for (unsigned i = 0; i < 8; i++)
        if (classes[i] == CLASS_X87_UP && (!i || classes[i - 1] != CLASS_X87))
            return true;
    return false;
}

/* Records within are classified by themselves first; *leaf: the first of the type. */
static bool classify_type(const struct placing *pl, const struct type *type,
                          const struct model_leaf **leaf, enum class classes[8])
{
    enum class own[8] = { CLASS_NONE };

    type = type_strip(type);
    if (type->kind == TYPE_ARRAY) {
        for (uint64_t i = type->count && type->to->size ? type->count : 1; i--;)
            if (!classify_type(pl, type->to, leaf, classes))
                return false;
        return true;
    }
    if (type->kind == TYPE_COMPLEX)
        return classify(pl, (*leaf)++, classes) && classify(pl, (*leaf)++, classes);
    if (type->kind != TYPE_STRUCT && type->kind != TYPE_UNION)
        return classify(pl, (*leaf)++, classes);
    for (uint32_t i = 0; i < type->count; i++)
        if (type->members[i].bits ? !classify(pl, (*leaf)++, own)
                                  : !classify_type(pl, type->members[i].type, leaf, own))
            return false;
    for (uint32_t i = 0; i < type->unnamed_count; i++)
        if (!classify(pl, (*leaf)++, own))
            return false;
    for (unsigned i = 0; type->size && i < 8; i++)
        if (!merge(&classes[i], own[i]))
            return false;
    return !is_torn(own);
}

static void plan_eightbytes(const struct placing *pl, const struct model_value *value,
                            struct plan *plan)
{
    const struct conv *conv = pl->conv;
    enum class classes[8] = { CLASS_NONE };
    const struct model_leaf *leaf = value->leaves;
    uint32_t count = (uint32_t)(value->size + 7) / 8;

    plan->kind = PLAN_STACK;
    if (value->size > MODEL_LEAVES ||
        (value->has & MODEL_HAS_FLEXIBLE_ARRAY && conv->flexible_in_memory) ||
        (value->has & MODEL_HAS_UNALIGNED && conv->strict_members) ||
        (value->has & MODEL_HAS_EMPTY && conv->strict_members && count > EIGHTBYTES))
        return;
    if (pl->is_result && value->class == MODEL_COMPLEX && value->size == 32) {
        plan->kind = PLAN_X87;
        return;
    }
    if (is_record(value) ? !classify_type(pl, value->type, &leaf, classes)
                         : !classify(pl, leaf, classes))
        return;
    for (uint32_t i = 0; i < count && count > EIGHTBYTES; i++) /* step 5 (c) */
        if (classes[i] != (i ? CLASS_SSE_UP : CLASS_SSE))
            return;
    if (classes[0] == CLASS_X87) {
        plan->kind = FAULT(layout_x87, pl->is_result, false) ? PLAN_X87 : PLAN_STACK;
        return;
    }
    plan->kind = PLAN_UNITS;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = (uint32_t)value->size - i * 8;
        if (classes[i] == CLASS_SSE_UP && plan->count && plan->units[plan->count - 1].kind)
            plan->units[plan->count - 1].size += 8;
        else if (classes[i] != CLASS_NONE)
            add_unit(plan, classes[i] == CLASS_INTEGER ? KIND_GENERAL : KIND_VECTOR, i * 8,
                     left < 8 ? left : 8);
    }
}

/* AAPCS64 5.9.5, AAPCS32 5.3.5: one to four members of one type of float or vector. */
static void plan_homogeneous(const struct conv *conv, const struct model_value *value,
                             struct plan *plan)
{
    const struct model_leaf *first = NULL;
    uint32_t count, covered = 0;

    for (uint32_t i = 0; i < value->count; i++) {
        const struct model_leaf *leaf = &value->leaves[i];
        if (leaf->kind == MODEL_VOID && !leaf->bits && (conv->ignores_unnamed || !leaf->in_union))
            continue;
        first = first ? first : leaf;
        if ((leaf->kind != MODEL_FLOAT && leaf->kind != MODEL_VECTOR) ||
            leaf->kind != first->kind || leaf->size != first->size ||
            (leaf->kind == MODEL_VECTOR && leaf->size > conv->vector_most) ||
            leaf->offset / leaf->size >= UNITS)
            return;
        covered |= 1u << leaf->offset / leaf->size;
    }
    if (!first || FAULT(layout_empty_array, value->has & MODEL_HAS_EMPTY_ARRAY, false))
        return;
    count = (uint32_t)value->size / first->size;
    if (count > FAULT(layout_homogeneous, UNITS, UNITS - 1u) ||
        count * first->size != value->size ||
        FAULT(layout_padding, covered != (1u << count) - 1, false))
        return; /* there is padding */
    for (uint32_t at = 0; at < value->size; at += first->size)
        add_unit(plan, KIND_VECTOR, at, first->size);
}

/* Whether a bit-field of width 0 stands before the second of two numbers, which is in the same
 * record or in a part of it. */
static bool is_divided(const struct model_value *value, const struct plan *flat)
{
    uint32_t a = flat->units[0].offset, b = flat->units[1].offset, second = a > b ? a : b;
    for (uint32_t i = 0; i < value->count && flat->count == 2; i++) {
        const struct model_leaf *leaf = &value->leaves[i];
        if (leaf->field && !leaf->bits && leaf->offset <= second && second < leaf->within)
            return true;
    }
    return false;
}

/* RISC-V psABI, "Hardware Floating-point Calling Convention". */
static void plan_flattened(const struct conv *conv, const struct model_value *value,
                           struct plan *plan)
{
    struct plan flat = { PLAN_UNITS, 0, { { 0 } } };
    bool floats = false;

    if (FAULT(layout_union, value->has & MODEL_HAS_UNION, 0) ||
        value->has & MODEL_HAS_FLEXIBLE_ARRAY)
        return;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct model_leaf *leaf = &value->leaves[i];
        bool is_float = leaf->kind == MODEL_FLOAT;
        if (leaf->kind == MODEL_VOID && !leaf->bits)
            continue;
        if (flat.count == 2 ||
            (!is_float && leaf->kind != MODEL_INTEGER && leaf->kind != MODEL_VOID) ||
            leaf->size > conv->word)
            return;
        floats |= is_float;
        add_unit(&flat, is_float ? KIND_VECTOR : KIND_GENERAL, leaf->offset, leaf->size);
    }
    if (!conv->flattens_empty && value->has & (MODEL_HAS_EMPTY_PART | MODEL_HAS_EMPTY_ARRAY) &&
        (flat.count != 1 || flat.units[0].size != value->size || value->align < value->size))
        return; /* gcc: unless the whole has the machine mode of its one float */
    if (conv->flattens_empty && is_divided(value, &flat))
        return;
    if (floats)
        *plan = flat;
}

static void plan_single(const struct placing *pl, const struct model_value *value,
                        struct plan *plan)
{
    const struct conv *conv = pl->conv;
    const struct model_leaf *leaf = value->leaves;
    if (value->count != 1 || value->has)
        return;
    if (leaf->kind == MODEL_FLOAT && value->size <= conv->word)
        add_unit(plan, KIND_VECTOR, 0, (uint32_t)value->size);
    else if (leaf->size != value->size)
        return;
    else if (leaf->kind == MODEL_VECTOR && leaf->size <= conv->vector_most && pl->unnamed)
        plan->kind = PLAN_STACK;
    else if (leaf->kind == MODEL_VECTOR && leaf->size <= conv->vector_most)
        add_unit(plan, KIND_WIDE, 0, leaf->size);
}

/* Whether it is passed as a pointer to a copy. */
static bool by_reference(const struct conv *conv, const struct model_value *value)
{
    if (!conv->value_most)
        return false;
    if (conv->flexible_in_memory && value->has & MODEL_HAS_FLEXIBLE_ARRAY)
        return true;
    if (value->size >= FAULT(layout_reference, conv->value_most + 1u, conv->value_most) ||
        (conv->value_powers && value->class == MODEL_COMPLEX))
        return true;
    return conv->value_powers &&
           (!value->size || FAULT(layout_powers, value->size & (value->size - 1), 0));
}

static struct plan plan_of(const struct placing *pl, const struct model_value *value)
{
    const struct conv *conv = pl->conv;
    struct plan plan = { PLAN_WORDS, 0, { { 0 } } };

    if (conv->ignores_unnamed && is_empty(value)) {
        plan.kind = PLAN_UNITS;
        return plan;
    }
    switch (pl->unnamed ? conv->unnamed_records : conv->records) {
    case RECORDS_EIGHTBYTES: plan_eightbytes(pl, value, &plan); return plan;
    case RECORDS_HOMOGENEOUS: plan_homogeneous(conv, value, &plan); break;
    case RECORDS_FLATTENED: plan_flattened(conv, value, &plan); break;
    case RECORDS_SINGLE: plan_single(pl, value, &plan); break;
    default: break;
    }
    if (plan.kind == PLAN_WORDS && by_reference(conv, value))
        plan.kind = PLAN_REFERENCE;
    if (pl->is_result && is_record(value) &&
        (plan.kind == PLAN_WORDS ? value->size > FAULT(layout_result, conv->result_most, 16)
                                 : !conv->result_most))
        plan.kind = PLAN_REFERENCE;
    return plan;
}

/* ---- Places ---- */

static void add_part(struct placing *pl, struct layout_part part)
{
    if (part.place == PART_REG)
        pl->used |= REG_BIT(part.reg);
    vec_push(pl->arena, &pl->parts, part);
}

static void to_stack(struct placing *pl, uint64_t size, uint32_t align, uint32_t offset)
{
    const struct conv *conv = pl->conv;
    uint32_t justify = FAULT(layout_justify, conv->big, false) && size < conv->word
                           ? conv->word - (uint32_t)size
                           : 0;

    if (align < conv->word)
        align = conv->word;
    if (conv->slot_most && align > conv->slot_most)
        align = conv->slot_most;
    if (align > pl->align)
        pl->align = align;
    pl->stack = FAULT(layout_stack_align, round_up(pl->stack, align), pl->stack);
    if (size && pl->stack < STACK_MOST)
        add_part(pl, (struct layout_part){ .place = PART_STACK,
                                           .stack = (uint32_t)pl->stack + justify,
                                           .offset = offset,
                                           .size = (uint32_t)size });
    pl->stack += round_up(size, conv->word);
}

static void to_words(struct placing *pl, uint64_t size, uint32_t align)
{
    const struct conv *conv = pl->conv;
    const struct reg_list *regs = &pl->regs->general;
    uint64_t words = round_up(size, conv->word) / conv->word, left, offset = 0;

    if ((conv->pairs == PAIRS_EVEN || (conv->pairs == PAIRS_EVEN_UNNAMED && pl->unnamed)) &&
        align >= 2 * conv->word && words && !pl->is_result)
        pl->general += FAULT(layout_pairs, pl->general & 1, 0);
    left = pl->general < regs->count ? regs->count - pl->general : 0;
    if (words > left && !(conv->splits == SPLITS_ALWAYS ||
                          (conv->splits == SPLITS_FIRST && FAULT(layout_splits, !pl->stack, true) &&
                           !pl->is_result)))
        left = 0;
    for (; left && offset < size; left--, offset += conv->word)
        add_part(pl, (struct layout_part){ .place = PART_REG,
                                           .reg = regs->at[pl->general++],
                                           .offset = (uint32_t)offset,
                                           .size = size - offset < conv->word
                                                       ? (uint32_t)(size - offset)
                                                       : conv->word });
    if (offset < size) {
        if (FAULT(layout_closes, conv->closes, false))
            pl->general = regs->count;
        to_stack(pl, size - offset, offset ? conv->word : align, (uint32_t)offset);
    }
}

/* Marks as taken the first so many free registers that stand side by side, `each` of them for one
 * unit, and returns their index in the list; -1: there are none. */
static int take_vectors(struct placing *pl, uint32_t units, uint32_t each)
{
    uint32_t count = units * each, mask = (1u << count) - 1;

    for (uint32_t i = 0; i + count <= pl->regs->vector.count; i += each)
        if (!(pl->vector >> i & FAULT(layout_backfill, mask, ~0u))) {
            pl->vector |= mask << i;
            return (int)i;
        }
    return -1;
}

/* Whether all units found registers; none is taken if not. */
static bool to_units(struct placing *pl, const struct plan *plan)
{
    const struct conv_regs *regs = pl->regs;
    uint32_t wanted[3] = { 0 }, each = 1;
    int vector = 0;

    for (uint32_t i = 0; i < plan->count; i++)
        wanted[plan->units[i].kind]++;
    if (pl->conv->vectors_are_words && plan->count)
        each = plan->units[0].size / pl->conv->word;
    if (pl->general + FAULT(layout_all_or_none, wanted[KIND_GENERAL], wanted[KIND_GENERAL] > 0) >
            regs->general.count ||
        pl->wide + wanted[KIND_WIDE] > regs->wide.count)
        return false;
    if (wanted[KIND_VECTOR] && (vector = take_vectors(pl, wanted[KIND_VECTOR], each)) < 0)
        return false;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct unit *unit = &plan->units[i];
        struct layout_part part = { .place = PART_REG, .offset = unit->offset, .size = unit->size };
        if (unit->kind == KIND_GENERAL && pl->closed) {
            pl->general++;
            to_stack(pl, unit->size, 0, unit->offset);
            continue;
        }
        if (unit->kind == KIND_GENERAL)
            part.reg = regs->general.at[pl->general++];
        else if (unit->kind == KIND_WIDE)
            part.reg = regs->wide.at[pl->wide++];
        else {
            part.reg = regs->vector.at[vector];
            vector += (int)each;
        }
        add_part(pl, part);
    }
    return true;
}

/* ---- Values ---- */

/* What the convention promises about the bits above a number. */
static void extend(const struct placing *pl, const struct model_value *value)
{
    const struct conv *conv = pl->conv;
    uint8_t to = pl->is_result ? conv->extends_results : conv->extends_args;

    for (uint32_t i = 0; i < pl->parts.count; i++) {
        struct layout_part *part = &pl->parts.at[i];
        part->extended = part->size < 255 ? (uint8_t)part->size : 255;
        if (value->class == MODEL_INTEGER && part->size < to) {
            part->extended = to;
            part->extension =
                FAULT(layout_sign, value->is_signed, false) ||
                        (FAULT(layout_sign32, conv->extends_sign, false) && part->size == 4)
                    ? EXTEND_SIGN
                    : EXTEND_ZERO;
        } else if (conv->boxes_floats && part->place == PART_REG && part->reg >= REG_VECTOR &&
                   part->size < conv->word) {
            part->extended = conv->word;
            part->extension = FAULT(layout_boxes, EXTEND_ONES, EXTEND_ZERO);
        }
    }
}

static void to_reference(struct placing *pl, struct layout_value *out)
{
    uint32_t size = pl->conv->data->pointer;
    out->indirect = true;
    to_words(pl, size, size);
}

static void to_x87(struct placing *pl, const struct model_value *value)
{
    for (uint32_t at = 0; at < value->size; at += 16)
        add_part(pl, (struct layout_part){
                         .place = PART_X87, .reg = (uint8_t)(at / 16), .offset = at, .size = 10 });
}

static void place(struct placing *pl, const struct model_value *value, struct layout_value *out)
{
    const struct conv *conv = pl->conv;
    struct plan plan = plan_of(pl, value);
    bool nowhere = conv->unnamed_fields && is_empty(value); /* gcc: no stack, that is */
    uint32_t align =
        FAULT(layout_natural, conv->aligns_natural, false) ? value->natural : value->align;
    if (conv->aligns_fields && align < value->field_align)
        align = value->field_align;
    *out = (struct layout_value){ .value = value };
    pl->parts.at = NULL;
    pl->parts.count = pl->parts.room = 0;
    switch (plan.kind) {
    case PLAN_UNITS:
        if (to_units(pl, &plan))
            break;
        if (conv->closes_int128 && value->class == MODEL_INTEGER && value->size == 16)
            pl->closed = true;
        if (FAULT(layout_closes_vectors, conv->closes, false))
            pl->vector = UINT32_MAX;
        if (conv->float_takes_words && value->size > conv->value_most)
            to_reference(pl, out);
        else if (conv->float_takes_words)
            to_words(pl, value->size, align);
        else if (!nowhere)
            to_stack(pl, value->size,
                     conv->aligns_units && align < plan.units[0].size ? plan.units[0].size : align,
                     0);
        break;
    case PLAN_WORDS: to_words(pl, value->size, align); break;
    case PLAN_X87: to_x87(pl, value); break;
    case PLAN_REFERENCE: to_reference(pl, out); break;
    default:
        if (!nowhere)
            to_stack(pl, value->size, align, 0);
    }
    extend(pl, value);
    out->parts = pl->parts.at;
    out->count = (uint8_t)pl->parts.count;
}

/* A result that found no registers is in memory: its address is the first argument. */
static void place_result(struct placing *args, const struct conv *conv, const struct model *model,
                         struct layout *layout)
{
    struct placing pl = {
        .arena = args->arena,
        .conv = conv,
        .regs = &conv->results,
        .is_result = true,
        .unnamed = conv->unnamed_result && model->is_variadic,
    };
    struct layout_part part = { .place = PART_REG, .size = conv->data->pointer };

    layout->hidden_back = REG_NONE;
    layout->result.value = &model->result;
    if (model->result.class == MODEL_VOID || (conv->unnamed_fields && is_empty(&model->result)))
        return;
    place(&pl, &model->result, &layout->result);
    if (!pl.stack && !layout->result.indirect)
        return;
    part.reg = conv->hidden != REG_NONE ? conv->hidden : conv->args.general.at[args->general++];
    part.extended = (uint8_t)part.size;
    args->parts.count = 0;
    add_part(args, part);
    layout->result.indirect = true;
    layout->result.parts = args->parts.at;
    layout->result.count = 1;
    layout->hidden_back = conv->hidden_back;
}

int layout_of(struct arena *arena, const struct conv *conv, const struct model *model,
              const struct layout **out, struct error *err)
{
    struct layout *layout = arena_new_of(arena, struct layout);
    struct layout_value *args = arena_array_of(arena, model->count, struct layout_value);
    struct placing pl = {
        .arena = arena, .conv = conv, .regs = &conv->args, .align = conv->stack_align
    };

    place_result(&pl, conv, model, layout);
    for (uint32_t i = 0; i < model->count; i++) {
        pl.unnamed = FAULT(layout_unnamed, i >= model->named, false) ||
                     (conv->unnamed_all && model->is_variadic);
        place(&pl, &model->args[i], &args[i]);
        if (pl.stack > STACK_MOST)
            return fail(err, ANYBPF_E_UNSUPPORTED, "%s: the arguments are larger than 2 GiB",
                        model->name);
    }
    layout->conv = conv;
    layout->model = model;
    layout->args = args;
    layout->regs = pl.used;
    layout->stack_size = (uint32_t)pl.stack;
    layout->stack_align = pl.align;
    *out = layout;
    return 0;
}
