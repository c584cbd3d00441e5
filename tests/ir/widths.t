== phis of a loop confirm each other, also by way of a choice
-- before widths
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 1
    v3 = load32 [v0 + 0]
    jump b1
b1: loops 1
    v5 = phi v3, v9
    v6 = phi v1, v11
    v7 = zext32.64 v6
    v8 = add64 v0, v7
    v9 = select64 v8 ult v2 ? v6 : v5
    v10 = zext32.64 v9
    v11 = add32 v6, v2
    store64 [v8 + 0], v10
    branch64 v7 ne v3 ? b1 : b2
b2:
    return v7
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 1
    v3 = load32 [v0 + 0]
    jump b1
b1: loops 1
    v5 = phi v3, v9
    v6 = phi v1, v11
    v7 = zext32.64 v6
    v8 = add64 v0, v6
    v9 = select64 v8 ult v2 ? v6 : v5
    v10 = zext32.64 v9
    v11 = add32 v6, v2
    store64 [v8 + 0], v9
    branch64 v6 ne v3 ? b1 : b2
b2:
    return v6
== one that begins wide, or becomes so, and what is handed one of these
-- before widths
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 1
    v3 = load64 [v0 + 0]
    jump b1
b1: loops 1
    v5 = phi v3, v1
    v6 = phi v1, v13
    v7 = phi v1, v6
    v8 = phi v1, v12
    v9 = zext32.64 v5
    v10 = zext32.64 v7
    v11 = zext32.64 v8
    v12 = add32 v8, v2
    v13 = add64 v6, v2
    v14 = add64 v9, v10
    v15 = add64 v14, v11
    branch64 v15 ne v3 ? b1 : b2
b2:
    return v15
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 1
    v3 = load64 [v0 + 0]
    jump b1
b1: loops 1
    v5 = phi v3, v1
    v6 = phi v1, v13
    v7 = phi v1, v6
    v8 = phi v1, v12
    v9 = zext32.64 v5
    v10 = zext32.64 v7
    v11 = zext32.64 v8
    v12 = add32 v8, v2
    v13 = add64 v6, v2
    v14 = add64 v9, v10
    v15 = add64 v14, v8
    branch64 v15 ne v3 ? b1 : b2
b2:
    return v15
