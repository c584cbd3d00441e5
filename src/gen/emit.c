/* SPDX-License-Identifier: Apache-2.0 */
/* Emission: blocks in the order of the code; before each instruction its operands are moved to
 * where it wants them, all at once, afterwards its result to its home; phis are moves on edges. An
 * edge between a block with several successors and one with several predecessors has its moves
 * where the code falls through, or else behind the function. */
#include "base/planted.h"
#include "gen/local.h"
#include <string.h>

struct detour { /* an edge's moves, behind the function */
    uint32_t label, edge;
};

struct table { /* of a SWITCH, behind the function */
    uint32_t label, node;
    const uint32_t *ways; /* by successor: the label that leads there */
};

struct emission {
    struct gen *gen;
    struct emit emit; /* what the next emitter is told */
    const struct fn *fn;
    const struct target *target;
    struct code *code;
    struct moves moves;
    uint32_t labels; /* the first block's; those of the others follow */
    /* Values in slots that registers hold too, since they were moved there or came from there. */
    uint32_t copies[32]; /* by register */
    uint64_t copied;     /* registers that hold some */
    struct vec(struct detour) detours;
    struct vec(struct table) tables;
};

/* ---- Places ---- */

static struct place reg_place(uint8_t reg)
{
    return (struct place){ .kind = PLACE_REG, .index = reg };
}

static bool is_same(struct place a, struct place b)
{
    return a.kind == b.kind && a.index == b.index;
}

/* Where a value is that was given a home. */
static struct place home_place(const struct gen *gen, uint32_t value)
{
    if (gen->home[value] != REG_NONE)
        return reg_place(gen->home[value]);
    if (is_cheap(gen, value))
        return (struct place){ .kind = PLACE_VALUE, .index = value };
    return (struct place){ .kind = PLACE_SLOT, .index = gen->slot[value] };
}

static uint64_t home_bit(const struct gen *gen, uint32_t value)
{
    return gen->home[value] == REG_NONE ? 0 : REG_BIT(gen->home[value]);
}

/* Where to take a value from that a move brings to its place: a cheap one is made there. */
static struct place moved_place(const struct gen *gen, uint32_t value)
{
    return is_cheap(gen, value) ? (struct place){ .kind = PLACE_VALUE, .index = value }
                                : home_place(gen, value);
}

/* Adds a move of a value from where it is. */
static void add_move(struct emission *e, struct place to, struct place from, uint32_t value)
{
    if (is_same(to, from))
        return;
    if (from.kind == PLACE_REG)
        from.half |= value_fits(e->fn, value, 32);
    moves_add(&e->moves, to, from);
}

static void one(void *user, struct place to, struct place from)
{
    struct emission *e = user;
    const struct target *target = e->target;
    uint8_t reg = (uint8_t)to.index;
    if (to.kind == PLACE_SLOT) {
        target->store_slot(e->code, &e->gen->frame, to.index, (uint8_t)from.index);
    } else if (from.kind == PLACE_REG) {
        target->move(e->code, reg, (uint8_t)from.index, from.half);
    } else if (from.kind == PLACE_SLOT) {
        target->load_slot(e->code, &e->gen->frame, reg, from.index);
        if (compile_coverage)
            compile_coverage->reloads++;
    } else {
        const struct node *node = &e->fn->nodes.at[from.index];
        if (node->op == IR_CONST)
            target->constant(e->code, reg, node->imm);
        else
            target->symbol(e->code, reg, node->symbol.kind, node->symbol.index, node->imm);
    }
}

static void swap(void *user, uint8_t a, uint8_t b)
{
    struct emission *e = user;
    e->target->swap(e->code, a, b);
}

static void run_moves(struct emission *e)
{
    if (!e->moves.list.count)
        return;
    moves_run(&e->moves, e->target->scratch, e, one, swap);
}

/* ---- Copies ---- */

