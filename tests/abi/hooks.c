/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf-hooks [--seed N] [--count N] [--keep FOLDER]: the random prototypes of anybpf-abi as
 * functions of this process, with fentry, fexit and fmod_ret programs attached. Every argument and
 * result that a program sees is compared with what the caller passed and the function returned, and
 * what the function and its caller saw too. */
#include "abi/local.h"
#include "api/inside.h"
#include "bpf/text.h"
#include "rt/rt.h"
#include <anybpf.h>
#include <dlfcn.h>
#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 100, KINDS = 3, WORDS = TRACING_WORDS, COPY = 256, SLOT = 320 };

static const char *const sections[KINDS] = { "fentry", "fexit", "fmod_ret" };

static struct {
    uint64_t seed;
    uint32_t count, tried, attached[KINDS], refused, wrong;
    const char *folder;
    bool keep;
} options = { .count = 200 };

/* ---- What programs hand over ---- */

static struct {
    uint64_t words[KINDS][WORDS];
    uint8_t copies[KINDS][WORDS][COPY];
    bool there[KINDS][WORDS];
} seen;

static uint64_t see(uint32_t index, uint64_t value)
{
    seen.words[index / WORDS][index % WORDS] = value;
    seen.there[index / WORDS][index % WORDS] = true;
    return 0;
}

static uint64_t see_copy(const void *memory, uint32_t size, uint32_t index)
{
    memcpy(seen.copies[index / WORDS][index % WORDS], memory, size < COPY ? size : COPY);
    seen.there[index / WORDS][index % WORDS] = true;
    return 0;
}

/* ---- One prototype ---- */

struct subject {
    const struct proto *proto;
    const struct model *model;
    bool left_out;
    uint8_t *pool; /* arguments, then the result, SLOT bytes each */
    void (*call)(uint8_t *pool, uint8_t *out);
    uint8_t *(*saw)(void);
    struct anybpf_link *links[KINDS];
    const struct tracing *tracing[KINDS];
};

