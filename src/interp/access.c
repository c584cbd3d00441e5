/* SPDX-License-Identifier: Apache-2.0 */
/* Checked accesses: an address is good if it lies wholly in something that the program was given.
 * The rest of the invocation is then given up through the vcpu's landing (vcpu_run()). */
#include "base/hash.h"
#include "base/planted.h"
#include "bpf/text.h"
#include "interp/local.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>

static _Thread_local struct watch *current;
static _Thread_local char reason[512];

struct watch *watch_current(void)
{
    return current;
}

const char *interp_fault(void)
{
    return reason;
}

void watch_begin(struct watch *watch, const struct interp *interp, const struct vcpu *vcpu,
                 uint64_t context)
{
    *watch = (struct watch){ .context = context, .landing = vcpu->landing.at, .outer = current };
    watch->arena = arena_new(interp->env->from, 0);
    current = watch;
}

void watch_end(struct watch *watch)
{
    current = watch->outer;
    arena_free(watch->arena);
}

/* ---- Giving up ---- */

__attribute__((noreturn, format(printf, 2, 3))) static void give_up(const struct activation *a,
                                                                    const char *format, ...)
{
    const struct prog *prog = a->interp->checked->prog;
    const struct line *line = prog_line_at(prog, a->at);
    char text[96], what[256];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    insn_print(text, sizeof text, prog, &prog->insns[a->at], a->at, INSN_LLVM);
    int length = snprintf(reason, sizeof reason, "%s: instruction %u (%s) %s", prog->name, a->at,
                          text, what);
    if (line && line->file[0] && length > 0 && (size_t)length < sizeof reason)
        snprintf(reason + length, sizeof reason - (size_t)length, " (%s:%u)", line->file,
                 line->line);
    while (current && current->landing == a->vcpu->landing.at)
        watch_end(current);
    _longjmp(*(jmp_buf *)a->vcpu->landing.at, 1);
}

/* ---- What may be touched ---- */

static bool within(uint64_t at, uint64_t size, uint64_t start, uint64_t length)
{
    return at - start <= length && size <= length - (at - start) + FAULT(access_bound, 0, 1);
}

static bool in_stack(const struct activation *a, uint64_t at, uint64_t size)
{
    for (; a; a = a->outer)
        if (within(at, size, (uintptr_t)a->frame, a->depth))
            return true;
    return false;
}

static bool in_packet(const struct anybpf_packet *packet, uint64_t at, uint64_t size)
{
    uint64_t start = packet->data_meta_slot ? packet->data_meta_slot : packet->data_slot;
    return within(at, size, start, packet->data_end_slot - start);
}

static bool in_context(const struct activation *a, uint64_t at, uint64_t size)
{
    const struct context_type *type = a->interp->checked->context;
    uint64_t context = a->watch->context;
    if (!type || type->kind == CONTEXT_MEMORY)
        return within(at, size, context, a->vcpu->context_size);
    if (type->kind == CONTEXT_XDP || type->kind == CONTEXT_SKB)
        return in_packet((const struct anybpf_packet *)(uintptr_t)context, at, size);
    return within(at, size, context, type->size);
}

/* Whether all of it lies in one of the array's values. */
static bool in_value(const struct map *map, uint64_t at, uint64_t size)
{
    uint64_t skip = at - map->values.word;

    return skip < (uint64_t)map->stride * map->max_entries &&
           within(skip % map->stride, size, 0, map->value_size);
}

static bool in_array(const struct interp *interp, uint64_t at, uint64_t size, bool write)
{
    for (uint32_t i = 0; i < interp->checked->prog->map_count; i++) {
        const struct map *map = interp->maps[i];
        const struct map_spec *spec = interp->checked->prog->maps[i];
        if (map && map->type == MAP_ARRAY && in_value(map, at, size))
            return !(write && (spec->read_only || map->flags & MAP_RDONLY_PROG));
    }
    return false;
}

static bool in_granted(const struct watch *watch, uint64_t at, uint64_t size)
{
    for (uint32_t i = watch->granted.count; i-- > 0;)
        if (within(at, size, watch->granted.at[i].at, watch->granted.at[i].size))
            return true;
    return false;
}

static bool may_touch(const struct activation *a, uint64_t at, uint64_t size, bool write)
{
    return in_stack(a, at, size) || in_context(a, at, size) ||
           in_array(a->interp, at, size, write) || in_granted(a->watch, at, size);
}

void access_check(const struct activation *a, uint64_t at, unsigned size, bool write)
{
    if (!may_touch(a, at, size, write))
        give_up(a, "%s %u byte%s at 0x%" PRIx64 ", which it may not", write ? "writes" : "reads",
                size, size == 1 ? "" : "s", at);
}

void access_check_aligned(const struct activation *a, uint64_t at, unsigned size)
{
    if (at & (size - 1))
        give_up(a, "needs an address divisible by %u, not 0x%" PRIx64, size, at);
}

