# Every shape of node is printed as it is read.
== all shapes
-- before
fn f index 0 args 3 depth 16
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = param 3
    v4 = const -7
    v5 = const 0x123456789
    v6 = symbol map 3 + 8
    v7 = symbol functions 0 + 0
    v8 = add32 v2, v3
    v9 = neg64 v8
    v10 = sext8.32 v9
    v11 = cmp64 v10 ult v4
    v12 = select32 v11 set v4 ? v5 : v6
    v13 = load16 [v1 - 8]
    v14 = loads8 [v1 + 4]
    v15 = probe64 [v14 + 0]
    store32 [v1 + 0], v13
    atomic_add64 [v6 + 0], v15
    v18 = fetch_or32 [v6 + 8], v15
    v19 = cmpxchg64 [v6 + 16], v2, v3
    v20 = udiv32 v19, v18 nonzero
    v21 = call 1 (v0, v1, v20)
    v22 = call_helper 12 ()
    v23 = call_pointer v7, v0, v1
    branch64 v23 sgt v22 ? b2 : b1
b1: loops 1
    v25 = phi v21, v26
    v26 = rotl64 v25, v12
    branch32 v26 clear v4 ? b1 : b2
b2:
    tail v7, v0, v1, v2
layout b0 b2 b1
fn g index 1 args 1 depth 0
b0:
    v0 = param 2
    return v0
fn h index 2 args 1 depth 0
b0:
    v0 = param 2
    switch v0: b2 b1 b2
b1:
    jump b2
b2:
    v3 = phi v0, v0
    return v3
-- after
fn f index 0 args 3 depth 16
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = param 3
    v4 = const -7
    v5 = const 0x123456789
    v6 = symbol map 3 + 8
    v7 = symbol functions 0 + 0
    v8 = add32 v2, v3
    v9 = neg64 v8
    v10 = sext8.32 v9
    v11 = cmp64 v10 ult v4
    v12 = select32 v11 set v4 ? v5 : v6
    v13 = load16 [v1 - 8]
    v14 = loads8 [v1 + 4]
    v15 = probe64 [v14 + 0]
    store32 [v1 + 0], v13
    atomic_add64 [v6 + 0], v15
    v18 = fetch_or32 [v6 + 8], v15
    v19 = cmpxchg64 [v6 + 16], v2, v3
    v20 = udiv32 v19, v18 nonzero
    v21 = call 1 (v0, v1, v20)
    v22 = call_helper 12 ()
    v23 = call_pointer v7, v0, v1
    branch64 v23 sgt v22 ? b2 : b1
b1: loops 1
    v25 = phi v21, v26
    v26 = rotl64 v25, v12
    branch32 v26 clear v4 ? b1 : b2
b2:
    tail v7, v0, v1, v2
layout b0 b2 b1
fn g index 1 args 1 depth 0
b0:
    v0 = param 2
    return v0
fn h index 2 args 1 depth 0
b0:
    v0 = param 2
    switch v0: b2 b1 b2
b1:
    jump b2
b2:
    v3 = phi v0, v0
    return v3
