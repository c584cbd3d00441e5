== unused values, loads and cycles go; what has an effect stays
-- before dead
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v2 = load32 [v0 + 4]
    v3 = add64 v0, v1
    v4 = xchg64 [v0 + 0], v1
    v5 = call_helper 5 (v1)
    v6 = const 1
    jump b1
b1: loops 1
    v7 = phi v6, v8
    v8 = add64 v7, v6
    branch64 v1 ne v6 ? b1 : b2
b2:
    return v0
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    v4 = xchg64 [v0 + 0], v1
    v5 = call_helper 5 (v1)
    v6 = const 1
    jump b1
b1: loops 1
    branch64 v1 ne v6 ? b1 : b2
b2:
    return v0
