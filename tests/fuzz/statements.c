/* SPDX-License-Identifier: Apache-2.0 */
/* The statements that functions are made of. Each leaves `known` as it holds where it ends. */
#include "fuzz/local.h"

enum { R0 = 1 << 0, R1_TO_R5 = 0x3e, R6_TO_R8 = 0x1c0 };
enum { TURNS = 64, TURNS_TO_CALL = 8 };

/* ---- Computing ---- */

static int32_t operand(struct generator *g, const struct insn_row *row)
{
    int32_t imm = (int32_t)any_number(g);
    if (g->mode == MODE_WILD && row->bits == 64 && chance(g, 20))
        return imm;
    switch (row->op) {
    case OP_LSH:
    case OP_RSH:
    case OP_ARSH: return imm & (row->bits - 1);
    case OP_DIV:
    case OP_SDIV:
    case OP_MOD:
    case OP_SMOD: return imm ? imm : 1;
    default: return imm;
    }
}

static void do_alu(struct generator *g)
{
    uint8_t id = any_row(g, INSN_KIND_ALU);
    const struct insn_row *row = &insn_rows[id];
    unsigned src = row->src_reg ? number(g) : 0;
    bool moves = row->op == OP_MOV || (row->op >= OP_SEXT8 && row->op <= OP_SEXT32);
    unsigned dst = moves ? fresh(g) : changeable(g);
    bool has_imm = !row->src_reg && row->op != OP_NEG;
    emit(g, id, dst, src, 0, has_imm ? operand(g, row) : 0);
}

static void do_constant(struct generator *g)
{
    emit(g, INSN_LDIMM, fresh(g), 0, 0, (int64_t)any_number(g));
}

/* Values change places: with loops and calls around, moves in a cycle. */
static void do_rotate(struct generator *g)
{
    uint8_t a = changeable(g), b = changeable(g), c = changeable(g);
    uint16_t others = writable(g) & (uint16_t)~(1 << a | 1 << b | 1 << c);
    if (!others || a == b)
        return;
    uint8_t t = any_of(g, others);
    g->known |= (uint16_t)(1 << t);
    emit(g, INSN_MOV64_X, t, a, 0, 0);
    emit(g, INSN_MOV64_X, a, b, 0, 0);
    if (c != a && c != b) {
        emit(g, INSN_MOV64_X, b, c, 0, 0);
        b = c;
    }
    emit(g, INSN_MOV64_X, b, t, 0, 0);
}

/* ---- Memory ---- */

static void do_load(struct generator *g)
{
    uint8_t id = any_row(g, INSN_KIND_LDX);
    struct place p;
    if (find_place(g, insn_rows[id].bits / 8, false, &p))
        emit(g, id, fresh(g), p.base, p.off, 0);
}

/* Often of what comes from memory, as in packets. */
static void do_swap(struct generator *g)
{
    uint8_t id = any_row(g, INSN_KIND_SWAP), r = changeable(g);
    uint8_t bits = insn_rows[id].bits;
    struct place p;
    if (chance(g, 40) && find_place(g, bits / 8, false, &p))
        emit(g,
             bits == 16   ? INSN_LDX16
             : bits == 32 ? INSN_LDX32
                          : INSN_LDX64,
             r, p.base, p.off, 0);
    emit(g, id, r, 0, 0, 0);
}

static void do_store(struct generator *g)
{
    bool imm = chance(g, 30);
    uint8_t id = any_row(g, imm ? INSN_KIND_ST : INSN_KIND_STX);
    struct place p;
    if (find_place(g, insn_rows[id].bits / 8, false, &p))
        emit(g, id, p.base, imm ? 0 : number(g), p.off, imm ? (int32_t)any_number(g) : 0);
}

