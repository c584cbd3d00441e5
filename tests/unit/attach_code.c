/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/attach_code.h"

uint64_t hook_a_hits, hook_b_hits;
const void *hook_a_on, *hook_b_on;

__asm__(".text\n" HOOK(hook_a) HOOK(hook_b));

#if defined(__x86_64__)
/* clang-format off */
__asm__(".text\n"
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
