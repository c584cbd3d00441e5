== four bytes, least first, and two the other way round
-- before recompose
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = const 16
    v3 = const 24
    v4 = load8 [v0 + 4]
    v5 = load8 [v0 + 5]
    v6 = load8 [v0 + 6]
    v7 = load8 [v0 + 7]
    v8 = shl64 v5, v1
    v9 = or64 v4, v8
    v10 = shl64 v6, v2
    v11 = shl64 v7, v3
    v12 = or64 v10, v11
    v13 = or64 v9, v12
    v14 = shl64 v4, v1
    v15 = or64 v14, v5
    v16 = xor64 v13, v15
    return v16
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = const 16
    v3 = const 24
    v4 = load8 [v0 + 4]
    v5 = load8 [v0 + 5]
    v6 = load8 [v0 + 6]
    v7 = load8 [v0 + 7]
    v8 = shl64 v5, v1
    v9 = load16 [v0 + 4]
    v10 = shl64 v6, v2
    v11 = shl64 v7, v3
    v12 = or64 v10, v11
    v13 = load32 [v0 + 4]
    v14 = shl64 v4, v1
    v15 = load16 [v0 + 4]
    v16 = bswap16 v15
    v17 = xor64 v13, v16
    return v17
== one after the other, with a wide part
-- before recompose
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 16
    v2 = const 24
    v3 = load16 [v0 + 0]
    v4 = load8 [v0 + 2]
    v5 = load8 [v0 + 3]
    v6 = shl32 v4, v1
    v7 = or32 v3, v6
    v8 = shl32 v5, v2
    v9 = or32 v7, v8
    return v9
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 16
    v2 = const 24
    v3 = load16 [v0 + 0]
    v4 = load8 [v0 + 2]
    v5 = load8 [v0 + 3]
    v6 = shl32 v4, v1
    v7 = or32 v3, v6
    v8 = shl32 v5, v2
    v9 = load32 [v0 + 0]
    return v9
== not over a store, not with a hole, not what a narrow shift cuts off
-- before recompose
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = load8 [v0 + 0]
    store8 [v0 + 1], v1
    v3 = load8 [v0 + 1]
    v4 = shl64 v3, v1
    v5 = or64 v4, v2
    v6 = load8 [v0 + 2]
    v7 = shl64 v6, v1
    v8 = or64 v7, v2
    v9 = const 28
    v10 = load8 [v0 + 3]
    v11 = load32 [v0 + 4]
    v12 = shl32 v10, v9
    v13 = or64 v11, v12
    v14 = add64 v5, v8
    v15 = add64 v14, v13
    return v15
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = load8 [v0 + 0]
    store8 [v0 + 1], v1
    v4 = load8 [v0 + 1]
    v5 = shl64 v4, v1
    v6 = or64 v5, v2
    v7 = load8 [v0 + 2]
    v8 = shl64 v7, v1
    v9 = or64 v8, v2
    v10 = const 28
    v11 = load8 [v0 + 3]
    v12 = load32 [v0 + 4]
    v13 = shl32 v11, v10
    v14 = or64 v12, v13
    v15 = add64 v6, v9
    v16 = add64 v15, v14
    return v16
== bits of it masked away, in either order of bytes
-- before recompose
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = load8 [v0 + 0]
    v3 = load8 [v0 + 1]
    v4 = shl64 v3, v1
    v5 = const 7936
    v6 = and64 v4, v5
    v7 = or64 v6, v2
    v8 = const 15
    v9 = load8 [v0 + 4]
    v10 = and64 v9, v8
    v11 = shl64 v10, v1
    v12 = load8 [v0 + 5]
    v13 = or64 v11, v12
    v14 = add64 v7, v13
    return v14
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = load8 [v0 + 0]
    v3 = load8 [v0 + 1]
    v4 = shl64 v3, v1
    v5 = const 7936
    v6 = and64 v4, v5
    v7 = load16 [v0 + 0]
    v8 = const 8191
    v9 = and64 v7, v8
    v10 = const 15
    v11 = load8 [v0 + 4]
    v12 = and64 v11, v10
    v13 = shl64 v12, v1
    v14 = load8 [v0 + 5]
    v15 = load16 [v0 + 4]
    v16 = bswap16 v15
    v17 = const 4095
    v18 = and64 v16, v17
    v19 = add64 v9, v18
    return v19
== eight bytes, whose offset the base takes up
-- asm
    r6 = r1
    r6 += 1
    r3 = *(u64 *)(r1 + 64)
    if r3 == 0 goto out
    r6 += r3
    r0 = *(u32 *)(r6 - 1)
    r2 = *(u32 *)(r6 + 3)
    r2 <<= 32
    r0 |= r2
    exit
out:
    r0 = *(u8 *)(r6 + 0)
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    v7 = const 1
    v8 = add64 v2, v7
    v9 = load64 [v2 + 64]
    branch64 v9 eq v3 ? b2 : b1
b1:
    v16 = add64 v2, v9
    v17 = load64 [v16 + 0]
    return v17
b2:
    v19 = load8 [v8 + 0]
    return v19
