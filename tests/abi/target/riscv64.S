/* SPDX-License-Identifier: Apache-2.0 */
    .macro save
    la t0, state
    .irp n, 10, 11, 12, 13, 14, 15, 16, 17
    sd x\n, 8 * \n(t0)
#ifdef __riscv_float_abi_double
    fsd f\n, 256 + 8 * \n(t0)
#endif
    .endr
    li t1, 2304
    add t0, t0, t1
    sd sp, 0(t0)
    .endm

    .text
    .globl _start, capture, invoke, system_call
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    ld sp, stack_top
    call run

capture:
    save
    mv a0, sp
    addi sp, sp, -16
    sd ra, 0(sp)
    call copy_window
    ld ra, 0(sp)
    addi sp, sp, 16
    ret

invoke: # (get, memory)
    addi sp, sp, -16
    sd ra, 0(sp)
    mv t0, a0
    mv a0, a1
    jalr t0
    save
    ld ra, 0(sp)
    addi sp, sp, 16
    ret

system_call:
    mv a7, a0
    mv a0, a1
    mv a1, a2
    mv a2, a3
    ecall
    ret
    .section .note.GNU-stack, "", %progbits
