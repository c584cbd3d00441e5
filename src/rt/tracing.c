/* SPDX-License-Identifier: Apache-2.0 */
/* The context of programs attached to native functions: an array of words made of the arguments and
 * the result (doc/architecture.md, "Context layouts"). Which words there are follows from the
 * function's model alone; where they come from, from its layout (ir/hook_words.c). */
#include "rt/local.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { IMAGE_MAX = 16 }; /* bytes of a value that is in the context itself */

/* A value that the context holds as the address of a copy. */
static bool is_copied(const struct model_value *value)
{
    return value->size > IMAGE_MAX || value->class == MODEL_COMPLEX ||
           value->class == MODEL_VECTOR || (value->class == MODEL_FLOAT && value->size > 8);
}

static uint32_t words_of(const struct model_value *value)
{
    return is_copied(value) ? 1 : (uint32_t)(value->size + 7) / 8;
}

/* What a pointer points to, where the program may read it: a record of known size. */
static const struct type *pointee(const struct model_value *value)
{
    const struct type *to = value->class == MODEL_POINTER ? type_strip(value->type->to) : NULL;
    bool known = to && (to->kind == TYPE_STRUCT || to->kind == TYPE_UNION) && to->size;
    return known ? to : NULL;
}

struct making {
    struct arena *arena;
    struct tracing *tracing;
    struct context_field *fields;
};

static void add_words(struct making *m, const struct model_value *value, uint32_t number,
                      const char *name)
{
    struct tracing *tracing = m->tracing;
    bool copied = is_copied(value), integer = value->class == MODEL_INTEGER && value->size <= 8;

    for (uint32_t i = 0; i < words_of(value); i++) {
        uint32_t left = copied ? 8 : (uint32_t)value->size - 8 * i, at = tracing->count++;
        struct context_field *field = &m->fields[at];
        tracing->words[at] = (struct tracing_word){ .value = number,
                                                    .offset = 8 * i,
                                                    .size = left < 8 ? left : 8,
                                                    .is_signed = integer && value->is_signed,
                                                    .is_copy = copied };
        *field = (struct context_field){ .name = name,
                                         .offset = 8 * at,
                                         .size = 8,
                                         .host_offset = 8 * at,
                                         .host_size = 8,
                                         .kind = FIELD_SCALAR,
                                         .access = FIELD_READ | FIELD_NARROW,
                                         .bits = (uint8_t)(8 * tracing->words[at].size),
                                         .is_signed = tracing->words[at].is_signed };
        if (copied) {
            field->kind = FIELD_COPY;
            field->extent = (uint32_t)value->size;
        } else if ((field->type = pointee(value))) {
            field->kind = FIELD_POINTER;
        }
    }
}

static const char *name_of(struct arena *arena, const struct model_value *arg, uint32_t number)
{
    char name[32];

    if (*arg->name)
        return arg->name;
    snprintf(name, sizeof name, "argument %u", number + 1);
    return arena_string(arena, name, strlen(name));
}

enum { ERRNO_MAX = 4095 };

/* Programs whose result is the function's, or takes its place. */
static bool gives(const struct tracing *tracing)
{
    return tracing->kind == ATTACH_MODIFY || tracing->kind == ATTACH_REPLACE ||
           tracing->kind == ATTACH_MEMBER;
}

static void set_integer(struct tracing *tracing, const struct model_value *result)
{
    unsigned bits = 8 * (unsigned)(result->size < 8 ? result->size : 8);

    if (result->type->is_bool) {
        tracing->result_max = 1;
    } else if (bits >= 32) { /* the upper half counts for nothing */
        tracing->result_min = INT64_MIN;
        tracing->result_max = INT64_MAX;
    } else if (result->is_signed) {
        tracing->result_min = -(INT64_C(1) << (bits - 1));
        tracing->result_max = (INT64_C(1) << (bits - 1)) - 1;
    } else {
        tracing->result_max = (INT64_C(1) << bits) - 1;
    }
}

/* The lowest and highest r0 that the program may end with: 0 and nothing else, as in the kernel,
 * where it is not the function's result. A pointer is NULL or an error, as the kernel has them in
 * the last page; a void function is skipped by 1. */
static void set_results(struct tracing *tracing)
{
    const struct model_value *result = &tracing->model->result;

    if (!gives(tracing))
        return;
    if (result->class == MODEL_INTEGER)
        set_integer(tracing, result);
    else if (result->class == MODEL_POINTER)
        tracing->result_min = -ERRNO_MAX;
    else if (result->class == MODEL_VOID)
        tracing->result_max = tracing->kind == ATTACH_MODIFY;
}

