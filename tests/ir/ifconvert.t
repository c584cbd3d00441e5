== what a bit decides: not between numbers, but whether something is computed
-- asm
    r0 = 0
    r2 = *(u32 *)(r1 + 0)
    if r2 & 4 goto far
    r0 = 7
far:
    r3 = r2
    r3 &= 1
    if r3 == 0 goto even
    r0 += 3
    goto out
even:
    r0 <<= 1
out:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    v7 = load32 [v2 + 0]
    v8 = const 4
    branch32 v7 set v8 ? b2 : b1
b1:
    v11 = const 7
    jump b2
b2:
    v13 = phi v3, v11
    v14 = const 1
    v15 = and64 v7, v14
    v16 = const 0
    v17 = shl64 v13, v14
    v18 = const 3
    v19 = add64 v13, v18
    v20 = select32 v15 eq v16 ? v17 : v19
    return v20
== the result of a comparison, a block that goes on
-- asm
    r0 = 1
    r2 = *(u32 *)(r1 + 0)
    if r2 s> 9 goto out
    r0 = 0
out:
    r0 <<= 4
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v8 = load32 [v2 + 0]
    v9 = const 9
    v10 = cmp64 v8 sgt v9
    v11 = const 4
    v12 = shl64 v10, v11
    return v12
== no conditional move for an order, nor over a load
-- asm
    r0 = 0
    r2 = *(u32 *)(r1 + 0)
    if r2 > 9 goto over
    r0 = r2
over:
    if r2 & 1 goto out
    r0 = *(u32 *)(r1 + 4)
out:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v3 = const 0
    v7 = load32 [v2 + 0]
    v8 = const 9
    branch32 v7 ugt v8 ? b2 : b1
b1:
    jump b2
b2:
    v11 = phi v3, v7
    v12 = const 1
    branch32 v7 set v12 ? b4 : b3
b3:
    v14 = load32 [v2 + 4]
    jump b4
b4:
    v16 = phi v11, v14
    return v16
== a loop that the choice closes
-- asm
    r0 = 0
    r2 = 8
again:
    r2 -= 1
    if r2 == 0 goto out
    if r2 & 1 goto again
    r0 += r2
    goto again
out:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v3 = const 0
    v7 = const 8
    jump b1
b1: loops 1
    v9 = phi v3, v18
    v10 = phi v7, v13
    v12 = const -1
    v13 = add64 v10, v12
    v14 = const 0
    branch64 v13 eq v14 ? b3 : b2
b2: loops 1
    v16 = const 1
    v17 = add64 v9, v13
    v18 = select64 v13 set v16 ? v9 : v17
    jump b1
b3:
    return v9
== where choosing is cheap, whatever costs no more than the jump
-- asm selects
    r0 = *(u64 *)(r1 + 0)
    r2 = *(u64 *)(r1 + 8)
    if r0 s> r2 goto least
    r0 = r2
least:
    r3 = *(u64 *)(r1 + 16)
    if r3 == 7 goto out
    r3 <<= 3
    r3 += r2
    r3 ^= r0
out:
    r0 += r3
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v7 = load64 [v2 + 0]
    v8 = load64 [v2 + 8]
    v9 = select64 v7 sgt v8 ? v7 : v8
    v10 = load64 [v2 + 16]
    v11 = const 7
    branch64 v10 eq v11 ? b2 : b1
b1:
    v13 = const 3
    v14 = shl64 v10, v13
    v15 = add64 v14, v8
    v16 = xor64 v15, v9
    jump b2
b2:
    v18 = phi v10, v16
    v19 = add64 v9, v18
    return v19
