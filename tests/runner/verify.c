/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the verifier: tests/verify/ *.t. A case:
 *
 *     -- prog xdp              type of the program: xdp, tc, socket, raw_tp, memory
 *     -- maps                  (if it has any; `map 0` in the text is the first)
 *     array VALUES 4 16 8      kind, name, key size, value size, entries; `ro HEX` for constant
 * data
 *     -- asm
 *     -- accept                or
 *     -- reject                with the sentence
 *
 * What is accepted is run: interpreted with each access checked, and compiled, on several inputs. A
 * fault is a mistake of the verifier. The kernel, where it can be asked, must be of the same
 * opinion, unless the words behind accept or reject say `kernel: WHY` (it must then differ) or
 * `no kernel: WHY` (it cannot be asked). */
#include "bpf/text.h"
#include "runner/machine.h"
#include "runner/runner.h"
#include "verify/verify.h"
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAPS = 8, PACKET_ROOM = 2048, HEADROOM = 256 };

struct verify_case {
    const struct test_case *c;
    struct machine m;
    struct map_spec specs[MAPS];
    const struct map_spec *spec_list[MAPS];
    struct prog *prog;
    struct error err;
    char report[8192]; /* of the verifier's log */
};

/* ---- Reading ---- */

static const struct map_kind_name {
    const char *name;
    uint32_t type;
} map_kinds[] = {
    { "hash", MAP_HASH },
    { "array", MAP_ARRAY },
    { "prog_array", MAP_PROG_ARRAY },
    { "perf", MAP_PERF_EVENT_ARRAY },
    { "percpu_hash", MAP_PERCPU_HASH },
    { "percpu_array", MAP_PERCPU_ARRAY },
    { "lru", MAP_LRU_HASH },
    { "lpm", MAP_LPM_TRIE },
    { "ringbuf", MAP_RINGBUF },
};

static bool read_map(struct verify_case *v, const char *line)
{
    struct map_spec *spec = &v->specs[v->m.map_count];
    char kind[32], name[32], constant[8] = "";
    int at = 0;

    if (v->m.map_count == MAPS ||
        sscanf(line, "%31s %31s %u %u %u %n%7s", kind, name, &spec->key_size, &spec->value_size,
               &spec->max_entries, &at, constant) < 5)
        return false;
    for (size_t i = 0; i < sizeof map_kinds / sizeof map_kinds[0]; i++)
        if (!strcmp(kind, map_kinds[i].name))
            spec->type = map_kinds[i].type;
    if (spec->type == MAP_LPM_TRIE)
        spec->flags = MAP_NO_PREALLOC;
    spec->name = arena_string(v->m.arena, name, strlen(name));
    if (!strcmp(constant, "ro")) {
        uint8_t *data = arena_alloc(v->m.arena, spec->value_size);
        char *hex = arena_string(v->m.arena, line + at + 2, strcspn(line + at + 2, "\n"));
        hex_read(hex, data, spec->value_size);
        spec->is_data = spec->read_only = true;
        spec->flags = MAP_RDONLY_PROG;
        spec->data = data;
    }
    v->spec_list[v->m.map_count++] = spec;
    return spec->type != 0;
}

static int read_case(void *arg)
{
    struct verify_case *v = arg;
    const struct section *type = case_section(v->c, "prog");
    const char *text = case_text(v->c, "asm");
    struct insn_list list = { 0 };
    int code;

    for (const char *line = case_text(v->c, "maps"); line && *line;) {
        if (!read_map(v, line))
            return fail(&v->err, ANYBPF_E_FORMAT, "map: %s", line);
        line += strcspn(line, "\n") + 1;
    }
    if (!text || !type)
        return fail(&v->err, ANYBPF_E_FORMAT, "sections asm and prog are needed");
    code = insn_assemble(v->m.arena, text, &list, &v->err);
    if (code)
        return code;
    v->prog = prog_from_insns(v->m.arena, "main", list.at, list.count);
    v->prog->context = type->words;
    v->prog->section = type->words;
    v->prog->maps = v->spec_list;
    v->prog->map_count = v->m.map_count;
    const struct context_type *context = env_context(v->m.env, type->words);
    v->prog->type = context ? context->type : PROG_UNSPEC;
    return 0;
}

static void collect(void *user, const char *text)
{
    struct verify_case *v = user;
    size_t used = strlen(v->report);

    snprintf(v->report + used, sizeof v->report - used, "%s", text);
}

