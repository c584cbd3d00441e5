/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/attach_code.h"
#include "base/arena.h"
#include "bpf/text.h"
#include "runner/runner.h"
#include "rt/rt.h"
#include <ucontext.h>

uint64_t hook_a_hits, hook_b_hits;
const void *hook_a_on, *hook_b_on;

__asm__(".text\n" HOOK(hook_a) HOOK(hook_b));

#if defined(__x86_64__)
/* clang-format off */
__asm__(".text\n"
        SHAPE(shape_blocked, "push %rbp\nmov %rsp, %rbp\npush %r12\nsub $8, %rsp\n"
                             "lea 1(%rdi), %rax\nadd $8, %rsp\npop %r12\npop %rbp\nret")
        SHAPE(shape_frame, "push %rbp\nmov %rsp, %rbp\npush %rbx\nsub $8, %rsp\n"
                           "lea 1(%rdi), %rax\nadd $8, %rsp\npop %rbx\npop %rbp\nret")
        SHAPE(shape_relative, "mov shape_one(%rip), %rax\nadd %rdi, %rax\nret\n"
                              ".p2align 3\nshape_one: .quad 1")
        SHAPE(shape_branch, "test %rdi, %rdi\nje 1f\nlea 1(%rdi), %rax\nret\n1: mov $1, %eax\nret")
        SHAPE(shape_padded, "lea 1(%rdi), %rax\nret")
        SHAPE(shape_pad_sled, "endbr64\nlea (%rdi), %rax\ninc %rax\nret")
        ".p2align 12\n.skip 4096 - 3, 0xcc\n"
        SHAPE_HERE(shape_straddle, "lea 1(%rdi), %rax\nxchg %ax, %ax\nret")
        SHAPE(shape_short, "mov %edi, %eax\nret\nnop")
        SHAPE(shape_inside, "mov %rdi, %rax\n1: inc %rax\ncmp %rdi, %rax\nje 1b\nret")
        SHAPE(shape_loop, "lea 1(%rdi), %rax\ncmp %rdi, %rax\nje shape_loop\nret")
        SHAPE(shape_calls, "push %rbx\ncall shape_short\npop %rbx\nret")
        SHAPE(shape_unknown, ".byte 0x0f, 0x0a\nlea 1(%rdi), %rax\nret"));
__asm__(".text\n"
        SHAPE(shape_void, "lock incq (%rdi)\nnop\nret")
        ".globl call_void\n.type call_void,@function\ncall_void:\nsub $8, %rsp\nmov %rdi, %r11\n"
        "mov %rsi, %rdi\nmov $123, %eax\ncall *%r11\nadd $8, %rsp\nret\n"
        ".size call_void, .-call_void\n");
__asm__(".globl call_guarded\n.type call_guarded,@function\ncall_guarded:\n"
        "push %rbx\npush %rbp\nmov %rdx, %rbp\nmov %rdi, %rbx\nmov %rsi, %rdi\nsub $8, %rsp\n"
        "mov $101, %ecx\nmov $102, %edx\nmov $103, %esi\nmov $104, %r8d\nmov $105, %r9d\n"
        "mov $106, %r10d\nmov $107, %r11d\n"
        "movq %rcx, %xmm0\nmovq %rdx, %xmm15\n"
        "call *%rbx\n"
        "sub $101, %rcx\nsub $102, %rdx\nsub $103, %rsi\nsub $104, %r8\nsub $105, %r9\n"
        "sub $106, %r10\nsub $107, %r11\n"
        "or %rdx, %rcx\nor %rsi, %rcx\nor %r8, %rcx\nor %r9, %rcx\nor %r10, %rcx\nor %r11, %rcx\n"
        "movq %xmm0, %rdx\nsub $101, %rdx\nor %rdx, %rcx\n"
        "movq %xmm15, %rdx\nsub $102, %rdx\nor %rdx, %rcx\n"
        "mov %rcx, (%rbp)\nadd $8, %rsp\npop %rbp\npop %rbx\nret\n"
        ".size call_guarded, .-call_guarded\n");