static void emit_atomic(struct generator *g, uint8_t id, struct place p)
{
    switch (insn_rows[id].op) {
    case OP_LOAD_ACQ: emit(g, id, fresh(g), p.base, p.off, 0); break;
    case OP_CMPXCHG:
        if (g->known & writable(g) & R0)
            emit(g, id, p.base, number(g), p.off, 0);
        break;
    case OP_FETCH_ADD:
    case OP_FETCH_OR:
    case OP_FETCH_AND:
    case OP_FETCH_XOR:
    case OP_XCHG: emit(g, id, p.base, changeable(g), p.off, 0); break;
    default: emit(g, id, p.base, number(g), p.off, 0);
    }
}

static void do_atomic(struct generator *g)
{
    uint8_t id = any_row(g, INSN_KIND_ATOMIC);
    struct place p;
    if (find_place(g, insn_rows[id].bits / 8, true, &p))
        emit_atomic(g, id, p);
}

/* A number put together from bytes in either order, as programs read packets; now and then not
 * quite. */
static void do_bytes(struct generator *g)
{
    uint32_t size = 2u << below(g, 3);
    bool big = chance(g, 50), down = chance(g, 50), narrow = size < 8 && chance(g, 40);
    struct place p;
    if (!find_place(g, size, false, &p))
        return;
    uint8_t sum = fresh(g);
    uint16_t others = writable(g) & (uint16_t)~(1 << sum);
    uint8_t byte = others ? any_of(g, others) : sum;
    if (byte == sum)
        return;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t at = down ? size - 1 - i : i;
        uint32_t shift = 8 * (chance(g, 3) ? below(g, size) : big ? size - 1 - at : at);
        uint8_t to = i ? byte : sum;
        emit(g, INSN_LDX8, to, p.base, p.off + (int)at, 0);
        g->known |= (uint16_t)(1 << to);
        if (chance(g, 5))
            emit(g, INSN_AND64_K, to, 0, 0, (int32_t)below(g, 256));
        if (shift)
            emit(g, narrow ? INSN_LSH32_K : INSN_LSH64_K, to, 0, 0, (int32_t)shift);
        if (i)
            emit(g, narrow ? INSN_OR32_X : INSN_OR64_X, sum, byte, 0, 0);
        if (chance(g, 3))
            emit(g, INSN_STX8, p.base, number(g), p.off + (int)below(g, size), 0);
    }
}

/* Memory that is read, changed and written. */
static void do_update(struct generator *g)
{
    static const uint8_t loads[] = { INSN_LDX8, INSN_LDX16, INSN_LDX32, INSN_LDX64 };
    static const uint8_t stores[] = { INSN_STX8, INSN_STX16, INSN_STX32, INSN_STX64 };
    uint32_t size = below(g, 4);
    struct place p;
    if (!find_place(g, 1u << size, false, &p))
        return;
    uint8_t r = fresh(g), id = any_row(g, INSN_KIND_ALU);
    const struct insn_row *row = &insn_rows[id];
    emit(g, loads[size], r, p.base, p.off, 0);
    if (row->src_reg)
        emit(g, id, r, number(g), 0, 0);
    else
        emit(g, id, r, 0, 0, row->op == OP_NEG ? 0 : operand(g, row));
    emit(g, stores[size], p.base, r, p.off, 0);
    if (chance(g, 50)) /* nobody else wants it */
        emit(g, INSN_MOV64_K, r, 0, 0, (int32_t)any_number(g));
}

