/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled operations against their meaning (ir/ir.def): random straight-line functions, compiled
 * for this processor with random features of those that it has, run on random values. */
#include "arch/targets.h"
#include "image/image.h"
#include "rt/rt.h"
#include "runner/runner.h"

enum { NODES = 100, MEMORY = 256, ROUNDS = 8000, ROUNDS_QUICK = 2000 };

/* As far as all conventions pass a BPF function's parameters like those of a C function. */
enum { PARAMS = 6 };
typedef uint64_t six(uint64_t, void *, uint64_t, uint64_t, uint64_t, uint64_t);

/* ---- What operations mean ---- */

static uint64_t low(uint64_t value, unsigned width)
{
    return width == 64 ? value : value & ((UINT64_C(1) << width) - 1);
}

static int64_t extended(uint64_t value, unsigned width)
{
    return (int64_t)(value << (64 - width)) >> (64 - width);
}

static uint64_t divide(enum ir_op op, uint64_t a, uint64_t b, unsigned width)
{
    int64_t x = extended(a, width), y = extended(b, width);
    bool overflows = y == -1;
    switch (op) {
    case IR_UDIV: return b ? a / b : 0;
    case IR_UREM: return b ? a % b : a;
    case IR_SDIV: return !b ? 0 : overflows ? -(uint64_t)x : (uint64_t)(x / y);
    default: return !b ? a : overflows ? 0 : (uint64_t)(x % y);
    }
}

static uint64_t swapped(uint64_t value, unsigned width)
{
    return __builtin_bswap64(value) >> (64 - width);
}

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

static uint64_t arithmetic(const struct node *node, uint64_t a, uint64_t b)
{
    unsigned w = node->width, count = (unsigned)b & (w - 1);
    a = low(a, w);
    b = low(b, w);
    switch ((enum ir_op)node->op) {
    case IR_ADD:
    case IR_ATOMIC_ADD:
    case IR_FETCH_ADD: return low(a + b, w);
    case IR_SUB: return low(a - b, w);
    case IR_MUL: return low(a * b, w);
    case IR_AND:
    case IR_ATOMIC_AND:
    case IR_FETCH_AND: return a & b;
    case IR_OR:
    case IR_ATOMIC_OR:
    case IR_FETCH_OR: return a | b;
    case IR_XOR:
    case IR_ATOMIC_XOR:
    case IR_FETCH_XOR: return a ^ b;
    case IR_SHL: return low(a << count, w);
    case IR_SHR: return a >> count;
    case IR_SAR: return low((uint64_t)(extended(a, w) >> count), w);
    case IR_ROTL: return low(a << count | (count ? a >> (w - count) : 0), w);
    case IR_UMULH: return (uint64_t)((wide)a * b >> 64);
    case IR_SMULH: return (uint64_t)((signed_wide)(int64_t)a * (int64_t)b >> 64);
    case IR_POPCNT: return (uint64_t)__builtin_popcountll(a);
    case IR_NEG: return low(-a, w);
    case IR_SEXT8: return low((uint64_t)extended(a, 8), w);
    case IR_SEXT16: return low((uint64_t)extended(a, 16), w);
    case IR_SEXT32: return low((uint64_t)extended(a, 32), w);
    case IR_ZEXT8: return low(a, 8);
    case IR_ZEXT16: return low(a, 16);
    case IR_ZEXT32: return low(a, 32);
    case IR_BSWAP: return swapped(a, w);
    default: return low(divide((enum ir_op)node->op, a, b, w), w);
    }
}

static uint64_t read_memory(const uint8_t *at, unsigned width)
{
    uint64_t value = 0;
    memcpy(HOST_IS_BIG ? (uint8_t *)&value + 8 - width / 8 : (uint8_t *)&value, at, width / 8);
    return value;
}

static void write_memory(uint8_t *at, unsigned width, uint64_t value)
{
    memcpy(at, HOST_IS_BIG ? (uint8_t *)&value + 8 - width / 8 : (uint8_t *)&value, width / 8);
}

/* Of the numbers in 16 bytes. */
static uint64_t sum_of(const uint8_t *at, unsigned width)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 16; i += width / 8)
        sum += read_memory(at + i, width);
    return sum;
}

