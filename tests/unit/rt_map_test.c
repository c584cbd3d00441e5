/* SPDX-License-Identifier: Apache-2.0 */
/* Maps, by one thread: sizes and flags, error codes, iteration, what the host and programs see; and
 * random operations on maps of ours and of the kernel's, compared. */
#include "runner/runner.h"
#include "rt/rt.h"
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct env *env_of_test(void)
{
    struct env *env = env_new(&allocator_libc, NULL);
    env->cpus = 8;
    return env;
}

static struct map *make(struct env *env, uint32_t type, uint32_t key, uint32_t value, uint32_t max,
                        uint32_t flags, struct error *err)
{
    const struct map_spec spec = { .name = "m",
                                   .type = type,
                                   .key_size = key,
                                   .value_size = value,
                                   .max_entries = max,
                                   .flags = flags };
    return map_create(env, &spec, err);
}

/* As a program calls it. */
static uint64_t call(struct env *env, uint32_t id, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    const uint64_t r[5] = { a, b, c, d, 0 };
    struct vcpu *vcpu = vcpu_get();
    struct invocation outer;
    uint64_t result;

    epoch_enter(vcpu, &outer);
    result = env_helper(env, id)->stub(vcpu, r);
    epoch_leave(vcpu, &outer);
    return result;
}

#define P(...) ((uint64_t)(uintptr_t)(__VA_ARGS__))

TEST(rt_map_create_refuses_what_the_kernel_refuses)
{
    static const struct {
        uint32_t type, key, value, max, flags;
        int code;
    } cases[] = {
        { MAP_ARRAY, 4, 8, 1, 0, 0 },
        { MAP_ARRAY, 8, 8, 1, 0, ANYBPF_E_ARGUMENT },
        { MAP_ARRAY, 4, 0, 1, 0, ANYBPF_E_ARGUMENT },
        { MAP_ARRAY, 4, 8, 0, 0, ANYBPF_E_ARGUMENT },
        { MAP_ARRAY, 4, 8, 1, MAP_NO_PREALLOC, ANYBPF_E_ARGUMENT },
        { MAP_ARRAY, 4, 8, 1, MAP_RDONLY_PROG | MAP_WRONLY_PROG, ANYBPF_E_ARGUMENT },
        { MAP_ARRAY, 4, 8, 1, MAP_RDONLY_PROG | MAP_MMAPABLE, 0 },
        { MAP_ARRAY, 4, 0xffffffff, 1, 0, ANYBPF_E_LIMIT },
        { MAP_PERCPU_ARRAY, 4, 32769, 1, 0, ANYBPF_E_LIMIT },
        { MAP_HASH, 0, 8, 1, 0, ANYBPF_E_ARGUMENT },
        { MAP_HASH, 513, 8, 1, 0, ANYBPF_E_LIMIT },
        { MAP_HASH, 512, 8, 1, MAP_NO_PREALLOC | MAP_ZERO_SEED, 0 },
        { MAP_HASH, 4, 4, 1, MAP_NO_COMMON_LRU, ANYBPF_E_ARGUMENT },
        { MAP_LRU_HASH, 4, 4, 1, MAP_NO_PREALLOC, ANYBPF_E_ARGUMENT },
        { MAP_LPM_TRIE, 8, 4, 1, 0, ANYBPF_E_ARGUMENT },
        { MAP_LPM_TRIE, 4, 4, 1, MAP_NO_PREALLOC, ANYBPF_E_ARGUMENT },
        { MAP_LPM_TRIE, 261, 4, 1, MAP_NO_PREALLOC, ANYBPF_E_ARGUMENT },
        { MAP_LPM_TRIE, 260, 4, 1, MAP_NO_PREALLOC, 0 },
        { MAP_PROG_ARRAY, 4, 8, 1, 0, ANYBPF_E_ARGUMENT },
        { MAP_RINGBUF, 0, 0, 4095, 0, ANYBPF_E_ARGUMENT },
        { MAP_RINGBUF, 0, 0, 12288, 0, ANYBPF_E_ARGUMENT },
        { MAP_RINGBUF, 4, 0, 4096, 0, ANYBPF_E_ARGUMENT },
        { MAP_RINGBUF, 0, 0, 4096, 0, 0 },
        { MAP_PERF_EVENT_ARRAY, 4, 4, 0, 0, 0 },
        { 99, 4, 4, 1, 0, ANYBPF_E_UNSUPPORTED },
        { 0, 4, 4, 1, 0, ANYBPF_E_UNSUPPORTED },
    };
    struct env *env = env_of_test();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = { 0 };
        struct map *map = make(env, cases[i].type, cases[i].key, cases[i].value, cases[i].max,
                               cases[i].flags, &err);
        CHECK_SAY(err.code == cases[i].code, "case %zu: %d (%s), not %d", i, err.code, err.text,
                  cases[i].code);
        CHECK_SAY(!map == !!cases[i].code, "case %zu", i);
        map_free(map);
    }
    env_free(env);
}

