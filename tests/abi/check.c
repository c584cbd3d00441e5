/* SPDX-License-Identifier: Apache-2.0 */
/* What registers and stack held, against what the layout says they hold. */
#include "abi/local.h"
#include <stdarg.h>

struct checking {
    const struct batch *batch;
    struct trial *trial;
    const struct record *record;
    const uint8_t *window;
    uint64_t window_at;
    uint32_t window_size;
    const char *of; /* "argument", "result" */
    uint32_t number;
};

static void say(struct checking *ck, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct checking *ck, const char *format, ...)
{
    char *text = ck->trial->fault;
    size_t size = sizeof ck->trial->fault;
    va_list args;

    if (text[0])
        return;
    snprintf(text, size, "%s %u: ", ck->of, ck->number);
    va_start(args, format);
    vsnprintf(text + strlen(text), size - strlen(text), format, args);
    va_end(args);
}

/* ---- Which bits of memory mean something ---- */

static void mask_field(const struct member *member, bool big, uint8_t *mask)
{
    for (uint32_t bit = member->bit_offset; bit < member->bit_offset + member->bits; bit++)
        mask[bit / 8] |= (uint8_t)(big ? 0x80 >> bit % 8 : 1 << bit % 8);
}

void check_mask(const struct type *type, bool big, uint8_t *mask)
{
    type = type_strip(type);
    switch (type->kind) {
    case TYPE_ARRAY:
        for (uint32_t i = 0; i < type->count; i++)
            check_mask(type->to, big, mask + i * type->to->size);
        break;
    case TYPE_STRUCT:
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->count; i++)
            if (type->members[i].bits)
                mask_field(&type->members[i], big, mask);
            else
                check_mask(type->members[i].type, big, mask + type->members[i].bit_offset / 8);
        break;
    case TYPE_COMPLEX:
        check_mask(type->to, big, mask);
        check_mask(type->to, big, mask + type->to->size);
        break;
    default: memset(mask, 0xff, type->size);
    }
}

/* The 80 bits of the x87 leave padding. */
void check_mask_x87(const struct type *type, uint8_t *mask)
{
    type = type_strip(type);
    if (type->kind == TYPE_FLOAT && type->size == 16)
        memset(mask + 10, 0, 6);
    else if (type->kind == TYPE_COMPLEX || type->kind == TYPE_ARRAY)
        for (uint32_t i = 0; i < type->size / (type->to->size ? type->to->size : 1); i++)
            check_mask_x87(type->to, mask + i * type->to->size);
    else if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        for (uint32_t i = 0; i < type->count; i++)
            if (!type->members[i].bits)
                check_mask_x87(type->members[i].type, mask + type->members[i].bit_offset / 8);
}

/* A _Bool is 0 or 1. */
void check_tame(const struct type *type, uint8_t *at)
{
    type = type_strip(type);
    if (type->kind == TYPE_ARRAY)
        for (uint32_t i = 0; i < type->count; i++)
            check_tame(type->to, at + i * type->to->size);
    else if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        for (uint32_t i = 0; i < type->count; i++)
            check_tame(type->members[i].type, at + type->members[i].bit_offset / 8);
    else if (type->is_bool)
        *at &= 1;
}

/* ---- Parts ---- */

/* The bytes in the stack window at that address; NULL: it lies elsewhere. */
static const uint8_t *find(const struct checking *ck, uint64_t address, uint64_t size)
{
    uint64_t at = address - ck->window_at;
    return at <= ck->window_size && size <= ck->window_size - at ? ck->window + at : NULL;
}

/* What the part's place holds; *room: bytes of it. Values in general registers of big-endian
 * processors are at its end. */
static const uint8_t *held(struct checking *ck, const struct layout_part *part, uint32_t *room)
{
    const struct toolchain *chain = ck->batch->chain;
    const struct record *record = ck->record;

    switch ((enum part_place)part->place) {
    case PART_X87: *room = 10; return record->x87 + 28 + part->reg * 10;
    case PART_STACK:
        *room = part->size < chain->conv->word ? chain->conv->word : part->size;
        return find(ck,
                    ck->window_at + chain->conv->stack_first + part->stack -
                        (chain->conv->big ? *room - part->size : 0),
                    *room);
    default:
        *room = chain->conv->word;
        if (part->reg < REG_VECTOR)
            return record->general[part->reg];
        *room = chain->vector_stride;
        if (*room < part->size)
            *room = part->size; /* words side by side */
        return record->vector + (part->reg - REG_VECTOR) * chain->vector_stride;
    }
}

static bool is_extended(const struct layout_part *part, const uint8_t *at, bool low_end, bool big)
{
    uint8_t top = low_end && big ? at[-0] : at[part->size - 1], wanted;
    if (part->extension == EXTEND_GARBAGE)
        return true;
    wanted =
        part->extension == EXTEND_ONES || (part->extension == EXTEND_SIGN && top & 0x80) ? 0xff : 0;
    for (uint32_t i = part->size; i < part->extended; i++)
        if ((big ? at[-(int)(i - part->size) - 1] : at[i]) != wanted)
            return false;
    return true;
}

