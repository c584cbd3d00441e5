# SPDX-License-Identifier: Apache-2.0
# Registers must be written before they are read, and numbers are not addresses.
== r0 is not set
-- prog xdp
-- asm
exit
-- reject
r0, the result, was not written to (insn 0)
== r2 is not set
-- prog xdp
-- asm
r0 = r2
exit
-- reject
r2 was not written to before it is used (insn 0)
== r6 is not set
-- prog xdp
-- asm
r0 = 0
r0 += r6
exit
-- reject
r6 was not written to before it is used (insn 1)
== 32-bit use of an unset register
-- prog xdp
-- asm
w0 = w3
exit
-- reject
r3 was not written to before it is used (insn 0)
== comparison with an unset register
-- prog xdp
-- asm
r0 = 0
if r0 == r5 goto +0
exit
-- reject
r5 was not written to before it is compared (insn 1)
== set on one way only
-- prog xdp
-- asm
r6 = *(u32 *)(r1 +12)
if r6 == 0 goto l
r7 = 1
l: r0 = r7
exit
-- reject
r7 was not written to before it is used (insn 3)
== set on both ways
-- prog xdp
-- asm
r6 = *(u32 *)(r1 +12)
r7 = 2
if r6 == 0 goto l
r7 = 1
l: r0 = r7
exit
-- accept
== r1 to r5 are gone after a call
-- prog xdp
-- asm
r6 = r1
call 5
r0 = r1
exit
-- reject
r1 was not written to before it is used (insn 2)
== r6 to r9 survive a call
-- prog xdp
-- asm
r6 = 3
call 5
r0 = r6
exit
-- accept
== a number as an address
-- prog xdp
-- asm
r1 = 4096
r0 = *(u8 *)(r1 +0)
exit
-- reject
r1 is a number, not an address (insn 1)
== a number plus a number as an address
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
r2 += 8
r0 = *(u8 *)(r2 +0)
exit
-- reject
r2 is a number, not an address (insn 2)
== a pointer as result
-- prog xdp
-- asm
r0 = r1
exit
-- reject kernel: it lets the privileged see addresses
r0 is the context: programs return numbers (insn 1)
== a pointer as result of a comparison
-- prog xdp
-- asm
r0 = 0
if r1 > r10 goto +1
r0 = 1
exit
-- accept
== the low half of a pointer is a number
-- prog xdp
-- asm
w0 = w1
exit
-- accept
== multiplying a pointer
-- prog xdp
-- asm
r1 *= 2
r0 = 0
exit
-- reject
r1 is the context: pointers can only be moved, by adding and subtracting numbers (insn 0)
== and on a pointer
-- prog xdp
-- asm
r1 &= -8
r0 = 0
exit
-- reject
r1 is the context: pointers can only be moved, by adding and subtracting numbers (insn 0)
== or on a pointer
-- prog xdp
-- asm
r10 = r10
r0 = 0
exit
-- reject
r10 (the frame pointer) is read-only (insn 0)
== shifting a pointer
-- prog xdp
-- asm
r1 <<= 8
r0 = 0
exit
-- reject
r1 is the context: pointers can only be moved, by adding and subtracting numbers (insn 0)
== negating a pointer
-- prog xdp
-- asm
r1 = -r1
r0 = 0
exit
-- reject kernel: it lets the privileged see addresses
r1 is the context: pointers can only be moved, by adding and subtracting numbers (insn 0)
== byte swap of a pointer
-- prog xdp
-- asm
r1 = be64 r1
r0 = 0
exit
-- reject kernel: it lets the privileged see addresses
r1 is not a number (insn 0)
== 32-bit addition to a pointer
-- prog xdp
-- asm
w1 += 4
r0 = 0
exit
-- reject
r1 is the context: pointers can only be moved, by adding and subtracting numbers (insn 0)
== difference of pointers
-- prog xdp
-- asm
r0 = r10
r0 -= r1
exit
-- accept
== 32-bit difference of pointers
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r0 = *(u32 *)(r1 +4)
w0 -= w2
exit
-- accept
== sum of pointers
-- prog xdp
-- asm
r1 += r10
r0 = 0
exit
-- reject
r1 is the context: pointers can only be moved, by adding and subtracting numbers (insn 0)
== sign extension of a pointer
-- prog xdp
-- asm
r0 = (s8)r1
exit
-- reject kernel: it lets the privileged see addresses
r1 is not a number (insn 0)
== a register minus itself is zero
-- prog xdp
-- asm
r1 -= r1
r0 = r1
exit
-- accept
== a register xor itself is zero
-- prog xdp
-- asm
r1 ^= r1
r0 = r1
exit
-- accept kernel: it refuses this on pointers
== division by zero is defined
-- prog xdp
-- asm
r2 = 0
r0 = 7
r0 /= r2
exit
-- accept
== division by an immediate zero
-- prog xdp
-- asm
r0 = 7
r0 /= 0
exit
-- accept kernel: it refuses what RFC 9669 defines
== shift by more than the width
-- prog xdp
-- asm
r0 = 7
r0 <<= 65
exit
-- accept kernel: it refuses what RFC 9669 defines
