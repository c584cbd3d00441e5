/* SPDX-License-Identifier: Apache-2.0 */
/* Selection: backwards over the blocks and nodes, so that an instruction takes in its operands'
 * nodes before these are looked at themselves. A node that nobody needs any more, and that has no
 * effect, gives no instruction.
 *
 * Taken in is only what nobody else uses, in the same block, and a load only when nothing between
 * it and its user writes memory. A sum that is nothing but addresses goes into all of them. */
#include "gen/local.h"
#include <string.h>

struct counts {         /* of a node */
    uint32_t addresses; /* those that are the address of an access in its block */
    uint32_t writes;    /* nodes before it that write memory */
};
_Static_assert(sizeof(struct counts) <= WORK_SIZE, "it lies in gen->work");

struct select {
    struct gen *gen;
    const struct fn *fn;
    const struct node *nodes; /* of fn */
    const struct target *target;
    uint32_t lacking;      /* features that the processor has not */
    const uint32_t *uses;  /* by value: operands that name it */
    struct counts *counts; /* by node */
    uint32_t block, begin; /* at work on; its first node */
    uint32_t made, room;   /* instructions: so far, and so many there is room for */
};

struct match {
    uint16_t number; /* of the rule */
    const struct rule *rule;
    const struct rule_facts *facts;
    struct node node; /* maybe with operands exchanged */
    struct inst *inst;
};

static const struct node *node_at(const struct select *s, uint32_t value)
{
    return &s->nodes[value];
}

/* Whether a node can become part of its only user. */
static bool is_private(const struct select *s, uint32_t value)
{
    return value >= s->begin && s->uses[value] == 1 && !is_needed(s->gen, value);
}

/* Whether a sum need not be computed, if all accesses that it is the address of take it in. */
static bool is_address(const struct select *s, uint32_t value)
{
    return is_private(s, value) ||
           (value >= s->begin && s->uses[value] == s->counts[value].addresses &&
            !is_needed(s->gen, value));
}

/* A constant as operand of an operation of that width. */
static int64_t narrowed(unsigned width, int64_t value)
{
    return width == 32   ? (int32_t)value
           : width == 16 ? (int16_t)value
           : width == 8  ? (int8_t)value
                         : value;
}

/* A value in a register is an operand. */
static void use(struct inst *inst, unsigned operand, uint32_t value)
{
    inst->use[operand] = value;
    inst->has |= (uint8_t)(1u << operand);
}

/* ---- Addresses ---- */

struct address {
    uint32_t base, index;
    unsigned shift;
    int64_t disp;
};

static bool take_offset(const struct select *s, const struct match *m, struct address *a)
{
    const struct node *base = node_at(s, a->base);
    int64_t disp;
    if (base->op != IR_ADD || base->width != 64 || !is_address(s, a->base) ||
        node_at(s, base->in[1])->op != IR_CONST)
        return false;
    if (__builtin_add_overflow(a->disp, node_at(s, base->in[1])->imm, &disp) ||
        disp != (int32_t)disp ||
        !s->target->address(m->rule, m->node.width, a->index != NO_VALUE, a->shift, disp))
        return false;
    a->base = base->in[0];
    a->disp = disp;
    return true;
}

static bool take_index(const struct select *s, const struct match *m, struct address *a)
{
    const struct node *base = node_at(s, a->base);
    if (base->op != IR_ADD || base->width != 64 || !is_address(s, a->base) ||
        a->index != NO_VALUE || node_at(s, base->in[1])->op == IR_CONST)
        return false;
    for (unsigned i = 0; i < 2; i++) {
        const struct node *scaled = node_at(s, base->in[i]);
        if (scaled->op != IR_SHL || scaled->width != 64 || !is_private(s, base->in[i]) ||
            node_at(s, scaled->in[1])->op != IR_CONST)
            continue;
        uint64_t shift = (uint64_t)node_at(s, scaled->in[1])->imm;
        if (shift > 4 ||
            !s->target->address(m->rule, m->node.width, true, (unsigned)shift, a->disp))
            continue;
        *a = (struct address){ base->in[!i], scaled->in[0], (unsigned)shift, a->disp };
        return true;
    }
    if (!s->target->address(m->rule, m->node.width, true, 0, a->disp))
        return false;
    *a = (struct address){ base->in[0], base->in[1], 0, a->disp };
    return true;
}

