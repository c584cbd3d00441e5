/* SPDX-License-Identifier: Apache-2.0 */
/* Data models, a row per processor: what C types measure there, from the "Fundamental Types" and
 * bit-field sections of each psABI. */
#include "type/type.h"
#include <limits.h>

const struct data_model data_x86_64 = { .name = "x86-64",
                                        .pointer = 8,
                                        .long_double = 16,
                                        .wide_align = 16,
                                        .vector_align = 64,
                                        .aligned = 16,
                                        .char_signed = true };
const struct data_model data_arm64 = {
    .name = "arm64",
    .pointer = 8,
    .long_double = 16,
    .wide_align = 16,
    .vector_align = 16,
    .aligned = 16,
    .unnamed_fields_align = true,
};
const struct data_model data_riscv64 = { .name = "riscv64",
                                         .pointer = 8,
                                         .long_double = 16,
                                         .wide_align = 16,
                                         .vector_align = 64,
                                         .aligned = 16 };
const struct data_model data_arm32 = {
    .name = "arm32",
    .pointer = 4,
    .long_double = 8,
    .vector_align = 8,
    .aligned = 8,
    .unnamed_fields_align = true,
};
const struct data_model data_s390x = { .name = "s390x",
                                       .pointer = 8,
                                       .long_double = 16,
                                       .wide_align = 8,
                                       .vector_align = 8,
                                       .aligned = 8 };
const struct data_model data_bpf = { .name = "bpf",
                                     .pointer = 8,
                                     .long_double = 16,
                                     .wide_align = 16,
                                     .vector_align = 64,
                                     .aligned = 8,
                                     .char_signed = true };

const struct data_model data_host = {
    .name = "host",
    .pointer = sizeof(void *),
    .long_double = sizeof(long double),
    .wide_align = _Alignof(long double),
    .vector_align =
        __alignof__(char __attribute__((vector_size(64)))), /* _Alignof: without AVX 16 */
    .aligned = __BIGGEST_ALIGNMENT__,
    .char_signed = CHAR_MIN < 0,
    .unnamed_fields_align = _Alignof(
                                struct {
                                    char c;
                                    int : 8;
                                }) > 1,
};