static int check(const struct tracing *tracing, struct error *err)
{
    const struct model *model = tracing->model;
    uint8_t class = model->result.class;

    if (gives(tracing) && tracing->kind != ATTACH_MODIFY && class != MODEL_INTEGER &&
        class != MODEL_POINTER && class != MODEL_VOID)
        return fail(err, ANYBPF_E_UNSUPPORTED,
                    "%s: its result cannot be given by a program: it is no integer or pointer",
                    model->name);
    return 0;
}

int tracing_of(struct arena *arena, enum attach_kind kind, const struct model *model,
               const struct tracing **out, struct error *err)
{
    struct tracing *tracing = arena_new_of(arena, struct tracing);
    struct making m = { arena, tracing, NULL };
    uint32_t count = words_of(&model->result) + 1;

    *tracing = (struct tracing){ .kind = kind, .model = model };
    for (uint32_t i = 0; i < model->count; i++)
        count += words_of(&model->args[i]);
    if (count > TRACING_WORDS)
        return fail(err, ANYBPF_E_LIMIT, "%s: arguments and result take %u words, the most are %u",
                    model->name, count, (unsigned)TRACING_WORDS);
    if (check(tracing, err))
        return err->code;
    tracing->words = arena_array_of(arena, count, struct tracing_word);
    m.fields = arena_array_of(arena, count, struct context_field);
    for (uint32_t i = 0; i < model->count; i++)
        add_words(&m, &model->args[i], i, name_of(arena, &model->args[i], i));
    tracing->arg_words = tracing->count;
    if (kind == ATTACH_EXIT || kind == ATTACH_SESSION)
        add_words(&m, &model->result, model->count, "the result");
    if (kind ==
        ATTACH_MODIFY) /* what the programs before have returned: 0, or this one is not run */
        m.fields[tracing->count] = (struct context_field){ .name = "the result",
                                                           .offset = 8 * tracing->count,
                                                           .size = 8,
                                                           .kind = FIELD_ZERO,
                                                           .access = FIELD_READ | FIELD_NARROW };
    tracing->context =
        (struct context_type){ .name = "tracing",
                               .kind = CONTEXT_TRACING,
                               .type = PROG_TRACING,
                               .size = 8 * (tracing->count + (kind == ATTACH_MODIFY)),
                               .fields = m.fields,
                               .count = tracing->count + (kind == ATTACH_MODIFY) };
    set_results(tracing);
    *out = tracing;
    return 0;
}

const struct tracing *tracing_of_regs(struct arena *arena, enum attach_kind kind,
                                      const struct model *model, uint32_t words)
{
    struct tracing *tracing = arena_new_of(arena, struct tracing);
    struct context_field *fields = arena_array_of(arena, words, struct context_field);

    for (uint32_t i = 0; i < words; i++)
        fields[i] = (struct context_field){ .name = "a register",
                                            .offset = 8 * i,
                                            .size = 8,
                                            .host_offset = 8 * i,
                                            .host_size = 8,
                                            .kind = FIELD_SCALAR,
                                            .access = FIELD_READ | FIELD_NARROW };
    *tracing = (struct tracing){
        .kind = kind,
        .model = model,
        .is_regs = true,
        .arg_words = kind == ATTACH_EXIT ? 0 : words,
        .count = words,
        .context = { "pt_regs", "pt_regs", CONTEXT_REGS, PROG_KPROBE, 8 * words, fields, words },
        .result_min = INT64_MIN, /* nobody looks at it */
    };
    return tracing;
}

/* ---- Helpers ---- */

int64_t helper_get_func_arg(const uint64_t *words, uint32_t n, uint64_t *value)
{
    bool there = n < words[TRACING_COUNT];
    *value = there ? words[n] : 0;
    return there ? 0 : -EINVAL;
}

int64_t helper_get_func_ret(const uint64_t *words, uint64_t *value)
{
    bool there = words[TRACING_KIND] == ATTACH_EXIT || words[TRACING_KIND] == ATTACH_SESSION;
    *value = there ? words[words[TRACING_COUNT]] : 0;
    return there ? 0 : -EOPNOTSUPP;
}

int64_t helper_get_func_arg_cnt(const uint64_t *words)
{
    return (int64_t)words[TRACING_COUNT];
}

uint64_t helper_get_func_ip(const uint64_t *words)
{
    return words[TRACING_IP];
}

uint64_t helper_get_attach_cookie(const uint64_t *words)
{
    return words[TRACING_COOKIE];
}

uint64_t helper_session_is_return(const uint64_t *words)
{
    return words[TRACING_RETURN];
}

uint64_t *helper_session_cookie(const uint64_t *words)
{
    return (uint64_t *)(uintptr_t)words[TRACING_SESSION];
}
