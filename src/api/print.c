/* SPDX-License-Identifier: Apache-2.0 */
/* Values as text, by their C types. */
#include "api/local.h"
#include "base/text.h"
#include <stdio.h>

enum { TEXT_MOST = 64 << 20 }; /* bytes: a small value may have a type that makes much of it */

struct printing {
    const struct type *type;
    struct bytes value;
    enum anybpf_style style;
    struct text text;
};

static int print(void *arg)
{
    struct printing *p = arg;
    value_print(&p->text, p->type, p->value, HOST_IS_BIG, p->style);
    return 0;
}

int anybpf_print(const struct anybpf_object *obj, uint32_t type, const void *value, size_t size,
                 enum anybpf_style style, char *text, size_t room)
{
    const struct anybpf_env *env = obj->env;
    const struct types *types = obj->file ? obj->file->types : NULL;
    struct printing p = { .value = { value, size }, .style = style };
    struct error err = { 0 };
    int length;

    p.type = types && type ? types_get(types, type) : NULL;
    if (!p.type || !p.type->size)
        return api_error(env, ANYBPF_E_NOT_FOUND, "the object has no type %u with a size", type);
    if (p.type->size > size)
        return api_error(env, ANYBPF_E_ARGUMENT, "type %u has %llu bytes, not %zu", type,
                         (unsigned long long)p.type->size, size);
    if (!(p.text.arena = arena_new(&env->from, TEXT_MOST)))
        return api_error(env, ANYBPF_E_MEMORY, "out of memory");
    if (arena_try(p.text.arena, &err, print, &p))
        length = api_fail(env, &err);
    else
        length = snprintf(text, room, "%s", p.text.at);
    arena_free(p.text.arena);
    return length;
}
