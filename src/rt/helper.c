/* SPDX-License-Identifier: Apache-2.0 */
/* The records of the helpers: the rows of helper.def, and those made of an embedder's prototype.
 * Also the interpreter's way to call both. */
#include "base/planted.h"
#include "rt/local.h"
#include <string.h>

/* ---- The rows ---- */

/* The words of the rows. */
enum {
    OUT = ARG_OUT,
    NULLABLE = ARG_NULLABLE,
    ZERO = ARG_ZERO,
    RELEASE = ARG_RELEASE,
    ANY = CONTEXT_MEMORY | CONTEXT_XDP | CONTEXT_SKB | CONTEXT_RAW_TP | CONTEXT_DESCRIBED |
          CONTEXT_TRACING | CONTEXT_REGS,
    MAPS_PERCPU = 1 << MAP_PERCPU_HASH | 1 << MAP_PERCPU_ARRAY,
    MAPS_EACH = 1 << MAP_HASH | 1 << MAP_ARRAY | 1 << MAP_LRU_HASH | MAPS_PERCPU,
    MAPS_KEYED = MAPS_EACH | 1 << MAP_LPM_TRIE,
    MAPS_PROG = 1 << MAP_PROG_ARRAY,
    MAPS_RING = 1 << MAP_RINGBUF,
    MAPS_PERF = 1 << MAP_PERF_EVENT_ARRAY,
};
#define BYTES(n) ARG_BYTES(n)

#define C_TYPE(type)                                                                               \
    _Generic((type)0,                                                                              \
        uint32_t: C_U32,                                                                           \
        int32_t: C_S32,                                                                            \
        uint64_t: C_U64,                                                                           \
        int64_t: C_S64,                                                                            \
        default: C_POINTER)
/* A register as a value of the type, pointers through uintptr_t. */
#define FROM_REGISTER(type, r)                                                                     \
    ((type) __builtin_choose_expr(C_TYPE(type) == C_POINTER, (uintptr_t)(r), (r)))
#define TO_REGISTER(type, value)                                                                   \
    ((uint64_t)__builtin_choose_expr(C_TYPE(type) == C_POINTER, (uintptr_t)(value), (value)))

#define PASS_(i, type, name, kind) FROM_REGISTER(type, r[i])
#define PASS(i, arg)               EXPAND_ROW(PASS_, i, ROW_##arg)

