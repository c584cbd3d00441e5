/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of attach/ among themselves. All run under the lock of site.c, and with the loader's
 * list of objects held, so that none is closed meanwhile. */
#pragma once
#include "arch/targets.h"
#include "attach/attach.h"
#include "base/bytes.h"
#include "base/vector.h"
#include "image/image.h"
#include "rt/rt.h"
#include <link.h>

/* ---- object.c: the files loaded into this process ---- */

struct symbol {
    uintptr_t at;
    size_t size;
    const char *name;
    uint8_t other; /* st_other */
};

/* A branch of the object's code; both ends as offsets from its base. FLOW_END is behind all. */
struct flow {
    uint32_t target, from;
};
enum { FLOW_END = UINT32_MAX };

struct object {
    struct object *next;
    struct arena *arena;
    const char *name; /* of the file; "" for the program itself */
    uintptr_t base;
    const ElfW(Phdr) * segments;
    unsigned segment_count;
    struct vec(struct symbol) symbols; /* of functions, by address */
    struct vec(uintptr_t) sleds;       /* recorded in __patchable_function_entries, sorted */
    struct vec(uintptr_t) starts;      /* of pieces of code, sorted: symbols and unwind tables */
    struct vec(struct flow) flows;     /* by target; object_flow() */
    bool flow_known;
};

/* The object whose segment holds the address, with what its file tells; good as long as the list is
 * held. NULL: none, or no memory. */
const struct object *object_at(uintptr_t at, struct error *err);
/* How many objects were closed in this process so far: what was loaded before may be gone. */
uint64_t object_closings(void);
/* Its segment there, or NULL. */
const ElfW(Phdr) * object_segment(const struct object *object, uintptr_t at);
/* The symbol's place in `symbols` of the first one there, or the count. */
uint32_t object_symbol(const struct object *object, uintptr_t at);
/* Bytes of the function there, or 0: not known. */
size_t object_extent(const struct object *object, uintptr_t at);
/* Whether a sled is recorded that begins there. */
bool object_has_sled(const struct object *object, uintptr_t at);

/* ---- object_flow.c: where the code of an object branches to ---- */

/* The first branch, in the order of targets, that leads to `at` or behind; the rest follows. */
const struct flow *object_flow(const struct object *object, uintptr_t at, struct error *err);

/* ---- edit.c: changing code ---- */

enum { EDIT_MOST = 16 };
struct edit {
    uintptr_t at;
    uint8_t size;
    uint8_t bytes[EDIT_MOST];
    uint8_t before[EDIT_MOST]; /* filled in */
};
/* Makes all of them at once, page by page: nobody sees half of one. Sorts them. */
int edit_code(struct edit *edits, size_t count, struct error *err);
/* Puts back what was there before edit_code(). */
void edit_undo(struct edit *edits, size_t count);

/* ---- island.c: jumps at chosen addresses ---- */

enum { ISLAND_SIZE = 16 };
/* An address, `from` plus one of the displacements of the place, with room for ISLAND_SIZE bytes of
 * code; 0: there is none. */
uintptr_t island_take(uintptr_t from, const struct jump_place *place, uint32_t reach);
void island_free(uintptr_t at);

/* ---- absence.c: whether threads are within code that nobody enters any more ---- */

struct code_span {
    uintptr_t begin, end;
};
struct absence {
    pid_t *threads; /* not yet seen outside */
    uint32_t count, room;
    pid_t process;
};
/* Begins with all threads of this process. False: what they do cannot be told. */
bool absence_begin(struct absence *absence);
/* Looks at those that are left; true: each was outside the spans, which are sorted, at some time.
 */
bool absence_shown(struct absence *absence, const struct code_span *spans, size_t count);
void absence_end(struct absence *absence);

/* ---- entry.c: what there is at a function's entry ---- */

enum { MOVED_MOST = 24 }; /* bytes of instructions moved */
struct entry {
    uintptr_t function, at; /* at: where the jump goes */
    uint8_t size;           /* of the instructions that it covers */
    uint8_t inside;         /* where instructions begin within the jump: 1 << offset */
    bool sled;              /* they do nothing */
    uint8_t bytes[MOVED_MOST];
};
int entry_read(struct entry *entry, const void *function, const struct site_options *options,
               const struct patch_arch *arch, struct error *err);

/* ---- import.c: slots ---- */

enum { SLOTS_MOST = 8 };
/* The slots through which the object of `importer` calls `name`. */
int import_slots(const struct site_options *options, const struct patch_arch *arch, void **slots[],
                 uint32_t *count, struct error *err);
/* One store, also where relocation has made the page read-only. */
int import_store(void **slot, const void *value, struct error *err);

/* ---- site.c ---- */

/* Puts back, in a copy of the `size` bytes of code at `at`, what was there before any site. */
void site_restore(uint8_t *copy, uintptr_t at, size_t size);
