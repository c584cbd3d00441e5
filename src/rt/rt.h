/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime: what a running program touches, and what the host touches of it.
 * What compiled code reads directly is in layout.h. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "bpf/prog.h"
#include "rt/layout.h"
#include "type/type.h"
#include <stdbool.h>
#include <sys/types.h>

struct env;
struct map;

/* ---- host.c: the processor and system this runs on ---- */

/* "x86_64", "arm64", ...: the target whose code can run here. */
extern const char host_target[];
extern const uint16_t host_elf_machine; /* EM_* of ELF */
/* Whether this processor has a feature that its target names. */
bool host_has(const char *feature);
/* Makes freshly written code visible to instruction fetch of all processors. */
void host_sync_code(void *begin, size_t size);
/* The same for instructions that threads of this process have fetched already. */
void host_sync_threads(void);
size_t host_page(void);
/* Pages of zeroes between two guard pages; NULL when there is no memory. */
void *host_map_guarded(size_t size);
void host_unmap_guarded(void *memory, size_t size);
/* `size` bytes (whole pages) mapped twice in a row, with at least `before` bytes of other memory in
 * front of them; NULL: no memory. */
void *host_map_ring(size_t before, size_t size);
void host_unmap_ring(void *memory, size_t before, size_t size);
/* Where a signal's context stands; letting it go on elsewhere in the same function; and letting it
 * go on in a function that never returns, with a sound stack. */
uintptr_t host_context_at(const void *ucontext);
uintptr_t host_context_trap(const void *ucontext); /* the breakpoint that was run into */
void host_context_resume(void *ucontext, uintptr_t at);
void host_context_abandon(void *ucontext, void (*function)(void));
/* Reads of memory that may not be there: the bytes copied before a fault; whether it was there. */
size_t host_copy(void *to, const void *from, size_t size);
bool host_load(uint64_t *value, const uint64_t *from);
/* The landing of a fault at `at` in one of these reads, or 0. */
uintptr_t host_load_landing(uintptr_t at);

/* ---- vcpu.c: threads as virtual CPUs ---- */

enum { VCPU_MAX = 65536 }; /* virtual CPU numbers in a process */

extern _Thread_local struct vcpu *vcpu_of_thread __attribute__((tls_model("initial-exec")));

/* Leases a number and makes the private stack; NULL when no number or memory is free, or the
 * thread is past its end. Safe in signal handlers. */
struct vcpu *vcpu_lease(void);
/* The same for hooks: disturbs no register of any kind, nor errno; the result is in the thread's
 * word. */
void host_lease(void);
/* Save all vector registers in full, as far as the processor has them, and load them, in memory of
 * so many bytes whose address is in the emitters' scratch register (r11, x17). Of those for
 * general purposes arm64's x16 changes. */
void host_save_vectors(void);
void host_load_vectors(void);
extern uint32_t host_vector_bytes;
/* Where that word, and errno, lie from the thread pointer. */
intptr_t host_vcpu_offset(void);
intptr_t host_errno_offset(void);
/* This thread's vcpu: the fast way. */
static inline struct vcpu *vcpu_get(void)
{
    struct vcpu *vcpu = vcpu_of_thread;
    return __builtin_expect(vcpu != NULL, 1) ? vcpu : vcpu_lease();
}

/* What an invocation puts back when it ends: it may be nested in another, entered from a helper or
 * from a signal handler at any instruction. */
struct invocation {
    uint64_t stack_at, fuel, epoch, context_size;
    const struct functions *functions;
    const struct runnable *running;
    uint32_t tail_calls;
};

/* ---- epoch.c: freeing what a running program may reach ---- */

/* destroy(link) is called once no invocation that runs now runs any more. The object must already
 * be out of reach for invocations that begin from now on. Any thread, also inside an invocation;
 * safe in signal handlers. */
void epoch_retire(struct retired *link, void (*destroy)(struct retired *));
/* Frees what can be freed now, without waiting. */
void epoch_reclaim(void);
/* Waits until everything retired so far is freed; not inside an invocation. */
void epoch_drain(void);

