/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the public handles. The functions here are thin fronts: what they do is done
 * on the floors below. */
#pragma once
#include "arch/targets.h"
#include "base/arena.h"
#include "bpf/checked.h"
#include "image/image.h"
#include "load/load.h"
#include "rt/rt.h"
#include "verify/verify.h"

struct anybpf_env {
    struct anybpf_allocator from;
    struct env *rt;
    struct arena *scratch;         /* of one verification or compilation at a time; keeps memory */
    const struct target *target;   /* of this processor; NULL: this build has none for it */
    uint32_t features;             /* those of the target that this processor has */
    struct anybpf_object *objects; /* open ones, newest first */
    struct anybpf_link *links;     /* programs attached, newest first */
    struct anybpf_link *idle;      /* detached ones, which may be attached again */
    uint32_t leaving;              /* others, whose code may have threads within (atomic) */
    struct anybpf_env *next_kept;
    anybpf_log_fn *log;
    void *log_user;
    enum anybpf_log log_most;
};

/* Lives as long as one of its programs may be entered, be it from another object's prog array: one
 * reference is the embedder's, one each loaded program's. */
struct anybpf_object {
    struct anybpf_env *env;
    struct anybpf_object *next; /* in env->objects, while open */
    struct arena *arena; /* everything but what belongs to one loaded program; the file's, too */
    struct object *file; /* NULL: made of an array of instructions */
    struct anybpf_prog *progs;
    uint32_t prog_count;
    struct anybpf_map *maps;
    uint32_t map_count;
    uint32_t refs;
    bool trusted, interpret, check_access, clang_abi;
    uint32_t left_out; /* passes of the compiler (ir/ir.h) */
    bool loaded;       /* some program is: settings are fixed */
};

struct anybpf_map {
    struct anybpf_object *object;
    const struct map_spec *spec;
    const struct map_spec *resized; /* what to make instead, or NULL */
    struct map *map;                /* NULL until it is made */
    bool filled;                    /* its initial programs have been put in */
};

/* A program that runs: what prog arrays and callers hold on to. */
struct loaded {
    struct runnable run; /* first, so that one is the other */
    struct anybpf_object *object;
    struct arena *arena; /* of this struct too */
    const struct checked *checked;
    struct image *image;         /* NULL: interpreted */
    struct image *function;      /* struct_ops: itself as a C function; NULL: nobody asked yet */
    struct map **maps;           /* by index in prog->maps */
    struct functions *functions; /* what its tokens stand for */
    uint64_t compile_ns;
    uint32_t context_size;         /* bytes that a context must have */
    bool takes_packets;            /* context over struct anybpf_packet */
    const struct tracing *tracing; /* of the function it was verified for; NULL: of none */
    const struct native *native;
};

/* A program attached to a function. Its memory is its arena's. */
struct anybpf_link {
    struct anybpf_env *env;
    struct anybpf_link *next; /* in env->links or idle */
    const void *function;
    struct anybpf_attach_options options;
    struct arena *arena;
    struct loaded *loaded; /* held */
    struct link *link;
    struct trampoline *t;
    struct hook_state *state;
};

struct anybpf_prog {
    struct anybpf_object *object;
    uint32_t index; /* in the file */
    const char *name, *section;
    const char *type;   /* section name that decides the type, if not its own; NULL */
    const char *target; /* the native function, or the member of a table that it is, if not what
                           its section says; NULL */
    uint32_t insns;
    const struct insn *bare; /* not from a file: its instructions */
    struct loaded *loaded;   /* NULL until it is */
};

/* Records the error of a public function for anybpf_error() and returns its code. */
int api_fail(const struct anybpf_env *env, const struct error *err);
/* The code of this thread's last one. */
int api_code(void);
/* The same in words. */
int api_error(const struct anybpf_env *env, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ANYBPF_E_* with a sentence for a map's negative errno; 0 for 0. */
int api_map_result(const struct anybpf_map *map, int result);

/* attach.c: all of the trampoline of a program for a native function; what it refers to lives in
 * the arena. */
struct trampoline;
int prog_trampoline(struct loaded *loaded, struct arena *arena, struct hook_state *state,
                    struct trampoline *t, struct error *err);
/* Detaches the programs of an object; their memory goes when no thread is within. */
void link_drop_all(struct anybpf_env *env, const struct anybpf_object *obj);
/* What a loaded program's code refers to: a symbol_fn. */
uint64_t prog_symbol(void *loaded, enum symbol_kind kind, uint32_t index, struct error *err);

void api_log(const struct anybpf_env *env, enum anybpf_log kind, const char *text);

/* Makes the map unless it is there. */
int map_make(struct anybpf_map *map, struct error *err);
/* The map made for that spec. */
struct anybpf_map *map_of(struct anybpf_object *obj, const struct map_spec *spec);

/* A program's final instructions, and the verifier's word on them; in an arena of the caller's,
 * within arena_try(). */
int prog_resolve(const struct anybpf_prog *prog, struct arena *arena, const struct prog **out,
                 struct error *err);
int prog_check(const struct anybpf_prog *prog, struct arena *arena, const struct prog *final,
               const struct tracing *tracing, const struct checked **out, struct error *err);
/* The name of the native function that a program is attached to, or "TABLE.MEMBER"; NULL: it is of
 * another type. */
const char *prog_native_name(const struct anybpf_prog *prog, const struct prog *final);
/* The function. */
int prog_native(const struct anybpf_prog *prog, struct arena *arena, const struct prog *final,
                const struct native **native, const struct tracing **tracing, struct error *err);
/* Verifies and compiles; prog->loaded is set only on success. */
int prog_load(struct anybpf_prog *prog, struct error *err);
/* Compiles a loaded program once more, for nothing but the time that takes, in ns. */
int prog_time_compile(const struct anybpf_prog *prog, uint64_t *ns, struct error *err);
struct anybpf_prog *prog_named(struct anybpf_object *obj, const char *name);

/* Whether the object is of this processor's byte order. */
int object_check_order(const struct anybpf_object *obj, struct error *err);
/* Drops a reference; the last one frees the object. */
void object_drop(struct anybpf_object *obj);
