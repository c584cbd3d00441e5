/* SPDX-License-Identifier: Apache-2.0 */
/* Random prototypes in C. Records are made in shapes that conventions tell apart (alike floats,
 * small integers, a mix) and then changed in ways that they stumble over. */
#include "abi/local.h"
#include <string.h>

const char preamble[] = "enum small { SMALL };\n"
                        "enum wide { WIDE = 0x7fffffffff };\n"
                        "enum negative { NEGATIVE = -1 };\n"
                        "typedef void function(void);\n"
                        "typedef float v8f __attribute__((vector_size(8)));\n"
                        "typedef short v8s __attribute__((vector_size(8)));\n"
                        "typedef float v16f __attribute__((vector_size(16)));\n"
                        "typedef int v16i __attribute__((vector_size(16)));\n"
                        "typedef double v16d __attribute__((vector_size(16)));\n"
                        "typedef float v32f __attribute__((vector_size(32)));\n"
                        "typedef int v64i __attribute__((vector_size(64)));\n";

enum { DEPTH = 3, MEMBERS = 6 };

/* What a prototype is about, so that few of them meet every rule; a quarter are about nothing. */
enum focus {
    FOCUS_NONE,
    FOCUS_INT128,
    FOCUS_FLOAT,
    FOCUS_LONG_DOUBLE,
    FOCUS_COMPLEX,
    FOCUS_VECTOR,
    FOCUS_UNION,
    FOCUS_PACKED,
    FOCUS_ALIGNED,
    FOCUS_FIELDS,
    FOCUS_FLOATS,
    FOCUS_MIXED,
    FOCUS_WORDS,
    FOCUSES
};

struct generator {
    struct arena *arena;
    const struct toolchain *chain;
    uint64_t random;
    uint32_t seed, types;
    enum focus focus;
    struct text text;
    struct vec(const char *) records; /* made so far, to be used again */
};

