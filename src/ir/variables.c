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
    if (!b->fn->depth || (b->checked->level == CHECK_TRUSTED && !is_plain(b, func)))
        return;
    struct slots s = { .b = b, .lowest = STACK_MAX };
    uint8_t numbers[STACK_MAX] = { 0 };
    for (uint32_t at = func->start; at < func->start + func->count; at++)
        if (b->prog->insns[at].id != INSN_SECOND)
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

static inline struct effect effect_of(const struct build *b, struct insn insn, uint32_t at)
{
    const struct insn_row *row = insn_row(insn);
    if (row->kind == INSN_KIND_CALL || row->kind == INSN_KIND_CALLX)
        return effect_of_call(b, insn, at);
    unsigned slot = variable_at(&b->vars, at);
    if (!slot)
        return (struct effect){ insn_reads(insn), insn_writes(insn) };
    if (row->kind == INSN_KIND_LDX)
        return (struct effect){ UINT64_C(1) << slot, insn_writes(insn) };
    return (struct effect){ row->kind == INSN_KIND_STX ? UINT64_C(1) << insn.src : 0, UINT64_C(1)
                                                                                          << slot };
}

/* What each block reads before it writes it, and what it writes; and what loops write. */
static void look(const struct build *b, struct variables *v, uint64_t *use, uint64_t *def)
{
    const struct cfg *cfg = b->cfg;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t n = cfg->order[i];
        const struct cfg_block *block = &cfg->blocks[n];
        struct effect all = { 0 };
        for (uint32_t at = block->end; at-- > block->start;) {
            struct effect effect = effect_of(b, b->prog->insns[at], at);
            all.reads = (all.reads & ~effect.writes) | effect.reads;
            all.writes |= effect.writes;
        }
        use[n] = all.reads;
        def[n] = all.writes;
    }
    /* Blocks of a loop come behind its header, so from the last one on a loop is whole when it is
     * added to the one around it. */
    for (uint32_t i = cfg->order_count; i--;) {
        const struct cfg_block *block = &cfg->blocks[cfg->order[i]];
        if (block->loop != CFG_NONE)
            v->written[block->loop] |= def[cfg->order[i]];
        if (block->is_header && block->outer != CFG_NONE)
            v->written[block->outer] |= v->written[cfg->order[i]];
    }
}

/* A mask changes at most once per variable, so the list of blocks to look at again is linear. */
static void find_live(const struct build *b, struct variables *v)
{
    const struct cfg *cfg = b->cfg;
    v->live = arena_array_of(b->arena, cfg->count, uint64_t);
    v->written = arena_array_of(b->arena, cfg->count, uint64_t);
    struct arena_mark mark = arena_mark(b->arena);
    uint64_t *use = arena_array_of(b->arena, cfg->count, uint64_t);
    uint64_t *def = arena_array_of(b->arena, cfg->count, uint64_t);
    uint32_t *queue = arena_array_of(b->arena, cfg->count, uint32_t);
    bool *queued = arena_array_of(b->arena, cfg->count, bool);
    uint32_t head = 0, waiting = 0;
    look(b, v, use, def);
    for (uint32_t i = cfg->order_count; i--;) {
        queue[waiting++] = cfg->order[i];
        queued[cfg->order[i]] = true;
    }
    while (waiting) {
        uint32_t n = queue[head];
        const struct cfg_block *block = &cfg->blocks[n];
        head = head + 1 == cfg->count ? 0 : head + 1;
        waiting--;
        queued[n] = false;
        uint64_t out = (block->next == CFG_NONE ? 0 : v->live[block->next]) |
                       (block->jump == CFG_NONE ? 0 : v->live[block->jump]);
        uint64_t in = use[n] | (out & ~def[n]);
        if (in == v->live[n])
            continue;
        v->live[n] = in;
        for (uint32_t i = 0; i < block->preds; i++) {
            uint32_t pred = cfg->preds[block->first_pred + i];
            if (!queued[pred] && cfg->blocks[pred].order != CFG_NONE) {
                queued[pred] = true;
                queue[(head + waiting++) % cfg->count] = pred;
            }
        }
    }
    arena_reset(b->arena, mark);
}

void variables_find(struct build *b)
{
    struct variables *v = &b->vars;
    *v = (struct variables){ .count = REG_COUNT, .start = b->prog->funcs[b->fn->index].start };
    if (!(b->maker.left_out & PASS_BIT(PASS_PROMOTE)))
        find_slots(b, v);
    find_live(b, v);
}
