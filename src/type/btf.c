/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of .BTF and .BTF.ext sections (Documentation/bpf/btf.rst of the kernel). Two passes: the
 * first makes a node per record, so that the second can point forward. Nothing read is trusted:
 * extents, names and ids are checked here, nesting and sizes by type_finish(). */
#include "type/type.h"
#include <string.h>

enum { MAGIC = 0xeb9f };

/* Header:  magic:16 version:8 flags:8  length:32  then offset:32, length:32 of each part, counted
 * from the header's end. .BTF has types, strings; .BTF.ext functions, lines, CO-RE relocations.
 *
 * A type:  name:32  info:32  size or type:32  then the extra words of its kind
 * info:    31 flag | 28..24 kind | 15..0 count */
enum { HEADER_FIXED = 8, TYPE_FIXED = 12 };

/* Bytes after the fixed part: once, and per counted item. */
static const struct extra {
    uint8_t once, each;
} extras[TYPE_KINDS] = {
    [TYPE_INT] = { 4, 0 },     [TYPE_ARRAY] = { 12, 0 },   [TYPE_STRUCT] = { 0, 12 },
    [TYPE_UNION] = { 0, 12 },  [TYPE_ENUM] = { 0, 8 },     [TYPE_FUNC_PROTO] = { 0, 8 },
    [TYPE_VAR] = { 4, 0 },     [TYPE_DATASEC] = { 0, 12 }, [TYPE_DECL_TAG] = { 4, 0 },
    [TYPE_ENUM64] = { 0, 12 },
};

struct reader {
    struct types *types;
    struct bytes section;
    const char *where;
    struct error *err;
    bool big;
    uint64_t base; /* of the current part, for offsets in messages */
};

struct record {
    uint32_t at; /* offset in the part */
    uint32_t name, count, word;
    enum type_kind kind;
    bool flag;
    const uint8_t *extra;
};

static int refuse(struct reader *r, uint64_t offset, const char *what)
{
    return fail(r->err, ANYBPF_E_FORMAT, "%s: offset %llu: %s", r->where,
                (unsigned long long)(r->base + offset), what);
}

static uint32_t u32(const struct reader *r, const uint8_t *at)
{
    return bytes_u32_in(at, r->big);
}

/* ---- Headers ---- */

static int read_header(struct reader *r, uint32_t *length)
{
    struct bytes s = r->section;

    if (s.size < HEADER_FIXED)
        return refuse(r, 0, "the section is shorter than its header");
    if (bytes_u16_in(s.at, false) != MAGIC && bytes_u16_in(s.at, true) != MAGIC)
        return refuse(r, 0, "this is no BTF: the magic number is missing");
    r->big = bytes_u16_in(s.at, true) == MAGIC;
    if (s.at[2] != 1)
        return fail(r->err, ANYBPF_E_UNSUPPORTED, "%s: offset 2: BTF version %u is unknown",
                    r->where, s.at[2]);
    *length = u32(r, s.at + 4);
    if (*length < HEADER_FIXED || *length > s.size)
        return refuse(r, 4, "the header's length is wrong");
    return 0;
}

/* The part whose offset and length stand at `field` of the header; empty if the header is older. */
static int read_part(struct reader *r, uint32_t header, uint32_t field, struct bytes *part)
{
    uint64_t offset;
    uint32_t length;

    *part = (struct bytes){ r->section.at, 0 };
    if (field + 8 > header)
        return 0;
    offset = (uint64_t)header + u32(r, r->section.at + field);
    length = u32(r, r->section.at + field + 4);
    if (!bytes_has(r->section, offset, length))
        return refuse(r, field, "a part lies outside the section");
    *part = (struct bytes){ r->section.at + offset, length };
    return 0;
}

/* ---- Strings and ids ---- */

static const char *read_name(struct reader *r, uint32_t offset, uint64_t at)
{
    const char *name = bytes_text(r->types->strings, offset);
    if (!name)
        refuse(r, at, "a name lies outside the strings");
    else if (!text_is_printable(name)) {
        refuse(r, at, "a name contains control characters");
        name = NULL;
    }
    return name;
}

/* A type of any kind. */
static const struct type *read_node(struct reader *r, uint32_t id, uint64_t at)
{
    const struct type *type = types_get(r->types, id);
    if (!type)
        fail(r->err, ANYBPF_E_FORMAT, "%s: offset %llu: there is no type %u", r->where,
             (unsigned long long)(r->base + at), id);
    return type;
}

