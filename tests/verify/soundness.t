# SPDX-License-Identifier: Apache-2.0
# Programs that would do harm, each through one weak point that verifiers have had: all refused.

== a field of a context that was moved
-- prog xdp
-- asm
r1 += 4
r0 = *(u32 *)(r1 + 8)
exit
-- reject
r1, the context, was moved: fields are reached by an offset from it (insn 1)
== an address of the callee's stack is left in the caller's
-- prog socket
-- asm
r1 = r10
r1 += -8
call l1
r1 = *(u64 *)(r10 - 8)
*(u64 *)(r1 - 8) = 0
r0 = 0
exit
l1:
*(u64 *)(r1 + 0) = r10
r0 = 0
exit
-- reject
a pointer into the stack of a function is stored in that of its caller, which outlives it (insn 7)
== what a helper fills is read by it, too
-- prog socket
-- maps
array strings 4 8 1 ro 25 64 00
-- asm
r1 = r10
r1 += -16
r2 = 16
r3 = map_value 0, 0
r4 = r10
r4 += -8
r5 = 8
call 165
r0 = 0
exit
-- reject kernel: it lets a privileged program read what was never written
the stack byte at r10-8 is read but was never written: initialise it first (insn 8)
== a context of no bytes may be NULL
-- prog memory
-- asm
if r1 == 0 goto l1
r0 = 0
exit
l1:
r0 = *(u64 *)(r1 + 0)
exit
-- reject
r1 reaches byte 7 of the context, of which 0 are known to be there: compare its length (r2) first (insn 3)
== a packet of no bytes may be NULL
-- prog xdp
-- asm
r2 = *(u32 *)(r1 + 0)
if r2 == 0 goto l1
r0 = 0
exit
l1:
r0 = *(u64 *)(r2 + 0)
exit
-- reject
r2 reaches byte 7 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 4)
== the length that makes the end matters
-- prog memory
-- asm
r6 = r1
r7 = r2
call 7
r8 = r0
call 7
r9 = r0
if r8 & 1 goto l1
if r9 & 1 goto l2
l2:
r8 = 0
r9 = 0
r0 = 0
goto l3
l1:
r7 = 0x100000
l3:
r3 = r6
r3 += r7
r4 = r6
r4 += 8
if r4 > r3 goto l4
r0 = *(u64 *)(r6 + 0)
exit
l4:
r0 = 0
exit
-- reject
r6 reaches byte 7 of the context, of which 0 are known to be there: compare its length (r2) first (insn 18)
== the callee leaves the caller's address in the caller's stack
-- prog socket
-- asm
call 7
r6 = r0
call 7
r7 = r0
r1 = r10
r1 += -16
call l9
if r6 & 1 goto l1
*(u64 *)(r10 - 8) = 0
if r7 & 1 goto l2
l2:
r7 = 0
r6 = 0
r8 = 0
r9 = 0
r6 = 0
r7 = 0
goto l3
l1:
r8 = 0x10000000
*(u64 *)(r10 - 8) = r8
r8 = 0
l3:
r3 = *(u64 *)(r10 - 16)
r4 = *(u64 *)(r3 + 8)
r5 = r10
r5 += -64
r5 += r4
*(u8 *)(r5 + 0) = 1
r0 = 0
exit
l9:
*(u64 *)(r1 + 0) = r1
r0 = 0
exit
-- reject
the access reaches bytes 268435392 to 268435392 from r10: the stack is the 512 bytes below it (insn 25)
== what is called back leaves the caller's address in the caller's stack
-- prog socket
-- asm
call 7
r6 = r0
call 7
r7 = r0
r1 = 1
r2 = function l9
r3 = r10
r3 += -16
r4 = 0
*(u64 *)(r10 - 16) = 0
call 181
if r6 & 1 goto l1
*(u64 *)(r10 - 8) = 0
if r7 & 1 goto l2
l2:
r7 = 0
r6 = 0
r8 = 0
r9 = 0
r6 = 0
r7 = 0
goto l3
l1:
r8 = 0x10000000
*(u64 *)(r10 - 8) = r8
r8 = 0
l3:
r3 = *(u64 *)(r10 - 16)
if r3 == 0 goto l8
r4 = *(u64 *)(r3 + 8)
r5 = r10
r5 += -64
r5 += r4
*(u8 *)(r5 + 0) = 1
l8:
r0 = 0
exit
l9:
*(u64 *)(r2 + 0) = r2
r0 = 0
exit
-- reject
the access reaches bytes 268435392 to 268435392 from r10: the stack is the 512 bytes below it (insn 31)
== an atomic operation on memory that the host need not have aligned
-- prog memory
-- asm
if r2 < 8 goto l1
r3 = 1
lock *(u64 *)(r1 + 0) += r3
l1:
r0 = 0
exit
-- reject
no atomic operations on memory whose alignment is not known: use the stack or a map (insn 2)
== a loop around a helper that calls back ends no sooner for that
-- prog socket
-- asm
r6 = *(u32 *)(r1 + 0)
l1:
r1 = 1
r2 = function l2
r3 = 0
r4 = 0
call 181
if r6 != 5 goto l1
r0 = 0
exit
l2:
r0 = 0
exit
-- reject no kernel: the function has no type
the loop never ends: nothing changes from one round to the next (insn 6)
== a loop whose counter is put back by what is called back
-- prog socket
-- asm
*(u64 *)(r10 - 8) = 0
l1:
r1 = 1
r2 = function l2
r3 = r10
r3 += -8
r4 = 0
call 181
r1 = *(u64 *)(r10 - 8)
r1 += 1
*(u64 *)(r10 - 8) = r1
if r1 < 10 goto l1
r0 = 0
exit
l2:
r1 = 0
*(u64 *)(r2 + 0) = r1
r0 = 0
exit
-- reject no kernel: the function has no type
the loop never ends: nothing changes from one round to the next (insn 7)
== a may_goto that jumps within its loop ends nothing
-- prog socket
-- asm
r8 = 0
l1:
may_goto l2
l2:
if r8 < 11 goto l1
r0 = 0
exit
-- reject no kernel: not every one knows may_goto
the loop never ends: nothing changes from one round to the next (insn 1)
