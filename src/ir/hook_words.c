/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a hook's context, made of the registers and stack places where the arguments and the
 * result are; those that the program does not read are not made. */
#include "base/planted.h"
#include "ir/local.h"
#include "rt/rt.h"

enum { COPY_MAX = 1024 };

uint32_t hook_take(struct hooking *h, uint64_t size)
{
    uint32_t at = h->hook.area;
    h->hook.area += (uint32_t)(size + 15) & ~15u;
    return at;
}

uint32_t hook_area(struct build *b, uint32_t at)
{
    return maker_node(&b->maker, &(struct node){ .op = IR_AREA, .imm = at });
}

/* The first `size` bytes there, at most 8, the rest 0. */
static uint32_t load_bytes(struct build *b, uint32_t base, int64_t at, uint32_t size)
{
    struct maker *maker = &b->maker;
    uint32_t value = NO_VALUE;
    for (uint32_t done = 0, step; done < size; done += step) {
        for (step = 8; step > size - done;)
            step /= 2;
        uint32_t part = maker_load(maker, 8 * step, base, at + done);
        if (done)
            part = maker_op(maker, IR_SHL, 64, part, maker_const(maker, 8 * done));
        value = value == NO_VALUE ? part : maker_op(maker, IR_OR, 64, value, part);
    }
    return value;
}

/* The low `size` bytes of a register, the rest 0. */
static uint32_t low_bytes(struct build *b, uint32_t value, uint32_t size)
{
    struct maker *maker = &b->maker;
    if (size == 8)
        return value;
    if (size == 4)
        return FAULT(hook_zero, maker_op(maker, IR_ZEXT32, 64, value, 0), value);
    return maker_op(maker, IR_AND, 64, value, maker_const(maker, (UINT64_C(1) << 8 * size) - 1));
}

static bool is_result(const struct hooking *h, const struct layout_value *value)
{
    return value == &h->layout->result;
}

/* Where the hook keeps a vector register. */
static uint32_t vector_at(struct hooking *h, const struct layout_value *value, uint8_t reg)
{
    uint64_t set = is_result(h, value) ? h->hook.results : h->hook.vectors;
    uint32_t before = (uint32_t)__builtin_popcountll(set & (REG_BIT(reg) - 1));
    if (!is_result(h, value))
        h->hook.reads_vectors = true;
    return (is_result(h, value) ? hook_results_at(&h->hook) : 0) + h->hook.vector_size * before;
}

static uint32_t register_of(const struct build *b, const struct layout_value *value, uint8_t reg)
{
    const struct hooking *h = b->hook;
    if (!is_result(h, value))
        return h->params[reg];
    return h->results[FAULT(hook_second_result, reg != h->layout->conv->results.general.at[0], 0)];
}

/* Up to 8 bytes of a part, from byte `skip` of it on. */
static uint32_t load_part(struct build *b, const struct layout_value *value,
                          const struct layout_part *part, uint32_t skip)
{
    struct hooking *h = b->hook;
    uint32_t size = part->size - skip < 8 ? part->size - skip : 8;
    if (part->place == PART_STACK)
        return load_bytes(b, h->incoming, (int64_t)part->stack + skip, size);
    if (part->place == PART_X87)
        return load_bytes(b, hook_area(b, h->hook.x87_at + 16u * part->reg), skip, size);
    if (part->reg >= REG_VECTOR)
        return load_bytes(b, hook_area(b, vector_at(h, value, part->reg)), skip, size);
    return low_bytes(b, register_of(b, value, part->reg), size);
}

/* Bytes [at, at + 8) of a value, as far as it has them. */
static uint32_t load_value(struct build *b, const struct layout_value *value, uint32_t at)
{
    struct maker *maker = &b->maker;
    uint32_t word = NO_VALUE;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct layout_part *part = &value->parts[i];
        if (part->offset >= at + 8 || part->offset + part->size <= at)
            continue;
        uint32_t skip = FAULT(hook_second_word, at > part->offset, false) ? at - part->offset : 0;
        uint32_t piece = load_part(b, value, part, skip);
        if (part->offset > at)
            piece = maker_op(maker, IR_SHL, 64, piece, maker_const(maker, 8 * (part->offset - at)));
        word = word == NO_VALUE ? piece : maker_op(maker, IR_OR, 64, word, piece);
    }
    return word == NO_VALUE ? maker_const(maker, 0) : word;
}

/* The address that a value passed by reference is at. */
static uint32_t reference(struct build *b, const struct layout_value *value)
{
    const struct layout_part *part = &value->parts[0];
    const struct hooking *h = b->hook;
    if (is_result(h, value) && h->layout->hidden_back != REG_NONE)
        return h->results[0];
    if (part->place == PART_STACK)
        return maker_load(&b->maker, 64, h->incoming, part->stack);
    return h->params[part->reg];
}

static void copy_words(struct build *b, uint32_t from, uint32_t to, uint64_t size)
{
    for (uint64_t at = 0, step; at < size; at += step) {
        for (step = 8; step > size - at;)
            step /= 2;
        uint32_t word = maker_load(&b->maker, (unsigned)(8 * step), from, (int64_t)at);
        maker_store(&b->maker, (unsigned)(8 * step), to, (int64_t)at, word);
    }
}

