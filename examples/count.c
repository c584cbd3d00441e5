/* SPDX-License-Identifier: Apache-2.0 */
/* Packets through an XDP program, in one thread or several, and what it counted.
 *     ./count count.bpf.o */
#include <anybpf.h>
#include <stdio.h>
#include <string.h>

enum { PACKETS = 32, ROOM = 256, SIZE = 64 };

int main(int argc, char **argv)
{
    static uint8_t memory[PACKETS][ROOM + SIZE + ROOM];
    struct anybpf_packet packets[PACKETS];
    uint32_t verdicts[PACKETS];
    struct anybpf_env *env = anybpf_env_new();
    struct anybpf_object *obj = anybpf_open(env, argc > 1 ? argv[1] : "count.bpf.o");
    struct anybpf_prog *count = obj ? anybpf_find(obj, "count") : NULL;

    if (!count) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        return 1;
    }
    memset(packets, 0, sizeof packets);
    for (int i = 0; i < PACKETS; i++) {
        struct anybpf_packet *p = &packets[i];
        p->head = memory[i];
        p->data = p->head + ROOM;
        p->data_end = p->data + SIZE;
        p->tail = p->data_end + ROOM;
        memcpy(p->data + 12, i % 4 ? "\x08\x00" : "\x86\xdd", 2);
    }
    if (anybpf_call_batch(count, packets, PACKETS, verdicts)) {
        fprintf(stderr, "%s\n", anybpf_error(env));
        return 1;
    }
    struct anybpf_map *types = anybpf_find_map(obj, "types");
    for (uint16_t key, *last = NULL; !anybpf_map_next_key(types, last, &key); last = &key) {
        uint64_t seen;
        anybpf_map_lookup(types, &key, &seen);
        printf("Ethertype %04x: %llu packets\n", key, (unsigned long long)seen);
    }
    anybpf_env_free(env);
    return 0;
}
