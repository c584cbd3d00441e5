/* SPDX-License-Identifier: Apache-2.0 */
/* What each instruction means (RFC 9669), but for jumps. */
#include "base/planted.h"
#include "ir/local.h"
#include "rt/rt.h"

static const struct insn_fact *fact(const struct build *b)
{
    return &b->checked->facts[b->at];
}

static uint32_t unary(struct build *b, enum ir_op op, unsigned width, uint32_t x)
{
    return maker_op(&b->maker, op, width, x, 0);
}

static uint32_t constant(struct build *b, int64_t value)
{
    return maker_const(&b->maker, (uint64_t)value);
}

static int lower_alu(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    static const uint8_t ops[] = {
        [OP_ADD] = IR_ADD,      [OP_SUB] = IR_SUB,  [OP_MUL] = IR_MUL,     [OP_DIV] = IR_UDIV,
        [OP_SDIV] = IR_SDIV,    [OP_OR] = IR_OR,    [OP_AND] = IR_AND,     [OP_LSH] = IR_SHL,
        [OP_RSH] = IR_SHR,      [OP_MOD] = IR_UREM, [OP_SMOD] = IR_SREM,   [OP_XOR] = IR_XOR,
        [OP_ARSH] = IR_SAR,     [OP_NEG] = IR_NEG,  [OP_SEXT8] = IR_SEXT8, [OP_SEXT16] = IR_SEXT16,
        [OP_SEXT32] = IR_SEXT32
    };
    uint32_t right = row->src_reg ? b->reg[insn->src] : constant(b, insn->imm);
    uint32_t *to = &b->reg[insn->dst];
    if (row->op == OP_MOV) {
        *to =
            FAULT(mov32_extension, row->bits == 32, false) ? unary(b, IR_ZEXT32, 64, right) : right;
        return 0;
    }
    struct node node = { .op = ops[row->op], .width = row->bits, .in = { *to, right } };
    switch (row->op) {
    case OP_SEXT8:
    case OP_SEXT16:
    case OP_SEXT32: *to = unary(b, node.op, row->bits, right); return 0;
    case OP_NEG: *to = unary(b, IR_NEG, row->bits, *to); return 0;
    case OP_DIV:
    case OP_MOD:
    case OP_SDIV:
    case OP_SMOD: node.flags = fact(b)->flags & FACT_NONZERO ? NODE_NONZERO : 0; break;
    default: break;
    }
    *to = maker_node(&b->maker, &node);
    return 0;
}

/* To little-endian or big-endian order: a swap where the processor's is the other. */
static int lower_swap(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    uint32_t *to = &b->reg[insn->dst];
    if (row->op == OP_BSWAP || (row->op == OP_BE) != b->binding->big)
        *to = unary(b, IR_BSWAP, row->bits, *to);
    else if (row->bits == 16)
        *to = unary(b, IR_ZEXT16, 64, *to);
    else if (row->bits == 32)
        *to = unary(b, IR_ZEXT32, 64, *to);
    return 0;
}

static int lower_ldimm(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    uint32_t *to = &b->reg[insn->dst], map = (uint32_t)insn->imm;
    switch (row->op) {
    case OP_MAP: *to = maker_symbol(&b->maker, SYMBOL_MAP, map, 0); break;
    case OP_MAP_VALUE:
        *to = maker_symbol(&b->maker, SYMBOL_MAP_DATA, map, (uint32_t)insn[1].imm);
        break;
    case OP_FUNC: {
        int callee = prog_func_index(b->prog, insn_callee(*insn, b->at));
        *to = maker_const(&b->maker, TOKEN_BASE + (uint64_t)callee);
        break;
    }
    default: *to = maker_const(&b->maker, insn_imm64(insn)); break;
    }
    return 0;
}

/* ---- Memory ---- */

/* The low `width` bits of x, extended to 64. */
static uint32_t extended(struct build *b, uint32_t x, unsigned width, bool sign)
{
    switch (width) {
    case 8: return unary(b, sign ? IR_SEXT8 : IR_ZEXT8, 64, x);
    case 16: return unary(b, sign ? IR_SEXT16 : IR_ZEXT16, 64, x);
    case 32: return unary(b, sign ? IR_SEXT32 : IR_ZEXT32, 64, x);
    default: return x;
    }
}

/* A load from the host's own struct. */
static uint32_t load_host(struct build *b, unsigned width, uint32_t base, size_t offset)
{
    struct node node = { .op = IR_LOAD, .width = (uint8_t)width, .region = REGION_FIELD };
    node.in[0] = base;
    node.imm = (int64_t)offset;
    return maker_node(&b->maker, &node);
}

