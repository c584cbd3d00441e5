/* SPDX-License-Identifier: Apache-2.0 */
/* Samples made of others: of the generator's, or of the programs in test files, with a few
 * instructions changed, dropped, doubled or swapped. */
#include "fuzz/local.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXTS = 4096, CHANGES = 4 };

static struct {
    char *at;
    char context[16];
} texts[TEXTS];
static uint32_t text_count;

/* ---- Programs in test files ---- */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 20);
    size_t size = file && text ? fread(text, 1, (1 << 20) - 1, file) : 0;
    if (file)
        fclose(file);
    if (size)
        return text;
    free(text);
    return NULL;
}

/* The lines up to the next section. */
static void add_text(const char *from, const char *context)
{
    const char *to = from;
    while (*to && strncmp(to, "-- ", 3) && strncmp(to, "== ", 3)) {
        const char *end = strchr(to, '\n');
        to = end ? end + 1 : to + strlen(to);
    }
    if (text_count == TEXTS)
        return;
    texts[text_count].at = strndup(from, (size_t)(to - from));
    snprintf(texts[text_count++].context, sizeof texts[0].context, "%s", context);
}

static void read_texts(char *file)
{
    char context[16] = "memory";
    for (char *line = file; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, "== ", 3))
            strcpy(context, "memory");
        sscanf(line, "-- prog %15s", context);
        if (!strncmp(line, "-- asm\n", 7))
            add_text(line + 7, context);
    }
}

uint32_t mutate_read(const char *folder)
{
    struct dirent *entry;
    DIR *dir = opendir(folder);
    char path[4096];
    while (dir && (entry = readdir(dir))) {
        const char *dot = strrchr(entry->d_name, '.');
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        char *file = dot && !strcmp(dot, ".t") ? read_file(path) : NULL;
        if (file)
            read_texts(file);
        free(file);
    }
    if (dir)
        closedir(dir);
    return text_count;
}

struct assembly {
    struct arena *arena;
    const char *text;
    struct insn_list list;
    struct error err;
};

static int assemble(void *arg)
{
    struct assembly *a = arg;
    return insn_assemble(a->arena, a->text, &a->list, &a->err);
}

static void add_item(struct generator *g, const struct insn *insns, uint32_t count, uint32_t at,
                     const uint32_t *items)
{
    struct insn insn = insns[at];
    struct item item = { .insn = insn, .target = NO_TARGET };
    int64_t to = -1;
    switch (insn_row(insn)->kind) {
    case INSN_KIND_JUMP:
    case INSN_KIND_GOTO:
    case INSN_KIND_MAY_GOTO: to = insn_target(insn, at); break;
    case INSN_KIND_LDIMM:
        item.high = at + 1 < count ? insns[at + 1].imm : 0;
        to = insn.id == INSN_LDIMM_FUNC ? insn_callee(insn, at) : -1;
        break;
    default: to = insn.id == INSN_CALL_LOCAL ? insn_callee(insn, at) : -1; break;
    }
    if (to >= 0 && to < count)
        item.target = items[to];
    vec_push(g->arena, g->out, item);
}

void take_insns(struct generator *g, const struct insn *insns, uint32_t count)
{
    uint32_t *items = arena_array_of(g->arena, count, uint32_t), next = 0;
    for (uint32_t i = 0; i < count; i++)
        items[i] = insns[i].id == INSN_SECOND ? next : next++;
    g->out->count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (insns[i].id != INSN_SECOND)
            add_item(g, insns, count, i, items);
    for (uint32_t i = 0; i < g->out->count; i++) {
        const struct item *item = &g->out->at[i];
        if (item->target != NO_TARGET &&
            (item->insn.id == INSN_CALL_LOCAL || item->insn.id == INSN_LDIMM_FUNC))
            g->out->at[item->target].starts = true;
    }
    g->out->at[0].starts = true;
}