static void wrong(const struct subject *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void wrong(const struct subject *f, const char *format, ...)
{
    va_list args;
    options.wrong++;
    printf("seed %" PRIu64 ": ", f->proto->seed);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n%s%s f(", f->proto->definitions, f->proto->result);
    for (uint32_t i = 0; i < f->proto->count; i++)
        printf("%s%s", i ? ", " : "", f->proto->args[i]);
    puts(")");
}

static bool is_alike(const struct model_value *value, const uint8_t *a, const uint8_t *b)
{
    uint8_t mask[VALUE_MOST] = { 0 };
    check_mask(value->type, HOST_IS_BIG, mask);
    if (host_elf_machine == EM_X86_64)
        check_mask_x87(value->type, mask);
    for (uint32_t i = 0; i < value->size; i++)
        if ((a[i] ^ b[i]) & mask[i])
            return false;
    return true;
}

static const uint8_t *pool_of(const struct subject *f, uint32_t value)
{
    return f->pool + (size_t)(value < f->model->count ? value : ARGS_MOST) * SLOT;
}

/* What program `kind` saw of a value, put together again. */
static void check_seen(const struct subject *f, unsigned kind, uint32_t number)
{
    const struct tracing *tracing = f->tracing[kind];
    const struct model_value *value =
        number < f->model->count ? &f->model->args[number] : &f->model->result;
    uint8_t image[VALUE_MOST + 16] = { 0 };

    for (uint32_t i = 0; i < tracing->count; i++) {
        const struct tracing_word *word = &tracing->words[i];
        uint64_t x = seen.words[kind][i];
        if (word->value != number)
            continue;
        if (!seen.there[kind][i]) {
            wrong(f, "%s did not run", sections[kind]);
            return;
        }
        if (word->is_copy)
            memcpy(image, seen.copies[kind][i], COPY);
        else
            bytes_set_u64_in(image + word->offset, x, false);
        if (!word->is_copy && word->size < 8 && value->class == MODEL_INTEGER) {
            unsigned unused = 64 - 8 * word->size;
            uint64_t wanted = word->is_signed ? (uint64_t)((int64_t)(x << unused) >> unused)
                                              : x << unused >> unused;
            if (x != wanted)
                wrong(f, "%s: value %u is not extended: %#" PRIx64, sections[kind], number, x);
        }
    }
    if (!is_alike(value, image, pool_of(f, number)))
        wrong(f, "%s: value %u is seen wrongly", sections[kind], number);
}

static void run(struct subject *f)
{
    uint8_t out[SLOT + 64] = { 0 };
    const uint8_t *saw = f->saw();

    memset(&seen, 0, sizeof seen);
    f->call(f->pool, out);
    options.tried++;
    for (uint32_t i = 0; i < f->model->count; i++)
        if (!is_alike(&f->model->args[i], saw + (size_t)i * SLOT, pool_of(f, i)))
            wrong(f, "the function got another argument %u", i);
    if (f->model->result.class != MODEL_VOID &&
        !is_alike(&f->model->result, out, pool_of(f, f->model->count)))
        wrong(f, "the caller got another result");
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (uint32_t i = 0; f->links[kind] && i < f->model->count; i++)
            check_seen(f, kind, i);
        if (f->links[kind] && kind == 1 && f->model->result.class != MODEL_VOID)
            check_seen(f, kind, f->model->count);
    }
}

/* ---- Attaching ---- */

struct assembly {
    struct arena *arena;
    const char *text;
    struct insn_list list;
    struct error err;
};

static int assemble(void *arg)
{
    struct assembly *a = arg;
    return insn_assemble(a->arena, a->text, &a->list, &a->err);
}

static const char *program(struct arena *arena, const struct tracing *tracing, unsigned kind)
{
    struct text text = { .arena = arena };
    text_puts(&text, "r6 = r1\n");
    for (uint32_t i = 0; i < tracing->count; i++)
        if (tracing->words[i].is_copy)
            text_printf(&text, "r1 = *(u64 *)(r6 + %u)\nr2 = %u\nr3 = %u\ncall 1001\n", 8 * i,
                        tracing->context.fields[i].extent, kind * WORDS + i);
        else
            text_printf(&text, "r1 = %u\nr2 = *(u64 *)(r6 + %u)\ncall 1000\n", kind * WORDS + i,
                        8 * i);
    text_puts(&text, "r0 = 0\nexit\n");
    return text.at;
}

static bool attach(struct arena *arena, struct anybpf_env *env, struct subject *f, unsigned kind,
                   uint32_t number)
{
    static const enum attach_kind kinds[KINDS] = { ATTACH_ENTRY, ATTACH_EXIT, ATTACH_MODIFY };
    struct assembly a = { .arena = arena };
    struct anybpf_object *obj;
    struct anybpf_prog *prog;
    uint8_t *bytes;
    char section[64];

    if (tracing_of(arena, kinds[kind], f->model, &f->tracing[kind], &a.err))
        return a.err.code == ANYBPF_E_UNSUPPORTED;
    a.text = program(arena, f->tracing[kind], kind);
    if (assemble(&a))
        return false;
    bytes = arena_alloc(arena, 8 * (size_t)a.list.count);
    for (uint32_t i = 0; i < a.list.count; i++)
        insn_encode(a.list.at[i], bytes + 8 * (size_t)i, HOST_IS_BIG);
    snprintf(section, sizeof section, "%s/f%u", sections[kind], number);
    obj = anybpf_open_insns(env, bytes, a.list.count, section);
    prog = obj ? anybpf_find(obj, NULL) : NULL;
    if (!prog)
        return false;
    f->links[kind] = anybpf_attach(prog, NULL, &(struct anybpf_attach_options){ .sled = true });
    if (!f->links[kind])
        return strstr(anybpf_error(env), "not offered yet") && ++options.refused;
    options.attached[kind]++;
    return true;
}

/* ---- The functions ---- */

static void write_function(FILE *out, const struct subject *f, uint32_t n)
{
    const struct proto *proto = f->proto;
    bool is_void = !strcmp(proto->result, "void");

    fprintf(out,
            "static unsigned char saw%u[%u] __attribute__((aligned(64)));\n"
            "unsigned char *get_saw%u(void) { return saw%u; }\n"
            "static unsigned char *pool%u;\n"
            "__attribute__((noipa, patchable_function_entry(%d))) %s f%u(",
            n, ARGS_MOST * SLOT, n, n, n, host_elf_machine == EM_X86_64 ? 5 : 2, proto->result, n);
    for (uint32_t i = 0; i < proto->count; i++)
        fprintf(out, "%s__typeof__(%s) a%u", i ? ", " : "", proto->args[i], i);
    fprintf(out, "%s) {\n", proto->count ? "" : "void");
    for (uint32_t i = 0; i < proto->count; i++)
        fprintf(out, "    __builtin_memcpy(saw%u + %u, &a%u, sizeof a%u);\n", n, i * SLOT, i, i);
    if (!is_void)
        fprintf(out, "    return *(__typeof__(%s) *)(pool%u + %u);\n", proto->result, n,
                ARGS_MOST * SLOT);
    fprintf(out, "}\nvoid call%u(unsigned char *pool, unsigned char *out) {\n    pool%u = pool;\n",
            n, n);
    fprintf(out, is_void ? "    f%u(" : "    __typeof__(%2$s) r = f%1$u(", n, proto->result);
    for (uint32_t i = 0; i < proto->count; i++)
        fprintf(out, "%s*(__typeof__(%s) *)(pool + %u)", i ? ", " : "", proto->args[i], i * SLOT);
    fprintf(out, ");\n");
    if (!is_void)
        fprintf(out, "    __builtin_memcpy(out, &r, sizeof r);\n");
    fprintf(out, "}\n");
}

static void fill(struct subject *f)
{
    uint64_t random = f->proto->seed ^ 0xa5a5;
    f->pool = aligned_alloc(64, (ARGS_MOST + 1) * SLOT + 64);
    for (uint32_t i = 0; i < (ARGS_MOST + 1) * SLOT; i++)
        f->pool[i] = (uint8_t)(1 + random_below(&random, 255));
    for (uint32_t i = 0; i <= f->model->count; i++) {
        const struct model_value *value =
            i < f->model->count ? &f->model->args[i] : &f->model->result;
        if (value->class != MODEL_VOID)
            check_tame(value->type, (uint8_t *)pool_of(f, i));
    }
}

/* Vectors of more than 16 bytes: how they lie depends on the options that a file is compiled with.
 */
static bool has_wide_vector(const struct type *type)
{
    bool found = false;
    type = type_strip(type);
    if (type->kind == TYPE_VECTOR)
        return type->size > 16;
    if (type->kind == TYPE_ARRAY)
        return has_wide_vector(type->to);
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        for (uint32_t i = 0; i < type->count; i++)
            found |= has_wide_vector(type->members[i].type);
    return found;
}

static bool is_left_out(const struct toolchain *chain, const struct subject *f)
{
    bool out = f->proto->variadic || known_is_in(chain, f->model);
    for (uint32_t i = 0; i <= f->model->count; i++) {
        const struct model_value *value =
            i < f->model->count ? &f->model->args[i] : &f->model->result;
        out |= value->size > VALUE_MOST || has_wide_vector(value->type);
    }
    return out;
}

static int declare(struct arena *arena, struct anybpf_env *env, struct subject *f, uint32_t n,
                   struct error *err)
{
    struct text text = { .arena = arena };
    const struct native *native;
    char name[16];

    snprintf(name, sizeof name, "f%u", n);
    text_printf(&text, "%s%s f%u(", f->proto->definitions, f->proto->result, n);
    for (uint32_t i = 0; i < f->proto->named; i++)
        text_printf(&text, "%s%s", i ? ", " : "", f->proto->args[i]);
    text_printf(&text, "%s)", f->proto->variadic ? ", ..." : f->proto->count ? "" : "void");
    if (anybpf_env_function(env, text.at, NULL))
        return fail(err, ANYBPF_E_FORMAT, "%s", anybpf_error(env));
    native = env_native(api_env(env), name, err);
    f->model = native->model;
    return 0;
}

struct round {
    struct arena *arena;
    struct anybpf_env *env;
    const struct toolchain *chain;
    struct subject functions[BATCH];
    uint32_t count;
    struct error err;
};

static void *symbol(void *library, const char *format, uint32_t n)
{
    char name[32];
    snprintf(name, sizeof name, format, n);
    return dlsym(library, name);
}

static int set_native(struct round *r, uint32_t n, void *function)
{
    char name[16];
    struct native *native;
    snprintf(name, sizeof name, "f%u", n);
    native = (struct native *)env_native(api_env(r->env), name, &r->err);
    memcpy(&native->address, &function, sizeof function);
    return r->err.code;
}

static int run_round(void *arg)
{
    struct round *r = arg;
    char path[300], command[1000];
    struct proto *protos = arena_array_of(r->arena, BATCH, struct proto);
    FILE *out;
    void *library;

    snprintf(path, sizeof path, "%s/hooks.c", options.folder);
    if (!(out = fopen(path, "w")))
        return fail(&r->err, ANYBPF_E_SYSTEM, "%s cannot be written", path);
    fputs(preamble, out);
    snprintf(command, sizeof command, "%s int unused(void)", preamble);
    if (anybpf_env_function(r->env, command, NULL))
        return fail(&r->err, ANYBPF_E_FORMAT, "%s", anybpf_error(r->env));
    for (uint32_t i = 0; i < r->count; i++) {
        struct subject *f = &r->functions[i];
        generate(r->arena, r->chain, options.seed + i, &protos[i]);
        f->proto = &protos[i];
        if (declare(r->arena, r->env, f, i, &r->err))
            return r->err.code;
        fputs(f->proto->definitions, out);
        if (!(f->left_out = is_left_out(r->chain, f)))
            write_function(out, f, i);
    }
    fclose(out);
    snprintf(path, sizeof path, "%s/hooks-%" PRIu64 ".so", options.folder, options.seed);
    snprintf(command, sizeof command,
             "cd %s && %s -w -O2 -Wno-psabi -Wno-packed-bitfield-compat -fno-strict-aliasing "
             "-shared -fPIC hooks.c -o %s",
             options.folder, r->chain->linker, path);
    if (system(command))
        return fail(&r->err, ANYBPF_E_SYSTEM, "failed: %s", command);
    if (!(library = dlopen(path, RTLD_NOW)))
        return fail(&r->err, ANYBPF_E_SYSTEM, "%s", dlerror());
    for (uint32_t i = 0; i < r->count; i++) {
        struct subject *f = &r->functions[i];
        if (f->left_out)
            continue;
        fill(f);
        *(void **)&f->call = symbol(library, "call%u", i);
        *(void **)&f->saw = symbol(library, "get_saw%u", i);
        if (set_native(r, i, symbol(library, "f%u", i)))
            return r->err.code;
        for (unsigned kind = 0; kind < KINDS; kind++)
            if (!attach(r->arena, r->env, f, kind, i))
                wrong(f, "%s: %s", sections[kind], anybpf_error(r->env));
        run(f);
        free(f->pool);
    }
    return 0;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/anybpf-hooks-XXXXXX", name[32], command[300];
    const struct toolchain *chain = NULL;

    for (int i = 1; i + 1 < argc; i += 2)
        if (!strcmp(argv[i], "--seed"))
            options.seed = strtoull(argv[i + 1], NULL, 0);
        else if (!strcmp(argv[i], "--count"))
            options.count = (uint32_t)strtoul(argv[i + 1], NULL, 0);
        else if (!strcmp(argv[i], "--keep"))
            options.folder = argv[i + 1], options.keep = true;
    snprintf(name, sizeof name, "%s-gcc", host_target);
    for (uint32_t i = 0; toolchain_at(i); i++)
        if (!strcmp(toolchain_at(i)->name, name))
            chain = toolchain_at(i);
    if (!chain)
        return 2;
    if (!options.folder)
        options.folder = mkdtemp(folder);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (uint32_t left = options.count; left;) {
        struct round *r = calloc(1, sizeof *r);
        r->chain = chain;
        r->arena = arena_new(&allocator_libc, 0);
        r->env = anybpf_env_new();
        r->count = left < BATCH ? left : BATCH;
        if (anybpf_env_helper(r->env, 1000, "__u64 see(__u32 index, __u64 value)",
                              (void *)(uintptr_t)see) ||
            anybpf_env_helper(r->env, 1001,
                              "__u64 see_copy(const void *memory __sz(size), __u32 size, __u32 i)",
                              (void *)(uintptr_t)see_copy) ||
            arena_try(r->arena, &r->err, run_round, r)) {
            printf("%s %s\n", r->err.text, anybpf_error(r->env));
            return 2;
        }
        left -= r->count;
        options.seed += r->count;
        anybpf_env_free(r->env);
        arena_free(r->arena);
        free(r);
    }
    if (!options.keep) {
        snprintf(command, sizeof command, "rm -rf %s", options.folder);
        if (system(command))
            return 2;
    }
    printf("%s: %u prototypes called; fentry %u, fexit %u, fmod_ret %u attached, %u not offered; "
           "%u wrong\n",
           name, options.tried, options.attached[0], options.attached[1], options.attached[2],
           options.refused, options.wrong);
    return options.wrong != 0;
}
