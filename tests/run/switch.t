# SPDX-License-Identifier: Apache-2.0
# Switches as clang makes them: trees of comparisons of one register with constants.
== a switch of 32 bits from -3 to 29, with holes
-- asm
    if w1 s> 14 goto above1
    if w1 s> 4 goto above2
    if w1 s> -1 goto above3
    if w1 s> -3 goto above4
    if w1 == -3 goto case0
    goto other
above4:
    if w1 == -2 goto case1
    if w1 == -1 goto case2
    goto other
above3:
    if w1 s> 1 goto above5
    if w1 == 0 goto case3
    if w1 == 1 goto case4
    goto other
above5:
    if w1 == 2 goto case5
    if w1 == 3 goto case6
    goto other
above2:
    if w1 s> 8 goto above6
    if w1 s> 6 goto above7
    if w1 == 5 goto case8
    if w1 == 6 goto case9
    goto other
above7:
    if w1 == 7 goto case10
    if w1 == 8 goto case11
    goto other
above6:
    if w1 s> 12 goto above8
    if w1 == 9 goto case12
    if w1 == 10 goto case13
    goto other
above8:
    if w1 == 13 goto case16
    if w1 == 14 goto case17
    goto other
above1:
    if w1 s> 21 goto above9
    if w1 s> 17 goto above10
    if w1 s> 15 goto above11
    if w1 == 15 goto case18
    goto other
above11:
    if w1 == 16 goto case19
    if w1 == 17 goto case20
    goto other
above10:
    if w1 s> 19 goto above12
    if w1 == 18 goto case21
    if w1 == 19 goto case22
    goto other
above12:
    if w1 == 20 goto case23
    if w1 == 21 goto case24
    goto other
above9:
    if w1 s> 25 goto above13
    if w1 s> 23 goto above14
    if w1 == 22 goto case25
    if w1 == 23 goto case26
    goto other
above14:
    if w1 == 24 goto case27
    if w1 == 25 goto case28
    goto other
above13:
    if w1 s> 27 goto above15
    if w1 == 26 goto case29
    if w1 == 27 goto case30
    goto other
above15:
    if w1 == 28 goto case31
    if w1 == 29 goto case32
    goto other
case0:
    r0 = 97
    exit
case1:
    r0 = 98
    exit
case2:
    r0 = 99
    exit
case3:
    r0 = 100
    exit
case4:
    r0 = 101
    exit
case5:
    r0 = 102
    exit
case6:
    r0 = 103
    exit
case8:
    r0 = 105
    exit
case9:
    r0 = 106
    exit
case10:
    r0 = 107
    exit
case11:
    r0 = 108
    exit
case12:
    r0 = 109
    exit
case13:
    r0 = 110
    exit
case16:
    r0 = 113
    exit
case17:
    r0 = 114
    exit
case18:
    r0 = 115
    exit
case19:
    r0 = 116
    exit
case20:
    r0 = 117
    exit
case21:
    r0 = 118
    exit
case22:
    r0 = 119
    exit
case23:
    r0 = 120
    exit
case24:
    r0 = 121
    exit
case25:
    r0 = 122
    exit
case26:
    r0 = 123
    exit
case27:
    r0 = 124
    exit
case28:
    r0 = 125
    exit
case29:
    r0 = 126
    exit
case30:
    r0 = 127
    exit
case31:
    r0 = 128
    exit
case32:
    r0 = 129
    exit
other:
    r0 = -1
    exit