static bool take_address(const struct select *s, struct match *m, unsigned operand,
                         const struct node *access)
{
    struct address a = { access->in[0], NO_VALUE, 0, access->imm };
    bool more = false;
    if (node_at(s, a.base)->op == IR_ADD && gen_does(s->gen, PASS_ADDRESS)) {
        more = take_offset(s, m, &a);
        more |= take_index(s, m, &a);
        more |= take_offset(s, m, &a);
    }
    if (more)
        pass_found(PASS_ADDRESS);
    use(m->inst, operand, a.base);
    if (a.index != NO_VALUE)
        use(m->inst, 3, a.index);
    m->inst->shift = (uint8_t)a.shift;
    m->inst->disp = (int32_t)a.disp;
    return true;
}

/* ---- Operands ---- */

/* Both sides of a comparison fit the narrow load: compared in its width, by the unsigned
 * condition, it comes out the same. */
static bool narrow(const struct select *s, struct match *m, unsigned operand, unsigned bits)
{
    if (!(m->rule->flags & RULE_NARROW) || bits > m->node.width ||
        value_bits(s->fn, m->node.in[!operand]) > bits)
        return false;
    if (m->inst->cond >= COND_SLT && m->inst->cond <= COND_SGT)
        m->inst->cond -= COND_SLT - COND_ULT;
    m->inst->width = (uint8_t)bits;
    return true;
}

/* Whether a value lives on behind its user, as far as is known when this is looked at. */
static bool lives_on(const struct select *s, uint32_t value)
{
    uint8_t op = node_at(s, value)->op;
    return op == IR_PHI || op == IR_PARAM ? s->uses[value] > 1 : is_needed(s->gen, value);
}

static bool take_load(const struct select *s, struct match *m, unsigned operand, uint32_t user)
{
    uint32_t value = m->node.in[operand];
    const struct node *load = node_at(s, value);
    /* The sum may take the place of what is loaded, rather than of a copy of the other operand. */
    if (m->rule->to == TO_A && ir_rows[m->node.op].flags & IR_COMMUTES &&
        lives_on(s, m->node.in[!operand]))
        return false;
    if (!gen_does(s->gen, PASS_LOAD) || load->op != IR_LOAD || !is_private(s, value) ||
        s->counts[value].writes != s->counts[user].writes ||
        (load->width != m->node.width && !narrow(s, m, operand, load->width)))
        return false;
    return take_address(s, m, operand, load);
}

static bool take_immediate(const struct select *s, struct match *m, unsigned kind, uint32_t value)
{
    const struct node *node = node_at(s, value);
    int64_t imm = narrowed(m->inst->width, node->imm);
    if (node->op != IR_CONST ||
        !s->target->immediate(kind - IMM_0, m->inst->width ? m->inst->width : 64, imm))
        return false;
    m->inst->imm = imm;
    return true;
}

static bool is_immediate(unsigned kind)
{
    return kind >= IMM_0 && kind < LOAD;
}

/* Whether the low bits of the result depend on the low bits of the operands alone. */
static bool is_low(unsigned op)
{
    return op == IR_ADD || op == IR_SUB || op == IR_MUL || op == IR_AND || op == IR_OR ||
           op == IR_XOR;
}

/* inner(x, y) as operand b: x there, y as operand c or an immediate. */
static bool take_inner(const struct select *s, struct match *m)
{
    uint32_t value = m->node.in[1];
    const struct node *inner = node_at(s, value);
    if (!gen_does(s->gen, PASS_INNER) || inner->op != m->rule->inner || !is_private(s, value) ||
        (inner->width != m->node.width && (inner->width < m->node.width || !is_low(inner->op))))
        return false;
    use(m->inst, 1, inner->in[0]);
    if (is_immediate(m->rule->inner_b))
        return take_immediate(s, m, m->rule->inner_b, inner->in[1]);
    if (m->rule->inner_b == REG)
        use(m->inst, 2, inner->in[1]);
    return true;
}

