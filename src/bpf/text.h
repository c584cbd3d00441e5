/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions as text: assembler and disassembler, both driven by the texts in bpf/isa.def. */
#pragma once
#include "base/vector.h"
#include "bpf/prog.h"

enum insn_dialect { INSN_LLVM, INSN_UBPF };

/* Writes one instruction as text of less than `size` bytes, NUL-ended. insn is the slot `at`; the
 * second slot of a 64-bit immediate must follow it. prog may be NULL; with it, names of maps and
 * functions are added ("r1 = map 0x0 <counters>"). Where uBPF's dialect has no text, LLVM's is
 * printed. insn_assemble() reads all of it back. */
void insn_print(char *text, size_t size, const struct prog *prog, const struct insn *insn,
                uint32_t at, enum insn_dialect dialect);

/* Assembles lines of either dialect, told apart line by line; labels ("name:" or "name: insn") and
 * comments (#, ;, //) in both. `call name` and `function name` take a label; without
 * a label "exit" the last exit is meant by it. Takes what
 * llvm-objdump and bpftool print, with their columns of numbers and bytes. The errors
 * (ANYBPF_E_FORMAT) name the line. The instructions are added to out, in the arena. */
struct insn_list vec(struct insn);
int insn_assemble(struct arena *arena, const char *text, struct insn_list *out, struct error *err);
