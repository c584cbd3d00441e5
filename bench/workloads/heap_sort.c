/* SPDX-License-Identifier: Apache-2.0 */
/* Heap sort of 16 words on the stack. */
#include "workload.h"

INLINE void sift(u32 *a, u32 root, u32 count)
{
    for (u32 level = 0; level < 5; level++) {
        u32 child = root * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && a[child & 15] < a[(child + 1) & 15])
            child++;
        if (a[root & 15] >= a[child & 15])
            return;
        u32 x = a[root & 15];
        a[root & 15] = a[child & 15];
        a[child & 15] = x;
        root = child;
    }
}

WORKLOAD(heap_sort)
{
    u32 a[16];
    for (u32 i = 0; i < 16; i++)
        a[i] = load32(mem + i * 4);
    for (u32 i = 8; i-- > 0;)
        sift(a, i, 16);
    for (u32 end = 15; end > 0; end--) {
        u32 x = a[0];
        a[0] = a[end];
        a[end] = x;
        sift(a, 0, end);
    }
    u64 sum = 0;
    for (u32 i = 0; i < 16; i++)
        sum = sum * 31 + a[i];
    return sum;
}
