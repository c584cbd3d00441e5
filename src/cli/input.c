/* SPDX-License-Identifier: Apache-2.0 */
/* Files, hex and the clock. */
#include "cli/cli.h"
#include "base/vector.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fill(FILE *file, const char *path, struct bytes *out, struct error *err)
{
    struct vec(uint8_t) all = { 0 };
    size_t got;

    do {
        uint32_t used = all.count;
        if (used > UINT32_MAX / 4)
            return fail(err, ANYBPF_E_LIMIT, "%s: more than a gigabyte", path);
        vec_resize(cli_arena, &all, used + used / 2 + 65536);
        got = fread(all.at + used, 1, all.count - used, file);
        all.count = used + (uint32_t)got;
    } while (got);
    if (ferror(file))
        return fail(err, ANYBPF_E_SYSTEM, "%s: %s", path, strerror(errno));
    *out = (struct bytes){ all.at, all.count };
    return 0;
}

int file_load(const char *path, struct bytes *out, struct error *err)
{
    bool standard = !strcmp(path, "-");
    FILE *file = standard ? stdin : fopen(path, "rbe");
    if (!file)
        return fail(err, ANYBPF_E_SYSTEM, "%s: %s", path, strerror(errno));
    int code = fill(file, path, out, err);
    if (!standard)
        fclose(file);
    return code;
}

int file_save(const char *path, const void *data, size_t size, struct error *err)
{
    bool standard = !strcmp(path, "-");
    FILE *file = standard ? stdout : fopen(path, "wbe");
    if (!file)
        return fail(err, ANYBPF_E_SYSTEM, "%s: %s", path, strerror(errno));
    bool good = fwrite(data, 1, size, file) == size;
    good = (standard ? !fflush(file) : !fclose(file)) && good;
    return good ? 0 : fail(err, ANYBPF_E_SYSTEM, "%s: %s", path, strerror(errno));
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

int hex_load(const char *text, struct bytes *out, struct error *err)
{
    uint8_t *at = arena_alloc(cli_arena, strlen(text) / 2 + 1);
    size_t size = 0;

    for (const char *p = text; *p;) {
        if (*p == '#') {
            p += strcspn(p, "\n");
            continue;
        }
        if (isspace((unsigned char)*p)) {
            p++;
            continue;
        }
        int high = digit(p[0]), low = high < 0 ? -1 : digit(p[1]);
        if (low < 0)
            return fail(err, ANYBPF_E_FORMAT, "\"%.8s\" is not bytes in hex", p);
        at[size++] = (uint8_t)(high << 4 | low);
        p += 2;
    }
    *out = (struct bytes){ at, size };
    return 0;
}

const char *grouped(uint64_t number)
{
    char *out = arena_alloc(cli_arena, 32), *p = out + 31;
    unsigned digits = 0;

    do {
        if (digits && digits % 3 == 0)
            *--p = ',';
        *--p = (char)('0' + number % 10);
        digits++;
    } while (number /= 10);
    return p;
}
