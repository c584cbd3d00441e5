/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of compilation, for each function. */
#include "gen/local.h"

struct coverage *compile_coverage;

static void sort_operands(const struct rule *rule, struct rule_facts *facts)
{
    for (unsigned i = 0; i < 4; i++) {
        uint8_t bit = (uint8_t)(1u << i), kind = rule->takes[i];
        bool fixed = kind >= FIX_0;
        facts->absent[i] = kind == REG || fixed ? 0 : NO_VALUE;
        if (kind == REG || fixed)
            facts->plain |= bit;
        else if (kind != NONE && kind != ARGS)
            facts->special |= bit;
        if (fixed)
            facts->avoids |= REG_BIT(kind - FIX_0);
        if (fixed || (i == 0 && rule->to == TO_A))
            facts->moved |= bit;
    }
}

static struct rule_facts find_facts(const struct target *target, const struct rule *rule)
{
    unsigned a = OPERAND_TRAIT(rule->a), b = OPERAND_TRAIT(rule->b);
    struct rule_facts facts = { .avoids = rule->clobbers,
                                .traits = (uint16_t)(a | b << 8),
                                .asked = (uint16_t)((a ? INNER : 0) | (b ? INNER << 8 : 0)),
                                .widths = rule->widths,
                                .needs = rule->needs };
    sort_operands(rule, &facts);
    facts.destroys = facts.avoids;
    if (rule->to >= TO_FIX_0)
        facts.destroys |= REG_BIT(rule->to - TO_FIX_0);
    if (rule->flags & (RULE_C_CALL | RULE_BPF_CALL))
        facts.destroys |= target->conv->destroyed;
    return facts;
}

/* The first rule that a node of that width and operands of these traits may take. */
static uint16_t find_first(const struct target *target, const struct op_rules *rules,
                           unsigned width, unsigned a, unsigned b)
{
    uint16_t i = rules->begin;
    for (; i < rules->end; i++) {
        const struct rule_facts *facts = &target->rule_facts[i];
        if ((facts->widths & width / 8) == width / 8 &&
            (rule_suits(facts, a, b) || rule_suits(facts, b, a)))
            break;
    }
    return i;
}

static void index_width(const struct target *target, struct op_rules *rules, unsigned width)
{
    for (unsigned a = 0; a <= INNER; a += IMM_0)
        for (unsigned b = 0; b <= INNER; b += IMM_0)
            rules->first[RULE_WIDTH(width)][TRAIT_INDEX(a)][TRAIT_INDEX(b)] =
                find_first(target, rules, width, a, b);
}

/* For the widths that the operation has. */
static void index_op(const struct target *target, struct op_rules *rules, uint8_t widths)
{
    if (!widths)
        index_width(target, rules, 0);
    for (unsigned width = 8; width <= 64; width *= 2)
        if (widths & width / 8)
            index_width(target, rules, width);
}

void target_index(const struct target *target)
{
    uint16_t next = 0;
    for (uint32_t op = 0; op < IR_COUNT; op++) {
        struct op_rules *rules = &target->rules_of[op];
        rules->begin = next;
        for (; next < target->rule_count && target->rules[next].op == op; next++)
            target->rule_facts[next] = find_facts(target, &target->rules[next]);
        rules->end = next;
        if (rules->begin != rules->end)
            index_op(target, rules, ir_rows[op].widths);
    }
    assert(next == target->rule_count); /* rules are sorted by op */
}

int compile(struct arena *arena, const struct module *module, const struct target *target,
            uint32_t features, struct code **out, struct error *err)
{
    struct code *code = *out = code_new(arena, target->arch, module->count, err);
    bool pads = !target->landing || features & target->landing;
    for (uint32_t i = 0; i < module->count && !code->err->code; i++) {
        struct gen gen = { .arena = arena,
                           .target = target,
                           .fn = &module->fns[i],
                           .features = features,
                           .left_out = module->left_out,
                           .code = code,
                           .frame.entered = pads && module_is_entered(module, i) };
        if (!gen.fn->blocks.count)
            continue;
        gen_select(&gen);
        gen_live(&gen);
        gen_alloc(&gen);
        gen_slots(&gen);
        gen_emit(&gen);
    }
    code_finish(code);
    return code->err->code;
}