-- calls
0xfffffffffffffffa 0 = 0xffffffffffffffff
0xfffffffffffffffb 0 = 0xffffffffffffffff
0xfffffffffffffffc 0 = 0xffffffffffffffff
0xfffffffffffffffd 0 = 0x61
0xfffffffffffffffe 0 = 0x62
0xffffffffffffffff 0 = 0x63
0x0 0 = 0x64
0x1 0 = 0x65
0x2 0 = 0x66
0x3 0 = 0x67
0x4 0 = 0xffffffffffffffff
0x5 0 = 0x69
0x6 0 = 0x6a
0x7 0 = 0x6b
0x8 0 = 0x6c
0x9 0 = 0x6d
0xa 0 = 0x6e
0xb 0 = 0xffffffffffffffff
0xc 0 = 0xffffffffffffffff
0xd 0 = 0x71
0xe 0 = 0x72
0xf 0 = 0x73
0x10 0 = 0x74
0x11 0 = 0x75
0x12 0 = 0x76
0x13 0 = 0x77
0x14 0 = 0x78
0x15 0 = 0x79
0x16 0 = 0x7a
0x17 0 = 0x7b
0x18 0 = 0x7c
0x19 0 = 0x7d
0x1a 0 = 0x7e
0x1b 0 = 0x7f
0x1c 0 = 0x80
0x1d 0 = 0x81
0x1e 0 = 0xffffffffffffffff
0x1f 0 = 0xffffffffffffffff
0x20 0 = 0xffffffffffffffff
0x7fffffff 0 = 0xffffffffffffffff
0xffffffff80000000 0 = 0xffffffffffffffff
0xffffffff 0 = 0x63
0x100000005 0 = 0x69
0x8000000000000000 0 = 0x64
0x100000000 0 = 0x64
== comparisons of 64 bits one after the other
-- asm
    if r1 == 1000 goto case1000
    if r1 == 1001 goto case1001
    if r1 != 1002 goto not1002
    r0 = 7014
    exit
not1002:
    if r1 == 1003 goto case1003
    if r1 == 1004 goto case1004
    if r1 != 1005 goto not1005
    r0 = 7035
    exit
not1005:
    if r1 == 1006 goto case1006
    if r1 == 1007 goto case1007
    if r1 != 1008 goto not1008
    r0 = 7056
    exit
not1008:
    if r1 == 1009 goto case1009
    if r1 == 1010 goto case1010
    if r1 != 1011 goto not1011
    r0 = 7077
    exit
not1011:
    if r1 == 1012 goto case1012
    if r1 == 1013 goto case1013
    if r1 != 1014 goto not1014
    r0 = 7098
    exit
not1014:
    if r1 == 1015 goto case1015
    if r1 == 1016 goto case1016
    if r1 != 1017 goto not1017
    r0 = 7119
    exit
not1017:
    if r1 == 1018 goto case1018
    if r1 == 1019 goto case1019
    if r1 != 1020 goto not1020
    r0 = 7140
    exit
not1020:
    if r1 == 1021 goto case1021
    if r1 == 1022 goto case1022
    if r1 != 1023 goto not1023
    r0 = 7161
    exit
not1023:
    if r1 == 1024 goto case1024
    if r1 == 1025 goto case1025
    r0 = r1
    exit
case1000:
    r0 = 7000
    exit
case1001:
    r0 = 7007
    exit
case1003:
    r0 = 7021
    exit
case1004:
    r0 = 7028
    exit
case1006:
    r0 = 7042
    exit
case1007:
    r0 = 7049
    exit
case1009:
    r0 = 7063
    exit
case1010:
    r0 = 7070
    exit
case1012:
    r0 = 7084
    exit
case1013:
    r0 = 7091
    exit
case1015:
    r0 = 7105
    exit
case1016:
    r0 = 7112
    exit
case1018:
    r0 = 7126
    exit
case1019:
    r0 = 7133
    exit
case1021:
    r0 = 7147
    exit
case1022:
    r0 = 7154
    exit
case1024:
    r0 = 7168
    exit
case1025:
    r0 = 7175
    exit
-- calls
0x3e5 0 = 0x3e5
0x3e6 0 = 0x3e6
0x3e7 0 = 0x3e7
0x3e8 0 = 0x1b58
0x3e9 0 = 0x1b5f
0x3ea 0 = 0x1b66
0x3eb 0 = 0x1b6d
0x3ec 0 = 0x1b74
0x3ed 0 = 0x1b7b
0x3ee 0 = 0x1b82
0x3ef 0 = 0x1b89
0x3f0 0 = 0x1b90
0x3f1 0 = 0x1b97
0x3f2 0 = 0x1b9e
0x3f3 0 = 0x1ba5
0x3f4 0 = 0x1bac
0x3f5 0 = 0x1bb3
0x3f6 0 = 0x1bba
0x3f7 0 = 0x1bc1
0x3f8 0 = 0x1bc8
0x3f9 0 = 0x1bcf
0x3fa 0 = 0x1bd6
0x3fb 0 = 0x1bdd
0x3fc 0 = 0x1be4
0x3fd 0 = 0x1beb
0x3fe 0 = 0x1bf2
0x3ff 0 = 0x1bf9
0x400 0 = 0x1c00
0x401 0 = 0x1c07
0x402 0 = 0x402
0x403 0 = 0x403
0x404 0 = 0x404
0x405 0 = 0x405
0xffffffffffffffff 0 = 0xffffffffffffffff
0x0 0 = 0x0
0x1000003eb 0 = 0x1000003eb
0xfffffffffffffc18 0 = 0xfffffffffffffc18
0x80000000000003ec 0 = 0x80000000000003ec
== a switch over all there is: arms that meet, some empty, some of several values
-- asm
    r0 = r2
    r3 = 5
    r1 &= 31
    if r1 > 15 goto above1
    if r1 > 7 goto above2
    if r1 > 3 goto above3
    if r1 > 1 goto above4
    if r1 == 0 goto case0
    goto case1
