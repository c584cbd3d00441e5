/* SPDX-License-Identifier: Apache-2.0 */
/* A four-byte word searched for at every offset. */
#include "workload.h"

WORKLOAD(search)
{
    u64 found = 0;
    for (u32 i = 0; i < SIZE - 4; i++)
        if (mem[i] == mem[0] && mem[i + 1] == mem[1] && mem[i + 2] == mem[2])
            found += i;
    return found;
}
