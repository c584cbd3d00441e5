/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that leave the function: helpers, tail calls, callx. Short helpers are done in place; their
 * C form, which the interpreter always calls, is what they must equal. Layouts: rt/layout.h. */
#include "base/planted.h"
#include "ir/local.h"
#include "rt/rt.h"
#include <assert.h>

static uint32_t load_vcpu(struct build *b, unsigned width, size_t offset)
{
    return maker_load(&b->maker, width, b->vcpu, (int64_t)offset);
}

/* The map that the verifier knows the call at that instruction to take. */
static const struct map_spec *proved_map(const struct build *b, uint32_t at, uint32_t *index)
{
    const struct insn_fact *fact = &b->checked->facts[at];
    if (!(fact->flags & FACT_MAP))
        return NULL;
    *index = fact->map;
    return b->prog->maps[fact->map];
}

/* The map in the register, if it is known which: the verifier says so, or the value is its
 * address. */
static const struct map_spec *known_map(const struct build *b, unsigned reg, uint32_t *index)
{
    const struct map_spec *spec = proved_map(b, b->at, index);
    const struct node *node = &b->fn->nodes.at[b->reg[reg]];
    if (spec || node->op != IR_SYMBOL || node->symbol.kind != SYMBOL_MAP || node->imm)
        return spec;
    *index = node->symbol.index;
    return b->prog->maps[node->symbol.index];
}

static uint32_t multiplied(struct build *b, uint32_t x, uint64_t by)
{
    return maker_op(&b->maker, IR_MUL, 64, x, maker_const(&b->maker, by));
}

static bool is_array(const struct map_spec *spec)
{
    return spec && (spec->type == MAP_ARRAY || spec->type == MAP_PERCPU_ARRAY);
}

bool lower_loads_key(const struct build *b, uint32_t at)
{
    uint32_t map;
    struct insn insn = b->prog->insns[at];
    return insn.id == INSN_CALL && insn.imm == HELPER_map_lookup_elem &&
           is_array(proved_map(b, at, &map));
}

/* key < max_entries ? values + key * stride : 0, on a per-CPU array + cpu * cpu_stride. */
static void lookup_array(struct build *b, const struct map_spec *spec, uint32_t map)
{
    struct maker *maker = &b->maker;
    unsigned slot = variable_at(&b->vars, b->at);
    uint32_t key = slot ? lower_slot(b, slot, 32, false) : maker_load(maker, 32, b->reg[2], 0);
    uint32_t at = multiplied(b, key, (spec->value_size + 7) & ~7ull);
    at = maker_op(maker, IR_ADD, 64, at, maker_symbol(maker, SYMBOL_MAP_DATA, map, 0));
    if (spec->type == MAP_PERCPU_ARRAY) {
        uint32_t head = maker_symbol(maker, SYMBOL_MAP, map, 0);
        uint32_t stride = maker_load(maker, 64, head, offsetof(struct map, cpu_stride));
        uint32_t cpu = load_vcpu(b, 32, offsetof(struct vcpu, cpu));
        at = maker_op(maker, IR_ADD, 64, at, maker_op(maker, IR_MUL, 64, cpu, stride));
    }
    struct node node = { .op = IR_SELECT,
                         .width = 32,
                         .cond = FAULT(lookup_bound, COND_ULT, COND_ULE) };
    node.in[0] = key;
    node.in[1] = maker_const(maker, spec->max_entries);
    node.in[2] = at;
    node.in[3] = maker_const(maker, 0);
    b->reg[0] = maker_node(maker, &node);
}

/* The sequence of struct runnable in rt/layout.h. */
static void tail_call(struct build *b)
{
    struct maker *maker = &b->maker;
    uint32_t map = 0, out = build_label(b), zero = maker_const(maker, 0);
    const struct map_spec *spec = known_map(b, 2, &map);
    uint32_t index = maker_op(maker, IR_ZEXT32, 64, b->reg[3], 0);
    uint32_t max = spec ? maker_const(maker, spec->max_entries)
                        : maker_load(maker, 32, b->reg[2], offsetof(struct map, max_entries));
    build_unless(b, FAULT(tail_index, COND_UGE, COND_UGT), 32, index, max, out);
    uint32_t slots = spec ? maker_symbol(maker, SYMBOL_MAP_DATA, map, 0)
                          : maker_load(maker, 64, b->reg[2], offsetof(struct map, values));
    uint32_t slot = maker_op(maker, IR_ADD, 64, slots, multiplied(b, index, 8));
    uint32_t run = maker_load(maker, 64, slot, 0);
    build_unless(b, COND_EQ, 64, run, zero, out);
    uint32_t left = load_vcpu(b, 32, offsetof(struct vcpu, tail_calls));
    build_unless(b, COND_EQ, 32, left, zero, out);
    uint32_t depth = maker_load(maker, 32, run, offsetof(struct runnable, depth));
    uint32_t room = load_vcpu(b, 64, offsetof(struct vcpu, stack_end));
    room = maker_op(maker, IR_SUB, 64, room, b->frame);
    build_unless(b, COND_UGT, 64, depth, room, out);

    left = maker_op(maker, IR_ADD, 32, left, maker_const(maker, UINT32_MAX));
    maker_store(maker, 32, b->vcpu, offsetof(struct vcpu, tail_calls), left);
    uint32_t end = maker_op(maker, IR_ADD, 64, b->frame, depth);
    uint32_t at = load_vcpu(b, 64, offsetof(struct vcpu, stack_at));
    struct node most = { .op = IR_SELECT, .width = 64, .cond = COND_UGT };
    most.in[0] = most.in[2] = end;
    most.in[1] = most.in[3] = at;
    maker_store(maker, 64, b->vcpu, offsetof(struct vcpu, stack_at), maker_node(maker, &most));
    uint32_t list[] = { maker_load(maker, 64, run, offsetof(struct runnable, code)), b->vcpu,
                        b->frame, b->reg[1] };
    if (FAULT(hook_tail, b->hook != NULL, false)) /* which does what is behind the program */
        hook_end(b, maker_list(maker, (struct node){ .op = IR_CALL_POINTER }, list, 4));
    else
        maker_list(maker, (struct node){ .op = IR_TAIL }, list, 4);
    build_begin(b, out);
}

