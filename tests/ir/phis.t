== a phi of one value, round a loop
-- before phis
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1
    jump b1
b1: loops 1
    v2 = phi v0, v2
    v3 = phi v1, v4
    v4 = add64 v3, v2
    branch64 v4 ult v2 ? b1 : b2
b2:
    v5 = phi v2
    return v5
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 1
    jump b1
b1: loops 1
    v4 = phi v1, v5
    v5 = add64 v4, v0
    branch64 v5 ult v0 ? b1 : b2
b2:
    return v0
== phis of each other
-- before phis
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    branch64 v0 eq v0 ? b1 : b2
b1:
    v1 = phi v0, v2
    branch64 v0 ne v1 ? b2 : b3
b2:
    v2 = phi v0, v1
    branch64 v0 ne v2 ? b1 : b3
b3:
    v3 = phi v1, v2
    return v3
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    branch64 v0 eq v0 ? b1 : b2
b1:
    v2 = phi v0, v4
    branch64 v0 ne v2 ? b2 : b3
b2:
    v4 = phi v0, v2
    branch64 v0 ne v4 ? b1 : b3
b3:
    v6 = phi v2, v4
    return v6
== different values stay
-- before phis
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    branch64 v0 eq v1 ? b1 : b2
b1:
    jump b2
b2:
    v2 = phi v0, v1
    return v2
-- after
fn f index 0 args 2 depth 0
b0:
    v0 = param 2
    v1 = param 3
    branch64 v0 eq v1 ? b1 : b2
b1:
    jump b2
b2:
    v4 = phi v0, v1
    return v4
