/* SPDX-License-Identifier: Apache-2.0 */
/* Division and remainder, by variables and constants, in both widths. */
#include "workload.h"

WORKLOAD(divmod)
{
    u64 sum = 1;
    for (u32 i = 0; i < SIZE; i += 16) {
        u64 x = *(u64 *)(mem + i), y = *(u64 *)(mem + i + 8) >> 32;
        if (y)
            sum += x / y + x % y;
        sum += x / 10 + (u32)x % 1000 + (u32)(x >> 32) / 7;
    }
    return sum;
}
