/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/kernel.h"
#include "base/arena.h"
#include "load/load.h"
#include "rt/rt.h"
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOG_SIZE = 1 << 20, OBJECT_SIZE = 1 << 20 };

static int bpf(int command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

bool kernel_permits(void)
{
    union bpf_attr create = {
        .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
    };
    int fd = bpf(BPF_MAP_CREATE, &create);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int map_load(const struct map_spec *spec)
{
    union bpf_attr create = { .map_type = spec->type,
                              .key_size = spec->key_size,
                              .value_size = spec->value_size,
                              .max_entries = spec->max_entries,
                              .map_flags =
                                  spec->flags | (spec->read_only ? BPF_F_RDONLY_PROG : 0) };
    int fd = bpf(BPF_MAP_CREATE, &create);
    uint32_t zero = 0;
    union bpf_attr fill = { .map_fd = (uint32_t)fd,
                            .key = (uintptr_t)&zero,
                            .value = (uintptr_t)spec->data };
    union bpf_attr freeze = { .map_fd = (uint32_t)fd };

    if (fd >= 0 && spec->data)
        bpf(BPF_MAP_UPDATE_ELEM, &fill);
    if (fd >= 0 && spec->read_only)
        bpf(BPF_MAP_FREEZE, &freeze);
    return fd;
}

/* Why a program is refused, in a line: the verifier's last word before its statistics. */
static void explain(const char *name, union bpf_attr *attr)
{
    int error = errno;
    char *log = calloc(1, LOG_SIZE), *end;

    if (log && error != E2BIG) { /* which is too complex a program: its log is too long to read */
        attr->log_buf = (uintptr_t)log;
        attr->log_size = LOG_SIZE;
        attr->log_level = 1;
        bpf(BPF_PROG_LOAD, attr);
        if ((end = strstr(log, "\nprocessed ")))
            *end = 0;
    }
    end = log ? strrchr(log, '\n') : NULL;
    fprintf(stderr, "%s: the kernel refuses it: %s\n", name,
            end              ? end + 1
            : error == E2BIG ? "more than a million instructions to look at"
                             : strerror(error));
    free(log);
}

/* The program in the kernel's form: map indices become descriptors. */
static int prog_load_kernel(const struct prog *prog)
{
    uint8_t *insns = calloc(prog->count, 8);
    union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_XDP,
                            .insn_cnt = prog->count,
                            .insns = (uintptr_t)insns,
                            .license = (uintptr_t)"GPL" };
    int fd, maps[64];

    for (uint32_t i = 0; i < prog->map_count && i < 64; i++)
        maps[i] = map_load(prog->maps[i]);
    for (uint32_t i = 0; i < prog->count; i++) {
        struct insn insn = prog->insns[i];
        if (insn.id == INSN_LDIMM_MAP || insn.id == INSN_LDIMM_MAP_VALUE)
            insn.imm = maps[insn.imm];
        insn_encode(insn, insns + 8 * (size_t)i, HOST_IS_BIG);
    }
    fd = bpf(BPF_PROG_LOAD, &attr);
    if (fd < 0)
        explain(prog->name, &attr);
    free(insns);
    return fd;
}

struct loading {
    const char *path, *name;
    struct arena *arena;
    struct error *err;
    struct env *env;
    int fd;
};

static int load(void *arg)
{
    struct loading *l = arg;
    struct object *object = NULL;
    struct prog *prog = NULL;
    char name[64];
    uint8_t *bytes = arena_alloc(l->arena, OBJECT_SIZE);
    FILE *file = fopen(l->path, "rb");
    size_t size = file ? fread(bytes, 1, OBJECT_SIZE, file) : 0;
    int code;

    if (file)
        fclose(file);
    snprintf(name, sizeof name, "%s_xdp", l->name);
    code = object_open((struct bytes){ bytes, size }, l->path, l->env, &allocator_libc, &object,
                       l->err);
    if (!code)
        code = resolve(object, (uint32_t)object_find_prog(object, name), NULL, l->arena, &prog,
                       l->err);
    if (!code)
        l->fd = prog_load_kernel(prog);
    object_free(object);
    return code;
}

int kernel_load(const char *path, const char *name)
{
    struct error err = { 0 };
    struct loading l = { path, name, arena_new(&allocator_libc, 0), &err, NULL, -1 };

    l.env = env_new(&allocator_libc, &err);
    if (arena_try(l.arena, &err, load, &l))
        fprintf(stderr, "%s: %s\n", path, err.text);
    arena_free(l.arena);
    env_free(l.env);
    return l.fd;
}

uint64_t kernel_run(int prog, uint8_t *data, uint32_t size, uint32_t repeat, uint32_t *result)
{
    union bpf_attr attr = { .test = { .prog_fd = (uint32_t)prog,
                                      .data_in = (uintptr_t)data,
                                      .data_out = (uintptr_t)data,
                                      .data_size_in = size,
                                      .data_size_out = size,
                                      .repeat = repeat } };
    if (bpf(BPF_PROG_TEST_RUN, &attr))
        return UINT64_MAX;
    *result = attr.test.retval;
    return attr.test.duration;
}

/* The first page of a ring buffer is the consumer's position, the second the producer's. */
static void drain(int map)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    uint64_t *producer = mmap(NULL, page, PROT_READ, MAP_SHARED, map, (off_t)page);

    if (consumer != MAP_FAILED && producer != MAP_FAILED)
        __atomic_store_n(consumer, __atomic_load_n(producer, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
    if (consumer != MAP_FAILED)
        munmap(consumer, page);
    if (producer != MAP_FAILED)
        munmap(producer, page);
}

void kernel_drain(int prog)
{
    uint32_t ids[64];
    struct bpf_prog_info info = { .map_ids = (uintptr_t)ids, .nr_map_ids = 64 };
    union bpf_attr about = {
        .info = { .bpf_fd = (uint32_t)prog, .info_len = sizeof info, .info = (uintptr_t)&info }
    };

    if (bpf(BPF_OBJ_GET_INFO_BY_FD, &about))
        return;
    for (uint32_t i = 0; i < info.nr_map_ids && i < 64; i++) {
        union bpf_attr open_map = { .map_id = ids[i] };
        int map = bpf(BPF_MAP_GET_FD_BY_ID, &open_map);
        struct bpf_map_info of_map = { 0 };
        union bpf_attr about_map = { .info = { .bpf_fd = (uint32_t)map,
                                               .info_len = sizeof of_map,
                                               .info = (uintptr_t)&of_map } };
        if (map >= 0 && !bpf(BPF_OBJ_GET_INFO_BY_FD, &about_map) &&
            of_map.type == BPF_MAP_TYPE_RINGBUF)
            drain(map);
        if (map >= 0)
            close(map);
    }
}
