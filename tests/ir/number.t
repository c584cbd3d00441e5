== equal values of a block are one, and loads that nothing was written between
-- before number
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = add64 v0, v1
    v3 = add64 v0, v1
    v4 = add32 v0, v1
    v5 = load32 [v0 + 0]
    v6 = load32 [v0 + 0]
    store32 [v1 + 0], v4
    v12 = load32 [v0 + 0]
    v7 = mul64 v3, v12
    v8 = xor64 v5, v6
    v9 = or64 v7, v8
    jump b1
b1:
    v10 = add64 v0, v1
    v11 = and64 v9, v10
    return v11
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = add64 v0, v1
    v3 = add32 v0, v1
    v4 = load32 [v0 + 0]
    store32 [v1 + 0], v3
    v6 = load32 [v0 + 0]
    v7 = mul64 v2, v6
    v8 = xor64 v4, v4
    v9 = or64 v7, v8
    jump b1
b1:
    v11 = add64 v0, v1
    v12 = and64 v9, v11
    return v12
== what is written to another region changes nothing
-- before number
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load32 packet [v0 + 0]
    store32 map_value [v1 + 0], v2
    v3 = load32 packet [v0 + 0]
    store32 memory [v1 + 0], v2
    v4 = load32 packet [v0 + 0]
    v5 = add64 v2, v3
    v6 = add64 v4, v5
    return v6
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load32 packet [v0 + 0]
    store32 map_value [v1 + 0], v2
    store32 memory [v1 + 0], v2
    v5 = load32 packet [v0 + 0]
    v6 = add64 v2, v2
    v7 = add64 v5, v6
    return v7
