/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a program is well-formed (RFC 9669): each instruction by itself, jumps, calls, the call
 * graph and the stack that it needs. All that the trusted level checks.
 *
 * Everything behind it relies on this: opcodes are known, registers exist, every slot reached is
 * the first slot of an instruction, control stays within its function, calls form no cycle. */
#include "base/planted.h"
#include "verify/local.h"
#include "rt/layout.h"

enum { TOKEN_NEAR = 32 }; /* instructions between loading a function's address and its use */

struct structural {
    struct verifier *v;
    const struct prog *prog;
    uint32_t at;
};

#define REFUSE(s, ...) verify_refuse((s)->v, ANYBPF_E_REJECTED, (s)->at, __VA_ARGS__)

static const char *field_name(char letter)
{
    switch (letter) {
    case 'd': return "destination register";
    case 's': return "source register";
    case 'o': return "offset";
    case 'i': return "immediate";
    default: return "opcode";
    }
}

static int check_unsupported(const struct structural *s, struct insn insn)
{
    switch (insn_row(insn)->kind) {
    case INSN_KIND_CAST:
        return verify_refuse(s->v, ANYBPF_E_UNSUPPORTED, s->at,
                             "addr_space_cast: arenas are not offered here");
    case INSN_KIND_LEGACY:
        return verify_refuse(
            s->v, ANYBPF_E_UNSUPPORTED, s->at,
            "legacy packet access (LD_ABS, LD_IND) is not offered here: use skb_load_bytes or "
            "packet pointers");
    case INSN_KIND_CALL:
        if (insn.id != INSN_CALL_KFUNC)
            return 0;
        if ((uint32_t)insn.imm >= s->prog->kfunc_count)
            return REFUSE(s, "no host function has the number %d", insn.imm);
        return verify_refuse(s->v, ANYBPF_E_UNSUPPORTED, s->at,
                             "the host function %s is unknown here", s->prog->kfuncs[insn.imm]);
    default: return 0;
    }
}

static int check_fields(const struct structural *s, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    uint16_t writes = insn_writes(insn);
    char unused;

    if (insn.id == INSN_INVALID)
        return REFUSE(s, "unknown instruction: opcode %#x, offset %d, immediate %d", insn.code,
                      insn.off, insn.imm);
    unused = insn_unused_field(insn);
    if (unused)
        return REFUSE(s, "%s: the %s is not used and must be 0", row->name, field_name(unused));
    if (insn.dst > 10 || (insn.src > 10 && row->when != 's'))
        return REFUSE(s, "there is no register r%u", insn.dst > 10 ? insn.dst : insn.src);
    if (FAULT(frame_pointer_written, writes & 1 << 10, 0))
        return REFUSE(s, "r10 (the frame pointer) is read-only");
    return check_unsupported(s, insn);
}

static int check_ldimm(const struct structural *s, const struct func *func, const struct insn *insn)
{
    const struct prog *prog = s->prog;
    uint32_t map = (uint32_t)insn[0].imm, offset;

    if (s->at + 1 == func->start + func->count || insn[1].id != INSN_SECOND)
        return REFUSE(s, "the second slot of the 64-bit immediate is missing");
    offset = (uint32_t)insn[1].imm;
    switch (insn->id) {
    case INSN_LDIMM: return 0;
    case INSN_LDIMM_MAP:
    case INSN_LDIMM_MAP_VALUE:
        if (map >= prog->map_count)
            return REFUSE(s, "the program has no map number %u", map);
        if (insn->id == INSN_LDIMM_MAP)
            return offset ? REFUSE(s, "the address of a map has no offset") : 0;
        if (prog->maps[map]->type != MAP_ARRAY || prog->maps[map]->max_entries != 1)
            return REFUSE(s, "map %s is no array of one element: its value has no address",
                          prog->maps[map]->name);
        if (offset >= prog->maps[map]->value_size)
            return REFUSE(s, "offset %u is beyond the %u bytes of map %s", offset,
                          prog->maps[map]->value_size, prog->maps[map]->name);
        return 0;
    case INSN_LDIMM_FUNC:
        if (offset)
            return REFUSE(s, "the address of a function has no offset");
        if (prog_func_index(prog, insn_callee(*insn, s->at)) < 0)
            return REFUSE(s, "slot %lld is not the beginning of a function",
                          (long long)insn_callee(*insn, s->at));
        return 0;
    default: return REFUSE(s, "%s was not resolved at loading", insn_row(*insn)->name);
    }
}

