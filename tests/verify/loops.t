# SPDX-License-Identifier: Apache-2.0
# Loops: walked round by round, endless ones found out.
== ten rounds
-- prog xdp
-- asm
r0 = 0
r1 = 10
l: r0 += 1
r1 += -1
if r1 != 0 goto l
exit
-- accept
== as many rounds as an unknown number says
-- prog xdp
-- asm
r1 = *(u32 *)(r1 +12)
r1 &= 63
r0 = 0
l: if r0 >= r1 goto out2
r0 += 1
goto l
out2: exit
-- accept
== an index in bounds of a value
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
l: r8 = r6
r8 += r7
*(u8 *)(r8 +0) = 1
r7 += 1
if r7 < 16 goto l
out: r0 = 1
exit
-- accept
== an index out of bounds in the last round
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
l: r8 = r6
r8 += r7
*(u8 *)(r8 +0) = 1
r7 += 1
if r7 < 17 goto l
out: r0 = 1
exit
-- reject
r8 reaches bytes 16 to 16 of a value of map values, which has 16: check the offset first (insn 11)
== nothing changes
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
l: if r2 == 7 goto l
r0 = 0
exit
-- reject
the loop never ends: nothing changes from one round to the next (insn 1)
== waiting for a number that never comes
-- prog xdp
-- asm
l: r2 = *(u32 *)(r1 +12)
if r2 == 7 goto l
r0 = 0
exit
-- reject
the loop never ends: nothing changes from one round to the next (insn 0)
== a number that grows for ever
-- prog xdp
-- asm
r0 = 0
l: r0 += 1
if r0 != 0 goto l
exit
-- reject
too complex: 1000000 instructions walked and not done (insn 2)
== every other number is skipped
-- prog xdp
-- asm
r0 = 1
l: r0 += 2
if r0 != 10 goto l
exit
-- reject
too complex: 1000000 instructions walked and not done (insn 2)
== nested
-- prog xdp
-- asm
r0 = 0
r1 = 8
l: r2 = 8
m: r0 += 1
r2 += -1
if r2 != 0 goto m
r1 += -1
if r1 != 0 goto l
exit
-- accept
== a number that matters only later
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
l: call 7
if r0 > 9 goto m
r8 += 1
m: r7 += 1
if r7 < 8 goto l
r6 += r8
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- accept
== a number that matters only later, too large
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
l: call 7
if r0 > 9 goto m
r8 += 3
m: r7 += 1
if r7 < 8 goto l
r6 += r8
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 24 to 24 of a value of map values, which has 16: check the offset first (insn 16)
== an index grows on one way only, and is checked
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
l: call 7
if r0 > 9 goto m
r8 += 3
m: r7 += 1
if r7 < 8 goto l
if r8 > 15 goto out
r6 += r8
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- accept
== a thousand rounds with a branch
-- prog xdp
-- asm
r6 = 0
l: call 7
if r0 > 100 goto m
r9 = 1
m: r6 += 1
if r6 < 1000 goto l
r0 = 0
exit
-- accept
== more than can be walked
-- prog xdp
-- asm
r6 = 0
l: r6 += 1
r7 = r6
r7 *= 3
if r6 < 9999999 goto l
r0 = 0
exit
-- reject
too complex: 1000000 instructions walked and not done (insn 4)
== may_goto ends any loop
-- prog xdp
-- asm
r0 = 0
l: may_goto out2
r0 += 1
goto l
out2: exit
-- accept
== may_goto and an index
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
l: may_goto out
if r7 > 15 goto out
r8 = r6
r8 += r7
*(u8 *)(r8 +0) = 1
r7 += 1
goto l
out: r0 = 1
exit
-- accept
== may_goto and an index out of bounds
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
l: may_goto out
r8 = r6
r8 += r7
*(u8 *)(r8 +0) = 1
r7 += 1
goto l
out: r0 = 1
exit
-- reject
r8 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 11)
== may_goto and a number used after it
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
l: may_goto m
r7 += 1
goto l
m: r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 12)
== may_goto and a pointer that is lost
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
l: may_goto m
r6 = 0
goto l
m: r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is a number, not an address (insn 11)
== may_goto and a flag that changes the way
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
l: may_goto out
if r8 == 0 goto m
r7 = 99
m: r8 = 1
r9 = r6
r9 += r7
r0 = *(u8 *)(r9 +0)
goto l
out: r0 = 1
exit
-- reject
r9 reaches bytes 99 to 99 of a value of map values, which has 16: check the offset first (insn 16)
