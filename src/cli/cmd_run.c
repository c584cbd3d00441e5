/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf run: a program over a capture, one packet, or memory. */
#include "base/clock.h"
#include "base/vector.h"
#include "cli/cli.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    struct session_options session;
    const char *pcap, *write, *data_in, *data_out, *ctx, *init, *maps;
    uint64_t repeat;
    bool json;
    enum map_amount amount;
} o;

static const struct option_row options[] = {
    OPERAND_OBJECT(false, &o.session.object),
    { "--prog", "P", OPTION_TEXT, true, "the program, by its function's name; else the first one",
      &o.session.prog },
    { "--type", "T", OPTION_TEXT, true, "its type (xdp, tc, socket, ..), whatever its section says",
      &o.session.type },
    { "--pcap", "IN", OPTION_TEXT, true, "run it on every packet of a capture (pcap, pcapng)",
      &o.pcap },
    { "-w", "OUT", OPTION_TEXT, true, "write the packets it lets through, as it leaves them",
      &o.write },
    { "--data-in", "FILE", OPTION_TEXT, true, "run it on one packet, the bytes of FILE",
      &o.data_in },
    { "--data-out", "FILE", OPTION_TEXT, true, "write that packet as the program leaves it",
      &o.data_out },
    { "--ctx", "FILE", OPTION_TEXT, true, "run it on memory, the bytes of FILE, as its context",
      &o.ctx },
    { "--repeat", "N", OPTION_NUMBER, true, "run it N times on that packet or memory", &o.repeat },
    { "--init", "FILE", OPTION_TEXT, true, "fill maps before: lines of MAP KEY.. = VALUE..",
      &o.init },
    { "--maps", "HOW", OPTION_TEXT, true, "print no, some or all elements of maps: none some all",
      &o.maps },
    { "--interp", NULL, OPTION_SWITCH, true, "by the interpreter, not as machine code",
      &o.session.interpret },
    OPTION_PASSES(&o.session.passes),
    { "--trusted", NULL, OPTION_SWITCH, true, "without the verifier: you answer for the program",
      &o.session.trusted },
    { "--json", NULL, OPTION_SWITCH, true, "print one JSON object", &o.json },
    { 0 },
};

static const struct usage usage = {
    .command = "run",
    .about = "Loads a program (verified and compiled), runs it on the input given, and prints\n"
             "verdicts, maps and the time it took.",
    .options = options,
    .notes = "Exactly one of --pcap, --data-in and --ctx is needed.",
};

/* ---- Tally ---- */

struct tally {
    uint64_t runs, bytes, ns;
    struct vec(struct verdict) verdicts;
};
struct verdict {
    uint32_t value;
    uint64_t count;
};

static void tally_add(struct tally *tally, uint32_t value)
{
    for (uint32_t i = 0; i < tally->verdicts.count; i++)
        if (tally->verdicts.at[i].value == value) {
            tally->verdicts.at[i].count++;
            return;
        }
    vec_push(cli_arena, &tally->verdicts, (struct verdict){ value, 1 });
}

static int by_count(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : x->value < y->value ? -1 : 1;
}

static const char *name_of(const struct session *s, uint32_t value)
{
    const char *name = verdict_name(s->info.context, value);
    return name ? name : arena_printf(cli_arena, "%d", (int32_t)value);
}

