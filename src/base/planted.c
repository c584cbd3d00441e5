/* SPDX-License-Identifier: Apache-2.0 */
#include "base/planted.h"
#ifdef PLANTED_FAULTS
#include <stdlib.h>
#include <string.h>

static const char *wanted = "";

__attribute__((constructor)) static void read_name(void)
{
    const char *name = getenv("ANYBPF_FAULT");
    wanted = name ? name : "";
}

bool is_planted(const char *name)
{
    return !strcmp(name, wanted);
}
#else
typedef int nothing; /* ISO C wants a declaration */
#endif
