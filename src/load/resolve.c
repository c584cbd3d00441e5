/* SPDX-License-Identifier: Apache-2.0 */
/* Linking one program: its function and all that it reaches, one behind the other, with every
 * relocation applied. What the object says is checked again here where it is used. */
#include "load/local.h"
#include "rt/rt.h"

enum { INSNS_MAX = 1 << 22, INSN = 8 };
enum { SRC_NUMBER = 0, SRC_MAP = 1, SRC_MAP_VALUE = 2, SRC_FUNC = 4 }; /* of LDIMM, RFC 9669 5.4 */
enum { SRC_HELPER = 0, SRC_LOCAL = 1 };                                /* of CALL */

/* A call, or a function's address, to be filled in when all functions have their place. */
struct fixup {
    uint32_t insn, func;
};

struct linker {
    const struct object *object;
    const struct elf *elf;
    struct arena *arena;
    struct error *err;
    struct vec(struct insn) insns;
    struct vec(struct func) funcs;
    struct vec(const struct elf_func *) sources; /* of funcs, in step */
    struct vec(struct fixup) fixups;
    struct vec(struct line) lines;
    struct hash placed; /* index in elf->funcs to index in funcs + 1 */
    struct core core;
    const struct section *section; /* of the function at hand */
    uint64_t offset;               /* of the instruction at hand in it */
};

#define FAIL(l, code, ...)                                                                         \
    elf_fail((l)->elf, (l)->err, (l)->section, (l)->offset, code, __VA_ARGS__)
#define BAD(l, ...) FAIL(l, ANYBPF_E_FORMAT, __VA_ARGS__)

static bool is_ldimm(struct insn insn)
{
    return insn_row(insn)->kind == INSN_KIND_LDIMM;
}

/* The pseudo instruction `src` with these immediates in place of a LDIMM. */
static void set_ldimm(struct insn *insn, uint8_t src, int32_t low, int32_t high)
{
    insn[0].src = src;
    insn[0].imm = low;
    insn[1].imm = high;
    insn[0].id = insn_identify(insn[0]);
}

/* The index of a function in the program; its code follows when its turn comes. */
static uint32_t place(struct linker *l, const struct elf_func *source)
{
    uint32_t *index = hash_put(l->arena, &l->placed, (uint64_t)(source - l->elf->funcs));

    if (!*index) {
        vec_push(l->arena, &l->funcs,
                 (struct func){
                     .name = source->name, .global = source->is_global, .type = source->type });
        vec_push(l->arena, &l->sources, source);
        *index = l->funcs.count;
    }
    return *index - 1;
}

/* Lets the instruction mean the function that begins at that place. */
static int aim(struct linker *l, uint32_t at, uint32_t section, int64_t offset)
{
    const struct elf_func *func = offset < 0 || !elf_is_code(&l->elf->sections[section])
                                      ? NULL
                                      : elf_func_at(l->elf, section, (uint64_t)offset);

    if (!func)
        return BAD(l, "no function begins at offset %lld of section %s, which is called here",
                   (long long)offset, l->elf->sections[section].name);
    vec_push(l->arena, &l->fixups, (struct fixup){ at, place(l, func) });
    return 0;
}

/* ---- Externs ---- */

/* The address of something that the object does not have: 0 if it is weak. */
static int resolve_extern(struct linker *l, struct insn *insn, const struct symbol *symbol)
{
    bool weak = symbol->bind == STB_WEAK;

    if (data_is_setting(l->elf, symbol->name)) {
        if (!weak || l->elf->kconfig < 0)
            return FAIL(
                l, ANYBPF_E_NOT_FOUND,
                "extern %s: there is no kernel configuration here; declare it __weak to have 0",
                symbol->name);
        set_ldimm(insn, SRC_MAP_VALUE, l->elf->kconfig,
                  (int32_t)*hash_get_text(&l->elf->settings, symbol->name));
        return 0;
    }
    if (!weak)
        return FAIL(
            l, ANYBPF_E_NOT_FOUND,
            "extern %s: there is none here; declare it __weak and ask whether its address is 0",
            symbol->name);
    /* What only asks whether a function is there may have any address but 0. */
    set_ldimm(insn, SRC_NUMBER, env_helper_named(l->object->env, symbol->name) != NULL, 0);
    return 0;
}

