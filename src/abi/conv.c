/* SPDX-License-Identifier: Apache-2.0 */
/* The conventions, a row each. */
#include "abi/abi.h"

/* System V ABI, AMD64 supplement, section 3.2.1 and 3.2.3. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };
const struct conv conv_x86_64 = {
    .name = "x86-64 System V",
    .args = { RDI, RSI, RDX, RCX, R8, R9 },
    .arg_count = 6,
    .bpf_args = { RDI, RSI, RDX, RCX, R8, R9, RAX },
    .result = RAX,
    .saved =
        REG_BIT(RBX) | REG_BIT(RBP) | REG_BIT(R12) | REG_BIT(R13) | REG_BIT(R14) | REG_BIT(R15),
    .destroyed = REG_BIT(RAX) | REG_BIT(RCX) | REG_BIT(RDX) | REG_BIT(RSI) | REG_BIT(RDI) |
                 REG_BIT(R8) | REG_BIT(R9) | REG_BIT(R10) | REG_BIT(R11),
    .stack_align = 16,
    .chain = R10,
};

/* AAPCS64, sections 6.1.1 and 6.8.2. x18 belongs to the platform; x30 is the return address. */
const struct conv conv_arm64 = {
    .name = "AAPCS64",
    .args = { 0, 1, 2, 3, 4, 5, 6, 7 },
    .arg_count = 8,
    .bpf_args = { 0, 1, 2, 3, 4, 5, 6 },
    .result = 0,
    .saved = UINT64_C(0x7ff) << 19,
    .destroyed = UINT64_C(0x3ffff) | REG_BIT(30),
    .stack_align = 16,
    .chain = 18,
};