static bool has_copy(const struct emission *e, uint8_t reg, uint32_t value)
{
    bool has = e->copied >> reg & 1 && e->copies[reg] == value;
    if (has && compile_coverage)
        compile_coverage->copies++;
    return has;
}

static void note_copy(struct emission *e, uint8_t reg, uint32_t value)
{
    if (e->gen->home[value] != REG_NONE)
        return;
    e->copies[reg] = value;
    e->copied |= REG_BIT(reg);
}

/* What registers hold behind an instruction. */
static void note_copies(struct emission *e, const struct inst *inst, const struct rule *rule)
{
    const struct gen *gen = e->gen;
    uint32_t node = inst->node;
    uint64_t lost =
        facts_of(gen, inst)->destroys | (rule->to != TO_NONE ? REG_BIT(inst->to & 63) : 0);
    EACH_BIT(i, inst->has)
    {
        e->copied &= ~REG_BIT(inst->reg[i]);
        note_copy(e, inst->reg[i], inst->use[i]);
    }
    e->copied &= ~lost;
    if (is_needed(gen, node) && rule->to != TO_NONE) {
        e->copied &= ~home_bit(gen, node);
        note_copy(e, inst->to, node);
    }
}

/* ---- Instructions ---- */

static void move_operands(struct emission *e, const struct inst *inst, const struct rule *rule)
{
    struct gen *gen = e->gen;
    uint64_t moved = 0;
    EACH_BIT(i, gen->evicted ? inst->has : inst->moved)
    {
        uint32_t value = inst->use[i];
        uint8_t reg = inst->reg[i];
        /* One value may be in one register for two operands. */
        if ((gen->home[value] == reg && !is_anew(inst, i)) || moved & REG_BIT(reg) ||
            has_copy(e, reg, value))
            continue;
        struct place from = is_anew(inst, i) ? moved_place(gen, value) : home_place(gen, value);
        from.half = i == 0 && rule->to == TO_A && inst->width == 32;
        moved |= REG_BIT(reg);
        add_move(e, reg_place(reg), from, value);
    }
    if (rule->a == ARGS) {
        uint32_t count;
        const uint32_t *args = call_args(e->fn, &e->fn->nodes.at[inst->node], &count);
        for (uint32_t i = 0; i < count; i++)
            add_move(e, reg_place(rule_args(gen, rule)[i]), moved_place(gen, args[i]), args[i]);
    }
    run_moves(e);
}

/* Before an instruction: its operands where it wants them; what its emitter is told, but for where
 * a branch goes. */
static struct emit *prepare(struct emission *e, const struct inst *inst, const struct rule *rule)
{
    struct emit *emit = &e->emit;
    move_operands(e, inst, rule);
    emit->rule = rule;
    emit->node = &e->fn->nodes.at[inst->node];
    emit->width = inst->width;
    emit->to = inst->to;
    memcpy(emit->reg, inst->reg, sizeof emit->reg);
    emit->cond = inst->cond;
    emit->imm = inst->imm;
    emit->moves = NULL;
    if (rule->a == ADDR || rule->a == LOAD || rule->b == LOAD)
        emit->mem = (struct mem){ .base = inst->reg[rule->b == LOAD],
                                  .index = inst->reg[3],
                                  .shift = inst->shift,
                                  .disp = inst->disp };
    return emit;
}

static void keep_result(struct emission *e, const struct inst *inst, const struct rule *rule)
{
    uint32_t value = inst->node;
    if (!is_needed(e->gen, value) || e->gen->home[value] == inst->to || rule->to == TO_NONE)
        return;
    add_move(e, home_place(e->gen, value), reg_place(inst->to), value);
    run_moves(e);
}

static void emit_inst(struct emission *e, const struct inst *inst)
{
    const struct rule *rule = rule_of(e->gen, inst);
    if (e->gen->home[inst->node] == REG_NONE && is_cheap(e->gen, inst->node))
        return;
    code_line(e->code, e->fn->nodes.at[inst->node].insn);
    rule->emit(prepare(e, inst, rule));
    keep_result(e, inst, rule);
    if (e->gen->spilled)
        note_copies(e, inst, rule);
}

