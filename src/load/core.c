/* SPDX-License-Identifier: Apache-2.0 */
/* CO-RE relocations. The instructions stay as clang made them: for the object's own types. So each
 * relocation is checked to ask for what is the same in the types known here: contexts, what the
 * embedder declared, packet headers (whose layout the wire fixes), registers. */
#include "load/local.h"
#include "rt/rt.h"
#include <stdio.h>
#include <stdlib.h>

enum { PATH = 64, FLEXIBLE = 1 << 16 }; /* the latter: elements of an array without a count */

/* Which part of a type a relocation means, and where that lies. */
struct path {
    const struct type *root;
    struct step {
        const char *member; /* NULL: an element */
        uint32_t index;
    } steps[PATH];
    uint32_t count;
    const struct type *type; /* of the part */
    uint64_t bit_offset;
    uint8_t bits;   /* of a bit-field, else 0 */
    char text[256]; /* as C writes it: "cb[2]" */
};

/* ---- Types known without declaration ---- */

/* Bit-fields stand in the order of bytes on the wire's side: first, second. */
#define ETHERNET                                                                                   \
    "struct ethhdr { u8 h_dest[6]; u8 h_source[6]; __be16 h_proto; };"                             \
    "struct vlan_hdr { __be16 h_vlan_TCI, h_vlan_encapsulated_proto; };"                           \
    "struct arphdr { __be16 ar_hrd, ar_pro; u8 ar_hln, ar_pln; __be16 ar_op; };"
#define IPV4(halves)                                                                               \
    "struct iphdr { u8 " halves "; u8 tos; __be16 tot_len, id, frag_off; u8 ttl, protocol;"        \
    "  __sum16 check; __be32 saddr, daddr; };"                                                     \
    "struct icmphdr { u8 type, code; __sum16 checksum; union {"                                    \
    "  struct { __be16 id, sequence; } echo; __be32 gateway;"                                      \
    "  struct { __be16 __unused, mtu; } frag; u8 reserved[4]; } un; };"
#define IPV6(halves)                                                                               \
    "struct in6_addr { union { u8 u6_addr8[16]; __be16 u6_addr16[8]; __be32 u6_addr32[4]; } "      \
    "in6_u; };"                                                                                    \
    "struct ipv6hdr { u8 " halves "; u8 flow_lbl[3]; __be16 payload_len; u8 nexthdr, hop_limit;"   \
    "  struct in6_addr saddr, daddr; };"                                                           \
    "struct icmp6hdr { u8 icmp6_type, icmp6_code; __sum16 icmp6_cksum; };"
#define TRANSPORT(flags)                                                                           \
    "struct udphdr { __be16 source, dest, len; __sum16 check; };"                                  \
    "struct tcphdr { __be16 source, dest; __be32 seq, ack_seq; u16 " flags ";"                     \
    "  __be16 window; __sum16 check; __be16 urg_ptr; };"

static const char wire_little[] = ETHERNET IPV4("ihl:4, version:4") IPV6("priority:4, version:4")
    TRANSPORT("res1:4, doff:4, fin:1, syn:1, rst:1, psh:1, ack:1, urg:1, ece:1, cwr:1");
static const char wire_big[] = ETHERNET IPV4("version:4, ihl:4") IPV6("version:4, priority:4")
    TRANSPORT("doff:4, res1:4, cwr:1, ece:1, urg:1, ack:1, psh:1, rst:1, syn:1, fin:1");

/* struct pt_regs of each processor; where a program is attached, its own is compared again. */
static const char *const processors[] = {
    /* x86-64 */
    "struct pt_regs { unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, "
    "di,"
    "  orig_ax, ip, cs, flags, sp, ss; };",
    /* arm64 */
    "struct user_pt_regs { __u64 regs[31], sp, pc, pstate; };"
    "struct pt_regs { union { struct user_pt_regs user_regs;"
    "  struct { u64 regs[31], sp, pc, pstate; }; }; };",
};

static struct types *make_types(struct core *core, const char *text, struct error *err)
{
    struct types *types = types_new(core->arena, NULL);

