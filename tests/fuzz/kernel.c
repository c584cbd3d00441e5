/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel as a second opinion: a sample is loaded as an XDP program and run once over a packet
 * that holds its memory. Nothing is attached. */
#include "fuzz/fuzz.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static char log_text[1 << 16];

static int sys_bpf(int command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int load(enum prog_type type, const uint8_t *insns, uint32_t count, bool log)
{
    union bpf_attr attr = {
        .prog_type = type, .insns = (uintptr_t)insns, .insn_cnt = count, .license = (uintptr_t)"GPL"
    };
    if (log) {
        attr.log_level = 1;
        attr.log_buf = (uintptr_t)log_text;
        attr.log_size = sizeof log_text;
    }
    return sys_bpf(BPF_PROG_LOAD, &attr);
}

bool kernel_works(void)
{
    static const uint8_t program[] = { 0xb7, 0, 0, 0, 2, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0 };
    int fd = HOST_IS_BIG ? -1 : load(PROG_XDP, program, 2, false);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void last_line(const char *text, char *out, size_t size)
{
    const char *line = text, *before = text;
    for (const char *p = text; *p; p++)
        if (*p == '\n' && p[1]) {
            before = line;
            line = p + 1;
        }
    snprintf(out, size, "the kernel refuses it: %.*s", (int)strcspn(before, "\n"), before);
}

/* ---- What the kernel's verifier says of a program ---- */

static int make_map(const struct map_spec *spec)
{
    union bpf_attr attr = { .map_type = spec->type,
                            .key_size = spec->key_size,
                            .value_size = spec->value_size,
                            .max_entries = spec->max_entries };
    uint32_t key = 0;
    int fd;

    attr.map_flags = spec->read_only ? BPF_F_RDONLY_PROG : 0;
    fd = sys_bpf(BPF_MAP_CREATE, &attr);
    if (fd < 0 || !spec->read_only)
        return fd;
    attr = (union bpf_attr){ .map_fd = (uint32_t)fd };
    attr.key = (uintptr_t)&key;
    attr.value = (uintptr_t)spec->data;
    sys_bpf(BPF_MAP_UPDATE_ELEM, &attr);
    attr = (union bpf_attr){ .map_fd = (uint32_t)fd };
    sys_bpf(BPF_MAP_FREEZE, &attr);
    return fd;
}

bool kernel_accepts(struct arena *arena, const struct prog *prog, char *why, size_t size)
{
    static int fds[HOSTILE_MAPS];
    uint8_t *bytes = arena_alloc(arena, 8 * (size_t)prog->count);

    for (uint32_t i = 0; i < prog->map_count && !fds[i]; i++)
        fds[i] = make_map(prog->maps[i]);
    for (uint32_t i = 0; i < prog->count; i++) {
        struct insn insn = prog->insns[i];
        if (insn.id == INSN_LDIMM_MAP || insn.id == INSN_LDIMM_MAP_VALUE)
            insn.imm = fds[insn.imm];
        insn_encode(insn, bytes + 8 * (size_t)i, false);
    }
    int fd = load(prog->type, bytes, prog->count, false);
    why[0] = 0;
    if (fd >= 0) {
        close(fd);
        return true;
    }
    log_text[0] = 0;
    fd = load(prog->type, bytes, prog->count, true);
    if (fd >= 0)
        close(fd);
    last_line(log_text, why, size);
    return false;
}

void kernel_compare(const struct sample *sample, struct report *report)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct prog *prog = sample_prog(arena, sample, 0, true);
    uint8_t in[MEMORY], out[MEMORY] = { 0 }, wanted[MEMORY];
    uint64_t r0;

    *report = (struct report){ .verdict = SAME };
    if (!prog) {
        arena_free(arena);
        return;
    }
    uint8_t *bytes = arena_alloc(arena, 8 * (size_t)prog->count);
    for (uint32_t i = 0; i < prog->count; i++)
        insn_encode(prog->insns[i], bytes + 8 * (size_t)i, false);
    int fd = load(PROG_XDP, bytes, prog->count, false);
    if (fd < 0) {
        report->verdict = REFUSED;
        load(PROG_XDP, bytes, prog->count, true);
        last_line(log_text, report->text, sizeof report->text);
        arena_free(arena);
        return;
    }
    sample_memory(sample, in);
    union bpf_attr attr = { 0 };
    attr.test.prog_fd = (uint32_t)fd;
    attr.test.data_in = (uintptr_t)in;
    attr.test.data_size_in = MEMORY;
    attr.test.data_out = (uintptr_t)out;
    attr.test.data_size_out = MEMORY;
    int rc = sys_bpf(BPF_PROG_TEST_RUN, &attr);
    close(fd);
    arena_free(arena);
    execute_interpreted(sample, &r0, wanted);
    if (rc)
        snprintf(report->text, sizeof report->text, "the kernel does not run it: %d", errno);
    else if ((uint32_t)r0 != attr.test.retval)
        snprintf(report->text, sizeof report->text, "r0 interpreted %#x, kernel %#x", (uint32_t)r0,
                 attr.test.retval);
    for (unsigned i = 0; !rc && i < MEMORY && !report->text[0]; i++)
        if (out[i] != wanted[i])
            snprintf(report->text, sizeof report->text,
                     "byte %u of the memory: interpreted %02x, kernel %02x", i, wanted[i], out[i]);
    if (report->text[0])
        report->verdict = DIFFERENT;
}
