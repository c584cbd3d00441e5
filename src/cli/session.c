/* SPDX-License-Identifier: Apache-2.0 */
/* Opening an object and loading a program of it, as the options say. */
#include "api/inside.h"
#include "bpf/prog.h"
#include "cli/cli.h"
#include "ir/ir.h"
#include "rt/rt.h"
#include <stdio.h>
#include <string.h>

static void log_text(void *user, enum anybpf_log kind, const char *text)
{
    (void)user;
    if (kind == ANYBPF_LOG_WARNING)
        fputs("warning: ", stderr);
    fputs(text, stderr);
}

static int begin(struct session *s, const struct session_options *o)
{
    *s = (struct session){ .env = anybpf_env_new() };
    if (!s->env)
        return complain(STATUS_REFUSED, "out of memory");
    anybpf_env_log(s->env, o->log, log_text, NULL);
    return STATUS_DONE;
}

/* "there is no pass "x": there are fold, number, .." */
static int complain_pass(const char *word, size_t length)
{
    struct text names = { .arena = cli_arena };
    for (unsigned i = 0; i < PASS_COUNT; i++)
        text_printf(&names, "%s%s", i ? ", " : "", pass_names[i]);
    return complain(STATUS_USAGE, "--opt: there is no pass \"%.*s\": there are %s", (int)length,
                    word, names.at);
}

static int passes_left_out(const struct session_options *o, uint32_t *passes)
{
    const char *at = o->passes ? o->passes : "";

    for (*passes = 0; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        uint32_t bit = pass_bit(arena_string(cli_arena, at + 1, length ? length - 1 : 0));
        if (*at != '-')
            return complain(STATUS_USAGE,
                            "--opt: \"%s\": passes are left out, with a - before each", at);
        if (!bit)
            return complain_pass(at + 1, length - 1);
        *passes |= bit;
        at += length;
    }
    return STATUS_DONE;
}

/* Makes the function known that the program is attached to, if it is for one. */
static int find_native(struct session *s, const char *binary, struct anybpf_prog *handle,
                       struct error *err)
{
    const char *name = api_native_name(handle), *arch;
    const struct type *func;

    if (!name || env_native(api_env(s->env), name, err))
        return err->code; /* what cannot be resolved is told when it is loaded */
    if (dwarf_function(types_new(cli_arena, NULL), binary, name, &func, &arch, &s->clang, err))
        return err->code;
    return env_add_native_type(api_env(s->env), func, err);
}

static int find_natives(struct session *s, const char *binary)
{
    struct anybpf_prog *prog = NULL;
    struct error err = { 0 };

    while ((prog = anybpf_next_prog(s->object, prog)))
        if (find_native(s, binary, prog, &err))
            return complain_of(&err, STATUS_USAGE);
    if (s->clang)
        anybpf_set(s->object, ANYBPF_CLANG_ABI, 1);
    return STATUS_DONE;
}

static int set(struct session *s, const struct session_options *o)
{
    if (!s->object)
        return complain_env(s->env, STATUS_USAGE);
    if (o->interpret)
        anybpf_set(s->object, ANYBPF_INTERPRET, 1);
    if (o->trusted)
        anybpf_set(s->object, ANYBPF_TRUSTED, 1);
    if (passes_left_out(o, &s->left_out))
        return STATUS_USAGE;
    api_leave_out(s->object, s->left_out);
    return o->binary ? find_natives(s, o->binary) : STATUS_DONE;
}

int session_open(struct session *s, const struct session_options *o)
{
    if (begin(s, o))
        return STATUS_REFUSED;
    s->object = anybpf_open(s->env, o->object);
    return set(s, o);
}

int session_open_insns(struct session *s, const struct session_options *o, const void *insns,
                       size_t count)
{
    if (begin(s, o))
        return STATUS_REFUSED;
    s->object = anybpf_open_insns(s->env, insns, count, "memory");
    return set(s, o);
}

int session_load(struct session *s, const struct session_options *o)
{
    struct anybpf_prog *prog = NULL;
    struct anybpf_prog_info info;

    while ((prog = anybpf_next_prog(s->object, prog))) {
        anybpf_prog_info(prog, &info, sizeof info);
        if (!o->prog || !strcmp(info.name, o->prog))
            break;
    }
    if (!prog)
        return complain(STATUS_USAGE, o->prog ? "%s has no program \"%s\"" : "%s has no program",
                        o->object, o->prog);
    if (o->type && anybpf_set_type(s->object, info.name, o->type))
        return complain_env(s->env, STATUS_USAGE);
    s->prog = anybpf_find(s->object, info.name);
    if (!s->prog)
        return complain_env(s->env, STATUS_REFUSED);
    anybpf_prog_info(s->prog, &s->info, sizeof s->info);
    return STATUS_DONE;
}

void session_close(struct session *s)
{
    anybpf_env_free(s->env);
    *s = (struct session){ 0 };
}
