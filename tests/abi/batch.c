/* SPDX-License-Identifier: Apache-2.0 */
/* From prototypes to records of what happened: one C file for many, one run of it. */
#include "abi/local.h"
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { POOL_ALIGN = 64, FRAME = 512 /* what a call_N() needs of stack for itself */ };

/* ---- Models and layouts ---- */

static void print_proto(struct text *text, const struct proto *proto, const char *name, bool c)
{
    text_printf(text, "%s %s(", proto->result, name);
    for (uint32_t i = 0; i < (c ? proto->named : proto->count); i++)
        text_printf(text, "%s%s", i ? ", " : "", proto->args[i]);
    text_puts(text, proto->variadic ? c ? ", ...)" : ")" : proto->count ? ")" : "void)");
}

static bool is_too_large(const struct model *model)
{
    bool too_large = model->result.size > VALUE_MOST;
    for (uint32_t i = 0; i < model->count; i++)
        too_large |= model->args[i].size > VALUE_MOST;
    return too_large;
}

static int lay_out(struct batch *batch, struct types *types, struct trial *trial, struct error *err)
{
    const struct proto *proto = trial->proto;
    struct text text = { .arena = batch->arena };
    const struct type *more[ARGS_MOST];
    const struct model *model;

    print_proto(&text, proto, "f", true);
    if (model_of_decl(batch->arena, types, text.at, &model, err))
        return err->code;
    for (uint32_t i = proto->named; i < proto->count; i++)
        if (cdecl_type(types, proto->args[i], &more[i - proto->named], err))
            return err->code;
    if (model_of_call(batch->arena, model, more, proto->count - proto->named, &trial->model, err))
        return err->code;
    trial->left_out = is_too_large(trial->model) || known_is_in(batch->chain, trial->model);
    return layout_of(batch->arena, batch->chain->conv, trial->model, &trial->layout, err);
}

/* Gives the value a place in the pool and fills it. */
static uint32_t place(struct batch *batch, uint64_t *random, uint32_t base,
                      const struct model_value *value)
{
    uint32_t at = batch->pool_size, size = (uint32_t)value->size;

    batch->pool_size += (size + POOL_ALIGN) / POOL_ALIGN * POOL_ALIGN;
    for (uint32_t i = 0; i < size; i++)
        batch->pool[at + i] = (uint8_t)(1 + random_below(random, 255));
    if (value->class != MODEL_VOID)
        check_tame(value->type, batch->pool + at);
    return at - base;
}

static void place_all(struct batch *batch, struct trial *trial)
{
    uint64_t random = trial->proto->seed ^ 0x5a5a;
    const struct model *model = trial->model;

    trial->base = batch->pool_size;
    trial->window = FRAME + trial->layout->stack_size + trial->layout->stack_align;
    trial->result_pool = place(batch, &random, 0, &model->result);
    trial->window += 2 * (uint32_t)model->result.size + 2 * model->result.align;
    for (uint32_t i = 0; i < model->count; i++) {
        trial->pool[i] = place(batch, &random, trial->base, &model->args[i]);
        trial->window += 2 * (uint32_t)model->args[i].size + 2 * model->args[i].align;
    }
    if (trial->window > 8192)
        trial->window = 8192;
}

/* ---- The C file ---- */

static void print_sizes(struct batch *batch, FILE *out, const struct type *type)
{
    const char *keyword = type->kind == TYPE_UNION ? "union" : "struct";

    fprintf(out, "    sizeof(%s %s), _Alignof(%s %s),", keyword, type->name, keyword, type->name);
    for (uint32_t i = 0; i < type->count; i++)
        if (type->members[i].name[0] && !type->members[i].bits)
            fprintf(out, " __builtin_offsetof(%s %s, %s),", keyword, type->name,
                    type->members[i].name);
    fputc('\n', out);
    vec_push(batch->arena, &batch->sized, type);
}

