/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier under suspicion: what it accepts is run, interpreted with every access checked, on
 * inputs full of boundary values, and compiled. An access that the program may not make, a read of
 * a stack byte that nothing was written to, a record that is held at the end, and anything that
 * contradicts the facts handed to the compiler is a mistake of the verifier.
 *
 * One access of each sample is tight: its offset is the farthest that the verifier lets pass, so
 * that a bound which is off by one shows. */
#include "fuzz/fuzz.h"
#include "interp/interp.h"
#include "interp/local.h"
#include "runner/machine.h"
#include "verify/verify.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    INPUTS = 24,
    ROOM = 512,
    HEADROOM = 256,
    STACK_ROOM = 16384,
    FUEL_LEFT = 64,
    REPAIRS = 12,
    BUDGET = 3000
};
enum { STEPS_MOST = 1000000 };

static struct machine machine;
static bool asks_kernel;
static struct arena_mark clean;
static uint8_t constants[64];
static struct map_spec specs[HOSTILE_MAPS] = {
    [HOSTILE_ARRAY] = { .name = "array",
                        .type = MAP_ARRAY,
                        .key_size = 4,
                        .value_size = 60,
                        .max_entries = 4 },
    [HOSTILE_HASH] = { .name = "hash",
                       .type = MAP_HASH,
                       .key_size = 4,
                       .value_size = 64,
                       .max_entries = 8 },
    [HOSTILE_DATA] = { .name = ".data",
                       .type = MAP_ARRAY,
                       .key_size = 4,
                       .value_size = 200,
                       .max_entries = 1,
                       .is_data = true },
    [HOSTILE_RING] = { .name = "ring", .type = MAP_RINGBUF, .max_entries = 4096 },
    [HOSTILE_PER_CPU] = { .name = "percpu",
                          .type = MAP_PERCPU_ARRAY,
                          .key_size = 4,
                          .value_size = 32,
                          .max_entries = 2 },
    [HOSTILE_CONST] = { .name = ".rodata",
                        .type = MAP_ARRAY,
                        .key_size = 4,
                        .value_size = sizeof constants,
                        .max_entries = 1,
                        .is_data = true,
                        .read_only = true,
                        .data = constants },
};
static const struct map_spec *spec_list[HOSTILE_MAPS];

static struct {
    uint64_t made, accepted, mutated, mutated_accepted, runs, steps, tightened, asked, kernel_only,
        ours_only;
    uint64_t kinds[32], accepted_kinds[32], insns[INSN_COUNT];
} counts;

bool soundness_begin(bool ask_kernel)
{
    struct error err = { 0 };
    asks_kernel = ask_kernel;
    if (!machine_begin(&machine))
        return false;
    for (unsigned i = 0; i < sizeof constants; i++)
        constants[i] = (uint8_t)(i % 9);
    for (uint32_t i = 0; i < HOSTILE_MAPS; i++) {
        spec_list[i] = &specs[i];
        machine.maps[i] = map_create(machine.env, &specs[i], &err);
        if (!machine.maps[i]) {
            fprintf(stderr, "%s\n", err.text);
            return false;
        }
    }
    machine.map_count = HOSTILE_MAPS;
    clean = arena_mark(machine.arena);
    return true;
}

/* ---- Watching a run ---- */

static struct {
    const struct program *program;
    uint64_t stack;              /* address of the invocation's first frame */
    uint8_t written[STACK_ROOM]; /* per stack byte */
    uint64_t steps;
    const struct activation *reserving;
    uint32_t held;
    struct report *report;
} run;

__attribute__((format(printf, 2, 3))) static void blame(const struct activation *a,
                                                        const char *format, ...)
{
    char text[128], what[256];
    va_list args;
    const struct prog *prog = a->interp->checked->prog;
    if (run.report->verdict == DIFFERENT)
        return;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    insn_print(text, sizeof text, prog, &prog->insns[a->at], a->at, INSN_LLVM);
    snprintf(run.report->text, sizeof run.report->text, "instruction %u (%s): %s", a->at, text,
             what);
    run.report->verdict = DIFFERENT;
}

static bool in_stack(uint64_t at)
{
    return at - run.stack < STACK_ROOM;
}

static void wrote(uint64_t at, uint64_t size, bool is)
{
    for (uint64_t i = at; i < at + size && in_stack(i); i++)
        run.written[i - run.stack] = is;
}