static void check_part(struct checking *ck, const struct layout_part *part, const uint8_t *value,
                       const uint8_t *mask)
{
    const struct conv *conv = ck->batch->chain->conv;
    uint32_t room = 0;
    const uint8_t *at = held(ck, part, &room);
    bool right =
        conv->big && part->size < room && (part->place == PART_STACK || part->reg < REG_VECTOR);

    if (!at) {
        say(ck, "the stack has no byte %u", part->stack);
        return;
    }
    if (right)
        at += room - part->size;
    for (uint32_t i = 0; i < part->size; i++)
        if ((at[i] ^ value[part->offset + i]) & mask[part->offset + i]) {
            say(ck, "byte %u is not there", part->offset + i);
            return;
        }
    if (!is_extended(part, at, right, conv->big))
        say(ck, "the bits above are not extended");
}

static uint64_t pointer_in(struct checking *ck, const struct layout_part *part)
{
    const struct conv *conv = ck->batch->chain->conv;
    uint32_t room = 0;
    const uint8_t *at = held(ck, part, &room);
    if (!at)
        return 0;
    return conv->data->pointer == 8 ? bytes_u64_in(at, conv->big) : bytes_u32_in(at, conv->big);
}

/* Whether a copy or a result may lie there: gcc aligns them to no more than its frame is. */
static bool is_aligned(const struct checking *ck, const struct model_value *value, uint64_t address)
{
    uint32_t most = ck->batch->chain->conv->stack_align;
    return address % (most < value->align ? most : value->align) == 0;
}

static void check_memory(struct checking *ck, const struct model_value *value, uint64_t address,
                         const uint8_t *wanted, const uint8_t *mask)
{
    const uint8_t *at = find(ck, address, value->size);
    if (!at || !is_aligned(ck, value, address))
        say(ck, "no address of an aligned copy is there");
    else
        for (uint32_t i = 0; i < value->size; i++)
            if ((at[i] ^ wanted[i]) & mask[i])
                say(ck, "byte %u of the copy is wrong", i);
}

/* `address`: of an indirect one. */
static void check_value(struct checking *ck, const struct layout_value *value, uint64_t address,
                        const uint8_t *wanted)
{
    const struct conv *conv = ck->batch->chain->conv;
    const struct model_value *model = value->value;
    uint8_t mask[VALUE_MOST] = { 0 };
    uint8_t found[VALUE_MOST] = { 0 };

    check_mask(model->type, conv->big, mask);
    if (conv->x87)
        check_mask_x87(model->type, mask);
    if (value->indirect) {
        check_memory(ck, value->value, address, wanted, mask);
        return;
    }
    for (uint32_t i = 0; i < value->count; i++) {
        check_part(ck, &value->parts[i], wanted, mask);
        memset(found + value->parts[i].offset, 0xff, value->parts[i].size);
    }
    for (uint32_t i = 0; i < model->size; i++)
        if (mask[i] & ~found[i])
            say(ck, "byte %u lies nowhere", i);
}

/* ---- Calls and returns ---- */

static void check_result_address(struct checking *ck, const struct layout_value *result)
{
    uint64_t address = pointer_in(ck, &result->parts[0]);
    if (!find(ck, address, result->value->size) || !is_aligned(ck, result->value, address))
        say(ck, "no address of memory for the result is there");
}

void check_call(const struct batch *batch, struct trial *trial, const struct record *record,
                const uint8_t *window)
{
    const struct conv *conv = batch->chain->conv;
    struct checking ck = { .batch = batch,
                           .trial = trial,
                           .record = record,
                           .window = window,
                           .window_size = trial->window,
                           .of = "result" };
    const struct layout *layout = trial->layout;

    ck.window_at = conv->data->pointer == 8 ? bytes_u64_in(record->sp, conv->big)
                                            : bytes_u32_in(record->sp, conv->big);
    if (layout->result.indirect)
        check_result_address(&ck, &layout->result);
    ck.of = "argument";
    for (uint32_t i = 0; i < trial->model->count; i++) {
        ck.number = i + 1;
        check_value(&ck, &layout->args[i],
                    layout->args[i].indirect ? pointer_in(&ck, &layout->args[i].parts[0]) : 0,
                    batch->pool + trial->base + trial->pool[i]);
    }
    if ((ck.window_at + conv->stack_first) % layout->stack_align)
        say(&ck, "the stack is not aligned to %u", layout->stack_align);
}

void check_return(const struct batch *batch, struct trial *trial, const struct record *record,
                  const uint8_t *memory)
{
    const struct conv *conv = batch->chain->conv;
    const struct layout_value *result = &trial->layout->result;
    struct checking ck = { .batch = batch,
                           .trial = trial,
                           .record = record,
                           .window = memory,
                           .window_size = VALUE_MOST,
                           .of = "return" };

    if (!result->value || result->value->class == MODEL_VOID)
        return;
    ck.window_at = conv->data->pointer == 8 ? bytes_u64_in(record->sp, conv->big)
                                            : bytes_u32_in(record->sp, conv->big);
    if (result->indirect) { /* it is in memory, and perhaps its address in a register */
        struct layout_part back = { .place = PART_REG, .reg = trial->layout->hidden_back };
        if (back.reg != REG_NONE && pointer_in(&ck, &back) != ck.window_at)
            say(&ck, "the address is not given back");
    }
    check_value(&ck, result, ck.window_at, batch->pool + trial->result_pool);
}
