/* SPDX-License-Identifier: Apache-2.0 */
/* anybpf dump: what each arrow of doc/architecture.md makes of a program. */
#include "api/inside.h"
#include "arch/targets.h"
#include "bpf/text.h"
#include "cli/cli.h"
#include "gen/gen.h"
#include "ir/ir.h"
#include "load/load.h"
#include "rt/rt.h"
#include <stdio.h>
#include <string.h>

static struct {
    struct session_options session;
    const char *after, *arch;
} o;

static const struct option_row options[] = {
    OPERAND_OBJECT(false, &o.session.object),
    { "--after", "STAGE", OPTION_TEXT, true, "load, verify, ir, opt or code (the default)",
      &o.after },
    { "--prog", "P", OPTION_TEXT, true, "only this program", &o.session.prog },
    { "--type", "T", OPTION_TEXT, true, "its type (xdp, tc, socket, ..), whatever its section says",
      &o.session.type },
    OPTION_BINARY(&o.session.binary),
    { "--arch", "A", OPTION_TEXT, true, "the processor to compile for; else this one", &o.arch },
    { "--trusted", NULL, OPTION_SWITCH, true, "without the verifier", &o.session.trusted },
    OPTION_PASSES(&o.session.passes),
    { 0 },
};

static const struct usage usage = {
    .command = "dump",
    .about = "Prints the programs of an object as they are after a stage, between their source\n"
             "lines.",
    .options = options,
    .notes = "For another processor than this one its plainest model is assumed.",
};

/* Prints the line that the instruction comes from, unless it is the last one printed. */
static void put_source(struct text *out, const struct prog *prog, uint32_t insn,
                       const struct line **last)
{
    const struct line *line = insn < prog->count ? prog_line_at(prog, insn) : NULL;
    const char *name;

    if (!line || (*last && (*last)->line == line->line && !strcmp((*last)->file, line->file)))
        return;
    *last = line;
    name = strrchr(line->file, '/');
    text_printf(out, "; %s:%u  %s\n", name ? name + 1 : line->file, line->line,
                line->text + strspn(line->text, " \t"));
}

/* ---- verify ---- */

static void put_fact(struct text *out, const struct checked *checked, const struct insn_fact *fact)
{
    if (fact->flags & FACT_DEAD)
        text_puts(out, "  never executed");
    if (fact->region)
        text_printf(out, "  %s", region_names[fact->region]);
    if (fact->region == REGION_FIELD && checked->context && fact->field < checked->context->count)
        text_printf(out, " %s", checked->context->fields[fact->field].name);
    if (fact->flags & FACT_MAP && fact->map < checked->prog->map_count)
        text_printf(out, "  map %s", checked->prog->maps[fact->map]->name);
    if (fact->stack_low || fact->stack_high)
        text_printf(out, "  r10%+d..%+d", fact->stack_low, fact->stack_high);
    if (fact->flags & FACT_NONZERO)
        text_puts(out, "  divisor not 0");
    if (fact->flags & FACT_ALWAYS_JUMPS)
        text_puts(out, "  always jumps");
    if (fact->flags & FACT_NEVER_JUMPS)
        text_puts(out, "  never jumps");
}

static void put_checked(struct text *out, const struct checked *checked)
{
    const struct prog *prog = checked->prog;

    for (uint32_t f = 0; f < prog->func_count; f++) {
        const struct func *func = &prog->funcs[f];
        const struct func_fact *fact = &checked->funcs[f];
        const struct line *line = NULL;

        text_printf(out, "%s%s: stack %u, tree %u%s%s\n", f ? "\n" : "", func->name, fact->depth,
                    fact->tree, fact->is_callback ? ", called back" : "",
                    fact->reached ? "" : ", never called");
        for (uint32_t at = func->start; at < func->start + func->count; at++) {
            char insn[256];

            if (prog->insns[at].id == INSN_SECOND)
                continue;
            put_source(out, prog, at, &line);
            insn_print(insn, sizeof insn, prog, &prog->insns[at], at, INSN_LLVM);
            size_t before = out->length;
            text_printf(out, "%5u: %s", at, insn);
            struct text facts = { .arena = out->arena };
            text_puts(&facts, "");
            put_fact(&facts, checked, &checked->facts[at]);
            if (facts.length) {
                size_t width = out->length - before;
                text_fill(out, ' ', width < 46 ? 46 - width : 1);
                text_printf(out, "#%s", facts.at);
            }
            text_char(out, '\n');
        }
    }
}

/* ---- ir, opt, code ---- */

struct listing {
    struct text *out;
    const struct env *env;
    const struct code *code;
    const struct prog *prog;
    struct native *native; /* NULL: bytes only */
    const struct line *line;
    uint32_t insn;  /* BPF instruction that the last line of code belongs to */
    uint32_t reloc; /* the next one */
};

