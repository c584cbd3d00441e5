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
