/* SPDX-License-Identifier: Apache-2.0 */
/* The structural checks alone: the trusted level. */
#include "bpf/text.h"
#include "rt/rt.h"
#include "runner/runner.h"
#include "verify/verify.h"

static struct error err;

/* 0, or the error's code, with its sentence in err. */
static int check(const char *text)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct env env = { .from = &allocator_libc };
    struct verify_options options = { .level = CHECK_TRUSTED };
    const struct checked *checked = NULL;
    struct insn_list list = { 0 };
    struct prog *prog;
    int code;

    error_clear(&err);
    code = insn_assemble(arena, text, &list, &err);
    CHECK_SAY(!code, "%s", err.text);
    prog = prog_from_insns(arena, "main", list.at, list.count);
    code = verify(arena, &env, prog, &options, &err, &checked);
    if (!code) {
        CHECK(checked->level == CHECK_TRUSTED);
        CHECK(checked->funcs[0].reached);
        CHECK_EQ(checked->funcs[0].depth, STACK_MAX);
    }
    arena_free(arena);
    return code;
}

TEST(well_formed_programs_are_taken)
{
    CHECK_EQ(check("r0 = 0\nexit\n"), 0);
    CHECK_EQ(check("r0 = 0\ngoto l\nm: exit\nl: goto m\n"), 0);
    CHECK_EQ(check("call f\nexit\nf: r0 = 1\nexit\n"), 0);
}

TEST(malformed_programs_are_refused)
{
    CHECK_EQ(check("r0 = 0\n"), ANYBPF_E_REJECTED);
    CHECK_TEXT(err.text, "control runs off the end of function main: end it with exit (insn 0)");
    CHECK_EQ(check("r10 = 0\nexit\n"), ANYBPF_E_REJECTED);
    CHECK_TEXT(err.text, "r10 (the frame pointer) is read-only (insn 0)");
    CHECK_EQ(check("if r1 == 0 goto +7\nexit\n"), ANYBPF_E_REJECTED);
    CHECK_TEXT(err.text, "the jump to slot 8 leaves the function main (insn 0)");
    CHECK_EQ(check("goto +1\nr0 = 1 ll\nexit\n"), ANYBPF_E_REJECTED);
    CHECK_EQ(check("r0 = *(u8 *)skb[3]\nexit\n"), ANYBPF_E_UNSUPPORTED);
    CHECK_EQ(check("call f\nexit\nf: call f\nexit\n"), ANYBPF_E_REJECTED);
    CHECK_EQ(check("call 77777\nexit\n"), ANYBPF_E_UNSUPPORTED);
}
