/* SPDX-License-Identifier: Apache-2.0 */
/* Programs: from final instructions to something that runs. */
#include "api/local.h"
#include "base/clock.h"
#include "base/planted.h"
#include "interp/interp.h"
#include <stdio.h>

/* Verifying and compiling take about as much, 200 bytes for an instruction: what the one has taken
 * serves the other. Afterwards there stays enough for programs of 5,000 instructions. */
enum { SCRATCH_REUSED = 256 << 20, SCRATCH_KEPT = 1 << 20 };

/* ---- Final form and proof, in an arena of the caller's, within arena_try() ---- */

int prog_resolve(const struct anybpf_prog *handle, struct arena *arena, const struct prog **out,
                 struct error *err)
{
    const struct anybpf_object *obj = handle->object;
    const char *section = handle->type ? handle->type : handle->section;
    struct section_type type;
    struct prog *prog = NULL;

    if (!handle->bare) {
        int code = resolve(obj->file, handle->index, handle->type, arena, &prog, err);
        *out = prog;
        return code;
    }
    prog = prog_from_insns(arena, handle->name, handle->bare, handle->insns);
    if (!section_type(obj->env->rt, section, &type, &prog->attach))
        return fail(err, ANYBPF_E_NOT_FOUND, "section \"%s\" names no type of program", section);
    prog->section = section;
    prog->attach_kind = type.attach_kind;
    prog->type = type.type;
    prog->context = type.context;
    *out = prog;
    return 0;
}

struct log_filter {
    const struct anybpf_env *env;
    enum anybpf_log kind;
};

static void log_verifier(void *user, const char *text)
{
    const struct log_filter *filter = user;
    api_log(filter->env, filter->kind, text);
}

/* Sections "uprobe" and "uretprobe": their context is registers. */
static bool is_probe(const struct prog *prog)
{
    return prog->context && !strcmp(prog->context, "pt_regs") &&
           (prog->attach_kind == ATTACH_ENTRY || prog->attach_kind == ATTACH_EXIT);
}

/* The function that the section names; of a probe, behind the file's name and ':'. */
static const char *function_of(const char *attach, bool is_probe)
{
    const char *colon = is_probe ? strrchr(attach, ':') : NULL;
    return colon ? colon + 1 : attach;
}

const char *prog_native_name(const struct anybpf_prog *handle, const struct prog *prog)
{
    bool probes = is_probe(prog);

    if (!probes && (!prog->context || strcmp(prog->context, "tracing")))
        return NULL;
    return handle->target ? handle->target : function_of(prog->attach, probes);
}

static int fail_unknown(const struct prog *prog, const char *name, struct error *err)
{
    if (prog->attach_kind != ATTACH_MEMBER)
        return fail(err, ANYBPF_E_NOT_FOUND,
                    "no function \"%s\" is known: anybpf_env_function() describes one", name);
    if (!strchr(name, '.'))
        return fail(err, ANYBPF_E_NOT_FOUND,
                    "no variable of section .struct_ops names the program, nor its section a "
                    "TABLE.MEMBER");
    return fail(err, ANYBPF_E_NOT_FOUND,
                "no struct is known with such a pointer to a function as \"%s\": "
                "anybpf_env_declare() tells of one",
                name);
}

int prog_native(const struct anybpf_prog *handle, struct arena *arena, const struct prog *prog,
                const struct native **native, const struct tracing **tracing, struct error *err)
{
    const char *name = prog_native_name(handle, prog);
    const struct target *target = handle->object->env->target;

    *native = NULL;
    *tracing = NULL;
    if (!name)
        return 0;
    if (!(*native = env_native(handle->object->env->rt, name, err)))
        return fail_unknown(prog, name, err);
    if (!is_probe(prog))
        return tracing_of(arena, prog->attach_kind, (*native)->model, tracing, err);
    if (!target || !target->conv->user_regs.count)
        return fail(err, ANYBPF_E_UNSUPPORTED, "registers of this processor are not known");
    *tracing =
        tracing_of_regs(arena, prog->attach_kind, (*native)->model, target->conv->user_regs.count);
    return 0;
}

