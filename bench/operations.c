/* SPDX-License-Identifier: Apache-2.0 */
/* Measures what programs ask of the runtime, interleaved in one run: calls from the host, calls of
 * helpers, maps. Beside anybpf's the time of native code, where there is such, and the kernel's,
 * where bpf() is permitted. A figure is the least of many rounds; that of the loop around an
 * operation is taken away from it.
 *
 *     operations OBJECT [--json] [--rounds N] */
#include "base/clock.h"
#include "bench/kernel.h"
#include "bench/operations.h"
#include <anybpf.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What costs nothing beside the loop around it. */
#define HIDDEN 0.01

enum { CALLS = 1 << 14, RUNS = 16, TAIL_CALLS = 33, PACKET = 64 };

static void least(double *figure, double ns)
{
    if (*figure == 0 || ns < *figure)
        *figure = ns;
}

/* ---- Rows ---- */

enum kind { HOST_CALL, HELD_CALL, PACKET_CALL, LOOP, OPERATION, TAIL_CALL };
enum side { NATIVE, ANYBPF, KERNEL, SIDES };

static const struct row {
    const char *name, *prog; /* "NAME" or "NAME_xdp" in operations.bpf.c */
    enum kind kind;
    uint32_t entries; /* to fill the map with */
    bool trusted;
    bool native, kernel; /* whether there is such a side */
} rows[] = {
    { "empty program", "empty", HOST_CALL, 0, false, true, false },
    { "empty XDP program", "pass_xdp", PACKET_CALL, 0, false, true, false },
    { "empty program, trusted", "empty", HOST_CALL, 0, true, true, false },
    { "... within trusted_begin", "empty", HELD_CALL, 0, true, true, false },
    { "(loop)", "loop", LOOP, 0, false, true, true },
    { "helper", "helper", OPERATION, 0, false, true, false },
    { "tail call", "tail_call", TAIL_CALL, 0, false, false, false },
    { "ktime", "ktime", OPERATION, 0, false, true, true },
    { "array lookup", "array_lookup", OPERATION, 0, false, false, true },
    { "per-CPU array lookup", "percpu_array_lookup", OPERATION, 0, false, false, true },
    { "hash lookup, 1,000", "hash_1000_lookup", OPERATION, 1000, false, false, true },
    { "hash lookup, 1,000,000", "hash_1000000_lookup", OPERATION, 1000000, false, false, true },
    { "per-CPU hash lookup", "percpu_hash_1000_lookup", OPERATION, 1000, false, false, true },
    { "LRU hash lookup", "lru_hash_1000_lookup", OPERATION, 1000, false, false, true },
    { "hash update", "hash_1000_update", OPERATION, 1000, false, false, true },
    { "hash insert and delete", "hash_1000_insert_delete", OPERATION, 1000, false, false, true },
    { "ring buffer, 64 bytes", "ring_record", OPERATION, 0, false, false, true },
};
enum { ROWS = sizeof rows / sizeof *rows };

struct measured {
    const struct row *row;
    struct anybpf_object *obj;
    struct anybpf_prog *prog;
    struct anybpf_map *ring;
    int kernel; /* descriptor of the program, or -1 */
    double ns[SIDES];
};

static bool calls(const struct row *row)
{
    return row->kind == HOST_CALL || row->kind == HELD_CALL || row->kind == PACKET_CALL;
}

static void die(const struct row *row, const char *why)
{
    fprintf(stderr, "%s: %s\n", row->name, why);
    exit(1);
}

/* ---- Native sides: calls through a pointer ---- */

static __attribute__((noinline)) int empty(const struct anybpf_prog *prog, void *ctx, size_t size,
                                           uint64_t *result)
{
    (void)prog, (void)ctx, (void)size;
    *result = 0;
    return 0;
}

static __attribute__((noinline)) int empty_packet(const struct anybpf_prog *prog,
                                                  struct anybpf_packet *packet, uint64_t *result)
{
    (void)prog, (void)packet;
    *result = 0;
    return 0;
}

static uint64_t nothing(uint64_t x)
{
    return x;
}

static uint64_t monotonic(uint64_t x)
{
    return x + clock_ns();
}

