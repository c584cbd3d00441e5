/* SPDX-License-Identifier: Apache-2.0 */
/* Where the code of an object branches to: all of it is decoded once, from each place where a
 * function or a cold part of one is known to begin, so that no branch into a function's first bytes
 * is missed, wherever the compiler has put the code that makes it. */
#include "attach/local.h"
#include <stdlib.h>

struct walk {
    struct object *object;
    const ElfW(Phdr) * segment;
    const struct patch_arch *arch;
    uint8_t *copy; /* of the segment, as it was before any site */
};

static int by_target(const void *a, const void *b)
{
    const struct flow *x = a, *y = b;
    return x->target < y->target ? -1 : x->target > y->target;
}

/* The first start behind `at`, or `end`. */
static uintptr_t next_start(const struct object *object, uint32_t *i, uintptr_t at, uintptr_t end)
{
    while (*i < object->starts.count && object->starts.at[*i] <= at)
        ++*i;
    return *i < object->starts.count && object->starts.at[*i] < end ? object->starts.at[*i] : end;
}

static void add(struct object *object, const struct machine_insn *insn)
{
    uintptr_t target = (uintptr_t)insn->target - object->base, from = insn->at - object->base;

    if ((insn->kind == MACHINE_BRANCH || insn->kind == MACHINE_JUMP) && insn->target &&
        target == (uint32_t)target && from == (uint32_t)from)
        vec_push(object->arena, &object->flows, (struct flow){ (uint32_t)target, (uint32_t)from });
}

static int walk_segment(void *arg)
{
    struct walk *walk = arg;
    struct object *object = walk->object;
    uintptr_t begin = object->base + walk->segment->p_vaddr;
    uintptr_t end = begin + walk->segment->p_filesz, at = begin;

    for (uint32_t i = 0; at < end;) {
        uintptr_t stop = next_start(object, &i, at, end);
        while (at < stop) {
            struct machine_insn insn;
            walk->arch->decode(&insn, walk->copy + (at - begin), stop - at, at);
            add(object, &insn);
            at += insn.size ? insn.size : walk->arch->align;
        }
        at = stop;
    }
    vec_push(object->arena, &object->flows, (struct flow){ FLOW_END, 0 });
    return 0;
}

static int walk_object(struct object *object, struct error *err)
{
    struct walk walk = { .object = object, .arch = target_find(host_target)->patch };

    for (unsigned i = 0; i < object->segment_count; i++) {
        const ElfW(Phdr) *segment = &object->segments[i];
        int code;
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
            continue;
        walk.segment = segment;
        walk.copy = allocator_libc.alloc(allocator_libc.user, segment->p_filesz);
        if (!walk.copy)
            return fail(err, ANYBPF_E_MEMORY, "out of memory to read the code of %s", object->name);
        memcpy(walk.copy, (const void *)(object->base + segment->p_vaddr), segment->p_filesz);
        site_restore(walk.copy, object->base + segment->p_vaddr, segment->p_filesz);
        code = arena_try(object->arena, err, walk_segment, &walk);
        allocator_libc.release(allocator_libc.user, walk.copy, segment->p_filesz);
        if (code)
            return code;
    }
    if (object->flows.count)
        qsort(object->flows.at, object->flows.count, sizeof(struct flow), by_target);
    object->flow_known = true;
    return 0;
}

const struct flow *object_flow(const struct object *object, uintptr_t at, struct error *err)
{
    static const struct flow none = { FLOW_END, 0 };
    uint32_t low = 0, high, wanted = (uint32_t)(at - object->base);

    if (!object->flow_known && walk_object((struct object *)object, err))
        return NULL;
    for (high = object->flows.count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (object->flows.at[middle].target < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < object->flows.count ? &object->flows.at[low] : &none;
}
