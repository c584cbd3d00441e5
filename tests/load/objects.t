# -- object NAME: tests/load/NAME.bpf.c; -- list: the object as printed; -- prog: what each program
# becomes, or why it cannot be linked.
== linking
-- object linking
-- list
object linking.bpf.o: little-endian, license "Dual BSD/GPL"
map hidden_map: hash, key 4 bytes, value 16 bytes, 1073741824 entries, flags 0x1
data .rodata: 4 bytes, read-only {
    .letters = "abc",
}
data .data: 4 bytes {
    .before = 7,
}
prog reached: section tc/ingress, 3 insns, loaded on request
prog entry: section xdp, 34 insns
-- prog
prog reached: section tc/ingress, context tc, 22 insns
global reached:
; linking.bpf.c:45: return hidden(skb->len);
     0: w1 = *(u32 *)(r1 + 0x0)
     1: call +0x1 <hidden>
     2: exit
static hidden:
; linking.bpf.c:33: return second(a) + 1;
     3: call +0x2 <second>
     4: r0 += 0x1
     5: exit
static second:
; linking.bpf.c:28: return first(a) * letters[a & 3];
     6: r2 = r1
     7: r2 &= 0x3
     8: r6 = map_value 0x1, 0x0 <.rodata>
    10: r6 += r2
    11: call +0x5 <first>
    12: w1 = *(u8 *)(r6 + 0x0)
    13: r1 <<= 0x38
    14: r1 s>>= 0x38
    15: r0 *= r1
    16: exit
static first:
; linking.bpf.c:23: return a + before;
    17: r2 = map_value 0x2, 0x0 <.data>
    19: w0 = *(u32 *)(r2 + 0x0)
    20: r0 += r1
    21: exit
prog entry: section xdp, context xdp, 60 insns
global entry:
; linking.bpf.c:49: int entry(struct xdp_md *ctx)
     0: r1 = 0x0
; linking.bpf.c:51: int sum = 0, key = 1;
     1: *(u32 *)(r10 - 0x4) = w1
     2: r1 = 0x1
     3: *(u32 *)(r10 - 0x8) = w1
     4: r3 = r10
     5: r3 += -0x4
; linking.bpf.c:53: bpf_loop(4, step, &sum, 0);
     6: r1 = 0x4
     7: r2 = function +0x1a <step>
     9: r4 = 0x0
    10: call 0xb5
; linking.bpf.c:54: if (missing)
    11: r1 = 0x0 ll
    13: if r1 == 0x0 goto +0x4
; linking.bpf.c:55: sum += missing();
    14: r0 = 0x0
    15: w1 = *(u32 *)(r10 - 0x4)
    16: r1 += r0
    17: *(u32 *)(r10 - 0x4) = w1
    18: r2 = r10
    19: r2 += -0x8
; linking.bpf.c:56: if (!bpf_map_lookup_elem(&hidden_map, &key))
    20: r1 = map 0x0 <hidden_map>
    22: call 0x1
; linking.bpf.c:58: return sum + hidden(3);
    23: w6 = *(u32 *)(r10 - 0x4)
; linking.bpf.c:56: if (!bpf_map_lookup_elem(&hidden_map, &key))
    24: if r0 != 0x0 goto +0x5
; linking.bpf.c:57: sum += helping(sum);
    25: r1 = r6
    26: call 0x3e8
    27: w6 = *(u32 *)(r10 - 0x4)
    28: r6 += r0
    29: *(u32 *)(r10 - 0x4) = w6
; linking.bpf.c:58: return sum + hidden(3);
    30: r1 = 0x3
    31: call +0x9 <hidden>
    32: r0 += r6
    33: exit
static step:
; linking.bpf.c:36: static long step(__u64 i, void *arg)
    34: r6 = r2
; linking.bpf.c:38: *(int *)arg += second(i);
    35: call +0x8 <second>
    36: w1 = *(u32 *)(r6 + 0x0)
    37: r1 += r0
    38: *(u32 *)(r6 + 0x0) = w1
