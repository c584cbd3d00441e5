/* SPDX-License-Identifier: Apache-2.0 */
/* Ring buffers and perf event arrays by one thread: limits, wake-ups, order. Also what belongs to
 * one invocation: budgets, nesting, callbacks. */
#include "runner/runner.h"
#include "rt/rt.h"
#include <errno.h>
#include <poll.h>

static struct env *env;

static int64_t call(uint32_t id, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    const uint64_t r[5] = { a, b, c, d, e };
    return (int64_t)env_helper(env, id)->stub(vcpu_get(), r);
}

#define P(...) ((uint64_t)(uintptr_t)(__VA_ARGS__))

static struct map *make(uint32_t type, uint32_t key, uint32_t value, uint32_t max)
{
    const struct map_spec spec = {
        .name = "ring", .type = type, .key_size = key, .value_size = value, .max_entries = max
    };
    env = env_new(&allocator_libc, NULL);
    return map_create(env, &spec, NULL);
}

struct got {
    int count, stop;
    uint32_t cpu;
    size_t size;
    uint8_t data[128];
};

static int on_record(void *user, uint32_t cpu, const void *data, size_t size)
{
    struct got *got = user;
    got->cpu = cpu;
    got->size = size;
    memcpy(got->data, data, size < sizeof got->data ? size : sizeof got->data);
    return ++got->count == got->stop;
}

static bool readable(int fd)
{
    struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
    return poll(&poll_fd, 1, 0) == 1;
}

TEST(rt_ring_records_come_in_order)
{
    struct map *map = make(MAP_RINGBUF, 0, 0, 4096);
    struct got got = { 0 };
    uint64_t a, b;

    CHECK_EQ(call(HELPER_ringbuf_query, P(map), 1, 0, 0, 0), 4096);
    a = (uint64_t)call(HELPER_ringbuf_reserve, P(map), 100, 0, 0, 0);
    b = (uint64_t)call(HELPER_ringbuf_reserve, P(map), 8, 0, 0, 0);
    CHECK_EQ(b - a, 112);
    CHECK_EQ(call(HELPER_ringbuf_query, P(map), 0, 0, 0, 0), 128);
    memset((void *)(uintptr_t)b, 'b', 8);
    call(HELPER_ringbuf_submit, b, 0, 0, 0, 0);
    CHECK_EQ(map_poll(map, on_record, &got), 0); /* the first is still being written */
    call(HELPER_ringbuf_discard, a, 0, 0, 0, 0);
    CHECK_EQ(map_poll(map, on_record, &got), 1);
    CHECK_EQ(got.size, 8);
    CHECK(got.data[7] == 'b');
    CHECK_EQ(call(HELPER_ringbuf_output, P(map), P("hello"), 6, 0, 0), 0);
    CHECK_EQ(map_poll(map, on_record, &got), 1);
    CHECK_TEXT((const char *)got.data, "hello");
    CHECK_EQ(call(HELPER_ringbuf_query, P(map), 2, 0, 0, 0), 144);
    CHECK_EQ(call(HELPER_ringbuf_query, P(map), 3, 0, 0, 0), 144);
    CHECK_EQ(call(HELPER_ringbuf_output, P(map), P("hello"), 6, 4, 0), -EINVAL);
    CHECK_EQ(call(HELPER_ringbuf_reserve, P(map), 8, 1, 0, 0), 0);
    CHECK_EQ(call(HELPER_ringbuf_reserve, P(map), 4096, 0, 0, 0), 0);
    CHECK_EQ(call(HELPER_ringbuf_reserve, P(map), UINT64_MAX - 7, 0, 0, 0), 0);
    CHECK_EQ(call(HELPER_ringbuf_reserve, P(map), 0x40000000, 0, 0, 0), 0);
    map_free(map);
    env_free(env);
}

