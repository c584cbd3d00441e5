/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths of x86-64 instructions, against LLVM's disassembler: at every byte of the libraries of
 * this process, so within instructions too, and in random bytes. */
#include "arch/targets.h"
#include "runner/runner.h"
#include <dlfcn.h>
#include <stdlib.h>

typedef void *open_fn(const char *triple, const char *cpu, const char *features, void *info,
                      int tags, void *operands, void *symbols);
typedef size_t step_fn(void *context, uint8_t *bytes, uint64_t size, uint64_t pc, char *text,
                       size_t room);

static struct {
    void *context;
    step_fn *step;
    void (*dispose)(void *context);
    unsigned compared, refused, wrong;
} llvm;

static void *function(void *library, const char *name)
{
    void *at = library ? dlsym(library, name) : NULL;
    CHECK_SAY(!library || at, "LLVM has no %s", name);
    return at;
}

static bool is_missing(void)
{
    static const char *const parts[] = { "LLVMInitializeX86TargetInfo", "LLVMInitializeX86TargetMC",
                                         "LLVMInitializeX86Disassembler" };
    void *library = dlopen("libLLVM.so.19.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        library = dlopen("/usr/lib/llvm-19/lib/libLLVM.so.19.1", RTLD_NOW | RTLD_LOCAL);
    if (!library || !target_find("x86_64")) {
        test_skip("libLLVM 19 is not installed");
        return true;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ((void (*)(void))function(library, parts[i]))();
    llvm.step = (step_fn *)function(library, "LLVMDisasmInstruction");
    llvm.dispose = (void (*)(void *))function(library, "LLVMDisasmDispose");
    llvm.context = ((open_fn *)function(library, "LLVMCreateDisasmCPUFeatures"))(
        "x86_64-linux-gnu", "", "", NULL, 0, NULL, NULL);
    llvm.compared = llvm.refused = llvm.wrong = 0;
    return false;
}

/* LLVM takes some prefixes for instructions of their own. */
static bool is_prefix(const char *text)
{
    static const char *const names[] = { "lock", "xacquire", "xrelease" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(text) >= strlen(names[i]) &&
            !strcmp(text + strlen(text) - strlen(names[i]), names[i]))
            return true;
    return false;
}

static void compare(const uint8_t *at, size_t size)
{
    const struct patch_arch *patch = target_find("x86_64")->patch;
    struct machine_insn insn;
    char text[128] = "", hex[64] = "";
    uint8_t bytes[16];
    size_t wanted = 0;

    size = size < sizeof bytes ? size : sizeof bytes;
    memcpy(bytes, at, size);
    for (size_t part, done = 0; done < size; done += part) {
        part = llvm.step(llvm.context, bytes + done, size - done, 0x1000, text, sizeof text);
        wanted = part ? done + part : 0;
        if (!part || !is_prefix(text))
            break;
    }
    patch->decode(&insn, at, size, 0x1000);
    llvm.compared++;
    llvm.refused += wanted && !insn.size;
    if (!wanted || !insn.size || insn.size == wanted)
        return;
    for (unsigned i = 0; i < size; i++)
        sprintf(hex + i * 3, "%02x ", at[i]);
    if (llvm.wrong++ < 20)
        test_fail(__FILE__, __LINE__, "%s:%s: %u bytes, not %zu", hex, text, insn.size, wanted);
}

TEST(lengths_of_random_bytes)
{
    uint8_t bytes[16];
    if (is_missing())
        return;
    srand(1);
    for (int i = 0; i < (test_quick ? 20000 : 2000000); i++) {
        for (int k = 0; k < 16; k++)
            bytes[k] = (uint8_t)(rand() >> 8);
        if (i % 4 == 0)
            bytes[0] = 0x0f;
        if (i % 4 == 1) {
            static const uint8_t firsts[] = { 0xc4, 0xc5, 0x62, 0x66, 0xf2, 0xf3, 0x48, 0x67 };
            bytes[0] = firsts[i / 4 % 8];
        }
        compare(bytes, 16);
    }
    CHECK(llvm.refused < llvm.compared / 50);
    llvm.dispose(llvm.context);
}

/* Each mapping of code of a file whose name has `name` in it. */
static void each_text(const char *name, void (*body)(const uint8_t *at, size_t size))
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char perms[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, perms) == 3 && perms[0] == 'r' &&
            perms[2] == 'x' && strstr(line, name))
            body((const uint8_t *)from, to - from);
    }
    if (maps)
        fclose(maps);
}

static void compare_all(const uint8_t *at, size_t size)
{
    for (size_t i = 0; i < size; i += test_quick ? 61 : 1)
        compare(at + i, size - i);
}

TEST(lengths_in_libraries)
{
    if (is_missing())
        return;
    dlopen("libstdc++.so.6", RTLD_NOW);
    each_text("/libc.so", compare_all);
    each_text("/libstdc++", compare_all);
    CHECK(llvm.compared > 10000);
    CHECK_SAY(llvm.refused < llvm.compared / 200, "%u of %u refused", llvm.refused, llvm.compared);
    llvm.dispose(llvm.context);
}