/* An operation on the result of another, which nobody else wants: what selection takes together. */
static void do_combine(struct generator *g)
{
    static const uint8_t inner[] = {
        INSN_LSH64_K, INSN_LSH32_K, INSN_RSH64_K, INSN_RSH32_K,   INSN_ARSH64_K,   INSN_ARSH32_K,
        INSN_MUL64_X, INSN_MUL32_X, INSN_MOV32_X, INSN_MOVSX64_8, INSN_MOVSX64_16, INSN_MOVSX64_32
    };
    static const uint8_t outer[] = { INSN_ADD64_X, INSN_ADD32_X, INSN_SUB64_X, INSN_SUB32_X,
                                     INSN_AND64_X, INSN_AND32_X, INSN_OR64_X,  INSN_OR32_X,
                                     INSN_XOR64_X, INSN_XOR32_X };
    static const int32_t masks[] = { 0xff, 0xffff, -1 };
    uint8_t to = changeable(g), from = number(g), t = fresh(g);
    const struct insn_row *row = &insn_rows[inner[below(g, sizeof inner)]];
    if (t == to)
        return;
    if (t != from)
        emit(g, INSN_MOV64_X, t, from, 0, 0);
    switch (below(g, 5)) {
    case 0: emit(g, INSN_AND64_K, t, 0, 0, masks[below(g, 2)]); break;
    case 1: emit(g, chance(g, 50) ? INSN_XOR64_K : INSN_XOR32_K, t, 0, 0, masks[2]); break;
    case 2: emit(g, INSN_LSH64_K, t, 0, 0, 1 + (int)below(g, 3)); break; /* as for an index */
    default:
        emit(g, (uint8_t)(row - insn_rows), t, row->src_reg ? number(g) : 0, 0,
             row->src_reg ? 0 : operand(g, row));
    }
    emit(g, outer[below(g, sizeof outer)], to, t, 0, 0);
    emit(g, INSN_MOV64_K, t, 0, 0, (int32_t)any_number(g));
}

/* A rotation, and perhaps an operation on it. */
static void do_rotl(struct generator *g)
{
    bool wide = chance(g, 50);
    unsigned bits = wide ? 64 : 32, count = 1 + below(g, bits - 1);
    uint8_t to = changeable(g), from = changeable(g);
    uint8_t t = to == from ? from : fresh(g); /* fresh() must be followed by writing it */
    if (t == from || t == to)
        return;
    emit(g, wide ? INSN_MOV64_X : INSN_MOV32_X, t, from, 0, 0);
    emit(g, wide ? INSN_LSH64_K : INSN_LSH32_K, from, 0, 0, count);
    emit(g, wide ? INSN_RSH64_K : INSN_RSH32_K, t, 0, 0, bits - count);
    emit(g, wide ? INSN_OR64_X : INSN_OR32_X, from, t, 0, 0);
    if (chance(g, 50)) {
        static const uint8_t outer[] = { INSN_AND64_X, INSN_OR64_X, INSN_XOR64_X,
                                         INSN_AND32_X, INSN_OR32_X, INSN_XOR32_X };
        emit(g, outer[below(g, sizeof outer)], to, from, 0, 0);
        emit(g, INSN_MOV64_K, from, 0, 0, (int32_t)any_number(g));
    }
}

/* One step of the parallel sum: t = x >> count & mask. */
static void emit_field(struct generator *g, bool wide, uint8_t t, uint8_t x, int count,
                       uint8_t mask)
{
    emit(g, wide ? INSN_MOV64_X : INSN_MOV32_X, t, x, 0, 0);
    emit(g, wide ? INSN_RSH64_K : INSN_RSH32_K, t, 0, 0, count);
    if (mask != R10)
        emit(g, wide ? INSN_AND64_X : INSN_AND32_X, t, mask, 0, 0);
}

/* The bits of x counted by the parallel sum; now and then not quite. */
static void emit_popcount(struct generator *g, bool wide, uint8_t x, uint8_t t, uint8_t mask)
{
    static const uint64_t masks[] = { 0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
                                      0x0101010101010101 };
    for (unsigned step = 0; step < 4; step++) {
        emit(g, INSN_LDIMM, mask, 0, 0, (int64_t)masks[chance(g, 2) ? below(g, 4) : step]);
        if (step < 3)
            emit_field(g, wide, t, x, chance(g, 2) ? 3 : 1 << step, step == 2 ? R10 : mask);
        if (step == 0)
            emit(g, wide ? INSN_SUB64_X : INSN_SUB32_X, x, t, 0, 0);
        if (step == 1)
            emit(g, wide ? INSN_AND64_X : INSN_AND32_X, x, mask, 0, 0);
        if (step == 1 || step == 2)
            emit(g, wide ? INSN_ADD64_X : INSN_ADD32_X, x, t, 0, 0);
        if (step == 2)
            emit(g, wide ? INSN_AND64_X : INSN_AND32_X, x, mask, 0, 0);
    }
    emit(g, wide ? INSN_MUL64_X : INSN_MUL32_X, x, mask, 0, 0);
    emit(g, wide ? INSN_RSH64_K : INSN_RSH32_K, x, 0, 0, (wide ? 64 : 32) - 8);
}

