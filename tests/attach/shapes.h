/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of all shapes of arguments, for both sides: native code defines and calls them,
 * programs are attached to them. What each has seen of its arguments is one number.
 *
 *     SHAPE(name, result, (parameters), (the same for BPF_PROG2), (their numbers))
 *
 * The first ones are the shapes of the kernel's tests of tracing, written afresh; the last ones
 * have sizes that BPF_PROG2 does not take. */

#ifdef __bpf__
typedef __s64 s64;
#else
#include <stdint.h>
typedef int64_t s64;
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#endif
typedef __int128 wide;

#define STRUCTS                                                                                    \
    struct s1 {                                                                                    \
        int a;                                                                                     \
    };                                                                                             \
    struct s2 {                                                                                    \
        long a, b;                                                                                 \
    };                                                                                             \
    struct s3 {                                                                                    \
        signed char a[3];                                                                          \
    };                                                                                             \
    struct s4 {                                                                                    \
        unsigned long a;                                                                           \
        int b;                                                                                     \
    };                                                                                             \
    struct s5 {                                                                                    \
        signed char a;                                                                             \
        short b;                                                                                   \
        int c;                                                                                     \
        long d;                                                                                    \
    };                                                                                             \
    struct big {                                                                                   \
        long a[5];                                                                                 \
        signed char b;                                                                             \
    };                                                                                             \
    struct floats {                                                                                \
        float a, b, c;                                                                             \
    };                                                                                             \
    struct mixed {                                                                                 \
        double a;                                                                                  \
        long b;                                                                                    \
    };
STRUCTS

#define S1(x) (x).a
#define S2(x) (x).a, (x).b
#define S3(x) (x).a[0], (x).a[1], (x).a[2]
#define S4(x) (x).a, (x).b
#define S5(x) (x).a, (x).b, (x).c, (x).d
#define BITS(x)                                                                                    \
    ((union {                                                                                      \
        __typeof__(x) number;                                                                      \
        __typeof__(__builtin_choose_expr(sizeof(x) == 4, 1, 1ll)) bits;                            \
    }){ (x) })                                                                                     \
        .bits
#define FL(x)  BITS((x).a), BITS((x).b), BITS((x).c)
#define MX(x)  BITS((x).a), (x).b
#define W(x)   (x), (x) >> 64
#define P(x)   (s64)(x)
#define BIG(x) (x).a[0], (x).a[4], (x).b

/* What programs saw, by shape; modify: whether fmod_ret programs give a result. */
struct seen {
    s64 entered[64], left[64], results[64], modify;
};

/* Numbers, mixed to one. */
static inline __attribute__((always_inline)) s64 mix(const s64 *numbers, unsigned count)
{
    unsigned long sum = 7;
#pragma clang loop unroll(full)
    for (unsigned i = 0; i < count; i++)
        sum = sum * 31 + (unsigned long)numbers[i];
    return (s64)sum;
}
#define MIX(...)                                                                                   \
    ({                                                                                             \
        s64 numbers_[] = { __VA_ARGS__ };                                                          \
        mix(numbers_, sizeof numbers_ / sizeof *numbers_);                                         \
    })
#define ALL(...) __VA_ARGS__

#define SHAPES ANY_SHAPES OTHER_SHAPES
#define OTHER_SHAPES                                                                               \
    SHAPE(o1, int, (struct s3 a, struct floats b, struct big c, int d),                            \
          (struct s3, a, struct floats, b, struct big, c, int, d), (S3(a), FL(b), BIG(c), d))      \
    SHAPE(o2, long,                                                                                \
          (int a, struct big b, float c, struct floats d, short e, struct s3 f, struct mixed g,    \
           struct big h, double i, struct s2 j, struct floats k, unsigned char l),                 \
          (int, a, struct big, b, float, c, struct floats, d, short, e, struct s3, f,              \
           struct mixed, g, struct big, h, double, i, struct s2, j, struct floats, k,              \
           unsigned char, l),                                                                      \
          (a, BIG(b), BITS(c), FL(d), e, S3(f), MX(g), BIG(h), BITS(i), S2(j), FL(k), l))
