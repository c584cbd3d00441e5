/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks: the main function of a program, compiled for its attachment to a native function. It is
 * entered as that function is, and the words of its context are the registers and stack places
 * where the arguments are. A context in memory is made only if its address escapes.
 *
 *     fentry      the program, then on to what comes next with all as it was
 *     fmod_ret    the same, or back to the caller with the program's result
 *     fexit       what comes next is called, then the program, then back with its result
 *     replace, struct_ops   the program, then back with its result
 *
 * Several of them make a chain, in which the function itself comes last. A tail call is a call of
 * another program with the context, after which all goes on as behind the program itself.
 *
 * Nothing of the vcpu is held while what comes next runs, and after it the vcpu is fetched anew.
 * Programs that call nothing need no vcpu, and can be within themselves only by a signal. */
#include "base/planted.h"
#include "ir/local.h"
#include "rt/rt.h"

enum { MACHINE_STACK = 512 };

/* ---- What the program needs ---- */

static bool is_inlined(const struct build *b, struct insn insn, uint32_t at)
{
    const struct insn_fact *fact = &b->checked->facts[at];
    switch (insn.imm) {
    case HELPER_map_lookup_elem:
        return fact->flags & FACT_MAP && b->prog->maps[fact->map]->type == MAP_ARRAY;
    case HELPER_get_func_arg_cnt:
    case HELPER_get_func_ip:
    case HELPER_session_is_return:
    case HELPER_session_cookie:
    case HELPER_get_attach_cookie: return true;
    default: return false;
    }
}

static void find_needs(struct build *b)
{
    struct hooking *h = b->hook;
    for (uint32_t at = 0; at < b->prog->count; at++) {
        struct insn insn = b->prog->insns[at];
        uint8_t kind = insn_row(insn)->kind;
        if (b->checked->facts[at].flags & FACT_DEAD)
            continue;
        h->tails |= insn.id == INSN_CALL && insn.imm == HELPER_tail_call;
        h->calls |= kind == INSN_KIND_CALLX || (insn.id == INSN_CALL && !is_inlined(b, insn, at));
        h->needs_fuel |= kind == INSN_KIND_MAY_GOTO;
    }
    h->calls |= h->to->counts; /* the clock */
    h->needs_fuel |= h->tails; /* for what is called */
    h->needs_stack = h->tails || b->checked->funcs[0].tree > MACHINE_STACK;
    h->needs_vcpu = h->calls || h->needs_fuel || h->needs_stack;
}

/* Whether an instruction of the program reads word i. */
static bool *find_read(struct build *b)
{
    const struct hooking *h = b->hook;
    bool *read = arena_array_of(b->arena, h->tracing->count + 1, bool);
    for (uint32_t at = 0; at < b->prog->count; at++)
        if (b->checked->facts[at].region == REGION_FIELD)
            read[b->checked->facts[at].field] = true;
    for (uint32_t i = 0; i < h->tracing->count && b->checked->context_escapes; i++)
        read[i] = true;
    return read;
}

/* One that no argument is in and any function may change: a session's half at the exit tells the
 * other one by it where the cookie is. */
static uint8_t spare_register(const struct hooking *h, uint64_t taken)
{
    const struct conv *conv = h->layout->conv;
    uint64_t set = conv->destroyed & ~conv->platform & ~taken;
    for (unsigned i = 0; i < conv->args.general.count; i++)
        set &= ~REG_BIT(conv->args.general.at[i]);
    if (conv->hidden != REG_NONE)
        set &= ~REG_BIT(conv->hidden);
    return (uint8_t)__builtin_ctzll(set);
}

/* Argument registers that a probe reads, whether the function has something in them or not. */
static uint64_t probed_registers(const struct hooking *h)
{
    const struct conv *conv = h->layout->conv;
    uint64_t read = 0, args = 0;
    for (unsigned i = 0; i < conv->args.general.count; i++)
        args |= REG_BIT(conv->args.general.at[i]);
    for (unsigned i = 0; i < h->tracing->count; i++)
        if (h->read[i] && conv->user_regs.at[i] < REG_VECTOR)
            read |= REG_BIT(conv->user_regs.at[i]);
    return read & args;
}