static void print_call(FILE *out, struct batch *batch, const struct trial *trial, uint32_t n)
{
    const struct proto *proto = trial->proto;
    struct text text = { .arena = batch->arena };

    print_proto(&text, proto, arena_printf(batch->arena, "f%u", n), true);
    fprintf(out, "typedef %s;\nvoid call%u(unsigned char *pool) { ((f%u *)capture)(", text.at, n,
            n);
    for (uint32_t i = 0; i < proto->count; i++)
        fprintf(out, "%s*(__typeof__(%s) *)(pool + %u)", i ? ", " : "", proto->args[i],
                trial->pool[i]);
    fprintf(out, "); }\n%s get%u(%s) { ", proto->result, n,
            proto->variadic ? "int named, ..." : "void");
    if (trial->model->result.class != MODEL_VOID)
        fprintf(out, "return *(__typeof__(%s) *)place; ", proto->result);
    fputs("}\n", out);
}

static int write_source(struct batch *batch, const char *path, struct error *err)
{
    struct types *types = types_new(batch->arena, NULL);
    FILE *out = fopen(path, "w");
    uint32_t first;

    if (!out)
        return fail(err, ANYBPF_E_SYSTEM, "%s cannot be written", path);
    types->data = batch->chain->conv->data;
    types->big = batch->chain->conv->big;
    if (cdecl_parse(types, preamble, err))
        return err->code;
    fprintf(out, "%sextern char capture[];\nextern unsigned char *place;\n", preamble);
    first = types->all.count;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct trial *trial = &batch->trials[i];
        fputs(trial->proto->definitions, out);
        if (cdecl_parse(types, trial->proto->definitions, err) ||
            lay_out(batch, types, trial, err)) {
            error_prefix(err, "seed %llu: %s", (unsigned long long)trial->proto->seed,
                         trial->proto->definitions);
            return err->code;
        }
    }
    for (uint32_t i = 0; i < batch->count; i++)
        if (!batch->trials[i].left_out) {
            place_all(batch, &batch->trials[i]);
            print_call(out, batch, &batch->trials[i], i);
        }
    fputs("const unsigned sizes[] = { 1,\n", out);
    for (uint32_t id = first; id < types->all.count; id++) {
        const struct type *type = types->all.at[id];
        if ((type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && type->name[0])
            print_sizes(batch, out, type);
    }
    fputs("};\nconst unsigned size_count = sizeof sizes / sizeof *sizes;\n"
          "const struct test { void (*call)(unsigned char *pool); void (*get)(void);"
          " unsigned pool, result, window; } tests[] = {\n",
          out);
    for (uint32_t i = 0; i < batch->count; i++) {
        struct trial *trial = &batch->trials[i];
        if (!trial->left_out)
            fprintf(out, "    { call%u, (void (*)(void))get%u, %u, %u, %u },\n", i, i, trial->base,
                    trial->result_pool, trial->window);
    }
    fprintf(out,
            "};\nconst unsigned test_count = sizeof tests / sizeof *tests;\n"
            "unsigned char pool[%u] __attribute__((aligned(64)));\n"
            "const unsigned pool_size = sizeof pool;\n",
            batch->pool_size);
    return fclose(out) ? fail(err, ANYBPF_E_SYSTEM, "%s cannot be written", path) : 0;
}

/* ---- Running it ---- */

