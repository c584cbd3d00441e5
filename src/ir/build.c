/* SPDX-License-Identifier: Apache-2.0 */
/* From checked instructions to SSA form, in one pass over the loop-aware reverse postorder.
 *
 * The eleven registers and some slots of the stack are the variables (variables.c). Their liveness
 * is known beforehand, a mask per block, so only what lives gets a phi: at a block with one live
 * predecessor its values hold; where all predecessors were built and agree their value holds; else
 * a phi is made and gets its operands when all blocks are there. That needs no dominators and takes
 * irreducible graphs as they are.
 *
 * Jumps that the facts or folding decide are not followed. In an irreducible graph they are all
 * followed: leaving out an edge could change which block comes first. */
#include "base/planted.h"
#include "ir/local.h"
#include "rt/rt.h"
#include <string.h>

/* ---- Blocks ---- */

uint32_t build_label(struct build *b)
{
    vec_push(b->arena, &b->labels, NO_BLOCK);
    return b->labels.count - 1;
}

/* The jump that the last block ends with, unless the next one continues it. */
static void make_jump(struct build *b)
{
    if (b->goes_on)
        maker_node(&b->maker, &(struct node){ .op = IR_JUMP });
    b->goes_on = false;
}

void build_begin(struct build *b, uint32_t label)
{
    make_jump(b);
    uint32_t depth = b->owner >= COLD_BLOCK ? 0 : b->cfg->blocks[b->owner].depth;
    b->labels.at[label] = maker_block(&b->maker, b->at, depth);
    vec_push(b->arena, &b->owners, (struct owners){ b->owner, b->owner });
}

static void edge(struct build *b, uint32_t label)
{
    vec_push(b->arena, &b->edges, (struct edge){ b->fn->blocks.count - 1, label });
}

void build_jump(struct build *b, uint32_t label)
{
    edge(b, label);
    b->goes_on = true;
}

static void branch(struct build *b, struct node node, uint32_t taken, uint32_t other)
{
    maker_node(&b->maker, &node);
    edge(b, taken);
    edge(b, other);
}

void build_branch(struct build *b, enum ir_cond cond, unsigned width, uint32_t a, uint32_t c,
                  uint32_t taken, uint32_t other)
{
    struct node node = { .op = IR_BRANCH, .width = (uint8_t)width, .cond = (uint8_t)cond };
    node.in[0] = a;
    node.in[1] = c;
    branch(b, node, taken, other);
}

void build_unless(struct build *b, enum ir_cond cond, unsigned width, uint32_t a, uint32_t c,
                  uint32_t taken)
{
    uint32_t on = build_label(b);
    build_branch(b, cond, width, a, c, taken, on);
    build_begin(b, on);
}

void build_switch(struct build *b, uint32_t index, const uint32_t *table, uint32_t count,
                  const uint32_t *ways, uint32_t way_count)
{
    struct node node = { .op = IR_SWITCH, .table = { index, b->fn->lists.count, count } };
    for (uint32_t i = 0; i < count; i++)
        vec_push(b->fn->arena, &b->fn->lists, table[i]);
    maker_node(&b->maker, &node);
    for (uint32_t i = 0; i < way_count; i++)
        edge(b, ways[i]);
}

/* ---- Joining values ---- */

/* What the variables hold at the end of a block of the cfg. */
struct ending {
    uint32_t *reg; /* by variable */
    bool built;
    bool to_next, to_jump; /* edges that there are */
    /* A SELECT that the jump compared with 0: behind each edge it is known which one it chose. All
     * 0: none (that is a parameter). */
    uint32_t chosen, on_next, on_jump;
};

struct phi {
    uint32_t value, reg, block;
};

enum { COUNTED = 1 << 28 }; /* counters whose next value is in sight, at most */

struct joining {
    struct ending *endings; /* by block of the cfg */
    uint32_t *regs;         /* theirs */
    struct ending entry;    /* before the first */
    struct vec(struct phi) phis;
};

