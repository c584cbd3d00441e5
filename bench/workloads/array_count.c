/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes counted in an array map. */
#include "workload.h"

ARRAY(counts, u64, 256);

WORKLOAD(array_count)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += 4) {
        u64 *count = array_at(counts, mem[i]);
        if (count)
            sum += ++*count;
    }
    return sum;
}
