# SPDX-License-Identifier: Apache-2.0
# Raw memory: r1 points to it, r2 is its length, known when the program is called.
== the length is compared
-- prog memory
-- asm
if r2 < 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== the length is not compared
-- prog memory
-- asm
r0 = *(u64 *)(r1 +0)
exit
-- reject
r1 reaches byte 7 of the context, of which 0 are known to be there: compare its length (r2) first (insn 0)
== off by one
-- prog memory
-- asm
if r2 < 8 goto out
r0 = *(u64 *)(r1 +1)
exit
out: r0 = 1
exit
-- reject
r1 reaches byte 8 of the context, of which 8 are known to be there: compare its length (r2) first (insn 1)
== the wrong way
-- prog memory
-- asm
if r2 > 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- reject
r1 reaches byte 7 of the context, of which 0 are known to be there: compare its length (r2) first (insn 1)
== an exact length
-- prog memory
-- asm
if r2 != 16 goto out
r0 = *(u64 *)(r1 +8)
exit
out: r0 = 1
exit
-- accept
== signed comparison
-- prog memory
-- asm
if r2 s< 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== 32-bit comparison
-- prog memory
-- asm
if w2 < 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== a copy of the length
-- prog memory
-- asm
r3 = r2
if r3 < 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== a spilled copy of the length
-- prog memory
-- asm
*(u64 *)(r10 -8) = r2
r3 = *(u64 *)(r10 -8)
if r3 < 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== a changed copy of the length
-- prog memory
-- asm
r3 = r2
r3 += 8
if r3 < 8 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- reject
r1 reaches byte 7 of the context, of which 0 are known to be there: compare its length (r2) first (insn 3)
== the end
-- prog memory
-- asm
r3 = r1
r3 += r2
r4 = r1
r4 += 8
if r4 > r3 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== the end, the length first
-- prog memory
-- asm
r2 += r1
r4 = r1
r4 += 8
if r4 > r2 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== the end plus one
-- prog memory
-- asm
r3 = r1
r3 += r2
r3 += 1
r0 = 0
exit
-- reject
r3, the context's end, cannot be moved (insn 2)
== a loop up to the end
-- prog memory
-- asm
r3 = r1
r3 += r2
r0 = 0
r5 = 0
l: r4 = r1
r4 += 1
if r4 > r3 goto out2
r6 = *(u8 *)(r1 +0)
r0 += r6
r1 = r4
r5 += 1
if r5 < 100 goto l
out2: exit
-- accept
== a variable place
-- prog memory
-- asm
if r2 < 256 goto out
r3 = *(u8 *)(r1 +0)
r1 += r3
r0 = *(u8 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== a variable place, too far
-- prog memory
-- asm
if r2 < 256 goto out
r3 = *(u8 *)(r1 +0)
r1 += r3
r0 = *(u8 *)(r1 +1)
exit
out: r0 = 1
exit
-- reject
r1 reaches byte 1 of the context, of which 256 are known to be there: compare its length (r2) first (insn 3)
== before the memory
-- prog memory
-- asm
if r2 < 256 goto out
r0 = *(u8 *)(r1 -1)
exit
out: r0 = 1
exit
-- reject
r1 may point 1 bytes before the first byte of the context (insn 1)
== written
-- prog memory
-- asm
if r2 < 1024 goto out
*(u8 *)(r1 +1023) = 5
r0 = 0
exit
out: r0 = 1
exit
-- accept
== a length compared with a register
-- prog memory
-- asm
r3 = 8
if r2 < r3 goto out
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- accept
== a length compared with a register that differs on two ways
-- prog memory
-- asm
r6 = r1
r7 = r2
call 7
r8 = 8
if r0 > 9 goto l
r8 = 1
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: if r7 < r8 goto out
r0 = *(u64 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches byte 7 of the context, of which 1 are known to be there: compare its length (r2) first (insn 14)
== packet helpers are not for it
-- prog memory
-- asm
r2 = 4
call 44
r0 = 0
exit
-- reject
bpf_xdp_adjust_head cannot be called by programs of type memory (insn 1)
