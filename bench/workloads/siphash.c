/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4: 64-bit additions and rotates. */
#include "workload.h"

#define ROUND(a, b, c, d)                                                                          \
    a += b, b = rotl64(b, 13), b ^= a, a = rotl64(a, 32), c += d, d = rotl64(d, 16), d ^= c,       \
            a += d, d = rotl64(d, 21), d ^= a, c += b, b = rotl64(b, 17), b ^= c,                  \
            c = rotl64(c, 32)

WORKLOAD(siphash)
{
    u64 a = 0x736f6d6570736575ull, b = 0x646f72616e646f6dull;
    u64 c = 0x6c7967656e657261ull, d = 0x7465646279746573ull;
    for (u32 i = 0; i < SIZE; i += 8) {
        u64 m = load64(mem + i);
        d ^= m;
        ROUND(a, b, c, d);
        ROUND(a, b, c, d);
        a ^= m;
    }
    c ^= 0xff;
    for (u32 i = 0; i < 4; i++)
        ROUND(a, b, c, d);
    return a ^ b ^ c ^ d;
}
