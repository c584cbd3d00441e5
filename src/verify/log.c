/* SPDX-License-Identifier: Apache-2.0 */
/* What people read of a verification: the sentence of a rejection, its report, states. */
#include "verify/local.h"
#include "bpf/text.h"

int verify_refuse(struct verifier *v, int code, uint32_t at, const char *format, ...)
{
    const struct line *line = prog_line_at(v->prog, at);
    struct text reason = { .arena = v->scratch };
    va_list args;
    char said[700];

    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
    text_printf(&reason, "%s (insn %u", said, at);
    if (line && *line->file)
        text_printf(&reason, ", %s:%u", line->file, line->line);
    text_char(&reason, ')');
    return fail(v->err, code, "%s", reason.at);
}
