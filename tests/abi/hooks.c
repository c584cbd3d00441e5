/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf-hooks [--seed N] [--count N] [--keep FOLDER] [COMPILER]: the random prototypes of
 * anybpf-abi as functions of this process, built by gcc and by clang, with fentry, fexit and
 * fmod_ret programs attached. Every argument and result that a program sees is compared with what
 * the caller passed and the function returned, and what the function and its caller saw too, their
 * errno, direction and rounding and the static chain included, while the programs' helpers destroy
 * every register that they may. Then the fmod_ret program gives the result, where it can. */
#include "abi/local.h"
#include "api/inside.h"
#include "attach/destroy.h"
#include "bpf/text.h"
#include "rt/rt.h"
#include <anybpf.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 100, KINDS = 3, WORDS = TRACING_WORDS, COPY = 256, SLOT = 320 };
enum { ENTRY, EXIT, MODIFY };

static const char *const sections[KINDS] = { "fentry", "fexit", "fmod_ret" };

static struct {
    uint64_t seed;
    uint32_t count, tried, attached[KINDS], given, wrong;
    const char *folder;
    bool keep, clang;
} options = { .count = 200 };

/* ---- What programs hand over ---- */

static struct {
    uint64_t words[KINDS][WORDS];
    uint8_t copies[KINDS][WORDS][COPY];
    bool there[KINDS][WORDS];
    uint64_t verdict; /* of the fmod_ret program */
} seen;

enum { ERROR_WITHIN = 77, ERROR_AROUND = 4711 };

static uint64_t see(uint32_t index, uint64_t value)
{
    seen.words[index / WORDS][index % WORDS] = value;
    seen.there[index / WORDS][index % WORDS] = true;
    errno = ERROR_WITHIN;
    destroy_registers();
    return 0;
}

static uint64_t see_copy(const void *memory, uint32_t size, uint32_t index)
{
    memcpy(seen.copies[index / WORDS][index % WORDS], memory, size < COPY ? size : COPY);
    return see(index, 0);
}

static uint64_t give(void)
{
    destroy_registers();
    return seen.verdict;
}

/* ---- What a thread has beside registers with arguments ---- */

#define CHAIN "0x1122334455667788"

struct entered { /* with what a function was; target/entry_*.S and the functions themselves fill it
                  */
    uint64_t chain, control, flags;
    int32_t error;
    uint32_t calls;
};

/* How floats are rounded, and x86's direction flag. */
#if defined(__x86_64__)
enum { TOWARD_ZERO_SSE = 3 << 13, TOWARD_ZERO_X87 = 3 << 10, DIRECTION = 1 << 10 };
static uint64_t control(void)
{
    uint32_t sse;
    uint16_t x87;
    __asm__ volatile("stmxcsr %0\nfnstcw %1" : "=m"(sse), "=m"(x87));
    return sse | (uint64_t)x87 << 32;
}
static void set_control(uint64_t to)
{
    uint32_t sse = (uint32_t)to;
    uint16_t x87 = (uint16_t)(to >> 32);
    __asm__ volatile("ldmxcsr %0\nfldcw %1" ::"m"(sse), "m"(x87));
}
static uint64_t toward_zero(uint64_t usual)
{
    return usual | TOWARD_ZERO_SSE | (uint64_t)TOWARD_ZERO_X87 << 32;
}
static uint64_t flags(void)
{
    return __builtin_ia32_readeflags_u64();
}
#else
enum { DIRECTION = 0 };
static uint64_t control(void)
{
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr;
}
static void set_control(uint64_t to)
{
    __asm__ volatile("msr fpcr, %0" ::"r"(to));
}
static uint64_t toward_zero(uint64_t usual)
{
    return usual | 3 << 22;
}
static uint64_t flags(void)
{
    return 0;
}
#endif

/* ---- One prototype ---- */

