== equal values of a block are one, memory is read anew
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
    v7 = mul64 v3, v4
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
    v5 = load32 [v0 + 0]
    v6 = mul64 v2, v3
    v7 = xor64 v4, v5
    v8 = or64 v6, v7
    jump b1
b1:
    v10 = add64 v0, v1
    v11 = and64 v8, v10
    return v11
