/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: whether an access stays within what its pointer points into, and what a load gives. */
#include "base/planted.h"
#include "type/type.h"
#include "verify/local.h"

enum { PACKET_OFF_MAX = 0xffff };

static const char *verb(enum access how)
{
    return how & ACCESS_WRITE ? "written" : "read";
}

/* [low, high): bytes from the pointer's base that the access may touch. */
struct reach {
    int64_t low, high;
};

static struct reach reach_of(const struct reg *reg, int64_t off, uint64_t size)
{
    return (struct reach){ reg->off + off + reg->num.full.smin,
                           reg->off + off + reg->num.full.smax + (int64_t)size };
}

static int check_extent(struct verifier *v, unsigned number, struct reach r, uint64_t size,
                        const char *what)
{
    if (r.low >= 0 && r.high <= (int64_t)size + FAULT(value_bound, 0, 1))
        return 0;
    return refuse(v, "r%u reaches bytes %lld to %lld of %s, which has %llu: check the offset first",
                  number, (long long)r.low, (long long)r.high - 1, what, (unsigned long long)size);
}

static int check_packet(struct verifier *v, const struct state *state, unsigned number,
                        const struct reg *reg, int64_t off, uint64_t size)
{
    struct reach r = reach_of(reg, off, size);
    int64_t end = reg->off + off + (int64_t)size;
    bool raw = reg->kind == REG_RAW;

    if (r.low < 0 || reg->off + off < 0)
        return refuse(v, "r%u may point %lld bytes before the first byte of the %s", number,
                      (long long)-(r.low < 0 ? r.low : reg->off + off), raw ? "context" : "packet");
    if (end <= (int64_t)reg->range)
        return 0;
    if (raw && (uint64_t)r.high <= state->length)
        return 0;
    if (raw)
        return refuse(
            v,
            "r%u reaches byte %lld of the context, of which %llu are known to be there: compare "
            "its length (r2) first",
            number, (long long)end - 1,
            (unsigned long long)(reg->range > state->length ? reg->range : state->length));
    return refuse(
        v,
        "r%u reaches byte %lld from where it was compared, and %u bytes are known to be there: "
        "compare against data_end first",
        number, (long long)end - 1, reg->range);
}

static int check_value(struct verifier *v, unsigned number, const struct reg *reg, int64_t off,
                       uint64_t size, enum access how)
{
    const struct map_spec *map = v->prog->maps[reg->of];
    char what[128];

    if (how & ACCESS_WRITE && (map->read_only || map->flags & MAP_RDONLY_PROG))
        return refuse(v, "map %s is read-only", map->name);
    if (how & ACCESS_READ && map->flags & MAP_WRONLY_PROG)
        return refuse(v, "map %s is write-only", map->name);
    snprintf(what, sizeof what, "a value of map %s", map->name);
    return check_extent(v, number, reach_of(reg, off, size), map->value_size, what);
}

/* Memory other than the stack and fields of a context. */
static int check_memory(struct verifier *v, struct state *state, unsigned number,
                        const struct reg *reg, int64_t off, uint64_t size, enum access how)
{
    switch (reg->kind) {
    case REG_PACKET:
    case REG_META:
    case REG_RAW: return check_packet(v, state, number, reg, off, size);
    case REG_VALUE: return check_value(v, number, reg, off, size, how);
    case REG_MEMORY:
        if (how & ACCESS_WRITE && reg->flags & REG_READ_ONLY)
            return refuse(v, "the memory at r%u is read-only", number);
        return check_extent(v, number, reach_of(reg, off, size), reg->of, "its memory");
    case REG_NONE: return refuse(v, "r%u was not written to before it is used", number);
    case REG_SCALAR: return refuse(v, "r%u is a number, not an address", number);
    default:
        return refuse(v, "no memory can be %s through r%u, which is %s", verb(how), number,
                      reg_kind_name(reg->kind));
    }
}

static int check_null(struct verifier *v, unsigned number, const struct reg *reg)
{
    if (!(reg->flags & REG_NULLABLE))
        return 0;
    return refuse(v, "r%u may be NULL: compare it with 0 first", number);
}

static int note_region(struct verifier *v, const struct reg *reg)
{
    switch (reg->kind) {
    case REG_STACK: return walk_region(v, REGION_STACK, 0, 0);
    case REG_PACKET:
    case REG_META: return walk_region(v, REGION_PACKET, 0, 0);
    case REG_RAW: return walk_region(v, REGION_CONTEXT, 0, 0);
    case REG_VALUE: return walk_region(v, REGION_MAP_VALUE, reg->of, 0);
    default: return walk_region(v, REGION_MEMORY, 0, 0);
    }
}

