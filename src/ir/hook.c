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
 * Several of them make a chain, in which the function itself comes last.
 *
 * Nothing of the vcpu is held while what comes next runs, and after it the vcpu is fetched anew.
 * Programs that call nothing need no vcpu, and can be within themselves only by a signal. */
#include "base/planted.h"
#include "ir/local.h"
#include "rt/rt.h"

enum { MACHINE_STACK = 512, COPY_MAX = 1024 };

struct hooking {
    struct hook hook;
    const struct attachment *to;
    const struct tracing *tracing;
    const struct layout *layout;
    enum attach_kind kind; /* of a session's half, what it alone would be */
    uint32_t params[32];   /* by general register: the value that it arrives with */
    uint8_t spare;         /* sessions: see spare_register() */
    uint32_t cookie;       /* where theirs is */
    uint32_t incoming;     /* address of the arguments on the stack */
    uint32_t results[2];   /* of what comes next */
    uint32_t *words;       /* of the context: values, or NO_VALUE */
    const bool *read;      /* which of them the program reads */
    uint32_t copies_at;    /* where its memory for copies begins */
    bool calls;            /* helpers, and what these may call */
    bool needs_vcpu, needs_fuel, needs_stack;
    /* What the invocation puts back. */
    uint32_t epoch, stack_at, fuel, running, errno_at, errno_was, began;
};

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

static int find_needs(struct build *b)
{
    struct hooking *h = b->hook;
    for (uint32_t at = 0; at < b->prog->count; at++) {
        struct insn insn = b->prog->insns[at];
        uint8_t kind = insn_row(insn)->kind;
        if (b->checked->facts[at].flags & FACT_DEAD)
            continue;
        if (insn.id == INSN_CALL && insn.imm == HELPER_tail_call)
            return fail(b->err, ANYBPF_E_UNSUPPORTED,
                        "a program that makes tail calls cannot be attached to a native function");
        h->calls |= kind == INSN_KIND_CALLX || (insn.id == INSN_CALL && !is_inlined(b, insn, at));
        h->needs_fuel |= kind == INSN_KIND_MAY_GOTO;
    }
    h->calls |= h->to->counts; /* the clock */
    h->needs_stack = b->checked->funcs[0].tree > MACHINE_STACK;
    h->needs_vcpu = h->calls || h->needs_fuel || h->needs_stack;
    return 0;
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

/* Bytes of the hook's own memory; its offset there. */
static uint32_t take(struct hooking *h, uint64_t size)
{
    uint32_t at = h->hook.area;
    h->hook.area += (uint32_t)(size + 15) & ~15u;
    return at;
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
        for (unsigned i = 0; i < conv->args.vector.count; i++)
            set |= REG_BIT(conv->args.vector.at[i]);
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
}

static bool has_wide(const struct layout_value *value)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (value->parts[i].place == PART_REG && value->parts[i].size > 16)
            return true;
    return false;
}

