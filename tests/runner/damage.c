/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged objects: whatever the bytes are, loading and verifying ends in success or in an error
 * with a sentence. Every truncation, and every byte replaced by 0, by 255, with its lowest and with
 * its highest bit flipped; by default a fixed sample of that, with ANYBPF_DAMAGE=all everything. */
#include "api/inside.h"
#include "load/load.h"
#include "runner/runner.h"
#include <anybpf.h>
#include <stdlib.h>

struct damaged {
    uint8_t *bytes;
    size_t size;
    size_t step; /* of the places to damage */
    unsigned long loads, accepted;
};

/* Tables of functions (tests/obj/struct_ops.bpf.c), with programs compiled. */
static void fill_tables(struct anybpf_env *env, struct anybpf_object *object)
{
    const struct object *file = api_file(object);
    uint64_t memory[32];

    if (!file->table_count)
        return;
    CHECK(!anybpf_env_declare(env, "enum level { LOW = 1, HIGH = 7 };"
                                   "struct plan { int parts[3]; bool strict; };"
                                   "struct ops { int (*grade)(const struct plan *plan);"
                                   "struct plan plan; void *private; int number;"
                                   "enum level level; int (*unused)(void); char name[8];"
                                   "unsigned long (*sum)(int a, unsigned long b, short c);"
                                   "long only_here; };"));
    for (uint32_t i = 0; i < file->table_count; i++)
        if (anybpf_fill_table(object, "ops", file->tables[i].name, memory))
            CHECK(*anybpf_error(env));
}

static void load(struct damaged *d, size_t size)
{
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *object = anybpf_open_memory(env, d->bytes, size, "damaged");
    struct anybpf_prog *prog = NULL;

    d->loads++;
    if (!object) {
        CHECK(*anybpf_error(env));
    } else {
        fill_tables(env, object);
        anybpf_set(object, ANYBPF_INTERPRET, 1);
        while ((prog = anybpf_next_prog(object, prog)))
            if (!anybpf_load_prog(prog))
                d->accepted++;
            else
                CHECK(*anybpf_error(env));
    }
    anybpf_env_free(env);
}

static void damage(struct damaged *d)
{
    for (size_t at = 0; at < d->size; at += d->step)
        load(d, at);
    for (size_t at = 0; at < d->size; at += d->step) {
        uint8_t was = d->bytes[at];
        const uint8_t now[] = { 0, 255, (uint8_t)(was ^ 1), (uint8_t)(was ^ 128) };
        for (size_t i = 0; i < sizeof now; i++) {
            d->bytes[at] = now[i];
            load(d, d->size);
        }
        d->bytes[at] = was;
    }
}

static void test_object(const char *path, void *user)
{
    const char *slash = strrchr(path, '/');
    const char *amount = getenv("ANYBPF_DAMAGE");
    struct damaged d = { 0 };
    (void)user;

    if (!strncmp(slash + 1, "firewall", 8) && strcmp(slash + 1, "firewall-O2-v3.bpf.o"))
        return; /* one of them will do */
    if (!test_begin("damage/%.*s", (int)strcspn(slash + 1, "."), slash + 1))
        return;
    d.bytes = (uint8_t *)file_read(path, &d.size);
    CHECK(d.bytes);
    if (d.bytes) {
        /* An odd step, so that every place of a structure's fields is met. */
        d.step = amount && !strcmp(amount, "all") ? 1 : d.size / (test_quick ? 8 : 60) | 1;
        load(&d, d.size);
        unsigned long whole = d.accepted;
        damage(&d);
        CHECK_SAY(!whole || d.accepted > whole, "nothing was accepted in %lu loads", d.loads);
    }
    free(d.bytes);
    test_end();
}

void run_damage(void)
{
    files_each(OBJECTS_DIR, ".bpf.o", test_object, NULL);
}
