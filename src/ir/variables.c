/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of build.c: the eleven registers, and behind them (pass "promote") slots of the
 * stack. Which slots may be variables, and which variables live at the start of each block.
 *
 * A slot is what accesses make one of: bytes that some access touches together, and no access
 * together with others. It is a variable if each of its bytes is only reached by loads and stores
 * at known places, and each store writes all of it. Verified programs have that from the facts,
 * which tell of calls too. Of trusted programs only functions are looked at whose r10 is nothing
 * but the base of accesses to their own frame, and whose frame no callee can reach. */
#include "ir/local.h"
#include "rt/rt.h"
#include <string.h>

enum { R10 = 10 };

/* ---- Slots ---- */

struct access { /* to the stack, at a known place */
    uint32_t at;
    uint16_t first; /* byte of the stack, from its lowest possible one */
    uint8_t size;
    bool stores;
};

struct slots {
    const struct build *b;
    struct vec(struct access) accesses;
    uint32_t lowest;        /* byte that some access touches */
    bool joined[STACK_MAX]; /* a byte belongs to the slot of the one before */
    bool taken[STACK_MAX];  /* reached by something else */
};

static bool is_access(const struct insn_row *row)
{
    return row->kind == INSN_KIND_LDX || row->kind == INSN_KIND_ST || row->kind == INSN_KIND_STX;
}

static bool stores(struct insn insn)
{
    return insn_row(insn)->kind == INSN_KIND_ST || insn_row(insn)->kind == INSN_KIND_STX;
}

static unsigned base_of(struct insn insn)
{
    return insn_row(insn)->kind == INSN_KIND_LDX ? insn.src : insn.dst;
}

/* Whether the instruction leaves the frame of a trusted function to the function alone. */
static bool keeps_frame(const struct build *b, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    const struct helper *helper;
    if (row->kind == INSN_KIND_CALLX)
        return false;
    if (row->kind == INSN_KIND_CALL) {
        helper = row->op == OP_HELPER ? env_helper(b->binding->env, (uint32_t)insn.imm) : NULL;
        return helper && !(helper->flags & HELPER_CALLS_BACK);
    }
    if (insn.id == INSN_SECOND || !(insn_reads(insn) >> R10 & 1))
        return true;
    return is_access(row) && base_of(insn) == R10 &&
           !(row->kind == INSN_KIND_STX && insn.src == R10) && insn.off >= -STACK_MAX &&
           insn.off + row->bits / 8 <= 0;
}

static bool is_plain(const struct build *b, const struct func *func)
{
    for (uint32_t at = func->start; at < func->start + func->count; at++)
        if (!keeps_frame(b, b->prog->insns[at]))
            return false;
    return true;
}

/* The bytes [low, high) of the function's own stack that the instruction touches; if `exact`, it
 * is a load or store of just these. */
static bool touches(const struct build *b, uint32_t at, int *low, int *high, bool *exact)
{
    const struct insn_fact *fact = &b->checked->facts[at];
    struct insn insn = b->prog->insns[at];
    const struct insn_row *row = insn_row(insn);
    *low = fact->stack_low;
    *high = fact->stack_high;
    if (*low < *high) {
        *exact = fact->flags & FACT_OWN_STACK &&
                 (is_access(row) ? *high - *low == row->bits / 8
                                 : *high - *low == 4 && lower_loads_key(b, at));
        return true;
    }
    if (b->checked->level != CHECK_TRUSTED || !is_access(row) || base_of(insn) != R10)
        return false;
    *low = insn.off;
    *high = insn.off + row->bits / 8;
    return *exact = true;
}

static void note(struct slots *s, uint32_t at)
{
    int low, high;
    bool exact;
    if (!touches(s->b, at, &low, &high, &exact))
        return;
    if (!exact) {
        memset(s->taken + STACK_MAX + low, true, (size_t)(high - low));
        return;
    }
    if ((uint32_t)(low + STACK_MAX) < s->lowest)
        s->lowest = (uint32_t)(low + STACK_MAX);
    for (int i = low + 1; i < high; i++)
        s->joined[i + STACK_MAX] = true;
    vec_push(s->b->arena, &s->accesses,
             (struct access){ at, (uint16_t)(low + STACK_MAX), (uint8_t)(high - low),
                              stores(s->b->prog->insns[at]) });
}

