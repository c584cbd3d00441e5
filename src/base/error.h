/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: a code for programs, a sentence for people.
 *
 * The function that knows the fault records it with fail(); every caller passes the code up
 * unchanged. A struct error holds the first fault only: what follows from it is noise. */
#pragma once
#include <anybpf.h>
#include <stdarg.h>

struct error {
    int code;        /* 0, or the ANYBPF_E_* of the first fault */
    char text[1020]; /* one sentence without a full stop: what, where, what to do */
};

/* Records a fault, unless one is recorded already, and returns the recorded code. err may be NULL.
 */
int fail(struct error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int fail_va(struct error *err, int code, const char *format, va_list args);

/* Puts "PREFIX: " before the recorded sentence: for callers that know the file or the program. */
void error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

void error_clear(struct error *err);
