/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf bench: one program, measured. */
#include "base/clock.h"
#include "cli/cli.h"
#include "rt/rt.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct session_options session;
    const char *raw, *memory, *data_in;
    bool json;
} o;

static const struct option_row options[] = {
    OPERAND_OBJECT(true, &o.session.object),
    { "--raw", "BIN", OPTION_TEXT, true,
      "instead of OBJ 8-byte instructions; r1 = the memory, r2 = its length", &o.raw },
    { "--prog", "P", OPTION_TEXT, true, "the program, by its function's name; else the first one",
      &o.session.prog },
    { "--type", "T", OPTION_TEXT, true, "its type (xdp, tc, socket, ..), whatever its section says",
      &o.session.type },
    { "--mem", "FILE", OPTION_TEXT, true, "run it on memory, the bytes of FILE", &o.memory },
    { "--data-in", "FILE", OPTION_TEXT, true, "run it on one packet, the bytes of FILE",
      &o.data_in },
    { "--interp", NULL, OPTION_SWITCH, true, "by the interpreter, not as machine code",
      &o.session.interpret },
    OPTION_PASSES(&o.session.passes),
    { "--json", NULL, OPTION_SWITCH, true, "print one JSON object", &o.json },
    { 0 },
};

static const struct usage usage = {
    .command = "bench",
    .about = "Measures one program: verifying, compiling (the fastest of several times), running\n"
             "(many samples of many runs each).",
    .options = options,
    .notes = "A packet is set up anew for each run, outside the time measured; memory is not.\n"
             "A --raw program that cannot be verified goes on as trusted, which \"level\" tells.",
};

enum {
    BATCH = 64,           /* packets */
    SAMPLES = 400,        /* at most */
    SAMPLE_NS = 50000,    /* at least */
    ALL_NS = 1000000000,  /* of samples, about */
    LOADS = 20,           /* at most */
    LOADS_NS = 300000000, /* about */
};

struct bench {
    struct session session;
    const char *refusal; /* why --raw is not verified; NULL if it is */
    struct bytes insns, input;
    uint64_t verify_ns, compile_ns;
    uint64_t runs, result;
    struct anybpf_packet packets[BATCH];
    struct packet_buffer buffer;
    double samples[SAMPLES];
    uint32_t count;
};

/* ---- Loading ---- */

static int load_once(struct bench *b, struct session *s)
{
    int status = o.raw ? session_open_insns(s, &o.session, b->insns.at, b->insns.size / 8)
                       : session_open(s, &o.session);
    return status ? status : session_load(s, &o.session);
}

/* A raw program that the verifier refuses goes on as trusted. */
static int load_first(struct bench *b)
{
    struct anybpf_prog *prog;

    if (!o.raw)
        return load_once(b, &b->session);
    int status = session_open_insns(&b->session, &o.session, b->insns.at, b->insns.size / 8);
    if (status)
        return status;
    prog = anybpf_find(b->session.object, NULL);
    if (!prog) {
        const char *why = anybpf_error(b->session.env);
        b->refusal = arena_string(cli_arena, why, strlen(why));
        complain(0, "not verified, it goes on as trusted: %s", b->refusal);
        o.session.trusted = true;
    }
    session_close(&b->session);
    return load_once(b, &b->session);
}

static int load_often(struct bench *b)
{
    uint64_t start = clock_ns();
    int status = load_first(b);

    if (status)
        return status;
    b->verify_ns = b->session.info.verify_ns;
    b->compile_ns = b->session.info.compile_ns;
    for (unsigned i = 0; i < LOADS && clock_ns() - start < LOADS_NS; i++) {
        struct session again;
        status = load_once(b, &again);
        if (!status && again.info.verify_ns < b->verify_ns)
            b->verify_ns = again.info.verify_ns;
        if (!status && again.info.compile_ns < b->compile_ns)
            b->compile_ns = again.info.compile_ns;
        session_close(&again);
        if (status)
            return status;
    }
    return STATUS_DONE;
}

/* ---- Running ---- */

static int run_packets(struct bench *b, uint64_t runs, uint64_t *ns)
{
    uint32_t verdicts[BATCH];

    *ns = 0;
    for (uint64_t done = 0; done < runs; done += BATCH) {
        for (uint32_t i = 0; i < BATCH; i++)
            packet_fill(&b->buffer, &b->packets[i], b->input.at, b->input.size, b->input.size);
        uint64_t start = clock_ns();
        int code = anybpf_call_batch(b->session.prog, b->packets, BATCH, verdicts);
        *ns += clock_ns() - start;
        if (code)
            return code;
        b->result = verdicts[0];
    }
    return 0;
}

