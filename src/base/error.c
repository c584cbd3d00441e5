/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include <stdio.h>
#include <string.h>

int fail_va(struct error *err, int code, const char *format, va_list args)
{
    if (!err)
        return code;
    if (!err->code) {
        err->code = code;
        vsnprintf(err->text, sizeof err->text, format, args);
    }
    return err->code;
}

int fail(struct error *err, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    code = fail_va(err, code, format, args);
    va_end(args);
    return code;
}

void error_prefix(struct error *err, const char *format, ...)
{
    char text[sizeof err->text];
    size_t kept;
    va_list args;

    if (!err || !err->code)
        return;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    kept = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    snprintf(text + kept, sizeof text - kept, ": %.*s", (int)(sizeof text - kept), err->text);
    memcpy(err->text, text, sizeof text);
}

void error_clear(struct error *err)
{
    err->code = 0;
    err->text[0] = 0;
}
