/* SPDX-License-Identifier: Apache-2.0 */
/* Insertion sort of 16 words on the stack. */
#include "workload.h"

WORKLOAD(insertion_sort)
{
    u32 a[16];
    for (u32 i = 0; i < 16; i++)
        a[i] = load32(mem + i * 4);
    for (u32 i = 1; i < 16; i++) {
        u32 x = a[i & 15], j = i;
        for (; j > 0 && j < 16; j--) {
            u32 y = a[(j - 1) & 15];
            if (y <= x)
                break;
            a[j & 15] = y;
        }
        a[j & 15] = x;
    }
    u64 sum = 0;
    for (u32 i = 0; i < 16; i++)
        sum = sum * 31 + a[i];
    return sum;
}
