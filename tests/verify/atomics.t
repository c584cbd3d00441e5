# SPDX-License-Identifier: Apache-2.0
# Atomic operations.
== add on the stack
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r1 = 2
lock *(u64 *)(r10 -8) += r1
r0 = *(u64 *)(r10 -8)
exit
-- accept
== on uninitialised stack
-- prog xdp
-- asm
r1 = 2
lock *(u64 *)(r10 -8) += r1
r0 = 0
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-8 is read but was never written: initialise it first (insn 1)
== on a spilled pointer
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
r1 = 2
lock *(u64 *)(r10 -8) += r1
r0 = 0
exit
-- reject kernel: it lets the privileged see addresses
an atomic operation on the pointer at r10-8 (insn 2)
== after it the number is not known
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
*(u64 *)(r10 -16) = 1
r1 = 99
lock *(u64 *)(r10 -16) += r1
r1 = *(u64 *)(r10 -16)
r0 += r1
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 11)
== fetch gives any number
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
*(u64 *)(r10 -16) = 1
r1 = 1
r1 = atomic_fetch_add((u64 *)(r10 -16), r1)
r0 += r1
r0 = *(u8 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject kernel: it knows the number on the stack
r0 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 10)
== not aligned
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
r1 = 1
lock *(u64 *)(r0 +4) += r1
r0 = 0
exit
out: r0 = 1
exit
-- reject
the address r0+4 of an atomic operation is not a multiple of 8 (insn 8)
== aligned in 32 bits
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
r1 = 1
lock *(u32 *)(r0 +4) += r1
r0 = 0
exit
out: r0 = 1
exit
-- accept
== aligned at a variable place
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
r1 = *(u64 *)(r0 +0)
r1 &= 8
r0 += r1
r1 = 1
lock *(u64 *)(r0 +0) += r1
r0 = 0
exit
out: r0 = 1
exit
-- accept
== xchg of a pointer
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r1 = xchg_64(r10 -8, r1)
r0 = 0
exit
-- reject kernel: it lets the privileged see addresses
r1 is not a number (insn 1)
== cmpxchg
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r0 = 1
r1 = 5
r0 = cmpxchg_64(r10 -8, r0, r1)
exit
-- accept
== cmpxchg without r0
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r1 = 5
r0 = cmpxchg_64(r10 -8, r0, r1)
exit
-- reject
r0 is not a number: it is what is compared with (insn 2)
== load-acquire and store-release
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 1
r1 = 5
store_release((u64 *)(r10 -8), r1)
r0 = load_acquire((u64 *)(r10 -8))
exit
-- accept
== store-release into read-only data
-- prog xdp
-- maps
array .rodata 4 16 1 ro 01000000
-- asm
r1 = map_value 0, 0
r2 = 1
store_release((u32 *)(r1 +0), w2)
r0 = 0
exit
-- reject
map .rodata is read-only (insn 3)
== beyond the value
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
r1 = 1
lock *(u64 *)(r0 +16) += r1
r0 = 0
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 16 to 23 of a value of map values, which has 16: check the offset first (insn 8)
