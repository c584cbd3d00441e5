/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and programs as text for people. */
#include "bpf/text.h"
#include "load/load.h"

static const char *map_type_name(uint32_t type)
{
    /* The names of the kernel's enum bpf_map_type, as bpftool prints them. */
    static const char *const names[] = { "unspec",
                                         "hash",
                                         "array",
                                         "prog_array",
                                         "perf_event_array",
                                         "percpu_hash",
                                         "percpu_array",
                                         "stack_trace",
                                         "cgroup_array",
                                         "lru_hash",
                                         "lru_percpu_hash",
                                         "lpm_trie",
                                         "array_of_maps",
                                         "hash_of_maps",
                                         "devmap",
                                         "sockmap",
                                         "cpumap",
                                         "xskmap",
                                         "sockhash",
                                         "cgroup_storage",
                                         "reuseport_sockarray",
                                         "percpu_cgroup_storage",
                                         "queue",
                                         "stack",
                                         "sk_storage",
                                         "devmap_hash",
                                         "struct_ops",
                                         "ringbuf",
                                         "inode_storage",
                                         "task_storage",
                                         "bloom_filter",
                                         "user_ringbuf",
                                         "cgrp_storage",
                                         "arena" };
    return type < sizeof names / sizeof *names ? names[type] : "unknown";
}

static void put_type(struct text *text, const struct map_spec *map, const char *what, uint32_t id,
                     uint32_t size)
{
    const struct type *type = id && map->types ? types_get(map->types, id) : NULL;

    text_printf(text, ", %s ", what);
    if (type) {
        type_print(text, type, "");
        text_puts(text, ", ");
    }
    text_printf(text, "%u bytes", size);
}

static void put_map(struct text *text, const struct map_spec *map)
{
    text_printf(text, "map %s: %s", map->name, map_type_name(map->type));
    put_type(text, map, "key", map->key_type, map->key_size);
    put_type(text, map, "value", map->value_type, map->value_size);
    text_printf(text, ", %u entries", map->max_entries);
    if (map->flags)
        text_printf(text, ", flags %#x", map->flags);
    text_char(text, '\n');
    if (map->inner) {
        text_puts(text, "    of ");
        put_map(text, map->inner);
    }
    for (uint32_t i = 0; i < map->slot_count; i++)
        text_printf(text, "    [%u] = %s\n", map->slots[i].index, map->slots[i].name);
}

static void put_data(struct text *text, const struct map_spec *map, bool big)
{
    const struct type *type = map->types ? types_get(map->types, map->value_type) : NULL;

    text_printf(text, "data %s: %u bytes%s", map->name, map->value_size,
                map->read_only ? ", read-only" : "");
    if (!map->data)
        text_puts(text, ", zeros");
    else if (map->value_type && type) {
        text_char(text, ' ');
        value_print(text, type, (struct bytes){ map->data, map->value_size }, big, ANYBPF_TREE);
    }
    text_char(text, '\n');
}

static void put_table(struct text *text, const struct object *object,
                      const struct object_table *table)
{
    text_printf(text, "table %s: struct %s\n", table->name, table->type->name);
    for (uint32_t i = 0; i < table->type->count; i++) {
        const struct member *member = &table->type->members[i];
        struct bytes value = { table->data + member->bit_offset / 8, member->type->size };
        if (member->bits)
            continue;
        text_printf(text, "    .%s = ", member->name);
        if (table->progs[i])
            text_puts(text, object->progs[table->progs[i] - 1].name);
        else
            value_print(text, member->type, value, object->big, ANYBPF_LINE);
        text_char(text, '\n');
    }
}

void object_list(struct text *text, const struct object *object)
{
    text_printf(text, "object %s: %s-endian, license \"%s\"\n", object->name,
                object->big ? "big" : "little", object->license);
    for (uint32_t i = 0; i < object->map_count; i++)
        if (object->maps[i]->is_data)
            put_data(text, object->maps[i], object->big);
        else
            put_map(text, object->maps[i]);
    for (uint32_t i = 0; i < object->table_count; i++)
        put_table(text, object, &object->tables[i]);
    for (uint32_t i = 0; i < object->prog_count; i++) {
        const struct object_prog *prog = &object->progs[i];
        text_printf(text, "prog %s: section %s, %u insns%s\n", prog->name, prog->section,
                    prog->insns, prog->auto_load ? "" : ", loaded on request");
    }
}

static void put_line(struct text *text, const struct line *line)
{
    const char *file = strrchr(line->file, '/');

    text_printf(text, "; %s:%u", file ? file + 1 : line->file, line->line);
    text_printf(text, line->text[0] ? ": %s\n" : "\n", line->text);
}

static void put_func(struct text *text, const struct prog *prog, const struct func *func)
{
    const struct line *last = NULL;
    char insn[256];

    text_printf(text, "%s %s:\n", func->global ? "global" : "static", func->name);
    for (uint32_t at = func->start; at < func->start + func->count; at++) {
        const struct line *line = prog_line_at(prog, at);
        if (prog->insns[at].id == INSN_SECOND)
            continue;
        if (line && line != last && line->insn >= func->start &&
            !(last && last->line == line->line && !strcmp(last->file, line->file)))
            put_line(text, line);
        last = line;
        insn_print(insn, sizeof insn, prog, &prog->insns[at], at, INSN_LLVM);
        text_printf(text, "%6u: %s\n", at, insn);
    }
}

void prog_list(struct text *text, const struct prog *prog)
{
    text_printf(text, "prog %s: section %s, context %s, %u insns\n", prog->name, prog->section,
                prog->context ? prog->context : "unknown", prog->count);
    for (uint32_t i = 0; i < prog->func_count; i++)
        put_func(text, prog, &prog->funcs[i]);
}
