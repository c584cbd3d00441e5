/* SPDX-License-Identifier: Apache-2.0 */
/* Changing code that runs: jumps over a function's first instructions, and what these do elsewhere.
 *
 * A jump takes five bytes, and a thread may stand between any two of the instructions that lie
 * there. So the displacement is chosen such that at each such place there is either what was there
 * before, or a breakpoint, whose handler lets the thread go on in the copy. With a sled of nops
 * all four bytes of the displacement are nops: the sled changes in its first byte alone. */
#include "arch/x86_64/local.h"
#include "base/planted.h"
#include <elf.h>

enum { JUMP = 0xe9, NOP = 0x90, BREAKPOINT = 0xcc, CS_PREFIX = 0x2e, JUMP_SIZE = 5 };

static bool fits(int64_t displacement)
{
    return displacement == (int32_t)displacement;
}

static bool jump(uint8_t *to, uint64_t address, uint64_t target)
{
    int64_t displacement = (int64_t)(target - (address + JUMP_SIZE));
    if (!fits(displacement))
        return false;
    to[0] = JUMP;
    bytes_set_u32_in(to + 1, (uint32_t)displacement, false);
    return true;
}

/* ---- Moving ---- */

static uint32_t move_branch(uint8_t *to, uint64_t address, const uint8_t *from,
                            const struct machine_insn *insn)
{
    uint8_t opcode = from[insn->opcode];
    uint32_t size = 0;
    int64_t displacement;

    if (opcode >= 0xe0 && opcode <= 0xe3)
        return 0; /* loop, jrcxz: they have no long form */
    if (opcode == 0x0f)
        opcode = from[insn->opcode + 1];
    if (insn->kind == MACHINE_BRANCH) {
        to[size++] = 0x0f;
        to[size++] = 0x80 | (opcode & 15);
    } else
        to[size++] = JUMP;
    displacement = (int64_t)(insn->target - (address + size + 4));
    if (!fits(displacement))
        return 0;
    bytes_set_u32_in(to + size, (uint32_t)displacement, false);
    return size + 4;
}

static uint32_t move(uint8_t *to, uint64_t address, const uint8_t *from,
                     const struct machine_insn *insn)
{
    if (insn->kind == MACHINE_CALL)
        return 0;
    if ((insn->kind == MACHINE_BRANCH || insn->kind == MACHINE_JUMP) && insn->target)
        return move_branch(to, address, from, insn);
    memcpy(to, from, insn->size);
    if (insn->data) {
        int64_t displacement =
            (int64_t)(insn->data - (FAULT(x86_move_rip, address, insn->at) + insn->size));
        if (!fits(displacement))
            return 0;
        bytes_set_u32_in(to + insn->field, (uint32_t)displacement, false);
    }
    return insn->size;
}

/* ---- Where jumps may lead ---- */

/* The displacement whose bytes from offset `kept` on are what is there, and which has breakpoints
 * where instructions begin before that. */
static struct jump_place place_keeping(const uint8_t *from, unsigned inside, unsigned kept)
{
    struct jump_place place = { 0 };

    for (unsigned i = 1; i < JUMP_SIZE; i++) {
        unsigned shift = (i - 1) * 8;
        uint8_t byte = from[i];
        if (i < kept && !(inside >> i & 1))
            continue;
        if (i < kept) {
            byte = FAULT(x86_place_trap, BREAKPOINT, NOP);
            place.traps |= (uint8_t)(1 << i);
        }
        place.mask |= 0xffu << shift;
        place.bits |= (uint32_t)byte << shift;
    }
    return place;
}

static uint32_t places(const uint8_t *from, unsigned inside, bool sled, struct jump_place *found)
{
    uint32_t count = 0;

    /* In a sled a prefix that means nothing to what follows, instead of the last nop: upwards. */
    if (sled && inside == 0x1e) {
        found[count++] = (struct jump_place){ UINT32_MAX, CS_PREFIX << 24 | 0x909090, 0 };
    }
    for (unsigned kept = 1; kept <= JUMP_SIZE; kept++)
        if (kept == JUMP_SIZE || inside >> kept & 1)
            found[count++] = place_keeping(from, inside, kept);
    return count;
}

const struct patch_arch x86_patch = {
    .jump_size = JUMP_SIZE,
    .align = 1,
    .move_max = 16,
    .reach = INT32_MAX,
    .import_relocs = { R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT },
    .decode = x86_decode,
    .move = move,
    .jump = jump,
    .places = places,
};
