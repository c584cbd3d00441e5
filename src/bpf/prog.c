/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/prog.h"
#include "base/arena.h"

static const char *func_name(struct arena *arena, const char *main, uint32_t index)
{
    return index ? arena_printf(arena, "func%u", index) : main;
}

struct prog *prog_from_insns(struct arena *arena, const char *name, const struct insn *insns,
                             uint32_t count)
{
    struct prog *prog = arena_new_of(arena, struct prog);
    bool *starts = arena_array_of(arena, count, bool);
    uint32_t func_count = 1;
    struct func *funcs;

    starts[0] = true;
    for (uint32_t i = 0; i < count; i++) {
        int64_t callee = insn_callee(insns[i], i);
        if (insns[i].id != INSN_CALL_LOCAL && insns[i].id != INSN_LDIMM_FUNC)
            continue;
        if (callee > 0 && callee < count && !starts[callee])
            starts[callee] = true, func_count++;
    }
    funcs = arena_array_of(arena, func_count, struct func);
    for (uint32_t i = 0, f = 0; i < count; i++) {
        if (!starts[i]) {
            funcs[f - 1].count++;
            continue;
        }
        funcs[f] = (struct func){ .name = func_name(arena, name, f), .start = i, .count = 1 };
        funcs[f].global = f == 0;
        f++;
    }
    *prog = (struct prog){
        .name = name,
        .section = "",
        .object = "",
        .license = "",
        .context = "",
        .attach = "",
        .insns = insns,
        .count = count,
        .funcs = funcs,
        .func_count = func_count,
    };
    return prog;
}

const struct func *prog_func_at(const struct prog *prog, uint32_t insn)
{
    uint32_t low = 0, high = prog->func_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (prog->funcs[middle].start <= insn)
            low = middle;
        else
            high = middle;
    }
    return &prog->funcs[low];
}

int prog_func_index(const struct prog *prog, int64_t start)
{
    const struct func *func;
    if (start < 0 || start >= prog->count)
        return -1;
    func = prog_func_at(prog, (uint32_t)start);
    return func->start == start ? (int)(func - prog->funcs) : -1;
}

const struct line *prog_line_at(const struct prog *prog, uint32_t insn)
{
    uint32_t low = 0, high = prog->line_count;
    if (!high || prog->lines[0].insn > insn)
        return NULL;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (prog->lines[middle].insn <= insn)
            low = middle;
        else
            high = middle;
    }
    return &prog->lines[low];
}