/* A call of a function that the object does not have: the environment's of that name. */
static int call_extern(struct linker *l, struct insn *insn, const struct symbol *symbol)
{
    const struct helper *helper = env_helper_named(l->object->env, symbol->name);

    if (helper) {
        insn->src = SRC_HELPER;
        insn->imm = (int32_t)helper->id;
    } else if (symbol->bind == STB_WEAK)
        *insn = (struct insn){ .code = 0xb7 }; /* r0 = 0: who asked first never gets here */
    else
        return FAIL(l, ANYBPF_E_NOT_FOUND,
                    "function %s: the environment has none of that name; add it as a helper",
                    symbol->name);
    insn->id = insn_identify(*insn);
    return 0;
}

/* ---- Relocations ---- */

static int resolve_data(struct linker *l, struct insn *insn, const struct section *section,
                        int64_t offset)
{
    if (section->reloc_count)
        return elf_fail(l->elf, l->err, section, section->relocs[0].offset, ANYBPF_E_UNSUPPORTED,
                        "the address of %s is among the data, which cannot hold addresses",
                        elf_symbol_name(l->elf, &l->elf->symbols[section->relocs[0].symbol]));
    if (offset < 0 || (uint64_t)offset > section->size)
        return BAD(l, "offset %lld lies outside section %s", (long long)offset, section->name);
    set_ldimm(insn, SRC_MAP_VALUE, section->map, (int32_t)offset);
    return 0;
}

static int resolve_ldimm(struct linker *l, uint32_t at, const struct symbol *symbol)
{
    struct insn *insn = &l->insns.at[at];
    const struct section *section = elf_section_of(l->elf, symbol);
    int64_t offset = (int64_t)(symbol->value & INT64_MAX);
    int map;

    if (!section)
        return resolve_extern(l, insn, symbol);
    if (offset > INT32_MAX)
        return BAD(l, "symbol %s lies outside its section", elf_symbol_name(l->elf, symbol));
    offset += insn->imm;
    if (elf_is_code(section)) {
        set_ldimm(insn, SRC_FUNC, 0, 0);
        return aim(l, at, symbol->section, offset);
    }
    if (section->map >= 0)
        return resolve_data(l, insn, section, offset);
    map = maps_in(section) && offset >= 0 ? maps_at(l->elf, symbol->section, (uint64_t)offset) : -1;
    if (map < 0)
        return BAD(l, "%s in section %s is neither map nor data nor function",
                   elf_symbol_name(l->elf, symbol), section->name);
    set_ldimm(insn, SRC_MAP, map, 0);
    return 0;
}

static int resolve_call(struct linker *l, uint32_t at, const struct symbol *symbol)
{
    struct insn *insn = &l->insns.at[at];

    if (!symbol->section)
        return call_extern(l, insn, symbol);
    if (symbol->value > INT32_MAX)
        return BAD(l, "symbol %s lies outside its section", elf_symbol_name(l->elf, symbol));
    insn->src = SRC_LOCAL;
    insn->id = insn_identify(*insn);
    return aim(l, at, symbol->section, (int64_t)symbol->value + ((int64_t)insn->imm + 1) * INSN);
}

static int relocate(struct linker *l, uint32_t at, uint32_t end, const struct reloc *reloc)
{
    const struct symbol *symbol = &l->elf->symbols[reloc->symbol];
    struct insn insn = l->insns.at[at];

    if (reloc->type == R_64_64 && is_ldimm(insn) && at + 1 < end &&
        l->insns.at[at + 1].id == INSN_SECOND)
        return resolve_ldimm(l, at, symbol);
    if (reloc->type == R_64_32 && insn_row(insn)->kind == INSN_KIND_CALL)
        return resolve_call(l, at, symbol);
    return BAD(l, "relocation of type %u against %s does not fit the instruction", reloc->type,
               elf_symbol_name(l->elf, symbol));
}