/* The host's own reading of maps is an invocation too, without a program. */
static inline void epoch_enter(struct vcpu *vcpu, struct invocation *outer);
static inline void epoch_leave(struct vcpu *vcpu, const struct invocation *outer);

/* ---- process: what a process has only one of ---- */

struct process {
    uint64_t epoch; /* the current one, from 1 */
    uint64_t safe;  /* nobody can hold what was retired in this epoch or before */
    bool fenced;    /* no membarrier here: entering costs a fence */
    bool started;
    bool forbid_handlers; /* the host owns SIGSEGV and SIGBUS and calls anybpf_handle_fault() */
    uint32_t cpus;        /* one more than the highest virtual CPU number ever leased */
    struct vcpu *vcpus;   /* all that are leased */
};
extern struct process process;

/* ---- entering a program ---- */

static inline void epoch_enter(struct vcpu *vcpu, struct invocation *outer)
{
    outer->epoch = vcpu->epoch;
    if (!outer->epoch)
        /* Pairs with the scan in epoch.c, which pays for the missing fence. */
        __atomic_store_n(&vcpu->epoch, __atomic_load_n(&process.epoch, __ATOMIC_ACQUIRE),
                         __ATOMIC_RELEASE);
    if (__builtin_expect(process.fenced, 0))
        __atomic_exchange_n(&vcpu->epoch, vcpu->epoch, __ATOMIC_SEQ_CST);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void epoch_leave(struct vcpu *vcpu, const struct invocation *outer)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&vcpu->epoch, outer->epoch, __ATOMIC_RELEASE);
}

/* Begins an invocation of `run`: *frame is what to enter it with. 0, or ANYBPF_E_BUSY (this
 * thread's CPU number is beyond the environment's) or ANYBPF_E_LIMIT (the private stack is full),
 * and then there is nothing to leave. Plain stores only. A signal may come between any two of them:
 * the epoch is set first and taken back last, so an invocation nested in this one finds it set and
 * puts back whatever it finds; the outermost one need not. */
static inline int vcpu_enter(struct vcpu *vcpu, const struct runnable *run,
                             struct invocation *outer, void **frame)
{
    uint64_t at = vcpu->stack_at;

    if (__builtin_expect(vcpu->cpu >= run->cpus, 0))
        return ANYBPF_E_BUSY;
    if (__builtin_expect(run->depth > vcpu->stack_end - at, 0))
        return ANYBPF_E_LIMIT;
    epoch_enter(vcpu, outer);
    outer->stack_at = at;
    if (__builtin_expect(outer->epoch != 0, 0)) {
        outer->fuel = vcpu->fuel;
        outer->context_size = vcpu->context_size;
        outer->functions = vcpu->functions.at;
        outer->running = vcpu->running.at;
        outer->tail_calls = vcpu->tail_calls;
    }
    vcpu->stack_at = at + run->depth;
    vcpu->tail_calls = TAIL_CALLS;
    vcpu->fuel = FUEL;
    SLOT_SET(vcpu->running, run);
    *frame = (void *)(uintptr_t)at;
    return 0;
}

static inline void vcpu_leave(struct vcpu *vcpu, const struct invocation *outer)
{
    if (__builtin_expect(outer->epoch != 0, 0)) {
        vcpu->fuel = outer->fuel;
        vcpu->context_size = outer->context_size;
        vcpu->tail_calls = outer->tail_calls;
        SLOT_SET(vcpu->functions, outer->functions);
        SLOT_SET(vcpu->running, outer->running);
    }
    vcpu->stack_at = outer->stack_at;
    epoch_leave(vcpu, outer);
}

/* Of programs that are interpreted or may fault, and within another invocation. */
int vcpu_run_slowly(struct vcpu *vcpu, const struct runnable *run, void *context, uint64_t size,
                    uint64_t *result);