/* A store to a part of a slot takes it. */
static void check_stores(struct slots *s)
{
    for (uint32_t i = 0; i < s->accesses.count; i++) {
        const struct access *access = &s->accesses.at[i];
        uint32_t end = access->first + access->size;
        if (access->stores && (s->joined[access->first] || (end < STACK_MAX && s->joined[end])))
            s->taken[access->first] = true;
    }
}

/* Numbers the slots, from the lowest; `number` has that of each one's first byte. */
static void number(struct slots *s, struct variables *v, uint8_t *number)
{
    for (uint32_t i = 0; i < s->accesses.count; i++)
        number[s->accesses.at[i].first] = VARIABLES;
    for (uint32_t first = s->lowest, end; first < STACK_MAX && v->count < VARIABLES; first = end) {
        bool taken = s->taken[first];
        for (end = first + 1; end < STACK_MAX && s->joined[end]; end++)
            taken |= s->taken[end];
        if (!number[first] || taken || end - first > 8 || ((end - first) & (end - first - 1)))
            continue;
        v->slots[v->count - REG_COUNT] =
            (struct stack_slot){ (int16_t)((int)first - STACK_MAX), (uint8_t)(end - first) };
        pass_found(PASS_PROMOTE);
        for (uint32_t i = first; i < end; i++)
            number[i] = (uint8_t)v->count;
        v->count++;
    }
}

static void find_slots(const struct build *b, struct variables *v)
{
    const struct func *func = &b->prog->funcs[b->fn->index];
    const struct insn_fact *facts = b->checked->facts;
    bool trusted = b->checked->level == CHECK_TRUSTED;
    if (!b->fn->depth || (trusted && !is_plain(b, func)))
        return;
    struct slots s = { .b = b, .lowest = STACK_MAX };
    uint8_t numbers[STACK_MAX] = { 0 };
    for (uint32_t at = func->start, end = at + func->count; at < end; at++)
        if (trusted ? b->prog->insns[at].id != INSN_SECOND
                    : facts[at].stack_low < facts[at].stack_high)
            note(&s, at);
    if (!s.accesses.count)
        return;
    check_stores(&s);
    number(&s, v, numbers);
    v->of = arena_array_of(b->arena, func->count, uint8_t);
    for (uint32_t i = 0; i < s.accesses.count; i++) {
        uint8_t n = numbers[s.accesses.at[i].first];
        if (n < VARIABLES)
            v->of[s.accesses.at[i].at - v->start] = n;
    }
}

int variable_offset(const struct build *b, uint32_t at)
{
    const struct stack_slot *slot = &b->vars.slots[variable_at(&b->vars, at) - REG_COUNT];
    int low, high;
    bool exact;
    touches(b, at, &low, &high, &exact);
    return low - slot->low;
}

/* ---- Liveness ---- */

/* The variables an instruction reads and writes. */
struct effect {
    uint64_t reads, writes;
};

static struct effect effect_of_call(const struct build *b, struct insn insn, uint32_t at)
{
    /* A slot is the key that an inlined lookup reads. A tail call that returns has changed nothing;
     * others leave r1-r5, which a checked program does not read, as they are. */
    unsigned slot = variable_at(&b->vars, at);
    bool is_tail = insn_row(insn)->op == OP_HELPER && insn.imm == HELPER_tail_call;
    return (struct effect){ lower_call_reads(b, insn, at) | (slot ? UINT64_C(1) << slot : 0),
                            !is_tail };
}

/* Of a call, or an access to a slot. */
static __attribute__((noinline)) struct effect effect_of(const struct build *b, uint32_t at)
{
    const struct insn *insn = &b->prog->insns[at];
    uint8_t kind = insn_rows[insn->id].kind;
    unsigned slot = variable_at(&b->vars, at);
    uint32_t registers = insn_registers(insn);
    if (kind == INSN_KIND_CALL || kind == INSN_KIND_CALLX)
        return effect_of_call(b, *insn, at);
    if (kind == INSN_KIND_LDX)
        return (struct effect){ UINT64_C(1) << slot, registers >> INSN_WRITES };
    return (struct effect){ kind == INSN_KIND_STX ? UINT64_C(1) << insn->src : 0, UINT64_C(1)
                                                                                      << slot };
}

