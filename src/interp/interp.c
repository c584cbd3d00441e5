/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program: an activation per function, on the C stack; its BPF stack on the vcpu's
 * private one. Semantics of memory and calls: RFC 9669 sections 4.3 and 5, rt/layout.h. */
#include "base/hash.h"
#include "base/planted.h"
#include "bpf/text.h"
#include "interp/local.h"

enum { R10 = 10 };

static uint64_t run(struct activation *a, uint32_t func);

/* ---- Memory ---- */

static void *reach(const struct activation *a, uint64_t at, unsigned bits, bool write)
{
    if (a->watch)
        access_check(a, at, bits / 8, write);
    return (void *)(uintptr_t)at;
}

static uint64_t load(const void *at, unsigned bits)
{
    switch (bits) {
    case 8: return *(const uint8_t *)at;
    case 16: return bytes_u16(at);
    case 32: return bytes_u32(at);
    default: return bytes_u64(at);
    }
}

static void store(void *at, unsigned bits, uint64_t value)
{
    switch (bits) {
    case 8: *(uint8_t *)at = (uint8_t)value; break;
    case 16: bytes_set_u16(at, (uint16_t)value); break;
    case 32: bytes_set_u32(at, (uint32_t)value); break;
    default: bytes_set_u64(at, value);
    }
}

static uint64_t extend(const struct insn_row *row, uint64_t value)
{
    unsigned unused = 64u - row->bits;
    if (FAULT(load_sign, row->op == OP_SEXT, false))
        return (uint64_t)((int64_t)(value << unused) >> unused);
    return value << unused >> unused;
}

/* Memory that may not be there: its bytes are then 0. */
static uint64_t probe(uint64_t from, unsigned bits)
{
    uint64_t value;
    return fault_copy(&value, from, bits / 8) == bits / 8 ? load(&value, bits) : 0;
}

/* ---- Fields of the context (invariant 13): the base register is the context itself ---- */

static const struct context_field *field_at(const struct activation *a, uint64_t base)
{
    const struct checked *checked = a->interp->checked;
    if (a->watch)
        access_check_field(a, base);
    return &checked->context->fields[checked->facts[a->at].field];
}

static uint64_t load_field(const struct activation *a, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint64_t base = a->reg[insn.src];
    const struct context_field *field = field_at(a, base);
    const struct anybpf_packet *packet = (const void *)(uintptr_t)base;
    const uint8_t *at = (const uint8_t *)(uintptr_t)base + field->host_offset;
    uint32_t inside = (uint32_t)insn.off - field->offset, shift = 0;

    switch (field->kind) {
    case FIELD_PACKET:
    case FIELD_PACKET_END: return bytes_u64(at);
    case FIELD_PACKET_META: /* none: it ends where the packet begins */
        return packet->data_meta_slot ? packet->data_meta_slot : packet->data_slot;
    case FIELD_LENGTH: return (uint32_t)(packet->data_end_slot - packet->data_slot);
    case FIELD_ZERO: return 0;
    case FIELD_MEMORY: return extend(row, load(at + inside, row->bits));
    default:
        context_field(a->interp->checked->context, (uint32_t)insn.off, row->bits / 8u, &shift);
        return extend(row, load(at, 8 * field->host_size) >> shift);
    }
}

static void store_field(const struct activation *a, struct insn insn, uint64_t value)
{
    uint64_t base = a->reg[insn.dst];
    const struct context_field *field = field_at(a, base);
    uint32_t inside = (uint32_t)insn.off - field->offset, bits = insn_row(insn)->bits;
    void *at = (void *)(uintptr_t)(base + field->host_offset + inside);

    if (field->kind == FIELD_SCALAR && bits > 8 * field->host_size)
        bits = 8 * field->host_size;
    if (field->kind != FIELD_ZERO)
        store(at, bits, value);
}

/* ---- Loads, stores, atomics ---- */

static void do_load(struct activation *a, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint64_t at = a->reg[insn.src] + (uint64_t)insn.off;
    uint8_t region = a->interp->checked->facts[a->at].region;

    if (region == REGION_FIELD)
        a->reg[insn.dst] = load_field(a, insn);
    else if (region == REGION_PROBE)
        a->reg[insn.dst] = extend(row, probe(at, row->bits));
    else
        a->reg[insn.dst] = extend(row, load(reach(a, at, row->bits, false), row->bits));
}