static bool goes_to(const struct cfg_block *from, const struct ending *ending, uint32_t to)
{
    return (ending->to_next && from->next == to) || (ending->to_jump && from->jump == to);
}

/* What a variable holds on the edge from the block to `to`. */
static uint32_t held(const struct cfg_block *from, const struct ending *ending, uint32_t to,
                     unsigned reg)
{
    uint32_t value = ending->reg[reg];
    if (value != ending->chosen)
        return value;
    return from->jump == to ? ending->on_jump : ending->on_next;
}

/* Whether the phi is one of the variable. They stand in the order of their values. */
static bool is_phi_of(const struct joining *join, uint32_t value, unsigned reg)
{
    uint32_t low = 0, high = join->phis.count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (join->phis.at[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < join->phis.count && join->phis.at[low].value == value &&
           join->phis.at[low].reg == reg;
}

static bool agree(const struct fn *fn, uint32_t a, uint32_t c)
{
    return a == c ||
           (is_const(fn, a) && is_const(fn, c) && fn->nodes.at[a].imm == fn->nodes.at[c].imm);
}

/* Block n begins, reached by so many edges; the only one from the last block continues that. */
static void begin(struct build *b, uint32_t n, uint32_t edges)
{
    if (edges != 1 || !b->goes_on || b->edges.at[b->edges.count - 1].to != n ||
        vec_last(&b->fn->blocks)->depth != b->cfg->blocks[n].depth ||
        b->maker.left_out & PASS_BIT(PASS_STRAIGHTEN)) {
        build_begin(b, n);
        return;
    }
    b->goes_on = false;
    b->edges.count--;
    b->labels.at[n] = b->fn->blocks.count - 1;
    vec_last(&b->owners)->ends = n;
    pass_found(PASS_STRAIGHTEN);
}

/* The variables that live at the start of a block hold what they do on the edge to it. */
static void take(struct build *b, const struct cfg_block *from, const struct ending *ending,
                 uint32_t to, uint64_t live)
{
    for (uint64_t rest = live; rest; rest &= rest - 1) {
        unsigned r = (unsigned)__builtin_ctzll(rest);
        b->reg[r] = held(from, ending, to, r);
    }
}

/* Those of them that hold something else on another edge. */
static uint64_t differing(const struct build *b, const struct cfg_block *from,
                          const struct ending *ending, uint32_t to, uint64_t live)
{
    uint64_t differ = 0;
    for (uint64_t rest = live; rest; rest &= rest - 1) {
        unsigned r = (unsigned)__builtin_ctzll(rest);
        if (!agree(b->fn, b->reg[r], held(from, ending, to, r)))
            differ |= UINT64_C(1) << r;
    }
    return differ;
}

/* The variables at the start of block n, which begins here. False: nothing leads there. */
static bool join(struct build *b, struct joining *join, uint32_t n)
{
    const struct cfg_block *block = &b->cfg->blocks[n];
    const struct cfg_block *blocks = b->cfg->blocks;
    bool is_entry = n == b->cfg->order[0], unbuilt = false;
    uint32_t edges = is_entry;
    uint64_t live = b->vars.live[n], differ = 0;
    memset(b->reg, 0xff, b->vars.count * sizeof *b->reg); /* NO_VALUE */
    if (is_entry)
        take(b, block, &join->entry, n, live);
    for (uint32_t i = 0; i < block->preds; i++) {
        uint32_t pred = b->cfg->preds[block->first_pred + i];
        const struct ending *ending = &join->endings[pred];
        if (!ending->built) {
            unbuilt |= blocks[pred].order != CFG_NONE &&
                       (b->cfg->irreducible || blocks[pred].order >= block->order);
            continue;
        }
        if (!goes_to(&blocks[pred], ending, n))
            continue;
        if (edges)
            differ |= differing(b, &blocks[pred], ending, n, live);
        else
            take(b, &blocks[pred], ending, n, live);
        edges += blocks[pred].next == blocks[pred].jump ? 2 : 1;
    }
    if (!edges)
        return false;
    if (unbuilt) {
        bool is_loop = block->is_header && !b->cfg->irreducible;
        differ |= live & (is_loop ? b->vars.written[n] : ~(UINT64_C(1) << 10));
    }
    begin(b, n, unbuilt ? 0 : edges);
    for (uint64_t rest = differ; rest; rest &= rest - 1) {
        unsigned r = (unsigned)__builtin_ctzll(rest);
        b->reg[r] = maker_append(&b->maker, &(struct node){ .op = IR_PHI });
        vec_push(b->arena, &join->phis, (struct phi){ b->reg[r], r, b->fn->blocks.count - 1 });
    }
    /* Equal constants of several predecessors: one that stands before all uses. */
    for (uint64_t rest = block->preds > 1 ? live : 0; rest; rest &= rest - 1) {
        unsigned r = (unsigned)__builtin_ctzll(rest);
        if (is_const(b->fn, b->reg[r]))
            b->reg[r] = maker_const(&b->maker, (uint64_t)b->fn->nodes.at[b->reg[r]].imm);
    }
    return true;
}

/* ---- Ends of blocks ---- */

const uint8_t jump_conds[] = {
    [OP_JEQ] = COND_EQ,  [OP_JGT] = COND_UGT,  [OP_JGE] = COND_UGE,  [OP_JSET] = COND_SET,
    [OP_JNE] = COND_NE,  [OP_JSGT] = COND_SGT, [OP_JSGE] = COND_SGE, [OP_JLT] = COND_ULT,
    [OP_JLE] = COND_ULE, [OP_JSLT] = COND_SLT, [OP_JSLE] = COND_SLE,
};

/* Whether a conditional jump is decided, and how. */
static bool decided(struct build *b, struct node *node, bool *taken)
{
    uint8_t flags = b->checked->facts[b->at].flags;
    if (b->cfg->irreducible)
        return false;
    if (flags & (FACT_ALWAYS_JUMPS | FACT_NEVER_JUMPS)) {
        *taken = flags & FACT_ALWAYS_JUMPS;
        return true;
    }
    return !(b->maker.left_out & PASS_BIT(PASS_FOLD)) && fold_compare(&b->maker, node, taken);
}

/* if r == 0, where r is (.. ? x : 0), as a map lookup done in place. */
static void choose(struct build *b, struct insn insn, struct ending *ending)
{
    bool is_zero = insn.id == INSN_JEQ64_K;
    const struct node *node = &b->fn->nodes.at[b->reg[insn.dst]];
    if ((!is_zero && insn.id != INSN_JNE64_K) || insn.imm || node->op != IR_SELECT ||
        !is_const(b->fn, node->in[3]) || b->fn->nodes.at[node->in[3]].imm)
        return;
    ending->chosen = b->reg[insn.dst];
    ending->on_jump = node->in[is_zero ? 3 : 2];
    ending->on_next = node->in[is_zero ? 2 : 3];
}

/* The ways of a jump meet at once: a way through an arm ends with the block. */
static void end_converted(struct build *b, struct joining *joining, uint32_t n, uint32_t meet)
{
    const struct cfg_block *blocks = b->cfg->blocks, *block = &blocks[n];
    struct ending *ending = &joining->endings[n];
    build_jump(b, meet);
    ending->to_next = block->next == meet;
    ending->to_jump = block->jump == meet;
    if (ending->to_next || ending->to_jump)
        return;
    /* As if one of two arms had been built. */
    struct ending *arm = &joining->endings[block->next];
    arm->to_next = blocks[block->next].next == meet;
    arm->to_jump = !arm->to_next;
    arm->reg = ending->reg;
    arm->built = joining->endings[block->jump].built = true;
}

/* Where an edge of block n to `to` leads, not to `other`: a block that does nothing but jump on,
 * and that nothing else leads to, is passed over. */
static uint32_t destination(struct build *b, struct joining *joining, uint32_t n, uint32_t to,
                            uint32_t other)
{
    const struct cfg_block *block = &b->cfg->blocks[to];
    while (!b->cfg->irreducible && !(b->maker.left_out & PASS_BIT(PASS_STRAIGHTEN)) &&
           block->preds == 1 && block->end == block->start + 1 &&
           insn_row(b->prog->insns[block->start])->kind == INSN_KIND_GOTO && block->jump != other) {
        joining->endings[to] =
            (struct ending){ .reg = joining->endings[n].reg, .built = true, .to_jump = true };
        to = block->jump;
        block = &b->cfg->blocks[to];
        pass_found(PASS_STRAIGHTEN);
    }
    return to;
}

/* What the variable of a phi of block n holds before its loop: a constant, small. */
static bool begins_small(const struct build *b, const struct joining *joining, uint32_t n,
                         unsigned reg, uint64_t *first)
{
    const struct cfg_block *blocks = b->cfg->blocks, *block = &blocks[n];
    const uint32_t *preds = &b->cfg->preds[block->first_pred];
    uint32_t entry = preds[blocks[preds[0]].order >= block->order];
    const struct ending *ending = &joining->endings[entry];
    if (block->preds != 2 || !ending->built || !goes_to(&blocks[entry], ending, n))
        return false;
    const struct node *value = &b->fn->nodes.at[held(&blocks[entry], ending, n, reg)];
    *first = (uint64_t)value->imm;
    return value->op == IR_CONST && *first <= COUNTED;
}

/* Pass "counter": back to a loop while its counter, a phi, is below a constant, is while its next
 * value is below the next one. So that alone is in a register. Neither wraps around: the counter
 * begins small, and grows by little only while it is below the bound. */
static void look_ahead(struct build *b, const struct joining *joining, uint32_t n,
                       struct node *branch)
{
    const struct cfg_block *blocks = b->cfg->blocks, *block = &blocks[n];
    bool jumps = block->jump != CFG_NONE && blocks[block->jump].order <= block->order;
    uint32_t header = jumps ? block->jump : block->next;
    unsigned cond = branch->cond ^ !jumps;
    uint64_t bound = (uint64_t)b->fn->nodes.at[branch->in[1]].imm, first;
    if (b->maker.left_out & PASS_BIT(PASS_COUNTER) || b->cfg->irreducible ||
        blocks[header].order > block->order || !is_const(b->fn, branch->in[1]) || bound > COUNTED ||
        (cond != COND_ULT && cond != COND_ULE && cond != COND_SLT && cond != COND_SLE &&
         cond != COND_NE))
        return;
    for (unsigned r = 0; r < b->vars.count; r++) {
        const struct node *next = &b->fn->nodes.at[b->reg[r] == NO_VALUE ? 0 : b->reg[r]];
        if (next->op != IR_ADD || next->in[0] != branch->in[0] || !is_const(b->fn, next->in[1]) ||
            !is_phi_of(joining, branch->in[0], r) || !begins_small(b, joining, header, r, &first))
            continue;
        uint64_t step = (uint64_t)b->fn->nodes.at[next->in[1]].imm;
        if (step > COUNTED)
            continue;
        pass_found(PASS_COUNTER);
        branch->in[0] = b->reg[r];
        branch->in[1] = maker_const(&b->maker, bound + FAULT(counter_bound, step, 0));
        return;
    }
}

/* Whether a jump from the block comes to one that only compares the same register: it costs nothing
 * to see that most begin no tree. */
static bool begins_tree(const struct build *b, const struct cfg_block *block, struct insn insn)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct cfg_block *to = &b->cfg->blocks[i ? block->jump : block->next];
        struct insn other = b->prog->insns[to->start];
        if (to->end == to->start + 1 && other.dst == insn.dst &&
            insn_row(other)->kind == INSN_KIND_JUMP)
            return true;
    }
    return false;
}

