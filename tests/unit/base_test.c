/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "base/hash.h"
#include "base/vector.h"
#include "runner/runner.h"

TEST(fail_keeps_the_first_fault)
{
    struct error err = { 0 };
    CHECK_EQ(fail(&err, ANYBPF_E_FORMAT, "section %u: bad offset", 3u), ANYBPF_E_FORMAT);
    CHECK_EQ(fail(&err, ANYBPF_E_MEMORY, "noise"), ANYBPF_E_FORMAT);
    error_prefix(&err, "%s", "a.o");
    CHECK_TEXT(err.text, "a.o: section 3: bad offset");
    error_clear(&err);
    CHECK_EQ(err.code, 0);
    CHECK_EQ(fail(NULL, ANYBPF_E_LIMIT, "unheard"), ANYBPF_E_LIMIT);
}

static int fill_table(void *arg)
{
    struct arena *arena = arg;
    struct hash hash = { 0 };
    for (uint64_t i = 0; i < 1000; i++)
        *hash_put(arena, &hash, i << 40) = (uint32_t)i + 1;
    for (uint64_t i = 0; i < 1000; i++)
        CHECK_EQ(*hash_get(&hash, i << 40), i + 1);
    CHECK(!hash_get(&hash, 7));
    *hash_put_text(arena, &hash, "seven") = 7;
    CHECK_EQ(*hash_get_text(&hash, "seven"), 7);
    CHECK(!hash_get_text(&hash, "eight"));

    struct vec(uint32_t) numbers = { 0 };
    for (uint32_t i = 0; i < 1000; i++)
        vec_push(arena, &numbers, i * i);
    CHECK_EQ(numbers.count, 1000);
    CHECK_EQ(numbers.at[999], 999 * 999);
    CHECK_EQ(*vec_last(&numbers), 999 * 999);
    return 0;
}

TEST(tables_and_vectors_grow)
{
    struct error err = { 0 };
    struct arena *arena = arena_new(&allocator_libc, 0);
    CHECK_EQ(arena_try(arena, &err, fill_table, arena), 0);
    arena_free(arena);
}

static int take_all(void *arg)
{
    for (;;)
        memset(arena_alloc(arg, 1000), 1, 1000);
    return 0;
}

static int take_chunks(void *arg)
{
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(arg, 1000), 1, 1000);
    return 0;
}

TEST(a_cleared_arena_keeps_memory_but_no_bytes)
{
    struct error err = { 0 };
    struct arena *arena = arena_new(&allocator_libc, 0);
    size_t kept = 0;
    for (int round = 0; round < 3; round++) {
        CHECK_EQ(arena_try(arena, &err, take_chunks, arena), 0);
        CHECK(round == 0 || arena_taken(arena) == kept);
        arena_clear(arena, 1 << 20);
        kept = arena_taken(arena);
        CHECK(kept >= 100 * 1000);
        const uint8_t *first = arena_alloc(arena, 64);
        for (int i = 0; i < 64; i++)
            CHECK_EQ(first[i], 0);
        arena_clear(arena, 1 << 20);
    }
    arena_clear(arena, 5000);
    CHECK(arena_taken(arena) <= 5000);
    arena_free(arena);
}

TEST(an_arena_at_its_limit_is_an_error)
{
    struct error err = { 0 };
    struct arena *arena = arena_new(&allocator_libc, 1 << 16);
    CHECK_EQ(arena_try(arena, &err, take_all, arena), ANYBPF_E_MEMORY);
    CHECK_EQ(err.code, ANYBPF_E_MEMORY);
    CHECK(arena_taken(arena) <= 1 << 16);
    arena_free(arena);
}

TEST(bytes_stay_within)
{
    static const uint8_t data[] = { 1, 2, 3, 4, 'a', 0, 'b' };
    struct bytes b = { data, sizeof data };
    CHECK(bytes_has(b, 7, 0) && bytes_has(b, 0, 7));
    CHECK(!bytes_has(b, 1, 7) && !bytes_has(b, UINT64_MAX, 1) && !bytes_has(b, 1, UINT64_MAX));
    CHECK_TEXT(bytes_text(b, 4), "a");
    CHECK(!bytes_text(b, 6) && !bytes_text(b, 7));
    CHECK_EQ(bytes_u32_in(data, true), 0x01020304);
    CHECK_EQ(bytes_u32_in(data, false), 0x04030201);
}
