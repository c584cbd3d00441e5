# SPDX-License-Identifier: Apache-2.0
# Jumps without condition, loops, calls of functions, may_goto.
== goto forward and back
-- asm
r0 = 0
goto first
third: r0 += 4
exit
first: r0 += 1
gotol second
exit
second: r0 += 2
goto third
-- result
7
== a counted loop
-- asm
r0 = 0
r1 = 10
again: r0 += r1
r1 -= 1
if r1 != 0 goto again
exit
-- result
55
== a loop within a loop
-- asm
r0 = 0
r1 = 0
outer: r2 = 0
inner: r0 += 1
r2 += 1
if r2 < r1 goto inner
r1 += 1
if r1 < 10 goto outer
exit
-- result
46
== a loop with two entries
-- asm
r0 = 0
r3 = 5
if r1 == 0 goto b
a: r0 += 1
r3 -= 1
if r3 == 0 goto out
b: r0 += 16
goto a
out: exit
-- calls
0 0 = 85
1 0 = 69
== a jump to itself's end, unreachable code
-- asm
if r1 == 0 goto +0
r0 = 3
exit
r0 = 4
exit
-- calls
0 0 = 3
1 0 = 3
== a 64-bit immediate
-- asm
r0 = 0xfedcba9876543210 ll
exit
-- result
0xfedcba9876543210
== arguments, results, registers kept
-- asm
r6 = 6
r7 = 7
r8 = 8
r9 = 9
r1 = 1
r2 = 2
r3 = 3
r4 = 4
r5 = 5
call weigh
r0 <<= 4
r0 += r6
r0 += r7
r0 += r8
r0 += r9
exit
weigh:
r0 = r1
r0 *= 10
r0 += r2
r0 *= 10
r0 += r3
r0 *= 10
r0 += r4
r0 *= 10
r0 += r5
r6 = 0
r7 = r6
r8 = r6
r9 = r6
exit
-- result
197550
== each function has a frame of its own
-- asm
r1 = 1
*(u64 *)(r10 - 8) = r1
r2 = r10
r2 += -8
r1 = r2
call change
r0 = *(u64 *)(r10 - 8)
exit
change:
r2 = 100
*(u64 *)(r10 - 8) = r2
call deeper
r3 = *(u64 *)(r10 - 8)
r4 = *(u64 *)(r1 + 0)
r4 += r3
*(u64 *)(r1 + 0) = r4
r0 = 0
exit
deeper:
r0 = -1
*(u64 *)(r10 - 8) = r0
*(u64 *)(r10 - 512) = r0
exit
-- result
101
== a pointer to the caller's stack is written through twice
-- asm
r0 = 0
*(u64 *)(r10 - 16) = r0
r1 = r10
r1 += -16
call add_one
r1 = r10
r1 += -16
call add_one
r0 = *(u64 *)(r10 - 16)
exit
add_one:
r2 = *(u64 *)(r1 + 0)
r2 += 1
*(u64 *)(r1 + 0) = r2
r0 = 0
exit
-- result
2
== calls through tokens
-- asm
r6 = r1
r7 = function twice
if r6 == 0 goto go
r7 = function square
go:
r1 = 21
callx r7
exit
twice:
r0 = r1
r0 += r1
exit
square:
r0 = r1
r0 *= r1
exit
-- calls
0 0 = 42
1 0 = 441
== what is no token is not called
-- asm
r0 = 7
callx r1
r0 += 1
exit
-- calls
0 0 = 1
5 0 = 1
0xffffffffffffffff 0 = 1
== may_goto goes on while there is fuel
-- asm
r0 = 0
again: may_goto out
r0 += 1
if r0 < 1000 goto again
out: exit
-- result
1000
== may_goto ends a loop without end
-- asm
r0 = 0
again: may_goto out
r0 += 1
goto again
out: exit
-- result
8388608
== registers that nothing wrote are 0
-- asm
r0 = r3
r0 |= r4
r0 |= r5
r0 |= r6
r0 |= r9
exit
-- result
0
== the size of the memory is in r2
-- asm
r0 = r2
exit
-- memory
00 00 00 00 00
-- result
5
== a long way to jump
-- asm
r0 = 1
if r1 == 0 goto far
r0 = 2
far: r0 += 1
exit
-- calls
0 0 = 2
1 0 = 3
== registers change places in a loop
-- asm
r1 = 1
r2 = 2
r3 = 7
again: r4 = r1
r1 = r2
r2 = r4
r3 -= 1
if r3 != 0 goto again
r0 = r1
r0 <<= 8
r0 |= r2
exit
-- result
0x201
== five registers go round in a loop, two stay
-- asm
r1 = 1
r2 = 2
r3 = 3
r4 = 4
r5 = 5
r6 = 6
r7 = 7
again: r0 = r1
r1 = r2
r2 = r3
r3 = r4
r4 = r5
r5 = r0
r6 += r7
if r6 < 60 goto again
r0 = r1
r0 <<= 8
r0 |= r2
r0 <<= 8
r0 |= r3
r0 <<= 8
r0 |= r4
r0 <<= 8
r0 |= r5
r0 <<= 8
r0 |= r6
exit
-- result
0x04050102033e