static void do_store(struct activation *a, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint64_t at = a->reg[insn.dst] + (uint64_t)insn.off;
    uint64_t value = row->kind == INSN_KIND_STX ? a->reg[insn.src] : (uint64_t)insn.imm;

    if (a->interp->checked->facts[a->at].region == REGION_FIELD)
        store_field(a, insn, value);
    else
        store(reach(a, at, row->bits, true), row->bits, value);
}

/* Read-modify-write without fetch is relaxed, the others are full barriers. */
#define ATOMIC(bits)                                                                               \
    static uint64_t atomic##bits(unsigned op, uint##bits##_t *at, uint64_t value,                  \
                                 uint64_t expected)                                                \
    {                                                                                              \
        uint##bits##_t v = (uint##bits##_t)value, old = (uint##bits##_t)expected;                  \
        switch (op) {                                                                              \
        case OP_ADD: return __atomic_fetch_add(at, v, __ATOMIC_RELAXED);                           \
        case OP_OR: return __atomic_fetch_or(at, v, __ATOMIC_RELAXED);                             \
        case OP_AND: return __atomic_fetch_and(at, v, __ATOMIC_RELAXED);                           \
        case OP_XOR: return __atomic_fetch_xor(at, v, __ATOMIC_RELAXED);                           \
        case OP_FETCH_ADD: return __atomic_fetch_add(at, v, __ATOMIC_SEQ_CST);                     \
        case OP_FETCH_OR: return __atomic_fetch_or(at, v, __ATOMIC_SEQ_CST);                       \
        case OP_FETCH_AND: return __atomic_fetch_and(at, v, __ATOMIC_SEQ_CST);                     \
        case OP_FETCH_XOR: return __atomic_fetch_xor(at, v, __ATOMIC_SEQ_CST);                     \
        case OP_XCHG: return __atomic_exchange_n(at, v, __ATOMIC_SEQ_CST);                         \
        case OP_CMPXCHG:                                                                           \
            __atomic_compare_exchange_n(at, &old, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
            return old;                                                                            \
        case OP_LOAD_ACQ: return __atomic_load_n(at, __ATOMIC_ACQUIRE);                            \
        default: __atomic_store_n(at, v, __ATOMIC_RELEASE); return 0;                              \
        }                                                                                          \
    }
ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)
#undef ATOMIC

static void do_atomic(struct activation *a, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    bool is_load = row->op == OP_LOAD_ACQ;
    uint64_t at = a->reg[is_load ? insn.src : insn.dst] + (uint64_t)insn.off, old;
    uint64_t value = a->reg[insn.src];
    uint16_t writes = insn_writes(insn);

    if (a->watch)
        access_check_aligned(a, at, row->bits / 8);
    void *memory = reach(a, at, row->bits, !is_load);
    switch (row->bits) {
    case 8: old = atomic8(row->op, memory, value, a->reg[0]); break;
    case 16: old = atomic16(row->op, memory, value, a->reg[0]); break;
    case 32: old = atomic32(row->op, memory, value, a->reg[0]); break;
    default: old = atomic64(row->op, memory, value, a->reg[0]); break;
    }
    if (writes)
        a->reg[__builtin_ctz(writes)] = old;
}

static uint64_t immediate(const struct activation *a, const struct insn *insn)
{
    const struct prog *prog = a->interp->checked->prog;
    switch (insn_row(*insn)->op) {
    case OP_MAP: return (uintptr_t)a->interp->maps[insn->imm];
    case OP_MAP_VALUE: return a->interp->maps[insn->imm]->values.word + (uint32_t)insn[1].imm;
    case OP_FUNC: return TOKEN_BASE + (uint64_t)prog_func_index(prog, insn_callee(*insn, a->at));
    default: return insn_imm64(insn);
    }
}

/* ---- Calls ---- */

static uint64_t call(const struct activation *caller, const struct interp *interp,
                     struct vcpu *vcpu, uint8_t *frame, uint32_t func, const uint64_t r[5])
{
    struct activation a = { .interp = interp,
                            .vcpu = vcpu,
                            .frame = frame,
                            .reg = { 0, r[0], r[1], r[2], r[3], r[4] },
                            .watch = interp->check_access ? watch_current() : NULL,
                            .outer = caller };
    /* What a function does not take is as unknown to it as in compiled code. */
    for (unsigned i = 1 + interp->checked->funcs[func].args; i <= 5; i++)
        a.reg[i] = 0;
    return run(&a, func);
}

static uint64_t call_local(const struct activation *a, uint32_t func)
{
    return call(a, a->interp, a->vcpu, a->frame + FAULT(frames_overlap, a->depth, 0), func,
                a->reg + 1);
}

