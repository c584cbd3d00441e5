/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <anybpf_tracing.h>
#include "shapes.h"

enum {
#define SHAPE(name, result, parameters, list, numbers) SHAPE_##name,
    SHAPES SHAPE_COUNT
#undef SHAPE
};

struct seen seen;

#define UNPACK(...) __VA_ARGS__
#define SHAPE(name, result, parameters, list, numbers)                                             \
    SEC("fentry/" #name)                                                                           \
    int PROG(entry_##name, UNPACK list)                                                            \
    {                                                                                              \
        seen.entered[SHAPE_##name] = MIX numbers;                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    SEC("fexit/" #name)                                                                            \
    int PROG(exit_##name, UNPACK list, result, r)                                                  \
    {                                                                                              \
        seen.left[SHAPE_##name] = MIX numbers;                                                     \
        seen.results[SHAPE_##name] = r;                                                            \
        return 0;                                                                                  \
    }                                                                                              \
    SEC("fmod_ret/" #name)                                                                         \
    int PROG(modify_##name, UNPACK list)                                                           \
    {                                                                                              \
        return seen.modify ? (int)(MIX numbers) : 0;                                               \
    }
#define PROG BPF_PROG2
ANY_SHAPES
#undef PROG
#define PROG ANYBPF_PROG
OTHER_SHAPES

char LICENSE[] SEC("license") = "GPL";
