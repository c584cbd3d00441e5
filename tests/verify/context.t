# SPDX-License-Identifier: Apache-2.0
# Fields of the context.
== a field
-- prog xdp
-- asm
r0 = *(u32 *)(r1 +12)
exit
-- accept
== half a field
-- prog xdp
-- asm
r0 = *(u16 *)(r1 +12)
exit
-- reject
struct xdp_md has no field that bytes 12 to 13 may be read of (insn 0)
== between fields
-- prog xdp
-- asm
r0 = *(u32 *)(r1 +14)
exit
-- reject
struct xdp_md has no field that bytes 14 to 17 may be read of (insn 0)
== beyond the fields
-- prog xdp
-- asm
r0 = *(u32 *)(r1 +24)
exit
-- reject
r1 reaches byte 24 of struct xdp_md, which has 24 (insn 0)
== before the fields
-- prog xdp
-- asm
r0 = *(u32 *)(r1 -4)
exit
-- reject
r1 reaches byte -4 of struct xdp_md, which has 24 (insn 0)
== two fields at once
-- prog xdp
-- asm
r0 = *(u64 *)(r1 +12)
exit
-- reject
struct xdp_md has no field that bytes 12 to 19 may be read of (insn 0)
== a field is written
-- prog xdp
-- asm
*(u32 *)(r1 +12) = 1
r0 = 0
exit
-- reject
the field ingress_ifindex cannot be written here (insn 0)
== sign-extended load of a field
-- prog xdp
-- asm
r0 = *(s32 *)(r1 +12)
exit
-- accept
== sign-extended load of a pointer
-- prog xdp
-- asm
r0 = *(s32 *)(r1 +0)
exit
-- reject
a pointer is loaded with its sign extended (insn 0)
== a byte of a pointer field
-- prog xdp
-- asm
r0 = *(u8 *)(r1 +0)
exit
-- reject
struct xdp_md has no field that bytes 0 to 0 may be read of (insn 0)
== narrow load in tc
-- prog tc
-- asm
r0 = *(u8 *)(r1 +8)
exit
-- accept
== mark is written in tc
-- prog tc
-- asm
*(u32 *)(r1 +8) = 5
r0 = 0
exit
-- accept
== mark is not written in a socket filter
-- prog socket
-- asm
*(u32 *)(r1 +8) = 5
r0 = 0
exit
-- reject
the field mark cannot be written here (insn 0)
== the control block
-- prog socket
-- asm
*(u32 *)(r1 +52) = 5
r0 = *(u8 *)(r1 +53)
exit
-- accept
== the control block in tc, 8 bytes
-- prog tc
-- asm
*(u64 *)(r1 +48) = 5
r0 = *(u64 *)(r1 +48)
exit
-- accept
== a moved context
-- prog xdp
-- asm
r1 += 4
r0 = *(u32 *)(r1 +8)
exit
-- reject
r1, the context, was moved: fields are reached by an offset from it (insn 1)
== a context moved by an unknown number
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
r2 &= 4
r1 += r2
r0 = *(u32 *)(r1 +0)
exit
-- reject
r1, the context, is moved by a number that is not known (insn 2)
== field or stack by one instruction
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
*(u64 *)(r10 -16) = 0
r3 = r10
r3 += -28
if r2 == 0 goto l
r3 = r1
l: r0 = *(u32 *)(r3 +12)
exit
-- reject
this instruction reaches a field of the context on one path and other memory, or another field, on another: give each its own instruction (insn 6)
== two fields by one instruction
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +12)
r3 = r1
if r2 == 0 goto l
r3 += 4
l: r0 = *(u32 *)(r3 +12)
exit
-- reject
r3, the context, was moved: fields are reached by an offset from it (insn 4)
== raw tracepoint arguments
-- prog raw_tp
-- asm
r2 = *(u64 *)(r1 +0)
r0 = *(u64 *)(r1 +88)
exit
-- accept
== raw tracepoint arguments, too many
-- prog raw_tp
-- asm
r0 = *(u64 *)(r1 +96)
exit
-- reject
r1 reaches byte 96 of struct bpf_raw_tracepoint_args, which has 96 (insn 0)
== raw tracepoint arguments are read-only
-- prog raw_tp
-- asm
*(u64 *)(r1 +0) = 1
r0 = 0
exit
-- reject
the field args cannot be written here (insn 0)
== an argument is a number
-- prog raw_tp
-- asm
r2 = *(u64 *)(r1 +0)
r0 = *(u64 *)(r2 +0)
exit
-- reject
r2 is a number, not an address (insn 1)
== a pointer stored in the context
-- prog tc
-- asm
*(u64 *)(r1 +48) = r10
r0 = 0
exit
-- reject kernel: it lets the privileged see addresses
r10, a stack pointer, is stored outside the stack: pointers may not leave the program (insn 0)
== atomics on the context
-- prog tc
-- asm
r2 = 1
lock *(u32 *)(r1 +8) += r2
r0 = 0
exit
-- reject
no atomic operations on the context: use the stack or a map (insn 1)