/* Different registers to write to, of those in the set. */
static bool take_registers(struct generator *g, uint16_t set, uint8_t *to, unsigned count)
{
    if ((unsigned)__builtin_popcount(set) < count)
        return false;
    for (unsigned i = 0; i < count; i++) {
        to[i] = any_of(g, set);
        set &= (uint16_t)~(1 << to[i]);
        g->known |= (uint16_t)(1 << to[i]);
    }
    return true;
}

static void do_popcount(struct generator *g)
{
    bool wide = chance(g, 50);
    uint8_t x = changeable(g), others[2], t;
    struct place p;
    if (!take_registers(g, writable(g) & (uint16_t)~(1 << x), others, 2))
        return;
    t = others[0];
    if (chance(g, 50) && find_place(g, wide ? 8 : 4, false, &p))
        emit(g, wide ? INSN_LDX64 : INSN_LDX32, x, p.base, p.off, 0);
    emit_popcount(g, wide, x, t, others[1]);
    if (chance(g, 50)) /* nobody wants what it was counted with */
        emit(g, INSN_MOV64_X, t, x, 0, 0);
}

/* 16 bytes of numbers added up, or of bits; now and then not quite. */
static void do_sum(struct generator *g)
{
    static const uint8_t loads[] = { INSN_LDX16, INSN_LDX32, INSN_LDX64 };
    unsigned kind = below(g, 3), size = 2u << kind;
    uint8_t r[4]; /* the sum, a summand, and two to count its bits with */
    struct place p;
    if ((g->stack && g->stack < 16) || !find_place(g, 16, false, &p) ||
        !take_registers(g, writable(g), r, kind == 2 ? 4 : 2))
        return;
    for (unsigned at = 0; at < 16; at += size) {
        int off = p.off + (int)(chance(g, 2) ? 0 : at);
        uint8_t to = at ? r[1] : r[0];
        emit(g, loads[kind], to, p.base, off, 0);
        if (kind == 2)
            emit_popcount(g, true, to, r[2], r[3]);
        if (at)
            emit(g, INSN_ADD64_X, r[0], r[1], 0, 0);
    }
}

/* Many values at once, once the stack is in registers. */
static void do_churn(struct generator *g)
{
    for (uint32_t at = 8; at <= g->stack; at += 8) {
        emit(g, INSN_LDX64, fresh(g), R10, -(int)at, 0);
        do_alu(g);
        if (chance(g, 70))
            emit(g, INSN_STX64, R10, number(g), -(int)(8 + 8 * below(g, g->stack / 8)), 0);
    }
}

/* A register for an address, which is no number; 10: there is none. */
static uint8_t take_address(struct generator *g, uint8_t value)
{
    uint16_t set = writable(g) & (uint16_t)~(1 << value);
    if (!set)
        return R10;
    uint8_t p = any_of(g, set);
    g->known &= (uint16_t)~(1 << p);
    return p;
}

