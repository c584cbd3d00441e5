/* SPDX-License-Identifier: Apache-2.0 */
/* Register allocation: a scan over the blocks in reverse postorder. In SSA form a definition
 * dominates its uses, so when a block is reached, all that lives at its start has its home; and a
 * home once free at the definition stays free for the value's whole life, since whoever is defined
 * later sees it taken. Each value has one home for its whole life: a register or a spill slot.
 *
 * What instructions on the way destroy (calls, fixed registers) is known beforehand as a set of
 * forbidden registers per value. Where no register is left, the value in question or one that holds
 * a register goes to a slot: the one that is used least for its length. Its uses already scanned
 * reload it to the register that it had, which was kept for it there. */
#include "base/planted.h"
#include "gen/local.h"
#include <string.h>

/* Registers given to values have numbers below 32. */
typedef uint32_t regs;

struct facts {       /* of a value */
    regs forbidden;  /* registers destroyed while it lives */
    regs avoided;    /* those in which some use cannot take it */
    float weight;    /* uses and the definition, each 8 to the power of its loops' number */
    uint32_t length; /* instructions that it lives through */
    uint32_t phi;    /* a phi that it is an operand of, or 0: no phi */
    uint32_t last;   /* where in the block it is needed last, see ends_at() */
    uint8_t hint;    /* a register that a use or the definition wants, or REG_NONE */
};
_Static_assert(sizeof(struct facts) <= WORK_SIZE, "it lies in gen->work");

struct alloc {
    struct gen *gen;
    const struct fn *fn;
    const struct target *target;
    struct facts *facts; /* by value */
    uint64_t pool;       /* registers to give */
    uint64_t preserved;  /* registers to give back as they were */
    uint64_t used;       /* those given so far */
    uint64_t taken;      /* now */
    uint32_t end;        /* where a value is needed that lives on behind the block, see last */
    uint64_t turning;    /* homes of the phis of a loop of one block, which the next turn's want */
    uint32_t holder[32]; /* by register taken */
};

/* ---- Beforehand: what values meet on their way ---- */

struct event { /* an instruction that destroys */
    uint64_t set;
    uint32_t node;
};
enum { EVENTS = 8 };

/* The nearest event of each kind behind the present place, walking backwards. */
struct events {
    struct event at[EVENTS];
    uint32_t count;
};

static void add_event(struct events *events, uint64_t set, uint32_t node)
{
    for (uint32_t i = 0; i < events->count; i++)
        if (events->at[i].set == set) {
            events->at[i].node = node;
            return;
        }
    if (events->count < EVENTS)
        events->at[events->count++] = (struct event){ set, node };
    else /* too many kinds: the last one stands for more than it is */
        events->at[EVENTS - 1] = (struct event){ events->at[EVENTS - 1].set | set, node };
}

/* What is destroyed before the last use. */
static uint64_t met(const struct events *events, uint32_t last)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < events->count; i++)
        if (events->at[i].node < last)
            set |= events->at[i].set;
    return set;
}

/* Where a value is needed last is told as 2 * the node + 1, or if it lives on behind the block as
 * 2 * the node behind the block's last one. Blocks are gone through backwards, so what is more than
 * that is of another block. */

/* The value is needed at a place of the block; whether that is the last one. */
static bool ends_at(const struct alloc *a, struct facts *facts, uint32_t place)
{
    if (facts->last <= a->end)
        return false;
    facts->last = place;
    return true;
}

static void passes(struct facts *facts, uint32_t from, const struct events *events)
{
    uint32_t last = facts->last / 2;
    facts->forbidden |= (regs)met(events, last);
    facts->length += last - from + 1;
}

