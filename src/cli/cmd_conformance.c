/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf conformance: the vectors of a folder, NAME.data each, sections "-- asm" (uBPF's dialect)
 * or "-- raw" (words in hex), "-- mem" (bytes in hex), "-- result" (r0 in hex). */
#include "bpf/text.h"
#include "cli/cli.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *folder;
    bool interpret, json;
} o;

static const struct option_row options[] = {
    { "DIR", NULL, OPTION_OPERAND, false, "the vectors, a file NAME.data each", &o.folder },
    { "--interp", NULL, OPTION_SWITCH, true, "by the interpreter, not as machine code",
      &o.interpret },
    { "--json", NULL, OPTION_SWITCH, true, "print one JSON object", &o.json },
    { 0 },
};

static const struct usage usage = {
    .command = "conformance",
    .about = "Runs every vector (*.data) of a folder at the trusted level.",
    .options = options,
    .notes = "Prints the vectors that fail; the last line is \"N passed, N failed\".",
};

/* The text of a section, "" if it is not there. */
static const char *section(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
        if (strncmp(p, "-- ", 3) || strncmp(p + 3, name, length))
            continue;
        const char *rest = p + 3 + length + strspn(p + 3 + length, " \t\r");
        if (*rest != '\n')
            continue;
        const char *end = strstr(rest, "\n--");
        size_t size = end ? (size_t)(end - rest) : strlen(rest);
        return arena_string(cli_arena, rest + 1, size);
    }
    return "";
}

static int assemble(const char *text, struct bytes *out, struct error *err)
{
    struct insn_list insns = { 0 };
    uint8_t *bytes;

    if (insn_assemble(cli_arena, text, &insns, err))
        return err->code;
    bytes = arena_alloc(cli_arena, 8ull * insns.count);
    for (uint32_t i = 0; i < insns.count; i++)
        insn_encode(insns.at[i], bytes + 8 * i, HOST_IS_BIG);
    *out = (struct bytes){ bytes, 8ull * insns.count };
    return 0;
}

/* Words of 64 bits, one a line. */
static struct bytes read_words(const char *text)
{
    uint8_t *bytes = arena_alloc(cli_arena, strlen(text) * 4 + 8);
    size_t size = 0;

    for (char *p = (char *)(uintptr_t)text, *end;; p = end) {
        uint64_t word = strtoull(p, &end, 16);
        if (end == p)
            return (struct bytes){ bytes, size };
        for (int i = 0; i < 8; i++)
            bytes[size++] = (uint8_t)(word >> i * 8);
    }
}

static int run(const char *text, struct error *err)
{
    struct bytes program, memory;
    const char *assembly = section(text, "asm"), *wanted = section(text, "result");
    uint64_t result;
    char *end;
    int code = *assembly ? assemble(assembly, &program, err) : 0;

    if (code)
        return code;
    if (!*assembly)
        program = read_words(section(text, "raw"));
    if (hex_load(section(text, "mem"), &memory, err) ||
        vector_run(program, false, memory, o.interpret, &result, err))
        return err->code;
    uint64_t number = strtoull(wanted, &end, 16);
    if (end == wanted)
        return fail(err, ANYBPF_E_FORMAT, "the vector has no result");
    if (number != result)
        return fail(err, ANYBPF_E_REJECTED, "r0 is %#llx, not %#llx", (unsigned long long)result,
                    (unsigned long long)number);
    return 0;
}

static int is_vector(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && !strcmp(dot, ".data");
}

int cmd_conformance(int argc, char **argv)
{
    struct dirent **files;
    unsigned passed = 0, failed = 0;
    struct text failures = { .arena = cli_arena };
    int status = options_read(&usage, argc, argv);

    if (status >= 0)
        return status;
    int count = scandir(o.folder, &files, is_vector, alphasort);
    if (count < 0)
        return complain(STATUS_USAGE, "%s: %s", o.folder, strerror(errno));
    text_puts(&failures, "");
    for (int i = 0; i < count; i++) {
        struct error err = { 0 };
        struct bytes file;
        const char *name = files[i]->d_name;

        if (file_load(arena_printf(cli_arena, "%s/%s", o.folder, name), &file, &err) ||
            run(arena_string(cli_arena, (const char *)file.at, file.size), &err)) {
            failed++;
            if (!o.json)
                printf("FAILED %s: %s\n", name, err.text);
            text_puts(&failures, failures.length ? ", " : "");
            text_json(&failures, name, strlen(name));
        } else {
            passed++;
        }
        free(files[i]);
    }
    free(files);
    if (o.json)
        printf("{\"passed\": %u, \"failed\": %u, \"failures\": [%s]}\n", passed, failed,
               failures.at);
    else
        printf("%u passed, %u failed\n", passed, failed);
    if (!count)
        return complain(STATUS_USAGE, "%s: there is no *.data in it", o.folder);
    return failed ? STATUS_REFUSED : STATUS_DONE;
}