/* The tree's blocks are no more, but for the edges that lead out of it. */
static bool end_switch(struct build *b, struct joining *joining, uint32_t n)
{
    struct tree tree;
    if (!switch_end(b, n, &tree))
        return false;
    for (uint32_t i = 0; i < tree.count; i++) {
        const struct cfg_block *block = &b->cfg->blocks[tree.blocks[i]];
        joining->endings[tree.blocks[i]] =
            (struct ending){ .reg = joining->endings[n].reg,
                             .built = true,
                             .to_next = block->next != CFG_NONE && tree.leads[block->next],
                             .to_jump = tree.leads[block->jump] };
    }
    return true;
}

static void end_jump(struct build *b, struct insn insn, struct joining *joining, uint32_t n)
{
    const struct cfg_block *block = &b->cfg->blocks[n];
    struct ending *ending = &joining->endings[n];
    const struct insn_row *row = insn_row(insn);
    struct node node = { .op = IR_BRANCH, .width = row->bits, .cond = jump_conds[row->op] };
    bool taken = true;
    node.in[0] = b->reg[insn.dst];
    node.in[1] = row->src_reg ? b->reg[insn.src] : maker_const(&b->maker, (uint64_t)insn.imm);
    if (block->jump == block->next || decided(b, &node, &taken)) {
        build_jump(b, taken ? block->jump : block->next);
        ending->to_jump = taken;
        ending->to_next = !taken;
        return;
    }
    if (!row->src_reg && begins_tree(b, block, insn) && end_switch(b, joining, n))
        return;
    uint32_t meet = ifconvert(b, block, &node);
    if (meet != CFG_NONE) {
        end_converted(b, joining, n, meet);
        return;
    }
    uint32_t jump = block->jump, next = block->next;
    look_ahead(b, joining, n, &node);
    choose(b, insn, ending);
    if (!ending->chosen) {
        jump = destination(b, joining, n, jump, next);
        next = destination(b, joining, n, next, jump);
    }
    branch(b, node, jump, next);
    ending->to_jump = jump == block->jump;
    ending->to_next = next == block->next;
}

