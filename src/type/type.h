/* SPDX-License-Identifier: Apache-2.0 */
/* C types: one graph for the BTF of objects, for declarations in C text and (later) for DWARF.
 *
 * A type is a const node that points to the types it is made of, so types of different sets mix
 * freely. The kinds are BTF's (Documentation/bpf/btf.rst of the kernel), with sizes and alignment
 * worked out. What by-value nesting (members, elements, typedefs, qualifiers) reaches from a type
 * is a finite tree of at most TYPE_DEPTH levels and TYPE_WEIGHT nodes, and every member lies
 * within its struct: whoever made the node has checked it, readers may just recurse. Pointers and
 * prototypes may form cycles. */
#pragma once
#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/vector.h"

enum { TYPE_DEPTH = 64, TYPE_WEIGHT = 1 << 20 };

/* BTF's numbers. COMPLEX and VECTOR have none and come from C text and DWARF only. */
enum type_kind {
    TYPE_VOID,
    TYPE_INT,
    TYPE_PTR,
    TYPE_ARRAY,
    TYPE_STRUCT,
    TYPE_UNION,
    TYPE_ENUM,
    TYPE_FWD, /* struct or union (is_union) of which only the name is known */
    TYPE_TYPEDEF,
    TYPE_VOLATILE,
    TYPE_CONST,
    TYPE_RESTRICT,
    TYPE_FUNC,       /* a function's name, with its prototype in `to` */
    TYPE_FUNC_PROTO, /* `to` is what it returns */
    TYPE_VAR,
    TYPE_DATASEC,
    TYPE_FLOAT,
    TYPE_DECL_TAG, /* kept for its id only: its text is among the tags of what it marks */
    TYPE_TYPE_TAG, /* a qualifier with a name */
    TYPE_ENUM64,
    TYPE_COMPLEX,
    TYPE_VECTOR,
    TYPE_KINDS
};

/* Of functions and variables, in BTF's numbers. */
enum type_linkage { LINKAGE_STATIC, LINKAGE_GLOBAL, LINKAGE_EXTERN };

struct type {
    uint8_t kind;         /* enum type_kind */
    uint8_t linkage;      /* FUNC, VAR: enum type_linkage */
    uint8_t depth;        /* levels of the tree by value, itself included; 0: not finished */
    bool is_signed : 1;   /* INT, ENUM, ENUM64 */
    bool is_bool : 1;     /* INT: _Bool */
    bool is_char : 1;     /* INT: plain char as clang marks it, or declared as char */
    bool is_union : 1;    /* FWD */
    bool is_variadic : 1; /* FUNC_PROTO: ends in "..." */
    bool is_packed : 1;   /* STRUCT, UNION: some member lies below its natural alignment */
    bool is_flexible : 1; /* ARRAY: declared as [], as far as known */
    bool has_align : 1;   /* TYPEDEF: `align` is declared, be it less than the type's own */
    uint32_t id;          /* in the set that made it; 0 is void */
    uint32_t
        count; /* elements of an ARRAY, or how many of the union below; 0 of a flexible array */
    uint32_t weight;  /* nodes of that tree */
    uint32_t align;   /* bytes; 1 where it has no size */
    uint32_t natural; /* STRUCT, UNION: what its members ask for, whatever the whole declares */
    uint32_t unnamed_count;
    uint64_t
        size; /* bytes; 0 for void, FWD, functions; qualifiers and typedefs: of what they name */
    const char *name;      /* never NULL; "" if it has none; TYPE_TAG: the tag */
    const struct type *to; /* PTR, ARRAY, TYPEDEF, qualifiers, FUNC, FUNC_PROTO, VAR, DECL_TAG,
                              COMPLEX, VECTOR; else NULL */
    union {
        const struct member *members;         /* STRUCT, UNION */
        const struct enumerator *enumerators; /* ENUM, ENUM64 */
        const struct param *params;           /* FUNC_PROTO */
        const struct var *vars;               /* DATASEC */
        struct int_bits { /* INT: where in its size the value lies; seldom not all of it */
            uint8_t offset, bits;
        } as_int;
    };
    const struct member *unnamed; /* STRUCT, UNION: bit-fields without a name, known from C text
                                     only; `bits` may be 0 */
    const struct tag *tags;       /* FUNC, VAR, TYPEDEF, STRUCT, UNION: annotations; NULL if none */
};

