/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions of each processor moved elsewhere, on any host: what they are and become. */
#include "arch/targets.h"
#include "runner/runner.h"
#include <stdlib.h>

enum { FROM = 0x100000, TO = 0x200000 };

/* Bytes as hex; "" for what cannot be moved. The jump behind it leads back. */
struct row {
    const char *from, *to;
    uint8_t kind;
    uint64_t target, data;
};

static void check(const char *name, const struct row *rows, size_t count)
{
    const struct target *target = target_find(name);

    for (size_t i = 0; target && i < count; i++) {
        uint8_t from[16] = { 0 }, to[64] = { 0 }, wanted[64];
        long size = hex_read(rows[i].from, from, sizeof from);
        long moved = hex_read(rows[i].to, wanted, sizeof wanted);
        struct machine_insn insn;
        uint32_t written;

        target->patch->decode(&insn, from, (size_t)size, FROM);
        CHECK_SAY(insn.size == size && insn.kind == rows[i].kind, "%s: size %u, kind %u",
                  rows[i].from, insn.size, insn.kind);
        CHECK_EQ(insn.target, rows[i].target);
        CHECK_EQ(insn.data, rows[i].data);
        written = target->patch->move(to, TO, from, &insn);
        CHECK_SAY(written == moved && !memcmp(to, wanted, written),
                  "%s becomes %u bytes, %02x %02x %02x %02x, %02x %02x %02x %02x, not %s",
                  rows[i].from, written, to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7],
                  rows[i].to);
        target->patch->decode(&insn, from, (size_t)size - 1, FROM);
        CHECK_SAY(!insn.size, "%s: cut off, it has a size", rows[i].from);
    }
}

TEST(x86_instructions_are_moved)
{
    static const struct row rows[] = {
        { "55", "55", MACHINE_PLAIN, 0, 0 },
        { "90", "90", MACHINE_NOP, 0, 0 },
        { "0f1f440000", "0f1f440000", MACHINE_NOP, 0, 0 },
        { "f30f1efa", "f30f1efa", MACHINE_PAD, 0, 0 },
        { "c3", "c3", MACHINE_END, 0, 0 },
        { "cc", "cc", MACHINE_TRAP, 0, 0 },
        { "e800000000", "", MACHINE_CALL, FROM + 5, 0 },
        { "ff1500000000", "", MACHINE_CALL, 0, FROM + 6 },
        { "eb10", "e90d00f0ff", MACHINE_JUMP, FROM + 18, 0 },
        { "e900010000", "e90001f0ff", MACHINE_JUMP, FROM + 0x105, 0 },
        { "7410", "0f840c00f0ff", MACHINE_BRANCH, FROM + 18, 0 },
        { "0f85f0ffffff", "0f85f0ffefff", MACHINE_BRANCH, FROM - 10, 0 },
        { "e310", "", MACHINE_BRANCH, FROM + 18, 0 },
        { "ff2510000000", "ff251000f0ff", MACHINE_JUMP, 0, FROM + 22 },
        { "ffe0", "ffe0", MACHINE_JUMP, 0, 0 },
        { "488b0510000000", "488b051000f0ff", MACHINE_PLAIN, 0, FROM + 23 },
        { "c7051000000001000000", "c7051000f0ff01000000", MACHINE_PLAIN, 0, FROM + 26 },
        { "c5f86f0510000000", "c5f86f051000f0ff", MACHINE_PLAIN, 0, FROM + 24 },
        { "62f1fd486f0510000000", "62f1fd486f051000f0ff", MACHINE_PLAIN, 0, FROM + 26 },
        { "66b80100", "66b80100", MACHINE_PLAIN, 0, 0 },
        { "48b80807060504030201", "48b80807060504030201", MACHINE_PLAIN, 0, 0 },
    };
    check("x86_64", rows, sizeof rows / sizeof *rows);
}