/* What is not done yet. */
static int check(const struct build *b)
{
    const struct hooking *h = b->hook;
    const struct layout *layout = h->layout;
    const char *name = layout->model->name;
    bool after = h->kind == ATTACH_EXIT;
    bool wide = after && has_wide(&layout->result);
    for (uint32_t i = 0; i < layout->model->count; i++)
        wide |= has_wide(&layout->args[i]);
    if (wide)
        return fail(b->err, ANYBPF_E_UNSUPPORTED,
                    "%s: vectors of more than 16 bytes are not offered yet", name);
    if (after && layout->model->is_variadic)
        return fail(b->err, ANYBPF_E_UNSUPPORTED,
                    "%s takes any number of arguments: a program can only be run before it", name);
    if (h->hook.param_count > HOOK_PARAMS)
        return fail(b->err, ANYBPF_E_LIMIT, "%s: its arguments take too many registers", name);
    return 0;
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
    h->hook.area =
        hook_results_at(&h->hook) + 16u * (uint32_t)__builtin_popcountll(h->hook.results);
    for (uint32_t i = 0; i < h->layout->result.count && h->kind == ATTACH_EXIT; i++)
        h->hook.x87 += h->layout->result.parts[i].place == PART_X87;
    h->hook.x87_at = take(h, 16 * h->hook.x87);
    h->hook.full_at = take(h, h->hook.full);
    if (h->hook.leaves) {
        h->hook.params_at = take(h, 8u * h->hook.param_count);
        h->hook.left_at = take(h, 8u * (uint32_t)__builtin_popcountll(h->layout->conv->destroyed));
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
    if (find_needs(b))
        return b->err->code;
    h->hook.incoming = h->layout->model->is_variadic ? HOOK_ANY : h->layout->stack_size;
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

/* ---- Words of the context ---- */

static uint32_t area(struct build *b, uint32_t at)
{
    return maker_node(&b->maker, (struct node){ .op = IR_AREA, .imm = at });
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
    return (is_result(h, value) ? hook_results_at(&h->hook) : 0) + 16 * before;
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
        return load_bytes(b, area(b, h->hook.x87_at + 16u * part->reg), skip, size);
    if (part->reg >= REG_VECTOR)
        return load_bytes(b, area(b, vector_at(h, value, part->reg)), skip, size);
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
        uint32_t to = area(b, take(h, size));
        copy_words(b, from, to, size);
        return to;
    }
    if (value->count == 1 && value->parts[0].place == PART_STACK)
        return maker_op(&b->maker, IR_ADD, 64, h->incoming,
                        maker_const(&b->maker, value->parts[0].stack));
    uint32_t to = area(b, take(h, size));
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
        return word->is_copy ? area(b, take(h, value->value->size)) : maker_const(&b->maker, 0);
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

static int make_words(struct build *b, uint32_t from, uint32_t to)
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

/* The context in memory, for whom its address is handed to. */
static uint32_t make_context(struct build *b)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    uint32_t at = take(h, 8u * (TRACING_HEAD + h->tracing->count + 1)) + 8 * TRACING_HEAD;
    uint32_t words = area(b, at);
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

/* ---- Before the program ---- */

static void load_params(struct build *b)
{
    struct hooking *h = b->hook;
    for (uint32_t i = 0; i < h->hook.param_count; i++)
        h->params[h->hook.params[i]] =
            maker_node(&b->maker, (struct node){ .op = IR_PARAM, .imm = i });
    if (h->tracing->kind != ATTACH_SESSION)
        return;
    if (h->kind == ATTACH_EXIT)
        h->params[h->spare] = area(b, take(h, 8));
    h->cookie = h->params[h->spare];
}

static void find_incoming(struct build *b)
{
    b->hook->incoming = maker_node(&b->maker, (struct node){ .op = IR_INCOMING });
}

static void call_next(struct build *b)
{
    struct hooking *h = b->hook;
    uint32_t list[HOOK_PARAMS];
    if (h->tracing->kind == ATTACH_SESSION)
        maker_store(&b->maker, 64, h->cookie, 0, maker_const(&b->maker, 0));
    struct node node = { .op = IR_CALL_NEXT, .imm = h->layout->stack_size };
    node.imm |= (int64_t)h->layout->stack_align << 32;
    if (!h->layout->stack_size)
        node.imm = 0;
    for (uint32_t i = 0; i < h->hook.param_count; i++)
        list[i] = h->params[h->hook.params[i]];
    h->results[0] = maker_list(&b->maker, node, list, h->hook.param_count);
    h->results[1] = maker_node(&b->maker, (struct node){ .op = IR_RESULT, .imm = 1 });
}

/* Runs what comes next before anything else is done. */
static void call_next_first(struct build *b)
{
    struct hooking *h = b->hook;
    call_next(b);
    for (uint32_t i = 0; i < h->hook.param_count; i++)
        h->params[h->hook.params[i]] =
            maker_load(&b->maker, 64, area(b, h->hook.params_at + 8 * i), 0);
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
    maker_node(&b->maker, node);
}

static void count(struct build *b, size_t offset, uint32_t by)
{
    struct node node = { .op = IR_ATOMIC_ADD, .width = 64, .imm = (int64_t)offset };
    node.in[0] = maker_symbol(&b->maker, SYMBOL_HOOK, 0, 0);
    node.in[1] = by;
    maker_node(&b->maker, node);
}

/* Without the program: it is counted, and all goes on as if there were no hook. */
static void pass(struct build *b)
{
    struct hooking *h = b->hook;
    struct maker *maker = &b->maker;
    count(b, offsetof(struct hook_state, misses), maker_const(maker, 1));
    if (goes_on(h))
        maker_node(maker, (struct node){ .op = IR_NEXT });
    else if (h->kind == ATTACH_EXIT)
        return_results(b);
    else
        maker_node(maker, (struct node){ .op = IR_RETURN, .in = { maker_const(maker, 0) } });
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
    found[0] = maker_node(maker, (struct node){ .op = IR_VCPU });
    build_branch(b, COND_EQ, 64, found[0], zero, cold, join);
    b->owner = COLD_BLOCK;
    build_begin(b, cold);
    found[1] = maker_node(maker, (struct node){ .op = IR_LEASE });
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
    now = maker_node(maker, node);
    if (process.fenced)
        maker_node(maker, (struct node){ .op = IR_XCHG,
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
            maker_node(maker, (struct node){ .op = IR_THREAD, .symbol = { SYMBOL_ERRNO, 0 } });
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
    if (make_words(b, 0, h->tracing->arg_words))
        return b->err->code;
    if (h->kind == ATTACH_EXIT && !h->hook.leaves)
        call_next(b);
    if (make_words(b, h->tracing->arg_words, h->tracing->count))
        return b->err->code;
    none = maker_const(maker, 0);
    b->vcpu = none;
    if (h->needs_vcpu)
        enter(b, missing);
    begin_invocation(b);
    b->frame = h->needs_stack ? h->stack_at : area(b, take(h, b->checked->funcs[0].tree));
    for (unsigned r = 0; r < b->vars.count; r++)
        reg[r] = none;
    reg[10] = maker_op(maker, IR_ADD, 64, b->frame, maker_const(maker, b->fn->depth));
    if (b->checked->context_escapes)
        reg[1] = make_context(b);
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
    case ATTACH_ENTRY: maker_node(maker, (struct node){ .op = IR_NEXT }); break;
    case ATTACH_EXIT: return_results(b); break;
    case ATTACH_MODIFY: {
        bool wide = FAULT(hook_wide_result, result->size > 4, true);
        uint32_t on = build_label(b);
        build_unless(b, COND_EQ, wide ? 64 : 32, r0, maker_const(maker, 0), on);
        maker_node(maker, back);
        build_begin(b, on);
        maker_node(maker, (struct node){ .op = IR_NEXT });
        break;
    }
    default: maker_node(maker, back); break;
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
