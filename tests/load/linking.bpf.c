/* SPDX-License-Identifier: Apache-2.0 */
/* What one program draws in from where: statics by section symbol, globals and hidden functions by
 * name, functions of other sections, addresses; string literals; static data and maps. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(key_size, 4);
    __uint(value_size, 16);
    __uint(max_entries, 1 << 30);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(pinning, LIBBPF_PIN_BY_NAME);
} hidden_map SEC(".maps");

static volatile int before = 7;
static volatile const char letters[4] = "abc";
extern int helping(int where) __ksym;
extern int missing(void) __ksym __weak;

static __noinline int first(int a)
{
    return a + before;
}

static __noinline int second(int a)
{
    return first(a) * letters[a & 3];
}

__hidden __noinline int hidden(int a)
{
    return second(a) + 1;
}

static long step(__u64 i, void *arg)
{
    *(int *)arg += second(i);
    return 0;
}

SEC("?tc/ingress")
int reached(struct __sk_buff *skb)
{
    return hidden(skb->len);
}

SEC("xdp")
int entry(struct xdp_md *ctx)
{
    int sum = 0, key = 1;

    bpf_loop(4, step, &sum, 0);
    if (missing)
        sum += missing();
    if (!bpf_map_lookup_elem(&hidden_map, &key))
        sum += helping(sum);
    return sum + hidden(3);
}

int VERSION SEC("version") = 0x12345;
char LICENSE[] SEC("license") = "Dual BSD/GPL";
