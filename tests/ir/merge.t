== constants
-- before merge
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 17
    v2 = const 34
    v3 = const 51
    v4 = const -1
    store8 [v0 + 3], v4
    store8 [v0 + 1], v2
    store16 [v0 + 4], v1
    store8 [v0 + 0], v1
    store8 [v0 + 2], v3
    return v1
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 17
    v2 = const 34
    v3 = const 51
    v4 = const -1
    v5 = const 0xff332211
    store32 [v0 + 0], v5
    store16 [v0 + 4], v1
    return v1
== parts of a number in either order, and one part too few
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 8
    v3 = const 16
    v4 = const 24
    v5 = shr32 v1, v2
    v6 = shr32 v1, v3
    v7 = shr32 v1, v4
    store8 [v0 + 0], v1
    store8 [v0 + 1], v5
    store8 [v0 + 2], v6
    store8 [v0 + 3], v7
    store8 [v0 + 8], v7
    store8 [v0 + 9], v6
    store8 [v0 + 10], v5
    store8 [v0 + 11], v1
    store8 [v0 + 16], v1
    store8 [v0 + 17], v5
    store8 [v0 + 18], v6
    return v1
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 8
    v3 = const 16
    v4 = const 24
    v5 = shr32 v1, v2
    v6 = shr32 v1, v3
    v7 = shr32 v1, v4
    v8 = bswap32 v1
    store32 [v0 + 0], v1
    store32 [v0 + 8], v8
    store16 [v0 + 16], v1
    store8 [v0 + 18], v6
    return v1
== a shift that runs out of bits is not a part
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 24
    v3 = const 16
    v4 = shr32 v1, v3
    v5 = shr32 v1, v2
    store16 [v0 + 0], v4
    store16 [v0 + 2], v5
    store8 [v0 + 4], v5
    store8 [v0 + 5], v4
    return v1
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 24
    v3 = const 16
    v4 = shr32 v1, v3
    v5 = shr32 v1, v2
    v6 = bswap16 v4
    store16 [v0 + 0], v4
    store16 [v0 + 2], v5
    store16 [v0 + 4], v6
    return v1
== a copy: all that is loaded is loaded before anything is stored
-- before merge
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 6]
    store8 [v0 + 0], v1
    v2 = load8 [v0 + 7]
    store8 [v0 + 1], v2
    v3 = load16 [v0 + 8]
    store16 [v0 + 2], v3
    v4 = const 0
    return v4
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 6]
    v2 = load8 [v0 + 7]
    v3 = load16 [v0 + 8]
    v4 = const 0
    v5 = load32 [v0 + 6]
    store32 [v0 + 0], v5
    return v4
== a copy that overlaps itself: what is loaded was stored
-- before merge
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    store8 [v0 + 1], v1
    v2 = load8 [v0 + 1]
    store8 [v0 + 2], v2
    v3 = load8 [v0 + 2]
    store8 [v0 + 3], v3
    v4 = const 0
    return v4
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = zext8.64 v1
    v3 = zext8.64 v2
    v4 = const 0
    store8 [v0 + 1], v1
    store8 [v0 + 2], v2
    store8 [v0 + 3], v3
    return v4
== bytes copied in the other order
-- before merge
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = load8 [v0 + 1]
    store8 [v0 + 9], v1
    store8 [v0 + 8], v2
    v3 = const 0
    return v3
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = load8 [v0 + 1]
    v3 = const 0
    v4 = load16 [v0 + 0]
    v5 = bswap16 v4
    store16 [v0 + 8], v5
    return v3
== nothing is known of another base: what waits goes before it is read
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load8 [v1 + 0]
    store8 [v0 + 0], v2
    v3 = load8 [v1 + 1]
    store8 [v0 + 1], v3
    return v2
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load8 [v1 + 0]
    store8 [v0 + 0], v2
    v4 = load8 [v1 + 1]
    store8 [v0 + 1], v4
    return v2
