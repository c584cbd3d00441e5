/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts as text, for people and tests. */
#include "abi/abi.h"
#include <string.h>

static void print_reg(struct text *text, const struct conv *conv, uint8_t reg)
{
    const char *names = reg < REG_VECTOR ? conv->generals : conv->vectors;
    unsigned number = reg % REG_VECTOR;
    const char *end = strchr(names, ' ');

    if (!end) {
        text_printf(text, "%s%u", names, number);
        return;
    }
    for (; number && end; number--, end = strchr(names, ' '))
        names = end + 1;
    text_add(text, names, end ? (size_t)(end - names) : strlen(names));
}

static void print_part(struct text *text, const struct conv *conv, const struct layout_part *part)
{
    static const char *const extensions[] = {
        [EXTEND_ZERO] = " zero to ", [EXTEND_SIGN] = " sign to ", [EXTEND_ONES] = " ones to "
    };
    text_char(text, ' ');
    if (part->place == PART_STACK)
        text_printf(text, "stack+%u", part->stack);
    else if (part->place == PART_X87)
        text_printf(text, "st%u", part->reg);
    else
        print_reg(text, conv, part->reg);
    text_printf(text, "[%u:%u%s", part->offset, part->size,
                part->extension ? extensions[part->extension] : "]");
    if (part->extension)
        text_printf(text, "%u]", part->extended);
}

static void print_value(struct text *text, const struct conv *conv,
                        const struct layout_value *value)
{
    text_char(text, ':');
    if (value->indirect)
        text_puts(text, " at");
    for (uint32_t i = 0; i < value->count; i++)
        print_part(text, conv, &value->parts[i]);
    if (!value->count)
        text_puts(text, " nothing");
    text_char(text, '\n');
}

void layout_print(struct text *text, const struct layout *layout)
{
    for (uint32_t i = 0; i < layout->model->count; i++) {
        const char *name = layout->model->args[i].name;
        if (name[0])
            text_puts(text, name);
        else
            text_printf(text, "argument %u", i + 1);
        print_value(text, layout->conv, &layout->args[i]);
    }
    text_puts(text, "result");
    print_value(text, layout->conv, &layout->result);
    if (layout->stack_size)
        text_printf(text, "stack: %u bytes aligned to %u\n", layout->stack_size,
                    layout->stack_align);
}
