#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# examples.sh BUILD: the examples say what they should, whatever level and version of clang made
# their programs.
cd "$1/examples" || exit 1
status=0
expect() { # expect TEXT COMMAND..
    wanted=$1
    shift
    command -v "$1" >/dev/null || {
        echo "skipped: examples: $1 was not built"
        return
    }
    got=$("$@" 2>&1)
    [ "$got" = "$wanted" ] || {
        echo "$*: wanted
$wanted
got
$got"
        status=1
    }
}
for object in filter*.bpf.o; do
    expect '500 bytes: taken
1000 bytes: taken
plugin: request too long
1500 bytes: refused' ./filter "$object"
    expect '500 bytes: taken
plugin: request too long
1500 bytes: refused
plugin: request too long
2500 bytes: refused
2 refused' ./plugin "$object"
done
for object in count*.bpf.o; do
    expect 'Ethertype 0800: 24 packets
Ethertype 86dd: 8 packets' sh -c './count "$0" | sort' "$object"
done
for object in trace*.bpf.o; do
    expect '10 pieces at 5 for Ada
Ada buys 10
refused: -1' ./trace "$object"
done
for object in tariff*.bpf.o; do
    expect 'autumn: 10 pieces cost 44
autumn: 2000 pieces are not sold' ./tariff "$object"
done
exit $status
