# SPDX-License-Identifier: Apache-2.0
# The stack: bounds, initialisation, spills and what destroys them.
== a byte is written and read
-- prog xdp
-- asm
*(u8 *)(r10 -1) = 7
r0 = *(u8 *)(r10 -1)
exit
-- accept
== the lowest byte
-- prog xdp
-- asm
*(u8 *)(r10 -512) = 7
r0 = *(u8 *)(r10 -512)
exit
-- accept
== one byte too low
-- prog xdp
-- asm
*(u8 *)(r10 -513) = 7
r0 = 0
exit
-- reject
the access reaches bytes -513 to -513 from r10: the stack is the 512 bytes below it (insn 0)
== one byte too high
-- prog xdp
-- asm
*(u8 *)(r10 +0) = 7
r0 = 0
exit
-- reject
the access reaches bytes 0 to 0 from r10: the stack is the 512 bytes below it (insn 0)
== across the end
-- prog xdp
-- asm
*(u64 *)(r10 -4) = 7
r0 = 0
exit
-- reject
the access reaches bytes -4 to 3 from r10: the stack is the 512 bytes below it (insn 0)
== never written
-- prog xdp
-- asm
r0 = *(u64 *)(r10 -8)
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-8 is read but was never written: initialise it first (insn 0)
== half written
-- prog xdp
-- asm
*(u32 *)(r10 -8) = 7
r0 = *(u64 *)(r10 -8)
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-4 is read but was never written: initialise it first (insn 1)
== written in two halves
-- prog xdp
-- asm
*(u32 *)(r10 -8) = 7
*(u32 *)(r10 -4) = 7
r0 = *(u64 *)(r10 -8)
exit
-- accept
== written on one way only
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
if r2 == 0 goto l
*(u64 *)(r10 -8) = 7
l: r0 = *(u64 *)(r10 -8)
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-8 is read but was never written: initialise it first (insn 3)
== a pointer is spilled and filled
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
r2 = *(u64 *)(r10 -8)
r0 = *(u32 *)(r2 +12)
exit
-- accept
== the low half of a spilled pointer
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
r0 = *(u32 *)(r10 -8)
exit
-- reject
only a part of the pointer at r10-8 is read (insn 1)
== a byte of a spilled pointer is overwritten
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
*(u8 *)(r10 -3) = 0
r2 = *(u64 *)(r10 -8)
r0 = *(u32 *)(r2 +12)
exit
-- reject
r2 is a number, not an address (insn 3)
== a spilled pointer is overwritten by a number
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
*(u64 *)(r10 -8) = 8
r2 = *(u64 *)(r10 -8)
r0 = *(u32 *)(r2 +12)
exit
-- reject
r2 is a number, not an address (insn 3)
== half a pointer is stored
-- prog xdp
-- asm
*(u32 *)(r10 -8) = r1
r0 = 0
exit
-- reject
a pointer is stored in part, or where is not exactly known: store all 8 bytes at a multiple of 8 (insn 0)
== a pointer is stored across slots
-- prog xdp
-- asm
*(u64 *)(r10 -12) = r1
r0 = 0
exit
-- reject
a pointer is stored in part, or where is not exactly known: store all 8 bytes at a multiple of 8 (insn 0)
== a spilled number keeps its bounds
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r5 = *(u8 *)(r2 +0)
if r5 > 7 goto out
*(u64 *)(r10 -8) = r5
r6 = *(u64 *)(r10 -8)
r2 += r6
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 10)
== a spilled number keeps its bounds in map values
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
r5 = *(u8 *)(r0 +0)
if r5 > 15 goto out
*(u64 *)(r10 -16) = r5
r6 = *(u64 *)(r10 -16)
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a number spilled before it is compared
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
r5 = *(u8 *)(r0 +0)
*(u64 *)(r10 -16) = r5
if r5 > 15 goto out
r6 = *(u64 *)(r10 -16)
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a 32-bit spill keeps bounds
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
r5 = *(u8 *)(r0 +0)
if r5 > 15 goto out
*(u32 *)(r10 -16) = r5
r6 = *(u32 *)(r10 -16)
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a narrow spill cuts the number
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
r5 = *(u64 *)(r0 +0)
if r5 > 15 goto l
r0 = 0
exit
l: *(u8 *)(r10 -16) = r5
r6 = *(u8 *)(r10 -16)
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 14)
== a fill of another size is another number
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
r5 = *(u8 *)(r0 +0)
if r5 > 15 goto out
*(u8 *)(r10 -16) = r5
*(u8 *)(r10 -15) = r5
r6 = *(u16 *)(r10 -16)
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 65535 of a value of map values, which has 16: check the offset first (insn 13)
== zeroed bytes are zero
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
*(u64 *)(r10 -16) = 0
r6 = *(u16 *)(r10 -14)
r0 += r6
r0 = *(u8 *)(r0 +15)
exit
out: r0 = 1
exit
-- accept
== a helper writes into zeroed bytes
-- prog raw_tp
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
*(u64 *)(r10 -16) = 0
*(u64 *)(r10 -24) = 0
r1 = r10
r1 += -24
r2 = 16
call 16
r7 = *(u64 *)(r10 -16)
r6 += r7
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 15)
== a helper destroys a spilled pointer
-- prog raw_tp
-- asm
*(u64 *)(r10 -16) = r1
r1 = r10
r1 += -16
r2 = 16
call 16
r1 = *(u64 *)(r10 -16)
r0 = *(u64 *)(r1 +0)
exit
-- reject
r1 is a number, not an address (insn 6)
== a helper writes beyond the stack
-- prog raw_tp
-- asm
r1 = r10
r1 += -16
r2 = 17
call 16
exit
-- reject
the access reaches bytes -16 to 0 from r10: the stack is the 512 bytes below it (insn 3)
== a helper initialises the stack
-- prog raw_tp
-- asm
r1 = r10
r1 += -16
r2 = 16
call 16
r0 = *(u64 *)(r10 -16)
exit
-- accept
== an unknown index within the stack
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
*(u64 *)(r10 -16) = 2
r2 = *(u32 *)(r1 +12)
r2 &= 8
r3 = r10
r3 += -16
r3 += r2
r0 = *(u64 *)(r3 +0)
exit
-- accept
== an unknown index beyond the stack
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r2 = *(u32 *)(r1 +12)
r2 &= 15
r3 = r10
r3 += -8
r3 += r2
r0 = *(u8 *)(r3 +0)
exit
-- reject
the access reaches bytes -8 to 7 from r10: the stack is the 512 bytes below it (insn 6)
== an unknown index below the stack
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
r2 &= 0xff8
r3 = r10
r3 -= r2
r3 += -8
*(u64 *)(r3 +0) = 0
r0 = 0
exit
-- reject
the access reaches bytes -4096 to -1 from r10: the stack is the 512 bytes below it (insn 5)
== an unknown index over uninitialised bytes
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r2 = *(u32 *)(r1 +12)
r2 &= 8
r3 = r10
r3 += -16
r3 += r2
r0 = *(u64 *)(r3 +0)
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-16 is read but was never written: initialise it first (insn 6)
== a store at an unknown place destroys a spill
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
*(u64 *)(r10 -16) = 0
r2 = *(u32 *)(r1 +12)
r2 &= 8
r3 = r10
r3 += -16
r3 += r2
r4 = 0
*(u64 *)(r3 +0) = r4
r1 = *(u64 *)(r10 -8)
r0 = *(u32 *)(r1 +12)
exit
-- reject
r1 is a number, not an address (insn 10)
== a store at an unknown place destroys a known number
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
*(u64 *)(r10 -16) = 3
*(u64 *)(r10 -24) = 3
r2 = *(u64 *)(r0 +0)
r2 &= 8
r3 = r10
r3 += -24
r3 += r2
r4 = 999
*(u64 *)(r3 +0) = r4
r1 = *(u64 *)(r10 -16)
r0 += r1
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 17)
== a pointer at an unknown place
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 0
*(u64 *)(r10 -16) = 0
r2 = *(u32 *)(r1 +12)
r2 &= 8
r3 = r10
r3 += -16
r3 += r2
*(u64 *)(r3 +0) = r1
r0 = 0
exit
-- reject kernel: it takes the slot for plain bytes then
a pointer is stored in part, or where is not exactly known: store all 8 bytes at a multiple of 8 (insn 7)
== two ways, two pointers in one slot
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
r6 = *(u32 *)(r0 +0)
*(u64 *)(r10 -16) = r0
if r6 == 0 goto l
*(u64 *)(r10 -16) = r10
l: r1 = *(u64 *)(r10 -16)
r0 = *(u64 *)(r1 -8)
exit
out: r0 = 1
exit
-- reject
the stack byte at r10-8 is read but was never written: initialise it first (insn 12)
== the address r10 of the end
-- prog xdp
-- asm
r1 = r10
r0 = *(u8 *)(r1 +0)
exit
-- reject
the access reaches bytes 0 to 0 from r10: the stack is the 512 bytes below it (insn 1)
== r10 copies move
-- prog xdp
-- asm
r1 = r10
r1 += -8
*(u64 *)(r1 +0) = 1
r0 = *(u64 *)(r10 -8)
exit
-- accept
== r10 copies move up
-- prog xdp
-- asm
r1 = r10
r1 += 8
*(u64 *)(r1 +0) = 1
r0 = 0
exit
-- reject
the access reaches bytes 8 to 15 from r10: the stack is the 512 bytes below it (insn 2)