/* Memory at an index that is computed. */
static void do_index(struct generator *g)
{
    bool stack = g->stack >= 16 && chance(g, 50);
    uint32_t mask = stack ? 8u << (31 - __builtin_clz(g->stack / 8)) : MEMORY;
    uint8_t from = number(g), value = number(g), p = take_address(g, value);
    if ((!stack && !g->memory) || p == R10 || p == from)
        return;
    emit(g, INSN_MOV64_X, p, from, 0, 0);
    emit(g, INSN_AND64_K, p, 0, 0, (int32_t)(mask - 8));
    if (chance(g, 20)) { /* the same, as an index that is scaled */
        emit(g, INSN_RSH64_K, p, 0, 0, 3);
        emit(g, INSN_LSH64_K, p, 0, 0, 3);
    }
    emit(g, INSN_ADD64_X, p, stack ? R10 : R9, 0, 0);
    int off = stack ? -(int)mask : 0;
    if (chance(g, 50))
        emit(g, any_row(g, INSN_KIND_STX), p, value, off, 0);
    emit(g, any_row(g, INSN_KIND_LDX), p, p, off, 0);
    g->known |= (uint16_t)(1 << p);
}

static void do_global(struct generator *g)
{
    uint8_t value = number(g), p = take_address(g, value);
    if (p == R10)
        return;
    g->sample->uses_maps = true;
    emit(g, INSN_LDIMM_MAP_VALUE, p, 0, 0, MAP_GLOBALS | (int64_t)(8 * below(g, 4)) << 32);
    if (chance(g, 60))
        emit(g, any_row(g, INSN_KIND_STX), p, value, 8 * (int)below(g, 4), 0);
    emit(g, any_row(g, INSN_KIND_LDX), p, p, (int)below(g, 24), 0);
    g->known |= (uint16_t)(1 << p);
}

/* ---- Calls ---- */

/* What is known after a call, which sets r0. */
static void after_call(struct generator *g, uint16_t numbers)
{
    bool keeps = g->mode == MODE_WILD && chance(g, 50);
    g->known &= (uint16_t)(keeps ? ~R1_TO_R5 | numbers : ~R1_TO_R5);
    g->known |= R0;
}

/* A function behind this one, a callback or not; 0: there is none. */
static uint32_t find_function(struct generator *g, bool callback)
{
    uint32_t found = 0, seen = 0;
    for (uint32_t i = g->function + 1; i < g->function_count; i++)
        if (g->functions[i].callback == callback && (g->memory || !g->functions[i].memory) &&
            !below(g, ++seen))
            found = i;
    return found;
}

static uint16_t emit_arguments(struct generator *g, const struct signature *sig)
{
    uint16_t numbers = 0;
    for (unsigned i = 0; i < sig->numbers; i++) {
        unsigned r = 1u + sig->memory + i;
        uint8_t from = number(g);
        if (from != r)
            emit(g, chance(g, 80) ? INSN_MOV64_X : INSN_MOV32_X, r, from, 0, 0);
        g->known |= (uint16_t)(1 << r);
        numbers |= (uint16_t)(1 << r);
    }
    if (sig->memory)
        emit(g, INSN_MOV64_X, 1, R9, 0, 0);
    return numbers;
}

static bool calls_allowed(const struct generator *g)
{
    return g->may_call && g->turns <= TURNS_TO_CALL && !(g->pinned & (R0 | R1_TO_R5));
}

void call_function(struct generator *g, uint32_t function)
{
    const struct signature *sig = &g->functions[function];
    g->called |= 1u << function;
    uint16_t numbers = emit_arguments(g, sig);
    call_later(g, emit(g, INSN_CALL_LOCAL, 0, 0, 0, 0), function);
    if (sig->memory)
        g->known &= (uint16_t)~(1 << 1);
    after_call(g, numbers);
}

static void do_call(struct generator *g)
{
    uint32_t function = calls_allowed(g) ? find_function(g, false) : 0;
    if (function)
        call_function(g, function);
}

/* Through a token, which may be that of one of two functions or of none. */
static void do_callx(struct generator *g)
{
    uint32_t function = calls_allowed(g) ? find_function(g, false) : 0;
    if (!function || g->functions[function].memory || !(R6_TO_R8 & writable(g)))
        return;
    uint16_t numbers = emit_arguments(g, &g->functions[function]);
    uint8_t token = any_of(g, R6_TO_R8 & writable(g));
    call_later(g, emit(g, INSN_LDIMM_FUNC, token, 0, 0, 0), function);
    if (chance(g, 20) && !g->function) /* elsewhere it might be a call of itself */
        emit(g, INSN_ADD64_K, token, 0, 0, 1 << 20);
    emit(g, INSN_CALLX, token, 0, 0, 0);
    emit(g, INSN_MOV64_K, token, 0, 0, 0);
    g->known |= (uint16_t)(1 << token);
    after_call(g, numbers);
}

