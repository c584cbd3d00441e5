/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel as an oracle: programs are loaded and test-run, never attached. */
#include "runner/objects.h"
#include "runner/runner.h"
#include <stdlib.h>

#ifdef HAVE_LIBBPF
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

struct oracle {
    struct bpf_object *object;
    struct bpf_program *prog;
    int cpus;
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level, (void)format, (void)args;
    return 0;
}

struct oracle *oracle_load(const char *path, const char *prog, const char **why)
{
    struct oracle *oracle = calloc(1, sizeof *oracle);
    static char reason[128];

    *why = reason;
    libbpf_set_print(quiet);
    oracle->cpus = libbpf_num_possible_cpus();
    oracle->object = bpf_object__open_file(path, NULL);
    if (oracle->object)
        oracle->prog = bpf_object__find_program_by_name(oracle->object, prog);
    if (!oracle->prog || bpf_object__load(oracle->object)) {
        if (errno == EPERM || errno == EACCES || errno == ENOSYS) {
            snprintf(reason, sizeof reason, "bpf() is not permitted: %s", strerror(errno));
        } else {
            snprintf(reason, sizeof reason, "the kernel or libbpf refuses it: %s", strerror(errno));
            CHECK_SAY(errno == EPERM, "%s", reason);
        }
        oracle_free(oracle);
        return NULL;
    }
    return oracle;
}

void oracle_free(struct oracle *oracle)
{
    bpf_object__close(oracle->object);
    free(oracle);
}

/* Maps with elements that both sides have. */
static struct bpf_map *counterpart(const struct oracle *oracle, struct anybpf_map *map,
                                   struct anybpf_map_info *info)
{
    anybpf_map_info(map, info, sizeof *info);
    switch (info->type) {
    case 1:
    case 2:
    case 5:
    case 6:
    case 9:
    case 11: break;
    default: return NULL;
    }
    if (!strncmp(info->name, ".rodata", 7) || !strcmp(info->name, ".kconfig") ||
        info->key_size > 512)
        return NULL;
    return bpf_object__find_map_by_name(oracle->object, info->name);
}

static bool per_cpu(const struct anybpf_map_info *info)
{
    return info->type == 5 || info->type == 6;
}

static size_t room(const struct oracle *oracle, const struct anybpf_map_info *info)
{
    uint32_t cpus = info->cpus > (uint32_t)oracle->cpus ? info->cpus : (uint32_t)oracle->cpus;
    return (info->value_size + 7u) / 8 * 8 * (size_t)cpus;
}

void oracle_fill(struct oracle *oracle, struct anybpf_object *object)
{
    struct anybpf_map *map = NULL;
    struct anybpf_map_info info;
    uint8_t key[512];

    while ((map = anybpf_next_map(object, map))) {
        struct bpf_map *theirs = counterpart(oracle, map, &info);
        if (!theirs || per_cpu(&info) || info.is_data)
            continue;
        uint8_t *value = calloc(1, room(oracle, &info));
        for (const uint8_t *last = NULL; !anybpf_map_next_key(map, last, key); last = key)
            if (!anybpf_map_lookup(map, key, value))
                CHECK(!bpf_map_update_elem(bpf_map__fd(theirs), key, value, BPF_ANY));
        free(value);
    }
}

bool oracle_run(struct oracle *oracle, struct trial *trials, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t data[2048 + 256];
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = trials[i].data,
                    .data_size_in = trials[i].size, .data_out = data, .data_size_out = sizeof data,
                    .repeat = 1);

        if (bpf_prog_test_run_opts(bpf_program__fd(oracle->prog), &options))
            return false;
        trials[i].verdict = options.retval;
        trials[i].size = options.data_size_out;
        memcpy(trials[i].data, data, options.data_size_out);
    }
    return true;
}

/* The values of all CPUs added up, word by word. */
static void sum(const uint8_t *values, uint32_t size, uint32_t cpus, uint32_t *words)
{
    uint32_t stride = (size + 7) / 8 * 8;

    memset(words, 0, stride);
    for (uint32_t cpu = 0; cpu < cpus; cpu++)
        for (uint32_t i = 0; i < stride / 4; i++) {
            uint32_t word;
            memcpy(&word, values + cpu * stride + 4 * i, 4);
            words[i] += word;
        }
}

static void compare(struct oracle *oracle, struct anybpf_map *map, struct bpf_map *theirs,
                    const struct anybpf_map_info *info)
{
    size_t size = room(oracle, info);
    uint8_t key[512], *value = calloc(1, size), *other = calloc(1, size);
    uint32_t *sums = calloc(2, (info->value_size + 7u) / 8 * 8);
    uint32_t keys = 0, their_keys = 0, words = (info->value_size + 7) / 8 * 2;
    int fd = bpf_map__fd(theirs);

    for (const uint8_t *last = NULL; !anybpf_map_next_key(map, last, key); last = key) {
        keys++;
        CHECK(!anybpf_map_lookup(map, key, value));
        if (bpf_map_lookup_elem(fd, key, other)) {
            CHECK_SAY(false, "map %s: a key that the kernel has not", info->name);
            break;
        }
        sum(value, info->value_size, per_cpu(info) ? info->cpus : 1, sums);
        sum(other, info->value_size, per_cpu(info) ? (uint32_t)oracle->cpus : 1, sums + words);
        if (memcmp(sums, sums + words, info->value_size)) {
            CHECK_SAY(false, "map %s: another value in the kernel", info->name);
            break;
        }
    }
    for (const uint8_t *last = NULL; !bpf_map_get_next_key(fd, last, key); last = key)
        their_keys++;
    CHECK_SAY(keys == their_keys, "map %s: %u keys here, %u in the kernel", info->name, keys,
              their_keys);
    free(value);
    free(other);
    free(sums);
}

void oracle_compare(struct oracle *oracle, struct anybpf_object *object)
{
    struct anybpf_map *map = NULL;
    struct anybpf_map_info info;

    while ((map = anybpf_next_map(object, map))) {
        struct bpf_map *theirs = counterpart(oracle, map, &info);
        if (theirs)
            compare(oracle, map, theirs, &info);
    }
}

#else

struct oracle *oracle_load(const char *path, const char *prog, const char **why)
{
    (void)path, (void)prog;
    *why = "built without libbpf, so the kernel cannot be asked";
    return NULL;
}

void oracle_free(struct oracle *oracle)
{
    (void)oracle;
}

void oracle_fill(struct oracle *oracle, struct anybpf_object *object)
{
    (void)oracle, (void)object;
}

bool oracle_run(struct oracle *oracle, struct trial *trials, uint32_t count)
{
    (void)oracle, (void)trials, (void)count;
    return false;
}

void oracle_compare(struct oracle *oracle, struct anybpf_object *object)
{
    (void)oracle, (void)object;
}
#endif