int prog_check(const struct anybpf_prog *handle, struct arena *arena, const struct prog *prog,
               const struct tracing *tracing, const struct checked **out, struct error *err)
{
    const struct anybpf_object *obj = handle->object;
    const struct anybpf_env *env = obj->env;
    bool verbose = env->log_most >= ANYBPF_LOG_VERIFIER;
    struct log_filter filter = { env, verbose ? ANYBPF_LOG_VERIFIER : ANYBPF_LOG_REJECTED };
    struct verify_options options = {
        .scratch = env->scratch,
        .level = obj->trusted ? CHECK_TRUSTED : CHECK_VERIFIED,
        .log = env->log && env->log_most >= ANYBPF_LOG_REJECTED ? log_verifier : NULL,
        .log_user = &filter,
        .log_level = verbose ? VERIFY_LOG_STATES : VERIFY_LOG_REJECTION,
        .tracing = tracing,
    };
    if (!prog->context)
        return fail(err, ANYBPF_E_UNSUPPORTED,
                    "section \"%s\" names no type of program known here; give it one",
                    prog->section);
    arena_clear(env->scratch, SCRATCH_KEPT);   /* the same room for each program, and a limit: */
    arena_limit(env->scratch, VERIFY_SCRATCH); /* it may be made to be hard to verify; */
    int code = verify(arena, env->rt, prog, &options, err, out);
    arena_limit(env->scratch, 0); /* compiling is linear in it */
    arena_clear(env->scratch, SCRATCH_REUSED);
    return code;
}

/* ---- Loading, in steps that each stay within an arena ---- */

struct loading {
    const struct anybpf_prog *prog;
    struct loaded *loaded; /* NULL until begin() */
    const struct prog *final;
    struct arena *arena; /* of the loaded program */
    struct code *code;
    struct error *err;
};

/* Constant data are from now on what they are: the host may have changed them since they were
 * opened, and the verifier is going to rely on them. */
static void freeze_data(struct loading *l)
{
    struct prog *prog;
    const struct map_spec **specs;

    if (!l->final->map_count)
        return;
    prog = arena_new_of(l->arena, struct prog);
    specs = arena_array_of(l->arena, l->final->map_count, const struct map_spec *);
    *prog = *l->final;
    for (uint32_t i = 0; i < prog->map_count; i++) {
        struct map *map = l->loaded->maps[i];
        struct map_spec *spec;
        size_t size;
        specs[i] = prog->maps[i];
        if (!specs[i]->is_data || !specs[i]->read_only)
            continue;
        map_freeze(map);
        spec = arena_new_of(l->arena, struct map_spec);
        *spec = *specs[i];
        spec->data = map_memory(map, &size);
        specs[i] = spec;
    }
    prog->maps = specs;
    l->final = prog;
}

int object_check_order(const struct anybpf_object *obj, struct error *err)
{
    return !obj->file || obj->file->big == HOST_IS_BIG
               ? 0
               : fail(err, ANYBPF_E_UNSUPPORTED,
                      "the object was compiled for %s-endian processors, and this one is not",
                      obj->file->big ? "big" : "little");
}

static int begin(void *arg)
{
    struct loading *l = arg;
    struct anybpf_object *obj = l->prog->object;
    const struct prog *prog = NULL;
    struct loaded *loaded = arena_new_of(l->arena, struct loaded);
    int code;

    if ((code = object_check_order(obj, l->err)))
        return code;
    if ((code = prog_resolve(l->prog, l->arena, &prog, l->err)))
        return code;
    l->final = prog;
    loaded->object = obj;
    loaded->arena = l->arena;
    loaded->maps = arena_array_of(l->arena, prog->map_count, struct map *);
    for (uint32_t i = 0; i < prog->map_count; i++) {
        struct anybpf_map *map = map_of(obj, prog->maps[i]);
        if (map_make(map, l->err))
            return l->err->code;
        loaded->maps[i] = map->map;
    }
    l->loaded = loaded;
    freeze_data(l);
    return 0;
}