static void emit_helper(struct generator *g, enum helper_id id)
{
    emit(g, INSN_CALL, 0, 0, 0, id);
    after_call(g, 0);
}

static void emit_stack_address(struct generator *g, unsigned r, int off)
{
    emit(g, INSN_MOV64_X, r, R10, 0, 0);
    emit(g, INSN_ADD64_K, r, 0, 0, off);
    g->known &= (uint16_t)~(1 << r);
}

static void do_helper(struct generator *g)
{
    if (!calls_allowed(g))
        return;
    switch (g->mode == MODE_KERNEL ? 0 : below(g, 4)) {
    case 0: /* what it says is different each time */
        emit_helper(g, HELPER_ktime_get_ns);
        emit(g, INSN_AND64_K, 0, 0, 0, 0);
        break;
    case 1: emit_helper(g, HELPER_get_smp_processor_id); break;
    case 2: emit_helper(g, HELPER_get_current_pid_tgid); break;
    default:
        if (g->stack < 32)
            return;
        emit(g, INSN_MOV64_X, 5, number(g), 0, 0);
        emit_stack_address(g, 1, -32);
        emit(g, INSN_MOV64_K, 2, 0, 0, 4 * (int)below(g, 5));
        emit_stack_address(g, 3, -16);
        emit(g, INSN_MOV64_K, 4, 0, 0, 4 * (int)below(g, 5));
        emit_helper(g, HELPER_csum_diff);
    }
}

static void do_callback(struct generator *g)
{
    uint32_t function = calls_allowed(g) && g->stack >= CALLBACK_STACK ? find_function(g, true) : 0;
    if (!function)
        return;
    emit(g, INSN_MOV64_K, 1, 0, 0, below(g, 4));
    call_later(g, emit(g, INSN_LDIMM_FUNC, 2, 0, 0, 0), function);
    emit_stack_address(g, 3, -CALLBACK_STACK);
    emit(g, INSN_MOV64_K, 4, 0, 0, 0);
    emit_helper(g, HELPER_loop);
}

/* Uses the value in r0 unless it is null; r0 is a number afterwards. */
static void use_value(struct generator *g, unsigned size)
{
    g->pinned |= R0;
    g->known &= (uint16_t)~R0;
    uint16_t before = g->known;
    uint32_t null = emit(g, INSN_JEQ64_K, 0, 0, 0, 0);
    uint8_t load = any_row(g, INSN_KIND_LDX), store = any_row(g, INSN_KIND_STX);
    emit(g, load, fresh(g), 0, 8 * (int)below(g, size / 8), 0);
    emit(g, store, 0, number(g), 8 * (int)below(g, size / 8), 0);
    if (chance(g, 30))
        emit_atomic(g, any_row(g, INSN_KIND_ATOMIC), (struct place){ 0, 8 });
    land(g, null);
    g->known = before;
    g->pinned &= (uint16_t)~R0;
    emit(g, INSN_MOV64_K, 0, 0, 0, (int32_t)any_number(g));
    g->known |= R0;
}

