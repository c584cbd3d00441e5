== a loop
-- asm
    r0 = 0
    r3 = r1
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
b1: loops 1
    v8 = phi v3, v10
    v9 = phi v2, v13
    v10 = add64 v8, v9
    v11 = const 1
    v12 = const -1
    v13 = add64 v9, v12
    v14 = const 0
    branch64 v13 ne v14 ? b1 : b2
b2:
    return v10
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    jump b1
b1: loops 1
    v8 = phi v3, v10
    v9 = phi v2, v13
    v10 = add64 v8, v9
    v12 = const -1
    v13 = add64 v9, v12
    v14 = const 0
    branch64 v13 ne v14 ? b1 : b2
b2:
    return v10
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
    v7 = const 1
    return v7
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
    v3 = const 0
    branch64 v2 eq v3 ? b1 : b3
b1:
    v8 = phi v3, v16
    v9 = const 2
    v10 = add64 v8, v9
    v11 = const 20
    branch64 v10 ult v11 ? b3 : b2
b2:
    return v10
b3:
    v14 = phi v3, v10
    v15 = const 1
    v16 = add64 v14, v15
    jump b1
layout b0 b3 b1 b2
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
    v7 = const 1
    store64 [v1 + 504], v7
    v9 = const -8
    v10 = const 504
    v11 = add64 v1, v10
    v12 = call 1 (v0, v6, v11, v4, v3, v3, v3)
    return v12
fn func1 index 1 args 5 depth 512
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = param 3
    v4 = param 4
    v5 = param 5
    v6 = param 6
    v7 = const 0
    v8 = const 512
    v9 = add64 v1, v8
    v10 = load64 [v2 + 0]
    v11 = add64 v10, v3
    return v11
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
    v3 = const 0
    v7 = const 7
    v8 = const 2
    v9 = load32 [v2 + 12]
    branch32 v9 ule v8 ? b5 : b1
b1:
    v11 = load64 [v2 + 24]
    v13 = const 16
    v14 = add64 v11, v13
    v15 = load64 [v14 + 0]
    branch64 v15 eq v3 ? b5 : b2
b2:
    v17 = load32 [v0 + 16]
    branch32 v17 eq v3 ? b5 : b3
b3:
    v19 = load32 [v15 + 8]
    v20 = load64 [v0 + 8]
    v21 = sub64 v20, v1
    branch64 v19 ugt v21 ? b5 : b4
b4:
    v23 = const 0xffffffff
    v24 = add32 v17, v23
    store32 [v0 + 16], v24
    v26 = add64 v1, v19
    v27 = load64 [v0 + 0]
    v28 = select64 v26 ugt v27 ? v26 : v27
    store64 [v0 + 0], v28
    v30 = load64 [v15 + 0]
    tail v30, v0, v1, v2
b5:
    return v7
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
    v3 = const 0
    jump b1
b1: loops 1
    v8 = phi v3, v16
    v9 = load64 [v0 + 24]
    v10 = const 0
    branch64 v9 eq v10 ? b3 : b2
b2: loops 1
    v12 = const -1
    v13 = add64 v9, v12
    store64 [v0 + 24], v13
    v15 = const 1
    v16 = add64 v8, v15
    jump b1
b3:
    return v8
== a loop that tests its counter before it grows
-- asm
    r0 = 0
    r3 = 4
again:
    r4 = r1
    r4 += r3
    r4 = *(u64 *)(r4 + 0)
    r0 += r4
    r5 = r3
    r3 += 8
    if r5 < 100 goto again
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    v7 = const 4
    jump b1
b1: loops 1
    v9 = phi v3, v13
    v10 = phi v7, v15
    v11 = add64 v2, v10
    v12 = load64 [v11 + 0]
    v13 = add64 v9, v12
    v14 = const 8
    v15 = add64 v10, v14
    v17 = const 108
    branch64 v15 ult v17 ? b1 : b2
b2:
    return v13
== not one that begins with what is not known, nor one that may wrap around
-- asm
    r0 = 0
    r3 = *(u64 *)(r1 + 0)
again:
    r0 += r3
    r5 = r3
    r3 += 8
    if r5 < 100 goto again
    r3 = 4
again_2:
    r0 ^= r3
    r5 = r3
    r3 += 8
    if r5 > 100 goto again_2
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    v7 = load64 [v2 + 0]
    jump b1
b1: loops 1
    v9 = phi v3, v11
    v10 = phi v7, v13
    v11 = add64 v9, v10
    v12 = const 8
    v13 = add64 v10, v12
    v14 = const 100
    branch64 v10 ult v14 ? b1 : b2
b2:
    v16 = const 4
    jump b3
b3: loops 1
    v18 = phi v11, v20
    v19 = phi v16, v22
    v20 = xor64 v18, v19
    v21 = const 8
    v22 = add64 v19, v21
    v23 = const 100
    branch64 v19 ugt v23 ? b3 : b4
b4:
    return v20