/* Those that a variadic call's further arguments may be in. */
static uint64_t further_registers(const struct hooking *h)
{
    const struct conv *conv = h->layout->conv;
    uint64_t set = conv->variadic;
    for (unsigned i = 0; i < conv->args.vector.count; i++)
        set |= REG_BIT(conv->args.vector.at[i]);
    for (unsigned i = 0; i < conv->args.general.count && h->kind == ATTACH_EXIT; i++)
        set |= REG_BIT(conv->args.general.at[i]);
    return set;
}

static void find_vector_size(struct hook *hook, const struct layout_value *value)
{
    for (uint32_t i = 0; i < value->count; i++)
        while (value->parts[i].place == PART_REG &&
               value->parts[i].size > FAULT(hook_vector_size, hook->vector_size, 64))
            hook->vector_size *= 2;
}

static void find_registers(struct hooking *h)
{
    const struct layout *layout = h->layout;
    const struct conv *conv = layout->conv;
    uint64_t set = layout->regs;
    if (layout->result.indirect && layout->result.count &&
        layout->result.parts[0].place == PART_REG)
        set |= REG_BIT(layout->result.parts[0].reg);
    if (conv->destroyed & ~conv->platform & REG_BIT(conv->chain))
        set |= REG_BIT(conv->chain);
    if (FAULT(hook_variadic, layout->model->is_variadic, false))
        set |= further_registers(h);
    h->hook.vectors = set >> REG_VECTOR << REG_VECTOR;
    set &= UINT32_MAX;
    if (h->tracing->is_regs && h->kind == ATTACH_ENTRY)
        set |= probed_registers(h);
    if (h->tracing->kind == ATTACH_SESSION) {
        h->spare = spare_register(h, set);
        set |= REG_BIT(h->spare);
    }
    for (; set; set &= set - 1)
        h->hook.params[h->hook.param_count++] = (uint8_t)__builtin_ctzll(set);
    for (uint32_t i = 0; i < layout->result.count && !layout->result.indirect; i++)
        if (layout->result.parts[i].place == PART_REG && layout->result.parts[i].reg >= REG_VECTOR)
            h->hook.results |= REG_BIT(layout->result.parts[i].reg);
    h->hook.vector_size = 16;
    for (uint32_t i = 0; i < layout->model->count; i++)
        find_vector_size(&h->hook, &layout->args[i]);
    if (h->kind == ATTACH_EXIT)
        find_vector_size(&h->hook, &layout->result);
}

static int check(const struct build *b)
{
    const struct hooking *h = b->hook;
    const struct layout *layout = h->layout;
    const char *name = layout->model->name;
    if (h->hook.vector_size > 16 &&
        h->hook.vector_size > h->to->vector_bytes / layout->conv->vector_count)
        return fail(b->err, ANYBPF_E_UNSUPPORTED,
                    "%s has vectors of %u bytes, and this processor no registers for them", name,
                    h->hook.vector_size);
    if (h->kind == ATTACH_EXIT && layout->model->is_variadic && !h->to->stack_bytes)
        return fail(b->err, ANYBPF_E_UNSUPPORTED,
                    "%s takes any number of arguments: a program can be run behind it only where "
                    "the option stack_bytes tells how many of them to copy",
                    name);
    if (h->hook.param_count > HOOK_PARAMS)
        return fail(b->err, ANYBPF_E_LIMIT, "%s: its arguments take too many registers", name);
    return 0;
}

/* Bytes of arguments on the stack, as far as they are known. */
static uint32_t stack_size(const struct hooking *h)
{
    uint32_t told = h->layout->model->is_variadic ? h->to->stack_bytes : 0;
    return FAULT(hook_told, told > h->layout->stack_size, false) ? told : h->layout->stack_size;
}

/* To what comes next, with all as it was. */
static bool goes_on(const struct hooking *h)
{
    return h->kind == ATTACH_ENTRY || h->kind == ATTACH_MODIFY;
}

