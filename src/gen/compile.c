/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of compilation, for each function. */
#include "gen/local.h"

struct coverage *compile_coverage;

/* Registers of the rule's operands that lie in fixed ones. */
static uint64_t fixed(const struct rule *rule)
{
    const uint8_t kinds[] = { rule->a, rule->b, rule->c, rule->d };
    uint64_t set = 0;
    for (unsigned i = 0; i < 4; i++)
        if (kinds[i] >= FIX_0)
            set |= REG_BIT(kinds[i] - FIX_0);
    return set;
}

static struct rule_facts find_facts(const struct target *target, const struct rule *rule)
{
    unsigned a = OPERAND_TRAIT(rule->a), b = OPERAND_TRAIT(rule->b);
    struct rule_facts facts = { .avoids = rule->clobbers | fixed(rule),
                                .traits = (uint16_t)(a | b << 8),
                                .asked = (uint16_t)((a ? INNER : 0) | (b ? INNER << 8 : 0)),
                                .widths = rule->widths,
                                .needs = rule->needs };
    facts.destroys = facts.avoids;
    if (rule->to >= TO_FIX_0)
        facts.destroys |= REG_BIT(rule->to - TO_FIX_0);
    if (rule->flags & (RULE_C_CALL | RULE_BPF_CALL))
        facts.destroys |= target->conv->destroyed;
    return facts;
}

void target_index(const struct target *target)
{
    uint16_t next = 0;
    for (uint32_t op = 0; op < IR_COUNT; op++) {
        target->rules_of[op] = next;
        for (; next < target->rule_count && target->rules[next].op == op; next++)
            target->rule_facts[next] = find_facts(target, &target->rules[next]);
    }
    target->rules_of[IR_COUNT] = next;
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
