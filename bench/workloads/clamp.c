/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of minimum, maximum and selections. */
#include "workload.h"

INLINE s64 min(s64 a, s64 b)
{
    return a < b ? a : b;
}
INLINE s64 max(s64 a, s64 b)
{
    return a > b ? a : b;
}

WORKLOAD(clamp)
{
    s64 low = 1 << 20, high = -(1 << 20), sum = 0;
    for (u32 i = 0; i < SIZE; i += 4) {
        s64 x = (s32)load32(mem + i);
        x = max(min(x, 1000000), -1000000);
        low = min(low, x);
        high = max(high, x);
        sum += x > 0 ? x : x >> 1;
    }
    return (u64)(low ^ high ^ sum);
}
