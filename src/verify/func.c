/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the program: static ones are walked as part of their caller, global ones alone, with
 * arguments as their types say; callbacks are walked from the helper that calls them. */
#include "verify/local.h"
#include "type/type.h"

/* ---- Types of a global function ---- */

enum param_kind { PARAM_BAD, PARAM_NUMBER, PARAM_CONTEXT, PARAM_MEMORY };

struct param_model {
    enum param_kind kind;
    uint32_t size; /* MEMORY */
    bool nullable;
    uint8_t more; /* NUMBER: registers beside the first one */
};

static const struct type *prototype(const struct verifier *v, uint32_t func)
{
    uint32_t id = v->prog->funcs[func].type;
    const struct type *type = v->prog->types && id ? types_get(v->prog->types, id) : NULL;

    return type && type->kind == TYPE_FUNC ? type : NULL;
}

static bool is_number(const struct type *type)
{
    return (type->kind == TYPE_INT || type->kind == TYPE_ENUM || type->kind == TYPE_ENUM64) &&
           type->size <= 8;
}

/* Records of up to 16 bytes are in one register or two, as clang passes them. */
static bool is_by_value(const struct type *type)
{
    return (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && type->size &&
           type->size <= 16;
}

static struct param_model param_of(const struct verifier *v, const struct type *func,
                                   unsigned index)
{
    const struct type *type = type_strip(func->to->params[index].type), *to;

    if (is_number(type))
        return (struct param_model){ .kind = PARAM_NUMBER };
    if (is_by_value(type))
        return (struct param_model){ .kind = PARAM_NUMBER, .more = type->size > 8 };
    if (type->kind != TYPE_PTR)
        return (struct param_model){ .kind = PARAM_BAD };
    to = type_strip(type->to);
    if (type_tag(func, (int)index, "arg:ctx") ||
        (v->context && v->context->record && to->kind == TYPE_STRUCT &&
         !strcmp(to->name, v->context->record)))
        return (struct param_model){ .kind = PARAM_CONTEXT };
    if (!to->size || to->size > INT32_MAX)
        return (struct param_model){ .kind = PARAM_BAD };
    return (struct param_model){ .kind = PARAM_MEMORY,
                                 .size = (uint32_t)to->size,
                                 .nullable = !type_tag(func, (int)index, "arg:nonnull") };
}

bool func_is_alone(const struct verifier *v, uint32_t func)
{
    return func && v->prog->funcs[func].global && prototype(v, func);
}

static bool returns_nothing(const struct verifier *v, uint32_t func)
{
    const struct type *type = prototype(v, func);
    return type && type_strip(type->to->to)->kind == TYPE_VOID;
}

static struct reg context_reg(const struct verifier *v)
{
    return v->context->kind == CONTEXT_MEMORY ? reg_pointer(REG_RAW, 0)
                                              : reg_pointer(REG_CONTEXT, 0);
}

void func_context(struct verifier *v, struct state *state)
{
    struct reg *regs = state_top(state)->regs;

    regs[1] = v->context ? context_reg(v) : reg_any();
    if (v->context && v->context->kind != CONTEXT_MEMORY)
        return;
    regs[2] = reg_any();
    regs[2].id = v->context ? ID_LENGTH : 0;
}

int func_arguments(struct verifier *v, struct state *state, uint32_t func)
{
    const struct type *type = prototype(v, func);
    struct reg *regs = state_top(state)->regs;

    for (unsigned i = 0, number = 1; i < type->to->count; i++, number++) {
        struct param_model model = param_of(v, type, i);
        if (number + model.more > 5)
            return verify_refuse(v, ANYBPF_E_REJECTED, v->prog->funcs[func].start,
                                 "the parameters of the global function %s take more than 5 "
                                 "registers",
                                 v->prog->funcs[func].name);
        switch (model.kind) {
        case PARAM_NUMBER:
            regs[number] = reg_any();
            if (model.more)
                regs[++number] = reg_any();
            break;
        case PARAM_CONTEXT:
            if (v->context) {
                regs[number] = context_reg(v);
                break;
            } /* fall through */
        case PARAM_BAD:
            return verify_refuse(
                v, ANYBPF_E_REJECTED, v->prog->funcs[func].start,
                "parameter %u of the global function %s is neither a number, the context, nor a "
                "pointer to something of known size: make the function static",
                i + 1, v->prog->funcs[func].name);
        case PARAM_MEMORY:
            regs[number] = reg_pointer(REG_MEMORY, model.size);
            if (model.nullable) {
                regs[number].flags = REG_NULLABLE;
                regs[number].id = ++v->next_id;
            }
            break;
        }
    }
    return 0;
}

/* Parameter i, which is in register `number`. */
static int check_param(struct verifier *v, struct state *state, uint32_t func, unsigned i,
                       unsigned number, struct param_model model)
{
    const struct reg *reg = &state_top(state)->regs[number];
    const char *name = v->prog->funcs[func].name;

    switch (model.kind) {
    case PARAM_NUMBER:
        return reg->kind == REG_SCALAR ? 0
                                       : refuse(v, "r%u is %s: %s takes a number", number,
                                                reg_kind_name(reg->kind), name);
    case PARAM_CONTEXT:
        if ((reg->kind == REG_CONTEXT || reg->kind == REG_RAW) && !reg->off && !reg->id)
            return 0;
        return refuse(v, "r%u is %s: %s takes the context", number, reg_kind_name(reg->kind), name);
    case PARAM_MEMORY:
        if (model.nullable && reg_is(reg, 0)) {
            precise_reg(v, state, number);
            return 0;
        }
        return access_block(v, state, number, model.size, ACCESS_READ | ACCESS_WRITE);
    default:
        return refuse(v,
                      "parameter %u of the global function %s cannot be checked: make the "
                      "function static",
                      i + 1, name);
    }
}

/* ---- Calls ---- */

static void note_call(struct verifier *v, const struct state *state, uint32_t func)
{
    uint32_t from = state_top(state)->func;
    uint32_t *seen = hash_put(v->scratch, &v->edges_seen, (uint64_t)from << 32 | func);

    if (!*seen)
        structural_edge(v, from, func);
    *seen = 1;
}

/* A global function is what its type says, whatever it does. */
static int call_global(struct verifier *v, struct state *state, uint32_t func)
{
    const struct type *type = prototype(v, func);
    struct reg *regs;

    for (unsigned i = 0, number = 1; i < type->to->count && number <= 5; i++) {
        struct param_model model = param_of(v, type, i);
        for (unsigned end = number + model.more; number <= end && number <= 5; number++) {
            int code = check_param(v, state, func, i, number, model);
            if (code)
                return code;
        }
    }
    v->funcs[func].reached = true;
    if (v->moves_packet[func])
        call_forget_packet(state);
    regs = state_top(state)->regs;
    memset(regs, 0, 6 * sizeof *regs);
    if (!returns_nothing(v, func))
        regs[0] = reg_any();
    return WALK_NEXT;
}

static int check_depth(struct verifier *v, const struct state *state, uint32_t func)
{
    if (state->depth < VERIFY_FRAMES)
        return 0;
    return refuse(v, "the call of %s is nested deeper than %u functions", v->prog->funcs[func].name,
                  (unsigned)VERIFY_FRAMES);
}

int func_call(struct verifier *v, struct state *state, uint32_t func)
{
    int code = check_depth(v, state, func);

    if (code)
        return code;
    note_call(v, state, func);
    for (unsigned i = 1; i <= v->funcs[func].args; i++)
        v->context_escapes |= state_top(state)->regs[i].kind == REG_CONTEXT;
    if (func_is_alone(v, func))
        return call_global(v, state, func);
    v->funcs[func].reached = true;
    v->step.kind = STEP_ENTER;
    walk_step(v, state);
    v->step_done = true;
    state_push(v, state, func, state->at);
    memcpy(&state_top(state)->regs[1], &state->frames[state->depth - 2]->regs[1],
           5 * sizeof(struct reg));
    state->at = v->prog->funcs[func].start;
    return WALK_JUMPED;
}

int func_call_back(struct verifier *v, struct state *state, const struct helper *helper,
                   uint32_t func)
{
    bool each = helper->id == HELPER_for_each_map_elem;
    unsigned context = each ? 4 : 2;
    const struct reg *args = state_top(state)->regs;
    const struct map_spec *map = each ? v->prog->maps[args[1].of] : NULL;
    struct state *called;
    struct reg *regs;
    int code = check_depth(v, state, func);

    if (!code && !each && helper->id != HELPER_loop)
        code = refuse(v, "what %s calls back is not known", helper->name);
    if (code)
        return code;
    note_call(v, state, func);
    v->funcs[func].reached = v->funcs[func].is_callback = true;
    v->step.kind = STEP_CALLBACK;
    v->step.slot = (uint8_t)context;
    v->step.slot_frame = 3;
    called = walk_fork(v, state);
    walk_step(v, state);
    state_push(v, called, func, called->at);
    called->at = v->prog->funcs[func].start;
    state_top(called)->is_callback = true;
    regs = state_top(called)->regs;
    regs[context] = called->frames[called->depth - 2]->regs[3];
    if (!each) {
        regs[1] = reg_scalar(scalar_between(0, UINT32_MAX, 64));
        return 0;
    }
    regs[1] = reg_pointer(REG_MAP, args[1].of);
    regs[2] = reg_pointer(REG_MEMORY, map->key_size);
    regs[2].flags = REG_READ_ONLY;
    regs[3] = reg_pointer(REG_VALUE, args[1].of);
    return 0;
}

/* ---- Exits ---- */

static int exit_callback(struct verifier *v, struct state *state)
{
    const struct frame *frame = state_top(state);
    const struct reg *r0 = &frame->regs[0];

    if (r0->kind != REG_SCALAR || r0->num.full.umax > 1)
        return refuse(v, "a function that a helper calls back returns 0 or 1; r0 may be something "
                         "else");
    precise_reg(v, state, 0);
    if (state->ref_count != frame->ref_count)
        return refuse(v, "a record reserved in a function called back is not given back in it");
    v->step.kind = STEP_AGAIN;
    walk_step(v, state);
    v->step_done = true;
    state->at = frame->call;
    state_pop(v, state);
    state_top(state)->called_back = true;
    state_top(state)->rounds++;
    return WALK_JUMPED;
}

/* The result of a program attached to a native function. */
static int check_result(struct verifier *v, const struct state *state)
{
    const struct reg *r0 = &state_top(state)->regs[0];
    const struct tracing *tracing = v->options.tracing;

    if (tracing->result_min == INT64_MIN)
        return WALK_END;
    precise_reg(v, state, 0);
    if (r0->num.full.smin >= tracing->result_min && r0->num.full.smax <= tracing->result_max)
        return WALK_END;
    return refuse(v, "r0 may be %lld to %lld: the program has to end with %lld to %lld",
                  (long long)r0->num.full.smin, (long long)r0->num.full.smax,
                  (long long)tracing->result_min, (long long)tracing->result_max);
}

static int exit_root(struct verifier *v, const struct state *state)
{
    const struct reg *r0 = &state_top(state)->regs[0];

    if (state->ref_count)
        return refuse(v, "a reserved record is neither submitted nor discarded");
    if (v->root && returns_nothing(v, v->root))
        return WALK_END;
    if (r0->kind == REG_NONE)
        return refuse(v, "r0, the result, was not written to");
    if (reg_is_pointer(r0))
        return refuse(v, "r0 is %s: programs return numbers", reg_kind_name(r0->kind));
    return v->options.tracing && !v->root ? check_result(v, state) : WALK_END;
}

int func_exit(struct verifier *v, struct state *state)
{
    struct frame *frame = state_top(state), *caller;

    if (state->depth == 1)
        return exit_root(v, state);
    if (frame->is_callback)
        return exit_callback(v, state);
    if (frame->regs[0].kind == REG_STACK && frame->regs[0].frame == state->depth - 1)
        return refuse(v, "r0 points into the stack of the function that ends");
    v->step.kind = STEP_RETURN;
    walk_step(v, state);
    v->step_done = true;
    caller = state->frames[state->depth - 2];
    memset(caller->regs, 0, 6 * sizeof *caller->regs);
    caller->regs[0] = frame->regs[0];
    state->at = frame->call + 1;
    state_pop(v, state);
    return WALK_JUMPED;
}
