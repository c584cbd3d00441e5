#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Joins the objects of a static library into one whose hidden symbols are local, so that only the
# public names can meet those of a program it is linked into.
#     seal.sh OUT.a IN.a WORKDIR OBJCOPY AR CC [ARGS..]
set -e
out=$1 in=$2 dir=$3 objcopy=$4 ar=$5
shift 5
mkdir -p "$dir"
"$@" -r -nostdlib -Wl,--whole-archive "$in" -Wl,--no-whole-archive -o "$dir/anybpf.o"
"$objcopy" --localize-hidden "$dir/anybpf.o"
rm -f "$out"
"$ar" rcs "$out" "$dir/anybpf.o"