/* A type that values, or what a pointer points to, can have. */
static const struct type *read_type(struct reader *r, uint32_t id, uint64_t at)
{
    const struct type *type = read_node(r, id, at);
    if (!type || (type->kind != TYPE_VAR && type->kind != TYPE_DATASEC && type->kind != TYPE_FUNC &&
                  type->kind != TYPE_DECL_TAG))
        return type;
    fail(r->err, ANYBPF_E_FORMAT, "%s: offset %llu: type %u is a %s, which no value has", r->where,
         (unsigned long long)(r->base + at), id, type_kind_name((enum type_kind)type->kind));
    return NULL;
}

/* ---- Types ---- */

static int read_record(struct reader *r, struct bytes part, uint32_t at, struct record *record)
{
    const uint8_t *p = part.at + at;
    uint32_t info;
    uint64_t size;

    if (!bytes_has(part, at, TYPE_FIXED))
        return refuse(r, at, "a type is cut off");
    info = u32(r, p + 4);
    *record = (struct record){
        .at = at,
        .name = u32(r, p),
        .count = info & 0xffff,
        .word = u32(r, p + 8),
        .kind = info >> 24 & 0x1f,
        .flag = info >> 31,
        .extra = p + TYPE_FIXED,
    };
    if (record->kind == TYPE_VOID || record->kind > TYPE_ENUM64)
        return refuse(r, at, "a type of unknown kind");
    size = extras[record->kind].once + (uint64_t)record->count * extras[record->kind].each;
    if (!bytes_has(part, (uint64_t)at + TYPE_FIXED, size))
        return refuse(r, at, "a type is cut off");
    return 0;
}

static uint32_t next_record(const struct record *record)
{
    return record->at + TYPE_FIXED + extras[record->kind].once +
           record->count * extras[record->kind].each;
}

static int fill_int(struct reader *r, const struct record *record, struct type *type)
{
    uint32_t info = u32(r, record->extra);

    type->size = record->word;
    type->is_signed = info >> 24 & 1;
    type->is_char = (info >> 24 & 2) || (type->size == 1 && !strcmp(type->name, "char"));
    type->is_bool = info >> 24 & 4;
    type->as_int.offset = info >> 16 & 0xff;
    type->as_int.bits = info & 0xff;
    return 0;
}

static int fill_members(struct reader *r, const struct record *record, struct type *type)
{
    struct member *members = arena_array_of(r->types->arena, record->count, struct member);

    type->size = record->word;
    type->count = record->count;
    type->members = members;
    for (uint32_t i = 0; i < record->count; i++) {
        const uint8_t *p = record->extra + (size_t)12 * i;
        uint32_t offset = u32(r, p + 8), at = record->at + TYPE_FIXED + 12 * i;

        members[i].name = read_name(r, u32(r, p), at);
        members[i].type = read_type(r, u32(r, p + 4), at + 4);
        members[i].bit_offset = record->flag ? offset & 0xffffff : offset;
        members[i].bits = record->flag ? (uint8_t)(offset >> 24) : 0;
        if (r->err->code)
            return r->err->code;
    }
    return 0;
}

static int fill_enumerators(struct reader *r, const struct record *record, struct type *type)
{
    struct enumerator *list = arena_array_of(r->types->arena, record->count, struct enumerator);
    uint32_t each = extras[record->kind].each;

    type->size = record->word;
    type->is_signed = record->flag;
    type->count = record->count;
    type->enumerators = list;
    for (uint32_t i = 0; i < record->count; i++) {
        const uint8_t *p = record->extra + (size_t)each * i;
        uint32_t low = u32(r, p + 4);

        list[i].name = read_name(r, u32(r, p), record->at + TYPE_FIXED + each * i);
        if (!list[i].name)
            return r->err->code;
        if (record->kind == TYPE_ENUM64)
            list[i].value = low | (uint64_t)u32(r, p + 8) << 32;
        else
            list[i].value = type->is_signed ? (uint64_t)(int64_t)(int32_t)low : low;
    }
    return 0;
}

static int fill_params(struct reader *r, const struct record *record, struct type *type)
{
    struct param *params = arena_array_of(r->types->arena, record->count, struct param);

    type->to = read_type(r, record->word, record->at + 8);
    type->params = params;
    type->count = record->count;
    for (uint32_t i = 0; i < record->count; i++) {
        const uint8_t *p = record->extra + (size_t)8 * i;
        uint32_t at = record->at + TYPE_FIXED + 8 * i, id = u32(r, p + 4);

        if (!id && i + 1 == record->count) {
            type->is_variadic = true;
            type->count--;
            break;
        }
        params[i].name = read_name(r, u32(r, p), at);
        params[i].type = id ? read_type(r, id, at + 4) : NULL;
        if (!params[i].type)
            return refuse(r, at + 4, "a parameter has no type");
    }
    return r->err->code;
}