struct subject {
    const struct proto *proto;
    const struct model *model;  /* as programs see it */
    const struct model *called; /* the same, or with a variadic call's further arguments */
    uint32_t stack_bytes;       /* of its arguments */
    bool left_out;
    uint8_t *pool; /* arguments, then the result, SLOT bytes each */
    void (*call)(uint8_t *pool, uint8_t *out);
    uint8_t *(*saw)(void);
    struct entered *entered;
    void **pointer; /* through which it is called */
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
    return f->pool + (size_t)(value < f->called->count ? value : ARGS_MOST) * SLOT;
}

/* What program `kind` saw of a value, put together again. */
static void check_seen(const struct subject *f, unsigned kind, uint32_t number,
                       const uint8_t *wanted)
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
            uint64_t extended = word->is_signed ? (uint64_t)((int64_t)(x << unused) >> unused)
                                                : x << unused >> unused;
            if (x != extended)
                wrong(f, "%s: value %u is not extended: %#" PRIx64, sections[kind], number, x);
        }
    }
    if (!is_alike(value, image, wanted))
        wrong(f, "%s: value %u is seen wrongly", sections[kind], number);
}

/* What the function was entered with, unless it was skipped. */
static void check_entered(const struct subject *f, uint64_t rounding)
{
    const struct entered *entered = f->entered;
    const uint8_t *saw = f->saw();

    for (uint32_t i = 0; i < f->called->count; i++)
        if (!is_alike(&f->called->args[i], saw + (size_t)i * SLOT, pool_of(f, i)))
            wrong(f, "the function got another argument %u", i);
    if (entered->chain != strtoull(CHAIN, NULL, 0))
        wrong(f, "the function got the static chain %#" PRIx64, entered->chain);
    if (entered->control != rounding)
        wrong(f, "the function rounds by %#" PRIx64, entered->control);
    if (entered->flags & DIRECTION)
        wrong(f, "the function has the direction flag set");
    if (entered->error != ERROR_AROUND)
        wrong(f, "the function has errno %d", entered->error);
}

/* A call whose result is to be `result`, of the function, or with skip of the fmod_ret program. */
static void call(struct subject *f, bool skip, const uint8_t *result)
{
    uint8_t out[SLOT + 64] = { 0 };
    uint64_t usual = control(), rounding = toward_zero(usual);
    bool has_result = f->model->result.class != MODEL_VOID;

    memset(f->entered, 0, sizeof *f->entered);
    set_control(rounding);
    errno = ERROR_AROUND;
    f->call(f->pool, out);
    if (errno != ERROR_AROUND || control() != rounding || flags() & DIRECTION)
        wrong(f, "the caller has another errno, rounding or direction");
    set_control(usual);
    options.tried++;
    if (f->entered->calls != !skip)
        wrong(f, "the function was called %u times", f->entered->calls);
    else if (!skip)
        check_entered(f, rounding);
    if (has_result && !is_alike(&f->model->result, out, result))
        wrong(f, "the caller got another result");
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (uint32_t i = 0; f->links[kind] && i < f->model->count; i++)
            check_seen(f, kind, i, pool_of(f, i));
    if (f->links[EXIT] && has_result)
        check_seen(f, EXIT, f->model->count, result);
}

/* ---- The results of fmod_ret programs ---- */

/* Odd, and negative in each of its sizes. */
#define VERDICT UINT64_C(0x819293a4b5c6d7e9)

static bool can_give(const struct subject *f)
{
    uint8_t class = f->model->result.class;
    return class == MODEL_INTEGER || class == MODEL_POINTER || class == MODEL_VOID;
}

/* Makes of r0 a result of the function's type. */
static void print_result(struct text *text, const struct model_value *result)
{
    unsigned unused = result->size < 4 ? 64 - 8 * (unsigned)result->size : 0;

    if (result->class == MODEL_POINTER)
        text_puts(text, "r0 &= 4095\nr0 = -r0\n");
    else if (result->class == MODEL_VOID || result->type->is_bool)
        text_puts(text, "r0 &= 1\n");
    else if (unused)
        text_printf(text, "r0 <<= %u\nr0 %s= %u\n", unused, result->is_signed ? "s>>" : ">>",
                    unused);
}

