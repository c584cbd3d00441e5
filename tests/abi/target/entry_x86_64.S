/* SPDX-License-Identifier: Apache-2.0 */
/* f<id>: a function with a sled that tells what it is entered with (struct entered of hooks.c) and
 * goes on as body<id>; chained<id>: enters what pointer<id> leads to, at first that, with a static
 * chain. */
.macro entry id
    .globl f\id, chained\id, pointer\id
    .hidden chained\id
    .type f\id, @function
f\id:
    .cfi_startproc
.Lsled\id:
    .skip 5, 0x90
    mov %r10, entered(%rip)
    stmxcsr entered+8(%rip)
    fnstcw entered+12(%rip)
    pushfq
    popq entered+16(%rip)
    jmp body\id
    .cfi_endproc
    .size f\id, .-f\id
chained\id:
    movabs $CHAIN, %r10
    jmp *.Lpointer\id(%rip)
    .pushsection .data
    .balign 8
pointer\id:
.Lpointer\id:
    .quad .Lsled\id
    .popsection
    .pushsection __patchable_function_entries, "awo", @progbits, f\id
    .balign 8
    .quad .Lsled\id
    .popsection
.endm
    .section .note.GNU-stack, "", @progbits
    .text
