/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf: an embeddable eBPF engine. Loads BPF objects as clang builds them, verifies them,
 * compiles them for the processor and runs them in the process.
 *
 *     struct anybpf_env *env = anybpf_env_new();
 *     anybpf_env_context(env, "req", "struct req { __u32 len; __u8 method; }");
 *     anybpf_env_helper(env, 1000, "int log_msg(const char *s __sz(n), __u32 n)", log_msg);
 *     struct anybpf_object *obj = anybpf_open(env, "plugin.bpf.o");
 *     struct anybpf_prog *filter = anybpf_find(obj, "filter");
 *     int rc = anybpf_call(filter, &req, sizeof req, &verdict);
 *
 * Results of type int are 0 or a negative ANYBPF_E_*; functions that return a pointer return NULL
 * when they fail. The sentence about the last failure is anybpf_error(env).
 *
 * Threads: an environment, its objects and programs are set up by one thread at a time. A loaded
 * program may be called, and a map used, by any number of threads at once. */
#ifndef ANYBPF_H
#define ANYBPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANYBPF_API __attribute__((visibility("default")))

/* ---- Results ---- */

enum {
    ANYBPF_OK = 0,
    ANYBPF_E_MEMORY = -1,      /* no memory, or a limit on memory reached */
    ANYBPF_E_ARGUMENT = -2,    /* a call's arguments are wrong */
    ANYBPF_E_FORMAT = -3,      /* an object, declaration or program text is malformed */
    ANYBPF_E_UNSUPPORTED = -4, /* understood, but not offered here */
    ANYBPF_E_REJECTED = -5,    /* the verifier does not accept the program */
    ANYBPF_E_NOT_FOUND = -6,   /* no such program, map, key, symbol, file */
    ANYBPF_E_EXISTS = -7,      /* there already */
    ANYBPF_E_FULL = -8,        /* a map or table has no room */
    ANYBPF_E_LIMIT = -9,       /* beyond a limit of the engine */
    ANYBPF_E_SYSTEM = -10,     /* the system refused; the sentence has its reason */
    ANYBPF_E_BUSY = -11,       /* in use; no virtual CPU free */
    ANYBPF_E_FAULT = -12       /* a program reached memory it must not, and was ended */
};

#ifdef __cplusplus
}
#endif
#endif
