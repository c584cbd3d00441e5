/* SPDX-License-Identifier: Apache-2.0 */
/* A bytecode interpreter: a switch in a loop. Where it starts and its registers come from memory,
 * so that a verifier does not follow every value that they might have. */
#include "workload.h"

WORKLOAD_IN_MAP(bytecode)
{
    u64 a = load64(mem), b = load64(mem + 8), c = load64(mem + 16);
    u32 pc = load32(mem + 24) & MASK;
    for (u32 step = 0; step < SIZE / 2; step++) {
        u8 op = mem[pc];
        pc = (pc + 1) & MASK;
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
                pc = (pc + 3) & MASK;
            break;
        case 10: a = ~a; break;
        case 11: b >>= 1; break;
        case 12: c += a & b; break;
        case 13: a |= c; break;
        case 14:
            if (b > c)
                pc = (pc + 1) & MASK;
            break;
        default: a += pc; break;
        }
    }
    return a ^ b ^ c;
}
