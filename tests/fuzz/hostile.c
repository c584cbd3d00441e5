/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that the verifier may well be wrong about: numbers bounded by one kind of comparison and
 * used after another kind of arithmetic, pointers moved by them, spilled in parts, lost over calls,
 * loops and branches. Nothing is right by construction: the verifier decides, and what it lets pass
 * is run under suspicion (soundness.c).
 *
 * The generator follows roughly what each register holds, so that a fair part is accepted. r9 keeps
 * the context of the main function. */
#include "fuzz/local.h"

enum kind { NOTHING, NUMBER, STACK, VALUE, MAYBE_VALUE, PACKET, END, RAW, LENGTH, CONTEXT, RECORD };
enum { POINTERS = 1 << STACK | 1 << VALUE | 1 << PACKET | 1 << RAW | 1 << RECORD };
enum { STATEMENTS_MOST = 26, INITIALISED = 64, BLOCKS = 3 };

struct hostile {
    struct generator g;
    uint8_t kind[11];
    struct vec(uint32_t) leave; /* jumps to the function's end */
    bool main, packets, closed; /* closed: no jump may leave (a record is held) */
    unsigned depth;
    uint32_t first_call; /* items that call functions to be made */
};

/* ---- Registers ---- */

static int pick(struct hostile *h, uint32_t kinds)
{
    uint16_t set = 0;
    for (unsigned r = 0; r < 10; r++)
        if (kinds >> h->kind[r] & 1 && (r != 9 || kinds & 1 << CONTEXT || kinds & 1 << RAW))
            set |= (uint16_t)(1u << r);
    return set ? any_of(&h->g, set) : -1;
}

static unsigned target(struct hostile *h, enum kind kind)
{
    unsigned r = below(&h->g, 9);
    h->kind[r] = (uint8_t)kind;
    return r;
}

static int32_t edge(struct hostile *h)
{
    static const int32_t edges[] = { 0,  1,  2,  3,   4,   7,    8,    15,   16,        31,
                                     32, 56, 63, 64,  127, 255,  256,  -1,   -2,        -8,
                                     -9, 33, 24, 100, 512, -512, 1024, 4095, INT32_MAX, INT32_MIN };
    return edges[below(&h->g, sizeof edges / sizeof *edges)];
}

static void forget_scratch(struct hostile *h, enum kind result)
{
    memset(h->kind, NOTHING, 6);
    h->kind[0] = (uint8_t)result;
}

/* A register that holds a number, loaded from where inputs are if there is none. */
static unsigned a_number(struct hostile *h)
{
    int r = pick(h, 1 << NUMBER), p;
    if (r >= 0 && !chance(&h->g, 15))
        return (unsigned)r;
    static const uint8_t loads[] = { INSN_LDX64,  INSN_LDX32,  INSN_LDX16, INSN_LDX8,
                                     INSN_LDXS32, INSN_LDXS16, INSN_LDXS8 };
    uint8_t id = loads[below(&h->g, sizeof loads)];
    p = pick(h, 1 << RAW | 1 << VALUE | (chance(&h->g, 10) ? 1 << PACKET : 0));
    if (p < 0)
        p = 10;
    int off = p == 10 ? -8 * (int)(1 + below(&h->g, 8)) : (int)(8 * below(&h->g, 2));
    r = (int)target(h, NUMBER);
    emit(&h->g, id, (unsigned)r, (unsigned)p, off, 0);
    return (unsigned)r;
}

static void leave(struct hostile *h, uint32_t jump)
{
    if (h->closed)
        land(&h->g, jump); /* nowhere */
    else
        vec_push(h->g.arena, &h->leave, jump);
}

/* ---- Numbers ---- */

static void do_alu(struct hostile *h)
{
    unsigned dst = a_number(h), src = a_number(h);
    uint8_t id = any_row(&h->g, chance(&h->g, 90) ? INSN_KIND_ALU : INSN_KIND_SWAP);
    const struct insn_row *row = &insn_rows[id];
    if (row->kind == INSN_KIND_SWAP || h->kind[dst] != NUMBER)
        src = 0;
    emit(&h->g, id, dst, row->src_reg ? src : 0, 0,
         row->src_reg || row->op == OP_NEG || row->kind == INSN_KIND_SWAP ? 0 : edge(h));
}