static bool is_of_result(const struct hooking *h, uint8_t reg)
{
    const struct layout_value *result = &h->layout->result;
    if (result->indirect)
        return reg == h->layout->hidden_back;
    for (uint32_t i = 0; i < result->count; i++)
        if (result->parts[i].place == PART_REG && result->parts[i].reg == reg)
            return true;
    return false;
}

/* More registers are to be left alone than a call leaves. */
static void leave_alone(struct hooking *h)
{
    h->hook.strict = true;
    h->hook.leaves = h->kind == ATTACH_EXIT;
    if (h->tracing->kind == ATTACH_SESSION && !is_of_result(h, h->spare))
        h->hook.spare = h->spare;
    if (h->calls && (h->hook.preserves || h->hook.leaves))
        h->hook.full = h->to->vector_bytes;
}

/* The hook's own memory, but for what is taken later. */
static void lay_out(struct hooking *h)
{
    h->hook.area = hook_results_at(&h->hook) +
                   h->hook.vector_size * (uint32_t)__builtin_popcountll(h->hook.results);
    for (uint32_t i = 0; i < h->layout->result.count && h->kind == ATTACH_EXIT; i++)
        h->hook.x87 += h->layout->result.parts[i].place == PART_X87;
    h->hook.x87_at = hook_take(h, 16 * h->hook.x87);
    h->hook.full_at = hook_take(h, h->hook.full);
    if (h->hook.leaves) {
        h->hook.params_at = hook_take(h, 8u * h->hook.param_count);
        h->hook.left_at =
            hook_take(h, 8u * (uint32_t)__builtin_popcountll(h->layout->conv->destroyed));
    }
    h->copies_at = h->hook.area;
}

int hook_new(struct build *b)
{
    struct hooking *h = b->hook = arena_new_of(b->arena, struct hooking);
    h->to = b->binding->attachment;
    h->tracing = h->to->tracing;
    h->layout = h->to->layout;
    h->kind = h->tracing->kind;
    if (h->kind == ATTACH_SESSION)
        h->kind = h->to->at_exit ? ATTACH_EXIT : ATTACH_ENTRY;
    h->words = arena_array_of(b->arena, h->tracing->count + 1, uint32_t);
    memset(h->words, 0xff, h->tracing->count * sizeof *h->words);
    memset(h->results, 0xff, sizeof h->results);
    memset(h->params, 0xff, sizeof h->params);
    h->read = find_read(b);
    find_registers(h);
    if (check(b))
        return b->err->code;
    find_needs(b);
    h->hook.incoming =
        h->layout->model->is_variadic && !h->to->stack_bytes ? HOOK_ANY : stack_size(h);
    h->hook.spare = REG_NONE;
    h->hook.preserves = goes_on(h) || (h->kind == ATTACH_REPLACE && h->to->strict);
    h->hook.returns = h->layout->result.count || h->layout->result.indirect;
    if (h->kind != ATTACH_EXIT)
        h->hook.results = 0;
    if (h->to->strict)
        leave_alone(h);
    lay_out(h);
    b->fn->hook = &h->hook;
    return 0;
}

/* ---- Before the program ---- */

static void load_params(struct build *b)
{
    struct hooking *h = b->hook;
    for (uint32_t i = 0; i < h->hook.param_count; i++)
        h->params[h->hook.params[i]] =
            maker_node(&b->maker, &(struct node){ .op = IR_PARAM, .imm = i });
    if (h->tracing->kind != ATTACH_SESSION)
        return;
    if (h->kind == ATTACH_EXIT)
        h->params[h->spare] = hook_area(b, hook_take(h, 8));
    h->cookie = h->params[h->spare];
}

static void find_incoming(struct build *b)
{
    b->hook->incoming = maker_node(&b->maker, &(struct node){ .op = IR_INCOMING });
}