/* ---- Fields of a context ---- */

static int find_field(struct verifier *v, unsigned number, const struct reg *reg, int64_t off,
                      unsigned size, enum access how, const struct context_field **out)
{
    const struct context_field *field;
    uint32_t shift;
    int64_t at = reg->off + off;

    /* What runs it finds the field by the instruction's own offset. */
    if (reg->off)
        return refuse(v, "r%u, the context, was moved: fields are reached by an offset from it",
                      number);
    if (at < 0 || at >= v->context->size)
        return refuse(v, "r%u reaches byte %lld of struct %s, which has %u", number, (long long)at,
                      v->context->record ? v->context->record : v->context->name, v->context->size);
    field = context_field(v->context, (uint32_t)at, size, &shift);
    if (!field)
        return refuse(v, "struct %s has no field that bytes %lld to %lld may be %s of",
                      v->context->record ? v->context->record : v->context->name, (long long)at,
                      (long long)at + size - 1, verb(how));
    if ((how & ACCESS_WRITE && !(field->access & FIELD_WRITE)) ||
        (how & ACCESS_READ && !(field->access & FIELD_READ)))
        return refuse(v, "the field %s cannot be %s here", field->name, verb(how));
    if (how & ACCESS_WRITE && field->kind != FIELD_MEMORY && size != field->size)
        return refuse(v, "the field %s can only be written whole, with %u bytes", field->name,
                      field->size);
    *out = field;
    return walk_region(v, REGION_FIELD, 0, (uint32_t)(field - v->context->fields));
}

/* The number that is loaded from a field. */
static struct scalar field_number(const struct context_field *field, unsigned bits)
{
    if (!field->bits || field->bits >= bits)
        return scalar_zext(scalar_any(64), bits, 64);
    if (!field->is_signed)
        return scalar_zext(scalar_any(64), field->bits, 64);
    return scalar_zext(scalar_sext(scalar_any(64), field->bits, 64), bits, 64);
}

static struct reg host_record(struct verifier *v, const struct type *type)
{
    uint32_t of = 0;

    while (of < v->host_types.count && v->host_types.at[of] != type)
        of++;
    if (of == v->host_types.count)
        vec_push(v->scratch, &v->host_types, type);
    return reg_pointer(REG_HOST, of);
}

static struct reg host_pointer(struct verifier *v, const struct context_field *field)
{
    struct reg reg;

    if (field->kind == FIELD_POINTER)
        return host_record(v, field->type);
    reg = reg_pointer(REG_MEMORY, field->extent);
    reg.flags = REG_READ_ONLY;
    return reg;
}

static int load_field(struct verifier *v, unsigned number, const struct reg *reg, int64_t off,
                      unsigned size, struct reg *out)
{
    const struct context_field *field;
    int code = find_field(v, number, reg, off, size, ACCESS_READ, &field);

    if (code)
        return code;
    switch (field->kind) {
    case FIELD_PACKET: *out = reg_pointer(REG_PACKET, 0); break;
    case FIELD_PACKET_META: *out = reg_pointer(REG_META, 0); break;
    case FIELD_PACKET_END: *out = reg_pointer(REG_END, 0); break;
    case FIELD_ZERO: *out = reg_scalar(scalar_const(0, 64)); break;
    case FIELD_POINTER:
    case FIELD_COPY:
        if (size == field->size) {
            *out = host_pointer(v, field);
            break;
        } /* fall through */
    default: *out = reg_scalar(field_number(field, size * 8)); break;
    }
    return 0;
}

/* ---- Instructions ---- */

/* A load of constant data that nobody can change. */
static bool load_constant(const struct verifier *v, const struct reg *reg, int64_t off,
                          unsigned size, uint64_t *out)
{
    const struct map_spec *map;
    uint8_t bytes[8] = { 0 };
    int64_t at = reg->off + off;

    if (reg->kind != REG_VALUE || !scalar_is_const(&reg->num))
        return false;
    map = v->prog->maps[reg->of];
    if (!map->is_data || !map->read_only)
        return false;
    at += (int64_t)reg->num.bits.value;
    if (map->data)
        memcpy(bytes, map->data + at, size);
    *out = size == 1   ? bytes[0]
           : size == 2 ? bytes_u16(bytes)
           : size == 4 ? bytes_u32(bytes)
                       : bytes_u64(bytes);
    return true;
}