/* Makes the sample the program of a text; false: it cannot be assembled. */
static bool take_text(struct generator *g, uint32_t index)
{
    struct assembly a = { .arena = g->arena, .text = texts[index].at };
    if (arena_try(g->arena, &a.err, assemble, &a) || !a.list.count || a.list.count > 500)
        return false;
    take_insns(g, a.list.at, a.list.count);
    g->sample->context = texts[index].context;
    g->sample->tight = 0;
    return true;
}

/* ---- Changes ---- */

static void insert(struct generator *g, uint32_t at, struct item item)
{
    vec_push(g->arena, g->out, item);
    memmove(g->out->at + at + 1, g->out->at + at, (g->out->count - 1 - at) * sizeof item);
    item.starts = false;
    g->out->at[at + 1] = item;
    for (uint32_t i = 0; i < g->out->count; i++)
        if (g->out->at[i].target != NO_TARGET && g->out->at[i].target > at)
            g->out->at[i].target++;
    if (g->sample->tight > at + 1)
        g->sample->tight++;
}

static void change(struct generator *g)
{
    uint32_t at = below(g, g->out->count);
    struct item *item = &g->out->at[at], *next = at + 1 < g->out->count ? item + 1 : item;
    const struct insn_row *row = &insn_rows[item->insn.id];
    struct insn insn;
    switch (below(g, 9)) {
    case 0:
        if (strchr(row->fields, 'i') && row->when != 'i' && row->kind != INSN_KIND_CALL &&
            row->kind != INSN_KIND_LDIMM)
            item->insn.imm =
                chance(g, 50) ? (int32_t)any_number(g) : item->insn.imm ^ (1 << below(g, 32));
        break;
    case 1:
        if (strchr(row->fields, 'd'))
            item->insn.dst = (uint8_t)below(g, 11);
        break;
    case 2:
        if (strchr(row->fields, 's'))
            item->insn.src = (uint8_t)below(g, 11);
        break;
    case 3:
        if (strchr(row->fields, 'o') && row->when != 'o')
            item->insn.off = (int16_t)(item->insn.off + (int)below(g, 17) - 8);
        break;
    case 4:
        if (row->kind == INSN_KIND_LDIMM || row->kind == INSN_KIND_CALL)
            break;
        for (unsigned tries = 0; tries < 8; tries++) { /* another one with the same fields */
            uint8_t id = any_row(g, row->kind);
            if (strcmp(insn_rows[id].fields, row->fields) || insn_rows[id].when == 's')
                continue;
            insn = item->insn;
            insn.id = id, insn.code = insn_rows[id].code;
            if (row->when == 'o' || insn_rows[id].when == 'o')
                insn.off = (int16_t)(insn_rows[id].when == 'o' ? insn_rows[id].value : 0);
            if (insn_rows[id].when == 'i')
                insn.imm = insn_rows[id].value;
            item->insn = insn;
            break;
        }
        break;
    case 5: item->gone = !item->starts; break;
    case 6: insert(g, at, *item); break;
    case 7:
        if (item->target == NO_TARGET && next->target == NO_TARGET && !next->starts &&
            !item->starts) {
            struct item other = *item;
            *item = *next;
            *next = other;
        }
        break;
    default:
        if (item->target != NO_TARGET && row->kind != INSN_KIND_CALL &&
            row->kind != INSN_KIND_LDIMM) {
            uint32_t to = at + 1 + below(g, 3);
            item->target = to < g->out->count ? to : at;
        }
    }
}

void change_some(struct generator *g)
{
    for (unsigned n = 1 + below(g, CHANGES); n; n--)
        change(g);
}

void mutate(struct arena *arena, struct sample *sample)
{
    struct generator g = { .arena = arena,
                           .sample = sample,
                           .out = &sample->pieces[0],
                           .random = ~sample->seed * 0x9e3779b97f4a7c15u };
    if (text_count && chance(&g, 60) && !take_text(&g, below(&g, text_count)))
        return;
    change_some(&g);
}