static void reads(const struct activation *a, uint64_t at, uint64_t size)
{
    for (uint64_t i = at; i < at + size && in_stack(i); i++)
        if (!run.written[i - run.stack]) {
            blame(a, "reads the stack byte at r10%+" PRId64 ", which was never written to",
                  (int64_t)(i - a->reg[10]));
            return;
        }
}

static void check_region(const struct activation *a, struct insn insn, uint64_t base)
{
    const struct insn_fact *fact = &a->interp->checked->facts[a->at];
    uint64_t at = base + (uint64_t)insn.off, size = insn_row(insn)->bits / 8u;
    uint32_t shift;
    const struct context_type *context = a->interp->checked->context;
    size_t bytes = 0;
    switch (fact->region) {
    case REGION_STACK:
        if (!in_stack(at))
            blame(a, "is no access of the stack");
        if (fact->flags & FACT_OWN_STACK && ((int64_t)(at - a->reg[10]) < fact->stack_low ||
                                             (int64_t)(at + size - a->reg[10]) > fact->stack_high))
            blame(a, "reaches r10%+" PRId64 ", beyond its extent", (int64_t)(at - a->reg[10]));
        break;
    case REGION_FIELD:
        if (context_field(context, (uint32_t)insn.off, (uint32_t)size, &shift) !=
            &context->fields[fact->field])
            blame(a, "is another field");
        break;
    case REGION_MAP_VALUE:
        if (fact->flags & FACT_MAP && machine.maps[fact->map]->type == MAP_ARRAY) {
            uint8_t *memory = map_memory(machine.maps[fact->map], &bytes);
            if (at - (uintptr_t)memory >= bytes)
                blame(a, "is no access of map %u", fact->map);
        }
        break;
    default:
        if (fact->region != REGION_UNKNOWN && in_stack(at))
            blame(a, "is an access of the stack");
    }
}

static uint64_t memory_size(const struct activation *a, const struct helper *helper, unsigned i)
{
    const struct map *map = NULL;
    for (uint32_t m = 0; m < HOSTILE_MAPS; m++)
        if (a->reg[1] == (uintptr_t)machine.maps[m])
            map = machine.maps[m];
    switch (ARG_KIND(helper->arg[i])) {
    case ARG_KEY: return map ? map->key_size : 0;
    case ARG_VALUE: return map ? map->value_size : 0;
    case ARG_MEMORY: return a->reg[1 + helper->size_of[i]];
    case ARG_FIXED: return ARG_SIZE_OF(helper->arg[i]);
    default: return 0;
    }
}

static void watch_call(const struct activation *a, struct insn insn)
{
    const struct insn_fact *fact = &a->interp->checked->facts[a->at];
    uint64_t above = (uintptr_t)a->frame + a->depth;
    const struct helper *helper =
        insn.id == INSN_CALL ? env_helper(machine.env, (uint32_t)insn.imm) : NULL;
    if (fact->flags & FACT_MAP && a->reg[1] != (uintptr_t)machine.maps[fact->map] &&
        a->reg[2] != (uintptr_t)machine.maps[fact->map])
        blame(a, "is not given map %u", fact->map);
    if (fact->flags & FACT_OWN_STACK &&
        ((int64_t)(a->reg[2] - a->reg[10]) < fact->stack_low ||
         (int64_t)(a->reg[2] - a->reg[10]) >= fact->stack_high))
        blame(a, "is given a key elsewhere");
    if (!helper || helper->flags & HELPER_CALLS_BACK)
        wrote(above, STACK_ROOM, false);
    for (unsigned i = 0; helper && i < helper->args; i++)
        if (!(helper->arg[i] & ARG_OUT))
            reads(a, a->reg[1 + i], memory_size(a, helper, i));
    for (unsigned i = 0; helper && i < helper->args; i++)
        if (helper->arg[i] & ARG_OUT)
            wrote(a->reg[1 + i], memory_size(a, helper, i), true);
    if (insn.id == INSN_CALL && insn.imm == HELPER_ringbuf_reserve)
        run.reserving = a;
    if (insn.id == INSN_CALL &&
        (insn.imm == HELPER_ringbuf_submit || insn.imm == HELPER_ringbuf_discard))
        run.held--;
    if (insn.id == INSN_CALL && insn.imm == HELPER_loop) /* as if it asked for less */
        ((struct activation *)(uintptr_t)a)->reg[1] &= 7;
}