TEST(rt_array_elements_are_always_there)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_ARRAY, 4, 12, 3, 0, NULL);
    uint32_t key = 2, next;
    uint8_t value[16] = "hello world", got[16] = { 0 };
    size_t size;

    CHECK_EQ(map_update(map, &key, value, MAP_ANY), 0);
    CHECK_EQ(map_lookup(map, &key, got), 0);
    CHECK(!memcmp(got, value, 12));
    CHECK_EQ(map_update(map, &key, value, MAP_EXIST), 0);
    CHECK_EQ(map_update(map, &key, value, MAP_NOEXIST), -EEXIST);
    CHECK_EQ(map_update(map, &key, value, 3), -EINVAL);
    CHECK_EQ(map_delete(map, &key), -EINVAL);
    key = 3;
    CHECK_EQ(map_update(map, &key, value, MAP_ANY), -E2BIG);
    CHECK_EQ(map_lookup(map, &key, got), -ENOENT);
    CHECK_EQ(call(env, HELPER_map_lookup_elem, P(map), P(&key), 0, 0), 0);
    CHECK_EQ(map_next_key(map, NULL, &next), 0);
    CHECK_EQ(next, 0);
    CHECK_EQ(map_next_key(map, &next, &next), 0);
    CHECK_EQ(next, 1);
    next = 2;
    CHECK_EQ(map_next_key(map, &next, &next), -ENOENT);
    next = 77;
    CHECK_EQ(map_next_key(map, &next, &next), 0);
    CHECK_EQ(next, 0);
    /* What compiled code does by itself gives what the helper gives. */
    key = 2;
    CHECK_EQ(call(env, HELPER_map_lookup_elem, P(map), P(&key), 0, 0),
             map->values.word + 2 * map->stride);
    CHECK(map_memory(map, &size) == map->values.at);
    CHECK_EQ(size, 3 * 16);
    map_free(map);
    env_free(env);
}

TEST(rt_array_begins_with_its_data_and_can_be_frozen)
{
    struct env *env = env_of_test();
    const struct map_spec spec = { .name = ".rodata",
                                   .type = MAP_ARRAY,
                                   .key_size = 4,
                                   .value_size = 5,
                                   .max_entries = 1,
                                   .flags = MAP_RDONLY_PROG,
                                   .is_data = true,
                                   .data = (const uint8_t *)"data" };
    struct map *map = map_create(env, &spec, NULL);
    uint32_t key = 0;
    char got[8];
    size_t size;

    CHECK_TEXT((const char *)map_memory(map, &size), "data");
    CHECK_EQ(size, 5);
    CHECK_EQ(map_update(map, &key, "text", 0), 0);
    map_freeze(map);
    CHECK_EQ(map_update(map, &key, "more", 0), -EPERM);
    CHECK_EQ(map_lookup(map, &key, got), 0);
    CHECK_TEXT(got, "text");
    map_free(map);
    env_free(env);
}