; linking.bpf.c:39: return 0;
    39: r0 = 0x0
    40: exit
static hidden:
; linking.bpf.c:33: return second(a) + 1;
    41: call +0x2 <second>
    42: r0 += 0x1
    43: exit
static second:
; linking.bpf.c:28: return first(a) * letters[a & 3];
    44: r2 = r1
    45: r2 &= 0x3
    46: r6 = map_value 0x1, 0x0 <.rodata>
    48: r6 += r2
    49: call +0x5 <first>
    50: w1 = *(u8 *)(r6 + 0x0)
    51: r1 <<= 0x38
    52: r1 s>>= 0x38
    53: r0 *= r1
    54: exit
static first:
; linking.bpf.c:23: return a + before;
    55: r2 = map_value 0x2, 0x0 <.data>
    57: w0 = *(u32 *)(r2 + 0x0)
    58: r0 += r1
    59: exit
== refused
-- object refused
-- list
object refused.bpf.o: little-endian, license "Dual BSD/GPL"
data .data: 16 bytes {
    .target = 1,
    .pointer = 0x0,
}
data .kconfig: 8 bytes, read-only, zeros
prog strong_setting: section socket, 4 insns
prog strong_variable: section socket, 6 insns
prog strong_function: section socket, 2 insns
prog unknown_type: section socket, 2 insns
prog unknown_existence: section socket, 2 insns
prog other_place: section socket, 2 insns
prog type_size: section socket, 2 insns
prog enumerator: section socket, 3 insns
prog data_address: section socket, 5 insns
-- prog
strong_setting: refused.bpf.o: section socket: offset 0: extern CONFIG_HERE: there is no kernel configuration here; declare it __weak to have 0
strong_variable: refused.bpf.o: section socket: offset 0x28: extern variable: there is none here; declare it __weak and ask whether its address is 0
strong_function: refused.bpf.o: section socket: offset 0x50: function function: the environment has none of that name; add it as a helper
unknown_type: refused.bpf.o: section socket: offset 0x60: CO-RE relocation: field files.fds[2] of struct task, a type that is not known here
unknown_existence: refused.bpf.o: section socket: offset 0x70: CO-RE relocation: field pid of struct task, a type that is not known here
other_place: refused.bpf.o: section socket: offset 0x80: CO-RE relocation: field data_end of struct xdp_md___other does not lie here as in the object, at byte 0
type_size: refused.bpf.o: section socket: offset 0x90: CO-RE relocation: struct task is not known here
enumerator: refused.bpf.o: section socket: offset 0xa0: CO-RE relocation: enumerator ON of enum states is not known here with that value
data_address: refused.bpf.o: section .data: offset 0x8: the address of target is among the data, which cannot hold addresses
== types
-- object types
-- list
object types.bpf.o: little-endian, license "Dual BSD/GPL"
prog packet: section xdp, 18 insns
prog skb: section tc, 5 insns
prog registers: section kprobe/x, 2 insns
prog request: section req, 7 insns
-- prog
prog packet: section xdp, context xdp, 18 insns
global packet:
; types.bpf.c:52: int packet(struct xdp_md *ctx)
     0: r0 = 0x1
; types.bpf.c:54: struct ethhdr *eth = (void *)(long)ctx->data;
     1: w2 = *(u32 *)(r1 + 0x0)
; types.bpf.c:57: if ((void *)(ip + 1) > (void *)(long)ctx->data_end || eth->h_proto != 8 || ip->ihl < 5)
     2: w1 = *(u32 *)(r1 + 0x4)
     3: r3 = r2
     4: r3 += 0x22
     5: if r3 > r1 goto +0xb
     6: w1 = *(u16 *)(r2 + 0xc)
     7: if r1 != 0x8 goto +0x9
     8: r2 += 0xe
     9: w1 = *(u8 *)(r2 + 0x0)
    10: r1 &= 0xf
    11: r3 = 0x5
    12: if r3 > r1 goto +0x4