struct member {
    const char *name; /* "" for an anonymous struct or union */
    const struct type *type;
    uint32_t
        bit_offset; /* from the struct's first bit; on big-endian bit 0 is the highest of byte 0 */
    uint8_t bits;   /* the width of a bit-field; 0 for an ordinary member */
};

struct enumerator {
    const char *name;
    uint64_t value; /* sign-extended where the enum is signed */
};

struct param {
    const char *name; /* "" if not given */
    const struct type *type;
};

struct var {
    const struct type *var; /* VAR or FUNC */
    uint32_t offset, size;  /* in its section */
};

/* An annotation of a declaration, or of one of its members or parameters: `__sz(n)` after a
 * parameter in C text is word "__sz", argument "n"; a BTF declaration tag "arg:ctx" is that word
 * without argument. */
struct tag {
    const struct tag *next;
    int32_t
        component; /* index of the member or parameter; -1: the whole, or what a function returns */
    const char *word;
    const char *argument; /* NULL if it has none */
};

/* What C types measure on a processor (src/type/data.c). */
struct data_model {
    const char *name;
    uint8_t pointer;      /* also of long and size_t: 8 or 4 (LP64, ILP32) */
    uint8_t long_double;  /* its size: 8 if it is a double */
    uint8_t wide_align;   /* of numbers of 16 bytes */
    uint8_t vector_align; /* the most that a vector has */
    uint8_t aligned;      /* what the attribute without a number means */
    bool char_signed;
    bool unnamed_fields_align; /* an unnamed bit-field's type counts for the struct's alignment, and
                                  one of width 0 even in a packed one */
};

/* A set of types. Sets share nothing but `parent`, in which names are looked up that are not here:
 * an object's types have the environment's as parent. */
struct types {
    struct arena *arena;
    const struct types *parent;
    const struct data_model *data;
    bool big;                       /* byte order of values described */
    struct vec(struct type *) all;  /* by id; at[0] is void */
    struct hash names;              /* to the first id of that name, for ids below `indexed` */
    struct vec(uint32_t) same_name; /* by id: the next id of that name, 0 at the end */
    uint32_t indexed;
    struct bytes strings; /* of the .BTF section, if it came from one */
};

/* ---- data.c ---- */

extern const struct data_model data_x86_64, data_arm64, data_riscv64, data_arm32, data_s390x,
    data_bpf, data_host;

/* ---- type.c ---- */

extern const struct type type_void;

/* In the arena, with which it is freed; for the host's data model and byte order unless the fields
 * are changed while it is empty. */
struct types *types_new(struct arena *arena, const struct types *parent);
/* NULL if the set has no such id. */
const struct type *types_get(const struct types *types, uint32_t id);
/* The first type of that name and kind, in the set, then in its parents; NULL if there is none.
 * STRUCT does not find a FWD. */
const struct type *types_find(const struct types *types, enum type_kind kind, const char *name);

/* Adds an empty node of the kind, to be filled in and then finished. */
struct type *types_add(struct types *types, enum type_kind kind, const char *name);
/* Works out size, alignment and packing of one type, or of all from that id on, and of what they
 * contain by value, and holds them to the promises above. After a failure the new types must not be
 * used. */
int type_finish(struct types *types, struct type *type, struct error *err);
int types_finish(struct types *types, uint32_t first, struct error *err);
/* Makes room for so many more at once. */
void types_reserve(struct types *types, uint32_t count);
/* Makes the names of all types added so far quick to find, if they are many. */
void types_index(struct types *types);
/* Takes back all types from that id on; nobody may refer to them any more. */
void types_forget(struct types *types, uint32_t first);

/* Without typedefs, qualifiers and type tags. */
const struct type *type_strip(const struct type *type);
/* The member of that name, also inside anonymous members; *bit_offset counts from `type`. NULL if
 * none. `type` may be a typedef of the struct. */