static void do_copy(struct hostile *h)
{
    static const uint8_t moves[] = { INSN_MOV64_X,    INSN_MOV64_X,   INSN_MOV64_X,
                                     INSN_MOV32_X,    INSN_MOVSX64_8, INSN_MOVSX64_16,
                                     INSN_MOVSX64_32, INSN_MOVSX32_8, INSN_MOVSX32_16 };
    int src = chance(&h->g, 60) ? (int)a_number(h) : pick(h, ~1u);
    if (src < 0)
        return;
    uint8_t kind = h->kind[src];
    uint8_t id = kind == NUMBER ? moves[below(&h->g, sizeof moves)] : INSN_MOV64_X;
    emit(&h->g, id, target(h, kind), (unsigned)src, 0, 0);
}

/* A condition that a number has to fulfil from here on. */
static void do_bound(struct hostile *h)
{
    unsigned dst = a_number(h), src = a_number(h);
    uint8_t id = any_row(&h->g, INSN_KIND_JUMP);
    leave(h, emit(&h->g, id, dst, insn_rows[id].src_reg ? src : 0, 0,
                  insn_rows[id].src_reg ? 0 : edge(h)));
}

static void do_small(struct hostile *h)
{
    static const int32_t masks[] = { 1, 3, 7, 8, 15, 31, 0x38, 63, 6, 0x7fffffff, 0xff };
    unsigned dst = a_number(h);
    uint8_t id = chance(&h->g, 50) ? INSN_AND64_K : chance(&h->g, 50) ? INSN_AND32_K : INSN_MOD64_K;
    if (chance(&h->g, 30))
        emit(&h->g, chance(&h->g, 50) ? INSN_RSH64_K : INSN_RSH32_K, dst, 0, 0,
             (int)below(&h->g, 32) | (int)(chance(&h->g, 50) * 16));
    else
        emit(&h->g, id, dst, 0, 0, masks[below(&h->g, sizeof masks / sizeof *masks)]);
}

/* A small number: r, in one of many ways. */
static void make_small(struct hostile *h, unsigned r)
{
    static const uint8_t signs[] = { INSN_MOVSX64_8, INSN_MOVSX64_16, INSN_MOVSX64_32,
                                     INSN_MOVSX32_8, INSN_MOV32_X };
    emit(&h->g, chance(&h->g, 50) ? INSN_LDX64 : INSN_LDX32, r, R10,
         -8 * (int)(1 + below(&h->g, 8)), 0);
    int from = pick(h, 1 << RAW | 1 << VALUE);
    if (from >= 0 && from != (int)r && chance(&h->g, 80))
        emit(&h->g, chance(&h->g, 70) ? INSN_LDX64 : INSN_LDX8, r, (unsigned)from, 0, 0);
    h->kind[r] = NUMBER;
    switch (below(&h->g, 6)) {
    case 0: emit(&h->g, INSN_AND64_K, r, 0, 0, (int)below(&h->g, 64)); break;
    case 1: emit(&h->g, INSN_RSH64_K, r, 0, 0, 58 + (int)below(&h->g, 6)); break;
    case 2: emit(&h->g, INSN_ARSH64_K, r, 0, 0, 58 + (int)below(&h->g, 6)); break;
    case 3: emit(&h->g, INSN_MOD32_K, r, 0, 0, 1 + (int)below(&h->g, 40)); break;
    case 4: emit(&h->g, INSN_SMOD64_K, r, 0, 0, 1 + (int)below(&h->g, 40)); break;
    default:
        leave(h, emit(&h->g, INSN_JSLT64_K, r, 0, 0, -(int)below(&h->g, 32)));
        leave(h, emit(&h->g, chance(&h->g, 50) ? INSN_JSGT64_K : INSN_JSGE64_K, r, 0, 0,
                      (int)below(&h->g, 40)));
    }
    if (chance(&h->g, 30))
        emit(&h->g, signs[below(&h->g, sizeof signs)], r, r, 0, 0);
    if (chance(&h->g, 20)) {
        static const uint8_t stores[] = { INSN_STX8, INSN_STX16, INSN_STX32, INSN_STX64 };
        static const uint8_t loads[] = { INSN_LDX8, INSN_LDX16, INSN_LDX32, INSN_LDX64 };
        unsigned size = below(&h->g, 4);
        emit(&h->g, stores[size], R10, r, -16, 0);
        emit(&h->g, loads[size], r, R10, -16, 0);
    }
}

