/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of helpers: arguments as the helper's record wants them, and what the call leaves. */
#include "verify/local.h"

enum { SIZE_MAX_KNOWN = 1 << 29 };

/* What the arguments of one call say together. */
struct call {
    const struct helper *helper;
    struct insn insn;
    const struct map_spec *map; /* of the MAP argument */
    uint32_t map_index;
    uint64_t record; /* CONST_SIZE */
    uint32_t callback;
    uint32_t release; /* reference given up, or 0 */
};

static int wrong(struct verifier *v, const struct call *call, unsigned number, const char *wanted)
{
    const struct reg *reg = &state_top(v->now)->regs[number];

    return refuse(v, "r%u is %s: %s takes %s there", number,
                  reg->kind == REG_NONE       ? "not written to"
                  : reg->flags & REG_NULLABLE ? "perhaps NULL (compare it with 0 first)"
                                              : reg_kind_name(reg->kind),
                  call->helper->name, wanted);
}

static bool unmoved(const struct reg *reg)
{
    return !reg->off && !reg->id &&
           reg_is(&(struct reg){ .kind = REG_SCALAR, .num = reg->num }, 0) &&
           !(reg->flags & REG_NULLABLE);
}

static int check_context(struct verifier *v, const struct call *call, unsigned number)
{
    const struct reg *reg = &state_top(v->now)->regs[number];
    const char *wanted = call->helper->context;

    if ((reg->kind != REG_CONTEXT && reg->kind != REG_RAW) || !unmoved(reg))
        return wrong(v, call, number, "the context as the program got it");
    if (!(call->helper->flags & HELPER_CONTEXT_ONLY))
        v->context_escapes = true;
    if (wanted && (!v->context || strcmp(wanted, v->context->name)))
        return refuse(v, "%s is for programs whose context is %s", call->helper->name, wanted);
    return 0;
}

static int check_map(struct verifier *v, struct call *call, unsigned number)
{
    const struct reg *reg = &state_top(v->now)->regs[number];

    if (reg->kind != REG_MAP)
        return wrong(v, call, number, "a map");
    call->map = v->prog->maps[reg->of];
    call->map_index = reg->of;
    if (call->map->type >= 32 || !(call->helper->maps >> call->map->type & 1))
        return refuse(v, "%s does not work on map %s, which is of type %u", call->helper->name,
                      call->map->name, call->map->type);
    if ((call->map->read_only || call->map->flags & MAP_RDONLY_PROG) &&
        (call->helper->id == HELPER_map_update_elem || call->helper->id == HELPER_map_delete_elem))
        return refuse(v, "map %s is read-only", call->map->name);
    return walk_map(v, reg->of);
}

/* The size in register `number`; its memory is looked at with the largest possible one. */
static int check_size(struct verifier *v, struct call *call, unsigned number, uint32_t arg)
{
    const struct reg *reg = &state_top(v->now)->regs[number];

    if (reg->kind != REG_SCALAR)
        return wrong(v, call, number, "a size");
    precise_reg(v, v->now, number);
    if (reg->num.full.umax > SIZE_MAX_KNOWN)
        return refuse(v, "the size in r%u may be %llu: bound it first, also from below", number,
                      (unsigned long long)reg->num.full.umax);
    if (!reg->num.full.umin && !(arg & ARG_ZERO))
        return refuse(v, "the size in r%u may be 0: %s takes at least 1", number,
                      call->helper->name);
    return 0;
}

static enum access access_of(uint32_t arg)
{
    return arg & ARG_OUT     ? ACCESS_WRITE
           : arg & ARG_WRITE ? ACCESS_READ | ACCESS_WRITE
                             : ACCESS_READ;
}

static int check_memory(struct verifier *v, struct state *state, struct call *call, unsigned number)
{
    uint32_t arg = call->helper->arg[number - 1];
    unsigned size_number = call->helper->size_of[number - 1] + 1u;
    const struct reg *size = &state_top(state)->regs[size_number];
    enum access how = access_of(arg);
    int code = check_size(v, call, size_number, call->helper->arg[size_number - 1]);

    if (code || !size->num.full.umax)
        return code;
    if (how == ACCESS_WRITE && !scalar_is_const(&size->num))
        how = ACCESS_READ | ACCESS_WRITE; /* what lies behind the size in effect stays as it was */
    return access_block(v, state, number, size->num.full.umax, how);
}