static int check(void *arg)
{
    struct verify_case *v = arg;
    struct verify_options options = { .log = collect,
                                      .log_user = v,
                                      .log_level = VERIFY_LOG_REJECTION };
    const struct checked *checked;
    return verify(v->m.arena, v->m.env, v->prog, &options, &v->err, &checked);
}

/* ---- Running what is accepted ---- */

/* Every fourth element of every map gets some bytes. */
static int fill_maps(struct verify_case *v)
{
    for (uint32_t i = 0; i < v->m.map_count; i++) {
        const struct map_spec *spec = &v->specs[i];
        uint8_t key[64] = { 0 }, value[8192];
        v->m.maps[i] = map_create(v->m.env, spec, &v->err);
        if (!v->m.maps[i])
            return v->err.code;
        for (size_t b = 0; b < sizeof value; b++)
            value[b] = (uint8_t)(b * 37 + 11);
        if (spec->is_data || spec->key_size > sizeof key ||
            map_value_bytes(v->m.maps[i]) > sizeof value)
            continue;
        for (uint32_t k = 0; k < 4; k++) {
            key[0] = (uint8_t)k;
            map_update(v->m.maps[i], key, value, MAP_ANY);
        }
    }
    return 0;
}

/* buffer: the same one every time, since programs may give differences of addresses. */
static int run_once(const struct program *program, uint8_t *buffer, uint32_t size, uint64_t *r0)
{
    uint8_t *data = buffer + HEADROOM;
    struct anybpf_packet packet = { .ingress_ifindex = 1 };
    enum context_kind kind = program->checked->context->kind;
    int code;

    for (uint32_t i = 0; i < HEADROOM + PACKET_ROOM; i++)
        buffer[i] = (uint8_t)(i * 7 + size);
    packet.head = buffer;
    packet.data = packet.data_meta = data;
    packet.data_end = data + size;
    packet.tail = data + PACKET_ROOM;
    if (kind == CONTEXT_XDP || kind == CONTEXT_SKB)
        code = machine_run(program, &packet, sizeof packet, r0);
    else
        code = machine_run(program, data, kind == CONTEXT_RAW_TP ? 96 : size, r0);
    return code;
}

static bool has_chance(const struct prog *prog)
{
    for (uint32_t i = 0; i < prog->count; i++)
        if (prog->insns[i].id == INSN_CALL && prog->insns[i].imm > HELPER_map_delete_elem)
            return true;
    return false;
}

static void run_accepted(struct verify_case *v)
{
    static const uint32_t sizes[] = { 0, 1, 13, 14, 34, 64, 100, 1500 };
    uint64_t first[sizeof sizes / sizeof sizes[0]];
    uint8_t *buffer = malloc(HEADROOM + PACKET_ROOM);

    for (enum way way = WAY_CHECKED; way <= WAY_COMPILED; way++) {
        struct program program;
        if (way_missing(way))
            continue;
        if (fill_maps(v) || machine_load(&v->m, v->prog, CHECK_VERIFIED, way, &program, &v->err)) {
            test_fail(v->c->path, v->c->line, "%s: %s", way_names[way], v->err.text);
            break;
        }
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            uint64_t r0 = 0;
            int code = run_once(&program, buffer, sizes[i], &r0);
            CHECK_SAY(!code, "%s:%d: %s faults on %u bytes", v->c->path, v->c->line, way_names[way],
                      sizes[i]);
            if (way == WAY_CHECKED)
                first[i] = r0;
            else if (!has_chance(v->prog))
                CHECK_SAY(r0 == first[i],
                          "%s:%d: %#" PRIx64 " interpreted, %#" PRIx64 " compiled, on %u bytes",
                          v->c->path, v->c->line, first[i], r0, sizes[i]);
        }
        machine_unload(&program);
        for (uint32_t i = 0; i < v->m.map_count; i++)
            map_free(v->m.maps[i]);
        memset(v->m.maps, 0, sizeof v->m.maps);
    }
    free(buffer);
}

/* ---- The kernel's opinion ---- */

