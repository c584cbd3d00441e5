== constants, signs and widths
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 7
    v2 = const -3
    v3 = add64 v1, v2
    store64 [v0 + 0], v3
    v4 = add32 v2, v2
    store64 [v0 + 8], v4
    v5 = sdiv64 v1, v2
    store64 [v0 + 16], v5
    v6 = urem32 v1, v2
    store64 [v0 + 24], v6
    v7 = sar32 v2, v1
    store64 [v0 + 32], v7
    v8 = bswap16 v1
    store64 [v0 + 40], v8
    v9 = cmp32 v2 slt v1
    store64 [v0 + 48], v9
    return v3
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 7
    v2 = const -3
    v3 = const 4
    store64 [v0 + 0], v3
    v5 = const 0xfffffffa
    store64 [v0 + 8], v5
    v7 = const -2
    store64 [v0 + 16], v7
    v9 = const 7
    store64 [v0 + 24], v9
    v11 = const 0xffffffff
    store64 [v0 + 32], v11
    v13 = const 1792
    store64 [v0 + 40], v13
    v15 = const 1
    store64 [v0 + 48], v15
    return v3
== division by nothing and by one
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = udiv64 v0, v1
    store64 [v0 + 0], v2
    v3 = urem32 v0, v1
    store64 [v0 + 8], v3
    v4 = const 1
    v5 = sdiv64 v0, v4
    store64 [v0 + 16], v5
    v6 = const 16
    v7 = udiv64 v0, v6
    store64 [v0 + 24], v7
    v8 = urem32 v0, v6
    store64 [v0 + 32], v8
    v9 = const -1
    v10 = sdiv32 v0, v9
    store64 [v0 + 40], v10
    return v1
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = const 0
    store64 [v0 + 0], v2
    v4 = zext32.64 v0
    store64 [v0 + 8], v4
    v6 = const 1
    store64 [v0 + 16], v0
    v8 = const 16
    v9 = const 4
    v10 = shr64 v0, v9
    store64 [v0 + 24], v10
    v12 = const 15
    v13 = and32 v0, v12
    store64 [v0 + 32], v13
    v15 = const -1
    v16 = neg32 v0
    store64 [v0 + 40], v16
    return v1
== identities keep the zero extension of narrow operations
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = add64 v0, v1
    v3 = or32 v0, v1
    v4 = xor64 v2, v3
    v5 = const 0xffffffff
    v6 = and64 v0, v5
    v7 = and32 v0, v5
    v8 = sub64 v6, v7
    v9 = or64 v8, v4
    return v9
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 0
    v2 = zext32.64 v0
    v3 = xor64 v0, v2
    v4 = const 0xffffffff
    v5 = zext32.64 v0
    v6 = zext32.64 v0
    v7 = sub64 v5, v6
    v8 = or64 v7, v3
    return v8
== a pair of shifts is an extension, two shifts or'ed a rotate
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 56
    v2 = shl64 v0, v1
    v3 = sar64 v2, v1
    store64 [v0 + 0], v3
    v4 = const 8
    v5 = shr64 v0, v4
    v6 = shl64 v0, v1
    v7 = or64 v5, v6
    return v7
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 56
    v2 = shl64 v0, v1
    v3 = sext8.64 v0
    store64 [v0 + 0], v3
    v5 = const 8
    v6 = shr64 v0, v5
    v7 = shl64 v0, v1
    v8 = rotl64 v0, v1
    return v8
== addresses in the frame, comparisons of comparisons
-- before fold
fn f index 0 args 1 depth 32
b0:
    v0 = param 1
    v1 = param 2
    v2 = const 32
    v3 = add64 v0, v2
    v4 = load32 [v3 - 8]
    v5 = cmp64 v4 ult v1
    v6 = const 0
    branch64 v6 eq v5 ? b1 : b2
b1:
    return v6
b2:
    return v4
