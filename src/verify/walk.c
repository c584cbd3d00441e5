/* SPDX-License-Identifier: Apache-2.0 */
/* The walk: every path, depth first. A path ends at an exit or where it is covered (prune.c). What
 * happened on the way is kept as steps in a tree of stretches, for precise.c. */
#include "verify/local.h"

/* ---- The history ---- */

static struct node *new_node(struct verifier *v, struct node *parent)
{
    struct node *node = arena_new_of(v->scratch, struct node);

    node->parent = parent;
    node->first = v->steps.count;
    node->branches = 1;
    return node;
}

static void begin_step(struct verifier *v, const struct state *state)
{
    v->step = (struct step){ .at = state->at, .frame = (uint8_t)(state->depth - 1) };
    v->step_done = false;
}

static void end_step(struct verifier *v, const struct state *state)
{
    if (v->step_done)
        return;
    vec_push(v->scratch, &v->steps, v->step);
    state->node->count++;
    v->step_done = true;
}

void walk_step(struct verifier *v, const struct state *state)
{
    end_step(v, state);
    begin_step(v, state);
}

struct state *walk_fork(struct verifier *v, struct state *state)
{
    struct state *other = state_copy(v, state);

    end_step(v, state);
    state->node->branches = 2;
    other->node = new_node(v, state->node);
    state->node = new_node(v, state->node);
    vec_push(v->scratch, &v->waiting, other);
    return other;
}

/* The path is walked to its end: so are the stretches all of whose paths are. */
static void end_path(struct verifier *v, struct state *state)
{
    for (struct node *node = state->node; node && !--node->branches; node = node->parent)
        ;
    state_free(v, state);
}

/* ---- What is noted of instructions ---- */

int walk_region(struct verifier *v, enum region region, uint32_t map, uint32_t field)
{
    uint32_t at = v->now->at;
    struct insn_fact *fact = &v->walked[at];
    uint8_t *seen = &v->seen[at];

    if (!(*seen & SEEN_ACCESS)) {
        *seen |= SEEN_ACCESS;
        fact->region = (uint8_t)region;
        fact->field = (uint16_t)field;
        if (region == REGION_MAP_VALUE)
            fact->flags |= FACT_MAP, fact->map = map;
        return 0;
    }
    if (fact->region == region && (region != REGION_FIELD || fact->field == field)) {
        if (region == REGION_MAP_VALUE && fact->map != map)
            fact->flags &= (uint8_t)~FACT_MAP;
        return 0;
    }
    if (fact->region == REGION_PROBE || region == REGION_PROBE)
        return refuse(v, "this instruction reaches memory of the host on one path and other memory "
                         "on another: give each its own instruction");
    if (fact->region == REGION_FIELD || region == REGION_FIELD)
        return refuse(v, "this instruction reaches a field of the context on one path and other "
                         "memory, or another field, on another: give each its own instruction");
    if (fact->region == REGION_MAP_VALUE || region == REGION_MAP_VALUE)
        fact->flags &= (uint8_t)~FACT_MAP;
    fact->region = REGION_UNKNOWN;
    return 0;
}

void walk_stack(struct verifier *v, const struct state *state, uint32_t frame, int64_t low,
                int64_t high)
{
    /* What a function does to its caller's stack, its call does. */
    bool own = frame == state->depth - 1;
    uint32_t at = own ? state->at : state->frames[frame + 1]->call;
    struct insn_fact *fact = &v->walked[at];
    bool first = !(v->seen[at] & SEEN_STACK);

    if (first || low < fact->stack_low)
        fact->stack_low = (int16_t)low;
    if (first || high > fact->stack_high)
        fact->stack_high = (int16_t)high;
    v->seen[at] |= SEEN_STACK;
    if (!own)
        v->seen[state->at] |= SEEN_OTHER_STACK;
}

int walk_map(struct verifier *v, uint32_t map)
{
    struct insn_fact *fact = &v->walked[v->now->at];
    uint8_t *seen = &v->seen[v->now->at];

    if (!(*seen & SEEN_MAP)) {
        *seen |= SEEN_MAP;
        fact->flags |= FACT_MAP;
        fact->map = map;
    } else if (fact->map != map) {
        fact->flags &= (uint8_t)~FACT_MAP;
    }
    return 0;
}

/* ---- Instructions ---- */

static int load_address(struct verifier *v, struct state *state, const struct insn *insn)
{
    struct reg *dst = &state_top(state)->regs[insn->dst];

    switch (insn_row(*insn)->op) {
    case OP_MAP: *dst = reg_pointer(REG_MAP, (uint32_t)insn->imm); break;
    case OP_MAP_VALUE:
        *dst = reg_pointer(REG_VALUE, (uint32_t)insn->imm);
        dst->off = insn[1].imm;
        break;
    case OP_FUNC:
        *dst = reg_pointer(REG_TOKEN,
                           (uint32_t)prog_func_index(v->prog, insn_callee(*insn, state->at)));
        break;
    default: *dst = reg_scalar(scalar_const(insn_imm64(insn), 64)); break;
    }
    state->at++;
    return WALK_NEXT;
}

static int call(struct verifier *v, struct state *state, struct insn insn)
{
    const struct reg *token = &state_top(state)->regs[insn.dst];

    if (insn.id == INSN_CALL)
        return call_helper(v, state, insn);
    if (insn.id == INSN_CALL_LOCAL)
        return func_call(v, state,
                         (uint32_t)prog_func_index(v->prog, insn_callee(insn, state->at)));
    if (token->kind != REG_TOKEN)
        return refuse(v, "r%u is %s: callx takes the address of a function of this program",
                      insn.dst, reg_kind_name(token->kind));
    return func_call(v, state, token->of);
}