static int check_call(const struct structural *s, struct insn insn)
{
    if (insn.id == INSN_CALL_LOCAL) {
        if (prog_func_index(s->prog, insn_callee(insn, s->at)) < 0)
            return REFUSE(s, "slot %lld is not the beginning of a function",
                          (long long)insn_callee(insn, s->at));
    } else if (!env_helper(s->v->env, (uint32_t)insn.imm)) {
        return verify_refuse(s->v, ANYBPF_E_UNSUPPORTED, s->at, "there is no helper number %d here",
                             insn.imm);
    }
    return 0;
}

static int check_jump(const struct structural *s, const struct func *func, struct insn insn)
{
    int64_t to = insn_target(insn, s->at);

    if (to < func->start || to >= (int64_t)func->start + func->count)
        return REFUSE(s, "the jump to slot %lld leaves the function %s", (long long)to, func->name);
    if (s->prog->insns[to].id == INSN_SECOND)
        return REFUSE(s, "the jump to slot %lld lands within a 64-bit immediate", (long long)to);
    return 0;
}

static int check_insn(const struct structural *s, const struct func *func, const struct insn *insn)
{
    int code;

    if (insn->id == INSN_SECOND) {
        if (s->at == func->start || insn_row(insn[-1])->kind != INSN_KIND_LDIMM)
            return REFUSE(s, "the second slot of a 64-bit immediate has no first one");
        return check_fields(s, *insn);
    }
    code = check_fields(s, *insn);
    if (code)
        return code;
    switch (insn_row(*insn)->kind) {
    case INSN_KIND_LDIMM: return check_ldimm(s, func, insn);
    case INSN_KIND_CALL: return check_call(s, *insn);
    case INSN_KIND_JUMP:
    case INSN_KIND_GOTO:
    case INSN_KIND_MAY_GOTO: return check_jump(s, func, *insn);
    default: return 0;
    }
}

static int check_func(struct structural *s, const struct func *func)
{
    uint32_t end = func->start + func->count;
    uint8_t last;

    for (s->at = func->start; s->at < end; s->at++) {
        int code = check_insn(s, func, &s->prog->insns[s->at]);
        if (code)
            return code;
    }
    s->at = end - 1;
    last = insn_row(s->prog->insns[s->at])->kind;
    if (last != INSN_KIND_EXIT && last != INSN_KIND_GOTO)
        return REFUSE(s, "control runs off the end of function %s: end it with exit", func->name);
    return 0;
}

/* ---- The call graph ---- */

/* The function whose address register `reg` holds at slot `at`, if it was plainly loaded a few
 * instructions before; else -1. */
static int token_loaded(const struct prog *prog, const uint8_t *targets, uint32_t at, unsigned reg)
{
    for (uint32_t left = TOKEN_NEAR; left > 0 && at > 0 && !targets[at]; left--) {
        struct insn insn = prog->insns[--at];
        uint8_t kind = insn_row(insn)->kind;

        if (insn.id == INSN_SECOND)
            continue;
        if (insn.id == INSN_LDIMM_FUNC && insn.dst == reg)
            return prog_func_index(prog, insn_callee(insn, at));
        if (insn_writes(insn) & 1 << reg || kind == INSN_KIND_GOTO || kind == INSN_KIND_EXIT)
            return -1;
    }
    return -1;
}

