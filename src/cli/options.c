/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines, driven by each command's table of options. */
#include "cli/cli.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void synopsis(const struct usage *u, FILE *to)
{
    fprintf(to, "usage: anybpf %s", u->command);
    for (const struct option_row *o = u->options; o->name; o++)
        if (o->kind == OPTION_OPERAND)
            fprintf(to, o->optional ? " [%s]" : " %s", o->name);
    fputs(" [OPTION..]\n", to);
}

static void help(const struct usage *u)
{
    synopsis(u, stdout);
    printf("\n%s\n\n", u->about);
    for (const struct option_row *o = u->options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->argument ? " " : "",
                 o->argument ? o->argument : "");
        printf("  %-18s  %s\n", left, o->help);
    }
    printf("  %-18s  %s\n", "--help", "this text");
    if (u->notes)
        printf("\n%s\n", u->notes);
}

static int wrong(const struct usage *u, const char *format, const char *what)
{
    fputs("anybpf: ", stderr);
    fprintf(stderr, format, what);
    fputc('\n', stderr);
    synopsis(u, stderr);
    return STATUS_USAGE;
}

/* "--name=value" and "--name value", "-n value". */
static const struct option_row *match(const struct option_row *rows, const char *word,
                                      const char **value)
{
    size_t length = strcspn(word, "=");
    *value = word[length] && !strncmp(word, "--", 2) ? word + length + 1 : NULL;
    if (!*value)
        length = strlen(word);
    for (; rows->name; rows++)
        if (rows->kind != OPTION_OPERAND && strlen(rows->name) == length &&
            !strncmp(rows->name, word, length))
            return rows;
    return NULL;
}

static bool number(const char *text, uint64_t *to)
{
    char *end;
    errno = 0;
    *to = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

static int take_operand(const struct usage *u, const char *word, unsigned index)
{
    for (const struct option_row *o = u->options; o->name; o++)
        if (o->kind == OPTION_OPERAND && !index--) {
            *(const char **)o->to = word;
            return -1;
        }
    return wrong(u, "there is no use for \"%s\"", word);
}

int options_read(const struct usage *u, int argc, char **argv)
{
    unsigned operands = 0;
    bool only_operands = false;

    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value;
        const struct option_row *o;

        if (only_operands || word[0] != '-' || !word[1]) {
            if (take_operand(u, word, operands++) != -1)
                return STATUS_USAGE;
            continue;
        }
        if (!strcmp(word, "--")) {
            only_operands = true;
            continue;
        }
        if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            help(u);
            return STATUS_DONE;
        }
        o = match(u->options, word, &value);
        if (!o)
            return wrong(u, "there is no option %s", word);
        if (value && !o->argument)
            return wrong(u, "%s takes no argument", o->name);
        if (o->argument && !value && !(value = argv[++i]))
            return wrong(u, "%s needs an argument", o->name);
        switch (o->kind) {
        case OPTION_SWITCH: *(bool *)o->to = true; break;
        case OPTION_COUNT: ++*(unsigned *)o->to; break;
        case OPTION_TEXT: *(const char **)o->to = value; break;
        case OPTION_NUMBER:
            if (!number(value, o->to))
                return wrong(u, "\"%s\" is not a number", value);
            break;
        case OPTION_OPERAND: break;
        }
    }
    for (const struct option_row *o = u->options; o->name; o++)
        if (o->kind == OPTION_OPERAND && !o->optional && !*(const char **)o->to)
            return wrong(u, "%s is missing", o->name);
    return -1;
}
