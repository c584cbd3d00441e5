# SPDX-License-Identifier: Apache-2.0
# Packet pointers and the packet's end.
== no comparison at all
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r0 = *(u8 *)(r2 +0)
exit
-- reject
r2 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 2)
== one byte
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 1
if r4 > r3 goto out
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- accept
== off by one
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 1
if r4 > r3 goto out
r0 = *(u8 *)(r2 +1)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 1 from where it was compared, and 1 bytes are known to be there: compare against data_end first (insn 5)
== a word at the very end
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r0 = *(u32 *)(r2 +10)
exit
out: r0 = 1
exit
-- accept
== a word one byte too far
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r0 = *(u32 *)(r2 +11)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 14 from where it was compared, and 14 bytes are known to be there: compare against data_end first (insn 5)
== >= tells one byte more
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 13
if r4 >= r3 goto out
r0 = *(u8 *)(r2 +13)
exit
out: r0 = 1
exit
-- accept
== >= tells no two bytes more
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 13
if r4 >= r3 goto out
r0 = *(u8 *)(r2 +14)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 14 from where it was compared, and 14 bytes are known to be there: compare against data_end first (insn 5)
== < and then
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 < r3 goto l
r0 = 1
exit
l: r0 = *(u8 *)(r2 +8)
exit
-- accept
== <= and then
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 <= r3 goto l
r0 = 1
exit
l: r0 = *(u8 *)(r2 +7)
exit
-- accept
== <= off by one
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 <= r3 goto l
r0 = 1
exit
l: r0 = *(u8 *)(r2 +8)
exit
-- reject
r2 reaches byte 8 from where it was compared, and 8 bytes are known to be there: compare against data_end first (insn 7)
== the wrong way round
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto l
r0 = 1
exit
l: r0 = *(u8 *)(r2 +0)
exit
-- reject
r2 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 7)
== the end first
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r3 < r4 goto out
r0 = *(u8 *)(r2 +7)
exit
out: r0 = 1
exit
-- accept
== the end first, >=
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r3 >= r4 goto l
r0 = 1
exit
l: r0 = *(u8 *)(r2 +7)
exit
-- accept
== the end first, >
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r3 > r4 goto l
r0 = 1
exit
l: r0 = *(u8 *)(r2 +8)
exit
-- accept
== 32-bit comparison tells nothing
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if w4 > w3 goto out
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 5)
== signed comparison tells nothing
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 s> r3 goto out
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 5)
== before the packet
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r0 = *(u8 *)(r2 -1)
exit
out: r0 = 1
exit
-- reject
r2 may point 1 bytes before the first byte of the packet (insn 5)
== moved and back
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r2 += 8
r0 = *(u8 *)(r2 -8)
exit
out: r0 = 1
exit
-- accept
== moved beyond what is known
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r2 += 8
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 8 from where it was compared, and 8 bytes are known to be there: compare against data_end first (insn 6)
== the end is not readable
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r0 = *(u8 *)(r3 -1)
exit
-- reject
no memory can be read through r3, which is the packet's end (insn 2)
== the end does not move
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r3 += -1
r0 = 0
exit
-- reject
r3, the packet's end, cannot be moved (insn 2)
== a write
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
*(u16 *)(r2 +12) = 0
r0 = 1
exit
out: r0 = 1
exit
-- accept
== packets in socket filters are not reachable
-- prog socket
-- asm
r2 = *(u32 *)(r1 +76)
r0 = 0
exit
-- reject
struct __sk_buff has no field that bytes 76 to 79 may be read of (insn 0)
== packets in tc
-- prog tc
-- asm
r2 = *(u32 *)(r1 +76)
r3 = *(u32 *)(r1 +80)
r4 = r2
r4 += 14
if r4 > r3 goto out
r0 = *(u8 *)(r2 +13)
exit
out: r0 = 1
exit
-- accept
== a header of variable length
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u8 *)(r2 +0)
r5 &= 15
r5 <<= 2
r6 = r2
r6 += r5
r7 = r6
r7 += 8
if r7 > r3 goto out
r0 = *(u64 *)(r6 +0)
exit
out: r0 = 1
exit
-- accept
== a header of variable length, not compared
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u8 *)(r2 +0)
r5 &= 15
r5 <<= 2
r6 = r2
r6 += r5
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 10)
== comparison of another header of variable length
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u8 *)(r2 +0)
r5 &= 15
r5 <<= 2
r6 = r2
r6 += r5
r8 = r2
r8 += r5
r8 += 8
if r8 > r3 goto out
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 14)
== comparison before the variable part is added
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u8 *)(r2 +0)
r2 += r5
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 7)
== a length that may be negative
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(s8 *)(r2 +0)
r6 = r2
r6 += r5
r7 = r6
r7 += 8
if r7 > r3 goto out
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 may point 128 bytes before the first byte of the packet (insn 11)
== a length without a bound
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u32 *)(r2 +0)
r6 = r2
r6 += r5
r7 = r6
r7 += 8
if r7 > r3 goto out
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is moved by 0 to 4294967295 bytes, which is too far: bound the number first, also from below (insn 7)
== a 64-bit length without a bound
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u64 *)(r2 +0)
r6 = r2
r6 += r5
r0 = 0
exit
out: r0 = 1
exit
-- reject
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 7)
== a 16-bit length may reach too far for the comparison to count
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u16 *)(r2 +0)
r6 = r2
r6 += r5
r7 = r6
r7 += 8
if r7 > r3 goto out
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 11)
== a 15-bit length
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u16 *)(r2 +0)
r5 &= 0x7fff
r6 = r2
r6 += r5
r7 = r6
r7 += 8
if r7 > r3 goto out
r0 = *(u8 *)(r6 +7)
exit
out: r0 = 1
exit
-- accept
== a subtracted length
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 20
if r4 > r3 goto out
r5 = *(u8 *)(r2 +0)
r6 = r2
r6 -= r5
r7 = r6
r7 += 8
if r7 > r3 goto out
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 may point 255 bytes before the first byte of the packet (insn 11)
== copies know what one was compared for
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r5 = r2
r4 = r2
r4 += 8
if r4 > r3 goto out
r0 = *(u64 *)(r5 +0)
exit
out: r0 = 1
exit
-- accept
== spilled copies know it, too
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
*(u64 *)(r10 -8) = r2
r4 = r2
r4 += 8
if r4 > r3 goto out
r5 = *(u64 *)(r10 -8)
r0 = *(u64 *)(r5 +0)
exit
out: r0 = 1
exit
-- accept
== a load from the context again
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r5 = *(u32 *)(r1 +0)
r0 = *(u8 *)(r5 +0)
exit
out: r0 = 1
exit
-- reject
r5 reaches byte 0 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 6)
== the second comparison follows from the first
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto +1
r0 = 1
if r4 > r3 goto out
exit
out: r0 = 1
exit
-- accept
== packet pointers are void after adjust_head
-- prog xdp
-- asm
r6 = r1
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r7 = r2
r2 = 4
call 44
r0 = *(u8 *)(r7 +0)
exit
out: r0 = 1
exit
-- reject
r7 is a number, not an address (insn 9)
== packet pointers anew after adjust_head
-- prog xdp
-- asm
r6 = r1
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r1 = r6
r2 = 4
call 44
r2 = *(u32 *)(r6 +0)
r3 = *(u32 *)(r6 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r0 = *(u8 *)(r2 +13)
exit
out: r0 = 1
exit
-- accept
== the old end with the new packet
-- prog xdp
-- asm
r6 = r1
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r7 = r3
r1 = r6
r2 = 4
call 44
r2 = *(u32 *)(r6 +0)
r4 = r2
r4 += 14
if r4 > r7 goto out
r0 = *(u8 *)(r2 +13)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 13 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 14)
== a spilled packet pointer after adjust_tail
-- prog xdp
-- asm
r6 = r1
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 14
if r4 > r3 goto out
*(u64 *)(r10 -8) = r2
r1 = r6
r2 = -4
call 65
r2 = *(u64 *)(r10 -8)
r0 = *(u8 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 is a number, not an address (insn 11)
== metadata
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +8)
r3 = *(u32 *)(r1 +0)
r4 = r2
r4 += 4
if r4 > r3 goto out
r0 = *(u32 *)(r2 +0)
exit
out: r0 = 1
exit
-- accept
== metadata, compared with the packet's end
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +8)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 4
if r4 > r3 goto out
r0 = *(u32 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 3 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 5)
== metadata, compared with a moved packet pointer
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +8)
r3 = *(u32 *)(r1 +0)
r3 += 4
r4 = r2
r4 += 4
if r4 > r3 goto out
r0 = *(u32 *)(r2 +0)
exit
out: r0 = 1
exit
-- reject
r2 reaches byte 3 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 6)
== atomics on the packet
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r5 = 1
lock *(u64 *)(r2 +0) += r5
r0 = 0
exit
out: r0 = 1
exit
-- reject
no atomic operations on the packet: use the stack or a map (insn 6)
== a pointer into the packet stored in it
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
*(u64 *)(r2 +0) = r1
r0 = 0
exit
out: r0 = 1
exit
-- reject kernel: it lets the privileged see addresses
r1, the context, is stored outside the stack: pointers may not leave the program (insn 5)
== a loop over the packet
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r5 = 0
r0 = 0
l: r4 = r2
r4 += 1
if r4 > r3 goto out
r6 = *(u8 *)(r2 +0)
r0 += r6
r2 = r4
r5 += 1
if r5 < 40 goto l
out: r0 = 1
exit
-- accept
== a packet pointer as a key
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 4
if r4 > r3 goto out
r1 = map 0
call 1
out: r0 = 1
exit
-- accept
== a packet pointer as a key, not compared
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r1 = map 0
call 1
out: r0 = 1
exit
-- reject
r2 reaches byte 3 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 4)
