/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of text and packets, contexts, and what an embedder adds to an environment. */
#include "runner/runner.h"
#include "rt/rt.h"
#include <arpa/inet.h>
#include <errno.h>

static struct env *env;

static int64_t call(uint32_t id, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    const uint64_t r[5] = { a, b, c, d, e };
    return (int64_t)env_helper(env, id)->stub(vcpu_get(), r);
}

#define P(...) ((uint64_t)(uintptr_t)(__VA_ARGS__))

/* ---- Text ---- */

static const uint8_t address4[4] = { 10, 1, 0, 255 };
static const uint8_t address6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };

TEST(rt_snprintf_formats_as_the_kernel)
{
    static const char text[] = "text";
    static const struct {
        const char *format;
        uint64_t args[3];
        uint32_t count;
        int64_t result; /* length with NUL, or an errno */
        const char *wanted;
    } cases[] = {
        { "plain", { 0 }, 0, 6, "plain" },
        { "100%%", { 0 }, 0, 5, "100%" },
        { "%d %u", { (uint64_t)-1, (uint64_t)-1 }, 2, 14, "-1 4294967295" },
        { "%lld %llu", { (uint64_t)-1, (uint64_t)-1 }, 2, 24, "-1 18446744073709551615" },
        { "%ld", { (uint64_t)INT64_MIN }, 1, 21, "-9223372036854775808" },
        { "%x %X", { 0xbeef, 0xbeef }, 2, 10, "beef BEEF" },
        { "%08x|%-8d|%8d", { 0xbeef, 5, 5 }, 3, 27, "0000beef|5       |       5" },
        { "%+d % d %05d", { 5, 5, (uint64_t)-5 }, 3, 12, "+5  5 -0005" },
        { "%llx", { UINT64_MAX }, 1, 17, "ffffffffffffffff" },
        { "%c|%3c|%-3c|", { 'a', 'b', 'c' }, 3, 11, "a|  b|c  |" },
        { "%px|%5px", { 0xabc, 0xabc }, 2, 23, "0000000000000abc|  abc" },
        { "%p.", { 0 }, 1, 18, "0000000000000000." },
        { "%-05d|%+x|%+u", { 5, 5, 5 }, 3, 10, "5    |5|5" },
        { "%016lld|%5u", { (uint64_t)-7, 123456789 }, 2, 27, "-000000000000007|123456789" },
        { "%d", { 1, 2 }, 2, 2, "1" },
        { "%i", { 7 }, 1, 2, "7" },
        { "%d", { 0 }, 0, -EINVAL, NULL },
        { "%", { 0 }, 1, -EINVAL, NULL },
        { "%q", { 0 }, 1, -EINVAL, NULL },
        { "%lls", { 0 }, 1, -EINVAL, NULL },
        { "%hd", { 0 }, 1, -EINVAL, NULL },
        { "%pz", { 0 }, 1, -EINVAL, NULL },
        { "\x01", { 0 }, 0, -EINVAL, NULL },
        { "\xc3\xa4", { 0 }, 0, -EINVAL, NULL },
        { "tab\tline\n", { 0 }, 0, 10, "tab\tline\n" },
    };
    char got[64];

    env = env_new(&allocator_libc, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t result = call(HELPER_snprintf, P(got), sizeof got, P(cases[i].format),
                              P(cases[i].args), cases[i].count * 8);
        CHECK_SAY(result == cases[i].result, "%s: %lld, not %lld", cases[i].format,
                  (long long)result, (long long)cases[i].result);
        if (cases[i].wanted)
            CHECK_TEXT(got, cases[i].wanted);
    }
    uint64_t args[3] = { P(text), P(address4), P(address6) };
    CHECK_EQ(call(HELPER_snprintf, P(got), 64, P("%s %pI4 %pI6"), P(args), 24), 16 + 40);
    CHECK_TEXT(got, "text 10.1.0.255 2001:0db8:0000:0000:0000:0000:0000:0001");
    CHECK_EQ(call(HELPER_snprintf, P(got), 64, P("%6s|%20pi4|"), P(args), 16), 7 + 16 + 1);
    CHECK_TEXT(got, "  text|010.001.000.255|");
    CHECK_EQ(call(HELPER_snprintf, P(got), 64, P("%pks%s"), P((uint64_t[]){ P(text), 8 }), 16), 5);
    CHECK_TEXT(got, "text");
    CHECK_EQ(call(HELPER_snprintf, P(got), 64, P("%px"), P(&(uint64_t){ 0xabc }), 8), 17);
    CHECK_TEXT(got, "0000000000000abc");
    CHECK_EQ(call(HELPER_snprintf, P(got), 3, P("%s"), P(args), 8), 5);
    CHECK_TEXT(got, "te");
    CHECK_EQ(call(HELPER_snprintf, 0, 0, P("%s"), P(args), 8), 5);
    CHECK_EQ(call(HELPER_snprintf, P(got), 64, P("%s"), P(args), 7), -EINVAL);
    CHECK_EQ(call(HELPER_snprintf, P(got), 64, P("%s"), 0, 8), -EINVAL);
    env_free(env);
}