/* An instruction without a relocation: it may mean a function of its section, but no map. */
static int check_bare(struct linker *l, uint32_t at)
{
    const struct insn *insn = &l->insns.at[at];
    uint32_t section = (uint32_t)(l->section - l->elf->sections);

    switch (insn->id) {
    case INSN_CALL_LOCAL:
    case INSN_LDIMM_FUNC:
        return aim(l, at, section, (int64_t)l->offset + ((int64_t)insn->imm + 1) * INSN);
    case INSN_LDIMM_MAP:
    case INSN_LDIMM_MAP_VALUE:
    case INSN_LDIMM_MAP_IDX:
    case INSN_LDIMM_MAP_IDX_VALUE:
        return BAD(l, "a map by number; in an object file it needs a relocation");
    case INSN_LDIMM_VAR:
    case INSN_CALL_KFUNC:
        return BAD(l, "something of the kernel by number; there is no kernel here");
    default: return 0;
    }
}

/* ---- Functions ---- */

static int relocate_func(struct linker *l, const struct elf_func *source, uint32_t start)
{
    const struct section *section = l->section;
    uint32_t r = elf_reloc_from(section, source->offset), count = source->size / INSN;

    for (uint32_t i = 0; i < count; i++) {
        const struct reloc *reloc = r < section->reloc_count ? &section->relocs[r] : NULL;

        l->offset = source->offset + (uint64_t)i * INSN;
        if (reloc && reloc->offset < l->offset + INSN) {
            if (reloc->offset != l->offset)
                return BAD(l, "a relocation within an instruction");
            if (relocate(l, start + i, start + count, reloc))
                return l->err->code;
            r++;
            if (r < section->reloc_count && section->relocs[r].offset == l->offset)
                return BAD(l, "two relocations of one instruction");
        } else if (check_bare(l, start + i))
            return l->err->code;
    }
    return 0;
}

/* Index of the first record at or behind an offset of a section. */
#define FIRST(list, place, wanted_section, wanted_offset)                                          \
    __extension__({                                                                                \
        uint32_t low_ = 0, high_ = (list)->count;                                                  \
        while (low_ < high_) {                                                                     \
            uint32_t middle_ = low_ + (high_ - low_) / 2;                                          \
            if ((list)->at[middle_].section < (wanted_section) ||                                  \
                ((list)->at[middle_].section == (wanted_section) &&                                \
                 (list)->at[middle_].place < (wanted_offset)))                                     \
                low_ = middle_ + 1;                                                                \
            else                                                                                   \
                high_ = middle_;                                                                   \
        }                                                                                          \
        low_;                                                                                      \
    })

static void copy_lines(struct linker *l, const struct elf_func *source, uint32_t start)
{
    uint32_t first = FIRST(&l->elf->lines, offset, source->section, source->offset);
    uint32_t end =
        FIRST(&l->elf->lines, offset, source->section, (uint64_t)source->offset + source->size);

    vec_reserve(l->arena, &l->lines, end - first);
    for (uint32_t i = first; i < end; i++) {
        const struct elf_line *line = &l->elf->lines.at[i];
        vec_push(l->arena, &l->lines,
                 (struct line){ .insn = start + (line->offset - source->offset) / INSN,
                                .file = line->file,
                                .text = line->text,
                                .line = line->line,
                                .column = line->column });
    }
}

static int check_core(struct linker *l, const struct elf_func *source)
{
    for (uint32_t i = FIRST(&l->elf->cores, core.offset, source->section, source->offset);
         i < l->elf->cores.count; i++) {
        const struct elf_core *core = &l->elf->cores.at[i];
        if (core->section != source->section || core->core.offset >= source->offset + source->size)
            break;
        if (core_check(&l->core, &core->core, l->err)) {
            error_prefix(l->err, "%s: section %s: offset %#x", l->elf->name, l->section->name,
                         core->core.offset);
            return l->err->code;
        }
    }
    return 0;
}

