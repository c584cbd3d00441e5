/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "switch": clang, which has no jump tables for BPF, makes of a switch a tree of comparisons
 * of one register with constants. Where the values that it tells apart are dense, it becomes a jump
 * through a table. It is done as the function is built: the root's block ends with the jump, the
 * tree's other blocks become no blocks. These do nothing but compare, or jump on, and nothing but
 * the tree leads to them, so what variables hold at its leaves is what they hold at the root.
 *
 * The tree is walked with the values that may come to each of its blocks, an interval. At a leaf it
 * is noted; of intervals that have a value in common the first noted is right, since x == k leaves
 * the interval on its other side as it was. Values are ordered as the root's comparison does it;
 * keys are numbers in the same order without a sign.
 *
 * Jumps that are foreseen cost little, and a jump to many places is harder to foresee than its way
 * through a tree: measured, a tree of 16 leaves is faster than a table but where values are random,
 * from 24 on a table is as fast as the tree where values repeat, and faster where they do not. */
#include "base/planted.h"
#include "ir/local.h"

enum {
    WAYS = 24,      /* out of the table, at least */
    SPARSE = 3,     /* entries of it for each comparison of the tree, at most */
    ENTRIES = 1024, /* at most */
    VISITS = 4,     /* for each block of the function, at most: most trees come to nothing */
};

struct span { /* of keys, with the block that they come to */
    uint64_t low, high;
    uint32_t to;
};

struct switching {
    uint32_t reg; /* that all compare */
    unsigned bits;
    bool is_signed;
    bool is_small;   /* what it holds is never negative, in either width: all comparisons go */
    uint64_t top;    /* the highest key */
    uint32_t visits; /* left */
    struct vec(struct span) todo, spans;
    struct vec(uint32_t) tree;  /* its blocks, the root first */
    struct vec(uint32_t) table; /* places in `ways` */
    struct vec(uint32_t) ways;  /* blocks that are led to; the last may be none of the table's */
    uint32_t *way;              /* by block: 1 + its place there, or 0 */
};

static struct insn last_of(const struct build *b, uint32_t n)
{
    return b->prog->insns[b->cfg->blocks[n].end - 1];
}

/* Whether a block, of the tree otherwise, ends with a comparison of the register with a constant
 * that goes with the others; the key is what it compares with. */
static bool compares(const struct switching *s, struct insn insn, uint64_t *key)
{
    const struct insn_row *row = insn_row(insn);
    if (row->kind != INSN_KIND_JUMP || row->src_reg || insn.dst != s->reg || row->op == OP_JSET)
        return false;
    unsigned cond = jump_conds[row->op];
    bool has_sign = cond >= COND_SLT;
    *key = row->bits == 32 ? (uint32_t)insn.imm : (uint64_t)insn.imm;
    if (s->is_small)
        return !has_sign || *key <= INT32_MAX;
    if (s->is_signed)
        *key ^= UINT64_C(1) << (s->bits - 1);
    return row->bits == s->bits && (cond <= COND_NE || has_sign == s->is_signed);
}

static void go(struct build *b, uint32_t to, uint64_t low, uint64_t high)
{
    vec_push(b->arena, &b->switching->todo, (struct span){ low, high, to });
}

/* Goes on from a comparison with those keys of the interval for which it holds and those for which
 * it does not. */
static void part(struct build *b, const struct cfg_block *block, struct span at, unsigned cond,
                 uint64_t key)
{
    uint32_t yes = cond & 1 ? block->next : block->jump, no = cond & 1 ? block->jump : block->next;
    if ((cond & ~1u) == COND_EQ) {
        bool is_in = at.low <= key && key <= at.high;
        if (!is_in || at.low != at.high)
            go(b, no, at.low, at.high);
        if (is_in) /* it will be looked at first */
            go(b, yes, key, FAULT(switch_key, key, at.high));
        return;
    }
    bool is_within = (cond & ~1u) == COND_ULE || (cond & ~1u) == COND_SLE;
    if (is_within ? at.high > key : at.high >= key)
        go(b, no, key + is_within > at.low ? key + is_within : at.low, at.high);
    if (is_within ? at.low <= key : at.low < key)
        go(b, yes, at.low, key - !is_within < at.high ? key - !is_within : at.high);
}

/* A step of the walk: a leaf is noted. */
static void visit(struct build *b, struct span at)
{
    struct switching *s = b->switching;
    const struct cfg_block *block = &b->cfg->blocks[at.to];
    bool is_root = !s->tree.count;
    struct insn insn = last_of(b, at.to);
    uint8_t flags = b->checked->facts[block->end - 1].flags;
    uint64_t key;
    bool is_inner =
        is_root || (block->preds == 1 && block->end == block->start + 1 && s->tree.count < ENTRIES);
    if (is_inner && !is_root && insn_row(insn)->kind == INSN_KIND_GOTO)
        go(b, block->jump, at.low, at.high);
    else if (is_inner && compares(s, insn, &key) && block->jump != block->next) {
        if (flags & (FACT_ALWAYS_JUMPS | FACT_NEVER_JUMPS))
            go(b, flags & FACT_ALWAYS_JUMPS ? block->jump : block->next, at.low, at.high);
        else
            part(b, block, at, jump_conds[insn_row(insn)->op], key);
    } else {
        vec_push(b->arena, &s->spans, at);
        return;
    }
    vec_push(b->arena, &s->tree, at.to);
}

