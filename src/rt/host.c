/* SPDX-License-Identifier: Apache-2.0 */
/* The processor and the system underneath: the only file that asks which processor it is. */
#include "rt/local.h"
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

/* Registers of a signal's context, and a load with a row in the table of landings:
 * LOAD(instruction, value, address, label). */
#if defined(__x86_64__)
#include <cpuid.h>
const char host_target[] = "x86_64";
const uint16_t host_elf_machine = EM_X86_64;
enum {
    STACK_BELOW = 128,
    STACK_PUSHED = 8,
    TRAP_SIZE = 1
}; /* red zone; as if a call had pushed its return */
#define CONTEXT_PC(uc) ((uc)->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_SP(uc) ((uc)->uc_mcontext.gregs[REG_RSP])
#define LOAD_U8        "movzbl %1, %k0"
#define LOAD_U64       "movq %1, %0"
#elif defined(__aarch64__)
#include <sys/auxv.h>
const char host_target[] = "arm64";
const uint16_t host_elf_machine = EM_AARCH64;
enum { STACK_BELOW = 0, STACK_PUSHED = 0, TRAP_SIZE = 0 };
#define CONTEXT_PC(uc) ((uc)->uc_mcontext.pc)
#define CONTEXT_SP(uc) ((uc)->uc_mcontext.sp)
#define LOAD_U8        "ldrb %w0, %1"
#define LOAD_U64       "ldr %0, %1"
#else
#error "say here how a signal's context and a guarded load look on this processor"
#endif

/* ---- Features ---- */

#if defined(__x86_64__)
bool host_has(const char *feature)
{
    static const struct {
        const char *name;
        unsigned leaf, word, bit; /* words: eax ebx ecx edx */
    } rows[] = { { "bmi1", 7, 1, 3 },
                 { "bmi2", 7, 1, 8 },
                 { "movbe", 1, 2, 22 },
                 { "popcnt", 1, 2, 23 },
                 { "ibt", 7, 3, 20 } };
    enum { UNKNOWN, MISSING, THERE };
    static uint8_t found[sizeof rows / sizeof *rows]; /* cpuid takes 20 us in a virtual machine */
    unsigned words[4];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, feature))
            continue;
        if (__atomic_load_n(&found[i], __ATOMIC_RELAXED) == UNKNOWN) {
            bool there =
                __get_cpuid_count(rows[i].leaf, 0, &words[0], &words[1], &words[2], &words[3]) &&
                words[rows[i].word] >> rows[i].bit & 1;
            __atomic_store_n(&found[i], there ? THERE : MISSING, __ATOMIC_RELAXED);
        }
        return __atomic_load_n(&found[i], __ATOMIC_RELAXED) == THERE;
    }
    return false;
}
#else
bool host_has(const char *feature)
{
    return !strcmp(feature, "lse") && getauxval(AT_HWCAP) & HWCAP_ATOMICS;
}
#endif

/* ---- Guarded loads ---- */

struct landing {
    int32_t at, landing; /* each relative to itself */
};
/* The linker's names for the bounds of the section; gcc forgets the visibility of a name of one's
 * own given by __asm__. */
extern const struct landing __start_anybpf_landings[] __attribute__((visibility("hidden")));
extern const struct landing __stop_anybpf_landings[] __attribute__((visibility("hidden")));

#define LOAD(instruction, value, from, label)                                                      \
    __asm__ goto("1: " instruction "\n"                                                            \
                 ".pushsection anybpf_landings, \"a\"\n"                                           \
                 ".balign 4\n"                                                                     \
                 ".long 1b - ., %l[" #label "] - .\n"                                              \
                 ".popsection"                                                                     \
                 : "=r"(value)                                                                     \
                 : "m"(*(from))                                                                    \
                 :                                                                                 \
                 : label)

bool host_load(uint64_t *value, const uint64_t *from)
{
    uint64_t loaded;
    LOAD(LOAD_U64, loaded, from, fault);
    *value = loaded;
    return true;
fault:
    return false;
}

