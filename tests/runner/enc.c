/* SPDX-License-Identifier: Apache-2.0 */
/* Encoders against LLVM's assembler: what enc_line() collects is assembled in one run, each line in
 * a slot of its own, and compared with the bytes the encoder wrote. */
#include "runner/runner.h"
#include <stdarg.h>
#include <stdlib.h>

enum { SLOT = 32, REPORTED = 10 };

struct line {
    uint8_t bytes[SLOT];
    size_t size;
    char *text;
};

static struct {
    struct line *lines;
    size_t count, room;
    uint64_t random;
} enc;

uint64_t enc_random(void)
{
    enc.random ^= enc.random << 13;
    enc.random ^= enc.random >> 7;
    enc.random ^= enc.random << 17;
    return enc.random;
}

int64_t enc_integer(unsigned bits)
{
    uint64_t r = enc_random(), value = enc_random();
    unsigned power = (unsigned)(r >> 8) % bits;

    switch (r & 3) {
    case 0: value >>= 64 - 1 - power; break;                       /* of any size */
    case 1: value = (UINT64_C(1) << power) - (r >> 16 & 1); break; /* at a boundary */
    case 2: value = -(UINT64_C(1) << power) - (r >> 16 & 1); break;
    default: break;
    }
    return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

void enc_begin(void)
{
    enc.random = 0x9e3779b97f4a7c15;
    enc.count = 0;
}

void enc_line(const uint8_t *bytes, size_t size, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);

    if (enc.count == enc.room)
        enc.lines = realloc(enc.lines, (enc.room = enc.room * 2 + 1024) * sizeof *enc.lines);
    struct line *line = &enc.lines[enc.count++];
    *line = (struct line){ .size = size, .text = strdup(text) };
    memcpy(line->bytes, bytes, size < SLOT ? size : SLOT);
}

static void hex(char *to, const uint8_t *bytes, size_t size)
{
    *to = 0;
    for (size_t i = 0; i < size; i++)
        to += sprintf(to, "%02x ", bytes[i]);
}

/* Assembles; false: there was an error, its beginning shown. */
static bool assemble(const char *options, const char *folder)
{
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && { llvm-mc-19 %s -filetype=obj code.s -o code.o && "
             "llvm-objcopy-19 -O binary --only-section=.text code.o code; } >err 2>&1 || "
             "{ head -12 err; false; }",
             folder, options);
    return system(command) == 0;
}

static void write_source(FILE *f, const char *prologue)
{
    fprintf(f, "%s\n", prologue);
    for (size_t i = 0; i < enc.count; i++)
        fprintf(f, ".org %zu\n%s\n", i * SLOT, enc.lines[i].text);
    fprintf(f, ".org %zu\n", enc.count * SLOT);
    fclose(f);
}

static void compare(const uint8_t *wanted)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < enc.count; i++) {
        const struct line *line = &enc.lines[i];
        char a[SLOT * 3 + 1], b[SLOT * 3 + 1];
        if (line->size <= SLOT && !memcmp(line->bytes, wanted + i * SLOT, SLOT))
            continue;
        hex(a, line->bytes, line->size < SLOT ? line->size : SLOT);
        hex(b, wanted + i * SLOT, 16);
        if (wrong++ < REPORTED)
            test_fail(__FILE__, __LINE__, "%s: got %snot %s(and zeros)", line->text, a, b);
    }
    if (wrong > REPORTED)
        test_fail(__FILE__, __LINE__, "%u of %zu instructions differ", wrong, enc.count);
}

void enc_end(const char *options, const char *prologue)
{
    char folder[] = "/tmp/anybpf-enc-XXXXXX", path[64];
    size_t size = 0;

    if (system("llvm-mc-19 --version >/dev/null 2>&1")) {
        test_skip("llvm-mc-19 is not installed");
    } else if (!mkdtemp(folder)) {
        test_fail(__FILE__, __LINE__, "cannot make %s", folder);
    } else {
        snprintf(path, sizeof path, "%s/code.s", folder);
        write_source(fopen(path, "w"), prologue);
        snprintf(path, sizeof path, "%s/code", folder);
        char *wanted = assemble(options, folder) ? file_read(path, &size) : NULL;
        if (!wanted || size < enc.count * SLOT)
            test_fail(__FILE__, __LINE__, "llvm-mc-19 does not take the code");
        else
            compare((const uint8_t *)wanted);
        free(wanted);
        snprintf(path, sizeof path, "rm -r %s", folder);
        CHECK(system(path) == 0);
    }
    for (size_t i = 0; i < enc.count; i++)
        free(enc.lines[i].text);
    free(enc.lines);
    enc.lines = NULL;
    enc.count = enc.room = 0;
}
