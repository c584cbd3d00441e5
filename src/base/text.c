/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include <stdio.h>
#include <string.h>

/* Room for `more` characters and the NUL behind them. */
static char *reserve(struct text *text, size_t more)
{
    if (!text->at || more >= text->room - text->length) {
        size_t room = (text->length + more) * 2 + 64;
        char *bigger = arena_alloc(text->arena, room);
        if (text->length)
            memcpy(bigger, text->at, text->length);
        text->at = bigger;
        text->room = room;
    }
    return text->at + text->length;
}

static void added(struct text *text, size_t length)
{
    text->length += length;
    text->at[text->length] = 0;
}

void text_add(struct text *text, const char *at, size_t length)
{
    char *end = reserve(text, length);
    if (length)
        memcpy(end, at, length);
    added(text, length);
}

void text_puts(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_char(struct text *text, char c)
{
    text_add(text, &c, 1);
}

void text_fill(struct text *text, char c, size_t count)
{
    memset(reserve(text, count), c, count);
    added(text, count);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return;
    va_start(args, format);
    vsnprintf(reserve(text, (size_t)length), (size_t)length + 1, format, args);
    va_end(args);
    added(text, (size_t)length);
}

/* The length of the UTF-8 sequence at the front (Unicode, table 3-7), or 0. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    size_t length = s[0] < 0x80   ? 1
                    : s[0] < 0xc2 ? 0
                    : s[0] < 0xe0 ? 2
                    : s[0] < 0xf0 ? 3
                    : s[0] < 0xf5 ? 4
                                  : 0;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

void text_json(struct text *text, const char *at, size_t length)
{
    const unsigned char *s = (const unsigned char *)at;

    text_char(text, '"');
    for (size_t i = 0; i < length;) {
        size_t n = utf8_length(s + i, length - i);
        if (n == 0)
            text_puts(text, "\\ufffd");
        else if (s[i] == '"' || s[i] == '\\')
            text_printf(text, "\\%c", s[i]);
        else if (s[i] < 0x20 || s[i] == 0x7f)
            text_printf(text, "\\u%04x", s[i]);
        else
            text_add(text, at + i, n);
        i += n ? n : 1;
    }
    text_char(text, '"');
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->at)
        text->at[0] = 0;
}

bool text_is_printable(const char *string)
{
    while ((unsigned char)*string >= 0x20 && *string != 0x7f)
        string++;
    return !*string;
}
