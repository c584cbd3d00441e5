== slots of all widths; a part of one is read
-- asm
    *(u64 *)(r10 - 8) = r1
    *(u32 *)(r10 - 12) = r1
    *(u16 *)(r10 - 14) = r1
    *(u8 *)(r10 - 15) = 7
    r0 = *(u64 *)(r10 - 8)
    r2 = *(u32 *)(r10 - 12)
    r0 += r2
    r2 = *(s16 *)(r10 - 14)
    r0 += r2
    r2 = *(u8 *)(r10 - 15)
    r0 += r2
    r2 = *(u8 *)(r10 - 6)
    r0 += r2
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v7 = const 7
    v8 = zext32.64 v2
    v9 = add64 v2, v8
    v10 = sext16.64 v2
    v11 = add64 v9, v10
    v12 = add64 v11, v7
    v13 = const 16
    v14 = shr64 v2, v13
    v15 = zext8.64 v14
    v16 = add64 v12, v15
    return v16
== a slot that a loop changes, and one that it does not
-- asm
    *(u64 *)(r10 - 8) = 0
    *(u64 *)(r10 - 16) = r1
    r3 = r1
again:
    r2 = *(u64 *)(r10 - 8)
    r4 = *(u64 *)(r10 - 16)
    r2 += r4
    *(u64 *)(r10 - 8) = r2
    r3 -= 1
    if r3 != 0 goto again
    r0 = *(u64 *)(r10 - 8)
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    jump b1
b1: loops 1
    v8 = phi v2, v13
    v9 = phi v3, v10
    v10 = add64 v9, v2
    v12 = const -1
    v13 = add64 v8, v12
    v14 = const 0
    branch64 v13 ne v14 ? b1 : b2
b2:
    return v10
== a part is written: it stays in memory
-- asm
    *(u64 *)(r10 - 8) = r1
    *(u8 *)(r10 - 8) = 0
    r0 = *(u64 *)(r10 - 8)
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v1 = param 1
    v2 = param 2
    v3 = const 0
    store64 [v1 + 504], v2
    store8 [v1 + 504], v3
    v9 = load64 [v1 + 504]
    return v9
== two accesses that overlap: the bytes of both stay in memory
-- asm
    *(u32 *)(r10 - 8) = r1
    *(u32 *)(r10 - 4) = 0
    r0 = *(u32 *)(r10 - 6)
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v1 = param 1
    v2 = param 2
    v3 = const 0
    store32 [v1 + 504], v2
    store32 [v1 + 508], v3
    v9 = load32 [v1 + 506]
    return v9
== of a trusted function that reads what it did not write, what was there
-- asm
    if r1 == 0 goto there
    *(u64 *)(r10 - 8) = r1
there:
    r0 = *(u64 *)(r10 - 8)
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v1 = param 1
    v2 = param 2
    v3 = const 0
    v7 = load64 [v1 + 504]
    branch64 v2 eq v3 ? b2 : b1
b1:
    jump b2
b2:
    v10 = phi v7, v2
    return v10
== a trusted function that takes its address has none
-- asm
    r2 = r10
    *(u64 *)(r10 - 8) = r1
    r0 = *(u64 *)(r2 - 8)
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v1 = param 1
    v2 = param 2
    store64 [v1 + 504], v2
    return v2
== nor one that calls a function
-- asm
    *(u64 *)(r10 - 8) = r1
    call f
    r0 = *(u64 *)(r10 - 8)
    exit
f:
    r0 = 0
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
    store64 [v1 + 504], v2
    v8 = call 1 (v0, v6, v2, v4, v3, v3, v3)
    v9 = load64 [v1 + 504]
    return v9
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
    return v7