/* The address of memory that holds the value. */
static uint32_t copy_of(struct build *b, const struct layout_value *value)
{
    struct hooking *h = b->hook;
    uint64_t size = value->value->size;
    bool kept = is_result(h, value) || h->hook.preserves || h->hook.leaves;
    if (value->indirect) {
        /* What comes next may write to its argument. */
        uint32_t from = reference(b, value);
        if (kept)
            return from;
        uint32_t to = hook_area(b, hook_take(h, size));
        copy_words(b, from, to, size);
        return to;
    }
    if (value->count == 1 && value->parts[0].place == PART_STACK)
        return maker_op(&b->maker, IR_ADD, 64, h->incoming,
                        maker_const(&b->maker, value->parts[0].stack));
    uint32_t to = hook_area(b, hook_take(h, size));
    for (uint32_t at = 0; at < size; at += 8)
        maker_store(&b->maker, 64, to, at, load_value(b, value, at));
    return to;
}

/* Of struct pt_regs: what is known of the registers when the program runs; of others 0. */
static uint32_t make_register(struct build *b, uint32_t index)
{
    const struct hooking *h = b->hook;
    const struct conv *conv = h->layout->conv;
    const struct reg_list *results = &conv->results.general;
    uint8_t reg = conv->user_regs.at[index];
    bool after = h->kind == ATTACH_EXIT;
    uint32_t known = NO_VALUE;
    if (reg == REG_SP) /* a call's return address is gone after it */
        known = maker_op(&b->maker, IR_SUB, 64, h->incoming,
                         maker_const(&b->maker, after ? 0 : conv->stack_first));
    else if (reg == REG_IP && !after)
        known = maker_load(&b->maker, 64, maker_symbol(&b->maker, SYMBOL_HOOK, 0, 0),
                           offsetof(struct hook_state, ip));
    else if (reg < REG_VECTOR && !after)
        known = FAULT(probe_register, h->params[reg], h->params[conv->args.general.at[0]]);
    for (unsigned i = 0; after && i < results->count && i < 2; i++)
        if (results->at[i] == reg)
            known = h->results[FAULT(probe_result, i, 1 - i)];
    return known == NO_VALUE ? maker_const(&b->maker, 0) : known;
}

static uint32_t make_word(struct build *b, uint32_t index)
{
    struct hooking *h = b->hook;
    const struct tracing_word *word = &h->tracing->words[index];
    const struct layout_value *value =
        word->value < h->layout->model->count ? &h->layout->args[word->value] : &h->layout->result;
    uint32_t x;
    if (is_result(h, value) && h->kind != ATTACH_EXIT)
        return word->is_copy ? hook_area(b, hook_take(h, value->value->size))
                             : maker_const(&b->maker, 0);
    if (word->is_copy)
        return copy_of(b, value);
    x = value->indirect ? load_bytes(b, reference(b, value), word->offset, word->size)
                        : load_value(b, value, word->offset);
    if (!FAULT(hook_sign, word->is_signed, false))
        return x;
    switch (word->size) {
    case 1: return maker_op(&b->maker, IR_SEXT8, 64, x, 0);
    case 2: return maker_op(&b->maker, IR_SEXT16, 64, x, 0);
    case 4: return maker_op(&b->maker, IR_SEXT32, 64, x, 0);
    default: return x;
    }
}

uint32_t hook_word(struct build *b, uint32_t index)
{
    return index < b->hook->tracing->count ? b->hook->words[index] : maker_const(&b->maker, 0);
}

int hook_make_words(struct build *b, uint32_t from, uint32_t to)
{
    struct hooking *h = b->hook;
    for (uint32_t i = from; i < to; i++)
        if (h->read[i])
            h->words[i] = h->tracing->is_regs ? make_register(b, i) : make_word(b, i);
    if (h->hook.area > h->copies_at + COPY_MAX)
        return fail(b->err, ANYBPF_E_LIMIT, "%s: the copies of its arguments take %u bytes",
                    h->layout->model->name, h->hook.area);
    return 0;
}

uint32_t hook_context(struct build *b)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    uint32_t at = hook_take(h, 8u * (TRACING_HEAD + h->tracing->count + 1)) + 8 * TRACING_HEAD;
    uint32_t words = hook_area(b, at);
    uint32_t state = maker_symbol(maker, SYMBOL_HOOK, 0, 0);
    maker_store(maker, 64, words, 8 * TRACING_COUNT, maker_const(maker, h->tracing->arg_words));
    maker_store(maker, 64, words, 8 * TRACING_RETURN, maker_const(maker, h->kind == ATTACH_EXIT));
    if (h->tracing->kind == ATTACH_SESSION)
        maker_store(maker, 64, words, 8 * TRACING_SESSION, h->cookie);
    maker_store(maker, 64, words, 8 * TRACING_KIND, maker_const(maker, (uint64_t)h->kind));
    maker_store(maker, 64, words, 8 * TRACING_IP,
                maker_load(maker, 64, state, offsetof(struct hook_state, ip)));
    maker_store(maker, 64, words, 8 * TRACING_COOKIE,
                maker_load(maker, 64, state, offsetof(struct hook_state, cookie)));
    for (uint32_t i = 0; i < h->tracing->count; i++)
        maker_store(maker, 64, words, 8 * (int64_t)i, h->words[i]);
    maker_store(maker, 64, words, 8 * (int64_t)h->tracing->count, maker_const(maker, 0));
    return words;
}
