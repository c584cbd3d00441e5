/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of compilation, for each function. */
#include "gen/local.h"

struct coverage *compile_coverage;

static void index_rules(const struct target *target, uint32_t rules_of[IR_COUNT + 1])
{
    uint32_t next = 0;
    for (uint32_t op = 0; op < IR_COUNT; op++) {
        rules_of[op] = next;
        while (next < target->rule_count && target->rules[next].op == op)
            next++;
    }
    rules_of[IR_COUNT] = next;
    assert(next == target->rule_count); /* rules are sorted by op */
}

int compile(struct arena *arena, const struct module *module, const struct target *target,
            uint32_t features, struct code **out, struct error *err)
{
    uint32_t rules_of[IR_COUNT + 1];
    struct code *code = *out = code_new(arena, target->arch, module->count, err);
    bool pads = !target->landing || features & target->landing;
    index_rules(target, rules_of);
    for (uint32_t i = 0; i < module->count && !code->err->code; i++) {
        struct gen gen = { .arena = arena,
                           .target = target,
                           .fn = &module->fns[i],
                           .rules_of = rules_of,
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
