/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the intermediate representation, and what follows from single rows. */
#include "ir/local.h"

/* ir.def's words. */
enum {
    PURE = IR_PURE,
    COMMUTES = IR_COMMUTES,
    READS = IR_READS,
    WRITES = IR_WRITES,
    CALL = IR_CALLS,
    END = IR_END
};
enum {
    INS_NONE = 0,
    INS_IMM = 0,
    INS_SYMBOL = 0,
    INS_UNARY = 1,
    INS_BINARY = 2,
    INS_COMPARE = 2,
    INS_SELECT = 4,
    INS_LOAD = 1,
    INS_STORE = 2,
    INS_FETCH = 2,
    INS_CMPXCHG = 3,
    INS_LIST = 0,
    INS_CALL = 0,
    INS_JUMP = 0,
    INS_BRANCH = 2,
    INS_SWITCH = 1
};

#define RESULT(shape, flags)                                                                       \
    (SHAPE_##shape != SHAPE_NONE && SHAPE_##shape != SHAPE_STORE && !((flags) & END))

#define ACCESS(shape)                                                                              \
    (SHAPE_##shape >= SHAPE_LOAD && SHAPE_##shape <= SHAPE_CMPXCHG ? IR_ACCESS : 0)

const struct ir_row ir_rows[IR_COUNT] = {
#define IR(name, text, widths, shape, flags)                                                       \
    { text,                                                                                        \
      widths,                                                                                      \
      SHAPE_##shape,                                                                               \
      (flags) | ACCESS(shape),                                                                     \
      INS_##shape,                                                                                 \
      SHAPE_##shape == SHAPE_LIST || SHAPE_##shape == SHAPE_CALL,                                  \
      RESULT(shape, flags) },
#include "ir/ir.def"
#undef IR
};

const char *const cond_names[COND_COUNT] = { "eq",  "ne",  "ult", "uge", "ule", "ugt",
                                             "slt", "sge", "sle", "sgt", "set", "clear" };

const char *const region_names[REGION_COUNT] = { "",       "stack",     "context", "field",
                                                 "packet", "map_value", "memory",  "probe" };

const char *const symbol_names[SYMBOL_KINDS] = {
    "map",  "map_data", "helper", "functions", "vcpu",         "errno",        "lease",
    "next", "hook",     "run",    "epoch",     "save_vectors", "load_vectors",
};

enum ir_cond cond_swap(enum ir_cond cond)
{
    static const uint8_t swapped[COND_COUNT] = {
        [COND_EQ] = COND_EQ,   [COND_NE] = COND_NE,   [COND_ULT] = COND_UGT,
        [COND_UGE] = COND_ULE, [COND_ULE] = COND_UGE, [COND_UGT] = COND_ULT,
        [COND_SLT] = COND_SGT, [COND_SGE] = COND_SLE, [COND_SLE] = COND_SGE,
        [COND_SGT] = COND_SLT, [COND_SET] = COND_SET, [COND_CLEAR] = COND_CLEAR,
    };
    return swapped[cond];
}

bool cond_holds(enum ir_cond cond, unsigned width, uint64_t a, uint64_t b)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    if (width == 32) {
        a = (uint32_t)a;
        b = (uint32_t)b;
        sa = (int32_t)a;
        sb = (int32_t)b;
    }
    switch (cond) {
    case COND_EQ: return a == b;
    case COND_NE: return a != b;
    case COND_ULT: return a < b;
    case COND_UGE: return a >= b;
    case COND_ULE: return a <= b;
    case COND_UGT: return a > b;
    case COND_SLT: return sa < sb;
    case COND_SGE: return sa >= sb;
    case COND_SLE: return sa <= sb;
    case COND_SGT: return sa > sb;
    case COND_SET: return (a & b) != 0;
    case COND_CLEAR: return (a & b) == 0;
    case COND_COUNT: break;
    }
    return false;
}
