/* SPDX-License-Identifier: Apache-2.0 */
/* The control-flow graph, against definitions computed the slow way on random graphs. */
#include "base/arena.h"
#include "bpf/cfg.h"
#include "bpf/text.h"
#include "runner/runner.h"

enum { BLOCKS = 24 };

static uint32_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

/* A program of n blocks of one instruction each; the last one is exit. */
static struct prog *random_program(struct arena *arena, uint32_t n, bool forward_bias)
{
    struct insn_list list = { 0 };
    for (uint32_t i = 0; i + 1 < n; i++) {
        uint32_t to = forward_bias && below(3) ? i + 1 + below(n - 1 - i) : below(n);
        struct insn insn = { .code = below(4) ? 0x15 : 0x05, .off = (int16_t)(to - i - 1) };
        insn.id = insn_identify(insn);
        vec_push(arena, &list, insn);
    }
    vec_push(arena, &list, (struct insn){ .id = INSN_EXIT, .code = 0x95 });
    struct func *func = arena_new_of(arena, struct func);
    *func = (struct func){ .name = "main", .count = n };
    struct prog *prog = arena_new_of(arena, struct prog);
    *prog = (struct prog){ .insns = list.at, .count = n, .funcs = func, .func_count = 1 };
    return prog;
}

/* reach[i]: blocks reachable from i without entering `without` (CFG_NONE: no such block). */
static uint32_t reach(const struct cfg *cfg, uint32_t from, uint32_t without)
{
    uint32_t set = from == without ? 0 : 1u << from;
    for (bool grown = true; grown;) {
        grown = false;
        for (uint32_t i = 0; i < cfg->count; i++)
            for (int way = 0; way < 2; way++) {
                uint32_t to = way ? cfg->blocks[i].jump : cfg->blocks[i].next;
                if (!(set >> i & 1) || to == CFG_NONE || to == without || set >> to & 1)
                    continue;
                set |= 1u << to;
                grown = true;
            }
    }
    return set;
}

struct slow { /* what the graph should say; sets of blocks as bits */
    uint32_t reached;
    uint32_t natural[32]; /* by header: its natural loop, of edges that it dominates; or 0 */
    bool irreducible;
};

static void examine(const struct cfg *cfg, struct slow *s)
{
    uint32_t dominated[32], before = 0;
    s->reached = reach(cfg, 0, CFG_NONE);
    s->irreducible = false;
    for (uint32_t h = 0; h < cfg->count; h++)
        dominated[h] = s->reached & ~reach(cfg, 0, h);
    for (uint32_t h = 0; h < cfg->count; h++) {
        s->natural[h] = 0;
        for (uint32_t i = 0; i < cfg->count; i++)
            if (dominated[h] >> i & 1 && (cfg->blocks[i].next == h || cfg->blocks[i].jump == h))
                for (uint32_t m = 0; m < cfg->count; m++) /* those that reach i without h */
                    if (m == h || (dominated[h] >> m & 1 && reach(cfg, m, h) >> i & 1))
                        s->natural[h] |= 1u << m | 1u << i;
    }
    /* Without the edges to dominators a reducible graph has no cycle: take blocks away that have no
     * predecessor left. */
    for (uint32_t round = 0; round < cfg->count; round++)
        for (uint32_t i = 0; i < cfg->count; i++) {
            bool free = s->reached >> i & 1 && !(before >> i & 1);
            for (uint32_t p = 0; free && p < cfg->count; p++)
                if (s->reached >> p & 1 && !(before >> p & 1) &&
                    (cfg->blocks[p].next == i || cfg->blocks[p].jump == i) &&
                    !(dominated[i] >> p & 1))
                    free = false;
            before |= free ? 1u << i : 0;
        }
    s->irreducible = before != s->reached;
}

static void check_loops(const struct cfg *cfg, const struct slow *s)
{
    for (uint32_t i = 0; i < cfg->count; i++) {
        const struct cfg_block *block = &cfg->blocks[i];
        uint32_t depth = 0, innermost = CFG_NONE;
        if (!(s->reached >> i & 1))
            continue;
        for (uint32_t h = 0; h < cfg->count; h++)
            if (s->natural[h] >> i & 1) {
                depth++;
                if (innermost == CFG_NONE || s->natural[innermost] >> h & 1)
                    innermost = h;
            }
        CHECK_EQ(block->is_header, s->natural[i] != 0);
        CHECK_EQ(block->depth, depth);
        CHECK_EQ(block->loop, innermost);
    }
}

static bool in_loop(const struct cfg *cfg, uint32_t i, uint32_t header)
{
    uint32_t loop = cfg->blocks[i].loop;
    while (loop != CFG_NONE && loop != header)
        loop = cfg->blocks[loop].outer;
    return loop == header;
}

