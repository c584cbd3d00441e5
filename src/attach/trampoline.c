/* SPDX-License-Identifier: Apache-2.0 */
/* Trampolines: a program compiled for its attachment (ir/hook.c), placed near the function. The
 * same code is sealed anew when what comes next changes. */
#include "attach/attach.h"
#include "rt/rt.h"

int trampoline_compile(struct arena *arena, const struct trampoline *t, struct code **out,
                       struct error *err)
{
    struct binding binding = target_binding(t->target, t->env);
    struct module *module = arena_new_of(arena, struct module);
    int code;

    binding.attachment = &t->attachment;
    code = ir_build(arena, t->checked, &binding, 0, module, err);
    if (code)
        return code;
    ir_opt(module, 0);
    return compile(arena, module, t->target, t->features, out, err);
}

struct sealing {
    const struct trampoline *t;
    const void *next;
};

static uint64_t symbol(void *user, enum symbol_kind kind, uint32_t index, struct error *err)
{
    const struct sealing *sealing = user;

    switch (kind) {
    case SYMBOL_VCPU: return (uint64_t)host_vcpu_offset();
    case SYMBOL_ERRNO: return (uint64_t)host_errno_offset();
    case SYMBOL_LEASE: return (uintptr_t)host_lease;
    case SYMBOL_NEXT: return (uintptr_t)sealing->next;
    case SYMBOL_HOOK: return (uintptr_t)sealing->t->state;
    case SYMBOL_SAVE_VECTORS: return (uintptr_t)host_save_vectors;
    case SYMBOL_LOAD_VECTORS: return (uintptr_t)host_load_vectors;
    case SYMBOL_EPOCH: return (uintptr_t)&process.epoch;
    default: return sealing->t->symbol(sealing->t->user, kind, index, err);
    }
}

int trampoline_seal(const struct trampoline *t, const struct code *code, const void *next,
                    uintptr_t near, struct image **out, struct error *err)
{
    struct sealing sealing = { t, next };
    struct image_options options = {
        .symbol = symbol, .user = &sealing, .prog = t->checked->prog, .near = near
    };
    return image_seal(code, &options, out, err);
}