/* Runs a program once, whichever way it was made: 0 and *result, or as vcpu_enter(), or
 * ANYBPF_E_FAULT when a RUNNABLE_MAY_FAULT program reached memory that is not there. size: bytes of
 * a raw-memory context, for vcpu->context_size; main functions of raw-memory programs take r2 from
 * there, so that it is right after a tail call too. */
static inline int vcpu_run(struct vcpu *vcpu, const struct runnable *run, void *context,
                           uint64_t size, uint64_t *result)
{
    entry_fn *entry = run->code.at;
    struct invocation outer;
    void *frame;
    int code;

    if (__builtin_expect(!entry || run->flags | vcpu->epoch, 0))
        return vcpu_run_slowly(vcpu, run, context, size, result);
    code = vcpu_enter(vcpu, run, &outer, &frame);
    if (__builtin_expect(code, 0))
        return code;
    vcpu->context_size = size;
    *result = entry(vcpu, frame, (uintptr_t)context);
    vcpu_leave(vcpu, &outer);
    return 0;
}

/* For helpers: calls back function `token` of the program that called the helper. `functions` is
 * vcpu->functions as it was when the helper began. False: the token is wrong or the stack full. */
bool vcpu_call(struct vcpu *vcpu, const struct functions *functions, uint64_t token,
               const uint64_t r[5], uint64_t *result);

/* A runnable is made with one reference. The last drop retires it: destroy() after a grace period.
 */
void runnable_hold(struct runnable *run);
void runnable_drop(struct runnable *run);

/* ---- fault.c: faults of compiled code ---- */

/* Where a fault at an instruction goes on: both as offsets from the range's first byte. Sorted. */
struct fault_entry {
    uint32_t at, landing;
};
/* Code that may fault. A fault in the range goes to the landing of its instruction; one without an
 * entry ends the invocation with ANYBPF_E_FAULT where `abandons` (a trusted program), else it is
 * not ours. The caller owns the memory and keeps it until fault_remove() has returned. */
struct code_range {
    const uint8_t *begin, *end;
    const struct fault_entry *entries;
    uint32_t count;
    bool abandons;
};
/* Installs the handlers, unless process.forbid_handlers (then the host calls fault_handle()). */
int fault_add(const struct code_range *range, struct error *err);
void fault_remove(const struct code_range *range);
/* Breakpoints: landing() says, in a signal handler, where a thread that ran into the one at `at`
 * goes on; 0: it is not ours. Installs the handler of SIGTRAP, unless process.forbid_handlers. */
int fault_on_trap(uintptr_t (*landing)(uintptr_t at), struct error *err);
/* To be called from a host's own SIGSEGV, SIGBUS or SIGTRAP handler: true when the fault was ours
 * and the context now goes on at its landing. */
bool fault_handle(int signal, void *siginfo, void *ucontext);

/* Faults are signals, and the kernel kills a process that faults with the signal blocked. Around
 * code that may fault anywhere: lets both signals through, and sees to it that they arrive here
 * even if the host has installed a handler of its own since. Three system calls, none within
 * another guard of the same thread: whoever runs a trusted program many times puts one around all
 * of it. vcpu: the thread's. */
void fault_guard(struct vcpu *vcpu);
void fault_unguard(struct vcpu *vcpu);

/* Copies without trusting the source: the bytes copied before the first that is not readable. */
size_t fault_copy(void *to, uint64_t from, size_t size);
/* As strncpy: bytes copied including the NUL, `size` when there is none (the last byte is then made
 * NUL), -EFAULT. */
int64_t fault_copy_text(char *to, uint64_t from, size_t size);

/* ---- env.c: what an embedder offers ---- */

/* What a context is made of (invariant 13). */
enum context_kind {
    CONTEXT_MEMORY = 1,     /* raw memory of known length; no fields */
    CONTEXT_XDP = 2,        /* struct xdp_md over struct anybpf_packet */
    CONTEXT_SKB = 4,        /* struct __sk_buff over struct anybpf_packet: tc, socket */
    CONTEXT_RAW_TP = 8,     /* u64 args[] */
    CONTEXT_DESCRIBED = 16, /* the embedder's own, from a C declaration */
    CONTEXT_TRACING = 32,   /* u64[]: arguments and result of a native function (tracing.c) */
    CONTEXT_REGS = 64       /* struct pt_regs at its entry or exit */
};

