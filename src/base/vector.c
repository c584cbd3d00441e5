/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vector.h"
#include <string.h>

/* Room is not touched before it is used. */
static void *move_to(struct arena *arena, void *at, uint32_t count, uint32_t *room, uint32_t wanted,
                     size_t size)
{
    void *bigger = arena_raw(arena, wanted, size);
    if (count)
        memcpy(bigger, at, count * size);
    *room = wanted;
    return bigger;
}

void *vec_grow_(struct arena *arena, void *at, uint32_t count, uint32_t *room, size_t size)
{
    return move_to(arena, at, count, room, count < 8 ? 8 : count * 2, size);
}

void *vec_reserve_(struct arena *arena, void *at, uint32_t count, uint32_t *room, uint32_t more,
                   size_t size)
{
    uint32_t twice = *room * 2;

    if (more <= *room - count)
        return at;
    return move_to(arena, at, count, room, twice - count > more ? twice : count + more, size);
}

void *vec_resize_(struct arena *arena, void *at, uint32_t count, uint32_t *room, uint32_t wanted,
                  size_t size)
{
    if (wanted > *room)
        at = move_to(arena, at, count, room, wanted, size);
    if (wanted > count)
        memset((char *)at + count * size, 0, (wanted - count) * size);
    return at;
}