uint32_t random_below(uint64_t *state, uint32_t n)
{
    /* splitmix64 */
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

static uint32_t below(struct generator *g, uint32_t n)
{
    return random_below(&g->random, n);
}

static bool percent(struct generator *g, uint32_t chance)
{
    return below(g, 100) < chance;
}

#define PICK(g, list) ((list)[below(g, sizeof(list) / sizeof *(list))])

static const char *pick_integer(struct generator *g)
{
    static const char *const names[] = {
        "char",         "signed char", "unsigned char", "short",     "unsigned short",     "int",
        "unsigned int", "long",        "unsigned long", "long long", "unsigned long long", "_Bool",
        "enum small",   "enum wide",   "enum negative"
    };
    if (g->chain->conv->data->wide_align && percent(g, 6))
        return percent(g, 50) ? "__int128" : "unsigned __int128";
    return PICK(g, names);
}

static const char *pick_float(struct generator *g)
{
    static const char *const names[] = { "float", "float", "double", "double", "long double" };
    return PICK(g, names);
}

static const char *pick_complex(struct generator *g)
{
    static const char *const names[] = { "_Complex float", "_Complex double",
                                         "_Complex long double" };
    return PICK(g, names);
}

static const char *pick_vector(struct generator *g)
{
    static const char *const names[] = { "v8f", "v8s", "v16f", "v16i", "v16d", "v32f", "v64i" };
    uint32_t most = toolchain_vectors(g->chain);
    return names[below(g, most == 64 ? 7 : most == 32 ? 6 : 5)];
}

static const char *pick_pointer(struct generator *g)
{
    static const char *const names[] = { "void *", "const char *", "struct unknown *",
                                         "function *" };
    return PICK(g, names);
}

static const char *make_record(struct generator *g, unsigned depth);

static const char *pick_type(struct generator *g, unsigned depth)
{
    uint32_t r = below(g, 100);
    if (r < 24)
        return pick_integer(g);
    if (r < 30)
        return pick_pointer(g);
    if (r < 44)
        return pick_float(g);
    if (r < 49)
        return pick_complex(g);
    if (r < 55)
        return pick_vector(g);
    if (depth >= DEPTH)
        return "char";
    if (g->records.count && percent(g, 40))
        return g->records.at[below(g, g->records.count)];
    return make_record(g, depth + 1);
}

/* ---- Records ---- */

enum shape { SHAPE_ALIKE, SHAPE_SMALL, SHAPE_MIX, SHAPE_ANY, SHAPES };

static const char *pick_member(struct generator *g, enum shape shape, const char *alike, uint32_t i,
                               unsigned depth)
{
    static const char *const wide[] = { "long", "long", "long long", "int" };
    static const char *const small[] = { "char",  "short", "int", "unsigned char",
                                         "_Bool", "float", "long" };
    if (percent(g, 3))
        return pick_type(g, depth);
    switch (shape) {
    case SHAPE_ALIKE: return alike;
    case SHAPE_SMALL: return g->focus && percent(g, 70) ? PICK(g, wide) : PICK(g, small);
    case SHAPE_MIX:
        if (g->focus)
            return i % 2 ? "float" : PICK(g, wide);
        return percent(g, 50) ? pick_integer(g) : pick_float(g);
    default: return pick_type(g, depth);
    }
}

static void add_field(struct generator *g, struct text *body, uint32_t i)
{
    static const struct {
        const char *name;
        uint32_t bits;
    } types[] = { { "int", 32 },  { "unsigned int", 32 },
                  { "char", 8 },  { "unsigned short", 16 },
                  { "long", 32 }, { "unsigned long long", 64 },
                  { "_Bool", 1 }, { "enum small", 32 } };
    uint32_t t = below(g, sizeof types / sizeof *types);
    if (percent(g, 15))
        text_printf(body, " %s : 0;", types[t].name);
    else if (percent(g, 10))
        text_printf(body, " %s : %u;", types[t].name, 1 + below(g, types[t].bits));
    else
        text_printf(body, " %s m%u : %u;", types[t].name, i, 1 + below(g, types[t].bits));
}

static void add_member(struct generator *g, struct text *body, const char *type, uint32_t i)
{
    text_printf(body, " %s%sm%u", type, type[strlen(type) - 1] == '*' ? "" : " ", i);
    if (percent(g, g->focus && g->chain->conv->word == 4 ? 40 : 10))
        text_printf(body, "[%u]", 1 + below(g, 4));
    else if (percent(g, 1))
        text_puts(body, "[0]");
    else if (percent(g, 1))
        text_printf(body, "[%u]", 1 + below(g, 40));
    if (percent(g, 3))
        text_printf(body, " __attribute__((aligned(%u)))", 1u << below(g, 6));
    if (percent(g, 2))
        text_puts(body, " __attribute__((packed))");
    text_char(body, ';');
}

static const char *make_record(struct generator *g, unsigned depth)
{
    struct text body = { .arena = g->arena };
    bool is_union = percent(g, g->focus == FOCUS_UNION ? 90 : 15);
    enum shape shape = g->focus == FOCUS_FLOATS  ? SHAPE_ALIKE
                       : g->focus == FOCUS_MIXED ? SHAPE_MIX
                       : g->focus                ? SHAPE_SMALL
                                                 : below(g, SHAPES);
    const char *alike = percent(g, 60) || g->focus ? pick_float(g)
                        : percent(g, 70)           ? pick_vector(g)
                                                   : pick_complex(g);
    uint32_t count = percent(g, 4)                ? 0
                     : g->focus && percent(g, 60) ? 2
                                                  : 1 + below(g, percent(g, 70) ? 3 : MEMBERS);
    uint32_t fields = g->focus == FOCUS_FIELDS ? 90 : percent(g, 20) ? 60 : percent(g, 10) ? 20 : 0;
    const char *name;

    text_puts(&body, "{");
    for (uint32_t i = 0; i < count; i++)
        if (percent(g, fields))
            add_field(g, &body, i);
        else
            add_member(g, &body, pick_member(g, shape, alike, i, depth), i);
    if (!is_union && count && percent(g, 1))
        text_puts(&body, " char tail; char end[];");
    text_puts(&body, " }");
    if (percent(g, g->focus == FOCUS_PACKED ? 90 : 7))
        text_puts(&body, " __attribute__((packed))");
    if (percent(g, g->focus == FOCUS_ALIGNED ? 90 : 12))
        text_printf(&body, " __attribute__((aligned(%u)))", 1u << (1 + below(g, 5)));
    name = arena_printf(g->arena, "%s t%u_%u", is_union ? "union" : "struct", g->seed, g->types++);
    text_printf(&g->text, "%s %s;\n", name, body.at);
    vec_push(g->arena, &g->records, name);
    return name;
}

/* ---- Prototypes ---- */

/* Types that the default promotions leave alone. */
static bool is_promoted(const char *type)
{
    static const char *const others[] = { "char",  "signed char",    "unsigned char", "short",
                                          "_Bool", "unsigned short", "float" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(type, others[i]))
            return false;
    return true;
}

static const char *pick_focus(struct generator *g)
{
    switch (g->focus) {
    case FOCUS_INT128: return g->chain->conv->data->wide_align ? "unsigned __int128" : "long long";
    case FOCUS_FLOAT: return percent(g, 50) ? "float" : "double";
    case FOCUS_LONG_DOUBLE: return "long double";
    case FOCUS_COMPLEX: return pick_complex(g);
    case FOCUS_VECTOR: return pick_vector(g);
    default:
        return g->records.count && percent(g, 40) ? g->records.at[below(g, g->records.count)]
                                                  : make_record(g, 1);
    }
}

/* Registers are used up, all or all but one, and then come the values it is about. */
static void focus(struct generator *g, struct proto *proto)
{
    const struct conv_regs *regs = &g->chain->conv->args;
    uint32_t words = 0, doubles = 0, fill;

    g->focus = 1 + (g->seed - g->seed / 4) % (FOCUSES - 1);
    if (percent(g, 75))
        words = regs->general.count - percent(g, 70);
    if (percent(g, 50) && regs->vector.count)
        doubles = 7 + below(g, 3);
    fill = words + doubles;
    proto->result = doubles > 8 || percent(g, 25) ? "void" : pick_focus(g);
    proto->count = proto->named = fill + 1 + below(g, ARGS_MOST - fill);
    for (uint32_t i = 0; i < proto->count; i++)
        proto->args[i] = i < words                     ? "long"
                         : i < fill                    ? "double"
                         : i == fill || percent(g, 85) ? pick_focus(g)
                                                       : "char";
}

void generate(struct arena *arena, const struct toolchain *chain, uint64_t seed,
              struct proto *proto)
{
    struct generator g = { .arena = arena,
                           .chain = chain,
                           .random = seed,
                           .seed = (uint32_t)seed,
                           .text = { .arena = arena } };
    uint32_t most = percent(&g, 40) ? 8 : percent(&g, 40) ? 12 : ARGS_MOST;

    *proto = (struct proto){ .seed = seed };
    text_puts(&g.text, "");
    if (seed % 4) {
        focus(&g, proto);
        proto->definitions = g.text.at;
        return;
    }
    proto->result = percent(&g, 8) ? "void" : pick_type(&g, 0);
    proto->count = proto->named = below(&g, most + 1);
    if (proto->count > 1 && percent(&g, 8)) {
        proto->variadic = true;
        proto->named = 1 + below(&g, proto->count - 1);
    }
    for (uint32_t i = 0; i < proto->count; i++)
        do
            proto->args[i] = pick_type(&g, 0);
        while (i >= proto->named && !is_promoted(proto->args[i]));
    proto->definitions = g.text.at;
}