#define HELPER(id, name, ret, takes, n, args, ...)                                                 \
    static uint64_t stub_##name(struct vcpu *vcpu, const uint64_t r[5])                            \
    {                                                                                              \
        (void)vcpu, (void)r;                                                                       \
        return TO_REGISTER(TYPE_##ret,                                                             \
                           helper_##name PASS_##takes(EXPAND(LIST_##n, PASS, UNPACK args)));       \
    }
#include "rt/helper.def"
#undef HELPER

#define TEXT_(...)                  #__VA_ARGS__
#define TEXT(...)                   TEXT_(__VA_ARGS__)
#define CTYPE_(i, type, name, kind) C_TYPE(type)
#define CTYPE(i, arg)               EXPAND_ROW(CTYPE_, i, ROW_##arg)
#define KIND_(i, type, name, kind)  ARG_##kind
#define KIND(i, arg)                EXPAND_ROW(KIND_, i, ROW_##arg)

#define HELPER(number, called, returns, takes, n, list, contexts, kinds, more)                     \
    { .id = number,                                                                                \
      .name = "bpf_" #called,                                                                      \
      .prototype =                                                                                 \
          TEXT(TYPE_##returns bpf_##called PARAMS_NONE(EXPAND(LIST_##n, PARAM, UNPACK list))),     \
      .programs = contexts,                                                                        \
      .maps = kinds,                                                                               \
      .flags = (more) | FLAGS_##takes,                                                             \
      .args = n,                                                                                   \
      .ret = KIND_##returns,                                                                       \
      .ret_type = C_TYPE(TYPE_##returns),                                                          \
      .arg_type = { EXPAND(LIST_##n, CTYPE, UNPACK list) },                                        \
      .size_of = { 1, 2, 3, 4, 5 },                                                                \
      .arg = { EXPAND(LIST_##n, KIND, UNPACK list) },                                              \
      .function = (void (*)(void))helper_##called,                                                 \
      .stub = stub_##called },
const struct helper helpers[] = {
#include "rt/helper.def"
};
#undef HELPER
const uint32_t helper_count = sizeof helpers / sizeof *helpers;

/* ---- Calling ---- */

static uint64_t extend(uint64_t value, uint8_t type)
{
    switch ((enum c_type)type) {
    case C_U8: return (uint8_t)value;
    case C_S8: return (uint64_t)(int8_t)value;
    case C_U16: return (uint16_t)value;
    case C_S16: return (uint64_t)(int16_t)value;
    case C_U32: return (uint32_t)value;
    case C_S32: return FAULT(argument_sign, (uint64_t)(int32_t)value, (uint32_t)value);
    case C_NONE: return 0;
    default: return value;
    }
}

/* With 64-bit registers every convention takes integers and pointers extended to a register each,
 * and six of them in registers. */
static uint64_t call_wide(const struct helper *helper, struct vcpu *vcpu, const uint64_t r[5])
{
    typedef uint64_t plain(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
    typedef uint64_t with_vcpu(struct vcpu *, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
    uint64_t a[5];

    for (int i = 0; i < 5; i++)
        a[i] = extend(r[i], helper->arg_type[i]);
    if (helper->flags & HELPER_VCPU)
        return ((with_vcpu *)helper->function)(vcpu, a[0], a[1], a[2], a[3], a[4]);
    return ((plain *)helper->function)(a[0], a[1], a[2], a[3], a[4]);
}

uint64_t helper_call(const struct helper *helper, struct vcpu *vcpu, const uint64_t r[5])
{
    if (helper->stub)
        return helper->stub(vcpu, r);
    return extend(call_wide(helper, vcpu, r), helper->ret_type);
}

/* ---- An embedder's prototype ---- */

static const struct type *pointee(const struct type *type)
{
    type = type_strip(type);
    return type->kind == TYPE_PTR ? type->to : NULL;
}

static bool is_const(const struct type *type)
{
    while (type && (type->kind == TYPE_TYPEDEF || type->kind == TYPE_VOLATILE ||
                    type->kind == TYPE_RESTRICT || type->kind == TYPE_TYPE_TAG))
        type = type->to;
    return type && type->kind == TYPE_CONST;
}

/* How it is passed in C; C_NONE: not as an integer or a pointer. */
static enum c_type c_type_of(const struct type *type)
{
    static const uint8_t sized[] = { C_U8, C_U16, C_U32, C_U64 };
    type = type_strip(type);
    if (type->kind == TYPE_PTR)
        return C_POINTER;
    if ((type->kind != TYPE_INT && type->kind != TYPE_ENUM && type->kind != TYPE_ENUM64) ||
        !type->size || type->size > 8 || type->size & (type->size - 1))
        return C_NONE;
    return sized[__builtin_ctzll(type->size)] + (type->is_signed ? 1 : 0);
}

struct reading { /* of a prototype */
    struct helper *helper;
    const struct type *func, *proto;
    int skip; /* parameters before the first BPF argument */
    struct error *err;
};

static bool tagged(const struct reading *rd, int arg, const char *word)
{
    return type_tag(rd->func, arg + rd->skip, word) != NULL;
}

static int read_sized(struct reading *rd, int arg, const char *size_name)
{
    int size = size_name ? type_param(rd->func, size_name) - rd->skip : -1;

    if (size < 0 || size >= rd->helper->args || rd->helper->arg_type[size] == C_POINTER)
        return fail(rd->err, ANYBPF_E_FORMAT,
                    "%s: __sz(%s) must name an integer parameter of the function", rd->helper->name,
                    size_name ? size_name : "");
    rd->helper->size_of[arg] = (uint8_t)size;
    rd->helper->arg[size] = ARG_SIZE | ARG_ZERO;
    rd->helper->arg[arg] = ARG_MEMORY;
    return 0;
}

static int read_pointer(struct reading *rd, int arg, const struct type *to)
{
    struct helper *helper = rd->helper;
    const struct type *target = type_strip(to);
    const struct tag *size = type_tag(rd->func, arg + rd->skip, "__sz");
    uint32_t flags = is_const(to) ? 0 : tagged(rd, arg, "__uninit") ? ARG_OUT : ARG_WRITE;
    int code = 0;

    if (tagged(rd, arg, "__ctx")) {
        helper->arg[arg] = ARG_CTX;
        helper->context = target->name;
        return 0;
    }
    if (tagged(rd, arg, "__nullable"))
        flags |= ARG_NULLABLE;
    if (tagged(rd, arg, "__str"))
        helper->arg[arg] = ARG_STRING;
    else if (size)
        code = read_sized(rd, arg, size->argument);
    else if (target->size && target->size <= UINT16_MAX)
        helper->arg[arg] = ARG_FIXED | ARG_BYTES(target->size);
    else
        return fail(
            rd->err, ANYBPF_E_FORMAT,
            "%s: parameter %d points to memory of unknown length: say __sz(n), __str or __ctx",
            helper->name, arg + rd->skip + 1);
    if (!code)
        helper->arg[arg] |= flags;
    return code;
}

static int read_params(struct reading *rd)
{
    struct helper *helper = rd->helper;
    int code = 0;

    for (int i = 0; i < helper->args; i++) {
        enum c_type type = c_type_of(rd->proto->params[i + rd->skip].type);
        if (type == C_NONE)
            return fail(rd->err, ANYBPF_E_UNSUPPORTED,
                        "%s: parameter %d is neither an integer of up to 64 bits nor a pointer",
                        helper->name, i + rd->skip + 1);
        helper->arg_type[i] = (uint8_t)type;
        helper->arg[i] = ARG_SCALAR;
    }
    for (int i = 0; i < helper->args && !code; i++)
        if (helper->arg_type[i] == C_POINTER)
            code = read_pointer(rd, i, pointee(rd->proto->params[i + rd->skip].type));
    return code;
}

static int read_result(struct reading *rd)
{
    const struct type *type = type_strip(rd->proto->to);
    rd->helper->ret_type = (uint8_t)(type->kind == TYPE_VOID ? C_NONE : c_type_of(type));
    rd->helper->ret = type->kind == TYPE_VOID ? RET_NOTHING : RET_SCALAR;
    if (rd->helper->ret != RET_NOTHING && rd->helper->ret_type == C_NONE)
        return fail(rd->err, ANYBPF_E_UNSUPPORTED,
                    "%s: returns neither an integer of up to 64 bits nor a pointer",
                    rd->helper->name);
    return 0;
}

int helper_from_text(struct env *env, uint32_t id, const char *prototype, void (*function)(void),
                     struct helper *helper, struct error *err)
{
    struct reading rd = { .helper = helper, .err = err };
    const struct type *first;
    uint32_t params;
    int code = cdecl_prototype(env->types, prototype, &rd.func, err);

    if (code)
        return code;
    rd.proto = rd.func->kind == TYPE_FUNC ? rd.func->to : rd.func;
    *helper =
        (struct helper){ .id = id,
                         .name = arena_string(env->arena, rd.func->name, strlen(rd.func->name)),
                         .prototype = arena_string(env->arena, prototype, strlen(prototype)),
                         .programs = ANY,
                         .function = function };
    first = rd.proto->count ? pointee(rd.proto->params[0].type) : NULL;
    if (first && !strcmp(type_strip(first)->name, "anybpf_vcpu")) {
        helper->flags = HELPER_VCPU;
        rd.skip = 1;
    }
    params = rd.proto->count - (uint32_t)rd.skip;
    if (params > 5 || rd.proto->is_variadic || sizeof(void *) < 8)
        return fail(err, ANYBPF_E_UNSUPPORTED, "%s: %s", helper->name,
                    sizeof(void *) < 8 ? "helpers of the embedder need a 64-bit processor"
                                       : "a helper has at most five parameters");
    helper->args = (uint8_t)params;
    code = read_params(&rd);
    return code ? code : read_result(&rd);
}