/* ---- Memory of the host: within the record that its pointer's type says, and it may be absent
 * ---- */

/* The type of the pointer to a record that lies there, or NULL. */
static const struct type *pointer_at(const struct type *type, uint64_t at)
{
    for (type = type_strip(type);;) {
        const struct type *inner = NULL;
        if (type->kind == TYPE_PTR) {
            const struct type *to = type_strip(type->to);
            bool known = (to->kind == TYPE_STRUCT || to->kind == TYPE_UNION) && to->size;
            return at == 0 && known ? to : NULL;
        }
        if (type->kind == TYPE_ARRAY && type->to->size) {
            at %= type->to->size;
            inner = type->to;
        }
        for (uint32_t i = 0; type->kind == TYPE_STRUCT && i < type->count; i++) {
            const struct member *member = &type->members[i];
            if (!member->bits && at >= member->bit_offset / 8 &&
                at - member->bit_offset / 8 < member->type->size) {
                at -= member->bit_offset / 8;
                inner = member->type;
                break;
            }
        }
        if (!inner)
            return NULL;
        type = type_strip(inner);
    }
}

static int load_host(struct verifier *v, unsigned number, const struct reg *base, int64_t off,
                     unsigned size, struct reg *out)
{
    const struct type *type = v->host_types.at[base->of], *to;
    struct reach r = reach_of(base, off, size);
    char what[128];
    int code;

    snprintf(what, sizeof what, "%s %s", type->kind == TYPE_UNION ? "union" : "struct", type->name);
    code = check_extent(v, number, r, type->size, what);
    if (!code)
        code = walk_region(v, REGION_PROBE, 0, 0);
    if (code)
        return code;
    to =
        size == sizeof(void *) && r.high - r.low == size ? pointer_at(type, (uint64_t)r.low) : NULL;
    *out = to ? host_record(v, to) : reg_scalar(scalar_zext(scalar_any(64), size * 8, 64));
    return 0;
}

static int load(struct verifier *v, struct state *state, struct insn insn, bool sign)
{
    struct reg *regs = state_top(state)->regs;
    const struct reg *base = &regs[insn.src];
    bool typed = base->kind == REG_CONTEXT || base->kind == REG_HOST;
    unsigned bits = insn_row(insn)->bits, size = bits / 8;
    struct reg out;
    uint64_t constant;
    int code = check_null(v, insn.src, base);

    if (code)
        return code;
    if (base->kind == REG_CONTEXT)
        code = load_field(v, insn.src, base, insn.off, size, &out);
    else if (base->kind == REG_HOST)
        code = load_host(v, insn.src, base, insn.off, size, &out);
    else if (base->kind == REG_STACK)
        code = stack_load(v, state, base, insn.off, size, &out);
    else
        code = check_memory(v, state, insn.src, base, insn.off, size, ACCESS_READ);
    if (!code && !typed)
        code = note_region(v, base);
    if (code)
        return code;
    if (!typed && base->kind != REG_STACK)
        out = load_constant(v, base, insn.off, size, &constant)
                  ? reg_scalar(scalar_const(constant, 64))
                  : reg_scalar(scalar_zext(scalar_any(64), bits, 64));
    if (sign && out.kind != REG_SCALAR)
        return refuse(v, "a pointer is loaded with its sign extended");
    if (sign) {
        out.num = scalar_sext(out.num, bits, 64);
        out.id = 0;
    }
    out.flags &= (uint8_t)~REG_PRECISE;
    regs[insn.dst] = out;
    return 0;
}

static int store(struct verifier *v, struct state *state, struct insn insn, struct reg *value,
                 int from)
{
    const struct reg *base = &state_top(state)->regs[insn.dst];
    unsigned size = insn_row(insn)->bits / 8;
    const struct context_field *field;
    struct reg copy = *base;
    int code = check_null(v, insn.dst, base);

    if (code)
        return code;
    if (value->kind == REG_NONE)
        return refuse(v, "r%d was not written to before it is stored", from);
    if (value->kind == REG_CONTEXT)
        v->context_escapes = true;
    if (base->kind == REG_HOST)
        return refuse(v, "memory of the host is read only");
    if (base->kind == REG_STACK) {
        code = stack_store(v, state, &copy, insn.off, size, value, from);
        return code ? code : note_region(v, &copy);
    }
    if (base->kind == REG_CONTEXT)
        code = find_field(v, insn.dst, base, insn.off, size, ACCESS_WRITE, &field);
    else
        code = check_memory(v, state, insn.dst, base, insn.off, size, ACCESS_WRITE);
    if (!code && reg_is_pointer(value))
        return refuse(v, "r%d, %s, is stored outside the stack: pointers may not leave the program",
                      from, reg_kind_name(value->kind));
    if (code || base->kind == REG_CONTEXT)
        return code;
    return note_region(v, base);
}

