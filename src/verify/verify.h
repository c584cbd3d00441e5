/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier: the only maker of `struct checked`.
 *
 * It walks every path that the program can take with what is known of each register and stack slot
 * (walk.c), and refuses the program when an instruction could do harm. A state that a finished one
 * covers is not walked again (prune.c). What the walk noted of each instruction becomes the facts
 * for the compiler (facts.c).
 *
 * What it relies on: the initial bytes of read-only maps (map_spec.data) are those that programs
 * will see, since constants in them decide jumps. */
#pragma once
#include "bpf/checked.h"
#include "base/arena.h"

struct env; /* rt/rt.h */
struct tracing;

enum {
    VERIFY_INSNS = 1000 * 1000, /* budget: instructions walked (the kernel's) */
    VERIFY_FRAMES = 8,          /* functions active at once, callbacks included (the kernel's) */
    VERIFY_SLOTS = 1 << 20,     /* the longest program */
};

enum verify_log {
    VERIFY_LOG_REJECTION, /* a report of several lines when a program is rejected */
    VERIFY_LOG_SUMMARY,   /* and a line per function and per program */
    VERIFY_LOG_STATES,    /* and each instruction walked, with the registers it changes */
};

/* The most bytes that a verification takes for itself: enough for a million instructions walked. */
enum { VERIFY_SCRATCH = 1 << 30 };

struct verify_options {
    /* Empty, of the caller, who clears it afterwards. NULL: verify() makes one. */
    struct arena *scratch;
    enum check_level level;
    uint64_t budget; /* instructions walked; 0: VERIFY_INSNS */
    /* Receives text that ends in a newline. NULL: no log. */
    void (*log)(void *user, const char *text);
    void *log_user;
    enum verify_log log_level;
    const struct tracing *tracing; /* of the function it is attached to; NULL: not to any */
};

/* Checks prog against what env offers. The result lives in the arena, as long as prog does; it
 * refers to both. A refused program is ANYBPF_E_REJECTED, what is understood but not offered
 * ANYBPF_E_UNSUPPORTED, one beyond budget or size ANYBPF_E_LIMIT; err's sentence ends in
 * "(insn N, FILE:LINE)", the log has the registers too. options may be NULL: verified, no log. */
int verify(struct arena *arena, const struct env *env, const struct prog *prog,
           const struct verify_options *options, struct error *err, const struct checked **out);
