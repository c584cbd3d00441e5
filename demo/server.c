/* SPDX-License-Identifier: Apache-2.0 */
/* A small exchange under load: every market has a thread that serves its clients. What happens
 * follows from seeds, however the threads run.
 *     server [--trace trace.bpf.o] [--requests N] [--log FILE] */
#include "server.h"
#include "trace.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MARKETS = 4, DEPTH = 512, PAGE = 16, CLIENTS = 32 };

#define NUMBER(result, name, parameters) CALL_##name,
enum { FUNCTIONS(NUMBER) CALLS };
#undef NUMBER

/* ---- A market: what waits on both sides, and what was done ---- */

struct waiting {
    __u64 id;
    double limit;
    __u32 pieces;
};

static struct market {
    struct symbol symbol;
    struct waiting book[2][DEPTH]; /* by side, the best one last */
    __u32 counts[2];
    __s64 positions[CLIENTS];
    __u64 calls[CALLS], ids, pieces;
    float price; /* of the last trade */
    __u32 entries, sum;
    struct {
        struct order order;
        struct fill fill;
        char rest[1024];
    } journal[PAGE];
} markets[MARKETS] = {
    { .symbol.name = "ACME" },
    { .symbol.name = "GLOBEX" },
    { .symbol.name = "INITECH" },
    { .symbol.name = "HOOLI" },
};

static __u64 requests = 25000;
static FILE *log_file;

static struct market *market_of(struct symbol symbol)
{
    for (int i = 0; i < MARKETS; i++)
        if (!memcmp(&markets[i].symbol, &symbol, sizeof symbol))
            return &markets[i];
    abort();
}

/* The server's own account of a call: a count and, of the first ones in the first market, a line.
 */
__attribute__((format(printf, 3, 4))) static void done(struct market *m, int function,
                                                       const char *format, ...)
{
    va_list args;

    m->calls[function]++;
    if (!log_file || m != markets)
        return;
    va_start(args, format);
    vfprintf(log_file, format, args);
    va_end(args);
}

/* ---- Functions ---- */

static double mean(const struct market *m, enum side side, int depth)
{
    const struct waiting *best = &m->book[side][m->counts[side]];
    double sum = 0;

    if (m->counts[side] < (__u32)depth)
        return 0;
    for (int i = 1; i <= depth; i++)
        sum += best[-i].limit;
    return sum / depth;
}

__attribute__((noinline)) struct prices quote(struct symbol symbol, int depth)
{
    struct market *m = market_of(symbol);
    struct prices prices = { mean(m, BUY, depth), mean(m, SELL, depth) };

    done(m, CALL_quote,
         "quote(.symbol = { .name = \"%s\" }, .depth = %d) = { .bid = %.10g, .ask = %.10g }\n",
         symbol.name, depth, prices.bid, prices.ask);
    return prices;
}

__attribute__((noinline)) double margin(struct symbol symbol, struct client client, enum side side,
                                        __u32 pieces, double limit, struct prices market,
                                        __s64 position, float volatility, __s16 day,
                                        unsigned char session, __u64 credit)
{
    __s64 after = position + (side == BUY ? (__s64)pieces : -(__s64)pieces);
    double risk = (double)(after < 0 ? -after : after) * (double)volatility;
    double spread = market.ask > market.bid ? market.ask - market.bid : 0;
    double needed = risk * limit / (client.professional ? 8 : 2) + spread * pieces - (double)credit;

    if (day + session > 4) /* before the weekend */
        needed *= 1.5;
    done(market_of(symbol), CALL_margin,
         "margin(.symbol = { .name = \"%s\" }, .client = { .id = %u, .tier = %u, .professional = "
         "%s }, "
         ".side = %s, .pieces = %u, .limit = %g, .market = { .bid = %g, .ask = %g }, "
         ".position = %lld, .volatility = %g, .day = %d, .session = %u, .credit = %llu) = %.12g\n",
         symbol.name, client.id, client.tier, client.professional ? "true" : "false",
         side == BUY ? "BUY" : "SELL", pieces, limit, market.bid, market.ask, position,
         (double)volatility, day, session, credit, needed);
    return needed;
}