/* Operations on memory; what they give. */
static uint64_t on_memory(const struct node *node, uint8_t *at, uint64_t b, uint64_t c)
{
    unsigned w = node->width;
    uint64_t old = read_memory(at, w);
    switch ((enum ir_op)node->op) {
    case IR_LOAD_SUM: return sum_of(at, w);
    case IR_LOAD_POPCNT:
        return (uint64_t)(__builtin_popcountll(old) +
                          __builtin_popcountll(read_memory(at + 8, 64)));
    case IR_LOADS:
    case IR_PROBES: return (uint64_t)extended(old, w);
    case IR_LOAD:
    case IR_PROBE:
    case IR_LOAD_ACQUIRE: return old;
    case IR_STORE:
    case IR_STORE_RELEASE:
    case IR_XCHG: write_memory(at, w, b); return old;
    case IR_CMPXCHG:
        if (old == low(b, w))
            write_memory(at, w, c);
        return old;
    default: write_memory(at, w, arithmetic(node, old, b)); return old;
    }
}

/* The function's result; what it stores goes to memory. */
static uint64_t evaluate(const struct fn *fn, const uint64_t params[PARAMS], uint8_t *memory)
{
    static uint64_t v[NODES * 16];
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        const struct node *n = &fn->nodes.at[i];
        uint64_t a = ir_rows[n->op].ins > 0 ? v[n->in[0]] : 0;
        uint64_t b = ir_rows[n->op].ins > 1 ? v[n->in[1]] : 0;
        uint64_t c = ir_rows[n->op].ins > 2 ? v[n->in[2]] : 0;
        uint64_t d = ir_rows[n->op].ins > 3 ? v[n->in[3]] : 0;
        switch (ir_rows[n->op].shape) {
        case SHAPE_IMM: v[i] = n->op == IR_CONST ? (uint64_t)n->imm : params[n->imm]; break;
        case SHAPE_COMPARE: v[i] = cond_holds((enum ir_cond)n->cond, n->width, a, b); break;
        case SHAPE_SELECT: v[i] = cond_holds((enum ir_cond)n->cond, n->width, a, b) ? c : d; break;
        case SHAPE_LOAD:
        case SHAPE_STORE:
        case SHAPE_FETCH:
        case SHAPE_CMPXCHG:
            v[i] = on_memory(n, memory + (a + (uint64_t)n->imm - params[1]), b, c);
            break;
        default:
            if (n->op == IR_RETURN)
                return a;
            v[i] = arithmetic(n, a, b);
        }
    }
    return 0;
}

/* ---- Random functions ---- */

static uint32_t below(uint32_t n)
{
    return (uint32_t)(enc_random() % n);
}

static uint32_t add(struct fn *fn, struct node node)
{
    vec_push(fn->arena, &fn->nodes, node);
    return fn->nodes.count - 1;
}

static uint32_t constant(struct fn *fn, int64_t value)
{
    return add(fn, (struct node){ .op = IR_CONST, .imm = value });
}

/* A value made before, often a late one, or a new constant. */
static uint32_t any(struct fn *fn, const uint32_t *values, uint32_t count)
{
    if (below(4) == 0)
        return constant(fn, enc_integer(below(2) ? 64 : 8));
    return values[below(2) ? below(count) : count - 1 - below(count < 6 ? count : 6)];
}

/* An address in memory: the frame's, or computed. *imm: what is still to be added. */
static uint32_t address(struct fn *fn, const uint32_t *values, uint32_t count, int64_t *imm)
{
    uint32_t frame = values[1];
    *imm = 8 * below(16);
    if (below(2))
        return frame;
    uint32_t shift = below(4);
    uint32_t mask = constant(fn, shift == 3 ? 7 : 8);
    struct node node = { .op = IR_AND, .width = 64, .in = { any(fn, values, count), mask } };
    uint32_t index = add(fn, node);
    if (shift == 3) {
        node = (struct node){ .op = IR_SHL, .width = 64, .in = { index, constant(fn, 3) } };
        index = add(fn, node);
    }
    node = (struct node){ .op = IR_ADD, .width = 64, .in = { frame, index } };
    return add(fn, node);
}

static unsigned random_width(unsigned set)
{
    unsigned width;
    do
        width = 1u << below(4);
    while (!(set & width));
    return width * 8;
}

static bool is_tried(unsigned op)
{
    unsigned shape = ir_rows[op].shape;
    if ((op == IR_LOAD_SUM || op == IR_LOAD_POPCNT) && !target_find(host_target)->sums)
        return false;
    return shape >= SHAPE_UNARY && shape <= SHAPE_CMPXCHG && ir_rows[op].widths;
}