/* Registers in which no operand of free choice may be. */
static inline uint64_t avoided(const struct alloc *a, const struct inst *inst,
                               const struct rule *rule, const struct rule_facts *rule_facts)
{
    uint64_t set = rule_facts->avoids;
    if (rule->a == ARGS) {
        uint32_t count;
        call_args(a->fn, &a->fn->nodes.at[inst->node], &count);
        for (uint32_t i = 0; i < count; i++)
            set |= REG_BIT(rule_args(a->gen, rule)[i]);
    }
    return set;
}

static void weigh_args(struct alloc *a, struct inst *inst, const struct rule *rule, float weight)
{
    uint32_t count;
    const uint32_t *args = call_args(a->fn, &a->fn->nodes.at[inst->node], &count);
    for (uint32_t i = 0; i < count; i++) {
        struct facts *facts = &a->facts[args[i]];
        facts->weight += weight;
        facts->hint = rule_args(a->gen, rule)[i];
        if (!is_cheap(a->gen, args[i]) && ends_at(a, facts, 2 * inst->node + 1))
            inst->args_ends |= (uint16_t)(1 << i);
    }
}

static void weigh_inst(struct alloc *a, struct inst *inst, const struct rule_facts *rule_facts,
                       float weight)
{
    const struct rule *rule = rule_of(a->gen, inst);
    regs avoid = (regs)avoided(a, inst, rule, rule_facts);
    uint32_t place = 2 * inst->node + 1;
    unsigned ends = 0;
    EACH_BIT(i, inst->has)
    {
        struct facts *facts = &a->facts[inst->use[i]];
        facts->weight += weight;
        if (rule->takes[i] >= FIX_0)
            facts->hint = rule->takes[i] - FIX_0;
        else
            facts->avoided |= avoid;
        if (!is_anew(inst, i) && ends_at(a, facts, place))
            ends |= 1u << i;
    }
    inst->ends = (uint8_t)ends;
    if (rule->to == TO_A && inst->use[0] != NO_VALUE && a->facts[inst->use[0]].hint == REG_NONE)
        a->facts[inst->use[0]].hint = a->facts[inst->node].hint;
    if (rule->a == ARGS)
        weigh_args(a, inst, rule, weight);
}

/* What lives on behind the block. */
static void leave(struct alloc *a, const struct block *block)
{
    const struct gen *gen = a->gen;
    for (uint32_t edge = block->succs; edge < block->succs + block->succ_count; edge++) {
        uint32_t to = a->fn->edges.at[edge];
        EACH_LIFE(gen, to, value)
        a->facts[value].last = a->end;
        EACH_PARAM(gen, to, phi)
        {
            uint32_t value = phi_operand(gen, phi, gen->edge_pred[edge]);
            if (!is_cheap(gen, value))
                a->facts[value].last = a->end;
        }
    }
}

/* A value is made. */
static void weigh_value(struct alloc *a, uint32_t value, const struct events *events, float weight)
{
    struct facts *facts = &a->facts[value];
    if (ends_at(a, facts, 2 * value + 1))
        a->gen->wants[value] |= DIES;
    passes(facts, value, events);
    facts->weight += weight;
}

static void weigh_block(struct alloc *a, uint32_t b)
{
    struct gen *gen = a->gen;
    const struct block *block = &a->fn->blocks.at[b];
    struct events events;
    events.count = 0;
    float weight = 1;
    for (uint32_t i = 0; i < block->depth && i < 8; i++)
        weight *= 8;
    a->end = 2 * (block->first + block->count);
    leave(a, block);
    struct inst *first = first_inst(gen, b), *inst = first_inst(gen, b + 1);
    while (inst-- > first) {
        if (is_needed(gen, inst->node))
            weigh_value(a, inst->node, &events, weight);
        const struct rule_facts *rule_facts = facts_of(gen, inst);
        uint64_t set = rule_facts->destroys & a->pool;
        weigh_inst(a, inst, rule_facts, weight);
        if (set)
            add_event(&events, FAULT(lost_clobber, set, set & (set - 1)), inst->node);
    }
    EACH_PARAM(gen, b, value)
    weigh_value(a, value, &events, weight);
    EACH_LIFE(gen, b, value)
    passes(&a->facts[value], block->first, &events);
}