/* Takes from the best of the other side as long as the price is within the limit. */
static struct fill match(struct market *m, const struct order *order)
{
    enum side other = order->side == BUY ? SELL : BUY;
    struct fill fill = { 0 };

    while (fill.pieces < order->pieces && m->counts[other]) {
        struct waiting *best = &m->book[other][m->counts[other] - 1];
        __u32 left = order->pieces - fill.pieces;
        __u32 taken = best->pieces < left ? best->pieces : left;
        if (order->side == BUY ? best->limit > order->limit : best->limit < order->limit)
            break;
        fill.pieces += taken;
        fill.price = (float)best->limit;
        best->pieces -= taken;
        m->counts[other] -= !best->pieces;
    }
    return fill;
}

static void wait_in_book(struct market *m, const struct order *order, __u32 pieces)
{
    struct waiting *book = m->book[order->side];
    __u32 *count = &m->counts[order->side], at;

    if (*count == DEPTH)
        memmove(book, book + 1, --*count * sizeof *book); /* the worst one is dropped */
    for (at = *count; at; at--)
        if (order->side == BUY ? book[at - 1].limit < order->limit
                               : book[at - 1].limit > order->limit)
            break;
        else
            book[at] = book[at - 1];
    book[at] = (struct waiting){ order->id, order->limit, pieces };
    ++*count;
}

__attribute__((noinline)) struct fill place(struct order order, const char *broker)
{
    struct market *m = market_of(order.symbol);
    __s64 *position = &m->positions[order.client.id % CLIENTS];
    struct prices market = { mean(m, BUY, 1), mean(m, SELL, 1) };
    struct fill fill = { 0 };

    if (margin(order.symbol, order.client, order.side, order.pieces, order.limit, market, *position,
               0.0625f, (__s16)(order.id / 1000 % 5), 1, 1000u << order.client.tier) < 50000) {
        fill = match(m, &order);
        if (fill.pieces < order.pieces)
            wait_in_book(m, &order, order.pieces - fill.pieces);
        *position += order.side == BUY ? (__s64)fill.pieces : -(__s64)fill.pieces;
        m->pieces += fill.pieces;
        m->price = fill.pieces ? fill.price : m->price;
    }
    m->journal[m->entries].order = order;
    m->journal[m->entries].fill = fill;
    if (++m->entries == PAGE)
        commit(order.symbol, m->entries);
    done(m, CALL_place,
         "place(.order = { .id = %llu, .symbol = { .name = \"%s\" }, .client = { .id = %u, .tier = "
         "%u, "
         ".professional = %s }, .side = %s, .pieces = %u, .limit = %g }, .broker = { .name = "
         "\"%s\" }) = "
         "{ .pieces = %u, .price = %g }\n",
         order.id, order.symbol.name, order.client.id, order.client.tier,
         order.client.professional ? "true" : "false", order.side == BUY ? "BUY" : "SELL",
         order.pieces, order.limit, broker, fill.pieces, (double)fill.price);
    return fill;
}

__attribute__((noinline)) bool cancel(struct symbol symbol, __u64 id)
{
    struct market *m = market_of(symbol);
    bool found = false;

    for (int side = BUY; side <= SELL && !found; side++)
        for (__u32 i = 0; i < m->counts[side] && !found; i++) {
            struct waiting *book = m->book[side];
            if (book[i].id != id)
                continue;
            memmove(&book[i], &book[i + 1], (--m->counts[side] - i) * sizeof *book);
            found = true;
        }
    done(m, CALL_cancel, "cancel(.symbol = { .name = \"%s\" }, .id = %llu) = %s\n", symbol.name, id,
         found ? "true" : "false");
    return found;
}

