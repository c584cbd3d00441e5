/* SPDX-License-Identifier: Apache-2.0 */
/* What operations.bpf.c and operations.c agree on. */
#pragma once

enum {
    COUNT = 1024,   /* operations of a run */
    FILL = 1,       /* first byte of the packet: fill the map */
    NOTHING = 1000, /* helper: u64 nothing(u64 x), which returns x */
};
