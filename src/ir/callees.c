/* SPDX-License-Identifier: Apache-2.0 */
/* Pass "inline": calls of short functions of one block are done in place. What they take as vcpu
 * and frame is what the call hands on, so their part of the private stack stays where it was.
 *
 * Functions are gone through from the last to the first: where callees stand behind their callers,
 * as most do, what was put into one goes on with it. */
#include "base/planted.h"
#include "ir/local.h"

enum { OPERATIONS = 16, NODES = 64 }; /* of a callee, at most */

/* Whether a function can be done in place of a call with so many operands. */
static bool is_short(const struct fn *fn, uint32_t count)
{
    uint32_t operations = 0;
    if (fn->blocks.count != 1 || fn->nodes.count > NODES || fn->hook)
        return false;
    for (uint32_t i = 0; i < fn->nodes.count; i++) {
        const struct node *node = &fn->nodes.at[i];
        if (node->op == IR_PARAM && node->imm >= count)
            return false;
        operations += node->op != IR_PARAM && node->op != IR_NOP && node->op != IR_CONST;
    }
    return vec_last(&fn->nodes)->op == IR_RETURN && operations <= OPERATIONS;
}

/* The function that a node calls and that can be done in its place, or NULL. */
static const struct fn *short_callee(const struct module *module, const struct fn *fn,
                                     const struct node *node)
{
    const struct fn *callee = node->op == IR_CALL ? &module->fns[node->imm] : NULL;
    bool is_other = callee && callee->index != fn->index;
    return is_other && is_short(callee, node->list.count) ? callee : NULL;
}

/* Whether a block has such a call. */
static bool has_calls(const struct module *module, const struct fn *fn, uint32_t b)
{
    const struct block *block = &fn->blocks.at[b];
    for (uint32_t i = block->first; i < block->first + block->count; i++)
        if (short_callee(module, fn, &fn->nodes.at[i]))
            return true;
    return false;
}

/* The callee's nodes; returns its result. */
static uint32_t put_body(struct copy *c, const struct fn *callee, const struct node *call)
{
    const uint32_t *args = &c->from.lists.at[call->list.first];
    uint32_t map[NODES], result = NO_VALUE;
    for (uint32_t i = 0; i < callee->nodes.count; i++) {
        const struct node *node = &callee->nodes.at[i];
        if (node->op == IR_PARAM)
            map[i] = c->map[args[FAULT(inline_param, node->imm, 0)]];
        else if (node->op == IR_RETURN)
            result = map[node->in[0]];
        else
            map[i] = copy_made(&c->maker, callee, i, map);
    }
    return result;
}

static void copy_with_bodies(struct copy *c, const struct module *module, uint32_t b)
{
    const struct block *block = &c->from.blocks.at[b];
    copy_block_begin(c, b);
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        const struct node *node = &c->from.nodes.at[i];
        const struct fn *callee = short_callee(module, &c->from, node);
        if (callee) {
            c->map[i] = put_body(c, callee, node);
            pass_found(PASS_INLINE);
        } else {
            copy_node(c, i);
        }
    }
    copy_block_end(c, b);
}

void callees_run(struct module *module, uint32_t function, uint32_t left_out)
{
    struct fn *fn = &module->fns[function];
    struct copy copy;
    uint32_t b = 0;
    while (b < fn->blocks.count && !has_calls(module, fn, b))
        b++;
    if (b == fn->blocks.count)
        return;
    copy_begin(&copy, fn, left_out, b);
    for (; b < copy.from.blocks.count; b++)
        if (has_calls(module, &copy.from, b))
            copy_with_bodies(&copy, module, b);
        else
            copy_block_as_is(&copy, b);
    copy_end(&copy);
}

static void reach(struct module *module, uint32_t function, bool *reached)
{
    struct vec(uint32_t) work = { 0 };
    vec_push(module->arena, &work, function);
    while (work.count) {
        const struct fn *fn = &module->fns[work.at[--work.count]];
        if (reached[fn->index])
            continue;
        reached[fn->index] = true;
        for (uint32_t i = 0; i < fn->nodes.count; i++)
            if (fn->nodes.at[i].op == IR_CALL)
                vec_push(module->arena, &work, (uint32_t)fn->nodes.at[i].imm);
    }
}

void callees_drop(struct module *module)
{
    bool *reached = arena_array_of(module->arena, module->count, bool);
    for (uint32_t i = 0; i < module->count; i++)
        if (module_is_entered(module, i))
            reach(module, i, reached);
    for (uint32_t i = 0; i < module->count; i++)
        if (!reached[i])
            module->fns[i].blocks.count = module->fns[i].nodes.count = 0;
}