/* A store of inner(load of the same place, y). */
static bool take_update(const struct select *s, struct match *m, uint32_t user)
{
    uint32_t value = m->node.in[1];
    const struct node *inner = node_at(s, value);
    bool commutes = ir_rows[m->rule->inner].flags & IR_COMMUTES;
    if (!gen_does(s->gen, PASS_UPDATE) || inner->op != m->rule->inner || !is_private(s, value) ||
        inner->width < m->node.width)
        return false;
    for (unsigned i = 0; i < (commutes ? 2u : 1u); i++) {
        const struct node *load = node_at(s, inner->in[i]);
        if (load->op != IR_LOAD || load->width != m->node.width || !is_private(s, inner->in[i]) ||
            load->in[0] != m->node.in[0] || load->imm != m->node.imm ||
            s->counts[inner->in[i]].writes != s->counts[user].writes)
            continue;
        if (is_immediate(m->rule->inner_b))
            return take_immediate(s, m, m->rule->inner_b, inner->in[!i]);
        use(m->inst, 1, inner->in[!i]);
        return true;
    }
    return false;
}

static bool take_operand(const struct select *s, struct match *m, unsigned operand, unsigned kind,
                         uint32_t user)
{
    switch (kind) {
    case ADDR: return take_address(s, m, operand, &m->node);
    case LOAD: return take_load(s, m, operand, user);
    case INNER: return m->rule->flags & RULE_RMW ? take_update(s, m, user) : take_inner(s, m);
    default: return take_immediate(s, m, kind, m->node.in[operand]);
    }
}

static bool take_operands(const struct select *s, struct match *m, uint32_t user)
{
    EACH_BIT(i, m->facts->special)
    if (!take_operand(s, m, i, m->rule->takes[i], user))
        return false;
    return true;
}

static inline bool matches(const struct select *s, struct match *m, uint32_t user)
{
    const struct rule *rule = m->rule;
    const struct rule_facts *facts = m->facts;
    const uint32_t *in = m->node.in, *absent = facts->absent;
    if ((rule->conds && !(rule->conds >> m->node.cond & 1)) ||
        (rule->flags & RULE_NONZERO && !(m->node.flags & NODE_NONZERO)))
        return false;
    *m->inst = (struct inst){
        .node = user,
        .rule = m->number,
        .cond = m->node.cond,
        .has = facts->plain,
        .use = { in[0] | absent[0], in[1] | absent[1], in[2] | absent[2], in[3] | absent[3] },
        .reg = { REG_NONE, REG_NONE, REG_NONE, REG_NONE },
        .to = REG_NONE,
        .width = m->node.width,
    };
    if (rule->a == ARGS && facts->plain) /* the address stands before the arguments */
        m->inst->use[1] = s->fn->lists.at[m->node.list.first];
    return !facts->special || take_operands(s, m, user);
}

/* The node with its first operands exchanged, if that means the same. */
static bool exchange(struct node *node)
{
    uint32_t in = node->in[0];
    switch (ir_rows[node->op].shape) {
    case SHAPE_BINARY:
        if (!(ir_rows[node->op].flags & IR_COMMUTES))
            return false;
        break;
    case SHAPE_COMPARE:
    case SHAPE_SELECT:
    case SHAPE_BRANCH: node->cond = (uint8_t)cond_swap(node->cond); break;
    default: return false;
    }
    node->in[0] = node->in[1];
    node->in[1] = in;
    return true;
}

static unsigned trait_of(const struct select *s, uint32_t value)
{
    uint8_t op = node_at(s, value)->op;
    if (op == IR_CONST)
        return IMM_0;
    return !is_private(s, value) ? 0 : op == IR_LOAD ? LOAD : INNER;
}

static bool try_exchanged(const struct select *s, struct match *m, uint32_t value)
{
    if (m->rule->a == m->rule->b || !exchange(&m->node))
        return false;
    if (matches(s, m, value)) {
        if (compile_coverage)
            compile_coverage->exchanged++;
        return true;
    }
    exchange(&m->node);
    return false;
}

/* Whether 32 bits are enough for a result that has no more: its low half depends on the operands'
 * low halves alone, and its upper half is 0 either way. */