static void call_next(struct build *b)
{
    struct hooking *h = b->hook;
    uint32_t list[HOOK_PARAMS];
    if (h->tracing->kind == ATTACH_SESSION)
        maker_store(&b->maker, 64, h->cookie, 0, maker_const(&b->maker, 0));
    struct node node = { .op = IR_CALL_NEXT, .imm = stack_size(h) };
    uint32_t align = h->layout->stack_align;
    if (h->layout->model->is_variadic) /* further arguments may be aligned to as much */
        align = h->layout->conv->vector_most;
    if (node.imm)
        node.imm |= (int64_t)align << 32;
    for (uint32_t i = 0; i < h->hook.param_count; i++)
        list[i] = h->params[h->hook.params[i]];
    h->results[0] = maker_list(&b->maker, node, list, h->hook.param_count);
    h->results[1] = maker_node(&b->maker, &(struct node){ .op = IR_RESULT, .imm = 1 });
}

/* Runs what comes next before anything else is done. */
static void call_next_first(struct build *b)
{
    struct hooking *h = b->hook;
    call_next(b);
    for (uint32_t i = 0; i < h->hook.param_count; i++)
        h->params[h->hook.params[i]] =
            maker_load(&b->maker, 64, hook_area(b, h->hook.params_at + 8 * i), 0);
}

/* Back to the caller with what the call of what comes next left. */
static void return_results(struct build *b)
{
    const struct hooking *h = b->hook;
    const struct layout_value *result = &h->layout->result;
    struct node node = { .op = IR_RETURN, .in = { h->results[0], h->results[1] } };
    uint8_t second = h->layout->conv->results.general.at[1];
    for (uint32_t i = 0; i < result->count && !result->indirect; i++)
        if (result->parts[i].place == PART_REG && result->parts[i].reg == second)
            node.op = IR_RETURN_PAIR;
    if (h->hook.leaves)
        node.op = IR_RETURN_PAIR;
    maker_node(&b->maker, &node);
}

static void count(struct build *b, size_t offset, uint32_t by)
{
    struct node node = { .op = IR_ATOMIC_ADD, .width = 64, .imm = (int64_t)offset };
    node.in[0] = maker_symbol(&b->maker, SYMBOL_HOOK, 0, 0);
    node.in[1] = by;
    maker_node(&b->maker, &node);
}

/* Without the program: it is counted, and all goes on as if there were no hook. */
static void pass(struct build *b)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    count(b, offsetof(struct hook_state, misses), maker_const(maker, 1));
    if (goes_on(h))
        maker_node(maker, &(struct node){ .op = IR_NEXT });
    else if (h->kind == ATTACH_EXIT)
        return_results(b);
    else
        maker_node(maker, &(struct node){ .op = IR_RETURN, .in = { maker_const(maker, 0) } });
}

static uint32_t load_vcpu(struct build *b, unsigned width, size_t offset)
{
    return maker_load(&b->maker, width, b->vcpu, (int64_t)offset);
}

/* This thread's vcpu, made if there is none. */
static void find_vcpu(struct build *b, uint32_t missing)
{
    struct maker *maker = &b->maker;
    uint32_t join = build_label(b), cold = build_label(b), zero = maker_const(maker, 0);
    uint32_t found[2];
    found[0] = maker_node(maker, &(struct node){ .op = IR_VCPU });
    build_branch(b, COND_EQ, 64, found[0], zero, cold, join);
    b->owner = COLD_BLOCK;
    build_begin(b, cold);
    found[1] = maker_node(maker, &(struct node){ .op = IR_LEASE });
    build_branch(b, COND_EQ, 64, found[1], maker_const(maker, 0), missing, join);
    b->owner = NO_BLOCK;
    build_begin(b, join);
    b->vcpu = maker_list(maker, (struct node){ .op = IR_PHI }, found, 2);
}