    types->data = &data_bpf;
    types->big = core->object->big;
    return cdecl_parse(types, text, err) ? NULL : types;
}

static int make_known(struct core *core, struct error *err)
{
    if (core->wire)
        return 0;
    core->wire = make_types(core, core->object->big ? wire_big : wire_little, err);
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++)
        vec_push(core->arena, &core->processors, make_types(core, processors[i], err));
    return err->code;
}

/* ---- Paths ---- */

static int add_step(struct path *path, uint32_t index)
{
    const struct type *type = type_strip(path->type);
    size_t used = strlen(path->text), room = sizeof path->text - used;
    const struct member *member;

    path->bits = 0;
    if (type->kind == TYPE_ARRAY) {
        if (index >= (type->count ? type->count : FLEXIBLE))
            return -1;
        path->steps[path->count++] = (struct step){ NULL, index };
        path->type = type->to;
        path->bit_offset += index * type->to->size * 8;
        snprintf(path->text + used, room, "[%u]", index);
        return 0;
    }
    if ((type->kind != TYPE_STRUCT && type->kind != TYPE_UNION) || index >= type->count)
        return -1;
    member = &type->members[index];
    path->type = member->type;
    path->bit_offset += member->bit_offset;
    path->bits = member->bits;
    if (member->name[0]) { /* anonymous ones are looked through */
        path->steps[path->count++] = (struct step){ member->name, index };
        snprintf(path->text + used, room, "%s%s", used ? "." : "", member->name);
    }
    return 0;
}

/* Follows "0:1:2": the first number is an index from the pointer, the others are members and
 * elements. */
static int read_path(const struct btf_core *relocation, struct path *path, struct error *err)
{
    const char *at = relocation->access;
    bool first = true;

    *path = (struct path){ .root = type_strip(relocation->type), .type = relocation->type };
    for (;; first = false) {
        char *end;
        unsigned long index = strtoul(at, &end, 10);

        if (end == at || (*end && *end != ':') || index > UINT32_MAX || path->count >= PATH ||
            (first ? index != 0 : add_step(path, (uint32_t)index)))
            return fail(err, ANYBPF_E_FORMAT, "CO-RE relocation: %s has no part \"%s\"",
                        path->root->name, relocation->access);
        if (!*end)
            return 0;
        at = end + 1;
    }
}

/* Whether the same names lead to the same place in `target`. */
static bool leads_to_same(const struct path *path, const struct type *target)
{
    uint64_t bit_offset = 0;
    uint8_t bits = 0;

    for (uint32_t i = 0; i < path->count; i++) {
        const struct step *step = &path->steps[i];
        const struct type *type = type_strip(target);
        const struct member *member;
        uint32_t offset = 0;

        bits = 0;
        if (!step->member) {
            if (type->kind != TYPE_ARRAY)
                return false;
            target = type->to;
            bit_offset += step->index * target->size * 8;
            continue;
        }
        member = type_member(type, step->member, &offset);
        if (!member)
            return false;
        target = member->type;
        bits = member->bits;
        bit_offset += offset;
    }
    return bit_offset == path->bit_offset && bits == path->bits &&
           type_same_layout(path->type, target);
}

/* The same for a context type, which has a table of fields. */
static bool leads_to_field(const struct path *path, const struct context_type *context)
{
    uint64_t size = path->type->size, start = path->bit_offset / 8;

    for (uint32_t i = 0; path->count && i < context->count; i++) {
        const struct context_field *field = &context->fields[i];
        if (path->steps[0].member && !strcmp(field->name, path->steps[0].member))
            return !path->bits && start >= field->offset && start - field->offset <= field->size &&
                   size <= field->size - (start - field->offset) &&
                   (path->count > 1 || (start == field->offset && size == field->size));
    }
    return !path->count && size == context->size;
}

/* ---- Checks ---- */

/* The name without what tells versions of a type apart: "task_struct___old". */
static bool same_name(const char *name, const char *known)
{
    size_t length = strlen(known);
    return !strncmp(name, known, length) && (!name[length] || !strncmp(name + length, "___", 3));
}

static const struct type *find_known(const struct types *types, const struct type *type, char *name)
{
    return types ? types_find(types, (enum type_kind)type->kind, name) : NULL;
}

