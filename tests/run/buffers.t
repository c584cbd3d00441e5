# SPDX-License-Identifier: Apache-2.0
# What helpers leave in the buffers that they fill: nothing of what other functions had on the stack.
== behind text that was read
-- asm
r6 = r1
call fill
r1 = r6
call read
exit
fill:
*(u64 *)(r10 - 16) = -1
*(u64 *)(r10 - 8) = -1
r0 = 0
exit
read:
r3 = r1
r1 = r10
r1 += -16
r2 = 16
call 115
if r0 != 3 goto wrong
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 |= r1
wrong:
exit
-- memory
61 62 00 78 78 78 78 78
-- result
0x6261
== behind text that was printed
-- map array 4 8 1 read-only
00 00 00 00: 6869000000000000
-- asm
call fill
call print
exit
fill:
*(u64 *)(r10 - 16) = -1
*(u64 *)(r10 - 8) = -1
r0 = 0
exit
print:
r1 = r10
r1 += -16
r2 = 16
r3 = map_value 0, 0
r4 = 0
r5 = 0
call 165
if r0 != 3 goto wrong
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 |= r1
wrong:
exit
-- result
0x6968
== text in memory of the host is read as the kernel reads it
-- asm
r6 = r1
r3 = r1
r1 += 8
r2 = 8
call 115
r0 = *(u64 *)(r6 + 8)
exit
-- memory
61 00 78 78 78 78 78 78 ff ff ff ff ff ff ff ff
-- result
0xffffffffffff0061