/* ---- Edges ---- */

/* Whether a phi's operand has to be moved to it. */
static bool is_moved(const struct gen *gen, uint32_t phi, uint32_t value)
{
    return value != phi && !is_same(home_place(gen, phi), moved_place(gen, value));
}

/* Adds the moves of an edge's phis; false if there are none. */
static bool add_phis(struct emission *e, uint32_t edge)
{
    EACH_PARAM(e->gen, e->fn->edges.at[edge], phi)
    {
        uint32_t value = phi_operand(e->gen, phi, e->gen->edge_pred[edge]);
        if (value != phi)
            add_move(e, home_place(e->gen, phi), moved_place(e->gen, value), value);
    }
    return e->moves.list.count > 0;
}

static void jump_unless_next(struct emission *e, uint32_t block, uint32_t next)
{
    if (block != next)
        e->target->jump(e->code, e->labels + block);
}

/* Does the edge's moves here and goes on to its target. */
static void follow(struct emission *e, uint32_t edge, uint32_t next)
{
    if (add_phis(e, edge)) {
        run_moves(e);
        if (compile_coverage)
            compile_coverage->edge_moves++;
    }
    jump_unless_next(e, e->fn->edges.at[edge], next);
}

/* Registers that hold what is still wanted along the edge. */
static uint64_t edge_reads(const struct emission *e, uint32_t edge)
{
    const struct gen *gen = e->gen;
    uint32_t to = e->fn->edges.at[edge];
    uint64_t set = 0;
    EACH_LIFE(gen, to, value)
    set |= home_bit(gen, value);
    EACH_PARAM(gen, to, phi)
    set |= home_bit(gen, phi_operand(gen, phi, gen->edge_pred[edge]));
    return set;
}

static uint64_t branch_reads(const struct emission *e, const struct inst *inst)
{
    uint64_t set = 0;
    EACH_BIT(i, inst->has)
    set |= REG_BIT(inst->reg[i]) | home_bit(e->gen, inst->use[i]);
    return set;
}

/* How a block that branches ends: a jump along one edge, else on along the other. The moves of the
 * edge that jumps are done */
struct fork {
    uint32_t jumps, falls; /* edges */
    bool moves;            /* has the one that jumps some */
    bool invert;           /* jumps if the condition does not hold */
    enum when {
        BEHIND,  /* behind the function, so that the usual way falls through, */
        BEFORE,  /* in a loop, where the other edge does not mind: before the branch, */
        BETWEEN, /* or between its comparison and its jump */
    } when;
};

/* What is moved along an edge. */
struct traffic {
    bool some, fits, constants; /* fits: few, and to registers only */
    uint64_t written;           /* these */
};

static struct traffic traffic_of(const struct emission *e, uint32_t edge)
{
    enum { MOST = 3 };
    struct traffic t = { .fits = true };
    unsigned count = 0;
    EACH_PARAM(e->gen, e->fn->edges.at[edge], phi)
    {
        uint32_t value = phi_operand(e->gen, phi, e->gen->edge_pred[edge]);
        if (!is_moved(e->gen, phi, value))
            continue;
        t.some = true;
        t.fits = t.fits && ++count <= MOST && e->gen->home[phi] != REG_NONE;
        if (!t.fits)
            break;
        t.constants |= is_cheap(e->gen, value);
        t.written |= home_bit(e->gen, phi);
    }
    return t;
}

static enum when when_to_move(struct emission *e, const struct inst *branch,
                              const struct block *from, const struct traffic *moves, uint32_t edge,
                              uint32_t other)
{
    const struct block *to = &e->fn->blocks.at[e->fn->edges.at[edge]];
    if (!moves->some)
        return BEFORE;
    if (!from->depth || to->depth < from->depth || !gen_does(e->gen, PASS_MOVES) || !moves->fits ||
        moves->written & edge_reads(e, other))
        return BEHIND;
    if (!(moves->written & branch_reads(e, branch)))
        return BEFORE;
    return rule_of(e->gen, branch)->flags & RULE_SPLIT && !moves->constants ? BETWEEN : BEHIND;
}

