# SPDX-License-Identifier: Apache-2.0
# Maps from programs: lookups that compiled code does in place, calls for the others, global data.
== an array's value is changed in place
-- map array 4 8 4
02 00 00 00: 0500000000000000
-- asm
r1 = 2
*(u32 *)(r10 - 4) = r1
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto none
r1 = *(u64 *)(r0 + 0)
r1 *= 3
*(u64 *)(r0 + 0) = r1
r0 = r1
exit
none: r0 = -1
exit
-- result
15
-- map-after 0
01 00 00 00: 0000000000000000
02 00 00 00: 0f00000000000000
== an index at the end of an array, and one behind it
-- map array 4 8 4
-- asm
*(u32 *)(r10 - 4) = r1
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto none
r0 = 1
none: exit
-- calls
0 0 = 1
3 0 = 1
4 0 = 0
0xffffffff 0 = 0
0x100000003 0 = 1
== a per-CPU array
-- map percpu_array 4 16 2
-- asm
r1 = 1
*(u32 *)(r10 - 4) = r1
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto none
r1 = 7
*(u64 *)(r0 + 8) = r1
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto none
r0 = *(u64 *)(r0 + 8)
none: exit
-- result
7
== a hash: update, lookup, delete
-- map hash 8 8 4
0100000000000000: 6400000000000000
-- asm
*(u64 *)(r10 - 8) = 2
*(u64 *)(r10 - 16) = 42
r1 = map 0
r2 = r10
r2 += -8
r3 = r10
r3 += -16
r4 = 0
call 2
r6 = r0
r1 = map 0
r2 = r10
r2 += -8
call 1
if r0 == 0 goto none
r7 = *(u64 *)(r0 + 0)
*(u64 *)(r10 - 8) = 1
r1 = map 0
r2 = r10
r2 += -8
call 3
r6 |= r0
if r6 != 0 goto none
r0 = r7
exit
none: r0 = -1
exit
-- result
42
-- map-after 0
0200000000000000: 2a00000000000000
0100000000000000: none
== a hash: keys that are not there, in the place of one that is
-- map hash 8 8 4
2100000000000000: 6400000000000000
-- asm
r6 = 0
r7 = 0
again: *(u64 *)(r10 - 8) = r6
r1 = map 0
r2 = r10
r2 += -8
call 1
if r0 == 0 goto next
r7 += r6
next: r6 += 1
if r6 < 80 goto again
r0 = r7
exit
-- result
33
== global data is addressed directly
-- map array 4 32 1
00 00 00 00: 0102030405060708 1112131415161718 0000000000000000 0000000000000000
-- asm
r1 = map_value 0, 8
r0 = *(u64 *)(r1 + 0)
*(u64 *)(r1 + 8) = r0
r2 = map_value 0, 31
*(u8 *)(r2 + 0) = 9
exit
-- result
0x1817161514131211
-- map-after 0
00 00 00 00: 0102030405060708 1112131415161718 1112131415161718 0000000000000009
== a tail call
-- map prog_array 4 4 3
1: other
-- asm
r6 = r1
r3 = r2
r2 = map 0
call 12
r0 = 1
exit
-- asm other
r0 = r2
r0 += 1000
exit
-- calls
0 0 = 1
0 1 = 1001
0 2 = 1
0 3 = 1
0 0x100000001 = 0x1000003e9
== tail calls end after 33
-- map prog_array 4 4 1
0: main
-- map array 4 8 1
-- asm
r6 = r1
r1 = map_value 1, 0
r0 = *(u64 *)(r1 + 0)
r0 += 1
*(u64 *)(r1 + 0) = r0
r1 = r6
r2 = map 0
r3 = 0
call 12
r1 = map_value 1, 0
r0 = *(u64 *)(r1 + 0)
exit
-- result
34
== a tail call in a function returns to its caller
-- map prog_array 4 4 1
0: other
-- asm
r6 = r1
r7 = 5
call jump
r0 += r7
exit
jump:
*(u64 *)(r10 - 8) = r1
r2 = map 0
r3 = 0
call 12
r0 = 1
exit
-- asm other
*(u64 *)(r10 - 8) = 77
*(u64 *)(r10 - 512) = 77
r6 = 1
r7 = 2
r8 = 3
r0 = 100
exit
-- result
105
== a callback is called for each index
-- asm
*(u64 *)(r10 - 8) = 0
r1 = 5
r2 = function body
r3 = r10
r3 += -8
r4 = 0
call 181
r1 = *(u64 *)(r10 - 8)
r0 <<= 8
r0 |= r1
exit
body:
r3 = *(u64 *)(r2 + 0)
r1 += 1
r3 += r1
*(u64 *)(r2 + 0) = r3
*(u64 *)(r10 - 8) = r3
r0 = 0
if r1 <= 2 goto out
r0 = 1
out: exit
-- result
0x306
== a callback is called for each element
-- map array 4 8 3
00 00 00 00: 0a00000000000000
01 00 00 00: 1400000000000000
02 00 00 00: 1e00000000000000
-- asm
*(u64 *)(r10 - 8) = 0
r1 = map 0
r2 = function body
r3 = r10
r3 += -8
r4 = 0
call 164
r0 = *(u64 *)(r10 - 8)
exit
body:
r0 = *(u32 *)(r2 + 0)
r0 += 1
r5 = *(u64 *)(r3 + 0)
r5 *= r0
r0 = *(u64 *)(r4 + 0)
r0 += r5
*(u64 *)(r4 + 0) = r0
*(u64 *)(r3 + 0) = 1
r0 = 0
exit
-- result
140
-- map-after 0
02 00 00 00: 0100000000000000
== verified: memory whose length is compared, an inlined lookup
-- verified
-- map array 4 8 4
03 00 00 00: 0900000000000000
-- asm
if r2 < 8 goto none
r3 = *(u32 *)(r1 + 4)
*(u32 *)(r10 - 4) = r3
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto none
r0 = *(u64 *)(r0 + 0)
exit
none: r0 = -1
exit
-- memory
00 00 00 00 03 00 00 00
-- result
9
== verified: an index behind the end of an array
-- verified
-- map array 4 8 4
03 00 00 00: 0900000000000000
-- asm
if r2 < 8 goto none
r3 = *(u32 *)(r1 + 4)
*(u32 *)(r10 - 4) = r3
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto none
r0 = *(u64 *)(r0 + 0)
exit
none: r0 = -1
exit
-- memory
00 00 00 00 04 00 00 00
-- result
0xffffffffffffffff