void access_check_field(const struct activation *a, uint64_t base)
{
    if (base != a->watch->context)
        give_up(a, "takes 0x%" PRIx64 " for the context, which is 0x%" PRIx64, base,
                a->watch->context);
}

/* ---- Helpers ---- */

static const struct map *map_argument(const struct activation *a, const struct helper *helper)
{
    for (unsigned i = 0; i < helper->args; i++)
        for (uint32_t m = 0;
             ARG_KIND(helper->arg[i]) == ARG_MAP && m < a->interp->checked->prog->map_count; m++)
            if (a->reg[1 + i] == (uintptr_t)a->interp->maps[m])
                return a->interp->maps[m];
    return NULL;
}

static uint64_t const_size(const struct activation *a, const struct helper *helper)
{
    for (unsigned i = 0; i < helper->args; i++)
        if (ARG_KIND(helper->arg[i]) == ARG_CONST_SIZE)
            return a->reg[1 + i];
    return 0;
}

/* Bytes of memory that an argument points to; UINT64_MAX: it is not memory. */
static uint64_t argument_size(const struct activation *a, const struct helper *helper, unsigned i,
                              const struct map *map)
{
    switch (ARG_KIND(helper->arg[i])) {
    case ARG_KEY: return map->key_size;
    case ARG_VALUE: return map->value_size;
    case ARG_MEMORY: {
        unsigned size = helper->size_of[i];
        bool narrow = helper->arg_type[size] == C_U32 || helper->arg_type[size] == C_S32;
        return narrow ? (uint32_t)a->reg[1 + size] : a->reg[1 + size];
    }
    case ARG_FIXED: return ARG_SIZE_OF(helper->arg[i]);
    case ARG_STRING:
    case ARG_RECORD: return 1; /* their first byte at least */
    default: return UINT64_MAX;
    }
}

static void release(const struct activation *a, uint64_t record)
{
    for (uint32_t i = 0; i < a->watch->granted.count; i++)
        if (a->watch->granted.at[i].at == record)
            a->watch->granted.at[i].size = 0;
}

void access_check_helper(const struct activation *a, const struct helper *helper)
{
    const struct map *map = map_argument(a, helper);
    for (unsigned i = 0; i < helper->args; i++) {
        uint64_t value = a->reg[1 + i];
        uint32_t arg = helper->arg[i];
        if (ARG_KIND(arg) == ARG_MAP && !map)
            give_up(a, "gives 0x%" PRIx64 " for a map to %s", value, helper->name);
        if (ARG_KIND(arg) == ARG_CTX && value != a->watch->context)
            give_up(a, "gives 0x%" PRIx64 " for the context to %s", value, helper->name);
        uint64_t size = argument_size(a, helper, i, map);
        if (size == UINT64_MAX || !size || (!value && arg & ARG_NULLABLE))
            continue;
        if (!may_touch(a, value, size, arg & (ARG_OUT | ARG_WRITE)))
            give_up(a, "gives %s memory of %" PRIu64 " bytes at 0x%" PRIx64 ", which it may not %s",
                    helper->name, size, value, arg & (ARG_OUT | ARG_WRITE) ? "write" : "read");
        if (arg & ARG_RELEASE)
            release(a, value);
    }
}

/* ---- Granting ---- */

struct grant {
    struct watch *watch;
    uint64_t at, size;
};

static int add(void *arg)
{
    const struct grant *grant = arg;
    struct watch *watch = grant->watch;
    uint32_t *place = hash_put(watch->arena, &watch->index, grant->at);
    if (!*place) {
        *vec_add(watch->arena, &watch->granted) = (struct granted){ .at = grant->at };
        *place = watch->granted.count;
    }
    watch->granted.at[*place - 1].size = grant->size;
    return 0;
}

static void give(const struct activation *a, uint64_t at, uint64_t size)
{
    struct grant grant = { a->watch, at, size };
    if (!a->watch->arena || arena_try(a->watch->arena, NULL, add, &grant))
        give_up(a, "cannot be checked: there is no memory for it");
}

void access_grant_result(const struct activation *a, const struct helper *helper, uint64_t result)
{
    const struct map *map = map_argument(a, helper);
    if (result && helper->ret == RET_MAP_VALUE && map)
        give(a, result, map->value_size);
    else if (result && helper->ret == RET_RECORD) {
        uint64_t size = const_size(a, helper);
        give(a, result, size ? size : 1); /* an empty one is there to be given back, too */
    }
}

void access_grant_callback(const struct activation *a, const uint64_t r[5])
{
    const struct helper *helper = a->interp->helpers[a->at];
    const struct map *map = map_argument(a, helper);
    if (helper->id != HELPER_for_each_map_elem || !map)
        return;
    give(a, r[1], map->key_size);
    give(a, r[2], map->value_size);
}