static int check_string(struct verifier *v, const struct call *call, unsigned number)
{
    const struct reg *reg = &state_top(v->now)->regs[number];
    const struct map_spec *map = reg->kind == REG_VALUE ? v->prog->maps[reg->of] : NULL;
    int64_t off = reg->off + (int64_t)reg->num.bits.value;

    if (!map || !map->is_data || !map->read_only || !scalar_is_const(&reg->num))
        return wrong(v, call, number, "a string in read-only data, known at load time");
    if (off < 0 || off >= map->value_size)
        return refuse(v, "r%u lies outside map %s", number, map->name);
    if (map->data && !memchr(map->data + off, 0, map->value_size - (size_t)off))
        return refuse(v, "the string at r%u has no end in map %s", number, map->name);
    return 0;
}

static int check_record(struct verifier *v, struct call *call, unsigned number)
{
    const struct reg *reg = &state_top(v->now)->regs[number];

    if (reg->kind != REG_MEMORY || !reg->ref || !unmoved(reg))
        return wrong(v, call, number, "a reserved record, from its first byte");
    if (call->helper->arg[number - 1] & ARG_RELEASE)
        call->release = reg->ref;
    return 0;
}

static int check_argument(struct verifier *v, struct state *state, struct call *call,
                          unsigned number)
{
    uint32_t arg = call->helper->arg[number - 1];
    const struct reg *reg = &state_top(state)->regs[number];
    enum arg_kind kind = ARG_KIND(arg);

    if (reg->kind == REG_NONE && kind == ARG_ANYTHING && call->helper->flags & HELPER_VARARGS)
        return 0;
    if (reg->kind == REG_NONE)
        return refuse(v, "r%u, argument %u of %s, was not written to", number, number,
                      call->helper->name);
    if (arg & ARG_NULLABLE && reg_is(reg, 0) && kind != ARG_MEMORY) {
        precise_reg(v, state, number);
        return 0;
    }
    if (kind == ARG_ANYTHING && reg->kind == REG_STACK) /* it may be followed */
        walk_stack(v, state, reg->frame, -STACK_MAX, 0);
    switch (kind) {
    case ARG_SCALAR: return reg->kind == REG_SCALAR ? 0 : wrong(v, call, number, "a number");
    case ARG_CTX: return check_context(v, call, number);
    case ARG_MAP: return check_map(v, call, number);
    case ARG_KEY:
        walk_region(v, reg->kind == REG_STACK ? REGION_STACK : REGION_UNKNOWN, 0, 0);
        return access_block(v, state, number, call->map->key_size, ACCESS_READ);
    case ARG_VALUE: return access_block(v, state, number, call->map->value_size, access_of(arg));
    case ARG_MEMORY:
        if (arg & ARG_NULLABLE && reg_is(reg, 0)) {
            unsigned size = call->helper->size_of[number - 1] + 1u;
            precise_reg(v, state, number);
            precise_reg(v, state, size);
            if (!reg_is(&state_top(state)->regs[size], 0))
                return refuse(v, "r%u is NULL, but the size in r%u may not be 0", number, size);
            return 0;
        }
        return check_memory(v, state, call, number);
    case ARG_SIZE: return check_size(v, call, number, arg);
    case ARG_CONST_SIZE:
        if (reg->kind != REG_SCALAR || !scalar_is_const(&reg->num))
            return wrong(v, call, number, "a size known at load time");
        precise_reg(v, state, number);
        call->record = reg->num.bits.value;
        return call->record < SIZE_MAX_KNOWN ? 0 : refuse(v, "r%u: a record is that large", number);
    case ARG_FIXED: return access_block(v, state, number, ARG_SIZE_OF(arg), access_of(arg));
    case ARG_STRING: return check_string(v, call, number);
    case ARG_CALLBACK:
        if (reg->kind != REG_TOKEN)
            return wrong(v, call, number, "a function of this program");
        call->callback = reg->of;
        return 0;
    case ARG_STACK:
        return reg->kind == REG_STACK ? 0
                                      : wrong(v, call, number, "a pointer to the stack or NULL");
    case ARG_RECORD: return check_record(v, call, number);
    default: return 0;
    }
}

/* ---- Effects ---- */

static void forget_packet(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    (void)frame, (void)place, (void)user;
    if (reg->kind == REG_PACKET || reg->kind == REG_META || reg->kind == REG_END)
        *reg = reg_any(); /* some number: as a pointer it is void */
}

void call_forget_packet(struct state *state)
{
    state_each(state, forget_packet, NULL);
}

