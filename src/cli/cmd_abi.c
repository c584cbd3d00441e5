/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf abi: where the arguments and the result of a native function lie. */
#include "abi/abi.h"
#include "cli/cli.h"
#include "rt/rt.h"
#include <stdio.h>
#include <string.h>

static struct {
    const char *function, *arch, *binary;
    bool clang;
} o;

static const struct option_row options[] = {
    { "FUNCTION", NULL, OPTION_OPERAND, false,
      "a C prototype, behind the types it uses; with --binary a function's name", &o.function },
    { "--arch", "A", OPTION_TEXT, true,
      "x86_64, arm64, riscv64, riscv64-soft, arm32, arm32-soft, s390x; else this processor",
      &o.arch },
    { "--clang", NULL, OPTION_SWITCH, true, "as clang does it, where that differs from gcc",
      &o.clang },
    { "--binary", "FILE", OPTION_TEXT, true,
      "take the function from the debug information of this file, its processor and compiler, too",
      &o.binary },
    { 0 },
};

static const struct usage usage = {
    .command = "abi",
    .about =
        "Prints where the arguments and the result of a native function lie when it is called.",
    .options = options,
    .notes = "For example:\n"
             "  anybpf abi 'struct s { long a; double b; }; struct s f(char c, struct s s)'\n"
             "  anybpf abi --binary server handle_request",
};

static const struct conv *find(const char *arch)
{
    const struct conv *conv;
    for (uint32_t i = 0; (conv = conv_at(i)); i++)
        if (!strcmp(conv->name, arch))
            break;
    return conv;
}

static int print(const struct conv *conv, const struct model *model, struct error *err)
{
    struct text text = { .arena = cli_arena };
    const struct layout *layout;

    if (layout_of(cli_arena, conv, model, &layout, err))
        return err->code;
    layout_print(&text, layout);
    fputs(text.at, stdout);
    return 0;
}

static int run(struct error *err)
{
    const struct conv *conv = find(o.arch ? o.arch : host_target);
    struct types *types = types_new(cli_arena, NULL);
    const struct type *func;
    const struct model *model;
    bool clang = o.clang;

    if (o.binary) {
        const char *arch;
        if (dwarf_function(types, o.binary, o.function, &func, &arch, &clang, err))
            return err->code;
        conv = find(o.arch ? o.arch : arch);
    }
    if (!conv)
        return fail(err, ANYBPF_E_ARGUMENT, "there is no processor %s", o.arch);
    if (conv->clang && clang)
        conv = conv->clang;
    if (!o.binary) {
        types->data = conv->data;
        types->big = conv->big;
        if (model_of_decl(cli_arena, types, o.function, &model, err))
            return err->code;
    } else if (model_of_type(cli_arena, func, &model, err))
        return err->code;
    return print(conv, model, err);
}

int cmd_abi(int argc, char **argv)
{
    struct error err = { 0 };
    int status = options_read(&usage, argc, argv);

    if (status >= 0)
        return status;
    return run(&err) ? complain_of(&err, status_of(err.code)) : STATUS_DONE;
}