static void watch_step(const struct activation *a)
{
    struct insn insn = a->interp->checked->prog->insns[a->at];
    const struct insn_row *row = insn_row(insn);
    const struct insn_fact *fact = &a->interp->checked->facts[a->at];
    uint64_t right = row->src_reg ? a->reg[insn.src] : (uint64_t)insn.imm;
    bool loads = row->kind == INSN_KIND_LDX || row->op == OP_LOAD_ACQ;
    uint64_t base = a->reg[loads ? insn.src : insn.dst];

    counts.steps++;
    if (a->vcpu->fuel > FUEL_LEFT)
        a->vcpu->fuel = FUEL_LEFT;
    if (++run.steps == STEPS_MOST) {
        blame(a, "is still running after %u instructions", (unsigned)STEPS_MOST);
        access_check(a, 0, 1, false); /* ends the run */
    }
    if (run.reserving == a) {
        run.held += a->reg[0] != 0;
        run.reserving = NULL;
    }
    if (fact->flags & FACT_DEAD)
        blame(a, "is run, but is thought dead");
    switch (row->kind) {
    case INSN_KIND_JUMP:
        if (fact->flags &
            (eval_jump(row, a->reg[insn.dst], right) ? FACT_NEVER_JUMPS : FACT_ALWAYS_JUMPS))
            blame(a, "jumps, or does not, against what is known");
        break;
    case INSN_KIND_ALU:
        if (fact->flags & FACT_NONZERO && !(row->bits == 32 ? (uint32_t)right : right))
            blame(a, "divides by zero");
        break;
    case INSN_KIND_LDX:
    case INSN_KIND_ST:
    case INSN_KIND_STX:
    case INSN_KIND_ATOMIC:
        check_region(a, insn, base);
        if (fact->region == REGION_FIELD)
            break;
        if (row->kind == INSN_KIND_LDX ||
            (row->kind == INSN_KIND_ATOMIC && row->op != OP_STORE_REL))
            reads(a, base + (uint64_t)insn.off, row->bits / 8u);
        if (!loads)
            wrote(base + (uint64_t)insn.off, row->bits / 8u, true);
        break;
    case INSN_KIND_CALL:
    case INSN_KIND_CALLX: watch_call(a, insn); break;
    default: break;
    }
}

/* ---- One run ---- */

struct input {
    uint8_t head[HEADROOM], bytes[ROOM], tail[HEADROOM];
    struct anybpf_packet packet;
} __attribute__((aligned(64)));
static struct input input;

static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Words at boundaries, and small ones; of half of the inputs only a few, so that those which take
 * numbers to their bounds meet. */
static void fill(void *at, size_t size, bool few, uint64_t *state)
{
    static const uint64_t ends[] = { 0, UINT64_MAX, INT64_MAX, 31 };
    for (size_t i = 0; i < size; i++) {
        uint64_t r = next(state), word;
        if (few) {
            memcpy((uint8_t *)at + i, &ends[r >> 62], size - i < 8 ? size - i : 8);
            i += 7;
            continue;
        }
        switch (r % 7) {
        case 0: word = r >> 8; break;
        case 1: word = r >> 58; break;
        case 2: word = UINT64_MAX; break;
        case 3: word = (uint64_t)1 << (r >> 58); break;
        case 4: word = ((uint64_t)1 << (r >> 58)) - 1; break;
        case 5: word = 0 - ((uint64_t)1 << (r >> 58)); break;
        default: word = 0; break;
        }
        memcpy((uint8_t *)at + i, &word, size - i < 8 ? size - i : 8);
        i += 7;
    }
}

static int on_record(void *user, uint32_t cpu, const void *data, size_t size)
{
    (void)user, (void)cpu, (void)data, (void)size;
    return 0;
}

static void reset_maps(bool few, uint64_t *state)
{
    uint8_t value[256];
    size_t size;
    for (uint32_t i = 0; i < HOSTILE_MAPS; i++) {
        struct map *map = machine.maps[i];
        uint8_t *memory = i == HOSTILE_CONST ? NULL : map_memory(map, &size);
        if (memory)
            fill(memory, size, few, state);
        fill(value, sizeof value, few, state);
        for (uint32_t key = 0; key < 4 && i == HOSTILE_HASH; key++)
            map_update(map, &key, value + 8 * key, MAP_ANY);
    }
    map_poll(machine.maps[HOSTILE_RING], on_record, NULL);
}