static void print_bar(uint64_t count, uint64_t all)
{
    for (uint64_t eighths = count * 30 * 8 / all; eighths;) {
        static const char *const blocks[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
        uint64_t step = eighths > 8 ? 8 : eighths;
        fputs(blocks[step], stdout);
        eighths -= step;
    }
}

static void print_verdicts(const struct session *s, const struct tally *tally)
{
    enum { MOST = 16 };
    size_t width = 0;

    for (uint32_t i = 0; i < tally->verdicts.count && i < MOST; i++) {
        size_t length = strlen(name_of(s, tally->verdicts.at[i].value));
        width = length > width ? length : width;
    }
    putchar('\n');
    for (uint32_t i = 0; i < tally->verdicts.count && i < MOST; i++) {
        const struct verdict *v = &tally->verdicts.at[i];
        printf("  %-*s  %11s  %5.1f %%  ", (int)width, name_of(s, v->value), grouped(v->count),
               100.0 * (double)v->count / (double)tally->runs);
        print_bar(v->count, tally->runs);
        putchar('\n');
    }
    if (tally->verdicts.count > MOST)
        printf("  ... and %u other results\n", tally->verdicts.count - MOST);
}

/* ---- Report ---- */

static double ns_each(const struct tally *tally)
{
    return tally->runs ? (double)tally->ns / (double)tally->runs : 0;
}

static const char *mode_of(const struct session *s)
{
    return s->info.compiled ? "compiled" : "interpreted";
}

static void report_json(struct session *s, const struct tally *tally)
{
    struct text out = { .arena = cli_arena };

    text_puts(&out, "{\"program\": ");
    text_json(&out, s->info.name, strlen(s->info.name));
    text_printf(&out,
                ", \"mode\": \"%s\", \"level\": \"%s\", \"runs\": %" PRIu64 ", \"bytes\": %" PRIu64
                ", \"ns\": %" PRIu64 ", \"ns_each\": %.1f, \"verdicts\": {",
                mode_of(s), s->info.trusted ? "trusted" : "verified", tally->runs, tally->bytes,
                tally->ns, ns_each(tally));
    for (uint32_t i = 0; i < tally->verdicts.count; i++)
        text_printf(&out, "%s\"%s\": %" PRIu64, i ? ", " : "",
                    name_of(s, tally->verdicts.at[i].value), tally->verdicts.at[i].count);
    text_puts(&out, "}, \"maps\": ");
    maps_json(&out, s->object, o.maps ? o.amount : MAPS_ALL);
    printf("%s}\n", out.at);
}

static int report(struct session *s, struct tally *tally, const char *what)
{
    if (tally->verdicts.count)
        qsort(tally->verdicts.at, tally->verdicts.count, sizeof(struct verdict), by_count);
    if (o.json) {
        report_json(s, tally);
        return STATUS_DONE;
    }
    printf("%s: %s %s, %s bytes, %.0f ns each (%s, %s)\n", s->info.name, grouped(tally->runs), what,
           grouped(tally->bytes), ns_each(tally), s->info.compiled ? "machine code" : "interpreted",
           s->info.trusted ? "not verified" : "verified");
    if (tally->runs)
        print_verdicts(s, tally);
    maps_print(s->object, o.amount);
    return STATUS_DONE;
}

/* ---- A capture: in batches, so that the clock is read seldom ---- */

enum { BATCH = 64 };

struct batch {
    struct packet_buffer buffers[BATCH];
    struct anybpf_packet packets[BATCH];
    uint64_t times[BATCH];
    uint32_t verdicts[BATCH];
    uint32_t count;
};

static void show_progress(const struct capture *in, const struct tally *tally, uint64_t *next)
{
    uint64_t now = clock_ns(), read, all;

    if (now < *next)
        return;
    *next = now + 200000000;
    capture_progress(in, &read, &all);
    fprintf(stderr, "\r%s packets", grouped(tally->runs));
    if (all)
        fprintf(stderr, ", %u %%", (unsigned)(read * 100 / all));
    fputs("\033[K", stderr);
}

static int run_batch(const struct session *s, struct batch *batch, struct tally *tally,
                     struct capture *out)
{
    uint64_t start = clock_ns();
    int code = anybpf_call_batch(s->prog, batch->packets, batch->count, batch->verdicts);

    tally->ns += clock_ns() - start;
    if (code)
        return code;
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct anybpf_packet *p = &batch->packets[i];
        tally->runs++;
        tally_add(tally, batch->verdicts[i]);
        if (out && verdict_lets_through(s->info.context, batch->verdicts[i])) {
            struct capture_packet packet = { p->data, (uint32_t)(p->data_end - p->data),
                                             p->wire_len, batch->times[i] };
            capture_write(out, &packet);
        }
    }
    batch->count = 0;
    maps_drain(s->object);
    return 0;
}

/* 0, 1 at the end of the capture, or an error. */
static int read_batch(struct capture *in, struct batch *batch, struct tally *tally,
                      struct error *err)
{
    struct capture_packet packet;

    while (batch->count < BATCH) {
        int got = capture_next(in, &packet, err);
        if (got != 1)
            return got ? got : 1;
        packet_fill(&batch->buffers[batch->count], &batch->packets[batch->count], packet.data,
                    packet.size, packet.wire_size);
        batch->times[batch->count++] = packet.time;
        tally->bytes += packet.size;
    }
    return 0;
}

static int run_capture(struct session *s, struct capture *in, struct capture *out)
{
    struct error err = { 0 };
    struct tally tally = { 0 };
    struct batch *batch = arena_new_of(cli_arena, struct batch);
    bool progress = isatty(STDERR_FILENO);
    uint64_t next = clock_ns() + 500000000;
    int got;

    do {
        got = read_batch(in, batch, &tally, &err);
        if (run_batch(s, batch, &tally, out))
            return complain_env(s->env, STATUS_REFUSED);
        if (progress)
            show_progress(in, &tally, &next);
    } while (!got);
    if (progress)
        fputs("\r\033[K", stderr);
    int status = report(s, &tally, "packets");
    return err.code ? complain_of(&err, STATUS_USAGE) : status;
}

