/* SPDX-License-Identifier: Apache-2.0 */
/* What was tried: classes of values by where they went. A cell that the convention has and that
 * stays empty says that a rule was not tested. */
#include "abi/local.h"

enum row {
    ROW_INTEGER,
    ROW_INT128,
    ROW_POINTER,
    ROW_FLOAT,
    ROW_LONG_DOUBLE,
    ROW_COMPLEX,
    ROW_VECTOR,
    ROW_EMPTY,
    ROW_UNION,
    ROW_PACKED,
    ROW_ALIGNED,
    ROW_FIELDS,
    ROW_FLOATS,
    ROW_MIXED,
    ROW_WORDS,
    ROW_LARGE,
    ROWS
};
static const char *const row_names[ROWS] = {
    "integer, enum, _Bool",
    "__int128",
    "pointer",
    "float, double",
    "long double",
    "_Complex",
    "vector",
    "empty",
    "union",
    "packed",
    "over-aligned",
    "bit-fields",
    "floats only",
    "mixed",
    "no floats",
    "over 16 bytes",
};

enum column { REGISTERS, SPLIT, STACK, REFERENCE, RETURNED, IN_MEMORY, COLUMNS };
static const char *const column_names[COLUMNS] = { "registers", "split",    "stack",
                                                   "reference", "returned", "in memory" };

static uint64_t cells[ROWS][COLUMNS];

static enum row record_row(const struct model_value *value)
{
    bool floats = false, others = false;

    if (!value->size)
        return ROW_EMPTY;
    if (value->type->is_packed)
        return ROW_PACKED;
    if (value->align > value->natural)
        return ROW_ALIGNED;
    if (value->size > 16)
        return ROW_LARGE;
    if (value->has & MODEL_HAS_UNION)
        return ROW_UNION;
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->leaves[i].bits)
            return ROW_FIELDS;
        *(value->leaves[i].kind == MODEL_FLOAT ? &floats : &others) = true;
    }
    return floats ? others ? ROW_MIXED : ROW_FLOATS : ROW_WORDS;
}

static enum row row_of(const struct model_value *value)
{
    switch ((enum model_class)value->class) {
    case MODEL_INTEGER: return value->size > 8 ? ROW_INT128 : ROW_INTEGER;
    case MODEL_POINTER: return ROW_POINTER;
    case MODEL_FLOAT: return value->size > 8 ? ROW_LONG_DOUBLE : ROW_FLOAT;
    case MODEL_COMPLEX: return ROW_COMPLEX;
    case MODEL_VECTOR: return ROW_VECTOR;
    default: return record_row(value);
    }
}

void coverage_count(const struct layout *layout)
{
    for (uint32_t i = 0; i < layout->model->count; i++) {
        const struct layout_value *value = &layout->args[i];
        bool regs = false, stack = false;
        for (uint32_t k = 0; k < value->count; k++)
            *(value->parts[k].place == PART_STACK ? &stack : &regs) = true;
        cells[row_of(value->value)][value->indirect ? REFERENCE
                                    : regs && stack ? SPLIT
                                    : stack         ? STACK
                                                    : REGISTERS]++;
    }
    if (layout->model->result.class != MODEL_VOID)
        cells[row_of(&layout->model->result)][layout->result.indirect ? IN_MEMORY : RETURNED]++;
}

/* Where few hundred prototypes send each class, by psABI: registers, split, stack, by reference;
 * returned in registers, in memory. */
static const struct possible {
    const char *conv;
    const char *rows[ROWS];
} possibles[] = {
    { "x86_64",
      { "rst", "rst", "rst", "rst", "st", "rst", "rst", "rt", "rst", "rstm", "rstm", "rst", "rst",
        "rst", "rst", "sm" } },
    { "arm64",
      { "rst", "rst", "rst", "rst", "rst", "rst", "rst", "rt", "rst", "rsbtm", "rsbtm", "rst",
        "rst", "rst", "rst", "rsbtm" } },
    { "riscv64",
      { "rst", "rpst", "rst", "rst", "rpst", "rsbtm", "rpst", "rt", "rst", "rpsbtm", "rsbtm", "rst",
        "rst", "rst", "rpst", "bm" } },
    { "arm32-soft",
      { "rst", "", "rst", "rst", "", "rpsm", "rpst", "rt", "rst", "rpsm", "rpsm", "rpsm", "rsm",
        "psm", "rpsm", "psm" } },
    { "arm32",
      { "rst", "", "rst", "rst", "", "rst", "rst", "rt", "rst", "rpsm", "rpsm", "rpsm", "rst",
        "psm", "rsm", "rpsm" } },
    { "s390x",
      { "rst", "bm", "rst", "rst", "bm", "bm", "rst", "bm", "rsbm", "rsbm", "rsbm", "rsbm", "rsbm",
        "sbm", "rsbm", "bm" } },
};

static bool is_possible(const struct conv *conv, enum row row, enum column column)
{
    for (size_t i = 0; i < sizeof possibles / sizeof *possibles; i++)
        if (!strncmp(conv->name, possibles[i].conv, strlen(possibles[i].conv)))
            return strchr(possibles[i].rows[row], "rpsbtm"[column]) != NULL;
    return true;
}

uint32_t coverage_print(const struct toolchain *chain, bool whole)
{
    uint32_t empty = 0;

    if (whole) {
        printf("%-22s", chain->name);
        for (int c = 0; c < COLUMNS; c++)
            printf(" %10s", column_names[c]);
        putchar('\n');
    }
    for (int r = 0; r < ROWS; r++) {
        if (whole)
            printf("  %-20s", row_names[r]);
        for (int c = 0; c < COLUMNS; c++) {
            bool possible = is_possible(chain->conv, (enum row)r, (enum column)c);
            empty += possible && !cells[r][c];
            if (whole && (possible || cells[r][c]))
                printf(" %10llu", (unsigned long long)cells[r][c]);
            else if (whole)
                printf(" %10s", "-");
            else if (possible && !cells[r][c])
                printf("%s: not tried: %s, %s\n", chain->name, row_names[r], column_names[c]);
        }
        if (whole)
            putchar('\n');
    }
    memset(cells, 0, sizeof cells);
    return empty;
}
