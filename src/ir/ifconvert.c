/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "ifconvert": where both ways of a jump soon meet again, and differ in cheap operations only,
 * these are done on either way and SELECTs take the results. BPF has no conditional moves, so
 * clang writes each of its own as such a jump. It is done as the function is built: the block goes
 * on to where the ways meet, and the arms between become no blocks.
 *
 *     block --(jump)--> meet              block --> arm --> meet          block --> arm --> meet
 *        `----> arm ------^                  `-------------^                 `----> arm ----^
 *
 * Few jumps gain by it: a conditional move waits for what a jump, foreseen, does not wait for. Done
 * is what becomes a comparison's result, 0 or 1, and where a bit of a number, which is hard to
 * foresee, decides whether something is computed. (With all of them workloads take a tenth longer,
 * some twice as long.) Where a processor chooses as cheaply as it jumps, so is whatever costs no
 * more than the jump, if that is not foreseen. */
#include "base/planted.h"
#include "ir/local.h"
#include <string.h>

enum { COST = 4, CHOICES = 2 }; /* operations of an arm, and values that differ, at most */
enum { SELECTED = 2 };          /* operations of both, where selecting is cheap */

struct arm {
    uint32_t block; /* of the cfg, CFG_NONE: the edge to `meet` itself */
    uint32_t meet;  /* block of the cfg that it goes on to */
    uint16_t writes;
    unsigned cost;
    bool constant; /* nothing but constants are written */
    bool moves;    /* nothing is computed */
};

static unsigned cost(const struct insn_row *row)
{
    if (row->kind == INSN_KIND_LDIMM)
        return 1;
    if (row->kind != INSN_KIND_ALU)
        return COST + 1;
    switch (row->op) {
    case OP_DIV:
    case OP_SDIV:
    case OP_MOD:
    case OP_SMOD: return COST + 1;
    case OP_MUL: return 3;
    default: return 1;
    }
}

/* Whether block n of the cfg can be an arm: reached from one block only, and cheap. */
static bool is_arm(const struct build *b, uint32_t n, struct arm *arm)
{
    const struct cfg_block *block = &b->cfg->blocks[n];
    if (block->preds != 1 || block->is_header)
        return false;
    *arm = (struct arm){ .block = n, .meet = block->next, .constant = true, .moves = true };
    for (uint32_t at = block->start; at < block->end && arm->cost <= COST; at++) {
        const struct insn *insn = &b->prog->insns[at];
        const struct insn_row *row = insn_row(*insn);
        if (row->kind == INSN_KIND_GOTO) {
            arm->meet = block->jump;
        } else if (insn->id != INSN_SECOND) {
            arm->cost += cost(row);
            arm->writes |= insn_writes(*insn);
            arm->moves &= row->op == OP_MOV || row->kind == INSN_KIND_LDIMM;
            arm->constant &= row->op == OP_MOV && !row->src_reg;
        }
    }
    return arm->cost <= COST;
}

/* The ways of the jump that ends the block, if they meet. */
static bool find_arms(const struct build *b, const struct cfg_block *block, struct arm *on,
                      struct arm *over)
{
    bool is_on = is_arm(b, block->next, on), is_over = is_arm(b, block->jump, over);
    if (is_on && on->meet == block->jump)
        *over =
            (struct arm){ .block = CFG_NONE, .meet = on->meet, .constant = true, .moves = true };
    else if (is_over && over->meet == block->next)
        *on =
            (struct arm){ .block = CFG_NONE, .meet = over->meet, .constant = true, .moves = true };
    else if (!is_on || !is_over || on->meet != over->meet)
        return false;
    uint64_t differ = (on->writes | over->writes) & b->vars.live[on->meet];
    return __builtin_popcountll(differ) <= CHOICES;
}

/* Does what the arm does; the registers afterwards. */
static void lower_arm(struct build *b, const struct arm *arm, uint32_t after[REG_COUNT])
{
    uint32_t before[REG_COUNT], branch = b->at;
    memcpy(before, b->reg, sizeof before);
    memcpy(after, b->reg, sizeof before);
    if (arm->block == CFG_NONE)
        return;
    const struct cfg_block *block = &b->cfg->blocks[arm->block];
    for (uint32_t at = block->start; at < block->end; at++) {
        b->at = b->maker.insn = at;
        lower_insn(b, &b->prog->insns[at]);
    }
    b->at = b->maker.insn = branch;
    memcpy(after, b->reg, sizeof before);
    memcpy(b->reg, before, sizeof before);
}

/* Whether bits of a number are tested. */
static bool is_bit_test(const struct fn *fn, const struct node *branch)
{
    const struct node *left = &fn->nodes.at[branch->in[0]];
    if (branch->cond == COND_SET || branch->cond == COND_CLEAR)
        return true;
    return (branch->cond == COND_EQ || branch->cond == COND_NE) && is_const(fn, branch->in[1]) &&
           left->op == IR_AND && is_const(fn, left->in[1]);
}

static bool is_truth(const struct fn *fn, uint32_t a, uint32_t c)
{
    return is_const(fn, a) && is_const(fn, c) && (fn->nodes.at[a].imm | fn->nodes.at[c].imm) == 1 &&
           fn->nodes.at[a].imm != fn->nodes.at[c].imm;
}

uint32_t ifconvert(struct build *b, const struct cfg_block *block, const struct node *branch)
{
    struct arm on, over; /* not jumping, jumping */
    uint32_t taken[REG_COUNT], other[REG_COUNT];
    if (b->cfg->irreducible || b->maker.left_out & PASS_BIT(PASS_IFCONVERT) ||
        !find_arms(b, block, &on, &over))
        return CFG_NONE;
    bool tests = is_bit_test(b->fn, branch) && !(on.moves && over.moves);
    tests |= b->binding->selects && on.cost + over.cost <= SELECTED;
    if (!tests && !(on.constant && over.constant))
        return CFG_NONE;
    lower_arm(b, &over, taken);
    lower_arm(b, &on, other);
    uint64_t differ = (on.writes | over.writes) & b->vars.live[on.meet];
    for (uint64_t rest = differ; rest && !tests; rest &= rest - 1)
        if (!is_truth(b->fn, taken[__builtin_ctzll(rest)], other[__builtin_ctzll(rest)]))
            return CFG_NONE;
    for (uint64_t rest = differ; rest; rest &= rest - 1) {
        unsigned r = (unsigned)__builtin_ctzll(rest);
        struct node node = *branch;
        node.op = IR_SELECT;
        node.in[2] = FAULT(ifconvert_sides, taken, other)[r];
        node.in[3] = FAULT(ifconvert_sides, other, taken)[r];
        b->reg[r] = maker_node(&b->maker, &node);
    }
    pass_found(PASS_IFCONVERT);
    return on.meet;
}
