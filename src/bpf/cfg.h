/* SPDX-License-Identifier: Apache-2.0 */
/* The control-flow graph of one function of a program: basic blocks in the order of the code. */
#pragma once
#include "base/vector.h"
#include "bpf/prog.h"

enum { CFG_NONE = UINT32_MAX };

struct cfg_block {
    uint32_t start, end;        /* slots [start, end) of the program */
    uint32_t next;              /* block entered by falling through, or CFG_NONE */
    uint32_t jump;              /* block jumped to, or CFG_NONE */
    uint32_t first_pred, preds; /* range of cfg->preds */
    uint32_t order;             /* place in cfg->order; CFG_NONE: not reachable */
    uint32_t loop;              /* header block of the innermost loop it is in, or CFG_NONE */
    uint32_t outer;             /* of a header: that of the next loop around, or CFG_NONE */
    uint32_t depth : 31;        /* number of loops around it */
    uint32_t is_header : 1;     /* of a natural loop */
};

struct cfg {
    const struct cfg_block *blocks;
    uint32_t count;
    const uint32_t
        *preds; /* reachable blocks, grouped by successor; one twice if both edges meet */
    const uint32_t *order; /* reachable blocks in a loop-aware reverse postorder: the blocks of a
                            * loop are contiguous; order[0] is block 0 */
    uint32_t order_count;
    bool irreducible; /* some loop has a second entry; it counts as none: its blocks belong to the
                       * loop around it */
};

/* The graph of prog->funcs[func]; the program must have passed the structural checks. Linear time
 * (loops: almost). Everything is in the arena; scratch, another one, is as it was before. */
const struct cfg *cfg_build(struct arena *arena, struct arena *scratch, const struct prog *prog,
                            uint32_t func);
