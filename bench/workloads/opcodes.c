/* SPDX-License-Identifier: Apache-2.0 */
/* An interpreter of 64 operations: a switch over all that six bits can say. Its registers come from
 * memory, so that a verifier does not follow every value that they might have. */
#include "workload.h"

#define EIGHT(n)                                                                                   \
    case n: a += b * (n + 3); break;                                                               \
    case n + 1: b ^= a >> (n / 8 + 1); break;                                                      \
    case n + 2: c -= a ^ n; break;                                                                 \
    case n + 3: a = rotl64(a, n / 4 + 1); break;                                                   \
    case n + 4: b += c & ~(u64)n; break;                                                           \
    case n + 5: c ^= b << (n / 8 + 1); break;                                                      \
    case n + 6: a -= c | n; break;                                                                 \
    case n + 7: b *= 2 * n + 5; break;

WORKLOAD_IN_MAP(opcodes)
{
    u64 a = load64(mem), b = load64(mem + 8), c = load64(mem + 16);
    for (u32 pc = 0; pc < SIZE; pc += 4)
        switch (mem[pc] & 63) {
            EIGHT(0)
            EIGHT(8)
            EIGHT(16)
            EIGHT(24)
            EIGHT(32)
            EIGHT(40)
            EIGHT(48)
            EIGHT(56)
        }
    return a ^ b ^ c;
}
