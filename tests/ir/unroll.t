== a sum over memory: turns at once, sums apart, addresses shared
-- before unroll
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 2
    v3 = const 46
    jump b1
b1: loops 1
    v4 = phi v1, v8
    v5 = phi v1, v9
    v6 = add64 v0, v4
    v7 = load16 [v6 + 0]
    v8 = add64 v4, v2
    v9 = add64 v5, v7
    branch64 v4 ult v3 ? b1 : b2
b2:
    return v9
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 2
    v3 = const 46
    jump b1
b1: loops 1
    v5 = phi v1, v23
    v6 = phi v1, v25
    v7 = add64 v0, v5
    v8 = load16 [v7 + 0]
    v9 = add64 v5, v2
    v10 = add64 v7, v2
    v11 = load16 [v7 + 2]
    v12 = const 4
    v13 = add64 v5, v12
    v14 = add64 v8, v11
    v15 = add64 v7, v12
    v16 = load16 [v7 + 4]
    v17 = const 6
    v18 = add64 v5, v17
    v19 = add64 v14, v16
    v20 = add64 v7, v17
    v21 = load16 [v7 + 6]
    v22 = const 8
    v23 = add64 v5, v22
    v24 = add64 v19, v21
    v25 = add64 v6, v24
    v26 = const 48
    branch64 v23 ne v26 ? b1 : b2
b2:
    return v25
== few turns: the loop goes, and what it counts is known
-- before unroll
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 3
    v2 = const -1
    v3 = const 0
    jump b1
b1: loops 1
    v4 = phi v1, v7
    v5 = phi v0, v4
    v6 = phi v3, v5
    v7 = add32 v4, v2
    branch32 v7 eq v3 ? b2 : b1
b2:
    v8 = add64 v6, v7
    return v8
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 3
    v2 = const -1
    v3 = const 0
    jump b1
b1:
    v5 = const 2
    v6 = const 1
    v7 = const 0
    jump b2
b2:
    v9 = add64 v1, v7
    return v9
== a sum that is looked at in every turn is no sum apart; a number of turns that nothing divides
-- before unroll
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 1
    v3 = const 18
    jump b1
b1: loops 1
    v4 = phi v1, v6
    v5 = phi v1, v7
    v6 = add64 v4, v2
    v7 = add64 v5, v0
    store64 [v0 + 0], v7
    branch64 v6 ne v3 ? b1 : b2
b2:
    v8 = const 19
    jump b3
b3: loops 1
    v9 = phi v1, v10
    v10 = add64 v9, v2
    store64 [v0 + 8], v10
    branch64 v10 ne v8 ? b3 : b4
b4:
    return v7
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 1
    v3 = const 18
    jump b1
b1: loops 1
    v5 = phi v1, v14
    v6 = phi v1, v15
    v7 = add64 v5, v2
    v8 = add64 v6, v0
    store64 [v0 + 0], v8
    v10 = const 2
    v11 = add64 v5, v10
    v12 = add64 v8, v0
    v13 = const 3
    v14 = add64 v5, v13
    v15 = add64 v12, v0
    v16 = const 18
    store64 [v0 + 0], v15
    branch64 v14 ne v16 ? b1 : b2
b2:
    v19 = const 19
    jump b3
b3: loops 1
    v21 = phi v1, v22
    v22 = add64 v21, v2
    store64 [v0 + 8], v22
    branch64 v22 ne v19 ? b3 : b4
b4:
    return v15
== not known: a bound that is no constant, a counter that wraps around, one that jumps over its bound
-- before unroll
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1
    v2 = const 2
    v3 = const -1
    v4 = const 64
    jump b1
b1: loops 1
    v5 = phi v1, v6
    v6 = add64 v5, v2
    branch64 v6 ult v0 ? b1 : b2
b2:
    jump b3
b3: loops 1
    v7 = phi v1, v8
    v8 = add64 v7, v2
    branch64 v8 ult v3 ? b3 : b4
b4:
    jump b5
b5: loops 1
    v9 = phi v1, v10
    v10 = add64 v9, v2
    branch64 v10 ne v4 ? b5 : b6
b6:
    return v6
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1
    v2 = const 2
    v3 = const -1
    v4 = const 64
    jump b1
b1: loops 1
    v6 = phi v1, v7
    v7 = add64 v6, v2
    branch64 v7 ult v0 ? b1 : b2
b2:
    jump b3
b3: loops 1
    v10 = phi v1, v11
    v11 = add64 v10, v2
    branch64 v11 ult v3 ? b3 : b4
b4:
    jump b5
b5: loops 1
    v14 = phi v1, v15
    v15 = add64 v14, v2
    branch64 v15 ne v4 ? b5 : b6
b6:
    return v7