static int fill_vars(struct reader *r, const struct record *record, struct type *type)
{
    struct var *vars = arena_array_of(r->types->arena, record->count, struct var);

    type->size = record->word;
    type->vars = vars;
    type->count = record->count;
    for (uint32_t i = 0; i < record->count; i++) {
        const uint8_t *p = record->extra + (size_t)12 * i;
        uint32_t at = record->at + TYPE_FIXED + 12 * i;

        vars[i] = (struct var){ read_node(r, u32(r, p), at), u32(r, p + 4), u32(r, p + 8) };
        if (!vars[i].var)
            return r->err->code;
        if (vars[i].var->kind != TYPE_VAR && vars[i].var->kind != TYPE_FUNC)
            return refuse(r, at, "a data section holds what is neither variable nor function");
    }
    return 0;
}

static int fill_tag(struct reader *r, const struct record *record, struct type *type)
{
    struct tag *tag = arena_new_of(r->types->arena, struct tag);
    struct type *marked;

    type->to = read_node(r, record->word, record->at + 8);
    if (!type->to)
        return r->err->code;
    marked = r->types->all.at[record->word];
    if (marked->kind != TYPE_FUNC && marked->kind != TYPE_VAR && marked->kind != TYPE_TYPEDEF &&
        marked->kind != TYPE_STRUCT && marked->kind != TYPE_UNION)
        return refuse(r, record->at + 8, "a declaration tag marks what cannot be declared");
    *tag = (struct tag){ marked->tags, (int32_t)u32(r, record->extra), type->name, NULL };
    marked->tags = tag;
    return 0;
}

static int fill_func(struct reader *r, const struct record *record, struct type *type)
{
    type->to = read_type(r, record->word, record->at + 8);
    if (!type->to)
        return r->err->code;
    if (type->to->kind != TYPE_FUNC_PROTO)
        return refuse(r, record->at + 8, "a function's type is no prototype");
    if (record->count > LINKAGE_EXTERN)
        return refuse(r, record->at + 4, "a function of unknown linkage");
    type->linkage = (uint8_t)record->count;
    return 0;
}

static int fill(struct reader *r, const struct record *record, struct type *type)
{
    switch (record->kind) {
    case TYPE_INT: return fill_int(r, record, type);
    case TYPE_STRUCT:
    case TYPE_UNION: return fill_members(r, record, type);
    case TYPE_ENUM:
    case TYPE_ENUM64: return fill_enumerators(r, record, type);
    case TYPE_FUNC_PROTO: return fill_params(r, record, type);
    case TYPE_DATASEC: return fill_vars(r, record, type);
    case TYPE_DECL_TAG: return fill_tag(r, record, type);
    case TYPE_FUNC: return fill_func(r, record, type);
    case TYPE_FWD: type->is_union = record->flag; return 0;
    case TYPE_FLOAT: type->size = record->word; return 0;
    case TYPE_ARRAY:
        type->to = read_type(r, u32(r, record->extra), record->at + TYPE_FIXED);
        type->count = u32(r, record->extra + 8);
        return r->err->code;
    case TYPE_VAR:
        type->linkage = (uint8_t)u32(r, record->extra);
        if (u32(r, record->extra) > LINKAGE_EXTERN)
            return refuse(r, record->at + TYPE_FIXED, "a variable of unknown linkage");
        /* fall through */
    default: /* pointers, typedefs, qualifiers */
        type->to = read_type(r, record->word, record->at + 8);
        return r->err->code;
    }
}

static int read_types(struct reader *r, struct bytes part)
{
    struct record record;
    uint32_t id = 1, count = 0;

    for (uint32_t at = 0; at < part.size; at = next_record(&record), count++)
        if (read_record(r, part, at, &record))
            return r->err->code;
    types_reserve(r->types, count);
    for (uint32_t at = 0; at < part.size; at = next_record(&record)) {
        const char *name;
        if (read_record(r, part, at, &record))
            return r->err->code;
        name = read_name(r, record.name, at);
        if (!name)
            return r->err->code;
        types_add(r->types, record.kind, name);
    }
    for (uint32_t at = 0; at < part.size; at = next_record(&record), id++)
        if (read_record(r, part, at, &record) || fill(r, &record, r->types->all.at[id]))
            return r->err->code;
    id = 1;
    for (uint32_t at = 0; at < part.size; at = next_record(&record), id++) {
        read_record(r, part, at, &record);
        if (type_finish(r->types, r->types->all.at[id], r->err)) {
            error_prefix(r->err, "%s: offset %llu", r->where, (unsigned long long)(r->base + at));
            return r->err->code;
        }
    }
    types_index(r->types);
    return 0;
}

