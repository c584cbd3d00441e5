/* SPDX-License-Identifier: Apache-2.0 */
/* No section says what this is: all programs lie in .text. */
static int counter;

__attribute__((noinline)) int helper(int a)
{
    return a + ++counter;
}

int entry(void *memory)
{
    return helper(*(int *)memory);
}
