/* SPDX-License-Identifier: Apache-2.0 */
/* Between the plugin counts.c and the program that runs under it. */
#pragma once

/* The number of a system call that no kernel has: the plugin writes how many instructions the
 * thread has executed, a uint64_t, to the descriptor that is its argument. */
enum { COUNTS_SYSCALL = 60321 };