static bool closes_loop(const struct emission *e, uint32_t edge)
{
    return e->code->labels.at[e->labels + e->fn->edges.at[edge]].at != LABEL_UNBOUND;
}

static struct fork fork_of(struct emission *e, const struct inst *branch, const struct block *block,
                           uint32_t next)
{
    uint32_t first = block->succs, second = block->succs + 1;
    struct traffic traffic = traffic_of(e, first), others = traffic_of(e, second);
    bool moves = traffic.some, other_moves = others.some;
    enum when when = when_to_move(e, branch, block, &traffic, first, second);
    enum when inverted = when_to_move(e, branch, block, &others, second, first);
    /* Best is a loop that the jump itself closes. */
    if (closes_loop(e, first) && when != BEHIND)
        return (struct fork){ first, second, moves, false, when };
    if (closes_loop(e, second) && inverted != BEHIND)
        return (struct fork){ second, first, other_moves, true, inverted };
    /* Moves that close a loop are not done behind the function. */
    bool invert = e->fn->edges.at[first] == next;
    if (invert ? closes_loop(e, second) && other_moves && !moves
               : closes_loop(e, first) && moves && !other_moves)
        invert = !invert;
    return invert ? (struct fork){ second, first, other_moves, true, inverted }
                  : (struct fork){ first, second, moves, false, when };
}

/* A label behind the function where the moves of an edge are done. */
static uint32_t detour(struct emission *e, uint32_t edge)
{
    uint32_t label = code_label(e->code);
    vec_push(e->gen->arena, &e->detours, (struct detour){ label, edge });
    return label;
}

void emit_between(const struct emit *emit)
{
    if (emit->moves)
        run_moves(emit->moves);
}

static void emit_branch(struct emission *e, const struct inst *inst, const struct block *block,
                        uint32_t next)
{
    struct fork fork = fork_of(e, inst, block, next);
    uint32_t label = e->labels + e->fn->edges.at[fork.jumps];
    code_line(e->code, e->fn->nodes.at[inst->node].insn);
    if (fork.moves && fork.when == BEHIND) {
        label = detour(e, fork.jumps);
    } else if (fork.moves && fork.when == BEFORE) {
        add_phis(e, fork.jumps);
        run_moves(e);
    }
    struct emit *emit = prepare(e, inst, rule_of(e->gen, inst));
    emit->cond ^= fork.invert;
    emit->label = label;
    if (fork.moves && fork.when == BETWEEN) {
        add_phis(e, fork.jumps);
        emit->moves = e;
    }
    if (fork.moves && fork.when != BEHIND)
        pass_found(PASS_MOVES);
    emit->rule->emit(emit);
    follow(e, fork.falls, next);
    if (compile_coverage) {
        compile_coverage->branch_inverted += fork.invert;
        compile_coverage->moves_before += fork.moves && fork.when == BEFORE;
        compile_coverage->moves_between += fork.moves && fork.when == BETWEEN;
    }
}

static void emit_switch(struct emission *e, const struct inst *inst, const struct block *block)
{
    uint32_t *ways = arena_array_raw(e->gen->arena, block->succ_count, uint32_t);
    struct table table = { code_label(e->code), inst->node, ways };
    code_line(e->code, e->fn->nodes.at[inst->node].insn);
    struct emit *emit = prepare(e, inst, rule_of(e->gen, inst));
    emit->label = table.label;
    emit->rule->emit(emit);
    for (uint32_t i = 0; i < block->succ_count; i++) {
        uint32_t edge = block->succs + i;
        ways[i] = FAULT(switch_moves, traffic_of(e, edge).some, false)
                      ? detour(e, edge)
                      : e->labels + e->fn->edges.at[edge];
    }
    vec_push(e->gen->arena, &e->tables, table);
}