TEST(rt_ring_is_full_and_empties)
{
    struct map *map = make(MAP_RINGBUF, 0, 0, 4096);
    struct got got = { 0 };
    uint8_t data[56];
    int n = 0;

    memset(data, 'd', sizeof data);
    for (int round = 0; round < 10; round++) {
        n = 0;
        while (!call(HELPER_ringbuf_output, P(map), P(data), sizeof data, 0, 0))
            n++;
        CHECK_EQ(n, 63); /* one byte must stay free */
        CHECK_EQ(call(HELPER_ringbuf_output, P(map), P(data), sizeof data, 0, 0), -EAGAIN);
        got = (struct got){ .stop = 10 };
        CHECK_EQ(map_poll(map, on_record, &got), 10);
        got.stop = 0;
        CHECK_EQ(map_poll(map, on_record, &got), 53);
        CHECK(!memcmp(got.data, data, 56));
    }
    map_free(map);
    env_free(env);
}

TEST(rt_ring_wakes_the_host_when_it_has_caught_up)
{
    struct map *map = make(MAP_RINGBUF, 0, 0, 4096);
    struct got got = { 0 };
    int fd = map_poll_fd(map);

    CHECK(fd >= 0 && fd == map_poll_fd(map));
    map_poll(map, on_record, &got);
    CHECK(!readable(fd));
    call(HELPER_ringbuf_output, P(map), P("x"), 2, 1, 0); /* BPF_RB_NO_WAKEUP */
    CHECK(!readable(fd));
    call(HELPER_ringbuf_output, P(map), P("x"), 2, 2, 0); /* BPF_RB_FORCE_WAKEUP */
    CHECK(readable(fd));
    got.stop = 1;
    CHECK_EQ(map_poll(map, on_record, &got), 1);
    CHECK(readable(fd)); /* one is left */
    got.stop = 0;
    CHECK_EQ(map_poll(map, on_record, &got), 1);
    CHECK(!readable(fd));
    call(HELPER_ringbuf_output, P(map), P("x"), 2, 0, 0);
    CHECK(readable(fd));
    map_free(map);
    env_free(env);
}

TEST(rt_perf_events_carry_their_cpu_and_the_packet)
{
    struct map *map = make(MAP_PERF_EVENT_ARRAY, 4, 4, 0);
    struct runnable run = { .cpus = 1024, .type = PROG_XDP };
    struct anybpf_packet packet = { 0 };
    struct vcpu *vcpu = vcpu_get();
    struct invocation outer = { 0 };
    struct got got = { 0 };
    uint8_t bytes[64] = "packet";
    void *frame;

    packet.data = bytes;
    packet.data_end = bytes + 64;
    CHECK_EQ(vcpu_enter(vcpu, &run, &outer, &frame), 0);
    CHECK_EQ(call(HELPER_perf_event_output, P(&packet), P(map), 0xffffffff, P("event"), 6), 0);
    CHECK_EQ(map_poll(map, on_record, &got), 1);
    CHECK_EQ(got.cpu, vcpu->cpu);
    CHECK_TEXT((const char *)got.data, "event");
    CHECK_EQ(call(HELPER_perf_event_output, P(&packet), P(map), 0xffffffff | UINT64_C(7) << 32,
                  P("ev"), 2),
             0);
    CHECK_EQ(map_poll(map, on_record, &got), 1);
    CHECK_EQ(got.size, 9);
    CHECK_TEXT((const char *)got.data, "evpacket");
    CHECK_EQ(call(HELPER_perf_event_output, P(&packet), P(map), 0xffffffff | UINT64_C(65) << 32,
                  P("ev"), 2),
             -EFAULT);
    CHECK_EQ(call(HELPER_perf_event_output, P(&packet), P(map), 5000, P("ev"), 2), -E2BIG);
    CHECK_EQ(call(HELPER_perf_event_output, P(&packet), P(map), vcpu->cpu + 1, P("ev"), 2),
             -EOPNOTSUPP);
    CHECK_EQ(call(HELPER_perf_event_output, P(&packet), P(map), UINT64_C(1) << 60, P("ev"), 2),
             -EINVAL);
    vcpu_leave(vcpu, &outer);
    for (int64_t code = 0; !code;) {
        static uint8_t much[60000];
        code = call(HELPER_perf_event_output, 0, P(map), 0xffffffff, P(much), sizeof much);
        CHECK(!code || code == -ENOSPC);
    }
    CHECK_EQ(map_lost(map), 1);
    CHECK_EQ(map_poll(map, on_record, &got), 4);
    map_free(map);
    env_free(env);
}

