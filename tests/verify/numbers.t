# SPDX-License-Identifier: Apache-2.0
# Ranges and known bits: what is concluded from arithmetic and comparisons.
== not bounded
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
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 8)
== unsigned bound
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
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== unsigned bound, off by one
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
if r5 > 16 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 16 of a value of map values, which has 16: check the offset first (insn 10)
== unsigned bound with >=
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
if r5 >= 16 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== signed bound from above only
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
if r5 s> 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 15 bytes, which is too far: bound the number first, also from below (insn 9)
== signed bound on both sides
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
if r5 s> 15 goto out
if r5 s< 0 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== signed bound on both sides, off by one
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
if r5 s> 15 goto out
if r5 s< -1 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -1 to 15 of a value of map values, which has 16: check the offset first (insn 11)
== the upper half is not bounded
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
if w5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372032559808527 bytes, which is too far: bound the number first, also from below (insn 9)
== the upper half is cut off
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
if w5 > 15 goto out
w5 = w5
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== cut, then bounded in 32 bits
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
w5 = w5
if w5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== signed 32-bit bounds
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
if w5 s> 15 goto out
if w5 s< 0 goto out
w5 = w5
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== signed 32-bit bound from above only
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
if w5 s> 15 goto out
w5 = w5
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by 0 to 4294967295 bytes, which is too far: bound the number first, also from below (insn 10)
== a mask
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
r5 &= 15
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a mask too wide
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
r5 &= 31
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 31 of a value of map values, which has 16: check the offset first (insn 10)
== mask and set bits
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
r5 &= 12
r5 |= 3
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== xor of small numbers
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
r5 &= 15
r5 ^= 8
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== shift left
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
r5 &= 7
r5 <<= 1
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== shift left, too far
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
r5 &= 15
r5 <<= 1
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 30 of a value of map values, which has 16: check the offset first (insn 11)
== shift right
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
r5 >>= 60
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== shift right, not far enough
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
r5 >>= 59
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 31 of a value of map values, which has 16: check the offset first (insn 10)
== arithmetic shift right keeps the sign
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
r5 s>>= 60
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -8 to 7 of a value of map values, which has 16: check the offset first (insn 10)
== arithmetic shift right, masked
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
r5 s>>= 60
r5 &= 15
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== 32-bit shift right
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
w5 >>= 28
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== zero extension by shifts
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
r5 <<= 32
r5 >>= 32
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== sign extension by shifts, unsigned bound
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
r5 <<= 32
r5 s>>= 32
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== sign extension by shifts, signed bound
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
r5 <<= 32
r5 s>>= 32
if r5 s> 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -2147483648 to 15 bytes, which is too far: bound the number first, also from below (insn 11)
== remainder
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
r5 %= 16
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept kernel: it does not follow division
== remainder, off by one
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
r5 %= 17
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 16 of a value of map values, which has 16: check the offset first (insn 10)
== signed remainder may be negative
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
r5 s%= 16
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -15 to 15 of a value of map values, which has 16: check the offset first (insn 10)
== sign extension of a byte, bounded
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
r5 = (s8)r5
if r5 s< 0 goto out
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== sign extension of a byte may be negative
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
r5 = (s8)r5
if r5 s> 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -128 to 15 of a value of map values, which has 16: check the offset first (insn 11)
== sign extension of a masked byte may be negative
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
r5 &= 255
r5 = (s8)r5
if r5 s> 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -128 to 15 of a value of map values, which has 16: check the offset first (insn 12)
== division, then bounded
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
r5 /= 268435456
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== division of a small number
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
r5 &= 63
r5 /= 4
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept kernel: it does not follow division
== product of small numbers
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
r5 &= 3
r5 *= 5
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== product of small numbers, too large
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
r5 &= 3
r5 *= 6
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 18 of a value of map values, which has 16: check the offset first (insn 11)
== negated and subtracted
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
r5 &= 15
r5 = -r5
r0 -= r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a difference may be negative
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
r5 &= 15
r5 -= 8
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -8 to 7 of a value of map values, which has 16: check the offset first (insn 11)
== sum and difference
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
r5 &= 15
r5 += 8
r5 -= 8
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== difference from a constant
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
r5 &= 15
r6 = 15
r6 -= r5
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== bound in a register
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
r6 = 15
if r5 > r6 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== bound by a bounded register
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
r6 = *(u64 *)(r0 +8)
if r6 > 15 goto out
if r5 > r6 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== bounds are not remembered between registers
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
r6 = *(u64 *)(r0 +8)
if r5 > r6 goto out
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 11)
== equality
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
if r5 != 7 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== equality, the other way
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
if r5 == 7 goto l
goto out
l: r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== inequality at the end of a range does not suffice
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
r5 &= 31
if r5 == 31 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 30 of a value of map values, which has 16: check the offset first (insn 11)
== a single bit is tested
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
r5 &= 16
if r5 & 16 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== jset clears a bit
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
r5 &= 31
if r5 & 16 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== jset sets a bit
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
r5 &= 31
if r5 & 16 goto l
goto out
l: r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 16 to 31 of a value of map values, which has 16: check the offset first (insn 12)
== jset that cannot be
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
r5 &= 16
if r5 & 8 goto l
goto out
l: r0 = *(u64 *)(r0 +99)
exit
out: r0 = 1
exit
-- accept
== one more than the bound
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
if r5 > 15 goto out
r6 = r5
r6 += 1
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 1 to 16 of a value of map values, which has 16: check the offset first (insn 12)
== a copy is compared
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
r6 = r5
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a cut copy is compared
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
w6 = w5
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 10)
== a copy of a 32-bit number is compared
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
w5 = w5
w6 = w5
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a changed copy says nothing
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
r6 = r5
r6 += 1
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 11)
== a copy of what it was before says nothing
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
r6 = r5
r5 &= 255
if r6 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 255 of a value of map values, which has 16: check the offset first (insn 12)
== constant and variable offset
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
if r5 > 15 goto out
r0 += 1
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 1 to 16 of a value of map values, which has 16: check the offset first (insn 11)
== constant and variable offset, in bounds
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
if r5 > 14 goto out
r0 += 1
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== there and back is forgotten
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
if r5 > 15 goto out
r0 += r5
r0 -= r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -15 to 15 of a value of map values, which has 16: check the offset first (insn 11)
== a wide access at a variable place
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
if r5 > 8 goto out
r0 += r5
r0 = *(u64 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a wide access at a variable place, off by one
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
if r5 > 9 goto out
r0 += r5
r0 = *(u64 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 16 of a value of map values, which has 16: check the offset first (insn 10)
== a constant far too large
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
r5 = 0x7fffffffffffffff ll
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by 9223372036854775807 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 10)
== a negative constant, made good
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
r5 = -1
r0 += r5
r0 = *(u8 *)(r0 +1)
exit
out: r0 = 1
exit
-- accept
== before the value
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
r0 += -1
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -1 to -1 of a value of map values, which has 16: check the offset first (insn 9)
== only some bits are left
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
r5 <<= 62
r5 >>= 61
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a swapped number, bounded
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
r5 = be16 r5
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a swapped number has 16 bits
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
r5 = bswap16 r5
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 65535 of a value of map values, which has 16: check the offset first (insn 10)
== swapped, shifted
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
r5 &= 0xff
r5 = bswap16 r5
r5 >>= 8
r5 >>= 4
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== 32-bit equality says nothing of the upper half
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
if w5 == 3 goto l
goto out
l: r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775805 to 9223372032559808515 bytes, which is too far: bound the number first, also from below (insn 10)
== shift by an unknown number
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
r6 = 1
r6 <<= r5
r6 &= 15
r0 += r6
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== shift of a number by itself
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
r5 >>= r5
r5 &= 15
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a shift by 64 is one by 0
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
r6 = 64
r5 >>= r6
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 10)
== divided by zero is zero
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
r6 = 0
r5 &= 15
r5 /= r6
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept kernel: it does not follow division
== the remainder by zero is the dividend
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
r6 = 0
r5 %= r6
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 10)
== a divisor that may be one
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
r6 = r5
r6 &= 3
r5 &= 63
r5 /= r6
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 0 to 63 of a value of map values, which has 16: check the offset first (insn 13)
== 64-bit bounds bound the lower half
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
if r5 s< 0 goto out
if r5 s> 15 goto out
if w5 > 15 goto bad
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
bad: r0 = *(u64 *)(r0 +99)
exit
out: r0 = 1
exit
-- accept
== both halves
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
if w5 > 15 goto out
if r5 > 15 goto out
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== negated flags
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
r5 &= 1
r5 = -r5
if r5 s> 0 goto bad
r5 = -r5
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
bad: r0 = *(u64 *)(r0 +99)
exit
out: r0 = 1
exit
-- accept
== a signed range shifted up
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
if r5 s< -8 goto out
if r5 s> 7 goto out
r5 += 8
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a signed range not shifted enough
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
if r5 s< -9 goto out
if r5 s> 7 goto out
r5 += 8
r0 += r5
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -1 to 15 of a value of map values, which has 16: check the offset first (insn 12)
== a 32-bit sign is 0 or -1
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
w5 s>>= 31
if w5 == 0 goto out
if w5 == -1 goto out
r0 = *(u64 *)(r0 +99)
exit
out: r0 = 1
exit
-- accept
