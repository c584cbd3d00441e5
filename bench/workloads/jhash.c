/* SPDX-License-Identifier: Apache-2.0 */
/* Bob Jenkins' lookup3 over 12-byte blocks, as the kernel's jhash: rotates and byte loads. */
#include "workload.h"

#define MIX(a, b, c)                                                                               \
    a -= c, a ^= rotl32(c, 4), c += b, b -= a, b ^= rotl32(a, 6), a += c, c -= b,                  \
        c ^= rotl32(b, 8), b += a, a -= c, a ^= rotl32(c, 16), c += b, b -= a, b ^= rotl32(a, 19), \
        a += c, c -= b, c ^= rotl32(b, 4), b += a

WORKLOAD(jhash)
{
    u32 a = 0xdeadbeef + SIZE, b = a, c = a;
    for (u32 i = 0; i + 12 <= SIZE; i += 12) {
        a += load32(mem + i);
        b += load32(mem + i + 4);
        c += load32(mem + i + 8);
        MIX(a, b, c);
    }
    return (u64)b << 32 | c;
}
