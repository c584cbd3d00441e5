/* SPDX-License-Identifier: Apache-2.0 */
/* What the samples reached: instructions by row, and in the compiler passes, operations,
 * rules, spills and forms of branches. An empty cell says that a part of the engine was not tested.
 */
#include "arch/targets.h"
#include "fuzz/fuzz.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t insns[INSN_COUNT], helpers[256];
static const struct target *target;
static struct coverage compiled;
static uint64_t passes[PASS_COUNT];
static bool whole;        /* print all cells, not only the empty ones */
static const char *table; /* being printed */
static unsigned cells, empty, column;

void coverage_begin(void)
{
    target = target_find(host_target);
    if (target) {
        compiled.rules = calloc(target->rule_count, sizeof *compiled.rules);
        compile_coverage = &compiled;
        pass_coverage = passes;
    }
}

void coverage_count(const struct sample *sample)
{
    for (uint32_t p = 0; p < sample->piece_count; p++)
        for (uint32_t i = p ? 0 : sample->kernel_start; i < sample->pieces[p].count; i++) {
            struct insn insn = sample->pieces[p].at[i].insn;
            insns[insn.id]++;
            if (insn.id == INSN_CALL && (uint32_t)insn.imm < 256)
                helpers[insn.imm]++;
        }
}

static void heading(const char *text)
{
    table = text;
    if (whole)
        printf("%s-- %s\n", column ? "\n" : "", text);
    column = 0;
}

static void cell(const char *name, uint64_t count)
{
    cells++;
    empty += !count;
    if (whole) {
        printf("%s %-22.22s %9" PRIu64 "%s", count ? " " : "!", name, count,
               column == 2 ? "\n" : "");
        column = (column + 1) % 3;
    } else if (!count) {
        printf("not reached: %s: %s\n", table, name);
    }
}

/* Rows that no program can hold, or that none of ours does. */
static bool is_expected(uint8_t id)
{
    switch (insn_rows[id].kind) {
    case INSN_KIND_CAST:
    case INSN_KIND_LEGACY: return false; /* refused */
    default: break;
    }
    switch (id) {
    case INSN_LDIMM_VAR:
    case INSN_LDIMM_MAP_IDX:
    case INSN_LDIMM_MAP_IDX_VALUE: return false; /* resolved by load/ */
    case INSN_CALL_KFUNC: return false;
    default: return true;
    }
}

/* What no BPF program of the generator can lead to, for now. */
static bool is_unreached(enum ir_op op)
{
    switch (op) {
    case IR_PROBE: /* of loads that the verifier knows may fault */
    case IR_PROBES: return true;
    default: return op >= IR_VCPU; /* of hooks: tests/unit/hook_test.c */
    }
}

static bool is_unreached_rule(const struct rule *rule)
{
    if (rule->op == IR_ROTL) /* only made with a constant count */
        return OPERAND_TRAIT(rule->b) != IMM_0;
    return is_unreached(rule->op) || (rule->inner && is_unreached(rule->inner));
}

/* Whether the processor has instructions for what the pass makes. */
static bool is_possible(enum ir_pass pass)
{
    if (pass == PASS_SUMS)
        return target->sums;
    for (uint32_t i = 0; pass == PASS_UPDATE && i < target->rule_count; i++)
        if (target->rules[i].flags & RULE_RMW)
            return true;
    return pass != PASS_UPDATE;
}

static void print_compiler(void)
{
    heading("passes of the compiler");
    for (uint32_t i = 0; i < PASS_COUNT; i++)
        if (is_possible((enum ir_pass)i))
            cell(pass_names[i], passes[i]);
    heading("operations of the compiler");
    for (uint32_t i = 0; i < target->rule_count; i++) {
        enum ir_op op = target->rules[i].op;
        if ((!i || target->rules[i - 1].op != op) && (compiled.ops[op] || !is_unreached(op)))
            cell(ir_rows[op].text, compiled.ops[op]);
    }
    heading("its rules");
    for (uint32_t i = 0; i < target->rule_count; i++)
        if (compiled.rules[i] || !is_unreached_rule(&target->rules[i]))
            cell(target->rules[i].name, compiled.rules[i]);
    heading("registers, moves and branches");
    cell("operands exchanged", compiled.exchanged);
    cell("values spilled", compiled.spills);
    cell("values made anew", compiled.rematerialised);
    cell("reloads", compiled.reloads);
    cell("values in slots that a register still holds", compiled.copies);
    cell("moves between slots", compiled.slot_moves);
    cell("cycles of moves", compiled.cycles);
    cell("branches inverted", compiled.branch_inverted);
    cell("moves on edges", compiled.edge_moves);
    cell("moves before the branch", compiled.moves_before);
    cell("moves between comparison and jump", compiled.moves_between);
    cell("detours", compiled.detours);
}

unsigned coverage_print(bool all)
{
    static const struct {
        enum helper_id id;
        const char *name;
    } called[] = {
        { HELPER_map_lookup_elem, "map_lookup_elem" },
        { HELPER_map_update_elem, "map_update_elem" },
        { HELPER_map_delete_elem, "map_delete_elem" },
        { HELPER_ktime_get_ns, "ktime_get_ns" },
        { HELPER_get_smp_processor_id, "get_smp_processor_id" },
        { HELPER_get_current_pid_tgid, "get_current_pid_tgid" },
        { HELPER_csum_diff, "csum_diff" },
        { HELPER_loop, "loop" },
        { HELPER_tail_call, "tail_call" },
    };
    whole = all;
    cells = empty = 0;
    heading("instructions");
    for (uint8_t id = INSN_INVALID + 1; id < INSN_SECOND; id++)
        if (is_expected(id))
            cell(insn_rows[id].name, insns[id]);
    heading("helpers");
    for (size_t i = 0; i < sizeof called / sizeof *called; i++)
        cell(called[i].name, helpers[called[i].id]);
    if (target)
        print_compiler();
    printf("%scoverage: %u of %u cells reached\n", column ? "\n" : "", cells - empty, cells);
    return empty;
}
