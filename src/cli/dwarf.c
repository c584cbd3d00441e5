/* SPDX-License-Identifier: Apache-2.0 */
/* DWARF (versions 4 and 5) as the type graph, through libdw. Each type is taken over when something
 * names it; the offset of its entry tells whether it is there already. DWARF alone tells declared
 * alignment (DW_AT_alignment). */
#include "cli/cli.h"
#include "type/type.h"
#ifdef HAVE_LIBDW
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

struct reader {
    struct types *types;
    struct hash ids; /* by offset of the entry: the type's id */
    unsigned depth;
    struct error *err;
};

enum { DEPTH = 200 };

static const char *name_of(struct reader *rd, Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    return name ? arena_string(rd->types->arena, name, strlen(name)) : "";
}

static uint64_t number(Dwarf_Die *die, unsigned name, uint64_t otherwise)
{
    Dwarf_Attribute attr;
    Dwarf_Word value;
    return dwarf_formudata(dwarf_attr_integrate(die, name, &attr), &value) ? otherwise : value;
}

static bool flag(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attr;
    bool set = false;
    return !dwarf_formflag(dwarf_attr_integrate(die, name, &attr), &set) && set;
}

static const struct type *read_type(struct reader *rd, Dwarf_Die *die);

/* What DW_AT_type names; void if it has none. NULL after an error. */
static const struct type *read_target(struct reader *rd, Dwarf_Die *die)
{
    Dwarf_Attribute attr;
    Dwarf_Die target;

    if (!dwarf_attr_integrate(die, DW_AT_type, &attr))
        return &type_void;
    if (!dwarf_formref_die(&attr, &target)) {
        fail(rd->err, ANYBPF_E_FORMAT, "a type that %s names is not there", name_of(rd, die));
        return NULL;
    }
    return read_type(rd, &target);
}

/* The entries below one, in order; false at the end. */
static bool next(Dwarf_Die *parent, Dwarf_Die *child, bool *begun)
{
    bool more = *begun ? !dwarf_siblingof(child, child) : !dwarf_child(parent, child);
    *begun = true;
    return more;
}

/* ---- Kinds of types ---- */

static void read_base(struct reader *rd, Dwarf_Die *die, struct type *type)
{
    uint64_t encoding = number(die, DW_AT_encoding, DW_ATE_signed);

    type->size = number(die, DW_AT_byte_size, 0);
    switch (encoding) {
    case DW_ATE_complex_float: {
        struct type *part = types_add(rd->types, TYPE_FLOAT, "");
        part->size = type->size / 2;
        type->kind = TYPE_COMPLEX;
        type->to = part;
        break;
    }
    case DW_ATE_float: type->kind = TYPE_FLOAT; break;
    default:
        type->kind = TYPE_INT;
        type->as_int.bits = (uint8_t)(type->size * 8);
        type->is_bool = encoding == DW_ATE_boolean;
        type->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
        type->is_char = encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char;
    }
}

static int read_array(struct reader *rd, Dwarf_Die *die, struct type *type)
{
    Dwarf_Die range;
    struct type *outer = type;
    const struct type *element = read_target(rd, die);
    bool begun = false;

    if (!element)
        return rd->err->code;
    while (next(die, &range, &begun)) {
        uint64_t count = number(&range, DW_AT_count, UINT64_MAX);
        if (dwarf_tag(&range) != DW_TAG_subrange_type)
            continue;
        if (outer != type || outer->to) { /* another dimension, of elements so far unknown */
            struct type *inner = types_add(rd->types, TYPE_ARRAY, "");
            outer->to = inner;
            outer = inner;
        } else
            outer->to = &type_void;
        if (count == UINT64_MAX)
            count = number(&range, DW_AT_upper_bound, UINT64_MAX) + 1;
        outer->count = (uint32_t)count;
        outer->is_flexible = !count;
    }
    outer->to = element;
    if (flag(die, DW_AT_GNU_vector))
        type->kind = TYPE_VECTOR;
    return 0;
}

