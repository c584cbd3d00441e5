/* SPDX-License-Identifier: Apache-2.0 */
/* A small exchange: its types and the functions that serve its clients. They stand here once, for
 * the compilers of server.c and trace.bpf.c and, as text, for the library that traces them. */
#pragma once
#include <linux/types.h>
#include <stdbool.h>

/* clang-format off */
#define TYPES                                                                                      \
    enum side { BUY, SELL };                                                                       \
    struct symbol { char name[8]; };                                                               \
    struct client { __u32 id; __u16 tier; bool professional; };                                    \
    struct order {                                                                                 \
        __u64 id; struct symbol symbol; struct client client; enum side side; __u32 pieces;        \
        double limit;                                                                              \
    };                                                                                             \
    struct fill { __u32 pieces; float price; };                                                    \
    struct prices { double bid, ask; };

/* FUNCTION(result, name, parameters) */
#define FUNCTIONS(FUNCTION)                                                                        \
    /* What so many of the best orders bid and ask in the mean. */                                 \
    FUNCTION(struct prices, quote, (struct symbol symbol, int depth))                              \
    /* What a client must have in his account to trade: eleven arguments. */                       \
    FUNCTION(double, margin, (struct symbol symbol, struct client client, enum side side,          \
                              __u32 pieces, double limit, struct prices market, __s64 position,    \
                              float volatility, __s16 day, unsigned char session, __u64 credit))   \
    /* Sells or buys what it can at once; the rest waits in the book. */                           \
    FUNCTION(struct fill, place, (struct order order, const char *broker))                         \
    FUNCTION(bool, cancel, (struct symbol symbol, __u64 id))                                       \
    /* Closes a page of the journal; returns its checksum. */                                      \
    FUNCTION(__u32, commit, (struct symbol symbol, __u32 entries))
/* clang-format on */

TYPES

#define DECLARE(result, name, parameters) result name parameters;
FUNCTIONS(DECLARE)
#undef DECLARE