static char printed[256];

static void on_print(void *user, const char *text, size_t size)
{
    CHECK(user == printed && strlen(text) == size);
    snprintf(printed, sizeof printed, "%s", text);
}

TEST(rt_printk_goes_to_the_embedder)
{
    struct runnable run = { .cpus = 1024 };
    struct vcpu *vcpu = vcpu_get();
    struct invocation outer = { 0 };
    void *frame;

    env = env_new(&allocator_libc, NULL);
    env->print = on_print;
    env->print_user = printed;
    run.env = env;
    CHECK_EQ(vcpu_enter(vcpu, &run, &outer, &frame), 0);
    CHECK_EQ(call(HELPER_trace_printk, P("a %d %d"), 8, 1, 2, 3), 5);
    CHECK_TEXT(printed, "a 1 2\n");
    CHECK_EQ(call(HELPER_trace_printk, P("line\n"), 6, 0, 0, 0), 5);
    CHECK_TEXT(printed, "line\n");
    CHECK_EQ(call(HELPER_trace_printk, P("a %d %d"), 7, 1, 2, 3), -EINVAL); /* no NUL */
    CHECK_EQ(call(HELPER_trace_vprintk, P("%d"), 3, P(&(uint64_t){ 9 }), 8, 0), 1);
    CHECK_TEXT(printed, "9\n");
    vcpu_leave(vcpu, &outer);
    env_free(env);
}

TEST(rt_strtol_reads_as_the_kernel)
{
    static const struct {
        const char *text;
        uint64_t base;
        int64_t used, value;
    } cases[] = {
        { "123", 0, 3, 123 },
        { "  -42x", 10, 5, -42 },
        { "0x1F", 0, 4, 31 },
        { "0x1F", 16, 4, 31 },
        { "017", 0, 3, 15 },
        { "019", 0, 2, 1 },
        { "0x", 0, 1, 0 },
        { "0xg", 16, -EINVAL, 0 },
        { " +5", 0, -EINVAL, 0 },
        { "- 5", 0, -EINVAL, 0 },
        { "ff", 16, 2, 255 },
        { "ff", 10, -EINVAL, 0 },
        { "", 10, -EINVAL, 0 },
        { "-", 10, -EINVAL, 0 },
        { "12", 7, -EINVAL, 0 },
        { "12", 32, -EINVAL, 0 },
        { "9223372036854775807", 10, 19, INT64_MAX },
        { "9223372036854775808", 10, -ERANGE, 0 },
        { "-9223372036854775808", 10, 20, INT64_MIN },
        { "-9223372036854775809", 10, -ERANGE, 0 },
        { "99999999999999999999", 10, -ERANGE, 0 },
    };
    int64_t value;

    env = env_new(&allocator_libc, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].text);
        int64_t used = call(HELPER_strtol, P(cases[i].text), length, cases[i].base, P(&value), 0);
        CHECK_SAY(used == cases[i].used, "\"%s\": %lld, not %lld", cases[i].text, (long long)used,
                  (long long)cases[i].used);
        CHECK_EQ(value, cases[i].value);
    }
    CHECK_EQ(call(HELPER_strtoul, P("18446744073709551615"), 20, 10, P(&value), 0), 20);
    CHECK_EQ(value, -1);
    CHECK_EQ(call(HELPER_strtoul, P("-1"), 2, 10, P(&value), 0), -EINVAL);
    CHECK_EQ(call(HELPER_strncmp, P("abc"), 4, P("abd"), 0, 0), -1);
    CHECK_EQ(call(HELPER_strncmp, P("abc"), 2, P("abd"), 0, 0), 0);
    env_free(env);
}