above4:
    if r1 == 2 goto case2
    goto case2
above3:
    if r1 > 5 goto above5
    if r1 == 4 goto case4
    goto case5
above5:
    if r1 == 6 goto case6
    goto out
above2:
    if r1 > 11 goto above6
    if r1 > 9 goto above7
    if r1 == 8 goto out
    goto case9
above7:
    if r1 == 10 goto case10
    goto case11
above6:
    if r1 > 13 goto above8
    if r1 == 12 goto case12
    goto case13
above8:
    if r1 == 14 goto case14
    goto case15
above1:
    if r1 > 23 goto above9
    if r1 > 19 goto above10
    if r1 > 17 goto above11
    if r1 == 16 goto case16
    goto case17
above11:
    if r1 == 18 goto case18
    goto case19
above10:
    if r1 > 21 goto above12
    if r1 == 20 goto out
    goto case21
above12:
    if r1 == 22 goto case22
    goto case23
above9:
    if r1 > 27 goto above13
    if r1 > 25 goto above14
    if r1 == 24 goto case24
    goto case25
above14:
    if r1 == 26 goto case26
    goto case27
above13:
    if r1 > 29 goto above15
    if r1 == 28 goto case28
    goto case29
above15:
    if r1 == 30 goto case0
    goto case0
case0:
    r0 += 1
    goto out
case1:
    r0 += 4
    r3 = 1
    goto out
case2:
    r0 += 7
    goto out
case4:
    r0 += 13
    goto out
case5:
    r0 += 16
    r3 = 5
    goto out
case6:
    r0 += 19
    goto out
case9:
    r0 += 28
    r3 = 9
    goto out
case10:
    r0 += 31
    goto out
case11:
    r0 += 34
    r3 = 11
    goto out
case12:
    r0 += 37
    goto out
case13:
    r0 += 40
    r3 = 13
    goto out
case14:
    r0 += 43
    goto out
case15:
    r0 += 46
    r3 = 15
    goto out
case16:
    r0 += 49
    goto out
case17:
    r0 += 52
    r3 = 17
    goto out
case18:
    r0 += 55
    goto out
case19:
    r0 += 58
    r3 = 19
    goto out
case21:
    r0 += 64
    r3 = 21
    goto out
case22:
    r0 += 67
    goto out
case23:
    r0 += 70
    r3 = 23
    goto out
case24:
    r0 += 73
    goto out
case25:
    r0 += 76
    r3 = 25
    goto out
case26:
    r0 += 79
    goto out
case27:
    r0 += 82
    r3 = 27
    goto out
case28:
    r0 += 85
    goto out
case29:
    r0 += 88
    r3 = 29
    goto out
out:
    r0 *= r3
    exit
-- calls
0x0 10 = 0x37
0x1 10 = 0xe
0x2 10 = 0x55
0x3 10 = 0x55
0x4 10 = 0x73
0x5 10 = 0x82
0x6 10 = 0x91
0x7 10 = 0x32
0x8 10 = 0x32
0x9 10 = 0x156
0xa 10 = 0xcd
0xb 10 = 0x1e4
0xc 10 = 0xeb
0xd 10 = 0x28a
0xe 10 = 0x109
0xf 10 = 0x348
0x10 10 = 0x127
0x11 10 = 0x41e
0x12 10 = 0x145
0x13 10 = 0x50c
0x14 10 = 0x32
0x15 10 = 0x612
0x16 10 = 0x181
0x17 10 = 0x730
0x18 10 = 0x19f
0x19 10 = 0x866
0x1a 10 = 0x1bd
0x1b 10 = 0x9b4
0x1c 10 = 0x1db
0x1d 10 = 0xb1a
0x1e 10 = 0x37
0x1f 10 = 0x37
0x20 10 = 0x37
0x21 10 = 0xe
0xffffffffffffffff 10 = 0x37
0x10000000009 10 = 0x156
== what is below the first value is not what is above the last
-- asm
    if w1 < 5 goto below
    if w1 > 17 goto above1
    if w1 > 10 goto above2
    if w1 > 7 goto above3
    if w1 > 5 goto above4
    if w1 == 5 goto case5
    goto above