/* clang-format on */
#else
/* clang-format off */
__asm__(".text\n"
        SHAPE(shape_frame, "stp x29, x30, [sp, #-16]!\nmov x29, sp\nadd x0, x0, #1\n"
                           "ldp x29, x30, [sp], #16\nret")
        SHAPE(shape_relative, "ldr x9, shape_one\nadd x0, x0, x9\nret\n"
                              ".p2align 3\nshape_one: .quad 1")
        SHAPE(shape_branch, "cbz x0, 1f\nadd x0, x0, #1\nret\n1: mov x0, #1\nret")
        SHAPE(shape_padded, "b 1f\nnop\n1: add x0, x0, #1\nret")
        SHAPE(shape_pad_sled, "bti c\nadr x9, shape_two\nldr x9, [x9]\nadd x0, x0, x9\nret\n"
                              ".p2align 3\nshape_two: .quad 1")
        ".p2align 12\n.skip 4096 - 4\n"
        SHAPE_HERE(shape_straddle, "add x0, x0, #1\nnop\nret")
        SHAPE(shape_loop, "add x0, x0, #1\ncbz xzr, 1f\nb shape_loop\n1: ret")
        SHAPE(shape_calls, "bl shape_frame\nret"));
__asm__(".text\n"
        SHAPE(shape_void, "ldr x1, [x0]\nadd x1, x1, #1\nstr x1, [x0]\nret")
        ".globl call_void\n.type call_void,%function\ncall_void:\nstp x29, x30, [sp, #-16]!\n"
        "mov x16, x0\nmov x0, x1\nmov x9, #123\nblr x16\nmov x0, x9\n"
        "ldp x29, x30, [sp], #16\nret\n.size call_void, .-call_void\n");
__asm__(".globl call_guarded\n.type call_guarded,%function\ncall_guarded:\n"
        "stp x29, x30, [sp, #-48]!\nstp x19, x20, [sp, #16]\nstr d8, [sp, #32]\n"
        "mov x19, x2\nmov x20, x0\nmov x0, x1\n"
        "mov x1, #101\nmov x2, #102\nmov x3, #103\nmov x4, #104\nmov x8, #105\nmov x15, #106\n"
        "fmov d0, x1\nfmov d31, x2\n"
        "blr x20\n"
        "sub x1, x1, #101\nsub x2, x2, #102\nsub x3, x3, #103\nsub x4, x4, #104\nsub x8, x8, #105\n"
        "sub x15, x15, #106\n"
        "orr x1, x1, x2\norr x1, x1, x3\norr x1, x1, x4\norr x1, x1, x8\norr x1, x1, x15\n"
        "fmov x2, d0\nsub x2, x2, #101\norr x1, x1, x2\n"
        "fmov x2, d31\nsub x2, x2, #102\norr x1, x1, x2\n"
        "str x1, [x19]\nldr d8, [sp, #32]\nldp x19, x20, [sp, #16]\nldp x29, x30, [sp], #48\nret\n"
        ".size call_guarded, .-call_guarded\n");
/* clang-format on */
#endif

/* ---- Vector registers in full ---- */

#define EACH(range, line) ".irp n, " range "\n" line "\n.endr\n"
#define TO_7              "0, 1, 2, 3, 4, 5, 6, 7"
#define TO_15             TO_7 ", 8, 9, 10, 11, 12, 13, 14, 15"
#define TO_31             TO_15 ", 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31"

typedef uint64_t wide_fn(shape_fn *function, uint64_t x, const void *in, void *out);

