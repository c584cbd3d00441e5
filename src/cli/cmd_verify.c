/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf verify: a line for each program. */
#include "cli/cli.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct {
    struct session_options session;
    unsigned verbose;
    bool json;
} o;

static const struct option_row options[] = {
    OPERAND_OBJECT(false, &o.session.object),
    { "--prog", "P", OPTION_TEXT, true, "only this program", &o.session.prog },
    { "--type", "T", OPTION_TEXT, true, "its type (xdp, tc, socket, ..), whatever its section says",
      &o.session.type },
    OPTION_BINARY(&o.session.binary),
    { "-v", NULL, OPTION_COUNT, true, "also sizes, and a report of a rejection; twice: every step",
      &o.verbose },
    { "--json", NULL, OPTION_SWITCH, true, "print a JSON array", &o.json },
    { 0 },
};

static const struct usage usage = {
    .command = "verify",
    .about = "Tells of each program of an object whether it is safe to run, and if not why.",
    .options = options,
    .notes = "Programs for native functions (fentry, fexit, ..) need --binary. Exit status 1 if a "
             "program\n"
             "is rejected.",
};

static void print(const struct anybpf_prog_info *info, const char *reason)
{
    if (reason) {
        printf("%s: rejected: %s\n", info->name, reason);
        return;
    }
    printf("%s: accepted (%" PRIu64 " insns, %u states, %" PRIu64 " us)\n", info->name,
           info->verified_insns, info->verified_states, (info->verify_ns + 500) / 1000);
    if (o.verbose)
        printf("%s: stack %u, tree %u, native %u\n", info->name, info->stack, info->tree,
               info->code_bytes);
}

static void print_json(struct text *out, const struct anybpf_prog_info *info, const char *reason)
{
    text_puts(out, out->length > 1 ? ",\n {\"program\": " : "{\"program\": ");
    text_json(out, info->name, strlen(info->name));
    text_puts(out, ", \"section\": ");
    text_json(out, info->section, strlen(info->section));
    text_printf(out, ", \"accepted\": %s, \"insns\": %u", reason ? "false" : "true", info->insns);
    if (reason) {
        text_puts(out, ", \"reason\": ");
        text_json(out, reason, strlen(reason));
    } else {
        text_printf(out,
                    ", \"verified_insns\": %" PRIu64 ", \"states\": %u, \"verify_ns\": %" PRIu64
                    ", \"stack\": %u, \"tree\": %u, \"code_bytes\": %u",
                    info->verified_insns, info->verified_states, info->verify_ns, info->stack,
                    info->tree, info->code_bytes);
    }
    text_char(out, '}');
}

/* Without the program's name before it, which begins the line. */
static const char *reason_of(const struct session *s, const char *name)
{
    const char *reason = anybpf_error(s->env);
    size_t length = strlen(name);
    return !strncmp(reason, name, length) && !strncmp(reason + length, ": ", 2)
               ? reason + length + 2
               : reason;
}

/* Verifies the programs asked for; how many were, and whether all were accepted. */
static int verify_all(struct session *s, struct text *json)
{
    struct anybpf_prog *prog = NULL;
    struct anybpf_prog_info info;
    int status = STATUS_DONE;
    unsigned count = 0;

    while ((prog = anybpf_next_prog(s->object, prog))) {
        const char *reason = NULL;
        anybpf_prog_info(prog, &info, sizeof info);
        if (o.session.prog && strcmp(info.name, o.session.prog))
            continue;
        count++;
        if ((o.session.type && anybpf_set_type(s->object, info.name, o.session.type)) ||
            anybpf_load_prog(prog)) {
            reason = reason_of(s, info.name);
            status = STATUS_REFUSED;
        }
        anybpf_prog_info(prog, &info, sizeof info);
        if (o.json)
            print_json(json, &info, reason);
        else
            print(&info, reason);
    }
    if (!count)
        return complain(STATUS_USAGE,
                        o.session.prog ? "%s has no program \"%s\"" : "%s has no program",
                        o.session.object, o.session.prog);
    return status;
}

int cmd_verify(int argc, char **argv)
{
    struct session s;
    struct text json = { .arena = cli_arena };
    int status = options_read(&usage, argc, argv);

    if (status >= 0)
        return status;
    o.session.log = o.verbose > 1 ? ANYBPF_LOG_VERIFIER
                    : o.verbose   ? ANYBPF_LOG_REJECTED
                                  : ANYBPF_LOG_WARNING;
    status = session_open(&s, &o.session);
    text_char(&json, '[');
    if (!status)
        status = verify_all(&s, &json);
    if (o.json && status != STATUS_USAGE)
        printf("%s]\n", json.at);
    session_close(&s);
    return status;
}
