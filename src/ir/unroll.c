/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "unroll": small loops of one block that turn a known number of times, some turns at once,
 * without the tests between; all of them where they are few. A sum over the turns becomes a sum of
 * sums, so that the turns do not wait for each other.
 *
 * Of the loop's values only the last turn's are seen outside it. So the block stays one block, and
 * turns are copies within it, of which each takes as its phis what the one before hands on. */
#include "base/planted.h"
#include "ir/local.h"

enum {
    TURNS = 4,      /* at once, at most ... */
    SUMMED = 8,     /* ... where numbers in memory are added up at once */
    NODES = 40,     /* in these, at most */
    ALL_TURNS = 16, /* of a loop that goes, at most */
    LONG = 12,      /* nodes in a turn that overlaps the next, though that waits for its result */
};

struct loop {
    uint32_t block, entry; /* entry: which predecessor is not the block itself */
    uint32_t turns;        /* at once */
    bool whole;            /* that is all there are */
    uint32_t phi;          /* that counts; at the end it would be .. */
    uint64_t end;
};

/* ---- How often a loop turns ---- */

/* What a branch compares in turn n: first + n * step, of `width` bits, which is phi + plus. */
struct progression {
    uint32_t phi;
    unsigned width;
    uint64_t plus, first, step;
};

static uint64_t masked(unsigned width, uint64_t x)
{
    return width == 32 ? (uint32_t)x : x;
}

/* How many turns differ from the bound; 0: unknown. */
static uint64_t turns_until(struct progression p, uint64_t bound)
{
    uint64_t distance = masked(p.width, bound - p.first), step = p.step;
    if (step >> (p.width - 1)) {
        distance = masked(p.width, 0 - distance);
        step = masked(p.width, 0 - step);
    }
    return step && distance % step == 0 ? distance / step : 0;
}

/* How many turns are below the bound; none may wrap around. */
static uint64_t turns_below(struct progression p, uint64_t bound)
{
    uint64_t most = masked(p.width, UINT64_MAX);
    if (p.first >= bound || p.step > most - bound)
        return 0;
    return (bound - p.first + p.step - 1) / p.step;
}

/* How many turns there are when the loop goes on while `x cond bound`; 0: unknown. */
static uint64_t count_turns(enum ir_cond cond, struct progression p, uint64_t bound)
{
    uint64_t most = masked(p.width, UINT64_MAX), stays = 0;
    bound = masked(p.width, bound);
    if (cond >= COND_SLT && cond <= COND_SGT) { /* in the order of unsigned numbers */
        uint64_t sign = UINT64_C(1) << (p.width - 1);
        p.first ^= sign;
        bound ^= sign;
        cond -= COND_SLT - COND_ULT;
    }
    if (cond == COND_UGT || cond == COND_UGE) { /* downwards is upwards seen from above */
        p.first = most - p.first;
        p.step = masked(p.width, 0 - p.step);
        bound = most - bound;
        cond = cond == COND_UGT ? COND_ULT : COND_ULE;
    }
    if (cond == COND_ULE && bound == most)
        return 0;
    switch (cond) {
    case COND_NE: stays = turns_until(p, bound); break;
    case COND_ULT: stays = turns_below(p, bound); break;
    case COND_ULE: stays = turns_below(p, bound + 1); break;
    default: break;
    }
    return stays ? stays + 1 : 0;
}

/* Whether the value is x + a constant, x itself for 0. */
static bool is_sum(const struct fn *fn, uint32_t value, uint32_t x, unsigned width, uint64_t *plus)
{
    const struct node *node = &fn->nodes.at[value];
    *plus = 0;
    if (value == x)
        return true;
    if (node->op != IR_ADD || node->width != width || node->in[0] != x ||
        !is_const(fn, node->in[1]))
        return false;
    *plus = masked(width, (uint64_t)fn->nodes.at[node->in[1]].imm);
    return true;
}

/* What a branch compares with its bound, if it is a phi of the loop, or that plus a constant, and
 * the phi grows by a constant. */
