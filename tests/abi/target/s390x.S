/* SPDX-License-Identifier: Apache-2.0 */
    .macro save
    larl %r1, state
    stmg %r2, %r6, 16(%r1)
    .irp n, 0, 2, 4, 6, 24, 25, 26, 27, 28, 29, 30, 31
    vst %v\n, 256 + 16 * \n(%r1)
    .endr
    stg %r15, 2304(%r1)
    .endm

    .text
    .globl _start, capture, invoke, system_call
_start:
    larl %r1, stack_top
    lg %r15, 0(%r1)
    brasl %r14, run

capture:
    save
    lgr %r2, %r15
    stg %r14, 112(%r15)
    aghi %r15, -160
    brasl %r14, copy_window
    aghi %r15, 160
    lg %r14, 112(%r15)
    br %r14

invoke: # (get, memory)
    stg %r14, 112(%r15)
    aghi %r15, -160
    lgr %r1, %r2
    lgr %r2, %r3
    basr %r14, %r1
    aghi %r15, 160
    save
    lg %r14, 112(%r15)
    br %r14

system_call:
    stmg %r6, %r7, 48(%r15)
    lgr %r1, %r2
    lgr %r2, %r3
    lgr %r3, %r4
    lgr %r4, %r5
    svc 0
    lmg %r6, %r7, 48(%r15)
    br %r14
    .section .note.GNU-stack, "", @progbits