; types.bpf.c:59: return ip->saddr == ip->daddr ? 1 : 2;
    13: w1 = *(u32 *)(r2 + 0x10)
    14: w2 = *(u32 *)(r2 + 0xc)
    15: if r2 == r1 goto +0x1
    16: r0 = 0x2
; types.bpf.c:60: }
    17: exit
prog skb: section tc, context tc, 5 insns
global skb:
; types.bpf.c:63: int skb(struct __sk_buff *skb)
     0: r2 = 0x1b ll
; types.bpf.c:65: skb->cb[3] = bpf_core_type_id_local(struct req);
     2: *(u32 *)(r1 + 0x3c) = w2
; types.bpf.c:66: return skb->mark;
     3: w0 = *(u32 *)(r1 + 0x8)
     4: exit
prog registers: section kprobe/x, context pt_regs, 2 insns
global registers:
; types.bpf.c:72: return regs->di;
     0: r0 = *(u64 *)(r1 + 0x70)
     1: exit
prog request: section req, context req, 7 insns
global request:
; types.bpf.c:76: int request(struct req *req)
     0: r0 = 0x0
     1: r2 = 0x1
; types.bpf.c:78: return bpf_core_field_exists(req->method) && bpf_core_type_size(struct req) == 8 ? req->method
     2: if r2 == 0x0 goto +0x3
     3: r2 = 0x8
     4: if r2 != 0x8 goto +0x1
     5: w0 = *(u8 *)(r1 + 0x4)
     6: exit
== text
-- object text
-- list
object text.bpf.o: little-endian, license ""
data .bss: 4 bytes, zeros
prog helper: section .text, 7 insns
prog entry: section .text, 3 insns
-- prog
prog helper: section .text, context unknown, 7 insns
global helper:
; text.bpf.c:7: return a + ++counter;
     0: r2 = map_value 0x0, 0x0 <.bss>
     2: w0 = *(u32 *)(r2 + 0x0)
     3: r0 += 0x1
     4: *(u32 *)(r2 + 0x0) = w0
     5: r0 += r1
     6: exit
prog entry: section .text, context unknown, 10 insns
global entry:
; text.bpf.c:12: return helper(*(int *)memory);
     0: w1 = *(u32 *)(r1 + 0x0)
     1: call +0x1 <helper>
     2: exit
global helper:
; text.bpf.c:7: return a + ++counter;
     3: r2 = map_value 0x0, 0x0 <.bss>
     5: w0 = *(u32 *)(r2 + 0x0)
     6: r0 += 0x1
     7: *(u32 *)(r2 + 0x0) = w0
     8: r0 += r1
     9: exit
== wrong_map
-- object wrong_map
-- list
wrong_map.bpf.o: section .maps: offset 0: map uneven: its key_size is 8, but the type has 4 bytes
-- prog
== tables
-- object tables
-- list
object tables.bpf.o: little-endian, license ""
table old: struct ops___old
    .second = two
table both: struct ops
    .first = one
    .limits = { .low = 0, .high = 0 }
    .second = two
table empty: struct ops
    .first = 0x0
    .limits = { .low = -1, .high = 1 }
    .second = 0x0
prog one: section struct_ops, 2 insns
prog two: section struct_ops/second, 2 insns, loaded on request
-- prog
prog one: section struct_ops, context tracing, 2 insns
global one:
; tables.bpf.c:17: return 1;
     0: r0 = 0x1
     1: exit
prog two: section struct_ops/second, context tracing, 2 insns
global two:
; tables.bpf.c:23: return 2;
     0: r0 = 0x2
     1: exit
== wrong_table
-- object wrong_table
-- list
wrong_table.bpf.o: section .struct_ops: offset 0: table ops holds an address that is no program's, or not where a function's goes
-- prog
== wrong_member
-- object wrong_member
-- list
wrong_member.bpf.o: section .struct_ops: offset 0: table ops: member call is initialised with function, which is no program
-- prog