TEST(rt_per_cpu_values_are_one_for_each_cpu)
{
    static const uint32_t types[] = { MAP_PERCPU_ARRAY, MAP_PERCPU_HASH };
    struct env *env = env_of_test();
    uint32_t mine = vcpu_get()->cpu;

    for (int t = 0; t < 2; t++) {
        struct map *map = make(env, types[t], 4, 4, 10, 0, NULL);
        uint32_t key = 7, value = 42;
        uint64_t got[8] = { 0 };
        uint32_t *at;

        CHECK(map_cpus(map) >= 1 && map_cpus(map) <= 8);
        CHECK_EQ(map_value_bytes(map), map_cpus(map) * 8);
        CHECK_EQ(call(env, HELPER_map_update_elem, P(map), P(&key), P(&value), 0), 0);
        at = (uint32_t *)(uintptr_t)call(env, HELPER_map_lookup_elem, P(map), P(&key), 0, 0);
        CHECK(at && *at == 42);
        CHECK_EQ(call(env, HELPER_map_lookup_percpu_elem, P(map), P(&key), mine, 0), P(at));
        CHECK_EQ(call(env, HELPER_map_lookup_percpu_elem, P(map), P(&key), 8, 0), 0);
        CHECK_EQ(map_lookup(map, &key, got), 0);
        CHECK_EQ((uint32_t)got[mine], 42);
        got[mine] = 43;
        CHECK_EQ(map_update(map, &key, got, MAP_ANY), 0);
        CHECK_EQ(*at, 43);
        CHECK_EQ(map_update(map, &key, got, MAP_NOEXIST), -EEXIST);
        map_free(map);
    }
    env_free(env);
}

TEST(rt_hash_holds_so_many_and_no_more)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_HASH, 8, 8, 1000, 0, NULL);
    uint64_t sum = 0, key, value, previous;
    int n = 0;

    for (key = 0; key < 1000; key++) {
        value = key * 3;
        CHECK_EQ(map_update(map, &key, &value, MAP_NOEXIST), 0);
    }
    CHECK_EQ(map_update(map, &key, &value, MAP_ANY), -E2BIG);
    CHECK_EQ(map_update(map, &key, &value, MAP_EXIST), -ENOENT);
    CHECK_EQ(map_count(map), 1000);
    for (key = 0; key < 1000; key++) {
        CHECK_EQ(map_lookup(map, &key, &value), 0);
        CHECK_EQ(value, key * 3);
    }
    for (int code = map_next_key(map, NULL, &previous); !code;
         code = map_next_key(map, &previous, &previous), n++)
        sum += previous;
    CHECK_EQ(n, 1000);
    CHECK_EQ(sum, 999 * 1000 / 2);
    for (key = 0; key < 1000; key += 2)
        CHECK_EQ(map_delete(map, &key), 0);
    CHECK_EQ(map_delete(map, &(uint64_t){ 0 }), -ENOENT);
    CHECK_EQ(map_count(map), 500);
    for (key = 0; key < 1000; key++)
        CHECK_EQ(map_lookup(map, &key, &value), key % 2 ? 0 : -ENOENT);
    map_free(map);
    env_free(env);
}

TEST(rt_hash_values_stay_while_a_program_may_hold_them)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_HASH, 4, 8, 4, 0, NULL);
    struct vcpu *vcpu = vcpu_get();
    struct invocation outer;
    uint32_t key = 1;
    uint64_t value = 100, *held;

    CHECK_EQ(map_update(map, &key, &value, 0), 0);
    epoch_enter(vcpu, &outer);
    held = map->lookup.at(map, &key);
    for (value = 0; value < 5000; value++) /* each replaces the element */
        CHECK_EQ(map_update(map, &key, &value, 0), 0);
    CHECK_EQ(map_delete(map, &key), 0);
    CHECK_EQ(*held, 100);
    epoch_leave(vcpu, &outer);
    map_free(map);
    env_free(env);
}

