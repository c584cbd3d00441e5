/* SPDX-License-Identifier: Apache-2.0 */
/* 8-byte keys counted in a hash map; after the first run all are there. */
#include "workload.h"

HASH(counts, u64, u64, 1024);

WORKLOAD(hash_count)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += 8) {
        u64 key = load64(mem + i), one = 1;
        u64 *count = hash_find(counts, &key);
        if (count)
            sum += ++*count;
        else
            hash_put(counts, &key, &one);
    }
    return sum;
}
