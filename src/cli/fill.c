/* SPDX-License-Identifier: Apache-2.0 */
/* Filling maps from a file of rules. A line is
 *     MAP KEY.. = VALUE..
 * where the words of KEY and VALUE fill the leaves of the types, members in order, one after
 * another; leaves without a word are 0. A leaf is a number, an enumerator, or an address: IPv4 in
 * four bytes, IPv6 (or ::ffff:IPv4) in sixteen, a MAC in an array of six. # begins a comment. */
#include "api/inside.h"
#include "cli/cli.h"
#include "type/type.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct filling {
    const char *path;
    uint32_t line;
    struct error *err;
    char *words; /* what is left of the line */
    uint8_t *to;
    size_t size;
};

static int bad(const struct filling *f, const char *what, const char *word)
{
    return fail(f->err, ANYBPF_E_FORMAT, "%s:%u: %s \"%s\"", f->path, f->line, what, word);
}

/* The next word, or NULL; "=" and comments end a list. */
static char *take_word(struct filling *f)
{
    char *word = f->words + strspn(f->words, " \t,");
    size_t length = strcspn(word, " \t,=#");

    f->words = word;
    if (!length)
        return NULL;
    f->words = word + length;
    return arena_string(cli_arena, word, length);
}

static int put_number(struct filling *f, const struct type *type, uint64_t offset, uint64_t size,
                      const char *word)
{
    char *end;
    uint64_t value = 0;
    bool found = false;

    if (type && (type->kind == TYPE_ENUM || type->kind == TYPE_ENUM64))
        for (uint32_t i = 0; i < type->count; i++)
            if (!strcmp(type->enumerators[i].name, word)) {
                value = type->enumerators[i].value;
                found = true;
            }
    if (!found) {
        errno = 0;
        value = *word == '-' ? (uint64_t)strtoll(word, &end, 0) : strtoull(word, &end, 0);
        if (*end || errno)
            return bad(f, "neither a number nor an address:", word);
        if (*word != '-' && size < 8 && value >> size * 8)
            return bad(f, "too large for its place:", word);
    }
    for (uint64_t i = 0; i < size; i++) {
        uint64_t place = HOST_IS_BIG ? size - 1 - i : i;
        f->to[offset + place] = (uint8_t)(value >> i * 8);
    }
    return 0;
}

/* True if the word is an address that fills size bytes; `array`: of single bytes. */
static bool put_address(uint8_t *to, uint64_t size, bool array, const char *word)
{
    unsigned mac[6];
    char rest;

    if (size == 4 && strchr(word, '.'))
        return inet_pton(AF_INET, word, to) == 1;
    if (size == 16 && array && strchr(word, '.') && !strchr(word, ':')) {
        memcpy(to, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
        return inet_pton(AF_INET, word, to + 12) == 1;
    }
    if (size == 16 && array)
        return inet_pton(AF_INET6, word, to) == 1;
    if (size == 6 && array &&
        sscanf(word, "%2x:%2x:%2x:%2x:%2x:%2x%c", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5,
               &rest) == 6) {
        for (int i = 0; i < 6; i++)
            to[i] = (uint8_t)mac[i];
        return true;
    }
    return false;
}

static int fill(struct filling *f, const struct type *type, uint64_t offset);

static int fill_array(struct filling *f, const struct type *type, uint64_t offset)
{
    const struct type *element = type_strip(type->to);

    if (element->size == 1 && (type->count == 4 || type->count == 6 || type->count == 16)) {
        char *before = f->words, *word = take_word(f);
        if (!word || put_address(f->to + offset, type->count, true, word))
            return 0;
        f->words = before;
    }
    for (uint32_t i = 0; i < type->count; i++)
        if (fill(f, element, offset + i * element->size))
            return f->err->code;
    return 0;
}

static int fill(struct filling *f, const struct type *type, uint64_t offset)
{
    char *word;

    type = type_strip(type);
    switch (type->kind) {
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->count; i++) {
            const struct member *member = &type->members[i];
            if (member->bits)
                return bad(f, "bit-fields cannot be filled:", member->name);
            if (fill(f, member->type, offset + member->bit_offset / 8))
                return f->err->code;
        }
        return 0;
    case TYPE_UNION: return type->count ? fill(f, type->members[0].type, offset) : 0;
    case TYPE_ARRAY: return fill_array(f, type, offset);
    default:
        word = take_word(f);
        if (!word || put_address(f->to + offset, type->size, false, word))
            return 0;
        return put_number(f, type, offset, type->size, word);
    }
}

static int fill_whole(struct filling *f, const struct map_spec *spec, uint32_t id, uint8_t *to,
                      uint32_t size)
{
    const struct type *type = spec->types && id ? types_get(spec->types, id) : NULL;
    char *word;

    f->to = to;
    f->size = size;
    if (type && type->size == size) {
        if (fill(f, type, 0))
            return f->err->code;
    } else if ((word = take_word(f))) {
        if (size > 8)
            return bad(f, "elements of unknown type cannot be filled: map", spec->name);
        if (put_number(f, NULL, 0, size, word))
            return f->err->code;
    }
    word = take_word(f);
    return word ? bad(f, "there is no place for", word) : 0;
}

static int fill_line(struct filling *f, struct anybpf_object *object, const struct anybpf_env *env)
{
    const char *name = take_word(f);
    struct anybpf_map *map;
    const struct map_spec *spec;
    struct anybpf_map_info info;
    size_t stride;
    uint8_t *key, *values;

    if (!name)
        return *f->words && *f->words != '#' ? bad(f, "a map's name is missing before", f->words)
                                             : 0;
    map = anybpf_find_map(object, name);
    if (!map)
        return fail(f->err, ANYBPF_E_NOT_FOUND, "%s:%u: %s", f->path, f->line, anybpf_error(env));
    spec = api_map_spec(map);
    anybpf_map_info(map, &info, sizeof info);
    stride = (info.value_size + 7u) / 8 * 8;
    key = arena_alloc(cli_arena, info.key_size);
    values = arena_alloc(cli_arena, stride * info.cpus);
    if (fill_whole(f, spec, spec->key_type, key, info.key_size))
        return f->err->code;
    f->words += strspn(f->words, " \t");
    if (*f->words == '=') {
        f->words++;
        if (fill_whole(f, spec, spec->value_type, values, info.value_size))
            return f->err->code;
    }
    for (uint32_t cpu = 1; cpu < info.cpus; cpu++)
        memcpy(values + cpu * stride, values, info.value_size);
    int code = anybpf_map_update(map, key, values, ANYBPF_ANY);
    return code ? fail(f->err, code, "%s:%u: %s", f->path, f->line, anybpf_error(env)) : 0;
}

int maps_init(struct anybpf_object *object, const struct anybpf_env *env, const char *path,
              struct error *err)
{
    struct filling f = { .path = path, .err = err };
    struct bytes file;

    if (file_load(path, &file, err))
        return err->code;
    const char *at = (const char *)file.at, *end = at + file.size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = newline ? (size_t)(newline - at) : (size_t)(end - at);
        f.line++;
        f.words = arena_string(cli_arena, at, length);
        if (fill_line(&f, object, env))
            return err->code;
        at += length + 1;
    }
    return 0;
}