/* ---- Packets ---- */

static uint8_t buffer[512];

static struct anybpf_packet packet_of(uint32_t size)
{
    struct anybpf_packet packet = { .head = buffer, .tail = buffer + sizeof buffer };
    packet.data = buffer + 128;
    packet.data_end = packet.data + size;
    for (uint32_t i = 0; i < sizeof buffer; i++)
        buffer[i] = (uint8_t)i;
    return packet;
}

TEST(rt_xdp_ends_move_within_the_buffer)
{
    struct anybpf_packet packet = packet_of(100);

    env = env_new(&allocator_libc, NULL);
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), (uint64_t)-129, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), 87, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), 0x7fffffff, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), 0x80000000, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_meta, P(&packet), (uint64_t)-8, 0, 0, 0), 0);
    CHECK(packet.data - packet.data_meta == 8);
    memcpy(packet.data_meta, "metadata", 8);
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), (uint64_t)-120, 0, 0, 0), 0);
    CHECK(packet.data == buffer + 8 && !memcmp(packet.data_meta, "metadata", 8));
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), (uint64_t)-1, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_meta, P(&packet), (uint64_t)-4, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_meta, P(&packet), 9, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_meta, P(&packet), 3, 0, 0, 0), -EACCES);
    CHECK_EQ(call(HELPER_xdp_adjust_head, P(&packet), 120, 0, 0, 0), 0);
    CHECK(!memcmp(packet.data_meta, "metadata", 8) && packet.data == buffer + 128);
    packet = packet_of(100);
    CHECK_EQ(call(HELPER_xdp_adjust_tail, P(&packet), 284, 0, 0, 0), 0);
    CHECK(packet.data_end == buffer + 512 && !packet.data_end[-1] && !packet.data_end[-284]);
    CHECK_EQ(call(HELPER_xdp_adjust_tail, P(&packet), 1, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_xdp_adjust_tail, P(&packet), (uint64_t)-370, 0, 0, 0), 0);
    CHECK_EQ(call(HELPER_xdp_adjust_tail, P(&packet), (uint64_t)-1, 0, 0, 0), -EINVAL);
    env_free(env);
}

