/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/runner.h"
#include "type/type.h"

/* Runs body within an arena of its own and with an empty set; the set has 8-byte pointers, so that
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
    at->types->pointer_size = 8;
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

    at->types->pointer_size = 4;
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
        { "struct a { int x; } __attribute__((vector_size(8)));", "attribute is not supported" },
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
    value_print(&at->text, type, value, false, VALUE_LINE);
    CHECK_TEXT(at->text.at,
               "{ .c = RED, .n = -2, .name = \"hi\", .lo = 0, .hi = 67305985, .a = { 3, 5 }, "
               ".p = 0xffffffffffffffff, .in = { .i = -1 } }");
    text_clear(&at->text);
    value_print(&at->text, type, value, false, VALUE_JSON);
    CHECK_TEXT(at->text.at,
               "{\"c\":\"RED\",\"n\":-2,\"name\":\"hi\",\"lo\":0,\"hi\":67305985,\"a\":[3,5],"
               "\"p\":\"0xffffffffffffffff\",\"in\":{\"i\":-1}}");
    text_clear(&at->text);
    value_print(&at->text, type, (struct bytes){ bytes, 8 }, true, VALUE_TREE);
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
