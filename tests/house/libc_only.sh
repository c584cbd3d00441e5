#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# libc_only.sh BUILD: the library needs libc and nothing else.
set -e
extra=$(ldd "$1/libanybpf.so" | awk '{ print $1 }' |
    grep -Ev '^(linux-vdso\.so|libc\.so|/lib.*/ld-linux|statically)') && {
    echo "libanybpf.so needs more than libc: $extra"
    exit 1
}
exit 0
