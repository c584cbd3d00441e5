/* SPDX-License-Identifier: Apache-2.0 */
/* Links: programs attached to functions. Those of one site make a chain in which each goes on to
 * the next one and the last one to the function, in an order that is the kernel's:
 *
 *     fexit and sessions, from the newest to the oldest; so the oldest runs first after the call
 *     fentry, fmod_ret, replace, each from the oldest to the newest
 *
 * When a link comes or goes, the whole chain is sealed anew and the site led to it in one step; so
 * whoever enters runs all of the old chain or all of the new one. Code of an old chain may have
 * threads within, or asleep in the function that it called: it is kept, for when the chain is the
 * same again. Code of a link that was given up, and what leads to that, is freed once all threads
 * have been seen outside. */
#include "attach/local.h"
#include "base/planted.h"
#include "rt/rt.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct link {
    struct link *next; /* of the chain, in order */
    struct chain *chain;
    struct link *twin; /* of a session: its half at the exit */
    struct link *all_next;
    struct trampoline t;
    struct code *code;
    struct sealed_link *images; /* by what comes next: all that ever ran */
    /* Given up: */
    struct link *departing; /* the next one */
    void (*gone)(void *user);
    void *user;
};

struct sealed_link {
    struct sealed_link *older;
    const void *next;
    struct image *image;
    const struct departure *departure; /* with which it is freed; NULL: it may run again */
    bool leads_on;                     /* to another link */
    bool leads_there;                  /* see gather() */
};

struct chain {
    struct chain *next;
    struct site *site;
    struct site_options options;
    const void *function; /* as it was asked for */
    bool no_exit;         /* no program can run after it */
    struct error why;
    struct link *links;
};

