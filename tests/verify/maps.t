# SPDX-License-Identifier: Apache-2.0
# Map values, NULL, keys, read-only maps.
== not compared with NULL
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r0 = *(u64 *)(r0 +0)
exit
-- reject
r0 may be NULL: compare it with 0 first (insn 6)
== compared with NULL
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
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- accept
== the wrong way
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 != 0 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- reject
r0 is a number, not an address (insn 7)
== compared with NULL in a register
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r1 = 0
if r0 == r1 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- accept
== compared with something else
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 1 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- reject
r0 may be NULL: compare it with 0 first (insn 7)
== 32-bit comparison with NULL
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if w0 == 0 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- reject
r0 may be NULL: compare it with 0 first (insn 7)
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
r0 = *(u64 *)(r0 +9)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 9 to 16 of a value of map values, which has 16: check the offset first (insn 7)
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
r0 = *(u64 *)(r0 -1)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes -1 to 6 of a value of map values, which has 16: check the offset first (insn 7)
== moved before compared
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r0 += 8
if r0 == 0 goto out
r0 = *(u64 *)(r0 +0)
exit
out: r0 = 1
exit
-- reject
r0 may be NULL: compare it with 0 before moving it (insn 6)
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
r6 = r0
if r6 == 0 goto out
r0 = *(u64 *)(r0 +0)
exit
out: r0 = 1
exit
-- accept
== a spilled copy is compared
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
*(u64 *)(r10 -16) = r0
if r0 == 0 goto out
r6 = *(u64 *)(r10 -16)
r0 = *(u64 *)(r6 +0)
exit
out: r0 = 1
exit
-- accept
== two lookups, the other one is compared
-- prog xdp
-- maps
hash values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r6 = r0
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
r0 = *(u64 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 may be NULL: compare it with 0 first (insn 14)
== two lookups, both compared
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r6 = r0
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
if r6 == 0 goto out
r0 = *(u64 *)(r6 +0)
exit
out: r0 = 1
exit
-- accept
== a NULL that is compared is a number
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 != 0 goto out
r0 += 7
exit
out: r0 = 1
exit
-- accept
== the key is not initialised
-- prog xdp
-- maps
array values 4 16 8
-- asm
r2 = r10
r2 += -4
r1 = map 0
call 1
r0 = 0
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-4 is read but was never written: initialise it first (insn 4)
== the key is too short
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -2
r1 = map 0
call 1
r0 = 0
exit
-- reject
the access reaches bytes -2 to 1 from r10: the stack is the 512 bytes below it (insn 5)
== the key is no pointer
-- prog xdp
-- maps
array values 4 16 8
-- asm
r2 = 0
r1 = map 0
call 1
r0 = 0
exit
-- reject
r2 is a number, not an address (insn 3)
== the map is no map
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = r10
call 1
r0 = 0
exit
-- reject
r1 is a stack pointer: bpf_map_lookup_elem takes a map there (insn 4)
== the map is unknown
-- prog xdp
-- maps
array values 4 16 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = 0
call 1
r0 = 0
exit
-- reject
r1 is a number: bpf_map_lookup_elem takes a map there (insn 4)
== a map is not readable
-- prog xdp
-- maps
array values 4 16 8
-- asm
r1 = map 0
r0 = *(u64 *)(r1 +0)
exit
-- reject kernel: it lets the privileged read the map
no memory can be read through r1, which is a map (insn 2)
== a map is moved
-- prog xdp
-- maps
array values 4 16 8
-- asm
r1 = map 0
r1 += 8
r0 = 0
exit
-- reject
r1, a map, cannot be moved (insn 2)
== a helper on the wrong type of map
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
r0 = 0
exit
-- reject
bpf_map_lookup_elem does not work on map events, which is of type 27 (insn 5)
== a value as a key
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
r2 = r0
r2 += 12
r1 = map 0
call 1
r0 = 0
exit
out: r0 = 1
exit
-- accept
== a value as a key, beyond it
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
r2 = r0
r2 += 13
r1 = map 0
call 1
r0 = 0
exit
out: r0 = 1
exit
-- reject
r2 reaches bytes 13 to 16 of a value of map values, which has 16: check the offset first (insn 11)
== update
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
*(u32 *)(r10 -4) = 0
*(u64 *)(r10 -16) = 1
*(u64 *)(r10 -24) = 1
r2 = r10
r2 += -4
r3 = r10
r3 += -24
r4 = 0
r1 = map 0
call 2
r0 = 0
exit
-- accept
== update, the value half initialised
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
*(u32 *)(r10 -4) = 0
*(u64 *)(r10 -24) = 1
r2 = r10
r2 += -4
r3 = r10
r3 += -24
r4 = 0
r1 = map 0
call 2
r0 = 0
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-16 is read but was never written: initialise it first (insn 9)
== delete
-- prog xdp
-- maps
hash flows 4 16 64
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 3
r0 = 0
exit
-- accept
== two maps on two ways
-- prog xdp
-- maps
array values 4 16 8
hash flows 4 16 64
-- asm
r6 = *(u32 *)(r1 +12)
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
if r6 == 0 goto l
r1 = map 1
l: call 1
if r0 == 0 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- accept
== two maps on two ways, beyond the smaller value
-- prog xdp
-- maps
array values 4 16 8
hash small 4 8 8
-- asm
r6 = *(u32 *)(r1 +12)
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
if r6 == 0 goto l
r1 = map 1
l: call 1
if r0 == 0 goto out
r0 = *(u64 *)(r0 +8)
exit
out: r0 = 1
exit
-- reject
r0 reaches bytes 8 to 15 of a value of map small, which has 8: check the offset first (insn 11)
== read-only data
-- prog xdp
-- maps
array .rodata 4 16 1 ro 01000000 02000000
-- asm
r1 = map_value 0, 4
r0 = *(u32 *)(r1 +0)
exit
-- accept
== read-only data are written
-- prog xdp
-- maps
array .rodata 4 16 1 ro 01000000 02000000
-- asm
r1 = map_value 0, 4
*(u32 *)(r1 +0) = 1
r0 = 0
exit
-- reject
map .rodata is read-only (insn 2)
== constants decide a branch
-- prog xdp
-- maps
array .rodata 4 16 1 ro 01000000 02000000
-- asm
r1 = map_value 0, 4
r2 = *(u32 *)(r1 +0)
if r2 == 2 goto l
r0 = *(u64 *)(r1 +100)
exit
l: r0 = 0
exit
-- accept
== data that can change decide no branch
-- prog xdp
-- maps
array .data 4 16 1
-- asm
r1 = map_value 0, 4
r2 = *(u32 *)(r1 +0)
if r2 == 2 goto l
r0 = *(u64 *)(r1 +100)
exit
l: r0 = 0
exit
-- reject
r1 reaches bytes 104 to 111 of a value of map .data, which has 16: check the offset first (insn 4)
== direct address, beyond the value
-- prog xdp
-- maps
array .data 4 16 1
-- asm
r1 = map_value 0, 12
r0 = *(u64 *)(r1 +0)
exit
-- reject
r1 reaches bytes 12 to 19 of a value of map .data, which has 16: check the offset first (insn 2)
== a pointer stored in a map
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
*(u64 *)(r0 +0) = r0
r0 = 0
exit
out: r0 = 1
exit
-- reject kernel: it lets the privileged see addresses
r0, a map value, is stored outside the stack: pointers may not leave the program (insn 7)
== what is loaded from a map is a number
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
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- reject
r1 is a number, not an address (insn 8)
== a per-CPU value
-- prog xdp
-- maps
percpu_array counts 4 16 4
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
r1 = *(u64 *)(r0 +8)
r1 += 1
*(u64 *)(r0 +8) = r1
r0 = 0
exit
out: r0 = 1
exit
-- accept