/* "map blocked", "helper bpf_map_lookup_elem": what a field will hold. */
static void put_reloc(struct listing *l, const struct reloc *reloc)
{
    struct text *out = l->out;
    const struct prog *prog = l->prog;
    const struct helper *helper =
        reloc->symbol == SYMBOL_HELPER ? env_helper(l->env, reloc->index) : NULL;

    text_printf(out, "  <%s ", symbol_names[reloc->symbol]);
    if ((reloc->symbol == SYMBOL_MAP || reloc->symbol == SYMBOL_MAP_DATA) &&
        reloc->index < prog->map_count)
        text_puts(out, prog->maps[reloc->index]->name);
    else if (helper)
        text_puts(out, helper->name);
    else
        text_printf(out, "%u", reloc->index);
    if (reloc->addend)
        text_printf(out, "%+lld", (long long)reloc->addend);
    text_printf(out, ", %s>", l->code->arch->reloc_forms[reloc->form].name);
}

static void put_bytes(struct listing *l, uint32_t at, uint32_t size)
{
    bool words = l->code->arch->code_align == 4 && size == 4;

    text_printf(l->out, "%6x: ", at);
    if (words)
        text_printf(l->out, "%08x", bytes_u32_in(l->code->bytes + at, false));
    for (uint32_t i = 0; !words && i < size; i++)
        text_printf(l->out, i ? " %02x" : "%02x", l->code->bytes[at + i]);
}

static uint32_t put_native(struct listing *l, uint32_t at, uint32_t end)
{
    char text[160] = "";
    uint32_t size = 0;
    size_t start = l->out->length, width;

    if (l->native)
        size = (uint32_t)native_print(l->native, l->code->bytes + at, end - at, at, text);
    if (!size) /* only bytes */
        size = l->code->arch->code_align == 4 ? 4 : l->native ? 1 : 8;
    if (size > end - at)
        size = end - at;
    put_bytes(l, at, size);
    width = l->out->length - start;
    text_fill(l->out, ' ', width < 40 ? 40 - width : 1);
    text_puts(l->out, text);
    for (; l->reloc < l->code->relocs.count && l->code->relocs.at[l->reloc].at < at + size;
         l->reloc++)
        put_reloc(l, &l->code->relocs.at[l->reloc]);
    text_char(l->out, '\n');
    return at + size;
}

/* The jump table that the code has there, if any: where it leads. Returns where that ends. */
static uint32_t put_table(struct listing *l, uint32_t at)
{
    const struct code_table *table = l->code->tables.at;
    uint32_t i = 0;

    while (i < l->code->tables.count && table[i].at != at)
        i++;
    if (i == l->code->tables.count)
        return at;
    for (uint32_t k = 0; k < table[i].count; k++) {
        uint32_t entry = bytes_u32_in(l->code->bytes + at + 4 * k, l->code->arch->big);
        text_printf(l->out, "%6x: %-32.8xtable[%u]: %x\n", at + 4 * k, entry, k, at + entry);
    }
    return at + 4 * table[i].count;
}

static void put_origin(struct listing *l, uint32_t at)
{
    uint32_t insn = code_insn_at(l->code, at);
    char text[256];

    if (insn == l->insn || insn >= l->prog->count)
        return;
    l->insn = insn;
    put_source(l->out, l->prog, insn, &l->line);
    insn_print(text, sizeof text, l->prog, &l->prog->insns[insn], insn, INSN_LLVM);
    text_printf(l->out, ";%5u: %s\n", insn, text);
}

static void put_code(struct text *out, const struct env *env, const struct code *code,
                     const struct prog *prog, const struct target *target)
{
    struct error err = { 0 };
    struct listing l = { .out = out, .env = env, .code = code, .prog = prog, .insn = UINT32_MAX };

    l.native = native_open(target->name, &err);
    if (!l.native)
        complain_of(&err, 0);
    for (uint32_t f = 0; f < code->entry_count; f++) {
        const struct code_entry *entry = &code->entries[f];
        if (entry->at == entry->end)
            continue;
        text_printf(out, "%s%s: %u bytes for %s\n", f ? "\n" : "", prog->funcs[f].name,
                    entry->end - entry->at, target->name);
        for (uint32_t at = entry->at; at < entry->end;) {
            at = put_table(&l, at);
            put_origin(&l, at);
            if (at < entry->end)
                at = put_native(&l, at, entry->end);
        }
    }
    if (l.native)
        native_close(l.native);
}

/* As ir_print(), with the source lines. */
static void put_fn(struct text *out, const struct fn *fn, const struct prog *prog)
{
    const struct line *line = NULL;

    text_printf(out, "%s%s:\n", fn->index ? "\n" : "", fn->name);
    for (uint32_t b = 0; b < fn->blocks.count; b++) {
        const struct block *block = &fn->blocks.at[b];
        text_printf(out, "b%u:\n", b);
        for (uint32_t i = block->first; i < block->first + block->count; i++) {
            const struct node *node = &fn->nodes.at[i];
            if (node->op == IR_NOP)
                continue;
            put_source(out, prog, node->insn, &line);
            ir_print_node(out, fn, block, i);
        }
    }
}