size_t host_copy(void *to, const void *from, size_t size)
{
    size_t done = 0;
    for (uint64_t word; size - done >= sizeof word; done += sizeof word) {
        LOAD(LOAD_U64, word, (const uint64_t *)((uintptr_t)from + done), fault);
        memcpy((char *)to + done, &word, sizeof word);
    }
fault:
    for (uint64_t byte; done < size; done++) {
        LOAD(LOAD_U8, byte, (const uint8_t *)from + done, end);
        ((uint8_t *)to)[done] = (uint8_t)byte;
    }
end:
    return done;
}

uintptr_t host_load_landing(uintptr_t at)
{
    for (const struct landing *row = __start_anybpf_landings; row < __stop_anybpf_landings; row++)
        if ((uintptr_t)&row->at + (uintptr_t)(intptr_t)row->at == at)
            return (uintptr_t)&row->landing + (uintptr_t)(intptr_t)row->landing;
    return 0;
}

/* ---- Hooks: a vcpu in the middle of anything ---- */

intptr_t host_vcpu_offset(void)
{
    return (intptr_t)&vcpu_of_thread - (intptr_t)__builtin_thread_pointer();
}

intptr_t host_errno_offset(void)
{
    return (intptr_t)&errno - (intptr_t)__builtin_thread_pointer();
}

/* host_lease(), but for the registers: host_NAME.S keeps these around it. */
void host_lease_quietly(void)
{
    int before = errno;
    vcpu_lease();
    errno = before;
}

uint32_t host_vector_bytes;

#if defined(__x86_64__)
enum { SSE_BYTES = 16 * 16, AVX_BYTES = 16 * 32, AVX512_BYTES = 32 * 64 + 8 * 8 };

static __attribute__((constructor)) void find_vectors(void)
{
    __builtin_cpu_init();
    host_vector_bytes = __builtin_cpu_supports("avx512bw") ? AVX512_BYTES
                        : __builtin_cpu_supports("avx")    ? AVX_BYTES
                                                           : SSE_BYTES;
}
#else
/* Bytes of an SVE register; 0: there are none. A thread may have longer ones than the process had
 * when that was found out: of those only what is not SVE's is kept. */
uint32_t host_sve_bytes;

static __attribute__((constructor)) void find_vectors(void)
{
    uint64_t length = 0;
    if (getauxval(AT_HWCAP) & HWCAP_SVE)
        __asm__(".arch_extension sve\nrdvl %0, #1" : "=r"(length));
    host_sve_bytes = (uint32_t)length;
    host_vector_bytes = length ? (uint32_t)(32 * length + 17 * length / 8 + 15) & ~15u : 32 * 16;
}
#endif

/* ---- A signal's context ---- */

uintptr_t host_context_at(const void *ucontext)
{
    return (uintptr_t)CONTEXT_PC((const ucontext_t *)ucontext);
}

uintptr_t host_context_trap(const void *ucontext)
{
    return host_context_at(ucontext) - TRAP_SIZE; /* how far it is behind its breakpoint */
}

void host_context_resume(void *ucontext, uintptr_t at)
{
    CONTEXT_PC((ucontext_t *)ucontext) = (__typeof__(CONTEXT_PC((ucontext_t *)0)))at;
}

void host_context_abandon(void *ucontext, void (*function)(void))
{
    uintptr_t stack = (uintptr_t)CONTEXT_SP((ucontext_t *)ucontext);
    stack = ((stack - STACK_BELOW) & ~(uintptr_t)15) - STACK_PUSHED;
    CONTEXT_SP((ucontext_t *)ucontext) = (__typeof__(CONTEXT_SP((ucontext_t *)0)))stack;
    host_context_resume(ucontext, (uintptr_t)function);
}

/* ---- Memory ---- */

enum { HUGE_PAGE = 2 << 20 };

size_t host_page(void)
{
    static size_t page;
    size_t known = __atomic_load_n(&page, __ATOMIC_RELAXED);
    if (!known)
        __atomic_store_n(&page, known = (size_t)sysconf(_SC_PAGESIZE), __ATOMIC_RELAXED);
    return known;
}