static uint16_t checksum(const uint8_t *bytes, uint32_t size)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < size; i += 2)
        sum += bytes_u16(bytes + i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* Figures that Linux 6.18 gave. */
TEST(rt_checksums_are_the_kernels)
{
    struct anybpf_packet packet = packet_of(64);
    uint8_t a[64], b[64], *at = packet.data + 24;

    for (int i = 0; i < 64; i++) {
        a[i] = (uint8_t)(i * 37 + 11);
        b[i] = (uint8_t)(i * 91 + 3);
        packet.data[i] = (uint8_t)(i * 13 + 7);
    }
    env = env_new(&allocator_libc, NULL);
    if (!HOST_IS_BIG) {
        CHECK_EQ(call(HELPER_csum_diff, P(a), 16, P(b), 20, 0x12345678), 31833);
        CHECK_EQ(call(HELPER_csum_diff, P(a), 0, P(b), 64, 0), 28687);
        CHECK_EQ(call(HELPER_csum_diff, P(a), 64, P(b), 0, 0xffffffff), 36911);
        CHECK_EQ(call(HELPER_csum_diff, P(a), 64, P(a), 64, 0), 65535);
        CHECK_EQ(call(HELPER_csum_diff, P(a), 64, P(a), 64, 5), 5);
        CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 24, 0x1234, 0xabcd, 2), 0);
        CHECK_EQ(bytes_u16(at), 0xb2a5);
        CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 24, 0x12345678, 0xabcdef01, 4), 0);
        CHECK_EQ(bytes_u16(at), 0x8082);
        CHECK_EQ(call(HELPER_l4_csum_replace, P(&packet), 24, 0, 0xabcdef01, 0x10), 0);
        CHECK_EQ(bytes_u16(at), 0xe5b2);
        CHECK_EQ(call(HELPER_l4_csum_replace, P(&packet), 24, 0x1111, 0xee01, 0x32), 0);
        CHECK_EQ(bytes_u16(at), 0x8c2);
    }
    env_free(env);
}

TEST(rt_skb_checksums_stay_right)
{
    struct anybpf_packet packet = packet_of(60);
    uint8_t *ip = packet.data, to[4];

    env = env_new(&allocator_libc, NULL);
    bytes_set_u16(ip + 10, 0);
    bytes_set_u16(ip + 10, checksum(ip, 20));
    CHECK_EQ(checksum(ip, 20), 0);
    /* a 4-byte field, a 2-byte field, a difference */
    CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 10, bytes_u32(ip + 12), 0x12345678, 4), 0);
    bytes_set_u32(ip + 12, 0x12345678);
    CHECK_EQ(checksum(ip, 20), 0);
    CHECK_EQ(call(HELPER_l4_csum_replace, P(&packet), 10, bytes_u16(ip + 2), 0xfedc, 2), 0);
    bytes_set_u16(ip + 2, 0xfedc);
    CHECK_EQ(checksum(ip, 20), 0);
    int64_t difference = call(HELPER_csum_diff, P(ip + 16), 4, P(address4), 4, 0);
    CHECK(difference >= 0);
    CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 10, 0, (uint64_t)difference, 0), 0);
    CHECK_EQ(call(HELPER_skb_store_bytes, P(&packet), 16, P(address4), 4, 0), 0);
    CHECK_EQ(checksum(ip, 20), 0);
    CHECK_EQ(call(HELPER_skb_load_bytes, P(&packet), 16, P(to), 4, 0), 0);
    CHECK(!memcmp(to, address4, 4));
    CHECK_EQ(call(HELPER_skb_load_bytes, P(&packet), 57, P(to), 4, 0), -EFAULT);
    CHECK_EQ(bytes_u32(to), 0);
    CHECK_EQ(call(HELPER_skb_store_bytes, P(&packet), 57, P(to), 4, 0), -EFAULT);
    CHECK_EQ(call(HELPER_skb_store_bytes, P(&packet), 0xffffffff, P(to), 4, 0), -EFAULT);
    CHECK_EQ(call(HELPER_skb_store_bytes, P(&packet), 0, P(to), 4, 4), -EINVAL);
    CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 11, 0, 0, 4), -EFAULT);
    CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 59, 0, 0, 4), -EFAULT);
    CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 10, 1, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_l3_csum_replace, P(&packet), 10, 0, 0, 3), -EINVAL);
    CHECK_EQ(call(HELPER_csum_diff, P(ip), 3, 0, 0, 0), -EINVAL);
    CHECK_EQ(call(HELPER_csum_diff, 0, 0, 0, 0, 77), 77);
    /* 0 in UDP says "none": it stays, and none becomes it */
    bytes_set_u16(ip + 10, 0);
    CHECK_EQ(call(HELPER_l4_csum_replace, P(&packet), 10, 5, 6, 4 | 32), 0);
    CHECK_EQ(bytes_u16(ip + 10), 0);
    env_free(env);
}

