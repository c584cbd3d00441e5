/* SPDX-License-Identifier: Apache-2.0 */
/* Type-length-value options walked to the end, values in network order. */
#include "workload.h"

WORKLOAD_IN_MAP(tlv)
{
    u64 sum = 0;
    u32 at = 0;
    for (u32 i = 0; i < 128; i++) {
        u32 type = mem[at & MASK], length = mem[(at + 1) & MASK] & 15;
        if (type & 1)
            sum += (u32)mem[(at + 2) & MASK] << 8 | mem[(at + 3) & MASK];
        else
            sum ^= (u64)type << (length & 31);
        at += 2 + length;
    }
    return sum + at;
}