/* What a block reads before it writes it, and what it writes. */
static struct effect effect_of_block(const struct build *b, const struct cfg_block *block)
{
    struct effect all = { 0 };
    const struct insn *insns = b->prog->insns;
    for (uint32_t at = block->end, start = block->start; at-- > start;) {
        uint32_t registers = insn_registers(&insns[at]);
        struct effect effect = { (uint16_t)registers, registers >> INSN_WRITES };
        uint8_t kind = insn_rows[insns[at].id].kind;
        if (kind == INSN_KIND_CALL || kind == INSN_KIND_CALLX || variable_at(&b->vars, at))
            effect = effect_of(b, at);
        all.reads = (all.reads & ~effect.writes) | effect.reads;
        all.writes |= effect.writes;
    }
    return all;
}

/* What lives at the start of a block, as far as what lives behind it is known. */
static uint64_t live_before(const struct variables *v, const struct cfg_block *block,
                            const struct effect *effect)
{
    uint64_t next = block->next == CFG_NONE ? 0 : v->live[block->next];
    uint64_t jump = block->jump == CFG_NONE ? 0 : v->live[block->jump];
    return effect->reads | ((next | jump) & ~effect->writes);
}

struct queue { /* of blocks to be looked at again: a ring */
    uint32_t *blocks;
    bool *has; /* by block */
    uint32_t head, waiting;
};

static void enqueue(const struct cfg *cfg, struct queue *queue, uint32_t n)
{
    if (queue->has[n])
        return;
    queue->has[n] = true;
    queue->blocks[(queue->head + queue->waiting++) % cfg->count] = n;
}

/* A mask changes at most once per variable, so the list of blocks to look at again is linear. */
static void settle(const struct cfg *cfg, struct variables *v, const struct effect *effects,
                   struct queue *queue)
{
    while (queue->waiting) {
        uint32_t n = queue->blocks[queue->head];
        const struct cfg_block *block = &cfg->blocks[n];
        uint64_t live = live_before(v, block, &effects[n]);
        queue->head = queue->head + 1 == cfg->count ? 0 : queue->head + 1;
        queue->waiting--;
        queue->has[n] = false;
        if (live == v->live[n])
            continue;
        v->live[n] = live;
        for (uint32_t i = 0; i < block->preds; i++)
            enqueue(cfg, queue, cfg->preds[block->first_pred + i]);
    }
}

static bool goes_back(const struct cfg *cfg, const struct cfg_block *block)
{
    return (block->next != CFG_NONE && cfg->blocks[block->next].order <= block->order) ||
           (block->jump != CFG_NONE && cfg->blocks[block->jump].order <= block->order);
}

/* What lives at the start of each block, and what each loop writes. From the last block on all is
 * known of what a block goes on to, but where it goes back; and a loop, whose blocks come behind
 * its header, is whole when it is added to the one around it. */
static void find_live(const struct build *b, struct variables *v)
{
    const struct cfg *cfg = b->cfg;
    v->live = arena_array_of(b->arena, cfg->count, uint64_t);
    v->written = arena_array_of(b->arena, cfg->count, uint64_t);
    struct arena_mark mark = arena_mark(b->arena);
    struct effect *effects = arena_array_raw(b->arena, cfg->count, struct effect);
    struct queue queue = { .blocks = arena_array_raw(b->arena, cfg->count, uint32_t),
                           .has = arena_array_of(b->arena, cfg->count, bool) };
    for (uint32_t i = cfg->order_count; i--;) {
        uint32_t n = cfg->order[i];
        const struct cfg_block *block = &cfg->blocks[n];
        effects[n] = effect_of_block(b, block);
        v->live[n] = live_before(v, block, &effects[n]);
        if (goes_back(cfg, block))
            enqueue(cfg, &queue, n);
        if (block->loop != CFG_NONE)
            v->written[block->loop] |= effects[n].writes;
        if (block->is_header && block->outer != CFG_NONE)
            v->written[block->outer] |= v->written[n];
    }
    settle(cfg, v, effects, &queue);
    arena_reset(b->arena, mark);
}

void variables_find(struct build *b)
{
    struct variables *v = &b->vars;
    v->count = REG_COUNT;
    v->of = NULL;
    v->start = b->prog->funcs[b->fn->index].start;
    if (!(b->maker.left_out & PASS_BIT(PASS_PROMOTE)))
        find_slots(b, v);
    find_live(b, v);
}
