== a loop
-- asm
    r0 = 0
    r3 = 4
again:
    r0 += r3
    r3 -= 1
    if r3 != 0 goto again
    exit
-- ir
fn main index 0 args 1 depth 512
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 0
    v4 = load64 [v0 + 64]
    v5 = const 512
    v6 = add64 v1, v5
    jump b1
b1:
    v8 = const 0
    v9 = const 4
    jump b2
b2: loops 1
    v11 = phi v8, v13
    v12 = phi v9, v16
    v13 = add64 v11, v12
    v14 = const 1
    v15 = const -1
    v16 = add64 v12, v15
    v17 = const 0
    branch64 v16 ne v17 ? b2 : b3
b3:
    return v13
-- opt
fn main index 0 args 1 depth 512
b0:
    jump b1
b1:
    v8 = const 0
    v9 = const 4
    jump b2
b2: loops 1
    v11 = phi v8, v13
    v12 = phi v9, v16
    v13 = add64 v11, v12
    v15 = const -1
    v16 = add64 v12, v15
    v17 = const 0
    branch64 v16 ne v17 ? b2 : b3
b3:
    return v13
== what a constant decides is not followed
-- asm
    r0 = 1
    if r0 == 1 goto yes
    r0 = *(u32 *)(r1 + 4)
yes:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    jump b1
b1:
    jump b2
b2:
    v10 = const 1
    return v10
== two entries to a loop
-- asm
    r0 = 0
    if r1 == 0 goto inner
outer:
    r0 += 1
inner:
    r0 += 2
    if r0 < 20 goto outer
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    jump b1
b1:
    v8 = const 0
    branch64 v2 eq v8 ? b2 : b4
b2:
    v10 = phi v8, v18
    v11 = const 2
    v12 = add64 v10, v11
    v13 = const 20
    branch64 v12 ult v13 ? b4 : b3
b3:
    return v12
b4:
    v16 = phi v8, v12
    v17 = const 1
    v18 = add64 v16, v17
    jump b2
layout b0 b1 b4 b2 b3
== calls, tokens and the frame
-- asm
    *(u64 *)(r10 - 8) = 1
    r1 = r10
    r1 += -8
    call add
    r6 = r0
    r1 = r6
    exit
add:
    r0 = *(u64 *)(r1 + 0)
    r0 += r2
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v0 = param 0
    v1 = param 1
    v3 = const 0
    v4 = load64 [v0 + 64]
    v5 = const 512
    v6 = add64 v1, v5
    jump b1
b1:
    v8 = const 1
    v9 = const -8
    v10 = add64 v6, v9
    store64 [v1 + 504], v8
    v12 = call 1 (v0, v6, v10, v4, v3, v3, v3)
    return v12
fn func1 index 1 args 5 depth 512
b0:
    v2 = param 2
    v3 = param 3
    jump b1
b1:
    v11 = load64 [v2 + 0]
    v12 = add64 v11, v3
    return v12
== a tail call that may fail
-- asm
    r0 = 7
    r3 = 2
    r2 = r1
    call 12
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    jump b1
b1:
    v8 = const 7
    v9 = const 2
    v10 = const 0
    v11 = load32 [v2 + 12]
    branch32 v11 ule v9 ? b6 : b2
b2:
    v13 = load64 [v2 + 24]
    v15 = const 16
    v16 = add64 v13, v15
    v17 = load64 [v16 + 0]
    branch64 v17 eq v10 ? b6 : b3
b3:
    v19 = load32 [v0 + 16]
    branch32 v19 eq v10 ? b6 : b4
b4:
    v21 = load32 [v17 + 8]
    v22 = load64 [v0 + 8]
    v23 = sub64 v22, v1
    branch64 v21 ugt v23 ? b6 : b5
b5:
    v25 = const 0xffffffff
    v26 = add32 v19, v25
    v27 = add64 v1, v21
    v28 = load64 [v0 + 0]
    v29 = select64 v27 ugt v28 ? v27 : v28
    store64 [v0 + 0], v29
    store32 [v0 + 16], v26
    v32 = load64 [v17 + 0]
    tail v32, v0, v1, v2
b6:
    return v8
== may_goto
-- asm
    r0 = 0
again:
    may_goto out
    r0 += 1
    goto again
out:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v0 = param 0
    jump b1
b1:
    v8 = const 0
    jump b2
b2: loops 1
    v10 = phi v8, v19
    v11 = load64 [v0 + 24]
    v12 = const 0
    branch64 v11 eq v12 ? b5 : b3
b3: loops 1
    v14 = const -1
    v15 = add64 v11, v14
    store64 [v0 + 24], v15
    jump b4
b4: loops 1
    v18 = const 1
    v19 = add64 v10, v18
    jump b2
b5:
    return v10
