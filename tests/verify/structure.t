# SPDX-License-Identifier: Apache-2.0
# Well-formedness: what every level checks.
== the shortest program
-- prog xdp
-- asm
r0 = 0
exit
-- accept
== nothing ends it
-- prog xdp
-- asm
r0 = 0
-- reject
control runs off the end of function main: end it with exit (insn 0)
== a conditional jump at the end
-- prog xdp
-- asm
r0 = 0
if r0 == 0 goto -2
-- reject
control runs off the end of function main: end it with exit (insn 1)
== a jump beyond the end
-- prog xdp
-- asm
r0 = 0
goto +1
r0 = 0
exit
-- accept kernel: it refuses unreachable instructions
== a jump before the beginning
-- prog xdp
-- asm
goto -2
exit
-- reject
the jump to slot -1 leaves the function main (insn 0)
== a jump into a 64-bit immediate
-- prog xdp
-- asm
goto +1
r0 = 1 ll
exit
-- reject
the jump to slot 2 lands within a 64-bit immediate (insn 0)
== r10 is written
-- prog xdp
-- asm
r10 = 1
r0 = 0
exit
-- reject
r10 (the frame pointer) is read-only (insn 0)
== r10 is moved
-- prog xdp
-- asm
r10 += -8
r0 = 0
exit
-- reject
r10 (the frame pointer) is read-only (insn 0)
== legacy packet access
-- prog socket
-- asm
r6 = r1
r0 = *(u8 *)skb[3]
exit
-- reject kernel: it still offers this to socket filters
legacy packet access (LD_ABS, LD_IND) is not offered here: use skb_load_bytes or packet pointers (insn 1)
== an unknown helper
-- prog xdp
-- asm
call 9999
exit
-- reject
there is no helper number 9999 here (insn 0)
== recursion
-- prog xdp
-- asm
call f
exit
f: call f
exit
-- reject
function func1 calls itself, perhaps through others: recursion is not allowed (insn 2)
== recursion of two
-- prog xdp
-- asm
call f
exit
f: call g
exit
g: call f
exit
-- reject
function func1 calls itself, perhaps through others: recursion is not allowed (insn 2)
== unreachable instructions
-- prog xdp
-- asm
r0 = 0
exit
r1 = *(u64 *)(r0 +0)
exit
-- accept kernel: it refuses unreachable instructions
== an endless loop
-- prog xdp
-- asm
r0 = 0
l: goto l
-- reject
the loop never ends: nothing changes from one round to the next (insn 1)
== a map that is not there
-- prog xdp
-- asm
r1 = map 3
r0 = 0
exit
-- reject no kernel: there is no such file descriptor
the program has no map number 3 (insn 0)
== an offset beyond the map value
-- prog xdp
-- maps
array one 4 16 1
-- asm
r1 = map_value 0, 99
r0 = 0
exit
-- reject no kernel: map_value needs the first map
offset 99 is beyond the 16 bytes of map one (insn 0)