static uint64_t call_token(const struct activation *a, uint64_t token)
{
    const struct functions *functions = a->interp->functions;
    uint64_t index = token - TOKEN_BASE;
    if (index >= functions->count || !a->interp->checked->funcs[index].reached)
        return 0;
    return call_local(a, (uint32_t)index);
}

static uint64_t call_helper(const struct activation *a, const struct helper *helper)
{
    if (helper->flags & HELPER_CALLS_BACK)
        SLOT_SET(a->vcpu->functions, a->interp->functions);
    if (!a->watch)
        return helper_call(helper, a->vcpu, a->reg + 1);
    access_check_helper(a, helper);
    a->watch->innermost = a;
    uint64_t result = helper_call(helper, a->vcpu, a->reg + 1);
    access_grant_result(a, helper, result);
    return result;
}

/* The target of a tail call, all accounts settled; NULL: something is missing, go on. */
static const struct runnable *tail_target(struct activation *a)
{
    const struct map *map = (const struct map *)(uintptr_t)a->reg[2];
    uint32_t index = (uint32_t)a->reg[3];
    struct vcpu *vcpu = a->vcpu;
    uint64_t frame = (uintptr_t)a->frame;

    if (index >= map->max_entries)
        return NULL;
    const struct prog_slot *slot = (const void *)(map->values.at + 8 * (size_t)index);
    const struct runnable *target = __atomic_load_n(&slot->run.at, __ATOMIC_ACQUIRE);
    if (!target || !vcpu->tail_calls || target->depth > vcpu->stack_end - frame)
        return NULL;
    vcpu->tail_calls--;
    if (vcpu->stack_at < frame + target->depth)
        vcpu->stack_at = frame + target->depth;
    return target;
}

static uint64_t enter(struct vcpu *vcpu, void *frame, uint64_t r1, const void *program)
{
    const struct interp *interp = program;
    const struct context_type *context = interp->checked->context;
    bool is_raw = !context || context->kind == CONTEXT_MEMORY;
    uint64_t r[5] = { r1, is_raw ? vcpu->context_size : 0 }, result;
    struct watch watch;

    if (!interp->check_access)
        return call(NULL, interp, vcpu, frame, 0, r);
    watch_begin(&watch, interp, vcpu, r1);
    result = call(NULL, interp, vcpu, frame, 0, r);
    watch_end(&watch);
    return result;
}

static uint64_t call_back(struct vcpu *vcpu, void *frame, const void *program, uint32_t index,
                          const uint64_t r[5])
{
    const struct interp *interp = program;
    const struct activation *caller = NULL;
    if (interp->check_access) {
        struct watch *watch = watch_current();
        caller = watch->innermost;
        access_grant_callback(caller, r);
        uint64_t result = call(caller, interp, vcpu, frame, index, r);
        watch->innermost = caller;
        return result;
    }
    return call(NULL, interp, vcpu, frame, index, r);
}

/* ---- The loop ---- */

/* A CALL; false: it was a tail call that does not come back, with its result in r0. */
static bool do_call(struct activation *a, struct insn insn)
{
    const struct helper *helper = a->interp->helpers[a->at];

    if (insn_row(insn)->op == OP_LOCAL) {
        int64_t callee = insn_callee(insn, a->at);
        a->reg[0] = call_local(a, (uint32_t)prog_func_index(a->interp->checked->prog, callee));
    } else if (helper->flags & HELPER_TAIL_CALL) {
        if (a->watch)
            access_check_helper(a, helper);
        const struct runnable *target = tail_target(a);
        if (!target)
            return true;
        a->reg[0] = target->code.word
                        ? target->code.at(a->vcpu, a->frame, a->reg[1])
                        : target->interpret.at(a->vcpu, a->frame, a->reg[1], target->program.at);
        return false;
    } else {
        a->reg[0] = call_helper(a, helper);
    }
    return true;
}

_Thread_local void (*interp_on_step)(const struct activation *a);

