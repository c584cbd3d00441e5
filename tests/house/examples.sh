#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# examples.sh BUILD: the examples say what they should.
cd "$1/examples" || exit 1
status=0
expect() { # expect TEXT COMMAND..
    wanted=$1
    shift
    [ -x "$1" ] || {
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
expect '500 bytes: taken
1000 bytes: taken
plugin: request too long
1500 bytes: refused' ./filter filter.bpf.o
expect '500 bytes: taken
plugin: request too long
1500 bytes: refused
plugin: request too long
2500 bytes: refused
2 refused' ./plugin filter.bpf.o
[ ! -x count ] || [ "$(./count count.bpf.o | sort)" = 'Ethertype 0800: 24 packets
Ethertype 86dd: 8 packets' ] || {
    echo "count: $(./count count.bpf.o)"
    status=1
}
exit $status
