/* SPDX-License-Identifier: Apache-2.0 */
/* Sites: a function's entry, a slot, or a variable, and where it leads now.
 *
 * The record of an entry, the copy of instructions moved and the island stay when the site is
 * closed, since nothing tells that no thread stands in them; there is one of each per function, and
 * they serve again. */
#include "attach/local.h"
#include "base/planted.h"
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>

struct site {
    struct site *next; /* of the same bucket; entries only */
    struct site *gone; /* next of those taken out */
    enum site_kind kind;
    const struct patch_arch *arch;
    bool open, set;
    uint64_t closings; /* as object_closings() was when the object was last seen */
    const void *function, *original;

    /* SITE_ENTRY */
    struct entry entry;
    struct jump_place place;
    uintptr_t island; /* 0: none yet, the jump leads to the hook itself */
    struct piece moved;
    uint8_t moved_at[8];    /* for offsets where an instruction begins: where its copy does */
    uint8_t now[EDIT_MOST]; /* the bytes at entry.at as they should be */

    /* SITE_IMPORT, SITE_POINTER */
    void **slots[SLOTS_MOST];
    uint32_t slot_count;
    const void *to;
};

/* ---- What a process has one of ---- */

enum { BUCKETS = 4096, LINE = 16 };
static struct {
    pthread_mutex_t lock;
    bool started;
    struct site *entries[BUCKETS]; /* by entry.at / LINE */
    uint32_t searching;            /* handlers that look at entries now */
    uint64_t swept;                /* object_closings() when closed files' entries were taken out */
} sites = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct site **bucket(uintptr_t at)
{
    return &sites.entries[at / LINE % BUCKETS];
}

static void before_fork(void)
{
    pthread_mutex_lock(&sites.lock);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&sites.lock);
}

/* ---- Threads within a site while it changes ---- */

/* A breakpoint at `at`: where the thread that was about to run the instruction there goes on. In
 * signal handlers, beside changes. */
static uintptr_t landing(uintptr_t at)
{
    uintptr_t found = 0;

    __atomic_fetch_add(&sites.searching, 1, __ATOMIC_SEQ_CST);
    for (unsigned line = 0; line < 2; line++)
        for (const struct site *site = __atomic_load_n(bucket(at - line * LINE), __ATOMIC_SEQ_CST);
             site; site = __atomic_load_n(&site->next, __ATOMIC_SEQ_CST)) {
            uintptr_t offset = at - site->entry.at;
            if (offset < site->arch->jump_size && site->place.traps >> offset & 1)
                found = (uintptr_t)site->original + FAULT(site_landing, site->moved_at[offset], 0);
        }
    __atomic_fetch_sub(&sites.searching, 1, __ATOMIC_SEQ_CST);
    return found;
}

/* ---- Opening ---- */

static int move(struct site *site, struct error *err)
{
    const struct patch_arch *arch = site->arch;
    const struct entry *entry = &site->entry;
    uint32_t most = arch->jump_size / arch->align, size = 0; /* instructions; bytes */
    struct machine_insn insn = { 0 };

    if (piece_take(&site->moved, most * arch->move_max + arch->jump_size, entry->at,
                   arch->reach / 2, err))
        return err->code;
    for (uint32_t at = 0; at < entry->size; at += insn.size) {
        uint64_t to = (uintptr_t)site->moved.code + size;
        uint32_t written;
        arch->decode(&insn, entry->bytes + at, entry->size - at, entry->at + at);
        if (at < sizeof site->moved_at)
            site->moved_at[at] = (uint8_t)size;
        written = arch->move(site->moved.write + size, to, entry->bytes + at, &insn);
        if (!written)
            return fail(err, ANYBPF_E_UNSUPPORTED,
                        "the function begins with an instruction that cannot be moved");
        size += written;
    }
    if (!arch->jump(site->moved.write + size, (uintptr_t)site->moved.code + size,
                    entry->at + FAULT(site_move_back, entry->size, 0u)))
        return fail(err, ANYBPF_E_SYSTEM, "no memory near the function");
    site->original = site->moved.code;
    return piece_seal(&site->moved, err);
}

