/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of text files. */
#include "runner/runner.h"

TEST(hex_is_read)
{
    uint8_t bytes[4];
    CHECK_EQ(hex_read("01 ab # comment 99\n CD", bytes, 4), 3);
    CHECK(bytes[0] == 1 && bytes[1] == 0xab && bytes[2] == 0xcd);
    CHECK_EQ(hex_read("0", bytes, 4), -1);
    CHECK_EQ(hex_read("0102030405", bytes, 4), -1);
}
