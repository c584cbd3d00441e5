# SPDX-License-Identifier: Apache-2.0
# Accesses that the interpreter refuses when it checks them.
== behind the memory
-- asm
r0 = *(u32 *)(r1 + 5)
exit
-- memory
00 01 02 03 04 05 06 07
-- fault
main: instruction 0 (w0 = *(u32 *)(r1 + 0x5)) reads 4 bytes at 0x..., which it may not
== before the memory
-- asm
*(u8 *)(r1 - 1) = 0
exit
-- memory
00
-- fault
main: instruction 0 (*(u8 *)(r1 - 0x1) = 0x0) writes 1 byte at 0x..., which it may not
== null
-- asm
r1 = 0
r0 = *(u64 *)(r1 + 0)
exit
-- fault
main: instruction 1 (r0 = *(u64 *)(r1 + 0x0)) reads 8 bytes at 0x..., which it may not
== below the stack
-- asm
r0 = 0
*(u64 *)(r10 - 520) = r0
exit
-- fault
main: instruction 1 (*(u64 *)(r10 - 0x208) = r0) writes 8 bytes at 0x..., which it may not
== the stack of a function that has returned
-- asm
call give
r0 = *(u64 *)(r0 - 8)
exit
give:
*(u64 *)(r10 - 8) = 1
r0 = r10
exit
-- fault
main: instruction 1 (r0 = *(u64 *)(r0 - 0x8)) reads 8 bytes at 0x..., which it may not
== behind a value of a map
-- map hash 4 8 2
00 00 00 00: 0000000000000000
-- asm
r1 = 0
*(u32 *)(r10 - 4) = r1
r2 = r10
r2 += -4
r1 = map 0
call 1
r0 = *(u32 *)(r0 + 6)
exit
-- fault
main: instruction 7 (w0 = *(u32 *)(r0 + 0x6)) reads 4 bytes at 0x..., which it may not
== read-only data is not written
-- map array 4 8 1 read-only
-- asm
r1 = map_value 0, 0
r0 = *(u64 *)(r1 + 0)
*(u64 *)(r1 + 0) = r0
exit
-- fault
main: instruction 3 (*(u64 *)(r1 + 0x0) = r0) writes 8 bytes at 0x..., which it may not
== memory given to a helper
-- map array 4 8 1
-- asm
r2 = 0
r1 = map 0
call 1
exit
-- fault
main: instruction 3 (call 0x1) gives bpf_map_lookup_elem memory of 4 bytes at 0x..., which it may not read
== an atomic that is not aligned
-- asm
r0 = 1
lock *(u64 *)(r10 - 12) += r0
exit
-- fault
main: instruction 1 (lock *(u64 *)(r10 - 0xc) += r0) needs an address divisible by 8, not 0x...