static bool is_short(const struct select *s, uint32_t value)
{
    const struct node *node = node_at(s, value);
    return node->width == 64 && is_low(node->op) && node->op != IR_SUB &&
           value_bits(s->fn, value) <= 32;
}

/* Sets m->rule and *m->inst; the last rule of an operation takes everything. */
static bool find(const struct select *s, uint32_t value, const struct op_rules *rules,
                 struct match *m)
{
    const struct ir_row *row = &ir_rows[m->node.op];
    if (is_short(s, value))
        m->node.width = 32;
    unsigned width = m->node.width / 8u;
    unsigned a = row->ins ? trait_of(s, m->node.in[0]) : 0;
    unsigned b = row->ins > 1 ? trait_of(s, m->node.in[1]) : 0;
    uint32_t i = rules->first[RULE_WIDTH(m->node.width)][TRAIT_INDEX(a)][TRAIT_INDEX(b)];
    for (; i < rules->end; i++) {
        const struct rule_facts *facts = &s->target->rule_facts[i];
        if ((facts->widths & width) != width || facts->needs & s->lacking)
            continue;
        m->number = (uint16_t)i;
        m->rule = &s->target->rules[i];
        m->facts = facts;
        if ((rule_suits(facts, a, b) && matches(s, m, value)) ||
            (rule_suits(facts, b, a) && try_exchanged(s, m, value))) {
            return true;
        }
    }
    return false;
}

/* ---- What is wanted where ---- */

/* A value is wanted in a block that does not make it. */
static void cross(struct gen *gen, uint32_t value, uint32_t block)
{
    uint32_t first = gen->crossing[value];
    if (first && gen->crossings.at[first].block == block)
        return;
    if (!first)
        vec_push(gen->arena, &gen->crossers, value);
    gen->crossing[value] = gen->crossings.count;
    vec_push(gen->arena, &gen->crossings, (struct crossing){ block, first });
}

/* A value is wanted in the block at work on, in a register or slot. */
static inline void need(struct select *s, uint32_t value)
{
    s->gen->wants[value] |= NEEDED;
    if (value < s->begin)
        cross(s->gen, value, s->block);
}

/* A cheap value that a move brings to its place needs no home of its own. */
static void need_operands(struct select *s, const struct node *node, struct match *m)
{
    struct inst *inst = m->inst;
    EACH_BIT(i, inst->has & m->facts->moved)
    if (is_cheap(s->gen, inst->use[i]))
        inst->anew |= (uint8_t)(1u << i);
    EACH_BIT(i, inst->has & ~inst->anew)
    need(s, inst->use[i]);
    if (m->rule->a == ARGS) {
        uint32_t count;
        const uint32_t *args = call_args(s->fn, node, &count);
        for (uint32_t i = 0; i < count; i++)
            if (!is_cheap(s->gen, args[i]))
                need(s, args[i]);
        s->gen->frame.calls |= node->op != IR_TAIL;
    }
}

static void need_phi(struct select *s, const struct block *block, const struct node *phi)
{
    const uint32_t *preds = s->fn->edges.at + block->preds;
    for (uint32_t i = 0; i < phi->list.count; i++) {
        uint32_t value = s->fn->lists.at[phi->list.first + i];
        if (is_cheap(s->gen, value))
            continue;
        const struct block *pred = &s->fn->blocks.at[preds[i]];
        s->gen->wants[value] |= NEEDED;
        if (value - pred->first >= pred->count)
            cross(s->gen, value, preds[i]);
    }
}

/* Those that have uses; returns the first node behind them. */
static uint32_t find_params(struct select *s, uint32_t b)
{
    struct gen *gen = s->gen;
    const struct block *block = &s->fn->blocks.at[b];
    gen->begin[b].params = gen->params.count;
    for (uint32_t i = block->first;; i++) {
        const struct node *node = node_at(s, i);
        if (node->op != IR_PHI && node->op != IR_PARAM && node->op != IR_NOP)
            return i;
        if (!s->uses[i])
            continue;
        gen->wants[i] |= NEEDED;
        vec_push(gen->arena, &gen->params, i);
        if (node->op == IR_PHI)
            need_phi(s, block, node);
    }
}