static int run_pcap(struct session *s)
{
    struct error err = { 0 };
    struct capture *in, *out = NULL;
    int status;

    if (capture_open(&in, o.pcap, &err))
        return complain_of(&err, STATUS_USAGE);
    if (o.write && capture_create(&out, o.write, in, &err)) {
        capture_close(in, NULL);
        return complain_of(&err, STATUS_USAGE);
    }
    status = run_capture(s, in, out);
    capture_close(in, NULL);
    if (capture_close(out, &err))
        status = complain_of(&err, STATUS_REFUSED);
    return status;
}

/* ---- One packet, or memory ---- */

static int run_data(struct session *s)
{
    struct error err = { 0 };
    struct tally tally = { 0 };
    struct packet_buffer buffer = { 0 };
    struct anybpf_packet packet;
    struct bytes data;
    uint64_t result;

    if (file_load(o.data_in, &data, &err))
        return complain_of(&err, STATUS_USAGE);
    for (uint64_t i = 0; i < o.repeat; i++) {
        packet_fill(&buffer, &packet, data.at, data.size, data.size);
        uint64_t start = clock_ns();
        int code = anybpf_call_packet(s->prog, &packet, &result);
        tally.ns += clock_ns() - start;
        if (code)
            return complain_env(s->env, STATUS_REFUSED);
        tally.runs++;
        tally.bytes += data.size;
        tally_add(&tally, (uint32_t)result);
        maps_drain(s->object);
    }
    if (o.data_out &&
        file_save(o.data_out, packet.data, (size_t)(packet.data_end - packet.data), &err))
        return complain_of(&err, STATUS_USAGE);
    return report(s, &tally, o.repeat == 1 ? "packet" : "runs");
}

static int run_ctx(struct session *s)
{
    struct error err = { 0 };
    struct tally tally = { 0 };
    struct bytes file;
    uint64_t result;
    uint8_t *memory;

    if (file_load(o.ctx, &file, &err))
        return complain_of(&err, STATUS_USAGE);
    memory = arena_alloc(cli_arena, file.size);
    for (uint64_t i = 0; i < o.repeat; i++) {
        memcpy(memory, file.at, file.size);
        uint64_t start = clock_ns();
        int code = anybpf_call(s->prog, memory, file.size, &result);
        tally.ns += clock_ns() - start;
        if (code)
            return complain_env(s->env, STATUS_REFUSED);
        tally.runs++;
        tally.bytes += file.size;
        tally_add(&tally, (uint32_t)result);
        maps_drain(s->object);
    }
    return report(s, &tally, "runs");
}

static int wrong(const char *what)
{
    return complain(STATUS_USAGE, "%s (anybpf run --help)", what);
}

static int check_options(void)
{
    static const char *const amounts[] = { "none", "some", "all" };

    if (!o.pcap + !o.data_in + !o.ctx != 2)
        return wrong("exactly one of --pcap, --data-in and --ctx is needed");
    if (o.write && !o.pcap)
        return wrong("-w goes with --pcap");
    if (o.data_out && !o.data_in)
        return wrong("--data-out goes with --data-in");
    if (o.repeat && o.pcap)
        return wrong("--repeat goes with --data-in and --ctx");
    if (!o.repeat)
        o.repeat = 1;
    o.amount = MAPS_SOME;
    for (int i = 0; o.maps && i < 4; i++) {
        if (i == 3)
            return wrong("--maps is none, some or all");
        if (!strcmp(o.maps, amounts[i])) {
            o.amount = (enum map_amount)i;
            break;
        }
    }
    return STATUS_DONE;
}

int cmd_run(int argc, char **argv)
{
    struct session s;
    struct error err = { 0 };
    int status = options_read(&usage, argc, argv);

    if (status >= 0 || (status = check_options()))
        return status;
    o.session.log = ANYBPF_LOG_REJECTED;
    status = session_open(&s, &o.session);
    if (!status)
        status = session_load(&s, &o.session);
    if (!status && o.init && maps_init(s.object, s.env, o.init, &err))
        status = complain_of(&err, STATUS_USAGE);
    if (!status)
        status = o.pcap ? run_pcap(&s) : o.data_in ? run_data(&s) : run_ctx(&s);
    session_close(&s);
    return status;
}