/* A call of what is no token of a function gives 0. */
void lower_callx(struct build *b, uint32_t token)
{
    struct maker *maker = &b->maker;
    uint32_t out = build_label(b), zero = maker_const(maker, 0);
    uint32_t first = b->fn->blocks.count - 1;
    uint32_t index = maker_op(maker, IR_SUB, 64, token, maker_const(maker, TOKEN_BASE));
    uint32_t count = maker_const(maker, b->prog->func_count);
    build_unless(b, COND_UGE, 64, index, count, out);
    uint32_t row = maker_symbol(maker, SYMBOL_FUNCTIONS, 0, offsetof(struct functions, at));
    uint32_t at = maker_op(maker, IR_ADD, 64, row, multiplied(b, index, sizeof(struct function)));
    uint32_t code = maker_load(maker, 64, at, offsetof(struct function, code));
    build_unless(b, COND_EQ, 64, code, zero, out);
    uint32_t list[] = { code,      b->vcpu,   b->reg[10], b->reg[1],
                        b->reg[2], b->reg[3], b->reg[4],  b->reg[5] };
    uint32_t result = maker_list(maker, (struct node){ .op = IR_CALL_POINTER }, list, 8);
    build_jump(b, out);
    assert(b->fn->blocks.count - 1 == first + 2);
    build_begin(b, out);
    uint32_t results[] = { zero, zero, result };
    b->reg[0] = maker_list(maker, (struct node){ .op = IR_PHI }, results, 3);
}

/* A result narrower than 64 bits as r0 has it. */
static uint32_t widened(struct build *b, uint8_t type, uint32_t x)
{
    static const uint8_t ops[] = {
        [C_U8] = IR_ZEXT8,   [C_S8] = IR_SEXT8,   [C_U16] = IR_ZEXT16, [C_S16] = IR_SEXT16,
        [C_U32] = IR_ZEXT32, [C_S32] = IR_SEXT32, [C_S64] = 0
    };
    if (type == C_NONE)
        return maker_const(&b->maker, 0);
    return ops[type] ? maker_op(&b->maker, ops[type], 64, x, 0) : x;
}

/* An argument with above it what the convention promises the callee. */
static uint32_t extended(struct build *b, const struct layout *layout, uint32_t i, uint32_t x)
{
    static const uint8_t zero[] = { [1] = IR_ZEXT8, [2] = IR_ZEXT16, [4] = IR_ZEXT32 };
    static const uint8_t sign[] = { [1] = IR_SEXT8, [2] = IR_SEXT16, [4] = IR_SEXT32 };
    const struct layout_part *part = layout->args[i].parts;

    assert(layout->args[i].count == 1 && part->place == PART_REG &&
           part->reg == layout->conv->args.general.at[i]);
    if (FAULT(helper_extend, part->extension, EXTEND_GARBAGE) == EXTEND_GARBAGE)
        return x;
    return maker_op(&b->maker, (part->extension == EXTEND_SIGN ? sign : zero)[part->size], 64, x,
                    0);
}

static int call(struct build *b, const struct helper *helper)
{
    struct maker *maker = &b->maker;
    const struct layout *layout = NULL;
    uint32_t list[1 + 5], count = 0;
    if (b->binding->conv && layout_of_helper(b->arena, b->binding->conv, helper, &layout, b->err))
        return b->err->code;
    if (helper->flags & HELPER_CALLS_BACK)
        maker_store(maker, 64, b->vcpu, offsetof(struct vcpu, functions),
                    maker_symbol(maker, SYMBOL_FUNCTIONS, 0, 0));
    if (helper->flags & HELPER_VCPU)
        list[count++] = b->vcpu;
    for (unsigned i = 0; i < helper->args; i++, count++)
        list[count] = layout ? extended(b, layout, count, b->reg[1 + i]) : b->reg[1 + i];
    struct node node = { .op = IR_CALL_HELPER, .imm = helper->id };
    b->reg[0] = widened(b, helper->ret_type, maker_list(maker, node, list, count));
    return 0;
}

