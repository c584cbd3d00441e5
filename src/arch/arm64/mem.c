/* SPDX-License-Identifier: Apache-2.0 */
/* Loads, stores and atomics: how an address is reached, and what orders an access.
 *
 * x16 takes what an address needs, x17 the operand of an atomic, x15 whether a store failed. Full
 * barriers follow Linux: acquire and release in one instruction, or a loop that stores with release
 * and a barrier behind it. */
#include "arch/arm64/local.h"

/* ---- Memory ---- */

/* log2 of the bytes of the access. */
static unsigned size_of_op(unsigned op, unsigned width)
{
    return op == IR_LOAD_SUM || op == IR_LOAD_POPCNT ? 4 : (unsigned)__builtin_ctz(width / 8);
}

static unsigned size_of(const struct emit *e)
{
    return size_of_op(e->node->op, e->node->width);
}

static bool disp_fits(unsigned size, int64_t disp)
{
    return a64_fits(disp, 0, 4095 << size, 1 << size) || a64_fits(disp, -256, 255, 1);
}

bool a64_address(const struct rule *rule, unsigned width, bool indexed, unsigned shift,
                 int64_t disp)
{
    unsigned size = size_of_op(rule->op, width);

    switch (rule->op) {
    case IR_LOAD_SUM:
    case IR_LOAD_POPCNT: return indexed ? !disp && !shift : disp_fits(size, disp);
    case IR_LOAD:
    case IR_LOADS:
    case IR_PROBE:
    case IR_PROBES:
    case IR_BSWAP:
    case IR_STORE: return indexed ? !disp && (!shift || shift == size) : disp_fits(size, disp);
    default: return false; /* ordered and atomic accesses take a register alone */
    }
}

/* x16 = base + disp */
static void put_address(struct emit *e, unsigned base, int32_t disp)
{
    uint32_t movs[4];
    unsigned count;

    if (a64_immediate(A64_IMM_ARITH, 64, disp)) {
        unsigned size = disp < 0 ? -(unsigned)disp : (unsigned)disp, lsl12 = size > 0xfff ? 12 : 0;
        a64_put(e, disp < 0 ? a64_sub_imm(true, A64_X16, base, size >> lsl12, lsl12)
                            : a64_add_imm(true, A64_X16, base, size >> lsl12, lsl12));
        return;
    }
    count = a64_mov_imm(A64_X16, (uint64_t)(int64_t)disp, movs);
    for (unsigned i = 0; i < count; i++)
        a64_put(e, movs[i]);
    a64_put(e, a64_add(true, A64_X16, base, A64_X16, A64_LSL, 0));
}

/* e->mem in a form that one access takes; what does not fit goes into x16. */
static struct mem reach(struct emit *e)
{
    struct mem mem = e->mem;

    if (mem.index != REG_NONE || disp_fits(size_of(e), mem.disp))
        return mem;
    int32_t high = mem.disp & ~0xfff;
    bool split = disp_fits(size_of(e), mem.disp - high) && a64_immediate(A64_IMM_ARITH, 64, high);
    put_address(e, mem.base, split ? high : mem.disp);
    return (struct mem){ .base = A64_X16, .index = REG_NONE, .disp = split ? mem.disp - high : 0 };
}

/* The register that holds exactly the address: for accesses that take no displacement. */
static unsigned reach_plain(struct emit *e)
{
    if (!e->mem.disp)
        return e->mem.base;
    put_address(e, e->mem.base, e->mem.disp);
    return A64_X16;
}

/* The ways to say where: str and its like. */
struct access {
    uint32_t (*scaled)(unsigned size, unsigned t, unsigned n, unsigned offset);
    uint32_t (*unscaled)(unsigned size, unsigned t, unsigned n, int offset);
    uint32_t (*index)(unsigned size, unsigned t, unsigned n, unsigned m, unsigned option,
                      bool scaled);
    uint32_t (*pair)(bool sf, unsigned t, unsigned t2, unsigned n, int offset); /* or NULL */
    bool writes_t;
};
static const struct access str = { a64_str, a64_stur, a64_str_index, a64_stp, false };
static const struct access ldr = { a64_ldr, a64_ldur, a64_ldr_index, a64_ldp, true };
static const struct access lds = { a64_lds, a64_ldurs, a64_lds_index, NULL, true };

/* ---- Two accesses that touch become a pair ---- */

struct touch { /* a load or store of one register */
    unsigned t, n;
    int disp;
};

