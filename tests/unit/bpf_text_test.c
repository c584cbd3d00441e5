/* SPDX-License-Identifier: Apache-2.0 */
/* Assembler and disassembler: against each other, and against LLVM's. */
#include "base/arena.h"
#include "base/text.h"
#include "bpf/text.h"
#include "runner/runner.h"
#include <stdlib.h>
#include <unistd.h>

static uint64_t state;

static uint32_t next_random(void)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t x = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)((x ^ x >> 27) * 0x94d049bb133111ebu >> 32);
}

static int32_t random_imm(void)
{
    static const int32_t boundary[] = { 0,         1,         -1,        7,         8,
                                        9,         10,        -10,       255,       INT16_MAX,
                                        INT16_MIN, INT32_MAX, INT32_MIN, 0x12345678 };
    uint32_t pick = next_random() % 20;
    return pick < 14 ? boundary[pick] : (int32_t)next_random();
}

/* An instruction of the row with random operands: two slots. */
static void random_insn(uint8_t id, struct insn insn[2])
{
    const struct insn_row *row = &insn_rows[id];
    insn[0] = (struct insn){ .id = id, .code = row->code };
    insn[1] = (struct insn){ .id = INSN_SECOND };
    if (strchr(row->fields, 'd'))
        insn->dst = (uint8_t)(next_random() % 11);
    if (strchr(row->fields, 's'))
        insn->src = (uint8_t)(next_random() % 11);
    if (strchr(row->fields, 'o'))
        insn->off = (int16_t)random_imm();
    if (strchr(row->fields, 'i'))
        insn->imm = random_imm();
    if (strstr(row->llvm, "%l") || strstr(row->llvm, "%k"))
        insn[1].imm = random_imm();
    switch (row->when) {
    case 'o': insn->off = (int16_t)row->value; break;
    case 'i': insn->imm = row->value; break;
    case 's': insn->src = (uint8_t)row->value; break;
    default: break;
    }
}

static bool same(struct insn a, struct insn b)
{
    return a.id == b.id && a.code == b.code && a.dst == b.dst && a.src == b.src && a.off == b.off &&
           a.imm == b.imm;
}

static void round_trip(struct arena *arena, uint8_t id, enum insn_dialect dialect)
{
    struct insn insn[2];
    struct insn_list list = { 0 };
    struct error err = { 0 };
    char text[128];

    random_insn(id, insn);
    insn_print(text, sizeof text, NULL, insn, 0, dialect);
    bool wide = insn_rows[id].kind == INSN_KIND_LDIMM;
    CHECK_SAY(!insn_assemble(arena, text, &list, &err), "%s: %s", insn_rows[id].name, err.text);
    CHECK_SAY(list.count == 1u + wide && same(list.at[0], insn[0]) &&
                  (!wide || same(list.at[1], insn[1])),
              "%s printed as %s is read as %s", insn_rows[id].name, text,
              list.count ? insn_rows[list.at[0].id].name : "nothing");
}

TEST(every_row_is_read_as_printed)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    for (uint8_t id = INSN_INVALID + 1; id < INSN_SECOND; id++)
        for (int i = 0; i < 40; i++) {
            struct arena_mark mark = arena_mark(arena);
            round_trip(arena, id, INSN_LLVM);
            if (insn_rows[id].op != OP_CAST && *insn_rows[id].ubpf)
                round_trip(arena, id, INSN_UBPF);
            arena_reset(arena, mark);
        }
    arena_free(arena);
}

TEST(every_row_is_decoded_as_encoded)
{
    for (uint8_t id = INSN_INVALID + 1; id < INSN_SECOND; id++)
        for (int i = 0; i < 20; i++) {
            struct insn insn[2], back[2];
            uint8_t bytes[16];
            bool big = i & 1;
            random_insn(id, insn);
            insn_encode(insn[0], bytes, big);
            insn_encode(insn[1], bytes + 8, big);
            insn_decode_all(bytes, 2, big, back);
            CHECK_SAY(same(insn[0], back[0]), "%s", insn_rows[id].name);
            CHECK_EQ(insn_unused_field(back[0]), 0);
            if (insn_rows[id].kind == INSN_KIND_LDIMM)
                CHECK_SAY(same(insn[1], back[1]), "%s", insn_rows[id].name);
        }
}

/* ---- LLVM ---- */

