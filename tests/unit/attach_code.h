/* SPDX-License-Identifier: Apache-2.0 */
/* Machine code for the tests of attach/: hooks that count and go on to the original, and functions
 * with entries of every shape. */
#pragma once
#include <anybpf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* A hook counts in its own counter and jumps where its own variable leads, and changes nothing but
 * flags and what veneers may change. */
extern uint64_t hook_a_hits, hook_b_hits;
extern const void *hook_a_on, *hook_b_on;
void hook_a(void);
void hook_b(void);

/* Takes x to x + 1. */
typedef uint64_t shape_fn(uint64_t x);
shape_fn shape_frame, shape_relative, shape_branch, shape_padded, shape_pad_sled, shape_straddle;
/* For one test only, as a site is chosen once, and no other entry's choices lead near its. */
shape_fn shape_blocked;
/* These are refused. */
shape_fn shape_short, shape_inside, shape_loop, shape_calls, shape_unknown;

/* Increments, and leaves alone the register that sessions hand something on in; calls that with 123
 * in it, and tells what it holds then. */
void shape_void(uint64_t *x);
uint64_t call_void(void (*function)(uint64_t *), uint64_t *x);

/* Calls with every register that a caller may not rely on holding a known value, and says whether
 * all but those of arguments and results still do. */
uint64_t call_guarded(shape_fn *function, uint64_t x, uint64_t *changed);

/* The same of all vector registers in full, with what `in` has; `out` is what they hold then. Both
 * are of wide_bytes(). */
uint64_t call_wide(shape_fn *function, uint64_t x, const void *in, void *out);
unsigned wide_bytes(void);
/* Fills them with ones: that, too, any C function may do. */
void wide_destroy(void);

/* An object with one program from assembly, and that program loaded. NULL: the running test has
 * failed. */
struct anybpf_object *object_from_text(struct anybpf_env *env, const char *section,
                                       const char *text);
struct anybpf_prog *prog_from_text(struct anybpf_env *env, const char *section, const char *text);

/* attach_wide.c, on x86-64: a function of two vectors of 32 bytes, and whether it gives their sum.
 * Only for processors that have AVX. */
void *attach_wide_function(void);
bool attach_wide_adds(void);

/* While code changes under threads: from now on lets an emulator's own faults pass. *before: what
 * to do at SIGSEGV again afterwards. */
void expect_faults(struct sigaction *before);

#if defined(__x86_64__)
#define HOOK(name)                                                                                 \
    ".globl " #name "\n.type " #name ",@function\n" #name ":\n"                                    \
    "endbr64\nlock incq " #name "_hits(%rip)\njmp *" #name "_on(%rip)\n.size " #name ", .-" #name  \
    "\n"
#define SHAPE(name, body) ".p2align 4\n" SHAPE_HERE(name, body)
#define SHAPE_HERE(name, body)                                                                     \
    ".globl " #name "\n.type " #name ",@function\n" #name ":\n" body "\n.size " #name ", .-" #name \
    "\n.byte 0xcc\n"
#define SLED_NOPS 5
#else
#define HOOK(name)                                                                                 \
    ".globl " #name "\n.type " #name ",%function\n" #name ":\n"                                    \
    "bti c\nadrp x16, " #name "_hits\nadd x16, x16, :lo12:" #name "_hits\n"                        \
    "str x0, [sp, #-16]!\n1: ldaxr x17, [x16]\nadd x17, x17, #1\nstlxr w0, x17, [x16]\n"           \
    "cbnz w0, 1b\nldr x0, [sp], #16\nadrp x16, " #name "_on\n"                                     \
    "ldr x16, [x16, :lo12:" #name "_on]\nbr x16\n.size " #name ", .-" #name "\n"
#define SHAPE(name, body) ".p2align 4\n" SHAPE_HERE(name, body)
#define SHAPE_HERE(name, body)                                                                     \
    ".globl " #name "\n.type " #name ",%function\n" #name ":\n" body "\n.size " #name ", .-" #name \
    "\n"
#define SLED_NOPS 2
#endif

/* A function with a sled, of which there is only one. */
#define SLED __attribute__((noinline, noclone, patchable_function_entry(SLED_NOPS)))
