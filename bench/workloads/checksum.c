/* SPDX-License-Identifier: Apache-2.0 */
/* The Internet checksum of 16-bit words (RFC 1071). */
#include "workload.h"

WORKLOAD(checksum)
{
    u64 sum = 0;
    for (u32 i = 0; i < SIZE; i += 2)
        sum += *(u16 *)(mem + i);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}
