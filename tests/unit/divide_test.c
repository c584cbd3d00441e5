/* SPDX-License-Identifier: Apache-2.0 */
/* Divisions by constants, as they are folded, against divisions. */
#include "ir/local.h"
#include "runner/runner.h"

static uint64_t evaluate(const struct fn *fn, uint32_t value, uint64_t x)
{
    const struct node *n = &fn->nodes.at[value];
    uint64_t mask = n->width == 32 ? UINT32_MAX : UINT64_MAX, a = 0, b = 0;
    if (ir_rows[n->op].ins > 0)
        a = evaluate(fn, n->in[0], x) & mask;
    if (ir_rows[n->op].ins > 1)
        b = evaluate(fn, n->in[1], x) & mask;
    switch (n->op) {
    case IR_PARAM: return x;
    case IR_CONST: return (uint64_t)n->imm;
    case IR_ZEXT8: return (uint8_t)a;
    case IR_ZEXT16: return (uint16_t)a;
    case IR_ZEXT32: return (uint32_t)a;
    case IR_MUL: return a * b & mask;
    case IR_ADD: return (a + b) & mask;
    case IR_SUB: return (a - b) & mask;
    case IR_SHR: return a >> b;
    case IR_SHL: return a << b & mask;
    case IR_AND: return a & b;
    case IR_UDIV: return a / b;
    case IR_UREM: return a % b;
    default: test_fail(__FILE__, __LINE__, "operation %s", ir_rows[n->op].text); return 0;
    }
}

/* x of the width, or of 16 bits known to be so; the divisor d. */
static void try_divisor(struct arena *arena, unsigned width, bool narrow, uint64_t d)
{
    struct arena_mark mark = arena_mark(arena);
    struct fn *fn = arena_new_of(arena, struct fn);
    struct maker *maker = arena_new_of(arena, struct maker);
    fn->arena = arena;
    fn->args = 5;
    maker_init(maker, fn, 0);
    maker_block(maker, 0, 0);
    uint32_t x = maker_node(maker, (struct node){ .op = IR_PARAM, .imm = 2 });
    if (narrow)
        x = maker_op(maker, IR_ZEXT16, 64, x, 0);
    uint32_t by = maker_const(maker, d);
    uint32_t quotient = maker_op(maker, IR_UDIV, width, x, by);
    uint32_t rest = maker_op(maker, IR_UREM, width, x, by);
    for (int i = 0; i < 60 && !test_failed(); i++) {
        uint64_t number = (uint64_t)enc_integer(64);
        if (i < 20) /* at a multiple */
            number = d * (enc_random() >> (width == 32 ? 40 : 50)) - (uint64_t)(i & 1);
        uint64_t value = narrow ? (uint16_t)number : width == 32 ? (uint32_t)number : number;
        CHECK_EQ(evaluate(fn, quotient, number), value / d);
        CHECK_EQ(evaluate(fn, rest, number), value % d);
    }
    arena_reset(arena, mark);
}

static int all(void *arg)
{
    for (unsigned width = 32; width <= 64; width += 32)
        for (int narrow = 0; narrow < 2; narrow++) {
            for (uint64_t d = 1; d < 2000 && !test_failed(); d++)
                try_divisor(arg, width, narrow, d);
            for (int i = 0; i < 2000 && !test_failed(); i++) {
                uint64_t d = (uint64_t)enc_integer(64) >> (width == 32 ? 32 : 0);
                if (d)
                    try_divisor(arg, width, narrow, d);
            }
        }
    return 0;
}

TEST(divisions_by_constants)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct error err = { 0 };
    enc_begin();
    CHECK_EQ(arena_try(arena, &err, all, arena), 0);
    arena_free(arena);
}
