#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh BUILD: interpreted and compiled, the demo's firewall gives the same verdicts and maps.
# (That the kernel does too is among the tests of objects.)
set -e
here=$(dirname "$0")/../../demo
run() {
    "$build/anybpf" run "$build/demo/firewall.bpf.o" --init "$here/firewall.rules" \
        --pcap "$here/traffic.pcap" --json "$@" | sed 's/"mode": "[a-z]*", //; s/"ns[a-z_]*": [0-9.]*, //g'
}
build=$1
compiled=$(run)
interpreted=$(run --interp)
[ "$compiled" = "$interpreted" ] || {
    echo "compiled:    $compiled"
    echo "interpreted: $interpreted"
    exit 1
}
case $compiled in
*'"XDP_PASS": '*'"XDP_DROP": '*'"KNOCKED"'*) ;;
*)
    echo "the firewall does not do its work: $compiled"
    exit 1
    ;;
esac
echo "The interpreter gives the same verdicts and maps."
