/* SPDX-License-Identifier: Apache-2.0 */
    .syntax unified
    .arm
    .macro save
    ldr ip, =state
    str r0, [ip]
    str r1, [ip, #8]
    str r2, [ip, #16]
    str r3, [ip, #24]
#ifdef __ARM_PCS_VFP
    add r0, ip, #256
    vstmia r0, {d0-d7}
#endif
    add ip, ip, #2304
    str sp, [ip]
    .endm

    .text
    .globl _start, capture, invoke, system_call
    .type _start, %function
    .type capture, %function
    .type invoke, %function
    .type system_call, %function
_start:
    ldr r0, =stack_top
    ldr sp, [r0]
    bl run

capture:
    save
    mov r0, sp
    push {r4, lr}
    bl copy_window
    pop {r4, lr}
    bx lr

invoke: @ (get, memory)
    push {r4, lr}
    mov ip, r0
    mov r0, r1
    blx ip
    save
    pop {r4, lr}
    bx lr

system_call:
    push {r7, lr}
    mov r7, r0
    mov r0, r1
    mov r1, r2
    mov r2, r3
    svc 0
    pop {r7, lr}
    bx lr
    .section .note.GNU-stack, "", %progbits
