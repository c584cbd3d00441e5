/* SPDX-License-Identifier: Apache-2.0 */
    .macro save
    stp x16, x17, [sp, -32]!
    str x30, [sp, 16]
    adrp x16, state
    add x16, x16, :lo12:state
    .irp n, 0, 2, 4, 6, 8
    str x\n, [x16, 8 * \n]
    .endr
    .irp n, 1, 3, 5, 7
    str x\n, [x16, 8 * \n]
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    str q\n, [x16, 256 + 16 * \n]
    .endr
    add x17, sp, 32
    str x17, [x16, 2304]
    mov x0, x17
    .endm

    .text
    .globl _start, capture, invoke, system_call
    .type capture, %function
_start:
    ldr x0, =stack_top
    ldr x0, [x0]
    mov sp, x0
    bl run

capture:
    save
    bl copy_window
    ldr x30, [sp, 16]
    add sp, sp, 32
    ret

invoke: // (get, memory)
    stp x29, x30, [sp, -16]!
    mov x16, x0
    mov x8, x1
    blr x16
    save
    add sp, sp, 32
    ldp x29, x30, [sp], 16
    ret

system_call:
    mov x8, x0
    mov x0, x1
    mov x1, x2
    mov x2, x3
    svc 0
    ret
    .section .note.GNU-stack, "", %progbits
