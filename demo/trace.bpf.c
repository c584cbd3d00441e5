/* SPDX-License-Identifier: Apache-2.0 */
/* Traces the functions of server.c: how long each call takes, and some calls for one symbol with
 * arguments and result. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <anybpf_tracing.h>
#include "server.h"
#include "trace.h"

const volatile struct symbol watched = { "ACME" };
const volatile __u32 left_out = 1525, wanted = 6; /* calls for it: first these, then those */
__u32 seen, recorded;

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 16);
} calls SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 16);
    __type(key, __u32);
    __type(value, struct latency);
} latencies SEC(".maps");

/* A program runs at entry and at exit of its function, with 8 bytes to keep between. */
extern bool bpf_session_is_return(void *ctx) __ksym;
extern __u64 *bpf_session_cookie(void *ctx) __ksym;

/* Whether the function has returned; then its time is known, and counted. */
static __always_inline bool returned(void *ctx, struct call *call)
{
    __u64 *begun = bpf_session_cookie(ctx), now = bpf_ktime_get_ns();
    struct latency *latency;
    __u32 bucket = 0;

    if (!bpf_session_is_return(ctx)) {
        *begun = now;
        return false;
    }
    call->ns = now - *begun;
    call->function = bpf_get_attach_cookie(ctx);
    latency = bpf_map_lookup_elem(&latencies, &call->function);
    if (!latency)
        return false;
    for (__u64 ns = call->ns; ns > 1 && bucket < BUCKETS - 1; ns >>= 1)
        bucket++;
    __sync_fetch_and_add(&latency->calls[bucket], 1);
    __sync_fetch_and_add(&latency->ns, call->ns);
    return true;
}

/* Whether a call for that symbol is to be recorded. Each symbol has one thread that serves it. */
static __always_inline bool wants(struct symbol symbol)
{
    return *(__u64 *)symbol.name == *(const volatile __u64 *)watched.name && ++seen > left_out &&
           recorded < wanted;
}

/* Hands over the call with its arguments, a struct of that type, and its result. */
#define RECORD(call_, result_, arguments_, ...)                                                    \
    do {                                                                                           \
        struct {                                                                                   \
            struct call call;                                                                      \
            arguments_ arguments;                                                                  \
            typeof(result_) result;                                                                \
        } *all_ = bpf_ringbuf_reserve(&calls, sizeof *all_, 0);                                    \
        if (all_) {                                                                                \
            (call_).type = bpf_core_type_id_local(arguments_);                                     \
            (call_).result_type = bpf_core_type_id_local(typeof(result_));                         \
            (call_).result_at = (void *)&all_->result - (void *)all_;                              \
            all_->call = (call_);                                                                  \
            all_->arguments = (arguments_){ __VA_ARGS__ };                                         \
            all_->result = (result_);                                                              \
            bpf_ringbuf_submit(all_, 0);                                                           \
            recorded++;                                                                            \
        }                                                                                          \
    } while (0)

struct quote_arguments {
    struct symbol symbol;
    int depth;
};

SEC("fsession/quote")
int ANYBPF_PROG(on_quote, struct symbol, symbol, int, depth, struct prices, result)
{
    struct call call;

    if (returned(ctx, &call) && wants(symbol))
        RECORD(call, result, struct quote_arguments, symbol, depth);
    return 0;
}

struct margin_arguments {
    struct symbol symbol;
    struct client client;
    enum side side;
    __u32 pieces;
    double limit;
    struct prices market;
    __s64 position;
    float volatility;
    __s16 day;
    unsigned char session;
    __u64 credit;
};

SEC("fsession/margin")
int ANYBPF_PROG(on_margin, struct symbol, symbol, struct client, client, enum side, side, __u32,
                pieces, double, limit, struct prices, market, __s64, position, float, volatility,
                __s16, day, unsigned char, session, __u64, credit, double, result)
{
    struct call call;

    if (returned(ctx, &call) && wants(symbol))
        RECORD(call, result, struct margin_arguments, symbol, client, side, pieces, limit, market,
               position, volatility, day, session, credit);
    return 0;
}

/* A string belongs to the host and may be gone when the record is read: its text is copied. */
struct broker {
    char name[16];
};

struct place_arguments {
    struct order order;
    struct broker broker;
};

SEC("fsession/place")
int ANYBPF_PROG(on_place, struct order, order, const char *, name, struct fill, result)
{
    struct broker broker = { "" };
    struct call call;

    if (returned(ctx, &call) && wants(order.symbol)) {
        bpf_probe_read_user_str(broker.name, sizeof broker.name, name);
        RECORD(call, result, struct place_arguments, order, broker);
    }
    return 0;
}

struct cancel_arguments {
    struct symbol symbol;
    __u64 id;
};

SEC("fsession/cancel")
int ANYBPF_PROG(on_cancel, struct symbol, symbol, __u64, id, bool, result)
{
    struct call call;

    if (returned(ctx, &call) && wants(symbol))
        RECORD(call, result, struct cancel_arguments, symbol, id);
    return 0;
}

struct commit_arguments {
    struct symbol symbol;
    __u32 entries;
};

SEC("fsession/commit")
int ANYBPF_PROG(on_commit, struct symbol, symbol, __u32, entries, __u32, result)
{
    struct call call;

    if (returned(ctx, &call) && wants(symbol))
        RECORD(call, result, struct commit_arguments, symbol, entries);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