static int step(struct verifier *v, struct state *state)
{
    const struct insn *insn = &v->prog->insns[state->at];

    switch (insn_row(*insn)->kind) {
    case INSN_KIND_ALU:
    case INSN_KIND_SWAP: return alu_insn(v, state, *insn);
    case INSN_KIND_LDIMM: return load_address(v, state, insn);
    case INSN_KIND_LDX:
    case INSN_KIND_ST:
    case INSN_KIND_STX:
    case INSN_KIND_ATOMIC: return access_insn(v, state, *insn);
    case INSN_KIND_JUMP:
    case INSN_KIND_GOTO:
    case INSN_KIND_MAY_GOTO: return branch_insn(v, state, *insn);
    case INSN_KIND_CALL:
    case INSN_KIND_CALLX: return call(v, state, *insn);
    case INSN_KIND_EXIT: return func_exit(v, state);
    default: return refuse(v, "%s cannot be verified", insn_row(*insn)->name);
    }
}

/* At a helper that calls back: come to, or back from a round? */
static void note_visit(struct verifier *v, struct state *state)
{
    struct frame *frame = state_top(state);

    if (!frame->called_back) {
        frame->visit = ++v->visits;
        frame->rounds = 0;
    }
    frame->called_back = false;
}

/* Walks one path on. WALK_END, or an error. */
static int walk_path(struct verifier *v, struct state *state)
{
    for (;;) {
        uint8_t meets = v->meets[state->at];
        int code;

        v->now = state;
        if (v->stats.insns >= v->options.budget)
            return verify_refuse(v, ANYBPF_E_LIMIT, state->at,
                                 "too complex: %llu instructions walked and not done",
                                 (unsigned long long)v->stats.insns);
        if (meets & MEET_REPEATS && v->prog->insns[state->at].id == INSN_CALL)
            note_visit(v, state);
        if (meets) {
            code = prune_point(v, state, meets & MEET_REPEATS);
            if (code)
                return code < 0 ? code : WALK_END;
        }
        prune_milestone(v, state);
        v->stats.insns++;
        v->jumps += insn_row(v->prog->insns[state->at])->kind >= INSN_KIND_JUMP;
        v->seen[state->at] |= SEEN_WALKED;
        begin_step(v, state);
        if (v->options.log_level >= VERIFY_LOG_STATES)
            log_state(v, state);
        code = step(v, state);
        if (code < 0 || code == WALK_END)
            return code;
        end_step(v, state);
        if (code == WALK_NEXT)
            state->at++;
    }
}

static int walk_root(struct verifier *v, uint32_t func)
{
    struct state *state = state_new(v);
    int code = 0;

    v->root = func;
    state_push(v, state, func, 0);
    state->at = v->prog->funcs[func].start;
    state->node = new_node(v, NULL);
    v->now = state;
    if (func)
        code = func_arguments(v, state, func);
    else
        func_context(v, state);
    if (code)
        return code;
    vec_push(v->scratch, &v->waiting, state);
    while (v->waiting.count) {
        state = v->waiting.at[--v->waiting.count];
        state->node->first = v->steps.count;
        code = walk_path(v, state);
        if (code < 0)
            return code;
        end_path(v, state);
    }
    v->now = NULL;
    return 0;
}

/* ---- Before the walk ---- */

static void find_meets(struct verifier *v)
{
    for (uint32_t f = 0; f < v->prog->func_count; f++) {
        const struct cfg *cfg = v->graphs[f];
        for (uint32_t b = 0; b < cfg->count; b++)
            if (cfg->blocks[b].preds > 1 || (!b && cfg->blocks[b].preds))
                v->meets[cfg->blocks[b].start] |= MEET_PATHS;
    }
    for (uint32_t i = 0; i < v->prog->count; i++) {
        struct insn insn = v->prog->insns[i];
        if (insn.id == INSN_MAY_GOTO ||
            (insn.id == INSN_CALL &&
             env_helper(v->env, (uint32_t)insn.imm)->flags & HELPER_CALLS_BACK))
            v->meets[i] |= MEET_REPEATS;
    }
}

static void prepare(struct verifier *v)
{
    const struct prog *prog = v->prog;

    v->meets = arena_alloc(v->scratch, prog->count);
    v->seen = arena_alloc(v->scratch, prog->count);
    v->kept = arena_array_of(v->scratch, prog->count, struct node *);
    v->kept_here = arena_array_of(v->scratch, prog->count, struct kept_count);
    v->walked = arena_array_of(v->scratch, prog->count, struct insn_fact);
    v->next_id = ID_LENGTH;
    vec_push(v->scratch, &v->links, UINT16_MAX); /* so that 0 means none */
    live_find(v);
    find_meets(v);
}

int walk_all(struct verifier *v)
{
    bool *done = arena_array_of(v->scratch, v->prog->func_count, bool), again = true;
    int code;

    prepare(v);
    /* From here on the edges are those that are walked, and depths are what is used. */
    v->edges.count = 0;
    for (uint32_t i = 0; i < v->prog->func_count; i++) {
        v->funcs[i].depth = 0;
        v->funcs[i].reached = v->funcs[i].is_callback = false;
    }
    v->funcs[0].reached = true;
    code = walk_root(v, 0);
    while (!code && again) {
        again = false;
        for (uint32_t i = 1; i < v->prog->func_count && !code; i++)
            if (v->funcs[i].reached && !done[i] && func_is_alone(v, i)) {
                done[i] = again = true;
                code = walk_root(v, i);
            }
    }
    return code;
}
