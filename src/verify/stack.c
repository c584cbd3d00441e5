/* SPDX-License-Identifier: Apache-2.0 */
/* The stack: bytes that are initialised or not, and registers that were spilled whole. A spill
 * begins at a slot's first byte; any other store leaves plain bytes. */
#include "verify/local.h"

/* Bytes that an access may touch, from r10 of the frame. */
struct extent {
    int64_t low, high;
    bool fixed; /* it is known exactly */
};

static int find_extent(struct verifier *v, struct state *state, const struct reg *base, int64_t off,
                       uint64_t size, struct extent *out)
{
    uint32_t func = state->frames[base->frame]->func;
    int64_t low = base->off + off + base->num.full.smin;
    int64_t high = base->off + off + base->num.full.smax + (int64_t)size;

    if (low < -STACK_MAX || high > 0)
        return refuse(
            v, "the access reaches bytes %lld to %lld from r10: the stack is the %u bytes below it",
            (long long)low, (long long)high - 1, (unsigned)STACK_MAX);
    if (v->funcs[func].depth < -low)
        v->funcs[func].depth = (uint16_t)-low;
    walk_stack(v, state, base->frame, low, high);
    *out = (struct extent){ low, high, scalar_is_const(&base->num) };
    return 0;
}

static uint32_t slot_of(int64_t off)
{
    return (uint32_t)((-off - 1) / 8);
}

static unsigned byte_of(int64_t off)
{
    return (unsigned)(off + STACK_MAX) % 8;
}

/* The slot that holds the byte, or NULL if it was never written to. */
static struct slot *peek(const struct frame *frame, int64_t off)
{
    uint32_t index = slot_of(off);
    return index < frame->slot_count ? &frame->slots[index] : NULL;
}

static enum byte_kind byte_at(const struct frame *frame, int64_t off)
{
    const struct slot *slot = peek(frame, off);
    return slot ? slot->bytes[byte_of(off)] : BYTE_NONE;
}

static int check_initialised(struct verifier *v, const struct frame *frame, struct extent e)
{
    for (int64_t at = e.low; at < e.high; at++)
        if (byte_at(frame, at) == BYTE_NONE)
            return refuse(
                v, "the stack byte at r10%lld is read but was never written: initialise it first",
                (long long)at);
    return 0;
}

static unsigned spill_size(const struct slot *slot)
{
    unsigned size = 0;
    while (size < 8 && slot->bytes[size] == BYTE_SPILL)
        size++;
    return size;
}

int stack_load(struct verifier *v, struct state *state, const struct reg *base, int64_t off,
               unsigned size, struct reg *out)
{
    struct frame *frame = state->frames[base->frame];
    struct extent e;
    bool zero = true, filled = false;
    int code = find_extent(v, state, base, off, size, &e);

    if (!code)
        code = check_initialised(v, frame, e);
    if (code)
        return code;
    *out = reg_scalar(scalar_zext(scalar_any(64), size * 8, 64));
    if (!e.fixed)
        return 0;
    if (byte_at(frame, e.low) == BYTE_SPILL) {
        const struct slot *slot = peek(frame, e.low);
        if (byte_of(e.low) == 0 && spill_size(slot) == size) {
            *out = slot->reg;
            filled = true;
        } else if (reg_is_pointer(&slot->reg)) {
            return refuse(v, "only a part of the pointer at r10%lld is read", (long long)e.low);
        }
    }
    for (int64_t at = e.low; at < e.high && !filled; at++) {
        const struct slot *slot = peek(frame, at);
        bool spilled = slot->bytes[byte_of(at)] == BYTE_SPILL;
        if (spilled && reg_is_pointer(&slot->reg))
            return refuse(v, "only a part of the pointer at r10%lld is read", (long long)at);
        zero &= spilled ? reg_is(&slot->reg, 0) && slot_of(e.low) == slot_of(e.high - 1)
                        : slot->bytes[byte_of(at)] == BYTE_ZERO;
    }
    if (filled || zero) {
        v->step.kind = STEP_FILL; /* a zero may come of spilled bytes */
        v->step.slot_frame = base->frame;
        v->step.slot = (uint8_t)slot_of(e.low);
    }
    if (!filled && zero)
        *out = reg_scalar(scalar_const(0, 64));
    return 0;
}

