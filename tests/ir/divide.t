== by constants, 64 bits: with a factor below 2^64, with an even divisor, with one of 65 bits
-- before divide
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 10
    v2 = udiv64 v0, v1
    v3 = const 28
    v4 = udiv64 v0, v3
    v5 = const 7
    v6 = udiv64 v0, v5
    v7 = add64 v2, v4
    v8 = add64 v6, v7
    return v8
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 10
    v2 = const 0xcccccccccccccccd
    v3 = umulh64 v0, v2
    v4 = const 3
    v5 = shr64 v3, v4
    v6 = const 28
    v7 = const 2
    v8 = shr64 v0, v7
    v9 = const 0x4924924924924925
    v10 = umulh64 v8, v9
    v11 = const 1
    v12 = shr64 v10, v11
    v13 = const 7
    v14 = const 0x2492492492492493
    v15 = umulh64 v0, v14
    v16 = sub64 v0, v15
    v17 = const 1
    v18 = shr64 v16, v17
    v19 = add64 v18, v15
    v20 = const 2
    v21 = shr64 v19, v20
    v22 = add64 v5, v12
    v23 = add64 v21, v22
    return v23
== rest, and a divisor that goes once at most
-- before divide
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1000
    v2 = urem32 v0, v1
    v3 = const -2
    v4 = udiv64 v0, v3
    v5 = add64 v2, v4
    return v5
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1000
    v2 = zext32.64 v0
    v3 = const 0x10624dd3
    v4 = mul64 v2, v3
    v5 = const 38
    v6 = shr64 v4, v5
    v7 = const 1000
    v8 = mul32 v6, v7
    v9 = sub32 v2, v8
    v10 = const -2
    v11 = const -2
    v12 = cmp64 v0 uge v11
    v13 = add64 v9, v12
    return v13
== signed, rounded to nothing
-- before divide
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = sdiv64 v0, v1
    v3 = const -7
    v4 = sdiv64 v0, v3
    v5 = srem32 v0, v3
    v6 = add64 v2, v4
    v7 = add64 v5, v6
    return v7
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 8
    v2 = const 63
    v3 = sar64 v0, v2
    v4 = const 61
    v5 = shr64 v3, v4
    v6 = add64 v0, v5
    v7 = const 3
    v8 = sar64 v6, v7
    v9 = const -7
    v10 = const 63
    v11 = sar64 v0, v10
    v12 = const 0x4924924924924925
    v13 = smulh64 v0, v12
    v14 = const 1
    v15 = sar64 v13, v14
    v16 = sub64 v15, v11
    v17 = neg64 v16
    v18 = const 31
    v19 = sar32 v0, v18
    v20 = sext32.64 v0
    v21 = const 0x92492493
    v22 = mul64 v20, v21
    v23 = const 34
    v24 = sar64 v22, v23
    v25 = sub32 v24, v19
    v26 = const 7
    v27 = mul32 v25, v26
    v28 = sub32 v0, v27
    v29 = add64 v8, v17
    v30 = add64 v28, v29
    return v30
