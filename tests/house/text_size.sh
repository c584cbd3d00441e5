#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# text_size.sh BUILD: the library's code and constants stay under 400 KiB.
set -e
text=$(size "$1/libanybpf.so" | awk 'NR == 2 { print $1 }')
echo "$text bytes of text"
[ "$text" -lt 409600 ]
