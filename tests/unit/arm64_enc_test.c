/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of arch/arm64/enc.def: each operand at its boundaries, the others random. Then the
 * immediates. */
#include "arch/arm64/local.h"
#include "runner/runner.h"
#include <stdlib.h>

enum { OPERANDS_MAX = 6, RANDOM_SAMPLES = 24 };

struct field {
    const char *name;
    int64_t lowest, highest, step;
    bool holds; /* what else the field demands of this value */
};

struct row {
    const char *name, *text;
    unsigned count;
    uint32_t (*encode)(const int64_t *v);
    void (*describe)(const int64_t *v, struct field *fields);
};

/* ---- The rows, expanded ---- */

#define TAKE(type, name, lowest, highest, step, also, bits)                                        \
    type name __attribute__((unused)) = (type) * v++
#define NAME(type, name, lowest, highest, step, also, bits) name
#define DESCRIBE(type, name, lowest, highest, step, also, bits)                                    \
    { #name, lowest, highest, step, also }
#define SEMICOLON() ;

#define A64(row, fixed, text, ...)                                                                 \
    static uint32_t encode_##row(const int64_t *v)                                                 \
    {                                                                                              \
        A64_EACH(TAKE, SEMICOLON, __VA_ARGS__);                                                    \
        return a64_##row(A64_EACH(NAME, A64_COMMA, __VA_ARGS__));                                  \
    }                                                                                              \
    static void describe_##row(const int64_t *v, struct field *fields)                             \
    {                                                                                              \
        A64_EACH(TAKE, SEMICOLON, __VA_ARGS__);                                                    \
        const struct field all[] = { A64_EACH(DESCRIBE, A64_COMMA, __VA_ARGS__) };                 \
        memcpy(fields, all, sizeof all);                                                           \
    }
#define A64_AS A64
#define A64_WORD(row, word, text)                                                                  \
    static uint32_t encode_##row(const int64_t *v)                                                 \
    {                                                                                              \
        (void)v;                                                                                   \
        return a64_##row();                                                                        \
    }
#include "arch/arm64/enc.def"
#undef A64
#undef A64_WORD

static const struct row rows[] = {
#define A64(row, fixed, text, ...)                                                                 \
    { #row, text, A64_COUNT(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0), encode_##row, describe_##row },
#define A64_WORD(row, word, text) { #row, text, 0, encode_##row, NULL },
#include "arch/arm64/enc.def"
};

/* ---- Printing a field ---- */

struct sample {
    const struct row *row;
    int64_t values[OPERANDS_MAX];
    struct field fields[OPERANDS_MAX];
};

static bool has(const struct sample *s, const char *name, int64_t *value)
{
    for (unsigned i = 0; i < s->row->count; i++)
        if (!strcmp(s->fields[i].name, name)) {
            *value = s->values[i];
            return true;
        }
    return false;
}

static int64_t get(const struct sample *s, const char *name)
{
    int64_t value = 0;
    CHECK_SAY(has(s, name, &value), "row %s has no operand %s", s->row->name, name);
    return value;
}

static bool wide(const struct sample *s)
{
    int64_t value;
    return has(s, "sf", &value) ? value != 0 : has(s, "size", &value) ? value == 3 : true;
}

static void print_reg(char *to, char width, bool sp, int64_t reg)
{
    if (reg == 31)
        strcpy(to, width == 'x' ? (sp ? "sp" : "xzr") : (sp ? "wsp" : "wzr"));
    else
        sprintf(to, "%c%d", width, (int)reg);
}

static const char *const extends[] = { "uxtb", "uxth", "uxtw", "uxtx",
                                       "sxtb", "sxth", "sxtw", "sxtx" };

/* Rm, extended, shifted left: the last operand of add_ext. */
static void print_extended(const struct sample *s, char *to)
{
    int64_t extend = get(s, "extend");
    print_reg(to, wide(s) && (extend & 3) == 3 ? 'x' : 'w', false, get(s, "m"));
    sprintf(to + strlen(to), ", %s #%d", extends[extend], (int)get(s, "left"));
}

/* Rm, extended, scaled by the size: the index of ldr_index. */
static void print_index(const struct sample *s, char *to)
{
    int64_t option = get(s, "option");
    print_reg(to, (option & 1) ? 'x' : 'w', false, get(s, "m"));
    const char *extend = option == A64_UXTX ? "lsl" : extends[option];
    if (get(s, "scaled"))
        sprintf(to + strlen(to), ", %s #%d", extend, (int)get(s, "size"));
    else if (option != A64_UXTX)
        sprintf(to + strlen(to), ", %s", extend);
}

/* What N:immr:imms means, bit by bit as the manual's DecodeBitMasks says; 0: nothing. */
static uint64_t logic_meaning(bool sf, unsigned logic)
{
    unsigned n = logic >> 12, r = logic >> 6 & 63, s = logic & 63, size = 64;
    uint64_t value = 0;

    if (!n)
        for (size = 32; s & size; size /= 2)
            s &= ~size;
    if (size < 2 || s == size - 1 || (n && !sf))
        return 0;
    for (unsigned bit = 0; bit < (sf ? 64u : 32u); bit++)
        if ((bit % size + r) % size <= s)
            value |= 1ull << bit;
    return value;
}

static void print_register(const struct sample *s, const char *name, const char *as, char *to)
{
    int64_t reg = get(s, name);
    if (*as && strchr("bhsdqv", *as) && !as[1])
        sprintf(to, "%s%d", as, (int)reg);
    else if (!strcmp(as, "x") || !strcmp(as, "w"))
        print_reg(to, *as, false, reg);
    else
        print_reg(to, wide(s) ? 'x' : 'w', !strcmp(as, "sp"), reg);
}

static void print_size(int64_t size, bool with_w, char *to)
{
    strcpy(to, size == 0 ? "b" : size == 1 ? "h" : size == 2 && with_w ? "w" : "");
}

/* {name} or {name:as} */
static void print_field(const struct sample *s, const char *name, const char *as, char *to)
{
    static const char *const shifts[] = { "lsl", "lsr", "asr", "ror" };
    static const char *const conds[] = { "eq", "ne", "hs", "lo", "mi", "pl", "vs",
                                         "vc", "hi", "ls", "ge", "lt", "gt", "le" };
    static const char *const orders[] = { "", "l", "a", "al" };

    if (!strcmp(name, "base"))
        print_reg(to, 'x', true, get(s, "n"));
    else if (!strcmp(as, "extended"))
        print_extended(s, to);
    else if (!strcmp(as, "index"))
        print_index(s, to);
    else if (!strcmp(name, "shift"))
        strcpy(to, shifts[get(s, name)]);
    else if (!strcmp(name, "cond"))
        strcpy(to, conds[get(s, name)]);
    else if (!strcmp(name, "order"))
        strcpy(to, orders[get(s, name)]);
    else if (!strcmp(name, "size"))
        print_size(get(s, name), !strcmp(as, "bhw"), to);
    else if (!strcmp(name, "logic"))
        sprintf(to, "%#" PRIx64, logic_meaning(get(s, "sf"), (unsigned)get(s, name)));
    else if (!strcmp(name, "page"))
        sprintf(to, "%" PRId64, get(s, name) * 4096);
    else if (strspn(name, "dnmats2") == strlen(name))
        print_register(s, name, as, to);
    else
        sprintf(to, "%" PRId64, get(s, name));
}

static void print_sample(const struct sample *s, char *to)
{
    char name[16], as[16];
    int length;

    for (const char *at = s->row->text; *at;) {
        as[0] = 0;
        length = 0;
        if (sscanf(at, "{%15[a-z0-9]:%15[a-z]}%n", name, as, &length) < 2 || !length)
            as[0] = 0, sscanf(at, "{%15[a-z0-9]}%n", name, &length);
        if (*at == '{' && length) {
            print_field(s, name, as, to);
            to += strlen(to);
            at += length;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
}

/* ---- Choosing values ---- */

/* A boundary of the operand (which < 4), or a random value. */
static int64_t choose(const struct field *o, unsigned which, uint64_t random)
{
    uint64_t steps = (uint64_t)(o->highest - o->lowest) / (uint64_t)o->step;
    uint64_t at = which == 0   ? 0
                  : which == 1 ? steps
                  : which == 2 ? (steps ? 1 : 0)
                  : which == 3 ? (steps ? steps - 1 : 0)
                               : random % (steps + 1);
    return o->lowest + (int64_t)at * o->step;
}

/* Operand `special` takes its boundary `which`, the others random values; false if that does not
 * hold together. */
static bool fill(struct sample *s, unsigned special, unsigned which)
{
    for (unsigned i = 0; i < s->row->count; i++) {
        s->row->describe(s->values, s->fields);
        s->values[i] = choose(&s->fields[i], i == special ? which : 4, enc_random());
    }
    if (s->row->count)
        s->row->describe(s->values, s->fields);
    for (unsigned i = 0; i < s->row->count; i++)
        if (!s->fields[i].holds)
            return false;
    return true;
}

static void check(const struct sample *s)
{
    char text[128];
    uint8_t bytes[4];

    print_sample(s, text);
    bytes_set_u32_in(bytes, s->row->encode(s->values), false);
    enc_line(bytes, sizeof bytes, "%s", text);
}

static void check_row(const struct row *row)
{
    struct sample s = { .row = row };

    for (unsigned special = 0; special < row->count; special++)
        for (unsigned which = 0; which < 4; which++)
            for (unsigned tries = 0; tries < 20; tries++)
                if (fill(&s, special, which)) {
                    check(&s);
                    break;
                }
    for (unsigned n = 0; n < RANDOM_SAMPLES; n++)
        if (fill(&s, OPERANDS_MAX, 0))
            check(&s);
}

TEST(rows_encode_as_llvm_does)
{
    enc_begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
    enc_end("--triple=aarch64 --mattr=+v8.3a,+bti", "");
}

/* ---- Immediates ---- */

TEST(every_logical_immediate_is_found)
{
    for (unsigned sf = 0; sf < 2; sf++) {
        unsigned count = 0;
        for (unsigned logic = 0; logic < 1 << 13; logic++) {
            uint64_t value = logic_meaning(sf, logic);
            CHECK(value || !a64_logic_valid(sf, logic));
            if (!value)
                continue;
            int found = a64_logic(sf, value);
            CHECK(found >= 0 && a64_logic_valid(sf, (unsigned)found));
            CHECK_EQ(logic_meaning(sf, (unsigned)found), value);
            if (a64_logic_valid(sf, logic)) {
                CHECK_EQ(found, logic);
                count++;
            }
        }
        CHECK_EQ(count, sf ? 5334 : 1302);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

TEST(no_other_value_is_a_logical_immediate)
{
    uint64_t all[1 << 13], random = 1;
    size_t count = 0;

    for (unsigned logic = 0; logic < 1 << 13; logic++)
        if (a64_logic_valid(true, logic))
            all[count++] = logic_meaning(true, logic);
    qsort(all, count, sizeof *all, compare);
    for (size_t i = 0; i < count; i++)
        for (unsigned bit = 0; bit < 64; bit++) {
            uint64_t near = all[i] ^ 1ull << bit;
            bool is = bsearch(&near, all, count, sizeof *all, compare);
            CHECK((a64_logic(true, near) >= 0) == is);
        }
    for (unsigned i = 0; i < 10000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t value = random >> (i % 64);
        CHECK((a64_logic(true, value) >= 0) ==
              (bsearch(&value, all, count, sizeof *all, compare) != NULL));
    }
    CHECK(a64_logic(true, 0) < 0 && a64_logic(true, UINT64_MAX) < 0);
    CHECK(a64_logic(false, 0) < 0 && a64_logic(false, UINT32_MAX) < 0);
}

/* What a sequence of movz, movn, movk and orr leaves in its register. */
static uint64_t run_movs(const uint32_t *insns, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++) {
        bool sf = insns[i] >> 31;
        unsigned hw = (insns[i] >> 21 & 3) * 16;
        uint64_t imm = insns[i] >> 5 & 0xffff;
        switch (insns[i] >> 23 & 0xff) {
        case 0x25: value = ~(imm << hw); break;
        case 0xa5: value = imm << hw; break;
        case 0xe5: value = (value & ~(0xffffull << hw)) | imm << hw; break;
        case 0x64: value = logic_meaning(sf, insns[i] >> 10 & 0x1fff); break;
        default: CHECK_SAY(false, "%#x is no move", insns[i]);
        }
        if (!sf)
            value &= UINT32_MAX;
    }
    return value;
}

TEST(moves_make_every_immediate)
{
    static const struct {
        uint64_t value;
        unsigned count;
    } cases[] = { { 0, 1 },
                  { 1, 1 },
                  { 0xffff, 1 },
                  { 0x10000, 1 },
                  { 0x12345678, 2 },
                  { 0xffffffff, 1 },
                  { 0xffff1234, 1 },
                  { 0x1234ffff, 1 },
                  { 0x8000000000000000, 1 },
                  { UINT64_MAX, 1 },
                  { (uint64_t)-2, 1 },
                  { (uint64_t)-65536, 1 },
                  { (uint64_t)-65537, 1 },
                  { 0xffffffff00000000, 1 },
                  { 0x5555555555555555, 1 },
                  { 0x123456789abcdef0, 4 },
                  { 0xffff56789abcffff, 2 },
                  { 0x0000567800001234, 2 },
                  { 0xffffffff12345678, 2 },
                  { 0xffff0000ffff0001, 2 },
                  { 0x00000001ffffffff, 1 },
                  { 0xfffffffffffffffe, 1 } };
    uint32_t insns[4];
    uint64_t random = 1;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned count = a64_mov_imm(3, cases[i].value, insns);
        CHECK_SAY(count == cases[i].count, "%#" PRIx64 " takes %u", cases[i].value, count);
        CHECK_EQ(run_movs(insns, count), cases[i].value);
    }
    for (unsigned i = 0; i < 10000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t value = random;
        for (unsigned half = 0; half < 4; half++) /* halfwords 0, ffff and others, mixed */
            if (i >> half * 2 & 1)
                value = (value & ~(0xffffull << half * 16)) |
                        (i >> half * 2 & 2 ? 0xffffull << half * 16 : 0);
        CHECK_EQ(run_movs(insns, a64_mov_imm(3, value, insns)), value);
    }
}