int btf_parse(struct types *types, struct bytes section, const char *where, struct error *err)
{
    struct reader r = { .types = types, .section = section, .where = where, .err = err };
    struct bytes part;
    uint32_t header = 0;

    if (read_header(&r, &header) || read_part(&r, header, 16, &types->strings) ||
        read_part(&r, header, 8, &part))
        return err->code;
    if (!types->strings.size || types->strings.at[0] || types->strings.at[types->strings.size - 1])
        return refuse(&r, 16, "the strings do not begin and end with a NUL");
    types->strings.at = (const uint8_t *)arena_string(types->arena, (const char *)types->strings.at,
                                                      types->strings.size);
    types->big = r.big;
    types->data = &data_bpf;
    r.base = (uint64_t)(part.at - section.at);
    return read_types(&r, part);
}

/* ---- .BTF.ext ---- */

/* One part:  record size:32  then per ELF section  name:32 count:32 records */

struct ext_reader {
    struct reader r;
    struct arena *arena;
    struct btf_ext *out;
    const char *section;
};

static int read_func(struct ext_reader *x, const uint8_t *p, uint64_t at)
{
    struct reader *r = &x->r;
    struct btf_func func = { x->section, u32(r, p), read_node(r, u32(r, p + 4), at + 4) };

    if (!func.func)
        return r->err->code;
    if (func.func->kind != TYPE_FUNC)
        return refuse(r, at + 4, "the type of a function is none");
    vec_push(x->arena, &x->out->funcs, func);
    return 0;
}

static int read_line(struct ext_reader *x, const uint8_t *p, uint64_t at)
{
    struct reader *r = &x->r;
    uint32_t place = u32(r, p + 12);
    struct btf_line line = {
        .section = x->section,
        .offset = u32(r, p),
        .file = bytes_text(r->types->strings, u32(r, p + 4)),
        .text = bytes_text(r->types->strings, u32(r, p + 8)),
        .line = place >> 10,
        .column = place & 0x3ff,
    };

    if (!line.file || !line.text)
        return refuse(r, at, "a source line lies outside the strings");
    if (!text_is_printable(line.file))
        line.file = "";
    line.text += strspn(line.text, " \t");
    if (!text_is_printable(line.text))
        line.text = "";
    vec_push(x->arena, &x->out->lines, line);
    return 0;
}

static int read_core(struct ext_reader *x, const uint8_t *p, uint64_t at)
{
    struct reader *r = &x->r;
    struct btf_core core = {
        .section = x->section,
        .offset = u32(r, p),
        .type = read_type(r, u32(r, p + 4), at + 4),
        .access = read_name(r, u32(r, p + 8), at + 8),
        .kind = u32(r, p + 12),
    };

    if (r->err->code)
        return r->err->code;
    if (core.kind >= CORE_KINDS)
        return refuse(r, at + 12, "a CO-RE relocation of unknown kind");
    vec_push(x->arena, &x->out->cores, core);
    return 0;
}

static int read_infos(struct ext_reader *x, struct bytes part, uint32_t least,
                      int (*read)(struct ext_reader *x, const uint8_t *p, uint64_t at))
{
    struct reader *r = &x->r;
    uint32_t each;
    uint64_t at = 4;

    if (!part.size)
        return 0;
    r->base = (uint64_t)(part.at - r->section.at);
    if (part.size < 4)
        return refuse(r, 0, "a part is cut off");
    each = u32(r, part.at);
    if (each < least || each % 4)
        return refuse(r, 0, "records of an impossible size");
    while (at < part.size) {
        uint32_t count;
        if (!bytes_has(part, at, 8))
            return refuse(r, at, "the name of a section is cut off");
        x->section = read_name(r, u32(r, part.at + at), at);
        count = u32(r, part.at + at + 4);
        at += 8;
        if (!x->section)
            return r->err->code;
        if (!bytes_has(part, at, (uint64_t)count * each))
            return refuse(r, at, "the records of a section are cut off");
        for (; count; count--, at += each)
            if (read(x, part.at + at, at))
                return r->err->code;
    }
    return 0;
}

int btf_ext_parse(struct types *types, struct bytes section, const char *where, struct arena *arena,
                  struct btf_ext *ext, struct error *err)
{
    struct ext_reader x = { { types, section, where, err, false, 0 }, arena, ext, NULL };
    struct bytes funcs, lines, cores;
    uint32_t header = 0;

    *ext = (struct btf_ext){ 0 };
    if (read_header(&x.r, &header) || read_part(&x.r, header, 8, &funcs) ||
        read_part(&x.r, header, 16, &lines) || read_part(&x.r, header, 24, &cores))
        return err->code;
    if (read_infos(&x, funcs, 8, read_func) || read_infos(&x, lines, 16, read_line) ||
        read_infos(&x, cores, 16, read_core))
        return err->code;
    return 0;
}