enum field_kind {
    FIELD_SCALAR,      /* a number, zero-extended from the host's size */
    FIELD_PACKET,      /* 32 bits to the program; a pointer to the packet's first byte */
    FIELD_PACKET_END,  /* ... behind its last byte */
    FIELD_PACKET_META, /* ... to its metadata */
    FIELD_LENGTH,      /* reads as the packet's length */
    FIELD_ZERO,        /* reads as 0: nothing stands behind it here */
    FIELD_MEMORY,      /* host memory as it stands: any part may be accessed in place */
    FIELD_POINTER,     /* the host's pointer to a `type`, which may be anything: read by probes */
    FIELD_COPY,        /* the address of `extent` readable bytes */
};
enum { FIELD_READ = 1, FIELD_WRITE = 2, FIELD_NARROW = 4 /* parts of it may be read */ };

struct context_field {
    const char *name;
    uint32_t offset, size;           /* as the program sees it */
    uint32_t host_offset, host_size; /* in the host's struct; a packet pointer is a host pointer */
    uint8_t kind;                    /* enum field_kind */
    uint8_t access;                  /* FIELD_READ ... */
    uint8_t bits; /* SCALAR: it is extended from so many, by sign if is_signed; 0: from its size */
    bool is_signed;
    uint32_t extent;
    const struct type *type;
};

struct context_type {
    const char *name;   /* of the program type: "xdp", "tc", "socket", "raw_tp", "memory", "req" */
    const char *record; /* of the C struct the program declares: "xdp_md"; NULL for raw memory */
    enum context_kind kind;
    enum prog_type type;
    uint32_t size; /* of the struct as the program sees it; raw memory: 0, known at the call */
    const struct context_field *fields;
    uint32_t count;
};

/* The field that [offset, offset + size) lies in, or NULL. *shift: how many bits to shift the whole
 * field right to get a narrow read of it, in the host's byte order. FIELD_MEMORY is accessed at
 * host_offset + (offset - field->offset), may reach into the next field of its kind, and has no
 * shift. */
const struct context_field *context_field(const struct context_type *context, uint32_t offset,
                                          uint32_t size, uint32_t *shift);

/* ---- tracing.c: programs attached to native functions ---- */

/* The kernel's enum bpf_attach_type, and kinds of ours from 1,000. */
enum attach_kind {
    ATTACH_NONE = -1,
    ATTACH_ENTRY = 24,     /* fentry: before the function */
    ATTACH_EXIT = 25,      /* fexit: after it, sees its result */
    ATTACH_MODIFY = 26,    /* fmod_ret: before it; a result that is not 0 takes its place */
    ATTACH_MEMBER = 44,    /* struct_ops: a function of its own, called through a pointer */
    ATTACH_SESSION = 1000, /* fsession: at entry and exit */
    ATTACH_REPLACE,        /* replace: instead of the function */
};

/* A word of the context and what lies in it. */
struct tracing_word {
    uint32_t value;  /* argument by number, or the result: model->count */
    uint32_t offset; /* where in the value it begins */
    uint32_t size;   /* its bytes of the value, the first ones; above them 0, or ... */
    bool is_signed;  /* ... the sign */
    bool is_copy;    /* the address of a copy of the value */
};

/* Before word 0 of a context in memory: */
enum {
    TRACING_COUNT = -1, /* how many words hold arguments */
    TRACING_IP = -2,    /* the function's address */
    TRACING_COOKIE = -3,
    TRACING_KIND = -4,    /* enum attach_kind */
    TRACING_SESSION = -5, /* sessions: address of their cookie */
    TRACING_RETURN = -6,  /* whether the function has returned */
    TRACING_HEAD = 6,
    TRACING_WORDS = 256 /* the most */
};