/* The register that holds the token which the instruction calls; 0 if it calls none. */
static unsigned token_register(const struct verifier *v, struct insn insn)
{
    const struct helper *helper;

    if (insn.id == INSN_CALLX)
        return insn.dst;
    if (insn.id != INSN_CALL)
        return 0;
    helper = env_helper(v->env, (uint32_t)insn.imm);
    for (unsigned i = 0; i < helper->args; i++)
        if (ARG_KIND(helper->arg[i]) == ARG_CALLBACK)
            return i + 1;
    return 0;
}

/* What a helper called does that concerns all that call the function, too. */
static void note_helper(struct verifier *v, uint32_t func, struct insn insn)
{
    uint32_t flags = insn.id == INSN_CALL ? env_helper(v->env, (uint32_t)insn.imm)->flags : 0;

    v->funcs[func].tail_calls |= (flags & HELPER_TAIL_CALL) != 0;
    v->moves_packet[func] |= (flags & (HELPER_MOVES_PACKET | HELPER_TAIL_CALL)) != 0;
}

/* Who calls whom as far as the instructions show. A token whose origin is not plain may be any
 * function whose address is taken: it leads to a node of its own behind the last function. */
static void find_edges(struct verifier *v, const struct prog *prog, const uint8_t *targets)
{
    for (uint32_t i = 0, func = 0; i < prog->count; i++) {
        struct insn insn = prog->insns[i];
        unsigned reg = token_register(v, insn);
        int callee = -1;

        if (func + 1 < prog->func_count && i == prog->funcs[func + 1].start)
            func++;
        note_helper(v, func, insn);
        if (insn.id == INSN_CALL_LOCAL)
            callee = prog_func_index(prog, insn_callee(insn, i));
        else if (reg)
            callee = token_loaded(prog, targets, i, reg);
        if (callee >= 0)
            structural_edge(v, func, (uint32_t)callee);
        else if (reg)
            structural_edge(v, func, prog->func_count);
    }
    for (uint32_t i = 0; i < prog->func_count; i++)
        if (v->funcs[i].is_token)
            structural_edge(v, prog->func_count, i);
}

/* Marks the slots that jumps and functions lead to, and the functions whose address is taken. */
static uint8_t *find_targets(struct verifier *v, const struct prog *prog)
{
    uint8_t *targets = arena_alloc(v->scratch, prog->count);

    for (uint32_t i = 0; i < prog->func_count; i++)
        targets[prog->funcs[i].start] = 1;
    for (uint32_t i = 0; i < prog->count; i++) {
        struct insn insn = prog->insns[i];
        uint8_t kind = insn_row(insn)->kind;
        if (kind == INSN_KIND_JUMP || kind == INSN_KIND_GOTO || kind == INSN_KIND_MAY_GOTO)
            targets[insn_target(insn, i)] = 1;
        if (insn.id == INSN_LDIMM_FUNC)
            v->funcs[prog_func_index(prog, insn_callee(insn, i))].is_token = true;
    }
    return targets;
}

/* The graph in rows: the callees of function f are edges[first[f]] .. edges[first[f + 1] - 1]. */
struct graph {
    uint32_t nodes;
    const struct call_edge *edges;
    uint32_t edge_count;
    uint32_t *first, *callers; /* callers: how many edges lead to it from nodes not yet placed */
    uint32_t *order;           /* callers before callees */
};

static int by_from(const void *a, const void *b)
{
    const struct call_edge *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static struct graph build_graph(struct verifier *v, uint32_t nodes)
{
    struct graph g = { .nodes = nodes, .edges = v->edges.at, .edge_count = v->edges.count };

    if (g.edge_count)
        qsort(v->edges.at, g.edge_count, sizeof *v->edges.at, by_from);
    g.first = arena_array_of(v->scratch, nodes + 1u, uint32_t);
    g.callers = arena_array_of(v->scratch, nodes, uint32_t);
    g.order = arena_array_of(v->scratch, nodes, uint32_t);
    for (uint32_t e = 0; e < g.edge_count; e++) {
        g.first[g.edges[e].from + 1]++;
        g.callers[g.edges[e].to]++;
    }
    for (uint32_t i = 0; i < nodes; i++)
        g.first[i + 1] += g.first[i];
    return g;
}

/* Places nodes whose callers are all placed, until none is left. False: there is a cycle. */
static bool order_graph(struct graph *g)
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < g->nodes; i++)
        if (!g->callers[i])
            g->order[done++] = i;
    for (uint32_t next = 0; next < done; next++)
        for (uint32_t e = g->first[g->order[next]]; e < g->first[g->order[next] + 1]; e++)
            if (!--g->callers[g->edges[e].to])
                g->order[done++] = g->edges[e].to;
    return done == g->nodes;
}

