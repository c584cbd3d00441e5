== the parallel sum, and one with another mask
-- before popcount
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1
    v2 = const 0x55555555
    v3 = shr32 v0, v1
    v4 = and32 v3, v2
    v5 = sub32 v0, v4
    v6 = const 2
    v7 = const 0x33333333
    v8 = and32 v5, v7
    v9 = shr32 v5, v6
    v10 = and32 v9, v7
    v11 = add32 v8, v10
    v12 = const 4
    v13 = shr32 v11, v12
    v14 = add32 v11, v13
    v15 = const 0xf0f0f0f
    v16 = and32 v14, v15
    v17 = const 0x1010101
    v18 = mul32 v16, v17
    v19 = const 24
    v20 = shr32 v18, v19
    v21 = const 0x1010100
    v22 = mul32 v16, v21
    v23 = shr32 v22, v19
    v24 = add32 v20, v23
    return v24
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1
    v2 = const 0x55555555
    v3 = shr32 v0, v1
    v4 = and32 v3, v2
    v5 = sub32 v0, v4
    v6 = const 2
    v7 = const 0x33333333
    v8 = and32 v5, v7
    v9 = shr32 v5, v6
    v10 = and32 v9, v7
    v11 = add32 v8, v10
    v12 = const 4
    v13 = shr32 v11, v12
    v14 = add32 v11, v13
    v15 = const 0xf0f0f0f
    v16 = and32 v14, v15
    v17 = const 0x1010101
    v18 = mul32 v16, v17
    v19 = const 24
    v20 = popcnt32 v0
    v21 = const 0x1010100
    v22 = mul32 v16, v21
    v23 = shr32 v22, v19
    v24 = add32 v20, v23
    return v24
