/* SPDX-License-Identifier: Apache-2.0 */
/* Text that grows in an arena: what is printed for people, piece by piece.
 *
 *     struct text text = { .arena = arena };
 *     text_printf(&text, "%u insns", n);
 *     puts(text.at);
 *
 * `at` is always NUL-ended once anything, even "", was added. */
#pragma once
#include "base/arena.h"
#include <stdarg.h>
#include <stdbool.h>

struct text {
    struct arena *arena;
    char *at;
    size_t length, room;
};

void text_add(struct text *text, const char *at, size_t length);
void text_puts(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_fill(struct text *text, char c, size_t count);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The bytes as a JSON string with its quotes: bytes that are not UTF-8 become U+FFFD. */
void text_json(struct text *text, const char *at, size_t length);
/* Whether a string from outside has no control characters, which play tricks on terminals. */
bool text_is_printable(const char *string);
/* Empties the text and keeps its room. */
void text_clear(struct text *text);
