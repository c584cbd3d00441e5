/* SPDX-License-Identifier: Apache-2.0 */
/* Lets the programs of an object trace functions of this process, and prints what they have seen.
 * It knows neither the functions nor the programs, only what trace.h says. */
#include "trace.h"
#include <anybpf.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct trace {
    struct anybpf_env *env;
    struct anybpf_object *obj;
    const struct function *functions;
    __u32 count;
};

/* ---- Attaching ---- */

static int attach(const struct trace *t, struct anybpf_prog *prog)
{
    struct anybpf_attach_options options = { 0 };
    struct anybpf_prog_info info;
    const char *name;

    anybpf_prog_info(prog, &info, sizeof info);
    name = strchr(info.section, '/');
    while (name && options.cookie < t->count && strcmp(name + 1, t->functions[options.cookie].name))
        options.cookie++;
    return anybpf_attach(prog, NULL, &options) ? 0 : -1; /* to the function of its section */
}

struct trace *trace_begin(const char *object, const struct function *functions, __u32 count)
{
    static struct trace t;
    struct anybpf_prog *prog = NULL;
    int failed = 0;

    t = (struct trace){ anybpf_env_new(), NULL, functions, count };
    for (__u32 i = 0; i < count && !failed; i++)
        failed = anybpf_env_function(t.env, functions[i].prototype, functions[i].address);
    if (!failed && (t.obj = anybpf_open(t.env, object)))
        while ((prog = anybpf_next_prog(t.obj, prog)) && !failed)
            failed = attach(&t, prog);
    if (!failed && t.obj)
        return &t;
    fprintf(stderr, "%s\n", anybpf_error(t.env));
    anybpf_env_free(t.env);
    return NULL;
}

/* ---- The terminal ---- */

static int width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
        return size.ws_col;
    return columns && atoi(columns) > 0 ? atoi(columns) : 100;
}

/* "840 ns", "1.25 us": at most three digits. */
static const char *duration(double ns, char text[16])
{
    static const char *const units[] = { "ns", "us", "ms", "s" };
    int unit = 0;

    for (; ns >= 999.5 && unit < 3; unit++)
        ns /= 1000;
    snprintf(text, 16, "%.*f %s", !unit || ns >= 99.95 ? 0 : ns >= 9.995 ? 1 : 2, ns, units[unit]);
    return text;
}

/* Prints text from column `at` on, and what a line has no room for, piece by piece, further below.
 */
static void wrap(const char *text, int at, int indent, int room)
{
    for (int length; *text; text += length) {
        length = 1 + (int)strcspn(text + 1, ",");
        length += text[length] == ',';
        if (at + length > room) {
            at = printf("\n%*s", indent, "") - 1;
            text++; /* the space behind the comma */
            length--;
        }
        at += printf("%.*s", length, text);
    }
    putchar('\n');
}

/* ---- Calls ---- */

/* "name(.parameter = value, ..) = result" of a record. */
static int print_call(void *user, __u32 cpu, const void *data, size_t size)
{
    const struct trace *t = user;
    const struct call *call = data;
    char arguments[1024], value[256], text[1400], time[16];
    const __u8 *result;

    (void)cpu;
    if (size < sizeof *call || call->function >= t->count || call->result_at < sizeof *call ||
        call->result_at > size)
        return 0; /* not what trace.h says */
    result = (const __u8 *)data + call->result_at;
    if (anybpf_print(t->obj, call->type, call + 1, call->result_at - sizeof *call, ANYBPF_LINE,
                     arguments, sizeof arguments) < 0 ||
        anybpf_print(t->obj, call->result_type, result, size - call->result_at, ANYBPF_LINE, value,
                     sizeof value) < 0) {
        fprintf(stderr, "%s\n", anybpf_error(t->env));
        return 0;
    }
    snprintf(text, sizeof text, "%s(%.*s) = %s", t->functions[call->function].name,
             (int)strlen(arguments) - 4, arguments + 2, value); /* without the braces */
    wrap(text, printf("%9s  ", duration((double)call->ns, time)), 15, width());
    return 0;
}

/* ---- Latencies ---- */

static __u64 calls_of(const struct latency *l)
{
    __u64 calls = 0;
    for (int i = 0; i < BUCKETS; i++)
        calls += l->calls[i];
    return calls;
}

/* The time that so large a part of the calls took at most, as if they were spread evenly within a
 * bucket. */
static double quantile(const struct latency *l, double part)
{
    double rank = part * (double)calls_of(l);
    int i = 0;

    while (i < BUCKETS - 1 && rank > (double)l->calls[i])
        rank -= (double)l->calls[i++];
    return (double)(1u << i) * (l->calls[i] ? 1 + rank / (double)l->calls[i] : 1);
}

static void print_bar(double part, int room)
{
    static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
    int blocks = !strcmp(nl_langinfo(CODESET), "UTF-8"), length = (int)(part * room * 8 + 0.999);

    for (int i = 0; i < length / 8; i++)
        fputs(blocks ? "█" : "@", stdout);
    if (blocks)
        fputs(eighths[length % 8], stdout);
    else if (length % 8 >= 4 || !(length / 8))
        putchar('@');
}

static void print_histogram(const char *name, const struct latency *l)
{
    __u64 most = 0, left = calls_of(l), few = left / 1000;
    char from[16], to[16];
    int i = 0;

    for (int k = 0; k < BUCKETS; k++)
        most = most > l->calls[k] ? most : l->calls[k];
    while (i < BUCKETS - 1 && !l->calls[i])
        i++;
    printf("\n%-8s  time             calls\n", name);
    for (; i < BUCKETS && left > few; left -= l->calls[i++]) {
        printf("%9s .. %7s %10llu  ", duration(i ? 1u << i : 0, from),
               duration(2.0 * (1u << i), to), l->calls[i]);
        print_bar((double)l->calls[i] / (double)most, width() - 34);
        putchar('\n');
    }
    if (left)
        printf("%9s or more %11llu\n", duration(1u << i, from), left);
}

static void print_latencies(const struct trace *t, struct anybpf_map *map)
{
    struct latency l, longest = { .ns = 0 };
    struct anybpf_map_info info;
    const char *name = "";
    char mean[16], half[16], most[16];

    anybpf_map_info(map, &info, sizeof info);
    if (info.key_size != sizeof(__u32) || info.value_size != sizeof l || info.cpus != 1)
        return; /* not what trace.h says */
    printf("\n%-8s %10s  %9s  %9s  %9s\n", "function", "calls", "mean", "p50", "p99");
    for (__u32 f = 0; f < t->count; f++) {
        __u64 calls;
        if (anybpf_map_lookup(map, &f, &l) || !(calls = calls_of(&l)))
            continue;
        printf("%-8s %10llu  %9s  %9s  %9s\n", t->functions[f].name, calls,
               duration((double)l.ns / (double)calls, mean), duration(quantile(&l, 0.5), half),
               duration(quantile(&l, 0.99), most));
        if (l.ns > longest.ns) {
            longest = l;
            name = t->functions[f].name;
        }
    }
    if (longest.ns)
        print_histogram(name, &longest);
}

void trace_end(struct trace *t)
{
    struct anybpf_map *calls = anybpf_find_map(t->obj, "calls");
    struct anybpf_map *latencies = calls ? anybpf_find_map(t->obj, "latencies") : NULL;

    setlocale(LC_CTYPE, "");
    putchar('\n');
    if (!latencies || anybpf_ring_poll(calls, 0, print_call, t) < 0)
        fprintf(stderr, "%s\n", anybpf_error(t->env));
    else
        print_latencies(t, latencies);
    anybpf_env_free(t->env);
}
