/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions as text: assembler and disassembler, both driven by the texts in bpf/isa.def. */
#pragma once
#include "base/vector.h"
#include "bpf/prog.h"

enum insn_dialect { INSN_LLVM, INSN_UBPF };

/* Writes one instruction (two slots for a 64-bit immediate) at most `size` bytes, NUL-ended.
 * prog may be NULL; with it, map and function names stand instead of numbers. */
void insn_print(char *text, size_t size, const struct prog *prog, const struct insn *insn,
    uint32_t at, enum insn_dialect dialect);

/* Assembles lines of either dialect, told apart line by line; labels ("name:" or "name: insn") and
 * comments (#, ;, //) in both. `call name` and `function name` take a label. The errors name the
 * line. The result is in the arena. */
struct insn_list vec(struct insn);
int insn_assemble(struct arena *arena, const char *text, struct insn_list *out, struct error *err);