static void forget_reference(struct reg *reg, unsigned frame, unsigned place, void *user)
{
    const uint32_t *ref = user;

    (void)frame, (void)place;
    if (reg->ref == *ref)
        *reg = reg_any();
}

static int release(struct verifier *v, struct state *state, uint32_t ref)
{
    for (uint32_t i = 0; i < state->ref_count; i++)
        if (state->refs[i] == ref) {
            state->refs[i] = state->refs[--state->ref_count];
            state_each(state, forget_reference, &ref);
            return 0;
        }
    return refuse(v, "the record was given back already");
}

static int put_result(struct verifier *v, struct state *state, const struct call *call)
{
    struct reg *r0 = &state_top(state)->regs[0];

    switch (call->helper->ret) {
    case RET_NOTHING: r0->kind = REG_NONE; break;
    case RET_COOKIE: *r0 = reg_pointer(REG_MEMORY, 8); break;
    case RET_SCALAR32: *r0 = reg_scalar(scalar_between(0, UINT32_MAX, 64)); break;
    case RET_MAP_VALUE:
        *r0 = reg_pointer(REG_VALUE, call->map_index);
        r0->flags = REG_NULLABLE;
        r0->id = ++v->next_id;
        break;
    case RET_RECORD:
        *r0 = reg_pointer(REG_MEMORY, (uint32_t)call->record);
        r0->flags = REG_NULLABLE;
        r0->id = ++v->next_id;
        break;
    default: *r0 = reg_any(); break;
    }
    if (call->helper->flags & HELPER_ACQUIRES) {
        if (state->ref_count == REFS_MAX)
            return refuse(v, "more than %u records are reserved at once", (unsigned)REFS_MAX);
        r0->ref = ++v->next_id;
        state->refs[state->ref_count++] = r0->ref;
    }
    return 0;
}

/* A tail call that succeeds ends the function, with whatever the other program returns. In a
 * function that was called, that is one more way back to its caller. */
static int tail_call(struct verifier *v, struct state *state)
{
    struct state *gone;
    struct frame *caller;
    uint32_t to = state_top(state)->call + 1;

    if (state->ref_count)
        return refuse(v, "a reserved record is not given back before the tail call");
    for (uint32_t i = 1; i < state->depth; i++)
        if (state->frames[i]->is_callback)
            return refuse(v, "no tail calls within what a helper calls back");
    if (state->depth == 1)
        return 0;
    v->step.kind = STEP_TAIL;
    gone = walk_fork(v, state);
    state_pop(v, gone);
    call_forget_packet(gone);
    caller = state_top(gone);
    memset(caller->regs, 0, 6 * sizeof *caller->regs);
    caller->regs[0] = reg_any();
    gone->at = to;
    walk_step(v, state);
    return 0;
}

static int check_programs(struct verifier *v, const struct helper *helper)
{
    uint32_t kind = v->context ? (uint32_t)v->context->kind : 0;

    if (helper->flags & HELPER_SESSION &&
        (!v->options.tracing || v->options.tracing->kind != ATTACH_SESSION))
        return refuse(v, "%s is for session programs", helper->name);
    if (helper->programs & kind || (!kind && helper->programs & CONTEXT_MEMORY))
        return 0;
    return refuse(v, "%s cannot be called by programs of type %s", helper->name,
                  v->context ? v->context->name : "none");
}

int call_helper(struct verifier *v, struct state *state, struct insn insn)
{
    struct call call = { .helper = env_helper(v->env, (uint32_t)insn.imm), .insn = insn };
    int code = check_programs(v, call.helper);

    /* What the helper writes is initialised after all that it reads has been looked at. */
    for (uint32_t out = 0; out <= ARG_OUT; out += ARG_OUT)
        for (unsigned i = 1; i <= call.helper->args && !code; i++)
            if ((call.helper->arg[i - 1] & ARG_OUT) == out)
                code = check_argument(v, state, &call, i);
    if (!code && call.release)
        code = release(v, state, call.release);
    if (!code && call.helper->flags & HELPER_CALLS_BACK)
        code = func_call_back(v, state, call.helper, call.callback);
    if (!code && call.helper->flags & HELPER_TAIL_CALL)
        code = tail_call(v, state);
    if (code)
        return code;
    if (call.helper->flags & HELPER_MOVES_PACKET)
        call_forget_packet(state);
    memset(state_top(state)->regs, 0, 6 * sizeof(struct reg));
    return put_result(v, state, &call);
}
