== long constants and addresses are made before an inner loop, equal ones once
-- before hoist
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 0
    jump b1
b1: loops 1
    v2 = phi v1, v9
    v3 = const 4096
    v4 = add64 v2, v3
    branch64 v4 ult v0 ? b2 : b3
b2: loops 1
    v5 = const 4096
    v6 = xor64 v4, v5
    v7 = symbol map_data 2 + 8
    v8 = load32 [v7 + 0]
    v9 = add64 v6, v8
    branch64 v9 ne v0 ? b1 : b3
b3:
    v10 = phi v4, v9
    return v10
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 4096
    v3 = symbol map_data 2 + 8
    jump b1
b1: loops 1
    v5 = phi v1, v10
    v6 = add64 v5, v2
    branch64 v6 ult v0 ? b2 : b3
b2: loops 1
    v8 = xor64 v6, v2
    v9 = load32 [v3 + 0]
    v10 = add64 v8, v9
    branch64 v10 ne v0 ? b1 : b3
b3:
    v12 = phi v6, v10
    return v12
== short ones stay, and what a phi or a call wants
-- before hoist
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 0
    jump b1
b1: loops 1
    v2 = phi v1, v6
    v3 = const -4095
    v4 = add64 v2, v3
    v5 = const 70000
    v7 = call_helper 5 (v5)
    v6 = const 80000
    branch64 v7 ne v4 ? b1 : b2
b2:
    return v7
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = const 0
    jump b1
b1: loops 1
    v3 = phi v1, v8
    v4 = const -4095
    v5 = add64 v3, v4
    v6 = const 0x11170
    v7 = call_helper 5 (v6)
    v8 = const 0x13880
    branch64 v7 ne v5 ? b1 : b2
b2:
    return v7
== out of the inner loop only, and not where a loop has two entries
-- before hoist
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    jump b1
b1: loops 1
    v1 = const 5000
    v2 = add64 v0, v1
    jump b2
b2: loops 2
    v3 = phi v2, v5
    v4 = const 6000
    v5 = add64 v3, v4
    branch64 v5 ne v0 ? b2 : b3
b3: loops 1
    branch64 v5 ult v2 ? b1 : b4
b4:
    branch64 v0 eq v5 ? b5 : b6
b5: loops 1
    v6 = const 7000
    v7 = add64 v0, v6
    branch64 v7 eq v5 ? b6 : b7
b6: loops 1
    v8 = const 7000
    v9 = add64 v5, v8
    branch64 v9 eq v0 ? b5 : b7
b7:
    return v0
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    jump b1
b1: loops 1
    v2 = const 5000
    v3 = add64 v0, v2
    v4 = const 6000
    jump b2
b2: loops 2
    v6 = phi v3, v7
    v7 = add64 v6, v4
    branch64 v7 ne v0 ? b2 : b3
b3: loops 1
    branch64 v7 ult v3 ? b1 : b4
b4:
    branch64 v0 eq v7 ? b5 : b6
b5: loops 1
    v11 = const 7000
    v12 = add64 v0, v11
    branch64 v12 eq v7 ? b6 : b7
b6: loops 1
    v14 = const 7000
    v15 = add64 v7, v14
    branch64 v15 eq v0 ? b5 : b7
b7:
    return v0
== what is chosen between, though short, and from a loop with something seldom run in it
-- before hoist
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 16
    jump b1
b1: loops 1
    v4 = phi v1, v14
    v5 = load64 [v0 + 0]
    v6 = const 30
    v7 = select64 v5 ult v4 ? v6 : v1
    v8 = const 65536
    v9 = add64 v7, v8
    branch64 v5 eq v1 ? b2 : b3
b2:
    store64 [v0 + 0], v9
    jump b3
b3: loops 1
    v13 = const 1
    v14 = add64 v4, v13
    branch64 v14 ne v2 ? b1 : b4
b4:
    return v14
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 16
    v3 = const 30
    v4 = const 0x10000
    jump b1
b1: loops 1
    v6 = phi v1, v14
    v7 = load64 [v0 + 0]
    v8 = select64 v7 ult v6 ? v3 : v1
    v9 = add64 v8, v4
    branch64 v7 eq v1 ? b2 : b3
b2:
    store64 [v0 + 0], v9
    jump b3
b3: loops 1
    v13 = const 1
    v14 = add64 v6, v13
    branch64 v14 ne v2 ? b1 : b4
b4:
    return v14
