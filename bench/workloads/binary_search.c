/* SPDX-License-Identifier: Apache-2.0 */
/* Binary search in 256 sorted words, 64 times. */
#include "workload.h"

WORKLOAD(binary_search)
{
    u64 found = 0;
    u32 *words = (u32 *)mem;
    for (u32 i = 0; i < SIZE / 4; i++)
        words[i] = i * 7;
    for (u32 key = 0; key < 64; key++) {
        u32 low = 0;
        for (u32 step = 128; step; step >>= 1)
            if (words[(low + step) & 255] <= key * 29)
                low += step;
        found += low;
    }
    return found;
}