static void weigh_phis(struct alloc *a)
{
    const struct fn *fn = a->fn;
    for (uint32_t b = 1; b < fn->blocks.count; b++)
        EACH_PARAM(a->gen, b, phi)
        {
            const struct node *node = &fn->nodes.at[phi];
            for (uint32_t k = 0; k < node->list.count; k++) {
                struct facts *in = &a->facts[fn->lists.at[node->list.first + k]];
                /* Of several, the one that is used most. */
                if (!in->phi || a->facts[in->phi].weight <= a->facts[phi].weight)
                    in->phi = phi;
                in->weight += a->facts[phi].weight / 2;
            }
        }
}

/* ---- Giving registers ---- */

static float cost(const struct alloc *a, uint32_t value)
{
    float weight = a->facts[value].weight;
    if (is_cheap(a->gen, value))
        weight /= 4;
    return weight / (float)(a->facts[value].length + 1);
}

/* Whether the register holds the value already when the function is entered. */
static bool stays(const struct alloc *a, uint8_t reg, uint32_t value)
{
    const struct node *node = &a->fn->nodes.at[value];
    return node->op == IR_PARAM && reg == param_reg(a->gen, node);
}

static void hold(struct alloc *a, uint8_t reg, uint32_t value)
{
    a->taken |= REG_BIT(reg);
    a->holder[reg] = value;
}

static void take(struct alloc *a, uint8_t reg, uint32_t value)
{
    a->gen->home[value] = reg;
    hold(a, reg, value);
    a->used |= REG_BIT(reg);
    if (a->preserved & REG_BIT(reg) && !stays(a, reg, value))
        a->gen->frame.saved |= FAULT(callee_saved, REG_BIT(reg), 0);
}

static void spill(struct alloc *a, uint32_t value)
{
    uint8_t reg = a->gen->home[value];
    a->gen->evicted |= reg != REG_NONE;
    if (reg != REG_NONE && a->taken & REG_BIT(reg) && a->holder[reg] == value)
        a->taken &= ~REG_BIT(reg);
    a->gen->home[value] = REG_NONE;
    a->gen->spilled += !is_cheap(a->gen, value);
    if (compile_coverage) {
        if (is_cheap(a->gen, value))
            compile_coverage->rematerialised++;
        else
            compile_coverage->spills++;
    }
}

/* The holder of a register of the set that costs least in a slot. */
static uint8_t cheapest(const struct alloc *a, uint64_t set)
{
    uint8_t best = REG_NONE;
    for (set &= a->taken; set; set &= set - 1) {
        uint8_t reg = (uint8_t)__builtin_ctzll(set);
        if (best == REG_NONE || cost(a, a->holder[reg]) < cost(a, a->holder[best]))
            best = reg;
    }
    return best;
}

/* The best register of a set; all of the pool are in the order. */
static uint8_t first_of(const struct alloc *a, uint64_t set)
{
    const uint8_t *order = a->target->order;
    if (!(set &= a->pool))
        return REG_NONE;
    while (!(set & REG_BIT(*order)))
        order++;
    return *order;
}

/* A register of the set for the length of one instruction. */
static uint8_t borrow(struct alloc *a, uint64_t set)
{
    uint8_t reg = first_of(a, set & ~a->taken);
    if (reg == REG_NONE) {
        reg = cheapest(a, set);
        assert(reg != REG_NONE); /* no rule names that many registers */
        spill(a, a->holder[reg]);
    }
    a->gen->frame.saved |= REG_BIT(reg) & a->preserved;
    a->used |= REG_BIT(reg);
    return reg;
}