/* ---- Contexts ---- */

TEST(rt_context_fields_are_found)
{
    const struct context_type *tc, *xdp;
    const struct context_field *field;
    uint32_t shift;

    env = env_new(&allocator_libc, NULL);
    tc = env_context(env, "tc");
    xdp = env_context(env, "xdp");
    field = context_field(xdp, 4, 4, &shift);
    CHECK(field && field->kind == FIELD_PACKET_END);
    CHECK(!context_field(xdp, 4, 2, &shift));
    CHECK(!context_field(xdp, 2, 4, &shift));
    CHECK(!context_field(xdp, 24, 4, &shift));
    field = context_field(tc, 10, 2, &shift); /* upper half of mark */
    CHECK(field && !strcmp(field->name, "mark"));
    CHECK_EQ(shift, HOST_IS_BIG ? 0 : 16);
    CHECK(context_field(tc, 48, 8, &shift) && context_field(tc, 60, 4, &shift));
    CHECK(!context_field(tc, 64, 8, &shift)); /* beyond cb */
    CHECK(!context_field(tc, 88, 4, &shift)); /* a socket's field */
    CHECK(!context_field(env_context(env, "socket"), 76, 4, &shift));
    env_free(env);
}

TEST(rt_context_of_the_embedder)
{
    const struct context_type *req;
    const struct context_field *field;
    struct error err = { 0 };
    uint32_t shift;

    env = env_new(&allocator_libc, NULL);
    CHECK_EQ(env_add_context(env, "req",
                             "struct peer { __u32 ip; }; struct req { __u32 len; __u8 method; "
                             "struct peer peer; __u64 verdict; };",
                             &err),
             0);
    CHECK_TEXT(err.text, "");
    req = env_context(env, "req");
    CHECK(req && req->kind == CONTEXT_DESCRIBED && req->size == 24 && req->count == 4);
    CHECK_TEXT(req->record, "req");
    field = context_field(req, 8, 4, &shift);
    CHECK(field && !strcmp(field->name, "peer"));
    CHECK(!context_field(req, 5, 1, &shift)); /* a hole */
    CHECK_EQ(env_add_context(env, "req", "struct req { int a; };", &err), ANYBPF_E_EXISTS);
    error_clear(&err);
    CHECK_EQ(env_add_context(env, "bad", "int f(void);", &err), ANYBPF_E_FORMAT);
    error_clear(&err);
    CHECK_EQ(env_add_context(env, "bad", "struct {{", &err), ANYBPF_E_FORMAT);
    env_free(env);
}

/* ---- Helpers ---- */

static int64_t add3(int32_t a, uint8_t b, const char *c)
{
    return a + b + c[0];
}

static int16_t narrow(struct vcpu *vcpu, uint64_t a)
{
    return vcpu ? (int16_t)a : 0;
}

TEST(rt_helpers_of_the_embedder_are_called)
{
    const struct helper *helper;
    struct error err = { 0 };
    uint64_t r[5] = { (uint64_t)-5, 0xfff03, P("A") };

    env = env_new(&allocator_libc, NULL);
    CHECK_EQ(env_add_helper(env, 1000, "long add3(int a, __u8 b, const char *c)",
                            (void (*)(void))add3, &err),
             0);
    CHECK_EQ(env_add_helper(env, 1001, "short narrow(struct anybpf_vcpu *v, __u64 a)",
                            (void (*)(void))narrow, &err),
             0);
    CHECK_TEXT(err.text, "");
    helper = env_helper(env, 1000);
    CHECK(helper == env_helper_named(env, "add3"));
    CHECK_EQ(helper->arg[2], ARG_FIXED | ARG_BYTES(1));
    CHECK_EQ(helper_call(helper, vcpu_get(), r), -5 + 3 + 'A');
    helper = env_helper(env, 1001);
    CHECK_EQ(helper->args, 1);
    CHECK_EQ(helper->flags, HELPER_VCPU);
    r[0] = 0x18000;
    CHECK_EQ(helper_call(helper, vcpu_get(), r), (uint64_t)-32768);
    env_free(env);
}