above4:
    if w1 == 6 goto case6
    if w1 == 7 goto case7
    goto above
above3:
    if w1 > 8 goto above5
    if w1 == 8 goto case8
    goto above
above5:
    if w1 == 9 goto case9
    if w1 == 10 goto case10
    goto above
above2:
    if w1 > 13 goto above6
    if w1 > 11 goto above7
    if w1 == 11 goto case11
    goto above
above7:
    if w1 == 12 goto case12
    if w1 == 13 goto case13
    goto above
above6:
    if w1 > 15 goto above8
    if w1 == 14 goto case14
    if w1 == 15 goto case15
    goto above
above8:
    if w1 == 16 goto case16
    if w1 == 17 goto case17
    goto above
above1:
    if w1 > 23 goto above9
    if w1 > 20 goto above10
    if w1 > 18 goto above11
    if w1 == 18 goto case18
    goto above
above11:
    if w1 == 19 goto case19
    if w1 == 20 goto case20
    goto above
above10:
    if w1 > 21 goto above12
    if w1 == 21 goto case21
    goto above
above12:
    if w1 == 22 goto case22
    if w1 == 23 goto case23
    goto above
above9:
    if w1 > 26 goto above13
    if w1 > 24 goto above14
    if w1 == 24 goto case24
    goto above
above14:
    if w1 == 25 goto case25
    if w1 == 26 goto case26
    goto above
above13:
    if w1 > 28 goto above15
    if w1 == 27 goto case27
    if w1 == 28 goto case28
    goto above
above15:
    if w1 == 29 goto case29
    if w1 == 30 goto case30
    goto above
case5:
    r0 = 25
    exit
case6:
    r0 = 36
    exit
case7:
    r0 = 49
    exit
case8:
    r0 = 64
    exit
case9:
    r0 = 81
    exit
case10:
    r0 = 100
    exit
case11:
    r0 = 121
    exit
case12:
    r0 = 144
    exit
case13:
    r0 = 169
    exit
case14:
    r0 = 196
    exit
case15:
    r0 = 225
    exit
case16:
    r0 = 256
    exit
case17:
    r0 = 289
    exit
case18:
    r0 = 324
    exit
case19:
    r0 = 361
    exit
case20:
    r0 = 400
    exit
case21:
    r0 = 441
    exit
case22:
    r0 = 484
    exit
case23:
    r0 = 529
    exit
case24:
    r0 = 576
    exit
case25:
    r0 = 625
    exit
case26:
    r0 = 676
    exit
case27:
    r0 = 729
    exit
case28:
    r0 = 784
    exit
case29:
    r0 = 841
    exit
case30:
    r0 = 900
    exit
below:
    r0 = 1
    exit
above:
    r0 = 2
    exit
-- calls
0x0 0 = 0x1
0x1 0 = 0x1
0x2 0 = 0x1
0x3 0 = 0x1
0x4 0 = 0x1
0x5 0 = 0x19
0x6 0 = 0x24
0x7 0 = 0x31
0x8 0 = 0x40
0x9 0 = 0x51
0xa 0 = 0x64
0xb 0 = 0x79
0xc 0 = 0x90
0xd 0 = 0xa9
0xe 0 = 0xc4
0xf 0 = 0xe1
0x10 0 = 0x100
0x11 0 = 0x121
0x12 0 = 0x144
0x13 0 = 0x169
0x14 0 = 0x190
0x15 0 = 0x1b9
0x16 0 = 0x1e4
0x17 0 = 0x211
0x18 0 = 0x240
0x19 0 = 0x271
0x1a 0 = 0x2a4
0x1b 0 = 0x2d9
0x1c 0 = 0x310
0x1d 0 = 0x349
0x1e 0 = 0x384
0x1f 0 = 0x2
0x20 0 = 0x2
0x21 0 = 0x2
0xffffffffffffffff 0 = 0x2
0x80000000 0 = 0x2
0x100000006 0 = 0x24
0x80000005 0 = 0x2