TEST(rt_lru_forgets_what_was_not_used)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_LRU_HASH, 4, 4, 100, 0, NULL);
    uint32_t kept = 5, value = 0, there = 0;

    for (uint32_t key = 0; key < 1000; key++) {
        CHECK_EQ(map_update(map, &key, &key, MAP_NOEXIST), 0);
        if (key >= kept)
            CHECK(call(env, HELPER_map_lookup_elem, P(map), P(&kept), 0, 0) != 0);
    }
    CHECK_EQ(map_count(map), 100);
    CHECK_EQ(map_lookup(map, &kept, &value), 0);
    CHECK_EQ(value, kept);
    for (uint32_t key = 900; key < 1000; key++)
        there += map_lookup(map, &key, &value) == 0;
    CHECK_SAY(there >= 90, "of the last hundred only %u are there", there);
    map_free(map);
    env_free(env);
}

struct prefix {
    uint32_t length;
    uint8_t bits[4];
};

TEST(rt_lpm_finds_the_longest_prefix)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_LPM_TRIE, 8, 4, 4, MAP_NO_PREALLOC, NULL);
    static const struct prefix nets[] = {
        { 8, { 10, 0, 0, 0 } }, { 16, { 10, 1, 0, 0 } }, { 24, { 10, 1, 2, 0 } }, { 0, { 0 } }
    };
    struct prefix key = { 32, { 10, 1, 2, 3 } };
    uint32_t value;

    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(map_update(map, &nets[i], &i, MAP_NOEXIST), 0);
    CHECK_EQ(map_update(map, &(struct prefix){ 9, { 1 } }, &value, 0), -ENOSPC);
    CHECK_EQ(map_update(map, &(struct prefix){ 33, { 1 } }, &value, 0), -EINVAL);
    CHECK_EQ(map_lookup(map, &key, &value), 0);
    CHECK_EQ(value, 2);
    CHECK_EQ(map_delete(map, &nets[2]), 0);
    CHECK_EQ(map_delete(map, &nets[2]), -ENOENT);
    CHECK_EQ(map_lookup(map, &key, &value), 0);
    CHECK_EQ(value, 1);
    key = (struct prefix){ 32, { 11, 0, 0, 1 } };
    CHECK_EQ(map_lookup(map, &key, &value), 0);
    CHECK_EQ(value, 3);
    key.length = 4;
    CHECK_EQ(map_delete(map, &nets[3]), 0);
    CHECK_EQ(map_lookup(map, &key, &value), -ENOENT);
    map_free(map);
    env_free(env);
}

/* ---- For each ---- */

static uint64_t seen_keys, seen_values, stop_after;

static uint64_t each_element(struct vcpu *vcpu, void *frame, uint64_t map, uint64_t key,
                             uint64_t value, uint64_t context, uint64_t none)
{
    (void)frame, (void)map, (void)none;
    CHECK(vcpu->stack_at > P(frame));
    CHECK_EQ(context, 0x1234);
    seen_keys += *(uint32_t *)(uintptr_t)key;
    seen_values += *(uint32_t *)(uintptr_t)value;
    return --stop_after == 0;
}

TEST(rt_for_each_calls_back_for_every_element)
{
    static const uint32_t types[] = { MAP_ARRAY, MAP_HASH, MAP_LRU_HASH, MAP_PERCPU_ARRAY,
                                      MAP_PERCPU_HASH };
    struct {
        struct functions head;
        struct function one;
    } table = { .head = { .count = 1 }, .one = { .depth = 32, .params = 4 } };
    struct env *env = env_of_test();
    struct vcpu *vcpu = vcpu_get();
    uint64_t at = vcpu->stack_at;

    SLOT_SET(table.one.code, each_element);
    for (int t = 0; t < 5; t++) {
        struct map *map = make(env, types[t], 4, 4, 20, 0, NULL);
        for (uint32_t key = 0, value = 100; key < 20; key++, value++)
            CHECK_EQ(call(env, HELPER_map_update_elem, P(map), P(&key), P(&value), 0), 0);
        seen_keys = seen_values = stop_after = 0;
        SLOT_SET(vcpu->functions, &table.head);
        CHECK_EQ(call(env, HELPER_for_each_map_elem, P(map), TOKEN_BASE, 0x1234, 0), 20);
        CHECK_EQ(seen_keys, 190);
        CHECK_EQ(seen_values, 2190);
        stop_after = 7;
        CHECK_EQ(call(env, HELPER_for_each_map_elem, P(map), TOKEN_BASE, 0x1234, 0), 7);
        CHECK_EQ(call(env, HELPER_for_each_map_elem, P(map), TOKEN_BASE, 0x1234, 1), -EINVAL);
        CHECK_EQ(vcpu->stack_at, at);
        map_free(map);
    }
    SLOT_SET(vcpu->functions, NULL);
    env_free(env);
}