/* The checks and stores of vcpu_enter(), as far as the program needs them. */
static void enter(struct build *b, uint32_t missing)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    uint32_t zero = maker_const(maker, 0), tree = b->checked->funcs[0].tree;
    find_vcpu(b, missing);
    if (b->binding->env->cpus < VCPU_MAX) {
        uint32_t cpus = maker_const(maker, b->binding->env->cpus);
        build_unless(b, COND_UGE, 32, load_vcpu(b, 32, offsetof(struct vcpu, cpu)), cpus, missing);
    }
    if (h->calls && h->kind != ATTACH_MEMBER && h->kind != ATTACH_REPLACE)
        build_unless(b, COND_NE, 64, load_vcpu(b, 64, offsetof(struct vcpu, recursion)), zero,
                     missing);
    if (h->needs_stack) {
        h->stack_at = load_vcpu(b, 64, offsetof(struct vcpu, stack_at));
        uint32_t room = load_vcpu(b, 64, offsetof(struct vcpu, stack_end));
        room = maker_op(maker, IR_SUB, 64, room, h->stack_at);
        build_unless(b, COND_ULT, 64, room, maker_const(maker, tree), missing);
    }
}

static void store_vcpu(struct build *b, size_t offset, uint32_t value)
{
    maker_store(&b->maker, 64, b->vcpu, (int64_t)offset, value);
}

/* The epoch begins first and ends last; without membarrier it begins with a fence. */
static void enter_epoch(struct build *b)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    struct node node = { .op = IR_SELECT, .width = 64, .cond = COND_EQ };
    uint32_t now = maker_load(maker, 64, maker_symbol(maker, SYMBOL_EPOCH, 0, 0), 0);
    h->epoch = load_vcpu(b, 64, offsetof(struct vcpu, epoch));
    node.in[0] = h->epoch;
    node.in[1] = maker_const(maker, 0);
    node.in[2] = now;
    node.in[3] = h->epoch;
    now = maker_node(maker, &node);
    if (process.fenced)
        maker_node(maker, &(struct node){ .op = IR_XCHG,
                                          .width = 64,
                                          .in = { b->vcpu, now },
                                          .imm = offsetof(struct vcpu, epoch) });
    else
        store_vcpu(b, offsetof(struct vcpu, epoch), now);
}

static uint32_t call_clock(struct build *b)
{
    struct node node = { .op = IR_CALL_HELPER, .imm = HELPER_ktime_get_ns };
    return maker_list(&b->maker, node, NULL, 0);
}

static void begin_invocation(struct build *b)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    if (h->calls) {
        h->errno_at =
            maker_node(maker, &(struct node){ .op = IR_THREAD, .symbol = { SYMBOL_ERRNO, 0 } });
        h->errno_was = maker_load(maker, 32, h->errno_at, 0);
        enter_epoch(b);
        store_vcpu(b, offsetof(struct vcpu, recursion), maker_const(maker, FAULT(hook_mark, 1, 0)));
        h->running = load_vcpu(b, 64, offsetof(struct vcpu, running));
        store_vcpu(b, offsetof(struct vcpu, running), maker_symbol(maker, SYMBOL_RUN, 0, 0));
    }
    if (h->needs_stack) {
        uint32_t tree = maker_const(maker, b->checked->funcs[0].tree);
        store_vcpu(b, offsetof(struct vcpu, stack_at),
                   maker_op(maker, IR_ADD, 64, h->stack_at, tree));
    }
    if (h->needs_fuel) {
        h->fuel = load_vcpu(b, 64, offsetof(struct vcpu, fuel));
        store_vcpu(b, offsetof(struct vcpu, fuel), maker_const(maker, FUEL));
    }
    if (h->tails) {
        h->tails_left = load_vcpu(b, 32, offsetof(struct vcpu, tail_calls));
        maker_store(maker, 32, b->vcpu, offsetof(struct vcpu, tail_calls),
                    maker_const(maker, TAIL_CALLS));
    }
    if (h->to->counts) {
        count(b, offsetof(struct hook_state, runs), maker_const(maker, 1));
        h->began = call_clock(b);
    }
}