#define ANY_SHAPES                                                                                 \
    SHAPE(t1, int, (struct s2 a, int b, int c), (struct s2, a, int, b, int, c), (S2(a), b, c))     \
    SHAPE(t2, int, (int a, struct s2 b, int c), (int, a, struct s2, b, int, c), (a, S2(b), c))     \
    SHAPE(t3, int, (int a, int b, struct s2 c), (int, a, int, b, struct s2, c), (a, b, S2(c)))     \
    SHAPE(t4, int, (struct s1 a, int b, int c, int d, struct s2 e),                                \
          (struct s1, a, int, b, int, c, int, d, struct s2, e), (S1(a), b, c, d, S2(e)))           \
    SHAPE(t5, int, (unsigned long a, void *b, short c, int d, void *e, struct s4 f),               \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, struct s4, f),                \
          (a, P(b), c, d, P(e), S4(f)))                                                            \
    SHAPE(t6, int, (unsigned long a, void *b, short c, int d, void *e, struct s4 f, int g),        \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, struct s4, f, int, g),        \
          (a, P(b), c, d, P(e), S4(f), g))                                                         \
    SHAPE(t7, int,                                                                                 \
          (unsigned long a, void *b, short c, int d, void *e, signed char f, short g, struct s5 h, \
           long i),                                                                                \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, signed char, f, short, g,     \
           struct s5, h, long, i),                                                                 \
          (a, P(b), c, d, P(e), f, g, S5(h), i))                                                   \
    SHAPE(t8, int, (struct s4 a, struct s4 b, struct s4 c, struct s4 d, short e, struct s4 f),     \
          (struct s4, a, struct s4, b, struct s4, c, struct s4, d, short, e, struct s4, f),        \
          (S4(a), S4(b), S4(c), S4(d), e, S4(f)))                                                  \
    SHAPE(i1, int, (wide a, int b, int c), (wide, a, int, b, int, c), (W(a), b, c))                \
    SHAPE(i2, int, (int a, wide b, int c), (int, a, wide, b, int, c), (a, W(b), c))                \
    SHAPE(i3, int, (int a, int b, wide c), (int, a, int, b, wide, c), (a, b, W(c)))                \
    SHAPE(i4, int, (struct s1 a, int b, int c, int d, wide e),                                     \
          (struct s1, a, int, b, int, c, int, d, wide, e), (S1(a), b, c, d, W(e)))                 \
    SHAPE(i5, int, (unsigned long a, void *b, short c, int d, void *e, wide f),                    \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, wide, f),                     \
          (a, P(b), c, d, P(e), W(f)))                                                             \
    SHAPE(i6, int, (unsigned long a, void *b, short c, int d, void *e, wide f, int g),             \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, wide, f, int, g),             \
          (a, P(b), c, d, P(e), W(f), g))                                                          \
    SHAPE(i8, int, (wide a, wide b, wide c, wide d, short e, wide f),                              \
          (wide, a, wide, b, wide, c, wide, d, short, e, wide, f),                                 \
          (W(a), W(b), W(c), W(d), e, W(f)))                                                       \
    SHAPE(m1, long, (signed char a), (signed char, a), (a))                                        \
    SHAPE(m2, long, (short a, signed char b), (short, a, signed char, b), (a, b))                  \
    SHAPE(m3, long, (signed char a, int b, unsigned long c),                                       \
          (signed char, a, int, b, unsigned long, c), (a, b, c))                                   \
    SHAPE(m4, long, (void *a, signed char b, int c, unsigned long d),                              \
          (void *, a, signed char, b, int, c, unsigned long, d), (P(a), b, c, d))                  \
    SHAPE(m5, long, (unsigned long a, void *b, short c, int d, void *e),                           \
          (unsigned long, a, void *, b, short, c, int, d, void *, e), (a, P(b), c, d, P(e)))       \
    SHAPE(m6, long, (unsigned long a, void *b, short c, int d, void *e, unsigned long f),          \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, unsigned long, f),            \
          (a, P(b), c, d, P(e), f))                                                                \
    SHAPE(m7, long, (unsigned long a, void *b, short c, int d, void *e, signed char f, int g),     \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, signed char, f, int, g),      \
          (a, P(b), c, d, P(e), f, g))                                                             \
    SHAPE(m8, long,                                                                                \
          (unsigned char a, unsigned short b, unsigned c, long d, signed char e, short f, int g,   \
           unsigned char h),                                                                       \
          (unsigned char, a, unsigned short, b, unsigned, c, long, d, signed char, e, short, f,    \
           int, g, unsigned char, h),                                                              \
          (a, b, c, d, e, f, g, h))                                                                \
    SHAPE(m9, long,                                                                                \
          (unsigned long a, void *b, short c, int d, void *e, signed char f, short g, int h,       \
           long i),                                                                                \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, signed char, f, short, g,     \
           int, h, long, i),                                                                       \
          (a, P(b), c, d, P(e), f, g, h, i))                                                       \
    SHAPE(m10, long, (int a, long b, int c, long d, int e, long f, int g, long h, int i, short j), \
          (int, a, long, b, int, c, long, d, int, e, long, f, int, g, long, h, int, i, short, j),  \
          (a, b, c, d, e, f, g, h, i, j))                                                          \
    SHAPE(m11, long,                                                                               \
          (unsigned long a, void *b, short c, int d, void *e, signed char f, short g, int h,       \
           signed char i, unsigned char j, long k),                                                \
          (unsigned long, a, void *, b, short, c, int, d, void *, e, signed char, f, short, g,     \
           int, h, signed char, i, unsigned char, j, long, k),                                     \
          (a, P(b), c, d, P(e), f, g, h, i, j, k))