typedef uint64_t operation_fn(uint64_t key);

static uint64_t native_loop(operation_fn *operation)
{
    static uint64_t state;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        volatile uint64_t key = (state >> 32) * 1000 >> 32;
        sum = operation ? operation(sum + key) : sum + key;
    }
    return sum;
}

/* ---- Measuring ---- */

static double time_calls(const struct measured *m, enum side side)
{
    int (*volatile call)(const struct anybpf_prog *, void *, size_t, uint64_t *) =
        side == NATIVE ? empty : anybpf_call;
    uint8_t memory[PACKET] = { 0 };
    bool held = m->row->kind == HELD_CALL;
    uint64_t start, result;

    if (held)
        anybpf_trusted_begin();
    start = clock_ns();
    for (uint32_t i = 0; i < CALLS; i++)
        call(m->prog, memory, sizeof memory, &result);
    start = clock_ns() - start;
    if (held)
        anybpf_trusted_end();
    return (double)start / (double)CALLS;
}

static struct anybpf_packet packet_of(uint8_t bytes[PACKET])
{
    return (struct anybpf_packet){
        .head = bytes, .data = bytes, .data_end = bytes + PACKET, .tail = bytes + PACKET
    };
}

static double time_packets(const struct measured *m, enum side side)
{
    int (*volatile call)(const struct anybpf_prog *, struct anybpf_packet *, uint64_t *) =
        side == NATIVE ? empty_packet : anybpf_call_packet;
    uint8_t bytes[PACKET] = { 0 };
    struct anybpf_packet packet = packet_of(bytes);
    uint64_t start = clock_ns(), result;

    for (uint32_t i = 0; i < CALLS; i++)
        call(m->prog, &packet, &result);
    return (double)(clock_ns() - start) / (double)CALLS;
}

static void run(const struct measured *m, uint8_t first)
{
    uint8_t bytes[PACKET] = { first };
    struct anybpf_packet packet = packet_of(bytes);
    if (anybpf_call_packet(m->prog, &packet, NULL))
        die(m->row, "cannot be run");
}

static int ignore(void *user, uint32_t cpu, const void *data, size_t size)
{
    (void)user, (void)cpu, (void)data, (void)size;
    return 0;
}

/* Of one run, less what empties the ring. */
static double time_run(const struct measured *m)
{
    uint64_t start = clock_ns();
    double ns;
    run(m, 0);
    ns = (double)(clock_ns() - start);
    if (m->ring)
        anybpf_ring_poll(m->ring, 0, ignore, NULL);
    return ns;
}

static double time_native(const struct row *row)
{
    static operation_fn *volatile operation;
    uint64_t start;
    operation = row->kind == LOOP ? NULL : !strcmp(row->prog, "ktime") ? monotonic : nothing;
    start = clock_ns();
    native_loop(operation);
    return (double)(clock_ns() - start) / (double)COUNT;
}

static void measure(struct measured *m)
{
    const struct row *row = m->row;
    uint8_t packet[PACKET] = { 0 };
    uint32_t verdict;

    for (enum side side = NATIVE; calls(row) && side <= ANYBPF; side++)
        least(&m->ns[side], row->kind == PACKET_CALL ? time_packets(m, side) : time_calls(m, side));
    if (calls(row))
        return;
    for (int i = 0; i < RUNS; i++) {
        if (row->native)
            least(&m->ns[NATIVE], time_native(row));
        least(&m->ns[ANYBPF], time_run(m) / (row->kind == TAIL_CALL ? TAIL_CALLS : COUNT));
    }
    for (int i = 0; m->kernel >= 0 && i < (m->ring ? RUNS : 1); i++) {
        uint64_t ns = kernel_run(m->kernel, packet, PACKET, m->ring ? 1 : RUNS, &verdict);
        if (ns != UINT64_MAX)
            least(&m->ns[KERNEL], (double)ns / (double)COUNT);
        if (m->ring)
            kernel_drain(m->kernel);
    }
}

/* ---- Preparing ---- */

