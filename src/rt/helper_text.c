/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers that make and read text. Formats are those of the kernel's bpf_trace_printk():
 *
 *   %%  %c  %s  %pks %pus (strings that may not be there)   %p %px %pK %ps %pS %pB (hexadecimal)
 *   %pi4 %pI4 %pi6 %pI6 (addresses of IP addresses)   %[l[l]]{d,i,u,x,X}
 *
 * with the flags "0+- " and a width. Anything else is -EINVAL. */
#include "rt/local.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { ARGS_MAX = 12, STRING_MAX = 512, LINE_MAX = 1024, PRINTK_ARGS = 3 };

/* ---- Formatting ---- */

struct out {
    char *at;
    size_t room, length; /* length: as if there was room for all */
};

static void put(struct out *out, char c)
{
    if (out->length < out->room)
        out->at[out->length] = c;
    out->length++;
}

struct spec {
    bool zero, plus, minus, space;
    uint32_t width;
    uint32_t longs; /* 'l's */
};

/* A piece of text in its width, zeros between sign and digits. */
static void put_padded(struct out *out, const struct spec *spec, const char *sign, const char *text,
                       size_t length)
{
    size_t whole = length + strlen(sign), fill = spec->width > whole ? spec->width - whole : 0;
    bool zeros = spec->zero && !spec->minus;

    for (; fill && !spec->minus && !zeros; fill--)
        put(out, ' ');
    for (; *sign; sign++)
        put(out, *sign);
    for (; fill && zeros; fill--)
        put(out, '0');
    for (size_t i = 0; i < length; i++)
        put(out, text[i]);
    for (; fill; fill--)
        put(out, ' ');
}

static void put_number(struct out *out, const struct spec *spec, uint64_t value, char how)
{
    const char *digits = how == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    uint32_t base = how == 'x' || how == 'X' ? 16 : 10;
    bool is_signed = how == 'd' || how == 'i', negative;
    char text[24], *end = text + sizeof text, *at = end;

    if (!spec->longs)
        value = is_signed ? (uint64_t)(int64_t)(int32_t)value : (uint32_t)value;
    negative = is_signed && (int64_t)value < 0;
    if (negative)
        value = 0 - value;
    do
        *--at = digits[value % base];
    while (value /= base);
    put_padded(out, spec,
               negative                   ? "-"
               : is_signed && spec->plus  ? "+"
               : is_signed && spec->space ? " "
                                          : "",
               at, (size_t)(end - at));
}

static void put_string(struct out *out, struct spec spec, uint64_t from)
{
    char text[STRING_MAX];
    int64_t length = fault_copy_text(text, from, sizeof text);
    spec.zero = false;
    put_padded(out, &spec, "", text, length > 0 ? strnlen(text, sizeof text) : 0);
}

/* An IP address of 4 or 16 bytes in memory; `full`: with all its zeros and, of 16, no colons. A
 * width does not matter. */
static void put_address(struct out *out, uint64_t from, int bytes, bool full)
{
    uint8_t address[16] = { 0 };
    char text[40];
    int length = 0;

    if (fault_copy(address, from, (size_t)bytes) < (size_t)bytes)
        memset(address, 0, sizeof address);
    for (int i = 0; i < bytes; i += bytes == 4 ? 1 : 2) {
        size_t room = sizeof text - (size_t)length;
        if (bytes == 4)
            length += snprintf(text + length, room, full ? "%s%03u" : "%s%u", i ? "." : "",
                               (unsigned)address[i]);
        else
            length += snprintf(text + length, room, "%s%02x%02x", i && !full ? ":" : "",
                               (unsigned)address[i], (unsigned)address[i + 1]);
    }
    put_padded(out, &(struct spec){ 0 }, "", text, (size_t)length);
}