static void do_map(struct generator *g)
{
    static const enum sample_map choices[] = { MAP_VALUES, MAP_VALUES, MAP_TABLE, MAP_PER_CPU };
    enum sample_map map = choices[below(g, 4)];
    uint32_t what = map == MAP_TABLE ? below(g, 3) : 0;
    if (!calls_allowed(g) || g->stack < 24)
        return;
    g->sample->uses_maps = true;
    if (chance(g, 50)) {
        uint8_t r = changeable(g);
        emit(g, INSN_AND64_K, r, 0, 0, 7);
        emit(g, INSN_STX64, R10, r, -8, 0);
    } else {
        emit(g, INSN_ST64, R10, 0, -8, below(g, 6));
    }
    emit_stack_address(g, 2, -8);
    emit_stack_address(g, 3, -24);
    emit(g, INSN_MOV64_K, 4, 0, 0, (int)below(g, 3));
    emit(g, INSN_LDIMM_MAP, 1, 0, 0, map);
    if (what == 1) {
        emit_helper(g, HELPER_map_update_elem);
    } else if (what == 2) {
        emit_helper(g, HELPER_map_delete_elem);
    } else {
        emit_helper(g, HELPER_map_lookup_elem);
        use_value(g, map == MAP_TABLE ? 16 : 32);
    }
}

static void do_tail_call(struct generator *g)
{
    if (!calls_allowed(g) || !g->memory)
        return;
    g->sample->tail_calls = g->sample->uses_maps = true;
    emit(g, INSN_MOV64_X, 3, number(g), 0, 0);
    emit(g, INSN_AND64_K, 3, 0, 0, 3);
    emit(g, INSN_MOV64_X, 1, R9, 0, 0);
    emit(g, INSN_LDIMM_MAP, 2, 0, 0, MAP_TAILS);
    emit(g, INSN_CALL, 0, 0, 0, HELPER_tail_call);
    g->known &= (uint16_t)~R1_TO_R5;
    emit(g, INSN_MOV64_K, 0, 0, 0, 1); /* if it came back */
    g->known |= R0;
}

/* ---- All of them ---- */

void straight(struct generator *g)
{
    static void (*const makers[])(struct generator *) = { do_alu, do_load, do_store, do_bytes };
    makers[below(g, 4)](g);
}

static const struct {
    void (*make)(struct generator *g);
    uint8_t weight;
    uint8_t mode; /* the tamest that may have it */
} table[] = {
    { do_alu, 90, MODE_KERNEL },       { do_swap, 4, MODE_KERNEL },
    { do_constant, 4, MODE_KERNEL },   { do_rotate, 6, MODE_KERNEL },
    { memory_slot, 20, MODE_KERNEL },  { memory_copy, 6, MODE_KERNEL },
    { do_load, 22, MODE_KERNEL },      { do_store, 18, MODE_KERNEL },
    { do_bytes, 3, MODE_KERNEL },      { do_atomic, 8, MODE_KERNEL },
    { do_update, 8, MODE_KERNEL },     { do_combine, 10, MODE_KERNEL },
    { do_popcount, 2, MODE_KERNEL },   { do_sum, 3, MODE_KERNEL },
    { control_test, 3, MODE_KERNEL },  { control_choice, 6, MODE_KERNEL },
    { do_rotl, 4, MODE_KERNEL },       { do_churn, 2, MODE_KERNEL },
    { control_if, 16, MODE_KERNEL },   { control_switch, 1, MODE_KERNEL },
    { control_exit, 2, MODE_KERNEL },  { control_loop, 6, MODE_KERNEL },
    { control_turns, 5, MODE_KERNEL }, { control_irreducible, 1, MODE_KERNEL },
    { do_call, 6, MODE_KERNEL },       { do_helper, 3, MODE_KERNEL },
    { do_callback, 3, MODE_TAME },     { do_map, 5, MODE_TAME },
    { do_global, 3, MODE_TAME },       { do_tail_call, 2, MODE_WILD },
    { do_callx, 3, MODE_WILD },        { do_index, 6, MODE_WILD },
};

void statements(struct generator *g, int count)
{
    uint32_t weights = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        weights += table[i].mode <= g->mode ? table[i].weight : 0;
    while (count-- > 0 && g->budget-- > 0) {
        uint32_t pick = below(g, weights);
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            uint32_t weight = table[i].mode <= g->mode ? table[i].weight : 0;
            if (pick < weight) {
                table[i].make(g);
                break;
            }
            pick -= weight;
        }
    }
}
