/* SPDX-License-Identifier: Apache-2.0 */
/* A host whose plugins are tables of functions: it calls verified programs as plain C.
 *     ./tariff tariff.bpf.o */
#include <anybpf.h>
#include <stdio.h>

struct order {
    long list_price;
    int count;
};

struct tariff {
    long (*price)(const struct order *order);
    int least, most; /* pieces of one order */
    char name[16];
};

static void sell(const struct tariff *tariff, int count)
{
    struct order order = { 5, count };

    if (count < tariff->least || count > tariff->most)
        printf("%s: %d pieces are not sold\n", tariff->name, count);
    else
        printf("%s: %d pieces cost %ld\n", tariff->name, count, tariff->price(&order));
}

int main(int argc, char **argv)
{
    struct tariff tariff = { .least = 1 }; /* unless the plugin says otherwise */
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj;
    int code;

    if (!env)
        return 1;
    code = anybpf_env_declare(env, "struct order { long list_price; int count; };"
                                   "struct tariff { long (*price)(const struct order *order);"
                                   "  int least, most; char name[16]; };");
    obj = code ? NULL : anybpf_open(env, argc > 1 ? argv[1] : "tariff.bpf.o");
    if (!obj || anybpf_fill_table(obj, "tariff", NULL, &tariff)) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        anybpf_env_free(env);
        return 1;
    }
    tariff.name[sizeof tariff.name - 1] = 0; /* the plugin's bytes, whatever they are */
    sell(&tariff, 10);
    sell(&tariff, 2000);
    anybpf_env_free(env);
    return 0;
}
