# SPDX-License-Identifier: Apache-2.0
# Kept states must not cover what differs where it matters.
== a number made precise after the paths meet
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
r6 = r0
call 7
r7 = 1
if r0 > 9 goto l
r7 = 99
l: r8 = 0
r8 += 1
r8 += 1
r8 += 1
r8 += 1
r8 += 1
r8 += 1
call 7
if r0 > 9 goto m
r8 += 1
m: r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 23)
== the same by a copy
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
r6 = r0
call 7
r7 = 1
if r0 > 9 goto l
r7 = 99
l: r8 = r7
r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: r6 += r8
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 21)
== the same by way of the stack
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
r6 = r0
call 7
*(u64 *)(r10 -16) = 1
if r0 > 9 goto l
*(u64 *)(r10 -16) = 99
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: r7 = *(u64 *)(r10 -16)
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 21)
== the same by arithmetic
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
r6 = r0
call 7
r7 = 1
if r0 > 9 goto l
r7 = 99
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: r9 += r7
r6 += r9
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 101 to 101 of a value of map values, which has 16: check the offset first (insn 21)
== the same by a branch that it decides
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
r6 = r0
call 7
r7 = 1
if r0 > 9 goto l
r7 = 99
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: if r7 == 1 goto out
r0 = *(u8 *)(r6 +99)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 20)
== the same by a size
-- prog raw_tp
-- asm
r6 = r1
call 7
r7 = 8
if r0 > 9 goto l
r7 = 99
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: r1 = r10
r1 += -16
r2 = r7
call 16
r0 = 0
exit
-- reject
the access reaches bytes -16 to 82 from r10: the stack is the 512 bytes below it (insn 15)
== the same by an equal register
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
r6 = r0
r7 = *(u64 *)(r0 +0)
call 7
if r0 > 9 goto l
r7 &= 15
l: r8 = r7
r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: if r8 > 30 goto out
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 0 to 30 of a value of map values, which has 16: check the offset first (insn 22)
== the tie between equal registers is on one way only
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
r6 = r0
r7 = *(u64 *)(r0 +0)
r8 = *(u64 *)(r0 +8)
call 7
if r0 > 9 goto l
r8 = r7
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: if r8 > 15 goto out
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 21)
== the tie on the other way only
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
r6 = r0
r7 = *(u64 *)(r0 +0)
r8 = r7
call 7
if r0 > 9 goto l
r8 = *(u64 *)(r6 +8)
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: if r8 > 15 goto out
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 21)
== a bound in a register that is on one way larger
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
r6 = r0
r7 = *(u64 *)(r0 +0)
call 7
r8 = 15
if r0 > 9 goto l
r8 = 99
l: r9 = 0
call 7
if r0 > 9 goto m
r9 += 1
m: call 7
if r0 > 9 goto n
r9 += 1
n: if r7 > r8 goto out
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 0 to 99 of a value of map values, which has 16: check the offset first (insn 22)
== a packet compared on one way only
-- prog xdp
-- asm
r6 = r1
r7 = *(u32 *)(r6 +0)
r8 = *(u32 *)(r6 +4)
call 7
r9 = r7
r9 += 14
if r0 > 9 goto l
if r9 > r8 goto out
l: call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r0 = *(u8 *)(r7 +0)
exit
out: r0 = 1
exit
-- reject
r7 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 15)
== a pointer on one way, a number on the other
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
r6 = r0
call 7
r7 = r6
if r0 > 9 goto l
r7 = 5
l: call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r0 = *(u8 *)(r7 +0)
exit
out: r0 = 1
exit
-- reject
r7 is a number, not an address (insn 19)
== a number that does not matter merges
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
r6 = r0
r7 = 0
r8 = 0
r9 = 0
call 7
if r0 > 9 goto l0
r7 += 1
l0: call 7
if r0 > 9 goto m0
r8 += 1
m0: r9 += 1
call 7
if r0 > 9 goto l1
r7 += 1
l1: call 7
if r0 > 9 goto m1
r8 += 1
m1: r9 += 1
call 7
if r0 > 9 goto l2
r7 += 1
l2: call 7
if r0 > 9 goto m2
r8 += 1
m2: r9 += 1
call 7
if r0 > 9 goto l3
r7 += 1
l3: call 7
if r0 > 9 goto m3
r8 += 1
m3: r9 += 1
call 7
if r0 > 9 goto l4
r7 += 1
l4: call 7
if r0 > 9 goto m4
r8 += 1
m4: r9 += 1
call 7
if r0 > 9 goto l5
r7 += 1
l5: call 7
if r0 > 9 goto m5
r8 += 1
m5: r9 += 1
call 7
if r0 > 9 goto l6
r7 += 1
l6: call 7
if r0 > 9 goto m6
r8 += 1
m6: r9 += 1
call 7
if r0 > 9 goto l7
r7 += 1
l7: call 7
if r0 > 9 goto m7
r8 += 1
m7: r9 += 1
call 7
if r0 > 9 goto l8
r7 += 1
l8: call 7
if r0 > 9 goto m8
r8 += 1
m8: r9 += 1
call 7
if r0 > 9 goto l9
r7 += 1
l9: call 7
if r0 > 9 goto m9
r8 += 1
m9: r9 += 1
call 7
if r0 > 9 goto l10
r7 += 1
l10: call 7
if r0 > 9 goto m10
r8 += 1
m10: r9 += 1
call 7
if r0 > 9 goto l11
r7 += 1
l11: call 7
if r0 > 9 goto m11
r8 += 1
m11: r9 += 1
r0 = r7
r0 += r8
exit
out: r0 = 1
exit
-- accept
== a record reserved on one way only
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r6 = 0
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto l
r6 = r0
l: call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: if r6 == 0 goto out
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- accept
== stack bytes zero on one way only
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
r6 = r0
call 7
*(u8 *)(r10 -9) = 0
if r0 > 9 goto l
r1 = *(u8 *)(r6 +0)
*(u8 *)(r10 -9) = r1
l: call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r7 = *(u8 *)(r10 -9)
r6 += r7
r0 = *(u8 *)(r6 +15)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 15 to 270 of a value of map values, which has 16: check the offset first (insn 22)
== the state of a caller differs
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
r6 = r0
call 7
r7 = 1
if r0 > 9 goto l
r7 = 99
l: call f
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r0 = 0
exit
-- reject
r6 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 14)
== the state of a caller differs on the stack
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
r6 = r0
call 7
*(u64 *)(r10 -16) = 1
if r0 > 9 goto l
*(u64 *)(r10 -16) = 99
l: r1 = r10
r1 += -16
call f
r7 = *(u64 *)(r10 -16)
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r0 = 0
exit
-- reject
r6 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 17)
== what a function reads through an argument differs
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
r6 = r0
call 7
*(u64 *)(r10 -16) = 1
if r0 > 9 goto l
*(u64 *)(r10 -16) = 99
l: r1 = r10
r1 += -16
r2 = r6
call f
r0 = 0
exit
out: r0 = 1
exit
f: r6 = r1
r7 = r2
call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r1 = *(u64 *)(r6 +0)
r7 += r1
r0 = *(u8 *)(r7 +0)
exit
-- reject
r7 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 31)
== what a function called below reads through an argument differs
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
r6 = r0
call 7
*(u64 *)(r10 -16) = 1
if r0 > 9 goto l
*(u64 *)(r10 -16) = 99
l: r1 = r10
r1 += -24
r2 = r6
call f
r0 = 0
exit
out: r0 = 1
exit
f: r1 += 8
call g
exit
g: r6 = r1
r7 = r2
call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r1 = *(u64 *)(r6 +0)
r7 += r1
r0 = *(u8 *)(r7 +0)
exit
-- reject
r7 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 34)
== a stored stack address is followed
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
r6 = r0
call 7
*(u64 *)(r10 -16) = 1
if r0 > 9 goto l
*(u64 *)(r10 -16) = 99
l: r1 = r10
r1 += -16
*(u64 *)(r10 -24) = r1
r1 = r10
r1 += -24
r2 = r6
call f
r0 = 0
exit
out: r0 = 1
exit
f: r6 = r1
r7 = r2
call 7
r1 = 0
if r0 > 9 goto m
r1 += 1
m: call 7
if r0 > 9 goto n
r1 = 1
n: r1 = *(u64 *)(r6 +0)
r1 = *(u64 *)(r1 +0)
r7 += r1
r0 = *(u8 *)(r7 +0)
exit
-- reject
r7 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 35)