/* Alignment that a member declares is that of a type of its own. */
static const struct type *align(struct reader *rd, const struct type *type, uint64_t align)
{
    struct type *made;

    if (!align || align > UINT32_MAX)
        return type;
    made = types_add(rd->types, TYPE_TYPEDEF, "");
    made->to = type;
    made->align = (uint32_t)align;
    made->has_align = true;
    return made;
}

static int read_member(struct reader *rd, Dwarf_Die *die, struct member *member)
{
    uint64_t at = number(die, DW_AT_data_member_location, 0) * 8;
    const struct type *type = read_target(rd, die);

    if (!type)
        return rd->err->code;
    *member = (struct member){ .name = name_of(rd, die),
                               .type = align(rd, type, number(die, DW_AT_alignment, 0)),
                               .bit_offset = (uint32_t)number(die, DW_AT_data_bit_offset, at),
                               .bits = (uint8_t)number(die, DW_AT_bit_size, 0) };
    return 0;
}

static int read_record(struct reader *rd, Dwarf_Die *die, struct type *type)
{
    struct vec(struct member) members = { 0 };
    Dwarf_Die child;
    bool begun = false;

    if (flag(die, DW_AT_declaration)) {
        type->is_union = type->kind == TYPE_UNION;
        type->kind = TYPE_FWD;
        return 0;
    }
    type->size = number(die, DW_AT_byte_size, 0);
    while (next(die, &child, &begun)) {
        struct member member;
        if (dwarf_tag(&child) != DW_TAG_member || flag(&child, DW_AT_external))
            continue; /* static members of C++ */
        if (read_member(rd, &child, &member))
            return rd->err->code;
        vec_push(rd->types->arena, &members, member);
    }
    type->members = members.at;
    type->count = members.count;
    return 0;
}

static int read_enum(struct reader *rd, Dwarf_Die *die, struct type *type)
{
    Dwarf_Attribute attr;
    const struct type *of = dwarf_attr(die, DW_AT_type, &attr) ? read_target(rd, die) : NULL;

    if (rd->err->code)
        return rd->err->code;
    type->size = number(die, DW_AT_byte_size, of ? of->size : 4);
    type->is_signed = of && type_strip(of)->is_signed;
    return 0;
}

static int read_proto(struct reader *rd, Dwarf_Die *die, struct type *type)
{
    struct vec(struct param) params = { 0 };
    Dwarf_Die child;
    bool begun = false;

    type->to = read_target(rd, die);
    if (!type->to)
        return rd->err->code;
    while (next(die, &child, &begun)) {
        struct param param = { name_of(rd, &child), NULL };
        if (dwarf_tag(&child) == DW_TAG_unspecified_parameters)
            type->is_variadic = true;
        if (dwarf_tag(&child) != DW_TAG_formal_parameter)
            continue;
        param.type = read_target(rd, &child);
        if (!param.type)
            return rd->err->code;
        vec_push(rd->types->arena, &params, param);
    }
    type->params = params.at;
    type->count = params.count;
    return 0;
}

/* What must be known before the kinds below are filled in; they may lead back to themselves. */
static enum type_kind kind_of(Dwarf_Die *die)
{
    switch (dwarf_tag(die)) {
    case DW_TAG_base_type: return TYPE_INT;
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type: return TYPE_PTR;
    case DW_TAG_array_type: return TYPE_ARRAY;
    case DW_TAG_structure_type:
    case DW_TAG_class_type: return TYPE_STRUCT;
    case DW_TAG_union_type: return TYPE_UNION;
    case DW_TAG_enumeration_type: return TYPE_ENUM;
    case DW_TAG_typedef: return TYPE_TYPEDEF;
    case DW_TAG_const_type: return TYPE_CONST;
    case DW_TAG_volatile_type: return TYPE_VOLATILE;
    case DW_TAG_restrict_type: return TYPE_RESTRICT;
    case DW_TAG_atomic_type: return TYPE_TYPE_TAG;
    case DW_TAG_subroutine_type: return TYPE_FUNC_PROTO;
    default: return TYPE_VOID;
    }
}