/* What follows "%p"; moves *format behind it. */
static int put_pointer(struct out *out, struct spec spec, const char **format, uint64_t value)
{
    const char *f = *format;

    if ((f[0] == 'k' || f[0] == 'u') && f[1] == 's') {
        *format += 2;
        put_string(out, spec, value);
    } else if ((f[0] == 'i' || f[0] == 'I') && (f[1] == '4' || f[1] == '6')) {
        *format += 2;
        put_address(out, value, f[1] == '4' ? 4 : 16, f[0] == 'i');
    } else if (!f[0] || isspace((unsigned char)f[0]) || ispunct((unsigned char)f[0]) ||
               strchr("KxsSB", f[0])) {
        *format += f[0] && strchr("KxsSB", f[0]) ? 1 : 0;
        spec.longs = 2;
        if (!spec.width) {
            spec.width = 2 * sizeof(uint64_t);
            spec.zero = true;
        }
        put_number(out, &spec, value, 'x');
    } else
        return -EINVAL;
    return 0;
}

static const char *read_spec(const char *f, struct spec *spec)
{
    for (;; f++)
        if (*f == '0')
            spec->zero = true;
        else if (*f == '+')
            spec->plus = true;
        else if (*f == '-')
            spec->minus = true;
        else if (*f == ' ')
            spec->space = true;
        else
            break;
    for (; isdigit((unsigned char)*f); f++)
        spec->width = spec->width < LINE_MAX ? spec->width * 10 + (uint32_t)(*f - '0') : LINE_MAX;
    return f;
}

/* One conversion; *format stands behind its '%'. */
static int convert(struct out *out, const char **format, uint64_t value)
{
    struct spec spec = { 0 };
    const char *f = read_spec(*format, &spec);

    *format = f + (*f != 0);
    switch (*f) {
    case 'p': return put_pointer(out, spec, format, value);
    case 's': put_string(out, spec, value); return 0;
    case 'c':
        spec.zero = false;
        put_padded(out, &spec, "", &(char){ (char)value }, 1);
        return 0;
    }
    for (; *f == 'l' && spec.longs < 2; f++)
        spec.longs++;
    if (!*f || !strchr("diuxX", *f))
        return -EINVAL;
    *format = f + 1;
    if (spec.longs == 1 && sizeof(long) == 4)
        spec.longs = 2; /* programs have 64-bit longs wherever they run */
    put_number(out, &spec, value, *f);
    return 0;
}

/* Formats into at[room], NUL-ended if there is room at all; the length it would have, or an errno.
 */
static int64_t format_text(char *at, size_t room, const char *format, size_t format_size,
                           const uint64_t *args, uint32_t count)
{
    struct out out = { at, room ? room - 1 : 0, 0 };
    uint32_t used = 0;

    if (!memchr(format, 0, format_size))
        return -EINVAL;
    while (*format) {
        unsigned char c = (unsigned char)*format++;
        int code;
        if (c > 126 || (!isprint(c) && !isspace(c)))
            return -EINVAL;
        if (c != '%' || *format == '%') {
            format += c == '%';
            put(&out, (char)c);
            continue;
        }
        if (used == count)
            return -EINVAL;
        code = convert(&out, &format, args[used++]);
        if (code)
            return code;
    }
    if (room)
        at[out.length < out.room ? out.length : out.room] = 0;
    return (int64_t)out.length;
}

/* ---- Printing to the embedder ---- */

static int64_t print(struct vcpu *vcpu, const char *format, uint32_t size, const uint64_t *args,
                     uint32_t count)
{
    char line[LINE_MAX];
    const struct env *env = vcpu->running.word ? vcpu->running.at->env : NULL;
    int64_t length = format_text(line, sizeof line - 1, format, size, args, count);
    size_t kept;

    if (length < 0)
        return length;
    kept = strlen(line);
    if (!kept || line[kept - 1] != '\n')
        line[kept++] = '\n';
    line[kept] = 0;
    if (env && env->print)
        env->print(env->print_user, line, kept);
    return length;
}