static bool find_progression(const struct fn *fn, const struct loop *loop,
                             const struct node *branch, struct progression *p)
{
    const struct block *block = &fn->blocks.at[loop->block];
    uint32_t phi = branch->in[0];
    if (fn->nodes.at[phi].op == IR_ADD)
        phi = fn->nodes.at[phi].in[0];
    if (fn->nodes.at[phi].op != IR_PHI || phi < block->first || phi >= block->first + block->count)
        return false;
    const uint32_t *in = &fn->lists.at[fn->nodes.at[phi].list.first];
    const struct node *step = &fn->nodes.at[in[!loop->entry]];
    const struct node *first = &fn->nodes.at[in[loop->entry]];
    if (step->op != IR_ADD || step->width != branch->width || first->op != IR_CONST ||
        !is_sum(fn, in[!loop->entry], phi, step->width, &p->step) ||
        !is_sum(fn, branch->in[0], phi, step->width, &p->plus))
        return false;
    p->phi = phi;
    p->width = step->width;
    p->first = masked(p->width, (uint64_t)first->imm + p->plus);
    return true;
}

/* How many there are; 0: unknown, or more than the counter has numbers. */
static uint64_t turns_of(const struct fn *fn, struct loop *loop)
{
    const struct block *block = &fn->blocks.at[loop->block];
    const struct node *branch = &fn->nodes.at[block->first + block->count - 1];
    bool stays_if = fn->edges.at[block->succs] == loop->block;
    struct progression p;
    uint64_t way;
    if (!is_const(fn, branch->in[1]) || !find_progression(fn, loop, branch, &p))
        return 0;
    uint64_t turns = count_turns((enum ir_cond)(branch->cond ^ !stays_if), p,
                                 (uint64_t)fn->nodes.at[branch->in[1]].imm);
    uint64_t step = p.step >> (p.width - 1) ? masked(p.width, 0 - p.step) : p.step;
    if (__builtin_mul_overflow(turns, step, &way) || way != masked(p.width, way))
        return 0;
    loop->phi = p.phi;
    loop->end = masked(p.width, p.first - p.plus + turns * p.step);
    return turns;
}

/* ---- Which loops ---- */

/* What turns may be put together by in any order. */
static bool is_sum_op(unsigned op)
{
    return op == IR_ADD || op == IR_XOR || op == IR_OR;
}

static bool is_loop(const struct fn *fn, uint32_t b, struct loop *loop)
{
    const struct block *block = &fn->blocks.at[b];
    const uint32_t *preds = &fn->edges.at[block->preds];
    if (block->pred_count != 2 || (preds[0] != b && preds[1] != b) ||
        fn->nodes.at[block->first + block->count - 1].op != IR_BRANCH)
        return false;
    *loop = (struct loop){ .block = b, .entry = preds[0] == b };
    return true;
}

/* Nodes that one more turn costs; more than any budget if it must not be copied. */
static uint32_t size_of(const struct fn *fn, const struct block *block)
{
    uint32_t size = 0;
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        const struct node *node = &fn->nodes.at[i];
        if (ir_rows[node->op].flags & IR_CALLS)
            return NODES + 1;
        size += node->op != IR_NOP && node->op != IR_CONST && node->op != IR_PHI;
    }
    return size;
}

/* Whether turns need not wait for each other: what they hand on are counters and sums. */
static bool is_parallel(const struct fn *fn, const struct loop *loop)
{
    const struct block *block = &fn->blocks.at[loop->block];
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        const struct node *phi = &fn->nodes.at[i];
        if (phi->op != IR_PHI)
            continue;
        const struct node *next = &fn->nodes.at[fn->lists.at[phi->list.first + !loop->entry]];
        if (!is_sum_op(next->op) || (next->in[0] != i && next->in[1] != i))
            return false;
    }
    return true;
}

/* How many turns at once; false: it stays as it is. */
static bool plan(const struct fn *fn, struct loop *loop)
{
    uint32_t size = size_of(fn, &fn->blocks.at[loop->block]);
    uint64_t turns = 2 * size <= NODES ? turns_of(fn, loop) : 0;
    loop->whole = turns && turns <= ALL_TURNS && turns * size <= NODES;
    if (loop->whole)
        loop->turns = (uint32_t)turns;
    uint32_t most = !is_parallel(fn, loop) ? (size < LONG ? 0 : 2) : fn->sums ? SUMMED : TURNS;
    for (uint32_t n = most; n > 1 && turns && !loop->turns; n--)
        if (FAULT(unroll_rest, turns % n == 0, true) && n * size <= NODES)
            loop->turns = n;
    return loop->turns;
}

/* ---- Copying ---- */