/* A function on a cycle: from a node that could not be placed, back along such callers. */
static uint32_t find_cycle(struct verifier *v, const struct graph *g)
{
    uint32_t *caller = arena_array_of(v->scratch, g->nodes, uint32_t), node = 0;

    for (uint32_t e = 0; e < g->edge_count; e++)
        if (g->callers[g->edges[e].from])
            caller[g->edges[e].to] = g->edges[e].from;
    while (!g->callers[node])
        node++;
    for (uint32_t step = 0; step < g->nodes || node == g->nodes - 1; step++)
        node = caller[node];
    return node;
}

int structural_trees(struct verifier *v)
{
    const struct prog *prog = v->prog;
    struct graph g = build_graph(v, prog->func_count + 1);

    if (!order_graph(&g)) {
        const struct func *func = &prog->funcs[find_cycle(v, &g)];
        return verify_refuse(
            v, ANYBPF_E_REJECTED, func->start,
            "function %s calls itself, perhaps through others: recursion is not allowed",
            func->name);
    }
    v->order = g.order;
    v->funcs[0].reached = true;
    for (uint32_t i = 0; i < g.nodes; i++)
        for (uint32_t e = g.first[g.order[i]]; e < g.first[g.order[i] + 1]; e++)
            v->funcs[g.edges[e].to].reached |= v->funcs[g.order[i]].reached;
    for (uint32_t i = g.nodes; i-- > 0;) {
        struct func_fact *func = &v->funcs[g.order[i]];
        uint32_t below = 0;
        for (uint32_t e = g.first[g.order[i]]; e < g.first[g.order[i] + 1]; e++) {
            const struct func_fact *callee = &v->funcs[g.edges[e].to];
            below = callee->tree > below ? callee->tree : below;
            func->tail_calls |= callee->tail_calls;
            v->moves_packet[g.order[i]] |= v->moves_packet[g.edges[e].to];
        }
        func->tree = func->depth + below;
        if (func->tree > VCPU_STACK)
            return verify_refuse(v, ANYBPF_E_REJECTED, prog->funcs[g.order[i]].start,
                                 "function %s and what it calls need %u bytes of stack, of %u",
                                 prog->funcs[g.order[i]].name, func->tree, (unsigned)VCPU_STACK);
    }
    return 0;
}

void structural_edge(struct verifier *v, uint32_t from, uint32_t to)
{
    vec_push(v->scratch, &v->edges, (struct call_edge){ from, to });
}

int structural_check(struct verifier *v)
{
    const struct prog *prog = v->prog;
    struct structural s = { v, prog, 0 };

    if (!prog->count || prog->count > VERIFY_SLOTS)
        return verify_refuse(v, prog->count ? ANYBPF_E_LIMIT : ANYBPF_E_REJECTED, 0,
                             "a program has from 1 to %u slots; this one has %u",
                             (unsigned)VERIFY_SLOTS, prog->count);
    for (uint32_t i = 0; i < prog->func_count; i++) {
        int code = check_func(&s, &prog->funcs[i]);
        if (code)
            return code;
    }
    find_edges(v, prog, find_targets(v, prog));
    for (uint32_t i = 0; i < prog->func_count; i++) {
        v->funcs[i].depth = STACK_MAX;
        v->funcs[i].args = i ? 5 : v->context && v->context->kind != CONTEXT_MEMORY ? 1 : 2;
        v->funcs[i].is_callback = v->funcs[i].is_token;
    }
    return structural_trees(v);
}
