== four numbers of 32 bits behind another, and bits of two words
-- before sums
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load16 [v0 + 0]
    v2 = load32 packet [v0 + 4]
    v3 = add64 v1, v2
    v4 = load32 packet [v0 + 8]
    v5 = add64 v3, v4
    v6 = load32 packet [v0 + 12]
    v7 = add64 v5, v6
    v8 = load32 packet [v0 + 16]
    v9 = add64 v7, v8
    v10 = load64 [v0 + 32]
    v11 = popcnt64 v10
    v12 = load64 [v0 + 40]
    v13 = popcnt64 v12
    v14 = add64 v11, v13
    v15 = add64 v9, v14
    return v15
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load16 [v0 + 0]
    v2 = load32 packet [v0 + 4]
    v3 = add64 v1, v2
    v4 = load32 packet [v0 + 8]
    v5 = add64 v3, v4
    v6 = load32 packet [v0 + 12]
    v7 = add64 v5, v6
    v8 = load32 packet [v0 + 16]
    v9 = load_sum32 packet [v0 + 4]
    v10 = add64 v1, v9
    v11 = load64 [v0 + 32]
    v12 = popcnt64 v11
    v13 = load64 [v0 + 40]
    v14 = popcnt64 v13
    v15 = load_popcnt64 [v0 + 32]
    v16 = add64 v10, v15
    return v16
== not in the other order, of another width, or over a store
-- before sums
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load32 [v0 + 12]
    v2 = load32 [v0 + 8]
    v3 = add64 v1, v2
    v4 = load32 [v0 + 4]
    v5 = add64 v3, v4
    v6 = load32 [v0 + 0]
    v7 = add64 v5, v6
    v8 = load64 [v0 + 32]
    v9 = popcnt64 v8
    store64 [v0 + 32], v7
    v11 = load64 [v0 + 40]
    v12 = popcnt64 v11
    v13 = add64 v9, v12
    v14 = load64 [v0 + 48]
    v15 = popcnt64 v14
    v16 = load64 [v0 + 64]
    v17 = popcnt64 v16
    v18 = add64 v15, v17
    v19 = add32 v13, v18
    return v19
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load32 [v0 + 12]
    v2 = load32 [v0 + 8]
    v3 = add64 v1, v2
    v4 = load32 [v0 + 4]
    v5 = add64 v3, v4
    v6 = load32 [v0 + 0]
    v7 = add64 v5, v6
    v8 = load64 [v0 + 32]
    v9 = popcnt64 v8
    store64 [v0 + 32], v7
    v11 = load64 [v0 + 40]
    v12 = popcnt64 v11
    v13 = add64 v9, v12
    v14 = load64 [v0 + 48]
    v15 = popcnt64 v14
    v16 = load64 [v0 + 64]
    v17 = popcnt64 v16
    v18 = add64 v15, v17
    v19 = add32 v13, v18
    return v19
