/* SPDX-License-Identifier: Apache-2.0 */
/* Time, to tell how long something took. */
#pragma once
#include <stdint.h>
#include <time.h>

/* Nanoseconds from some beginning; never goes back. */
static inline uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