/* The tree from block n on; false: there is none worth while. */
static bool walk(struct build *b, uint32_t n)
{
    struct switching *s = b->switching;
    struct insn insn = last_of(b, n);
    const struct insn_row *row = insn_row(insn);
    uint64_t mask = value_mask(b->fn, b->reg[insn.dst]);
    unsigned cond = jump_conds[row->op];
    s->reg = insn.dst;
    s->bits = row->bits;
    s->is_small = mask <= INT32_MAX;
    s->is_signed = !s->is_small && (cond <= COND_NE || cond >= COND_SLT);
    uint64_t all = s->bits == 32 ? UINT32_MAX : UINT64_MAX;
    s->top = s->is_signed ? all : mask & all;
    s->tree.count = s->spans.count = 0;
    go(b, n, 0, s->top);
    while (s->todo.count && s->visits) {
        s->visits--;
        visit(b, s->todo.at[--s->todo.count]);
    }
    s->todo.count = 0;
    return s->visits && s->tree.count >= WAYS - 1;
}

/* What a block that is led to is called in the table. */
static uint32_t way_to(struct build *b, uint32_t block)
{
    struct switching *s = b->switching;
    if (!s->way[block]) {
        vec_push(b->arena, &s->ways, block);
        s->way[block] = s->ways.count;
    }
    return s->way[block] - 1;
}

/* Which keys the table is for: all that come to another block than the highest key does, or all
 * there are if these are not many more; then *otherwise is CFG_NONE. */
static bool find_range(const struct switching *s, uint64_t *low, uint64_t *count,
                       uint32_t *otherwise)
{
    uint64_t high = 0;
    uint32_t i = 0;
    while (s->spans.at[i].high != s->top)
        i++;
    *otherwise = s->spans.at[i].to;
    *low = UINT64_MAX;
    for (i = 0; i < s->spans.count; i++) {
        const struct span *span = &s->spans.at[i];
        if (span->to == *otherwise)
            continue;
        *low = span->low < *low ? span->low : *low;
        high = span->high > high ? span->high : high;
    }
    if (*low > high || high - *low >= ENTRIES || high - *low >= s->tree.count * SPARSE)
        return false;
    *count = high - *low + 1;
    if (s->top < *count + *count / 2) {
        *low = 0;
        *count = s->top + 1;
        *otherwise = CFG_NONE;
    }
    return true;
}

/* Returns how many ways it leads. */
static uint32_t fill_table(struct build *b, uint64_t low, uint64_t count)
{
    struct switching *s = b->switching;
    for (uint32_t i = 0; i < s->ways.count; i++)
        s->way[s->ways.at[i]] = 0;
    s->ways.count = 0;
    vec_resize(b->arena, &s->table, (uint32_t)count);
    for (uint32_t i = s->spans.count; i-- > 0;) {
        struct span span = s->spans.at[i];
        uint64_t from = span.low > low ? span.low - low : 0;
        for (uint64_t k = from; k < count && k + low <= span.high; k++)
            s->table.at[k] = span.to;
    }
    for (uint32_t k = 0; k < count; k++)
        s->table.at[k] = way_to(b, s->table.at[k]);
    return s->ways.count;
}

/* The jump: the table's first entry is for the key. */
static void build_table(struct build *b, uint64_t low, uint32_t ways, uint32_t otherwise)
{
    struct switching *s = b->switching;
    struct maker *maker = &b->maker;
    uint64_t first = s->is_signed ? low ^ UINT64_C(1) << (s->bits - 1) : low;
    uint32_t count = s->table.count, index = b->reg[s->reg];
    if (first)
        index = maker_op(maker, IR_ADD, s->bits, index, maker_const(maker, 0 - first));
    else if (s->bits == 32)
        index = maker_op(maker, IR_ZEXT32, 64, index, 0);
    if (otherwise != CFG_NONE) {
        uint32_t on = build_label(b);
        uint32_t bound = maker_const(maker, FAULT(switch_bound, count, count - 1));
        build_branch(b, COND_ULT, s->bits, index, bound, on, otherwise);
        build_begin(b, on);
    }
    build_switch(b, index, s->table.at, count, s->ways.at, ways);
}

bool switch_end(struct build *b, uint32_t n, struct tree *tree)
{
    uint64_t low, count;
    uint32_t otherwise;
    if (b->cfg->irreducible || b->maker.left_out & PASS_BIT(PASS_SWITCH))
        return false;
    if (!b->switching) {
        b->switching = arena_new_of(b->arena, struct switching);
        b->switching->way = arena_array_of(b->arena, b->cfg->count, uint32_t);
        b->switching->visits = VISITS * b->cfg->count;
    }
    struct switching *s = b->switching;
    if (!walk(b, n) || !find_range(s, &low, &count, &otherwise))
        return false;
    uint32_t ways = fill_table(b, low, count);
    if (otherwise != CFG_NONE)
        way_to(b, otherwise);
    if (ways < WAYS)
        return false;
    build_table(b, low, ways, otherwise);
    *tree = (struct tree){ s->tree.at, s->tree.count, s->way };
    pass_found(PASS_SWITCH);
    return true;
}