struct tracing {
    enum attach_kind kind;
    const struct model *model;
    bool is_regs; /* ENTRY, EXIT: the context is struct pt_regs, and what follows are its words */
    struct tracing_word *words;     /* arguments, then the result if it is seen; of is_regs: NULL */
    uint32_t arg_words, count;      /* arg_words: what is known before the function has run */
    struct context_type context;    /* a field for each word */
    int64_t result_min, result_max; /* of the program */
};
/* ANYBPF_E_UNSUPPORTED: a program of that kind cannot give such a result. */
int tracing_of(struct arena *arena, enum attach_kind kind, const struct model *model,
               const struct tracing **out, struct error *err);
/* The same with registers: `words` is how many struct pt_regs has on the processor. */
const struct tracing *tracing_of_regs(struct arena *arena, enum attach_kind kind,
                                      const struct model *model, uint32_t words);

/* A function of the host that programs attach to. */
struct native {
    const char *name;
    const struct model *model;
    void (*address)(void); /* NULL: known when a program is attached */
};

struct env {
    struct arena *arena; /* all of the environment's own */
    const struct anybpf_allocator *from;
    struct types *types; /* of the embedder's declarations */
    uint32_t cpus;       /* virtual CPUs; maps and programs are made for so many */
    void (*print)(void *user, const char *text, size_t size); /* what programs print; NULL: lost */
    void *print_user;
    struct vec(const struct helper *) helpers;
    struct vec(const struct context_type *) contexts;
    struct vec(const struct native *) natives;
    struct hash helper_ids, helper_names; /* to indices of helpers */
    uint32_t refused;                     /* calls refused for want of a virtual CPU (atomic) */
};

enum { ENV_CPUS = 1024 };
/* With the built-in helpers and context types. */
struct env *env_new(const struct anybpf_allocator *from, struct error *err);
void env_free(struct env *env); /* after its maps and programs */

const struct helper *env_helper(const struct env *env, uint32_t id); /* NULL: no such helper */
const struct helper *env_helper_named(const struct env *env, const char *name); /* "bpf_..." */
/* By the name programs have in prog->context: "xdp", "tc", "socket", "raw_tp", "memory", "req". */
const struct context_type *env_context(const struct env *env, const char *name);
/* A helper and a context type of the embedder's: see anybpf_env_helper(), anybpf_env_context(). */
int env_add_helper(struct env *env, uint32_t id, const char *prototype, void (*function)(void),
                   struct error *err);
int env_add_context(struct env *env, const char *name, const char *declaration, struct error *err);
/* See anybpf_env_declare(), anybpf_env_function(). */
int env_declare(struct env *env, const char *declarations, struct error *err);
int env_add_native(struct env *env, const char *prototype, void (*address)(void),
                   struct error *err);
/* The same from a FUNC that lives as long as the environment, without an address. */
int env_add_native_type(struct env *env, const struct type *func, struct error *err);
/* By name, or by "TABLE.MEMBER", a member that points to a function of a struct known from some
 * declaration; NULL and no error: there is none. */
const struct native *env_native(struct env *env, const char *name, struct error *err);

/* ---- helper.c: the helpers ---- */

enum arg_kind {
    ARG_NONE,
    ARG_ANYTHING,   /* any initialised register */
    ARG_SCALAR,     /* a number (an argument that a pointer has no business in) */
    ARG_CTX,        /* the program's context */
    ARG_MAP,        /* a map known at load time, of one of the helper's types */
    ARG_KEY,        /* readable, key_size of the map argument */
    ARG_VALUE,      /* readable, value_size of the map argument */
    ARG_MEMORY,     /* readable, as long as argument size_of, a SIZE, says */
    ARG_SIZE,       /* bytes of a memory argument: its whole range must fit */
    ARG_CONST_SIZE, /* known at load time: the size of the record acquired */
    ARG_FIXED,      /* readable, BYTES(n) long */
    ARG_STRING,     /* NUL-ended text in read-only map memory, known at load time */
    ARG_CALLBACK,   /* the token of a function of this program, known at load time */
    ARG_STACK,      /* pointer into the stack, handed to the callback */
    ARG_RECORD,     /* an acquired record, from its first byte */
};
enum {
    ARG_OUT = 1 << 8,      /* written: must be writable, need not be initialised */
    ARG_WRITE = 1 << 12,   /* read and written: must be writable and initialised */
    ARG_NULLABLE = 1 << 9, /* may be null */
    ARG_ZERO = 1 << 10,    /* a size that may be zero (the memory may then be null if NULLABLE) */
    ARG_RELEASE = 1 << 11, /* gives the reference up */
};
#define ARG_BYTES(n)      ((uint32_t)(n) << 16)
#define ARG_KIND(word)    ((enum arg_kind)((word) & 0xff))
#define ARG_SIZE_OF(word) ((word) >> 16)