/* A field of the context, read from the host's own struct. The base is the context itself. */
static uint32_t load_field(struct build *b, uint32_t base, const struct insn *insn)
{
    const struct insn_row *row = insn_row(*insn);
    const struct context_field *field = &b->checked->context->fields[fact(b)->field];
    struct maker *maker = &b->maker;
    uint32_t shift = 0;
    context_field(b->checked->context, (uint32_t)insn->off, row->bits / 8u, &shift);
    switch (field->kind) {
    case FIELD_PACKET:
    case FIELD_PACKET_END: return load_host(b, 64, base, field->host_offset);
    case FIELD_PACKET_META: { /* null: there is none, and it ends where the packet begins */
        uint32_t meta = load_host(b, 64, base, field->host_offset);
        uint32_t data = load_host(b, 64, base, offsetof(struct anybpf_packet, data));
        struct node node = { .op = IR_SELECT, .width = 64, .cond = COND_EQ };
        node.in[0] = meta;
        node.in[1] = constant(b, 0);
        node.in[2] = data;
        node.in[3] = meta;
        return maker_node(maker, &node);
    }
    case FIELD_LENGTH: {
        uint32_t data = load_host(b, 64, base, offsetof(struct anybpf_packet, data));
        uint32_t end = load_host(b, 64, base, offsetof(struct anybpf_packet, data_end));
        return maker_op(maker, IR_SUB, 32, end, data);
    }
    case FIELD_ZERO: return constant(b, 0);
    case FIELD_COPY:
    case FIELD_POINTER: break;
    case FIELD_MEMORY: {
        struct node node = { .op = row->op == OP_SEXT ? IR_LOADS : IR_LOAD,
                             .width = row->bits,
                             .region = REGION_FIELD };
        node.in[0] = base;
        node.imm = (int64_t)field->host_offset + (insn->off - (int64_t)field->offset);
        return maker_node(maker, &node);
    }
    default: break;
    }
    uint32_t value = b->hook ? hook_word(b, fact(b)->field)
                             : load_host(b, 8 * field->host_size, base, field->host_offset);
    if (shift)
        value = maker_op(maker, IR_SHR, 64, value, constant(b, shift));
    return extended(b, value, row->bits, row->op == OP_SEXT);
}

static void store(struct build *b, unsigned width, enum region region, uint32_t base,
                  int64_t offset, uint32_t value)
{
    struct node node = { .op = IR_STORE, .width = (uint8_t)width, .region = (uint8_t)region };
    node.in[0] = base;
    node.in[1] = value;
    node.imm = offset;
    maker_node(&b->maker, &node);
}

static void store_field(struct build *b, const struct insn *insn, uint32_t value)
{
    const struct context_field *field = &b->checked->context->fields[fact(b)->field];
    uint32_t inside = (uint32_t)insn->off - field->offset, width = insn_row(*insn)->bits;
    if (field->kind == FIELD_ZERO)
        return;
    if (field->kind == FIELD_SCALAR && width > 8 * field->host_size)
        width = 8 * field->host_size;
    store(b, width, REGION_FIELD, b->reg[insn->dst], (int64_t)field->host_offset + inside, value);
}

uint32_t lower_slot(struct build *b, unsigned variable, unsigned width, bool sign)
{
    unsigned size = b->vars.slots[variable - REG_COUNT].size;
    unsigned at = (unsigned)variable_offset(b, b->at), behind = size - width / 8 - at;
    unsigned shift = 8 * FAULT(slot_part, b->binding->big ? behind : at, behind);
    uint32_t x = b->reg[variable];
    if (shift)
        x = maker_op(&b->maker, IR_SHR, 64, x, constant(b, shift));
    return extended(b, x, width, sign);
}

static int lower_load(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    unsigned variable = variable_at(&b->vars, b->at);
    if (variable) {
        b->reg[insn->dst] = lower_slot(b, variable, row->bits, row->op == OP_SEXT);
        return 0;
    }
    bool sign = row->op == OP_SEXT, probe = fact(b)->region == REGION_PROBE;
    struct node node = { .width = row->bits, .imm = insn->off, .in = { b->reg[insn->src] } };
    node.region = fact(b)->region;
    if (fact(b)->region == REGION_FIELD) {
        b->reg[insn->dst] = load_field(b, b->reg[insn->src], insn);
        return 0;
    }
    node.op = probe ? (sign ? IR_PROBES : IR_PROBE) : sign ? IR_LOADS : IR_LOAD;
    b->reg[insn->dst] = maker_node(&b->maker, &node);
    return 0;
}

static int lower_store(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    uint32_t value = row->kind == INSN_KIND_STX ? b->reg[insn->src] : constant(b, insn->imm);
    if (variable_at(&b->vars, b->at))
        b->reg[variable_at(&b->vars, b->at)] = value;
    else if (fact(b)->region == REGION_FIELD)
        store_field(b, insn, value);
    else
        store(b, row->bits, fact(b)->region, b->reg[insn->dst], insn->off, value);
    return 0;
}

