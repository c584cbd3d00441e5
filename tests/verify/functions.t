# SPDX-License-Identifier: Apache-2.0
# Functions of the program.
== a call
-- prog xdp
-- asm
r1 = 3
call f
exit
f: r0 = r1
r0 += 4
exit
-- accept
== arguments are not set
-- prog xdp
-- asm
r1 = 3
call f
exit
f: r0 = r4
exit
-- reject
r4 was not written to before it is used (insn 3)
== r6 of the caller is not seen
-- prog xdp
-- asm
r6 = 3
call f
exit
f: r0 = r6
exit
-- reject
r6 was not written to before it is used (insn 3)
== r6 of the caller survives
-- prog xdp
-- asm
r6 = 3
call f
r0 = r6
exit
f: r6 = 9
r0 = 0
exit
-- accept
== r1 is gone after a call
-- prog xdp
-- asm
r1 = 3
call f
r0 = r1
exit
f: r0 = 0
exit
-- reject
r1 was not written to before it is used (insn 2)
== r0 is not set by the function
-- prog xdp
-- asm
call f
exit
f: exit
-- reject
r0, the result, was not written to (insn 1)
== r0 is not set by the function and not used
-- prog xdp
-- asm
call f
r0 = 0
exit
f: exit
-- accept
== the stack of the caller
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 7
r1 = r10
r1 += -8
call f
r0 = *(u64 *)(r10 -8)
exit
f: r2 = *(u64 *)(r1 +0)
r2 += 1
*(u64 *)(r1 +0) = r2
r0 = 0
exit
-- accept
== beyond the stack of the caller
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 7
r1 = r10
r1 += -8
call f
r0 = 0
exit
f: r0 = *(u64 *)(r1 +8)
exit
-- reject
the access reaches bytes 0 to 7 from r10: the stack is the 512 bytes below it (insn 6)
== each function has a stack of its own
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 7
call f
exit
f: r0 = *(u64 *)(r10 -8)
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-8 is read but was never written: initialise it first (insn 3)
== the function destroys a spilled pointer
-- prog xdp
-- asm
*(u64 *)(r10 -8) = r1
r1 = r10
r1 += -8
call f
r1 = *(u64 *)(r10 -8)
r0 = *(u32 *)(r1 +12)
exit
f: *(u8 *)(r1 +3) = 0
r0 = 0
exit
-- reject
r1 is a number, not an address (insn 5)
== the function spills into the caller's stack
-- prog xdp
-- asm
r6 = r1
r2 = r10
r2 += -8
call f
r1 = *(u64 *)(r10 -8)
r0 = *(u32 *)(r1 +12)
exit
f: *(u64 *)(r2 +0) = r1
r0 = 0
exit
-- accept
== a pointer to the function's stack is returned
-- prog xdp
-- asm
call f
r0 = *(u64 *)(r0 -8)
exit
f: r0 = r10
exit
-- reject
r0 points into the stack of the function that ends (insn 4)
== a pointer to the function's stack is left behind
-- prog xdp
-- asm
r1 = r10
r1 += -8
call f
r1 = *(u64 *)(r10 -8)
r0 = *(u64 *)(r1 -8)
exit
f: *(u64 *)(r10 -8) = 1
*(u64 *)(r1 +0) = r10
r0 = 0
exit
-- reject
a pointer into the stack of a function is stored in that of its caller, which outlives it (insn 7)
== a pointer to the caller's stack is returned
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 7
r1 = r10
call f
r0 = *(u64 *)(r0 -8)
exit
f: r0 = r1
exit
-- accept kernel: it returns no stack pointers at all, not even of the caller
== a bound is found by the function
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
r1 = *(u64 *)(r0 +0)
call f
r6 += r0
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: r0 = r1
if r0 < 16 goto l
r0 = 0
l: exit
-- accept
== a lookup in a function
-- prog xdp
-- maps
array values 4 16 8
-- asm
call f
if r0 == 0 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
f: *(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
exit
-- accept
== a lookup in a function, not compared
-- prog xdp
-- maps
hash values 4 16 8
-- asm
call f
r0 = *(u64 *)(r0 +8)
exit
f: *(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
exit
-- reject
r0 may be NULL: compare it with 0 first (insn 1)
== a packet pointer compared in a function
-- prog xdp
-- asm
r6 = *(u32 *)(r1 +0)
r2 = *(u32 *)(r1 +4)
r1 = r6
call f
if r0 == 0 goto out
r0 = *(u8 *)(r6 +13)
exit
out: r0 = 1
exit
f: r0 = 0
r1 += 14
if r1 > r2 goto l
r0 = 1
l: exit
-- accept
== a packet pointer compared in a function, the wrong result
-- prog xdp
-- asm
r6 = *(u32 *)(r1 +0)
r2 = *(u32 *)(r1 +4)
r1 = r6
call f
if r0 != 0 goto out
r0 = *(u8 *)(r6 +13)
exit
out: r0 = 1
exit
f: r0 = 0
r1 += 14
if r1 > r2 goto l
r0 = 1
l: exit
-- reject
r6 reaches byte 13 from where it was compared, and 0 bytes are known to be there: compare against data_end first (insn 5)
== a function moves the packet
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 4
if r4 > r3 goto out
r6 = r2
call f
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: r2 = 4
call 44
r0 = 0
exit
-- reject
r6 is a number, not an address (insn 7)
== a tail call in a function may return anything
-- prog xdp
-- maps
array values 4 16 8
prog_array table 4 4 4
-- asm
r6 = r1
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
r7 = r0
r1 = r6
call f
r7 += r0
r0 = *(u8 *)(r7 +0)
exit
out: r0 = 1
exit
f: r2 = map 1
r3 = 0
call 12
r0 = 0
exit
-- reject
r7 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 11)
== a tail call in a function voids packet pointers
-- prog xdp
-- maps
prog_array table 4 4 4
-- asm
r6 = *(u32 *)(r1 +0)
r7 = *(u32 *)(r1 +4)
r8 = r6
r8 += 4
if r8 > r7 goto out
call f
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
f: r2 = map 0
r3 = 0
call 12
r0 = 0
exit
-- reject
r6 is a number, not an address (insn 6)
== eight functions deep
-- prog xdp
-- asm
call a
exit
a: call b
exit
b: call c
exit
c: call d
exit
d: call e
exit
e: call f
exit
f: call g
exit
g: r0 = 1
exit
-- accept
== nine functions deep
-- prog xdp
-- asm
call a
exit
a: call b
exit
b: call c
exit
c: call d
exit
d: call e
exit
e: call f
exit
f: call g
exit
g: call h
exit
h: r0 = 1
exit
-- reject
the call of func8 is nested deeper than 8 functions (insn 14)
== 1,000 bytes of stack in two functions
-- prog xdp
-- asm
*(u64 *)(r10 -504) = 0
call f
exit
f: *(u64 *)(r10 -504) = 0
r0 = 0
exit
-- accept kernel: it has 512 bytes for a whole chain of calls; here each function has them
== callx through a known function
-- prog xdp
-- asm
r2 = function f
callx r2
exit
f: r0 = 1
exit
-- accept no kernel: clang 19 and the kernel have no callx
== callx through a number
-- prog xdp
-- asm
r2 = 7
callx r2
exit
-- reject no kernel: clang 19 and the kernel have no callx
r2 is a number: callx takes the address of a function of this program (insn 1)
== callx through one of two functions
-- prog xdp
-- asm
r3 = *(u32 *)(r1 +12)
r2 = function f
if r3 == 0 goto l
r2 = function g
l: callx r2
exit
f: r0 = 1
exit
g: r0 = 2
exit
-- accept no kernel: clang 19 and the kernel have no callx
== the address of a function is not memory
-- prog xdp
-- asm
r2 = function f
r0 = *(u64 *)(r2 +0)
exit
f: r0 = 1
exit
-- reject no kernel: it wants BTF for callbacks
no memory can be read through r2, which is a function (insn 2)
== the address of a function does not move
-- prog xdp
-- asm
r2 = function f
r2 += 1
callx r2
exit
f: r0 = 1
exit
-- reject no kernel: clang 19 and the kernel have no callx
r2, a function, cannot be moved (insn 2)
