/* SPDX-License-Identifier: Apache-2.0 */
/* FNV-1a of all bytes: one multiplication after another. */
#include "workload.h"

WORKLOAD(fnv)
{
    u64 h = 0xcbf29ce484222325ull;
    for (u32 i = 0; i < SIZE; i++)
        h = (h ^ mem[i]) * 0x100000001b3ull;
    return h;
}