static int check(void *arg)
{
    struct loading *l = arg;
    struct loaded *loaded = l->loaded;
    int code = prog_native(l->prog, l->arena, l->final, &loaded->native, &loaded->tracing, l->err);
    return code
               ? code
               : prog_check(l->prog, l->arena, l->final, loaded->tracing, &loaded->checked, l->err);
}

/* A row for each function whose address the program may take. */
static int tabulate(void *arg)
{
    struct loading *l = arg;
    const struct checked *checked = l->loaded->checked;
    uint32_t count = checked->prog->func_count;
    struct functions *table =
        arena_alloc(l->arena, sizeof *table + count * sizeof(struct function));

    table->count = count;
    for (uint32_t i = 0; i < count; i++) {
        table->at[i].depth = checked->funcs[i].tree;
        table->at[i].params = checked->funcs[i].args;
    }
    l->loaded->functions = table;
    return 0;
}

static int interpret(void *arg)
{
    struct loading *l = arg;
    const struct anybpf_object *obj = l->prog->object;
    const struct interp *interp;
    int code = interp_new(l->arena, obj->env->rt, l->loaded->checked, l->loaded->maps,
                          obj->check_access, l->err, &interp);
    if (!code)
        interp_runnable(interp, &l->loaded->run);
    return code;
}

static int build(void *arg)
{
    struct loading *l = arg;
    const struct anybpf_env *env = l->prog->object->env;
    uint32_t left_out = l->prog->object->left_out;
    struct binding binding = target_binding(env->target, env->rt);
    struct module *module = arena_new_of(env->scratch, struct module);
    int code = ir_build(env->scratch, l->loaded->checked, &binding, left_out, module, l->err);
    if (code)
        return code;
    ir_opt(module, left_out);
    return compile(env->scratch, module, env->target, env->features, &l->code, l->err);
}

/* ---- Sealing ---- */

uint64_t prog_symbol(void *user, enum symbol_kind kind, uint32_t index, struct error *err)
{
    const struct loaded *loaded = user;
    const struct helper *helper;

    switch (kind) {
    case SYMBOL_MAP: return (uintptr_t)loaded->maps[index];
    case SYMBOL_MAP_DATA: return loaded->maps[index]->values.word;
    case SYMBOL_HELPER:
        if ((helper = env_helper(loaded->object->env->rt, index)))
            return (uintptr_t)helper->function;
        fail(err, ANYBPF_E_NOT_FOUND, "no helper %u", index);
        return 0;
    case SYMBOL_FUNCTIONS: return (uintptr_t)loaded->functions;
    case SYMBOL_RUN: return (uintptr_t)&loaded->run;
    case SYMBOL_VCPU:
    case SYMBOL_ERRNO:
    case SYMBOL_LEASE:
    case SYMBOL_NEXT:
    case SYMBOL_HOOK:
    case SYMBOL_EPOCH:
    case SYMBOL_SAVE_VECTORS:
    case SYMBOL_LOAD_VECTORS:
    case SYMBOL_KINDS: break;
    }
    fail(err, ANYBPF_E_UNSUPPORTED, "no symbol of kind %d", (int)kind);
    return 0;
}

static int seal(struct loading *l)
{
    struct loaded *loaded = l->loaded;
    struct image_options options = {
        .symbol = prog_symbol,
        .user = loaded,
        .prog = loaded->checked->prog,
        .may_fault = loaded->checked->level == CHECK_TRUSTED,
    };
    struct functions *table = loaded->functions;
    int code = image_seal(l->code, &options, &loaded->image, l->err);

    if (code)
        return code;
    for (uint32_t i = 0; i < table->count; i++)
        if (loaded->image->entries[i].at != loaded->image->entries[i].end)
            SLOT_SET(table->at[i].code, image_entry(loaded->image, i));
    SLOT_SET(loaded->run.code, image_entry(loaded->image, 0));
    return 0;
}