== other regions are apart
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load8 packet [v1 + 0]
    store8 stack [v0 + 0], v2
    v3 = load8 packet [v1 + 1]
    store8 stack [v0 + 1], v3
    v4 = load8 packet [v1 + 1]
    return v4
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load8 packet [v1 + 0]
    v3 = load8 packet [v1 + 1]
    v4 = load8 packet [v1 + 1]
    v5 = load16 packet [v1 + 0]
    store16 stack [v0 + 0], v5
    return v4
== the host's memory may be any
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load8 memory [v1 + 0]
    store8 stack [v0 + 0], v2
    v3 = load8 memory [v1 + 1]
    store8 stack [v0 + 1], v3
    return v2
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load8 memory [v1 + 0]
    store8 stack [v0 + 0], v2
    v4 = load8 memory [v1 + 1]
    store8 stack [v0 + 1], v4
    return v2
== global data of two maps are apart, of one where the offsets say it
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = symbol map_data 0 + 8
    v1 = symbol map_data 1 + 8
    v2 = symbol map_data 0 + 16
    v3 = const 1
    store32 map_value [v0 + 0], v3
    v4 = load32 map_value [v1 + 0]
    store32 map_value [v0 + 4], v3
    v5 = load32 map_value [v2 + 0]
    v6 = load32 map_value [v2 - 8]
    v7 = add64 v4, v5
    v8 = add64 v6, v7
    return v8
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = symbol map_data 0 + 8
    v1 = symbol map_data 1 + 8
    v2 = symbol map_data 0 + 16
    v3 = const 1
    v4 = load32 map_value [v1 + 0]
    v5 = load32 map_value [v2 + 0]
    v6 = zext32.64 v3
    v7 = add64 v4, v5
    v8 = add64 v6, v7
    v9 = const 0x100000001
    store64 map_value [v0 + 0], v9
    return v8
== what is written over is not stored; of what waits a part is loaded
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 7
    store32 [v0 + 4], v2
    store64 [v0 + 0], v1
    v3 = loads16 [v0 + 2]
    v4 = load64 [v0 + 0]
    v5 = add64 v3, v4
    return v5
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 7
    v3 = const 16
    v4 = shr64 v1, v3
    v5 = sext16.64 v4
    v6 = add64 v5, v1
    store64 [v0 + 0], v1
    return v6
== what overlaps in part is stored in order
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    store32 [v0 + 0], v1
    store32 [v0 + 2], v1
    v2 = load32 [v0 + 4]
    return v2
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    store32 [v0 + 0], v1
    store32 [v0 + 2], v1
    v4 = load32 [v0 + 4]
    return v4
== a number put together from bytes, one of which has been stored since
-- before recompose
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 8
    v3 = load8 [v0 + 0]
    v4 = load8 [v0 + 1]
    store8 [v0 + 1], v1
    v5 = shl64 v4, v2
    v6 = or64 v3, v5
    return v6
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const 8
    v3 = load8 [v0 + 0]
    v4 = load8 [v0 + 1]
    store8 [v0 + 1], v1
    v6 = shl64 v4, v2
    v7 = or64 v3, v6
    return v7
== the base and an offset from it
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = add64 v0, v1
    v3 = const 0
    store8 [v0 + 9], v3
    store8 [v2 + 0], v3
    v4 = load16 [v2 + 2]
    return v4
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = add64 v0, v1
    v3 = const 0
    v4 = load16 [v2 + 2]
    v5 = const 0
    store16 [v2 + 0], v5
    return v4
== calls and atomics see all that waits
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 0
    store8 [v0 + 0], v1
    v2 = call_helper 5 ()
    store8 [v0 + 1], v1
    v3 = fetch_add64 [v0 + 8], v2
    store8 [v0 + 2], v1
    return v3
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 0
    store8 [v0 + 0], v1
    v3 = call_helper 5 ()
    store8 [v0 + 1], v1
    v5 = fetch_add64 [v0 + 8], v3
    store8 [v0 + 2], v1
    return v5
== a count beyond the width is taken modulo the width
-- before merge
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const -8
    v3 = shr64 v1, v2
    store8 [v0 + 0], v3
    store8 [v0 + 1], v1
    return v1
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = const -8
    v3 = shr64 v1, v2
    store8 [v0 + 0], v3
    store8 [v0 + 1], v1
    return v1
