/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of compilation, for each function. */
#include "gen/local.h"

struct coverage *compile_coverage;

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
