/* SPDX-License-Identifier: Apache-2.0 */
/* Two halves of memory compared byte by byte up to the first difference, 8 times. */
#include "workload.h"

WORKLOAD(compare)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE / 2; i++)
        mem[i + SIZE / 2] = mem[i];
    for (u32 round = 0; round < 8; round++) {
        u32 i;
        mem[SIZE / 2 + SIZE * 3 / 8 + round]++;
        for (i = round; i < SIZE / 2; i++)
            if (mem[i] != mem[i + SIZE / 2])
                break;
        sum = sum * 7 + i;
        mem[SIZE / 2 + SIZE * 3 / 8 + round]--;
    }
    return sum;
}
