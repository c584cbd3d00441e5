/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/prog.h"

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
