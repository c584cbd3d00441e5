#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace.sh BUILD [EMULATOR ARGUMENT..]: what programs see of the demo's server is what it says of itself, and it
# does the same without them.
build=$1
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=
serve() {
    COLUMNS=1000 "$@" "$build/demo/server" --requests 5000 --log "$dir/log" $trace
}
fail() {
    echo "FAILED: $*"
    exit 1
}
same() {
    cmp -s "$1" "$2" || fail "$3:
$(diff "$1" "$2")"
}

serve "$@" >"$dir/alone" || fail "server: $(cat "$dir/alone")"
mv "$dir/log" "$dir/log-alone"
trace="--trace $build/demo/trace.bpf.o"
serve "$@" >"$dir/traced" || fail "traced server: $(cat "$dir/traced")"

# Traced or not, it does the same.
same "$dir/log-alone" "$dir/log" 'calls served alone and traced'
sed '1d' "$dir/alone" >"$dir/books-alone"
sed '1d; /^$/,$d' "$dir/traced" >"$dir/books"
same "$dir/books-alone" "$dir/books" 'books kept alone and traced'

# Calls, with every argument and result: a piece of the server's own log.
sed -n 's/^ *[0-9.]* [nu]*s  \(.*(.*) = .*\)/\1/p' "$dir/traced" >"$dir/calls"
count=$(wc -l <"$dir/calls")
[ "$count" -eq 6 ] || fail "$count calls were printed, not 6"
grep -xF -A$((count - 1)) "$(head -n 1 "$dir/calls")" "$dir/log" | head -n "$count" >"$dir/logged"
same "$dir/logged" "$dir/calls" 'calls that the server logged, and what was traced'

# As many calls of each function as it has counted.
sed -n 's/^  calls *//p' "$dir/traced" | tr -d ',' | xargs -n 2 echo >"$dir/counted"
sed -n '/^function/,/^$/s/^\([a-z]*\) *\([0-9][0-9]*\) .*/\1 \2/p' "$dir/traced" >"$dir/seen"
same "$dir/counted" "$dir/seen" 'calls counted by the server, and by programs'
[ "$(wc -l <"$dir/seen")" -eq 5 ] || fail "not all functions were seen: $(cat "$dir/seen")"
echo "Calls traced are those that were served."