const struct member *type_member(const struct type *type, const char *name, uint32_t *bit_offset);
/* The enumerator of that value, or NULL. */
const struct enumerator *type_enumerator(const struct type *type, uint64_t value);
/* The annotation of that component with that word, or NULL. */
const struct tag *type_tag(const struct type *type, int component, const char *word);
/* The index of the parameter of that name of a FUNC or FUNC_PROTO, or -1. */
int type_param(const struct type *type, const char *name);
/* Whether both lay out the same bytes: sizes, and names and places of members. Typedefs,
 * qualifiers, signedness and what pointers point to do not matter. */
bool type_same_layout(const struct type *a, const struct type *b);
/* "struct", "typedef", ... */
const char *type_kind_name(enum type_kind kind);

/* ---- btf.c ---- */

/* Parses the bytes of a .BTF section of either byte order into an empty set; its ids are BTF's.
 * `where` begins the error messages ("prog.o: .BTF"). */
int btf_parse(struct types *types, struct bytes section, const char *where, struct error *err);

/* What .BTF.ext says of instructions; `offset` is in bytes within the ELF section named. */
struct btf_func {
    const char *section;
    uint32_t offset;
    const struct type *func;
};
struct btf_line {
    const char *section;
    uint32_t offset;
    uint32_t line, column;
    const char *file, *text;
};
/* enum bpf_core_relo_kind of the kernel. */
enum core_kind {
    CORE_FIELD_BYTE_OFFSET,
    CORE_FIELD_BYTE_SIZE,
    CORE_FIELD_EXISTS,
    CORE_FIELD_SIGNED,
    CORE_FIELD_LSHIFT_U64,
    CORE_FIELD_RSHIFT_U64,
    CORE_TYPE_ID_LOCAL,
    CORE_TYPE_ID_TARGET,
    CORE_TYPE_EXISTS,
    CORE_TYPE_SIZE,
    CORE_ENUMVAL_EXISTS,
    CORE_ENUMVAL_VALUE,
    CORE_TYPE_MATCHES,
    CORE_KINDS
};
struct btf_core {
    const char *section;
    uint32_t offset;
    const struct type *type;
    const char *access; /* "0:1:2" */
    enum core_kind kind;
};
struct btf_ext {
    struct vec(struct btf_func) funcs;
    struct vec(struct btf_line) lines;
    struct vec(struct btf_core) cores;
};

/* Parses the .BTF.ext section that belongs to the set; the records go to the arena, their texts are
 * the set's. */
int btf_ext_parse(struct types *types, struct bytes section, const char *where, struct arena *arena,
                  struct btf_ext *ext, struct error *err);

/* ---- cdecl.c: the only parser of C declarations ---- */

/* Parses declarations: definitions of structs (bit-fields, packed, aligned), unions, enums,
 * typedefs, and function prototypes, each ended by ';' (the last one may go without), into the set.
 * Known without declaration: C's basic types, __u8 .. __s64, u8 .. s64, uint8_t .., size_t, bool,
 * and __be16 ... After a parameter, and after the parentheses for the function itself, annotations
 * may follow:
 * `__word` or `__word(argument)`; they become tags of the FUNC. On failure the set is as before. */
int cdecl_parse(struct types *types, const char *text, struct error *err);
/* The same for text that must be one prototype; *func is its FUNC. */
int cdecl_prototype(struct types *types, const char *text, const struct type **func,
                    struct error *err);
/* The same for text that may define types before its one prototype. */
int cdecl_function(struct types *types, const char *text, const struct type **func,
                   struct error *err);
/* The same for text that names one type ("const struct req *", "__u32[4]"). */
int cdecl_type(struct types *types, const char *text, const struct type **type, struct error *err);

/* ---- model.c: function models ---- */

enum model_class {
    MODEL_VOID,
    MODEL_INTEGER, /* enums and _Bool, too */
    MODEL_POINTER,
    MODEL_FLOAT,
    MODEL_COMPLEX, /* of floats */
    MODEL_VECTOR,
    MODEL_RECORD, /* struct or union */
};

