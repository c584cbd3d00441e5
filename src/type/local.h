/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the C parser: cdecl.c, record.c, lex.c. Functions return 0 or record an
 * error in p->err and return its code. */
#pragma once
#include "type/type.h"

enum token { END, WORD, NUMBER, DOTS, BAD }; /* others: the character itself */

struct parser {
    struct types *types;
    struct error *err;
    const char *begin;
    const char *at; /* behind the token at hand */
    int token;
    const char *start; /* of the token */
    size_t length;
    unsigned nesting;
    bool huge;      /* a number beyond INT64_MAX was read: what is negative now is not */
    uint32_t first; /* id of the first type of this text */
    struct vec(struct completed {
        struct type *type;
        struct type was;
    }) completed; /* forward declarations that became definitions, for undoing */
};

/* What attributes say. */
struct layout_attrs {
    bool packed;
    uint32_t align;  /* 0: nothing */
    uint64_t vector; /* vector_size(): bytes; 0: nothing. Whoever makes the type takes it away */
};

struct specifiers {
    const struct type *type;
    bool is_typedef, is_extern;
    struct layout_attrs attrs;
};

struct declarator {
    const struct type *type;
    const char *name; /* "" if there was none */
};

/* ---- lex.c ---- */

/* Records "line L, column C: WHAT at 'TOKEN'". */
int lex_fail(struct parser *p, const char *what);
void lex_next(struct parser *p);
void lex_goto(struct parser *p, const char *at); /* makes the token at that place the one at hand */
bool lex_is(const struct parser *p, const char *word);
bool lex_accept(struct parser *p, int token);
bool lex_accept_word(struct parser *p, const char *word);
int lex_expect(struct parser *p, char token);
const char *lex_take(struct parser *p); /* the word at hand */
/* Counts one level of nesting; the caller takes it back where it succeeds. */
int lex_descend(struct parser *p);
/* An integer constant expression whose operators bind more strongly than `level` (0: any). */
int lex_expression(struct parser *p, int level, int64_t *value);
/* The same for a number from 0 to `most`. */
int lex_count(struct parser *p, uint64_t most, uint64_t *count);

/* ---- record.c ---- */

/* All attributes at hand, if any. */
int record_attributes(struct parser *p, struct layout_attrs *attrs);
bool record_is_annotation(const struct parser *p);
/* The annotations and attributes at hand; tags are put before *tags. */
int record_annotations(struct parser *p, int component, struct layout_attrs *attrs,
                       const struct tag **tags);
/* Behind the keyword. */
int record_struct(struct parser *p, enum type_kind kind, const struct type **out);
int record_enum(struct parser *p, const struct type **out);

/* ---- cdecl.c ---- */

int cdecl_specifiers(struct parser *p, struct specifiers *out);
/* in_params: a word that begins with "__" is an annotation, not a name. */
int cdecl_declarator(struct parser *p, const struct type *base, bool in_params,
                     struct declarator *out);
/* Works out the type's size. */
int cdecl_finish(struct parser *p, const struct type *type);

static inline bool cdecl_is_own(const struct parser *p, const struct type *type)
{
    return types_get(p->types, type->id) == type;
}