/* While there is fuel, it is used and the code goes on. */
static void end_may_goto(struct build *b, const struct cfg_block *block, struct ending *ending)
{
    struct maker *maker = &b->maker;
    uint32_t fuel = maker_load(maker, 64, b->vcpu, offsetof(struct vcpu, fuel));
    build_unless(b, COND_EQ, 64, fuel, maker_const(maker, 0), block->jump);
    uint32_t left = maker_op(maker, IR_ADD, 64, fuel, maker_const(maker, UINT64_MAX));
    maker_store(maker, 64, b->vcpu, offsetof(struct vcpu, fuel), left);
    build_jump(b, block->next);
    ending->to_next = ending->to_jump = true;
}

static int end_block(struct build *b, struct joining *joining, uint32_t n)
{
    const struct cfg_block *block = &b->cfg->blocks[n];
    struct ending *ending = &joining->endings[n];
    struct insn last = b->prog->insns[block->end - 1];
    struct node node = { .op = IR_RETURN, .in = { b->reg[0] } };
    ending->reg = joining->regs + (size_t)b->vars.count * n;
    switch (insn_row(last)->kind) {
    case INSN_KIND_EXIT:
        if (b->hook)
            hook_end(b, b->reg[0]);
        else
            maker_node(&b->maker, &node);
        break;
    case INSN_KIND_JUMP: end_jump(b, last, joining, n); break;
    case INSN_KIND_MAY_GOTO: end_may_goto(b, block, ending); break;
    case INSN_KIND_GOTO:
        build_jump(b, block->jump);
        ending->to_jump = true;
        break;
    default:
        build_jump(b, block->next);
        ending->to_next = true;
        break;
    }
    memcpy(ending->reg, b->reg, b->vars.count * sizeof *b->reg);
    ending->built = true;
    return 0;
}