/* ---- Invocations ---- */

static uint64_t enter_again(struct vcpu *vcpu, void *frame, uint64_t r1)
{
    uint64_t result = 0;
    struct runnable *run = (struct runnable *)(uintptr_t)r1;

    CHECK_EQ(vcpu->tail_calls, TAIL_CALLS);
    CHECK_EQ(vcpu->fuel, FUEL);
    CHECK_EQ(vcpu->context_size, 99);
    CHECK(vcpu->running.at == run);
    CHECK(vcpu->epoch != 0);
    CHECK_EQ(vcpu->stack_at, P(frame) + run->depth);
    vcpu->tail_calls = 3;
    vcpu->fuel = 5;
    memset(frame, 0xee, run->depth);
    int code = vcpu_run(vcpu, run, run, 99, &result);
    CHECK_EQ(vcpu->tail_calls, 3);
    CHECK_EQ(vcpu->fuel, 5);
    return code == ANYBPF_E_LIMIT ? 1 : result + 1;
}

TEST(rt_invocations_nest_until_the_stack_is_full)
{
    struct runnable run = { .cpus = 1024, .depth = 4096 };
    struct vcpu *vcpu = vcpu_get();
    uint64_t at = vcpu->stack_at, result = 0;

    SLOT_SET(run.code, enter_again);
    CHECK_EQ(vcpu_run(vcpu, &run, &run, 99, &result), 0);
    CHECK_EQ(result, VCPU_STACK / 4096);
    CHECK_EQ(vcpu->stack_at, at);
    CHECK_EQ(vcpu->epoch, 0);
    run.cpus = vcpu->cpu;
    CHECK_EQ(vcpu_run(vcpu, &run, &run, 99, &result), ANYBPF_E_BUSY);
}

static uint64_t count_up(struct vcpu *vcpu, void *frame, uint64_t index, uint64_t context,
                         uint64_t r3, uint64_t r4, uint64_t r5)
{
    uint64_t *sum = (uint64_t *)(uintptr_t)context;
    (void)vcpu, (void)frame, (void)r3, (void)r4, (void)r5;
    *sum += index;
    return index == 49;
}

static uint64_t interpreted(struct vcpu *vcpu, void *frame, const void *program, uint32_t index,
                            const uint64_t r[5])
{
    CHECK_EQ(index, 1);
    CHECK(program == &env);
    return count_up(vcpu, frame, r[0], r[1], 0, 0, 0);
}

TEST(rt_loop_calls_back_compiled_and_interpreted)
{
    struct {
        struct functions head;
        struct function at[2];
    } table = { .head = { .count = 2 } };
    struct vcpu *vcpu = vcpu_get();

    env = env_new(&allocator_libc, NULL);
    SLOT_SET(table.at[0].code, count_up);
    SLOT_SET(table.head.interpret, interpreted);
    SLOT_SET(table.head.program, &env);
    SLOT_SET(vcpu->functions, &table.head);
    for (uint64_t token = TOKEN_BASE; token < TOKEN_BASE + 2; token++) {
        uint64_t sum = 0;
        CHECK_EQ(call(HELPER_loop, 10, token, P(&sum), 0, 0), 10);
        CHECK_EQ(sum, 45);
        CHECK_EQ(call(HELPER_loop, 100, token, P(&sum), 0, 0), 50);
        CHECK_EQ(call(HELPER_loop, 0, token, P(&sum), 0, 0), 0);
        CHECK_EQ(call(HELPER_loop, (1 << 23) + 1, token, P(&sum), 0, 0), -E2BIG);
        CHECK_EQ(call(HELPER_loop, 10, token, P(&sum), 1, 0), -EINVAL);
    }
    CHECK_EQ(call(HELPER_loop, 10, TOKEN_BASE + 2, 0, 0, 0), 0);
    CHECK_EQ(call(HELPER_loop, 10, 1, 0, 0, 0), 0);
    SLOT_SET(vcpu->functions, NULL);
    env_free(env);
}