/* Whether insn is such an access of that size. */
static bool decode(uint32_t insn, const struct access *access, unsigned size, struct touch *out)
{
    uint32_t imm12 = insn >> 10 & 0xfff, imm9 = insn >> 12 & 0x1ff;

    *out = (struct touch){ .t = insn & 31, .n = insn >> 5 & 31 };
    if (insn - (imm12 << 10) == access->scaled(size, out->t, out->n, 0))
        out->disp = (int)(imm12 << size);
    else if (insn - (imm9 << 12) == access->unscaled(size, out->t, out->n, 0))
        out->disp = (int)(imm9 ^ 0x100) - 0x100;
    else
        return false;
    return true;
}

/* Whether the instruction before can be taken back: it is in the same block, refers to no label,
 * and nobody has noted that it may fault. */
static bool is_open(const struct code *code)
{
    uint32_t at = code->size - 4;
    return code->size >= code->bound + 4 &&
           !(code->fixes.count && vec_last(&code->fixes)->at >= at) &&
           !(code->faults.count && vec_last(&code->faults)->at == at);
}

static bool put_pair(struct emit *e, const struct access *access, struct touch now)
{
    unsigned size = size_of(e);
    struct touch before;

    if (!access->pair || size < 2 || !is_open(e->code) ||
        !decode(bytes_u32_in(e->code->bytes + e->code->size - 4, false), access, size, &before) ||
        before.n != now.n)
        return false;
    struct touch low = before.disp < now.disp ? before : now;
    struct touch high = before.disp < now.disp ? now : before;
    if (high.disp - low.disp != 1 << size ||
        !a64_fits(low.disp, -(64 << size), 63 << size, 1 << size))
        return false;
    if (access->writes_t && (before.t == now.t || before.t == now.n))
        return false;
    e->code->size -= 4;
    a64_put(e, access->pair(size == 3, low.t, high.t, low.n, low.disp));
    return true;
}

static void put_access(struct emit *e, const struct access *access, unsigned t, struct mem mem)
{
    unsigned size = size_of(e);

    if (mem.index != REG_NONE)
        a64_put(e, access->index(size, t, mem.base, mem.index, A64_UXTX, mem.shift != 0));
    else if (put_pair(e, access, (struct touch){ t, mem.base, mem.disp }))
        return;
    else if (a64_fits(mem.disp, 0, 4095 << size, 1 << size))
        a64_put(e, access->scaled(size, t, mem.base, (unsigned)mem.disp));
    else
        a64_put(e, access->unscaled(size, t, mem.base, mem.disp));
}

/* ---- Loads and stores ---- */

EMIT(load)
{
    put_access(e, &ldr, e->to, reach(e));
}

EMIT(loads)
{
    put_access(e, &lds, e->to, reach(e));
}

EMIT(store)
{
    put_access(e, &str, e->b, reach(e));
}

EMIT(store_zero)
{
    put_access(e, &str, A64_ZR, reach(e));
}

/* ---- 16 bytes at once, in v31, which a callee may destroy and which passes no argument ---- */

static void put_load_q(struct emit *e)
{
    struct mem mem = reach(e);

    if (mem.index != REG_NONE)
        a64_put(e, a64_ldr_q_index(A64_V31, mem.base, mem.index));
    else if (a64_fits(mem.disp, 0, 4095 << 4, 16))
        a64_put(e, a64_ldr_q(A64_V31, mem.base, (unsigned)mem.disp));
    else
        a64_put(e, a64_ldur_q(A64_V31, mem.base, mem.disp));
}

EMIT(load_sum)
{
    put_load_q(e);
    a64_put(e, (e->node->width == 16 ? a64_uaddlv_8h : a64_uaddlv_4s)(A64_V31, A64_V31));
    a64_put(e, a64_fmov_from_d(e->to, A64_V31));
}

EMIT(load_popcnt)
{
    put_load_q(e);
    a64_put(e, a64_cnt_16b(A64_V31, A64_V31));
    a64_put(e, a64_uaddlv_16b(A64_V31, A64_V31));
    a64_put(e, a64_fmov_from_d(e->to, A64_V31));
}

/* 16 bits swapped on their way: above them is nothing, or what is not stored. */
EMIT(load_rev16)
{
    put_access(e, &ldr, e->to, reach(e));
    a64_put(e, a64_rev16(false, e->to, e->to));
}

EMIT(store_rev16)
{
    a64_put(e, a64_rev16(false, A64_X17, e->b));
    put_access(e, &str, A64_X17, reach(e));
}

