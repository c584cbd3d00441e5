/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of minimum, maximum and selections. The bounds come from memory, so that a verifier does
 * not learn a range from each. */
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
    s64 least = (s32)load32(mem), most = (s32)load32(mem + 4), sum = 0;
    s64 low = (s32)load32(mem + 8), high = low, middle = (s32)load32(mem + 12);
    for (u32 i = 0; i < SIZE; i += 4) {
        s64 x = (s32)load32(mem + i);
        x = max(min(x, most), least);
        low = min(low, x);
        high = max(high, x);
        sum += x > middle ? x : x >> 1;
    }
    return (u64)(low ^ high ^ sum);
}
