/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/runner.h"
#include "type/type.h"

/* Runs body within an arena of its own and with an empty set; the set is for x86-64, so that
 * the results are the same on every host. */
struct place {
    struct arena *arena;
    struct types *types;
    struct text text;
    struct error err;
    void (*body)(struct place *at);
};

static int enter(void *arg)
{
    struct place *at = arg;
    at->types = types_new(at->arena, NULL);
    at->types->data = &data_x86_64;
    at->text.arena = at->arena;
    at->body(at);
    return 0;
}

static void in_arena(void (*body)(struct place *at))
{
    struct place at = { .arena = arena_new(&allocator_libc, 64u << 20), .body = body };
    CHECK_EQ(arena_try(at.arena, &at.err, enter, &at), 0);
    arena_free(at.arena);
}

#define TEST_IN_ARENA(name)                                                                        \
    static void name##_body(struct place *at);                                                     \
    TEST(name)                                                                                     \
    {                                                                                              \
        in_arena(name##_body);                                                                     \
    }                                                                                              \
    static void name##_body(struct place *at)

static void declare(struct place *at, const char *text)
{
    CHECK_SAY(!cdecl_parse(at->types, text, &at->err), "%s: %s", text, at->err.text);
}

/* What the definition of the struct of that name looks like. */
static const char *shown(struct place *at, enum type_kind kind, const char *name)
{
    const struct type *type = types_find(at->types, kind, name);
    if (!type)
        return NULL;
    text_clear(&at->text);
    type_print_definition(&at->text, type, true);
    return at->text.at;
}

TEST_IN_ARENA(a_struct_lies_as_the_psabi_says)
{
    declare(at, "struct s { char c; __u32 a:3, b:30; __u16 h; union { __u64 q; char s[3]; }; };");
    CHECK_TEXT(shown(at, TYPE_STRUCT, "s"), "struct s {\n"
                                            "    char c; /* at 0, size 1 */\n"
                                            "    __u32 a:3; /* at 1:0 */\n"
                                            "    __u32 b:30; /* at 4:0 */\n"
                                            "    __u16 h; /* at 8, size 2 */\n"
                                            "    union {\n"
                                            "        __u64 q; /* at 16, size 8 */\n"
                                            "        char s[3]; /* at 16, size 3 */\n"
                                            "    }; /* at 16, size 8 */\n"
                                            "}; /* size 24, align 8 */\n");
    declare(
        at,
        "struct p { u8 a; u32 b; u16 c:4; u16 :0; u8 d[]; } __attribute__((packed, aligned(4)));");
    CHECK_TEXT(shown(at, TYPE_STRUCT, "p"), "struct p {\n"
                                            "    u8 a; /* at 0, size 1 */\n"
                                            "    u32 b; /* at 1, size 4 */\n"
                                            "    u16 c:4; /* at 5:0 */\n"
                                            "    u8 d[]; /* at 6, size 0 */\n"
                                            "} __attribute__((packed)); /* size 8, align 4 */\n");
}

TEST_IN_ARENA(sizes_follow_the_data_model)
{
    const struct type *type;

    at->types->data = &data_arm32;
    declare(at, "struct s { long l; void *p; size_t n; long long q; };");
    type = types_find(at->types, TYPE_STRUCT, "s");
    CHECK_EQ(type->size, 24);
    CHECK_EQ(type->members[3].bit_offset, 16 * 8);
}

TEST_IN_ARENA(declarators_read_and_print_alike)
{
    static const char *const texts[] = { "int (*f)(const char *, ...)",
                                         "char *(*a[3])[4]",
                                         "const volatile unsigned long *const p",
                                         "void (*signal(int, void (*)(int)))(int)",
                                         "struct foo **q",
                                         "unsigned __int128 x",
                                         "__u32 v[2][3]" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct type *found;
        const char *name =
            i == 3 ? "signal" : (const char *[]){ "f", "a", "p", "", "q", "x", "v" }[i];
        declare(at, texts[i]);
        found = types_find(at->types, i == 3 ? TYPE_FUNC : TYPE_VAR, name);
        text_clear(&at->text);
        if (found)
            type_print(&at->text, found, "");
        CHECK_TEXT(at->text.at, texts[i]);
    }
}

TEST_IN_ARENA(a_prototype_keeps_its_annotations)
{
    const struct type *func;
    const struct tag *tag;

    CHECK_EQ(cdecl_prototype(at->types,
                             "int log_msg(const char *s __sz(n), __u32 n, struct x * __ctx "
                             "__nullable, void (*cb)(int a __in)) __acquire(ring);",
                             &func, &at->err),
             0);
    CHECK_EQ(func->kind, TYPE_FUNC);
    CHECK_EQ(func->to->count, 4);
    tag = type_tag(func, 0, "__sz");
    CHECK_TEXT(tag->argument, "n");
    CHECK_EQ(type_param(func, "n"), 1);
    CHECK(type_tag(func, 2, "__ctx") && type_tag(func, 2, "__nullable"));
    CHECK(!type_tag(func, 1, "__sz") && !type_tag(func, 0, "__in"));
    CHECK_TEXT(type_tag(func, -1, "__acquire")->argument, "ring");
    CHECK_TEXT(func->to->params[2].name, "");
}

TEST_IN_ARENA(a_failed_declaration_leaves_nothing)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {
        { "struct a { int x };", "line 1, column 18: ';' is missing at '}'" },
        { "struct a {\n  foo_t x;\n};",
          "line 2, column 3: a type is missing, or not known here at 'foo_t'" },
        { "struct a { struct a x; };", "a member's type has no size" },
        { "struct a { int x; }; int f(", "at the end of the declaration" },
        { "struct a { int x[1 << 40]; };", "the number is out of range" },
        { "struct a { int x:33; };", "a bit-field has a wrong type or width" },
        { "struct a { int x; }; struct a { long x; };", "defined already, and differently" },
        { "struct a { int x; } __attribute__((vector_size(8)));",
          "attribute is not supported here" },
        { "enum a { A = 1 / 0 };", "division by 0" },
        { "int (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((x",
          "nested too deeply" },
        { "short long x;", "these words make no type" },
        { "int x[3](void);", "an array cannot hold functions" },
    };

    declare(at, "struct f; typedef struct f f_t;");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t before = at->types->all.count;
        struct error err = { 0 };
        CHECK_EQ(cdecl_parse(at->types, wrong[i].text, &err), ANYBPF_E_FORMAT);
        CHECK_SAY(strstr(err.text, wrong[i].says), "%s: %s", wrong[i].text, err.text);
        CHECK_EQ(at->types->all.count, before);
        CHECK(!types_find(at->types, TYPE_STRUCT, "a"));
    }
    struct error err = { 0 };
    CHECK(cdecl_parse(at->types, "struct f { int x; }; struct g { f_t y; }; oops", &err));
    CHECK(!types_find(at->types, TYPE_STRUCT, "f"));
    declare(at, "struct f { long x; }; struct g { f_t y; };");
    CHECK_EQ(types_find(at->types, TYPE_STRUCT, "g")->size, 8);
}

