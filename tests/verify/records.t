# SPDX-License-Identifier: Apache-2.0
# Records of a ring buffer: acquired, given back once, on every way.
== reserved and submitted
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
*(u64 *)(r6 +8) = 1
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- accept
== reserved and discarded
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r1 = r0
r2 = 0
call 133
out: r0 = 1
exit
-- accept
== never given back
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
r0 = 0
exit
-- reject
a reserved record is neither submitted nor discarded (insn 6)
== not given back where it is not NULL
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r0 = 0
exit
out: r0 = 1
exit
-- reject
a reserved record is neither submitted nor discarded (insn 7)
== not given back on one way
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
call 7
if r0 == 0 goto out
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- reject
a reserved record is neither submitted nor discarded (insn 13)
== given back twice
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
r1 = r6
r2 = 0
call 132
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- reject
r1 is a number: bpf_ringbuf_submit takes a reserved record, from its first byte there (insn 12)
== used after it was given back
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
r1 = r6
r2 = 0
call 132
r0 = *(u64 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is a number, not an address (insn 10)
== a spilled copy used after it was given back
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
*(u64 *)(r10 -8) = r0
r1 = r6
r2 = 0
call 132
r1 = *(u64 *)(r10 -8)
r0 = *(u64 *)(r1 +0)
exit
out: r0 = 1
exit
-- reject
r1 is a number, not an address (insn 12)
== given back without a comparison
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
r1 = r0
r2 = 0
call 132
out: r0 = 1
exit
-- reject
r1 is perhaps NULL (compare it with 0 first): bpf_ringbuf_submit takes a reserved record, from its first byte there (insn 7)
== given back from its middle
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r1 = r0
r1 += 8
r2 = 0
call 132
out: r0 = 1
exit
-- reject
r1 is a pointer to memory: bpf_ringbuf_submit takes a reserved record, from its first byte there (insn 9)
== beyond the record
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
*(u64 *)(r6 +9) = 1
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- reject
r6 reaches bytes 9 to 16 of its memory, which has 16: check the offset first (insn 7)
== a size that is not known
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r6 = *(u32 *)(r1 +12)
r1 = map 0
r2 = r6
r3 = 0
call 131
r0 = 0
exit
-- reject
r2 is a number: bpf_ringbuf_reserve takes a size known at load time there (insn 5)
== two at once, the wrong one given back twice
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto l
r7 = r0
r1 = r6
r2 = 0
call 132
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
l: r1 = r6
r2 = 0
call 132
r0 = 1
exit
-- reject
r1 is a number: bpf_ringbuf_submit takes a reserved record, from its first byte there (insn 19)
== two at once
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto l
r1 = r0
r2 = 0
call 133
l: r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- accept
== forgotten over a tail call
-- prog xdp
-- maps
ringbuf events 0 0 4096
prog_array table 4 4 4
-- asm
r9 = r1
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
r1 = r9
r2 = map 1
r3 = 0
call 12
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- reject
a reserved record is not given back before the tail call (insn 12)
== a map value is no record
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
r1 = r0
r2 = 0
call 132
out: r0 = 1
exit
-- reject
r1 is a map value: bpf_ringbuf_submit takes a reserved record, from its first byte there (insn 9)
== a record as a value for output
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r6 = r0
*(u64 *)(r6 +0) = 1
*(u64 *)(r6 +8) = 1
r1 = map 0
r2 = r6
r3 = 16
r4 = 0
call 130
r1 = r6
r2 = 0
call 132
out: r0 = 1
exit
-- accept
== lost in a loop
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r6 = 4
l: r1 = map 0
r2 = 16
r3 = 0
call 131
r6 += -1
if r6 != 0 goto l
r0 = 0
exit
-- reject
a reserved record is neither submitted nor discarded (insn 9)
== given back by a function
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
r1 = map 0
r2 = 16
r3 = 0
call 131
if r0 == 0 goto out
r1 = r0
call f
out: r0 = 1
exit
f: r2 = 0
call 132
r0 = 0
exit
-- accept
== reserved by a function
-- prog xdp
-- maps
ringbuf events 0 0 4096
-- asm
call f
if r0 == 0 goto out
r1 = r0
r2 = 0
call 132
out: r0 = 1
exit
f: r1 = map 0
r2 = 16
r3 = 0
call 131
exit
-- accept