static int lower_atomic(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    static const uint8_t ops[] = { [OP_ADD] = IR_ATOMIC_ADD,
                                   [OP_OR] = IR_ATOMIC_OR,
                                   [OP_AND] = IR_ATOMIC_AND,
                                   [OP_XOR] = IR_ATOMIC_XOR,
                                   [OP_FETCH_ADD] = IR_FETCH_ADD,
                                   [OP_FETCH_OR] = IR_FETCH_OR,
                                   [OP_FETCH_AND] = IR_FETCH_AND,
                                   [OP_FETCH_XOR] = IR_FETCH_XOR,
                                   [OP_XCHG] = IR_XCHG,
                                   [OP_CMPXCHG] = IR_CMPXCHG,
                                   [OP_LOAD_ACQ] = IR_LOAD_ACQUIRE,
                                   [OP_STORE_REL] = IR_STORE_RELEASE };
    struct node node = { .op = ops[row->op], .width = row->bits, .imm = insn->off };
    node.region = fact(b)->region;
    node.in[0] = b->reg[insn->dst];
    node.in[1] = b->reg[insn->src];
    uint32_t *to = &b->reg[insn->src];
    if (row->op == OP_LOAD_ACQ) {
        node.in[0] = b->reg[insn->src];
        node.in[1] = 0;
        to = &b->reg[insn->dst];
    } else if (row->op == OP_CMPXCHG) {
        node.in[1] = b->reg[0];
        node.in[2] = b->reg[insn->src];
        to = &b->reg[0];
    }
    uint32_t value = maker_node(&b->maker, &node);
    if (ir_rows[node.op].has_result)
        *to = value;
    return 0;
}

/* ---- Calls ---- */

static void lower_local(struct build *b, const struct insn *insn)
{
    uint32_t callee = (uint32_t)prog_func_index(b->prog, insn_callee(*insn, b->at));
    uint32_t list[2 + 5] = { b->vcpu, b->reg[10] }; /* its frame begins where this one ends */
    uint32_t args = build_args(b->checked, callee);
    for (uint32_t i = 0; i < args; i++)
        list[2 + i] = b->reg[1 + i];
    b->reg[0] =
        maker_list(&b->maker, (struct node){ .op = IR_CALL, .imm = callee }, list, 2 + args);
}

uint16_t lower_call_reads(const struct build *b, struct insn insn, uint32_t at)
{
    enum { R1 = 1 << 1, R10 = 1 << 10 };
    unsigned args = 5;
    uint16_t also = 0;
    switch (insn_row(insn)->op) {
    case OP_HELPER: {
        const struct helper *helper = env_helper(b->binding->env, (uint32_t)insn.imm);
        args = helper ? helper->args : 0;
        break;
    }
    case OP_LOCAL:
        args = build_args(b->checked, (uint32_t)prog_func_index(b->prog, insn_callee(insn, at)));
        also = R10;
        break;
    case OP_TOKEN: also = (uint16_t)(1 << insn.dst | R10); break;
    default: break;
    }
    return (uint16_t)(((R1 << args) - R1) | also);
}

static int refuse(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    (void)insn;
    return fail(b->err, ANYBPF_E_UNSUPPORTED, "instruction %u (%s) is not offered here", b->at,
                row->name);
}

static int lower_call(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    switch (row->op) {
    case OP_HELPER: return lower_helper(b, insn->imm);
    case OP_LOCAL: lower_local(b, insn); return 0;
    default: return refuse(b, insn, row);
    }
}

static int lower_call_of_token(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    (void)row;
    lower_callx(b, b->reg[insn->dst]);
    return 0;
}

/* Ends of blocks are build.c's affair; of 64-bit immediates the first slot says all. */
static int lower_nothing(struct build *b, const struct insn *insn, const struct insn_row *row)
{
    (void)b, (void)insn, (void)row;
    return 0;
}

int lower_insn(struct build *b, const struct insn *insn)
{
    static int (*const lowerings[])(struct build *, const struct insn *,
                                    const struct insn_row *) = {
        [INSN_KIND_ALU] = lower_alu,
        [INSN_KIND_SWAP] = lower_swap,
        [INSN_KIND_CAST] = refuse,
        [INSN_KIND_LDIMM] = lower_ldimm,
        [INSN_KIND_LDX] = lower_load,
        [INSN_KIND_ST] = lower_store,
        [INSN_KIND_STX] = lower_store,
        [INSN_KIND_ATOMIC] = lower_atomic,
        [INSN_KIND_CALL] = lower_call,
        [INSN_KIND_CALLX] = lower_call_of_token,
        [INSN_KIND_LEGACY] = refuse,
        [INSN_KIND_INVALID] = lower_nothing,
        [INSN_KIND_JUMP] = lower_nothing,
        [INSN_KIND_GOTO] = lower_nothing,
        [INSN_KIND_MAY_GOTO] = lower_nothing,
        [INSN_KIND_EXIT] = lower_nothing,
    };
    const struct insn_row *row = insn_row(*insn);
    return lowerings[row->kind](b, insn, row);
}
