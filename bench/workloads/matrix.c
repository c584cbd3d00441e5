/* SPDX-License-Identifier: Apache-2.0 */
/* Product of two 8 by 8 matrices of words. */
#include "workload.h"

enum { N = SIZE < 512 ? 4 : 8 };

WORKLOAD(matrix)
{
    u32 *a = (u32 *)mem, *b = a + N * N;
    u64 sum = 0;
    for (u32 i = 0; i < N; i++)
        for (u32 j = 0; j < N; j++) {
            u32 dot = 0;
            for (u32 k = 0; k < N; k++)
                dot += a[i * N + k] * b[k * N + j];
            sum = sum * 3 + dot;
        }
    return sum;
}
