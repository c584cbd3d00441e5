/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf COMMAND ..: the table of commands. */
#include "cli/cli.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name, *about;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "run", "run a program over a capture, a packet or memory", cmd_run },
    { "verify", "tell whether the programs of an object are safe", cmd_verify },
    { "dump", "print a program after any stage, from loading to machine code", cmd_dump },
    { "bench", "measure one program", cmd_bench },
    { "conformance", "run a folder of instruction-set vectors", cmd_conformance },
    { "abi", "print where the arguments of a native function lie", cmd_abi },
    { "plugin", "be driven by the runner of the BPF conformance project", cmd_plugin },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

struct arena *cli_arena;

int complain(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("anybpf: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return status;
}

int complain_of(const struct error *err, int status)
{
    return complain(status, "%s", err->text);
}

int complain_env(const struct anybpf_env *env, int status)
{
    return complain(status, "%s", anybpf_error(env));
}

int status_of(int code)
{
    switch (code) {
    case ANYBPF_OK: return STATUS_DONE;
    case ANYBPF_E_ARGUMENT:
    case ANYBPF_E_FORMAT:
    case ANYBPF_E_NOT_FOUND:
    case ANYBPF_E_SYSTEM: return STATUS_USAGE;
    default: return STATUS_REFUSED;
    }
}

static void help(FILE *to)
{
    fputs("usage: anybpf COMMAND [ARGUMENT..]\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-12s  %s\n", commands[i].name, commands[i].about);
    fputs("\n`anybpf COMMAND --help` says more. Exit status: 0 done, 1 refused or failed,\n"
          "2 wrong use or unreadable input.\n",
          to);
}

struct call {
    const struct command *command;
    int argc;
    char **argv;
    int status;
};

static int run(void *arg)
{
    struct call *call = arg;
    call->status = call->command->run(call->argc, call->argv);
    return 0;
}

int main(int argc, char **argv)
{
    struct error err = { 0 };
    struct call call = { .argc = argc - 1, .argv = argv + 1 };
    const char *name = argc > 1 ? argv[1] : "";

    if (!strcmp(name, "--version")) {
        printf("anybpf %s\n", anybpf_version());
        return STATUS_DONE;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
        help(stdout);
        return STATUS_DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            call.command = &commands[i];
    if (!call.command) {
        if (*name)
            complain(0, "there is no command \"%s\"", name);
        help(stderr);
        return STATUS_USAGE;
    }
    cli_arena = arena_new(&allocator_libc, 0);
    if (!cli_arena || arena_try(cli_arena, &err, run, &call))
        call.status = complain(STATUS_REFUSED, "out of memory");
    arena_free(cli_arena);
    if (fflush(stdout) || ferror(stdout))
        return complain(STATUS_REFUSED, "standard output: it cannot be written");
    return call.status;
}