int64_t helper_trace_printk(struct vcpu *vcpu, const char *fmt, uint32_t fmt_size, uint64_t arg1,
                            uint64_t arg2, uint64_t arg3)
{
    const uint64_t args[PRINTK_ARGS] = { arg1, arg2, arg3 };
    return print(vcpu, fmt, fmt_size, args, PRINTK_ARGS);
}

/* The arguments in a program's array of u64: their number, or -EINVAL. */
static int read_args(uint64_t args[ARGS_MAX], const void *data, uint32_t size)
{
    if (size % 8 || size > ARGS_MAX * 8 || (size && !data))
        return -EINVAL;
    if (size)
        memcpy(args, data, size);
    return (int)(size / 8);
}

int64_t helper_trace_vprintk(struct vcpu *vcpu, const char *fmt, uint32_t fmt_size,
                             const void *data, uint32_t data_len)
{
    uint64_t args[ARGS_MAX];
    int count = read_args(args, data, data_len);
    return count < 0 ? count : print(vcpu, fmt, fmt_size, args, (uint32_t)count);
}

int64_t helper_snprintf(char *str, uint32_t str_size, const char *fmt, const void *data,
                        uint32_t data_len)
{
    uint64_t args[ARGS_MAX];
    int count = read_args(args, data, data_len);
    int64_t length =
        count < 0 ? count : format_text(str, str_size, fmt, SIZE_MAX, args, (uint32_t)count);
    uint32_t kept = length < 0 ? 0 : length < str_size ? (uint32_t)length : str_size;

    vcpu_clear_rest(str, kept, str_size);
    return length < 0 ? length : length + 1;
}

/* ---- Reading ---- */

enum { BASE_MASK = 31, NUMBER_MAX = 64 };

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10 : 99;
}

/* Reads an integer from buf[len]: the characters used, or an errno. */
static int64_t read_number(const char *buf, uint64_t len, uint64_t flags, uint64_t *value,
                           bool *negative)
{
    uint64_t base = flags & BASE_MASK, at = 0, end, first;

    if (flags & ~(uint64_t)BASE_MASK || (base && base != 8 && base != 10 && base != 16))
        return -EINVAL;
    while (at < len && isspace((unsigned char)buf[at]))
        at++;
    *negative = at < len && buf[at] == '-';
    at += *negative;
    if (at == len)
        return -EINVAL;
    end = len - at < NUMBER_MAX ? len : at + NUMBER_MAX - 1;
    bool hex =
        end - at > 2 && buf[at] == '0' && (buf[at + 1] | 32) == 'x' && digit(buf[at + 2]) < 16;
    if (!base)
        base = hex ? 16 : buf[at] == '0' ? 8 : 10;
    if (base == 16 && end - at > 1 && buf[at] == '0' && (buf[at + 1] | 32) == 'x')
        at += 2;
    *value = 0;
    for (first = at; at < end && (uint64_t)digit(buf[at]) < base; at++)
        if (__builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, (uint64_t)digit(buf[at]), value))
            return -ERANGE;
    return at == first ? -EINVAL : (int64_t)at;
}

int64_t helper_strtol(const char *buf, uint64_t buf_len, uint64_t flags, int64_t *res)
{
    uint64_t value = 0;
    bool negative;
    int64_t used = read_number(buf, buf_len, flags, &value, &negative);

    *res = 0;
    if (used < 0)
        return used;
    if (value > (uint64_t)INT64_MAX + negative)
        return -ERANGE;
    *res = (int64_t)(negative ? 0 - value : value);
    return used;
}

int64_t helper_strtoul(const char *buf, uint64_t buf_len, uint64_t flags, uint64_t *res)
{
    uint64_t value = 0;
    bool negative;
    int64_t used = read_number(buf, buf_len, flags, &value, &negative);

    *res = 0;
    if (used < 0)
        return used;
    if (negative)
        return -EINVAL;
    *res = value;
    return used;
}

int64_t helper_strncmp(const char *s1, uint32_t s1_size, const char *s2)
{
    int order = strncmp(s1, s2, s1_size);
    return order < 0 ? -1 : order > 0;
}