/* Runs llvm-mc on the lines; its output, or NULL. */
static char *llvm_mc(const char *options, const char *input)
{
    char from[] = "/tmp/anybpf-mc-XXXXXX", command[512];
    size_t size;
    int fd = mkstemp(from);
    if (fd < 0)
        return NULL;
    ssize_t wrote = write(fd, input, strlen(input));
    close(fd);
    snprintf(command, sizeof command, "llvm-mc-19 --arch=bpf -mcpu=v4 %s %s >%s.out 2>&1", options,
             from, from);
    char *out = NULL, path[64];
    snprintf(path, sizeof path, "%s.out", from);
    if (wrote == (ssize_t)strlen(input) && system(command) >= 0)
        out = file_read(path, &size);
    unlink(from);
    unlink(path);
    return out;
}

static bool have_llvm(void)
{
    if (!system("command -v llvm-mc-19 >/dev/null 2>&1"))
        return true;
    test_skip("there is no llvm-mc-19");
    return false;
}

/* Whether LLVM 19 reads and prints the row as we do. */
static bool llvm_knows(uint8_t id)
{
    switch (id) {
    case INSN_CALL_LOCAL: /* a distance without a sign */
    case INSN_CALL_KFUNC:
    case INSN_LDIMM_MAP: /* pseudo instructions are all "ll" */
    case INSN_LDIMM_MAP_VALUE:
    case INSN_LDIMM_VAR:
    case INSN_LDIMM_FUNC:
    case INSN_LDIMM_MAP_IDX:
    case INSN_LDIMM_MAP_IDX_VALUE: return false;
    default:
        return insn_rows[id].op != OP_LOAD_ACQ && insn_rows[id].op != OP_STORE_REL &&
               insn_rows[id].op != OP_IND; /* its immediate is not printed */
    }
}

/* The next line of the text that holds an instruction, without blanks at its ends. */
static char *next_line(char **text)
{
    for (char *line; (line = strsep(text, "\n"));) {
        line += strspn(line, " \t");
        if (*line && *line != '.')
            return line;
    }
    return NULL;
}

TEST(prints_as_llvm_does)
{
    struct insn insns[4 * INSN_COUNT][2];
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct text input = { .arena = arena };
    unsigned count = 0;

    if (!have_llvm()) {
        arena_free(arena);
        return;
    }
    for (uint8_t id = INSN_INVALID + 1; id < INSN_SECOND; id++)
        for (int n = 0; n < 4 && llvm_knows(id); n++) {
            uint8_t bytes[16];
            struct insn *insn = insns[count++];
            random_insn(id, insn);
            if (insn->id == INSN_CALL) /* it has a sign there */
                insn->imm &= INT32_MAX;
            if (insn->id == INSN_ADDR_SPACE_CAST)
                insn->imm &= 0x7fff7fff;
            insn_encode(insn[0], bytes, false);
            insn_encode(insn[1], bytes + 8, false);
            for (int i = 0; i < (insn_rows[id].kind == INSN_KIND_LDIMM ? 16 : 8); i++)
                text_printf(&input, "0x%02x ", bytes[i]);
            text_puts(&input, "\n");
        }
    char *output = llvm_mc("--disassemble --mattr=+alu32 --print-imm-hex", input.at),
         *rest = output;
    for (unsigned i = 0; i < count; i++) {
        char text[128], *line = next_line(&rest);
        insn_print(text, sizeof text, NULL, insns[i], 0, INSN_LLVM);
        CHECK_SAY(line && !strcmp(line, text), "LLVM prints \"%s\", not \"%s\"", line, text);
    }
    free(output);
    arena_free(arena);
}

/* ---- What else is read ---- */

static void reads_as(const char *text, const char *wanted)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct insn_list list = { 0 };
    struct error err = { 0 };
    char printed[2048] = "";

    int rc = insn_assemble(arena, text, &list, &err);
    CHECK_SAY(!rc, "%s", err.text);
    for (uint32_t i = 0; !rc && i < list.count; i++) {
        size_t used = strlen(printed);
        insn_print(printed + used, sizeof printed - used - 1, NULL, &list.at[i], i, INSN_LLVM);
        strcat(printed, "\n");
        i += insn_rows[list.at[i].id].kind == INSN_KIND_LDIMM;
    }
    CHECK_TEXT(printed, wanted);
    arena_free(arena);
}

