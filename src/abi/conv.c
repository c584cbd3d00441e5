/* SPDX-License-Identifier: Apache-2.0 */
/* The conventions, a row each. */
#include "abi/abi.h"

#define V(n) (REG_VECTOR + (n))

/* System V ABI, AMD64 supplement, sections 3.2.1 and 3.2.3. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };
#define X86_64                                                                                     \
    .title = "x86-64 System V", .data = &data_x86_64,                                              \
    .generals = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15", .vectors = "xmm", \
    .args = { .general = { 6, { RDI, RSI, RDX, RCX, R8, R9 } },                                    \
              .vector = { 8, { V(0), V(1), V(2), V(3), V(4), V(5), V(6), V(7) } } },               \
    .results = { .general = { 2, { RAX, RDX } }, .vector = { 2, { V(0), V(1) } } },                \
    .hidden = REG_NONE, .hidden_back = RAX, .word = 8,                                             \
    .saved =                                                                                       \
        REG_BIT(RBX) | REG_BIT(RBP) | REG_BIT(R12) | REG_BIT(R13) | REG_BIT(R14) | REG_BIT(R15),   \
    .destroyed = REG_BIT(RAX) | REG_BIT(RCX) | REG_BIT(RDX) | REG_BIT(RSI) | REG_BIT(RDI) |        \
                 REG_BIT(R8) | REG_BIT(R9) | REG_BIT(R10) | REG_BIT(R11),                          \
    .vector_count = 16, .chain = R10, .records = RECORDS_EIGHTBYTES,                               \
    .unnamed_records = RECORDS_EIGHTBYTES, .vector_most = 64, .unnamed_most = 16,                  \
    .result_most = RESULT_FITS, .x87 = true, .stack_align = 16, .stack_first = 8,                  \
    .variadic = REG_BIT(RAX), .extends_args = 4, .bpf_args = { RDI, RSI, RDX, RCX, R8, R9, RAX },  \
    .user_regs = { 21, { R15, R14,      R13,    R12,      RBP,      RBX,    R11,                   \
                         R10, R9,       R8,     RAX,      RCX,      RDX,    RSI,                   \
                         RDI, REG_NONE, REG_IP, REG_NONE, REG_NONE, REG_SP, REG_NONE } }
const struct conv conv_x86_64 = {
    .name = "x86_64", X86_64, .clang = &conv_x86_64_clang, .unnamed_fields = true
};
const struct conv conv_x86_64_clang = { .name = "x86_64-clang",
                                        X86_64,
                                        .closes_int128 = true,
                                        .flexible_in_memory = true,
                                        .strict_members = true,
                                        .unnamed_all = true };

/* AAPCS64, sections 6.1.1, 6.8.2 and 6.9. x30 is the return address. */
#define ARM64                                                                                      \
    .title = "AAPCS64", .data = &data_arm64, .generals = "x", .vectors = "v",                      \
    .args = { .general = { 8, { 0, 1, 2, 3, 4, 5, 6, 7 } },                                        \
              .vector = { 8, { V(0), V(1), V(2), V(3), V(4), V(5), V(6), V(7) } } },               \
    .results = { .general = { 2, { 0, 1 } }, .vector = { 4, { V(0), V(1), V(2), V(3) } } },        \
    .hidden = 8, .hidden_back = REG_NONE, .word = 8, .saved = UINT64_C(0x7ff) << 19,               \
    .destroyed = UINT64_C(0x7ffff) | REG_BIT(30), .platform = REG_BIT(18), .vector_count = 32,     \
    .chain = 18, .records = RECORDS_HOMOGENEOUS, .unnamed_records = RECORDS_HOMOGENEOUS,           \
    .vector_most = 16, .value_most = 16, .result_most = RESULT_FITS, .pairs = PAIRS_EVEN,          \
    .closes = true, .stack_align = 16, .slot_most = 16, .aligns_natural = true,                    \
    .bpf_args = { 0, 1, 2, 3, 4, 5, 6 },                                                           \
    .user_regs = { 34, { 0,  1,  2,  3,  4,  5,  6,  7,      8,      9,       10, 11,              \
                         12, 13, 14, 15, 16, 17, 18, 19,     20,     21,      22, 23,              \
                         24, 25, 26, 27, 28, 29, 30, REG_SP, REG_IP, REG_NONE } }
const struct conv conv_arm64 = { .name = "arm64", ARM64, .clang = &conv_arm64_clang };
const struct conv conv_arm64_clang = { .name = "arm64-clang", ARM64, .ignores_unnamed = true };

/* RISC-V psABI, "Procedure Calling Convention". Bit 1 is ra, 5-7 and 28-31 t, 8, 9 and 18-27 s. */
#define RISCV64                                                                                    \
    .data = &data_riscv64,                                                                         \
    .generals = "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 "             \
                "s6 s7 s8 s9 s10 s11 t3 t4 t5 t6",                                                 \
    .vectors = "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 "                                          \
               "fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7",                                                  \
    .hidden = REG_NONE, .hidden_back = REG_NONE, .word = 8, .saved = UINT64_C(0x0ffc0300),         \
    .destroyed = UINT64_C(0xf003fce2), .chain = 7, .value_most = 16, .result_most = RESULT_FITS,   \
    .pairs = PAIRS_EVEN_UNNAMED, .splits = SPLITS_ALWAYS, .float_takes_words = true,               \
    .stack_align = 16, .slot_most = 16, .extends_args = 8, .extends_results = 8,                   \
    .extends_sign = true, .boxes_floats = true, .bpf_args = { 10, 11, 12, 13, 14, 15, 16 }