/* What asks for no certain register leaves alone, at no cost, what others may ask for. */
static uint8_t first_free(const struct alloc *a, uint64_t free)
{
    uint64_t costly = a->preserved & ~a->used, others = free & ~a->turning & ~costly;
    return first_of(a, others ? others : free);
}

enum { CHAIN = 4 }; /* phis handed on to phis */

static uint8_t hinted(const struct alloc *a, uint32_t value, uint8_t wish, uint64_t free)
{
    const struct node *node = &a->fn->nodes.at[value];
    const struct facts *facts = &a->facts[value];
    /* A phi may not have its home yet, but one that it is handed on to, as a loop's. */
    uint32_t phi = facts->phi;
    for (unsigned i = 0; phi && i < CHAIN; phi = a->facts[phi].phi, i++) {
        uint8_t home = a->gen->home[phi];
        if (home != REG_NONE && free >> home & 1)
            return home;
    }
    if (node->op == IR_PHI)
        for (uint32_t k = 0; k < node->list.count; k++) {
            uint8_t home = a->gen->home[a->fn->lists.at[node->list.first + k]];
            if (home != REG_NONE && free >> home & 1)
                return home;
        }
    if (wish != REG_NONE && free >> wish & 1)
        return wish;
    if (facts->hint != REG_NONE && free >> facts->hint & 1)
        return facts->hint;
    return REG_NONE;
}

/* Takes a register of the set from a value that loses less by that than this one, or none. */
static __attribute__((noinline)) uint8_t evict(struct alloc *a, uint32_t value, uint64_t set)
{
    uint8_t reg = cheapest(a, set);
    if (reg == REG_NONE || cost(a, a->holder[reg]) >= cost(a, value)) {
        spill(a, value);
        return REG_NONE;
    }
    spill(a, a->holder[reg]);
    return reg;
}

/* A home in a register of the set, or none. */
static void settle(struct alloc *a, uint32_t value, uint8_t wish, uint64_t set)
{
    const struct facts *facts = &a->facts[value];
    set &= a->pool & ~facts->forbidden;
    uint64_t free = set & ~a->taken, best = free & ~facts->avoided;
    uint8_t reg =
        gen_does(a->gen, PASS_HINT) ? hinted(a, value, wish, best ? best : free) : REG_NONE;
    if (reg != REG_NONE)
        pass_found(PASS_HINT);
    else
        reg = first_free(a, best ? best : free);
    if (reg == REG_NONE && (reg = evict(a, value, set)) == REG_NONE)
        return;
    take(a, reg, value);
}

/* ---- One instruction ---- */

/* A value is not needed any more. */
static void release(struct alloc *a, uint32_t value)
{
    uint8_t home = a->gen->home[value];
    if (home != REG_NONE)
        a->taken &= ~REG_BIT(home);
}

static void release_operands(struct alloc *a, const struct inst *inst, const struct rule *rule)
{
    EACH_BIT(i, inst->ends)
    release(a, inst->use[i]);
    if (rule->a == ARGS) {
        uint32_t count;
        const uint32_t *args = call_args(a->fn, &a->fn->nodes.at[inst->node], &count);
        EACH_BIT(i, inst->args_ends)
        release(a, args[i]);
    }
}

/* Where the operands have to be; returns the registers of those of free choice, but for a tied one,
 * which comes to where the result is. */
static uint64_t place_operands(struct alloc *a, struct inst *inst, const struct rule *rule,
                               uint64_t avoid)
{
    bool tied = rule->to == TO_A;
    unsigned free = tied ? inst->has & ~1u : inst->has, homeless = 0, fixed = 0;
    uint64_t used = 0;
    EACH_BIT(i, free)
    {
        uint8_t home = a->gen->home[inst->use[i]];
        if (rule->takes[i] >= FIX_0)
            inst->reg[i] = rule->takes[i] - FIX_0, fixed |= 1u << i;
        else if (home != REG_NONE && !(avoid >> home & 1))
            used |= REG_BIT(inst->reg[i] = home);
        else
            homeless |= 1u << i;
    }
    inst->moved = (uint8_t)(homeless | fixed);
    EACH_BIT(i, homeless)
    {
        for (unsigned k = 0; k < i; k++)
            if (free >> k & 1 && inst->use[k] == inst->use[i] && rule->takes[k] < FIX_0)
                inst->reg[i] = inst->reg[k];
        if (inst->reg[i] == REG_NONE)
            used |= REG_BIT(inst->reg[i] = borrow(a, a->pool & ~avoid & ~used));
    }
    return used;
}