/* An operand for an operation of the width: any value, or what only this operation uses and might
 * take in: a load, an operation. */
static uint32_t operand(struct fn *fn, const uint32_t *values, uint32_t count, unsigned width)
{
    static const uint8_t ops[] = { IR_SHL, IR_SHR,  IR_SAR,   IR_XOR,    IR_ADD,    IR_MUL,
                                   IR_OR,  IR_ROTL, IR_ZEXT8, IR_ZEXT16, IR_ZEXT32, IR_SEXT32 };
    struct node n = { .op = IR_LOAD, .width = (uint8_t)width };
    switch (below(8)) {
    case 0:
    case 1:
        while (n.width > 8 && below(2)) /* comparisons may take in a narrow one */
            n.width /= 2;
        n.in[0] = address(fn, values, count, &n.imm);
        return add(fn, n);
    case 2:
        n.op = ops[below(sizeof ops)];
        if (width == 32 && below(2)) /* of which the low half is read */
            n.width = 64;
        if (!(ir_rows[n.op].widths & n.width / 8))
            break;
        n.in[0] = any(fn, values, count);
        if (ir_rows[n.op].ins > 1)
            n.in[1] = below(2) ? any(fn, values, count) : constant(fn, (int64_t)below(5) - 1);
        return add(fn, n);
    default: break;
    }
    return any(fn, values, count);
}

static uint32_t random_node(struct fn *fn, const uint32_t *values, uint32_t count)
{
    struct node n = { 0 };
    do
        n.op = (uint8_t)below(IR_COUNT);
    while (!is_tried(n.op));
    n.width = (uint8_t)random_width(ir_rows[n.op].widths);
    n.cond = (uint8_t)below(COND_COUNT);
    bool memory = ir_rows[n.op].shape >= SHAPE_LOAD;
    for (unsigned i = 0; i < ir_rows[n.op].ins; i++)
        n.in[i] = memory && i == 0 ? address(fn, values, count, &n.imm)
                  : memory         ? any(fn, values, count)
                                   : operand(fn, values, count, n.width);
    if ((n.op == IR_CMP || n.op == IR_SELECT) && below(4) == 0) { /* bits that are tested */
        struct node bits = { .op = IR_AND, .width = n.width, .in = { n.in[0], n.in[1] } };
        if (below(2))
            bits.in[1] = constant(fn, (below(2) ? 1 : 3) << below(30));
        n.in[0] = add(fn, bits);
        n.in[1] = constant(fn, 0);
        n.cond = below(2) ? COND_EQ : COND_NE;
    }
    if (n.op >= IR_UDIV && n.op <= IR_SREM && below(2)) {
        struct node odd = { .op = IR_OR, .width = n.width, .in = { n.in[1], constant(fn, 1) } };
        n.in[1] = add(fn, odd);
        n.flags = NODE_NONZERO;
    }
    if (n.op == IR_STORE && below(2)) { /* an update of what is there */
        static const uint8_t updates[] = { IR_ADD, IR_SUB, IR_AND, IR_OR, IR_XOR, IR_BSWAP };
        struct node load = { .op = IR_LOAD, .width = n.width, .imm = n.imm, .in = { n.in[0] } };
        struct node update = { .op = updates[below(6)], .width = n.width < 32 ? 32 : n.width };
        if (n.width == 16 && update.op == IR_BSWAP)
            update.width = 16;
        update.in[0] = add(fn, load);
        update.in[1] = n.in[1];
        n.in[1] = add(fn, update);
    }
    return add(fn, n);
}

static void make(struct fn *fn, struct arena *arena)
{
    uint32_t values[NODES + 8], count = 0, goal = 1 + below(NODES);
    *fn = (struct fn){ .arena = arena, .name = "ops", .args = 4 };
    for (int64_t i = 0; i < PARAMS; i++)
        values[count++] = add(fn, (struct node){ .op = IR_PARAM, .imm = i });
    while (count < goal + PARAMS) {
        uint32_t value = random_node(fn, values, count);
        if (ir_rows[fn->nodes.at[value].op].has_result)
            values[count++] = value;
        else
            goal--;
    }
    uint32_t kept = below(40); /* values that have to stay to the end: more than registers */
    for (uint32_t i = 0; i < kept; i++) {
        struct node sum = { .op = IR_XOR, .width = 64 };
        sum.in[0] = values[count - 1];
        sum.in[1] = values[2 + below(count - 2)];
        values[count - 1] = add(fn, sum);
    }
    add(fn, (struct node){ .op = IR_RETURN, .in = { values[count - 1] } });
    struct block block = { .count = fn->nodes.count };
    vec_push(arena, &fn->blocks, block);
    fn->layout = arena_array_of(arena, 1, uint32_t);
}

