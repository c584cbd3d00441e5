#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# text_size.sh BUILD: the library's text stays under 400 KiB.
set -e
text=$(size -A "$1/libanybpf.so" | awk '$1 == ".text" { print $2 }')
echo "$text bytes of text"
[ "$text" -lt 409600 ]
