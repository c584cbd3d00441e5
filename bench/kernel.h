/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel as something to compare with: programs are loaded and test-run, never attached. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Whether bpf() is permitted here. */
bool kernel_permits(void);
/* Loads program NAME_xdp of an object; -1 where it is refused, with the reason, a line, on standard
 * error. */
int kernel_load(const char *path, const char *name);
/* Runs it `repeat` times over a copy of the bytes: ns per run as the kernel tells, UINT64_MAX on
 * failure. The bytes are as the last run left them. */
uint64_t kernel_run(int prog, uint8_t *data, uint32_t size, uint32_t repeat, uint32_t *result);
/* Empties the ring buffers that the program refers to, as if somebody had read all records. */
void kernel_drain(int prog);