static void place_result(struct alloc *a, struct inst *inst, const struct rule *rule, uint64_t used,
                         uint64_t avoid)
{
    uint32_t node = inst->node;
    bool needed = is_needed(a->gen, node);
    uint8_t *home = &a->gen->home[node], wish = REG_NONE;
    uint64_t set = a->pool;
    if (rule->to == TO_CALL || rule->to >= TO_FIX_0) {
        inst->to =
            rule->to == TO_CALL ? a->target->conv->results.general.at[0] : rule->to - TO_FIX_0;
        if (needed)
            settle(a, node, inst->to, set);
        return;
    }
    set &= ~rule->clobbers;
    if (rule->to == TO_EARLY || rule->to == TO_A)
        set &= ~used & ~avoid;
    if (rule->to == TO_A && inst->use[0] != NO_VALUE)
        wish = a->gen->home[inst->use[0]];
    if (needed)
        settle(a, node, wish, set);
    if (needed && *home != REG_NONE)
        inst->to = *home;
    else if (!is_cheap(a->gen, node)) /* a cheap one is made where it is used */
        inst->to = borrow(a, set);
    if (rule->to == TO_A) {
        inst->reg[0] = inst->to;
        if (inst->has & 1 && (wish != inst->to || is_anew(inst, 0)))
            inst->moved |= 1;
    }
}

static void alloc_inst(struct alloc *a, struct inst *inst)
{
    const struct rule *rule = rule_of(a->gen, inst);
    uint64_t avoid = avoided(a, inst, rule, facts_of(a->gen, inst));
    uint64_t used = place_operands(a, inst, rule, avoid);
    release_operands(a, inst, rule);
    if (rule->to != TO_NONE) {
        place_result(a, inst, rule, used, avoid);
        if (a->gen->wants[inst->node] & DIES)
            release(a, inst->node);
    }
}

/* Parameters come in the convention's registers. */
static void alloc_params(struct alloc *a)
{
    EACH_PARAM(a->gen, 0, value)
    settle(a, value, param_reg(a->gen, &a->fn->nodes.at[value]), a->pool);
}

/* Whether the block is a loop. */
static bool loops_alone(const struct fn *fn, uint32_t b)
{
    const struct block *block = &fn->blocks.at[b];
    for (uint32_t i = 0; i < block->succ_count; i++)
        if (fn->edges.at[block->succs + i] == b)
            return true;
    return false;
}

/* Phis have no registers to come in. */
static void alloc_phis(struct alloc *a, uint32_t b)
{
    uint64_t lives = a->taken;
    EACH_PARAM(a->gen, b, phi)
    settle(a, phi, REG_NONE, a->pool);
    a->turning = loops_alone(a->fn, b) ? a->taken & ~lives : 0;
    EACH_PARAM(a->gen, b, phi)
    if (a->gen->wants[phi] & DIES)
        release(a, phi);
}

static void alloc_block(struct alloc *a, uint32_t b)
{
    struct gen *gen = a->gen;
    a->taken = a->turning = 0;
    EACH_LIFE(gen, b, value)
    {
        if (gen->home[value] == REG_NONE)
            continue;
        assert(!(a->taken & REG_BIT(gen->home[value])));
        hold(a, gen->home[value], value);
    }
    if (b)
        alloc_phis(a, b);
    else
        alloc_params(a);
    EACH_INST(gen, b, inst)
    alloc_inst(a, inst);
}

