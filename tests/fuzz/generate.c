/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs. They end (loops count down), read nothing that is not written, and touch only
 * their memory, stack and maps; so every correct way to run them gives the same result.
 *
 * While a function is made, the generator knows which registers hold numbers (`known`) and which
 * are taken (`pinned`: counters of the loops around, r9 for the memory). Addresses never become
 * numbers. The statements themselves are in statements.c. */
#include "fuzz/local.h"
#include <assert.h>

/* ---- Chance ---- */

uint64_t any(struct generator *g)
{
    uint64_t x = g->random += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint32_t below(struct generator *g, uint32_t n)
{
    return (uint32_t)((any(g) >> 32) * n >> 32);
}

bool chance(struct generator *g, uint32_t percent)
{
    return below(g, 100) < percent;
}

uint64_t any_number(struct generator *g)
{
    static const uint64_t edges[] = { 0,
                                      1,
                                      2,
                                      3,
                                      7,
                                      8,
                                      31,
                                      32,
                                      63,
                                      64,
                                      0x7f,
                                      0x80,
                                      0xff,
                                      0x7fff,
                                      0x8000,
                                      0xffff,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x100000000,
                                      INT64_MAX,
                                      (uint64_t)INT64_MIN,
                                      UINT64_MAX,
                                      (uint64_t)-2,
                                      (uint64_t)INT32_MIN,
                                      (uint64_t)INT16_MIN,
                                      (uint64_t)INT8_MIN };
    switch (below(g, 4)) {
    case 0: return below(g, 256);
    case 1: return any(g) >> below(g, 64);
    default: return edges[below(g, sizeof edges / sizeof *edges)];
    }
}

uint8_t any_of(struct generator *g, uint16_t set)
{
    for (uint32_t n = below(g, (uint32_t)__builtin_popcount(set)); n; n--)
        set &= (uint16_t)(set - 1);
    return (uint8_t)__builtin_ctz(set);
}

/* ---- Emitting ---- */

/* The rows of each kind; filled once. */
static uint8_t rows[INSN_KIND_LEGACY + 1][INSN_COUNT], row_count[INSN_KIND_LEGACY + 1];

__attribute__((constructor)) static void sort_rows(void)
{
    for (uint8_t id = INSN_INVALID + 1; id < INSN_SECOND; id++) {
        uint8_t kind = insn_rows[id].kind;
        rows[kind][row_count[kind]++] = id;
    }
}

uint8_t any_row(struct generator *g, enum insn_kind kind)
{
    return rows[kind][below(g, row_count[kind])];
}

uint32_t emit(struct generator *g, uint8_t id, unsigned dst, unsigned src, int off, int64_t imm)
{
    const struct insn_row *row = &insn_rows[id];
    struct item item = { .target = NO_TARGET };
    item.insn =
        (struct insn){ id, row->code, (uint8_t)dst, (uint8_t)src, (int16_t)off, (int32_t)imm };
    item.high = (int32_t)(imm >> 32);
    switch (row->when) {
    case 'o': item.insn.off = (int16_t)row->value; break;
    case 'i': item.insn.imm = row->value; break;
    case 's': item.insn.src = (uint8_t)row->value; break;
    default: break;
    }
    vec_push(g->arena, g->out, item);
    return g->out->count - 1;
}

void land(struct generator *g, uint32_t item)
{
    g->out->at[item].target = g->out->count;
}

void call_later(struct generator *g, uint32_t item, uint32_t function)
{
    vec_push(g->arena, &g->pending, (struct pending){ item, function });
}

uint16_t writable(const struct generator *g)
{
    return NUMBERS & (uint16_t)~g->pinned;
}

uint8_t fresh(struct generator *g)
{
    uint8_t r = any_of(g, writable(g));
    g->known |= (uint16_t)(1 << r);
    return r;
}

uint8_t number(struct generator *g)
{
    if (!(g->known & NUMBERS)) {
        uint8_t r = fresh(g);
        emit(g, INSN_MOV64_K, r, 0, 0, (int32_t)any_number(g));
        return r;
    }
    return any_of(g, g->known & NUMBERS);
}

uint8_t changeable(struct generator *g)
{
    uint16_t set = g->known & writable(g);
    if (set)
        return any_of(g, set);
    uint8_t r = fresh(g);
    emit(g, INSN_LDIMM, r, 0, 0, (int64_t)any_number(g));
    return r;
}

/* ---- Functions ---- */

static void write_stack(struct generator *g)
{
    g->stack = 8 * below(g, STACK_MOST / 8 / (g->function ? 2u : 1u) + 1);
    if (chance(g, 30))
        g->stack = 0;
    for (uint32_t at = 8; at <= g->stack; at += 8) {
        if (chance(g, 50) && g->known & NUMBERS)
            emit(g, INSN_STX64, R10, number(g), -(int)at, 0);
        else
            emit(g, INSN_ST64, R10, 0, -(int)at, (int32_t)any_number(g));
    }
    g->slots = chance(g, 50) && (g->mode != MODE_KERNEL || !g->function);
    if (g->slots)
        write_slots(g);
}

/* What the main function leaves behind: every number that it knows. */
static void store_numbers(struct generator *g)
{
    for (unsigned r = 0; r <= 8; r++)
        if (g->known >> r & 1 && chance(g, 70))
            emit(g, INSN_STX64, R9, r, (int)(8 * r), 0);
}

/* What the verifier wants to see of raw memory: that its length, r2, suffices. */
static void check_length(struct generator *g)
{
    uint32_t fits = emit(g, INSN_JGE64_K, 2, 0, 0, MEMORY);
    emit(g, INSN_MOV64_K, 0, 0, 0, -1);
    emit(g, INSN_EXIT, 0, 0, 0, 0);
    land(g, fits);
}

static void make_function(struct generator *g, uint32_t index, int budget)
{
    const struct signature *sig = &g->functions[index];
    g->function = index;
    g->starts[index] = g->out->count;
    g->memory = sig->memory;
    g->pinned = (1 << R9);
    g->known = 0;
    g->callback_stack = sig->callback;
    for (unsigned i = 0; i < sig->numbers; i++)
        g->known |= (uint16_t)(1 << (1 + sig->memory + i));
    if (!index && g->mode != MODE_WILD)
        check_length(g);
    if (sig->memory)
        emit(g, INSN_MOV64_X, R9, 1, 0, 0);
    if (sig->callback) { /* r9 is then 16 bytes of the caller's stack */
        emit(g, INSN_MOV64_X, R9, 2, 0, 0);
        g->known = 1 << 1;
    }
    write_stack(g);
    g->may_call = true;
    g->depth = 0;
    g->turns = 1;
    g->budget = budget;
    statements(g, budget);
    /* The kernel wants every function called. */
    if (g->mode == MODE_KERNEL && index + 1 < g->function_count && !(g->called >> (index + 1) & 1))
        call_function(g, index + 1);
    if (sig->memory && !index)
        store_numbers(g);
    if (sig->callback) { /* goes on while it is 0 */
        emit(g, INSN_MOV64_K, 0, 0, 0, chance(g, 20));
        emit(g, INSN_EXIT, 0, 0, 0, 0);
    } else {
        end_function(g);
    }
    g->out->at[g->starts[index]].starts = true;
}

/* XDP: the memory is the packet, and r1, r2 begin as they do for raw memory. */
static void wrap_for_kernel(struct generator *g)
{
    emit(g, INSN_LDX32, 2, 1, 4, 0);
    emit(g, INSN_LDX32, 1, 1, 0, 0);
    emit(g, INSN_MOV64_X, 3, 1, 0, 0);
    emit(g, INSN_ADD64_K, 3, 0, 0, MEMORY);
    uint32_t fits = emit(g, INSN_JLE64_X, 3, 2, 0, 0);
    emit(g, INSN_MOV64_K, 0, 0, 0, -1);
    emit(g, INSN_EXIT, 0, 0, 0, 0);
    land(g, fits);
    emit(g, INSN_MOV64_K, 2, 0, 0, MEMORY);
}

static int budget(struct generator *g)
{
    uint32_t kind = below(g, 1000);
    if (kind == 0 && g->mode == MODE_WILD)
        return 6000;
    if (kind < 20)
        return 300 + (int)below(g, 1000);
    return kind < 300 ? 30 + (int)below(g, 100) : 2 + (int)below(g, 25);
}

static void make_piece(struct generator *g, uint32_t piece)
{
    g->out = &g->sample->pieces[piece];
    g->pending.count = 0;
    g->called = 0;
    g->function_count = piece || chance(g, 50) ? 1 : 2 + below(g, FUNCTIONS - 1);
    g->functions[0] = (struct signature){ .numbers = 1, .memory = true };
    for (uint32_t i = 1; i < g->function_count; i++) {
        bool memory = chance(g, 70) && g->functions[i - 1].memory;
        bool callback = g->mode != MODE_KERNEL && chance(g, 25);
        g->functions[i] =
            (struct signature){ .memory = memory && !callback,
                                .callback = callback,
                                .numbers = callback ? 0 : (uint8_t)below(g, memory ? 5 : 6) };
    }
    if (g->mode == MODE_KERNEL && !piece) {
        wrap_for_kernel(g);
        g->sample->kernel_start = g->out->count;
    }
    for (uint32_t i = 0; i < g->function_count; i++)
        make_function(g, i, i || piece ? 2 + (int)below(g, 20) : budget(g));
    for (uint32_t i = 0; i < g->pending.count; i++)
        g->out->at[g->pending.at[i].item].target = g->starts[g->pending.at[i].function];
}

void generate(struct arena *arena, uint64_t seed, enum mode most_wild, struct sample *out)
{
    struct generator g = { .arena = arena, .sample = out, .random = seed * 0x9e3779b97f4a7c15u };
    *out = (struct sample){ .seed = seed, .map_count = SAMPLE_MAPS };
    g.mode = out->mode = most_wild ? (enum mode)below(&g, most_wild + 1) : MODE_KERNEL;
    out->piece_count = 1;
    make_piece(&g, 0);
    if (out->tail_calls)
        while (out->piece_count < PIECES)
            make_piece(&g, out->piece_count++);
}

/* ---- Layout ---- */

static uint32_t slots(const struct item *item)
{
    return item->gone ? 0 : insn_rows[item->insn.id].kind == INSN_KIND_LDIMM ? 2 : 1;
}

static bool resolve(const struct item *item, uint32_t at, const uint32_t *slot, struct insn *insn)
{
    int64_t distance = (int64_t)slot[item->target] - at - 1;
    switch (insn_rows[item->insn.id].kind) {
    case INSN_KIND_CALL:
    case INSN_KIND_LDIMM: insn->imm = (int32_t)distance; return true;
    default: break;
    }
    if (item->insn.id == INSN_JA32) {
        insn->imm = (int32_t)distance;
        return true;
    }
    insn->off = (int16_t)distance;
    return insn->off == distance;
}

struct prog *sample_prog(struct arena *arena, const struct sample *sample, uint32_t piece,
                         bool kernel)
{
    const struct item_list *items = &sample->pieces[piece];
    uint32_t first = kernel ? 0 : sample->kernel_start;
    uint32_t *slot = arena_array_of(arena, items->count + 1, uint32_t), count = 0;
    for (uint32_t i = first; i < items->count; i++) {
        slot[i] = count;
        count += slots(&items->at[i]);
    }
    slot[items->count] = count;
    struct insn *insns = arena_array_of(arena, count + 1, struct insn);
    for (uint32_t i = first; i < items->count; i++) {
        const struct item *item = &items->at[i];
        struct insn *insn = &insns[slot[i]];
        if (item->gone)
            continue;
        *insn = item->insn;
        if (slots(item) == 2)
            insn[1] = (struct insn){ .id = INSN_SECOND, .imm = item->high };
        assert(item->target == NO_TARGET || item->target <= items->count);
        if (item->target != NO_TARGET && !resolve(item, slot[i], slot, insn))
            return NULL;
    }
    return count ? prog_from_insns(arena, "main", insns, count) : NULL;
}

void sample_memory(const struct sample *sample, uint8_t memory[MEMORY])
{
    struct generator g = { .random = ~sample->seed };
    for (unsigned i = 0; i < MEMORY; i += 8) {
        uint64_t word = chance(&g, 50) ? any(&g) : any_number(&g);
        memcpy(memory + i, &word, 8);
    }
}