/* The spill in the slot, if any, is no more; its bytes stay initialised. */
static void scrub(struct slot *slot)
{
    for (unsigned i = 0; i < 8; i++)
        if (slot->bytes[i] == BYTE_SPILL)
            slot->bytes[i] = BYTE_MISC;
}

static void spill(struct verifier *v, struct state *state, const struct reg *base, int64_t at,
                  unsigned size, struct reg *value)
{
    bool whole =
        value->kind != REG_SCALAR || size == 8 || value->num.full.umax <= range_mask(size * 8);
    uint32_t index = slot_of(at);
    struct slot *slot;
    struct reg spilled;

    if (value->kind == REG_SCALAR && whole && !value->id && !scalar_is_const(&value->num))
        value->id = ++v->next_id;
    spilled = *value; /* making room may move the frame that value lies in */
    if (!whole) {
        spilled.num = scalar_zext(spilled.num, size * 8, 64);
        spilled.id = 0;
    }
    slot = state_slot(v, state, base->frame, index);
    scrub(slot);
    memset(slot->bytes, BYTE_SPILL, size);
    slot->reg = spilled;
    v->step.kind = STEP_SPILL;
    v->step.slot_frame = base->frame;
    v->step.slot = (uint8_t)index;
}

int stack_store(struct verifier *v, struct state *state, const struct reg *base, int64_t off,
                unsigned size, struct reg *value, int from)
{
    struct extent e;
    bool zero = reg_is(value, 0);
    int code = find_extent(v, state, base, off, size, &e);

    if (code)
        return code;
    if (value->kind == REG_STACK && value->frame > base->frame)
        return refuse(v, "a pointer into the stack of a function is stored in that of its caller, "
                         "which outlives it");
    if (e.fixed && byte_of(e.low) == 0 && (size == 8 || value->kind == REG_SCALAR)) {
        spill(v, state, base, e.low, size, value);
        return 0;
    }
    if (reg_is_pointer(value))
        return refuse(v, "a pointer is stored in part, or where is not exactly known: store all 8 "
                         "bytes at a multiple of 8");
    if (zero && from >= 0)
        precise_reg(v, state, (unsigned)from);
    for (int64_t at = e.low; at < e.high; at++) {
        struct slot *slot;
        uint8_t *byte;
        if (!e.fixed && byte_at(state->frames[base->frame], at) == BYTE_NONE)
            continue;
        slot = state_slot(v, state, base->frame, slot_of(at));
        byte = &slot->bytes[byte_of(at)];
        scrub(slot);
        *byte = zero && (e.fixed || *byte == BYTE_ZERO) ? BYTE_ZERO : BYTE_MISC;
    }
    return 0;
}

/* A helper may follow the addresses that it finds. */
static void note_addresses(struct verifier *v, const struct state *state, const struct frame *frame,
                           struct extent e)
{
    for (int64_t at = e.low; at < e.high; at++) {
        const struct slot *slot = peek(frame, at);
        if (slot && slot->bytes[byte_of(at)] == BYTE_SPILL && slot->reg.kind == REG_STACK)
            walk_stack(v, state, slot->reg.frame, -STACK_MAX, 0);
    }
}

int stack_block(struct verifier *v, struct state *state, const struct reg *base, uint64_t size,
                enum access how)
{
    struct extent e;
    int code = find_extent(v, state, base, 0, size, &e);

    if (!code && (how & ACCESS_READ || !e.fixed))
        code = check_initialised(v, state->frames[base->frame], e);
    if (code)
        return code;
    note_addresses(v, state, state->frames[base->frame], e);
    if (!(how & ACCESS_WRITE))
        return 0;
    for (int64_t at = e.low; at < e.high; at++) {
        struct slot *slot = state_slot(v, state, base->frame, slot_of(at));
        scrub(slot);
        slot->bytes[byte_of(at)] = BYTE_MISC;
    }
    return 0;
}
