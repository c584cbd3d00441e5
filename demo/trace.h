/* SPDX-License-Identifier: Apache-2.0 */
/* What a program of trace.bpf.c hands over to trace.c. */
#pragma once
#include <linux/types.h>

/* A record of the ring buffer "calls": this, then a struct of the function's arguments as far as
 * they are recorded, then its result. Types are ids in the object's BTF. */
struct call {
    __u64 ns;
    __u32 function; /* number in the host's table */
    __u32 type;     /* of the arguments */
    __u32 result_type;
    __u32 result_at; /* bytes from here */
};

/* The array "latencies" has one for each function. */
enum { BUCKETS = 32 };
struct latency {
    __u64 calls[BUCKETS]; /* that took 2^i to 2^(i+1) - 1 ns; bucket 0: 0, too */
    __u64 ns;             /* of all */
};

#ifndef __bpf__
/* A function that programs may be attached to. */
struct function {
    const char *name, *prototype;
    void *address;
};

/* Attaches every program of an object to the function that its section names. NULL: said why. */
struct trace *trace_begin(const char *object, const struct function *functions, __u32 count);
/* Prints what the programs have seen, and detaches them. */
void trace_end(struct trace *trace);
#endif