enum ret_kind {
    RET_NOTHING, /* void in the prototype: r0 is not initialised */
    RET_SCALAR,
    RET_SCALAR32,  /* a number below 2^32 */
    RET_MAP_VALUE, /* a value of the map argument, or null */
    RET_COOKIE,    /* 8 bytes of a session */
    RET_RECORD,    /* memory as long as the CONST_SIZE argument says, or null: acquired */
};

enum {
    HELPER_CALLS_BACK = 1,    /* set vcpu->functions first */
    HELPER_ACQUIRES = 2,      /* the result is a reference that must be released */
    HELPER_MOVES_PACKET = 4,  /* packet pointers held are void afterwards */
    HELPER_TAIL_CALL = 8,     /* never called: the tail call sequence of layout.h */
    HELPER_VARARGS = 16,      /* trailing ANYTHING arguments need not be initialised */
    HELPER_SESSION = 128,     /* for session programs */
    HELPER_CONTEXT_ONLY = 64, /* of the context it asks what compiled code has at hand */
    HELPER_VCPU = 32,         /* the C function's first parameter is struct vcpu * */
};

/* How an argument or result is passed in C. */
enum c_type { C_NONE, C_POINTER, C_U8, C_S8, C_U16, C_S16, C_U32, C_S32, C_U64, C_S64 };

typedef uint64_t helper_stub(struct vcpu *vcpu, const uint64_t r[5]);

struct helper {
    uint32_t id;
    const char *name;       /* "bpf_map_lookup_elem" */
    const char *prototype;  /* its C prototype in text, without struct vcpu * */
    uint32_t programs;      /* CONTEXT_* whose programs may call it */
    uint32_t maps;          /* bit 1 << type for each type of map an ARG_MAP may have */
    uint32_t flags;         /* HELPER_* */
    uint8_t args;           /* BPF registers used */
    uint8_t ret;            /* enum ret_kind */
    uint8_t ret_type;       /* enum c_type: narrower results have to be extended to 64 bits */
    uint8_t arg_type[5];    /* enum c_type */
    uint8_t size_of[5];     /* for an ARG_MEMORY: which argument is its size, from 0 */
    uint32_t arg[5];        /* enum arg_kind with ARG_* flags */
    const char *context;    /* name of the context type that ARG_CTX must be of; NULL: any */
    void (*function)(void); /* what compiled code calls: the C function of the prototype */
    helper_stub *stub;      /* what the interpreter calls; NULL: helper_call() */
};

enum helper_id {
#define HELPER(id, name, ...) HELPER_##name = id,
#include "rt/helper.def"
#undef HELPER
};

/* What is called back, by static functions of the program whose address is taken:
 *   bpf_loop           long callback(u32 index, void *ctx)
 *   bpf_for_each_map_elem   long callback(struct map *, const void *key, void *value, void *ctx)
 * Both go on while the result is 0. */

/* Calls helper through its stub, or a helper of the embedder by the generic route. */
uint64_t helper_call(const struct helper *helper, struct vcpu *vcpu, const uint64_t r[5]);

/* Fills the record from a C prototype with annotations; its texts live in the environment. */
int helper_from_text(struct env *env, uint32_t id, const char *prototype, void (*function)(void),
                     struct helper *helper, struct error *err);

