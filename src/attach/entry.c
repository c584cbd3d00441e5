/* SPDX-License-Identifier: Apache-2.0 */
/* What there is at a function's entry: a sled, or instructions that can be moved; or why not. */
#include "attach/local.h"
#include "base/planted.h"
#include <string.h>
#include <sys/auxv.h>

struct reading {
    struct entry *entry;
    const struct site_options *options;
    const struct patch_arch *arch;
    const struct object *object;
    uintptr_t end; /* of the function; 0: not known */
    uintptr_t segment_end;
    struct error *err;
};

static int refuse(struct reading *r, const char *why)
{
    uint32_t i = object_symbol(r->object, r->entry->function);
    const char *name =
        i < r->object->symbols.count ? r->object->symbols.at[i].name : "the function";
    return fail(r->err, ANYBPF_E_UNSUPPORTED, "%s: %s", name, why);
}

static struct machine_insn decode(const struct reading *r, uintptr_t at)
{
    struct machine_insn insn;
    r->arch->decode(&insn, (const uint8_t *)at, at < r->segment_end ? r->segment_end - at : 0, at);
    return insn;
}

/* ---- By name ---- */

/* They return twice, or ask who called them. */
static const char *const peculiar[] = {
    "setjmp",  "_setjmp",    "sigsetjmp",  "__sigsetjmp", "vfork",
    "__vfork", "getcontext", "dlopen",     "dlmopen",     "dlsym",
    "dlvsym",  "dlinfo",     "__fentry__", "mcount",      "_mcount",
};

static int check_symbols(struct reading *r)
{
    const struct object *object = r->object;
    uintptr_t at = r->entry->function;

    for (uint32_t i = object_symbol(object, at);
         i < object->symbols.count && object->symbols.at[i].at == at; i++) {
        const struct symbol *symbol = &object->symbols.at[i];
        if (symbol->other & r->arch->variant_call)
            return refuse(r, "it has a calling convention of its own");
        for (size_t k = 0; r->options->exit && k < sizeof peculiar / sizeof *peculiar; k++)
            if (!strcmp(symbol->name, FAULT(entry_peculiar, peculiar[k], "")))
                return refuse(r, "it returns twice or looks at its caller, so nothing can stand "
                                 "between the two");
    }
    return 0;
}

/* ---- Sleds ---- */

/* Adds one more instruction to those that the jump covers. */
static void cover(struct entry *entry, const struct machine_insn *insn)
{
    memcpy(entry->bytes + entry->size, (const void *)(uintptr_t)insn->at, insn->size);
    entry->size = (uint8_t)(entry->size + insn->size);
}

/* Where the next instruction begins, unless the jump ends before. */
static void note_inside(struct reading *r)
{
    if (FAULT(entry_inside, r->entry->size < r->arch->jump_size, false))
        r->entry->inside |= (uint8_t)(1u << r->entry->size);
}

/* Whether a call leads to __fentry__, directly or by way of the GOT and the PLT. */
static bool calls_fentry(const struct machine_insn *insn)
{
    struct machine_insn jump = *insn;

    for (int hops = 0; hops < 4; hops++) {
        uintptr_t at = jump.data ? *(const uintptr_t *)(uintptr_t)jump.data : jump.target;
        const struct object *object = object_at(at, NULL);
        uint32_t i = object ? object_symbol(object, at) : 0;
        const struct patch_arch *arch = target_find(host_target)->patch;
        if (!object)
            return false;
        for (; i < object->symbols.count && object->symbols.at[i].at == at; i++)
            if (!strcmp(object->symbols.at[i].name, "__fentry__"))
                return true;
        arch->decode(&jump, (const uint8_t *)at, 16, at);
        if (jump.kind == MACHINE_PAD)
            arch->decode(&jump, (const uint8_t *)at + jump.size, 16, at + jump.size);
        if (jump.kind != MACHINE_JUMP || (!jump.data && !jump.target))
            return false;
    }
    return false;
}

/* The call of a profiler's hook (-mfentry) is as good as nops. */
static bool is_profiled(const struct reading *r, const struct machine_insn *insn)
{
    return insn->kind == MACHINE_CALL && insn->size >= r->arch->jump_size &&
           (insn->data || insn->target) &&
           (object_has_sled(r->object, r->entry->at) || calls_fentry(insn));
}

/* Whether the compiler has recorded a sled that begins here, or before the function and goes on
 * here (-fpatchable-function-entry=N,M). */
static bool is_recorded(const struct reading *r)
{
    enum { BEFORE = 64 };
    uintptr_t at = r->entry->at;

    if (object_has_sled(r->object, at) || object_has_sled(r->object, r->entry->function))
        return true;
    for (unsigned back = 1; back <= BEFORE; back++)
        if (object_has_sled(r->object, r->entry->function - back)) {
            uintptr_t nop = r->entry->function - back;
            while (nop < r->entry->function) {
                struct machine_insn insn = decode(r, nop);
                if (insn.kind != MACHINE_NOP || !insn.size)
                    return false;
                nop += insn.size;
            }
            return true;
        }
    return false;
}