/* ---- Prog arrays ---- */

static uint64_t nothing(struct vcpu *vcpu, void *frame, uint64_t r1)
{
    (void)vcpu, (void)frame;
    return r1;
}

static int destroyed;

static void count_destroyed(struct runnable *run)
{
    (void)run;
    destroyed++;
}

TEST(rt_prog_array_takes_programs_of_one_type)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_PROG_ARRAY, 4, 4, 2, 0, NULL);
    struct runnable xdp = { .cpus = 8, .type = PROG_XDP, .id = 11, .refs = 1 }, tc = xdp,
                    other = xdp, faulting = xdp;
    uint32_t key = 1, id;

    SLOT_SET(xdp.code, nothing);
    SLOT_SET(tc.code, nothing);
    SLOT_SET(other.interpret, nothing);
    SLOT_SET(faulting.code, nothing);
    faulting.flags = RUNNABLE_MAY_FAULT;
    tc.type = PROG_SCHED_CLS;
    xdp.destroy = count_destroyed;
    CHECK_EQ(map_set_prog(map, 1, &xdp), 0);
    CHECK_EQ(map_set_prog(map, 2, &xdp), -E2BIG);
    CHECK_EQ(map_set_prog(map, 0, &tc), -EINVAL);
    CHECK_EQ(map_set_prog(map, 0, &other), -EINVAL);
    CHECK_EQ(map_set_prog(map, 0, &faulting), -EINVAL);
    CHECK(map_takes_progs(map, &xdp) && !map_takes_progs(map, &tc));
    CHECK_EQ(map_set_prog(map, 0, NULL), -ENOENT);
    CHECK_EQ(map_lookup(map, &key, &id), 0);
    CHECK_EQ(id, 11);
    CHECK_EQ(map_count(map), 1);
    CHECK_EQ(((const struct prog_slot *)(void *)map->values.at)[1].run.word, P(&xdp));
    CHECK_EQ(xdp.refs, 2);
    destroyed = 0;
    runnable_drop(&xdp);
    CHECK_EQ(map_delete(map, &key), 0);
    epoch_drain();
    CHECK_EQ(destroyed, 1);
    CHECK_EQ(map_lookup(map, &key, &id), -ENOENT);
    map_free(map);
    env_free(env);
}

static long resident_pages(void)
{
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file && fscanf(file, "%ld %ld", &all, &resident) == 2);
    if (file)
        fclose(file);
    return resident;
}

TEST(rt_empty_prog_array_costs_nothing_to_free)
{
    struct env *env = env_of_test();
    struct map *map = make(env, MAP_PROG_ARRAY, 4, 4, 1u << 28, 0, NULL);
    long before = resident_pages();

    CHECK_EQ(map_count(map), 0);
    map_clear_progs(map);
    CHECK(resident_pages() - before < 1000);
    map_free(map);
    env_free(env);
}

/* ---- The same operations on a map of the kernel's ---- */

static long bpf(int command, union bpf_attr *attr)
{
    return syscall(SYS_bpf, command, attr, sizeof *attr) < 0 ? -errno : 0;
}

