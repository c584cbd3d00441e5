/* SPDX-License-Identifier: Apache-2.0 */
/* Taking the rows of helper.def apart. */
#pragma once

#define EXPAND(macro, ...)     macro(__VA_ARGS__)
#define EXPAND_ROW(macro, ...) macro(__VA_ARGS__) /* within EXPAND */
#define UNPACK(...)            __VA_ARGS__

/* RETURN(type, kind) and ARG(type, name, kind), with a prefix pasted on. */
#define TYPE_RETURN(type, kind)   type
#define KIND_RETURN(type, kind)   RET_##kind
#define ROW_ARG(type, name, kind) type, name, kind

/* m(index, argument) for each of n arguments. */
#define LIST_0(m, ...)
#define LIST_1(m, a)             m(0, a)
#define LIST_2(m, a, b)          m(0, a), m(1, b)
#define LIST_3(m, a, b, c)       m(0, a), m(1, b), m(2, c)
#define LIST_4(m, a, b, c, d)    m(0, a), m(1, b), m(2, c), m(3, d)
#define LIST_5(m, a, b, c, d, e) m(0, a), m(1, b), m(2, c), m(3, d), m(4, e)

/* The list of parameters in C, by what comes before the BPF arguments. */
#define PARAMS_VOID(...) (void)
#define PARAMS_NONE(...) (__VA_ARGS__)
#define PARAMS_VCPU(...) (struct vcpu * vcpu __VA_OPT__(, ) __VA_ARGS__)
#define PASS_VOID(...)   ()
#define PASS_NONE(...)   (__VA_ARGS__)
#define PASS_VCPU(...)   (vcpu __VA_OPT__(, ) __VA_ARGS__)
#define FLAGS_VOID       0
#define FLAGS_NONE       0
#define FLAGS_VCPU       HELPER_VCPU