static int run_memory(struct bench *b, void *memory, uint64_t runs, uint64_t *ns)
{
    uint64_t result, start;
    int code = 0;

    anybpf_trusted_begin();
    start = clock_ns();
    for (uint64_t i = 0; i < runs && !code; i++)
        code = anybpf_call(b->session.prog, memory, b->input.size, &result);
    *ns = clock_ns() - start;
    anybpf_trusted_end();
    return code;
}

static int run_some(struct bench *b, void *memory, uint64_t runs, uint64_t *ns)
{
    int code = o.data_in ? run_packets(b, runs, ns) : run_memory(b, memory, runs, ns);
    b->runs += runs;
    maps_drain(b->session.object);
    return code;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int measure(struct bench *b)
{
    void *memory = b->input.size ? arena_alloc(cli_arena, b->input.size) : NULL;
    uint64_t each = o.data_in ? BATCH : 1, ns = 0, all = 0;

    if (memory)
        memcpy(memory, b->input.at, b->input.size);
    if (!o.data_in && anybpf_call(b->session.prog, memory, b->input.size, &b->result))
        return -1;
    do { /* find how many runs make a sample */
        if (ns)
            each *= ns < SAMPLE_NS / 10 ? 8 : 2;
        if (run_some(b, memory, each, &ns))
            return -1;
    } while (ns < SAMPLE_NS && each < 1u << 30);
    while (b->count < SAMPLES && (all < ALL_NS || b->count < 5)) {
        if (run_some(b, memory, each, &ns))
            return -1;
        all += ns;
        b->samples[b->count++] = (double)ns / (double)each;
    }
    qsort(b->samples, b->count, sizeof b->samples[0], by_size);
    return 0;
}

/* ---- Report ---- */

static void report(const struct bench *b)
{
    const struct anybpf_prog_info *info = &b->session.info;
    double least = b->samples[0], median = b->samples[b->count / 2];
    struct text out = { .arena = cli_arena };

    if (!o.json) {
        printf("%s: %u insns, %s, %s\n", info->name, info->insns,
               info->compiled ? "machine code" : "interpreted",
               info->trusted ? "not verified" : "verified");
        printf("  verify   %12s ns\n  compile  %12s ns, %s bytes\n", grouped(b->verify_ns),
               grouped(b->compile_ns), grouped(info->code_bytes));
        printf("  run      %12.1f ns at least, %.1f ns median of %s runs\n", least, median,
               grouped(b->runs));
        printf("  r0       %12" PRIu64 "\n", b->result);
        return;
    }
    text_puts(&out, "{\"program\": ");
    text_json(&out, info->name, strlen(info->name));
    text_printf(&out,
                ", \"level\": \"%s\", \"mode\": \"%s\", \"insns\": %u, \"verify_ns\": %" PRIu64
                ", \"compile_ns\": %" PRIu64 ", \"code_bytes\": %u, \"runs\": %" PRIu64
                ", \"ns_min\": %.2f, \"ns_median\": %.2f, \"r0\": \"%" PRIu64 "\"",
                info->trusted ? "trusted" : "verified", info->compiled ? "compiled" : "interpreted",
                info->insns, b->verify_ns, b->compile_ns, info->code_bytes, b->runs, least, median,
                b->result);
    if (b->refusal) {
        text_puts(&out, ", \"not_verified\": ");
        text_json(&out, b->refusal, strlen(b->refusal));
    }
    printf("%s}\n", out.at);
}

int cmd_bench(int argc, char **argv)
{
    struct bench *b = arena_new_of(cli_arena, struct bench);
    struct error err = { 0 };
    int status = options_read(&usage, argc, argv);

    if (status >= 0)
        return status;
    if (!o.session.object + !o.raw != 1)
        return complain(STATUS_USAGE, "either OBJ or --raw BIN is needed (anybpf bench --help)");
    if (o.memory && o.data_in)
        return complain(STATUS_USAGE, "either --mem or --data-in (anybpf bench --help)");
    if (o.raw && file_load(o.raw, &b->insns, &err))
        return complain_of(&err, STATUS_USAGE);
    if (o.raw && (b->insns.size % 8 || !b->insns.size))
        return complain(STATUS_USAGE, "%s: not a whole number of 8-byte instructions", o.raw);
    if ((o.memory || o.data_in) && file_load(o.memory ? o.memory : o.data_in, &b->input, &err))
        return complain_of(&err, STATUS_USAGE);
    o.session.log = ANYBPF_LOG_WARNING;
    status = load_often(b);
    if (!status && measure(b))
        status = complain_env(b->session.env, STATUS_REFUSED);
    if (!status)
        report(b);
    session_close(&b->session);
    return status;
}
