== a short function in place of two calls, itself with one in it
-- before inline
fn main index 0 args 1 depth 16
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 16
    v4 = add64 v1, v3
    v5 = call 1 (v0, v4, v2, v3)
    v6 = call 1 (v0, v4, v5, v2)
    return v6
fn f index 1 args 2 depth 8
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = param 3
    v4 = const 8
    v5 = add64 v1, v4
    store64 stack [v1 + 0], v2
    v7 = call 2 (v0, v5, v3)
    v8 = load64 stack [v1 + 0]
    v9 = add64 v7, v8
    return v9
fn g index 2 args 1 depth 0
b0:
    v0 = param 0
    v1 = param 2
    v2 = call_helper 7 (v0, v1)
    v3 = xor64 v2, v1
    return v3
-- after
fn main index 0 args 1 depth 16
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 16
    v4 = add64 v1, v3
    v5 = const 8
    v6 = const 24
    v7 = add64 v1, v6
    store64 stack [v1 + 16], v2
    v9 = call_helper 7 (v0, v3)
    v10 = xor64 v9, v3
    v11 = load64 stack [v1 + 16]
    v12 = add64 v10, v11
    store64 stack [v1 + 16], v12
    v14 = call_helper 7 (v0, v2)
    v15 = xor64 v14, v2
    v16 = load64 stack [v1 + 16]
    v17 = add64 v15, v16
    return v17
fn f index 1 args 2 depth 8
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = param 3
    v4 = const 8
    v5 = add64 v1, v4
    store64 stack [v1 + 0], v2
    v7 = call_helper 7 (v0, v3)
    v8 = xor64 v7, v3
    v9 = load64 stack [v1 + 0]
    v10 = add64 v8, v9
    return v10
fn g index 2 args 1 depth 0
b0:
    v0 = param 0
    v1 = param 2
    v2 = call_helper 7 (v0, v1)
    v3 = xor64 v2, v1
    return v3
== not one that calls itself, that is long, or of several blocks
-- before inline
fn main index 0 args 1 depth 0
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = call 1 (v0, v1, v2)
    v4 = call 2 (v0, v1, v3)
    return v4
fn f index 1 args 1 depth 0
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 5
    v4 = mul64 v2, v3
    v5 = mul64 v4, v2
    v6 = xor64 v5, v4
    v7 = mul64 v6, v5
    v8 = xor64 v7, v6
    v9 = mul64 v8, v7
    v10 = xor64 v9, v8
    v11 = mul64 v10, v9
    v12 = xor64 v11, v10
    v13 = mul64 v12, v11
    v14 = xor64 v13, v12
    v15 = mul64 v14, v13
    v16 = xor64 v15, v14
    v17 = mul64 v16, v15
    v18 = xor64 v17, v16
    v19 = call 1 (v0, v1, v18)
    return v19
fn g index 2 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 5
    branch64 v0 eq v1 ? b1 : b2
b1:
    return v0
b2:
    return v1
-- after
fn main index 0 args 1 depth 0
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = call 1 (v0, v1, v2)
    v4 = call 2 (v0, v1, v3)
    return v4
fn f index 1 args 1 depth 0
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 5
    v4 = mul64 v2, v3
    v5 = mul64 v4, v2
    v6 = xor64 v5, v4
    v7 = mul64 v6, v5
    v8 = xor64 v7, v6
    v9 = mul64 v8, v7
    v10 = xor64 v9, v8
    v11 = mul64 v10, v9
    v12 = xor64 v11, v10
    v13 = mul64 v12, v11
    v14 = xor64 v13, v12
    v15 = mul64 v14, v13
    v16 = xor64 v15, v14
    v17 = mul64 v16, v15
    v18 = xor64 v17, v16
    v19 = call 1 (v0, v1, v18)
    return v19
fn g index 2 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 5
    branch64 v0 eq v1 ? b1 : b2
b1:
    return v0
b2:
    return v1
== a function that nothing calls any more is gone
-- asm verified
    call f
    exit
f:
    r0 = 7
    exit
-- opt
fn main index 0 args 1 depth 0
b0:
    v5 = const 7
    return v5