/* Of all functions; nothing that this needs is kept. */
static int check_cores(struct linker *l)
{
    struct arena_mark mark = arena_mark(l->arena);

    for (uint32_t i = 0; i < l->sources.count; i++) {
        l->section = &l->elf->sections[l->sources.at[i]->section];
        if (check_core(l, l->sources.at[i]))
            return l->err->code;
    }
    arena_reset(l->arena, mark);
    return 0;
}

static int add_func(struct linker *l, uint32_t index)
{
    const struct elf_func *source = l->sources.at[index];
    uint32_t start = l->insns.count, count = source->size / INSN;

    l->section = &l->elf->sections[source->section];
    l->offset = source->offset;
    if (count > INSNS_MAX - start)
        return FAIL(l, ANYBPF_E_LIMIT, "the program has more than %u instructions", INSNS_MAX);
    vec_reserve(l->arena, &l->insns, count);
    l->insns.count = start + count;
    insn_decode_all(l->section->data.at + source->offset, count, l->elf->big, &l->insns.at[start]);
    l->funcs.at[index].start = start;
    l->funcs.at[index].count = count;
    copy_lines(l, source, start);
    return relocate_func(l, source, start);
}

/* ---- Programs ---- */

static void fix(struct linker *l)
{
    for (uint32_t i = 0; i < l->fixups.count; i++) {
        const struct fixup *fixup = &l->fixups.at[i];
        l->insns.at[fixup->insn].imm =
            (int32_t)l->funcs.at[fixup->func].start - (int32_t)fixup->insn - 1;
    }
}

static void name_type(struct prog *prog, const struct env *env, const char *section)
{
    struct section_type type;

    if (!section_type(env, section, &type, &prog->attach))
        return;
    prog->attach_kind = type.attach_kind;
    prog->type = type.type;
    prog->context = type.context;
}

struct resolving {
    struct linker l;
    uint32_t index;
    const char *section;
    struct prog *prog;
};

static int link_all(void *arg)
{
    struct resolving *r = arg;
    struct linker *l = &r->l;
    const struct object_prog *source = &l->object->progs[r->index];
    struct prog *prog = arena_new_of(l->arena, struct prog);

    place(l, &l->elf->funcs[source->func]);
    for (uint32_t i = 0; i < l->funcs.count; i++)
        if (add_func(l, i))
            return l->err->code;
    if (check_cores(l))
        return l->err->code;
    fix(l);
    *prog = (struct prog){
        .name = source->name,
        .section = source->section,
        .object = l->object->name,
        .license = l->object->license,
        .attach = "",
        .attach_kind = -1,
        .insns = l->insns.at,
        .count = l->insns.count,
        .funcs = l->funcs.at,
        .func_count = l->funcs.count,
        .maps = l->object->maps,
        .map_count = l->object->map_count,
        .lines = l->lines.at,
        .line_count = l->lines.count,
        .types = l->object->types,
    };
    name_type(prog, l->object->env,
              r->section ? arena_string(l->arena, r->section, strlen(r->section))
                         : source->section);
    r->prog = prog;
    return 0;
}

int resolve(const struct object *object, uint32_t index, const char *section, struct arena *arena,
            struct prog **prog, struct error *err)
{
    struct resolving r = { .index = index, .section = section };

    *prog = NULL;
    if (index >= object->prog_count)
        return fail(err, ANYBPF_E_NOT_FOUND, "%s has no program %u", object->name, index);
    r.l = (struct linker){ .object = object, .elf = object->elf, .arena = arena, .err = err };
    r.l.core = (struct core){ .object = object, .arena = arena };
    if (arena_try(arena, err, link_all, &r))
        return err->code;
    *prog = r.prog;
    return 0;
}