__attribute__((noinline)) __u32 commit(struct symbol symbol, __u32 entries)
{
    struct market *m = market_of(symbol);
    const unsigned char *at = (const unsigned char *)m->journal;

    for (size_t i = 0; i < entries * sizeof *m->journal; i++) /* FNV-1a */
        m->sum = (m->sum ^ at[i]) * 16777619;
    m->entries = 0;
    done(m, CALL_commit, "commit(.symbol = { .name = \"%s\" }, .entries = %u) = %u\n", symbol.name,
         entries, m->sum);
    return m->sum;
}

/* ---- Load ---- */

static __u32 draw(__u64 *seed, __u32 below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (__u32)(*seed >> 33) % below;
}

static void *serve(void *arg)
{
    static const char *const brokers[] = { "Ada", "Grace", "Edsger", "Barbara" };
    struct market *m = arg;
    __u64 seed = (__u64)(m - markets) + 1;
    double fair = 100;

    for (__u64 i = 0; i < requests; i++) {
        __u32 kind = draw(&seed, 10), client = draw(&seed, CLIENTS);
        fair += 0.25 * ((double)draw(&seed, 3) - 1);
        if (kind < 2) {
            quote(m->symbol, 1 << draw(&seed, 6));
        } else if (kind < 4) {
            cancel(m->symbol, m->ids > 50 ? m->ids - draw(&seed, 50) : 1);
        } else {
            struct order order = { .id = ++m->ids,
                                   .symbol = m->symbol,
                                   .client = { client, (__u16)(client % 4), client < 4 },
                                   .side = draw(&seed, 2) ? SELL : BUY,
                                   .pieces = 10 * (1 + draw(&seed, 20)) };
            order.limit =
                fair + (order.side == BUY ? -2 : 2) + 0.25 * ((double)draw(&seed, 21) - 10);
            place(order, brokers[draw(&seed, 4)]);
        }
    }
    return NULL;
}

static double run(void)
{
    struct timespec begin, end;
    pthread_t threads[MARKETS];

    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < MARKETS; i++)
        pthread_create(&threads[i], NULL, serve, &markets[i]);
    for (int i = 0; i < MARKETS; i++)
        pthread_join(threads[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

/* ---- Command line ---- */

#define TEXT(...)    #__VA_ARGS__
#define TEXT_OF(...) TEXT(__VA_ARGS__)
#define ROW(result, name, parameters)                                                              \
    { #name, TEXT_OF(TYPES) #result " " #name #parameters, (void *)name },
static const struct function functions[] = { FUNCTIONS(ROW) };

static void report(double seconds)
{
    printf("%llu requests, %d threads, %.0f ms\n", MARKETS * requests, MARKETS, 1000 * seconds);
    for (int i = 0; i < MARKETS; i++)
        printf("  %-8s %10llu pieces sold, the last ones at %g; journal %08x\n",
               markets[i].symbol.name, markets[i].pieces, (double)markets[i].price, markets[i].sum);
    printf("  calls   ");
    for (int f = 0; f < CALLS; f++) {
        __u64 calls = 0;
        for (int i = 0; i < MARKETS; i++)
            calls += markets[i].calls[f];
        printf(" %s %llu%s", functions[f].name, calls, f + 1 < CALLS ? "," : "\n");
    }
}

int main(int argc, char **argv)
{
    struct trace *trace = NULL;

    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(argv[i], "--requests") && atoll(value) > 0)
            requests = strtoull(value, NULL, 10);
        else if (!strcmp(argv[i], "--log") && (log_file = fopen(value, "w")))
            continue;
        else if (!strcmp(argv[i], "--trace") && *value && !trace) {
            if (!(trace = trace_begin(value, functions, CALLS)))
                return 1;
        } else {
            fprintf(stderr, "usage: server [--trace trace.bpf.o] [--requests N] [--log FILE]\n");
            return 2;
        }
    }
    report(run());
    if (log_file)
        fclose(log_file);
    if (trace)
        trace_end(trace);
    return 0;
}
