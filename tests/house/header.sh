#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# header.sh BUILD: anybpf.h compiles by itself as C11, C17 and C++17, without a warning.
set -e
header=$(dirname "$0")/../../include/anybpf.h
for standard in c11 gnu17; do
    gcc -std=$standard -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$header"
done
if command -v g++ >/dev/null; then
    g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$header"
else
    "${CLANG:-clang-19}" -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$header" \
        -nostdinc++
fi