/* Nops that the compiler has recorded, as many as a jump takes. */
static bool read_sled(struct reading *r)
{
    struct entry *entry = r->entry;
    struct machine_insn insn = decode(r, entry->at);

    entry->size = entry->inside = 0;
    if (is_profiled(r, &insn)) {
        cover(entry, &insn);
        return entry->sled = true;
    }
    if (!is_recorded(r))
        return false;
    while (entry->size < r->arch->jump_size) {
        insn = decode(r, entry->at + entry->size);
        if (insn.kind != MACHINE_NOP || !insn.size || entry->size + insn.size > MOVED_MOST)
            return false;
        cover(entry, &insn);
        note_inside(r);
    }
    return entry->sled = true;
}

/* ---- Instructions to move ---- */

/* Bytes between functions that nobody runs. */
static bool is_padding(const struct reading *r, uintptr_t at, uintptr_t end)
{
    if (at < r->end)
        return false;
    while (at < end) {
        struct machine_insn insn = decode(r, at);
        if (!insn.size || (insn.kind != MACHINE_NOP && insn.kind != MACHINE_TRAP) ||
            object_symbol(r->object, at) < r->object->symbols.count || object_extent(r->object, at))
            return false;
        at += insn.size;
    }
    return true;
}

static int check_branches(struct reading *r)
{
    const struct entry *entry = r->entry;
    uintptr_t last = entry->at + entry->size;
    const struct flow *flow = object_flow(r->object, entry->function, r->err);

    for (; flow; flow++) {
        uintptr_t target = r->object->base + flow->target, from = r->object->base + flow->from;
        if (flow->target == FLOW_END || target >= FAULT(entry_branch_inside, last, entry->at))
            return 0;
        if (target > entry->at)
            return refuse(r, "a branch leads into its first instructions");
        if (from >= entry->function && from < FAULT(entry_loop, r->end, entry->function))
            return refuse(r, "a loop goes back to its first instruction");
    }
    return r->err->code;
}

static int read_moved(struct reading *r)
{
    struct entry *entry = r->entry;
    bool ended = false;

    entry->size = entry->inside = 0;
    if (!r->end)
        return refuse(r, "its end is not known, so neither is what branches into it");
    while (entry->size < r->arch->jump_size && !ended) {
        struct machine_insn insn = decode(r, entry->at + entry->size);
        if (!insn.size)
            return refuse(r, "it begins with an instruction that is not known");
        if (entry->at + entry->size + insn.size > r->end)
            return refuse(r, "it is too short");
        if (FAULT(entry_call, insn.kind == MACHINE_CALL, false))
            return refuse(r, "it calls within its first instructions");
        ended = insn.kind == MACHINE_END || insn.kind == MACHINE_TRAP || insn.kind == MACHINE_JUMP;
        cover(entry, &insn);
        note_inside(r);
    }
    if (entry->size < r->arch->jump_size) {
        if (!is_padding(r, entry->at + entry->size, entry->at + r->arch->jump_size))
            return refuse(r, "it is too short");
        memcpy(entry->bytes + entry->size, (const void *)(entry->at + entry->size),
               (size_t)(r->arch->jump_size - entry->size));
        entry->inside &= (uint8_t)~(1u << entry->size); /* nobody stands there */
    }
    return check_branches(r);
}

/* ---- All ---- */

static int read_entry(struct reading *r)
{
    struct entry *entry = r->entry;
    const ElfW(Phdr) * segment;
    struct machine_insn insn;
    size_t extent;

    r->object = object_at(entry->function, r->err);
    if (!r->object)
        return r->err->code;
    segment = object_segment(r->object, entry->function);
    if (!(segment->p_flags & PF_X) || segment->p_flags & PF_W)
        return refuse(r, "it is not in code that only runs");
    if (r->object->base && r->object->base == getauxval(AT_SYSINFO_EHDR))
        return refuse(r, "it is the kernel's");
    r->segment_end = r->object->base + segment->p_vaddr + segment->p_filesz;
    extent = object_extent(r->object, entry->function);
    r->end = extent ? entry->function + extent : 0;
    if (check_symbols(r))
        return r->err->code;
    insn = decode(r, entry->function);
    entry->at = entry->function + FAULT(entry_pad, insn.kind == MACHINE_PAD ? insn.size : 0, 0);
    if (read_sled(r))
        return 0;
    return r->options->sled ? refuse(r, "it has no sled") : read_moved(r);
}

int entry_read(struct entry *entry, const void *function, const struct site_options *options,
               const struct patch_arch *arch, struct error *err)
{
    struct reading reading = { .entry = entry, .options = options, .arch = arch, .err = err };

    *entry = (struct entry){ .function = (uintptr_t)function };
    return read_entry(&reading);
}