struct turning {
    uint32_t phi;         /* old value */
    uint32_t first, next; /* new ones: in the first turn, in the next one */
};

struct unroll {
    struct copy copy;
    const struct loop *loop;
    const struct block *block;
    const uint32_t *uses; /* by old value */
    struct vec(struct turning) phis;
};

static uint32_t operand(const struct unroll *u, uint32_t phi, bool entry)
{
    const struct fn *from = &u->copy.from;
    uint32_t pred = entry ? u->loop->entry : !u->loop->entry;
    return from->lists.at[from->nodes.at[phi].list.first + pred];
}

static uint32_t uses_inside(const struct unroll *u, uint32_t value)
{
    const struct fn *from = &u->copy.from;
    uint32_t uses = 0, count;
    for (uint32_t i = u->block->first; i < u->block->first + u->block->count; i++) {
        const uint32_t *in = node_operands(from, &from->nodes.at[i], &count);
        for (uint32_t k = 0; k < count; k++)
            uses += in[k] == value;
    }
    return uses;
}

/* Whether the value is a sum over the turns, s = s + x, that nothing looks at before the end. */
static const struct turning *find_sum(const struct unroll *u, uint32_t value, uint32_t *x)
{
    const struct node *node = &u->copy.from.nodes.at[value];
    if (!is_sum_op(node->op))
        return NULL;
    for (uint32_t i = 0; i < u->phis.count; i++) {
        const struct turning *t = &u->phis.at[i];
        *x = node->in[node->in[0] == t->phi];
        if ((node->in[0] == t->phi || node->in[1] == t->phi) &&
            operand(u, t->phi, false) == value && u->uses[t->phi] == 1 &&
            !is_const(&u->copy.from, *x) && FAULT(unroll_sum, uses_inside(u, value), 1) == 1)
            return t;
    }
    return NULL;
}

/* The sum of a turn is added to that of those before; the last one adds them to the phi. */
static void copy_sum(struct unroll *u, uint32_t value, uint32_t x, uint32_t phi, uint32_t turn)
{
    const struct node *node = &u->copy.from.nodes.at[value];
    uint32_t *map = u->copy.map, sum = map[x];
    u->copy.maker.insn = node->insn;
    if (turn)
        sum = maker_op(&u->copy.maker, (enum ir_op)node->op, node->width, map[value], sum);
    if (turn + 1 == u->loop->turns)
        sum = maker_op(&u->copy.maker, (enum ir_op)node->op, node->width, phi, sum);
    map[value] = sum;
}

/* x + (y + constant) is x + y + constant, and an offset takes in what is added to an address: then
 * the turns share what they can. */
static void copy_shared(struct unroll *u, uint32_t value)
{
    struct copy *copy = &u->copy;
    struct node node = copy->from.nodes.at[value];
    bool is_access = ir_rows[node.op].flags & IR_ACCESS, is_sum = node.op == IR_ADD;
    int64_t offset;
    if (!is_access && (!is_sum || node.width != 64)) {
        copy_node(copy, value);
        return;
    }
    copy->maker.insn = node.insn;
    for (unsigned k = 0; k < ir_rows[node.op].ins; k++)
        node.in[k] = copy->map[node.in[k]];
    for (unsigned k = 0; k < (is_sum ? 2u : 1u); k++) {
        const struct node *inner = &copy->fn->nodes.at[node.in[k]];
        uint32_t plus = inner->in[1];
        if (inner->op != IR_ADD || inner->width != 64 || node.in[k] < copy->maker.begin ||
            !is_const(copy->fn, plus))
            continue;
        if (is_sum) {
            node.in[k] = inner->in[0];
            uint32_t sum = maker_op(&copy->maker, IR_ADD, 64, node.in[0], node.in[1]);
            copy->map[value] = maker_op(&copy->maker, IR_ADD, 64, sum, plus);
            return;
        }
        if (!__builtin_add_overflow(node.imm, copy->fn->nodes.at[plus].imm, &offset) &&
            offset == (int32_t)offset) {
            node.in[0] = inner->in[0];
            node.imm = offset;
        }
    }
    copy->map[value] = maker_node(&copy->maker, &node);
}