/* What is to be known before instructions are selected; returns how many there will be, roughly. */
static uint32_t survey(struct select *s)
{
    const struct fn *fn = s->fn;
    uint32_t writes = 0, likely = 0;
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        uint32_t first = fn->blocks.at[b].first, end = first + fn->blocks.at[b].count;
        for (uint32_t i = find_params(s, b); i < end; i++) {
            const struct node *node = node_at(s, i);
            const struct ir_row *row = &ir_rows[node->op];
            uint8_t flags = row->flags;
            s->counts[i].writes = writes;
            if (flags & IR_ACCESS && node->in[0] >= first)
                s->counts[node->in[0]].addresses++;
            s->gen->wants[i] |= flags & EFFECT;
            writes += (flags & IR_WRITES) != 0;
            likely += row->ins != 0;
        }
    }
    s->gen->begin[fn->blocks.count].params = s->gen->params.count;
    return likely;
}

/* ---- Instructions ---- */

/* Room for more, before those that there are. */
static __attribute__((noinline)) void grow(struct select *s, uint32_t more)
{
    uint32_t room = s->made + more;
    struct inst *end = arena_array_raw(s->gen->arena, room, struct inst) + room;
    if (s->made)
        memcpy(end - s->made, s->gen->insts_end - s->made, s->made * sizeof *end);
    s->gen->insts_end = end;
    s->room = room;
}

static struct inst *add_inst(struct select *s)
{
    if (s->made == s->room)
        grow(s, s->made);
    return s->gen->insts_end - ++s->made;
}

static void select_node(struct select *s, uint32_t value)
{
    const struct node *node = node_at(s, value);
    const struct op_rules *rules = &s->target->rules_of[node->op];
    struct match m;
    if (rules->begin == rules->end) /* PHI, PARAM, JUMP: no instruction of their own */
        return;
    m.inst = add_inst(s);
    m.node = *node;
    bool found = find(s, value, rules, &m);
    assert(found);
    need_operands(s, node, &m);
}

/* What was reached: operations, rules, and which of gen/'s own passes these are. */
static void cover(const struct gen *gen)
{
    for (uint32_t i = 0; i < gen->fn->nodes.count; i++)
        compile_coverage->ops[gen->fn->nodes.at[i].op] += gen->wants[i] != 0;
    for (const struct inst *inst = first_inst(gen, 0); inst < gen->insts_end; inst++) {
        const struct rule *rule = rule_of(gen, inst);
        compile_coverage->rules[inst->rule]++;
        if (rule->a == LOAD || rule->b == LOAD)
            pass_found(PASS_LOAD);
        if (rule->inner)
            pass_found(rule->flags & RULE_RMW ? PASS_UPDATE : PASS_INNER);
    }
}

void gen_select(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    struct select s = { .gen = gen,
                        .fn = fn,
                        .nodes = fn->nodes.at,
                        .target = gen->target,
                        .lacking = ~gen->features };
    s.uses = fn->uses ? fn->uses : count_uses(fn);
    s.counts = gen->work = arena_raw(gen->arena, fn->nodes.count, WORK_SIZE);
    memset(s.counts, 0, fn->nodes.count * sizeof *s.counts);
    gen->begin = arena_array_raw(gen->arena, (size_t)fn->blocks.count + 1, struct begin);
    gen->wants = arena_array_of(gen->arena, fn->nodes.count, uint8_t);
    gen->crossing = arena_array_of(gen->arena, fn->nodes.count, uint32_t);
    vec_push(gen->arena, &gen->crossings, (struct crossing){ 0 });
    grow(&s, survey(&s) + 16); /* constants, too */
    gen->begin[fn->blocks.count].insts = 0;
    for (uint32_t b = fn->blocks.count; b--;) {
        const struct block *block = &fn->blocks.at[b];
        s.block = b;
        s.begin = block->first;
        for (uint32_t i = s.begin + block->count; i-- > s.begin;)
            if (gen->wants[i])
                select_node(&s, i);
        gen->begin[b].insts = s.made;
    }
    if (compile_coverage)
        cover(gen);
}
