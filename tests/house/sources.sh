#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every source names its licence, ends its last line, and has fewer than 800 lines.
cd "$(dirname "$0")/../.." || exit 1
status=0
for file in $(git ls-files '*.c' '*.h' '*.S' '*.cc' '*.def' '*.sh' '*.py' '*meson.build' dev .ci/run); do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
        echo "$file: no licence line"
        status=1
    }
    [ -z "$(tail -c 1 "$file")" ] || {
        echo "$file: the last line has no end"
        status=1
    }
    [ "$(wc -l <"$file")" -lt 800 ] || {
        echo "$file: 800 lines or more"
        status=1
    }
done
exit $status
