/* SPDX-License-Identifier: Apache-2.0 */
/* Bits counted by the parallel sum. */
#include "workload.h"

WORKLOAD(popcount)
{
    u64 count = 0;
    for (u32 i = 0; i < SIZE; i += 8) {
        u64 x = *(u64 *)(mem + i);
        x -= x >> 1 & 0x5555555555555555ull;
        x = (x & 0x3333333333333333ull) + (x >> 2 & 0x3333333333333333ull);
        x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0full;
        count += x * 0x0101010101010101ull >> 56;
    }
    return count;
}