static int bpf(int command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int kernel_map(const struct map_spec *spec)
{
    union bpf_attr attr;
    uint32_t key = 0;
    int fd;

    memset(&attr, 0, sizeof attr);
    attr.map_type = spec->type;
    attr.key_size = spec->key_size;
    attr.value_size = spec->value_size;
    attr.max_entries = spec->max_entries;
    attr.map_flags = spec->flags;
    fd = bpf(BPF_MAP_CREATE, &attr);
    if (fd < 0 || !spec->is_data)
        return fd;
    memset(&attr, 0, sizeof attr);
    attr.map_fd = (uint32_t)fd;
    attr.key = (uintptr_t)&key;
    attr.value = (uintptr_t)spec->data;
    bpf(BPF_MAP_UPDATE_ELEM, &attr);
    memset(&attr, 0, sizeof attr);
    attr.map_fd = (uint32_t)fd;
    bpf(BPF_MAP_FREEZE, &attr);
    return fd;
}

/* 0 accepted, or an errno; with its reasons in `log` if that is not NULL. */
static int kernel_load(const struct prog *prog, const int *fds, char *log, uint32_t size)
{
    uint8_t *bytes = malloc(8 * (size_t)prog->count);
    union bpf_attr attr;
    int fd, code;

    for (uint32_t i = 0; i < prog->count; i++) {
        struct insn insn = prog->insns[i];
        if (insn.id == INSN_LDIMM_MAP || insn.id == INSN_LDIMM_MAP_VALUE)
            insn.imm = fds[insn.imm];
        insn_encode(insn, bytes + 8 * (size_t)i, HOST_IS_BIG);
    }
    memset(&attr, 0, sizeof attr);
    attr.prog_type = prog->type;
    attr.insn_cnt = prog->count;
    attr.insns = (uintptr_t)bytes;
    attr.license = (uintptr_t)"GPL";
    if (log) { /* it costs a lot */
        attr.log_buf = (uintptr_t)log;
        attr.log_size = size;
        attr.log_level = 1;
        log[0] = 0;
    }
    fd = bpf(BPF_PROG_LOAD, &attr);
    code = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    free(bytes);
    return code;
}

/* Why the kernel cannot be asked here at all; NULL: it can. */
static const char *kernel_missing(void)
{
    static const struct insn trivial[] = { { .code = 0xb7 }, { .code = 0x95 } };
    struct prog prog = { .insns = trivial, .count = 2, .type = PROG_SOCKET_FILTER };
    int code = kernel_load(&prog, NULL, NULL, 0);

    return code ? strerror(code) : NULL;
}

static void ask_kernel(struct verify_case *v, bool accepted, const char *words)
{
    static char log[1 << 20];
    int fds[MAPS], code;
    const char *last = log;

    if (strstr(words, "no kernel:") || v->prog->type == PROG_UNSPEC || kernel_missing())
        return;
    for (uint32_t i = 0; i < v->m.map_count; i++)
        fds[i] = kernel_map(&v->specs[i]);
    code = kernel_load(v->prog, fds, NULL, 0);
    log[0] = 0;
    if (code && accepted)
        kernel_load(v->prog, fds, log, sizeof log);
    for (uint32_t i = 0; i < v->m.map_count; i++)
        close(fds[i]);
    for (char *p = log; (p = strchr(p, '\n')) && p[1];)
        if (strncmp(++p, "processed", 9))
            last = p;
    if (accepted == !code && !strstr(words, "kernel:"))
        return;
    if (accepted == !code)
        test_fail(v->c->path, v->c->line, "the kernel is of the same opinion");
    else if (!strstr(words, "kernel:"))
        test_fail(v->c->path, v->c->line, "the kernel %s: %s%.*s", code ? "rejects" : "accepts",
                  code ? strerror(code) : "", (int)strcspn(last, "\n"), last);
}

/* ---- Cases ---- */

static void run_case(const struct test_case *c)
{
    struct verify_case *v = calloc(1, sizeof *v);
    const struct section *accept = case_section(c, "accept"), *reject = case_section(c, "reject");
    int code;

    v->c = c;
    if (!machine_begin(&v->m)) {
        free(v);
        return;
    }
    code = arena_try(v->m.arena, &v->err, read_case, v);
    if (code || !accept == !reject) {
        test_fail(c->path, c->line, "%s", code ? v->err.text : "accept, or reject?");
    } else {
        code = arena_try(v->m.arena, &v->err, check, v);
        if (accept) {
            CHECK_SAY(!code, "%s:%d: %s", c->path, c->line, v->report[0] ? v->report : v->err.text);
            if (!code)
                run_accepted(v);
        } else {
            char said[1100];
            snprintf(said, sizeof said, "%s\n", code ? v->err.text : "accepted");
            case_expect(c, "reject", said);
            CHECK_SAY(!code || code == ANYBPF_E_REJECTED || code == ANYBPF_E_UNSUPPORTED ||
                          code == ANYBPF_E_LIMIT,
                      "code %d", code);
        }
        ask_kernel(v, accept != NULL, accept ? accept->words : reject->words);
    }
    machine_end(&v->m);
    free(v);
}

/* ---- Mutants: the cases with a few instructions changed at random ----
 * What the verifier still accepts must not fault. */

enum { MUTANT_BUDGET = 20000, MUTANTS_QUICK = 3, MUTANTS = 300 };

static uint64_t seed = 88172645463325252u;
static uint32_t mutants_made, mutants_run;

static uint32_t chance(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed % below);
}

