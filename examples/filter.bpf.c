/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin of filter.c and plugin.cc: their context type, their helper. */
#include <linux/types.h>

struct req {
    __u32 length;
    __u8 method; /* 'G', 'P' */
    char path[27];
};

static int (*log_msg)(const char *text, __u32 size) = (void *)1000;

__u64 refused; /* the host reads it */

__attribute__((section("req"), used)) int filter(struct req *req)
{
    static const char too_long[] = "request too long";

    if (req->length > 1000 || (req->method == 'P' && req->path[0] != '/')) {
        log_msg(too_long, sizeof too_long - 1);
        refused++;
        return 0;
    }
    return 1;
}
