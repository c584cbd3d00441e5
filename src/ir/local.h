/* SPDX-License-Identifier: Apache-2.0 */
/* Within ir/: making nodes, by build.c and by passes that copy a function. */
#pragma once
#include "bpf/cfg.h"
#include "ir/ir.h"

enum { NUMBER_BITS = 9, STORES_WAITING = 32 };

/* Bytes of memory, as far from a value as they can be followed (merge.c). */
struct location {
    uint32_t root;
    int64_t offset;
    uint8_t size, region;
};

struct waiting { /* a store that is not made yet, or is and nothing wrote there since */
    struct location at;
    uint32_t base, value, insn;
    int64_t imm;
    bool made;
};

/* Appends nodes to the last block of a function. */
struct maker {
    struct fn *fn;
    uint32_t left_out;                /* bits of passes: fold, number, .. */
    uint32_t insn;                    /* the BPF instruction that new nodes come from */
    uint32_t begin;                   /* first node of the block */
    uint32_t unwritten[REGION_COUNT]; /* from this node on nothing was written there */
    struct waiting waiting[STORES_WAITING];
    unsigned waiting_count;
    uint32_t numbers[1 << NUMBER_BITS]; /* by hash: a node; of this block if not below begin */
};

#define PASS_BIT(pass) (1u << (pass))

/* The next is maker_block(). */
void maker_init(struct maker *maker, struct fn *fn, uint32_t left_out);
/* Begins a block; returns its number. Edges are made afterwards. */
uint32_t maker_block(struct maker *maker, uint32_t insn, uint32_t depth);
/* Ends the last one: only then the block says how many nodes it has. */
void maker_end(struct maker *maker);
/* A node with this effect: a new one, or a value that is equal. What is given may be changed. */
uint32_t maker_node(struct maker *maker, struct node *node);
/* The node itself, at the end of the block. */
uint32_t maker_append(struct maker *maker, const struct node *node);
/* Shorthands. Never two in one list of arguments: which of them makes its node first would be the
 * affair of the compiler that compiles us, and the code is the same from all. */
uint32_t maker_const(struct maker *maker, uint64_t value);
uint32_t maker_op(struct maker *maker, enum ir_op op, unsigned width, uint32_t a, uint32_t b);
uint32_t maker_symbol(struct maker *maker, enum symbol_kind kind, uint32_t index, int64_t addend);
uint32_t maker_load(struct maker *maker, unsigned width, uint32_t base, int64_t offset);
/* A load of what was there before the stores that wait, and what loads have read that nothing was
 * written behind. */
uint32_t maker_load_early(struct maker *maker, struct node node);
void maker_store(struct maker *maker, unsigned width, uint32_t base, int64_t offset,
                 uint32_t value);
/* A node with a list of operands. */
uint32_t maker_list(struct maker *maker, struct node node, const uint32_t *values, uint32_t count);

/* fold.c: by operation, NULL: nothing is known of it. An equal value that exists, or NO_VALUE with
 * the node maybe replaced by a simpler one. */
extern uint32_t (*const folds[IR_COUNT])(struct maker *maker, struct node *node);

/* A load from x + c + i - c, where x + c was made in another block, becomes one from x + i.
 * Of one that is put together, and as wide as any: other parts have that base, too. */
void fold_base(struct maker *maker, struct node *node);

/* recompose.c: the same for an OR. */
uint32_t recompose(struct maker *maker, const struct node *node);

/* divide.c: the same for a division or remainder by a constant. */
uint32_t divide(struct maker *maker, const struct node *node);

/* sums.c: the same for an ADD. */
uint32_t sums(struct maker *maker, const struct node *node);

/* popcount.c: the same for a SHR. */
uint32_t popcount(struct maker *maker, const struct node *node);

/* merge.c: whether nothing else is to be done for a node that reads or writes memory (a store, or
 * while some wait): it waits, or its value is there. Else stores that it may see have been made. */
bool merge(struct maker *maker, const struct node *node, uint32_t *value);
/* Makes all stores that wait. */
void merge_flush(struct maker *maker);
/* The set of regions that may have bytes in common with this one: what the host hands out may be
 * any memory. */
static inline unsigned regions_meeting(enum region region)
{
    enum {
        APART = 1 << REGION_STACK | 1 << REGION_CONTEXT | 1 << REGION_FIELD | 1 << REGION_PACKET |
                1 << REGION_MAP_VALUE
    };
    return APART >> region & 1 ? ~(unsigned)APART | 1u << region : ~0u;
}

