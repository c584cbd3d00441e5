/* SPDX-License-Identifier: Apache-2.0 */
/* For BPF programs that are attached to native functions: parameters by value, whatever their size.
 *
 *     #include <linux/bpf.h>
 *     #include <bpf/bpf_helpers.h>
 *     #include <anybpf_tracing.h>
 *
 *     SEC("fexit/place")
 *     int ANYBPF_PROG(watch, struct order, order, const char *, customer, int, result)
 *     {
 *         ...
 *     }
 *
 * Used as libbpf's BPF_PROG2, which takes values of 1, 2, 4, 8 and 16 bytes only. After the
 * function's parameters comes its result, if the program sees it. A complex number, a vector and a
 * long double lie elsewhere: declare a pointer to it. Needs clang 12. */
#ifndef ANYBPF_TRACING_H
#define ANYBPF_TRACING_H

#define ANYBPF_PROG(name, ...)                                                                     \
    name(unsigned long long *ctx);                                                                 \
    static inline __attribute__((always_inline)) __typeof__(name(0)) name##_(                      \
        unsigned long long *ctx                                                                    \
        __attribute__((unused)) __VA_OPT__(ANYBPF_REPEAT_(ANYBPF_PARAMS_(__VA_ARGS__))));          \
    __typeof__(name(0)) name(unsigned long long *ctx)                                              \
    {                                                                                              \
        return name##_(ctx __VA_OPT__(ANYBPF_REPEAT_(ANYBPF_VALUES_(0, __VA_ARGS__))));            \
    }                                                                                              \
    static inline __attribute__((always_inline)) __typeof__(name(0)) name##_(                      \
        unsigned long long *ctx                                                                    \
        __attribute__((unused)) __VA_OPT__(ANYBPF_REPEAT_(ANYBPF_PARAMS_(__VA_ARGS__))))

/* A value begins in word `at` of the context. Up to 16 bytes it is there, else its address. */
#define ANYBPF_WORDS_(type) (sizeof(type) > 16 ? 1 : (sizeof(type) + 7) / 8)
#define ANYBPF_VALUE_(type, at)                                                                    \
    __builtin_choose_expr(sizeof(type) > 16, ({                                                    \
                              type copy_ = *(type *)ctx[at];                                       \
                              copy_;                                                               \
                          }),                                                                      \
                          __extension__({                                                          \
                              union {                                                              \
                                  unsigned long long words[2];                                     \
                                  type value;                                                      \
                              } both_ = { { ctx[at] << ANYBPF_SHIFT_(sizeof(type)),                \
                                            sizeof(type) > 8 ? ctx[(at) + 1] : 0 } };              \
                              both_.value;                                                         \
                          }))
/* Where the first byte is the highest, the word of a short value has it last. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ANYBPF_SHIFT_(size) ((size) == 1 || (size) == 2 || (size) == 4 ? 64 - 8 * (size) : 0)
#else
#define ANYBPF_SHIFT_(size) 0
#endif

/* A pair after the other: each round of the preprocessor expands the one it has come to. */
#define ANYBPF_PARAMS_(type, name, ...)                                                            \
    , type name __VA_OPT__(ANYBPF_PARAMS_AGAIN_ ANYBPF_PARENS_(__VA_ARGS__))
#define ANYBPF_PARAMS_AGAIN_() ANYBPF_PARAMS_
#define ANYBPF_VALUES_(at, type, name, ...)                                                        \
    , ANYBPF_VALUE_(type, at)                                                                      \
          __VA_OPT__(ANYBPF_VALUES_AGAIN_ ANYBPF_PARENS_((at) + ANYBPF_WORDS_(type), __VA_ARGS__))
#define ANYBPF_VALUES_AGAIN_() ANYBPF_VALUES_
#define ANYBPF_PARENS_         ()
#define ANYBPF_REPEAT_(...)    ANYBPF_REPEAT1_(ANYBPF_REPEAT1_(ANYBPF_REPEAT1_(__VA_ARGS__)))
#define ANYBPF_REPEAT1_(...)   ANYBPF_REPEAT2_(ANYBPF_REPEAT2_(ANYBPF_REPEAT2_(__VA_ARGS__)))
#define ANYBPF_REPEAT2_(...)   ANYBPF_REPEAT3_(ANYBPF_REPEAT3_(ANYBPF_REPEAT3_(__VA_ARGS__)))
#define ANYBPF_REPEAT3_(...)   __VA_ARGS__

#endif