/* ---- Functions ---- */

unsigned build_args(const struct checked *checked, uint32_t func)
{
    return func ? checked->funcs[func].args : 1;
}

/* What a trusted function reads before it writes it is what was there. */
static void enter_slots(struct build *b, struct ending *entry, uint32_t first)
{
    uint64_t live = b->vars.live[first];
    for (unsigned r = REG_COUNT; r < b->vars.count && b->checked->level == CHECK_TRUSTED; r++) {
        const struct stack_slot *slot = &b->vars.slots[r - REG_COUNT];
        if (live >> r & 1)
            entry->reg[r] = maker_load(&b->maker, 8u * slot->size, entry->reg[10], slot->low);
    }
}

/* vcpu, frame, r1 .. rN; what is not given is 0; r2 of raw memory is its length. r10 is the end of
 * the frame. */
static int begin_entry(struct build *b, struct ending *entry)
{
    struct maker *maker = &b->maker;
    uint32_t params[2 + 5], first = b->cfg->order[0];
    b->owner = NO_BLOCK;
    b->at = b->cfg->blocks[first].start;
    maker->insn = b->at;
    maker_block(maker, b->at, 0);
    vec_push(b->arena, &b->owners, (struct owners){ NO_BLOCK, NO_BLOCK });
    entry->reg = arena_array_of(b->arena, b->vars.count, uint32_t);
    if (b->hook)
        return hook_begin(b, entry->reg, first);
    for (uint32_t i = 0; i < 2u + b->fn->args; i++)
        params[i] = maker_append(maker, &(struct node){ .op = IR_PARAM, .imm = i });
    b->vcpu = params[0];
    b->frame = params[1];
    uint32_t zero = maker_const(maker, 0);
    const struct context_type *context = b->checked->context;
    for (unsigned r = 0; r < b->vars.count; r++)
        entry->reg[r] = r >= 1 && r <= b->fn->args ? params[1 + r] : zero;
    if (b->fn->index == 0 && (!context || context->kind == CONTEXT_MEMORY))
        entry->reg[2] = maker_load(maker, 64, b->vcpu, offsetof(struct vcpu, context_size));
    entry->reg[10] = maker_op(maker, IR_ADD, 64, b->frame, maker_const(maker, b->fn->depth));
    enter_slots(b, entry, first);
    build_jump(b, first);
    return 0;
}