/* Machine code; or, where the system allows none, the interpreter, with a warning. */
static int make_runnable(struct loading *l)
{
    const struct anybpf_object *obj = l->prog->object;
    uint64_t start = clock_ns();
    struct error refusal;
    int code;

    error_clear(&refusal);
    if (obj->interpret)
        return arena_try(l->arena, l->err, interpret, l);
    if (!obj->env->target)
        return fail(l->err, ANYBPF_E_UNSUPPORTED,
                    "this build compiles for no %s: use ANYBPF_INTERPRET", host_target);
    code = arena_try(obj->env->scratch, l->err, build, l);
    if (!code && (code = seal(l)) == ANYBPF_E_SYSTEM) {
        refusal = *l->err;
        error_clear(l->err);
        code = arena_try(l->arena, l->err, interpret, l);
    }
    arena_rest(obj->env->scratch, SCRATCH_KEPT);
    l->loaded->compile_ns = clock_ns() - start;
    if (!code && refusal.code) {
        char text[sizeof refusal.text + 128];
        snprintf(text, sizeof text, "program %s is interpreted: %s\n", l->prog->name, refusal.text);
        api_log(obj->env, ANYBPF_LOG_WARNING, text);
    }
    return code;
}

static void unload(struct runnable *run)
{
    struct loaded *loaded = (struct loaded *)run;
    struct anybpf_object *obj = loaded->object;
    image_free(loaded->function);
    image_free(loaded->image);
    arena_free(loaded->arena);
    object_drop(obj);
}

/* Lets the program call through the prog arrays that it names. */
static int claim_arrays(const struct loading *l)
{
    const struct loaded *loaded = l->loaded;
    const struct prog *prog = loaded->checked->prog;

    for (uint32_t i = 0; i < prog->count; i++) {
        struct map *map =
            prog->insns[i].id == INSN_LDIMM_MAP ? loaded->maps[prog->insns[i].imm] : NULL;
        if (map && map->type == MAP_PROG_ARRAY &&
            FAULT(prog_array_owner, !map_takes_progs(map, &loaded->run), false))
            return fail(l->err, ANYBPF_E_ARGUMENT,
                        "map %s is for programs of another type, or for another function",
                        prog->maps[prog->insns[i].imm]->name);
    }
    return 0;
}

int prog_load(struct anybpf_prog *prog, struct error *err)
{
    struct loading l = { .prog = prog, .err = err };
    struct loaded *loaded;
    const struct checked *checked;
    int code;

    if (prog->loaded)
        return 0;
    if (!(l.arena = arena_new(&prog->object->env->from, 0)))
        return fail(err, ANYBPF_E_MEMORY, "out of memory");
    if ((code = arena_try(l.arena, err, begin, &l)) ||
        (code = arena_try(l.arena, err, check, &l)) ||
        (code = arena_try(l.arena, err, tabulate, &l)))
        goto failed;
    loaded = l.loaded;
    checked = loaded->checked;
    loaded->run = (struct runnable){
        .depth = checked->funcs[0].tree,
        .cpus = prog->object->env->rt->cpus,
        .type = checked->prog->type,
        .flags = checked->level == CHECK_TRUSTED ? RUNNABLE_MAY_FAULT : 0,
        .refs = 1,
        .destroy = unload,
        .env = prog->object->env->rt,
        .native = loaded->native,
        .attach_kind = loaded->tracing ? (int)loaded->tracing->kind : ATTACH_NONE,
    };
    if ((code = make_runnable(&l)) || (code = claim_arrays(&l)))
        goto failed;
    if (checked->context) {
        loaded->takes_packets = checked->context->kind & (CONTEXT_XDP | CONTEXT_SKB);
        loaded->context_size = loaded->takes_packets ? 0 : checked->context->size;
    }
    prog->loaded = loaded;
    prog->object->refs++;
    prog->object->loaded = true;
    return 0;
failed:
    if (l.loaded)
        image_free(l.loaded->image);
    arena_free(l.arena);
    return code;
}

