== a dense tree becomes a table
-- asm
    r2 = *(u8 *)(r1 + 0)
    r0 = 1
    if w2 s> 13 goto above1
    if w2 s> 7 goto above2
    if w2 s> 3 goto above3
    if w2 s> 1 goto above4
    if w2 == 1 goto case1
    goto out
above4:
    if w2 == 2 goto case2
    if w2 == 3 goto case3
    goto out
above3:
    if w2 s> 5 goto above5
    if w2 == 4 goto case4
    goto out
above5:
    if w2 == 6 goto case6
    if w2 == 7 goto case7
    goto out
above2:
    if w2 s> 10 goto above6
    if w2 s> 8 goto above7
    if w2 == 8 goto case8
    goto out
above7:
    if w2 == 9 goto case9
    if w2 == 10 goto case10
    goto out
above6:
    if w2 s> 11 goto above8
    if w2 == 11 goto case11
    goto out
above8:
    if w2 == 12 goto case12
    if w2 == 13 goto case13
    goto out
above1:
    if w2 s> 19 goto above9
    if w2 s> 16 goto above10
    if w2 s> 14 goto above11
    if w2 == 14 goto case14
    goto out
above11:
    if w2 == 15 goto case15
    if w2 == 16 goto case16
    goto out
above10:
    if w2 s> 17 goto above12
    if w2 == 17 goto case17
    goto out
above12:
    if w2 == 18 goto case18
    if w2 == 19 goto case19
    goto out
above9:
    if w2 s> 22 goto above13
    if w2 s> 20 goto above14
    if w2 == 20 goto case20
    goto out
above14:
    if w2 == 21 goto case21
    if w2 == 22 goto case22
    goto out
above13:
    if w2 s> 24 goto above15
    if w2 == 23 goto case23
    if w2 == 24 goto case24
    goto out
above15:
    if w2 == 25 goto case25
    if w2 == 26 goto case26
    goto out
case1:
    r0 += 1
    goto out
case2:
    r0 += 2
    goto out
case3:
    r0 += 3
    goto out
case4:
    r0 += 4
    goto out
case6:
    r0 += 6
    goto out
case7:
    r0 += 7
    goto out
case8:
    r0 += 8
    goto out
case9:
    r0 += 9
    goto out
case10:
    r0 += 10
    goto out
case11:
    r0 += 11
    goto out
case12:
    r0 += 12
    goto out
case13:
    r0 += 13
    goto out
case14:
    r0 += 14
    goto out
case15:
    r0 += 15
    goto out
case16:
    r0 += 16
    goto out
case17:
    r0 += 17
    goto out
case18:
    r0 += 18
    goto out
case19:
    r0 += 19
    goto out
case20:
    r0 += 20
    goto out
case21:
    r0 += 21
    goto out
case22:
    r0 += 22
    goto out
case23:
    r0 += 23
    goto out
case24:
    r0 += 24
    goto out
case25:
    r0 += 25
    goto out
case26:
    r0 += 26
    goto out
out:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v7 = load8 [v2 + 0]
    v8 = const 1
    v10 = const -1
    v11 = add32 v7, v10
    v12 = const 26
    branch32 v11 ult v12 ? b1 : b27
b1:
    switch v11: b2 b4 b3 b5 b27 b7 b6 b8 b10 b9 b11 b13 b12 b14 b16 b15 b17 b19 b18 b20 b22 b21 b24 b23 b26 b25
b2:
    v16 = const 2
    jump b27
b3:
    v19 = const 4
    jump b27
b4:
    v22 = const 3
    jump b27
b5:
    v25 = const 5
    jump b27
b6:
    v28 = const 8
    jump b27
b7:
    v31 = const 7
    jump b27
b8:
    v34 = const 9
    jump b27
b9:
    v37 = const 11
    jump b27
b10:
    v40 = const 10
    jump b27
b11:
    v43 = const 12
    jump b27
b12:
    v46 = const 14
    jump b27
b13:
    v49 = const 13
    jump b27
b14:
    v52 = const 15
    jump b27
b15:
    v55 = const 17
    jump b27
b16:
    v58 = const 16
    jump b27
b17:
    v61 = const 18
    jump b27
b18:
    v64 = const 20
    jump b27
b19:
    v67 = const 19
    jump b27
b20:
    v70 = const 21
    jump b27
b21:
    v73 = const 23
    jump b27
b22:
    v76 = const 22
    jump b27
b23:
    v79 = const 25
    jump b27
b24:
    v82 = const 24
    jump b27
b25:
    v85 = const 27
    jump b27
b26:
    v88 = const 26
    jump b27
b27:
    v90 = phi v8, v8, v16, v19, v22, v25, v28, v31, v34, v37, v40, v43, v46, v49, v52, v55, v58, v61, v64, v67, v70, v73, v76, v79, v82, v85, v88
    return v90
layout b0 b1 b2 b4 b3 b5 b7 b6 b8 b10 b9 b11 b13 b12 b14 b16 b15 b17 b19 b18 b20 b22 b21 b24 b23 b26 b25 b27
== few ways stay a tree
-- asm
    r2 = *(u8 *)(r1 + 0)
    r0 = 1
    if w2 s> 2 goto above1
    if w2 s> 0 goto above2
    if w2 == 0 goto case0
    goto out
above2:
    if w2 == 1 goto case1
    if w2 == 2 goto case2
    goto out
above1:
    if w2 s> 3 goto above3
    if w2 == 3 goto case3
    goto out
above3:
    if w2 == 4 goto case4
    if w2 == 5 goto case5
    goto out
case0:
    r0 += 1
    goto out
case1:
    r0 += 2
    goto out
case2:
    r0 += 3
    goto out
case3:
    r0 += 4
    goto out
case4:
    r0 += 5
    goto out
case5:
    r0 += 6
    goto out
out:
    exit
-- opt
fn main index 0 args 1 depth 512
b0:
    v2 = param 2
    v7 = load8 [v2 + 0]
    v8 = const 1
    v9 = const 2
    branch32 v7 sgt v9 ? b8 : b1
b1:
    v11 = const 0
    branch32 v7 sgt v11 ? b4 : b2
b2:
    v13 = const 0
    branch32 v7 eq v13 ? b3 : b15
b3:
    v16 = const 2
    jump b15
b4:
    v18 = const 1
    branch32 v7 eq v18 ? b7 : b5
b5:
    v20 = const 2
    branch32 v7 eq v20 ? b6 : b15
b6:
    v23 = const 4
    jump b15
b7:
    v26 = const 3
    jump b15
b8:
    v28 = const 3
    branch32 v7 sgt v28 ? b11 : b9
b9:
    v30 = const 3
    branch32 v7 eq v30 ? b10 : b15
b10:
    v33 = const 5
    jump b15
b11:
    v35 = const 4
    branch32 v7 eq v35 ? b14 : b12
b12:
    v37 = const 5
    branch32 v7 eq v37 ? b13 : b15
b13:
    v40 = const 7
    jump b15
b14:
    v43 = const 6
    jump b15
b15:
    v45 = phi v8, v16, v8, v23, v26, v8, v33, v8, v40, v43
    return v45
layout b0 b1 b2 b4 b5 b8 b9 b11 b12 b3 b7 b6 b10 b14 b13 b15