TEST(arm64_instructions_are_moved)
{
    static const struct row rows[] = {
        { "fd7bbfa9", "fd7bbfa9", MACHINE_PLAIN, 0, 0 },        /* stp x29, x30 */
        { "1f2003d5", "1f2003d5", MACHINE_NOP, 0, 0 },          /* nop */
        { "5f2403d5", "5f2403d5", MACHINE_PAD, 0, 0 },          /* bti c */
        { "c0035fd6", "c0035fd6", MACHINE_END, 0, 0 },          /* ret */
        { "00001fd6", "00001fd6", MACHINE_JUMP, 0, 0 },         /* br x0 */
        { "00003fd6", "", MACHINE_CALL, 0, 0 },                 /* blr x0 */
        { "04000094", "", MACHINE_CALL, FROM + 16, 0 },         /* bl .+16 */
        { "04000014", "0400fc17", MACHINE_JUMP, FROM + 16, 0 }, /* b .+16 */
        { "81000054", "4100005402000014 0200fc17", MACHINE_BRANCH, FROM + 16, 0 }, /* b.ne */
        { "830000b4", "430000b402000014 0200fc17", MACHINE_BRANCH, FROM + 16, 0 }, /* cbz x3 */
        { "85000836", "4500083602000014 0200fc17", MACHINE_BRANCH, FROM + 16, 0 }, /* tbz w5 */
        { "81000010", "e1830c32", MACHINE_PLAIN, 0, FROM + 16 },                   /* adr x1 */
        { "010000b0", "010082520102a072", MACHINE_PLAIN, 0, FROM + 4096 },         /* adrp x1 */
        { "82000058", "e2830c32 420040f9", MACHINE_PLAIN, 0, FROM + 16 },          /* ldr x2 */
        { "82000018", "e2830c32 420040b9", MACHINE_PLAIN, 0, FROM + 16 },          /* ldr w2 */
        { "82000098", "e2830c32 420080b9", MACHINE_PLAIN, 0, FROM + 16 },          /* ldrsw x2 */
        { "8200005c", "f1830c32 220240fd", MACHINE_PLAIN, 0, FROM + 16 },          /* ldr d2 */
        { "8200009c", "f1830c32 2202c03d", MACHINE_PLAIN, 0, FROM + 16 },          /* ldr q2 */
    };
    check("arm64", rows, sizeof rows / sizeof *rows);
}

/* Bytes given in the displacement of a jump over x86-64 instructions. */
TEST(x86_jumps_keep_what_threads_may_run)
{
    static const struct {
        const char *from;
        unsigned inside;
        bool sled;
        struct jump_place places[4];
    } rows[] = {
        { "0f1f440000", 0, true, { { 0, 0, 0 } } },
        { "9090909090",
          0x1e,
          true,
          { { 0xffffffff, 0x2e909090, 0 },
            { 0xffffffff, 0x90909090, 0 },
            { 0xffffffff, 0x909090cc, 2 } } },
        { "554889e553",
          0x12,
          false,
          { { 0xffffffff, 0x53e58948, 0 },
            { 0xff0000ff, 0x530000cc, 2 },
            { 0xff0000ff, 0xcc0000cc, 0x12 } } },
        { "4157415641", 0x14, false, { { 0xffffff00, 0x41564100, 0 } } },
    };
    const struct target *target = target_find("x86_64");

    for (size_t i = 0; target && i < sizeof rows / sizeof *rows; i++) {
        struct jump_place places[PATCH_PLACES];
        uint8_t from[8] = { 0 };
        uint32_t count;
        hex_read(rows[i].from, from, sizeof from);
        count = target->patch->places(from, rows[i].inside, rows[i].sled, places);
        for (uint32_t k = 0; k < 4 && (!k || rows[i].places[k].mask); k++)
            CHECK_SAY(k < count && places[k].mask == rows[i].places[k].mask &&
                          places[k].bits == rows[i].places[k].bits &&
                          places[k].traps == rows[i].places[k].traps,
                      "%s: place %u: mask %#x, bits %#x, traps %#x", rows[i].from, k,
                      places[k].mask, places[k].bits, places[k].traps);
    }
}