/* A comparison whose result is known, and how; else the node has been put in canonical form. */
bool fold_compare(struct maker *maker, struct node *node, bool *holds);

/* What END nodes go to, by whoever counts edges: blocks get preds and succs from pairs. */
struct edge {
    uint32_t from, to;
};
/* Fills preds, succs and edges of all blocks; edges must be ordered by `from`, and the first of a
 * BRANCH is the one taken. Predecessors are ordered as the edges are. */
void fn_connect(struct fn *fn, const struct edge *edges, uint32_t count);

/* ---- build.c and lower.c ---- */

enum { REG_COUNT = 11, VARIABLES = 64 };
/* Owners of blocks that are no block's of the cfg. */
enum { NO_BLOCK = UINT32_MAX /* before the first */, COLD_BLOCK = UINT32_MAX - 1 /* seldom run */ };

/* What build.c gives SSA form: registers, and slots of the stack that are in no one else's reach.
 */
struct variables {
    uint32_t count, start; /* start: of the function */
    struct stack_slot {
        int16_t low; /* from r10 */
        uint8_t size;
    } slots[VARIABLES - REG_COUNT];
    uint8_t *of;       /* by instruction: the slot that a load or store is of, or 0; NULL: all 0 */
    uint64_t *live;    /* by block: which live at its start */
    uint64_t *written; /* by header: which its loop changes */
};

struct helper;    /* rt/ */
struct switching; /* switch.c */

/* Of a block: the cfg's that begins in it, and that ends in it. */
struct owners {
    uint32_t begins, ends;
};

struct build {
    struct arena *arena;
    struct error *err;
    const struct checked *checked;
    const struct prog *prog;
    const struct binding *binding;
    struct fn *fn;
    const struct cfg *cfg;
    struct hooking *hook; /* hook.c; NULL: an ordinary function */
    uint32_t vcpu, frame;
    uint32_t at;                   /* the instruction being lowered */
    uint32_t owner;                /* its block of the cfg */
    struct vec(uint32_t) labels;   /* blocks to be: those of the cfg, then those made in lowering */
    struct vec(struct edge) edges; /* `to` is a label */
    struct vec(struct owners) owners;
    struct switching *switching;
    bool goes_on; /* the last block ends with a jump, the last edge, that is not made yet */
    /* What is above is 0 at the beginning; what follows is large, and written before it is read. */
    struct maker maker;
    struct variables vars;
    uint32_t reg[VARIABLES]; /* what each holds now */
};

/* variables.c: fills b->vars. */
void variables_find(struct build *b);
/* Where in its slot an access begins. */
int variable_offset(const struct build *b, uint32_t at);
static inline unsigned variable_at(const struct variables *vars, uint32_t at)
{
    return vars->of ? vars->of[at - vars->start] : 0;
}

/* ifconvert.c: the block of the cfg where both ways of the branch that would end `block` meet, if
 * what they differ in was put into SELECTs; else CFG_NONE. */
uint32_t ifconvert(struct build *b, const struct cfg_block *block, const struct node *branch);

/* switch.c: a tree of comparisons that has become a table: blocks of the cfg, and which are led to.
 */
struct tree {
    const uint32_t *blocks;
    uint32_t count;
    const uint32_t *leads; /* by block */
};
/* Whether block n of the cfg, which ends with a comparison, has been ended by a table. */
bool switch_end(struct build *b, uint32_t n, struct tree *tree);

/* How many BPF arguments a function takes: a main function the context only. */
unsigned build_args(const struct checked *checked, uint32_t func);
/* lower.c: what is not the affair of the end of a block. */
int lower_insn(struct build *b, const struct insn *insn);
/* Registers a call reads; 0 for other instructions. */
uint16_t lower_call_reads(const struct build *b, struct insn insn, uint32_t at);
/* What a slot that is a variable holds, from the byte on where the instruction's access begins. */
uint32_t lower_slot(struct build *b, unsigned variable, unsigned width, bool sign);
/* inline.c: calls of helpers, in place where that is short. */
bool lower_loads_key(const struct build *b, uint32_t at); /* 4 bytes, and does nothing else there */
int lower_helper(struct build *b, int32_t id);
void lower_callx(struct build *b, uint32_t token);