/* ---- map.c and map_*.c: maps ---- */

/* Numbered as BPF_MAP_TYPE_*. */
enum map_type {
    MAP_HASH = 1,
    MAP_ARRAY = 2,
    MAP_PROG_ARRAY = 3,
    MAP_PERF_EVENT_ARRAY = 4,
    MAP_PERCPU_HASH = 5,
    MAP_PERCPU_ARRAY = 6,
    MAP_LRU_HASH = 9,
    MAP_LPM_TRIE = 11,
    MAP_RINGBUF = 27,
};
enum { MAP_ANY = 0, MAP_NOEXIST = 1, MAP_EXIST = 2, MAP_LOCK = 4 }; /* BPF_ANY ... */
/* Creation flags, as BPF_F_*. */
enum {
    MAP_NO_PREALLOC = 1 << 0,
    MAP_NO_COMMON_LRU = 1 << 1,
    MAP_NUMA_NODE = 1 << 2,
    MAP_RDONLY = 1 << 3,
    MAP_WRONLY = 1 << 4,
    MAP_ZERO_SEED = 1 << 6,
    MAP_RDONLY_PROG = 1 << 7,
    MAP_WRONLY_PROG = 1 << 8,
    MAP_MMAPABLE = 1 << 10,
    MAP_PRESERVE_ELEMS = 1 << 11,
    MAP_INNER = 1 << 12,
};

/* A map for the programs of env. Invalid sizes and flags are refused as the kernel does. */
struct map *map_create(struct env *env, const struct map_spec *spec, struct error *err);
/* No program that uses it may be entered any more; its memory goes after a grace period. */
void map_free(struct map *map);
/* From now on the host may not update or delete: for read-only data, once programs are loaded. */
void map_freeze(struct map *map);

/* The host's access, by any number of threads. 0 or a negative errno with the kernel's meaning:
 * -ENOENT, -EEXIST, -E2BIG, -ENOMEM, -EINVAL, -EBUSY, -EOPNOTSUPP, -EPERM. */
/* Copies the value; of a per-CPU map, the values of map_cpus() CPUs, each value_size rounded up
 * to 8. */
int map_lookup(struct map *map, const void *key, void *value);
int map_update(struct map *map, const void *key, const void *value, uint64_t flags);
int map_delete(struct map *map, const void *key);
/* The key after `key` in some order; NULL, or a key that is gone: the first one. */
int map_next_key(struct map *map, const void *key, void *next);
/* How many CPU numbers were ever used (at least 1): values a per-CPU lookup or update handles. */
uint32_t map_cpus(const struct map *map);
/* Bytes that map_lookup() stores and map_update() reads. */
size_t map_value_bytes(const struct map *map);
/* The values of an array or of global data, shared with programs; NULL for other maps. */
void *map_memory(struct map *map, size_t *size);
/* Entries now. */
uint64_t map_count(struct map *map);

/* Prog arrays: whether programs like this one may call through the array, and be called. The first
 * one asked about decides: of that type, for that function, compiled or interpreted, trusted or
 * not. */
bool map_takes_progs(struct map *map, const struct runnable *run);
/* Holds `run` (NULL: empties the slot); -EINVAL: the array does not take such programs. */
int map_set_prog(struct map *map, uint32_t index, struct runnable *run);
/* Empties all slots of a prog array. */
void map_clear_progs(struct map *map);

/* Ring buffers and perf event arrays: calls on(user, cpu, data, size) for each record there is,
 * until it returns non-zero. Records handed over, or -EOPNOTSUPP. One consumer at a time. */
typedef int map_on_record(void *user, uint32_t cpu, const void *data, size_t size);
int64_t map_poll(struct map *map, map_on_record *on, void *user);
/* Perf event arrays: records lost so far, because a ring was full. */
uint64_t map_lost(struct map *map);
/* A descriptor for epoll, readable while there may be records; the map owns it. Negative errno. */
int map_poll_fd(struct map *map);
