/* SPDX-License-Identifier: Apache-2.0 */
/* A function of this program, watched and restrained by programs that are attached to it.
 *     ./trace trace.bpf.o */
#include <anybpf.h>
#include <stdio.h>

struct order {
    long price;
    int count;
};
#define PLACE "struct order { long price; int count; }; int place(struct order o, const char *who);"

/* A place for a jump at its entry: with it, attaching costs least and always works. */
#if defined(__x86_64__)
__attribute__((noinline, patchable_function_entry(5)))
#else
__attribute__((noinline, patchable_function_entry(2)))
#endif
static int
place(struct order order, const char *customer)
{
    printf("%d pieces at %ld for %s\n", order.count, order.price, customer);
    return 0;
}

static void print(void *user, enum anybpf_log kind, const char *text)
{
    (void)user, (void)kind;
    printf("%s", text);
}

int main(int argc, char **argv)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj;
    struct anybpf_prog *watch, *limit;

    anybpf_env_log(env, ANYBPF_LOG_PRINTK, print, NULL);
    if (anybpf_env_function(env, PLACE, (void *)place) ||
        !(obj = anybpf_open(env, argc > 1 ? argv[1] : "trace.bpf.o")) ||
        !(watch = anybpf_find(obj, "watch")) || !anybpf_attach(watch, NULL, NULL) ||
        !(limit = anybpf_find(obj, "limit")) || !anybpf_attach(limit, NULL, NULL)) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        return 1;
    }
    place((struct order){ 5, 10 }, "Ada");
    printf("refused: %d\n", place((struct order){ 5, 5000 }, "Bob"));
    anybpf_env_free(env);
    return 0;
}