static void check_order(const struct cfg *cfg, const struct slow *s)
{
    CHECK_EQ(cfg->order_count, __builtin_popcount(s->reached));
    CHECK_EQ(cfg->order[0], 0);
    for (uint32_t n = 0; n < cfg->order_count; n++)
        CHECK_EQ(cfg->blocks[cfg->order[n]].order, n);
    for (uint32_t h = 0; h < cfg->count; h++) { /* a loop lies together, header first */
        uint32_t at = cfg->blocks[h].order, members = 0;
        if (!cfg->blocks[h].is_header)
            continue;
        for (uint32_t i = 0; i < cfg->count; i++)
            if (in_loop(cfg, i, h))
                members++;
        for (uint32_t n = 0; n < members; n++)
            CHECK(at + n < cfg->order_count && in_loop(cfg, cfg->order[at + n], h));
    }
    for (uint32_t i = 0; i < cfg->count; i++) {
        const struct cfg_block *block = &cfg->blocks[i];
        if (!(s->reached >> i & 1)) {
            CHECK_EQ(block->order, CFG_NONE);
            continue;
        }
        for (uint32_t n = 0; n < block->preds && !s->irreducible; n++) {
            uint32_t pred = cfg->preds[block->first_pred + n];
            CHECK(cfg->blocks[pred].order < block->order || s->natural[i] >> pred & 1);
        }
    }
}

TEST(loops_and_order_of_random_graphs)
{
    struct arena *arena = arena_new(&allocator_libc, 0), *scratch = arena_new(&allocator_libc, 0);
    unsigned irreducible = 0, loops = 0;

    for (seed = 0; seed < (test_quick ? 3000u : 100000u) && !test_failed(); seed++) {
        struct arena_mark mark = arena_mark(arena);
        uint32_t kept = seed, size = 2 + seed % (BLOCKS - 2);
        const struct cfg *cfg = cfg_build(arena, scratch, random_program(arena, size, kept & 1), 0);
        struct slow slow;
        examine(cfg, &slow);
        CHECK_SAY(cfg->irreducible == slow.irreducible, "irreducible: %d", cfg->irreducible);
        irreducible += slow.irreducible;
        for (uint32_t h = 0; h < cfg->count; h++)
            loops += slow.natural[h] != 0;
        if (!slow.irreducible)
            check_loops(cfg, &slow);
        check_order(cfg, &slow);
        if (test_failed())
            printf("seed %u\n", kept);
        seed = kept;
        arena_reset(arena, mark);
    }
    CHECK(irreducible > 100 && loops > 1000);
    arena_free(arena);
    arena_free(scratch);
}

TEST(blocks_and_edges)
{
    struct arena *arena = arena_new(&allocator_libc, 0), *scratch = arena_new(&allocator_libc, 0);
    struct insn_list list = { 0 };
    CHECK_EQ(insn_assemble(arena,
                           "r1 = 1 ll\n"
                           "top: r1 -= 1\n"
                           "may_goto out\n"
                           "call 5\n"
                           "if r1 != 0 goto top\n"
                           "if r1 == 0 goto +0\n"
                           "out: exit\n"
                           "r0 = 0\n"
                           "goto out\n",
                           &list, NULL),
             0);
    struct func func = { "main", 0, list.count, false, 0 };
    struct prog prog = { .insns = list.at, .count = list.count, .funcs = &func, .func_count = 1 };
    const struct cfg *cfg = cfg_build(arena, scratch, &prog, 0);
    static const struct cfg_block wanted[] = {
        { .start = 0, .end = 2, .next = 1, .jump = CFG_NONE, .preds = 0, .loop = CFG_NONE },
        { .start = 2, .end = 4, .next = 2, .jump = 4, .preds = 2, .loop = 1, .depth = 1 },
        { .start = 4, .end = 6, .next = 3, .jump = 1, .preds = 1, .loop = 1, .depth = 1 },
        { .start = 6, .end = 7, .next = 4, .jump = 4, .preds = 1, .loop = CFG_NONE },
        { .start = 7, .end = 8, .next = CFG_NONE, .jump = CFG_NONE, .preds = 3, .loop = CFG_NONE },
        { .start = 8, .end = 10, .next = CFG_NONE, .jump = 4, .preds = 0, .loop = CFG_NONE },
    };
    CHECK_EQ(cfg->count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        const struct cfg_block *got = &cfg->blocks[i], *want = &wanted[i];
        CHECK_SAY(got->start == want->start && got->end == want->end && got->next == want->next &&
                      got->jump == want->jump && got->preds == want->preds &&
                      got->loop == want->loop && got->depth == want->depth,
                  "block %u: %u-%u next %d jump %d preds %u loop %d depth %u", i, got->start,
                  got->end, (int)got->next, (int)got->jump, got->preds, (int)got->loop, got->depth);
    }
    arena_free(arena);
    arena_free(scratch);
}
