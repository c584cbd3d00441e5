/* SPDX-License-Identifier: Apache-2.0 */
/* A library to be opened, intercepted and closed again. Its functions have sleds, or calls of a
 * profiler's hook, as the build says. */
#include <stdint.h>
#include <unistd.h>

uint64_t library_next(uint64_t x);
uint64_t library_parent(void);

uint64_t library_next(uint64_t x)
{
    __asm__ volatile("" ::: "memory");
    return x + 1;
}

uint64_t library_parent(void)
{
    return (uint64_t)getppid();
}
