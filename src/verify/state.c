/* SPDX-License-Identifier: Apache-2.0 */
/* States: making, copying, freeing. Frames are recycled by their room for stack slots, so that a
 * kept state takes what it uses and copying costs no allocation most of the time. */
#include "verify/local.h"

enum { ROOM_MIN = 4 };

static unsigned room_class(uint32_t room)
{
    unsigned class = 0;
    while ((uint32_t)ROOM_MIN << class < room)
        class ++;
    return class;
}

/* A frame whose contents, but for room and slots, are not set. */
static struct frame *take(struct verifier *v, uint32_t slots)
{
    unsigned class = room_class(slots);
    struct frame *frame = v->free_frames[class];

    if (frame) {
        v->free_frames[class] = (struct frame *)(void *)frame->slots;
        frame->slots = (struct slot *)(void *)(frame + 1);
        return frame;
    }
    frame =
        arena_alloc(v->scratch, sizeof *frame + ((size_t)ROOM_MIN << class) * sizeof(struct slot));
    frame->room = (uint32_t)ROOM_MIN << class;
    frame->slots = (struct slot *)(void *)(frame + 1);
    return frame;
}

static void give(struct verifier *v, struct frame *frame)
{
    unsigned class = room_class(frame->room);
    frame->slots = (struct slot *)(void *)v->free_frames[class];
    v->free_frames[class] = frame;
}

static struct frame *copy_frame(struct verifier *v, const struct frame *from, uint32_t slots)
{
    struct frame *frame = take(v, slots);
    uint32_t room = frame->room;
    struct slot *at = frame->slots;

    *frame = *from;
    frame->room = room;
    frame->slots = at;
    memcpy(at, from->slots, from->slot_count * sizeof *at);
    return frame;
}

struct state *state_new(struct verifier *v)
{
    struct state *state = v->free_states;

    if (!state)
        return arena_new_of(v->scratch, struct state);
    v->free_states = (struct state *)(void *)state->node;
    memset(state, 0, sizeof *state);
    return state;
}

struct state *state_copy(struct verifier *v, const struct state *from)
{
    struct state *state = state_new(v);

    *state = *from;
    for (uint32_t i = 0; i < from->depth; i++)
        state->frames[i] = copy_frame(v, from->frames[i], from->frames[i]->slot_count);
    return state;
}

void state_free(struct verifier *v, struct state *state)
{
    for (uint32_t i = 0; i < state->depth; i++)
        give(v, state->frames[i]);
    state->node = (struct node *)(void *)v->free_states;
    v->free_states = state;
}

void state_push(struct verifier *v, struct state *state, uint32_t func, uint32_t call)
{
    struct frame *frame = take(v, 0);

    memset(frame->regs, 0, sizeof frame->regs);
    frame->func = func;
    frame->call = call;
    frame->is_callback = frame->called_back = false;
    frame->visit = frame->rounds = 0;
    frame->ref_count = (uint8_t)state->ref_count;
    frame->slot_count = 0;
    frame->regs[10] = reg_pointer(REG_STACK, 0);
    frame->regs[10].frame = (uint8_t)state->depth;
    state->frames[state->depth++] = frame;
}

void state_pop(struct verifier *v, struct state *state)
{
    give(v, state->frames[--state->depth]);
}

struct slot *state_slot(struct verifier *v, struct state *state, uint32_t f, uint32_t index)
{
    struct frame *frame = state->frames[f];

    if (index >= frame->room) {
        state->frames[f] = copy_frame(v, frame, index + 1);
        give(v, frame);
        frame = state->frames[f];
    }
    if (index >= frame->slot_count) {
        memset(&frame->slots[frame->slot_count], 0,
               (index + 1 - frame->slot_count) * sizeof *frame->slots);
        frame->slot_count = index + 1;
    }
    return &frame->slots[index];
}

void state_each(struct state *state, reg_visitor *each, void *user)
{
    for (unsigned f = 0; f < state->depth; f++) {
        struct frame *frame = state->frames[f];
        for (unsigned r = 0; r < 10; r++)
            if (frame->regs[r].kind)
                each(&frame->regs[r], f, r, user);
        for (unsigned i = 0; i < frame->slot_count; i++)
            if (frame->slots[i].bytes[0] == BYTE_SPILL)
                each(&frame->slots[i].reg, f, PLACE_SLOT + i, user);
    }
}

struct reg reg_scalar(struct scalar num)
{
    return (struct reg){ .kind = REG_SCALAR, .num = num };
}

struct reg reg_any(void)
{
    return reg_scalar(scalar_any(64));
}

struct reg reg_pointer(enum reg_kind kind, uint32_t of)
{
    return (struct reg){ .kind = (uint8_t)kind, .of = of, .num = scalar_const(0, 64) };
}