/* Whether the part lies in a type known here as it does in the object. *known: whether the type is
 * known at all. */
static bool is_same(const struct core *core, const struct path *path, bool *known)
{
    const struct env *env = core->object->env;
    const struct type *root = path->root, *found;
    const char *flavor = strstr(root->name, "___");
    size_t length =
        flavor && flavor > root->name ? (size_t)(flavor - root->name) : strlen(root->name);
    char *name = arena_string(core->arena, root->name, length);

    *known = false;
    for (uint32_t i = 0; i < env->contexts.count; i++) {
        const struct context_type *context = env->contexts.at[i];
        if (!context->record || !same_name(root->name, context->record))
            continue;
        *known = true;
        if (leads_to_field(path, context))
            return true;
    }
    for (uint32_t i = 0; i < core->processors.count + 2; i++) {
        const struct types *set = i == 0   ? env->types
                                  : i == 1 ? core->wire
                                           : core->processors.at[i - 2];
        found = find_known(set, root, name);
        *known |= found != NULL;
        if (found && leads_to_same(path, found))
            return true;
    }
    return false;
}

static int check_field(struct core *core, const struct btf_core *relocation, struct error *err)
{
    struct path path;
    bool known;

    if (read_path(relocation, &path, err))
        return err->code;
    if (is_same(core, &path, &known))
        return 0;
    if (known)
        return fail(
            err, ANYBPF_E_UNSUPPORTED,
            "CO-RE relocation: field %s of %s %s does not lie here as in the object, at byte %llu",
            path.text, type_kind_name((enum type_kind)path.root->kind), path.root->name,
            (unsigned long long)path.bit_offset / 8);
    return fail(err, ANYBPF_E_UNSUPPORTED,
                "CO-RE relocation: field %s of %s %s, a type that is not known here", path.text,
                type_kind_name((enum type_kind)path.root->kind), path.root->name);
}

static int check_type(struct core *core, const struct btf_core *relocation, struct error *err)
{
    struct path path = { .root = type_strip(relocation->type), .type = relocation->type };
    bool known;

    if (is_same(core, &path, &known))
        return 0;
    return fail(err, ANYBPF_E_UNSUPPORTED, "CO-RE relocation: %s %s %s",
                type_kind_name((enum type_kind)path.root->kind), path.root->name,
                known ? "differs here from the object's" : "is not known here");
}

static int check_enumerator(struct core *core, const struct btf_core *relocation, struct error *err)
{
    const struct type *type = type_strip(relocation->type), *known;
    char *end;
    unsigned long index = strtoul(relocation->access, &end, 10);

    if (*end || end == relocation->access ||
        (type->kind != TYPE_ENUM && type->kind != TYPE_ENUM64) || index >= type->count)
        return fail(err, ANYBPF_E_FORMAT, "CO-RE relocation: %s has no enumerator \"%s\"",
                    type->name, relocation->access);
    known = types_find(core->object->env->types, (enum type_kind)type->kind, type->name);
    for (uint32_t i = 0; known && i < known->count; i++)
        if (same_name(type->enumerators[index].name, known->enumerators[i].name) &&
            known->enumerators[i].value == type->enumerators[index].value)
            return 0;
    return fail(err, ANYBPF_E_UNSUPPORTED,
                "CO-RE relocation: enumerator %s of enum %s is not known here with that value",
                type->enumerators[index].name, type->name);
}

int core_check(struct core *core, const struct btf_core *relocation, struct error *err)
{
    if (make_known(core, err))
        return err->code;
    switch (relocation->kind) {
    case CORE_TYPE_ID_LOCAL: return 0; /* clang put it there */
    case CORE_TYPE_ID_TARGET:
    case CORE_TYPE_EXISTS:
    case CORE_TYPE_SIZE:
    case CORE_TYPE_MATCHES: return check_type(core, relocation, err);
    case CORE_ENUMVAL_EXISTS:
    case CORE_ENUMVAL_VALUE: return check_enumerator(core, relocation, err);
    default: return check_field(core, relocation, err);
    }
}
