/* SPDX-License-Identifier: Apache-2.0 */
/* Running the vectors of the BPF conformance project: bare instructions, r1 the memory and r2 its
 * length, or both 0. Helper 5 gives back its argument; here it is helper 1005, as the kernel's
 * numbers below 1000 are taken. */
#include "bpf/insn.h"
#include "cli/cli.h"
#include <string.h>

enum { VECTOR_HELPER = 5, OUR_HELPER = 1005 };

static uint64_t give_back(uint64_t value)
{
    return value;
}

static const uint8_t *renumber(struct bytes program)
{
    uint8_t *copy = arena_alloc(cli_arena, program.size);
    memcpy(copy, program.at, program.size);
    for (size_t at = 0; at + 8 <= program.size; at += 8) {
        struct insn insn = insn_decode(copy + at, HOST_IS_BIG);
        if (insn.id == INSN_CALL && insn.imm == VECTOR_HELPER) {
            insn.imm = OUR_HELPER;
            insn_encode(insn, copy + at, HOST_IS_BIG);
        }
    }
    return copy;
}

static int run(struct anybpf_object *object, bool interpret, struct bytes memory, uint64_t *result)
{
    struct anybpf_prog *prog;
    void *context = memory.size ? arena_alloc(cli_arena, memory.size) : NULL;

    if (!object)
        return -1;
    anybpf_set(object, ANYBPF_TRUSTED, 1);
    anybpf_set(object, ANYBPF_INTERPRET, interpret);
    prog = anybpf_find(object, "main");
    if (!prog)
        return -1;
    if (context)
        memcpy(context, memory.at, memory.size);
    return anybpf_call(prog, context, memory.size, result);
}

int vector_run(struct bytes program, bool elf, struct bytes memory, bool interpret,
               uint64_t *result, struct error *err)
{
    void (*function)(void) = (void (*)(void))give_back;
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *object;
    void *address;

    if (!env)
        return fail(err, ANYBPF_E_MEMORY, "out of memory");
    if (!elf && (program.size % 8 || !program.size)) {
        anybpf_env_free(env);
        return fail(err, ANYBPF_E_FORMAT, "the program is not a whole number of instructions");
    }
    memcpy(&address, &function, sizeof address);
    anybpf_env_helper(env, OUR_HELPER, "__u64 give_back(__u64 value)", address);
    object = elf ? anybpf_open_memory(env, program.at, program.size, "program")
                 : anybpf_open_insns(env, renumber(program), program.size / 8, "memory");
    if (elf && object)
        anybpf_set_type(object, "main", "memory");
    if (run(object, interpret, memory, result))
        fail(err, ANYBPF_E_REJECTED, "%s", anybpf_error(env));
    anybpf_env_free(env);
    return err->code;
}
