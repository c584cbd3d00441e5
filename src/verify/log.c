/* SPDX-License-Identifier: Apache-2.0 */
/* What people read of a verification: the sentence of a rejection, its report, states. */
#include "verify/local.h"
#include "bpf/text.h"

static void send(struct verifier *v, const char *text)
{
    if (v->options.log)
        v->options.log(v->options.log_user, text);
}

void log_line(struct verifier *v, enum verify_log level, const char *format, ...)
{
    char line[1200];
    va_list args;

    if (!v->options.log || v->options.log_level < level)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    send(v, strcat(line, "\n"));
}

/* ---- Registers ---- */

const char *reg_kind_name(enum reg_kind kind)
{
    switch (kind) {
    case REG_NONE: return "not written to";
    case REG_SCALAR: return "a number";
    case REG_CONTEXT: return "the context";
    case REG_STACK: return "a stack pointer";
    case REG_PACKET: return "a packet pointer";
    case REG_META: return "a pointer to the packet's metadata";
    case REG_END: return "the packet's end";
    case REG_RAW: return "a pointer into the context";
    case REG_RAW_END: return "the context's end";
    case REG_MAP: return "a map";
    case REG_VALUE: return "a map value";
    case REG_MEMORY: return "a pointer to memory";
    case REG_TOKEN: return "a function";
    case REG_HOST: return "a pointer of the host";
    }
    return "unknown";
}

/* A number's bounds, as narrow as they are. */
static void print_number(struct text *text, const struct scalar *num)
{
    if (scalar_is_const(num)) {
        text_printf(text, "%lld", (long long)num->bits.value);
        return;
    }
    if (num->full.umin == 0 && num->full.umax == UINT64_MAX && num->full.smin == INT64_MIN &&
        num->full.smax == INT64_MAX)
        text_puts(text, "any");
    else if (num->full.smin < 0 && num->full.smax != INT64_MAX)
        text_printf(text, "%lld..%lld", (long long)num->full.smin, (long long)num->full.smax);
    else
        text_printf(text, "%llu..%llu", (unsigned long long)num->full.umin,
                    (unsigned long long)num->full.umax);
    if (num->bits.value || (num->bits.mask & (num->bits.mask + 1)))
        text_printf(text, " bits %#llx of %#llx", (unsigned long long)num->bits.value,
                    (unsigned long long)~num->bits.mask);
}

static void print_reg(struct verifier *v, struct text *text, const struct reg *reg)
{
    static const char *const names[] = { "?",          "",         "context",    "stack",
                                         "packet",     "metadata", "packet_end", "memory",
                                         "memory_end", "map",      "value",      "record",
                                         "function",   "host" };

    if (reg->kind == REG_SCALAR) {
        print_number(text, &reg->num);
        return;
    }
    text_puts(text, names[reg->kind]);
    if (reg->kind == REG_MAP || reg->kind == REG_VALUE)
        text_printf(text, "(%s)", v->prog->maps[reg->of]->name);
    if (reg->kind == REG_TOKEN)
        text_printf(text, "(%s)", v->prog->funcs[reg->of].name);
    if (reg->kind == REG_HOST)
        text_printf(text, "(%s)", v->host_types.at[reg->of]->name);
    if (reg->kind == REG_MEMORY)
        text_printf(text, "(%u bytes)", reg->of);
    if (reg->off)
        text_printf(text, "%+d", reg->off);
    if (!scalar_is_const(&reg->num)) {
        text_puts(text, "+(");
        print_number(text, &reg->num);
        text_char(text, ')');
    }
    if (reg->range)
        text_printf(text, " [%u seen]", reg->range);
    if (reg->flags & REG_NULLABLE)
        text_puts(text, " or NULL");
}

static void print_slot(struct verifier *v, struct text *text, const struct slot *slot, uint32_t i)
{
    static const char letters[] = "?m0s";

    text_printf(text, " r10-%u=", 8 * (i + 1));
    if (slot->bytes[0] == BYTE_SPILL)
        print_reg(v, text, &slot->reg);
    else
        for (unsigned b = 0; b < 8; b++)
            text_char(text, letters[slot->bytes[b]]);
}

static void print_state(struct verifier *v, struct text *text, const struct state *state)
{
    const struct frame *frame = state_top(state);

    for (unsigned r = 0; r < 10; r++) {
        if (frame->regs[r].kind == REG_NONE)
            continue;
        text_printf(text, " r%u=", r);
        print_reg(v, text, &frame->regs[r]);
    }
    for (uint32_t i = 0; i < frame->slot_count; i++)
        for (unsigned b = 0; b < 8; b++)
            if (frame->slots[i].bytes[b]) {
                print_slot(v, text, &frame->slots[i], i);
                break;
            }
}

static void print_insn(struct verifier *v, struct text *text, uint32_t at)
{
    char insn[160];

    insn_print(insn, sizeof insn, v->prog, &v->prog->insns[at], at, INSN_LLVM);
    text_printf(text, "%u: %s", at, insn);
}

void log_state(struct verifier *v, const struct state *state)
{
    struct arena_mark mark = arena_mark(v->scratch);
    struct text text = { .arena = v->scratch };

    if (!v->options.log)
        return;
    text_fill(&text, ' ', 2 * (state->depth - 1));
    print_insn(v, &text, state->at);
    text_puts(&text, "    ;");
    print_state(v, &text, state);
    text_char(&text, '\n');
    send(v, text.at);
    arena_reset(v->scratch, mark);
}

/* ---- Rejections ---- */

static void report(struct verifier *v, uint32_t at, const struct line *line, const char *said)
{
    struct text text = { .arena = v->scratch };

    if (!v->options.log)
        return;
    text_printf(&text, "%s: rejected: %s\n  ", v->prog->name, said);
    print_insn(v, &text, at);
    text_char(&text, '\n');
    if (line && *line->file)
        text_printf(&text, "  %s:%u: %s\n", line->file, line->line, line->text);
    if (v->now) {
        text_puts(&text, " ");
        print_state(v, &text, v->now);
        text_char(&text, '\n');
        for (uint32_t i = v->now->depth - 1; i > 0; i--)
            text_printf(&text, "  in %s, called at insn %u\n",
                        v->prog->funcs[v->now->frames[i]->func].name, v->now->frames[i]->call);
    }
    send(v, text.at);
}

static int refuse_va(struct verifier *v, int code, uint32_t at, const char *format, va_list args)
{
    const struct line *line = prog_line_at(v->prog, at);
    const char *slash = line ? strrchr(line->file, '/') : NULL;
    char said[700];

    vsnprintf(said, sizeof said, format, args);
    report(v, at, line, said);
    if (line && *line->file)
        return fail(v->err, code, "%s (insn %u, %s:%u)", said, at, slash ? slash + 1 : line->file,
                    line->line);
    return fail(v->err, code, "%s (insn %u)", said, at);
}

int verify_refuse(struct verifier *v, int code, uint32_t at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    code = refuse_va(v, code, at, format, args);
    va_end(args);
    return code;
}

int refuse(struct verifier *v, const char *format, ...)
{
    va_list args;
    int code;

    va_start(args, format);
    code = refuse_va(v, ANYBPF_E_REJECTED, v->now->at, format, args);
    va_end(args);
    return code;
}
