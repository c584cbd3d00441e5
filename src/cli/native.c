/* SPDX-License-Identifier: Apache-2.0 */
/* Machine code as text, through LLVM's disassembler: the one that knows every processor here. Its
 * library is large, so it is loaded when the first instruction is to be printed, not before. */
#include "cli/cli.h"
#include <string.h>

#ifdef HAVE_LLVM
#include <dlfcn.h>
#include <llvm-c/Disassembler.h>

static const struct processor {
    const char *target; /* our name */
    const char *llvm;   /* LLVM's, part of the names of functions */
    const char *triple, *features;
} processors[] = {
    { "x86_64", "X86", "x86_64-linux-gnu", "" },
    { "arm64", "AArch64", "aarch64-linux-gnu", "+v8.5a" },
};

struct native {
    void *library;
    LLVMDisasmContextRef context;
    __typeof__(&LLVMDisasmInstruction) print;
    __typeof__(&LLVMDisasmDispose) dispose;
};

static void *open_library(void)
{
    static const char *const names[] = { "libLLVM.so.19.1", "libLLVM-19.so",
                                         LLVM_LIBDIR "/libLLVM.so.19.1" };
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    return library;
}

/* A function of the library; ISO C has no cast from void * to a function. */
static bool find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static bool initialize(void *library, const struct processor *p)
{
    static const char *const parts[] = { "TargetInfo", "TargetMC", "Disassembler" };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        void (*function)(void);
        if (!find(library, arena_printf(cli_arena, "LLVMInitialize%s%s", p->llvm, parts[i]),
                  &function))
            return false;
        function();
    }
    return true;
}

struct native *native_open(const char *target, struct error *err)
{
    const struct processor *p = NULL;
    __typeof__(&LLVMCreateDisasmCPUFeatures) create;
    __typeof__(&LLVMSetDisasmOptions) set;
    struct native *native = arena_new_of(cli_arena, struct native);

    for (size_t i = 0; i < sizeof processors / sizeof processors[0]; i++)
        if (!strcmp(processors[i].target, target))
            p = &processors[i];
    if (!p) {
        fail(err, ANYBPF_E_UNSUPPORTED, "no disassembler for %s", target);
        return NULL;
    }
    native->library = open_library();
    if (!native->library) {
        fail(err, ANYBPF_E_NOT_FOUND, "no disassembler: libLLVM 19 is not installed");
        return NULL;
    }
    if (!initialize(native->library, p) ||
        !find(native->library, "LLVMCreateDisasmCPUFeatures", &create) ||
        !find(native->library, "LLVMSetDisasmOptions", &set) ||
        !find(native->library, "LLVMDisasmInstruction", &native->print) ||
        !find(native->library, "LLVMDisasmDispose", &native->dispose) ||
        !(native->context = create(p->triple, "", p->features, NULL, 0, NULL, NULL))) {
        fail(err, ANYBPF_E_UNSUPPORTED, "libLLVM has no disassembler for %s", target);
        dlclose(native->library);
        return NULL;
    }
    set(native->context, LLVMDisassembler_Option_PrintImmHex);
    set(native->context, LLVMDisassembler_Option_AsmPrinterVariant); /* x86: Intel's order */
    return native;
}

size_t native_print(struct native *native, const uint8_t *code, size_t size, uint64_t address,
                    char text[160])
{
    size_t used =
        native->print(native->context, (uint8_t *)(uintptr_t)code, size, address, text, 160);

    if (!used)
        *text = 0;
    if (*text == '\t')
        memmove(text, text + 1, strlen(text));
    for (char *p = text; *p; p++)
        if (*p == '\t')
            *p = ' ';
    return used;
}

void native_close(struct native *native)
{
    native->dispose(native->context);
    dlclose(native->library);
}

#else

struct native *native_open(const char *target, struct error *err)
{
    (void)target;
    fail(err, ANYBPF_E_UNSUPPORTED, "no disassembler: this anybpf was built without LLVM");
    return NULL;
}

size_t native_print(struct native *native, const uint8_t *code, size_t size, uint64_t address,
                    char text[160])
{
    (void)native, (void)code, (void)size, (void)address;
    text[0] = 0;
    return 0;
}

void native_close(struct native *native)
{
    (void)native;
}
#endif
