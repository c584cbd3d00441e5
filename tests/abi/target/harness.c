/* SPDX-License-Identifier: Apache-2.0 */
/* Runs on the processor under test, without a libc: calls every call_N() and get_N() of a batch and
 * writes what the registers and the stack held. What it means is judged elsewhere (check.c). */
#include <asm/unistd.h>

typedef unsigned char u8;
typedef unsigned long long u64;

struct test { /* emit.c writes them */
    void (*call)(u8 *pool);
    void (*get)(void);
    unsigned pool, result, window;
};
extern const struct test tests[];
extern const unsigned test_count, sizes[], size_count, pool_size;
extern u8 pool[];

u8 *place; /* what get_N() returns */

/* Filled by the assembly; check.c knows it as struct record. */
struct {
    u64 general[32];
    u8 vector[2048];
    u64 sp;
    u8 x87[128];
} state;
u8 window[8192];
u8 buffer[256] __attribute__((aligned(64)));
u8 stack[1 << 20] __attribute__((aligned(64)));
u8 *const stack_top = stack + sizeof stack - 16384;

static unsigned window_size;

long system_call(long number, long a, long b, long c);
void invoke(void (*get)(void), u8 *memory);
void copy_window(const u8 *sp);
void run(void);

void *memcpy(void *to, const void *from, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        ((u8 *)to)[i] = ((const u8 *)from)[i];
    return to;
}
void *memmove(void *to, const void *from, unsigned long n)
{
    if ((u8 *)to > (const u8 *)from) {
        while (n--)
            ((u8 *)to)[n] = ((const u8 *)from)[n];
        return to;
    }
    return memcpy(to, from, n);
}
void *memset(void *to, int value, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        ((u8 *)to)[i] = (u8)value;
    return to;
}
#ifdef __arm__
void __aeabi_memcpy(void *to, const void *from, unsigned long n)
{
    memcpy(to, from, n);
}
void __aeabi_memcpy4(void *to, const void *from, unsigned long n)
    __attribute__((alias("__aeabi_memcpy")));
void __aeabi_memcpy8(void *to, const void *from, unsigned long n)
    __attribute__((alias("__aeabi_memcpy")));
#endif

/* Called by capture() in the assembly. */
void copy_window(const u8 *sp)
{
    memcpy(window, sp, window_size);
}

static void put(const void *at, unsigned long size)
{
    for (unsigned long done = 0; done < size;) {
        long n = system_call(__NR_write, 1, (long)((const u8 *)at + done), (long)(size - done));
        if (n <= 0)
            system_call(__NR_exit, 1, 0, 0);
        done += (unsigned long)n;
    }
}

void run(void)
{
    for (unsigned long have = 0; have < pool_size;) {
        long n = system_call(__NR_read, 0, (long)(pool + have), (long)(pool_size - have));
        if (n <= 0)
            system_call(__NR_exit, 1, 0, 0);
        have += (unsigned long)n;
    }
    put(sizes, size_count * sizeof *sizes);
    for (unsigned i = 0; i < test_count; i++) {
        window_size = tests[i].window;
        memset(&state, 0, sizeof state);
        tests[i].call(pool + tests[i].pool);
        put(&state, sizeof state);
        put(window, window_size);
        memset(&state, 0, sizeof state);
        place = pool + tests[i].result;
        invoke(tests[i].get, buffer);
        state.sp = (u64)(unsigned long)buffer;
        put(&state, sizeof state);
        put(buffer, sizeof buffer);
    }
    system_call(__NR_exit, 0, 0, 0);
}