== verified, by the facts: an address in a register, another slot's address given away
-- asm verified
    r1 = r10
    r1 += -8
    *(u64 *)(r1 + 0) = 5
    *(u64 *)(r10 - 16) = 6
    *(u64 *)(r10 - 24) = 7
    r6 = r10
    r6 += -16
    r1 = r6
    call f
    r1 = r10
    r0 = *(u64 *)(r1 - 8)
    r2 = *(u64 *)(r6 + 0)
    r0 += r2
    r2 = *(u64 *)(r10 - 24)
    r0 += r2
    exit
f:
    *(u64 *)(r1 + 0) = 1
    *(u64 *)(r10 - 8) = 2
    r0 = *(u64 *)(r10 - 8)
    exit
-- ir
fn main index 0 args 1 depth 32
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 0
    v4 = load64 [v0 + 64]
    v5 = const 32
    v6 = add64 v1, v5
    v7 = const -8
    v8 = const 24
    v9 = add64 v1, v8
    v10 = const 5
    v11 = const 6
    store64 stack [v1 + 16], v11
    v13 = const 7
    v14 = const -16
    v15 = const 16
    v16 = add64 v1, v15
    v17 = call 1 (v0, v6, v16)
    v18 = load64 stack [v1 + 16]
    v19 = add64 v18, v10
    v20 = const 12
    v21 = add64 v18, v20
    return v21
fn func1 index 1 args 1 depth 16
b0:
    v0 = param 0
    v1 = param 1
    v2 = param 2
    v3 = const 0
    v4 = const 16
    v5 = add64 v1, v4
    v6 = const 1
    store64 stack [v2 + 0], v6
    v8 = const 2
    return v8
== an index into an array takes its bytes, not the slot beside it
-- asm verified
    *(u64 *)(r10 - 24) = 0
    *(u64 *)(r10 - 16) = 0
    *(u64 *)(r10 - 8) = r2
    r2 &= 7
    r1 = r10
    r1 -= r2
    *(u8 *)(r1 - 17) = 1
    r0 = *(u64 *)(r10 - 24)
    r2 = *(u64 *)(r10 - 8)
    r0 += r2
    exit
-- opt
fn main index 0 args 1 depth 32
b0:
    v0 = param 0
    v1 = param 1
    v3 = const 0
    v4 = load64 [v0 + 64]
    v5 = const 32
    v6 = add64 v1, v5
    store64 stack [v1 + 8], v3
    v8 = const 7
    v9 = and64 v4, v8
    v10 = sub64 v6, v9
    v11 = const 1
    store8 stack [v10 - 17], v11
    v13 = load64 stack [v1 + 8]
    v14 = add64 v13, v4
    return v14
== an access to the own stack or to that of the caller stays
-- asm verified
    *(u64 *)(r10 - 8) = 5
    r1 = r10
    r1 += -8
    call f
    r0 = *(u64 *)(r10 - 8)
    exit
f:
    *(u64 *)(r10 - 8) = 3
    r3 = r2
    r2 = r1
    if r3 == 5 goto theirs
    r2 = r10
    r2 += -8
theirs:
    *(u64 *)(r2 + 0) = 1
    r0 = *(u64 *)(r10 - 8)
    exit
-- opt
fn main index 0 args 1 depth 16
b0:
    v0 = param 0
    v1 = param 1
    v4 = load64 [v0 + 64]
    v5 = const 16
    v6 = add64 v1, v5
    v7 = const 5
    store64 stack [v1 + 8], v7
    v10 = const 8
    v11 = add64 v1, v10
    v12 = call 1 (v0, v6, v11, v4)
    v13 = load64 stack [v1 + 8]
    return v13
fn func1 index 1 args 2 depth 16
b0:
    v1 = param 1
    v2 = param 2
    v3 = param 3
    v7 = const 3
    store64 stack [v1 + 8], v7
    v9 = const 5
    branch64 v3 eq v9 ? b2 : b1
b1:
    v12 = const 8
    v13 = add64 v1, v12
    jump b2
b2:
    v15 = phi v2, v13
    v16 = const 1
    store64 stack [v15 + 0], v16
    v18 = load64 stack [v1 + 8]
    return v18