static int build_block(struct build *b, struct joining *joining, uint32_t n)
{
    const struct cfg_block *block = &b->cfg->blocks[n];
    const struct insn *insns = b->prog->insns;
    for (uint32_t at = block->start, end = block->end; at < end; at++) {
        b->at = b->maker.insn = at;
        int rc = lower_insn(b, &insns[at]);
        if (rc)
            return rc;
    }
    return end_block(b, joining, n);
}

/* Edges from labels to blocks, then the phis' operands, which stand in the predecessors' order. */
static void connect(struct build *b, const struct joining *joining)
{
    struct fn *fn = b->fn;
    for (uint32_t i = 0; i < b->edges.count; i++)
        b->edges.at[i].to = b->labels.at[b->edges.at[i].to];
    fn_connect(fn, b->edges.at, b->edges.count);
    uint32_t operands = 0;
    for (uint32_t i = 0; i < joining->phis.count; i++)
        operands += fn->blocks.at[joining->phis.at[i].block].pred_count;
    vec_reserve(fn->arena, &fn->lists, operands);
    for (uint32_t i = 0; i < joining->phis.count; i++) {
        struct phi phi = joining->phis.at[i];
        const struct block *block = &fn->blocks.at[phi.block];
        struct node *node = &fn->nodes.at[phi.value];
        uint32_t to = b->owners.at[phi.block].begins;
        node->list.first = fn->lists.count;
        node->list.count = block->pred_count;
        for (uint32_t p = 0; p < block->pred_count; p++) {
            uint32_t owner = b->owners.at[fn->edges.at[block->preds + p]].ends;
            uint32_t value = owner == NO_BLOCK ? joining->entry.reg[phi.reg]
                                               : held(&b->cfg->blocks[owner],
                                                      &joining->endings[owner], to, phi.reg);
            vec_push(fn->arena, &fn->lists, value);
        }
    }
}

