/* SPDX-License-Identifier: Apache-2.0 */
/* What host.c cannot say in C: the functions that hooks call in the middle of anything (rt.h). */

.macro function name
	.type	\name, @function
	.hidden	\name
	.globl	\name
\name:
	.cfi_startproc
	endbr64
.endm

.macro end name
	.cfi_endproc
	.size	\name, . - \name
.endm

#define TO_7    0, 1, 2, 3, 4, 5, 6, 7
#define TO_15   TO_7, 8, 9, 10, 11, 12, 13, 14, 15
#define FROM_16 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

/* host_vector_bytes says which vectors there are: the bytes of 16 with 256 bits, or less, or more. */
#define AVX_BYTES 16 * 32
/* Of AVX-512, where the mask registers are saved: behind 32 vectors of 512 bits. */
#define MASKS     32 * 64

	.text

/* Instructions that know of 128 bits only are slow while the upper ones are in use, until
 * vzeroupper ends that: so what follows begins without. */
function host_save_vectors
	cmpl	$AVX_BYTES, host_vector_bytes(%rip)
	ja	2f
	je	1f
	.irp n, TO_15
	movups	%xmm\n, 16*\n(%r11)
	.endr
	ret

1:	.irp n, TO_15
	vmovups	%ymm\n, 32*\n(%r11)
	.endr
	vzeroupper
	ret

2:	.irp n, TO_15, FROM_16
	vmovups	%zmm\n, 64*\n(%r11)
	.endr
	.irp n, TO_7
	kmovq	%k\n, MASKS+8*\n(%r11)
	.endr
	vzeroupper
	ret
end host_save_vectors

/* If the upper bits were zero they are so for the processor, too, not only in value. */
function host_load_vectors
	cmpl	$AVX_BYTES, host_vector_bytes(%rip)
	ja	2f
	je	1f
	.irp n, TO_15
	movups	16*\n(%r11), %xmm\n
	.endr
	ret

1:	vmovups	(%r11), %ymm0
	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vorps	32*\n(%r11), %ymm0, %ymm0
	.endr
	vextractf128 $1, %ymm0, %xmm0
	vptest	%xmm0, %xmm0
	jz	3f
	.irp n, TO_15
	vmovups	32*\n(%r11), %ymm\n
	.endr
	ret
3:	vzeroupper
	.irp n, TO_15
	vmovups	32*\n(%r11), %xmm\n
	.endr
	ret

2:	.irp n, FROM_16
	vmovups	64*\n(%r11), %zmm\n
	.endr
	.irp n, TO_7
	kmovq	MASKS+8*\n(%r11), %k\n
	.endr
	vmovups	32(%r11), %ymm0
	vmovups	16(%r11), %xmm1
	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vorps	64*\n+32(%r11), %ymm0, %ymm0
	vorps	64*\n+16(%r11), %xmm1, %xmm1
	.endr
	vorps	%ymm1, %ymm0, %ymm0
	vptest	%ymm0, %ymm0
	jz	3f
	.irp n, TO_15
	vmovups	64*\n(%r11), %zmm\n
	.endr
	ret
3:	vzeroupper
	.irp n, TO_15
	vmovups	64*\n(%r11), %xmm\n
	.endr
	ret
end host_load_vectors

/* Saves what C code may destroy: rax to r11, and the vectors (not AMX, which it does not use). */
function host_lease
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	host_vector_bytes(%rip), %eax
	sub	%rax, %rsp
	and	$-64, %rsp
	mov	%rsp, %r11
	call	host_save_vectors
	cld
	call	host_lease_quietly
	mov	%rsp, %r11
	call	host_load_vectors
	lea	-72(%rbp), %rsp
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
end host_lease

	.section .note.GNU-stack, "", @progbits