static void fill(struct measured *m)
{
    uint8_t packet[PACKET] = { FILL };
    uint32_t runs = (m->row->entries + COUNT - 1) / COUNT, verdict;

    for (uint32_t i = 0; i < runs; i++)
        run(m, FILL);
    if (m->kernel >= 0 && runs)
        kernel_run(m->kernel, packet, PACKET, runs, &verdict);
}

static void begin(struct measured *m, struct anybpf_env *env, const char *path)
{
    const struct row *row = m->row;
    char name[64];

    snprintf(name, sizeof name, "%s%s", row->prog, calls(row) ? "" : "_xdp");
    m->obj = anybpf_open(env, path);
    if (m->obj && row->trusted)
        anybpf_set(m->obj, ANYBPF_TRUSTED, 1);
    m->prog = m->obj ? anybpf_find(m->obj, name) : NULL;
    if (!m->prog)
        die(row, anybpf_error(env));
    if (row->kind == TAIL_CALL &&
        anybpf_map_set_prog(anybpf_find_map(m->obj, "programs"), 0, m->prog))
        die(row, anybpf_error(env));
    if (!strcmp(row->prog, "ring_record"))
        m->ring = anybpf_find_map(m->obj, "ring");
    m->kernel = row->kernel ? kernel_load(path, row->prog) : -1;
    fill(m);
}

/* ---- Results ---- */

static void print_figure(double ns)
{
    if (ns > 0)
        printf(" %9.2f", ns);
    else
        printf(" %9s", "-");
}

static void print_row(const struct row *row, const double ns[SIDES], bool json, bool last)
{
    if (json) {
        printf("  {\"name\": \"%s\", \"native_ns\": %.2f, \"anybpf_ns\": %.2f, \"kernel_ns\": "
               "%.2f}%s\n",
               row->name, ns[NATIVE], ns[ANYBPF], ns[KERNEL], last ? "" : ",");
        return;
    }
    printf("%-24s", row->name);
    for (int side = 0; side < SIDES; side++)
        print_figure(ns[side]);
    if (ns[NATIVE] > 0)
        printf("   %.2f x native", ns[ANYBPF] / ns[NATIVE]);
    if (calls(row))
        printf(", %+.2f ns", ns[ANYBPF] - ns[NATIVE]);
    if (ns[KERNEL] > 0)
        printf("   %.2f x kernel", ns[ANYBPF] / ns[KERNEL]);
    putchar('\n');
}

static void print(const struct measured *all, bool json)
{
    double loop[SIDES] = { 0 };

    if (json)
        puts("{\"operations\": [");
    else
        printf("%-24s %9s %9s %9s\n", "ns per operation", "native", "anybpf", "kernel");
    for (int i = 0; i < ROWS; i++)
        if (all[i].row->kind == LOOP)
            memcpy(loop, all[i].ns, sizeof loop);
    for (int i = 0; i < ROWS; i++) {
        double ns[SIDES];
        for (int side = 0; side < SIDES; side++)
            ns[side] = all[i].ns[side] > 0 && all[i].row->kind == OPERATION
                           ? fmax(all[i].ns[side] - loop[side], HIDDEN)
                           : all[i].ns[side];
        print_row(all[i].row, ns, json, i == ROWS - 1);
    }
    if (json)
        puts("]}");
}

int main(int argc, char **argv)
{
    static struct measured all[ROWS];
    struct anybpf_env *env = anybpf_env_new();
    int rounds = 100;
    bool json = false;

    for (int arg = 2; arg < argc; arg++) {
        if (!strcmp(argv[arg], "--json"))
            json = true;
        else if (!strcmp(argv[arg], "--rounds") && arg + 1 < argc)
            rounds = atoi(argv[++arg]);
        else
            argc = 0;
    }
    if (argc < 2 || !env ||
        anybpf_env_helper(env, NOTHING, "__u64 nothing(__u64 x)", (void (*)(void))nothing)) {
        fprintf(stderr, "usage: operations OBJECT [--json] [--rounds N]\n");
        return 2;
    }
    for (int i = 0; i < ROWS; i++) {
        all[i].row = &rows[i];
        begin(&all[i], env, argv[1]);
    }
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < ROWS; i++)
            measure(&all[i]);
    print(all, json);
    anybpf_env_free(env);
    return 0;
}
