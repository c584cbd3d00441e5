/* SPDX-License-Identifier: Apache-2.0 */
/* Product of two 8 by 8 matrices of words. */
#include "workload.h"

WORKLOAD(matrix)
{
    u32 *a = (u32 *)mem, *b = a + 64;
    u64 sum = 0;
    for (u32 i = 0; i < 8; i++)
        for (u32 j = 0; j < 8; j++) {
            u32 dot = 0;
            for (u32 k = 0; k < 8; k++)
                dot += a[i * 8 + k] * b[k * 8 + j];
            sum = sum * 3 + dot;
        }
    return sum;
}