static int put_compiled(struct session *s, struct text *out, const struct checked *checked,
                        const struct target *target, const struct binding *binding,
                        struct error *err)
{
    bool optimised = strcmp(o.after, "ir");
    struct module module = { 0 };
    struct code *code;

    if (ir_build(cli_arena, checked, binding, optimised ? s->left_out : UINT32_MAX, &module, err))
        return err->code;
    if (optimised)
        ir_opt(&module, s->left_out);
    if (!strcmp(o.after, "code")) {
        if (compile(cli_arena, &module, target, target_host_features(target), &code, err))
            return err->code;
        put_code(out, binding->env, code, checked->prog, target);
        return 0;
    }
    for (uint32_t i = 0; i < module.count; i++)
        if (module.fns[i].blocks.count)
            put_fn(out, &module.fns[i], checked->prog);
    return 0;
}

/* As attached to its function, which has a place for a jump. */
static int put_attached(struct session *s, struct text *out, const struct checked *checked,
                        const struct target *target, const struct binding *generic,
                        struct error *err)
{
    const struct prog *prog = checked->prog;
    const struct native *native = env_native(api_env(s->env), prog->attach, err);
    enum attach_kind kind = (enum attach_kind)prog->attach_kind;
    struct attachment attachment = { 0 };
    struct binding binding = *generic;

    binding.attachment = &attachment;
    if (s->clang && binding.conv->clang)
        binding.conv = binding.conv->clang;
    if (!native || tracing_of(cli_arena, kind, native->model, &attachment.tracing, err) ||
        layout_of(cli_arena, binding.conv, native->model, &attachment.layout, err) ||
        put_compiled(s, out, checked, target, &binding, err) || kind != ATTACH_SESSION)
        return err->code;
    text_puts(out, "\n; the same at the exit\n");
    attachment.at_exit = true;
    return put_compiled(s, out, checked, target, &binding, err);
}

static int put_bound(struct session *s, struct text *out, const struct checked *checked,
                     struct error *err)
{
    const struct target *target = target_find(o.arch ? o.arch : host_target);
    struct binding binding;

    if (!target)
        return fail(err, ANYBPF_E_NOT_FOUND, "no processor \"%s\" in this build",
                    o.arch ? o.arch : host_target);
    binding = target_binding(target, api_env(s->env));
    return strcmp(checked->prog->context, "tracing")
               ? put_compiled(s, out, checked, target, &binding, err)
               : put_attached(s, out, checked, target, &binding, err);
}

/* ---- Programs ---- */

static int dump(struct session *s, struct anybpf_prog *prog, struct text *out)
{
    struct error err = { 0 };
    const struct checked *checked;

    if (!strcmp(o.after, "load")) {
        const struct prog *loaded = api_resolve(prog);
        if (!loaded)
            return complain_env(s->env, STATUS_REFUSED);
        prog_list(out, loaded);
        return STATUS_DONE;
    }
    checked = api_check(prog);
    if (!checked)
        return complain_env(s->env, STATUS_REFUSED);
    if (!strcmp(o.after, "verify"))
        put_checked(out, checked);
    else if (put_bound(s, out, checked, &err))
        return complain_of(&err, err.code == ANYBPF_E_NOT_FOUND ? STATUS_USAGE : STATUS_REFUSED);
    return STATUS_DONE;
}

static int dump_all(struct session *s)
{
    struct anybpf_prog *prog = NULL;
    struct anybpf_prog_info info;
    int status = STATUS_DONE;
    unsigned count = 0;

    if (!strcmp(o.after, "load") && !o.session.prog) {
        struct text out = { .arena = cli_arena };
        object_list(&out, api_file(s->object));
        puts(out.at);
    }
    while ((prog = anybpf_next_prog(s->object, prog))) {
        struct text out = { .arena = cli_arena };
        anybpf_prog_info(prog, &info, sizeof info);
        if (o.session.prog && strcmp(info.name, o.session.prog))
            continue;
        text_printf(&out, "%s; program %s, section %s\n", count++ ? "\n" : "", info.name,
                    info.section);
        if (o.session.type && anybpf_set_type(s->object, info.name, o.session.type))
            return complain_env(s->env, STATUS_USAGE);
        int code = dump(s, prog, &out);
        if (code)
            status = code;
        else
            fputs(out.at, stdout);
    }
    if (!count)
        return complain(STATUS_USAGE,
                        o.session.prog ? "%s has no program \"%s\"" : "%s has no program",
                        o.session.object, o.session.prog);
    return status;
}

int cmd_dump(int argc, char **argv)
{
    static const char *const stages[] = { "load", "verify", "ir", "opt", "code" };
    struct session s;
    bool known = false;
    int status = options_read(&usage, argc, argv);

    if (status >= 0)
        return status;
    if (!o.after)
        o.after = "code";
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        known = known || !strcmp(o.after, stages[i]);
    if (!known)
        return complain(STATUS_USAGE, "--after is load, verify, ir, opt or code");
    o.session.log = ANYBPF_LOG_REJECTED;
    status = session_open(&s, &o.session);
    if (!status)
        status = dump_all(&s);
    session_close(&s);
    return status;
}