/* Arithmetic on small numbers, so that bounds stay and every operation counts. */
static unsigned do_chain(struct hostile *h)
{
    unsigned a = below(&h->g, 9), b = (a + 1 + below(&h->g, 8)) % 9;
    make_small(h, a);
    make_small(h, b);
    for (unsigned n = 1 + below(&h->g, 2); n; n--) {
        uint8_t id = any_row(&h->g, INSN_KIND_ALU);
        const struct insn_row *row = &insn_rows[id];
        emit(&h->g, id, a, row->src_reg ? b : 0, 0,
             row->src_reg || row->op == OP_NEG ? 0 : 1 + (int)below(&h->g, 9));
    }
    h->kind[a] = h->kind[b] = NUMBER;
    if (chance(&h->g, 40)) {
        uint8_t id = any_row(&h->g, INSN_KIND_JUMP);
        leave(h, emit(&h->g, id, a, insn_rows[id].src_reg ? b : 0, 0,
                      insn_rows[id].src_reg ? 0 : (int)below(&h->g, 50) - 8));
    }
    return a;
}

static void do_constant(struct hostile *h)
{
    if (chance(&h->g, 50))
        emit(&h->g, INSN_LDIMM, target(h, NUMBER), 0, 0, (int64_t)any_number(&h->g));
    else
        emit(&h->g, INSN_MOV64_K, target(h, NUMBER), 0, 0, edge(h));
}

/* ---- Memory ---- */

static uint8_t access_row(struct hostile *h)
{
    static const uint8_t ids[] = { INSN_LDX8, INSN_LDX16, INSN_LDX32, INSN_LDX64,
                                   INSN_STX8, INSN_STX16, INSN_STX32, INSN_STX64,
                                   INSN_ST8,  INSN_ST64,  INSN_LDXS8, INSN_LDXS32 };
    return ids[below(&h->g, sizeof ids)];
}

static void reach(struct hostile *h, unsigned pointer, int off, bool tight)
{
    uint8_t id = access_row(h);
    const struct insn_row *row = &insn_rows[id];
    bool loads = row->kind == INSN_KIND_LDX;
    unsigned number = loads ? target(h, NUMBER) : a_number(h);
    uint32_t item;
    if (loads)
        h->kind[number] = NUMBER;
    else if (h->kind[pointer] == NUMBER && pointer != 10)
        return; /* the number took its place */
    item = emit(&h->g, id, loads ? number : pointer,
                loads                       ? pointer
                : row->kind == INSN_KIND_ST ? 0
                                            : number,
                off, row->kind == INSN_KIND_ST ? edge(h) : 0);
    if (tight)
        h->g.sample->tight = item + 1;
}

/* Through a pointer moved by a number; how far beyond it still passes is found out later. */
static void do_moved_access(struct hostile *h)
{
    int from = chance(&h->g, 40) ? 10 : pick(h, POINTERS);
    unsigned by = chance(&h->g, 60) ? do_chain(h) : a_number(h), p;
    if (from < 0 || (from != 10 && !(POINTERS >> h->kind[from] & 1)))
        from = 10;
    p = target(h, from == 10 ? STACK : h->kind[from]);
    if (p == by || h->kind[by] != NUMBER || (from != 10 && !(POINTERS >> h->kind[from] & 1)))
        return;
    emit(&h->g, INSN_MOV64_X, p, (unsigned)from, 0, 0);
    if (h->kind[p] == PACKET || h->kind[p] == RAW) {
        int end = pick(h, 1 << END);
        emit(&h->g, INSN_ADD64_X, p, by, 0, 0);
        if (end < 0)
            return;
        unsigned beyond = target(h, h->kind[p]);
        if (beyond == p || beyond == (unsigned)end)
            return;
        emit(&h->g, INSN_MOV64_X, beyond, p, 0, 0);
        emit(&h->g, INSN_ADD64_K, beyond, 0, 0, 1 + (int)below(&h->g, 16));
        leave(h, emit(&h->g, chance(&h->g, 50) ? INSN_JGT64_X : INSN_JGE64_X, beyond, (unsigned)end,
                      0, 0));
        reach(h, p, 0, true);
        return;
    }
    emit(&h->g, chance(&h->g, 85) ? INSN_ADD64_X : INSN_SUB64_X, p, by, 0, 0);
    reach(h, p, from == 10 ? -(int)below(&h->g, INITIALISED + 8) : 0, true);
}

