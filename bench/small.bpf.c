/* SPDX-License-Identifier: Apache-2.0 */
/* A program as plugins are: small, one of very many. */
#include <linux/types.h>

struct request {
    __u32 length;
    __u16 port;
    __u8 method;
    char path[25];
};

__attribute__((section("memory"), used)) int small(const struct request *request, __u64 size)
{
    if (size < sizeof *request)
        return 0;
    if (request->port == 443 && request->path[0] == '/')
        return request->method == 1;
    return request->length < 1500;
}

char license_text[] __attribute__((section("license"), used)) = "Dual BSD/GPL";
