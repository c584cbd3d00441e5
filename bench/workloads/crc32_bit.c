/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 bit by bit: shifts and a condition turned into a mask. */
#include "workload.h"

WORKLOAD(crc32_bit)
{
    u32 crc = ~0u;
    for (u32 i = 0; i < 32; i++) {
        crc ^= mem[i];
        for (u32 bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
    }
    return ~crc;
}