int hook_begin(struct build *b, uint32_t *reg, uint32_t first)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    uint32_t missing = build_label(b), none;
    load_params(b);
    if (h->hook.leaves)
        call_next_first(b);
    find_incoming(b);
    if (hook_make_words(b, 0, h->tracing->arg_words))
        return b->err->code;
    if (h->kind == ATTACH_EXIT && !h->hook.leaves)
        call_next(b);
    if (hook_make_words(b, h->tracing->arg_words, h->tracing->count))
        return b->err->code;
    none = maker_const(maker, 0);
    b->vcpu = none;
    if (h->needs_vcpu)
        enter(b, missing);
    begin_invocation(b);
    b->frame = h->needs_stack ? h->stack_at : hook_area(b, hook_take(h, b->checked->funcs[0].tree));
    for (unsigned r = 0; r < b->vars.count; r++)
        reg[r] = none;
    reg[10] = maker_op(maker, IR_ADD, 64, b->frame, maker_const(maker, b->fn->depth));
    if (b->checked->context_escapes)
        reg[1] = hook_context(b);
    build_jump(b, first);
    if (h->needs_vcpu) {
        b->owner = COLD_BLOCK;
        build_begin(b, missing);
        pass(b);
    }
    return 0;
}

/* ---- Behind it ---- */

static void end_invocation(struct build *b)
{
    struct hooking *h = b->hook;
    if (h->to->counts)
        count(b, offsetof(struct hook_state, time),
              maker_op(&b->maker, IR_SUB, 64, call_clock(b), h->began));
    if (FAULT(hook_tails_left, h->tails, false))
        maker_store(&b->maker, 32, b->vcpu, offsetof(struct vcpu, tail_calls), h->tails_left);
    if (h->needs_fuel)
        store_vcpu(b, offsetof(struct vcpu, fuel), h->fuel);
    if (h->needs_stack)
        store_vcpu(b, offsetof(struct vcpu, stack_at), h->stack_at);
    if (h->calls) {
        store_vcpu(b, offsetof(struct vcpu, running), h->running);
        store_vcpu(b, offsetof(struct vcpu, recursion), maker_const(&b->maker, 0));
        store_vcpu(b, offsetof(struct vcpu, epoch), h->epoch);
        if (FAULT(hook_errno, true, false))
            maker_store(&b->maker, 32, h->errno_at, 0, h->errno_was);
    }
}

void hook_end(struct build *b, uint32_t r0)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    const struct model_value *result = &h->layout->model->result;
    struct node back = { .op = IR_RETURN, .in = { r0 } };
    end_invocation(b);
    if (result->class == MODEL_INTEGER && result->size > 8) {
        back.op = IR_RETURN_PAIR;
        back.in[1] = FAULT(hook_pair, result->is_signed, false)
                         ? maker_op(maker, IR_SAR, 64, r0, maker_const(maker, 63))
                         : maker_const(maker, 0);
    }
    switch (h->kind) {
    case ATTACH_ENTRY: maker_node(maker, &(struct node){ .op = IR_NEXT }); break;
    case ATTACH_EXIT: return_results(b); break;
    case ATTACH_MODIFY: {
        bool wide = FAULT(hook_wide_result, result->size > 4, true);
        uint32_t on = build_label(b);
        build_unless(b, COND_EQ, wide ? 64 : 32, r0, maker_const(maker, 0), on);
        maker_node(maker, &back);
        build_begin(b, on);
        maker_node(maker, &(struct node){ .op = IR_NEXT });
        break;
    }
    default: maker_node(maker, &back); break;
    }
}

bool hook_helper(struct build *b, const struct helper *helper)
{
    struct maker *maker = &b->maker;
    uint32_t state;
    if (helper->id == HELPER_get_func_arg_cnt) {
        b->reg[0] = maker_const(maker, b->hook->tracing->arg_words);
        return true;
    }
    if (helper->id == HELPER_session_is_return) {
        b->reg[0] = maker_const(maker, b->hook->kind == ATTACH_EXIT);
        return true;
    }
    if (helper->id == HELPER_session_cookie) {
        b->reg[0] = b->hook->cookie;
        return b->hook->tracing->kind == ATTACH_SESSION;
    }
    if (helper->id != HELPER_get_func_ip && helper->id != HELPER_get_attach_cookie)
        return false;
    state = maker_symbol(maker, SYMBOL_HOOK, 0, 0);
    b->reg[0] = maker_load(maker, 64, state,
                           helper->id == HELPER_get_func_ip ? offsetof(struct hook_state, ip)
                                                            : offsetof(struct hook_state, cookie));
    return true;
}
