# SPDX-License-Identifier: Apache-2.0
# Arguments of helpers.
== an argument is missing
-- prog xdp
-- maps
array values 4 16 8
-- asm
r1 = map 0
call 1
r0 = 0
exit
-- reject
r2, argument 2 of bpf_map_lookup_elem, was not written to (insn 2)
== a helper of other programs
-- prog tc
-- asm
r2 = 4
call 44
r0 = 0
exit
-- reject
bpf_xdp_adjust_head cannot be called by programs of type tc (insn 1)
== the context moved
-- prog xdp
-- asm
r1 += 4
r2 = 4
call 44
r0 = 0
exit
-- reject
r1 is the context: bpf_xdp_adjust_head takes the context as the program got it there (insn 2)
== no context
-- prog xdp
-- asm
r1 = r10
r2 = 4
call 44
r0 = 0
exit
-- reject
r1 is a stack pointer: bpf_xdp_adjust_head takes the context as the program got it there (insn 2)
== a size that is known
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
r2 = 16
call 16
r0 = *(u8 *)(r10 -1)
exit
-- accept
== a size of zero
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
r2 = 0
call 16
r0 = 0
exit
-- reject
the size in r2 may be 0: bpf_get_current_comm takes at least 1 (insn 4)
== a negative size
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
r2 = -1
call 16
r0 = 0
exit
-- reject
the size in r2 may be 18446744073709551615: bound it first, also from below (insn 4)
== a size that is not bounded
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
r2 = *(u64 *)(r6 +0)
call 16
r0 = 0
exit
-- reject
the size in r2 may be 18446744073709551615: bound it first, also from below (insn 4)
== a bounded size over uninitialised bytes
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
r2 = *(u64 *)(r6 +0)
r2 &= 7
r2 += 1
call 16
r0 = 0
exit
-- reject kernel: it lets the privileged read it
the stack byte at r10-16 is read but was never written: initialise it first (insn 6)
== a bounded size over initialised bytes
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
*(u64 *)(r10 -16) = 0
r2 = *(u64 *)(r6 +0)
r2 &= 7
r2 += 1
call 16
r0 = *(u64 *)(r10 -16)
exit
-- accept
== a size that may be zero
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
*(u64 *)(r10 -16) = 0
r2 = *(u64 *)(r6 +0)
r2 &= 7
call 16
r0 = 0
exit
-- reject
the size in r2 may be 0: bpf_get_current_comm takes at least 1 (insn 6)
== a size bounded from above only, signed
-- prog raw_tp
-- asm
r6 = r1
r1 = r10
r1 += -16
*(u64 *)(r10 -16) = 0
*(u64 *)(r10 -8) = 0
r2 = *(u64 *)(r6 +0)
if r2 s> 16 goto out
if r2 == 0 goto out
call 16
r0 = 0
exit
out: r0 = 1
exit
-- reject
the size in r2 may be 18446744073709551615: bound it first, also from below (insn 8)
== a size for the destination of a probe read
-- prog raw_tp
-- asm
r3 = *(u64 *)(r1 +0)
r1 = r10
r1 += -8
r2 = 8
call 113
r0 = *(u64 *)(r10 -8)
exit
-- accept
== a probe read beyond the stack
-- prog raw_tp
-- asm
r3 = *(u64 *)(r1 +0)
r1 = r10
r1 += -8
r2 = 9
call 113
r0 = 0
exit
-- reject
the access reaches bytes -8 to 0 from r10: the stack is the 512 bytes below it (insn 4)
== a probe read into read-only data
-- prog raw_tp
-- maps
array .rodata 4 16 1 ro 01
-- asm
r3 = *(u64 *)(r1 +0)
r1 = map_value 0, 0
r2 = 8
call 113
r0 = 0
exit
-- reject
map .rodata is read-only (insn 4)
== csum_diff with NULL and zero
-- prog xdp
-- asm
r1 = 0
r2 = 0
*(u64 *)(r10 -8) = 1
r3 = r10
r3 += -8
r4 = 8
r5 = 0
call 28
r0 = 1
exit
-- accept
== csum_diff with NULL and a size
-- prog xdp
-- asm
r1 = 0
r2 = 4
*(u64 *)(r10 -8) = 1
r3 = r10
r3 += -8
r4 = 8
r5 = 0
call 28
r0 = 1
exit
-- reject
r1 is NULL, but the size in r2 may not be 0 (insn 7)
== csum_diff with a packet pointer
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r3 = r2
r1 = 0
r2 = 0
r4 = 8
r5 = 0
call 28
r0 = 1
exit
out: r0 = 1
exit
-- accept
== csum_diff with a packet pointer, too far
-- prog xdp
-- asm
r2 = *(u32 *)(r1 +0)
r3 = *(u32 *)(r1 +4)
r4 = r2
r4 += 8
if r4 > r3 goto out
r3 = r2
r1 = 0
r2 = 0
r4 = 12
r5 = 0
call 28
r0 = 1
exit
out: r0 = 1
exit
-- reject
r3 reaches byte 11 from where it was compared, and 8 bytes are known to be there: compare against data_end first (insn 10)
== a result of 32 bits
-- prog xdp
-- maps
array values 4 15 8
-- asm
*(u32 *)(r10 -4) = 0
r2 = r10
r2 += -4
r1 = map 0
call 1
if r0 == 0 goto out
r6 = r0
call 7
r0 >>= 28
r6 += r0
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 reaches bytes 0 to 15 of a value of map values, which has 15: check the offset first (insn 11)
== any result
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
call 5
r6 += r0
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is moved by -9223372036854775808 to 9223372036854775807 bytes, which is too far: bound the number first, also from below (insn 9)
== strtol
-- prog tc
-- asm
*(u64 *)(r10 -8) = 49
r1 = r10
r1 += -8
r2 = 8
r3 = 0
r4 = r10
r4 += -16
call 105
r0 = *(u64 *)(r10 -16)
exit
-- accept no kernel: it offers strtol to sysctl programs only
== strncmp with a string that is not constant
-- prog xdp
-- asm
*(u64 *)(r10 -8) = 49
r1 = r10
r1 += -8
r2 = 8
r3 = r10
r3 += -8
call 182
r0 = 0
exit
-- reject
r3 is a stack pointer: bpf_strncmp takes a string in read-only data, known at load time there (insn 6)
== strncmp
-- prog xdp
-- maps
array .rodata 4 4 1 ro 61620000
-- asm
*(u64 *)(r10 -8) = 49
r1 = r10
r1 += -8
r2 = 8
r3 = map_value 0, 0
call 182
r0 = 0
exit
-- accept
== strncmp without an end
-- prog xdp
-- maps
array .rodata 4 4 1 ro 61626364
-- asm
*(u64 *)(r10 -8) = 49
r1 = r10
r1 += -8
r2 = 8
r3 = map_value 0, 0
call 182
r0 = 0
exit
-- reject
the string at r3 has no end in map .rodata (insn 6)
== a tail call
-- prog xdp
-- maps
prog_array table 4 4 8
-- asm
r2 = map 0
r3 = 1
call 12
r0 = 1
exit
-- accept
== a tail call with another map
-- prog xdp
-- maps
array values 4 16 8
-- asm
r2 = map 0
r3 = 1
call 12
r0 = 1
exit
-- reject
bpf_tail_call does not work on map values, which is of type 2 (insn 3)
== a tail call without the context
-- prog xdp
-- maps
prog_array table 4 4 8
-- asm
r1 = r10
r2 = map 0
r3 = 1
call 12
r0 = 1
exit
-- reject
r1 is a stack pointer: bpf_tail_call takes the context as the program got it there (insn 4)
== registers after a tail call
-- prog xdp
-- maps
prog_array table 4 4 8
-- asm
r2 = map 0
r3 = 1
call 12
r0 = r1
exit
-- reject
r1 was not written to before it is used (insn 4)
== skb_load_bytes
-- prog socket
-- asm
r2 = 0
r3 = r10
r3 += -16
r4 = 16
call 26
r0 = *(u64 *)(r10 -8)
exit
-- accept
== skb_store_bytes voids packet pointers
-- prog tc
-- asm
r6 = *(u32 *)(r1 +76)
r7 = *(u32 *)(r1 +80)
r8 = r6
r8 += 4
if r8 > r7 goto out
*(u64 *)(r10 -8) = 0
r2 = 0
r3 = r10
r3 += -8
r4 = 8
r5 = 0
call 9
r0 = *(u8 *)(r6 +0)
exit
out: r0 = 1
exit
-- reject
r6 is a number, not an address (insn 12)
== perf_event_output
-- prog xdp
-- maps
perf events 4 4 8
-- asm
*(u64 *)(r10 -8) = 5
r2 = map 0
r3 = 0xffffffff ll
r4 = r10
r4 += -8
r5 = 8
call 25
r0 = 1
exit
-- accept
== trace_printk takes fewer arguments
-- prog xdp
-- asm
r1 = r10
r1 += -8
*(u64 *)(r10 -8) = 0x4141
r2 = 8
call 6
r0 = 0
exit
-- accept