static void do_plain_access(struct hostile *h)
{
    int p = chance(&h->g, 50) ? 10 : pick(h, POINTERS);
    if (p >= 0)
        reach(h, (unsigned)p,
              p == 10 ? -(int)(1 + below(&h->g, INITIALISED)) : (int)below(&h->g, 12),
              chance(&h->g, 40));
}

static void do_spill(struct hostile *h)
{
    static const uint8_t stores[] = { INSN_STX64, INSN_STX64, INSN_STX32, INSN_STX16, INSN_STX8 };
    static const uint8_t loads[] = { INSN_LDX64, INSN_LDX64,  INSN_LDX32,  INSN_LDX16,
                                     INSN_LDX8,  INSN_LDXS32, INSN_LDXS16, INSN_LDXS8 };
    int r = chance(&h->g, 50) ? (int)a_number(h) : pick(h, ~1u);
    int at = -8 * (int)(1 + below(&h->g, 8));
    if (r < 0)
        return;
    bool number = h->kind[r] == NUMBER;
    uint8_t kind = h->kind[r];
    emit(&h->g, number ? stores[below(&h->g, sizeof stores)] : INSN_STX64, R10, (unsigned)r,
         at + (number && chance(&h->g, 20) ? (int)below(&h->g, 4) : 0), 0);
    if (chance(&h->g, 30))
        emit(&h->g, INSN_ST8, R10, 0, at + (int)below(&h->g, 8), edge(h));
    if (chance(&h->g, 30))
        do_bound(h);
    emit(&h->g, number ? loads[below(&h->g, sizeof loads)] : INSN_LDX64, target(h, kind), R10,
         at + (number && chance(&h->g, 10) ? 4 : 0), 0);
}

static void do_atomic(struct hostile *h)
{
    uint8_t id = any_row(&h->g, INSN_KIND_ATOMIC);
    const struct insn_row *row = &insn_rows[id];
    int p = chance(&h->g, 50) ? 10 : pick(h, 1 << STACK | 1 << VALUE | 1 << RECORD);
    int off = p == 10 ? -8 * (int)(1 + below(&h->g, 8)) : 8 * (int)below(&h->g, 4);
    unsigned number = a_number(h);
    if (p < 0 || (p != 10 && h->kind[p] == NUMBER))
        return;
    if (row->op == OP_CMPXCHG && h->kind[0] != NUMBER) {
        emit(&h->g, INSN_MOV64_K, 0, 0, 0, edge(h));
        h->kind[0] = NUMBER;
        if (p == 0)
            return;
    }
    emit(&h->g, id, row->op == OP_LOAD_ACQ ? number : (unsigned)p,
         row->op == OP_LOAD_ACQ ? (unsigned)p : number, off, 0);
}

/* ---- Packets and lengths ---- */

static void do_packet(struct hostile *h)
{
    bool xdp = !strcmp(h->g.sample->context, "xdp");
    if (!h->main || !h->packets)
        return;
    unsigned data = below(&h->g, 9), end = (data + 1 + below(&h->g, 8)) % 9;
    h->kind[data] = PACKET;
    h->kind[end] = END;
    emit(&h->g, INSN_LDX32, data, 9, xdp ? 0 : 76, 0);
    emit(&h->g, INSN_LDX32, end, 9, xdp ? 4 : 80, 0);
    unsigned beyond = target(h, PACKET);
    if (beyond == data || beyond == end)
        return;
    emit(&h->g, INSN_MOV64_X, beyond, data, 0, 0);
    emit(&h->g, INSN_ADD64_K, beyond, 0, 0, 1 + (int)below(&h->g, 40));
    uint8_t id = any_row(&h->g, INSN_KIND_JUMP);
    if (chance(&h->g, 70) || !insn_rows[id].src_reg)
        id = INSN_JGT64_X;
    leave(h, emit(&h->g, id, beyond, end, 0, 0));
}

