/* SPDX-License-Identifier: Apache-2.0 */
/* The compilers, a row for each convention and compiler: Debian's cross compilers, and clang for
 * the same processors. */
#include "abi/local.h"

#define CLANG(target, options) "clang-19 --target=" target "-linux-" options
#define QEMU(name)             "qemu-" name " "

static const struct toolchain toolchains[] = {
    { "x86_64-gcc", &conv_x86_64, "gcc -mavx512f", "gcc", "x86_64.S", "", 64, false },
    { "x86_64-clang", &conv_x86_64_clang, CLANG("x86_64", "gnu -mavx512f"), "gcc", "x86_64.S", "",
      64, true },
    { "arm64-gcc", &conv_arm64, "aarch64-linux-gnu-gcc", "aarch64-linux-gnu-gcc", "arm64.S",
      QEMU("aarch64"), 16, false },
    { "arm64-clang", &conv_arm64_clang, CLANG("aarch64", "gnu"), "aarch64-linux-gnu-gcc", "arm64.S",
      QEMU("aarch64"), 16, true },
    { "riscv64-gcc", &conv_riscv64, "riscv64-linux-gnu-gcc", "riscv64-linux-gnu-gcc", "riscv64.S",
      QEMU("riscv64"), 8, false },
    { "riscv64-clang", &conv_riscv64_clang, CLANG("riscv64", "gnu -march=rv64gc -mabi=lp64d"),
      "riscv64-linux-gnu-gcc", "riscv64.S", QEMU("riscv64"), 8, true },
    { "riscv64-soft-gcc", &conv_riscv64_soft, "riscv64-linux-gnu-gcc -march=rv64imac -mabi=lp64",
      "riscv64-linux-gnu-gcc -march=rv64imac -mabi=lp64", "riscv64.S", QEMU("riscv64"), 8, false },
    { "riscv64-soft-clang", &conv_riscv64_soft_clang,
      CLANG("riscv64", "gnu -march=rv64imac -mabi=lp64"),
      "riscv64-linux-gnu-gcc -march=rv64imac -mabi=lp64", "riscv64.S", QEMU("riscv64"), 8, true },
    { "arm32-gcc", &conv_arm32, "arm-linux-gnueabihf-gcc -mfpu=neon",
      "arm-linux-gnueabihf-gcc -mfpu=neon", "arm32.S", QEMU("arm"), 4, false },
    { "arm32-clang", &conv_arm32_clang, CLANG("arm", "gnueabihf -march=armv7-a -mfpu=neon"),
      "arm-linux-gnueabihf-gcc -mfpu=neon", "arm32.S", QEMU("arm"), 4, true },
    { "arm32-soft-gcc", &conv_arm32_soft, "arm-linux-gnueabi-gcc -march=armv7-a -mfloat-abi=soft",
      "arm-linux-gnueabi-gcc -march=armv7-a -mfloat-abi=soft", "arm32.S", QEMU("arm"), 4, false },
    { "arm32-soft-clang", &conv_arm32_soft_clang,
      CLANG("arm", "gnueabi -march=armv7-a -mfloat-abi=soft"),
      "arm-linux-gnueabi-gcc -march=armv7-a -mfloat-abi=soft", "arm32.S", QEMU("arm"), 4, true },
    { "s390x-gcc", &conv_s390x, "s390x-linux-gnu-gcc -march=z13", "s390x-linux-gnu-gcc -march=z13",
      "s390x.S", QEMU("s390x"), 16, false },
    { "s390x-clang", &conv_s390x_clang, CLANG("s390x", "gnu -march=z13"),
      "s390x-linux-gnu-gcc -march=z13", "s390x.S", QEMU("s390x"), 16, true },
};

const struct toolchain *toolchain_at(uint32_t index)
{
    return index < sizeof toolchains / sizeof *toolchains ? &toolchains[index] : NULL;
}

uint32_t toolchain_vectors(const struct toolchain *chain)
{
    (void)chain;
#ifdef __x86_64__
    if (chain->conv->vector_most > 16)
        return __builtin_cpu_supports("avx512f") ? 64 : __builtin_cpu_supports("avx") ? 32 : 16;
#endif
    return 16;
}
