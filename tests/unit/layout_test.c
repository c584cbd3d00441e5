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
}

TEST(layouts_on_arm64)
{
    lies(&conv_arm64,
         "struct h { float x[3]; }; struct l { long a, b, c; };"
         "struct l f(int a, __int128 b, struct h h, struct l l)",
         "a: x0[0:4]\nb: x2[0:8] x3[8:8]\nh: v0[0:4] v1[4:4] v2[8:4]\nl: at x4[0:8]\n"
         "result: at x8[0:8]\n");
}