static void do_length(struct hostile *h)
{
    int length = pick(h, 1 << LENGTH), raw = pick(h, 1 << RAW);
    if (length < 0 || raw < 0)
        return;
    if (chance(&h->g, 40)) {
        uint8_t id = any_row(&h->g, INSN_KIND_JUMP);
        bool reg = insn_rows[id].src_reg;
        leave(h, emit(&h->g, chance(&h->g, 60) ? INSN_JLT64_K : id, (unsigned)length,
                      chance(&h->g, 60) || !reg ? 0 : a_number(h), 0, reg ? 0 : 8 + edge(h) % 64));
        h->g.out->at[h->g.out->count - 1].insn.src &=
            insn_rows[h->g.out->at[h->g.out->count - 1].insn.id].src_reg ? 15 : 0;
        return;
    }
    unsigned end = target(h, END);
    if (end == (unsigned)length || end == (unsigned)raw)
        return;
    emit(&h->g, INSN_MOV64_X, end, (unsigned)raw, 0, 0);
    emit(&h->g, INSN_ADD64_X, end, (unsigned)length, 0, 0);
}

/* ---- Helpers ---- */

static void give_key(struct hostile *h, unsigned map)
{
    emit(&h->g, INSN_LDIMM_MAP, 1, 0, 0, (int)map);
    emit(&h->g, INSN_MOV64_X, 2, R10, 0, 0);
    emit(&h->g, INSN_ADD64_K, 2, 0, 0, -8 * (int)(1 + below(&h->g, 8)));
}

static void do_lookup(struct hostile *h)
{
    static const uint8_t maps[] = { HOSTILE_ARRAY, HOSTILE_HASH, HOSTILE_PER_CPU, HOSTILE_CONST };
    give_key(h, maps[below(&h->g, sizeof maps)]);
    emit(&h->g, INSN_CALL, 0, 0, 0, HELPER_map_lookup_elem);
    forget_scratch(h, MAYBE_VALUE);
    if (chance(&h->g, 30))
        do_spill(h);
    if (chance(&h->g, 40))
        do_copy(h);
    int r = pick(h, 1 << MAYBE_VALUE);
    if (r < 0)
        return;
    leave(h, emit(&h->g, chance(&h->g, 85) ? INSN_JEQ64_K : INSN_JNE64_K, (unsigned)r, 0, 0, 0));
    for (unsigned i = 0; i < 10; i++)
        if (h->kind[i] == MAYBE_VALUE)
            h->kind[i] = VALUE;
}

static void do_global(struct hostile *h)
{
    emit(&h->g, INSN_LDIMM_MAP_VALUE, target(h, VALUE), 0, 0,
         (int64_t)below(&h->g, 64) << 32 | (chance(&h->g, 60) ? HOSTILE_DATA : HOSTILE_CONST));
}

/* Memory and its size as arguments r, r + 1. */
static void give_memory(struct hostile *h, unsigned r)
{
    int p = pick(h, 1 << VALUE | 1 << RAW | 1 << RECORD);
    int n = pick(h, 1 << NUMBER);
    if (n > (int)r || n == 0)
        emit(&h->g, INSN_MOV64_X, r + 1, (unsigned)n, 0, 0);
    else
        emit(&h->g, INSN_MOV64_K, r + 1, 0, 0, (int)below(&h->g, 40));
    if (n >= 0 && chance(&h->g, 70))
        emit(&h->g, INSN_AND64_K, r + 1, 0, 0, 31);
    if (p >= 6 && chance(&h->g, 60)) {
        emit(&h->g, INSN_MOV64_X, r, (unsigned)p, 0, 0);
    } else {
        emit(&h->g, INSN_MOV64_X, r, R10, 0, 0);
        emit(&h->g, INSN_ADD64_K, r, 0, 0, -(int)below(&h->g, 80));
    }
}

