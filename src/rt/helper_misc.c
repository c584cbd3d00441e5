/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers about time, chance, the thread, control flow, and memory that may not be there. */
#include "rt/local.h"
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { LOOPS_MAX = 1 << 23, COMM = 16 };

/* ---- Time, chance, who and where ---- */

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t helper_ktime_get_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t helper_ktime_get_boot_ns(void)
{
    return clock_ns(CLOCK_BOOTTIME);
}

uint64_t helper_ktime_get_coarse_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC_COARSE);
}

uint64_t helper_get_prandom_u32(struct vcpu *vcpu)
{
    vcpu->host->random += UINT64_C(0x9e3779b97f4a7c15); /* a Weyl sequence, mixed */
    return (uint32_t)hash_mix(vcpu->host->random);
}

uint64_t helper_get_smp_processor_id(struct vcpu *vcpu)
{
    return vcpu->cpu;
}

uint64_t helper_get_current_pid_tgid(struct vcpu *vcpu)
{
    return (uint64_t)vcpu->host->pid << 32 | vcpu->host->tid;
}

uint64_t helper_get_current_uid_gid(void)
{
    return (uint64_t)getgid() << 32 | getuid();
}

int64_t helper_get_current_comm(char *buf, uint32_t size)
{
    char name[COMM] = "";
    size_t length;

    prctl(PR_GET_NAME, name);
    name[COMM - 1] = 0;
    length = strlen(name);
    if (!size)
        return 0;
    memset(buf, 0, size);
    memcpy(buf, name, length < size ? length : size - 1);
    return 0;
}

/* ---- Control ---- */

/* Reached only where the sequence of layout.h is not used instead: a tail call that cannot be. */
int64_t helper_tail_call(void *ctx, struct map *map, uint32_t index)
{
    (void)ctx, (void)map, (void)index;
    return -EINVAL;
}

int64_t helper_loop(struct vcpu *vcpu, uint32_t nr_loops, uint64_t callback, void *callback_ctx,
                    uint64_t flags)
{
    const struct functions *functions = vcpu->functions.at;

    if (flags)
        return -EINVAL;
    if (nr_loops > LOOPS_MAX)
        return -E2BIG;
    for (uint32_t i = 0; i < nr_loops; i++) {
        const uint64_t r[5] = { i, (uintptr_t)callback_ctx };
        uint64_t result;
        if (!vcpu_call(vcpu, functions, callback, r, &result))
            return i;
        if (result)
            return (int64_t)i + 1;
    }
    return nr_loops;
}

/* ---- Memory that may not be there ---- */

static int64_t probe(void *dst, uint32_t size, uint64_t from)
{
    if (fault_copy(dst, from, size) == size)
        return 0;
    memset(dst, 0, size);
    return -EFAULT;
}

static int64_t probe_text(void *dst, uint32_t size, uint64_t from)
{
    int64_t length = fault_copy_text(dst, from, size);
    if (length < 0)
        memset(dst, 0, size);
    else
        vcpu_clear_rest(dst, (size_t)length, size);
    return length;
}

int64_t helper_probe_read(void *dst, uint32_t size, uint64_t unsafe)
{
    return probe(dst, size, unsafe);
}

int64_t helper_probe_read_user(void *dst, uint32_t size, uint64_t unsafe)
{
    return probe(dst, size, unsafe);
}

int64_t helper_probe_read_kernel(void *dst, uint32_t size, uint64_t unsafe)
{
    return probe(dst, size, unsafe);
}

int64_t helper_probe_read_str(void *dst, uint32_t size, uint64_t unsafe)
{
    return probe_text(dst, size, unsafe);
}

int64_t helper_probe_read_user_str(void *dst, uint32_t size, uint64_t unsafe)
{
    return probe_text(dst, size, unsafe);
}

int64_t helper_probe_read_kernel_str(void *dst, uint32_t size, uint64_t unsafe)
{
    return probe_text(dst, size, unsafe);
}