static int copy_functions(void *arg)
{
    struct loading *l = arg;
    const struct functions *table = l->prog->loaded->functions;
    size_t size = sizeof *table + table->count * sizeof table->at[0];
    l->loaded->functions = memcpy(arena_alloc(l->arena, size), table, size);
    return 0;
}

int prog_time_compile(const struct anybpf_prog *prog, uint64_t *ns, struct error *err)
{
    struct loaded twin = *prog->loaded;
    struct loading l = { .prog = prog, .loaded = &twin, .err = err };
    int code;

    if (!(l.arena = arena_new(&prog->object->env->from, 0)))
        return fail(err, ANYBPF_E_MEMORY, "out of memory");
    twin.image = NULL;
    code = arena_try(l.arena, err, copy_functions, &l);
    if (!code)
        code = make_runnable(&l);
    image_free(twin.image);
    arena_free(l.arena);
    *ns = twin.compile_ns;
    return code;
}

/* ---- Public ---- */

void anybpf_prog_info(const struct anybpf_prog *prog, struct anybpf_prog_info *info, size_t size)
{
    const struct loaded *loaded = prog->loaded;
    struct anybpf_prog_info full = {
        .name = prog->name,
        .section = prog->section,
        .context = "",
        .insns = prog->insns,
        .loaded = loaded != NULL,
    };
    if (loaded) {
        const struct checked *checked = loaded->checked;
        full.context = checked->prog->context;
        full.insns = checked->prog->count;
        full.trusted = checked->level == CHECK_TRUSTED;
        full.compiled = loaded->image != NULL;
        full.verified_insns = checked->stats.insns;
        full.verified_states = checked->stats.states;
        full.verify_ns = checked->stats.time;
        full.compile_ns = loaded->compile_ns;
        full.stack = checked->funcs[0].depth;
        full.tree = checked->funcs[0].tree;
        full.code_bytes = loaded->image ? loaded->image->size : 0;
        full.memory_bytes = arena_taken(loaded->arena) + (loaded->image ? loaded->image->taken : 0);
    }
    memset(info, 0, size);
    memcpy(info, &full, size < sizeof full ? size : sizeof full);
}

static int run_failed(const struct anybpf_prog *prog, int code)
{
    const struct anybpf_env *env = prog->object->env;

    switch (code) {
    case ANYBPF_E_BUSY:
        __atomic_add_fetch(&env->rt->refused, 1, __ATOMIC_RELAXED);
        return api_error(env, code, "program %s: no virtual CPU is free for this thread",
                         prog->name);
    case ANYBPF_E_LIMIT:
        return api_error(env, code, "program %s: calls are nested too deeply for the private stack",
                         prog->name);
    case ANYBPF_E_FAULT:
        return api_error(env, code, "program %s reached memory it must not, and was ended: %s",
                         prog->name, prog->loaded->image ? "the access faulted" : interp_fault());
    default: return api_error(env, code, "program %s could not be run", prog->name);
    }
}

static int usable(const struct anybpf_prog *prog, bool packets)
{
    if (!prog->loaded)
        return api_error(prog->object->env, ANYBPF_E_ARGUMENT, "program %s is not loaded",
                         prog->name);
    if (packets && !prog->loaded->takes_packets)
        return api_error(prog->object->env, ANYBPF_E_ARGUMENT,
                         "program %s takes a context of type \"%s\", not packets", prog->name,
                         prog->loaded->checked->prog->context);
    if (!packets && prog->loaded->takes_packets)
        return api_error(prog->object->env, ANYBPF_E_ARGUMENT,
                         "program %s takes packets: use anybpf_call_packet()", prog->name);
    return 0;
}

