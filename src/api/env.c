/* SPDX-License-Identifier: Apache-2.0 */
/* The environment: what programs of one embedder may use; and the errors of public functions. */
#include "api/local.h"
#include "attach/attach.h"
#include "type/type.h"
#include <pthread.h>
#include <stdio.h>

/* ---- Errors: the last one of each thread ---- */

static _Thread_local struct {
    const struct anybpf_env *env;
    struct error err;
} last;

int api_fail(const struct anybpf_env *env, const struct error *err)
{
    last.env = env;
    last.err = *err;
    return err->code;
}

int api_code(void)
{
    return last.err.code;
}

int api_error(const struct anybpf_env *env, int code, const char *format, ...)
{
    va_list args;
    last.env = env;
    error_clear(&last.err);
    va_start(args, format);
    fail_va(&last.err, code, format, args);
    va_end(args);
    return code;
}

const char *anybpf_error(const struct anybpf_env *env)
{
    return last.env == env ? last.err.text : "";
}

const char *anybpf_version(void)
{
    return ANYBPF_VERSION;
}

/* ---- Life ---- */

static void print(void *user, const char *text, size_t size)
{
    (void)size;
    api_log(user, ANYBPF_LOG_PRINTK, text);
}

struct anybpf_env *anybpf_env_new_with(const struct anybpf_allocator *allocator)
{
    struct error err = { 0 };
    struct anybpf_env *env = allocator->alloc(allocator->user, sizeof *env);

    if (!env)
        return NULL;
    *env = (struct anybpf_env){ .from = *allocator };
    env->scratch = arena_new_scratch(&env->from, 0);
    env->rt = env->scratch ? env_new(&env->from, &err) : NULL;
    if (!env->rt) {
        arena_free(env->scratch);
        allocator->release(allocator->user, env, sizeof *env);
        return NULL;
    }
    env->target = target_find(host_target);
    env->features = env->target ? target_host_features(env->target) : 0;
    env->rt->print = print;
    env->rt->print_user = env;
    return env;
}

struct anybpf_env *anybpf_env_new(void)
{
    return anybpf_env_new_with(&allocator_libc);
}

/* Environments given back, but for what threads may still be within. */
static struct {
    pthread_mutex_t lock;
    struct anybpf_env *first;
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void free_env(struct anybpf_env *env)
{
    struct anybpf_allocator from = env->from;
    epoch_drain(); /* programs still retired point into the environment */
    env_free(env->rt);
    arena_free(env->scratch);
    if (last.env == env)
        last.env = NULL;
    from.release(from.user, env, sizeof *env);
}

/* Frees those that nobody is within any more. */
static void free_kept(void)
{
    struct anybpf_env *ready = NULL, *next;
    link_reclaim();
    pthread_mutex_lock(&kept.lock);
    for (struct anybpf_env **at = &kept.first, *env; (env = *at);) {
        if (env->links || __atomic_load_n(&env->leaving, __ATOMIC_ACQUIRE)) {
            at = &env->next_kept;
            continue;
        }
        *at = env->next_kept;
        env->next_kept = ready;
        ready = env;
    }
    pthread_mutex_unlock(&kept.lock);
    for (; ready; ready = next) {
        next = ready->next_kept;
        free_env(ready);
    }
}

void anybpf_env_free(struct anybpf_env *env)
{
    if (!env)
        return;
    while (env->objects)
        anybpf_close(env->objects);
    pthread_mutex_lock(&kept.lock);
    env->next_kept = kept.first;
    kept.first = env;
    pthread_mutex_unlock(&kept.lock);
    free_kept();
}

int anybpf_env_cpus(struct anybpf_env *env, uint32_t cpus)
{
    if (!cpus || cpus > VCPU_MAX)
        return api_error(env, ANYBPF_E_ARGUMENT, "%u virtual CPUs; 1 to %d are possible", cpus,
                         (int)VCPU_MAX);
    if (env->objects)
        return api_error(env, ANYBPF_E_BUSY, "objects are open, made for %u virtual CPUs",
                         env->rt->cpus);
    env->rt->cpus = cpus;
    return 0;
}

uint32_t anybpf_env_refused(const struct anybpf_env *env)
{
    return __atomic_load_n(&env->rt->refused, __ATOMIC_RELAXED);
}

/* ---- Log ---- */

void anybpf_env_log(struct anybpf_env *env, enum anybpf_log most, anybpf_log_fn *log, void *user)
{
    env->log = log;
    env->log_user = user;
    env->log_most = most;
}

void api_log(const struct anybpf_env *env, enum anybpf_log kind, const char *text)
{
    if (env->log && kind <= env->log_most)
        env->log(env->log_user, kind, text);
}

/* ---- Helpers and context types from C text ---- */

int anybpf_env_helper(struct anybpf_env *env, uint32_t id, const char *prototype, void *function)
{
    struct error err = { 0 };
    void (*typed)(void);

    if (id < 1000 || id > INT32_MAX)
        return api_error(env, ANYBPF_E_ARGUMENT,
                         "helper %u: an embedder's helpers have numbers from 1000 to 2147483647",
                         id);
    if (!prototype || !function)
        return api_error(env, ANYBPF_E_ARGUMENT, "helper %u: no prototype or no function", id);
    memcpy(&typed, &function, sizeof typed);
    if (!env_add_helper(env->rt, id, prototype, typed, &err))
        return 0;
    error_prefix(&err, "helper %u", id);
    return api_fail(env, &err);
}

int anybpf_env_declare(struct anybpf_env *env, const char *declarations)
{
    struct error err = { 0 };

    if (!declarations)
        return api_error(env, ANYBPF_E_ARGUMENT, "there are no declarations");
    return env_declare(env->rt, declarations, &err) ? api_fail(env, &err) : 0;
}

int anybpf_env_context(struct anybpf_env *env, const char *name, const char *declaration)
{
    struct error err = { 0 };

    if (!name || !*name || !declaration)
        return api_error(env, ANYBPF_E_ARGUMENT, "a context type needs a name and a declaration");
    if (!env_add_context(env->rt, name, declaration, &err))
        return 0;
    error_prefix(&err, "context type \"%s\"", name);
    return api_fail(env, &err);
}

/* ---- What a process has only one of ---- */

int anybpf_process_set(enum anybpf_process_setting setting, uint64_t value)
{
    switch (setting) {
    case ANYBPF_PERF_MAP: debug_perf_map = value; return 0;
    case ANYBPF_GDB: debug_gdb = value; return 0;
    case ANYBPF_FAULT_HANDLER: process.forbid_handlers = !value; return 0;
    }
    return ANYBPF_E_ARGUMENT;
}

bool anybpf_handle_fault(int signal, void *siginfo, void *ucontext)
{
    return fault_handle(signal, siginfo, ucontext);
}
