/* SPDX-License-Identifier: Apache-2.0 */
/* Insertion sort of 32 words on the stack. */
#include "workload.h"

WORKLOAD(insertion_sort)
{
    u32 a[32];
    for (u32 i = 0; i < 32; i++)
        a[i] = load32(mem + i * 4);
    for (u32 i = 1; i < 32; i++) {
        u32 x = a[i & 31], j = i;
        for (; j > 0 && j < 32; j--) {
            u32 y = a[(j - 1) & 31];
            if (y <= x)
                break;
            a[j & 31] = y;
        }
        a[j & 31] = x;
    }
    u64 sum = 0;
    for (u32 i = 0; i < 32; i++)
        sum = sum * 31 + a[i];
    return sum;
}
