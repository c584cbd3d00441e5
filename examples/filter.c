/* SPDX-License-Identifier: Apache-2.0 */
/* A host program with plugins in BPF: a context type and a helper of its own.
 *     cc filter.c $(pkg-config --cflags --libs anybpf) -o filter && ./filter filter.bpf.o */
#include <anybpf.h>
#include <stdio.h>

struct req {
    uint32_t length;
    uint8_t method;
    char path[27];
};

static int log_msg(const char *text, uint32_t size)
{
    return printf("plugin: %.*s\n", (int)size, text);
}

int main(int argc, char **argv)
{
    struct anybpf_env *env = anybpf_env_new();
    anybpf_env_context(env, "req", "struct req { __u32 length; __u8 method; char path[27]; };");
    anybpf_env_helper(env, 1000, "int log_msg(const char *text __sz(size), __u32 size)", log_msg);
    struct anybpf_object *obj = anybpf_open(env, argc > 1 ? argv[1] : "filter.bpf.o");
    struct anybpf_prog *filter = obj ? anybpf_find(obj, "filter") : NULL;
    if (!filter) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        return 1;
    }
    for (uint32_t length = 500; length <= 1500; length += 500) {
        struct req req = { length, 'G', "/index" };
        uint64_t verdict;
        if (anybpf_call(filter, &req, sizeof req, &verdict))
            return 1;
        printf("%u bytes: %s\n", length, verdict ? "taken" : "refused");
    }
    anybpf_env_free(env);
    return 0;
}
