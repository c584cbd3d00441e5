/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf plugin: the protocol by which the BPF conformance project drives a runtime. */
#include "cli/cli.h"
#include <inttypes.h>
#include <stdio.h>

static struct {
    const char *memory;
    bool elf, interpret;
} o;

static const struct option_row options[] = {
    { "MEM", NULL, OPTION_OPERAND, true, "memory that r1 points to: bytes in hex", &o.memory },
    { "--elf", NULL, OPTION_SWITCH, true, "the input is an ELF object: section .text, symbol main",
      &o.elf },
    { "--interp", NULL, OPTION_SWITCH, true, "by the interpreter, not as machine code",
      &o.interpret },
    { 0 },
};

static const struct usage usage = {
    .command = "plugin",
    .about =
        "Reads a program in hex from standard input, runs it at the trusted level with r1 = the\n"
        "memory MEM (bytes in hex) and r2 = its length, and prints r0 in hex.",
    .options = options,
};

int cmd_plugin(int argc, char **argv)
{
    struct bytes text, program, memory;
    struct error err = { 0 };
    uint64_t result;
    int status = options_read(&usage, argc, argv);

    if (status >= 0)
        return status;
    if (file_load("-", &text, &err) ||
        hex_load(arena_string(cli_arena, (const char *)text.at, text.size), &program, &err) ||
        hex_load(o.memory ? o.memory : "", &memory, &err))
        return complain_of(&err, STATUS_USAGE);
    if (vector_run(program, o.elf, memory, o.interpret, &result, &err))
        return complain_of(&err, status_of(err.code));
    printf("%" PRIx64 "\n", result);
    return STATUS_DONE;
}
