# SPDX-License-Identifier: Apache-2.0
# Ids of pointers that may be NULL, merged and confused.
== one of two pointers, then compared
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r6 = r0
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r7 = r0
r8 = r6
r1 = *(u32 *)(r10 -4)
if r1 == 0 goto l
r8 = r7
l: if r8 == 0 goto out
r0 = *(u64 *)(r8 +0)
exit
out: r0 = 1
exit
-- accept
== one of two pointers, the wrong one used
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r6 = r0
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r7 = r0
r8 = r6
call 7
if r0 == 0 goto l
r8 = r7
l: if r8 == 0 goto out
r0 = *(u64 *)(r7 +0)
exit
out: r0 = 1
exit
-- reject
r7 may be NULL: compare it with 0 first (insn 19)
== a pointer that was NULL and is looked up again
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 != 0 goto l
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
l: r0 = *(u64 *)(r0 +0)
exit
-- reject
r0 may be NULL: compare it with 0 first (insn 13)
== a stack pointer is never NULL
-- prog xdp
-- asm
r1 = r10
if r1 == 0 goto l
r0 = 0
exit
l: r0 = *(u64 *)(r1 +99)
exit
-- accept kernel: it does not see that
== a context may be NULL, if it has no bytes
-- prog memory
-- asm
if r1 == 0 goto l
r0 = 0
exit
l: r0 = *(u64 *)(r1 +99)
exit
-- reject
r1 reaches byte 106 of the context, of which 0 are known to be there: compare its length (r2) first (insn 3)
== a compared pointer is not NULL again
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
if r0 == 0 goto l
r0 = 0
exit
l: r0 = *(u64 *)(r10 +99)
exit
out: r0 = 1
exit
-- accept
== a moved pointer might be zero
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
r0 += 8
if r0 == 0 goto l
r0 = 0
exit
l: r0 = *(u64 *)(r10 +99)
exit
out: r0 = 1
exit
-- reject kernel: it trusts that no map lies at the end of the address space
the access reaches bytes 99 to 106 from r10: the stack is the 512 bytes below it (insn 11)