static size_t whole_pages(size_t size)
{
    return (size + host_page() - 1) & ~(host_page() - 1);
}

#if defined(__aarch64__)
/* Emulators that keep translated code (qemu-user before 8.1) miss what is written through another
 * view of it: whether this is one is seen by rewriting a function and calling it again. */
static bool misses_writes(void)
{
    enum { RET = 0xd65f03c0, MOV_W0_0 = 0x52800000, MOV_W0_1 = 0x52800020 };
    static const uint32_t versions[2][2] = { { MOV_W0_0, RET }, { MOV_W0_1, RET } };
    static int known; /* 0: not yet; 1: no; 2: yes */
    int fd, got = 1;

    if (__atomic_load_n(&known, __ATOMIC_RELAXED))
        return known == 2;
    fd = memfd_create("anybpf-probe", MFD_CLOEXEC);
    if (fd >= 0 && !ftruncate(fd, (off_t)host_page())) {
        void *write = mmap(NULL, host_page(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        void *code = mmap(NULL, host_page(), PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        for (int i = 0; i < 2 && write != MAP_FAILED && code != MAP_FAILED; i++) {
            memcpy(write, versions[i], sizeof versions[i]);
            __builtin___clear_cache((char *)code, (char *)code + sizeof versions[i]);
            got = ((int (*)(void))code)();
        }
        if (write != MAP_FAILED)
            munmap(write, host_page());
        if (code != MAP_FAILED)
            munmap(code, host_page());
    }
    if (fd >= 0)
        close(fd);
    __atomic_store_n(&known, got == 1 ? 1 : 2, __ATOMIC_RELAXED);
    return got != 1;
}

void host_sync_code(void *begin, size_t size)
{
    uintptr_t page = (uintptr_t)begin & ~(uintptr_t)(host_page() - 1);

    __builtin___clear_cache((char *)begin, (char *)begin + size);
    if (misses_writes()) { /* renaming the pages to themselves makes them look again */
        size = whole_pages((uintptr_t)begin + size - page);
        mremap((void *)page, size, size, 0);
    }
}
#else
void host_sync_code(void *begin, size_t size)
{
    __builtin___clear_cache((char *)begin, (char *)begin + size);
}
#endif

void host_sync_threads(void)
{
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0) &&
        !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0))
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
}

void *host_map_guarded(size_t size)
{
    size_t page = host_page(), inner = whole_pages(size);
    uint8_t *all =
        mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    if (mprotect(all + page, inner, PROT_READ | PROT_WRITE)) {
        munmap(all, inner + 2 * page);
        return NULL;
    }
    return all + page;
}

void host_unmap_guarded(void *memory, size_t size)
{
    munmap((uint8_t *)memory - host_page(), whole_pages(size) + 2 * host_page());
}

void *host_map_ring(size_t before, size_t size)
{
    size_t head = whole_pages(before);
    int fd = memfd_create("anybpf-ring", MFD_CLOEXEC);
    uint8_t *all;

    if (fd < 0)
        return NULL;
    all = mmap(NULL, head + 2 * size, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) {
        close(fd);
        return NULL;
    }
    if (ftruncate(fd, (off_t)size) ||
        mmap(all + head, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
            MAP_FAILED ||
        mmap(all + head + size, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
            MAP_FAILED) {
        munmap(all, head + 2 * size);
        all = NULL;
    }
    close(fd);
    return all ? all + head : NULL;
}

void host_unmap_ring(void *memory, size_t before, size_t size)
{
    munmap((uint8_t *)memory - whole_pages(before), whole_pages(before) + 2 * size);
}

void *pages_map(uint64_t size)
{
    void *memory;
    if (size > SIZE_MAX / 2)
        return NULL;
    memory = mmap(NULL, size ? (size_t)size : 1, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void pages_dense(void *memory, uint64_t size)
{
    if (size >= 4 * HUGE_PAGE)
        madvise(memory, (size_t)size, MADV_HUGEPAGE); /* only a hint */
}

void pages_unmap(void *memory, uint64_t size)
{
    munmap(memory, size ? (size_t)size : 1);
}