TEST(rt_helper_annotations_become_kinds)
{
    const struct helper *h;
    struct error err = { 0 };

    env = env_new(&allocator_libc, NULL);
    CHECK_EQ(env_add_helper(env, 1000,
                            "void h(const void *a __sz(n), __u32 n, void *b __uninit __sz(m) "
                            "__nullable, int m, struct req *c __ctx)",
                            (void (*)(void))add3, &err),
             0);
    CHECK_TEXT(err.text, "");
    h = env_helper(env, 1000);
    CHECK_EQ(h->arg[0], ARG_MEMORY);
    CHECK_EQ(h->size_of[0], 1);
    CHECK_EQ(h->arg[1], ARG_SIZE | ARG_ZERO);
    CHECK_EQ(h->arg[2], ARG_MEMORY | ARG_OUT | ARG_NULLABLE);
    CHECK_EQ(h->size_of[2], 3);
    CHECK_EQ(h->arg[4], ARG_CTX);
    CHECK_TEXT(h->context, "req");
    CHECK_EQ(h->ret, RET_NOTHING);
    CHECK_EQ(env_add_helper(env, 1001, "int i(void *p)", (void (*)(void))add3, &err),
             ANYBPF_E_FORMAT);
    error_clear(&err);
    CHECK_EQ(env_add_helper(env, 1001, "int i(int a, int b, int c, int d, int e, int f)",
                            (void (*)(void))add3, &err),
             ANYBPF_E_UNSUPPORTED);
    error_clear(&err);
    CHECK_EQ(env_add_helper(env, 1001, "float i(int a)", (void (*)(void))add3, &err),
             ANYBPF_E_UNSUPPORTED);
    error_clear(&err);
    CHECK_EQ(env_add_helper(env, 1000, "int i(int a)", (void (*)(void))add3, &err),
             ANYBPF_E_EXISTS);
    env_free(env);
}

TEST(rt_helper_rows_are_consistent)
{
    env = env_new(&allocator_libc, NULL);
    for (uint32_t i = 0; i < env->helpers.count; i++) {
        const struct helper *h = env->helpers.at[i];
        CHECK_SAY(h->stub && h->function && h->programs, "%s", h->name);
        CHECK_SAY(strstr(h->prototype, h->name) != NULL, "%s: %s", h->name, h->prototype);
        for (int a = 0; a < h->args; a++) {
            uint32_t kind = ARG_KIND(h->arg[a]);
            bool pointer = kind == ARG_CTX || kind == ARG_MAP || kind == ARG_KEY ||
                           kind == ARG_VALUE || kind == ARG_MEMORY || kind == ARG_FIXED ||
                           kind == ARG_STRING || kind == ARG_STACK || kind == ARG_RECORD;
            CHECK_SAY(kind != ARG_NONE && pointer == (h->arg_type[a] == C_POINTER), "%s, %d",
                      h->name, a);
            if (kind == ARG_MEMORY)
                CHECK_SAY(ARG_KIND(h->arg[h->size_of[a]]) == ARG_SIZE, "%s, %d", h->name, a);
            if (kind == ARG_MAP)
                CHECK_SAY(h->maps != 0, "%s takes no map", h->name);
        }
    }
    CHECK_EQ(env_helper(env, HELPER_map_lookup_elem)->id, 1);
    CHECK(env_helper_named(env, "bpf_map_lookup_elem") == env_helper(env, 1));
    CHECK(!env_helper(env, 999));
    env_free(env);
}
