/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs of probes.bpf.c have seen, for both sides. */

struct probed {
    long args[5], stacked, cookie, ip, function_ip, passed_on;
    long result, after, sp, return_sp, uprobes, uretprobes;
    long skip; /* from the stack pointer at entry to the argument wanted */
};
