/* SPDX-License-Identifier: Apache-2.0 */
/* A function of vectors of 32 bytes, and its caller. The whole file is compiled for AVX: that, not
 * a function's own target, is what clang asks how such vectors are passed. */
#include "unit/attach_code.h"

typedef float wide_v __attribute__((vector_size(32)));

static SLED wide_v add_wide(wide_v x, wide_v y)
{
    return x + y;
}

void *attach_wide_function(void)
{
    return (void *)(uintptr_t)add_wide;
}

bool attach_wide_adds(void)
{
    wide_v x = { 1, 2, 3, 4, 5, 6, 7, 8 }, y = { 8, 16, 24, 32, 40, 48, 56, 64 };
    wide_v sum = add_wide(x, y);
    for (unsigned i = 0; i < 8; i++)
        if (sum[i] != (float)(9 * (i + 1)))
            return false;
    return true;
}
