/* SPDX-License-Identifier: Apache-2.0 */
/* A bytecode interpreter: a switch in a loop. */
#include "workload.h"

WORKLOAD(bytecode)
{
    u64 a = 1, b = 2, c = 3;
    u32 pc = 0;
    for (u32 step = 0; step < 512; step++) {
        u8 op = mem[pc & MASK];
        pc++;
        switch (op & 15) {
        case 0: a += b; break;
        case 1: b -= c; break;
        case 2: c ^= a; break;
        case 3: a = a << 3 | a >> 61; break;
        case 4: b *= 3; break;
        case 5: c += op; break;
        case 6: a = b; break;
        case 7: b = c; break;
        case 8: c = a; break;
        case 9:
            if (a & 1)
                pc += 3;
            break;
        case 10: a = ~a; break;
        case 11: b >>= 1; break;
        case 12: c += a & b; break;
        case 13: a |= c; break;
        case 14:
            if (b > c)
                pc += 1;
            break;
        default: a += pc; break;
        }
    }
    return a ^ b ^ c;
}