static uint64_t results(const struct target *target)
{
    const struct reg_list *list = &target->conv->results.general;
    uint64_t set = 0;
    for (unsigned i = 0; i < list->count; i++)
        set |= REG_BIT(list->at[i]);
    return set;
}

/* A hook that preserves all gives back what its instructions destroy, too. */
static void alloc_hook(struct alloc *a)
{
    const struct hook *hook = a->fn->hook;
    struct frame *frame = &a->gen->frame;
    bool area = false, calls = false;
    uint64_t set = 0;
    for (const struct inst *inst = first_inst(a->gen, 0); inst < a->gen->insts_end; inst++) {
        uint8_t op = rule_of(a->gen, inst)->op;
        set |= facts_of(a->gen, inst)->destroys;
        area |= op == IR_AREA;
        frame->calls_next |= op == IR_CALL_NEXT;
        calls |= op != IR_CALL_NEXT && ir_rows[op].flags & IR_CALLS;
    }
    frame->preserves = hook->preserves;
    frame->returns = hook->returns;
    frame->spare = REG_NONE;
    frame->pushes = true; /* IR_LEASE does */
    frame->realigns = FAULT(hook_realigns, frame->calls && hook->incoming != HOOK_ANY, false);
    frame->incoming = hook->incoming;
    if (hook->strict)
        set |= a->target->conv->destroyed & ~a->pool; /* what the emitters use */
    frame->saved |= FAULT(hook_destroys, set, 0) & a->preserved;
    if (hook->leaves) {
        frame->left = (FAULT(hook_leaves, set, 0) | a->used) & a->target->conv->destroyed &
                      ~frame->saved & ~results(a->target);
        frame->left_at = hook->left_at;
        for (unsigned i = 0; i < hook->param_count; i++) {
            frame->params |= REG_BIT(hook->params[i]);
            if (hook->params[i] == hook->spare)
                frame->spare_at = hook->params_at + 8 * i;
        }
        frame->params_at = hook->params_at;
        frame->spare = FAULT(hook_spare, hook->spare, REG_NONE);
        frame->left &= ~(hook->spare == REG_NONE ? 0 : REG_BIT(hook->spare));
        area = true;
    }
    frame->full = FAULT(hook_full, hook->full, 0);
    frame->full_at = hook->full_at;
    frame->vectors = hook->reads_vectors || (FAULT(hook_vectors, hook->preserves, false) && calls)
                         ? hook->vectors
                         : 0;
    frame->results = FAULT(hook_results, hook->results, 0);
    frame->results_at = hook_results_at(hook);
    frame->vector_size = hook->vector_size;
    frame->x87 = hook->x87;
    frame->x87_at = hook->x87_at;
    frame->area =
        area || frame->vectors || frame->results || frame->x87 || hook->full ? hook->area : 0;
}

void gen_alloc(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    struct alloc a = { .gen = gen, .fn = fn, .target = gen->target };
    a.facts = gen->work;
    gen->home = arena_array_raw(gen->arena, fn->nodes.count, uint8_t);
    memset(gen->home, REG_NONE, fn->nodes.count);
    for (unsigned i = 0; i < gen->target->order_count; i++)
        a.pool |= REG_BIT(gen->target->order[i]);
    for (uint32_t i = 0; i < fn->nodes.count; i++)
        a.facts[i] = (struct facts){ .last = UINT32_MAX, .hint = REG_NONE };
    a.preserved = gen->target->conv->saved;
    if (fn->hook && fn->hook->preserves)
        a.preserved |= gen->target->conv->destroyed;
    for (uint32_t b = fn->blocks.count; b--;)
        weigh_block(&a, b);
    weigh_phis(&a);
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        alloc_block(&a, b);
    if (fn->hook)
        alloc_hook(&a);
}