static long kernel_op(int command, int fd, const void *key, void *value, uint64_t flags)
{
    union bpf_attr attr = { 0 };
    attr.map_fd = (uint32_t)fd;
    attr.key = P(key);
    attr.value = P(value);
    attr.flags = flags;
    return bpf(command, &attr);
}

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % n;
}

static void compare_with_kernel(struct env *env, uint32_t type, uint32_t key_size,
                                uint32_t value_size, uint32_t max, uint32_t flags, uint32_t rounds)
{
    union bpf_attr attr = { .map_type = type,
                            .key_size = key_size,
                            .value_size = value_size,
                            .max_entries = max,
                            .map_flags = flags };
    int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
    struct map *map = make(env, type, key_size, value_size, max, flags, NULL);
    uint8_t key[32] = { 0 }, ours[64], theirs[64];

    CHECK(map != NULL);
    for (uint32_t i = 0; i < rounds && !test_failed(); i++) {
        uint32_t what = random_below(4), update_flags = random_below(8) ? 0 : random_below(4);
        long a, b;
        memset(key, 0, sizeof key);
        if (type == MAP_LPM_TRIE) {
            bytes_set_u32(key, random_below(key_size * 8 - 31));
            key[4] = (uint8_t)(random_below(4) << 6);
            key[5] = (uint8_t)random_below(256);
        } else
            bytes_set_u32(key, random_below(max * 3 / 2));
        for (uint32_t b0 = 0; b0 < value_size; b0++)
            ours[b0] = theirs[b0] = (uint8_t)random_below(256);
        if (what < 2) {
            a = map_update(map, key, ours, update_flags);
            b = kernel_op(BPF_MAP_UPDATE_ELEM, fd, key, theirs, update_flags);
        } else if (what == 2) {
            a = map_delete(map, key);
            b = kernel_op(BPF_MAP_DELETE_ELEM, fd, key, NULL, 0);
        } else {
            a = map_lookup(map, key, ours);
            b = kernel_op(BPF_MAP_LOOKUP_ELEM, fd, key, theirs, 0);
        }
        CHECK_SAY(a == b, "type %u, round %u, operation %u (flags %u): %ld, the kernel says %ld",
                  type, i, what, update_flags, a, b);
        CHECK_SAY(!memcmp(ours, theirs, value_size), "type %u, round %u: values differ", type, i);
    }
    /* The kernel has every key that we have, with the same value. */
    for (long code = map_next_key(map, NULL, key); !code && !test_failed();
         code = map_next_key(map, key, key)) {
        CHECK_EQ(map_lookup(map, key, ours), 0);
        CHECK_EQ(kernel_op(BPF_MAP_LOOKUP_ELEM, fd, key, theirs, 0), 0);
        CHECK(!memcmp(ours, theirs, value_size));
    }
    map_free(map);
    close(fd);
}

TEST(rt_maps_do_as_the_kernels_maps)
{
    union bpf_attr attr = {
        .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
    };
    int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
    uint32_t rounds = test_quick ? 5000 : 100000;
    struct env *env;

    if (fd < 0) {
        test_skip("bpf() is not permitted");
        return;
    }
    close(fd);
    env = env_of_test();
    random_state = 1;
    compare_with_kernel(env, MAP_ARRAY, 4, 13, 50, 0, rounds);
    compare_with_kernel(env, MAP_HASH, 4, 8, 100, 0, rounds);
    compare_with_kernel(env, MAP_HASH, 8, 20, 500, MAP_NO_PREALLOC, rounds);
    compare_with_kernel(env, MAP_HASH, 13, 3, 7, 0, rounds);
    compare_with_kernel(env, MAP_HASH, 16, 3, 1, 0, rounds);
    compare_with_kernel(env, MAP_LPM_TRIE, 8, 4, 60, MAP_NO_PREALLOC, rounds);
    compare_with_kernel(env, MAP_LPM_TRIE, 20, 4, 2000, MAP_NO_PREALLOC, rounds);
    env_free(env);
}