/* 0 stays in the register when the load faults. */
static void put_probe(struct emit *e, const struct access *access)
{
    uint32_t landing = code_label(e->code);
    struct mem mem = reach(e);

    a64_put(e, a64_movz(false, e->to, 0, 0));
    code_fault(e->code, landing);
    put_access(e, access, e->to, mem);
    code_bind(e->code, landing);
}

EMIT(probe)
{
    put_probe(e, &ldr);
}

EMIT(probes)
{
    put_probe(e, &lds);
}

EMIT(load_acquire)
{
    a64_put(e, a64_ldar(size_of(e), e->to, reach_plain(e)));
}

EMIT(store_release)
{
    a64_put(e, a64_stlr(size_of(e), e->b, reach_plain(e)));
}

/* ---- Atomics ---- */

#define ATOMIC(op, insn)                                                                           \
    EMIT(atomic_##op)                                                                              \
    {                                                                                              \
        a64_put(e, a64_st##insn(size_of(e), e->b, reach_plain(e)));                                \
    }                                                                                              \
    EMIT(fetch_##op)                                                                               \
    {                                                                                              \
        a64_put(e, a64_ld##insn(size_of(e), A64_ACQ_REL, e->b, e->to, reach_plain(e)));            \
    }
ATOMIC(add, add)
ATOMIC(or, set)
ATOMIC(xor, eor)

/* The instruction clears bits: those not in b. */
EMIT(atomic_and)
{
    a64_put(e, a64_mvn(a64_wide(e), A64_X17, e->b));
    a64_put(e, a64_stclr(size_of(e), A64_X17, reach_plain(e)));
}

EMIT(fetch_and)
{
    a64_put(e, a64_mvn(a64_wide(e), A64_X17, e->b));
    a64_put(e, a64_ldclr(size_of(e), A64_ACQ_REL, A64_X17, e->to, reach_plain(e)));
}

EMIT(xchg)
{
    a64_put(e, a64_swp(size_of(e), A64_ACQ_REL, e->b, e->to, reach_plain(e)));
}

EMIT(cmpxchg)
{
    unsigned base = reach_plain(e);
    a64_put(e, a64_mov(a64_wide(e), e->to, e->b));
    a64_put(e, a64_cas(size_of(e), A64_ACQ_REL, e->to, e->c, base));
}

/* Without FEAT_LSE: x17 = operation(what is there, b), until storing it succeeds. A full barrier is
 * a release in the store and a barrier after it. */
static void put_exclusive(struct emit *e, unsigned old, bool full,
                          uint32_t (*op)(bool, unsigned, unsigned, unsigned, unsigned, unsigned))
{
    unsigned base = reach_plain(e), fresh = op ? A64_X17 : e->b;

    a64_put(e, a64_ldxr(size_of(e), old, base));
    if (op)
        a64_put(e, op(a64_wide(e), A64_X17, old, e->b, A64_LSL, 0));
    a64_put(e, (full ? a64_stlxr : a64_stxr)(size_of(e), A64_X15, fresh, base));
    a64_put(e, a64_cbnz(false, A64_X15, op ? -12 : -8));
    if (full)
        a64_put(e, a64_dmb(A64_ISH));
}

#define EXCLUSIVE(op, insn)                                                                        \
    EMIT(atomic_##op##_loop)                                                                       \
    {                                                                                              \
        put_exclusive(e, A64_X17, false, a64_##insn);                                              \
    }                                                                                              \
    EMIT(fetch_##op##_loop)                                                                        \
    {                                                                                              \
        put_exclusive(e, e->to, true, a64_##insn);                                                 \
    }
EXCLUSIVE(add, add)
EXCLUSIVE(or, orr)
EXCLUSIVE(and, and)
EXCLUSIVE(xor, eor)

EMIT(xchg_loop)
{
    put_exclusive(e, e->to, true, NULL);
}

EMIT(cmpxchg_loop)
{
    unsigned base = reach_plain(e);
    uint32_t out = code_label(e->code);

    a64_put(e, a64_ldxr(size_of(e), e->to, base));
    a64_put(e, a64_cmp(a64_wide(e), e->to, e->b));
    code_fix(e->code, A64_FIX_19, a64_b_cond(A64_NE, 0), out);
    a64_put(e, a64_stlxr(size_of(e), A64_X15, e->c, base));
    a64_put(e, a64_cbnz(false, A64_X15, -16));
    code_bind(e->code, out);
    a64_put(e, a64_dmb(A64_ISH));
}
