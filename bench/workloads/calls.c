/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of calls between functions that are not inlined. */
#include "workload.h"

#define APART static __attribute__((noinline))

APART u64 third(u64 x, u64 y)
{
    return x * 31 + (y ^ x >> 7);
}
APART u64 second(u64 x, u64 y, u64 z)
{
    return third(x + z, y) ^ third(y, z);
}
APART u64 first(u64 x, u64 y)
{
    return second(x, y, x ^ y) + 1;
}

WORKLOAD(calls)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += 8)
        sum = first(sum, *(u64 *)(mem + i));
    return sum;
}
