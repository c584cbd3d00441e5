/* SPDX-License-Identifier: Apache-2.0 */
/* Binary search in 64 sorted words on the stack, 32 times. */
#include "workload.h"

WORKLOAD(binary_search)
{
    u32 words[64], word = 0;
    u64 found = 0;
    for (u32 i = 0; i < 64; i++) {
        word += 1 + mem[i];
        words[i] = word;
    }
    for (u32 i = 0; i < 32; i++) {
        u32 key = load32(mem + 64 + i * 4) & 0x1fff, low = 0;
        for (u32 step = 32; step; step >>= 1)
            if (words[(low + step) & 63] <= key)
                low += step;
        found += low;
    }
    return found;
}