static uint64_t run(struct activation *a, uint32_t func)
{
    const struct checked *checked = a->interp->checked;
    const struct insn *insns = checked->prog->insns;
    uint64_t *reg = a->reg;

    a->depth = checked->funcs[func].depth;
    reg[R10] = (uintptr_t)a->frame + a->depth;
    for (uint32_t at = checked->prog->funcs[func].start, next;; at = next) {
        struct insn insn = insns[at];
        const struct insn_row *row = insn_row(insn);
        uint64_t right = row->src_reg ? reg[insn.src] : (uint64_t)insn.imm;
        a->at = at;
        next = at + 1;
        if (a->watch && interp_on_step)
            interp_on_step(a);
        switch (row->kind) {
        case INSN_KIND_ALU: reg[insn.dst] = eval_alu(row, reg[insn.dst], right); break;
        case INSN_KIND_SWAP: reg[insn.dst] = eval_swap(row, reg[insn.dst]); break;
        case INSN_KIND_LDIMM:
            reg[insn.dst] = immediate(a, &insns[at]);
            next++;
            break;
        case INSN_KIND_LDX: do_load(a, insn); break;
        case INSN_KIND_ST:
        case INSN_KIND_STX: do_store(a, insn); break;
        case INSN_KIND_ATOMIC: do_atomic(a, insn); break;
        case INSN_KIND_JUMP:
            if (eval_jump(row, reg[insn.dst], right))
                next = (uint32_t)insn_target(insn, at);
            break;
        case INSN_KIND_GOTO: next = (uint32_t)insn_target(insn, at); break;
        case INSN_KIND_MAY_GOTO:
            if (a->vcpu->fuel)
                a->vcpu->fuel--;
            else
                next = (uint32_t)insn_target(insn, at);
            break;
        case INSN_KIND_CALL:
            if (!do_call(a, insn))
                return reg[0];
            break;
        case INSN_KIND_CALLX: reg[0] = call_token(a, reg[insn.dst]); break;
        case INSN_KIND_EXIT: return reg[0];
        default: assert(false && "an instruction that interp_new() refuses"); return 0;
        }
    }
}

/* ---- Making ready ---- */

static int resolve(struct interp *interp, uint32_t at, struct error *err)
{
    const struct prog *prog = interp->checked->prog;
    struct insn insn = prog->insns[at];
    const struct insn_row *row = insn_row(insn);
    char text[64];

    switch (row->kind) {
    case INSN_KIND_CALL:
        if (row->op == OP_LOCAL)
            return 0;
        if (row->op == OP_KFUNC)
            break;
        interp->helpers[at] = env_helper(interp->env, (uint32_t)insn.imm);
        if (!interp->helpers[at])
            return fail(err, ANYBPF_E_NOT_FOUND,
                        "instruction %u calls helper %d, which the environment does not have", at,
                        insn.imm);
        return 0;
    case INSN_KIND_INVALID:
    case INSN_KIND_CAST:
    case INSN_KIND_LEGACY: break;
    default: return 0;
    }
    insn_print(text, sizeof text, prog, &prog->insns[at], at, INSN_LLVM);
    return fail(err, ANYBPF_E_UNSUPPORTED, "instruction %u (%s) is not offered here", at, text);
}

static struct functions *make_functions(struct arena *arena, const struct interp *interp)
{
    const struct checked *checked = interp->checked;
    uint32_t count = checked->prog->func_count;
    struct functions *functions =
        arena_alloc(arena, sizeof *functions + count * sizeof functions->at[0]);

    functions->count = count;
    SLOT_SET(functions->interpret, call_back);
    SLOT_SET(functions->program, interp);
    for (uint32_t i = 0; i < count; i++) {
        functions->at[i].depth = checked->funcs[i].tree;
        functions->at[i].params = checked->funcs[i].args;
    }
    return functions;
}

int interp_new(struct arena *arena, const struct env *env, const struct checked *checked,
               struct map *const *maps, bool check_access, struct error *err,
               const struct interp **out)
{
    struct interp *interp = arena_new_of(arena, struct interp);
    *interp = (struct interp){
        .env = env, .checked = checked, .maps = maps, .check_access = check_access
    };
    interp->helpers = arena_array_of(arena, checked->prog->count, const struct helper *);
    interp->functions = make_functions(arena, interp);
    for (uint32_t at = 0; at < checked->prog->count; at++) {
        int rc = checked->prog->insns[at].id == INSN_SECOND ? 0 : resolve(interp, at, err);
        if (rc)
            return rc;
    }
    *out = interp;
    return 0;
}

void interp_runnable(const struct interp *interp, struct runnable *run)
{
    run->code.word = 0;
    SLOT_SET(run->interpret, enter);
    SLOT_SET(run->program, interp);
    run->depth = interp->checked->funcs[0].tree;
    run->type = interp->checked->prog->type;
    run->cpus = interp->env->cpus;
    run->flags = interp->check_access ? RUNNABLE_MAY_FAULT : 0;
}