static void mutate(struct insn *insns, uint32_t count)
{
    static const int32_t numbers[] = { 0, 1, -1, 2, 7, 8, 15, 16, 17, 31, 64, 255, 512, -8, -512 };
    struct insn *insn = &insns[chance(count)];
    uint8_t kind = insn_row(*insn)->kind;

    if (insn->id == INSN_SECOND || kind == INSN_KIND_LDIMM)
        return;
    switch (chance(7)) {
    case 0:
        if (kind != INSN_KIND_CALL)
            insn->imm = numbers[chance(sizeof numbers / sizeof numbers[0])];
        break;
    case 1: insn->imm += kind == INSN_KIND_CALL ? 0 : (int32_t)chance(3) - 1; break;
    case 2: insn->off = (int16_t)(insn->off + (int)chance(17) - 8); break;
    case 3: insn->dst = (uint8_t)chance(11); break;
    case 4: insn->src = kind == INSN_KIND_CALL ? insn->src : (uint8_t)chance(11); break;
    case 5:
        if (kind == INSN_KIND_JUMP || kind == INSN_KIND_ALU)
            insn->code = (uint8_t)((insn->code & 0x0f) | chance(14) << 4);
        break;
    default:
        if (kind == INSN_KIND_JUMP || kind == INSN_KIND_ALU)
            insn->code ^= chance(2) ? 8 : 3; /* immediate or register; width */
        else if (kind == INSN_KIND_LDX || kind == INSN_KIND_ST || kind == INSN_KIND_STX)
            insn->code = (uint8_t)((insn->code & 0xe7) | chance(4) << 3);
        break;
    }
    insn->id = insn_identify(*insn);
}

static int make_mutant(void *arg)
{
    struct verify_case *v = arg;
    const struct prog *of = v->prog;
    struct verify_options options = { .budget = MUTANT_BUDGET };
    const struct checked *checked;
    struct insn *insns = arena_array_of(v->m.arena, of->count, struct insn);

    memcpy(insns, of->insns, of->count * sizeof *insns);
    for (uint32_t i = chance(3) + 1; i > 0; i--)
        mutate(insns, of->count);
    v->prog = prog_from_insns(v->m.arena, "mutant", insns, of->count);
    v->prog->context = of->context;
    v->prog->section = of->section;
    v->prog->maps = of->maps;
    v->prog->map_count = of->map_count;
    v->prog->type = of->type;
    return verify(v->m.arena, v->m.env, v->prog, &options, &v->err, &checked);
}

static void run_mutant(const struct test_case *c)
{
    struct verify_case *v = calloc(1, sizeof *v);

    v->c = c;
    mutants_made++;
    if (machine_begin(&v->m)) {
        if (!arena_try(v->m.arena, &v->err, read_case, v) &&
            !arena_try(v->m.arena, &v->err, make_mutant, v)) {
            mutants_run++;
            run_accepted(v);
            for (uint32_t i = 0; test_failed() && i < v->prog->count; i++) {
                char line[128];
                insn_print(line, sizeof line, v->prog, &v->prog->insns[i], i, INSN_LLVM);
                printf("%u: %s\n", i, line);
            }
        }
        machine_end(&v->m);
    }
    free(v);
}

static void run_mutants(const struct test_case *c)
{
    const char *text = case_text(c, "asm");

    /* Loops that only fuel ends take long. */
    if (!text || strstr(text, "may_goto") || strstr(text, "call 181"))
        return;
    for (int i = test_quick ? MUTANTS_QUICK : MUTANTS; i > 0 && !test_failed(); i--)
        run_mutant(c);
}

void run_verify(void)
{
    if (test_begin("verify/kernel")) {
        if (kernel_missing())
            test_skip("the kernel cannot be asked: %s", kernel_missing());
        test_end();
    }
    cases_run("verify", run_case);
    if (test_begin("verify/mutants")) {
        test_end();
        cases_run("verify", run_mutants);
        printf("verify/mutants: %u programs made, %u accepted and run\n", mutants_made,
               mutants_run);
    }
}