static int fill(struct reader *rd, Dwarf_Die *die, struct type *type)
{
    switch (type->kind) {
    case TYPE_INT: read_base(rd, die, type); return 0;
    case TYPE_ARRAY: return read_array(rd, die, type);
    case TYPE_STRUCT:
    case TYPE_UNION: return read_record(rd, die, type);
    case TYPE_ENUM: return read_enum(rd, die, type);
    case TYPE_FUNC_PROTO: return read_proto(rd, die, type);
    default: type->to = read_target(rd, die); return type->to ? 0 : rd->err->code;
    }
}

static const struct type *read_type(struct reader *rd, Dwarf_Die *die)
{
    enum type_kind kind = kind_of(die);
    uint64_t offset = dwarf_dieoffset(die), declared = number(die, DW_AT_alignment, 0);
    const uint32_t *known = hash_get(&rd->ids, offset);
    struct type *type;

    if (kind == TYPE_VOID)
        return &type_void; /* decltype(nullptr) and others that no C function takes */
    if (known)
        return types_get(rd->types, *known);
    if (++rd->depth > DEPTH) {
        fail(rd->err, ANYBPF_E_FORMAT, "types are nested too deeply");
        return NULL;
    }
    type = types_add(rd->types, kind, name_of(rd, die));
    *hash_put(rd->types->arena, &rd->ids, offset) = type->id;
    if (fill(rd, die, type))
        return NULL;
    rd->depth--;
    if (declared && declared <= UINT32_MAX) {
        type->align = (uint32_t)declared;
        type->has_align = true;
    }
    return type;
}

/* ---- Finding the function ---- */

struct search {
    const char *name;
    Dwarf_Die found;
};

static int visit(Dwarf_Die *die, void *arg)
{
    struct search *search = arg;
    const char *name = dwarf_diename(die);

    if (!name || strcmp(name, search->name))
        return DWARF_CB_OK;
    search->found = *die;
    return DWARF_CB_ABORT;
}

static bool find(Dwarf *dwarf, struct search *search, Dwarf_Die *unit)
{
    Dwarf_CU *cu = NULL;
    while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, unit, NULL))
        if (dwarf_getfuncs(unit, visit, search, 0) > 0)
            return true;
    return false;
}

/* The convention's name, by the machine and the ABI in the flags of the file. */
static const char *arch_of(Dwarf *dwarf, const struct data_model **data, bool *big)
{
    GElf_Ehdr header;

    if (!gelf_getehdr(dwarf_getelf(dwarf), &header))
        return NULL;
    *big = header.e_ident[EI_DATA] == ELFDATA2MSB;
    switch (header.e_machine) {
    case EM_X86_64: *data = &data_x86_64; return "x86_64";
    case EM_AARCH64: *data = &data_arm64; return "arm64";
    case EM_S390: *data = &data_s390x; return "s390x";
    case EM_RISCV:
        *data = &data_riscv64;
        return header.e_flags & EF_RISCV_FLOAT_ABI ? "riscv64" : "riscv64-soft";
    case EM_ARM:
        *data = &data_arm32;
        return header.e_flags & EF_ARM_ABI_FLOAT_HARD ? "arm32" : "arm32-soft";
    default: return NULL;
    }
}

/* The prototype of a function, and the unit that it is in. */
static int read_named(struct reader *rd, Dwarf *dwarf, const char *name, Dwarf_Die *unit,
                      const struct type **proto)
{
    struct search search = { .name = name };
    struct type *made;

    if (!find(dwarf, &search, unit))
        return fail(rd->err, ANYBPF_E_NOT_FOUND, "there is no function %s", name);
    if (number(&search.found, DW_AT_calling_convention, DW_CC_normal) == DW_CC_nocall)
        return fail(rd->err, ANYBPF_E_UNSUPPORTED, "%s does not follow the calling convention",
                    name);
    made = types_add(rd->types, TYPE_FUNC_PROTO, "");
    *proto = made;
    return read_proto(rd, &search.found, made);
}