static void do_helper(struct hostile *h)
{
    switch (below(&h->g, 6)) {
    case 0:
        give_memory(h, 1);
        emit(&h->g, INSN_MOV64_K, 3, 0, 0, 0);
        emit(&h->g, INSN_MOV64_X, 4, R10, 0, 0);
        emit(&h->g, INSN_ADD64_K, 4, 0, 0, -8 * (int)(1 + below(&h->g, 9)));
        emit(&h->g, INSN_CALL, 0, 0, 0, HELPER_strtoul);
        break;
    case 1:
        give_memory(h, 1);
        emit(&h->g, INSN_MOV64_K, 3, 0, 0, 0);
        emit(&h->g, INSN_CALL, 0, 0, 0, HELPER_probe_read_kernel);
        break;
    case 2:
        give_memory(h, 1);
        give_memory(h, 3);
        emit(&h->g, INSN_MOV64_K, 5, 0, 0, 0);
        emit(&h->g, INSN_CALL, 0, 0, 0, HELPER_csum_diff);
        break;
    case 3:
        give_key(h, HOSTILE_HASH);
        emit(&h->g, INSN_MOV64_X, 3, 2, 0, 0);
        emit(&h->g, INSN_ADD64_K, 3, 0, 0, -(int)below(&h->g, 32));
        emit(&h->g, INSN_MOV64_K, 4, 0, 0, 0);
        emit(&h->g, INSN_CALL, 0, 0, 0,
             chance(&h->g, 70) ? HELPER_map_update_elem : HELPER_map_delete_elem);
        break;
    default:
        if (!h->main || strcmp(h->g.sample->context, "xdp"))
            return;
        emit(&h->g, INSN_MOV64_X, 1, 9, 0, 0);
        emit(&h->g, INSN_MOV64_K, 2, 0, 0, (int)below(&h->g, 24) - 12);
        emit(&h->g, INSN_CALL, 0, 0, 0,
             chance(&h->g, 50) ? HELPER_xdp_adjust_head : HELPER_xdp_adjust_tail);
        if (chance(&h->g, 40))
            for (unsigned r = 6; r < 9; r++)
                h->kind[r] = h->kind[r] == PACKET || h->kind[r] == END ? NOTHING : h->kind[r];
    }
    forget_scratch(h, NUMBER);
}

static void statement(struct hostile *h);

static void do_record(struct hostile *h)
{
    bool closed = h->closed;
    unsigned keep = 6 + below(&h->g, 3);
    emit(&h->g, INSN_LDIMM_MAP, 1, 0, 0, HOSTILE_RING);
    emit(&h->g, INSN_MOV64_K, 2, 0, 0, 8 * (int)(1 + below(&h->g, 6)));
    emit(&h->g, INSN_MOV64_K, 3, 0, 0, 0);
    emit(&h->g, INSN_CALL, 0, 0, 0, HELPER_ringbuf_reserve);
    forget_scratch(h, NOTHING);
    emit(&h->g, INSN_MOV64_X, keep, 0, 0, 0);
    uint32_t none = emit(&h->g, INSN_JEQ64_K, chance(&h->g, 50) ? 0 : keep, 0, 0, 0);
    h->kind[keep] = RECORD;
    h->closed = chance(&h->g, 90);
    for (unsigned n = below(&h->g, 4); n; n--)
        statement(h);
    h->closed = closed;
    emit(&h->g, INSN_MOV64_X, 1, keep, 0, 0);
    emit(&h->g, INSN_MOV64_K, 2, 0, 0, 0);
    emit(&h->g, INSN_CALL, 0, 0, 0,
         chance(&h->g, 50) ? HELPER_ringbuf_submit : HELPER_ringbuf_discard);
    if (!chance(&h->g, 3))
        land(&h->g, none);
    else
        leave(h, none);
    memset(h->kind, NOTHING, 9);
}

/* ---- Control ---- */

static void join(struct hostile *h, const uint8_t before[11])
{
    for (unsigned r = 0; r < 11; r++)
        if (h->kind[r] != before[r])
            h->kind[r] = NOTHING;
}