/* Chooses the jump: straight to any place near, or to an island. */
static int choose_place(struct site *site, struct error *err)
{
    const struct patch_arch *arch = site->arch;
    struct jump_place places[PATCH_PLACES];
    bool sled = site->entry.sled;
    uint32_t count = arch->places(site->entry.bytes, site->entry.inside, sled, places);

    for (uint32_t i = 0; i < count; i++) {
        uintptr_t from = site->entry.at + arch->jump_size;
        site->place = places[i];
        if (places[i].traps && process.forbid_handlers)
            continue;
        if (!(places[i].mask & ~(uint32_t)(arch->align - 1)))
            return 0;
        if ((site->island = island_take(from, &places[i], arch->reach)))
            return places[i].traps ? fault_on_trap(landing, err) : 0;
    }
    return fail(err, ANYBPF_E_SYSTEM, "no memory at an address that a jump there can have");
}

/* What it takes stays in the site, also when it fails. */
static int prepare_entry(struct site *site, struct error *err)
{
    const struct entry *entry = &site->entry;

    site->function = (const void *)entry->function;
    site->original = (const void *)(entry->at + entry->size);
    memcpy(site->now, entry->bytes, sizeof site->now);
    for (unsigned i = 0; entry->sled && i < sizeof site->moved_at; i++)
        site->moved_at[i] = 0; /* nops: nothing is left to do */
    if (!entry->sled && move(site, err))
        return err->code;
    return choose_place(site, err);
}

/* A record is good as long as what it was made of is there. */
static bool is_current(struct site *site)
{
    uint64_t closings = object_closings();
    const struct object *object;

    if (FAULT(site_current, closings == site->closings, true))
        return true;
    object = object_at(site->entry.at, NULL);
    if (!object || !object_segment(object, site->entry.at + site->arch->jump_size) ||
        memcmp((const void *)site->entry.at, site->now, site->arch->jump_size))
        return false;
    site->closings = closings;
    return true;
}

static void forget(struct site *site)
{
    if (site->island)
        island_free(site->island);
    if (site->moved.code)
        piece_free(&site->moved);
}

/* Frees the entries of files that were closed. */
static void sweep(void)
{
    struct site *gone = NULL, *next;
    uint64_t closings = object_closings();

    for (int i = 0; i < BUCKETS && closings != sites.swept; i++)
        for (struct site **link = &sites.entries[i]; (next = *link);) {
            if (next->open || is_current(next)) {
                link = &next->next;
                continue;
            }
            __atomic_store_n(link, next->next, __ATOMIC_SEQ_CST);
            next->gone = gone;
            gone = next;
        }
    sites.swept = closings;
    while (gone && __atomic_load_n(&sites.searching, __ATOMIC_SEQ_CST))
        sched_yield();
    for (; gone; gone = next) {
        next = gone->gone;
        forget(gone);
        allocator_libc.release(allocator_libc.user, gone, sizeof *gone);
    }
}

static size_t extent(const struct site *site)
{
    size_t jump = site->arch->jump_size;
    return site->entry.size > jump ? site->entry.size : jump;
}

/* Whether bytes of it are bytes of another site. */
static bool overlaps(const struct site *site)
{
    uintptr_t begin = site->entry.at, end = begin + extent(site);

    for (uintptr_t line = (begin - MOVED_MOST) / LINE; line <= end / LINE; line++)
        for (struct site *other = *bucket(line * LINE); other; other = other->next)
            if (is_current(other) && other->entry.at < end &&
                begin < other->entry.at + extent(other))
                return true;
    return false;
}

