/* SPDX-License-Identifier: Apache-2.0 */
/* A dense switch over message types, each with work of its own. */
#include "workload.h"

WORKLOAD(dispatch)
{
    u64 counts[4] = { 0 };
    for (u32 i = 0; i < SIZE; i += 8) {
        u64 body = *(u64 *)(mem + i) >> 8;
        switch (mem[i] & 7) {
        case 0: counts[0] += body; break;
        case 1: counts[1] ^= body; break;
        case 2: counts[2] += body * 3; break;
        case 3: counts[3] += body >> 5; break;
        case 4: counts[0] -= body & 0xff; break;
        case 5: counts[1] += rotl64(body, 9); break;
        case 6: counts[2] |= body; break;
        default: counts[3]++; break;
        }
    }
    return counts[0] ^ counts[1] ^ counts[2] ^ counts[3];
}
