# SPDX-License-Identifier: Apache-2.0
# Atomics, section 5.3: memory, then r0, r1 (the value read) are written behind it.
== += of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u64 *)(r6 + 8) += r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== |= of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u64 *)(r6 + 8) |= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== &= of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u64 *)(r6 + 8) &= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== ^= of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u64 *)(r6 + 8) ^= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== fetch_add of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r2 = atomic_fetch_add((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
10 32 54 76 98 ba dc fe
== fetch_or of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r2 = atomic_fetch_or((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
10 32 54 76 98 ba dc fe
== fetch_and of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r2 = atomic_fetch_and((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
10 32 54 76 98 ba dc fe
== fetch_xor of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r2 = atomic_fetch_xor((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
10 32 54 76 98 ba dc fe
== xchg of 64 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r2 = xchg_64(r6 + 8, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd ab 89 67 45 23 01
66 66 66 66 55 55 55 55
10 32 54 76 98 ba dc fe
== cmpxchg of 64 bits that fails, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r0 = cmpxchg_64(r6 + 8, r0, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
10 32 54 76 98 ba dc fe
ef cd ab 89 67 45 23 01
== cmpxchg of 64 bits that succeeds, 0
-- asm
r6 = r1
r0 = 0xfedcba9876543210 ll
r2 = 0x123456789abcdef ll
r0 = cmpxchg_64(r6 + 8, r0, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd ab 89 67 45 23 01
10 32 54 76 98 ba dc fe
ef cd ab 89 67 45 23 01
== fetch_add of 64 bits into r0, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r0 = atomic_fetch_add((u64 *)(r6 + 8), r0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
76 98 ba dc ed 0f 32 54
10 32 54 76 98 ba dc fe
ef cd ab 89 67 45 23 01
== fetch_and of 64 bits into r0, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r0 = atomic_fetch_and((u64 *)(r6 + 8), r0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 22 44 66 10 10 54 54
10 32 54 76 98 ba dc fe
ef cd ab 89 67 45 23 01
== += of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u64 *)(r6 + 8) += r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== |= of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u64 *)(r6 + 8) |= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== &= of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u64 *)(r6 + 8) &= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== ^= of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u64 *)(r6 + 8) ^= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== fetch_add of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r2 = atomic_fetch_add((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
== fetch_or of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r2 = atomic_fetch_or((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
== fetch_and of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r2 = atomic_fetch_and((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
== fetch_xor of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r2 = atomic_fetch_xor((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
== xchg of 64 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r2 = xchg_64(r6 + 8, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
== cmpxchg of 64 bits that fails, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r0 = cmpxchg_64(r6 + 8, r0, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff
01 00 00 00 00 00 00 00
== cmpxchg of 64 bits that succeeds, 1
-- asm
r6 = r1
r0 = 0xffffffffffffffff ll
r2 = 0x1 ll
r0 = cmpxchg_64(r6 + 8, r0, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
ff ff ff ff ff ff ff ff
01 00 00 00 00 00 00 00
== fetch_add of 64 bits into r0, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r0 = atomic_fetch_add((u64 *)(r6 + 8), r0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
65 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
01 00 00 00 00 00 00 00
== fetch_and of 64 bits into r0, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
r0 = atomic_fetch_and((u64 *)(r6 + 8), r0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
66 66 66 66 55 55 55 55
ff ff ff ff ff ff ff ff
01 00 00 00 00 00 00 00
== += of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u64 *)(r6 + 8) += r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== |= of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u64 *)(r6 + 8) |= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== &= of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u64 *)(r6 + 8) &= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== ^= of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u64 *)(r6 + 8) ^= r2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== fetch_add of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r2 = atomic_fetch_add((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_or of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r2 = atomic_fetch_or((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_and of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r2 = atomic_fetch_and((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_xor of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r2 = atomic_fetch_xor((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== xchg of 64 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r2 = xchg_64(r6 + 8, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== cmpxchg of 64 bits that fails, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r0 = cmpxchg_64(r6 + 8, r0, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== cmpxchg of 64 bits that succeeds, 2
-- asm
r6 = r1
r0 = 0xffffffff ll
r2 = 0xffffffff00000001 ll
r0 = cmpxchg_64(r6 + 8, r0, r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 ff ff ff ff
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== fetch_add of 64 bits into r0, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r0 = atomic_fetch_add((u64 *)(r6 + 8), r0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
65 66 66 66 56 55 55 55
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== fetch_and of 64 bits into r0, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
r0 = atomic_fetch_and((u64 *)(r6 + 8), r0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
66 66 66 66 00 00 00 00
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== += of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u32 *)(r6 + 8) += w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== |= of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u32 *)(r6 + 8) |= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== &= of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u32 *)(r6 + 8) &= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== ^= of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
lock *(u32 *)(r6 + 8) ^= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== fetch_add of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = atomic_fetch_add((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 00 00 00 00
== fetch_or of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = atomic_fetch_or((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 00 00 00 00
== fetch_and of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = atomic_fetch_and((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 00 00 00 00
== fetch_xor of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = atomic_fetch_xor((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 00 00 00 00
== xchg of 32 bits, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = xchg32_32(r6 + 8, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd ab 89 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 00 00 00 00
== cmpxchg of 32 bits that fails, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w0 = cmpxchg32_32(r6 + 8, w0, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
10 32 54 76 00 00 00 00
ef cd ab 89 67 45 23 01
== cmpxchg of 32 bits that succeeds, 0
-- asm
r6 = r1
r0 = 0x7777777776543210 ll
r2 = 0x123456789abcdef ll
w0 = cmpxchg32_32(r6 + 8, w0, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd ab 89 98 ba dc fe
10 32 54 76 00 00 00 00
ef cd ab 89 67 45 23 01
== fetch_add of 32 bits into r0, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w0 = atomic_fetch_add((u32 *)(r6 + 8), w0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
76 98 ba dc 98 ba dc fe
10 32 54 76 00 00 00 00
ef cd ab 89 67 45 23 01
== fetch_and of 32 bits into r0, 0
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w0 = atomic_fetch_and((u32 *)(r6 + 8), w0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 22 44 66 98 ba dc fe
10 32 54 76 00 00 00 00
ef cd ab 89 67 45 23 01
== += of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u32 *)(r6 + 8) += w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== |= of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u32 *)(r6 + 8) |= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== &= of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u32 *)(r6 + 8) &= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== ^= of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
lock *(u32 *)(r6 + 8) ^= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
01 00 00 00 00 00 00 00
== fetch_add of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w2 = atomic_fetch_add((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_or of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w2 = atomic_fetch_or((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_and of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w2 = atomic_fetch_and((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_xor of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w2 = atomic_fetch_xor((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== xchg of 32 bits, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w2 = xchg32_32(r6 + 8, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 ff ff ff ff
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== cmpxchg of 32 bits that fails, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w0 = cmpxchg32_32(r6 + 8, w0, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
ff ff ff ff 00 00 00 00
01 00 00 00 00 00 00 00
== cmpxchg of 32 bits that succeeds, 1
-- asm
r6 = r1
r0 = 0x77777777ffffffff ll
r2 = 0x1 ll
w0 = cmpxchg32_32(r6 + 8, w0, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 ff ff ff ff
ff ff ff ff 00 00 00 00
01 00 00 00 00 00 00 00
== fetch_add of 32 bits into r0, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w0 = atomic_fetch_add((u32 *)(r6 + 8), w0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
65 66 66 66 ff ff ff ff
ff ff ff ff 00 00 00 00
01 00 00 00 00 00 00 00
== fetch_and of 32 bits into r0, 1
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x1 ll
w0 = atomic_fetch_and((u32 *)(r6 + 8), w0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff ff ff ff ff
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
66 66 66 66 ff ff ff ff
ff ff ff ff 00 00 00 00
01 00 00 00 00 00 00 00
== += of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u32 *)(r6 + 8) += w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== |= of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u32 *)(r6 + 8) |= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== &= of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u32 *)(r6 + 8) &= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== ^= of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
lock *(u32 *)(r6 + 8) ^= w2
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff 00 00 00 00
66 66 66 66 55 55 55 55
01 00 00 00 ff ff ff ff
== fetch_add of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w2 = atomic_fetch_add((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
00 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_or of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w2 = atomic_fetch_or((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_and of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w2 = atomic_fetch_and((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== fetch_xor of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w2 = atomic_fetch_xor((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
fe ff ff ff 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== xchg of 32 bits, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w2 = xchg32_32(r6 + 8, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
66 66 66 66 55 55 55 55
ff ff ff ff 00 00 00 00
== cmpxchg of 32 bits that fails, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w0 = cmpxchg32_32(r6 + 8, w0, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== cmpxchg of 32 bits that succeeds, 2
-- asm
r6 = r1
r0 = 0x77777777ffffffff ll
r2 = 0xffffffff00000001 ll
w0 = cmpxchg32_32(r6 + 8, w0, w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
01 00 00 00 00 00 00 00
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== fetch_add of 32 bits into r0, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w0 = atomic_fetch_add((u32 *)(r6 + 8), w0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
65 66 66 66 00 00 00 00
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== fetch_and of 32 bits into r0, 2
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0xffffffff00000001 ll
w0 = atomic_fetch_and((u32 *)(r6 + 8), w0)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
ff ff ff ff 00 00 00 00
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
66 66 66 66 00 00 00 00
ff ff ff ff 00 00 00 00
01 00 00 00 ff ff ff ff
== load_acquire of 8 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = load_acquire((u8 *)(r6 + 8))
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
66 66 66 66 55 55 55 55
10 00 00 00 00 00 00 00
== store_release of 8 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
store_release((u8 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef 32 54 76 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== load_acquire of 16 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = load_acquire((u16 *)(r6 + 8))
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 00 00 00 00 00 00
== store_release of 16 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
store_release((u16 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd 54 76 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== load_acquire of 32 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
w2 = load_acquire((u32 *)(r6 + 8))
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 00 00 00 00
== store_release of 32 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
store_release((u32 *)(r6 + 8), w2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd ab 89 98 ba dc fe
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
== load_acquire of 64 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
r2 = load_acquire((u64 *)(r6 + 8))
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
66 66 66 66 55 55 55 55
10 32 54 76 98 ba dc fe
== store_release of 64 bits
-- asm
r6 = r1
r0 = 0x5555555566666666 ll
r2 = 0x123456789abcdef ll
store_release((u64 *)(r6 + 8), r2)
*(u64 *)(r6 + 16) = r0
*(u64 *)(r6 + 24) = r2
r0 = 0
exit
-- memory
11 11 11 11 11 11 11 11
10 32 54 76 98 ba dc fe
00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00
-- after
11 11 11 11 11 11 11 11
ef cd ab 89 67 45 23 01
66 66 66 66 55 55 55 55
ef cd ab 89 67 45 23 01
