// SPDX-License-Identifier: Apache-2.0
// Functions that throw, for attach_unwind_test.c.
struct guard {
    int *ended;
    ~guard()
    {
        ++*ended;
    }
};

extern "C" {
#define THROWS(name)                                                                               \
    long name(long x)                                                                              \
    {                                                                                              \
        int ended = 0;                                                                             \
        guard g{ &ended };                                                                         \
        if (x < 0)                                                                                 \
            throw x;                                                                               \
        return x + 1;                                                                              \
    }
__attribute__((noinline, patchable_function_entry(SLED_NOPS))) THROWS(throw_sled)
    __attribute__((noinline)) THROWS(throw_moved)

    /* Whether the exception came, with what the function was called with; ended: guards left. */
    bool throw_caught(long (*function)(long), long x, int *ended)
{
    try {
        guard g{ ended };
        function(x);
    } catch (long thrown) {
        return thrown == x;
    }
    return false;
}
}
