/* SPDX-License-Identifier: Apache-2.0 */
/* Heap sort of 32 words on the stack. */
#include "workload.h"

INLINE void sift(u32 *a, u32 root, u32 count)
{
    for (u32 level = 0; level < 6; level++) {
        u32 child = root * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && a[child & 31] < a[(child + 1) & 31])
            child++;
        if (a[root & 31] >= a[child & 31])
            return;
        u32 x = a[root & 31];
        a[root & 31] = a[child & 31];
        a[child & 31] = x;
        root = child;
    }
}

WORKLOAD(heap_sort)
{
    u32 a[32];
    for (u32 i = 0; i < 32; i++)
        a[i] = load32(mem + i * 4);
    for (u32 i = 16; i-- > 0;)
        sift(a, i, 32);
    for (u32 end = 31; end > 0; end--) {
        u32 x = a[0];
        a[0] = a[end];
        a[end] = x;
        sift(a, 0, end);
    }
    u64 sum = 0;
    for (u32 i = 0; i < 32; i++)
        sum = sum * 31 + a[i];
    return sum;
}