/* Goes on until the counter has its last value: the one before need not be kept to be looked at. */
static void copy_branch(struct unroll *u, const struct node *branch)
{
    struct copy *copy = &u->copy;
    struct node node = *branch;
    bool stays_if = copy->from.edges.at[u->block->succs] == u->loop->block;
    node.cond = stays_if ? COND_NE : COND_EQ;
    node.in[0] = copy->map[operand(u, u->loop->phi, false)];
    node.in[1] = maker_const(&copy->maker, u->loop->end);
    copy->maker.insn = node.insn;
    maker_node(&copy->maker, &node);
}

static void copy_turn(struct unroll *u, uint32_t turn)
{
    const struct fn *from = &u->copy.from;
    bool last = turn + 1 == u->loop->turns;
    for (uint32_t i = u->block->first; i < u->block->first + u->block->count; i++) {
        const struct node *node = &from->nodes.at[i];
        uint32_t x;
        if (node->op == IR_BRANCH && last && !u->loop->whole)
            copy_branch(u, node);
        if (node->op == IR_PHI || node->op == IR_BRANCH)
            continue;
        const struct turning *sum = find_sum(u, i, &x);
        if (sum)
            copy_sum(u, i, x, sum->first, turn);
        else
            copy_shared(u, i);
    }
}

static void begin_phis(struct unroll *u)
{
    struct copy *copy = &u->copy;
    u->phis.count = 0;
    for (uint32_t i = u->block->first; i < u->block->first + u->block->count; i++) {
        if (copy->from.nodes.at[i].op != IR_PHI)
            continue;
        if (u->loop->whole)
            copy->map[i] = copy->map[operand(u, i, true)];
        else
            copy_node(copy, i);
        struct turning t = { .phi = i, .first = copy->map[i] };
        vec_push(copy->fn->arena, &u->phis, t);
    }
}

/* All at once: a phi may be handed to another. */
static void turn_phis(struct unroll *u)
{
    for (uint32_t i = 0; i < u->phis.count; i++)
        u->phis.at[i].next = u->copy.map[operand(u, u->phis.at[i].phi, false)];
    for (uint32_t i = 0; i < u->phis.count; i++)
        u->copy.map[u->phis.at[i].phi] = u->phis.at[i].next;
}

/* The edge back goes. */
static void leave_loop(struct fn *fn, struct block *block, uint32_t b)
{
    uint32_t *succs = &fn->edges.at[block->succs], *preds = &fn->edges.at[block->preds];
    succs[0] = succs[succs[0] == b];
    preds[0] = preds[preds[0] == b];
    block->succ_count = block->pred_count = 1;
    block->depth--;
}

static void copy_loop(struct unroll *u, const struct loop *loop)
{
    struct copy *copy = &u->copy;
    u->loop = loop;
    u->block = &copy->from.blocks.at[loop->block];
    copy_block_begin(copy, loop->block);
    begin_phis(u);
    for (uint32_t turn = 0; turn < loop->turns; turn++) {
        if (turn)
            turn_phis(u);
        copy_turn(u, turn);
    }
    if (loop->whole)
        maker_node(&copy->maker, &(struct node){ .op = IR_JUMP });
    copy_block_end(copy, loop->block);
    if (loop->whole)
        leave_loop(copy->fn, vec_last(&copy->fn->blocks), loop->block);
    pass_found(PASS_UNROLL);
}

void unroll_run(struct fn *fn, uint32_t left_out)
{
    struct unroll u;
    struct vec(struct loop) loops = { 0 };
    struct loop loop;
    bool any = false;
    for (uint32_t b = 0; b < fn->blocks.count; b++)
        any |= is_loop(fn, b, &loop);
    if (any) /* what is dead does not make a turn long */
        fn->uses = left_out & PASS_BIT(PASS_DEAD) ? count_uses(fn) : dead_run(fn);
    for (uint32_t b = 0; any && b < fn->blocks.count; b++)
        if (is_loop(fn, b, &loop) && plan(fn, &loop))
            vec_push(fn->arena, &loops, loop);
    if (!loops.count)
        return;
    u.uses = fn->uses;
    u.phis.at = NULL;
    u.phis.count = u.phis.room = 0;
    copy_begin(&u.copy, fn, left_out, loops.at[0].block);
    for (uint32_t b = loops.at[0].block, next = 0; b < u.copy.from.blocks.count; b++) {
        if (next < loops.count && loops.at[next].block == b)
            copy_loop(&u, &loops.at[next++]);
        else
            copy_block_as_is(&u.copy, b);
    }
    copy_end(&u.copy);
}