/* ---- Comparing ---- */

static uint64_t no_symbol(void *user, enum symbol_kind kind, uint32_t index, struct error *err)
{
    (void)user, (void)kind, (void)index;
    return (uint64_t)fail(err, ANYBPF_E_NOT_FOUND, "no symbols here");
}

static void run(const struct fn *fn, const struct image *image, uint64_t seed)
{
    static _Alignas(64) uint8_t memory[MEMORY], wanted[MEMORY];
    uint64_t p[PARAMS] = { enc_random(), (uintptr_t)memory };

    for (int i = 2; i < PARAMS; i++)
        p[i] = (uint64_t)enc_integer(64);
    for (int i = 0; i < MEMORY; i++)
        memory[i] = (uint8_t)(enc_random() >> 20);
    memcpy(wanted, memory, MEMORY);
    uint64_t result = evaluate(fn, p, wanted);
    six *entry = (six *)(uintptr_t)image_entry(image, 0);
    uint64_t got = entry(p[0], memory, p[2], p[3], p[4], p[5]);
    CHECK_SAY(got == result, "seed %#" PRIx64 ": %#" PRIx64 ", not %#" PRIx64, seed, got, result);
    CHECK_SAY(!memcmp(memory, wanted, MEMORY), "seed %#" PRIx64 ": memory differs", seed);
}

static int one_function(void *arg)
{
    struct arena *arena = arg;
    struct error err = { 0 };
    const struct target *target = target_find(host_target);
    struct fn fn;
    struct module module = { .arena = arena, .fns = &fn, .count = 1 };
    struct image_options options = { .symbol = no_symbol };
    struct code *code;
    struct image *image;
    uint32_t features = 0;
    uint64_t seed = enc_random();

    for (uint32_t i = 0; target->features[i]; i++)
        if (host_has(target->features[i]) && below(3))
            features |= 1u << i;
    make(&fn, arena);
    if (compile(arena, &module, target, features, &code, &err) ||
        image_seal(code, &options, &image, &err)) {
        CHECK_SAY(false, "%s", err.text);
        return err.code;
    }
    for (int i = 0; i < 4 && !test_failed(); i++)
        run(&fn, image, seed);
    image_free(image);
    return 0;
}

/* Every rule that this processor can run was reached. */
static void check_coverage(const struct target *target, const uint64_t *rules)
{
    for (uint32_t i = 0; i < target->rule_count; i++) {
        const struct rule *rule = &target->rules[i];
        bool can = is_tried(rule->op);
        for (uint32_t k = 0; target->features[k]; k++)
            can &= !(rule->needs >> k & 1) || host_has(target->features[k]);
        CHECK_SAY(rules[i] || !can, "rule %s was not reached", rule->name);
    }
}

/* Whether instructions want operands in certain registers, so that moves can go round. */
static bool wants_registers(const struct target *target)
{
    for (uint32_t i = 0; i < target->rule_count; i++) {
        const struct rule *rule = &target->rules[i];
        if (is_tried(rule->op) && rule->op != IR_RETURN && (rule->a >= FIX_0 || rule->b >= FIX_0))
            return true;
    }
    return false;
}

TEST(compiled_operations_equal_their_meaning)
{
    const struct target *target = target_find(host_target);
    static uint64_t rules[256];
    struct coverage coverage = { .rules = rules };

    if (!target) {
        test_skip("this build compiles for other processors only");
        return;
    }
    enc_begin();
    compile_coverage = &coverage;
    for (int i = 0; i < (test_quick ? ROUNDS_QUICK : ROUNDS) && !test_failed(); i++) {
        struct arena *arena = arena_new(&allocator_libc, 0);
        struct error err = { 0 };
        CHECK_EQ(arena_try(arena, &err, one_function, arena), 0);
        arena_free(arena);
    }
    compile_coverage = NULL;
    if (!test_failed())
        check_coverage(target, rules);
    CHECK(coverage.spills && coverage.reloads);
    CHECK(coverage.cycles || !wants_registers(target));
}
