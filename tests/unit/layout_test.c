/* SPDX-License-Identifier: Apache-2.0 */
/* What psABIs say of single prototypes; tests/abi compares with compilers. */
#include "abi/abi.h"
#include "runner/runner.h"

struct laying {
    struct arena *arena;
    struct error err;
    const struct conv *conv;
    const char *decl;
    struct text text;
};

static int lay(void *arg)
{
    struct laying *at = arg;
    struct types *types = types_new(at->arena, NULL);
    const struct model *model;
    const struct layout *layout;

    types->data = at->conv->data;
    types->big = at->conv->big;
    at->text.arena = at->arena;
    if (model_of_decl(at->arena, types, at->decl, &model, &at->err) ||
        layout_of(at->arena, at->conv, model, &layout, &at->err))
        return at->err.code;
    layout_print(&at->text, layout);
    return 0;
}

static void lies(const struct conv *conv, const char *decl, const char *wanted)
{
    struct laying at = { .arena = arena_new(&allocator_libc, 0), .conv = conv, .decl = decl };
    CHECK_EQ(arena_try(at.arena, &at.err, lay, &at), 0);
    CHECK_TEXT(at.err.code ? at.err.text : at.text.at, wanted);
    arena_free(at.arena);
}

TEST(layouts_on_x86_64)
{
    lies(&conv_x86_64, "struct s { long a; double b; }; struct s f(char c, struct s s)",
         "c: rdi[0:1 sign to 4]\n"
         "s: rsi[0:8] xmm0[8:8]\n"
         "result: rax[0:8] xmm0[8:8]\n");
    /* All or nothing, and a later argument takes the register left over. */
    lies(&conv_x86_64,
         "struct s { unsigned long a; int b; };"
         "void f(long a, void *b, short c, int d, void *e, struct s s, int g)",
         "a: rdi[0:8]\nb: rsi[0:8]\nc: rdx[0:2 sign to 4]\nd: rcx[0:4]\ne: r8[0:8]\n"
         "s: stack+0[0:16]\ng: r9[0:4]\nresult: nothing\nstack: 16 bytes aligned to 16\n");
    lies(&conv_x86_64, "struct s { char c[17]; }; struct s f(long double q, struct s s, int n)",
         "q: stack+0[0:16]\ns: stack+16[0:17]\nn: rsi[0:4]\nresult: at rdi[0:8]\n"
         "stack: 40 bytes aligned to 16\n");
    lies(&conv_x86_64, "_Complex long double f(void)", "result: st0[0:10] st1[16:10]\n");
    /* To gcc an unnamed bit-field of a union is an integer, but not where the union is empty. */
    lies(&conv_x86_64, "union u { double d; int : 0; }; void f(union u)",
         "argument 1: rdi[0:8]\nresult: nothing\n");
    lies(&conv_x86_64, "struct s { union { int : 0; } u; double d; }; void f(struct s)",
         "argument 1: xmm0[0:8]\nresult: nothing\n");
}

TEST(layouts_on_arm64)
{
    lies(&conv_arm64,
         "struct h { float x[3]; }; struct l { long a, b, c; };"
         "struct l f(int a, __int128 b, struct h h, struct l l)",
         "a: x0[0:4]\nb: x2[0:8] x3[8:8]\nh: v0[0:4] v1[4:4] v2[8:4]\nl: at x4[0:8]\n"
         "result: at x8[0:8]\n");
}

/* Parts that hold nothing and parts that are not aligned (doc/abi.md). */
TEST(layouts_of_odd_records)
{
    static const char unaligned[] = "struct p { char c[2]; } __attribute__((aligned(2)));"
                                    "struct s { char c; struct p p; } __attribute__((packed));"
                                    "void f(struct s s)",
                      nothing[] = "struct s { int : 4; } __attribute__((aligned(32)));"
                                  "void f(struct s s, long double x)",
                      divided[] = "struct s { char : 2; char : 0; float f; }; void f(struct s s)";

    lies(&conv_x86_64, unaligned, "s: rdi[0:3]\nresult: nothing\n");
    lies(&conv_x86_64_clang, unaligned,
         "s: stack+0[0:3]\nresult: nothing\nstack: 8 bytes aligned to 16\n");
    lies(&conv_x86_64, nothing,
         "s: nothing\nx: stack+0[0:16]\nresult: nothing\nstack: 16 bytes aligned to 16\n");
    /* An empty array counts as one element, but in its first eightbyte only. */
    lies(&conv_x86_64,
         "struct e { float a; int b; }; struct s { float f; struct e e[0]; double d; };"
         "void f(struct s s)",
         "s: xmm0[0:8] xmm1[8:8]\nresult: nothing\n");
    lies(&conv_x86_64,
         "struct e { float a; int b[99]; }; struct s { float f; struct e e[0]; };"
         "void f(struct s s)",
         "s: stack+0[0:4]\nresult: nothing\nstack: 8 bytes aligned to 16\n");
    /* A record within is classified by itself. */
    lies(&conv_x86_64,
         "union u { long n[2]; union { long double q; float f; } m; }; void f(union u u)",
         "u: stack+0[0:16]\nresult: nothing\nstack: 16 bytes aligned to 16\n");
    lies(&conv_riscv64, "struct s { struct { } e[1]; double d; }; void f(struct s s)",
         "s: fa0[0:8]\nresult: nothing\n");
    lies(&conv_riscv64,
         "struct s { struct { } e[1]; double d; } __attribute__((packed)); void f(struct s s)",
         "s: a0[0:8]\nresult: nothing\n");
    lies(&conv_riscv64_clang, divided, "s: a0[0:8]\nresult: nothing\n");
    lies(&conv_riscv64, divided, "s: fa0[4:4 ones to 8] a0[0:1]\nresult: nothing\n");
    lies(&conv_arm32,
         "struct s { short h; long long : 35; } __attribute__((packed)); void f(int i, struct s s)",
         "i: r0[0:4]\ns: r2[0:4] r3[4:3]\nresult: nothing\n");
    lies(&conv_arm32,
         "union u { long long n : 13; } __attribute__((packed)); void f(int i, union u u)",
         "i: r0[0:4]\nu: r2[0:2]\nresult: nothing\n");
}
