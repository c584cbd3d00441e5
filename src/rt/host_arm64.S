/* SPDX-License-Identifier: Apache-2.0 */
/* What host.c cannot say in C: the functions that hooks call in the middle of anything (rt.h). */

.macro function name
	.type	\name, %function
	.hidden	\name
	.globl	\name
\name:
	.cfi_startproc
	hint	#34		/* bti c */
.endm

.macro end name
	.cfi_endproc
	.size	\name, . - \name
.endm

.macro load_u32 to, name
	adrp	x\to, \name
	ldr	w\to, [x\to, #:lo12:\name]
.endm

#define TO_15 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#define TO_31 TO_15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

/* To 1 without SVE, or where the thread's vectors are longer than the process had them when it
 * began; else x16 is behind the vectors, where the predicates are. */
.macro if_sve
	load_u32 16, host_sve_bytes
	cbz	w16, 1f
	str	x0, [sp, #-16]!
	rdvl	x0, #1
	cmp	x0, x16
	ldr	x0, [sp], #16
	b.hi	1f
	addvl	x16, x17, #31
	addvl	x16, x16, #1
.endm

	.arch_extension sve
	.text

function host_save_vectors
	if_sve
	.irp n, TO_31
	str	z\n, [x17, #\n, mul vl]
	.endr
	.irp n, TO_15
	str	p\n, [x16, #\n, mul vl]
	.endr
	rdffr	p0.b
	str	p0, [x16, #16, mul vl]
	ret

1:	.irp n, TO_31
	str	q\n, [x17, #16 * \n]
	.endr
	ret
end host_save_vectors

function host_load_vectors
	if_sve
	ldr	p0, [x16, #16, mul vl]
	wrffr	p0.b
	.irp n, TO_15
	ldr	p\n, [x16, #\n, mul vl]
	.endr
	.irp n, TO_31
	ldr	z\n, [x17, #\n, mul vl]
	.endr
	ret

1:	.irp n, TO_31
	ldr	q\n, [x17, #16 * \n]
	.endr
	ret
end host_load_vectors

/* Saves what C code may destroy: x0 to x18 and the vectors. x30 is the caller's matter. */
function host_lease
	stp	x29, x30, [sp, #-176]!
	.cfi_def_cfa_offset 176
	.cfi_offset x29, -176
	.cfi_offset x30, -168
	mov	x29, sp
	.cfi_def_cfa_register x29
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	x16, x17, [sp, #144]
	str	x18, [sp, #160]
	load_u32 17, host_vector_bytes
	sub	sp, sp, x17
	mov	x17, sp
	bl	host_save_vectors
	bl	host_lease_quietly
	mov	x17, sp
	bl	host_load_vectors
	mov	sp, x29
	ldr	x18, [sp, #160]
	ldp	x16, x17, [sp, #144]
	ldp	x14, x15, [sp, #128]
	ldp	x12, x13, [sp, #112]
	ldp	x10, x11, [sp, #96]
	ldp	x8, x9, [sp, #80]
	ldp	x6, x7, [sp, #64]
	ldp	x4, x5, [sp, #48]
	ldp	x2, x3, [sp, #32]
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #176
	.cfi_def_cfa sp, 0
	ret
end host_lease

	.section .note.GNU-stack, "", %progbits