/* The blocks of a cfg, and within it and its loops lists of blocks and inner loops: block n is item
 * n, the loop of header n is item count + n, the function is item 2 * count. */
struct nest {
    uint32_t *first, *last, *next; /* by item; NO_BLOCK ends a list */
};

static void nest_add(struct nest *nest, uint32_t list, uint32_t item)
{
    if (nest->first[list] == NO_BLOCK)
        nest->first[list] = item;
    else
        nest->next[nest->last[list]] = item;
    nest->last[list] = item;
}

/* Blocks as clang laid them out, but that a loop's stand together: where clang has a way out of the
 * loop between them, it comes behind, and the loop is left by falling through or not at all. */
static uint32_t *order_blocks(struct build *b)
{
    const struct cfg *cfg = b->cfg;
    uint32_t items = 2 * cfg->count + 1, rank = 0, depth = 0;
    uint32_t *ranks = arena_array_raw(b->arena, cfg->count, uint32_t);
    bool has_loops = false;
    for (uint32_t n = 0; n < cfg->count; n++) {
        ranks[n] = n;
        has_loops |= cfg->blocks[n].loop != CFG_NONE;
    }
    if (!has_loops)
        return ranks;
    uint32_t *ways = arena_array_raw(b->arena, cfg->count + 1, uint32_t);
    struct nest nest = { arena_array_raw(b->arena, items, uint32_t),
                         arena_array_raw(b->arena, items, uint32_t),
                         arena_array_raw(b->arena, items, uint32_t) };
    memset(nest.first, 0xff, items * sizeof *nest.first);
    memset(nest.next, 0xff, items * sizeof *nest.next);
    for (uint32_t n = 0; n < cfg->count; n++) {
        uint32_t item = n, loop = cfg->blocks[n].loop;
        for (;;) {
            uint32_t list = loop == CFG_NONE ? 2 * cfg->count : cfg->count + loop;
            bool known = list == 2 * cfg->count || nest.first[list] != NO_BLOCK;
            nest_add(&nest, list, item);
            if (known)
                break;
            item = list;
            loop = cfg->blocks[loop].outer;
        }
    }
    for (uint32_t item = nest.first[2 * cfg->count]; item != NO_BLOCK;) {
        if (item < cfg->count) {
            ranks[item] = rank++;
            item = nest.next[item];
        } else {
            ways[depth++] = nest.next[item];
            item = nest.first[item];
        }
        while (item == NO_BLOCK && depth)
            item = ways[--depth];
    }
    return ranks;
}

/* What comes before the first block of the cfg, its blocks, what is seldom run. */
static uint32_t rank_of(const struct build *b, const uint32_t *ranks, uint32_t block)
{
    uint32_t owner = b->owners.at[block].begins;
    return owner == NO_BLOCK ? 0 : owner == COLD_BLOCK ? b->cfg->count + 1 : 1 + ranks[owner];
}

