/* SPDX-License-Identifier: Apache-2.0 */
/* VECTORS: bytes of the widest vector register there is. */
    .macro save_vectors
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
#if VECTORS == 64
    vmovdqu64 %zmm\n, state + 256 + 64 * \n(%rip)
#elif VECTORS == 32
    vmovdqu %ymm\n, state + 256 + 64 * \n(%rip)
#else
    movdqu %xmm\n, state + 256 + 64 * \n(%rip)
#endif
    .endr
    .endm

    .macro save_generals
    mov %rax, state + 0(%rip)
    mov %rcx, state + 8(%rip)
    mov %rdx, state + 16(%rip)
    mov %rsi, state + 48(%rip)
    mov %rdi, state + 56(%rip)
    mov %r8, state + 64(%rip)
    mov %r9, state + 72(%rip)
    .endm

    .text
    .globl _start, capture, invoke, system_call
_start:
    mov stack_top(%rip), %rsp
    call run

capture:
    save_generals
    save_vectors
    mov %rsp, state + 2304(%rip)
    mov %rsp, %rdi
    sub $8, %rsp
    call copy_window
    add $8, %rsp
    ret

invoke: # (get, memory)
    sub $8, %rsp
    mov %rdi, %rax
    mov %rsi, %rdi
    call *%rax
    save_generals
    save_vectors
    fnsave state + 2312(%rip)
    add $8, %rsp
    ret

system_call:
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    syscall
    ret
    .section .note.GNU-stack, "", @progbits