TEST(reads_what_llvm_objdump_prints)
{
    reads_as("a.o:\n"
             "0000000000000000 <main>:\n"
             "; return x + 1;\n"
             "       0:\tb7 01 00 00 05 00 00 00\tr1 = 0x5\n"
             "       3:\t18 01 00 00 05 00 00 00 00 00 00 00 00 00 00 00\tr1 = 0x5 ll\n"
             "       7:\t71 21 04 00 00 00 00 00\tr1 = *(u8 *)(r2 + 0x4)\n"
             "      14:\t63 51 04 00 00 00 00 00\t*(u32 *)(r1 + 0x4) = r5\n"
             "      20:\tc3 21 08 00 01 00 00 00\tw2 = atomic_fetch_add((u32 *)(r1 + 0x8), w2)\n"
             "      27:\t6d 21 fd ff 00 00 00 00\tif r1 s> r2 goto -0x3 <main+0xc8>\n"
             "      33:\t85 00 00 00 05 00 00 00\tcall 0x5\n"
             "      34:\t85 10 00 00 dd ff ff ff\tcall -0x23 <main>\n"
             "      35:\texit\n",
             "r1 = 0x5\n"
             "r1 = 0x5 ll\n"
             "w1 = *(u8 *)(r2 + 0x4)\n"
             "*(u32 *)(r1 + 0x4) = w5\n"
             "w2 = atomic_fetch_add((u32 *)(r1 + 0x8), w2)\n"
             "if r1 s> r2 goto -0x3\n"
             "call 0x5\n"
             "call -0x23\n"
             "exit\n");
}

TEST(reads_what_bpftool_prints)
{
    reads_as("   0: (bf) r6 = r1\n"
             "   1: (18) r1 = map[id:17]\n"
             "   3: (18) r1 = 0x5\n"
             "   5: (71) r1 = *(u8 *)(r2 +4)\n"
             "   6: (63) *(u32 *)(r10 -4) = r5\n"
             "   7: (db) r2 = atomic64_fetch_add((u64 *)(r1 +8), r2)\n"
             "   8: (db) r0 = atomic64_cmpxchg((u64 *)(r1 -8), r0, r2)\n"
             "   9: (15) if r0 == 0x0 goto pc+3\n"
             "  10: (85) call bpf_map_lookup_elem#1\n"
             "  11: (85) call pc+5#subprog\n"
             "  12: (06) gotol pc-4\n"
             "  13: (95) exit\n",
             "r6 = r1\n"
             "r1 = map 0x11\n"
             "r1 = 0x5 ll\n"
             "w1 = *(u8 *)(r2 + 0x4)\n"
             "*(u32 *)(r10 - 0x4) = w5\n"
             "r2 = atomic_fetch_add((u64 *)(r1 + 0x8), r2)\n"
             "r0 = cmpxchg_64(r1 - 0x8, r0, r2)\n"
             "if r0 == 0x0 goto +0x3\n"
             "call 0x1\n"
             "call +0x5\n"
             "gotol -0x4\n"
             "exit\n");
}

TEST(reads_ubpf)
{
    reads_as("mov32 %r1, 0x87654321\n"
             "jne %r0, %r1, out # comment\n"
             "stxdw [%r10-8], %r0 ; another\n"
             "call local main\n"
             "neg r3 // a third\n"
             "out:\n"
             "lock cmpxchg32 [%r10], %r1\n"
             "call %r2\n"
             "ja +3\n"
             "main: exit\n",
             "w1 = -0x789abcdf\n"
             "if r0 != r1 goto +0x3\n"
             "*(u64 *)(r10 - 0x8) = r0\n"
             "call +0x4\n"
             "r3 = -r3\n"
             "w0 = cmpxchg32_32(r10 + 0x0, w0, w1)\n"
             "callx r2\n"
             "goto +0x3\n"
             "exit\n");
}

static void refused(const char *text, const char *wanted)
{
    struct arena *arena = arena_new(&allocator_libc, 0);
    struct insn_list list = { 0 };
    struct error err = { 0 };
    CHECK_EQ(insn_assemble(arena, text, &list, &err), ANYBPF_E_FORMAT);
    CHECK_TEXT(err.text, wanted);
    arena_free(arena);
}

TEST(names_what_is_wrong)
{
    refused("r1 = 1\nr1 = r11\n", "line 2: \"r1 = r11\" is not an instruction: wanted a register, "
                                  "r0 to r10 or a number of 32 "
                                  "bits or a number of 64 bits at \"r11\"");
    refused("w1 = r2",
            "line 1: \"w1 = r2\" is not an instruction: wanted a register, r0 to r10 or a "
            "number of 32 bits at \"r2\"");
    refused("goto +40000", "line 1: \"goto +40000\" is not an instruction: wanted a label or a "
                           "distance of 16 bits at \"+40000\"");
    refused("lddw %r1, 0x12345678901234567", "line 1: \"lddw %r1, 0x12345678901234567\" is not an "
                                             "instruction: wanted a number of 64 bits "
                                             "at \"0x12345678901234567\"");
    refused("frobnicate r1", "line 1: \"frobnicate r1\" is not an instruction: not understood from "
                             "\"frobnicate r1\"");
    refused("exit exit",
            "line 1: \"exit exit\" is not an instruction: not understood from \"exit\"");
    refused("goto nowhere", "line 1: there is no label nowhere");
    refused("a: exit\na: exit", "line 2: the label a stands twice");
}
