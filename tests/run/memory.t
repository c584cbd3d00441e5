# SPDX-License-Identifier: Apache-2.0
# Loads and stores of every width, section 5.
== load of 8 bits at 0
-- asm
r0 = -1
r0 = *(u8 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf0
== signed load of 8 bits at 0
-- asm
r0 = *(s8 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffffffffff0
== store of 8 bits at 0 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 16) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
88 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 0 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 16) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
fe f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 0 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 16) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
78 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 8 bits at 1
-- asm
r0 = -1
r0 = *(u8 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf1
== signed load of 8 bits at 1
-- asm
r0 = *(s8 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffffffffff1
== store of 8 bits at 1 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 15) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 88 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 1 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 15) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 fe f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 1 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 15) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 78 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 8 bits at 7
-- asm
r0 = -1
r0 = *(u8 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf7
== signed load of 8 bits at 7
-- asm
r0 = *(s8 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffffffffff7
== store of 8 bits at 7 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 9) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 88 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 7 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 9) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 fe 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 7 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 9) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 78 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 8 bits at 8
-- asm
r0 = -1
r0 = *(u8 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8
== signed load of 8 bits at 8
-- asm
r0 = *(s8 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8
== store of 8 bits at 8 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 8) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 88 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 8 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 8) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 fe 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 8 bits at 8 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u8 *)(r1 - 8) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 78 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 16 bits at 0
-- asm
r0 = -1
r0 = *(u16 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf1f0
== signed load of 16 bits at 0
-- asm
r0 = *(s16 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffffffff1f0
== store of 16 bits at 0 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 16) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
88 87 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 0 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 16) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
fe ff f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 0 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 16) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
78 56 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 16 bits at 1
-- asm
r0 = -1
r0 = *(u16 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf2f1
== signed load of 16 bits at 1
-- asm
r0 = *(s16 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffffffff2f1
== store of 16 bits at 1 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 15) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 88 87 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 1 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 15) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 fe ff f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 1 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 15) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 78 56 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 16 bits at 7
-- asm
r0 = -1
r0 = *(u16 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8f7
== signed load of 16 bits at 7
-- asm
r0 = *(s16 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8f7
== store of 16 bits at 7 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 9) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 88 87 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 7 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 9) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 fe ff 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 7 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 9) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 78 56 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 16 bits at 8
-- asm
r0 = -1
r0 = *(u16 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x1908
== signed load of 16 bits at 8
-- asm
r0 = *(s16 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x1908
== store of 16 bits at 8 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 8) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 88 87 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 8 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 8) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 fe ff 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 16 bits at 8 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u16 *)(r1 - 8) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 78 56 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 32 bits at 0
-- asm
r0 = -1
r0 = *(u32 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf3f2f1f0
== signed load of 32 bits at 0
-- asm
r0 = *(s32 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffff3f2f1f0
== store of 32 bits at 0 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 16) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
88 87 86 85 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 0 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 16) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
fe ff ff ff f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 0 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 16) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
78 56 34 12 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 32 bits at 1
-- asm
r0 = -1
r0 = *(u32 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf4f3f2f1
== signed load of 32 bits at 1
-- asm
r0 = *(s32 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xfffffffff4f3f2f1
== store of 32 bits at 1 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 15) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 88 87 86 85 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 1 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 15) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 fe ff ff ff f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 1 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 15) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 78 56 34 12 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 32 bits at 7
-- asm
r0 = -1
r0 = *(u32 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x2a1908f7
== signed load of 32 bits at 7
-- asm
r0 = *(s32 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x2a1908f7
== store of 32 bits at 7 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 9) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 88 87 86 85 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 7 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 9) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 fe ff ff ff 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 7 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 9) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 78 56 34 12 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 32 bits at 8
-- asm
r0 = -1
r0 = *(u32 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x3b2a1908
== signed load of 32 bits at 8
-- asm
r0 = *(s32 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x3b2a1908
== store of 32 bits at 8 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 8) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 88 87 86 85 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 8 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 8) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 fe ff ff ff 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 32 bits at 8 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u32 *)(r1 - 8) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 78 56 34 12 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 64 bits at 0
-- asm
r0 = -1
r0 = *(u64 *)(r1 + 0)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0xf7f6f5f4f3f2f1f0
== store of 64 bits at 0 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 16) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
88 87 86 85 84 83 82 81 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 64 bits at 0 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 16) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
fe ff ff ff ff ff ff ff 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 64 bits at 0 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 16) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
78 56 34 12 00 00 00 00 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 64 bits at 1
-- asm
r0 = -1
r0 = *(u64 *)(r1 + 1)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x8f7f6f5f4f3f2f1
== store of 64 bits at 1 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 15) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 88 87 86 85 84 83 82 81 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 64 bits at 1 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 15) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 fe ff ff ff ff ff ff ff 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== store of 64 bits at 1 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 15) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 78 56 34 12 00 00 00 00 19 2a 3b 4c 5d 6e 7f
-- result
0x8182838485868788
== load of 64 bits at 7
-- asm
r0 = -1
r0 = *(u64 *)(r1 + 7)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x6e5d4c3b2a1908f7
== store of 64 bits at 7 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 9) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 88 87 86 85 84 83 82 81 7f
-- result
0x8182838485868788
== store of 64 bits at 7 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 9) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 fe ff ff ff ff ff ff ff 7f
-- result
0x8182838485868788
== store of 64 bits at 7 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 9) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 78 56 34 12 00 00 00 00 7f
-- result
0x8182838485868788
== load of 64 bits at 8
-- asm
r0 = -1
r0 = *(u64 *)(r1 + 8)
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- result
0x7f6e5d4c3b2a1908
== store of 64 bits at 8 of r2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 8) = r2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 88 87 86 85 84 83 82 81
-- result
0x8182838485868788
== store of 64 bits at 8 of -2
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 8) = -2
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 fe ff ff ff ff ff ff ff
-- result
0x8182838485868788
== store of 64 bits at 8 of 0x12345678
-- asm
r1 += 16
r2 = 0x8182838485868788 ll
*(u64 *)(r1 - 8) = 0x12345678
r0 = r2
exit
-- memory
f0 f1 f2 f3 f4 f5 f6 f7 08 19 2a 3b 4c 5d 6e 7f
-- after
f0 f1 f2 f3 f4 f5 f6 f7 78 56 34 12 00 00 00 00
-- result
0x8182838485868788