/* hook.c: the main function of a program that is attached to a native function. */
struct hooking {
    struct hook hook;
    const struct attachment *to;
    const struct tracing *tracing;
    const struct layout *layout;
    int kind;            /* enum attach_kind; of a session's half, what it alone would be */
    uint32_t params[32]; /* by general register: the value that it arrives with */
    uint8_t spare;       /* sessions: see spare_register() */
    uint32_t cookie;     /* where theirs is */
    uint32_t incoming;   /* address of the arguments on the stack */
    uint32_t results[2]; /* of what comes next */
    uint32_t *words;     /* of the context: values, or NO_VALUE */
    const bool *read;    /* which of them the program reads */
    uint32_t copies_at;  /* where its memory for copies begins */
    bool calls;          /* helpers, and what these may call */
    bool tails;          /* makes tail calls: other programs, which return to it */
    bool needs_vcpu, needs_fuel, needs_stack;
    /* What the invocation puts back. */
    uint32_t epoch, stack_at, fuel, running, errno_at, errno_was, began, tails_left;
};
int hook_new(struct build *b);
/* What comes before the program, in blocks up to a jump to `first`, a label; reg: what variables
 * begin with. */
int hook_begin(struct build *b, uint32_t *reg, uint32_t first);
/* What comes behind it. */
void hook_end(struct build *b, uint32_t r0);
/* A call of the helper that needs no context in memory; false: it is an ordinary one. */
bool hook_helper(struct build *b, const struct helper *helper);

/* hook_words.c */
/* Bytes of the hook's own memory: their offset there, and the address of what is at an offset. */
uint32_t hook_take(struct hooking *h, uint64_t size);
uint32_t hook_area(struct build *b, uint32_t at);
/* Makes those of the words [from, to) of the context that the program reads. */
int hook_make_words(struct build *b, uint32_t from, uint32_t to);
/* Word `index` of the context. */
uint32_t hook_word(struct build *b, uint32_t index);
/* The context in memory, for whom its address is handed to. */
uint32_t hook_context(struct build *b);

/* Blocks within lowering: a label, beginning it, going there and on. */
uint32_t build_label(struct build *b);
void build_begin(struct build *b, uint32_t label);
void build_jump(struct build *b, uint32_t label);
/* Goes to `taken` if a cond b, else to `other`; or else on in a new block. */
void build_branch(struct build *b, enum ir_cond cond, unsigned width, uint32_t a, uint32_t c,
                  uint32_t taken, uint32_t other);
void build_unless(struct build *b, enum ir_cond cond, unsigned width, uint32_t a, uint32_t c,
                  uint32_t taken);
/* Goes to the label that the table names, by its place in `ways`, in place `index`. */
void build_switch(struct build *b, uint32_t index, const uint32_t *table, uint32_t count,
                  const uint32_t *ways, uint32_t way_count);
extern const uint8_t jump_conds[]; /* by operation of a jump */

static inline bool is_const(const struct fn *fn, uint32_t value)
{
    return fn->nodes.at[value].op == IR_CONST;
}

/* phis.c, widths.c, unroll.c, dead.c, hoist.c, copy.c: a pass each. */
void phis_run(struct fn *fn);
void widths_run(struct fn *fn);
void unroll_run(struct fn *fn, uint32_t left_out);
uint32_t *dead_run(struct fn *fn); /* by value: its uses */
void hoist_run(struct fn *fn);
void copy_run(struct fn *fn, uint32_t left_out);

/* callees.c: pass "inline" over one function; then what nothing calls any more goes. */
void callees_run(struct module *module, uint32_t function, uint32_t left_out);
void callees_drop(struct module *module);

/* A function being made once more, from its own nodes. */
struct copy {
    struct fn *fn, from;
    struct maker maker;
    uint32_t *map; /* by old value: the new one, the last if it is made several times */
};
/* Blocks before `first` stay as they are. */
void copy_begin(struct copy *c, struct fn *fn, uint32_t left_out, uint32_t first);
/* The others in order: each made anew as a whole, or as it is, or begun, filled node by node, and
 * ended. */
void copy_block(struct copy *c, uint32_t b);
void copy_block_as_is(struct copy *c, uint32_t b);
void copy_block_begin(struct copy *c, uint32_t b);
void copy_node(struct copy *c, uint32_t value); /* the list of a phi keeps its place */
void copy_block_end(struct copy *c, uint32_t b);
/* A node of `from`, not a phi, made with its operands as `map` has them; NO_VALUE: a NOP. */
uint32_t copy_made(struct maker *maker, const struct fn *from, uint32_t value, const uint32_t *map);
/* When all values are there: the operands of phis, which may come later than they. */
void copy_end(struct copy *c);