static struct site *find(uintptr_t function)
{
    for (uintptr_t at = function; at <= function + LINE; at += LINE)
        for (struct site *site = *bucket(at); site; site = site->next)
            if (site->entry.function == function && is_current(site))
                return site;
    return NULL;
}

static int make_entry(struct site **out, const void *function, const struct site_options *options,
                      struct error *err)
{
    struct site made = { .kind = SITE_ENTRY, .arch = target_find(host_target)->patch };
    struct site *site;

    if (entry_read(&made.entry, function, options, made.arch, err))
        return err->code;
    if (overlaps(&made))
        return fail(err, ANYBPF_E_UNSUPPORTED, "its first bytes are another function's");
    if (prepare_entry(&made, err)) {
        forget(&made);
        return err->code;
    }
    site = allocator_libc.alloc(allocator_libc.user, sizeof *site);
    if (!site) {
        forget(&made);
        return fail(err, ANYBPF_E_MEMORY, "out of memory for a site");
    }
    made.closings = object_closings();
    made.next = *bucket(made.entry.at);
    *site = made;
    __atomic_store_n(bucket(made.entry.at), site, __ATOMIC_SEQ_CST);
    *out = site;
    return 0;
}

static int open_entry(struct site **out, const void *function, const struct site_options *options,
                      struct error *err)
{
    struct site *site;

    sweep();
    site = find((uintptr_t)function);
    if (site && site->open)
        return fail(err, ANYBPF_E_BUSY, "the function is intercepted already");
    if (site) { /* what it is like is known; whether it may be had this way is not */
        struct entry entry;
        if (entry_read(&entry, function, options, site->arch, err))
            return err->code;
    } else if (make_entry(&site, function, options, err))
        return err->code;
    site->open = true;
    *out = site;
    return 0;
}

/* ---- Slots ---- */

/* What a slot leads to. One that the loader has not bound yet leads into its own object, to what
 * would bind it: then it is what the name means in the process. */
static const void *bound(void **slot, const void *named)
{
    const void *value = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    const struct object *own = object_at((uintptr_t)slot, NULL);
    const struct object *there = object_at((uintptr_t)value, NULL);
    return named && own && own == there ? named : value;
}

static int open_slots(struct site **out, const struct site_options *options, const void *named,
                      struct error *err)
{
    struct site made = { .kind = options->kind, .arch = target_find(host_target)->patch };
    struct site *site;

    if (options->kind == SITE_POINTER) {
        made.slots[0] = options->variable;
        made.slot_count = 1;
        if ((uintptr_t)options->variable % sizeof(void *))
            return fail(err, ANYBPF_E_ARGUMENT, "the variable is not aligned");
    } else if (import_slots(options, made.arch, made.slots, &made.slot_count, err))
        return err->code;
    made.function = made.original = bound(made.slots[0], named);
    made.closings = object_closings();
    made.open = true;
    site = allocator_libc.alloc(allocator_libc.user, sizeof *site);
    if (!site)
        return fail(err, ANYBPF_E_MEMORY, "out of memory for a site");
    *site = made;
    *out = site;
    return 0;
}

/* What was loaded when the slots were found is loaded still. */
static bool slots_are_there(struct site *site)
{
    uint64_t closings = object_closings();
    bool there = closings == site->closings || site->kind == SITE_POINTER ||
                 object_at((uintptr_t)site->slots[0], NULL);
    if (there)
        site->closings = closings;
    return there;
}

static int set_slots(struct site *site, const void *to, struct error *err)
{
    const void *before = site->to, *value = to ? to : site->original;
    int code = 0;

    for (uint32_t i = 0; i < site->slot_count && !code; i++)
        if (to || __atomic_load_n(site->slots[i], __ATOMIC_ACQUIRE) == before)
            code = import_store(site->slots[i], value, err);
    if (!code) {
        site->to = to;
        site->set = to != NULL;
    }
    return code;
}

/* ---- The public functions ---- */