/* The order of the code; what lowering made of a block stands together. */
static void lay_out(struct build *b)
{
    struct fn *fn = b->fn;
    fn->layout = arena_array_of(fn->arena, fn->blocks.count, uint32_t);
    struct arena_mark mark = arena_mark(b->arena);
    const uint32_t *ranks = order_blocks(b);
    uint32_t *first = arena_array_of(b->arena, b->cfg->count + 3, uint32_t);
    for (uint32_t i = 0; i < fn->blocks.count; i++)
        first[rank_of(b, ranks, i) + 1]++;
    for (uint32_t n = 0; n < b->cfg->count + 2; n++)
        first[n + 1] += first[n];
    for (uint32_t i = 0; i < fn->blocks.count; i++)
        fn->layout[first[rank_of(b, ranks, i)]++] = i;
    arena_reset(b->arena, mark);
}

/* Room for what most functions need, since growing keeps the old copies in the arena: what is not
 * used costs nothing but addresses. */
static void make_room(struct build *b)
{
    uint32_t slots = b->prog->funcs[b->fn->index].count, phis = 0;
    for (uint32_t n = 0; n < b->cfg->count; n++)
        if (b->cfg->blocks[n].preds > 1)
            phis += (uint32_t)__builtin_popcountll(b->vars.live[n]);
    phis = phis < 4 * slots ? phis : 4 * slots;
    vec_reserve(b->fn->arena, &b->fn->nodes, slots + slots / 4 + b->cfg->order_count + phis + 32);
    vec_reserve(b->fn->arena, &b->fn->blocks, b->cfg->order_count + 8);
    vec_reserve(b->arena, &b->owners, b->cfg->order_count + 8);
    vec_reserve(b->arena, &b->edges, 2 * b->cfg->order_count + 8);
    vec_reserve(b->arena, &b->labels, b->cfg->count + 8);
    memset(b->labels.at, 0xff, b->cfg->count * sizeof *b->labels.at); /* NO_BLOCK */
    b->labels.count = b->cfg->count;
}

static int build_fn(struct build *b, uint32_t left_out)
{
    struct joining joining = { 0 };
    maker_init(&b->maker, b->fn, left_out);
    variables_find(b);
    joining.endings = arena_array_of(b->arena, b->cfg->count, struct ending);
    joining.regs = arena_array_raw(b->arena, (size_t)b->vars.count * b->cfg->count, uint32_t);
    make_room(b);
    int rc = begin_entry(b, &joining.entry);
    if (rc)
        return rc;
    for (uint32_t i = 0; i < b->cfg->order_count; i++) {
        uint32_t n = b->cfg->order[i];
        b->owner = n;
        b->at = b->maker.insn = b->cfg->blocks[n].start;
        if (!join(b, &joining, n))
            continue;
        rc = build_block(b, &joining, n);
        if (rc)
            return rc;
    }
    make_jump(b);
    maker_end(&b->maker);
    connect(b, &joining);
    lay_out(b);
    return 0;
}

int ir_build(struct arena *arena, const struct checked *checked, const struct binding *binding,
             uint32_t left_out, struct module *out, struct error *err)
{
    const struct prog *prog = checked->prog;
    *out = (struct module){
        .arena = arena, .checked = checked, .count = prog->func_count, .left_out = left_out
    };
    out->fns = arena_array_of(arena, prog->func_count, struct fn);
    for (uint32_t i = 0; i < prog->func_count; i++) {
        struct fn *fn = &out->fns[i];
        *fn = (struct fn){ .arena = arena, .name = prog->funcs[i].name, .index = i };
        fn->args = (uint8_t)build_args(checked, i);
        fn->big = binding->big;
        fn->sums = binding->sums;
        fn->depth = checked->funcs[i].depth;
        if (!checked->funcs[i].reached)
            continue;
        struct build b;
        memset(&b, 0, offsetof(struct build, maker));
        b.arena = arena;
        b.err = err;
        b.checked = checked;
        b.prog = prog;
        b.cfg = checked->graphs[i];
        b.binding = binding;
        b.fn = fn;
        int rc = binding->attachment && i == 0 ? hook_new(&b) : 0;
        if (!rc)
            rc = build_fn(&b, left_out);
        if (rc)
            return rc;
    }
    return 0;
}