TEST_IN_ARENA(floats_print_with_the_fewest_digits_that_mean_them)
{
    static const struct {
        double d[3];
        float f[4];
    } numbers = { { 0.1, 100.25, 1.0 / 3 }, { 0.1f, 16777216, 1.0f / 3, -0.0f } };
    struct bytes value = { (const uint8_t *)&numbers, sizeof numbers };

    declare(at, "struct numbers { double d[3]; float f[4]; };");
    value_print(&at->text, types_find(at->types, TYPE_STRUCT, "numbers"), value, HOST_IS_BIG,
                ANYBPF_LINE);
    CHECK_TEXT(at->text.at, "{ .d = { 0.1, 100.25, 0.3333333333333333 }, "
                            ".f = { 0.1, 16777216, 0.33333334, -0 } }");
}

TEST_IN_ARENA(values_print_by_their_types)
{
    static const uint8_t bytes[] = { 1, 0, 0, 0, 0xfe, 'h',  'i',  0,    0x10, 0x20, 0x30, 0x40,
                                     3, 0, 5, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    struct bytes value = { bytes, sizeof bytes };
    const struct type *type;

    declare(at,
            "enum color { RED = 1, GREEN };"
            "struct s { enum color c; signed char n; char name[3]; __u32 lo:4, hi:28; __u16 a[2];"
            " union { void *p; struct { int i; } in; }; };");
    type = types_find(at->types, TYPE_STRUCT, "s");
    value_print(&at->text, type, value, false, ANYBPF_LINE);
    CHECK_TEXT(at->text.at,
               "{ .c = RED, .n = -2, .name = \"hi\", .lo = 0, .hi = 67305985, .a = { 3, 5 }, "
               ".p = 0xffffffffffffffff, .in = { .i = -1 } }");
    text_clear(&at->text);
    value_print(&at->text, type, value, false, ANYBPF_JSON);
    CHECK_TEXT(at->text.at,
               "{\"c\":\"RED\",\"n\":-2,\"name\":\"hi\",\"lo\":0,\"hi\":67305985,\"a\":[3,5],"
               "\"p\":\"0xffffffffffffffff\",\"in\":{\"i\":-1}}");
    text_clear(&at->text);
    value_print(&at->text, type, (struct bytes){ bytes, 8 }, true, ANYBPF_TREE);
    CHECK_TEXT(
        at->text.at,
        "{\n    .c = 16777216,\n    .n = -2,\n    .name = \"hi\",\n    .lo = ?,\n    .hi = ?,\n"
        "    .a = { ? },\n    .p = ?,\n    .in = {\n        .i = ?,\n    },\n}");
}

TEST_IN_ARENA(same_layout_looks_at_bytes)
{
    declare(at, "struct a { __u32 x; struct { char c[4]; }; }; struct b { const int x; struct { "
                "char c[4]; }; };"
                "struct c { __u32 y; struct { char c[4]; }; };");
    const struct type *a = types_find(at->types, TYPE_STRUCT, "a");
    uint32_t offset = 0;
    CHECK(type_same_layout(a, types_find(at->types, TYPE_STRUCT, "b")));
    CHECK(!type_same_layout(a, types_find(at->types, TYPE_STRUCT, "c")));
    CHECK(type_member(a, "c", &offset));
    CHECK_EQ(offset, 32);
    CHECK(!type_member(a, "none", &offset));
}

/* ---- BTF, from words: a header, types, then the strings "\0a\0b\0" ---- */

enum { KIND = 24, A = 1, B = 3, VALUES = 1u << 31 };

/* Parses these words as the types of a .BTF section of that byte order. */
static int parse_words(struct place *at, bool big, const uint32_t *words, uint32_t count)
{
    static const uint8_t strings[] = { 0, 'a', 0, 'b', 0, 7, 0 };
    uint32_t header[] = { 0, 24, 0, count * 4, count * 4, sizeof strings };
    uint8_t *bytes = arena_alloc(at->arena, 24 + count * 4 + sizeof strings);

    for (uint32_t i = 0; i < 6 + count; i++) {
        uint32_t word = i < 6 ? header[i] : words[i - 6];
        bytes_set_u32(bytes + i * 4, big == HOST_IS_BIG ? word : __builtin_bswap32(word));
    }
    bytes[0] = big ? 0xeb : 0x9f;
    bytes[1] = big ? 0x9f : 0xeb;
    bytes[2] = 1;
    bytes[3] = 0;
    memcpy(bytes + 24 + count * 4, strings, sizeof strings);
    at->types = types_new(at->arena, NULL);
    error_clear(&at->err);
    return btf_parse(at->types, (struct bytes){ bytes, 24 + count * 4 + sizeof strings },
                     "x.o: .BTF", &at->err);
}

#define INT_A(bits) A, TYPE_INT << KIND, 4, (bits)
#define REFUSED(says, ...)                                                                         \
    do {                                                                                           \
        const uint32_t words[] = { __VA_ARGS__ };                                                  \
        CHECK_EQ(parse_words(at, false, words, sizeof words / 4), ANYBPF_E_FORMAT);                \
        CHECK_SAY(strstr(at->err.text, says), "%s, not %s", at->err.text, says);                   \
    } while (0)

TEST_IN_ARENA(btf_of_either_byte_order)
{
    const uint32_t words[] = { INT_A(32 | 1 << 24),
                               B,
                               TYPE_STRUCT << KIND | VALUES | 2,
                               8,
                               A,
                               1,
                               0,
                               B,
                               1,
                               5u << 24 | 32,
                               0,
                               TYPE_CONST << KIND,
                               2,
                               A,
                               TYPE_ENUM64 << KIND | VALUES | 1,
                               8,
                               B,
                               0xfffffffe,
                               0xffffffff };
    for (int big = 0; big < 2; big++) {
        CHECK_SAY(!parse_words(at, big, words, sizeof words / 4), "%s", at->err.text);
        CHECK_EQ(at->types->big, big);
        CHECK_TEXT(shown(at, TYPE_STRUCT, "b"), "struct b {\n    a a; /* at 0, size 4 */\n    a "
                                                "b:5; /* at 4:0 */\n}; /* size 8, align 4 */\n");
        CHECK_EQ(types_get(at->types, 3)->size, 8);
        CHECK_EQ(types_get(at->types, 4)->enumerators[0].value, (uint64_t)-2);
        CHECK(types_get(at->types, 1)->is_signed && !types_get(at->types, 5));
    }
}

TEST_IN_ARENA(btf_that_lies_is_refused)
{
    REFUSED("x.o: .BTF: offset 32: there is no type 9", 0, TYPE_PTR << KIND, 9);
    REFUSED("offset 24: a name lies outside the strings", 99, TYPE_PTR << KIND, 0);
    REFUSED("offset 24: a name contains control characters", 5, TYPE_PTR << KIND, 0);
    REFUSED("offset 24: a type is cut off", 0, TYPE_PTR << KIND);
    REFUSED("offset 24: a type is cut off", 0, TYPE_STRUCT << KIND | 2, 4, A, 1, 0);
    REFUSED("offset 24: a type of unknown kind", 0, 20u << KIND, 0);
    REFUSED("type 1: typedef a contains itself", A, TYPE_TYPEDEF << KIND, 1);
    REFUSED("struct a contains itself", A, TYPE_STRUCT << KIND | 1, 4, B, 1, 0);
    REFUSED("array (anonymous) contains itself", 0, TYPE_ARRAY << KIND, 0, 1, 1, 2);
    REFUSED("member b lies outside a (4 bytes)", INT_A(32), A, TYPE_STRUCT << KIND | 1, 4, B, 1, 8);
    REFUSED("member b of a has no size", A, TYPE_STRUCT << KIND | 1, 4, B, 0, 0);
    REFUSED("has more bits than its size", INT_A(33));
    REFUSED("has an impossible size", A, TYPE_INT << KIND, 3, 24);
    REFUSED("is larger than 1 TiB", INT_A(32), 0, TYPE_ARRAY << KIND, 0, 1, 1, ~0u, 0,
            TYPE_ARRAY << KIND, 0, 2, 1, ~0u);
    REFUSED("a function's type is no prototype", INT_A(32), A, TYPE_FUNC << KIND, 1);
    REFUSED("which no value has", A, TYPE_VAR << KIND, 1, 0);
    REFUSED("what is neither variable nor function", INT_A(32), A, TYPE_DATASEC << KIND | 1, 4, 1,
            0, 4);
    REFUSED("marks what cannot be declared", INT_A(32), A, TYPE_DECL_TAG << KIND, 1, ~0u);
}

TEST_IN_ARENA(btf_nests_only_so_deep)
{
    uint32_t words[3 * 80];

    for (uint32_t i = 0; i < 80; i++) { /* each is a typedef of the one before */
        words[3 * i] = A;
        words[3 * i + 1] = TYPE_TYPEDEF << KIND;
        words[3 * i + 2] = i;
    }
    CHECK_EQ(parse_words(at, false, words, 3 * 60), 0);
    CHECK_EQ(types_get(at->types, 60)->depth, 61);
    CHECK_EQ(parse_words(at, false, words, 3 * 80), ANYBPF_E_FORMAT);
    CHECK(strstr(at->err.text, "is nested too deeply"));
    for (uint32_t i = 0; i < 80; i++) /* each of the one behind */
        words[3 * i + 2] = i + 2;
    words[3 * 79 + 2] = 0;
    CHECK_EQ(parse_words(at, false, words, 3 * 80), ANYBPF_E_FORMAT);
    CHECK(strstr(at->err.text, "is nested too deeply"));
}

TEST_IN_ARENA(btf_has_no_room_for_explosions)
{
    /* 40 structs of size 0, each of which has the one before twice: 2^40 parts. */
    uint32_t words[40 * 9];

    for (uint32_t i = 0; i < 40; i++) {
        const uint32_t one[] = { A, TYPE_STRUCT << KIND | 2, 0, A, i, 0, B, i, 0 };
        memcpy(words + 9 * i, one, sizeof one);
    }
    words[1] = TYPE_STRUCT << KIND; /* the first is empty, its members are two fit types */
    words[3] = words[6] = A, words[4] = TYPE_FWD << KIND, words[5] = 0;
    words[7] = TYPE_FWD << KIND, words[8] = 0;
    for (uint32_t i = 1; i < 40; i++)
        words[9 * i + 4] = words[9 * i + 7] = i == 1 ? 1 : i + 2;
    CHECK_EQ(parse_words(at, false, words, 9 * 40), ANYBPF_E_FORMAT);
    CHECK_SAY(strstr(at->err.text, "has too many parts"), "%s", at->err.text);
}