/* What the host need not fill in. */
static void complete(struct anybpf_packet *packet)
{
    size_t length = (size_t)(packet->data_end - packet->data);
    if (!packet->data_meta)
        packet->data_meta = packet->data;
    if (!packet->protocol && length >= 14)
        packet->protocol = bytes_u16(packet->data + 12);
    if (!packet->wire_len)
        packet->wire_len = (uint32_t)length;
}

static inline int run(const struct anybpf_prog *prog, struct vcpu *vcpu, void *ctx, size_t size,
                      uint64_t *result)
{
    int code = vcpu_run(vcpu, &prog->loaded->run, ctx, size, result);
    return __builtin_expect(code, 0) ? run_failed(prog, code) : 0;
}

/* For the first call of a thread, and with an error for what cannot be called so. */
static __attribute__((noinline)) int run_slowly(const struct anybpf_prog *prog, bool packets,
                                                void *ctx, size_t size, uint64_t *result)
{
    struct vcpu *vcpu = vcpu_get();
    int code = usable(prog, packets);

    if (code)
        return code;
    if (size < prog->loaded->context_size)
        return api_error(prog->object->env, ANYBPF_E_ARGUMENT,
                         "program %s: a context of %zu bytes, but its type has %u", prog->name,
                         size, prog->loaded->context_size);
    if (!vcpu)
        return run_failed(prog, ANYBPF_E_BUSY);
    if (packets)
        complete(ctx);
    return run(prog, vcpu, ctx, size, result);
}

int anybpf_call(const struct anybpf_prog *prog, void *ctx, size_t size, uint64_t *result)
{
    const struct loaded *loaded = prog->loaded;
    struct vcpu *vcpu = vcpu_of_thread;
    uint64_t ignored;

    if (!result)
        result = &ignored;
    if (__builtin_expect(!loaded || loaded->takes_packets || size < loaded->context_size || !vcpu,
                         0))
        return run_slowly(prog, false, ctx, size, result);
    return run(prog, vcpu, ctx, size, result);
}

int anybpf_call_packet(const struct anybpf_prog *prog, struct anybpf_packet *packet,
                       uint64_t *result)
{
    const struct loaded *loaded = prog->loaded;
    struct vcpu *vcpu = vcpu_of_thread;
    uint64_t ignored;

    if (!result)
        result = &ignored;
    if (__builtin_expect(!loaded || !loaded->takes_packets || !vcpu, 0))
        return run_slowly(prog, true, packet, 0, result);
    complete(packet);
    return run(prog, vcpu, packet, 0, result);
}

void anybpf_trusted_begin(void)
{
    struct vcpu *vcpu = vcpu_get();
    if (vcpu)
        fault_guard(vcpu);
}

void anybpf_trusted_end(void)
{
    if (vcpu_of_thread)
        fault_unguard(vcpu_of_thread);
}

int anybpf_call_batch(const struct anybpf_prog *prog, struct anybpf_packet *packets, size_t count,
                      uint32_t *verdicts)
{
    struct vcpu *vcpu = vcpu_get();
    const struct runnable *run;
    int code = usable(prog, true);

    if (code)
        return code;
    run = &prog->loaded->run;
    if (!vcpu)
        return run_failed(prog, ANYBPF_E_BUSY);
    if (run->flags & RUNNABLE_MAY_FAULT)
        fault_guard(vcpu);
    for (size_t i = 0; i < count && !code; i++) {
        uint64_t result = 0;
        complete(&packets[i]);
        code = vcpu_run(vcpu, run, &packets[i], 0, &result);
        verdicts[i] = (uint32_t)result;
    }
    if (run->flags & RUNNABLE_MAY_FAULT)
        fault_unguard(vcpu);
    return code ? run_failed(prog, code) : 0;
}
