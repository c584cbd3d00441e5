== a lookup compared with null is the comparison that it made
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load32 [v0 + 0]
    v2 = const 10
    v3 = const 3
    v4 = shl64 v1, v3
    v5 = symbol map_data 0 + 0
    v6 = add64 v4, v5
    v7 = const 0
    v8 = select32 v1 ult v2 ? v6 : v7
    branch64 v8 eq v7 ? b1 : b2
b1:
    return v7
b2:
    return v6
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load32 [v0 + 0]
    v2 = const 10
    v3 = const 3
    v4 = shl64 v1, v3
    v5 = symbol map_data 0 + 0
    v6 = add64 v4, v5
    v7 = const 0
    v8 = select32 v1 ult v2 ? v6 : v7
    branch32 v1 uge v2 ? b1 : b2
b1:
    return v7
b2:
    return v6
== a choice of numbers is not
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 10
    v2 = const 0
    v3 = select32 v0 ult v1 ? v0 : v2
    branch64 v3 ne v2 ? b1 : b2
b1:
    return v2
b2:
    return v3
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 10
    v2 = const 0
    v3 = select32 v0 ult v1 ? v0 : v2
    branch64 v3 ne v2 ? b1 : b2
b1:
    return v2
b2:
    return v3