static int run_once(const struct program *program, unsigned index, uint64_t seed, uint64_t *r0)
{
    static const uint16_t sizes[] = { 0, ROOM, 14, 40, ROOM, 41, 24, ROOM, 64, 100 };
    uint64_t state = seed ^ (index * 0x51ed27u);
    uint32_t size = sizes[index / 2 % 10];
    struct input *in = &input;
    enum context_kind kind = program->checked->context->kind;

    reset_maps(index & 1, &state);
    memset(in->head, 0xaa, sizeof in->head);
    memset(in->tail, 0xbb, sizeof in->tail);
    fill(in->bytes, ROOM, index & 1, &state);
    in->packet = (struct anybpf_packet){ .ingress_ifindex = 1 };
    in->packet.head = in->head;
    in->packet.data = in->packet.data_meta = in->bytes;
    in->packet.data_end = in->bytes + size;
    in->packet.tail = in->tail + HEADROOM;
    run.program = program;
    run.stack = vcpu_get()->stack_at;
    run.steps = run.held = 0;
    run.reserving = NULL;
    memset(run.written, 0, sizeof run.written);
    *r0 = 0;
    counts.runs++;
    if (kind == CONTEXT_MEMORY)
        return machine_run(program, size ? in->bytes : NULL, size, r0);
    return machine_run(program, kind == CONTEXT_RAW_TP ? (void *)in->bytes : &in->packet,
                       kind == CONTEXT_RAW_TP ? 96 : sizeof in->packet, r0);
}

/* ---- One sample ---- */

struct verification {
    const struct sample *sample;
    struct prog *prog;
    struct error err;
    const struct checked *checked;
};

static int make_prog(void *arg)
{
    struct verification *v = arg;
    struct verify_options options = { .budget = BUDGET };
    const struct context_type *context;
    v->prog = sample_prog(machine.arena, v->sample, 0, false);
    if (!v->prog)
        return fail(&v->err, ANYBPF_E_LIMIT, "a jump does not reach");
    v->prog->maps = spec_list;
    v->prog->map_count = HOSTILE_MAPS;
    v->prog->context = v->sample->context;
    context = env_context(machine.env, v->sample->context);
    v->prog->type = context ? context->type : PROG_UNSPEC;
    v->prog->license = "GPL";
    return verify(machine.arena, machine.env, v->prog, &options, &v->err, &v->checked);
}

static bool is_accepted(struct verification *v)
{
    arena_reset(machine.arena, clean);
    return !arena_try(machine.arena, &v->err, make_prog, v);
}

/* Moves the tight access away as far as it is still accepted. */
static void tighten(struct sample *sample)
{
    struct verification v = { .sample = sample };
    struct item *item = sample->tight ? &sample->pieces[0].at[sample->tight - 1] : NULL;
    bool up = sample->seed & 1;
    if (!item || item->gone)
        return;
    for (int step = 64; step; step /= 2) {
        item->insn.off = (int16_t)(item->insn.off + (up ? step : -step));
        if (is_accepted(&v))
            counts.tightened++;
        else
            item->insn.off = (int16_t)(item->insn.off - (up ? step : -step));
    }
}

/* Drops the instruction that the verifier complains of. */
static bool repair(struct sample *sample, const char *complaint)
{
    const char *text = strstr(complaint, "(insn ");
    unsigned slot = text ? (unsigned)atoi(text + 6) : 0, at = 0;
    struct item_list *items = &sample->pieces[0];
    for (uint32_t i = 0; text && i < items->count; i++) {
        struct item *item = &items->at[i];
        if (item->gone)
            continue;
        if (at == slot && !item->starts)
            return item->gone = true;
        at += insn_rows[item->insn.id].kind == INSN_KIND_LDIMM ? 2 : 1;
    }
    return false;
}

void soundness_make(struct arena *arena, uint64_t seed, struct sample *sample)
{
    struct verification v = { .sample = sample };
    hostile(arena, seed, sample);
    sample->mutated = seed % 3 == 2;
    if (sample->mutated)
        mutate(arena, sample);
    for (unsigned tries = 0; !is_accepted(&v); tries++)
        if (tries == REPAIRS || !repair(sample, v.err.text))
            return;
    tighten(sample);
}