-- after
fn f index 0 args 1 depth 32
b0:
    v0 = param 1
    v1 = param 2
    v2 = const 32
    v3 = add64 v0, v2
    v4 = load32 [v0 + 24]
    v5 = cmp64 v4 ult v1
    v6 = const 0
    branch64 v4 uge v1 ? b1 : b2
b1:
    return v6
b2:
    return v4
== shifts of what was shifted, where no bit is lost
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 5
    v2 = const 3
    v3 = const 60
    v4 = load32 [v0 + 0]
    v5 = shl64 v4, v1
    v6 = shr64 v5, v2
    v7 = shr64 v4, v1
    v8 = shr64 v7, v2
    v9 = shl64 v4, v3
    v10 = shr64 v9, v2
    v11 = shr64 v8, v3
    v12 = shl32 v4, v2
    v13 = shr32 v12, v1
    store64 [v0 + 0], v6
    store64 [v0 + 8], v8
    store64 [v0 + 16], v10
    store64 [v0 + 24], v11
    store64 [v0 + 32], v13
    return v0
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 5
    v2 = const 3
    v3 = const 60
    v4 = load32 [v0 + 0]
    v5 = shl64 v4, v1
    v6 = const 2
    v7 = shl64 v4, v6
    v8 = shr64 v4, v1
    v9 = const 8
    v10 = shr64 v4, v9
    v11 = shl64 v4, v3
    v12 = shr64 v11, v2
    v13 = const 0
    v14 = shl32 v4, v2
    v15 = shr32 v14, v1
    store64 [v0 + 0], v7
    store64 [v0 + 8], v10
    store64 [v0 + 16], v12
    store64 [v0 + 24], v13
    store64 [v0 + 32], v15
    return v0
== a short number in the other order of bytes
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 16
    v2 = const 32
    v3 = const 48
    v4 = const 0xffffffff0000
    v5 = load32 [v0 + 0]
    v6 = bswap64 v5
    v7 = shr64 v6, v1
    v8 = and64 v7, v4
    v9 = shr64 v6, v2
    v10 = shr64 v6, v3
    v11 = load16 [v0 + 4]
    v12 = bswap32 v11
    v13 = shr32 v12, v1
    store64 [v0 + 0], v8
    store64 [v0 + 8], v9
    store64 [v0 + 16], v10
    store64 [v0 + 24], v13
    return v0
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 16
    v2 = const 32
    v3 = const 48
    v4 = const 0xffffffff0000
    v5 = load32 [v0 + 0]
    v6 = bswap64 v5
    v7 = bswap32 v5
    v8 = const 16
    v9 = shl64 v7, v8
    v10 = bswap32 v5
    v11 = const 0
    v12 = bswap32 v5
    v13 = const 16
    v14 = shr64 v12, v13
    v15 = load16 [v0 + 4]
    v16 = bswap32 v15
    v17 = bswap16 v15
    v18 = const 0
    store64 [v0 + 0], v9
    store64 [v0 + 8], v10
    store64 [v0 + 16], v14
    store64 [v0 + 24], v17
    return v0
== a mask of bits that are not there, or of all that are
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 4
    v2 = const 15
    v3 = const 0xff0
    v4 = load8 [v0 + 0]
    v5 = shl32 v4, v1
    v6 = and64 v5, v2
    v7 = and64 v5, v3
    v8 = add64 v5, v1
    v9 = and64 v8, v1
    store64 [v0 + 0], v6
    store64 [v0 + 8], v7
    store64 [v0 + 16], v9
    return v0
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = const 4
    v2 = const 15
    v3 = const 4080
    v4 = load8 [v0 + 0]
    v5 = shl32 v4, v1
    v6 = const 0
    v7 = add64 v5, v1
    v8 = and64 v7, v1
    store64 [v0 + 0], v6
    store64 [v0 + 8], v5
    store64 [v0 + 16], v8
    return v0