/* The bytes that the caller sees of such a result, 16 of them. */
static void put_result(const struct model_value *result, uint64_t verdict, uint8_t *at)
{
    uint64_t x = result->class == MODEL_POINTER ? -(verdict & 4095)
                 : result->type->is_bool        ? verdict & 1
                                                : verdict;
    bytes_set_u64_in(at, x, HOST_IS_BIG);
    bytes_set_u64_in(at + 8, result->is_signed ? UINT64_MAX : 0, HOST_IS_BIG);
}

static void run(struct subject *f)
{
    uint8_t given[16];

    memset(&seen, 0, sizeof seen);
    call(f, false, pool_of(f, f->called->count));
    if (!f->links[MODIFY] || !can_give(f))
        return;
    memset(&seen, 0, sizeof seen);
    seen.verdict = VERDICT;
    put_result(&f->model->result, VERDICT, given);
    call(f, true, given);
    options.given++;
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

static const char *program(struct arena *arena, const struct subject *f, unsigned kind)
{
    const struct tracing *tracing = f->tracing[kind];
    struct text text = { .arena = arena };
    text_puts(&text, "r6 = r1\n");
    for (uint32_t i = 0; i < tracing->count; i++)
        if (tracing->words[i].is_copy)
            text_printf(&text, "r1 = *(u64 *)(r6 + %u)\nr2 = %u\nr3 = %u\ncall 1001\n", 8 * i,
                        tracing->context.fields[i].extent, kind * WORDS + i);
        else
            text_printf(&text, "r1 = %u\nr2 = *(u64 *)(r6 + %u)\ncall 1000\n", kind * WORDS + i,
                        8 * i);
    text_puts(&text, kind == MODIFY && can_give(f) ? "call 1002\n" : "r0 = 0\n");
    if (kind == MODIFY && can_give(f))
        print_result(&text, &f->model->result);
    text_puts(&text, "exit\n");
    return text.at;
}

static struct anybpf_prog *load(struct arena *arena, struct anybpf_env *env,
                                const struct subject *f, unsigned kind, uint32_t number)
{
    struct assembly a = { .arena = arena, .text = program(arena, f, kind) };
    struct anybpf_object *obj;
    uint8_t *bytes;
    char section[64];

    if (assemble(&a))
        return NULL;
    bytes = arena_alloc(arena, 8 * (size_t)a.list.count);
    for (uint32_t i = 0; i < a.list.count; i++)
        insn_encode(a.list.at[i], bytes + 8 * (size_t)i, HOST_IS_BIG);
    snprintf(section, sizeof section, "%s/f%u", sections[kind], number);
    obj = anybpf_open_insns(env, bytes, a.list.count, section);
    if (!obj || anybpf_set(obj, ANYBPF_CLANG_ABI, options.clang))
        return NULL;
    return anybpf_find(obj, NULL);
}

/* Attaches a program, by turns to the entry and to the pointer through which it is called. */
static void attach(struct arena *arena, struct anybpf_env *env, struct subject *f, unsigned kind,
                   uint32_t number)
{
    static const enum attach_kind kinds[KINDS] = { ATTACH_ENTRY, ATTACH_EXIT, ATTACH_MODIFY };
    bool by_entry = f->proto->seed / 4 % 2;
    struct anybpf_attach_options how = { .sled = by_entry,
                                         .stack_bytes = f->stack_bytes ? f->stack_bytes : 8,
                                         .pointer = by_entry ? NULL : f->pointer };
    struct anybpf_prog *prog = NULL;
    struct error err = { 0 };

    if (!tracing_of(arena, kinds[kind], f->model, &f->tracing[kind], &err))
        prog = load(arena, env, f, kind, number);
    if (prog)
        f->links[kind] = anybpf_attach(prog, NULL, &how);
    options.attached[kind] += f->links[kind] != NULL;
    if (!f->links[kind])
        wrong(f, "%s: %s", sections[kind], anybpf_error(env));
}

/* ---- The functions ---- */

static const char functions_head[] =
    "struct entered { unsigned long chain, control, flags; int error; unsigned calls; };\n"
    "__attribute__((visibility(\"hidden\"))) struct entered entered;\n"
    "struct entered *get_entered(void) { return &entered; }\n"
    "int *__errno_location(void);\n";

static void write_params(FILE *out, const struct proto *proto)
{
    fputc('(', out);
    for (uint32_t i = 0; i < proto->named; i++)
        fprintf(out, "%s__typeof__(%s) a%u", i ? ", " : "", proto->args[i], i);
    fputs(proto->variadic ? ", ...)" : proto->count ? ")" : "void)", out);
}

static void write_body(FILE *out, const struct proto *proto, uint32_t n)
{
    fprintf(out, "__attribute__((noipa, visibility(\"hidden\"))) %s body%u", proto->result, n);
    write_params(out, proto);
    fprintf(out, " {\n    entered.error = *__errno_location();\n    entered.calls++;\n");
    if (proto->variadic)
        fprintf(out, "    __builtin_va_list more;\n    __builtin_va_start(more, a%u);\n",
                proto->named - 1);
    for (uint32_t i = proto->named; i < proto->count; i++)
        fprintf(out, "    __typeof__(%s) a%u = __builtin_va_arg(more, __typeof__(%s));\n",
                proto->args[i], i, proto->args[i]);
    for (uint32_t i = 0; i < proto->count; i++)
        fprintf(out, "    __builtin_memcpy(saw%u + %u, &a%u, sizeof a%u);\n", n, i * SLOT, i, i);
    if (strcmp(proto->result, "void"))
        fprintf(out, "    return *(__typeof__(%s) *)(pool%u + %u);\n", proto->result, n,
                ARGS_MOST * SLOT);
    fprintf(out, "}\n");
}

static void write_function(FILE *out, const struct subject *f, uint32_t n)
{
    const struct proto *proto = f->proto;
    bool is_void = !strcmp(proto->result, "void");

    fprintf(out,
            "static unsigned char saw%u[%u] __attribute__((aligned(64)));\n"
            "unsigned char *get_saw%u(void) { return saw%u; }\n"
            "static unsigned char *pool%u;\n",
            n, ARGS_MOST * SLOT, n, n, n);
    write_body(out, proto, n);
    fprintf(out, "__attribute__((visibility(\"hidden\"))) %s chained%u", proto->result, n);
    write_params(out, proto);
    fprintf(out, ";\nvoid call%u(unsigned char *pool, unsigned char *out) {\n    pool%u = pool;\n",
            n, n);
    fprintf(out, is_void ? "    chained%u(" : "    __typeof__(%2$s) r = chained%1$u(", n,
            proto->result);
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
    for (uint32_t i = 0; i <= f->called->count; i++) {
        const struct model_value *value =
            i < f->called->count ? &f->called->args[i] : &f->called->result;
        if (value->class != MODEL_VOID)
            check_tame(value->type, (uint8_t *)pool_of(f, i));
    }
}

static bool is_left_out(const struct toolchain *chain, const struct model *model)
{
    bool out = known_is_in(chain, model);
    for (uint32_t i = 0; i <= model->count; i++) {
        const struct model_value *value = i < model->count ? &model->args[i] : &model->result;
        out |= value->size > VALUE_MOST;
    }
    return out;
}

static int declare(struct arena *arena, struct anybpf_env *env, struct subject *f, uint32_t n,
                   struct error *err)
{
    struct text text = { .arena = arena };
    const struct native *native;
    const struct type *more[ARGS_MOST];
    uint32_t named = f->proto->named;
    char name[16];

    snprintf(name, sizeof name, "f%u", n);
    text_printf(&text, "%s%s f%u(", f->proto->definitions, f->proto->result, n);
    for (uint32_t i = 0; i < named; i++)
        text_printf(&text, "%s%s", i ? ", " : "", f->proto->args[i]);
    text_printf(&text, "%s)", f->proto->variadic ? ", ..." : f->proto->count ? "" : "void");
    if (anybpf_env_function(env, text.at, NULL))
        return fail(err, ANYBPF_E_FORMAT, "%s", anybpf_error(env));
    if (!(native = env_native(api_env(env), name, err)))
        return err->code;
    f->model = native->model;
    for (uint32_t i = named; i < f->proto->count; i++)
        if (cdecl_type(api_env(env)->types, f->proto->args[i], &more[i - named], err))
            return err->code;
    return model_of_call(arena, f->model, more, f->proto->count - named, &f->called, err);
}

/* As gcc of the same row links, for any processor of the kind. */
#if defined(__x86_64__)
#define CLANG "clang-19 --target=x86_64-linux-gnu"
#else
#define CLANG "clang-19 --target=aarch64-linux-gnu"
#endif

/* For the widest vectors that the processor has. */
static const char *vector_option(const struct toolchain *chain)
{
    uint32_t bytes = toolchain_vectors(chain);
    return bytes == 64 ? "-mavx512f" : bytes == 32 ? "-mavx" : "";
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

/* Every other function of no result has a number, so that there is more to give. */
static void give_number(struct proto *proto)
{
    static const char *const numbers[] = { "int",   "unsigned char", "long",   "_Bool",
                                           "short", "unsigned int",  "void *", "__int128",
                                           "char",  "enum wide",     "long" };
    if (!strcmp(proto->result, "void") && proto->seed & 1)
        proto->result = numbers[proto->seed / 2 % (sizeof numbers / sizeof *numbers)];
}

static int write_sources(struct round *r)
{
    const struct layout *layout;
    struct proto *protos = arena_array_of(r->arena, BATCH, struct proto);
    char path[300];
    FILE *out, *entries;

    snprintf(path, sizeof path, "%s/hooks.c", options.folder);
    if (!(out = fopen(path, "w")))
        return fail(&r->err, ANYBPF_E_SYSTEM, "%s cannot be written", path);
    snprintf(path, sizeof path, "%s/entries.S", options.folder);
    if (!(entries = fopen(path, "w")))
        return fail(&r->err, ANYBPF_E_SYSTEM, "%s cannot be written", path);
    fprintf(out, "%s%s", preamble, functions_head);
    fprintf(entries, "#define CHAIN %s\n#include \"%s/abi/target/entry_%s.S\"\n", CHAIN, TESTS_DIR,
            host_target);
    for (uint32_t i = 0; i < r->count; i++) {
        struct subject *f = &r->functions[i];
        generate(r->arena, r->chain, options.seed + i, &protos[i]);
        give_number(&protos[i]);
        f->proto = &protos[i];
        if (declare(r->arena, r->env, f, i, &r->err) ||
            layout_of(r->arena, r->chain->conv, f->called, &layout, &r->err))
            return r->err.code;
        f->stack_bytes = layout->stack_size;
        fputs(f->proto->definitions, out);
        if ((f->left_out = is_left_out(r->chain, f->called)))
            continue;
        write_function(out, f, i);
        fprintf(entries, "entry %u\n", i);
    }
    return fclose(out) | fclose(entries) ? fail(&r->err, ANYBPF_E_SYSTEM, "nothing can be written")
                                         : 0;
}

static int run_round(void *arg)
{
    struct round *r = arg;
    char path[300], command[1000];
    void *library;

    if (anybpf_env_declare(r->env, preamble))
        return fail(&r->err, ANYBPF_E_FORMAT, "%s", anybpf_error(r->env));
    if (write_sources(r))
        return r->err.code;
    snprintf(path, sizeof path, "%s/%s-%" PRIu64 ".so", options.folder, r->chain->name,
             options.seed);
    snprintf(command, sizeof command,
             "cd %s && %s %s -w -O2 -Wno-psabi -Wno-packed-bitfield-compat -fno-strict-aliasing "
             "-fPIC -c hooks.c && %s -shared hooks.o entries.S -o %s",
             options.folder, r->chain->clang ? CLANG : r->chain->linker, vector_option(r->chain),
             r->chain->linker, path);
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
        f->pointer = symbol(library, "pointer%u", i);
        f->entered = ((struct entered * (*)(void)) dlsym(library, "get_entered"))();
        if (set_native(r, i, symbol(library, "f%u", i)))
            return r->err.code;
        for (unsigned kind = 0; kind < KINDS; kind++)
            attach(r->arena, r->env, f, kind, i);
        run(f);
        free(f->pool);
    }
    return 0;
}

static bool try_round(const struct toolchain *chain, uint32_t count)
{
    struct round *r = calloc(1, sizeof *r);
    bool done;

    r->chain = chain;
    r->arena = arena_new(&allocator_libc, 0);
    r->env = anybpf_env_new();
    r->count = count;
    done = !anybpf_env_helper(r->env, 1000, "__u64 see(__u32 index, __u64 value)",
                              (void *)(uintptr_t)see) &&
           !anybpf_env_helper(r->env, 1001,
                              "__u64 see_copy(const void *memory __sz(size), __u32 size, __u32 i)",
                              (void *)(uintptr_t)see_copy) &&
           !anybpf_env_helper(r->env, 1002, "__u64 give(void)", (void *)(uintptr_t)give) &&
           !arena_try(r->arena, &r->err, run_round, r);
    if (!done)
        printf("%s %s\n", r->err.text, anybpf_error(r->env));
    anybpf_env_free(r->env);
    arena_free(r->arena);
    free(r);
    return done;
}

/* Whether none differ. */
static bool try_chain(const struct toolchain *chain)
{
    uint64_t first = options.seed;
    uint32_t count;

    options.clang = chain->clang;
    options.tried = options.given = options.wrong = 0;
    memset(options.attached, 0, sizeof options.attached);
    for (uint32_t left = options.count; left; left -= count, options.seed += count) {
        count = left < BATCH ? left : BATCH;
        if (!try_round(chain, count))
            return false;
    }
    options.seed = first;
    printf(
        "%s: %u calls with programs attached: fentry to %u, fexit to %u, fmod_ret to %u functions, "
        "of which it gave the result of %u; %u wrong\n",
        chain->name, options.tried, options.attached[ENTRY], options.attached[EXIT],
        options.attached[MODIFY], options.given, options.wrong);
    return !options.wrong;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/anybpf-hooks-XXXXXX", command[300];
    const char *compiler = "";
    unsigned passed = 0, failed = 0;

    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-' || i + 1 == argc)
            compiler = argv[i];
        else if (!strcmp(argv[i], "--seed"))
            options.seed = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--count"))
            options.count = (uint32_t)strtoul(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--keep"))
            options.folder = argv[++i], options.keep = true;
    if (!options.folder)
        options.folder = mkdtemp(folder);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (uint32_t i = 0; toolchain_at(i); i++) {
        const struct toolchain *chain = toolchain_at(i);
        if (!strncmp(chain->name, host_target, strlen(host_target)) &&
            strstr(chain->name, compiler))
            *(try_chain(chain) ? &passed : &failed) += 1;
    }
    if (!options.keep) {
        snprintf(command, sizeof command, "rm -rf %s", options.folder);
        if (system(command))
            return 2;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed || !passed;
}