/* A number, pointer or vector within a value. */
struct model_leaf {
    uint32_t offset; /* bytes from the value's first; bit-field: of the first byte it touches */
    uint8_t kind;    /* enum model_class: INTEGER, POINTER, FLOAT or VECTOR; VOID: a bit-field
                        without a name, or (`field` is 0) what an empty array would hold */
    uint8_t size;    /* bytes; bit-field: that it touches */
    uint8_t align;   /* of its own type: that of a packed member is not met */
    uint8_t bit;     /* bit-field: its first bit in that byte, from type.h's bit 0 */
    uint8_t bits;    /* its width; 0: no bit-field, or (VOID) one of that width */
    bool in_union;   /* VOID: a member of a union */
    uint8_t of;      /* VOID: the kind it would have */
    uint8_t field;   /* bit-field: bytes of its declared type */
    uint32_t within; /* VOID: where the empty array begins; bit-field: where its record ends */
};

/* What a record is made of, as far as a convention asks. */
enum {
    MODEL_HAS_UNION = 1, /* is or contains one, other than empty */
    MODEL_HAS_ARRAY = 2,
    MODEL_HAS_EMPTY_ARRAY = 4,  /* [0] or [] */
    MODEL_HAS_EMPTY_STRUCT = 8, /* of size 0 */
    MODEL_HAS_EMPTY_PART = 16,  /* an empty union, or an array of empty records */
    MODEL_HAS_EMPTY = MODEL_HAS_EMPTY_ARRAY | MODEL_HAS_EMPTY_STRUCT | MODEL_HAS_EMPTY_PART,
    MODEL_HAS_FLEXIBLE_ARRAY = 32, /* [] */
    MODEL_HAS_UNALIGNED = 64,      /* a member whose place is not aligned as its type is */
};

enum { MODEL_LEAVES = 64 /* bytes: only of values up to that size */ };

struct model_value {
    const struct type *type;         /* without typedefs and qualifiers */
    const char *name;                /* of the parameter, or "" */
    uint8_t class;                   /* enum model_class */
    bool is_signed;                  /* INTEGER */
    uint8_t has;                     /* RECORD: MODEL_HAS_*, of records up to MODEL_LEAVES bytes */
    uint64_t size;                   /* bytes */
    uint32_t align;                  /* bytes, what the type's own declaration says included */
    uint32_t natural;                /* the same without that: of a record's members */
    uint32_t field_align;            /* of the types of a record's bit-fields, be they packed */
    const struct model_leaf *leaves; /* by offset within a struct; of unions, one after another */
    uint32_t count;
};

/* A native function as its callers see it. */
struct model {
    const char *name; /* "" if it is only a type */
    struct model_value result;
    const struct model_value *args;
    uint32_t count;
    uint32_t named; /* args from there on are a variadic call's */
    bool is_variadic;
};

/* From a FUNC, a FUNC_PROTO, or a typedef of the latter. Parameters of types without a size, and
 * records of thousands of parts that might go in registers, are refused. */
int model_of_type(struct arena *arena, const struct type *type, const struct model **model,
                  struct error *err);
/* From C text: definitions of types, if any, and one prototype, which is the last declaration; all
 * go to the set. */
int model_of_decl(struct arena *arena, struct types *types, const char *text,
                  const struct model **model, struct error *err);
/* A call of a variadic function with further arguments, of types after the default promotions (C11
 * 6.5.2.2). */
int model_of_call(struct arena *arena, const struct model *function,
                  const struct type *const *types, uint32_t count, const struct model **model,
                  struct error *err);

/* ---- print.c ---- */

/* A type's name as a declaration of `name` has it ("const char *name[4]"); name may be "". */
void type_print(struct text *text, const struct type *type, const char *name);
/* Its full definition, with sizes and offsets as comments when asked. */
void type_print_definition(struct text *text, const struct type *type, bool offsets);

/* Prints the value of the type that lies in `value`; what does not lie in it is printed as missing.
 * `big`: its byte order. */
void value_print(struct text *text, const struct type *type, struct bytes value, bool big,
                 enum anybpf_style style);
