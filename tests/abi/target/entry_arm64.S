/* SPDX-License-Identifier: Apache-2.0 */
/* See entry_x86_64.S. */
.macro entry id
    .globl f\id, chained\id, pointer\id
    .hidden chained\id
    .type f\id, %function
f\id:
    .cfi_startproc
.Lsled\id:
    nop
    nop
    adrp x16, entered
    add x16, x16, :lo12:entered
    mrs x17, fpcr
    stp x18, x17, [x16]
    b body\id
    .cfi_endproc
    .size f\id, .-f\id
chained\id:
    ldr x18, =CHAIN
    adrp x16, .Lpointer\id
    ldr x16, [x16, :lo12:.Lpointer\id]
    br x16
    .ltorg
    .pushsection .data
    .balign 8
pointer\id:
.Lpointer\id:
    .quad .Lsled\id
    .popsection
    .pushsection __patchable_function_entries, "awo", %progbits, f\id
    .balign 8
    .quad .Lsled\id
    .popsection
.endm
    .section .note.GNU-stack, "", %progbits
    .text
