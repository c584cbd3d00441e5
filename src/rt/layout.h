/* SPDX-License-Identifier: Apache-2.0 */
/* What compiled code reads directly, laid out alike on every processor: fixed-width members,
 * pointers in 8-byte slots, offsets held by assertions. So any host compiles for any target. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A pointer in 8 bytes. Write it with SLOT_SET, so that the upper half of a 32-bit one is zero. */
#define SLOT(type)                                                                                 \
    union {                                                                                        \
        __typeof__(type) *at;                                                                      \
        uint64_t word;                                                                             \
    }
#define SLOT_SET(slot, pointer) ((void)((slot).word = (uintptr_t)(pointer)))
_Static_assert(sizeof(void *) == 8 || __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the low word of a slot is the pointer");

struct vcpu;
struct env;

/* The one shape of a BPF function; functions below an entry take up to five BPF arguments.
 * `frame` is where the function's own frame begins; what it calls gets `frame + its own depth`.
 * Frames grow upwards and are aligned to FRAME_ALIGN; r10 is `frame + size of the BPF stack`. */
typedef uint64_t entry_fn(struct vcpu *vcpu, void *frame, uint64_t r1);
typedef uint64_t callback_fn(struct vcpu *vcpu, void *frame, uint64_t r1, uint64_t r2, uint64_t r3,
                             uint64_t r4, uint64_t r5);

enum {
    FRAME_ALIGN = 16,
    TAIL_CALLS = 33,         /* per invocation (MAX_TAIL_CALL_CNT) */
    FUEL = 8 * 1024 * 1024,  /* may_goto iterations per invocation (BPF_MAX_LOOPS) */
    VCPU_STACK = 256 * 1024, /* bytes of private stack per thread */
};

/* ---- Functions as values ----
 * The address of a BPF function, in a register or in memory, is a token: TOKEN_BASE plus the
 * function's index in its program's table. `token - TOKEN_BASE < count` (unsigned) checks one.
 * callx of anything else gives r0 = 0 and goes on. Tokens are never null and never an address. */
#define TOKEN_BASE 0xb9f0c0de00000000u

struct function {           /* a row of a program's table */
    SLOT(callback_fn) code; /* compiled; 0 when the program is interpreted */
    uint32_t depth;         /* bytes of private stack of the function and all below it */
    uint32_t params;        /* 0 .. 5 */
};

/* A program's functions whose address is taken. Before it calls a helper with the flag
 * HELPER_CALLS_BACK the program stores the address of its table in vcpu->functions. */
struct functions {
    uint32_t count;
    uint32_t unused;
    /* Set for interpreted programs: runs function `index` of `program`. */
    SLOT(uint64_t(struct vcpu *vcpu, void *frame, const void *program, uint32_t index,
                  const uint64_t r[5]))
    interpret;
    SLOT(const void) program;
    struct function at[];
};

struct retired { /* of the host only, embedded in what epoch.c frees */
    struct retired *next;
    uint64_t epoch;
    void (*destroy)(struct retired *);
};

/* ---- What can be entered ----
 * Entered by vcpu_enter() or by a tail call. A tail call, in this order, each failure falling
 * through with nothing changed:
 *   index < max_entries; slot not null; vcpu->tail_calls > 0;
 *   run->depth <= vcpu->stack_end - frame;
 * then tail_calls -= 1, stack_at = max(stack_at, frame + run->depth), own frame unwound, jump to
 * run->code(vcpu, frame, r1). */
struct runnable {
    SLOT(entry_fn) code; /* compiled entry; 0 when interpreted */
    uint32_t depth;      /* bytes of private stack of the whole tree, a multiple of FRAME_ALIGN */
    uint32_t cpus;       /* virtual CPUs its environment has: larger numbers may not enter */
    /* Set when interpreted. */
    SLOT(uint64_t(struct vcpu *vcpu, void *frame, uint64_t r1, const void *program)) interpret;
    SLOT(const void) program;
    uint32_t type;  /* program type: a prog array holds one type ... */
    uint32_t flags; /* RUNNABLE_* */
    /* Of the host only, from here. */
    uint32_t id;
    uint32_t refs;                      /* runnable_hold(), runnable_drop() */
    void (*destroy)(struct runnable *); /* after the last drop and a grace period */
    struct retired retired;
    struct env *env;
    const struct native *native; /* whose arguments its context is made of; NULL: of none ... */
    int attach_kind;             /* ... and which of them, and of its result: enum attach_kind */
};
enum {
    RUNNABLE_MAY_FAULT = 1, /* an access may reach anything: enter with a landing */
};

/* ---- Hooks ----
 * What the compiled code of a program attached to a native function reads and counts. */
struct hook_state {
    uint64_t ip;         /* the function */
    uint64_t cookie;     /* the embedder's */
    uint64_t misses;     /* not run: no vcpu, or within another hook's program */
    uint64_t runs, time; /* where asked for; ns */
};

/* ---- vcpu: one thread's running state ---- */
struct vcpu {
    uint64_t stack_at;   /* where the next tree's frame begins */
    uint64_t stack_end;  /* the first byte after the private stack */
    uint32_t tail_calls; /* left in this invocation */
    uint32_t cpu;        /* this thread's virtual CPU number */
    uint64_t fuel;       /* left for may_goto in this invocation */
    uint64_t epoch;      /* 0 outside invocations, else the epoch of the outermost entry */
    SLOT(const struct functions) functions; /* for the helper being called, see above */
    SLOT(void) landing;                     /* where a fault of a trusted program ends (jmp_buf) */
    SLOT(const struct runnable) running;
    uint64_t context_size; /* of a raw-memory context: what such a program begins with in r2 */
    uint64_t recursion;    /* mark of the hook being run, for trampolines */
    /* Of the host only, from here: see rt.h. */
    struct vcpu_host *host;
};

/* ---- Maps ---- */
struct map {
    uint32_t type; /* enum map_type, numbered as BPF_MAP_TYPE_* */
    uint32_t key_size;
    uint32_t value_size;
    uint32_t max_entries;
    uint32_t flags;  /* BPF_F_* */
    uint32_t stride; /* arrays: bytes from one element to the next (value_size to 8) */
    SLOT(uint8_t)
    values;              /* arrays: element 0; per-CPU arrays: of CPU 0; prog arrays: slots; hash
                            maps: buckets */
    uint64_t cpu_stride; /* per-CPU arrays: bytes from one CPU's values to the next one's */
    SLOT(void *(struct map *map, const void *key)) lookup; /* what bpf_map_lookup_elem calls */
    uint64_t seed;                                         /* hash maps */
    uint32_t bucket_count;                                 /* hash maps */
    /* Of the host only, from here. */
    const struct map_kind *kind;
    struct env *env;
    bool frozen;  /* the host may not write */
    bool is_data; /* global data */
    char name[16];
    struct retired retired;
};
/* So an inlined array lookup is   i < max_entries ? values + i * stride : 0
 * a per-CPU one                   i < max_entries ? values + cpu * cpu_stride + i * stride : 0 */

/* A hash map (MAP_HASH) is buckets of HASH_BUCKET bytes, each with HASH_WAYS pointers to elements
 * from HASH_WAY_0 on. An element has its key at HASH_KEY_AT and behind it, at a multiple of 8, its
 * value. A key's hash h is made of its words of 8 bytes, the last one maybe of 4 bytes twice:
 *     h = seed;  for each word: p = (h ^ word) * HASH_MULTIPLIER in 128 bits, h = p ^ p >> 64
 * Its bucket is (h >> 32) * bucket_count >> 32, and the way in it where its element is put if that
 * one is empty (uint32_t)h * HASH_WAYS >> 32. So an inlined lookup looks there, and calls the
 * helper if there is another element or none. */
enum { HASH_BUCKET = 64, HASH_WAY_0 = 8, HASH_WAYS = 6, HASH_KEY_AT = 16 };
#define HASH_MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)

/* A prog array's element, 8 bytes: values[8 * i]. Null: empty. */
struct prog_slot {
    SLOT(const struct runnable) run;
};

/* Ring buffer (the kernel's protocol: linux/bpf.h, BPF_RINGBUF_*): positions count bytes and never
 * wrap; the data lie at position & mask and are mapped twice in a row, so records are contiguous.
 * A record: header, then data, the whole rounded up to 8. Consumed bytes are zero, so a header of 0
 * before `producer` is a record that is being reserved. */
struct ring_record {
    uint32_t size; /* of the data; RING_BUSY until committed, RING_DISCARD if to be skipped */
    uint32_t page; /* pages back to the ring's head */
};
enum {
    RING_HEADER = 8,
    RING_PAGE = 4096,
};
#define RING_BUSY    0x80000000u
#define RING_DISCARD 0x40000000u

struct ring_head {
    uint64_t consumer; /* first page: position read so far */
    uint64_t seen;     /* of the consumer: position at which it found nothing, + 1 */
    uint64_t line[6];
    uint64_t mask;      /* bytes of data - 1 */
    SLOT(int32_t) wake; /* a descriptor + 1 to be written to, or 0 */
    uint8_t rest[RING_PAGE - 80];
    uint64_t producer; /* second page: position reserved so far */
    uint64_t lost;     /* records for which there was no room */
    uint8_t producer_rest[RING_PAGE - 16];
    uint8_t data[];
};

#define AT(type, member, offset)                                                                   \
    _Static_assert(offsetof(struct type, member) == (offset), #type "." #member)
AT(function, code, 0);
AT(function, depth, 8);
_Static_assert(sizeof(struct function) == 16, "function");
AT(functions, count, 0);
AT(functions, at, 24);
AT(runnable, code, 0);
AT(runnable, depth, 8);
AT(runnable, cpus, 12);
AT(runnable, interpret, 16);
AT(runnable, program, 24);
AT(runnable, type, 32);
AT(runnable, flags, 36);
AT(hook_state, ip, 0);
AT(hook_state, cookie, 8);
AT(hook_state, misses, 16);
AT(hook_state, runs, 24);
AT(hook_state, time, 32);
AT(vcpu, stack_at, 0);
AT(vcpu, stack_end, 8);
AT(vcpu, tail_calls, 16);
AT(vcpu, cpu, 20);
AT(vcpu, fuel, 24);
AT(vcpu, epoch, 32);
AT(vcpu, functions, 40);
AT(vcpu, landing, 48);
AT(vcpu, running, 56);
AT(vcpu, context_size, 64);
AT(vcpu, recursion, 72);
AT(map, type, 0);
AT(map, key_size, 4);
AT(map, value_size, 8);
AT(map, max_entries, 12);
AT(map, flags, 16);
AT(map, stride, 20);
AT(map, values, 24);
AT(map, cpu_stride, 32);
AT(map, lookup, 40);
AT(map, seed, 48);
AT(map, bucket_count, 56);
_Static_assert(sizeof(struct prog_slot) == 8, "prog_slot");
_Static_assert(sizeof(struct ring_record) == RING_HEADER, "ring_record");
AT(ring_head, producer, 4096);
AT(ring_head, data, 8192);
#undef AT