#if defined(__x86_64__)
#define WIDE(name, load, store, destroy)                                                           \
    wide_fn call_##name;                                                                           \
    void destroy_##name(void);                                                                     \
    __asm__(".text\n.type call_" #name ",@function\ncall_" #name ":\n"                             \
            "push %rbx\nmov %rcx, %rbx\nmov %rdi, %rax\nmov %rsi, %rdi\n" load                     \
            "call *%rax\n" store "pop %rbx\nret\n.size call_" #name ", .-call_" #name "\n"         \
            ".type destroy_" #name ",@function\ndestroy_" #name ":\n" destroy                      \
            "ret\n.size destroy_" #name ", .-destroy_" #name "\n");
WIDE(sse, EACH(TO_15, "movups 16*\\n(%rdx), %xmm\\n"), EACH(TO_15, "movups %xmm\\n, 16*\\n(%rbx)"),
     EACH(TO_15, "pcmpeqd %xmm\\n, %xmm\\n"))
WIDE(avx, EACH(TO_15, "vmovups 32*\\n(%rdx), %ymm\\n"),
     EACH(TO_15, "vmovups %ymm\\n, 32*\\n(%rbx)") "vzeroupper\n",
     EACH(TO_15, "vcmptrueps %ymm\\n, %ymm\\n, %ymm\\n"))
WIDE(avx512,
     EACH(TO_31, "vmovups 64*\\n(%rdx), %zmm\\n") EACH(TO_7, "kmovq 2048+8*\\n(%rdx), %k\\n"),
     EACH(TO_31, "vmovups %zmm\\n, 64*\\n(%rbx)")
         EACH(TO_7, "kmovq %k\\n, 2048+8*\\n(%rbx)") "vzeroupper\n",
     EACH(TO_31, "vpternlogd $255, %zmm\\n, %zmm\\n, %zmm\\n")
         EACH(TO_7, "kxnorq %k\\n, %k\\n, %k\\n"))

static unsigned level(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bw") ? 2 : __builtin_cpu_supports("avx") ? 1 : 0;
}

unsigned wide_bytes(void)
{
    static const unsigned bytes[] = { 16 * 16, 16 * 32, 32 * 64 + 8 * 8 };
    return bytes[level()];
}

uint64_t call_wide(shape_fn *function, uint64_t x, const void *in, void *out)
{
    static wide_fn *const calls[] = { call_sse, call_avx, call_avx512 };
    return calls[level()](function, x, in, out);
}

void wide_destroy(void)
{
    static void (*const all[])(void) = { destroy_sse, destroy_avx, destroy_avx512 };
    all[level()]();
}
#else
#include <sys/auxv.h>
#define WIDE(name, load, store, destroy)                                                           \
    wide_fn call_##name;                                                                           \
    void destroy_##name(void);                                                                     \
    __asm__(".text\n.arch_extension sve\n.type call_" #name ",%function\ncall_" #name ":\n"        \
            "stp x29, x30, [sp, #-96]!\nstr x19, [sp, #16]\nstp d8, d9, [sp, #32]\n"               \
            "stp d10, d11, [sp, #48]\nstp d12, d13, [sp, #64]\nstp d14, d15, [sp, #80]\n"          \
            "mov x19, x3\nmov x16, x0\nmov x0, x1\n" load "blr x16\n" store                        \
            "ldr x19, [sp, #16]\nldp d8, d9, [sp, #32]\n"                                          \
            "ldp d10, d11, [sp, #48]\nldp d12, d13, [sp, #64]\nldp d14, d15, [sp, #80]\n"          \
            "ldp x29, x30, [sp], #96\nret\n.size call_" #name ", .-call_" #name "\n"               \
            ".type destroy_" #name ",%function\ndestroy_" #name ":\n" destroy                      \
            "ret\n.size destroy_" #name ", .-destroy_" #name "\n");
#define NOT_SAVED TO_7 ", 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31"
WIDE(simd, EACH(TO_31, "ldr q\\n, [x2, #16 * \\n]"), EACH(TO_31, "str q\\n, [x19, #16 * \\n]"),
     EACH(NOT_SAVED, "movi v\\n\\().16b, #255"))
/* The callee preserves the lower halves of v8 to v15. */
WIDE(sve,
     EACH(TO_31, "ldr z\\n, [x2, #\\n, mul vl]") "addvl x17, x2, #31\naddvl x17, x17, #1\n" EACH(
         TO_15, "ldr p\\n, [x17, #\\n, mul vl]"),
     EACH(TO_31, "str z\\n, [x19, #\\n, mul vl]") "addvl x17, x19, #31\naddvl x17, x17, #1\n" EACH(
         TO_15, "str p\\n, [x17, #\\n, mul vl]"),
     EACH(NOT_SAVED, "mov z\\n\\().b, #-1")
         EACH("8, 9, 10, 11, 12, 13, 14, 15", "mov v\\n\\().16b, v\\n\\().16b")
             EACH(TO_15, "ptrue p\\n\\().b"))

static bool has_sve(void)
{
    return getauxval(AT_HWCAP) & HWCAP_SVE;
}

unsigned wide_bytes(void)
{
    uint64_t length = 16;
    if (!has_sve())
        return 32 * 16;
    __asm__(".arch_extension sve\nrdvl %0, #1" : "=r"(length));
    return (unsigned)(32 * length + 16 * length / 8);
}

uint64_t call_wide(shape_fn *function, uint64_t x, const void *in, void *out)
{
    return has_sve() ? call_sve(function, x, in, out) : call_simd(function, x, in, out);
}

void wide_destroy(void)
{
    if (has_sve())
        destroy_sve();
    else
        destroy_simd();
}
#endif

/* ---- Programs from text ---- */

struct assembly {
    struct arena *arena;
    const char *text;
    struct insn_list list;
    uint8_t *bytes;
    struct error err;
};

static int assemble(void *arg)
{
    struct assembly *a = arg;
    int code = insn_assemble(a->arena, a->text, &a->list, &a->err);
    if (code)
        return code;
    a->bytes = arena_alloc(a->arena, 8 * (size_t)a->list.count);
    for (uint32_t i = 0; i < a->list.count; i++)
        insn_encode(a->list.at[i], a->bytes + 8 * (size_t)i, HOST_IS_BIG);
    return 0;
}

struct anybpf_object *object_from_text(struct anybpf_env *env, const char *section,
                                       const char *text)
{
    struct assembly a = { .arena = arena_new(&allocator_libc, 0), .text = text };
    struct anybpf_object *obj = NULL;

    CHECK_SAY(!arena_try(a.arena, &a.err, assemble, &a), "%s", a.err.text);
    if (!a.err.code)
        obj = anybpf_open_insns(env, a.bytes, a.list.count, section);
    arena_free(a.arena);
    return obj;
}

struct anybpf_prog *prog_from_text(struct anybpf_env *env, const char *section, const char *text)
{
    struct anybpf_object *obj = object_from_text(env, section, text);
    struct anybpf_prog *prog = obj ? anybpf_find(obj, NULL) : NULL;
    CHECK_SAY(prog, "%s", anybpf_error(env));
    return prog;
}

#ifdef UNDER_QEMU
/* qemu-user takes its note of the old page away before it makes one of the new page, without
 * stopping other threads: those that come to the page meanwhile get a fault that no processor has.
 * The instruction is there when it is tried again; where it is not, the fault comes for ever. */
static void try_again(int number, siginfo_t *info, void *context)
{
    static unsigned tries;
    const ucontext_t *at = context;
    if (info->si_addr != (void *)at->uc_mcontext.pc ||
        __atomic_add_fetch(&tries, 1, __ATOMIC_RELAXED) > 1000000)
        signal(number, SIG_DFL);
}

void expect_faults(struct sigaction *before)
{
    struct sigaction action = { .sa_sigaction = try_again, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, before);
}
#else
void expect_faults(struct sigaction *before)
{
    sigaction(SIGSEGV, NULL, before);
}
#endif
