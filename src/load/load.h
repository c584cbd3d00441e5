/* SPDX-License-Identifier: Apache-2.0 */
/* Relocatable BPF ELF objects, as clang makes them: bytes --object_open--> object --resolve-->
 * prog.
 *
 * Whatever the bytes are, the result is an object or an error that names file, section and offset.
 * Both byte orders are read; instructions are in the host's form from then on, the contents of data
 * sections stay as they are (`big` says in which order). An object is constant once opened. */
#pragma once
#include "base/arena.h"
#include "base/bytes.h"
#include "base/text.h"
#include "bpf/prog.h"
#include "type/type.h"

struct env; /* rt/rt.h */

/* ---- section.c: what the name of a program's section says, a row each ---- */

struct section_type {
    const char *prefix;                                         /* "xdp", "fentry" */
    enum section_match { SECTION_EXACT, SECTION_PREFIX } match; /* PREFIX: or PREFIX/anything */
    enum prog_type type;
    const char *context; /* name of the context type it needs in the environment */
    int attach_kind;     /* enum bpf_attach_type's number or enum attach_kind, -1 if it has none */
};

/* What a section's name says; false if it names no type. A context type of the environment counts
 * as a prefix, too ("req", "memory"). *attach: what follows the prefix and '/', "" if nothing. */
bool section_type(const struct env *env, const char *name, struct section_type *type,
                  const char **attach);

/* ---- object.c ---- */

/* A program of the object: a function outside .text, or a global one in .text where the object has
 * no other. */
struct object_prog {
    const char *name, *section;
    uint32_t func;  /* index in elf->funcs */
    uint32_t insns; /* 8-byte slots of the function itself */
    bool auto_load; /* false: its section begins with '?', to be loaded only when asked for */
};

struct object {
    struct arena *arena;
    const struct env *env;
    const char *name;                /* of the file, for messages */
    bool big;                        /* the byte order it was compiled for */
    const char *license;             /* "" if there is none */
    uint32_t version;                /* section "version", 0 if there is none */
    const struct types *types;       /* NULL: no BTF */
    const struct object_prog *progs; /* in the order of the file */
    uint32_t prog_count;
    const struct map_spec *const *maps; /* programs refer to them by index */
    uint32_t map_count;
    const struct object_table *tables;
    uint32_t table_count;
    const struct elf *elf; /* load/local.h */
};

/* Reads an object; the bytes are copied. *object is NULL on failure. `name` is copied, too. */
int object_open(struct bytes bytes, const char *name, const struct env *env,
                const struct anybpf_allocator *from, struct object **object, struct error *err);
void object_free(struct object *object); /* NULL is allowed */
/* Index of the program or map of that name, or -1. */
int object_find_prog(const struct object *object, const char *name);
int object_find_map(const struct object *object, const char *name);

/* ---- tables.c: variables of sections .struct_ops and .struct_ops.link ---- */

/* A struct some of whose members point to functions, which are programs. */
struct object_table {
    const char *name;        /* the variable's */
    const char *of;          /* its struct's, without what tells versions apart ("ops___old") */
    const struct type *type; /* that struct, of the object's types */
    const uint8_t *data;     /* its initial bytes; the addresses in it mean nothing */
    const uint32_t *progs;   /* by member: index of the program + 1; 0: none */
};

/* Whether the member points to a function. */
bool table_calls(const struct member *member);

/* Where a member goes in the host's own struct of that name; size 0: nowhere. */
struct table_place {
    uint32_t offset, size; /* bytes */
};
/* Finds each member of the table by its name in the host's struct: in *places, by member. An error
 * names the first one that is not there, or is of another type, and both types. In an arena,
 * within arena_try(). */
int table_match(const struct object_table *table, const struct type *record, struct arena *arena,
                const struct table_place **places, struct error *err);

/* ---- resolve.c ---- */

/* Makes program `index` of the object, with the functions it reaches, in `arena`. `section`: a
 * section name that says its type instead of its own; NULL: its own. Where neither names a type,
 * prog->type is PROG_UNSPEC and prog->context NULL. prog->maps is object->maps. Any number of
 * threads may do so at once, each with an arena of its own. */
int resolve(const struct object *object, uint32_t index, const char *section, struct arena *arena,
            struct prog **prog, struct error *err);

/* ---- listing.c: what `dump --after=load` prints ---- */

/* Programs, maps, globals with their initial values. */
void object_list(struct text *text, const struct object *object);
/* Instructions by function, between the source lines they come from. */
void prog_list(struct text *text, const struct prog *prog);
