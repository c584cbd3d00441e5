/* SPDX-License-Identifier: Apache-2.0 */
/* A raw tracepoint: arguments as 64-bit words, memory read with care. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 seen, failed;
char text[16];

SEC("raw_tp/example")
int example(struct bpf_raw_tracepoint_args *ctx)
{
    __u64 value = 0;

    seen += ctx->args[0];
    if (bpf_probe_read_kernel(&value, sizeof value, (void *)ctx->args[1]))
        failed++;
    bpf_probe_read_kernel_str(text, sizeof text, (void *)ctx->args[1]);
    return value == 0;
}

SEC("raw_tracepoint/other")
int other(struct bpf_raw_tracepoint_args *ctx)
{
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
