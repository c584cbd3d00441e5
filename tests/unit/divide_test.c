/* SPDX-License-Identifier: Apache-2.0 */
/* Divisions by constants, as they are folded, against divisions. */
#include "ir/local.h"
#include "runner/runner.h"

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

static uint64_t evaluate(const struct fn *fn, uint32_t value, uint64_t x)
{
    const struct node *n = &fn->nodes.at[value];
    uint64_t mask = n->width == 32 ? UINT32_MAX : UINT64_MAX, a = 0, b = 0;
    if (ir_rows[n->op].ins > 0)
        a = evaluate(fn, n->in[0], x) & mask;
    if (ir_rows[n->op].ins > 1)
        b = evaluate(fn, n->in[1], x) & mask;
    int64_t sa = n->width == 32 ? (int32_t)a : (int64_t)a;
    switch (n->op) {
    case IR_PARAM: return x;
    case IR_CONST: return (uint64_t)n->imm;
    case IR_ZEXT8: return (uint8_t)a;
    case IR_ZEXT16: return (uint16_t)a;
    case IR_ZEXT32: return (uint32_t)a;
    case IR_SEXT32: return (uint64_t)(int32_t)a;
    case IR_MUL: return a * b & mask;
    case IR_UMULH: return (uint64_t)((wide)a * b >> 64);
    case IR_SMULH: return (uint64_t)((signed_wide)sa * (int64_t)b >> 64);
    case IR_ADD: return (a + b) & mask;
    case IR_SUB: return (a - b) & mask;
    case IR_NEG: return (0 - a) & mask;
    case IR_SHR: return a >> b;
    case IR_SAR: return (uint64_t)(sa >> b) & mask;
    case IR_SHL: return a << b & mask;
    case IR_AND: return a & b;
    case IR_CMP: return cond_holds((enum ir_cond)n->cond, n->width, a, b);
    default: test_fail(__FILE__, __LINE__, "operation %s", ir_rows[n->op].text); return 0;
    }
}

/* What the four operations make of x. */
struct results {
    uint64_t udiv, urem, sdiv, srem;
};

static struct results divided(unsigned width, uint64_t x, uint64_t d)
{
    uint64_t mask = width == 32 ? UINT32_MAX : UINT64_MAX;
    int64_t sx = width == 32 ? (int32_t)x : (int64_t)x, sd = width == 32 ? (int32_t)d : (int64_t)d;
    uint64_t sdiv = sd == -1 ? 0 - (uint64_t)sx : (uint64_t)(sx / sd);
    return (struct results){ x / d, x % d, sdiv & mask,
                             (sd == -1 ? 0 : (uint64_t)(sx % sd)) & mask };
}

/* A number, often at a multiple of d, often near one end. */
static uint64_t dividend(unsigned width, uint64_t d, int i)
{
    uint64_t number = (uint64_t)enc_integer(64);
    if (i < 20)
        number = d * (enc_random() >> (width == 32 ? 40 : 50)) - (uint64_t)(i & 1);
    else if (i < 40)
        number = d * (enc_random() / d) - (uint64_t)(i & 1);
    return width == 32 ? (uint32_t)number : number;
}

/* x of the width, or of 16 or 40 bits known to be so; the divisor d. */
static void try_divisor(struct arena *arena, unsigned width, unsigned bits, uint64_t d)
{
    struct arena_mark mark = arena_mark(arena);
    struct fn *fn = arena_new_of(arena, struct fn);
    struct maker *maker = arena_new_of(arena, struct maker);
    fn->arena = arena;
    fn->args = 5;
    maker_init(maker, fn, 0);
    maker_block(maker, 0, 0);
    uint32_t x = maker_node(maker, &(struct node){ .op = IR_PARAM, .imm = 2 });
    if (bits < 64)
        x = maker_op(maker, IR_SHR, 64, x, maker_const(maker, 64 - bits));
    uint32_t by = maker_const(maker, d), made[4];
    for (unsigned i = 0; i < 4; i++)
        made[i] = maker_op(maker, (enum ir_op)(IR_UDIV + i), width, x, by);
    for (int i = 0; i < 60 && !test_failed(); i++) {
        uint64_t number = dividend(width, d, i);
        uint64_t value = bits == 64 ? number : number >> (64 - bits);
        struct results want = divided(width, width == 32 ? (uint32_t)value : value, d);
        CHECK_EQ(evaluate(fn, made[0], number), want.udiv);
        CHECK_EQ(evaluate(fn, made[1], number), want.urem);
        CHECK_EQ(evaluate(fn, made[2], number), want.sdiv);
        CHECK_EQ(evaluate(fn, made[3], number), want.srem);
    }
    arena_reset(arena, mark);
}

static int all(void *arg)
{
    static const uint8_t bits[] = { 64, 40, 16 };
    for (unsigned width = 32; width <= 64; width += 32)
        for (int k = 0; k < 3; k++) {
            for (uint64_t d = 1; d < 700 && !test_failed(); d++)
                try_divisor(arg, width, bits[k], d);
            for (int i = 0; i < 1500 && !test_failed(); i++) {
                uint64_t d = (uint64_t)enc_integer(64);
                if (i % 8 == 0)
                    d = UINT64_C(1) << (enc_random() % 64);
                if (width == 32)
                    d = (uint32_t)d;
                if (d)
                    try_divisor(arg, width, bits[k], d);
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
