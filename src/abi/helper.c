/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of helpers as calls of C functions. */
#include "abi/abi.h"
#include "rt/rt.h"

/* What the model has of a number or pointer; C_NONE is void. */
static struct model_value value_of(const struct conv *conv, enum c_type type)
{
    static const uint8_t sizes[] = { [C_U8] = 1,  [C_S8] = 1,  [C_U16] = 2, [C_S16] = 2,
                                     [C_U32] = 4, [C_S32] = 4, [C_U64] = 8, [C_S64] = 8 };
    static const struct model_leaf leaves[] = {
        [1] = { .kind = MODEL_INTEGER, .size = 1, .align = 1 },
        [2] = { .kind = MODEL_INTEGER, .size = 2, .align = 2 },
        [4] = { .kind = MODEL_INTEGER, .size = 4, .align = 4 },
        [8] = { .kind = MODEL_INTEGER, .size = 8, .align = 8 },
    };
    uint8_t size = type == C_POINTER ? conv->data->pointer : sizes[type];

    if (type == C_NONE)
        return (struct model_value){ .class = MODEL_VOID, .name = "" };
    return (struct model_value){ .class = type == C_POINTER ? MODEL_POINTER : MODEL_INTEGER,
                                 .name = "",
                                 .is_signed = type == C_S8 || type == C_S16 || type == C_S32 ||
                                              type == C_S64,
                                 .size = size,
                                 .align = size,
                                 .natural = size,
                                 .leaves = &leaves[size],
                                 .count = 1 };
}

int layout_of_helper(struct arena *arena, const struct conv *conv, const struct helper *helper,
                     const struct layout **layout, struct error *err)
{
    struct model *model = arena_new_of(arena, struct model);
    struct model_value *args = arena_array_of(arena, 1 + helper->args, struct model_value);
    uint32_t count = 0;

    if (helper->flags & HELPER_VCPU)
        args[count++] = value_of(conv, C_POINTER);
    for (unsigned i = 0; i < helper->args; i++)
        args[count++] = value_of(conv, helper->arg_type[i]);
    *model = (struct model){ .name = helper->name,
                             .result = value_of(conv, helper->ret_type),
                             .args = args,
                             .count = count,
                             .named = count };
    return layout_of(arena, conv, model, layout, err);
}