static int run(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int run(struct error *err, const char *format, ...)
{
    char command[2048];
    va_list args;
    int status;

    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    status = system(command);
    return status ? fail(err, ANYBPF_E_SYSTEM, "failed with status %d: %s", status, command) : 0;
}

static int build_and_run(struct batch *batch, const char *folder, struct error *err)
{
    static const char options[] = "-w -Wno-psabi -Wno-packed-bitfield-compat -ffreestanding "
                                  "-fno-builtin -fno-stack-protector -fno-pie "
                                  "-fno-strict-aliasing -fno-asynchronous-unwind-tables";
    const struct toolchain *chain = batch->chain;
    char objects[256];

    snprintf(objects, sizeof objects, "%s/%s-harness.o", folder, chain->name);
    if (access(objects, R_OK) &&
        run(err,
            "cd %s && %s %s -O1 -fno-tree-loop-distribute-patterns -DVECTORS=%u -nostdlib -r -o "
            "%s " TESTS_DIR "/abi/target/harness.c " TESTS_DIR "/abi/target/%s",
            folder, chain->linker, options, toolchain_vectors(chain), objects, chain->assembly))
        return err->code;
    return run(err,
               "cd %s && %s %s -O1 -c batch.c -o batch.o && %s -static -nostdlib %s batch.o %s "
               "-o batch && %s./batch <pool >records",
               folder, chain->compiler, options, chain->linker,
               "-no-pie -Wl,--no-warn-mismatch,--no-warn-rwx-segments", objects, chain->run);
}

/* 0: the compiler lays out all types as we do. */
static int check_sizes(struct batch *batch, const uint8_t *at, struct error *err)
{
    bool big = batch->chain->conv->big;
    for (uint32_t i = 0; i < batch->sized.count; i++) {
        const struct type *type = batch->sized.at[i];
        uint32_t size = bytes_u32_in(at, big), align = bytes_u32_in(at + 4, big);
        at += 8;
        for (uint32_t k = 0; k < type->count; k++) {
            const struct member *member = &type->members[k];
            if (!member->name[0] || member->bits)
                continue;
            if (bytes_u32_in(at, big) != member->bit_offset / 8)
                return fail(err, ANYBPF_E_FORMAT, "member %s of %s lies at %u, not at %u",
                            member->name, type->name, bytes_u32_in(at, big),
                            member->bit_offset / 8);
            at += 4;
        }
        if (size != type->size || align != type->align)
            return fail(err, ANYBPF_E_FORMAT, "%s has size %u and alignment %u, not %u and %u",
                        type->name, size, align, (uint32_t)type->size, type->align);
    }
    return 0;
}

static int check_records(struct batch *batch, const char *path, struct error *err)
{
    FILE *in = fopen(path, "r");
    uint32_t words = 1;
    uint8_t *sizes, window[8192], memory[256];
    struct record record;

    for (uint32_t i = 0; i < batch->sized.count; i++) {
        words += 2;
        for (uint32_t k = 0; k < batch->sized.at[i]->count; k++)
            words += batch->sized.at[i]->members[k].name[0] && !batch->sized.at[i]->members[k].bits;
    }
    sizes = arena_alloc(batch->arena, words * 4);
    if (!in || fread(sizes, 4, words, in) != words)
        return fail(err, ANYBPF_E_SYSTEM, "%s is too short", path);
    if (check_sizes(batch, sizes + 4, err))
        return err->code;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct trial *trial = &batch->trials[i];
        if (trial->left_out)
            continue;
        if (fread(&record, sizeof record, 1, in) != 1 || fread(window, trial->window, 1, in) != 1)
            return fail(err, ANYBPF_E_SYSTEM, "%s is too short", path);
        check_call(batch, trial, &record, window);
        if (fread(&record, sizeof record, 1, in) != 1 || fread(memory, sizeof memory, 1, in) != 1)
            return fail(err, ANYBPF_E_SYSTEM, "%s is too short", path);
        check_return(batch, trial, &record, memory);
        coverage_count(trial->layout);
    }
    fclose(in);
    return 0;
}

int batch_run(struct batch *batch, const struct proto *protos, uint32_t count, const char *folder,
              struct error *err)
{
    char path[256];
    FILE *pool;

    batch->count = count;
    batch->trials = arena_array_of(batch->arena, count, struct trial);
    batch->pool =
        arena_alloc(batch->arena, (size_t)count * (ARGS_MOST + 1) * (VALUE_MOST + POOL_ALIGN) + 1);
    for (uint32_t i = 0; i < count; i++)
        batch->trials[i].proto = &protos[i];
    snprintf(path, sizeof path, "%s/batch.c", folder);
    if (write_source(batch, path, err))
        return err->code;
    snprintf(path, sizeof path, "%s/pool", folder);
    pool = fopen(path, "w");
    if (!pool || fwrite(batch->pool, 1, batch->pool_size, pool) != batch->pool_size || fclose(pool))
        return fail(err, ANYBPF_E_SYSTEM, "%s cannot be written", path);
    snprintf(path, sizeof path, "%s/records", folder);
    return build_and_run(batch, folder, err) || check_records(batch, path, err) ? err->code : 0;
}