== comparisons that the bits of a number decide, and some that they do not
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = const 256
    v3 = const 255
    v4 = const 254
    v5 = const -1
    v6 = const 0
    v7 = cmp64 v1 ult v2
    v8 = cmp64 v1 ult v3
    v9 = cmp64 v1 ugt v3
    v10 = cmp64 v1 ugt v4
    v11 = cmp64 v1 eq v2
    v12 = cmp64 v1 ne v3
    v13 = cmp64 v1 sgt v5
    v14 = cmp64 v1 sle v3
    v15 = cmp64 v1 set v2
    v16 = cmp64 v1 clear v2
    v17 = cmp64 v1 uge v6
    v18 = cmp64 v1 sge v6
    v19 = cmp64 v1 sge v3
    store8 [v0 + 0], v7
    store8 [v0 + 1], v8
    store8 [v0 + 2], v9
    store8 [v0 + 3], v10
    store8 [v0 + 4], v11
    store8 [v0 + 5], v12
    store8 [v0 + 6], v13
    store8 [v0 + 7], v14
    store8 [v0 + 8], v15
    store8 [v0 + 9], v16
    store8 [v0 + 10], v17
    store8 [v0 + 11], v18
    store8 [v0 + 12], v19
    return v0
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = const 256
    v3 = const 255
    v4 = const 254
    v5 = const -1
    v6 = const 0
    v7 = const 1
    v8 = cmp32 v1 ult v3
    v9 = const 0
    v10 = cmp32 v1 ugt v4
    v11 = const 0
    v12 = cmp32 v1 ne v3
    v13 = const 1
    v14 = const 1
    v15 = const 0
    v16 = const 1
    v17 = const 1
    v18 = const 1
    v19 = cmp32 v1 sge v3
    store8 [v0 + 0], v7
    store8 [v0 + 1], v8
    store8 [v0 + 2], v9
    store8 [v0 + 3], v10
    store8 [v0 + 4], v11
    store8 [v0 + 5], v12
    store8 [v0 + 6], v13
    store8 [v0 + 7], v14
    store8 [v0 + 8], v15
    store8 [v0 + 9], v16
    store8 [v0 + 10], v17
    store8 [v0 + 11], v18
    store8 [v0 + 12], v19
    return v0
== a value of a map whose index is small is there
-- before fold
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = const 256
    v3 = const 12
    v4 = mul64 v1, v3
    v5 = symbol map_data 0 + 0
    v6 = add64 v4, v5
    v7 = const 0
    v8 = select32 v1 ult v2 ? v6 : v7
    v9 = cmp64 v8 eq v7
    store8 [v0 + 1], v9
    return v8
-- after
fn f index 0 args 1 depth 0
b0:
    v0 = param 2
    v1 = load8 [v0 + 0]
    v2 = const 256
    v3 = const 12
    v4 = mul64 v1, v3
    v5 = symbol map_data 0 + 0
    v6 = add64 v4, v5
    v7 = const 0
    v8 = const 0
    store8 [v0 + 1], v8
    return v6
== a masked shift is a shift of what is masked; the frame is not far from what is near it
-- before fold
fn f index 0 args 1 depth 16
b0:
    v0 = param 1
    v1 = param 2
    v2 = const 16
    v3 = add64 v0, v2
    v4 = const 2
    v5 = const 60
    v6 = shl64 v1, v4
    v7 = and64 v6, v5
    jump b1
b1:
    v9 = const -16
    v10 = add64 v3, v9
    v11 = add64 v10, v7
    return v11
-- after
fn f index 0 args 1 depth 16
b0:
    v0 = param 1
    v1 = param 2
    v2 = const 16
    v3 = add64 v0, v2
    v4 = const 2
    v5 = const 60
    v6 = shl64 v1, v4
    v7 = const 15
    v8 = and64 v1, v7
    v9 = shl64 v8, v4
    jump b1
b1:
    v11 = const -16
    v12 = const 0
    v13 = add64 v0, v9
    return v13
