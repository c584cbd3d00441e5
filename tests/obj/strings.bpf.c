/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: printing, comparing, numbers read and written. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char out[64];
long number, parsed;
unsigned long positive;

SEC("xdp")
int text(struct xdp_md *ctx)
{
    __u32 size = ctx->data_end - ctx->data;
    static const char format[] = "%d bytes, %x, %s";
    static const char word[] = "word";
    __u64 args[3] = { size, size, (unsigned long)word };
    char digits[8] = "-1234x";
    char hex[8] = "ff";
    int length;

    length = bpf_snprintf(out, sizeof out, format, args, sizeof args);
    parsed = bpf_strtol(digits, sizeof digits, 0, &number);
    bpf_strtoul(hex, sizeof hex, 16, &positive);
    bpf_printk("%d", size);
    bpf_printk("%d %d %d %d", size, 2, 3, 4);
    if (bpf_strncmp(digits, 5, "-1234"))
        return XDP_ABORTED;
    return length * 10 + parsed;
}

char LICENSE[] SEC("license") = "GPL";