static int check_atomic(struct verifier *v, const struct reg *base, unsigned number, int off,
                        unsigned size)
{
    int64_t at = base->off + (int64_t)off;

    if (base->kind == REG_PACKET || base->kind == REG_META || base->kind == REG_CONTEXT)
        return refuse(v, "no atomic operations on %s: use the stack or a map",
                      base->kind == REG_CONTEXT ? "the context" : "the packet");
    /* What comes from outside need not be aligned, and some processors fault then. */
    if (base->kind == REG_RAW || (base->kind == REG_MEMORY && !base->ref))
        return refuse(v, "no atomic operations on memory whose alignment is not known: use the "
                         "stack or a map");
    if (at % size || (base->num.bits.value | base->num.bits.mask) % size)
        return refuse(v, "the address r%u%+d of an atomic operation is not a multiple of %u",
                      number, off, size);
    return 0;
}

static int atomic(struct verifier *v, struct state *state, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    struct reg *regs = state_top(state)->regs, base, old;
    unsigned size = row->bits / 8;
    unsigned number = row->op == OP_LOAD_ACQ ? insn.src : insn.dst;
    uint16_t writes = insn_writes(insn);
    int code = check_atomic(v, &regs[number], number, insn.off, size);

    if (code)
        return code;
    if (row->op == OP_LOAD_ACQ)
        return load(v, state, insn, false);
    if (row->op == OP_STORE_REL)
        return store(v, state, insn, &regs[insn.src], insn.src);
    if (regs[insn.src].kind != REG_SCALAR)
        return refuse(v, "r%u is not a number", insn.src);
    if (row->op == OP_CMPXCHG && regs[0].kind != REG_SCALAR)
        return refuse(v, "r0 is not a number: it is what is compared with");
    base = regs[insn.dst];
    code = check_null(v, insn.dst, &base);
    if (!code && base.kind == REG_STACK) {
        struct reg any = reg_any();
        code = stack_load(v, state, &base, insn.off, size, &old);
        v->step.kind = STEP_PLAIN;
        if (!code && old.kind != REG_SCALAR)
            code = refuse(v, "an atomic operation on the pointer at r10%+d", base.off + insn.off);
        if (!code)
            code = stack_store(v, state, &base, insn.off, size, &any, -1);
        v->step.kind = STEP_PLAIN;
    } else if (!code) {
        code = check_memory(v, state, insn.dst, &base, insn.off, size, ACCESS_READ | ACCESS_WRITE);
    }
    if (!code)
        code = note_region(v, &base);
    for (unsigned r = 0; !code && r < 10; r++)
        if (writes & 1 << r)
            state_top(state)->regs[r] = reg_scalar(scalar_zext(scalar_any(64), row->bits, 64));
    return code;
}

int access_insn(struct verifier *v, struct state *state, struct insn insn)
{
    const struct insn_row *row = insn_row(insn);
    struct reg imm;

    switch (row->kind) {
    case INSN_KIND_LDX: return load(v, state, insn, row->op == OP_SEXT);
    case INSN_KIND_STX: return store(v, state, insn, &state_top(state)->regs[insn.src], insn.src);
    case INSN_KIND_ST:
        imm = reg_scalar(scalar_const((uint64_t)(int64_t)insn.imm, 64));
        return store(v, state, insn, &imm, -1);
    default: return atomic(v, state, insn);
    }
}

int access_block(struct verifier *v, struct state *state, unsigned number, uint64_t size,
                 enum access how)
{
    struct reg base = state_top(state)->regs[number];
    int code = check_null(v, number, &base);

    if (code)
        return code;
    if (base.kind == REG_STACK)
        return stack_block(v, state, &base, size, how);
    return check_memory(v, state, number, &base, 0, size, how);
}
