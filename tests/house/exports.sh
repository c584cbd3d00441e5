#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# exports.sh BUILD: both libraries show the public names (and those gdb looks for), nothing else,
# and as many in the one as in the other.
set -e
names() {
    nm "$@" --defined-only | awk 'NF == 3 { print $3 }' | sort -u
}
shared=$(names -D "$1/libanybpf.so")
static=$(names -g "$1/libanybpf.a")
foreign=$(printf '%s\n%s\n' "$shared" "$static" |
    grep -Ev '^(anybpf_[a-z0-9_]+|__jit_debug_(register_code|descriptor)|)$') && {
    echo "exported, but not public: $foreign"
    exit 1
}
[ "$shared" = "$static" ] || {
    echo "the shared library exports: $shared"
    echo "the static library exports: $static"
    exit 1
}
declared=$(gcc -E -P "$(dirname "$0")/../../include/anybpf.h" |
    sed -n 's/.*visibility("default").*[ *]\(anybpf_[a-z0-9_]*\)(.*/\1/p' | sort -u)
missing=$(printf '%s\n' "$declared" | while read -r name; do
    [ -z "$name" ] || printf '%s\n' "$shared" | grep -qx "$name" || echo "$name"
done)
[ -z "$missing" ] || {
    echo "declared in anybpf.h, but not exported: $missing"
    exit 1
}
readelf -d "$1/libanybpf.so" | grep -q 'soname: \[libanybpf.so.0\]'
