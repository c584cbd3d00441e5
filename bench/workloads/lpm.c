/* SPDX-License-Identifier: Apache-2.0 */
/* Longest prefix by walking a binary trie kept in an array. */
#include "workload.h"

WORKLOAD_IN_MAP(lpm)
{
    u64 sum = 0;
    u16 *nodes = (u16 *)mem; /* a node is two links */
    for (u32 round = 0; round < SIZE / 32; round++) {
        u32 address = 0x9e3779b9u * (round + 1), node = 0, best = 0;
        for (u32 bit = 0; bit < 32; bit++) {
            u32 next = nodes[(node * 2 + (address >> 31)) & (SIZE / 2 - 1)];
            address <<= 1;
            if ((next & 15) == 15)
                break;
            if (next & 0x100)
                best = bit;
            node = next & 255;
        }
        sum = sum * 33 + best;
    }
    return sum;
}