static struct {
    pthread_mutex_t lock;
    struct chain *chains;
    struct link *links;           /* all that are not freed, twins too */
    struct link *departing;       /* given up just now */
    struct departure *departures; /* ... and before */
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *allocate(size_t size)
{
    void *memory = allocator_libc.alloc(allocator_libc.user, size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

static void release(void *memory, size_t size)
{
    allocator_libc.release(allocator_libc.user, memory, size);
}

/* ---- Chains ---- */

static bool is_same(const struct chain *chain, const void *function,
                    const struct site_options *options)
{
    const struct site_options *mine = &chain->options;
    if (mine->kind != options->kind)
        return false;
    switch (options->kind) {
    case SITE_POINTER: return mine->variable == options->variable;
    case SITE_IMPORT:
        return mine->importer == options->importer && !strcmp(mine->import, options->import);
    default: return chain->function == function;
    }
}

/* Opens the site so that any program may run there, or at least those that run before. */
static int open_site(struct chain *chain, struct error *err)
{
    struct site_options options = chain->options;
    options.exit = true;
    if (!site_open(&chain->site, chain->function, &options, &chain->why))
        return 0;
    options.exit = false;
    chain->no_exit = true;
    return site_open(&chain->site, chain->function, &options, err);
}

static struct chain *find(const void *function, const struct site_options *options,
                          struct error *err)
{
    struct chain *chain = all.chains;
    while (chain && !is_same(chain, function, options))
        chain = chain->next;
    if (chain)
        return chain;
    if (!(chain = allocate(sizeof *chain))) {
        fail(err, ANYBPF_E_MEMORY, "out of memory");
        return NULL;
    }
    chain->function = function;
    chain->options = *options;
    if (open_site(chain, err)) {
        release(chain, sizeof *chain);
        return NULL;
    }
    chain->next = all.chains;
    all.chains = chain;
    return chain;
}

static void drop_if_empty(struct chain *chain)
{
    struct chain **at = &all.chains;
    if (chain->links)
        return;
    while (*at != chain)
        at = &(*at)->next;
    *at = chain->next;
    site_close(chain->site);
    release(chain, sizeof *chain);
}

/* ---- Order ---- */

static unsigned rank(const struct link *link)
{
    switch (link->t.attachment.tracing->kind) {
    case ATTACH_EXIT: return 0;
    case ATTACH_SESSION: return 0;
    case ATTACH_ENTRY: return 1;
    case ATTACH_MODIFY: return 2;
    default: return 3;
    }
}

static void insert(struct chain *chain, struct link *link)
{
    struct link **at = &chain->links, *last = link;
    while (*at && (rank(*at) < rank(link) ||
                   (FAULT(chain_order, rank(link), 1) && rank(*at) == rank(link))))
        at = &(*at)->next;
    if (link->twin) { /* the half at the exit leads to the other one, which finds the cookie so */
        link->twin->next = link;
        link = link->twin;
    }
    last->next = *at;
    *at = link;
}

static void take_out(struct chain *chain, struct link *link)
{
    struct link **at = &chain->links;
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
}

static void leave(struct chain *chain, struct link *link)
{
    take_out(chain, link);
    if (link->twin)
        take_out(chain, link->twin);
}

/* ---- Sealing ---- */

enum { CHAIN_MOST = 64 };

/* The link's code that leads to `next`; the same as before if there was one. */
static const void *seal(struct link *link, const void *next, uintptr_t near, struct error *err)
{
    struct sealed_link *made;
    for (made = link->images; made; made = made->older)
        if (made->next == next)
            return image_entry(made->image, 0);
    if (!(made = allocate(sizeof *made))) {
        fail(err, ANYBPF_E_MEMORY, "out of memory");
        return NULL;
    }
    if (trampoline_seal(&link->t, link->code, next, near, &made->image, err)) {
        release(made, sizeof *made);
        return NULL;
    }
    made->next = next;
    made->leads_on = next != site_original(link->chain->site);
    made->older = link->images;
    link->images = made;
    return image_entry(made->image, 0);
}

/* Seals the links from the last one on, each leading to the one behind it, and the site to the
 * first.
 */
static int lead(const struct chain *chain, struct error *err)
{
    struct site_change change = { chain->site, NULL };
    struct link *links[CHAIN_MOST];
    const void *next = site_original(chain->site);
    unsigned count = 0;
    for (struct link *link = chain->links; link; link = link->next) {
        if (count == CHAIN_MOST)
            return fail(err, ANYBPF_E_LIMIT, "%d programs are attached to the function already",
                        CHAIN_MOST);
        links[count++] = link;
    }
    while (count && next)
        change.to = next = seal(links[--count], next, site_hint(chain->site), err);
    return next ? site_set(&change, 1, err) : err->code;
}

/* ---- Links ---- */

struct compiling {
    struct arena *arena;
    struct link *link;
    struct error *err;
};

static int compile_link(void *arg)
{
    struct compiling *c = arg;
    return trampoline_compile(c->arena, &c->link->t, &c->link->code, c->err);
}

static int prepare(struct chain *chain, struct link *link, struct arena *arena, struct error *err)
{
    struct compiling c = { arena, link, err };
    link->t.state->ip = (uintptr_t)site_function(chain->site);
    link->t.attachment.strict = chain->options.kind == SITE_ENTRY;
    return arena_try(arena, err, compile_link, &c);
}

static int join(struct chain *chain, struct link *link, struct arena *arena, struct error *err)
{
    enum attach_kind kind = link->t.attachment.tracing->kind;
    int code;
    if ((kind == ATTACH_EXIT || kind == ATTACH_SESSION) && chain->no_exit) {
        *err = chain->why;
        return err->code;
    }
    link->chain = chain;
    if (link->twin)
        link->twin->chain = chain;
    if (arena && (prepare(chain, link, arena, err) ||
                  (link->twin && prepare(chain, link->twin, arena, err))))
        return err->code;
    insert(chain, link);
    code = lead(chain, err);
    if (code)
        leave(chain, link);
    return code;
}

static int attach(struct link *link, struct arena *arena, const void *function,
                  const struct site_options *options, struct error *err)
{
    struct chain *chain = find(function, options, err);
    int code = chain ? join(chain, link, arena, err) : err->code;
    if (chain)
        drop_if_empty(chain);
    return code;
}

static void free_sealed(struct sealed_link *sealed)
{
    image_free(sealed->image);
    release(sealed, sizeof *sealed);
}

/* No thread is within its code. */
static void link_free(struct link *link)
{
    struct sealed_link *older;
    struct link **at = &all.links;
    if (!link)
        return;
    for (struct sealed_link *made = link->images; made; made = older) {
        older = made->older;
        free_sealed(made);
    }
    while (*at != link)
        at = &(*at)->all_next;
    *at = link->all_next;
    link_free(link->twin);
    release(link, sizeof *link);
}

static struct link *link_make(const struct trampoline *t)
{
    struct link *link = allocate(sizeof *link);
    if (!link)
        return NULL;
    link->t = *t;
    link->all_next = all.links;
    all.links = link;
    return link;
}

static struct link *link_new(const struct trampoline *t)
{
    struct link *link = link_make(t);
    if (!link || t->attachment.tracing->kind != ATTACH_SESSION)
        return link;
    if (!(link->twin = link_make(t))) {
        link_free(link);
        return NULL;
    }
    link->twin->t.attachment.at_exit = true;
    return link;
}

int link_attach(struct link **out, struct arena *arena, const struct trampoline *t,
                const void *function, const struct site_options *options, struct error *err)
{
    struct link *link;
    int rc;
    pthread_mutex_lock(&all.lock);
    link = link_new(t);
    rc = link ? attach(link, arena, function, options, err)
              : fail(err, ANYBPF_E_MEMORY, "out of memory");
    if (rc)
        link_free(link); /* it never ran */
    else
        *out = link;
    pthread_mutex_unlock(&all.lock);
    return rc;
}

int link_attach_again(struct link *link, const void *function, const struct site_options *options,
                      struct error *err)
{
    int rc;
    pthread_mutex_lock(&all.lock);
    rc = attach(link, NULL, function, options, err);
    pthread_mutex_unlock(&all.lock);
    return rc;
}

int link_detach(struct link *link, struct error *err)
{
    struct chain *chain = link->chain;
    int rc;
    pthread_mutex_lock(&all.lock);
    leave(chain, link);
    rc = lead(chain, err);
    if (rc && rc != ANYBPF_E_NOT_FOUND)
        insert(chain, link);
    else
        drop_if_empty(chain);
    pthread_mutex_unlock(&all.lock);
    if (rc && rc != ANYBPF_E_NOT_FOUND)
        return rc;
    error_clear(err);
    return 0;
}

/* ---- Freeing ---- */

/* Links given up together, and code that must be seen empty before they are freed. */
struct departure {
    struct departure *next;
    struct link *links;
    struct code_span *spans;
    size_t count;
    struct absence absence;
};

static bool is_given_up(const struct link *link)
{
    for (const struct link *other = all.departing; other; other = other->departing)
        if (other == link || other->twin == link)
            return true;
    return false;
}

static bool leads_to_marked(const struct sealed_link *sealed)
{
    for (const struct link *link = all.links; link; link = link->all_next)
        for (const struct sealed_link *other = link->images; other; other = other->older)
            if (other->leads_there && image_entry(other->image, 0) == sealed->next)
                return true;
    return false;
}

/* Marks the code of links given up, and whatever leads to it: who is there may get there yet. None
 * of it will run again. Returns how many pieces there are. */
static size_t gather(void)
{
    size_t count = 0, before;
    for (struct link *link = all.links; link; link = link->all_next) {
        bool given_up = is_given_up(link);
        for (struct sealed_link *sealed = link->images; sealed; sealed = sealed->older)
            count += sealed->leads_there = given_up;
    }
    do {
        before = count;
        for (struct link *link = all.links; link; link = link->all_next)
            for (struct sealed_link *sealed = link->images; sealed; sealed = sealed->older)
                if (sealed->leads_on && !sealed->leads_there && leads_to_marked(sealed))
                    count += sealed->leads_there = true;
    } while (count != before);
    return count;
}

static int by_address(const void *a, const void *b)
{
    const struct code_span *x = a, *y = b;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static void note_spans(struct departure *departure)
{
    size_t at = 0;
    for (struct link *link = all.links; link; link = link->all_next)
        for (struct sealed_link *sealed = link->images; sealed; sealed = sealed->older) {
            if (!sealed->leads_there)
                continue;
            departure->spans[at++] =
                (struct code_span){ (uintptr_t)sealed->image->code,
                                    (uintptr_t)sealed->image->code + sealed->image->room };
            if (!sealed->departure)
                sealed->departure = departure;
        }
    qsort(departure->spans, departure->count, sizeof *departure->spans, by_address);
}

static void departure_free(struct departure *departure)
{
    absence_end(&departure->absence);
    if (departure->spans)
        release(departure->spans, departure->count * sizeof *departure->spans);
    release(departure, sizeof *departure);
}

/* Without memory, or where threads cannot be looked at, they are kept. */
static void depart(void)
{
    struct departure *departure = all.departing ? allocate(sizeof *departure) : NULL;
    if (!departure)
        return;
    if (absence_begin(&departure->absence)) {
        departure->count = gather();
        departure->spans = allocate(departure->count * sizeof *departure->spans);
    }
    if (!departure->spans) {
        departure_free(departure);
        return;
    }
    note_spans(departure);
    departure->links = all.departing;
    all.departing = NULL;
    departure->next = all.departures;
    all.departures = departure;
}

/* Frees what departs with it of other links, too. */
static void free_code(const struct departure *departure)
{
    for (struct link *link = all.links; link; link = link->all_next)
        for (struct sealed_link **at = &link->images, *sealed; (sealed = *at);) {
            if (sealed->departure != departure) {
                at = &sealed->older;
                continue;
            }
            *at = sealed->older;
            free_sealed(sealed);
        }
}

/* Takes those that nobody is within off the list and frees their code; their links are left. */
static struct link *finish(void)
{
    struct link *finished = NULL, *next;
    for (struct departure **at = &all.departures, *departure; (departure = *at);) {
        if (!absence_shown(&departure->absence, departure->spans, departure->count)) {
            at = &departure->next;
            continue;
        }
        *at = departure->next;
        free_code(departure);
        for (struct link *link = departure->links; link; link = next) {
            next = link->departing;
            link->departing = finished;
            finished = link;
        }
        departure_free(departure);
    }
    return finished;
}

void link_give_up(struct link *link, void (*gone)(void *user), void *user)
{
    pthread_mutex_lock(&all.lock);
    link->gone = gone;
    link->user = user;
    link->departing = all.departing;
    all.departing = link;
    pthread_mutex_unlock(&all.lock);
}

void link_reclaim(void)
{
    struct link *finished, *next;
    pthread_mutex_lock(&all.lock);
    depart();
    finished = finish();
    for (struct link *link = finished; link; link = next) {
        void (*gone)(void *user) = link->gone;
        void *user = link->user;
        next = link->departing;
        link_free(link);
        gone(user);
    }
    pthread_mutex_unlock(&all.lock);
}