static void start(void)
{
    struct piece piece;
    struct error err = { 0 };
    /* The pool's fork handlers come first, so that its lock is taken after this one. */
    if (!sites.started && !piece_take(&piece, 1, 0, 0, &err))
        piece_free(&piece);
    if (!sites.started)
        pthread_atfork(before_fork, after_fork, after_fork);
    sites.started = true;
}

struct opening {
    struct site **out;
    const void *function;
    const struct site_options *options;
    const void *named; /* what the name of an import means in the process */
    struct error err;
};

static int run_opening(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct opening *o = arg;

    (void)info, (void)size;
    if (o->options->kind == SITE_ENTRY)
        open_entry(o->out, o->function, o->options, &o->err);
    else
        open_slots(o->out, o->options, o->named, &o->err);
    return 1;
}

int site_open(struct site **out, const void *function, const struct site_options *options,
              struct error *err)
{
    struct opening o = { .out = out, .function = function, .options = options };

    if (!target_find(host_target))
        return fail(err, ANYBPF_E_UNSUPPORTED, "this build has no code for this processor");
    if (options->kind == SITE_IMPORT) /* outside the lock: the loader may call who wants that */
        o.named = dlsym(RTLD_DEFAULT, options->import);
    pthread_mutex_lock(&sites.lock);
    start();
    dl_iterate_phdr(run_opening, &o);
    pthread_mutex_unlock(&sites.lock);
    return o.err.code ? fail(err, o.err.code, "%s", o.err.text) : 0;
}

const void *site_original(const struct site *site)
{
    return site->original;
}

const void *site_function(const struct site *site)
{
    return site->function;
}

uintptr_t site_hint(const struct site *site)
{
    return site->kind != SITE_ENTRY ? (uintptr_t)site->function
           : site->island           ? site->island
                                    : site->entry.at;
}

/* ---- Changing ---- */

struct round {
    const struct site_change *changes;
    size_t count;
    struct edit *islands, *jumps;
    size_t island_count, jump_count;
    const void **before; /* what slots led to */
    bool missing;        /* a site whose file was closed */
    struct error *err;
    int code;
};

static void add_edit(struct edit *edits, size_t *count, uintptr_t at, const uint8_t *bytes,
                     uint8_t size)
{
    struct edit *edit = &edits[(*count)++];
    *edit = (struct edit){ .at = at, .size = size };
    memcpy(edit->bytes, bytes, size);
}

/* Where the site's jump is to lead: to `to` itself or to its island, which is then changed first.
 */
static int aim(struct round *round, struct site *site, const void *to, uint8_t jump[EDIT_MOST])
{
    const struct patch_arch *arch = site->arch;
    const struct code_arch *code = target_find(host_target)->arch;
    bool straight = !(site->place.mask & ~(uint32_t)(arch->align - 1));
    uint8_t bytes[ISLAND_SIZE] = { 0 };

    if (straight && arch->jump(jump, site->entry.at, (uintptr_t)to))
        return 0;
    if (!site->island)
        site->island = island_take(site->entry.at + arch->jump_size, &site->place, arch->reach);
    if (!site->island)
        return fail(round->err, ANYBPF_E_SYSTEM, "no memory near the function");
    if (!arch->jump(bytes, site->island, (uintptr_t)to))
        code->stub(bytes, (uintptr_t)to);
    add_edit(round->islands, &round->island_count, site->island, bytes, ISLAND_SIZE);
    arch->jump(jump, site->entry.at, site->island);
    return 0;
}

static int plan(struct round *round, const struct site_change *change)
{
    struct site *site = change->site;
    uint8_t bytes[EDIT_MOST];

    if (site->kind == SITE_ENTRY ? !is_current(site) : !slots_are_there(site)) {
        round->missing = true;
        return 0;
    }
    if (site->kind != SITE_ENTRY)
        return 0;
    memcpy(bytes, site->entry.bytes, sizeof bytes);
    if (change->to && aim(round, site, change->to, bytes))
        return round->err->code;
    if (memcmp(bytes, site->now, site->arch->jump_size))
        add_edit(round->jumps, &round->jump_count, site->entry.at, bytes, site->arch->jump_size);
    return 0;
}

