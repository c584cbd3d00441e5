/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs of tails.bpf.c see and count, for both sides. */

struct tail_big {
    long a, b, c;
};
struct tailed {
    long sum, result, ip, cookie, args; /* of the program called */
    unsigned rounds, budget_left, after_empty, after_function, looped;
};