/* p = (h ^ word) * HASH_MULTIPLIER, p ^ p >> 64 */
static uint32_t hashed(struct build *b, uint32_t h, uint32_t word)
{
    struct maker *maker = &b->maker;
    uint32_t factor = maker_const(maker, HASH_MULTIPLIER);
    uint32_t x = maker_op(maker, IR_XOR, 64, h, word);
    uint32_t low = maker_op(maker, IR_MUL, 64, x, factor);
    uint32_t high = maker_op(maker, IR_UMULH, 64, x, factor);
    return maker_op(maker, IR_XOR, 64, low, high);
}

/* Where the pointer to the element with that hash is. */
static uint32_t hash_place(struct build *b, uint32_t h, uint32_t map)
{
    struct maker *maker = &b->maker;
    uint32_t count = maker_load(maker, 32, maker_symbol(maker, SYMBOL_MAP, map, 0),
                                offsetof(struct map, bucket_count));
    uint32_t half = maker_const(maker, 32);
    uint32_t bucket = maker_op(maker, IR_MUL, 64, maker_op(maker, IR_SHR, 64, h, half), count);
    uint32_t way = multiplied(b, maker_op(maker, IR_ZEXT32, 64, h, 0), HASH_WAYS);
    bucket = multiplied(b, maker_op(maker, IR_SHR, 64, bucket, half), HASH_BUCKET);
    way = multiplied(b, maker_op(maker, IR_SHR, 64, way, half), 8);
    uint32_t table = maker_symbol(maker, SYMBOL_MAP_DATA, map, 0);
    return maker_op(maker, IR_ADD, 64, maker_op(maker, IR_ADD, 64, table, bucket), way);
}

enum { HASH_INLINED = 16 /* bytes of keys, whole words of 4 */ };

static bool hash_is_inlined(const struct map_spec *spec)
{
    return spec->type == MAP_HASH && spec->key_size % 4 == 0 && spec->key_size <= HASH_INLINED;
}

/* The element where it should be first, if it has the key; else the helper looks (rt/layout.h). */
static void lookup_hash(struct build *b, const struct map_spec *spec, uint32_t map,
                        const struct helper *helper)
{
    struct maker *maker = &b->maker;
    uint32_t slow = build_label(b), out = build_label(b), owner = b->owner;
    uint32_t head = maker_symbol(maker, SYMBOL_MAP, map, 0), zero = maker_const(maker, 0);
    uint32_t h = maker_load(maker, 64, head, offsetof(struct map, seed));
    uint32_t words[HASH_INLINED / 8], results[2];

    for (uint32_t at = 0; at < spec->key_size; at += 8) {
        bool half = spec->key_size - at < 8;
        uint32_t word = maker_load(maker, half ? 32 : 64, b->reg[2], at);
        words[at / 8] = word;
        if (half)
            word = multiplied(b, word, UINT64_C(0x100000001));
        h = hashed(b, h, word);
    }
    uint32_t element = maker_load(maker, 64, hash_place(b, h, map), HASH_WAY_0);
    build_unless(b, COND_EQ, 64, element, zero, slow);
    for (uint32_t at = 0; at < spec->key_size; at += 8) {
        unsigned width = spec->key_size - at < 8 ? 32 : 64;
        uint32_t there = maker_load(maker, width, element, HASH_KEY_AT + at);
        build_unless(b, FAULT(inlined_key, COND_NE, COND_UGT), width, there, words[at / 8], slow);
    }
    results[0] = maker_op(maker, IR_ADD, 64, element,
                          maker_const(maker, HASH_KEY_AT + ((spec->key_size + 7) & ~7u)));
    build_jump(b, out);
    b->owner = COLD_BLOCK;
    build_begin(b, slow);
    call(b, helper);
    results[1] = b->reg[0];
    build_jump(b, out);
    b->owner = owner;
    build_begin(b, out);
    b->reg[0] = maker_list(maker, (struct node){ .op = IR_PHI }, results, 2);
}

static void lookup(struct build *b, const struct helper *helper)
{
    uint32_t map = 0;
    const struct map_spec *spec = known_map(b, 1, &map);

    if (is_array(spec))
        lookup_array(b, spec, map);
    else if (spec && hash_is_inlined(spec))
        lookup_hash(b, spec, map, helper);
    else
        call(b, helper);
}

int lower_helper(struct build *b, int32_t id)
{
    const struct helper *helper = env_helper(b->binding->env, (uint32_t)id);
    if (!helper)
        return fail(b->err, ANYBPF_E_NOT_FOUND,
                    "instruction %u calls helper %d, which there is not", b->at, id);
    if (helper->flags & HELPER_TAIL_CALL)
        tail_call(b);
    else if (id == HELPER_map_lookup_elem)
        lookup(b, helper);
    else if (id == HELPER_get_smp_processor_id)
        b->reg[0] = load_vcpu(b, 32, offsetof(struct vcpu, cpu));
    else if (!b->hook || !hook_helper(b, helper))
        return call(b, helper);
    return 0;
}