static void run_way(const struct sample *sample, enum way way, const struct verification *v,
                    uint64_t results[INPUTS], struct report *report)
{
    struct program program;
    struct error err = { 0 };
    if (machine_load(&machine, v->prog, CHECK_VERIFIED, way, &program, &err)) {
        snprintf(report->text, sizeof report->text, "%s: %s", way_names[way], err.text);
        report->verdict = DIFFERENT;
        return;
    }
    for (unsigned i = 0; i < INPUTS && report->verdict == SAME; i++) {
        uint64_t r0;
        int rc = run_once(&program, i, sample->seed, &r0);
        if (report->verdict == SAME && rc) {
            report->verdict = DIFFERENT;
            snprintf(report->text, sizeof report->text, "input %u, %s: %s", i, way_names[way],
                     rc == ANYBPF_E_FAULT ? interp_fault() : "it does not run");
        } else if (report->verdict == SAME && run.held) {
            report->verdict = DIFFERENT;
            snprintf(report->text, sizeof report->text, "input %u: a record is held at the end", i);
        }
        if (way == WAY_CHECKED)
            results[i] = r0;
        else if (report->verdict == SAME && results[i] != r0 && !sample->mutated) {
            report->verdict = DIFFERENT;
            snprintf(report->text, sizeof report->text,
                     "input %u: r0 interpreted %#" PRIx64 ", compiled %#" PRIx64, i, results[i],
                     r0);
        }
    }
    machine_unload(&program);
}

void soundness_run(const struct sample *sample, struct report *report)
{
    struct verification v = { .sample = sample };
    uint64_t results[INPUTS];
    *report = (struct report){ .verdict = SAME, .verified = is_accepted(&v) };
    counts.made++;
    counts.mutated += sample->mutated;
    for (uint32_t i = 0; i < hostile_kinds(); i++) {
        counts.kinds[i] += sample->made >> i & 1;
        counts.accepted_kinds[i] += report->verified && sample->made >> i & 1 && !sample->mutated;
    }
    if (asks_kernel && v.prog && strcmp(sample->context, "memory")) {
        char why[160];
        bool accepts = kernel_accepts(machine.arena, v.prog, why, sizeof why);
        counts.asked++;
        counts.kernel_only += accepts && !report->verified;
        counts.ours_only += !accepts && report->verified;
        if (accepts != report->verified)
            snprintf(report->rejected, sizeof report->rejected, "%.255s",
                     accepts ? v.err.text : why);
    } else if (!report->verified) {
        snprintf(report->rejected, sizeof report->rejected, "%.255s", v.err.text);
    }
    if (!report->verified)
        return;
    counts.accepted++;
    counts.mutated_accepted += sample->mutated;
    for (uint32_t i = 0; i < v.prog->count; i++)
        counts.insns[v.prog->insns[i].id]++;
    run.report = report;
    interp_on_step = watch_step;
    run_way(sample, WAY_CHECKED, &v, results, report);
    interp_on_step = NULL;
    run.held = 0;
    if (report->verdict == SAME && !way_missing(WAY_COMPILED))
        run_way(sample, WAY_COMPILED, &v, results, report);
}

unsigned soundness_print(void)
{
    unsigned empty = 0;
    printf("statement            made   accepted\n");
    for (uint32_t i = 0; i < hostile_kinds(); i++) {
        printf("%-16s %8" PRIu64 " %10" PRIu64 "%s\n", hostile_kind(i), counts.kinds[i],
               counts.accepted_kinds[i], counts.accepted_kinds[i] ? "" : "  not reached");
        empty += !counts.accepted_kinds[i];
    }
    for (uint8_t id = INSN_INVALID + 1; id < INSN_SECOND; id++)
        if (!counts.insns[id] &&
            (insn_rows[id].kind <= INSN_KIND_SWAP ||
             (insn_rows[id].kind >= INSN_KIND_LDX && insn_rows[id].kind <= INSN_KIND_MAY_GOTO))) {
            printf("not reached: %s\n", insn_rows[id].name);
            empty++;
        }
    printf("%" PRIu64 " programs, %" PRIu64 " accepted (%.0f %%); of them changed %" PRIu64
           ", %" PRIu64 " accepted; %" PRIu64 " offsets moved; %" PRIu64 " runs, %" PRIu64
           " instructions watched\n",
           counts.made, counts.accepted,
           100.0 * (double)counts.accepted / (double)(counts.made ? counts.made : 1),
           counts.mutated, counts.mutated_accepted, counts.tightened, counts.runs, counts.steps);
    if (asks_kernel)
        printf("the kernel, asked %" PRIu64 " times, rejects %" PRIu64
               " that are accepted here, and "
               "accepts %" PRIu64 " that are not\n",
               counts.asked, counts.ours_only, counts.kernel_only);
    return empty;
}
