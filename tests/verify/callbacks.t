# SPDX-License-Identifier: Apache-2.0
# Functions called back by helpers. The kernel wants BTF for them: it is not asked.
== a loop
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = *(u64 *)(r10 -8)
exit
f: r3 = *(u64 *)(r2 +0)
r3 += r1
*(u64 *)(r2 +0) = r3
r0 = 0
exit
-- accept no kernel: it wants BTF
== without context
-- prog xdp
-- asm
r1 = 10
r2 = function f
r3 = 0
r4 = 0
call 181
r0 = 0
exit
f: r0 = 0
exit
-- accept no kernel: it wants BTF
== the context is NULL
-- prog xdp
-- asm
r1 = 10
r2 = function f
r3 = 0
r4 = 0
call 181
r0 = 0
exit
f: r0 = *(u64 *)(r2 +0)
exit
-- reject no kernel: it wants BTF
r2 is a number, not an address (insn 8)
== the result is no flag
-- prog xdp
-- asm
r1 = 10
r2 = function f
r3 = 0
r4 = 0
call 181
r0 = 0
exit
f: r0 = 2
exit
-- reject no kernel: it wants BTF
a function that a helper calls back returns 0 or 1; r0 may be something else (insn 9)
== the result may be anything
-- prog xdp
-- asm
r1 = 10
r2 = function f
r3 = 0
r4 = 0
call 181
r0 = 0
exit
f: r0 = r1
exit
-- reject no kernel: it wants BTF
a function that a helper calls back returns 0 or 1; r0 may be something else (insn 9)
== the result is one of two
-- prog xdp
-- asm
r1 = 10
r2 = function f
r3 = 0
r4 = 0
call 181
r0 = 0
exit
f: r0 = 0
if r1 < 5 goto l
r0 = 1
l: exit
-- accept no kernel: it wants BTF
== the index is not bounded
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
*(u64 *)(r10 -8) = r0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
out: r0 = 1
exit
f: r3 = *(u64 *)(r2 +0)
r3 += r1
r0 = *(u8 *)(r3 +0)
r0 = 0
exit
-- reject no kernel: it wants BTF
r3 is moved by 0 to 4294967295 bytes, which is too far: bound the number first, also from below (insn 20)
== the index is bounded
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
*(u64 *)(r10 -8) = r0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
out: r0 = 1
exit
f: if r1 > 15 goto l
r3 = *(u64 *)(r2 +0)
r3 += r1
*(u8 *)(r3 +0) = 1
l: r0 = 0
exit
-- accept no kernel: it wants BTF
== a number changed in rounds is not known after them
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
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r1 = *(u64 *)(r10 -8)
r6 += r1
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: r3 = *(u64 *)(r2 +0)
r3 += 1
*(u64 *)(r2 +0) = r3
r0 = 0
exit
-- reject no kernel: it wants BTF
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 17)
== a number changed in rounds, bounded after them
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
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r1 = *(u64 *)(r10 -8)
if r1 > 15 goto out
r6 += r1
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: r3 = *(u64 *)(r2 +0)
r3 += 1
*(u64 *)(r2 +0) = r3
r0 = 0
exit
-- accept no kernel: it wants BTF
== a pointer lost in the first round
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
*(u64 *)(r10 -8) = r0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
out: r0 = 1
exit
f: r3 = *(u64 *)(r2 +0)
r0 = *(u64 *)(r3 +0)
*(u64 *)(r2 +0) = 0
r0 = 0
exit
-- reject no kernel: it wants BTF
r3 is a number, not an address (insn 20)
== a flag set in the first round opens the way in the second
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
*(u64 *)(r10 -16) = r0
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -16
r4 = 0
call 181
r0 = 0
exit
out: r0 = 1
exit
f: r3 = *(u64 *)(r2 +8)
r4 = *(u64 *)(r2 +0)
if r3 == 0 goto l
r0 = *(u64 *)(r4 +16)
l: *(u64 *)(r2 +8) = 1
r0 = 0
exit
-- reject no kernel: it wants BTF
r4 reaches bytes 16 to 23 of a value of map values, which has 16: check the offset first (insn 23)
== a record given back in a round
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
*(u64 *)(r10 -8) = r0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
out: r0 = 1
exit
f: r1 = *(u64 *)(r2 +0)
r2 = 0
call 132
r0 = 0
exit
-- reject no kernel: it wants BTF
a reserved record is neither submitted nor discarded (insn 15)
== a record reserved in a round and kept
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
f: r1 = map 0
r2 = 16
r3 = 0
call 131
r0 = 0
exit
-- reject no kernel: it wants BTF
a record reserved in a function called back is not given back in it (insn 16)
== a record reserved and given back in a round
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
f: r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto l
r1 = r0
r2 = 0
call 132
l: r0 = 0
exit
-- accept no kernel: it wants BTF
== a tail call in a round
-- prog xdp
-- maps
prog_array table 4 4 4
-- asm
*(u64 *)(r10 -8) = r1
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = 0
exit
f: r1 = *(u64 *)(r2 +0)
r2 = map 0
r3 = 0
call 12
r0 = 0
exit
-- reject no kernel: it wants BTF
no tail calls within what a helper calls back (insn 14)
== packet pointers are void after rounds that move it
-- prog xdp
-- asm
r6 = *(u32 *)(r1 +0)
r7 = *(u32 *)(r1 +4)
r8 = r6
r8 += 4
if r8 > r7 goto out
*(u64 *)(r10 -8) = r1
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: r1 = *(u64 *)(r2 +0)
r2 = 4
call 44
r0 = 0
exit
-- reject no kernel: it wants BTF
r6 is a number, not an address (insn 13)
== no function
-- prog xdp
-- asm
r1 = 10
r2 = 77
r3 = 0
r4 = 0
call 181
r0 = 0
exit
-- reject
r2 is a number: bpf_loop takes a function of this program there (insn 4)
== loops in loops
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = *(u64 *)(r10 -8)
exit
f: r3 = r2
r1 = 10
r2 = function g
r4 = 0
call 181
r0 = 0
exit
g: r3 = *(u64 *)(r2 +0)
r3 += r1
*(u64 *)(r2 +0) = r3
r0 = 0
exit
-- accept no kernel: it wants BTF
== a loop in itself
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 0
r1 = 10
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 181
r0 = *(u64 *)(r10 -8)
exit
f: r3 = r2
r1 = 10
r2 = function f
r4 = 0
call 181
r0 = 0
exit
-- reject no kernel: it wants BTF
function func1 calls itself, perhaps through others: recursion is not allowed (insn 10)
== for each element
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u64 *)(r10 -8) = 0
r1 = map 0
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 164
r0 = *(u64 *)(r10 -8)
exit
f: r2 = *(u32 *)(r2 +0)
r3 = *(u64 *)(r3 +8)
r5 = *(u64 *)(r4 +0)
r5 += r3
r5 += r2
*(u64 *)(r4 +0) = r5
r0 = 0
exit
-- accept no kernel: it wants BTF
== for each element, keys are read-only
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
*(u64 *)(r10 -8) = 0
r1 = map 0
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 164
r0 = 0
exit
f: *(u32 *)(r2 +0) = 1
r0 = 0
exit
-- reject no kernel: it wants BTF
the memory at r2 is read-only (insn 11)
== for each element, beyond the value
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
*(u64 *)(r10 -8) = 0
r1 = map 0
r2 = function f
r3 = r10
r3 += -8
r4 = 0
call 164
r0 = 0
exit
f: r0 = *(u64 *)(r3 +16)
r0 = 0
exit
-- reject no kernel: it wants BTF
r3 reaches bytes 16 to 23 of a value of map flows, which has 16: check the offset first (insn 11)