static void do_branch(struct hostile *h)
{
    uint8_t before[11], id = any_row(&h->g, INSN_KIND_JUMP);
    unsigned dst = a_number(h), src = a_number(h);
    bool reg = insn_rows[id].src_reg;
    memcpy(before, h->kind, sizeof before);
    uint32_t jump = emit(&h->g, id, dst, reg ? src : 0, 0, reg ? 0 : edge(h));
    h->depth++;
    for (unsigned n = 1 + below(&h->g, 3); n; n--)
        statement(h);
    if (chance(&h->g, 40)) {
        uint8_t then[11];
        uint32_t over = emit(&h->g, chance(&h->g, 80) ? INSN_JA : INSN_JA32, 0, 0, 0, 0);
        land(&h->g, jump);
        memcpy(then, h->kind, sizeof then);
        memcpy(h->kind, before, sizeof then);
        for (unsigned n = 1 + below(&h->g, 3); n; n--)
            statement(h);
        land(&h->g, over);
        join(h, then);
    } else {
        land(&h->g, jump);
        join(h, before);
    }
    h->depth--;
}

static void do_loop(struct hostile *h)
{
    uint8_t before[11];
    unsigned counter = 6 + below(&h->g, 3);
    bool may = chance(&h->g, 40);
    uint32_t out = 0;
    emit(&h->g, INSN_MOV64_K, counter, 0, 0, (int)below(&h->g, 4));
    h->kind[counter] = NUMBER;
    memcpy(before, h->kind, sizeof before);
    uint32_t head = h->g.out->count;
    if (may)
        out = emit(&h->g, INSN_MAY_GOTO, 0, 0, 0, 0);
    h->depth++;
    for (unsigned n = 1 + below(&h->g, 4); n; n--)
        statement(h);
    h->depth--;
    emit(&h->g, chance(&h->g, 80) ? INSN_ADD64_K : INSN_ADD32_K, counter, 0, 0,
         1 + (int)below(&h->g, 3));
    uint32_t back =
        emit(&h->g, any_row(&h->g, INSN_KIND_JUMP), counter, 0, 0, (int)below(&h->g, 12));
    if (insn_rows[h->g.out->at[back].insn.id].src_reg || chance(&h->g, 70)) {
        h->g.out->at[back].insn.id = INSN_JLT64_K;
        h->g.out->at[back].insn.code = insn_rows[INSN_JLT64_K].code;
    }
    h->g.out->at[back].target = head;
    if (may)
        land(&h->g, out);
    join(h, before);
}

/* Calls of functions that are made afterwards: pending.function is 1 for callbacks, else 0. */
static void do_call(struct hostile *h)
{
    bool callback = chance(&h->g, 50);
    if (!h->main || h->g.pending.count > 2)
        return;
    if (callback) {
        emit(&h->g, INSN_MOV64_K, 1, 0, 0, (int)below(&h->g, 4));
        call_later(&h->g, emit(&h->g, INSN_LDIMM_FUNC, 2, 0, 0, 0), 1);
        emit(&h->g, INSN_MOV64_X, 3, R10, 0, 0);
        emit(&h->g, INSN_ADD64_K, 3, 0, 0, -8 * (int)(1 + below(&h->g, 8)));
        emit(&h->g, INSN_MOV64_K, 4, 0, 0, 0);
        emit(&h->g, INSN_CALL, 0, 0, 0, HELPER_loop);
    } else {
        emit(&h->g, INSN_MOV64_X, 1, R10, 0, 0);
        emit(&h->g, INSN_ADD64_K, 1, 0, 0, -8 * (int)(1 + below(&h->g, 8)));
        int n = pick(h, 1 << NUMBER);
        if (n < 0 || n == 1)
            emit(&h->g, INSN_MOV64_K, 2, 0, 0, edge(h));
        else
            emit(&h->g, INSN_MOV64_X, 2, (unsigned)n, 0, 0);
        call_later(&h->g, emit(&h->g, INSN_CALL_LOCAL, 0, 0, 0, 0), 0);
    }
    forget_scratch(h, NUMBER);
}

static const struct statement {
    const char *name;
    void (*make)(struct hostile *h);
    uint8_t weight;
} statements_of[] = {
    { "arithmetic", do_alu, 14 },     { "copy", do_copy, 6 },
    { "bound", do_bound, 12 },        { "small", do_small, 6 },
    { "constant", do_constant, 3 },   { "moved access", do_moved_access, 12 },
    { "access", do_plain_access, 5 }, { "spill", do_spill, 8 },
    { "atomic", do_atomic, 3 },       { "packet", do_packet, 6 },
    { "length", do_length, 6 },       { "lookup", do_lookup, 6 },
    { "global", do_global, 4 },       { "helper", do_helper, 4 },
    { "record", do_record, 2 },       { "branch", do_branch, 6 },
    { "loop", do_loop, 3 },           { "call", do_call, 4 },
};
enum { KINDS = sizeof statements_of / sizeof *statements_of };