#define LP64D                                                                                      \
    .title = "RISC-V LP64D", RISCV64, .records = RECORDS_FLATTENED,                                \
    .args = { .general = { 8, { 10, 11, 12, 13, 14, 15, 16, 17 } },                                \
              .vector = { 8, { V(10), V(11), V(12), V(13), V(14), V(15), V(16), V(17) } } },       \
    .results = { .general = { 2, { 10, 11 } }, .vector = { 2, { V(10), V(11) } } }
#define LP64                                                                                       \
    .title = "RISC-V LP64", RISCV64,                                                               \
    .args = { .general = { 8, { 10, 11, 12, 13, 14, 15, 16, 17 } } },                              \
    .results = { .general = { 2, { 10, 11 } } }
const struct conv conv_riscv64 = { .name = "riscv64", LP64D, .clang = &conv_riscv64_clang };
const struct conv conv_riscv64_clang = { .name = "riscv64-clang", LP64D, .flattens_empty = true };
const struct conv conv_riscv64_soft = { .name = "riscv64-soft",
                                        LP64,
                                        .clang = &conv_riscv64_soft_clang };
const struct conv conv_riscv64_soft_clang = { .name = "riscv64-soft-clang",
                                              LP64,
                                              .flattens_empty = true };

/* AAPCS32, sections 6.1.1, 6.4 and 7.1. r12 is ip, r14 the return address. */
#define ARM32                                                                                      \
    .data = &data_arm32, .generals = "r", .vectors = "s", .hidden = REG_NONE,                      \
    .hidden_back = REG_NONE, .word = 4, .saved = UINT64_C(0x0ff0), .destroyed = UINT64_C(0x500f),  \
    .chain = 12, .result_most = 4, .pairs = PAIRS_EVEN, .splits = SPLITS_FIRST, .closes = true,    \
    .stack_align = 8, .slot_most = 8, .aligns_natural = true, .extends_args = 4,                   \
    .extends_results = 4
#define SINGLES                                                                                    \
    {                                                                                              \
        16,                                                                                        \
        {                                                                                          \
            V(0), V(1), V(2), V(3), V(4), V(5), V(6), V(7), V(8), V(9), V(10), V(11), V(12),       \
                V(13), V(14), V(15)                                                                \
        }                                                                                          \
    }
#define HARD                                                                                       \
    .title = "AAPCS32, hard float", ARM32,                                                         \
    .args = { .general = { 4, { 0, 1, 2, 3 } }, .vector = SINGLES },                               \
    .results = { .general = { 4, { 0, 1, 2, 3 } }, .vector = SINGLES },                            \
    .records = RECORDS_HOMOGENEOUS, .vector_most = 16, .unnamed_all = true,                        \
    .unnamed_result = true, .vectors_are_words = true
#define SOFT                                                                                       \
    .title = "AAPCS32, soft float", ARM32, .args = { .general = { 4, { 0, 1, 2, 3 } } },           \
    .results = { .general = { 4, { 0, 1, 2, 3 } } }
const struct conv conv_arm32 = {
    .name = "arm32", HARD, .aligns_fields = true, .clang = &conv_arm32_clang
};
const struct conv conv_arm32_clang = {
    .name = "arm32-clang", HARD, .ignores_unnamed = true, .aligns_units = true
};
const struct conv conv_arm32_soft = {
    .name = "arm32-soft", SOFT, .aligns_fields = true, .clang = &conv_arm32_soft_clang
};
const struct conv conv_arm32_soft_clang = { .name = "arm32-soft-clang",
                                            SOFT,
                                            .ignores_unnamed = true };

/* s390x ELF ABI, section 1.2, with the vector facility (z13). r6 carries an argument and is
 * preserved. */
#define S390X                                                                                      \
    .title = "s390x ELF", .data = &data_s390x, .big = true, .generals = "r", .vectors = "v",       \
    .args = { .general = { 5, { 2, 3, 4, 5, 6 } },                                                 \
              .vector = { 4, { V(0), V(2), V(4), V(6) } },                                         \
              .wide = { 8, { V(24), V(26), V(28), V(30), V(25), V(27), V(29), V(31) } } },         \
    .results = { .general = { 1, { 2 } }, .vector = { 1, { V(0) } }, .wide = { 1, { V(24) } } },   \
    .hidden = REG_NONE, .hidden_back = REG_NONE, .word = 8, .saved = UINT64_C(0xbfc0),             \
    .destroyed = UINT64_C(0x403f), .chain = 0, .records = RECORDS_SINGLE,                          \
    .unnamed_records = RECORDS_SINGLE, .vector_most = 16, .value_most = 8, .value_powers = true,   \
    .stack_align = 8, .stack_first = 160, .slot_most = 8, .extends_args = 8, .extends_results = 8
const struct conv conv_s390x = { .name = "s390x", S390X, .clang = &conv_s390x_clang };
const struct conv conv_s390x_clang = { .name = "s390x-clang", S390X, .flexible_in_memory = true };

const struct conv *conv_at(uint32_t index)
{
    static const struct conv *const all[] = {
        &conv_x86_64, &conv_arm64,      &conv_riscv64, &conv_riscv64_soft,
        &conv_arm32,  &conv_arm32_soft, &conv_s390x,
    };
    return index < sizeof all / sizeof *all ? all[index] : NULL;
}