/* Whether an edge goes back to the block, and no loop is within that one; of long ones it does not
 * matter. */
static bool is_inner_loop(const struct fn *fn, uint32_t b)
{
    enum { LONG = 32 };
    const struct block *block = &fn->blocks.at[b];
    bool is_loop = false;
    for (uint32_t i = 0; i < block->pred_count && !is_loop; i++)
        is_loop = fn->edges.at[block->preds + i] >= b;
    for (uint32_t i = b + 1;
         is_loop && i < fn->blocks.count && fn->blocks.at[i].depth >= block->depth; i++)
        is_loop = fn->blocks.at[i].depth == block->depth && i - b < LONG;
    return is_loop;
}

static void emit_block(struct emission *e, uint32_t b, uint32_t next)
{
    const struct block *block = &e->fn->blocks.at[b];
    if (e->target->loop_align && is_inner_loop(e->fn, b))
        code_align(e->code, e->target->loop_align, e->target->loop_pad);
    code_bind(e->code, e->labels + b);
    e->copied = 0;
    uint32_t last = block->first + block->count - 1;
    struct inst *inst = first_inst(e->gen, b), *end = first_inst(e->gen, b + 1);
    for (; inst < end && inst->node < last; inst++)
        emit_inst(e, inst);
    switch (e->fn->nodes.at[last].op) {
    case IR_JUMP: follow(e, block->succs, next); break;
    case IR_BRANCH: emit_branch(e, inst, block, next); break;
    case IR_SWITCH: emit_switch(e, inst, block); break;
    default: emit_inst(e, inst); break;
    }
}

static void emit_detours(struct emission *e)
{
    for (uint32_t i = 0; i < e->detours.count; i++) {
        struct detour detour = e->detours.at[i];
        code_bind(e->code, detour.label);
        follow(e, detour.edge, NO_VALUE);
        if (compile_coverage)
            compile_coverage->detours++;
    }
}

static void emit_tables(struct emission *e)
{
    for (uint32_t i = 0; i < e->tables.count; i++) {
        struct table table = e->tables.at[i];
        const struct node *node = &e->fn->nodes.at[table.node];
        uint32_t *labels = arena_array_raw(e->gen->arena, node->table.count, uint32_t);
        for (uint32_t k = 0; k < node->table.count; k++)
            labels[k] = table.ways[e->fn->lists.at[node->table.first + k]];
        code_table(e->code, table.label, labels, node->table.count);
    }
}

/* ---- The function ---- */

static void move_params(struct emission *e)
{
    EACH_PARAM(e->gen, 0, value)
    moves_add(&e->moves, home_place(e->gen, value),
              reg_place(param_reg(e->gen, &e->fn->nodes.at[value])));
    run_moves(e);
}

void gen_emit(struct gen *gen)
{
    const struct fn *fn = gen->fn;
    struct emission e = { .gen = gen, .fn = fn, .target = gen->target, .code = gen->code };
    e.emit = (struct emit){
        .code = gen->code, .target = gen->target, .frame = &gen->frame, .features = gen->features
    };
    /* The last slot is the moves' own. */
    moves_init(&e.moves, gen->arena, gen->frame.slots ? gen->frame.slots - 1 : 0);
    e.labels = code_labels(e.code, fn->blocks.count);
    code_enter(e.code, fn->index);
    code_line(e.code, fn->blocks.at[0].insn);
    e.target->prologue(e.code, &gen->frame);
    move_params(&e);
    for (uint32_t i = 0; i < fn->blocks.count; i++)
        emit_block(&e, fn->layout[i], i + 1 < fn->blocks.count ? fn->layout[i + 1] : NO_VALUE);
    emit_detours(&e);
    emit_tables(&e);
    code_leave(e.code, fn->index);
    if (compile_coverage) {
        compile_coverage->slot_moves += e.moves.slot_moves;
        compile_coverage->cycles += e.moves.cycles;
    }
}