uint32_t hostile_kinds(void)
{
    return KINDS;
}

const char *hostile_kind(uint32_t i)
{
    return statements_of[i].name;
}

static void statement(struct hostile *h)
{
    uint32_t sum = 0, at;
    for (unsigned i = 0; i < KINDS; i++)
        sum += statements_of[i].weight;
    at = below(&h->g, sum);
    for (unsigned i = 0; i < KINDS; i++) {
        if (at < statements_of[i].weight) {
            if (h->depth >= BLOCKS &&
                (statements_of[i].make == do_branch || statements_of[i].make == do_loop))
                return;
            h->g.sample->made |= 1u << i;
            statements_of[i].make(h);
            return;
        }
        at -= statements_of[i].weight;
    }
}

static void end(struct hostile *h, bool callback)
{
    if (h->kind[0] != NUMBER || chance(&h->g, 50))
        emit(&h->g, INSN_MOV64_K, 0, 0, 0, 0);
    else if (callback)
        emit(&h->g, INSN_AND64_K, 0, 0, 0, 1);
    emit(&h->g, INSN_EXIT, 0, 0, 0, 0);
    if (!h->leave.count)
        return;
    for (uint32_t i = 0; i < h->leave.count; i++)
        land(&h->g, h->leave.at[i]);
    h->leave.count = 0;
    emit(&h->g, INSN_MOV64_K, 0, 0, 0, (int)below(&h->g, 2));
    emit(&h->g, INSN_EXIT, 0, 0, 0, 0);
}

static void begin_main(struct hostile *h)
{
    memset(h->kind, NOTHING, sizeof h->kind);
    emit(&h->g, INSN_MOV64_X, 9, 1, 0, 0);
    h->kind[9] = h->packets ? CONTEXT : RAW;
    if (!h->packets) {
        emit(&h->g, INSN_MOV64_X, 8, 2, 0, 0);
        h->kind[8] = LENGTH;
        leave(h, emit(&h->g, INSN_JLT64_K, 2, 0, 0, 16 + 8 * (int)below(&h->g, 4)));
    }
    for (int at = 8; at <= INITIALISED; at += 8)
        if (!chance(&h->g, 4))
            emit(&h->g, INSN_ST64, R10, 0, -at, edge(h));
}

void hostile(struct arena *arena, uint64_t seed, struct sample *out)
{
    static const char *const contexts[] = { "memory", "memory", "xdp", "xdp", "tc" };
    struct hostile h = {
        .g = { .arena = arena, .sample = out, .random = seed * 0x9e3779b97f4a7c15u }
    };
    *out = (struct sample){ .seed = seed, .mode = MODE_TAME, .piece_count = 1, .uses_maps = true };
    out->context = contexts[below(&h.g, 5)];
    h.g.out = &out->pieces[0];
    h.main = true;
    h.packets = strcmp(out->context, "memory") != 0;
    emit(&h.g, INSN_MOV64_X, 0, R10, 0, 0);
    h.g.out->at[0].starts = true;
    begin_main(&h);
    if (h.packets)
        do_packet(&h);
    for (unsigned n = 3 + below(&h.g, STATEMENTS_MOST); n; n--)
        statement(&h);
    end(&h, false);
    h.main = false;
    for (uint32_t i = 0; i < h.g.pending.count; i++) {
        bool callback = h.g.pending.at[i].function;
        h.g.out->at[h.g.pending.at[i].item].target = h.g.out->count;
        memset(h.kind, NOTHING, sizeof h.kind);
        h.kind[1] = callback ? NUMBER : STACK;
        h.kind[2] = callback ? STACK : NUMBER;
        uint32_t start = h.g.out->count;
        emit(&h.g, INSN_ST64, R10, 0, -8, edge(&h));
        h.g.out->at[start].starts = true;
        for (unsigned n = 1 + below(&h.g, 5); n; n--)
            statement(&h);
        end(&h, callback);
    }
}
