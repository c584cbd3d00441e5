#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# runtime_alone.sh BUILD: libanybpf-rt links without the rest of the library.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo 'int main(void) { return 0; }' >"$dir/main.c"
gcc "$dir/main.c" -Wl,--whole-archive "$1/libanybpf-rt.a" -Wl,--no-whole-archive -pthread \
    -o "$dir/main"
"$dir/main"