static bool find_struct(Dwarf *dwarf, const char *name, Dwarf_Die *found, Dwarf_Die *unit)
{
    Dwarf_CU *cu = NULL;
    while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, unit, NULL)) {
        bool begun = false;
        while (next(unit, found, &begun))
            if (dwarf_tag(found) == DW_TAG_structure_type && dwarf_diename(found) &&
                !strcmp(dwarf_diename(found), name) && !flag(found, DW_AT_declaration))
                return true;
    }
    return false;
}

/* The same of what a struct's member points to: "TABLE.MEMBER". */
static int read_table_member(struct reader *rd, Dwarf *dwarf, const char *name, Dwarf_Die *unit,
                             const struct type **proto)
{
    const char *dot = strchr(name, '.');
    const char *table = arena_string(rd->types->arena, name, (size_t)(dot - name));
    const struct type *record, *to = NULL;
    const struct member *member;
    uint32_t bit_offset;
    Dwarf_Die found;

    if (!find_struct(dwarf, table, &found, unit))
        return fail(rd->err, ANYBPF_E_NOT_FOUND, "there is no struct %s", table);
    if (!(record = read_type(rd, &found)))
        return rd->err->code;
    member = type_member(record, dot + 1, &bit_offset);
    if (member && type_strip(member->type)->kind == TYPE_PTR)
        to = type_strip(type_strip(member->type)->to);
    if (!to || to->kind != TYPE_FUNC_PROTO)
        return fail(rd->err, ANYBPF_E_NOT_FOUND,
                    "struct %s has no member %s that points to a function", table, dot + 1);
    *proto = to;
    return 0;
}

static int read_function(struct types *types, Dwarf *dwarf, const char *name,
                         const struct type **func, bool *clang, struct error *err)
{
    struct reader rd = { .types = types, .err = err };
    const struct type *proto = NULL;
    struct type *made;
    Dwarf_Die unit;
    Dwarf_Attribute attr;
    const char *producer;

    if (strchr(name, '.') ? read_table_member(&rd, dwarf, name, &unit, &proto)
                          : read_named(&rd, dwarf, name, &unit, &proto))
        return err->code;
    made = types_add(types, TYPE_FUNC, arena_string(types->arena, name, strlen(name)));
    made->to = proto;
    producer = dwarf_formstring(dwarf_attr(&unit, DW_AT_producer, &attr));
    *clang |= producer && strstr(producer, "clang");
    *func = made;
    return types_finish(types, 1, err);
}

int dwarf_function(struct types *types, const char *path, const char *name,
                   const struct type **func, const char **arch, bool *clang, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), code;
    Dwarf *dwarf = fd >= 0 ? dwarf_begin(fd, DWARF_C_READ) : NULL;

    if (fd < 0)
        code = fail(err, ANYBPF_E_SYSTEM, "%s: %s", path, strerror(errno));
    else if (!dwarf)
        code = fail(err, ANYBPF_E_SYSTEM, "%s has no debug information that can be read", path);
    else if (!(*arch = arch_of(dwarf, &types->data, &types->big)))
        code = fail(err, ANYBPF_E_UNSUPPORTED, "%s is for a processor that is not known", path);
    else if ((code = read_function(types, dwarf, name, func, clang, err)))
        error_prefix(err, "%s", path);
    dwarf_end(dwarf);
    if (fd >= 0)
        close(fd);
    return code;
}

#else

int dwarf_function(struct types *types, const char *path, const char *name,
                   const struct type **func, const char **arch, bool *clang, struct error *err)
{
    (void)types, (void)path, (void)name, (void)func, (void)arch, (void)clang;
    return fail(err, ANYBPF_E_UNSUPPORTED,
                "this anybpf was built without libdw and cannot read debug information");
}

#endif