static void note_done(const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        struct site *site = round->changes[i].site;
        if (site->kind == SITE_ENTRY && is_current(site))
            site->set = round->changes[i].to != NULL;
    }
    for (size_t i = 0; i < round->jump_count; i++) {
        const struct edit *edit = &round->jumps[i];
        for (struct site *site = *bucket(edit->at); site; site = site->next)
            if (site->entry.at == edit->at)
                memcpy(site->now, edit->bytes, edit->size);
    }
}

/* Islands first: a jump leads to what is there. */
static int change_code(struct round *round)
{
    int code = edit_code(round->islands, round->island_count, round->err);

    if (code)
        return code;
    code = edit_code(round->jumps, round->jump_count, round->err);
    if (code)
        edit_undo(round->islands, round->island_count);
    return code;
}

static int change_slots(struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        struct site *site = round->changes[i].site;
        round->before[i] = site->to;
        if (site->kind == SITE_ENTRY || !slots_are_there(site) ||
            !set_slots(site, round->changes[i].to, round->err))
            continue;
        while (i-- > 0)
            if (round->changes[i].site->kind != SITE_ENTRY)
                set_slots(round->changes[i].site, round->before[i], NULL);
        edit_undo(round->jumps, round->jump_count);
        edit_undo(round->islands, round->island_count);
        return round->err->code;
    }
    return 0;
}

/* With the loader's list held, so that nothing is closed meanwhile. */
static int run(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct round *round = arg;

    (void)info, (void)size;
    for (size_t i = 0; i < round->count && !round->code; i++)
        round->code = plan(round, &round->changes[i]);
    if (!round->code)
        round->code = change_code(round);
    if (!round->code)
        round->code = change_slots(round);
    if (!round->code)
        note_done(round);
    return 1;
}

int site_set(const struct site_change *changes, size_t count, struct error *err)
{
    struct error mine = { 0 };
    struct round round = { .changes = changes, .count = count, .err = &mine };
    size_t size = count * (2 * sizeof(struct edit) + sizeof(void *));
    struct edit *edits = allocator_libc.alloc(allocator_libc.user, size ? size : 1);

    if (!edits)
        return fail(err, ANYBPF_E_MEMORY, "out of memory for %zu sites", count);
    round.islands = edits;
    round.jumps = edits + count;
    round.before = (const void **)(edits + 2 * count);
    pthread_mutex_lock(&sites.lock);
    dl_iterate_phdr(run, &round);
    pthread_mutex_unlock(&sites.lock);
    allocator_libc.release(allocator_libc.user, edits, size ? size : 1);
    if (!round.code && round.missing)
        round.code = fail(&mine, ANYBPF_E_NOT_FOUND, "the file of a function was closed");
    return round.code ? fail(err, round.code, "%s", mine.text) : 0;
}

void site_close(struct site *site)
{
    if (!site)
        return;
    site_set(&(struct site_change){ site, NULL }, 1, NULL);
    if (site->kind != SITE_ENTRY) {
        allocator_libc.release(allocator_libc.user, site, sizeof *site);
        return;
    }
    pthread_mutex_lock(&sites.lock);
    site->open = false;
    pthread_mutex_unlock(&sites.lock);
}

/* What the code was, for reading it. */
void site_restore(uint8_t *copy, uintptr_t at, size_t size)
{
    for (int i = 0; i < BUCKETS; i++)
        for (const struct site *site = sites.entries[i]; site; site = site->next) {
            uintptr_t offset = site->entry.at - at;
            if (site->set && offset < size && size - offset >= site->arch->jump_size)
                memcpy(copy + offset, site->entry.bytes, site->arch->jump_size);
        }
}
