/* SPDX-License-Identifier: Apache-2.0 */
/* Native functions of this process: where their calls can be intercepted (sites), and changing that
 * while other threads run them. doc/attach.md tells how.
 *
 * All functions here may be called from any thread, but not from a signal handler. */
#pragma once
#include "arch/targets.h"
#include "bpf/checked.h"
#include "image/image.h"
#include "rt/layout.h"

/* ---- site.c: places of interception ----
 *
 *     site_open(&site, function, &(struct site_options){ 0 }, &err);
 *     trampoline = ...; // near site_hint(site); jumps to site_original(site), or calls it
 *     site_set(&(struct site_change){ site, trampoline }, 1, &err);
 *
 * A site leads calls of the function to one address, entered as the function itself is: all
 * registers and the stack are as the caller left them. */

struct site;

enum site_kind {
    SITE_ENTRY,   /* the function's entry: a sled, or its first instructions moved aside */
    SITE_IMPORT,  /* calls that one loaded file makes through its PLT or GOT */
    SITE_POINTER, /* calls through one variable */
};

struct site_options {
    enum site_kind kind;
    bool exit;            /* the hook calls the original: refused for functions that return twice or
                           * look at who called them */
    bool sled;            /* SITE_ENTRY: refused where there is no sled */
    const char *import;   /* SITE_IMPORT: the function's name; `function` is not used ... */
    const void *importer; /* ... any address in the file that calls */
    void **variable;      /* SITE_POINTER: holds a function's address; `function` is not used */
};

/* Finds out whether and how; nothing is changed yet. ANYBPF_E_UNSUPPORTED with the reason where the
 * function cannot be intercepted, ANYBPF_E_BUSY where it is already. */
int site_open(struct site **out, const void *function, const struct site_options *options,
              struct error *err);
/* Intercepts no more, if it does, and gives the site back. Code that led to the original stays for
 * who may still be within, and is used again when the function is opened again. */
void site_close(struct site *site);

/* What the function is without the hook: an address to jump to or to call with the registers that
 * the hook was entered with. Valid as long as the function is loaded, also after site_close(). */
const void *site_original(const struct site *site);
/* The function itself: of a slot or variable, what it held when it was opened. */
const void *site_function(const struct site *site);
/* Where the hook's code should lie near to, for the shortest way there; any place is allowed. */
uintptr_t site_hint(const struct site *site);

/* Leads calls to `to`, or with NULL to the original again. Whoever enters the function after the
 * return goes the new way; nobody is ever between the two. All changes of one call are made in one
 * round: what costs is the pages, not the sites.
 * ANYBPF_E_NOT_FOUND: the file was closed; that site stays as it is, the others are changed.
 * ANYBPF_E_SYSTEM: the system allows no change; nothing was changed. */
struct site_change {
    struct site *site;
    const void *to;
};
int site_set(const struct site_change *changes, size_t count, struct error *err);

/* ---- trampoline.c: a program compiled for its attachment ---- */

struct trampoline {
    const struct env *env;
    const struct checked *checked;
    const struct target *target;
    uint32_t features;
    struct attachment attachment;
    symbol_fn *symbol; /* what the program refers to */
    void *user;
    struct hook_state *state;
};

/* Its code, in the arena, which also holds what the compilation needs meanwhile. */
int trampoline_compile(struct arena *arena, const struct trampoline *t, struct code **out,
                       struct error *err);
/* Puts it to its place. `next`: what comes after the program: another trampoline or, in the end,
 * the function; NULL for programs that take its place. near: an address that calls should reach.
 * The code's function 0 is entered as the native function is. */
int trampoline_seal(const struct trampoline *t, const struct code *code, const void *next,
                    uintptr_t near, struct image **out, struct error *err);

/* ---- link.c: programs attached to functions, several to one in a fixed order ---- */

struct link;

/* Compiles the program for its place, in the arena, and leads the site's calls through it, as
 * through all that were attached there before. The arena and all that the trampoline refers to are
 * to be kept: threads may be within them even after the program is detached. ANYBPF_E_UNSUPPORTED:
 * as site_open(). */
int link_attach(struct link **out, struct arena *arena, const struct trampoline *t,
                const void *function, const struct site_options *options, struct error *err);
/* Nobody who enters the function after that runs the program. After an error it is attached still.
 * Threads may be within it, so it is kept; it can be attached again where it was, until it is given
 * up. */
int link_detach(struct link *link, struct error *err);
int link_attach_again(struct link *link, const void *function, const struct site_options *options,
                      struct error *err);
/* A detached link that is not to be attached again: some link_reclaim() calls gone(user) when no
 * thread can be within its code any more, and then it is freed. gone() calls nothing of attach/. */
void link_give_up(struct link *link, void (*gone)(void *user), void *user);
void link_reclaim(void);
